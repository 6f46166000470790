"""A whole program: its modules in order, then every function and method that nothing called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import libcst as cst

from padlint.python import calls, lookup
from padlint.python.budget import Budget, OutOfBudget
from padlint.python.frames import Frame
from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.values import ABSENT, Call, ClassValue, FunctionValue, Site, alternatives
from padlint.sources.source import Source

# One call of the program costs the interpreter about fifteen of Python's own.
PYTHON_RECURSION = 20_000
SPECIAL_METHODS = frozenset({"__repr__", "__str__", "__len__", "__del__", "__eq__", "__hash__", "__exit__"})

_T = TypeVar("_T")


class Program:
    """Evaluates sources as one program; the results are what the interpreter's overlay has seen."""

    def __init__(self, run: Interpreter, modules: ProjectModules, sources: Sequence[Source]) -> None:
        self._run = run
        self._modules = modules
        self._sources = sources
        self._files = {source.file for source in sources}

    def evaluate(self) -> None:
        """Evaluate the modules, then what they leave uncalled."""
        with _deep_recursion():
            for source in self._sources:
                self._modules.run_source(self._run, source)
            self._explore()

    def _explore(self) -> None:
        """Run classes first, for their methods share an object; then functions; then what read too early again."""
        for cls in self._own(self._run.classes, lambda cls: cls.site.unit.file):
            with self._alone(cls.site):
                self._explore_class(cls)
        for function in self._own(self._run.functions, lambda function: function.unit.file):
            if function.owner is None and isinstance(function.node, cst.FunctionDef) and not self._entered(function):
                with self._alone(Site(function.unit, function.node)):
                    calls.call_with_unknowns(self._run, function)
        for function, missing in list(self._run.unset_reads.items()):
            if function.unit.file in self._files:
                with self._alone(Site(function.unit, function.node)):
                    self._run_again(function, missing)

    def _own(self, values: list[_T], file: Callable[[_T], Path]) -> Iterator[_T]:
        """Yield what the linted files define, including what is defined while this runs."""
        position = 0
        while position < len(values):
            value = values[position]
            position += 1
            if file(value) in self._files:
                yield value

    @contextmanager
    def _alone(self, site: Site) -> Iterator[None]:
        """Run the body outside any module or call, with a budget of its own."""
        self._run.budget = Budget()
        module = self._modules.module_of(site.unit.file)
        try:
            with self._run.framed(Frame(site.unit, module.scope, self._run.heap.mark(), site=site)):
                yield
        except OutOfBudget:
            self._modules.exhausted.append(site.unit.path)

    def _entered(self, function: FunctionValue, cls: ClassValue | None = None) -> bool:
        return (function.node, cls) in self._run.entered

    def _explore_class(self, cls: ClassValue) -> None:
        instances = self._run.instances.get(cls)
        if not instances:
            self._run.instantiate(cls, Call((), {}, cls.site))
            instances = self._run.instances.get(cls)
        if not instances:
            return
        instance = instances[-1]
        self._run.overlay.explore(instance, self._run)
        for function in _methods(cls):
            if self._entered(function, cls) or function.name in SPECIAL_METHODS:
                continue
            receiver = {"static": None, "class": cls}.get(function.kind, instance)
            calls.call_with_unknowns(self._run, function, receiver)

    def _run_again(self, function: FunctionValue, missing: set[tuple[ClassValue, str]]) -> None:
        """Run a method once more on objects that by now have the attribute it found missing."""
        for cls, name in missing:
            for instance in self._run.instances.get(cls, [])[-1:]:
                if instance.attributes.read(name) is not ABSENT and lookup.find_method(instance, function.name):
                    calls.call_with_unknowns(self._run, function, instance)
                    return


def _methods(cls: ClassValue) -> Iterator[FunctionValue]:
    """Yield the methods that instances of a class have, its own before those it inherits."""
    seen: set[object] = set()
    for known in cls.lineage():
        for name, value in list(known.scope.store.slots.items()):
            if name in seen:
                continue
            seen.add(name)
            for option in alternatives(value):
                if isinstance(option, FunctionValue) and isinstance(option.node, cst.FunctionDef):
                    yield option


@contextmanager
def _deep_recursion() -> Iterator[None]:
    """Let Python recurse as deeply as the interpreter's own limits on calls allow."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, PYTHON_RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
