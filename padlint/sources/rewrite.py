"""Put edits into a file: only what they name changes, and the file is never half written."""

from __future__ import annotations

import codecs
import errno
import json
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Final, TypeAlias

from padlint.finding import Edit, Position
from padlint.sources.notebooks import all_cells
from padlint.sources.source import Unreadable, is_notebook, read

_WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH

Layout: TypeAlias = Callable[[Mapping[str, object]], str]


class CannotRewrite(ValueError):
    """A file that cannot be changed without changing more than the edits say; the message is one line."""


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made.

    Raises:
        CannotRewrite: two edits overlap.
    """
    starts = _row_starts(text)
    offsets = ((_offset(edit.span.start, starts), _offset(edit.span.end, starts), edit) for edit in edits)
    places = sorted(offsets, key=lambda place: place[:2])
    pieces = []
    done = 0
    for start, end, edit in places:
        if start < done:
            raise CannotRewrite(f"{edit.span.path}: two edits overlap at row {edit.span.start.row}")
        pieces += [text[done:start], edit.content]
        done = end
    return "".join((*pieces, text[done:]))


def rewritten(file: Path, data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return the bytes of a file, or of a notebook, with edits made; encoding, newlines and layout stay.

    Raises:
        CannotRewrite: the edits overlap, or the notebook is laid out in a way that cannot be written back.
    """
    if is_notebook(file):
        return _rewritten_notebook(file, data, edits)
    source = read(str(file), file, data)
    if isinstance(source, Unreadable):
        raise CannotRewrite(f"{file}: {source.why}")
    return edited(data.decode(source.encoding), edits).encode(source.encoding)


def replace_file(file: Path, data: bytes) -> None:
    """Give a file other content in one step; its permissions stay, and a link to it still leads to it.

    Raises:
        OSError: it could not be written, or may not be; it is as it was.
    """
    target = file.resolve()
    if not (target.stat().st_mode & _WRITABLE and os.access(target, os.W_OK)):
        # Putting another file in its place asks only whether the folder may be written.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(target.stat().st_mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _row_starts(text: str) -> list[int]:
    starts = [0]
    for offset, character in enumerate(text):
        if character == "\n" or (character == "\r" and text[offset + 1 : offset + 2] != "\n"):
            starts.append(offset + 1)
    return [*starts, len(text)]


def _offset(position: Position, starts: Sequence[int]) -> int:
    """Return where a position is; what lies behind the last row is its end."""
    row = min(position.row, len(starts))
    return min(starts[row - 1] + position.column - 1, starts[-1])


# Notebooks ------------------------------------------------------------------------------------------------------


def _rewritten_notebook(file: Path, data: bytes, edits: Sequence[Edit]) -> bytes:
    encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    text = data.decode(encoding)
    notebook = json.loads(text)
    layout = next((write for write in _layouts() if write(notebook) == text), None)
    if layout is None:
        raise CannotRewrite(f"{file}: this notebook is not laid out as Jupyter writes it; save it there first")
    for index, cell in enumerate(all_cells(notebook), start=1):
        mine = [edit for edit in edits if edit.span.cell == index]
        if mine and isinstance(cell, dict):
            _edit_cell(cell, mine)
    return layout(notebook).encode(encoding)


def _edit_cell(cell: dict[str, object], edits: Sequence[Edit]) -> None:
    key = "source" if "source" in cell else "input"
    source = cell[key]
    if isinstance(source, list):
        cell[key] = edited("".join(source), edits).splitlines(keepends=True)
    elif isinstance(source, str):
        cell[key] = edited(source, edits)


def _layouts() -> Iterator[Layout]:
    """Yield the ways in which notebooks are written, Jupyter's first."""

    def layout(indent: int | None, end: str, *, ascii_only: bool) -> Layout:
        return lambda notebook: json.dumps(notebook, indent=indent, ensure_ascii=ascii_only) + end

    for indent, end, ascii_only in product((1, 2, 4, None), ("\n", ""), (False, True)):
        yield layout(indent, end, ascii_only=ascii_only)
