"""A script without what is only for people to read, its comments and docstrings, or without any text."""

from __future__ import annotations

import re

# A text that is not closed runs to the end, so that nothing is looked through more than once.
_LONG = (
    rb'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+(?:"""|\Z)'
    rb"|'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+(?:'''|\Z)"
)
_SHORT = rb'"[^"\\\r\n]*+(?:\\.[^"\\\r\n]*+)*+"?' + rb"|'[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+'?"
_COMMENT = rb"#[^\r\n]*"
_BEGINNING_A_ROW = rb"([\r\n])[ \t]*+[rRuU]?(?:" + _LONG + rb")"
_COMMENT_OR_TEXT = re.compile(_COMMENT + rb"|" + _BEGINNING_A_ROW + rb"|(" + _LONG + rb"|" + _SHORT + rb")", re.DOTALL)


def without_prose(code: bytes) -> bytes:
    """Return code without its comments, and without the long texts that begin a row: nearly all are docstrings.

    In JSON, where every row is a text, all is left as it is.
    """
    return _COMMENT_OR_TEXT.sub(rb"\1\2", b"\n" + code)[1:]


def without_texts(code: bytes) -> bytes:
    """Return code without its comments, and without all texts."""
    return _COMMENT_OR_TEXT.sub(rb"\1", b"\n" + code)[1:]
