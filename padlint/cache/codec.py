"""Frozen dataclasses as JSON and back: told by position, and checked against their own annotations on the way back.

A dataclass is a row. One that always stands in another, as a position in a span, has no row of its own: its cells
stand among those of the other. A text is a number: which it is of all texts, each of which is written once. What a
cache holds is mostly places, and most of their texts are the same few paths. The values of a mapping are written once,
too: most files of a project came to the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from itertools import repeat
from types import NoneType, UnionType
from typing import TypeAlias, TypeVar, Union, cast, get_args, get_origin

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
_Texts: TypeAlias = list[str]
_Decoder: TypeAlias = Callable[[Json, _Texts], object]

_T = TypeVar("_T")

# Most of what is kept is numbers, and needs no call to be what it is.
_PLAIN = frozenset((bool, int, float))


class Malformed(ValueError):
    """What is to be decoded is nothing that `encode` writes."""


def encode(value: object) -> Json:
    """Return a dataclass, or anything that one holds, as what JSON can say: all texts in it, and its cells."""
    texts: dict[str, int] = {}
    cells = _encoded(value, texts)
    return [list(texts), cells]


def _encoded(value: object, texts: dict[str, int]) -> Json:
    match value:
        case str():
            return texts.setdefault(str(value), len(texts))
        case None | bool() | int() | float():
            return value
        case tuple():
            return [_encoded(item, texts) for item in value]
        case frozenset():
            return [_encoded(item, texts) for item in sorted(value, key=repr)]
        case Mapping():
            return _mapped(value, texts)
        case _ if is_dataclass(value):
            return list(_cells(value, texts))
        case _:
            raise TypeError(f"no JSON for {type(value).__name__}")


def _mapped(value: Mapping[str, object], texts: dict[str, int]) -> Json:
    """Return a mapping as its keys, which of its values each has, and these values, each of which is written once."""
    cells = [_encoded(item, texts) for item in value.values()]
    written = [repr(cell) for cell in cells]
    once = dict(zip(written, cells, strict=True))
    places = {text: place for place, text in enumerate(once)}
    return [[_encoded(key, texts) for key in value], [places[text] for text in written], list(once.values())]


def _cells(value: object, texts: dict[str, int]) -> Iterator[Json]:
    kind: type = type(value)
    for name, part in _parts(kind):
        held = getattr(value, name)
        if is_dataclass(part):
            yield from _cells(held, texts)
        else:
            yield _encoded(held, texts)


def decode(kind: type[_T], value: Json) -> _T:
    """Return the dataclass that `encode` made a value of.

    Raises:
        Malformed: it is none of that kind.
    """
    match value:
        case [list() as texts, cells] if all(type(text) is str for text in texts):
            try:
                decoded = _decoder(cast("Hashable", kind))(cells, cast("_Texts", texts))
            except IndexError as error:
                raise Malformed("a text or value that is not there") from error
        case _:
            raise Malformed("no texts and cells")
    if not isinstance(decoded, kind):
        raise Malformed(f"no {kind.__name__}")
    return decoded


@cache
def _parts(kind: type) -> tuple[tuple[str, Hashable], ...]:
    """Return the names and types of what a dataclass holds."""
    held = fields(kind)
    # All at once: `typing.get_type_hints` takes ten times as long, for what no dataclass that is kept makes use of.
    types = eval(f"({''.join(f'{field.type}, ' for field in held)})", vars(sys.modules[kind.__module__]))  # noqa: S307
    return tuple(zip((field.name for field in held), types, strict=True))


@cache
def _decoder(kind: Hashable) -> _Decoder:
    """Return what decodes values of a type."""
    arguments = get_args(kind)
    origin = get_origin(kind)
    if origin in {Union, UnionType}:
        return _either(arguments)
    if origin is tuple and arguments[-1:] == (...,):
        return lambda value, texts: tuple(_items(arguments[0], _listed(value), texts))
    if origin is tuple:
        return lambda value, texts: _fixed(arguments, _listed(value), texts)
    if origin is frozenset:
        return lambda value, texts: frozenset(_items(arguments[0], _listed(value), texts))
    if origin is not None and issubclass(origin, Mapping):
        return lambda value, texts: _by_key(arguments[1], value, texts)
    if isinstance(kind, type):
        return _of_class(kind)
    raise TypeError(f"no decoder for {kind}")


def _items(kind: Hashable, values: list[Json], texts: _Texts) -> list[object]:
    # A type's annotations are looked into where there is something of that type: most lists are empty.
    return list(map(_decoder(kind), values, repeat(texts))) if values else []


def _fixed(kinds: tuple[Hashable, ...], values: list[Json], texts: _Texts) -> tuple[object, ...]:
    if len(values) != len(kinds):
        raise Malformed("a tuple of another length")
    return tuple(_decoder(kind)(value, texts) for kind, value in zip(kinds, values, strict=True))


def _by_key(kind: Hashable, parts: Json, texts: _Texts) -> dict[str, object]:
    match parts:
        case [list() as keys, list() as places, list() as values] if len(keys) == len(places):
            return dict(zip(_at(keys, texts), _at(places, _items(kind, values, texts)), strict=True))
        case _:
            raise Malformed("no mapping")


def _at(places: list[Json], values: list[_T]) -> list[_T]:
    if not all(type(place) is int for place in places):
        raise Malformed("a place that is no number")
    return [values[place] for place in cast("list[int]", places)]


def _of_class(kind: type) -> _Decoder:
    if is_dataclass(kind):
        return _row(kind)
    if issubclass(kind, StrEnum):
        members = {member.value: member for member in kind}
        return lambda value, texts: _member(members, _text(value, texts))
    if kind is str:
        return _text
    return lambda value, _: _plain(kind, value)


def _either(kinds: tuple[object, ...]) -> _Decoder:
    """Decode an optional value: nothing else that padlint keeps is of several types."""
    (kind,) = (each for each in kinds if each is not NoneType)
    return lambda value, texts: None if value is None else _decoder(kind)(value, texts)


def _row(kind: type) -> _Decoder:
    """Return what decodes the rows of a dataclass: a function made for it, from source as its own methods are.

    That takes half of what it takes to go through a row cell by cell, and rows are nearly all that there is.
    """
    row = _Row()
    made = row.making(kind)
    names = {"kinds": tuple(row.kinds), "Malformed": Malformed, **row.names}
    cells = ", ".join(row.cells)
    source = f"""
def decoder(value, texts):
    if type(value) is not list or len(value) != {len(row.cells)}:
        raise Malformed("a row of another length")
    {cells}, = value
    if ({"".join(f"type({cell}), " for cell in row.plain)}) != kinds:
        raise Malformed("a row of something else")
    return {made}
"""
    exec(source, names)  # noqa: S102  # it holds nothing that was read: names, numbers and brackets
    return cast("_Decoder", names["decoder"])


class _Row:
    """The cells of a dataclass and of those that stand in it, each by a name of its own.

    Attributes:
        plain: the cells that hold a number, or which text it is.
        kinds: the types that these have to be of.
        names: what the source speaks of besides.
    """

    def __init__(self) -> None:
        self.cells: list[str] = []
        self.plain: list[str] = []
        self.kinds: list[type] = []
        self.names: dict[str, object] = {}

    def making(self, kind: type) -> str:
        """Return the expression that makes a dataclass of the cells that follow."""
        return f"{self._named(kind)}({', '.join([self._part(part) for _, part in _parts(kind)])})"

    def _part(self, kind: Hashable) -> str:
        if isinstance(kind, type) and is_dataclass(kind):
            return self.making(kind)
        cell = f"cell{len(self.cells)}"
        self.cells.append(cell)
        if isinstance(kind, type) and kind in _PLAIN:
            self.plain.append(cell)
            self.kinds.append(kind)
            return cell
        if kind is str:
            self.plain.append(cell)
            self.kinds.append(int)
            return f"texts[{cell}]"
        return f"{self._named(_decoder(kind))}({cell}, texts)"

    def _named(self, meant: object) -> str:
        name = f"name{len(self.names)}"
        self.names[name] = meant
        return name


def _plain(kind: type, value: Json) -> Json:
    """Return what JSON has as it is: nothing turns a whole float into an int, and a bool is an int, but not to us."""
    if type(value) is kind:
        return value
    raise Malformed(f"no {kind.__name__}")


def _text(value: Json, texts: _Texts) -> str:
    if type(value) is int:
        return texts[value]
    raise Malformed("no text")


def _member(members: Mapping[str, StrEnum], word: str) -> StrEnum:
    if word in members:
        return members[word]
    raise Malformed("an unknown word")


def _listed(value: Json) -> list[Json]:
    if isinstance(value, list):
        return value
    raise Malformed("no list")
