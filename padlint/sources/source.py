"""A file's text, as cells of Python that can be parsed, with every line where the user sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cell:
    """Python text of one notebook cell, magics blanked, or of a whole `.py` file.

    `index` is 1-based over all cells of the notebook, markdown included; 0 for a plain file.
    """

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """One file to lint.

    `path` is as the user will see it; `file` is where it is.
    """

    path: str
    file: Path
    cells: tuple[Cell, ...]
