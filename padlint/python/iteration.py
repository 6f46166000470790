"""What a loop over a value sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from padlint.python.budget import MOST_UNROLLED
from padlint.python.joins import join, join_all, join_items
from padlint.python.values import (
    Call,
    Choice,
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
    alternatives,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


def iterate(run: Interpreter, value: Value, site: Site) -> Items:
    """Return the items of a value: known ones, and what stands for any number of others."""
    match value:
        case ListValue():
            return value.items
        case TupleValue(known, rest):
            return Items(known, rest)
        case DictValue():
            return _keys(value)
        case Constant(str(text)):
            return (
                Items(tuple(map(Constant, text))) if len(text) <= MOST_UNROLLED else Items((), Unknown("a character"))
            )
        case Choice():
            return _join_items([iterate(run, option, site) for option in alternatives(value)])
        case LibraryObject():
            items = value.iterate(site, run)
            if items is not None:
                return items
        case Instance():
            items = _iterate_instance(run, value, site)
            if items is not None:
                return items
    item = run.overlay.iterate(value, site, run)
    return Items((), item or Unknown("an item of something unresolved", "item", (value,)))


def unrollable(items: Items) -> bool:
    """Say whether a loop over the items is run item by item."""
    return len(items.known) <= MOST_UNROLLED


def any_item(items: Items) -> Value | None:
    """Return what stands for any of the items, None when there are none."""
    options = (*items.known, *((items.rest,) if items.rest is not None else ()))
    return join_all(options) if options else None


def _keys(value: DictValue) -> Items:
    keys = tuple(key for key, _ in value.entries())
    return Items(keys, None if len(keys) == len(value.store.slots) else Unknown("a key of an unresolved dict"))


def _join_items(options: list[Items]) -> Items:
    if not options:
        return Items(())
    joined = options[0]
    for option in options[1:]:
        joined = join_items(joined, option)
    return joined


def _iterate_instance(run: Interpreter, instance: Instance, site: Site) -> Items | None:
    for name in ("__iter__", "__getitem__"):
        method = run.find_method(instance, name)
        if method is None:
            continue
        arguments = () if name == "__iter__" else (Unknown("an index"),)
        result = run.call(method, Call(arguments, {}, site))
        if name == "__getitem__":
            return Items((), result)
        if result is not instance:
            return iterate(run, result, site)
        step = run.find_method(instance, "__next__")
        return Items((), run.call(step, Call((), {}, site))) if step is not None else None
    return None


def item_of(run: Interpreter, value: Value, site: Site) -> Value:
    """Return what stands for any item of a value."""
    items = iterate(run, value, site)
    present = [option for item in items.known for option in alternatives(item)]
    if items.rest is not None:
        present.append(items.rest)
    return join_all(present) if present else Unknown("an item of something empty", "item", (value,))


def pairs(first: Items, second: Items) -> Items:
    """Return the items of `zip(first, second)`."""
    known = tuple(TupleValue(pair) for pair in zip(first.known, second.known, strict=False))
    longest = max(len(first.known), len(second.known))
    if first.rest is None and second.rest is None:
        return Items(known)
    left, right = _padded(first, longest), _padded(second, longest)
    known = tuple(TupleValue(pair) for pair in zip(left, right, strict=False))
    rest = TupleValue((first.rest, second.rest)) if first.rest is not None and second.rest is not None else None
    return Items(known, rest)


def _padded(items: Items, length: int) -> tuple[Value, ...]:
    if items.rest is None:
        return items.known
    return (*items.known, *(items.rest for _ in range(length - len(items.known))))


def with_rest(items: Items, value: Value) -> Items:
    """Return the items with one more that may come any number of times."""
    return Items(items.known, value if items.rest is None else join(items.rest, value))
