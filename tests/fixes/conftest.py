"""Parses a few lines, makes edits in them, and shows what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
import pytest

from padlint.finding import Edit
from padlint.fixes.tree import SyntaxTree, Trees
from padlint.sources.rewrite import edited
from padlint.sources.source import Cell, Source

NAME = "program.py"


@dataclass(frozen=True)
class Written:
    """A program of one file, or of one cell after another."""

    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        return self.cells[0]

    @property
    def trees(self) -> Trees:
        several = len(self.cells) > 1
        cells = tuple(Cell(index if several else 0, text) for index, text in enumerate(self.cells, start=1))
        return Trees([Source(NAME, Path("/nowhere") / NAME, cells)])

    @property
    def tree(self) -> SyntaxTree:
        return next(iter(self.trees.of(NAME).values()))

    def first(self, kind: type[cst.CSTNode], text: str = "") -> tuple[SyntaxTree, cst.CSTNode]:
        """Return a tree, and its first node of a kind that begins with a text."""
        tree = self.tree
        return tree, next(each for each in tree.nodes if isinstance(each, kind) and tree.text(each).startswith(text))

    def after(self, edits: Iterable[Edit] | Edit) -> str:
        """Make edits; the result has to be Python as well."""
        text = edited(self.text, [edits] if isinstance(edits, Edit) else list(edits))
        cst.parse_module(text)
        return text


@pytest.fixture(scope="session")
def program():
    """Make a program of the texts of its cells; one is a plain file."""
    return lambda *cells: Written(cells)
