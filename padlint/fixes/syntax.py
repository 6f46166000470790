"""Whether Python itself takes a text: an argument given twice, say, parses and is an error all the same."""

from __future__ import annotations

import warnings
from pathlib import Path

from padlint.sources.source import Source, read


def rejected(path: str, file: Path, data: bytes) -> frozenset[int]:
    """Return the cells of a file that Python does not compile, 0 for a plain file; nothing is run.

    Args:
        path: the name to show.
        file: where it is; the suffix says whether it is a notebook.
        data: what it holds.
    """
    source = read(path, file, data)
    cells = source.cells if isinstance(source, Source) else ()
    return frozenset(cell.index for cell in cells if not _compiles(cell.text, path))


def _compiles(text: str, path: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True
