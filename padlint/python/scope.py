"""Names and what they are bound to, by Python's own rules of lookup."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from padlint.python.heap import Store
from padlint.python.values import ABSENT, ClassValue, LibraryName, Value


class ScopeKind(Enum):
    """What a scope belongs to."""

    MODULE = auto()
    CLASS = auto()
    FUNCTION = auto()
    COMPREHENSION = auto()


class Scope:
    """The variables of a module, class body, function call or comprehension.

    `name` is the dotted name of what it belongs to, `owner` the class when that is one. `stars` are the libraries that
    were star-imported into it, each once.
    """

    __slots__ = ("_module", "declared", "kind", "name", "owner", "parent", "stars", "store")

    def __init__(self, kind: ScopeKind, name: str, parent: Scope | None = None) -> None:
        self.kind = kind
        self.name = name
        self.parent = parent
        self.owner: ClassValue | None = None
        self._module: Scope = parent.module() if parent is not None else self
        self.store = Store()
        self.declared: dict[str, Scope] = {}
        self.stars: list[LibraryName] = []

    def module(self) -> Scope:
        """Return the scope of the module."""
        return self._module

    def import_all_of(self, library: LibraryName) -> None:
        """Note that all names of a library were imported: of several that have a name, the last one counts."""
        if library in self.stars:
            self.stars.remove(library)
        self.stars.append(library)

    def lookup(self, name: str) -> Value:
        """Return what the name is bound to, `ABSENT` when nothing binds it."""
        if name in self.declared:
            return self.declared[name].store.read(name)
        scope: Scope | None = self
        while scope is not None:
            value = scope.store.slots.get(name)
            if value is not None and (scope is self or scope.kind is not ScopeKind.CLASS):
                return value
            scope = scope.parent
        return ABSENT

    def home(self, name: str) -> Scope:
        """Return the scope that an assignment to the name writes to."""
        return self.declared.get(name, self) if self.declared else self

    def statement(self) -> Scope:
        """Return the scope of the statement that a comprehension is part of, where its `:=` assigns."""
        scope = self
        while scope.kind is ScopeKind.COMPREHENSION and scope.parent is not None:
            scope = scope.parent
        return scope

    def declare(self, name: str, *, everywhere: bool) -> None:
        """Make the name mean that of the module (`global`) or of the nearest function that has it (`nonlocal`)."""
        if everywhere:
            self.declared[name] = self.module()
            return
        functions = [scope for scope in self._outward() if scope.kind is ScopeKind.FUNCTION]
        for scope in (*(known for known in functions if name in known.store.slots), *functions):
            self.declared[name] = scope
            return

    def _outward(self) -> Iterator[Scope]:
        scope = self.parent
        while scope is not None:
            yield scope
            scope = scope.parent
