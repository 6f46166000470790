"""Everything that a program can change, with a journal, so that branches can be tried, undone and joined."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from padlint.python.values import ABSENT, Value

Key: TypeAlias = Hashable


class Store:
    """Named slots of a mutable thing: a scope's variables, an instance's attributes, a list's items.

    Read freely; write only through a `Heap`, or a branch could not be undone.
    """

    __slots__ = ("slots",)

    def __init__(self, slots: dict[Key, Value] | None = None) -> None:
        self.slots: dict[Key, Value] = slots if slots is not None else {}

    def read(self, key: Key) -> Value:
        """Return the slot's value, `ABSENT` when it was never written."""
        return self.slots.get(key, ABSENT)


@dataclass(slots=True)
class Delta:
    """What a stretch of the program wrote: the last value of each slot."""

    writes: dict[tuple[int, Key], tuple[Store, Value]] = field(default_factory=dict)


class Heap:
    """Writes to stores, and takes them back.

    `attempt()` runs a branch and undoes it, keeping what it wrote as a `Delta`; `merge()` writes the join of several.
    """

    def __init__(self, join: Callable[[Value, Value], Value]) -> None:
        self._join = join
        self._journal: list[tuple[Store, Key, Value]] = []

    def write(self, store: Store, key: Key, value: Value) -> None:
        """Set a slot; `ABSENT` empties it."""
        self._journal.append((store, key, store.slots.get(key, ABSENT)))
        if value is ABSENT:
            store.slots.pop(key, None)
        else:
            store.slots[key] = value

    def mark(self) -> int:
        """Return the present place in the journal."""
        return len(self._journal)

    def delta_since(self, mark: int) -> Delta:
        """Return what was written since `mark`, leaving it in place."""
        delta = Delta()
        for store, key, _ in self._journal[mark:]:
            delta.writes[id(store), key] = (store, store.read(key))
        return delta

    def undo_to(self, mark: int) -> None:
        """Take back everything written since `mark`."""
        while len(self._journal) > mark:
            store, key, old = self._journal.pop()
            if old is ABSENT:
                store.slots.pop(key, None)
            else:
                store.slots[key] = old

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Run the body so that no branch around it can take back what it writes: a module is evaluated but once."""
        outer, self._journal = self._journal, []
        try:
            yield
        finally:
            self._journal = outer

    @contextmanager
    def attempt(self) -> Iterator[Delta]:
        """Run the body as one branch: what it writes ends up in the delta, and nowhere else."""
        mark, delta = self.mark(), Delta()
        try:
            yield delta
        finally:
            delta.writes = self.delta_since(mark).writes
            self.undo_to(mark)

    def merge(self, deltas: Iterable[Delta]) -> None:
        """Write the join of what several branches wrote; a branch that left a slot alone keeps its present value."""
        branches = list(deltas)
        if len(branches) == 1:
            for store, (key, value) in ((s, (k[1], v)) for k, (s, v) in branches[0].writes.items()):
                self.write(store, key, value)
            return
        touched: dict[tuple[int, Key], Store] = {}
        for branch in branches:
            for place, (store, _) in branch.writes.items():
                touched[place] = store
        for place, store in touched.items():
            present = store.read(place[1])
            joined: Value | None = None
            for branch in branches:
                _, value = branch.writes.get(place, (store, present))
                joined = value if joined is None else self._join(joined, value)
            if joined is not None:
                self.write(store, place[1], joined)
