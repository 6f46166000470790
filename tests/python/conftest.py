"""Programs in, values out: how the tests of the interpreter read what a program leaves in its variables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import TypeAlias

import pytest

from padlint.python.context import Context
from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.program import Program
from padlint.python.values import (
    ABSENT,
    Call,
    Choice,
    Constant,
    DictValue,
    Instance,
    Items,
    LibraryName,
    ListValue,
    Method,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
)
from padlint.sources.source import Cell, Source, Unreadable, read

Variables: TypeAlias = "Callable[..., dict[str, str]]"


class NoLibraries:
    """An overlay that knows no library, and keeps the arguments of what the programs call `seen`."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def attribute(self, name: LibraryName, site: Site, context: Context) -> Value | None:
        return None

    def call(self, name: LibraryName, call: Call, context: Context) -> Value | None:
        if name.dotted != "watch.seen":
            return None
        self.seen.append(", ".join(map(shown, call.everything())))
        return Constant(None)

    def method(self, method: Method, call: Call, context: Context) -> Value | None:
        return None

    def unresolved_call(self, function: Value, call: Call, context: Context) -> Value | None:
        return None

    def instance_attribute(
        self, instance: Instance, base: LibraryName, name: str, site: Site, context: Context
    ) -> Value | None:
        return None

    def instance_call(self, instance: Instance, base: LibraryName, call: Call, context: Context) -> Value | None:
        return None

    def operate(self, operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        return None

    def choose(self, test: Value, held: Value, otherwise: Value, site: Site, context: Context) -> Value | None:
        return None

    def cut(self, value: Value, bounds: SliceValue, site: Site, context: Context) -> Value | None:
        return None

    def chain(self, parts: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        return None

    def set_subscript(self, target: Value, index: Value, value: Value, site: Site, context: Context) -> None:
        return None

    def set_attribute(self, instance: Instance, name: str, value: Value, site: Site, context: Context) -> None:
        return None

    def explore(self, instance: Instance, context: Context) -> None:
        return None

    def meaning(self, name: LibraryName) -> str:
        return name.dotted

    def exports(self, module: LibraryName, name: str) -> bool:
        return module.dotted == "starry" and name in ("Sun", "Moon")

    def knows(self, package: str) -> bool:
        return package == "starry"

    def iterate(self, value: Value, site: Site, context: Context) -> Value | None:
        return None


class Evaluation:
    """A program that was evaluated."""

    def __init__(self, folder: Path, sources: list[Source]) -> None:
        self.overlay = NoLibraries()
        self.modules = ProjectModules(folder, _read)
        self.run = Interpreter(self.overlay, self.modules)
        Program(self.run, self.modules, sources).evaluate()

    def variables(self, file: Path) -> dict[str, str]:
        """Return the module's variables, printed as Python would where they are known."""
        slots = self.modules.module_of(file).scope.store.slots
        return {name: shown(value) for name, value in slots.items() if isinstance(name, str) and name[:2] != "__"}


def _read(file: Path) -> Source | None:
    found = read(file.name, file)
    return None if isinstance(found, Unreadable) else found


def shown(value: Value, depth: int = 4) -> str:
    """Print a value: as Python would, `a | b` for a choice, `x...` for any number of items, `?` for what is unknown."""
    if not depth:
        return "..."
    match value:
        case Unknown():
            return "?"
        case Choice(alternatives):
            texts = ("nothing" if option is ABSENT else shown(option, depth) for option in alternatives)
            return " | ".join(dict.fromkeys(texts))
        case ListValue(kind=kind):
            opening, closing = {"set": ("{", "}"), "generator": ("(", ")")}.get(kind, ("[", "]"))
            return opening + _items(value.items, depth) + closing
        case TupleValue(items, rest, ()):
            comma = "," if len(items) == 1 and rest is None else ""
            return f"({_items(Items(items, rest), depth)}{comma})"
        case TupleValue(items, _, fields):
            pairs = zip(fields, items, strict=True)
            return "(" + ", ".join(f"{name}={shown(item, depth - 1)}" for name, item in pairs) + ")"
        case DictValue(store):
            pairs = [f"{key!r}: {shown(item, depth - 1)}" for key, item in store.slots.items()]
            return "{" + ", ".join(pairs).replace("REST", "...") + "}"
        case _:
            return repr(value)


def _items(items: Items, depth: int) -> str:
    texts = [shown(item, depth - 1) for item in items.known]
    if items.rest is not None:
        texts.append(f"{shown(items.rest, depth - 1)}...")
    return ", ".join(texts)


def cells(file: Path, *texts: str) -> Source:
    """Return a notebook of these cells."""
    return Source(file.name, file, tuple(Cell(index, dedent(text)) for index, text in enumerate(texts, 1)))


@pytest.fixture
def evaluate(tmp_path: Path) -> Callable[..., Evaluation]:
    """Evaluate a program of one file."""

    def run(text: str) -> Evaluation:
        return Evaluation(tmp_path, [Source("main.py", tmp_path / "main.py", (Cell(0, dedent(text)),))])

    return run


@pytest.fixture
def variables(tmp_path: Path, evaluate: Callable[..., Evaluation]) -> Variables:
    """Evaluate a program and return its variables, printed; of these names alone where names are given."""

    def read_variables(text: str, *names: str) -> dict[str, str]:
        found = evaluate(text).variables(tmp_path / "main.py")
        return {name: found[name] for name in names} if names else found

    return read_variables


@pytest.fixture
def value(variables: Variables) -> Callable[[str], str]:
    """Evaluate a program and return its variable `x`, printed."""
    return lambda text: variables(text)["x"]


@pytest.fixture
def seen(evaluate: Callable[..., Evaluation]) -> Callable[[str], list[str]]:
    """Evaluate a program and return what it passed to `seen`, which it has from `from watch import seen`."""
    return lambda text: evaluate(text).overlay.seen


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Write files, evaluate the last of them, and return its variables."""

    def run(files: dict[str, str]) -> dict[str, str]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(dedent(text), encoding="utf-8")
        main = tmp_path / list(files)[-1]
        source = read(main.name, main)
        assert isinstance(source, Source)
        return Evaluation(tmp_path, [source]).variables(main)

    return run


class Notebook:
    """A notebook that was evaluated."""

    def __init__(self, evaluation: Evaluation, file: Path) -> None:
        self.run = evaluation.run
        self.variables = evaluation.variables(file)
        self.misparses = evaluation.modules.misparses


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Notebook]:
    """Evaluate a notebook of these cells."""

    def run(*texts: str) -> Notebook:
        file = tmp_path / "notebook.ipynb"
        return Notebook(Evaluation(tmp_path, [cells(file, *texts)]), file)

    return run


@pytest.fixture
def evaluate_source(tmp_path: Path) -> Callable[[Callable[[Path], Source]], Evaluation]:
    """Evaluate a source that the test makes for a file."""
    return lambda make: Evaluation(tmp_path, [make(tmp_path / "source")])
