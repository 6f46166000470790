"""What stands directly in a node of a syntax tree, in the order of the text."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import fields
from functools import cache
from typing import cast

import libcst as cst

_SPACES = frozenset(
    ("leading_lines", "lines_after_decorators", "header", "footer", "first_line", "last_line", "empty_lines")
)

_parts: dict[type[cst.CSTNode], tuple[str, ...]] = {}


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Return the nodes that stand directly in a node, spaces and comments aside.

    libcst's own `children` makes a copy of the node to find out, which takes many times as long.
    """
    kind = type(node)
    names = _parts.get(kind)
    if names is None:
        names = _parts[kind] = _in_order(node)
    found: list[cst.CSTNode] = []
    for name in names:
        part = getattr(node, name)
        if isinstance(part, tuple | list):
            found.extend(part)
        elif _is_node(cast("Hashable", type(part))):
            found.append(part)
    return found


@cache
def _is_node(kind: Hashable) -> bool:
    return isinstance(kind, type) and issubclass(kind, cst.CSTNode)


def _in_order(node: cst.CSTNode) -> tuple[str, ...]:
    """Return the attributes of a kind of node that may hold nodes, as they follow each other in the text."""
    visited = _Attributes()
    node._visit_and_replace_children(visited)  # noqa: SLF001 - nothing else in libcst says in which order they are
    # It passes over the format of a value inside a text where there is none; that comes last.
    every = dict.fromkeys((*visited.names, *(field.name for field in fields(node))))
    return tuple(name for name in every if "whitespace" not in name and name not in _SPACES)


class _Attributes(cst.CSTVisitor):
    """Notes the attributes of a node as libcst visits them, without going into what they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        return False

    def on_leave(self, original_node: cst.CSTNode) -> None:
        pass

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:
        self.names.append(attribute)

    def on_leave_attribute(self, original_node: cst.CSTNode, attribute: str) -> None:
        pass
