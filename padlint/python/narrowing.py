"""What a test says of a value: it has the fields of `Sparse` behind `isinstance(column, Sparse)`.

Behind `place < len(row)` a counter counts no further than that; behind `len(row) >= size` a row has as many items.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from padlint.python import counters
from padlint.python.frames import Tests
from padlint.python.joins import join_all
from padlint.python.members import fields
from padlint.python.values import Call, Choice, ClassValue, Constant, Instance, TupleValue, Unknown, Value, alternatives

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

IS_INSTANCE = "isinstance"
# The same sequence behind a test of its length, which is the second source.
EXACTLY = "exactly as long"
AT_LEAST = "at least as long"
OPPOSITES = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
# What every sequence has that holds something: to know that is to know nothing of its length.
FEWEST = 1


def narrowed(run: Interpreter, test: Value, value: Value) -> Value:
    """Return what a value is where a test of it holds, the value itself where that says nothing new."""
    match test:
        case Unknown(operation=operation, sources=(tested, kind)) if operation == IS_INSTANCE and tested is value:
            return _of_kind(run, value, kind)
        case _:
            return value


@contextmanager
def holding(run: Interpreter, tests: Tests) -> Iterator[None]:
    """Run the body where tests hold, or do not; the variables of the running function are narrowed by that."""
    known = run.frame.tests
    before = len(known)
    known.extend(tests)
    undone = [undo for test, holds in tests if (undo := narrow(run, test, holds=holds)) is not None]
    try:
        yield
    finally:
        del known[before:]
    for undo in reversed(undone):
        run.rebind(*undo)


def narrow(run: Interpreter, test: Value, *, holds: bool = True) -> tuple[Value, Value] | None:
    """Narrow the variables of the running function that a test is about; return what they hold now, and held before."""
    match test:
        case Unknown(sources=(tested, *_)) if holds and (known := narrowed(run, test, tested)) is not tested:
            pass
        case Unknown(sources=(_, _)) if (below := _counted_below(test, holds=holds)) is not None:
            tested, known = below
        case Unknown(sources=(_, _)) if (long := _of_a_length(test, holds=holds)) is not None:
            tested, known = long
        case _:
            return None
    run.rebind(tested, known)
    return known, tested


def _counted_below(test: Value, *, holds: bool) -> tuple[Value, Value] | None:
    """Return a counter that a test keeps below how many items something has, and what counts no further than that."""
    match _in_order(test, holds=holds):
        case ("<", counter, limit) if (known := counters.cut(counter, limit)) is not None:
            return counter, known
        case _:
            return None


def _of_a_length(test: Value, *, holds: bool) -> tuple[Value, Value] | None:
    """Return a sequence whose length a test is about, and what is known to be that long."""
    match _in_order(test, holds=holds):
        case (order, length, Unknown(operation="len", sources=(Unknown() as sequence,))) | (
            "==" as order,
            Unknown(operation="len", sources=(Unknown() as sequence,)),
            length,
        ):
            pass
        case _:
            return None
    match length:
        case Constant(int(number)) if number <= FEWEST:
            return None
        case Constant(int()) | Unknown():
            itself = sequence.sources[0] if sequence.operation in {EXACTLY, AT_LEAST} else sequence
            how = EXACTLY if order == "==" else AT_LEAST
            return sequence, Unknown(sequence.why, how, (itself, length), sequence.text)
        case _:
            return None


def _in_order(test: Value, *, holds: bool) -> tuple[str, Value, Value] | None:
    """Return what a test of two values comes to as one of `left < right`, `left <= right` and `left == right`."""
    match test:
        case Unknown(operation=operation, sources=(left, right)) if operation in OPPOSITES:
            pass
        case _:
            return None
    match operation if holds else OPPOSITES[operation]:
        case "<" | "<=" | "==" as order:
            return order, left, right
        case ">":
            return "<", right, left
        case ">=":
            return "<=", right, left
        case _:
            return None


def _of_kind(run: Interpreter, value: Value, kind: Value) -> Value:
    kinds = kind.items if isinstance(kind, TupleValue) and kind.rest is None else alternatives(kind)
    classes = [each for each in kinds if isinstance(each, ClassValue)]
    if not classes or len(classes) < len(kinds):
        return value
    match value:
        case Unknown() if all(map(fields, classes)):
            return join_all(_any_record(run, cls) for cls in classes)
        case Choice():
            kept = [each for each in alternatives(value) if not _is_other(each, classes)]
            return join_all(kept) if kept else value
        case _:
            return value


def _is_other(value: Value, classes: list[ClassValue]) -> bool:
    """Say whether a value is known to be of another class."""
    return isinstance(value, Instance) and not any(cls in value.cls.lineage() for cls in classes)


def _any_record(run: Interpreter, cls: ClassValue) -> Value:
    """Return what stands for any named tuple or dataclass: the last that the program made, else one with defaults.

    That one is made but once, and no branch around it takes back what it is. Of other classes none is made up: what it
    did to the data would be one guess on top of another.
    """
    known = run.instances.get(cls)
    if known:
        return known[-1]
    with run.heap.apart():
        return run.instantiate(cls, Call((), {}, cls.site))
