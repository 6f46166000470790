"""Where the text of a notebook's cells stands in its JSON, so that it can be changed there and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from padlint.dataclass import dataclass

_DECODER: Final = json.JSONDecoder(strict=False)
_BLANK: Final = " \t\n\r"
_TEXT_KEYS: Final = ("source", "input")  # nbformat 3 calls it input
_ESCAPED_FOR_HTML: Final = "<>&'"


@dataclass(frozen=True, slots=True)
class Token:
    """A string of JSON: its value, and where it stands with its quotes."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CellText:
    """The text of one cell: a list of strings, or a single one."""

    tokens: tuple[Token, ...]
    listed: bool

    @property
    def text(self) -> str:
        """The text."""
        return "".join(token.value for token in self.tokens)

    @property
    def by_rows(self) -> bool:
        """Whether each string is one row, as Jupyter writes them."""
        return self.listed and all(token.value.endswith("\n") for token in self.tokens[:-1])


def cell_texts(document: str) -> tuple[CellText | None, ...]:
    """Return the text of each cell of a notebook, None for a cell without.

    Raises:
        ValueError: the document is not JSON.
    """
    found: list[CellText | None] = []

    def cell(start: int) -> int:
        texts: dict[str, CellText] = {}
        end = _members(document, start, {key: _reading(document, texts, key) for key in _TEXT_KEYS})
        found.append(next((texts[key] for key in _TEXT_KEYS if key in texts), None))
        return end

    def cells(start: int) -> int:
        return _items(document, start, cell)

    def sheets(start: int) -> int:
        return _items(document, start, lambda at: _members(document, at, {"cells": cells}))

    _members(document, _skipped(document, 0), {"cells": cells, "worksheets": sheets})
    return tuple(found)


def _reading(document: str, texts: dict[str, CellText], key: str) -> Callable[[int], int]:
    """Return what reads a cell's text and notes it under its key."""

    def read(start: int) -> int:
        tokens: list[Token] = []

        def token(at: int) -> int:
            value, end = _DECODER.raw_decode(document, at)
            if isinstance(value, str):
                tokens.append(Token(value, at, end))
            return end

        end = _items(document, start, token) if document[start] == "[" else token(start)
        texts[key] = CellText(tuple(tokens), document[start] == "[")
        return end

    return read


# Changed ----------------------------------------------------------------------------------------------------------


def written(document: str, cell: CellText, text: str) -> str:
    """Return the JSON for some strings of a cell, by what they hold together, as the document writes its own."""
    values = text.splitlines(keepends=True) if cell.by_rows else [text]
    return _between(document, cell).join(_encoded(document, value) for value in values or [""])


def _between(document: str, cell: CellText) -> str:
    """Return what stands between two strings of a list: as between the first two, else as before the only one."""
    if len(cell.tokens) > 1:
        return document[cell.tokens[0].end : cell.tokens[1].start]
    start = cell.tokens[0].start
    before = document[len(document[:start].rstrip(_BLANK)) : start]
    return f",{before or ' '}"


def _encoded(document: str, value: str) -> str:
    """Return a string as the document writes its own: what it escapes everywhere is escaped here as well."""
    text = json.dumps(value, ensure_ascii=document.isascii() or not _is_unicode(value))
    lower = document.lower()
    for character in _ESCAPED_FOR_HTML:
        escape = f"\\u{ord(character):04x}"
        if character not in document and escape in lower:
            text = text.replace(character, escape)
    return text


def _is_unicode(value: str) -> bool:
    """Say whether a string has no half of a surrogate pair, which JSON can hold and no encoding can."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


# JSON -------------------------------------------------------------------------------------------------------------


def _members(document: str, start: int, readers: dict[str, Callable[[int], int]]) -> int:
    """Go through the members of an object, which is not built; what has no reader is skipped.

    Returns:
        Where the object ends.
    """
    if document[start : start + 1] != "{":
        return _end(document, start)
    at = _skipped(document, start + 1)
    while document[at] != "}":
        key, at = _DECODER.raw_decode(document, at)
        at = _skipped(document, _skipped(document, at) + 1)
        read = readers.get(key)
        at = read(at) if read is not None else _end(document, at)
        at = _after_comma(document, at)
    return at + 1


def _items(document: str, start: int, read: Callable[[int], int]) -> int:
    """Go through the items of a list; return where it ends."""
    if document[start : start + 1] != "[":
        return _end(document, start)
    at = _skipped(document, start + 1)
    while document[at] != "]":
        at = _after_comma(document, read(at))
    return at + 1


def _end(document: str, start: int) -> int:
    """Return where a value ends."""
    end: int = _DECODER.raw_decode(document, start)[1]
    return end


def _after_comma(document: str, at: int) -> int:
    at = _skipped(document, at)
    return _skipped(document, at + 1) if document[at] == "," else at


def _skipped(document: str, at: int) -> int:
    while at < len(document) and document[at] in _BLANK:
        at += 1
    return at
