"""What a loop over a value sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import TYPE_CHECKING

from padlint.python import counters
from padlint.python.budget import MOST_ITEMS, MOST_UNROLLED
from padlint.python.frames import Loop
from padlint.python.joins import join_all, join_items, join_rest
from padlint.python.members import NAMED_TUPLE, fields, members
from padlint.python.values import (
    Call,
    Choice,
    ClassValue,
    Constant,
    DictValue,
    Instance,
    Items,
    LibraryObject,
    ListValue,
    Site,
    TupleValue,
    Unknown,
    Value,
    may_be_absent,
    present,
    with_items,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


ENDLESS = Unknown("more than anybody takes", "endless")
"""How many items something gives that never stops: `itertools.repeat(0)`."""


def iterate(run: Interpreter, value: Value, site: Site) -> Items:
    """Return the items of a value: known ones, and what stands for any number of others."""
    items = _items(run, value, site)
    if items is not None:
        return items
    item = run.overlay.iterate(value, site, run)
    if item is not None:
        return Items((), item)
    length = Unknown("the length of something unresolved", "len", (value,))
    return Items((), Unknown("an item of something unresolved", "item", (value,)), length)


def _items(run: Interpreter, value: Value, site: Site) -> Items | None:
    match value:
        case ListValue():
            return value.items
        case TupleValue(known, rest):
            return Items(known, rest)
        case DictValue():
            keys = tuple(key for key, _ in value.entries())
            return bounded(keys, None if value.is_complete() else Unknown("a key of an unresolved dict"))
        case Constant(str(text)):
            many = len(text) > MOST_UNROLLED
            return Items((), Unknown("a character")) if many else Items(tuple(map(Constant, text)))
        case Choice():
            return reduce(join_items, [iterate(run, option, site) for option in with_items(value)])
        case LibraryObject():
            return value.iterate(site, run)
        case Instance():
            return _iterate_instance(run, value, site)
        case ClassValue():
            found = members(value)
            return Items(tuple(found.values())) if found else None
        case _:
            return None


def bounded(known: tuple[Value, ...], rest: Value | None = None) -> Items:
    """Return the contents of a sequence, of a long one only the first items one by one."""
    if len(known) <= MOST_ITEMS:
        return Items(known, rest)
    others = join_all(present(item) for item in known[MOST_ITEMS:])
    return Items(known[:MOST_ITEMS], join_rest(others, rest))


def unrollable(run: Interpreter, items: Items) -> bool:
    """Say whether a loop over the items is run item by item."""
    return len(items.known) <= MOST_UNROLLED and run.rounds * len(items.known) <= MOST_ITEMS


@contextmanager
def looping(run: Interpreter, rounds: int, over: Value) -> Iterator[Loop]:
    """Run the body as a loop, of so many rounds at the most."""
    mark, outer = run.heap.mark(), run.rounds
    loop = Loop(mark, mark, over)
    run.frame.loops.append(loop)
    run.rounds *= max(rounds, 1)
    try:
        yield loop
    finally:
        run.frame.loops.pop()
        run.rounds = outer


def as_range(run: Interpreter, over: Value, items: Items) -> Value:
    """Return what a loop goes over: what a library counts (`np.arange(n)`) as the range that it is."""
    match over, items.rest:
        case LibraryObject(), Unknown(operation="counter"):
            return run.new_list(items.known, items.rest, "range", items.count)
        case _:
            return over


def gives(over: Value, value: Value) -> bool:
    """Say whether a loop over something gives a very value, by itself or in a tuple, or that value as far as a test."""
    match over:
        case ListValue(items=Items(known, rest)):
            return any(gives(item, value) for item in (*known, *((rest,) if rest is not None else ())))
        case TupleValue(items=items):
            return any(gives(item, value) for item in items)
        case _:
            return over is value or counters.is_cut(value, over)


def distinct(items: Items) -> Items:
    """Return the contents of a set of the items; how many there are is known for constants alone."""
    if items.rest is None and all(isinstance(item, Constant) for item in items.known):
        return Items(tuple(dict.fromkeys(items.known)))
    return Items((), any_item(items))


def any_item(items: Items) -> Value | None:
    """Return what stands for any of the items, None when there are none."""
    options = items.everything()
    return join_all(map(present, options)) if options else None


def tuple_of(items: Items) -> TupleValue:
    """Return a tuple of the items; items that may be absent stand for an unknown number of them."""
    if any(map(may_be_absent, items.known)):
        return TupleValue((), any_item(items))
    return TupleValue(items.known, items.rest)


def chained(run: Interpreter, sequences: Items, site: Site) -> ListValue:
    """Return a list of what several sequences hold, one after the other."""
    parts = [iterate(run, present(part), site) for part in sequences.everything()]
    joined = concatenated(parts)
    return run.new_list(joined.known, joined.rest) if sequences.rest is None else run.new_list((), any_item(joined))


def concatenated(parts: Sequence[Items]) -> Items:
    """Return the contents of several sequences, one after the other: what follows an unknown number has no place."""
    known: list[Value] = []
    rest: Value | None = None
    for part in parts:
        if rest is None:
            known.extend(part.known)
            rest = part.rest
        else:
            rest = join_rest(rest, any_item(part))
    return bounded(tuple(known), rest) if known else Items((), rest, _count_of(parts))


def _count_of(parts: Sequence[Items]) -> Value | None:
    """Return how many items several sequences have of which one alone does not give all of them one by one."""
    counted = [part for part in parts if part.rest is not None]
    if len(counted) != 1 or counted[0].known:
        return None
    return counters.moved(counted[0].count, sum(len(part.known) for part in parts))


def _iterate_instance(run: Interpreter, instance: Instance, site: Site) -> Items | None:
    method = run.find_method(instance, "__iter__")
    if method is not None:
        result = run.call(method, Call((), {}, site))
        if result is not instance:
            return iterate(run, result, site)
        step = run.find_method(instance, "__next__") or run.find_method(instance, "next")
        return Items((), run.call(step, Call((), {}, site))) if step is not None else None
    method = run.find_method(instance, "__getitem__")
    if method is not None:
        return Items((), run.call(method, Call((Unknown("an index"),), {}, site)))
    if NAMED_TUPLE in instance.cls.library_bases():
        return Items(tuple(map(instance.attributes.read, fields(instance.cls))))
    return None


def item_of(run: Interpreter, value: Value, site: Site) -> Value:
    """Return what stands for any item of a value."""
    return any_item(iterate(run, value, site)) or Unknown("an item of something empty", "item", (value,))
