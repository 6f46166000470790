"""Arguments of layers as settings: what was read of them, or why it could not be."""

from __future__ import annotations

from collections.abc import Mapping

from padlint.graph import Known, OneOf, Plain, Setting, Unresolved
from padlint.keras.names import last
from padlint.python.values import (
    Call,
    Choice,
    Constant,
    FunctionValue,
    LibraryName,
    ListValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)


class NotPlain(Exception):  # it is an outcome: the value is no constant
    """The value is not made of constants; `why` says what it is instead."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def setting_of(value: Value) -> Setting:
    """Return what is known of an argument."""
    if isinstance(value, Choice):
        plains: list[Plain] = []
        for option in alternatives(value):
            match setting_of(option):
                case Known(plain):
                    plains.append(plain)
                case OneOf(values):
                    plains.extend(values)
                case Unresolved() as unresolved:
                    return unresolved
        return OneOf(tuple(plains)) if len(set(map(repr, plains))) > 1 else Known(plains[0])
    try:
        return Known(plain_of(value))
    except NotPlain as reason:
        entries = shape_of(value) if isinstance(value, TupleValue | ListValue) else None
        return Unresolved(reason.why, entries or ())


def plain_of(value: Value) -> Plain:
    """Return a value made of constants as plain data.

    Raises:
        NotPlain: when some part of it is not known.
    """
    match value:
        case Constant(literal) if literal is None or isinstance(literal, bool | int | float | str):
            return literal
        case TupleValue(items, None):
            return tuple(map(plain_of, items))
        case ListValue() if value.items.rest is None:
            return tuple(map(plain_of, value.items.known))
        case LibraryName(dotted):
            return last(dotted)
        case FunctionValue(name):
            return name
        case Unknown(why):
            raise NotPlain(why)
        case _:
            pass
    raise NotPlain("a value that is no constant")


def bind(call: Call, order: tuple[str, ...]) -> Mapping[str, Value]:
    """Return a call's arguments by parameter name; positional ones beyond the known order are left out."""
    return {**dict(zip(order, call.arguments, strict=False)), **call.keywords}


def shape_of(value: Value | None) -> tuple[int | None, ...] | None:
    """Return a shape argument, None for an axis that is open or not known; None when there is no shape at all."""
    match value:
        case TupleValue(items, None):
            return tuple(map(_length, items))
        case ListValue() if value.items.rest is None:
            return tuple(map(_length, value.items.known))
        case Constant(int(length)):
            return (length,)
        case Choice():
            return next((shape for shape in map(shape_of, alternatives(value)) if shape is not None), None)
        case _:
            pass
    return None


def _length(value: Value) -> int | None:
    match value:
        case Constant(int(length)):
            return length
        case _:
            pass
    return None


def lengths_of(value: Value | None) -> tuple[int | None, ...]:
    """Return of each entry of a shape the axis that it is the length of: 1 for `tf.shape(x)[1]`, None for no axis.

    The width of rows, `(-1, width)`, is that of the features unless it is read as something else.
    """
    match value:
        case TupleValue((Constant(-1), width), None):
            return (None, _width_measured(width))
        case TupleValue(items, None):
            return tuple(map(axis_measured, items))
        case ListValue() if value.items.rest is None:
            return lengths_of(TupleValue(value.items.known))
        case Choice():
            return next(filter(None, map(lengths_of, alternatives(value))), ())
        case _:
            pass
    return ()


def _width_measured(width: Value) -> int | None:
    match width:
        case Constant() | Unknown(operation="*"):
            return None
        case _:
            measured = axis_measured(width)
            return -1 if measured is None else measured


def axis_measured(value: Value) -> int | None:
    """Return the axis that a value is the length of: 1 for `tf.shape(x)[1]`, None where it is no such length."""
    match value:
        case Unknown(operation="item", sources=(whole, Constant(int(axis)))) if _is_shape(whole):
            return axis
        case Unknown(operation=part, sources=(whole,)) if part.startswith("part:") and _is_shape(whole):
            return int(part.removeprefix("part:"))
        case Unknown(operation="int", sources=(inner,)):
            return axis_measured(inner)
        case _:
            pass
    return None


def _is_shape(value: Value) -> bool:
    match value:
        case Unknown(operation="shape"):
            return True
        case Unknown(operation="method:as_list", sources=(inner, *_)):
            return _is_shape(inner)
        case _:
            pass
    return False
