"""A file's text, as cells of Python that can be parsed, with every line where the user sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cell:
    """Python text of one notebook cell, magics blanked, or of a whole `.py` file.

    Rows are where the user sees them, and so are columns once `indent` is added: a cell that is indented as a whole,
    which IPython accepts, has that many columns taken off its rows.

    `index` is 1-based over all cells of the notebook, markdown included; 0 for a plain file.
    """

    index: int
    text: str
    indent: int = 0


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
    raise NotImplementedError


def as_written(file: Path, data: bytes | None = None) -> dict[int, list[str]]:
    """Return the rows of a file, or of each code cell of a notebook by its index, as the user wrote them.

    A plain file has the one key 0. A file that cannot be read has none.
    """
    raise NotImplementedError


def lines(file: Path, cell: int, data: bytes | None = None) -> list[str]:
    """Return the rows of a file (cell 0) or notebook cell as the user wrote them, without line ends; [] when lost."""
    raise NotImplementedError
