"""Makes edits in a few lines, or all the fixes that a program can get, and shows what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import libcst as cst
import pytest

from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.finding import Edit, Finding
from padlint.fixes.tree import SyntaxTree, Trees
from padlint.python.parse import parse
from padlint.session import Mended, Request, mend
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
        return Trees([parse(Source(NAME, Path("/nowhere") / NAME, cells))])

    @property
    def tree(self) -> SyntaxTree:
        return next(iter(self.trees.of(NAME).values()))

    def first(self, kind: type[cst.CSTNode], text: str = "") -> tuple[SyntaxTree, cst.CSTNode]:
        """Return a tree, and its first node of a kind that begins with a text."""
        tree = self.tree
        return tree, next(each for each in tree.every(kind) if tree.text(each).startswith(text))

    def after(self, edits: Iterable[Edit] | Edit) -> str:
        """Make edits; the result has to be Python as well."""
        text = edited(self.text, [edits] if isinstance(edits, Edit) else list(edits))
        cst.parse_module(text)
        return text


@pytest.fixture(scope="session")
def program():
    """Make a program of the texts of its cells; one is a plain file."""
    return lambda *cells: Written(cells)


@dataclass
class Folder:
    """A project of a few files, and what fixes make of it.

    Args:
        text: the files that were fixed last, as a whole.
    """

    root: Path
    text: str = ""

    def mend(self, *, unsafe: bool = True, **overrides: object) -> Mended:
        values = {key.replace("_", "-"): value for key, value in overrides.items()}
        configurations = Configurations(values, isolated=True, working_folder=self.root)
        return mend(Request((".",), configurations, self.root), load_catalogue(), unsafe=unsafe)

    def fixed(self, text: str, **overrides: object) -> str:
        """Return the lines that fixes change in a program or add to it, the others left out."""
        before = dedent(text).lstrip()
        (self.root / NAME).write_bytes(before.encode())
        mended = self.mend(**overrides)
        assert mended.report.troubles == ()
        self.text = "".join(change.after.decode() for change in mended.changes)
        return "\n".join(
            line
            for change in mended.changes
            for line in change.after.decode().splitlines()
            if line not in change.before.decode().splitlines()
        )

    def cured(self, text: str) -> tuple[Finding, ...]:
        """Return the findings of a program that fixes cure."""
        (self.root / NAME).write_text(dedent(text).lstrip())
        return self.mend().cured

    def why_not(self, text: str, **overrides: object) -> str:
        """Return why what is found in a program gets no fix."""
        assert self.fixed(text, **overrides) == ""
        (finding,) = self.mend(**overrides).report.findings
        return finding.unfixed


@pytest.fixture
def folder(tmp_path):
    """Make an empty project."""
    (tmp_path / ".git").mkdir()
    return Folder(tmp_path)
