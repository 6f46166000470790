"""What fixes would change, as a unified diff; a notebook's cells one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path

from padlint.finding import Position, Span
from padlint.report.place import shown_path
from padlint.sources.source import Source, read

_BEGINNING = Position(1, 1)


def unified(path: str, file: Path, before: bytes, after: bytes) -> Iterator[str]:
    """Yield the lines of a diff between two contents of a file, line ends included.

    Args:
        path: the name to show.
        file: where it is; the suffix says whether it is a notebook.
    """
    old, new = _cells(path, file, before), _cells(path, file, after)
    for cell in sorted(old.keys() | new.keys()):
        name = shown_path(Span(path, cell, _BEGINNING, _BEGINNING))
        yield from map(_ended, unified_diff(old.get(cell, []), new.get(cell, []), name, name))


def _cells(path: str, file: Path, data: bytes) -> dict[int, Sequence[str]]:
    source = read(path, file, data)
    cells = source.cells if isinstance(source, Source) else ()
    return {cell.index: cell.text.splitlines(keepends=True) for cell in cells}


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
