"""Syntax trees in which a node is found by where it stands, and knows what it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, count
from typing import Final, TypeVar, cast

import libcst as cst

from padlint.finding import Edit, Position, Span
from padlint.python.children import children
from padlint.python.parse import Parsed, Unit
from padlint.sources.source import Cell

_Node = TypeVar("_Node", bound=cst.CSTNode)

_FOUND_BY_PLACE: Final = (cst.Call, cst.BinaryOperation, cst.ClassDef)
_IMPORTS: Final = (cst.Import, cst.ImportFrom)
_BLOCKS: Final = (cst.Module, cst.IndentedBlock)
_SCOPES: Final = (cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.Module)


class CannotFix(Exception):
    """Why a finding gets no fix, as a clause: "its arguments are made elsewhere"."""


class SyntaxTree:
    """The tree of one file or notebook cell."""

    def __init__(self, unit: Unit, cell: Cell) -> None:
        self._unit = unit
        rows = cell.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._rows = [row if not row or row.isspace() else " " * cell.indent + row for row in rows]
        # By identity: libcst's nodes are hashed and compared in Python, which is slow.
        self._parents: dict[int, cst.CSTNode] = {}
        self._nodes: list[cst.CSTNode] = []
        waiting: list[cst.CSTNode] = [unit.module]
        while waiting:
            node = waiting.pop()
            self._nodes.append(node)
            inner = children(node)
            for child in inner:
                self._parents[id(child)] = node
            waiting.extend(reversed(inner))

    @property
    def path(self) -> str:
        """The file, as the user knows it."""
        return self._unit.path

    @property
    def cell(self) -> int:
        """The cell of a notebook; 0 for a plain file."""
        return self._unit.cell

    @property
    def newline(self) -> str:
        """How rows end here."""
        return self._unit.module.default_newline

    def every(self, kind: type[_Node]) -> Sequence[_Node]:
        """Return every node of a kind, in order."""
        return cast("Sequence[_Node]", self._by_kind.get(kind, ()))

    @cached_property
    def _by_kind(self) -> Mapping[type[cst.CSTNode], Sequence[cst.CSTNode]]:
        found: dict[type[cst.CSTNode], list[cst.CSTNode]] = {}
        for node in self._nodes:
            found.setdefault(type(node), []).append(node)
        return found

    @cached_property
    def calls(self) -> Mapping[str, Sequence[cst.Call]]:
        """Every call by the last name of what is called, in order."""
        found: dict[str, list[cst.Call]] = {}
        for call in self.every(cst.Call):
            found.setdefault(self.text(call.func).rpartition(".")[2], []).append(call)
        return found

    @cached_property
    def imports(self) -> Sequence[cst.Import | cst.ImportFrom]:
        """Every import, wherever it stands, in order."""
        return [node for node in self._nodes if type(node) in _IMPORTS and isinstance(node, _IMPORTS)]

    @property
    def top_assignments(self) -> Iterator[cst.Assign]:
        """The assignments at the top of the file."""
        lines = (line for line in self._unit.module.body if isinstance(line, cst.SimpleStatementLine))
        return (each for line in lines for each in line.body if isinstance(each, cst.Assign))

    # Places -----------------------------------------------------------------------------------------------------

    def span(self, node: cst.CSTNode) -> Span:
        """Return where a node stands."""
        return self._unit.span(node)

    def text(self, node: cst.CSTNode) -> str:
        """Return a node as it is written."""
        return self._unit.text(node)

    def before(self, position: Position) -> str:
        """Return what stands before a position on its row."""
        return self._rows[position.row - 1][: position.column - 1]

    def behind(self, position: Position) -> str:
        """Return what stands behind a position on its row."""
        return self._rows[position.row - 1][position.column - 1 :]

    def between(self, start: Position, end: Position) -> str:
        """Return what stands between two positions."""
        if start.row == end.row:
            return self._rows[start.row - 1][start.column - 1 : end.column - 1]
        inner = self._rows[start.row : end.row - 1]
        return self.newline.join([self.behind(start), *inner, self.before(end)])

    def row_end(self, row: int) -> Position:
        """Return where a row ends."""
        return Position(row, len(self._rows[row - 1]) + 1)

    def edit(self, start: Position, end: Position, content: str) -> Edit:
        """Return the edit that puts `content` in the place of what stands between two positions."""
        return Edit(Span(self._unit.path, self._unit.cell, start, end), content)

    def insertion(self, position: Position, content: str) -> Edit:
        """Return the edit that puts `content` at a position."""
        return self.edit(position, position, content)

    @cached_property
    def _by_place(self) -> Mapping[Span, cst.CSTNode]:
        return {self.span(node): node for kind in _FOUND_BY_PLACE for node in self.every(kind)}

    def at(self, span: Span, kind: type[_Node]) -> _Node:
        """Return the call, operation or class that stands at a place.

        Raises:
            CannotFix: nothing of that kind stands just there.
        """
        found = self._by_place.get(span)
        if not isinstance(found, kind):
            raise CannotFix("what is written there is not what a fix could change")
        return found

    # Surroundings -----------------------------------------------------------------------------------------------

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Return what a node stands in directly; None for the module."""
        return self._parents.get(id(node))

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield what a node stands in, from the inside out."""
        above = self._parents.get(id(node))
        while above is not None:
            yield above
            above = self._parents.get(id(above))

    def within(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield what stands in a node, however deep, in order."""
        waiting = children(node)[::-1]
        while waiting:
            inner = waiting.pop()
            yield inner
            waiting.extend(reversed(children(inner)))

    def closest(self, node: cst.CSTNode, kind: type[_Node]) -> _Node | None:
        """Return the innermost node of a kind that this one stands in, or None."""
        return next((above for above in self.ancestors(node) if isinstance(above, kind)), None)

    def scope(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the function, class or module whose names a node sees first."""
        return next(above for above in self.ancestors(node) if isinstance(above, _SCOPES))

    def parameters(self, function: cst.FunctionDef) -> Sequence[cst.Param]:
        """Return the parameters of a function that can be given by name."""
        own = function.params
        return (*own.posonly_params, *own.params, *own.kwonly_params)

    def block(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the indented block or module that a node stands in."""
        return next(above for above in self.ancestors(node) if isinstance(above, _BLOCKS))

    def compound(self, statement: cst.CSTNode) -> cst.CSTNode | None:
        """Return the compound statement that one stands in, an `if` for all its branches; None for the module."""
        above = self.parent(self.block(statement))
        # An `elif` is an `if` that stands in another's place for `else`.
        while isinstance(above, cst.Else) or (isinstance(above, cst.If) and isinstance(self.parent(above), cst.If)):
            above = self.parent(above)
        return above

    def earlier(self, statement: cst.CSTNode) -> Sequence[cst.CSTNode]:
        """Return the statements of the same block that stand before one."""
        block = self.block(statement)
        rows = block.body if isinstance(block, cst.IndentedBlock | cst.Module) else ()
        return rows[: rows.index(statement)] if statement in rows else ()

    def statement(self, node: cst.CSTNode) -> cst.SimpleStatementLine:
        """Return the statement that a node is a part of, which has its row for itself.

        Raises:
            CannotFix: it is the head of a compound statement, or shares its row with another.
        """
        line = next(above for above in self.ancestors(node) if isinstance(above, cst.BaseStatement))
        if not isinstance(line, cst.SimpleStatementLine):
            raise CannotFix("there is no room for a line of its own in front of it")
        if len(line.body) > 1:
            raise CannotFix("it shares its line with another statement")
        return line

    def stands_after(self, node: cst.CSTNode, statement: cst.CSTNode) -> bool:
        """Say whether a node only runs after a statement has: it stands further down, in the same block or deeper."""
        above = {self.block(statement)}
        return self.span(statement).end <= self.span(node).start and not above.isdisjoint(self.ancestors(node))


class Trees:
    """The trees of the files that belong together, as they were evaluated."""

    def __init__(self, files: Iterable[Parsed]) -> None:
        self._files = {file.source.path: file for file in files}
        self._known: dict[str, Mapping[int, SyntaxTree]] = {}
        self._names: dict[tuple[str, str, Span], str] = {}

    def new_name(self, wanted: str, owner: Span) -> str:
        """Return a name that nothing in a file has: `mask`, else `mask_2`, and so on.

        Args:
            owner: what gets the name; it gets the same again when another fix asks.
        """
        key = (owner.path, wanted, owner)
        if key not in self._names:
            trees = self.of(owner.path).values()
            taken = {node.value for tree in trees for node in tree.every(cst.Name)}
            taken |= {name for (path, _, _), name in self._names.items() if path == owner.path}
            numbered = (f"{wanted}_{number}" for number in count(2))
            self._names[key] = next(name for name in chain([wanted], numbered) if name not in taken)
        return self._names[key]

    def of(self, path: str) -> Mapping[int, SyntaxTree]:
        """Return the trees of a file by cell; 0 for a plain file.

        Raises:
            CannotFix: the file is not among those that are linted.
        """
        if path not in self._files:
            raise CannotFix(f"{path} is not linted in this run")
        if path not in self._known:
            file = self._files[path]
            # Where some rows were indented less than the others, columns are not what they seem.
            cells = {cell.index: cell for cell in file.source.cells if cell.even}
            units = (unit for unit in file.units if unit.cell in cells)
            self._known[path] = {unit.cell: SyntaxTree(unit, cells[unit.cell]) for unit in units}
        return self._known[path]

    def at(self, span: Span) -> SyntaxTree:
        """Return the tree that a place is in.

        Raises:
            CannotFix: there is none to be changed.
        """
        tree = self.of(span.path).get(span.cell)
        if tree is None:
            raise CannotFix("its cell cannot be parsed")
        return tree
