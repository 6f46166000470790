"""What a test says of a value: it has the fields of `Sparse` behind `isinstance(column, Sparse)`.

Behind `place < len(row)` a counter counts no further than that; behind `len(row) >= size` a row has as many items.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from padlint.python import counters
from padlint.python.frames import Tests
from padlint.python.joins import is_one_number, join_all
from padlint.python.members import fields
from padlint.python.values import (
    Call,
    Choice,
    ClassValue,
    Constant,
    Instance,
    Items,
    ListValue,
    Method,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

IS_INSTANCE = "isinstance"
# The same sequence behind a test of its length, which is the second source.
EXACTLY = "exactly as long"
AT_LEAST = "at least as long"
OPPOSITES = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}
# Under this, the store of a queue holds how many items it keeps: `deque(maxlen=n)`.
MOST_ITEMS_HELD = "maxlen"
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
    undone = [undo for test, holds in tests for undo in narrow(run, test, holds=holds)]
    try:
        yield
    finally:
        del known[before:]
    for undo in reversed(undone):
        run.rebind(*undo)


def narrow(run: Interpreter, test: Value, *, holds: bool = True) -> list[tuple[Value, Value]]:
    """Narrow the variables of the running function that a test is about; return what they hold now, and held before."""
    narrower = [(known, tested) for tested, known in _narrower(run, test, holds=holds)]
    for known, tested in narrower:
        run.rebind(tested, known)
    return narrower


def _narrower(run: Interpreter, test: Value, *, holds: bool) -> Iterator[tuple[Value, Value]]:
    """Yield the values that a test is about, each with what is known of it where the test holds, or does not."""
    match test:
        case Unknown(sources=(tested, *_)) if holds and (known := narrowed(run, test, tested)) is not tested:
            yield tested, known
        case Unknown() if (below := _counted_below(test, holds=holds)) is not None:
            yield below
        case Unknown() if (measured := _measured(test, holds=holds)) is not None:
            yield from _of_a_length(run, *measured)
        case _:
            pass


def _counted_below(test: Value, *, holds: bool) -> tuple[Value, Value] | None:
    """Return a counter that a test keeps below how many items something has, and what counts no further than that."""
    match in_order(test, holds=holds):
        case ("<", counter, limit) if (known := counters.cut(counter, limit)) is not None:
            return counter, known
        case _:
            return None


def _measured(test: Value, *, holds: bool) -> tuple[str, Value, Value] | None:
    """Return how a test of a number of items comes out: they are as many as something, or at least; None for others."""
    match in_order(test, holds=holds):
        case ("==", length, Unknown(operation="len") as number) | ("==", Unknown(operation="len") as number, length):
            how = EXACTLY
        case (_, length, Unknown(operation="len") as number):
            how = AT_LEAST
        case _:
            return None
    match length:
        case Constant(int(least)) if least <= FEWEST:
            return None
        case Constant(int()) | Unknown() | Method():
            return how, number, length
        case _:
            return None


def _of_a_length(run: Interpreter, how: str, number: Value, length: Value) -> Iterator[tuple[Value, Value]]:
    """Yield the sequences that have a number of items, each as one that is known to be so long."""
    match number:
        case Unknown(sources=(Unknown() as sequence,)):
            itself = sequence.sources[0] if sequence.operation in {EXACTLY, AT_LEAST} else sequence
            yield sequence, Unknown(sequence.why, how, (itself, length), sequence.text)
        case _:
            pass
    for value in run.frame.scope.store.slots.values():
        match value:
            case ListValue(items=Items((), Value(), count)) if _is_number_of(number, value, count):
                yield value, _measured_list(value, how, number, length)
            case _:
                pass


def _is_number_of(number: Value, sequence: ListValue, count: Value | None) -> bool:
    match number:
        case Unknown(sources=(ListValue() as counted,)) if count is None:
            return counted.store is sequence.store
        case _:
            return count is not None and untested(count) is number


def _measured_list(sequence: ListValue, how: str, number: Value, length: Value) -> ListValue:
    """Return a list as one that is known to be so long, as long as nothing else is in it."""
    is_full = how == EXACTLY or is_one_number(sequence.store.read(MOST_ITEMS_HELD), length)
    count = length if is_full else Unknown("how many items there are at least", AT_LEAST, (number, length))
    known = Items((), sequence.items.rest, count)
    held = sequence.tested[0] if sequence.tested is not None else sequence.items
    return replace(sequence, tested=(held, known))


def untested(count: Value) -> Value:
    """Return how many items a list has as the program counts them, whatever a test says of that number."""
    match count:
        case Unknown(operation=operation, sources=(number, _)) if operation == AT_LEAST:
            return number
        case _:
            return count


def in_order(test: Value, *, holds: bool = True) -> tuple[str, Value, Value] | None:
    """Return what a test of two values comes to as one of `left < right`, `left <= right` and `left == right`."""
    match test:
        case Unknown(operation="not", sources=(denied,)):
            test, holds = denied, not holds
        case _:
            pass
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
