"""Everything that a program can change, with a journal, so that branches can be tried, undone and joined."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import field
from functools import reduce
from itertools import count
from typing import NamedTuple, TypeAlias

from padlint.dataclass import dataclass
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


class Mark(NamedTuple):
    """A place in a heap's journal, and the birth of the next store made from then on."""

    place: int
    birth: int


@dataclass(slots=True)
class Delta:
    """What a stretch of the program wrote: the last value of each slot; and when it began and ended, in births."""

    writes: dict[tuple[int, Key], tuple[Store, Value]] = field(default_factory=dict)
    start: int = 0
    end: int = 0


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
        self._buried: list[tuple[int, int]] = []
        self.attempts = 0

    def write(self, store: Store, key: Key, value: Value) -> None:
        """Set a slot; `ABSENT` empties it."""
        slots = store.slots
        self._journal.append((store, key, slots.get(key, ABSENT)))
        if value is ABSENT:
            slots.pop(key, None)
        else:
            slots[key] = value

    def mark(self) -> Mark:
        """Return the present place in the journal."""
        return Mark(len(self._journal), next(_BIRTHS))

    def delta_since(self, mark: Mark) -> Delta:
        """Return what was written since `mark`, leaving it in place."""
        writes: dict[tuple[int, Key], tuple[Store, Value]] = {}
        for store, key, _ in self._journal[mark.place :]:
            writes[id(store), key] = (store, store.slots.get(key, ABSENT))
        return Delta(writes, mark.birth, next(_BIRTHS))

    def written_since(self, mark: Mark) -> Iterator[tuple[Store, Key, Value]]:
        """Yield each slot that was written since `mark`, and what it held then."""
        held = {(id(store), key): (store, key, old) for store, key, old in reversed(self._journal[mark.place :])}
        yield from held.values()

    def undo_to(self, mark: Mark) -> None:
        """Take back everything written since `mark`."""
        journal = self._journal
        while len(journal) > mark.place:
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

    def attempt(self) -> Attempt:
        """Run the body as one branch: what it writes ends up in the delta, and nowhere else."""
        return Attempt(self)

    def begin(self) -> Mark:
        """Begin a branch."""
        self.attempts += 1
        return self.mark()

    def end(self, mark: Mark, delta: Delta) -> None:
        """End the branch that began at a mark: move what it wrote into a delta."""
        self.attempts -= 1
        found = self.delta_since(mark)
        delta.writes, delta.start, delta.end = found.writes, found.start, found.end
        self.undo_to(mark)

    def bury(self, delta: Delta) -> None:
        """Note that a branch was left for good: what comes after does not know the stores that were made in it."""
        self._buried.append((delta.start, delta.end))

    def _knows(self, delta: Delta, store: Store, fork: int) -> bool:
        """Say whether a store exists for a branch: made before all branches began, or in this one on its way."""
        birth = store.birth
        if birth < fork or not delta.start <= birth < delta.end:
            return birth < fork
        return not any(start <= birth < end <= delta.end for start, end in self._buried)

    def merge(self, deltas: Iterable[Delta]) -> None:
        """Write the join of what several branches wrote; a branch that left a slot alone keeps its present value.

        What only one of them made is what that one left; the others do not know it.
        """
        branches = list(deltas)
        fork = min((branch.start for branch in branches), default=0)
        touched = {place: store for branch in branches for place, (store, _) in branch.writes.items()}
        cost = len(touched) * len(branches) // 4
        for place, store in touched.items():
            key = place[1]
            present = store.slots.get(key, ABSENT)
            # Most branches of many have the very same value.
            values: dict[int, Value] = {}
            for branch in branches:
                written = branch.writes.get(place)
                if written is not None:
                    values[id(written[1])] = written[1]
                elif self._knows(branch, store, fork):
                    values[id(present)] = present
            joined = reduce(self._join, values.values())
            if joined is not present:
                self.write(store, key, joined)
                cost += len(joined.known) // 4 if isinstance(joined, Items) else 0
        while self._buried and self._buried[-1][0] >= fork:
            self._buried.pop()
        self._spend(cost)


class Attempt:
    """A branch while it is run. There are very many, and a generator would take three times as long."""

    __slots__ = ("_delta", "_heap", "_mark")

    def __init__(self, heap: Heap) -> None:
        self._heap = heap
        self._delta = Delta()

    def __enter__(self) -> Delta:
        self._mark = self._heap.begin()
        return self._delta

    def __exit__(self, *_: object) -> None:
        self._heap.end(self._mark, self._delta)
