"""Put edits into a file: only what they name changes, and the file is never half written."""

from __future__ import annotations

import codecs
import errno
import os
import shutil
import stat
import tempfile
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path
from typing import Final, TypeAlias

from padlint.finding import Edit, Position
from padlint.sources.notebook_text import CellText, cell_texts, written
from padlint.sources.notebooks import taken_apart
from padlint.sources.source import Unreadable, is_notebook, read

_Place: TypeAlias = tuple[int, int, Edit]

_WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_NEW: Final = 0o666
"""The permissions of a new file, before the umask takes some away."""


class CannotRewrite(ValueError):
    """A file that cannot be changed without changing more than the edits say; the message is one line."""


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made.

    Raises:
        CannotRewrite: two edits overlap.
    """
    return _replaced(text, _places(text, edits))


def _places(text: str, edits: Iterable[Edit]) -> list[_Place]:
    """Return where edits begin and end in a text, in order."""
    starts = _row_starts(text)
    places = [(_offset(edit.span.start, starts), _offset(edit.span.end, starts), edit) for edit in edits]
    return sorted(places, key=lambda place: place[:2])


def _replaced(text: str, places: Iterable[_Place]) -> str:
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
        CannotRewrite: the edits overlap, are about a cell that is not there, or the encoding does not lead back.
    """
    if is_notebook(file):
        return _rewritten_notebook(file, data, edits)
    source = read(str(file), file, data)
    if isinstance(source, Unreadable):
        raise CannotRewrite(f"{file}: {source.why}")
    text = data.decode(source.encoding)
    try:
        # Some encodings write one text in many ways, and some can only be read.
        if text.encode(source.encoding) == data:
            return edited(text, edits).encode(source.encoding)
        why = "spells some of it otherwise"
    except UnicodeError as error:
        why = error.reason if isinstance(error, UnicodeEncodeError) else str(error)
    raise CannotRewrite(f"{file}: it cannot be written back as {source.encoding}: {why}")


def replace_file(file: Path, before: bytes, after: bytes) -> None:
    """Give a file other content in one step; its permissions stay, and a link to it still leads to it.

    A file that holds just that already is no trouble: another run may have come first.

    Args:
        before: what it holds, as far as is known; it is looked at again last of all.

    Raises:
        CannotRewrite: it holds something else by now.
        OSError: it could not be written, or may not be; it is as it was.
    """
    target = file.resolve()
    if not (target.stat().st_mode & _WRITABLE and os.access(target, os.W_OK)):
        # Putting another file in its place asks only whether the folder may be written.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
    with _put_in_place(target, after) as name:
        _pass_on(target, name)
        _check_held(target, before, after)


def write_file(file: Path, content: bytes) -> None:
    """Give a file content in one step, whether it is there already or not.

    Raises:
        CannotRewrite: something else changed it meanwhile.
        OSError: it could not be written, or may not be; it is as it was.
    """
    if file.exists():
        replace_file(file, file.read_bytes(), content)
        return
    with _put_in_place(file.resolve(), content) as name:
        # A temporary file is for its owner alone; the umask can only be asked for by setting it.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(_NEW & ~mask)


@contextmanager
def _put_in_place(target: Path, content: bytes) -> Iterator[str]:
    """Write a file beside another, give its name for what is still to be done, and put it in the other's place."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        yield name
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _check_held(file: Path, *known: bytes) -> None:
    if file.read_bytes() not in known:
        raise CannotRewrite("it changed while padlint ran")


def _pass_on(target: Path, name: str) -> None:
    """Give a new file the owner, the permissions and the attributes of the one whose place it takes."""
    if hasattr(os, "chown"):
        held = target.stat()
        # Only root may give a file away. Who may write it keeps it, then.
        with suppress(OSError):
            os.chown(name, -1, held.st_gid)
            os.chown(name, held.st_uid, -1)
    shutil.copystat(target, name)
    os.utime(name)


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
    document = data.decode(encoding)
    cells = cell_texts(document)
    by_cell: dict[int, list[Edit]] = {}
    for edit in edits:
        by_cell.setdefault(edit.span.cell, []).append(edit)
    pieces: list[str] = []
    done = 0
    for index, mine in sorted(by_cell.items()):
        cell = cells[index - 1] if 0 < index <= len(cells) else None
        if cell is None or not cell.tokens:
            raise CannotRewrite(f"{file}: cell {index} holds no text")
        for start, end, text in _changed_strings(document, cell, mine):
            pieces += [document[done:start], text]
            done = end
    after = "".join((*pieces, document[done:]))
    _check_notebook(file, document, after, by_cell)
    return after.encode(encoding)


def _check_notebook(file: Path, before: str, after: str, edits: Mapping[int, Iterable[Edit]]) -> None:
    """Make sure that a notebook reads as planned: JSON may hold a key twice, and what counts is the last.

    Raises:
        CannotRewrite: it does not.
    """
    texts, rest = taken_apart(before)
    planned = tuple(edited(text, edits.get(index, ())) for index, text in enumerate(texts, start=1))
    if taken_apart(after) != (planned, rest):
        raise CannotRewrite(f"{file}: its JSON could not be changed in one place alone")


def _changed_strings(document: str, cell: CellText, edits: Iterable[Edit]) -> Iterator[tuple[int, int, str]]:
    """Yield what to put in the place of what in a notebook's JSON; strings that no edit touches stay."""
    ends = tuple(accumulate(len(token.value) for token in cell.tokens))
    for (first, last), places in _by_strings(_places(cell.text, edits), ends).items():
        before = ends[first - 1] if first else 0
        moved = [(start - before, end - before, edit) for start, end, edit in places]
        text = _replaced(cell.text[before : ends[last]], moved)
        yield cell.tokens[first].start, cell.tokens[last].end, written(document, cell, text)


def _by_strings(places: Iterable[_Place], ends: Sequence[int]) -> Mapping[tuple[int, int], Sequence[_Place]]:
    """Group edits by the first and the last of the strings that they touch, so that no string is in two groups."""
    groups: dict[tuple[int, int], list[_Place]] = {}
    span = (-1, -1)
    for start, end, edit in places:
        first = _string_at(start, ends)
        last = max(first, _string_at(end - 1, ends))
        together = groups.pop(span) if first <= span[1] else []
        span = (min(first, span[0]), max(last, span[1])) if together else (first, last)
        groups[span] = [*together, (start, end, edit)]
    return groups


def _string_at(offset: int, ends: Sequence[int]) -> int:
    """Return which of a cell's strings an offset is in; what lies behind the last is in the last."""
    return min(bisect_right(ends, offset), len(ends) - 1)
