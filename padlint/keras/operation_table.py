"""The table of functions on tensors: what each does to timesteps, and where it takes its axis or shape."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NotRequired, TypeAlias, TypedDict

from padlint.dataclass import dataclass
from padlint.graph import Effect

Place: TypeAlias = tuple[int | None, str]
"""Where a call gives an argument: its position, None when it goes by its name only, and its name."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a function does: its effect, where its axis (or shape) argument is, and how many tensors it returns.

    Args:
        listed: whether the first of them comes in a list.
        keeps_zero: whether a tensor of zeros comes back as zeros.
    """

    effect: Effect
    axis: Place | None = None
    default: int | None = None
    shape: Place | None = None
    outputs: int = 1
    listed: bool = False
    keeps_zero: bool = False


_UNKNOWN: Final = Row(Effect.UNKNOWN)


class _Place(TypedDict):
    position: NotRequired[int]
    name: str


class _Entry(TypedDict):
    effect: str
    names: list[str]
    axis: NotRequired[_Place]
    shape: NotRequired[_Place]
    default: NotRequired[int]
    outputs: NotRequired[int]
    listed: NotRequired[bool]
    keeps_zero: NotRequired[bool]


def row_of(dotted: str) -> Row:
    """Return what is known of a function by its dotted name: the entry that shares most of its last parts."""
    rows, parts = operation_rows(), dotted.split(".")
    names = (".".join(parts[start:]) for start in range(len(parts)))
    return next((rows[name] for name in names if name in rows), _UNKNOWN)


@cache
def operation_rows() -> Mapping[str, Row]:
    """Return the table, by the last parts of names."""
    return dict(_read())


def _read() -> Iterator[tuple[str, Row]]:
    document = tomllib.loads(Path(__file__).with_name("operations.toml").read_text(encoding="utf-8"))
    entries: list[_Entry] = document["functions"]
    for entry in entries:
        row = Row(
            Effect(entry["effect"]),
            _place(entry.get("axis")),
            entry.get("default"),
            _place(entry.get("shape")),
            entry.get("outputs", 1),
            entry.get("listed", False),
            entry.get("keeps_zero", False),
        )
        yield from ((name, row) for name in entry["names"])


def _place(written: _Place | None) -> Place | None:
    return None if written is None else (written.get("position"), written["name"])
