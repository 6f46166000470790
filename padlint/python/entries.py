"""Dicts put together: what one holds once it was updated, by another or by what was not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from padlint.python import targets
from padlint.python.heap import Key, Store
from padlint.python.joins import join, join_all
from padlint.python.lookup import key_of
from padlint.python.records import Record
from padlint.python.values import (
    ABSENT,
    NONE,
    REST,
    DictValue,
    Site,
    Unknown,
    Value,
    alternatives,
    may_be_absent,
    present,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


def updated(run: Interpreter, slots: Mapping[Key, Value], source: Value, site: Site) -> dict[Key, Value]:
    """Return the slots of a dict after an update by another one or by pairs; of several, by any of them."""
    # Where it may be None, the program does not get here.
    options = [option for option in alternatives(source) if option != NONE] or [NONE]
    states = [_updated(run, slots, option, site) for option in options]
    if len(states) == 1:
        return states[0]
    keys = dict.fromkeys(chain.from_iterable(states))
    return {key: join_all(_each(states, key)) for key in keys}


def _each(states: list[dict[Key, Value]], key: Key) -> Iterator[Value]:
    """Yield what one slot is in each state; one without keys that were not read says nothing of what is under them."""
    for state in states:
        if key is not REST or key in state:
            yield state.get(key, ABSENT)


def _updated(run: Interpreter, slots: Mapping[Key, Value], source: Value, site: Site) -> dict[Key, Value]:
    found = dict(slots)
    for key, value in _entries(run, source, site):
        if key is REST:
            found = overlaid(found, value)
        else:
            found[key] = join(found[key], present(value)) if key in found and may_be_absent(value) else value
    run.budget.spend(len(found) // 8)
    return found


def _entries(run: Interpreter, source: Value, site: Site) -> Iterator[tuple[Key, Value]]:
    """Yield the entries of a dict or of pairs, those of a dict that have no known key before the others."""
    match source:
        case DictValue(store) | Record(store):
            if REST in store.slots:
                yield REST, store.slots[REST]
            yield from ((key, value) for key, value in store.slots.items() if key is not REST)
        case Unknown():
            yield REST, Unknown("an entry of an unresolved dict", "item", (source,))
        case _:
            for item in run.iterate(source, site).everything():
                key, value = targets.parts(run, present(item), 2, None, site)
                yield key_of(key), value


def overlaid(slots: Mapping[Key, Value], value: Value) -> dict[Key, Value]:
    """Return the slots of a dict after a value was put under some key, nobody knows which.

    What an overlay keeps with an object is under a tuple, which no program can name.
    """
    return {REST: value, **{key: old if isinstance(key, tuple) else join(old, value) for key, old in slots.items()}}


def overlay(run: Interpreter, store: Store, value: Value) -> None:
    """Put a value into a store of the program, nobody knows under which name."""
    write(run, store, overlaid(store.slots, value))


def write(run: Interpreter, store: Store, slots: Mapping[Key, Value]) -> None:
    """Give a store of the program the slots that it has after an update."""
    for key, value in slots.items():
        if value is not store.read(key):
            run.heap.write(store, key, value)
