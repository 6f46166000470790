"""Text to libcst trees: one unit for a file, or for each cell of a notebook."""

from __future__ import annotations

import ast
import gc
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst

from padlint.dataclass import dataclass
from padlint.finding import Position, Span
from padlint.python.nesting import MOST_TOKENS, TooMuch, measure
from padlint.python.positions import Positions
from padlint.sources.source import Cell, Source

# A level of nesting costs about five of Python's own calls.
PYTHON_RECURSION = 20_000
# libcst's parser takes some 700 bytes for each character of a text, besides the tree that it gives.
LARGE = 20_000
# What a parser held for less is soon held again for the next text; to get it anew from the system takes time.
_WORTH_GIVING_BACK = 60_000
_TOP = Position(1, 1)


class Unit:
    """A parsed file or notebook cell, which knows where its nodes are."""

    __slots__ = ("_indent", "_positions", "cell", "code", "file", "module", "path")

    def __init__(self, source: Source, cell: Cell, module: cst.Module) -> None:
        self.path = source.path
        self.file = source.file
        self.cell = cell.index
        self.code = cell.text
        self.module = module
        self._indent = cell.indent
        self._positions: Positions | None = None

    def span(self, node: cst.CSTNode) -> Span:
        """Return where a node stands; a node made up by the interpreter stands at the first row."""
        if self._positions is None:
            with collector_off(), deep_recursion():
                self._positions = Positions(self.module)
        found = self._positions.of(node)
        start, end = (_TOP, _TOP) if found is None else (self._moved(found[0]), self._moved(found[1]))
        return Span(self.path, self.cell, start, end)

    def _moved(self, place: Position) -> Position:
        return Position(place.row, place.column + self._indent) if self._indent else place

    def text(self, node: cst.CSTNode) -> str:
        """Return the source text of a node."""
        with deep_recursion():
            return self.module.code_for_node(node)


@dataclass(frozen=True, slots=True)
class Misparse:
    """A file or cell that could not be parsed, where and why."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class UnreadPart:
    """A part of a program that was not read to its end: what it is ("function"), where it begins, and why."""

    part: str
    span: Span
    why: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A source whose cells were parsed; those that could not be are misparses or given up, the others still count."""

    source: Source
    units: tuple[Unit, ...]
    misparses: tuple[Misparse, ...]
    unread: tuple[UnreadPart, ...] = ()


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Let Python recurse as deeply as the limits on nesting allow."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, PYTHON_RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the garbage collector out of the parser's way: a tree is many small objects, none of them garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # Nor is it to look through them, again and again, while the tree is evaluated.
        gc.freeze()
        if enabled:
            gc.enable()


@contextmanager
def trees_in_use() -> Iterator[None]:
    """Parse and use trees in the body; from its end on they can be garbage like anything else."""
    try:
        yield
    finally:
        gc.unfreeze()


def parse(source: Source) -> Parsed:
    """Parse every cell of a source."""
    units: list[Unit] = []
    misparses: list[Misparse] = []
    unread: list[UnreadPart] = []
    left = MOST_TOKENS
    with collector_off():
        for cell in source.cells:
            measured = measure(cell.text, left)
            match _parse_cell(source, cell, measured):
                case Unit() as unit:
                    units.append(unit)
                case Misparse() as misparse:
                    misparses.append(misparse)
                case UnreadPart() as part:
                    unread.append(part)
            if isinstance(measured, TooMuch) and measured.size:
                break
            left -= measured if isinstance(measured, int) else 0
    if longest(source) > _WORTH_GIVING_BACK:
        _give_back_memory()
    return Parsed(source, tuple(units), tuple(misparses), tuple(unread))


def longest(source: Source) -> int:
    """Return how many characters of a source are parsed at once, at the most."""
    return max((len(cell.text) for cell in source.cells), default=0)


def _give_back_memory() -> None:
    """Give the system back what the parser held. The C library keeps it for the next one, which is seldom as large."""
    try:
        import ctypes  # of all files, few are large

        ctypes.CDLL(None).malloc_trim(0)
    except (ImportError, OSError, TypeError, AttributeError):
        return  # a C library without it


def _parse_cell(source: Source, cell: Cell, measured: int | TooMuch) -> Unit | Misparse | UnreadPart:
    if isinstance(measured, TooMuch):
        place = Position(measured.row, 1)
        span = Span(source.path, cell.index, place, place)
        if measured.is_python:
            return UnreadPart("cell" if cell.index else "file", span, measured.why)
        return Misparse(span, f"this is not Python 3: {measured.why}")
    try:
        return Unit(source, cell, cst.parse_module(cell.text))
    except cst.ParserSyntaxError as error:
        row, column = error.raw_line, error.raw_column + 1
    except (cst.CSTValidationError, UnicodeEncodeError, RecursionError):
        row, column = 1, 1
    refusal = _refusal(cell.text)
    if refusal is not None:
        row, column = refusal.lineno or row, refusal.offset or column
    # An end of file that is missing something may be counted as a row past the text.
    place = Position(min(max(row, 1), cell.text.count("\n") + 1), max(column, 1) + cell.indent)
    why = f"this is not Python 3: {refusal.msg}" if refusal is not None else "padlint's parser does not take this"
    return Misparse(Span(source.path, cell.index, place, place), why)


def _refusal(text: str) -> SyntaxError | None:
    """Return what Python's own parser, which runs nothing, has against a text: it says it best. None for nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError as error:
            return error
        except (ValueError, MemoryError, RecursionError):
            return None
    return None
