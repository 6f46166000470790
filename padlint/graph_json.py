"""Write a ModelGraph as JSON and read it back, the same to the last field."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from padlint import declared, finding, graph
from padlint.graph import ModelGraph

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_IS: Final = "is"
_CLASSES: Final[Mapping[str, Callable[..., object]]] = {
    name: value
    for module in (declared, finding, graph)
    for name, value in vars(module).items()
    if isinstance(value, type)
    and value.__module__ == module.__name__
    and (is_dataclass(value) or issubclass(value, StrEnum))
}


class NotAGraph(ValueError):
    """The text is not what `to_json` writes."""


def to_json(model_graph: ModelGraph, indent: int | None = None) -> str:
    """Write a graph as JSON text; fields that hold their default are left out."""
    return json.dumps(_encode(model_graph), indent=indent)


def from_json(text: str) -> ModelGraph:
    """Read what `to_json` wrote.

    Raises:
        NotAGraph: the text is not JSON, or not of a graph.
    """
    try:
        value = _decode(json.loads(text))
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise NotAGraph(f"not a model graph: {error}") from error
    if not isinstance(value, ModelGraph):
        raise NotAGraph(f"not a model graph: {type(value).__name__}")
    return value


def _encode(value: object) -> Json:
    match value:
        case StrEnum():
            return {_IS: type(value).__name__, "value": value.value}
        case None | bool() | int() | float() | str():
            return value
        case tuple():
            return [_encode(item) for item in value]
        case frozenset():
            return {_IS: "set", "items": sorted((_encode(item) for item in value), key=json.dumps)}
        case Mapping():
            return {_IS: "map", "items": [[_encode(key), _encode(item)] for key, item in value.items()]}
        case _ if is_dataclass(value) and not isinstance(value, type):
            kept = {field.name: getattr(value, field.name) for field in fields(value)}
            written = {
                field.name: _encode(kept[field.name])
                for field in fields(value)
                if not _is_default(field, kept[field.name])
            }
            return {_IS: type(value).__name__, **written}
        case _:
            pass
    raise TypeError(f"a graph holds no {type(value).__name__}")


def _is_default(field: Field[object], value: object) -> bool:
    # By text: 0, 0.0 and False are equal, yet not the same padding.
    return field.default is not MISSING and repr(field.default) == repr(value)


def _decode(value: Json) -> object:
    match value:
        case list():
            return tuple(_decode(item) for item in value)
        case dict():
            return _decode_object(value)
        case _:
            pass
    return value


def _decode_object(value: dict[str, Json]) -> object:
    match value:
        case {"is": "set", "items": list(items)}:
            return frozenset(_decode(item) for item in items)
        case {"is": "map", "items": list(items)}:
            return dict(_pair(item) for item in items)
        case {"is": str(name), "value": str(word)} if name in _ENUMS:
            return _CLASSES[name](word)
        case {"is": str(name)}:
            return _CLASSES[name](**{key: _decode(item) for key, item in value.items() if key != _IS})
        case _:
            pass
    raise TypeError("an object without a class")


_ENUMS: Final = frozenset(
    name for name, value in _CLASSES.items() if isinstance(value, type) and issubclass(value, StrEnum)
)


def _pair(item: Json) -> tuple[object, object]:
    match item:
        case [key, value]:
            return _decode(key), _decode(value)
        case _:
            pass
    raise TypeError("a map holds pairs")
