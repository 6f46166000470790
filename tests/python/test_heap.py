"""Laws of the heap, on generated programs of writes and branches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from padlint.python.heap import Heap, Store
from padlint.python.joins import join
from padlint.python.values import ABSENT, Constant, Value

Write: TypeAlias = tuple[int, str, Value]
State: TypeAlias = list[dict[object, Value]]

VALUES = st.sampled_from([ABSENT, Constant(1), Constant(2), Constant("a")])
WRITES = st.lists(st.tuples(st.integers(0, 2), st.sampled_from("ab"), VALUES), max_size=6)


class World:
    """Three stores and the heap that writes to them."""

    def __init__(self, before: list[Write]) -> None:
        self.heap = Heap(join)
        self.stores = [Store(), Store(), Store()]
        self.write(before)

    def write(self, writes: list[Write]) -> None:
        for number, key, value in writes:
            self.heap.write(self.stores[number], key, value)

    @contextmanager
    def branch(self, writes: list[Write]) -> Iterator[None]:
        with self.heap.attempt():
            self.write(writes)
            yield

    def state(self) -> State:
        return [dict(store.slots) for store in self.stores]


@given(WRITES, WRITES)
def test_undo_restores_what_was(before: list[Write], after: list[Write]):
    world = World(before)
    was, mark = world.state(), world.heap.mark()
    world.write(after)
    world.heap.undo_to(mark)
    assert world.state() == was


@given(WRITES, WRITES)
def test_what_was_held_before_is_known_of_every_slot_that_was_written(before: list[Write], after: list[Write]):
    world, was = World(before), World(before)
    mark = world.heap.mark()
    world.write(after)
    held = {(world.stores.index(store), key): old for store, key, old in world.heap.written_since(mark)}
    assert held == {(number, key): was.stores[number].read(key) for number, key, _ in after}


@given(WRITES, WRITES)
def test_a_branch_leaves_nothing_behind(before: list[Write], writes: list[Write]):
    world = World(before)
    was = world.state()
    with world.branch(writes):
        pass
    assert world.state() == was


@given(WRITES, WRITES)
def test_merging_one_branch_is_running_it(before: list[Write], writes: list[Write]):
    tried, run = World(before), World(before)
    with tried.heap.attempt() as delta:
        tried.write(writes)
    tried.heap.merge([delta])
    run.write(writes)
    assert tried.state() == run.state()


@given(WRITES, WRITES, WRITES)
def test_merging_two_branches_joins_slot_by_slot(before: list[Write], left: list[Write], right: list[Write]):
    merged, one, other = World(before), World([*before, *left]), World([*before, *right])
    with merged.heap.attempt() as first:
        merged.write(left)
    with merged.heap.attempt() as second:
        merged.write(right)
    merged.heap.merge([first, second])
    for store, alternative, another in zip(merged.stores, one.stores, other.stores, strict=True):
        for key in "ab":
            assert repr(store.read(key)) == repr(join(alternative.read(key), another.read(key)))


@given(WRITES, WRITES)
def test_a_merge_can_be_undone(before: list[Write], writes: list[Write]):
    world = World(before)
    was, mark = world.state(), world.heap.mark()
    with world.heap.attempt() as delta:
        world.write(writes)
    world.heap.merge([delta])
    world.heap.undo_to(mark)
    assert world.state() == was


def test_a_store_made_in_one_branch_is_as_that_branch_left_it():
    heap = Heap(join)
    with heap.attempt() as making:
        made = Store({"n": Constant(1)})
        heap.write(made, "n", Constant(2))
    with heap.attempt() as other:
        pass
    heap.merge([making, other])
    assert made.read("n") == Constant(2)


def test_what_is_written_apart_stays():
    heap, store = Heap(join), Store()
    with heap.attempt(), heap.apart():
        heap.write(store, "n", Constant(1))
    assert store.read("n") == Constant(1)
