"""Let a tree say what is alike once: spaces, which are half of its nodes, and the words of the program."""

from __future__ import annotations

import sys

import libcst as cst


def share_alike(module: cst.Module) -> None:
    """Put one object in the place of all spaces, and all words, that are alike.

    Spaces know nothing of where they stand, and no place of theirs is ever asked for.
    """
    spaces: dict[str, cst.SimpleWhitespace] = {}
    ends: dict[str, cst.TrailingWhitespace] = {}
    waiting: list[cst.CSTNode] = [module]
    while waiting:
        node = waiting.pop()
        for name in node.__slots__:
            part = getattr(node, name)
            kind = type(part)
            if kind is cst.SimpleWhitespace:
                object.__setattr__(node, name, spaces.setdefault(part.value, part))
            elif kind is str:
                object.__setattr__(node, name, sys.intern(part))
            elif kind is tuple or kind is list:
                waiting += part
            elif kind is cst.TrailingWhitespace and part.comment is None and part.newline.value is None:
                object.__setattr__(node, name, ends.setdefault(part.whitespace.value, part))
            elif isinstance(part, cst.CSTNode):
                waiting.append(part)
