"""Frozen dataclasses as JSON and back: told by position, and checked against their own annotations on the way back."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
_Decoder: TypeAlias = Callable[[Json], object]

_T = TypeVar("_T")


class Malformed(ValueError):
    """What is to be decoded is nothing that `encode` writes."""


def encode(value: object) -> Json:
    """Return a dataclass, or anything that one holds, as what JSON can say."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case tuple():
            return [encode(item) for item in value]
        case frozenset():
            return sorted((encode(item) for item in value), key=repr)
        case Mapping():
            return {str(key): encode(item) for key, item in value.items()}
        case _ if is_dataclass(value):
            return [encode(getattr(value, field.name)) for field in fields(value)]
        case _:
            raise TypeError(f"no JSON for {type(value).__name__}")


def decode(kind: type[_T], value: Json) -> _T:
    """Return the dataclass that `encode` made a value of.

    Raises:
        Malformed: it is none of that kind.
    """
    decoded = _decoder(cast("Hashable", kind))(value)
    if not isinstance(decoded, kind):
        raise Malformed(f"no {kind.__name__}")
    return decoded


@cache
def _decoder(kind: Hashable) -> _Decoder:
    """Return what decodes values of a type."""
    arguments = get_args(kind)
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return _either(arguments)
    if origin is tuple and arguments[-1:] == (...,):
        item = _decoder(arguments[0])
        return lambda value: tuple([item(each) for each in _listed(value)])
    if origin is tuple:
        return _row(lambda *items: items, tuple(map(_decoder, arguments)))
    if origin is frozenset:
        item = _decoder(arguments[0])
        return lambda value: frozenset([item(each) for each in _listed(value)])
    if origin is not None and issubclass(origin, Mapping):
        item = _decoder(arguments[1])
        return lambda value: {key: item(each) for key, each in _mapped(value).items()}
    if isinstance(kind, type):
        return _of_class(kind)
    raise TypeError(f"no decoder for {kind}")


def _of_class(kind: type) -> _Decoder:
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        parts = tuple(_decoder(hints[field.name]) for field in fields(kind))
        return _row(kind, parts)
    if issubclass(kind, StrEnum):
        members = {member.value: member for member in kind}
        return lambda value: _member(members, value)
    return _Plain(kind)


def _either(kinds: tuple[object, ...]) -> _Decoder:
    """Decode an optional value: nothing else that padlint keeps is of several types."""
    (kind,) = (each for each in kinds if each is not NoneType)
    decoder = _decoder(kind)
    return lambda value: None if value is None else decoder(value)


def _row(make: Callable[..., object], parts: tuple[_Decoder, ...]) -> _Decoder:
    # Most of what is kept is text and numbers, and needs no call to be what it is.
    plain = [(place, part.kind) for place, part in enumerate(parts) if isinstance(part, _Plain)]
    others = [(place, part) for place, part in enumerate(parts) if not isinstance(part, _Plain)]

    def decoder(value: Json) -> object:
        if not isinstance(value, list) or len(value) != len(parts):
            raise Malformed("a row of another length")
        for place, kind in plain:
            if type(value[place]) is not kind:
                raise Malformed(f"no {kind.__name__}")
        row: list[object] = list(value)
        for place, part in others:
            row[place] = part(value[place])
        return make(*row)

    return decoder


def _member(members: Mapping[str, StrEnum], value: Json) -> StrEnum:
    if isinstance(value, str) and value in members:
        return members[value]
    raise Malformed("an unknown word")


class _Plain:
    """Decodes what JSON has as it is: nothing turns a whole float into an int, and a bool is an int, but not to us."""

    def __init__(self, kind: type) -> None:
        self.kind = kind

    def __call__(self, value: Json) -> object:
        if type(value) is self.kind:
            return value
        raise Malformed(f"no {self.kind.__name__}")


def _listed(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    raise Malformed("no list")


def _mapped(value: Json) -> dict[str, Json]:
    if isinstance(value, dict):
        return value
    raise Malformed("no object")
