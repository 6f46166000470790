"""What fixes would change, as a unified diff; a notebook's cells one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path

from padlint.finding import Position, Span
from padlint.report.place import shown_path
from padlint.sources.source import Source, as_written, is_notebook, read

_BEGINNING = Position(1, 1)
_NO_LINE_END = "\\ No newline at end of file"


def unified(path: str, file: Path, before: bytes, after: bytes) -> Iterator[str]:
    """Yield the lines of a diff between two contents of a file, line ends included.

    Args:
        path: the name to show.
        file: where it is; the suffix says whether it is a notebook.
    """
    old, new = _lines(path, file, before), _lines(path, file, after)
    for cell in sorted(old.keys() | new.keys()):
        name = shown_path(Span(path, cell, _BEGINNING, _BEGINNING))
        for line in unified_diff(old.get(cell, []), new.get(cell, []), name, name):
            yield line if line.endswith("\n") else f"{line}\n{_NO_LINE_END}\n"


def _lines(path: str, file: Path, data: bytes) -> Mapping[int, Sequence[str]]:
    """Return the lines of a file as they are written; those of a notebook's cells all end, as cells have no end."""
    if is_notebook(file):
        return {cell: [f"{row}\n" for row in rows] for cell, rows in as_written(file, data).items()}
    source = read(path, file, data)
    return {0: source.cells[0].text.splitlines(keepends=True)} if isinstance(source, Source) else {}
