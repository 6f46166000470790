"""A TOML document that is parsed a table at a time, for a run asks for few of the many that layers.toml holds."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias, TypeVar

Toml: TypeAlias = "bool | int | float | str | list[Toml] | dict[str, Toml]"
TomlTable: TypeAlias = dict[str, Toml]

_V = TypeVar("_V")


class Document:
    """A document whose tables each begin with their name in brackets at the start of a line."""

    def __init__(self, text: str) -> None:
        self._parts: dict[str, list[str]] = {}
        for part in f"\n{text}".split("\n[")[1:]:
            name = part[: part.index("]")].removeprefix("[")
            self._parts.setdefault(name, []).append(f"[{part}")

    def names(self, parent: str) -> Iterator[str]:
        """Yield the names of the tables, or arrays of tables, inside another."""
        for name in self._parts:
            if name.startswith(f"{parent}."):
                yield name.removeprefix(f"{parent}.").partition(".")[0]

    def get(self, name: str) -> Toml | None:
        """Parse what has this dotted name, alone; None for what the document does not hold.

        Raises:
            tomllib.TOMLDecodeError: a subclass of ValueError.
        """
        texts = (text for found, parts in self._parts.items() if _within(found, name) for text in parts)
        found: Toml | None = tomllib.loads("\n".join(texts))
        for key in name.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        return found


def _within(found: str, name: str) -> bool:
    return found == name or found.startswith(f"{name}.")


class OnDemand(Mapping[str, _V]):
    """A mapping whose values are made when they are first asked for."""

    def __init__(self, names: Iterable[str], make: Callable[[str], _V]) -> None:
        self._names = dict.fromkeys(names)
        self._make = make
        self._made: dict[str, _V] = {}

    def __getitem__(self, name: str) -> _V:
        if name not in self._made:
            if name not in self._names:
                raise KeyError(name)
            self._made[name] = self._make(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
