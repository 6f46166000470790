"""The join of two abstract values: what is known when either may be the case.

Up to the identity of containers, the order of alternatives and the wording of reasons, the join is associative,
commutative and idempotent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest
from operator import is_
from typing import TypeAlias

from padlint.python.values import (
    ABSENT,
    MOST_ALTERNATIVES,
    BoundMethod,
    Choice,
    Constant,
    Items,
    Junction,
    LibraryName,
    LibraryObject,
    ListValue,
    Method,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

# The operation of the Unknown that stands for more alternatives than are kept apart.
TOO_MANY = "choice"
# That of the Unknown that stands for several Unknowns, of which one says as little as the other.
SEVERAL = "several"
# That of the Unknown that stands for many constants, which may be anything but None.
CONSTANTS = "constants"
# Tuples are joined item by item, tuples in them as well, down to this depth.
MOST_DEPTH = 4

_Joined: TypeAlias = dict[tuple[int, int], Value]


def join(first: Value, second: Value) -> Value:
    """Return what stands for both values."""
    if first is second:
        return first
    if isinstance(first, Items) and isinstance(second, Items):
        return join_items(first, second)
    return _join(first, second, {}, 0)


def join_all(values: Iterable[Value]) -> Value:
    """Join any number of values; none gives an Unknown."""
    joined: Value | None = None
    for value in values:
        joined = value if joined is None else join(joined, value)
    return joined if joined is not None else Unknown("no value reaches this place")


def join_items(first: Items, second: Items) -> Items:
    """Join the contents of two lists: item by item where they are equally long, else with items that may be absent."""
    rest = join_rest(first.rest, second.rest)
    count = first.count if is_one_number(first.count, second.count) else None
    if first.known is second.known:
        known = first.known
    else:
        pairs = zip_longest(first.known, second.known, fillvalue=ABSENT)
        known = tuple(join(one, other) for one, other in pairs)
    return Items(known, rest, count)


def is_one_number(first: Value | None, second: Value | None) -> bool:
    """Say whether two numbers are known to be one: the very same value, or the same constant."""
    return first is second or (isinstance(first, Constant) and isinstance(second, Constant) and same(first, second))


def join_rest(first: Value | None, second: Value | None) -> Value | None:
    """Join what stands for the unknown number of items that two sequences may go on with."""
    if first is None or second is None:
        return first if second is None else second
    return join(first, second)


def same(first: Value, second: Value) -> bool:
    """Say whether a choice needs only one of the two."""
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    match first:
        case Unknown() if isinstance(second, Unknown):
            alike = first.operation == second.operation and first.text == second.text
            return alike and _identical(first.sources, second.sources)
        case Constant() if isinstance(second, Constant):
            return type(first.value) is type(second.value) and first.value == second.value
        case LibraryName() if isinstance(second, LibraryName):
            return first.dotted == second.dotted
        case BoundMethod() if isinstance(second, BoundMethod):
            return first.function is second.function and first.receiver is second.receiver
        case Method() if isinstance(second, Method):
            return first.name == second.name and first.receiver is second.receiver
        case LibraryObject():
            return first.same(second)
        case _:
            return False


def seen(value: Value) -> tuple[Value, ...]:
    """Return a value's alternatives; where there were too many, those that were met before they were given up."""
    return tuple(each for option in alternatives(value) for each in _met(option))


def _met(option: Value) -> tuple[Value, ...]:
    match option:
        case Unknown(operation=operation, sources=sources) if operation in (SEVERAL, TOO_MANY):
            return sources
        case _:
            return (option,)


def _identical(first: tuple[Value, ...], second: tuple[Value, ...]) -> bool:
    return len(first) == len(second) and all(map(is_, first, second))


def _join(first: Value, second: Value, joined: _Joined, depth: int) -> Value:
    if first is second or (not isinstance(first, Choice) and same(first, second)):
        return first
    options = list(_options(first))
    count = len(options)
    for option in _options(second):
        _add(options, option, joined, depth)
    unknown = [option for option in options if isinstance(option, Unknown)]
    for option in unknown:
        if option.operation == TOO_MANY:
            return option
    if len(unknown) > 1:
        options = _with_one_unknown(options, unknown)
    if len(options) > MOST_ALTERNATIVES or any(map(_stands_for_constants, unknown)):
        options = _with_one_constant(options)
    if len(options) > MOST_ALTERNATIVES:
        kept = tuple(options[:MOST_ALTERNATIVES])
        return _pooled(options) or Unknown(f"more than {MOST_ALTERNATIVES} alternatives", TOO_MANY, kept)
    if len(options) == 1:
        return options[0]
    # A join that adds nothing gives the very same value, so that a loop can see that it has settled. What several tests
    # say together is not said where one of them may stand for all.
    unchanged = len(options) == count and all(map(is_, options, _options(first))) and not isinstance(first, Junction)
    return first if unchanged else Choice(tuple(options))


def _with_one_unknown(options: list[Value], unknown: list[Unknown]) -> list[Value]:
    """Let one Unknown stand for all of them where there are too many alternatives, and from then on."""
    one = next((option for option in unknown if option.operation == SEVERAL), None)
    if one is not None:
        return [option for option in options if option is one or not isinstance(option, Unknown)]
    if len(options) <= MOST_ALTERNATIVES:
        return options
    one = Unknown(f"more than {MOST_ALTERNATIVES} alternatives", SEVERAL, tuple(unknown))
    return [one, *(option for option in options if not isinstance(option, Unknown))]


def _with_one_constant(options: list[Value]) -> list[Value]:
    """Let one Unknown stand for all constants but None, so that there is room for what is something else: a filler."""
    one = next(filter(_stands_for_constants, options), None)
    others = [option for option in options if option is not one and not _is_constant(option)]
    if len(others) + (one is not None) == len(options):
        return options
    return [one or Unknown(f"one of more than {MOST_ALTERNATIVES} constants", CONSTANTS), *others]


def _is_constant(option: Value) -> bool:
    return isinstance(option, Constant) and option.value is not None


def _stands_for_constants(option: Value) -> bool:
    return isinstance(option, Unknown) and option.operation == CONSTANTS


def _pooled(options: list[Value]) -> Value | None:
    """Return the one value that stands for many library objects of a kind, None when there is none."""
    first, *others = (option for option in options if option is not ABSENT)
    together = first.pooled(others) if isinstance(first, LibraryObject) else None
    return Choice((together, ABSENT)) if together is not None and ABSENT in options else together


def _options(value: Value) -> tuple[Value, ...]:
    return value.alternatives if isinstance(value, Choice) else (value,)


def _add(options: list[Value], new: Value, joined: _Joined, depth: int) -> None:
    """Add an alternative, unless one that is there already stands for it, or the two can be made one."""
    for position, known in enumerate(options):
        if same(known, new):
            return
        one = _made_one(known, new, joined, depth)
        if one is not None:
            del options[position]
            _add(options, one, joined, depth)
            return
    options.append(new)


def _made_one(first: Value, second: Value, joined: _Joined, depth: int) -> Value | None:
    if isinstance(first, Constant | Unknown) or isinstance(second, Constant | Unknown):
        return None
    match first, second:
        case TupleValue(), TupleValue() if _alike(first, second) and depth < MOST_DEPTH:
            # The same two tuples may be met many times over inside others.
            pair = (id(first), id(second))
            if pair not in joined:
                joined[pair] = TupleValue(
                    tuple(_join_each(first, second, joined, depth + 1)),
                    join_rest(first.rest, second.rest),
                    first.fields,
                )
            return joined[pair]
        case LibraryObject(), LibraryObject():
            return first.joined(second)
        case ListValue(), ListValue() if first.store is second.store:
            return first if first.tested is None else second if second.tested is None else replace(first, tested=None)
        case _:
            return None


def _join_each(first: TupleValue, second: TupleValue, joined: _Joined, depth: int) -> Iterator[Value]:
    for one, other in zip(first.items, second.items, strict=True):
        yield _join(one, other, joined, depth)


def _alike(first: TupleValue, second: TupleValue) -> bool:
    return len(first.items) == len(second.items) and first.fields == second.fields
