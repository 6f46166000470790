"""The names of files in which one program may leave data for another, from the bytes of a program alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product

from padlint.dataclass import dataclass

_SUFFIXES = (b".npy", b".npz", b".pkl", b".pickle", b".pk", b".p", b".joblib", b".dump", b".dat", b".hickle", b".hkl")
_QUOTES = (b'"', b"'", b'\\"')
_SAVED = re.compile(
    rb"save\w{0,20}\(\s{0,99}(?:[\w.]{1,99}\s{0,9}\+\s{0,9}){0,3}\\?[\"'](?:[^\"'\r\n]{0,200}/)?([\w.-]{1,200})\\?[\"']"
)
_END_OF_NAME = re.compile(rb"[\w.-]{1,200}\Z")
_LONGEST_NAME = 200
_LONGEST_ROW = 300
_SAVING = (b"save", b"dump", b"'wb", b'"wb')
_LOADING = (b"load", b"'rb", b'"rb')


@dataclass(frozen=True, slots=True)
class Exchange:
    """The files that a program may write, and those that it may read."""

    saved: frozenset[bytes]
    loaded: frozenset[bytes]


def exchange(data: bytes, imported: Iterable[bytes] = ()) -> Exchange:
    """Return what a script or notebook may save and load; numpy puts a suffix behind a name that has none.

    Args:
        imported: names that modules hold which it imports.
    """
    saves, loads = b"save" in data or b"dump" in data, b"load" in data
    saved: set[bytes] = set()
    loaded: set[bytes] = set()
    for name, row in (*_named(data), *((name, b"") for name in imported)) if saves or loads else ():
        is_saved, is_loaded = (any(word in row for word in words) for words in (_SAVING, _LOADING))
        # A name that is only kept in a variable may be for either.
        if saves and (is_saved or not is_loaded):
            saved.add(name)
        if loads and (is_loaded or not is_saved):
            loaded.add(name)
    return Exchange(frozenset(saved).union(map(_without_suffix, _SAVED.findall(data))), frozenset(loaded))


def names(data: bytes) -> frozenset[bytes]:
    """Return the names of data files that a module holds, for whatever they may be."""
    return frozenset(name for name, _ in _named(data))


def _named(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each name of a data file, and the row that it stands in."""
    for suffix, quote in product(_SUFFIXES, _QUOTES):
        place = data.find(suffix + quote)
        while place >= 0:
            end = place + len(suffix)
            name = _END_OF_NAME.search(data[max(end - _LONGEST_NAME, 0) : end])
            before = data[max(place - _LONGEST_ROW, 0) : place].rpartition(b"\n")[2]
            after = data[place : place + _LONGEST_ROW].partition(b"\n")[0]
            if name:
                yield _without_suffix(name[0]), before + after
            place = data.find(suffix + quote, end)


def _without_suffix(name: bytes) -> bytes:
    return name.removesuffix(b".npy").removesuffix(b".npz")
