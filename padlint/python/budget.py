"""How much work one file may cost, in steps rather than seconds, so that the result is the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

MOST_STEPS = 200_000
MOST_CALL_DEPTH = 40
MOST_RECURSION = 2
MOST_UNROLLED = 16
MOST_LOOP_NESTING = 3
MOST_ITEMS = 256
MOST_BITS = 1024
MOST_TEXT = 20_000
# Expressions inside expressions, blocks inside blocks and calls inside calls, all taken together.
MOST_NESTING = 1_200

# How much of the steps that are left may go into one call, one statement of a module, one function that nobody calls.
CALL_PART = 0.75
STATEMENT_PART = 0.5
FUNCTION_PART = 0.25


class OutOfBudget(Exception):
    """The steps that were set apart are used up."""


class Budget:
    """Steps left for one file; a part of them can be set apart, so that one greedy stretch leaves some for the rest."""

    __slots__ = ("left",)

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take steps.

        Raises:
            OutOfBudget: when none are left.
        """
        self.left -= steps
        if self.left < 0:
            raise OutOfBudget

    @contextmanager
    def limited(self, part: float) -> Iterator[None]:
        """Let the body take no more than a part of what is left."""
        kept = self.left - int(self.left * part)
        self.left -= kept
        try:
            yield
        finally:
            self.left = max(self.left, 0) + kept
