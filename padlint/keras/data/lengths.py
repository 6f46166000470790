"""Lengths as far as a program tells them: sums of symbols, so that `i + n - i` is known to be `n`.

A length *varies* when it comes from the data itself (`len(words)`, `x.shape[0]`, a loop's counter) and is *steady* when
it is a constant, a parameter or an attribute, which is the same for every row.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import field
from functools import lru_cache

from padlint.dataclass import dataclass
from padlint.python.narrowing import AT_LEAST, EXACTLY
from padlint.python.values import (
    Choice,
    Constant,
    Items,
    ListValue,
    Method,
    Unknown,
    Value,
    alternatives,
)

MOST_DEPTH = 8
ITEMS = "len"
"""What the number of items of anything is, however the program counts them."""

VARYING = frozenset(
    [
        "len",
        "shape",
        "counter",
        "enumerate",
        "item",
        "min",
        "max",
        "window",
        "endless",
        "sum",
        "method:count",
        "method:index",
        "method:find",
    ]
)

# What these give is a text of one length, whatever it is about.
TEXTS_OF_ONE_LENGTH = frozenset(["method:isoformat", "method:hexdigest"])


@dataclass(frozen=True, slots=True)
class Length:
    """A sum of symbols, each so many times, and a constant.

    `varying` names those symbols whose value differs from row to row.
    """

    symbols: Mapping[Hashable, int] = field(default_factory=dict)
    constant: int = 0
    varying: frozenset[Hashable] = frozenset()

    def plus(self, other: Length, times: int = 1) -> Length:
        """Return this length and so many times another."""
        symbols = dict(self.symbols)
        for symbol, count in other.symbols.items():
            symbols[symbol] = symbols.get(symbol, 0) + times * count
        left = {symbol: count for symbol, count in symbols.items() if count}
        varying = frozenset(symbol for symbol in self.varying | other.varying if symbol in left)
        return Length(left, self.constant + times * other.constant, varying)

    def minus(self, other: Length) -> Length:
        """Return the difference to another length."""
        return self.plus(other, -1)

    @property
    def is_steady(self) -> bool:
        """Whether it is the same for every row."""
        return not self.varying

    @property
    def falls_short(self) -> bool:
        """Whether it is what is missing of one length to another: `n - len(words)`."""
        taken_away = any(self.symbols[symbol] < 0 for symbol in self.varying)
        return taken_away and (self.constant > 0 or any(count > 0 for count in self.symbols.values()))

    @property
    def lacks_items(self) -> bool:
        """Whether the number of items that something has is taken away."""
        return any(
            count < 0 and isinstance(symbol, tuple) and symbol[:1] == (ITEMS,) for symbol, count in self.symbols.items()
        )

    @property
    def counts_items(self) -> bool:
        """Whether it is the number of items that something has, that less one, or more."""
        counts = [symbol for symbol, count in self.symbols.items() if count == 1]
        return (
            len(counts) == len(self.symbols) == 1
            and isinstance(counts[0], tuple)
            and counts[0][:1] == (ITEMS,)
            and self.constant >= -1
        )

    @property
    def runs_backwards(self) -> bool:
        """Whether a growing count makes it smaller: `-1 - t`."""
        return bool(self.varying) and all(self.symbols[symbol] < 0 for symbol in self.varying)

    def same(self, other: Length) -> bool:
        """Say whether the two lengths are one."""
        difference = self.minus(other)
        return not difference.symbols and difference.constant == 0


def name_of_length(value: Value) -> str:
    """Return what a program calls a length: `width` of `self.width` and of `width - len(row)`, "" for none."""
    match value:
        case Unknown(operation="-", sources=(whole, _)):
            return name_of_length(whole)
        case Method(name=name):
            return name
        case Unknown(operation="item", sources=(_, Constant(str(name)))):
            return name
        case Unknown(text=text):
            return text
        case Choice():
            return next(filter(None, map(name_of_length, alternatives(value))), "")
        case _:
            return ""


@lru_cache(maxsize=64)
def length_as_written(value: Value, depth: int = MOST_DEPTH) -> Length:
    """Return a number of the program as a sum of symbols.

    Arrays are compared by their lengths again and again while they are joined, nearly always by the same few.
    """
    match value:
        case Constant(int(number)):
            return Length(constant=number)
        case Unknown(operation="+", sources=(left, right)) if depth:
            return length_as_written(left, depth - 1).plus(length_as_written(right, depth - 1))
        case Unknown(operation="-" | "window", sources=(left, right)) if depth:
            return length_as_written(left, depth - 1).minus(length_as_written(right, depth - 1))
        case Unknown(operation="unary -", sources=(inner,)) if depth:
            return Length().minus(length_as_written(inner, depth - 1))
        case Unknown(operation="*", sources=(Constant(int(times)), inner) | (inner, Constant(int(times)))) if depth:
            return Length().plus(length_as_written(inner, depth - 1), times)
        case Unknown(operation="int" | "abs", sources=(inner,)) if depth:
            return length_as_written(inner, depth - 1)
        case Unknown(operation="max", sources=sources) if depth:
            return _longest_of(value, sources, depth)
        case _:
            return _symbol(value)


def _longest_of(value: Value, sources: tuple[Value, ...], depth: int) -> Length:
    """Read `max(0, n - len(x))` as what is missing, and any other maximum as a symbol."""
    wanting = [source for source in sources if source != Constant(0)]
    if len(wanting) == 1 and len(sources) == 2:
        found = length_as_written(wanting[0], depth - 1)
        if found.falls_short:
            return found
    return _symbol(value)


def _symbol(value: Value) -> Length:
    key = identity(value)
    return Length({key: 1}, 0, frozenset({key}) if varies(value) else frozenset())


def items_of(value: Value) -> Unknown:
    """Return the number of items that a value has, as `len` gives it."""
    return Unknown("its length", ITEMS, (value,))


def axis_of(value: Value) -> tuple[Value, int] | None:
    """Return the array and the axis that a value is the length of, `x.shape[1]`; None for other values."""
    match value:
        case Unknown(operation="item", sources=(shape, Constant(int(axis)))):
            array = shaped_like(shape)
            return (array, axis) if array is not None else None
        case _:
            return None


def shaped_like(shape: Value) -> Value | None:
    """Return the array that a value is the shape of, None for other values."""
    match shape:
        case Method(array, "shape") | Unknown(operation="shape", sources=(array,)):
            return array
        case _:
            return None


def identity(value: Value, depth: int = MOST_DEPTH) -> Hashable:
    """Return what two evaluations of one expression have in common."""
    match value:
        case Constant(literal):
            return ("constant", repr(literal))
        case Unknown(operation="item") if depth and (axis := axis_of(value)) is not None and not axis[1]:
            return (ITEMS, identity(axis[0], depth - 1))
        case Unknown(operation=operation, sources=(sequence, _)) if operation in {EXACTLY, AT_LEAST}:
            return identity(sequence, depth)
        case Unknown(operation=operation, sources=sources) if operation and sources and depth:
            if operation.startswith("call") or (operation == "item" and len(sources) < 2):
                return id(value)
            return (operation, *(identity(source, depth - 1) for source in sources))
        case Unknown(operation="", text=name) if name:
            return ("name", name)
        case Method(receiver, name):
            return ("attribute", identity(receiver, depth - 1) if depth else id(receiver), name)
        case _:
            return id(value)


def varies(value: Value, depth: int = MOST_DEPTH) -> bool:
    """Say whether a number differs from row to row."""
    match value:
        case (
            Unknown(operation="max", sources=(_,))
            | Unknown(operation="min", sources=(ListValue(items=Items((), Value())),))
        ):
            return False
        case Unknown(operation="len", sources=(Unknown(operation=operation),)) if operation in TEXTS_OF_ONE_LENGTH:
            return False
        case Unknown(operation="item", sources=(container, Constant(str()))):
            return varies(container, depth - 1)
        case Unknown(operation=operation) if operation in VARYING:
            return True
        case Unknown(sources=sources) if depth:
            return any(varies(source, depth - 1) for source in sources)
        case Method(name="shape"):
            return True
        case Choice():
            return any(varies(option, depth) for option in alternatives(value))
        case _:
            return False
