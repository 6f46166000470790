"""A file's text, as cells of Python that can be parsed, with every line where the user sees it."""

from __future__ import annotations

import codecs
import io
import os
import tokenize
from pathlib import Path

from padlint.dataclass import dataclass
from padlint.sources.notebooks import NotANotebook, code_cells


@dataclass(frozen=True, slots=True)
class Cell:
    """Python text of one notebook cell, magics blanked, or of a whole `.py` file.

    Rows are where the user sees them, and so are columns once `indent` is added: a cell that is indented as a whole,
    which IPython accepts, has that many columns taken off its rows; `even` says that no row of code had fewer.

    `index` is 1-based over all cells of the notebook, markdown included; 0 for a plain file.
    """

    index: int
    text: str
    indent: int = 0
    even: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """One file to lint.

    `path` is as the user will see it; `file` is where it is. `encoding` is the codec to write it back with, which for
    a file that starts with a byte order mark is one that writes it too.
    """

    path: str
    file: Path
    cells: tuple[Cell, ...]
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that holds no text to parse: why, and the row and column (1-based) where that shows.

    `opened` says that the file itself could be read, so that what it holds is at fault (a finding, PAD901); when it
    could not, the run is incomplete (exit 2).
    """

    path: str
    file: Path
    why: str
    row: int = 1
    column: int = 1
    opened: bool = True


def read(path: str, file: Path, data: bytes | None = None) -> Source | Unreadable:
    """Read a file, or `data` in its place when that is given.

    Args:
        path: the name to show.
        file: where it is; the suffix says whether it is a notebook.
        data: the bytes, where they have been read or come from standard input.
    """
    try:
        given = file.read_bytes() if data is None else data
    except OSError as error:
        return Unreadable(path, file, reason(error), opened=False)
    return _notebook(path, file, given) if is_notebook(file) else _script(path, file, given)


def as_written(file: Path, data: bytes | None = None) -> dict[int, list[str]]:
    """Return the rows of a file, or of each code cell of a notebook by its index, as the user wrote them.

    A plain file has the one key 0. A file that cannot be read has none.
    """
    try:
        given = file.read_bytes() if data is None else data
        if is_notebook(file):
            return {cell.index: _rows(cell.text) for cell in code_cells(given)}
        return {0: _rows(_text(given))}
    except (OSError, NotANotebook):
        return {}


def lines(file: Path, cell: int, data: bytes | None = None) -> list[str]:
    """Return the rows of a file (cell 0) or notebook cell as the user wrote them, without line ends; [] when lost."""
    return as_written(file, data).get(cell, [])


def is_notebook(file: Path) -> bool:
    """Say whether a file is a notebook, by its name."""
    return os.fspath(file).endswith(".ipynb")


def reason(error: OSError) -> str:
    """Return why a file could not be opened, as one clause."""
    return (error.strerror or str(error)).lower()


def _script(path: str, file: Path, data: bytes) -> Source | Unreadable:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Unreadable(path, file, "the file is UTF-16, which Python does not read; save it as UTF-8")
    nul = data.find(b"\0")
    if nul >= 0:
        row, column = _place(data[:nul].decode("latin-1"))
        return Unreadable(path, file, "the file holds a NUL byte, so it is not Python source", row, column)
    try:
        encoding = _encoding(data)
        return Source(path, file, (Cell(0, data.decode(encoding)),), encoding)
    except UnicodeDecodeError as error:
        if error.object != data:  # some decode piece by piece, and count from there
            return Unreadable(path, file, f"the file's encoding cannot be read: {error}")
        row, column = _place(data[: error.start].decode(error.encoding, "replace"))
        why = f"byte 0x{data[error.start]:02x} is not {error.encoding}; save the file as UTF-8 or declare its encoding"
        return Unreadable(path, file, why, row, column)
    except (SyntaxError, LookupError, UnicodeError) as error:
        return Unreadable(path, file, f"the file's encoding cannot be read: {error}")


def _notebook(path: str, file: Path, data: bytes) -> Source | Unreadable:
    from padlint.sources.magics import blanked

    try:
        written = code_cells(data)
    except NotANotebook as error:
        return Unreadable(path, file, error.why, error.row, error.column)
    read_cells = ((cell.index, blanked(cell.text)) for cell in written)
    return Source(
        path, file, tuple(Cell(index, cell.text, cell.indent, cell.even) for index, cell in read_cells if cell)
    )


def _encoding(data: bytes) -> str:
    """Return the encoding that a file declares (PEP 263), or UTF-8.

    Raises:
        SyntaxError: it declares one that does not exist, a second one that contradicts its byte order mark, or one in
            which the declaration itself could not have been written (UTF-16).
    """
    two_rows = data[: data.find(b"\n", data.find(b"\n") + 1)]
    if not data.startswith(codecs.BOM_UTF8) and b"coding" not in two_rows:
        return "utf-8"
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    if b"coding".decode(encoding) != "coding":
        raise SyntaxError(f"{encoding} has other bytes for ASCII")
    return encoding


def _text(data: bytes) -> str:
    """Return the text of a script, broken bytes replaced; as UTF-8 where its own encoding cannot do that."""
    try:
        encoding = _encoding(data)
        try:
            return data.decode(encoding)
        except UnicodeError:
            return data.decode(encoding, "replace")
    except (SyntaxError, LookupError, UnicodeError):
        return data.decode("utf-8", "replace")


def _place(before: str) -> tuple[int, int]:
    """Return the row and column (1-based) of what follows the text."""
    rows = _rows(before)
    return len(rows), len(rows[-1]) + 1


def _rows(text: str) -> list[str]:
    """Split a text into rows where Python does, which is at fewer characters than `str.splitlines`."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
