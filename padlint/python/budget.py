"""How much work one file may cost, in steps rather than seconds, so that the result is the same on every machine."""

from __future__ import annotations

MOST_STEPS = 400_000
MOST_CALL_DEPTH = 40
MOST_RECURSION = 2
MOST_UNROLLED = 16
MOST_LOOP_NESTING = 3
MOST_ITEMS = 512
MOST_BITS = 4096


class OutOfBudget(Exception):
    """The file has used up its steps."""


class Budget:
    """Steps left for one file, and how deep its calls may go."""

    __slots__ = ("left",)

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps

    def spend(self) -> None:
        """Take one step.

        Raises:
            OutOfBudget: when none is left.
        """
        self.left -= 1
        if self.left < 0:
            raise OutOfBudget
