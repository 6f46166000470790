"""The code cells of a Jupyter notebook, nbformat 3 and 4."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from padlint.dataclass import dataclass

PYTHON = "python"
_TEXT_KEYS = ("source", "input")


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A code cell as the user wrote it; `index` is 1-based over all cells, markdown included."""

    index: int
    text: str


class NotANotebook(ValueError):
    """The bytes hold no notebook: why, at which row and column of the file."""

    def __init__(self, why: str, row: int = 1, column: int = 1) -> None:
        self.why = why
        self.row = row
        self.column = column
        super().__init__(why)


def code_cells(data: bytes) -> tuple[CodeCell, ...]:
    """Return the Python cells of a notebook; a notebook in another language has none.

    Raises:
        NotANotebook: the bytes are not JSON, or not a notebook's.
    """
    notebook = _document(data)
    if _language(notebook) != PYTHON:
        return ()
    cells = enumerate(all_cells(notebook), start=1)
    return tuple(CodeCell(index, _text(cell)) for index, cell in cells if _is_python(cell))


def _document(data: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotANotebook("the notebook is not UTF-8", data.count(b"\n", 0, error.start) + 1) from error
    except json.JSONDecodeError as error:
        raise NotANotebook(f"the notebook is not JSON: {error.msg}", error.lineno, error.colno) from error
    except (ValueError, RecursionError) as error:
        raise NotANotebook(f"the notebook's JSON cannot be read: {error}") from error
    if not isinstance(document, Mapping) or not isinstance(document.get("cells", document.get("worksheets")), list):
        raise NotANotebook("the file is JSON, but not a notebook's: it has no list of cells")
    return document


def all_cells(notebook: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield all cells; nbformat 3 keeps them in worksheets."""
    for sheet in _tables(notebook["worksheets"]) if "cells" not in notebook else (notebook,):
        yield from _tables(sheet.get("cells"))


def taken_apart(document: str) -> tuple[tuple[str, ...], object]:
    """Return the text of each cell of a notebook, and all else that it holds."""
    notebook = json.loads(document, strict=False)
    cells = tuple(all_cells(notebook))
    texts = tuple(map(_text, cells))
    for cell in cells:
        if isinstance(cell, dict):
            for key in _TEXT_KEYS:
                cell.pop(key, None)
    return texts, notebook


def _tables(value: object) -> Iterator[Mapping[str, object]]:
    """Yield the items of a list, each as a table; what is none counts, but holds nothing."""
    for item in value if isinstance(value, list) else ():
        yield item if isinstance(item, Mapping) else {}


def _is_python(cell: Mapping[str, object]) -> bool:
    language = cell.get("language", PYTHON)
    return cell.get("cell_type") == "code" and isinstance(language, str) and language.casefold() == PYTHON


def _text(cell: Mapping[str, object]) -> str:
    """Return a cell's text, which nbformat 3 calls its input; a list holds its rows."""
    source = cell.get("source", cell.get("input", ""))
    text = "".join(part for part in source if isinstance(part, str)) if isinstance(source, list) else source
    if not isinstance(text, str):
        return ""
    # JSON can hold half of a surrogate pair, which no encoding can.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _language(notebook: Mapping[str, object]) -> str:
    """Return the kernel's language; Python when the notebook does not say."""
    metadata = notebook.get("metadata")
    for table, key in (("language_info", "name"), ("kernelspec", "language")):
        told = metadata.get(table) if isinstance(metadata, Mapping) else None
        name = told.get(key) if isinstance(told, Mapping) else None
        if isinstance(name, str) and name:
            return PYTHON if name.casefold().startswith(("python", "ipython")) else name.casefold()
    return PYTHON
