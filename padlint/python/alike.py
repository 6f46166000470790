"""Let a tree say what is alike once: spaces and brackets, which are half of its nodes, and the words of the program."""

from __future__ import annotations

import sys

import libcst as cst

# What knows nothing of where it stands; nothing asks where that is, as it does of a comma or the end of an import.
BETWEEN_WORDS = frozenset(
    (
        cst.AssignEqual,
        cst.Dot,
        cst.EmptyLine,
        cst.LeftParen,
        cst.LeftSquareBracket,
        cst.Newline,
        cst.ParenthesizedWhitespace,
        cst.RightSquareBracket,
        cst.SimpleWhitespace,
        cst.TrailingWhitespace,
    )
)


def share_alike(module: cst.Module) -> None:
    """Put one object in the place of all that stands between words, and of all words, that are alike."""
    known: dict[tuple[object, ...], cst.CSTNode] = {}
    waiting: list[cst.CSTNode] = [module]
    while waiting:
        node = waiting.pop()
        for name in node.__slots__:
            part = getattr(node, name)
            kind = type(part)
            if kind is str:
                object.__setattr__(node, name, sys.intern(part))
            elif kind is tuple or kind is list:
                if part and type(part[0]) in BETWEEN_WORDS:
                    object.__setattr__(node, name, kind(_shared(each, known) for each in part))
                else:
                    waiting += part
            elif kind in BETWEEN_WORDS:
                object.__setattr__(node, name, _shared(part, known))
            elif isinstance(part, cst.CSTNode):
                waiting.append(part)


def _shared(node: cst.CSTNode, known: dict[tuple[object, ...], cst.CSTNode]) -> cst.CSTNode:
    """Return the first node that is like this one, whose parts are the first of their kind as well."""
    key: list[object] = [type(node)]
    for name in node.__slots__:
        part = getattr(node, name)
        if type(part) in BETWEEN_WORDS:
            part = _shared(part, known)
            object.__setattr__(node, name, part)
        key.append(part if type(part) is not list else tuple(part))
    return known.setdefault(tuple(key), node)
