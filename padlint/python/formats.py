"""Texts that a template puts together: f-strings, `format` and `%`. A field may say how wide it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from string import Formatter
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from padlint.dataclass import dataclass
from padlint.python.budget import MOST_ITEMS, MOST_TEXT
from padlint.python.joins import join_all
from padlint.python.narrowing import EXACTLY
from padlint.python.values import (
    Call,
    Constant,
    DictValue,
    LibraryObject,
    Method,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
    present,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

FORMATTED, WRITTEN = "format", "str"
"""What a template gives, and what a value is written as."""

_JUSTIFYING = {"<": "ljust", ">": "rjust", "^": "center", "": "ljust"}
_OF_NUMBERS = frozenset("bcdeEfFgGiouxXn%")
_SIGNS = "+- z#"
_NESTED = "\0"
# As wide as any text or number of a program that is meant; no text is made that is wider.
MOST_DIGITS = 6
# A specification that is longer (".3f", "04d") may ask for a text that takes long to make.
_LONGEST_COMPUTED = 4
_NUMBERS = frozenset(
    {"int", "float", "len", "counter", "enumerate", "counted up", "counted down", "sum", "abs", "round"}
)
_WRITING_NUMBERS = frozenset(
    {WRITTEN, *(f"call:builtins.{name}" for name in ("bin", "hex", "oct")), "call:numpy.binary_repr"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """A place in a template: what is written there, how, and whether its expression stands in front of it: `{n=}`."""

    value: Value
    how: tuple[Value, ...] = ()
    named: bool = False


@dataclass(frozen=True, slots=True)
class Width:
    """How wide a field is, and what it is made wide with.

    Args:
        align: "<", ">", "^", "=", or "" where the program does not say.
        of_number: whether what is written there is a number.
    """

    width: Value
    fill: str
    align: str
    of_number: bool


Piece: TypeAlias = Constant | Field


def put_together(run: Interpreter, pieces: Sequence[Piece], site: Site) -> Value:
    """Return the text that a template gives: a constant, or what is known of its length and of what fills it up."""
    parts = [piece if isinstance(piece, Constant) else _written(run, piece, site) for piece in pieces]
    texts = [part.value for part in parts if isinstance(part, Constant) and isinstance(part.value, str)]
    if len(texts) == len(parts) and sum(map(len, texts)) <= MOST_TEXT:
        return Constant("".join(texts))
    filled = [part for part in parts if isinstance(part, LibraryObject)]
    if filled:
        return reduce(lambda left, right: _behind(left, right, site, run), filled)
    return Unknown("a formatted string", FORMATTED, tuple(parts))


def _behind(left: LibraryObject, right: LibraryObject, site: Site, run: Interpreter) -> LibraryObject:
    found = left.operate("+", (left, right), site, run)
    return found if isinstance(found, LibraryObject) else left


def is_number_written_out(value: Value) -> bool:
    """Say whether a text is what a number is written as, in whole or in part: `bin(n)[2:]`."""
    match value:
        case Unknown(operation="item", sources=(whole, SliceValue())):
            return is_number_written_out(whole)
        case Unknown(operation=operation):
            return operation in _WRITING_NUMBERS
        case _:
            return False


def of_so_many_digits(number: Value, width: Value) -> Unknown:
    """Return the text of a number that zeros are put in front of, up to a width."""
    return Unknown("a number of so many digits", EXACTLY, (number, width))


# Fields ---------------------------------------------------------------------------------------------------------


def _written(run: Interpreter, field: Field, site: Site) -> Value:
    if field.named:
        return Unknown("an expression and its value", WRITTEN, (field.value,))
    return join_all(_one_written(run, option, field.how, site) for option in alternatives(field.value))


def _one_written(run: Interpreter, value: Value, how: tuple[Value, ...], site: Site) -> Value:
    known = _constant(value, how)
    if known is not None:
        return known
    wide = _width(how)
    match wide:
        case None:
            pass
        case Width(fill="0", align="" | ">" | "=") as digits:
            return of_so_many_digits(value, digits.width)
        case Width(of_number=False) if isinstance(value, Constant | Unknown | Method) and not _is_number(value):
            given = Call((wide.width, Constant(wide.fill)), {}, _of_template(site))
            return run.call(Method(value, _JUSTIFYING.get(wide.align, "rjust")), given)
        case _:
            pass
    return Unknown("what a value is written as", WRITTEN, (value,))


def _of_template(site: Site) -> Site:
    """Return the place of a template; the arguments of a call there are not those of the method that is meant."""
    return Site(site.unit, site.node.func) if isinstance(site.node, cst.Call) else site


def _constant(value: Value, how: tuple[Value, ...]) -> Constant | None:
    """Return what a constant is written as, None for others and for what may be wide."""
    told = [part.value for part in how if isinstance(part, Constant) and isinstance(part.value, str)]
    spec = "".join(told)
    if not isinstance(value, Constant) or len(told) < len(how) or len(spec) > _LONGEST_COMPUTED:
        return None
    if not spec:
        return Constant(str(value.value)) if not isinstance(value.value, str) else value
    try:
        return Constant(format(value.value, spec))
    except (TypeError, ValueError, OverflowError):
        return None


def _is_number(value: Value) -> bool:
    match value:
        case Constant(literal):
            return isinstance(literal, int | float | complex)
        case Unknown(operation=operation):
            return operation in _NUMBERS
        case _:
            return False


def _width(how: tuple[Value, ...]) -> Width | None:
    """Read how wide a field is from its format specification: `[[fill]align][sign][#][0][width][.precision][type]`."""
    told = [part.value if isinstance(part, Constant) and isinstance(part.value, str) else _NESTED for part in how]
    nested = [part for part, text in zip(how, told, strict=True) if text == _NESTED]
    spec = "".join(told)
    place = 1 if spec[1:2] in {*_JUSTIFYING, "="} - {""} else 0
    align = spec[place : place + 1] if spec[place : place + 1] in {"<", ">", "^", "="} else ""
    fill = spec[:place] or " "
    rest = (spec[place + 1 :] if align else spec).lstrip(_SIGNS)
    if rest.startswith("0"):
        fill = fill if align else "0"
        rest = rest[1:]
    width = _leading_width(rest, nested)
    if width is None or fill == _NESTED:
        return None
    return Width(width, fill, align, rest[-1:] in _OF_NUMBERS or "," in rest)


def _leading_width(spec: str, nested: Sequence[Value]) -> Value | None:
    if spec.startswith(_NESTED):
        return nested[0] if len(nested) == 1 else None
    digits = spec[: len(spec) - len(spec.lstrip("0123456789"))]
    return Constant(int(digits)) if 0 < len(digits) <= MOST_DIGITS else None


def converted(value: Value, conversion: str | None) -> Value:
    """Return what a field writes of a value that has a conversion: of `{name!r}` the `repr`."""
    match value, conversion:
        case _, None | "" | "s":
            return value
        case Constant(literal), "r":
            return Constant(repr(literal))
        case _:
            return Unknown("a value's text", WRITTEN, (value,))


# str.format -----------------------------------------------------------------------------------------------------


def formatted(run: Interpreter, template: str, given: Call) -> Value | None:
    """Call `template.format(...)`; None where a field names anything else than one of the arguments."""
    if given.open_ended or len(template) > MOST_TEXT:
        return None
    try:
        return put_together(run, list(_pieces(template, given)), given.site)
    except (KeyError, IndexError, ValueError):
        return None


def _pieces(template: str, given: Call) -> Iterator[Piece]:
    numbers = iter(range(MOST_ITEMS))
    for text, name, spec, conversion in Formatter().parse(template):
        if text:
            yield Constant(text)
        if name is not None:
            value = _argument(name, numbers, given)
            how = tuple(_nested_pieces(spec or "", numbers, given))
            yield Field(converted(value, conversion), how)


def _nested_pieces(spec: str, numbers: Iterator[int], given: Call) -> Iterator[Value]:
    for text, name, _, _ in Formatter().parse(spec):
        if text:
            yield Constant(text)
        if name is not None:
            yield _argument(name, numbers, given)


def _argument(name: str, numbers: Iterator[int], given: Call) -> Value:
    """Return the argument that a field names; one that it only begins with is not read."""
    if not name:
        return given.arguments[next(numbers, MOST_ITEMS)]
    if name.isdigit():
        return given.arguments[int(name)]
    if name.isidentifier():
        return given.keywords[name]
    return Unknown("a part of an argument", "item", given.everything())


# `%` ------------------------------------------------------------------------------------------------------------


def filled_in(run: Interpreter, template: str, operand: Value, site: Site) -> Value | None:
    """Apply `template % operand`; None where the template asks for more or less than there is."""
    if len(template) > MOST_TEXT:
        return None
    values = list(operand.items if isinstance(operand, TupleValue) else (operand,))
    try:
        pieces = list(_percent_pieces(template, operand, values))
    except IndexError:
        return None
    return None if values and isinstance(operand, TupleValue) else put_together(run, pieces, site)


def _percent_pieces(template: str, operand: Value, values: list[Value]) -> Iterator[Piece]:
    while template:
        text, sign, template = template.partition("%")
        if text:
            yield Constant(text)
        if not sign:
            return
        name = None
        if template.startswith("("):
            name, _, template = template[1:].partition(")")
        flags = template[: len(template) - len(template.lstrip("-+ #0"))]
        template = template[len(flags) :]
        digits = template[: len(template) - len(template.lstrip("0123456789.*"))]
        kind, template = template[len(digits)], template[len(digits) + 1 :]
        if kind == "%":
            yield Constant("%")
            continue
        width, _, precision = digits.partition(".")
        wide = values.pop(0) if width == "*" else Constant(width)
        if precision == "*":
            values.pop(0)
        value = _entry(operand, name) if name is not None else values.pop(0)
        yield Field(value, _as_specification(flags, wide, kind) if width else ())


def _entry(operand: Value, name: str) -> Value:
    held = operand.store.slots.get(name) if isinstance(operand, DictValue) else None
    return present(held) if held is not None else Unknown("an item of something unresolved", "item", (operand,))


def _as_specification(flags: str, width: Value, kind: str) -> tuple[Value, ...]:
    """Return how `format` would be told the same."""
    align = "<" if "-" in flags else "0" if "0" in flags and kind in _OF_NUMBERS else ">"
    return Constant(align), width, Constant(kind if kind in _OF_NUMBERS else "")
