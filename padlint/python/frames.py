"""What is being run: modules, calls and the loops inside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

import libcst as cst

from padlint.dataclass import dataclass
from padlint.python.heap import Delta, Mark
from padlint.python.parse import Unit
from padlint.python.scope import Scope
from padlint.python.values import ClassValue, FunctionValue, Site, Value

Tests: TypeAlias = tuple[tuple[Value, bool], ...]
"""Tests of branches, each with whether it holds."""
Lookup: TypeAlias = tuple[Value, Value]
"""What something was looked up in, and at which place."""


@dataclass(slots=True)
class Loop:
    """A loop that is being run: what it goes over or tests, and the states in which it was left or continued early.

    `test` is the condition of a `while`. `counter` is what counts its rounds, while the first of an unknown number of
    them is run. `counts` are the variables that its body counts by hand, each with what it may hold in any round.
    """

    mark: Mark
    round_mark: Mark
    over: Value
    test: cst.BaseExpression | None = None
    counter: Value | None = None
    counts: Mapping[str, Value] = field(default_factory=dict)
    breaks: list[Delta] = field(default_factory=list)
    continues: list[Delta] = field(default_factory=list)


@dataclass(slots=True)
class Return:
    """A `return` that was reached: its value, and what had been written by then, None when that is still in place."""

    value: Value
    state: Delta | None


@dataclass(frozen=True, slots=True)
class EarlyRead:
    """An attribute of an object of a class that a function, running on a receiver, read before anything set it."""

    receiver: Value | None
    cls: ClassValue
    name: str


@dataclass(slots=True)
class Frame:
    """A module or function call that is being run.

    `attempts` and `repetitions` say how many branches and loops of unknown count it was entered in. `decided` says that
    a branch of an `if` was passed over, and `undecided` that none is to be. `tests` are those that led here, each with
    whether it holds. `lookups` are those of the `try` that is being run, None outside of any.
    """

    unit: Unit
    scope: Scope
    mark: Mark
    function: FunctionValue | None = None
    receiver: Value | None = None
    site: Site | None = None
    attempts: int = 0
    repetitions: int = 0
    branches: int = 0
    decided: bool = False
    undecided: bool = False
    returns: list[Return] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    yields_rest: list[Value] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    tests: list[tuple[Value, bool]] = field(default_factory=list)
    lookups: list[Lookup] | None = None
