"""Everything that a program can change, with a journal, so that branches can be tried, undone and joined."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from padlint.python.values import ABSENT, Items, Value

Key: TypeAlias = Hashable

_BIRTHS = count()


class Store:
    """Named slots of a mutable thing: a scope's variables, an instance's attributes, a list's items.

    Read freely; write only through a `Heap`, or a branch could not be undone. `birth` orders stores by when they were
    made.
    """

    __slots__ = ("birth", "slots")

    def __init__(self, slots: dict[Key, Value] | None = None) -> None:
        self.slots: dict[Key, Value] = slots if slots is not None else {}
        self.birth = next(_BIRTHS)

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

    Args:
        join: the join of two values of one slot.
        spend: told what a merge has cost, in slots and items; may raise, once all is written.
    """

    def __init__(self, join: Callable[[Value, Value], Value], spend: Callable[[int], None] = lambda _: None) -> None:
        self._join = join
        self._spend = spend
        self._journal: list[tuple[Store, Key, Value]] = []
        self.attempts = 0

    def write(self, store: Store, key: Key, value: Value) -> None:
        """Set a slot; `ABSENT` empties it."""
        slots = store.slots
        self._journal.append((store, key, slots.get(key, ABSENT)))
        if value is ABSENT:
            slots.pop(key, None)
        else:
            slots[key] = value

    def mark(self) -> int:
        """Return the present place in the journal."""
        return len(self._journal)

    def delta_since(self, mark: int) -> Delta:
        """Return what was written since `mark`, leaving it in place."""
        writes: dict[tuple[int, Key], tuple[Store, Value]] = {}
        for store, key, _ in self._journal[mark:]:
            writes[id(store), key] = (store, store.slots.get(key, ABSENT))
        return Delta(writes)

    def undo_to(self, mark: int) -> None:
        """Take back everything written since `mark`."""
        journal = self._journal
        while len(journal) > mark:
            store, key, old = journal.pop()
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
        self.attempts += 1
        try:
            yield delta
        finally:
            self.attempts -= 1
            delta.writes = self.delta_since(mark).writes
            self.undo_to(mark)

    def merge(self, deltas: Iterable[Delta]) -> None:
        """Write the join of what several branches wrote; a branch that left a slot alone keeps its present value."""
        branches = list(deltas)
        touched = {place: store for branch in branches for place, (store, _) in branch.writes.items()}
        cost = sum(len(branch.writes) for branch in branches)
        for place, store in touched.items():
            key = place[1]
            present = store.slots.get(key, ABSENT)
            values = [branch.writes[place][1] if place in branch.writes else present for branch in branches]
            joined = values[0]
            for value in values[1:]:
                joined = self._join(joined, value)
            if joined is not present:
                self.write(store, key, joined)
                cost += len(joined.known) // 4 if isinstance(joined, Items) else 0
        self._spend(cost)
