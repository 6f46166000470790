"""The join of two abstract values: what is known when either may be the case.

Up to the identity of containers, the join is associative, commutative and idempotent.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from padlint.python.values import (
    ABSENT,
    MOST_ALTERNATIVES,
    BoundMethod,
    Choice,
    ClassValue,
    Constant,
    FunctionValue,
    Items,
    LibraryName,
    LibraryObject,
    Method,
    TupleValue,
    Unknown,
    Value,
)


def join(first: Value, second: Value) -> Value:
    """Return what stands for both values."""
    if first is second:
        return first
    match first, second:
        case Items(), Items():
            return join_items(first, second)
        case TupleValue(), TupleValue() if _alike(first, second):
            return TupleValue(
                tuple(map(join, first.items, second.items)), _join_rest(first.rest, second.rest), first.fields
            )
        case LibraryObject(), LibraryObject():
            return first.joined(second) or _choice((first, second))
        case _:
            return _choice((first, second))


def join_all(values: Iterable[Value]) -> Value:
    """Join any number of values; none gives an Unknown."""
    joined: Value | None = None
    for value in values:
        joined = value if joined is None else join(joined, value)
    return joined if joined is not None else Unknown("no value reaches this place")


def join_items(first: Items, second: Items) -> Items:
    """Join the contents of two lists: item by item where they are equally long, else with items that may be absent."""
    rest = _join_rest(first.rest, second.rest)
    if len(first.known) == len(second.known):
        return Items(tuple(map(join, first.known, second.known)), rest)
    pairs = zip_longest(first.known, second.known, fillvalue=ABSENT)
    return Items(tuple(join(one, other) for one, other in pairs), rest)


def same(first: Value, second: Value) -> bool:
    """Say whether a choice needs only one of the two."""
    match first, second:
        case Constant(), Constant():
            return type(first.value) is type(second.value) and first.value == second.value
        case LibraryName(), LibraryName():
            return first.dotted == second.dotted
        case Unknown(), Unknown():
            return not first.sources and not second.sources
        case (FunctionValue(), FunctionValue()) | (ClassValue(), ClassValue()):
            return first is second
        case BoundMethod(), BoundMethod():
            return first.function is second.function and first.receiver is second.receiver
        case Method(), Method():
            return first.name == second.name and first.receiver is second.receiver
        case LibraryObject(), _:
            return first.same(second)
        case _:
            return first is second


def _choice(values: Iterable[Value]) -> Value:
    options: list[Value] = []
    for value in values:
        for option in value.alternatives if isinstance(value, Choice) else (value,):
            if not any(same(option, known) for known in options):
                options.append(option)
    if len(options) == 1:
        return options[0]
    if len(options) > MOST_ALTERNATIVES:
        return Unknown(f"more than {MOST_ALTERNATIVES} alternatives", "choice", tuple(options[:MOST_ALTERNATIVES]))
    return Choice(tuple(options))


def _alike(first: TupleValue, second: TupleValue) -> bool:
    return len(first.items) == len(second.items) and first.fields == second.fields


def _join_rest(first: Value | None, second: Value | None) -> Value | None:
    if first is None or second is None:
        return first if second is None else second
    return join(first, second)
