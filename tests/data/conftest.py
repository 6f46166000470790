"""Reads a few lines of Python as padlint does, and says what it knows of the data in a variable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import TypeAlias

import pytest

from padlint.graph import DataFacts, Idiom, Known, OneOf, Padding, Setting, Unresolved
from padlint.keras.data.datasets import DatasetValue
from padlint.keras.data.provenance import facts_of
from padlint.keras.overlay import KerasOverlay
from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.program import Program
from padlint.python.values import DictValue, TupleValue, Value
from padlint.sources.source import Cell, Source

Reader: TypeAlias = Callable[..., str]

FILE = Path("/nowhere/program.py")


class Read:
    """A program that was read."""

    def __init__(self, text: str) -> None:
        self.overlay = KerasOverlay(3)
        modules = ProjectModules(FILE.parent, lambda _: None)
        source = Source("program.py", FILE, (Cell(0, dedent(text)),))
        Program(Interpreter(self.overlay, modules), modules, [source]).evaluate()
        self._variables = modules.module_of(FILE).scope.store.slots

    def variable(self, name: str) -> Value:
        """Return what a variable of the module holds in the end."""
        return self._variables[name]


@pytest.fixture
def known_of() -> Reader:
    """Say what is known of a variable's padding: `pad_sequences pre 0 axis 1`."""
    return lambda text, name="x": described(Read(text).variable(name))


@pytest.fixture
def facts() -> Callable[..., DataFacts]:
    """Give the facts of a variable."""
    return lambda text, name="x": facts_of(Read(text).variable(name))


@pytest.fixture
def evidence() -> Callable[[str], list[str]]:
    """Name all padding that a program does."""
    return lambda text: [_padding(padding) for padding in Read(text).overlay.graph().paddings]


@pytest.fixture
def fed() -> Callable[[str], list[str]]:
    """Say what is known of each input that a program's models are fed."""
    return lambda text: [_described(feed.facts) for feed in Read(text).overlay.graph().feeds]


@pytest.fixture
def narrowings() -> Callable[[str], list[int]]:
    """Give the rows on which a program turns floats into integers."""
    return lambda text: [found.span.start.row for found in Read(text).overlay.graph().narrowings]


def described(value: Value) -> str:
    match value:
        case TupleValue(items):
            return " & ".join(map(described, items))
        case DatasetValue(element):
            return f"dataset({described(element)})"
        case DictValue():
            return ", ".join(f"{key}: {described(entry)}" for key, entry in value.entries())
        case _:
            return _described(facts_of(value))


def _described(facts: DataFacts) -> str:
    said = [_padding(padding) for padding in facts.paddings]
    if facts.unpadded:
        said.append(f"not padded: {facts.unpadded}")
    if facts.mask:
        said.append("as a mask")
    if facts.zero_is_a_token:
        said.append(f"but {facts.zero_is_a_token}")
    said.extend(f"({why})" for why in facts.unresolved if facts.paddings)
    return ", ".join(said) or "nothing"


def _padding(padding: Padding) -> str:
    axes = "+".join(map(str, padding.axes))
    altered = f" {padding.altered}" if padding.altered else ""
    # Of padding by hand the length is told in a test of its own.
    by_hand = padding.idiom is not Idiom.CALL
    length = f" to {padding.length}" if padding.length and not by_hand else ""
    return f"{padding.in_words.replace('`', '')}{length} {padding.side} {_setting(padding.value)} axis {axes}{altered}"


def _setting(setting: Setting) -> str:
    match setting:
        case Known(value):
            return repr(value)
        case OneOf(values):
            return "|".join(map(repr, values))
        case Unresolved(counted=True):
            return "a count"
        case Unresolved():
            return "?"
