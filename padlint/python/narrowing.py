"""What a test says of a value: it has the fields of `Sparse` behind `isinstance(column, Sparse)`.

Behind `place < len(row)` a counter counts no further than that; behind `len(row) >= size` a row has as many items.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from padlint.python import counters
from padlint.python.frames import Tests
from padlint.python.joins import is_one_number, join_all, same
from padlint.python.members import fields
from padlint.python.values import (
    Call,
    Choice,
    ClassValue,
    Constant,
    Instance,
    Items,
    Junction,
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
# What methods of texts and dicts give of the same is the same.
WORKED_OUT_ALIKE = frozenset(
    f"method:{name}"
    for name in ("get", "lower", "lstrip", "replace", "rstrip", "split", "splitlines", "strip", "upper")
)
MOST_DEPTH = 4
# So many tests are told apart in one that is made of others, and so many of the last are asked about a value.
MOST_TESTS = 32


def narrowed(run: Interpreter, test: Value, value: Value) -> Value:
    """Return what a value is where a test of it holds, the value itself where that says nothing new."""
    told = (each for one, holds in single_tests(test) for each in _told(run, one, (value,), holds=holds))
    return next((known for tested, known in told if tested is value), value)


@contextmanager
def holding(run: Interpreter, tests: Tests) -> Iterator[None]:
    """Run the body where tests hold, or do not; the variables of the running function are narrowed by that."""
    known = run.frame.tests
    before = len(known)
    undone = learn(run, tests)
    try:
        yield
    finally:
        del known[before:]
    for undo in reversed(undone):
        run.rebind(*undo)


def learn(run: Interpreter, tests: Tests) -> list[tuple[Value, Value]]:
    """Keep in mind that tests hold, or do not, and narrow the variables of the running function by that.

    Returns:
        What each of those variables holds now, and held before.
    """
    single = tuple(each for test, holds in tests for each in single_tests(test, holds=holds))
    run.frame.tests.extend(single)
    narrower: list[tuple[Value, Value]] = []
    for test, holds in single:
        told = list(_told(run, test, run.frame.scope.store.slots.values(), holds=holds))
        for tested, known in told:
            run.rebind(tested, known)
        narrower.extend((known, tested) for tested, known in told)
    return narrower


def remembered(run: Interpreter, value: Value) -> Value:
    """Return what is known of a sequence that was tested, though the program works it out once more: `row["ids"]`."""
    if not run.frame.tests or not _is_worked_out_alike(value):
        return value
    for test, holds in reversed(run.frame.tests[-MOST_TESTS:]):
        match _measured(test, holds=holds):
            case (how, Unknown(sources=(Unknown() as tested,)), length) if _is_again(value, tested, MOST_DEPTH):
                return Unknown(value.why, how, (value, length), value.text)
            case _:
                pass
    return value


def _is_worked_out_alike(value: Value) -> TypeGuard[Unknown]:
    """Say whether a program that works a value out from the same comes to the same."""
    match value:
        case Unknown(operation="item", sources=sources):
            return len(sources) > 1  # what a loop gives is another one each time
        case Unknown(operation=operation):
            return operation in WORKED_OUT_ALIKE
        case _:
            return False


def _is_again(one: Value, other: Value, depth: int) -> bool:
    match one, other:
        case Constant(), Constant():
            return same(one, other)
        case Unknown(operation=operation, sources=sources), Unknown(operation=as_well, sources=others) if (
            one is not other and depth and operation == as_well and len(sources) == len(others)
        ):
            return _is_worked_out_alike(one) and all(
                _is_again(part, again, depth - 1) for part, again in zip(sources, others, strict=True)
            )
        case _:
            return one is other


def single_tests(test: Value, *, holds: bool = True) -> Iterator[tuple[Value, bool]]:
    """Yield the tests that hold, or do not, where one does that `and`, `or` and `not` make of them."""
    waiting, seen = [(test, holds)], {id(test)}
    while waiting and len(seen) <= MOST_TESTS:
        one, holds = waiting.pop()
        match one:
            case Unknown(operation="not", sources=parts):
                holds = not holds
            case Junction(operator=operator, operands=parts) if holds == (operator == "and"):
                pass
            case _:
                yield one, holds
                continue
        waiting.extend((part, holds) for part in reversed(parts) if id(part) not in seen)
        seen.update(map(id, parts))


def _told(run: Interpreter, test: Value, held: Iterable[Value], *, holds: bool) -> Iterator[tuple[Value, Value]]:
    """Yield the values that a test is about, each with what is known of it where the test holds, or does not.

    Args:
        held: the lists of which a number of items may have been counted.
    """
    match test:
        case Unknown(operation=operation, sources=(tested, kind)) if operation == IS_INSTANCE:
            if holds and (known := _of_kind(run, tested, kind)) is not tested:
                yield tested, known
        case Unknown() if (below := _counted_below(test, holds=holds)) is not None:
            yield below
        case Unknown() if (measured := _measured(test, holds=holds)) is not None:
            yield from _of_a_length(held, *measured)
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
    order, *sides = in_order(test, holds=holds) or ("",)
    match order, *map(_as_counted, sides):
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


def _as_counted(number: Value) -> Value:
    """Return how many items an array has, `array.shape[0]`, as what `len` gives of it; any other number as it is."""
    match number:
        case Unknown(operation="item", sources=(Method(Unknown() as array, "shape"), Constant(0))):
            return Unknown(number.why, "len", (array,))
        case _:
            return number


def _of_a_length(held: Iterable[Value], how: str, number: Value, length: Value) -> Iterator[tuple[Value, Value]]:
    """Yield the sequences that have a number of items, each as one that is known to be so long."""
    match number:
        case Unknown(sources=(Unknown() as sequence,)):
            itself = sequence.sources[0] if sequence.operation in {EXACTLY, AT_LEAST} else sequence
            yield sequence, Unknown(sequence.why, how, (itself, length), sequence.text)
        case _:
            pass
    for value in held:
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
            return count is not None and _is_one_count(untested(count), number)


def _is_one_count(first: Value, second: Value) -> bool:
    """Say whether two numbers are one: how many items a sequence has that nothing changes, asked once or twice."""
    match first, second:
        case Unknown(operation="len", sources=(Unknown() as one,)), Unknown(operation="len", sources=(other,)):
            return one is other
        case _:
            return first is second


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
