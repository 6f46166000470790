"""What one project came to in earlier runs, each piece along with all that it depended on."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from padlint.cache.codec import Malformed, decode, encode
from padlint.cache.store import Store
from padlint.dataclass import dataclass
from padlint.sources.dependencies import Dependencies, World

_SECONDS_A_DAY = 86_400
_DAYS_KEPT = 30
_KEPT_OF_ONE_PLACE = 3
_MOST_ENTRIES = 10_000

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A piece of work: what its files held, when it was last of use, what else it depends on, and what it came to.

    The latter two are JSON, which costs nothing until somebody asks what it says.
    """

    content: str
    used: int
    dependencies: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class _Title:
    """An entry without what it says: that is in the next two rows of the file."""

    place: str
    content: str
    used: int


@dataclass(frozen=True, slots=True)
class _Contents:
    """The first row of a file: its entries, and the padlint that found them: another one may find something else."""

    stamp: str
    titles: tuple[_Title, ...]


class Shelf:
    """Keeps what pieces of work came to.

    A place names a piece of work: the files that it is about and the settings that it is done under. Its content is
    what those files hold.
    """

    def __init__(self, store: Store, name: str, stamp: str, world: World) -> None:
        self._store = store
        self._name = f"{name}.json"
        self._stamp = stamp
        self._world = world
        self._today = int(time.time()) // _SECONDS_A_DAY
        self._changed: dict[str, tuple[_Entry, ...]] = {}

    @cached_property
    def _entries(self) -> dict[str, tuple[_Entry, ...]]:
        """What is kept, read when somebody asks for it."""
        return dict(self._read())

    def find(self, place: str, content: str, kind: type[_T]) -> _T | None:
        """Return what was kept for a place with this content, None when there is nothing or it no longer holds."""
        for entry in self._entries.get(place, ()):
            if entry.content == content:
                try:
                    held = self._world.agrees(_loaded(Dependencies, entry.dependencies))
                    found = _loaded(kind, entry.value) if held else None
                except Malformed:
                    continue
                if found is not None and entry.used != self._today:
                    self._put(place, replace(entry, used=self._today))
                return found
        return None

    def keep(self, place: str, content: str, value: object, dependencies: Dependencies) -> None:
        """Keep what a piece of work came to: a dataclass."""
        self._put(place, _Entry(content, self._today, _dumped(dependencies), _dumped(value)))

    def save(self) -> None:
        """Write what is new, on top of what other runs may have written by now."""
        if not self._changed:
            return
        self._write(self._recent({**self._read(), **self._changed}))
        self._changed.clear()

    def _put(self, place: str, entry: _Entry) -> None:
        others = [other for other in self._entries.get(place, ()) if other.content != entry.content]
        self._entries[place] = self._changed[place] = (entry, *others[: _KEPT_OF_ONE_PLACE - 1])

    def _recent(self, entries: Mapping[str, tuple[_Entry, ...]]) -> dict[str, tuple[_Entry, ...]]:
        """Leave out what has been of no use for long, the longest first."""
        last_used = {place: max(entry.used for entry in kept) for place, kept in entries.items() if kept}
        recent = [place for place, used in last_used.items() if used >= self._today - _DAYS_KEPT]
        return {place: entries[place] for place in sorted(recent, key=lambda place: -last_used[place])[:_MOST_ENTRIES]}

    def _read(self) -> Mapping[str, tuple[_Entry, ...]]:
        first, *rows = (self._store.read(self._name) or b"").split(b"\n")
        try:
            contents = _loaded(_Contents, first)
        except Malformed:
            return {}
        if contents.stamp != self._stamp or len(rows) != 2 * len(contents.titles):
            return {}
        entries: dict[str, tuple[_Entry, ...]] = {}
        for title, dependencies, value in zip(contents.titles, rows[::2], rows[1::2], strict=True):
            entry = _Entry(title.content, title.used, dependencies, value)
            entries[title.place] = (*entries.get(title.place, ()), entry)
        return entries

    def _write(self, entries: Mapping[str, tuple[_Entry, ...]]) -> None:
        every = [(place, entry) for place, kept in entries.items() for entry in kept]
        titles = tuple(_Title(place, entry.content, entry.used) for place, entry in every)
        rows = (row for _, entry in every for row in (entry.dependencies, entry.value))
        self._store.write(self._name, b"\n".join((_dumped(_Contents(self._stamp, titles)), *rows)))


def _dumped(value: object) -> bytes:
    """Return a value as one row."""
    return json.dumps(encode(value), separators=(",", ":")).encode()


def _loaded(kind: type[_T], text: bytes) -> _T:
    """Return what `_dumped` wrote.

    Raises:
        Malformed: it did not write that.
    """
    try:
        return decode(kind, json.loads(text))
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from error
