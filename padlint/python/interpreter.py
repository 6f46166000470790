"""The running interpreter: one project's state, and the operations that all parts of the evaluation share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

import libcst as cst

from padlint.python import calls, classes, expressions, imports, iteration, lookup, statements
from padlint.python.budget import Budget
from padlint.python.counters import Step
from padlint.python.frames import EarlyRead, Frame
from padlint.python.heap import Delta, Heap, Store
from padlint.python.joins import join, join_all
from padlint.python.overlay import Overlay
from padlint.python.parse import Unit
from padlint.python.values import (
    BoundMethod,
    Call,
    ClassValue,
    DictValue,
    FunctionValue,
    Instance,
    Items,
    ListValue,
    ModuleValue,
    Site,
    Unknown,
    Value,
    alternatives,
)


class Modules(Protocol):
    """Where imports lead."""

    def load(self, run: Interpreter, dotted: str, importer: Unit, level: int) -> ModuleValue | None:
        """Return the project's module of that name, or None when it is not one of the project's."""

    def evaluate(self, run: Interpreter, module: ModuleValue) -> None:
        """Evaluate a module, unless that was done already."""

    def submodule(self, run: Interpreter, module: ModuleValue, name: str) -> ModuleValue | None:
        """Return a module inside a package, or None."""


class Interpreter:
    """Evaluates modules over abstract values; implements `Context` for overlays."""

    def __init__(self, overlay: Overlay, modules: Modules, budget: Budget | None = None) -> None:
        self.overlay = overlay
        self.modules = modules
        self.budget = budget or Budget()
        self.set_on_libraries = Store()
        self.heap = Heap(join, self.spend)
        self.frames: list[Frame] = []
        self.depth = 0
        self.rounds = 1
        self.repetitions: list[int] = []
        self.functions: dict[cst.CSTNode, FunctionValue] = {}
        self.classes: dict[cst.CSTNode, ClassValue] = {}
        self.given_up: list[Site] = []
        self.flags = Store()
        self.entered: set[tuple[cst.CSTNode, ClassValue | None]] = set()
        self.instances: dict[ClassValue, list[Instance]] = {}
        self.early_reads: dict[FunctionValue, dict[EarlyRead, None]] = {}
        self.generators: dict[cst.CSTNode, bool] = {}
        self.counted: dict[cst.CSTNode, Mapping[str, Step]] = {}

    # Frames and branches --------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        """The innermost module, class body or call being run."""
        return self.frames[-1]

    @contextmanager
    def framed(self, frame: Frame) -> Iterator[Frame]:
        """Run the body inside a frame."""
        frame.attempts, frame.repetitions = self.heap.attempts, len(self.repetitions)
        depth, rounds = self.depth, self.rounds
        self.frames.append(frame)
        try:
            yield frame
        finally:
            self.frames.pop()
            self.depth, self.rounds = depth, rounds

    @contextmanager
    def attempt(self) -> Iterator[Delta]:
        """Run the body as one branch of several, to be merged later."""
        self.frame.branches += 1
        try:
            with self.heap.attempt() as delta:
                yield delta
        finally:
            self.frame.branches -= 1

    @contextmanager
    def repeated(self) -> Iterator[None]:
        """Run the body as one round of a loop whose count is not known."""
        self.repetitions.append(Store().birth)
        try:
            yield
        finally:
            self.repetitions.pop()

    def site(self, node: cst.CSTNode) -> Site:
        """Return the place of a node of the unit now running."""
        return Site(self.frame.unit, node)

    def spend(self, steps: int) -> None:
        """Take steps of the budget that now counts."""
        self.budget.spend(steps)

    # What overlays and the parts of the interpreter use -------------------------------------------------------

    def evaluate(self, node: cst.CSTNode) -> Value:
        """Evaluate an expression."""
        return expressions.evaluate(self, node)

    def evaluate_call(self, node: cst.Call) -> Value:
        """Evaluate a call expression."""
        return calls.evaluate_call(self, node)

    def execute(self, body: Iterable[cst.CSTNode]) -> bool:
        """Run statements in order; say whether control falls off their end."""
        return statements.execute(self, body)

    def call(self, function: Value, call: Call) -> Value:
        """Call any value."""
        return calls.call(self, function, call)

    def attribute(self, value: Value, name: str, site: Site) -> Value:
        """Read an attribute."""
        return lookup.attribute(self, value, name, site)

    def instantiate(self, cls: ClassValue, call: Call) -> Value:
        """Make an instance of a project class."""
        return classes.instantiate(self, cls, call)

    def import_module(self, dotted: str, level: int = 0) -> Value:
        """Return the module of that name, of the project or of a library."""
        return imports.module(self, dotted, level)

    def find_method(self, instance: Instance, name: str) -> Value | None:
        """Look a method up in the project's classes alone."""
        return lookup.find_method(instance, name)

    def was_entered(self, method: BoundMethod) -> bool:
        """Say whether a method was run on an instance of the receiver's class."""
        cls = method.receiver.cls if isinstance(method.receiver, Instance) else None
        return (method.function.node, cls) in self.entered

    def iterate(self, value: Value, site: Site) -> Items:
        """Give what a `for` over the value yields."""
        return iteration.iterate(self, value, site)

    def subscript(self, value: Value, index: Value, site: Site) -> Value:
        """Read `value[index]`."""
        return lookup.subscript(self, value, index, site)

    def join(self, values: Iterable[Value]) -> Value:
        """Join values into one."""
        return join_all(values)

    def new_list(
        self, known: Iterable[Value], rest: Value | None = None, kind: str = "list", count: Value | None = None
    ) -> ListValue:
        """Make a list; of a long one only the first items are kept one by one."""
        items = iteration.bounded(tuple(known), rest)
        if count is not None and not items.known:
            items = Items((), items.rest, count)
        self.budget.spend(len(items.known) // 16)
        return ListValue(Store({"items": items}), kind)

    def new_dict(self, entries: Mapping[str, Value]) -> DictValue:
        """Make a dict with constant keys."""
        return DictValue(Store(dict(entries.items())))

    def unknown(self, why: str, *sources: Value, operation: str = "") -> Unknown:
        """Make an Unknown with its reason."""
        return Unknown(why, operation, sources)

    def rebind(self, old: Value, new: Value) -> None:
        """Let every variable of the running function that holds a value hold another."""
        for name, value in list(self.frame.scope.store.slots.items()):
            if value is old:
                self.heap.write(self.frame.scope.store, name, new)

    def change(self, old: Value, new: Value) -> None:
        """Let whatever may hold a value hold another, for it was changed in place.

        That is every variable of the running function, and every list that one of its loops goes over.
        """
        for name, value in list(self.frame.scope.store.slots.items()):
            changed = _with(value, old, new)
            if changed is not value:
                self.heap.write(self.frame.scope.store, name, changed)
        for loop in self.frame.loops:
            if isinstance(loop.over, ListValue):
                self._change_items(loop.over, old, new)

    def _change_items(self, holder: ListValue, old: Value, new: Value) -> None:
        """Let a list hold another value wherever it may hold one that was changed in place."""
        items = holder.items
        known = tuple(_with(item, old, new) for item in items.known)
        rest = _with(items.rest, old, new) if items.rest is not None else None
        if known != items.known or rest is not items.rest:
            self.heap.write(holder.store, "items", Items(known, rest, items.count))

    def loops_over(self) -> tuple[Value, ...]:
        """Return what the loops of this function that are now running go over, or test; the innermost is last."""
        return tuple(loop.over for loop in self.frame.loops)

    def counting(self, name: str) -> Value | None:
        """Return what a variable of this function may hold while a loop counts with it by hand, None for any other."""
        return next((loop.counts[name] for loop in reversed(self.frame.loops) if name in loop.counts), None)

    def tests(self) -> tuple[tuple[Value, bool], ...]:
        """Return the tests of this function that led to the statement now running, each with whether it holds there."""
        return tuple(self.frame.tests)

    def in_unknown_loop(self) -> bool:
        """Say whether the statement now running is in a loop whose count is not known."""
        return len(self.repetitions) > self.frame.repetitions

    def repeats(self, store: Store) -> bool:
        """Say whether what is now written to a store may be written any number of times."""
        return bool(self.repetitions) and store.birth < self.repetitions[-1]

    def in_branch(self) -> bool:
        """Say whether the statement now running may be skipped."""
        return self.frame.branches > 0

    def text(self, site: Site) -> str:
        """Return the source text of a short expression."""
        return site.unit.text(site.node)

    def entry(self) -> str:
        """Return the path of the file from which everything that is now running was called."""
        return self.frames[0].unit.path

    def scope_name(self) -> str:
        """Return the dotted name of the function, class or module now running."""
        return self.frame.scope.name


def _with(value: Value, old: Value, new: Value) -> Value:
    """Return a value with another in the place of one of its alternatives, the value itself where that is none."""
    options = alternatives(value)
    if not any(option is old for option in options):
        return value
    return join_all(new if option is old else option for option in options)
