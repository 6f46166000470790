"""Names and what they are bound to, by Python's own rules of lookup."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from padlint.python.heap import Store
from padlint.python.values import ABSENT, LibraryName, Value


class ScopeKind(Enum):
    """What a scope belongs to."""

    MODULE = auto()
    CLASS = auto()
    FUNCTION = auto()


class Scope:
    """The variables of a module, class body, function call or comprehension.

    `name` is the dotted name of what it belongs to. `stars` are the libraries that were star-imported into it.
    """

    __slots__ = ("declared", "kind", "name", "parent", "stars", "store")

    def __init__(self, kind: ScopeKind, name: str, parent: Scope | None = None) -> None:
        self.kind = kind
        self.name = name
        self.parent = parent
        self.store = Store()
        self.declared: dict[str, Scope] = {}
        self.stars: list[LibraryName] = []

    def outward(self) -> Iterator[Scope]:
        """Yield the scopes in which a name is looked up: class bodies are not seen from inside their functions."""
        yield self
        scope = self.parent
        while scope is not None:
            if scope.kind is not ScopeKind.CLASS:
                yield scope
            scope = scope.parent

    def module(self) -> Scope:
        """Return the scope of the module."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def lookup(self, name: str) -> Value:
        """Return what the name is bound to, `ABSENT` when nothing binds it."""
        declared = self.declared.get(name)
        if declared is not None:
            return declared.store.read(name)
        for scope in self.outward():
            value = scope.store.read(name)
            if value is not ABSENT:
                return value
        return ABSENT

    def home(self, name: str) -> Scope:
        """Return the scope that an assignment to the name writes to."""
        return self.declared.get(name, self)

    def declare(self, name: str, *, everywhere: bool) -> None:
        """Make the name mean that of the module (`global`) or of the nearest function that has it (`nonlocal`)."""
        if everywhere:
            self.declared[name] = self.module()
            return
        for scope in self.outward():
            if scope is not self and scope.kind is ScopeKind.FUNCTION and name in scope.store.slots:
                self.declared[name] = scope
                return
