"""Where the nodes of a tree stand in the text that it was parsed from."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from types import TracebackType

import libcst as cst
from libcst._nodes.internal import CodegenState

from padlint.finding import Position
from padlint.python.alike import BETWEEN_WORDS

_NEWLINE = re.compile(r"\r\n?|\n")
_BITS = 32
_END = (1 << _BITS) - 1
# Half of all nodes, and nobody asks where they are.
UNPLACED = BETWEEN_WORDS | {cst.Comment}


class Positions:
    """The first and the last place of every node of a module, what stands between words aside.

    A tree holds all of its text, so writing it out again tells where each node begins and ends. libcst's own provider
    of positions does the same, and is three times as slow: it splits every token at its newlines and makes three
    objects a node, while here a token is a length, and only places that are asked for become rows and columns.
    """

    __slots__ = ("_module", "_nodes", "_places", "_rows")

    def __init__(self, module: cst.Module) -> None:
        walk = _Walk(module)
        module._codegen(walk)  # noqa: SLF001 - how libcst writes a tree with a state that is not its own
        self._module = module  # keeps the nodes alive, and so what `id` says of them true
        # Side by side in arrays, since a dict of numbers takes six times as much.
        self._nodes = array("Q", sorted(walk.places))
        self._places = array("Q", map(walk.places.__getitem__, self._nodes))
        self._rows = array("I", walk.rows)

    def of(self, node: cst.CSTNode) -> tuple[Position, Position] | None:
        """Return where a node begins and where it ends, rows and columns from 1; None when it is not of this tree."""
        index = bisect_left(self._nodes, id(node))
        if index == len(self._nodes) or self._nodes[index] != id(node):
            return None
        found = self._places[index]
        return self._position(found >> _BITS), self._position(found & _END)

    def _position(self, offset: int) -> Position:
        row = bisect_right(self._rows, offset)
        return Position(row, offset - self._rows[row - 1] + 1)


class _Walk(CodegenState):
    """Notes where nodes begin and end while libcst writes them, and keeps nothing of what it writes."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        # One number for both ends: as pairs they would take more memory than the tree.
        self.places: dict[int, int] = {}
        self.rows = [0]
        self.offset = 0
        self._begun: list[int] = []
        self.tokens.append("")  # the module looks whether there were any

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.offset += len(token)

    def add_token(self, value: str) -> None:
        if "\n" in value or "\r" in value:
            self.rows += (self.offset + newline.end() for newline in _NEWLINE.finditer(value))
        self.offset += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._begun.append(self.offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self._begun.pop()
        if type(node) not in UNPLACED:
            # What a node says of its syntax, without the spaces around it, comes first.
            self.places.setdefault(id(node), start << _BITS | self.offset)

    def record_syntactic_position(  # type: ignore[override] # libcst's is a generator in the place of this object
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _Syntax:
        return _Syntax(self, node, start_node, end_node)


class _Syntax:
    """What is written in the body is a node's syntax, or what of it stands from one of its parts to another."""

    __slots__ = ("_end_node", "_node", "_start", "_start_node", "_walk")

    def __init__(
        self, walk: _Walk, node: cst.CSTNode, start_node: cst.CSTNode | None, end_node: cst.CSTNode | None
    ) -> None:
        self._walk = walk
        self._node = node
        self._start_node = start_node
        self._end_node = end_node

    def __enter__(self) -> None:
        self._start = self._walk.offset

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if type(self._node) in UNPLACED:
            return
        places = self._walk.places
        start = self._start if self._start_node is None else places[id(self._start_node)] >> _BITS
        end = self._walk.offset if self._end_node is None else places[id(self._end_node)] & _END
        places[id(self._node)] = start << _BITS | end
