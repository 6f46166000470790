"""The methods of Python's own containers and texts, on abstract values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from padlint.python import counters, entries, formats, iteration, lookup
from padlint.python.arithmetic import compare
from padlint.python.budget import MOST_ITEMS, MOST_TEXT
from padlint.python.heap import Store
from padlint.python.joins import join, join_all, join_rest
from padlint.python.members import NAMED_TUPLE
from padlint.python.values import (
    ABSENT,
    NONE,
    REST,
    Call,
    Constant,
    DictValue,
    Instance,
    Items,
    ListValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
    may_be_absent,
    present,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

ListMethod: TypeAlias = "Callable[[Interpreter, ListValue, Call], Value | None]"
DictMethod: TypeAlias = "Callable[[Interpreter, DictValue, Call], Value | None]"


def method(run: Interpreter, receiver: Value, name: str, given: Call) -> Value | None:
    """Call a method of a list, dict, tuple or text; None when it is not one that is known."""
    match receiver:
        case ListValue() if name in _LIST_METHODS:
            return _LIST_METHODS[name](run, receiver, given)
        case DictValue() if name in _DICT_METHODS:
            return _DICT_METHODS[name](run, receiver, given)
        case TupleValue(fields=(_, *_)):
            return _named_tuple_method(run, receiver, name, given)
        case Instance() if NAMED_TUPLE in receiver.cls.library_bases():
            return _own_tuple_method(run, receiver, name, given)
        case Constant(str(text)):
            return _text_method(run, text, name, given)
        case Unknown() if name == "zfill":
            return _digits(receiver, given)
        case _:
            return None


# Lists and sets -------------------------------------------------------------------------------------------------


def extend(run: Interpreter, receiver: ListValue, added: Items) -> None:
    """Add items at the end; in a loop of unknown count they may come any number of times."""
    items = receiver.items
    if run.repeats(receiver.store) or items.rest is not None or len(items.known) + len(added.known) > MOST_ITEMS:
        more = join_all(added.everything()) if added.everything() else None
        count = counters.moved(items.count, len(added.known)) if added.rest is None else None
        _write(run, receiver, Items(items.known, join_rest(items.rest, more), count))
        return
    _write(run, receiver, Items((*items.known, *added.known), added.rest))


def _write(run: Interpreter, receiver: ListValue, items: Items) -> None:
    run.budget.spend(len(items.known) // 16)
    run.heap.write(receiver.store, "items", items)


def _append(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    extend(run, receiver, Items(given.arguments[:1]))
    return NONE


def _add(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    """Add to a set what it does not hold."""
    if given.arguments and compare("in", given.arguments[0], receiver) is not True:
        extend(run, receiver, Items(given.arguments[:1]))
    return NONE


def _extend(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    for argument in given.arguments:
        extend(run, receiver, run.iterate(argument, given.site))
    return NONE


def _insert(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    items = receiver.items
    match given.arguments:
        case (Constant(int(position)), item) if items.rest is None and not run.repeats(receiver.store):
            known = list(items.known)
            known.insert(position, item)
            _write(run, receiver, Items(tuple(known[:MOST_ITEMS])))
        case (_, item):
            _write(run, receiver, Items((), join_all((*items.everything(), item))))
        case _:
            pass
    return NONE


def _append_left(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    return _insert(run, receiver, Call((Constant(0), *given.arguments), {}, given.site))


def _pop(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    items = receiver.items
    match given.argument(0, "index") or Constant(-1):
        case Constant(int(place)) if _is_there(items, place) and not run.repeats(receiver.store):
            known = list(items.known)
            taken = known.pop(place)
            _write(run, receiver, Items(tuple(known)))
            return taken
        case _:
            return take_any(run, receiver)


def _pop_left(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    return _pop(run, receiver, Call((Constant(0),), {}, given.site))


def _is_there(items: Items, place: int) -> bool:
    """Say whether it is known what a list holds at a place."""
    if items.rest is not None or not -len(items.known) <= place < len(items.known):
        return False
    return not any(map(may_be_absent, items.known[: place + 1] if place >= 0 else items.known[place:]))


def take_any(run: Interpreter, receiver: ListValue) -> Value | None:
    """Take an item away, nobody knows which; return what stands for it, None when there is none."""
    items = receiver.items
    if items.known or items.count is not None:
        left = tuple(join(item, ABSENT) for item in items.known)
        _write(run, receiver, Items(left, items.rest, counters.moved(items.count, -1)))
    return iteration.any_item(items)


def _remove(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    items = receiver.items
    wanted = given.argument(0, "value")
    if wanted is None:
        return None
    for position, item in enumerate(items.known):
        if item is wanted or compare("==", item, wanted) is True:
            _write(run, receiver, Items((*items.known[:position], *items.known[position + 1 :]), items.rest))
            return NONE
    maybe = tuple(item if compare("==", item, wanted) is False else join(item, ABSENT) for item in items.known)
    _write(run, receiver, Items(maybe, items.rest))
    return NONE


def _reverse(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    items = receiver.items
    _write(run, receiver, Items(tuple(reversed(items.known))) if items.rest is None else _unordered(items))
    return NONE


def _sort(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    if len(receiver.items.known) > 1:
        _write(run, receiver, _unordered(receiver.items))
    return NONE


def _unordered(items: Items) -> Items:
    return Items((), iteration.any_item(items))


def _clear(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    _write(run, receiver, Items(()))
    return NONE


def _copy(run: Interpreter, receiver: ListValue, given: Call) -> Value | None:
    return run.new_list(receiver.items.known, receiver.items.rest, receiver.kind, receiver.items.count)


_LIST_METHODS: Mapping[str, ListMethod] = {
    "append": _append,
    "add": _add,
    "extend": _extend,
    "update": _extend,
    "insert": _insert,
    "appendleft": _append_left,
    "pop": _pop,
    "popleft": _pop_left,
    "remove": _remove,
    "discard": _remove,
    "reverse": _reverse,
    "sort": _sort,
    "clear": _clear,
    "copy": _copy,
}


# Dicts ----------------------------------------------------------------------------------------------------------


def _get(run: Interpreter, receiver: DictValue, given: Call) -> Value | None:
    if not given.arguments:
        return None
    default = given.argument(1, "default") or NONE
    found = [_get_one(run, receiver, key, default, given) for key in alternatives(given.arguments[0])]
    return join_all(found)


def _get_one(run: Interpreter, receiver: DictValue, key: Value, default: Value, given: Call) -> Value:
    if not isinstance(key, Constant):
        return join(run.subscript(receiver, key, given.site), default)
    found = receiver.store.read(lookup.key_of(key))
    if found is ABSENT:
        rest = receiver.store.read(REST)
        return default if rest is ABSENT else join(default, rest)
    return join(present(found), default) if may_be_absent(found) else found


def _items(run: Interpreter, receiver: DictValue, given: Call) -> Value | None:
    known = [TupleValue((key, present(value))) for key, value in receiver.entries()]
    rest = receiver.store.read(REST)
    return run.new_list(known, None if rest is ABSENT else TupleValue((Unknown("a key"), rest)))


def _keys(run: Interpreter, receiver: DictValue, given: Call) -> Value | None:
    items = run.iterate(receiver, given.site)
    return run.new_list(items.known, items.rest)


def _values(run: Interpreter, receiver: DictValue, given: Call) -> Value | None:
    rest = receiver.store.read(REST)
    return run.new_list([present(value) for _, value in receiver.entries()], None if rest is ABSENT else rest)


def _update(run: Interpreter, receiver: DictValue, given: Call) -> Value | None:
    for source in given.arguments:
        entries.write(run, receiver.store, entries.updated(run, receiver.store.slots, source, given.site))
    if given.open_ended:
        entries.overlay(run, receiver.store, Unknown("an entry that was not read", "argument"))
    for name, value in given.keywords.items():
        run.heap.write(receiver.store, name, value)
    return NONE


def _set_default(run: Interpreter, receiver: DictValue, given: Call) -> Value | None:
    if not given.arguments:
        return None
    found = receiver.store.read(lookup.key_of(given.arguments[0]))
    if found is not ABSENT:
        return present(found)
    value = given.argument(1, "default") or NONE
    lookup.write_entry(run, receiver.store, given.arguments[0], value)
    return value


def _pop_entry(run: Interpreter, receiver: DictValue, given: Call) -> Value | None:
    value = _get(run, receiver, given)
    if given.arguments and isinstance(given.arguments[0], Constant):
        run.heap.write(receiver.store, lookup.key_of(given.arguments[0]), ABSENT)
    return value


def _clear_entries(run: Interpreter, receiver: DictValue, given: Call) -> Value | None:
    for key in list(receiver.store.slots):
        run.heap.write(receiver.store, key, ABSENT)
    return NONE


def _copy_entries(run: Interpreter, receiver: DictValue, given: Call) -> Value | None:
    run.budget.spend(len(receiver.store.slots) // 8)
    return DictValue(Store(dict(receiver.store.slots)), receiver.factory)


_DICT_METHODS: Mapping[str, DictMethod] = {
    "get": _get,
    "items": _items,
    "iteritems": _items,
    "keys": _keys,
    "iterkeys": _keys,
    "values": _values,
    "itervalues": _values,
    "update": _update,
    "setdefault": _set_default,
    "pop": _pop_entry,
    "clear": _clear_entries,
    "copy": _copy_entries,
}


# Named tuples and texts -----------------------------------------------------------------------------------------


def _named_tuple_method(run: Interpreter, receiver: TupleValue, name: str, given: Call) -> Value | None:
    named = dict(zip(receiver.fields, receiver.items, strict=False))
    match name:
        case "_asdict":
            return run.new_dict(named)
        case "_replace":
            return TupleValue(tuple((named | dict(given.keywords)).values()), fields=receiver.fields)
        case _:
            return None


def _own_tuple_method(run: Interpreter, receiver: Instance, name: str, given: Call) -> Value | None:
    """Call a method that a class of the project inherits from a named tuple."""
    named = dict(receiver.attributes.slots)
    match name:
        case "_asdict":
            return DictValue(Store(named))
        case "_replace":
            return Instance(receiver.cls, Store(named | dict(given.keywords)), given.site)
        case _:
            return None


_PLAIN_TEXT_METHODS = frozenset(
    {
        *("lower", "upper", "strip", "rstrip", "lstrip", "title", "capitalize", "replace", "startswith", "endswith"),
        *("isdigit", "isalpha", "isupper", "islower", "removeprefix", "removesuffix", "swapcase", "casefold", "find"),
    }
)


_WIDENING = frozenset({"ljust", "rjust", "center", "zfill"})


def _text_method(run: Interpreter, text: str, name: str, given: Call) -> Value | None:
    if name == "join" and given.arguments:
        return _joined(run, text, given)
    if name == "format":
        return formats.formatted(run, text, given)
    if name in _WIDENING:
        return _justified(text, name, given)
    literals = [value.value for value in given.arguments if isinstance(value, Constant)]
    if len(literals) != len(given.arguments) or given.keywords or len(text) > MOST_TEXT:
        return None
    texts = [literal for literal in literals if isinstance(literal, str) and len(literal) < MOST_ITEMS]
    try:
        if name in _PLAIN_TEXT_METHODS and len(texts) == len(literals) and len(text) < MOST_TEXT // MOST_ITEMS:
            return Constant(getattr(text, name)(*texts))
        if name == "split" and len(texts) == len(literals) < 2:
            return run.new_list([Constant(part) for part in text.split(texts[0] if texts else None)])
    except (TypeError, ValueError, IndexError, KeyError):
        pass
    return None


def _justified(text: str, name: str, given: Call) -> Value | None:
    """Make a text wide: one that is wide enough stays as it is, and what others are filled with an overlay says."""
    match given.argument(0, "width"):
        case Constant(int(width)) if width <= len(text):
            return Constant(text)
        case Constant(int(width)) if name == "zfill" and width <= MOST_ITEMS:
            return Constant(text.zfill(width))
        case _:
            return None


def _digits(text: Value, given: Call) -> Value | None:
    """Fill a number up that is written as a text."""
    match given.arguments:
        case (width,):
            return formats.of_so_many_digits(text, width)
        case _:
            return None


def _joined(run: Interpreter, separator: str, given: Call) -> Value | None:
    items = run.iterate(given.arguments[0], given.site)
    parts = [item.value for item in items.known if isinstance(item, Constant) and isinstance(item.value, str)]
    if items.rest is not None or len(parts) != len(items.known):
        return None
    return Constant(separator.join(parts)) if sum(map(len, parts)) + len(separator) * len(parts) < MOST_TEXT else None
