"""Read stand_ins.toml: what is used in place of a setting when a model is rebuilt small."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from padlint.dataclass import dataclass
from padlint.graph import Plain


@dataclass(frozen=True, slots=True)
class StandIns:
    """stand_ins.toml as a whole; the file says what each entry means."""

    ignored: frozenset[str]
    vocabulary: frozenset[str]
    size_names: frozenset[str]
    cap: int
    sizes: tuple[int, ...]
    lengths: frozenset[str]
    unread: Mapping[str, tuple[Plain, ...]]
    refused: Mapping[str, tuple[Plain, ...]]
    undrawn: Mapping[str, str]

    def matters(self, setting: str) -> bool:
        """Say whether a setting may change what is measured: a size or an initialiser does not."""
        return setting not in self.ignored | self.vocabulary | self.size_names


@cache
def stand_ins() -> StandIns:
    """Read the shipped file, once."""
    document = tomllib.loads(Path(__file__).with_name("stand_ins.toml").read_text(encoding="utf-8"))
    return StandIns(
        ignored=frozenset(document["ignored"].split()),
        vocabulary=frozenset(document["vocabulary"].split()),
        size_names=frozenset(document["size_names"].split()),
        cap=document["cap"],
        sizes=tuple(document["sizes"]),
        lengths=frozenset(document["lengths"].split()),
        unread={name: tuple(map(_plain, values)) for name, values in document["unread"].items()},
        refused={name: tuple(map(_plain, values)) for name, values in document["refused"].items()},
        undrawn=document["undrawn"],
    )


def _plain(value: object) -> Plain:
    match value:
        case list():
            return tuple(map(_plain, value))
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise TypeError(f"stand_ins.toml: {value!r} is not a setting")
