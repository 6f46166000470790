"""A whole program: its modules in order, then every function and method that nothing called."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import libcst as cst

from padlint.python import functions, lookup
from padlint.python.budget import FUNCTION_PART, MOST_STEPS, Budget, OutOfBudget
from padlint.python.frames import EarlyRead, Frame
from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.parse import UnreadPart, deep_recursion, trees_in_use
from padlint.python.values import ABSENT, NONE, Call, ClassValue, FunctionValue, Instance, Site, alternatives
from padlint.sources.source import Source

SPECIAL_METHODS = frozenset({"__repr__", "__str__", "__len__", "__del__", "__eq__", "__hash__", "__exit__"})

_T = TypeVar("_T")


class Program:
    """Evaluates sources as one program; the results are what the interpreter's overlay has seen."""

    def __init__(self, run: Interpreter, modules: ProjectModules, sources: Sequence[Source]) -> None:
        self._run = run
        self._modules = modules
        self._sources = sources
        self._files = {source.file for source in sources}
        self._budgets: dict[Path, Budget] = {}

    def evaluate(self) -> None:
        """Evaluate the modules, then what they leave uncalled."""
        with deep_recursion(), trees_in_use():
            self._modules.parse_large(self._sources)
            for source in self._sources:
                self._modules.run_source(self._run, source)
            self._explore()
        self._modules.unread.extend(map(_unread, self._run.given_up))

    def _explore(self) -> None:
        """Run classes first, for their methods share an object; then functions; then what read too early again."""
        run = self._run
        for cls in _growing(run.classes):
            self._alone(cls.site, partial(self._explore_class, cls))
        for function in _growing(run.functions):
            if function.owner is None and isinstance(function.node, cst.FunctionDef) and not self._entered(function):
                self._alone(Site(function.unit, function.node), partial(functions.call_with_unknowns, run, function))
        for function, reads in list(run.early_reads.items()):
            self._alone(Site(function.unit, function.node), partial(self._run_again, function, tuple(reads)))

    def _alone(self, site: Site, action: Callable[[], object]) -> None:
        """Do something outside any module or call, on what is left of the file's budget; not at all for other files."""
        run, file = self._run, site.unit.file
        if file not in self._files:
            return
        run.budget = self._budgets.setdefault(file, Budget(MOST_STEPS + len(site.unit.code)))
        try:
            # What it wrote is not taken back, and need not be kept for that.
            with run.heap.apart(), run.budget.limited(FUNCTION_PART):
                frame = Frame(site.unit, self._modules.module_of(file).scope, run.heap.mark(), site=site)
                with run.framed(frame):
                    action()
        except OutOfBudget:
            run.given_up.append(site)

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
            functions.call_with_unknowns(self._run, function, receiver)

    def _run_again(self, function: FunctionValue, reads: Sequence[EarlyRead]) -> None:
        """Run a method once more where by now the objects have the attribute that it found missing."""
        for read in reads:
            objects = self._run.instances.get(read.cls, [])[-1:]
            if not any(each.attributes.read(read.name) not in (ABSENT, NONE) for each in objects):
                continue
            own = isinstance(read.receiver, Instance) and read.receiver.cls is read.cls
            receiver = objects[-1] if own or read.receiver is None else read.receiver
            if isinstance(receiver, Instance) and lookup.find_method(receiver, function.name):
                functions.call_with_unknowns(self._run, function, receiver)
                return


def _unread(site: Site) -> UnreadPart:
    """Say of a place that it takes more steps than there are for it."""
    match site.node:
        case cst.FunctionDef() | cst.Lambda():
            part = "function"
        case cst.ClassDef():
            part = "class"
        case _:
            part = "statement"
    return UnreadPart(part, site.span, "it takes more steps than padlint has for it")


def _growing(values: Mapping[cst.CSTNode, _T]) -> Iterator[_T]:
    """Yield what the program defines, what it defines while this runs as well."""
    seen: set[cst.CSTNode] = set()
    while len(seen) < len(values):
        for node, value in list(values.items()):
            if node not in seen:
                seen.add(node)
                yield value


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
