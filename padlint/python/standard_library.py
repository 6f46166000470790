"""Functions of the standard library that move values about or make them, on abstract values."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from padlint.python import builtins, classes, iteration, members
from padlint.python.budget import MOST_ITEMS, MOST_TEXT, MOST_UNROLLED
from padlint.python.builtins import Builtin
from padlint.python.formats import MOST_DIGITS
from padlint.python.heap import Key, Store
from padlint.python.narrowing import EXACTLY, MOST_ITEMS_HELD
from padlint.python.values import (
    ABSENT,
    Call,
    Constant,
    DictValue,
    Instance,
    Items,
    LibraryName,
    ListValue,
    PartialValue,
    TupleValue,
    Unknown,
    Value,
    present,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


# functools and operator -----------------------------------------------------------------------------------------


def _partial(run: Interpreter, given: Call) -> Value | None:
    if not given.arguments:
        return None
    return PartialValue(given.arguments[0], given.arguments[1:], given.keywords, given.open_ended)


def _reduce(run: Interpreter, given: Call) -> Value | None:
    if len(given.arguments) < 2:
        return None
    items = run.iterate(given.arguments[1], given.site)
    values = [*given.arguments[2:], *items.known]
    if items.rest is not None or not values or len(values) > MOST_UNROLLED:
        return Unknown("a reduction over unresolved items", "call", given.arguments)
    result = values[0]
    for value in values[1:]:
        result = run.call(given.arguments[0], Call((result, value), {}, given.site))
    return result


# itertools ------------------------------------------------------------------------------------------------------


def _chain(run: Interpreter, given: Call) -> Value | None:
    found = run.overlay.chain(given.arguments, given.site, run)
    return found or iteration.chained(run, Items(given.arguments), given.site)


def _chain_from_iterable(run: Interpreter, given: Call) -> Value | None:
    return iteration.chained(run, builtins.first_items(run, given), given.site)


def _product(run: Interpreter, given: Call) -> Value | None:
    """Pair every item with every other; more rows than a loop would be unrolled for are one row for any of them."""
    columns = [run.iterate(value, given.site) for value in given.arguments]
    rows: list[tuple[Value, ...]] = [()]
    for column in columns:
        if column.rest is not None or len(rows) * len(column.known) > MOST_UNROLLED:
            anything = (iteration.any_item(each) for each in columns)
            return run.new_list((), TupleValue(tuple(item for item in anything if item is not None)))
        rows = [(*row, item) for row in rows for item in column.known]
    return run.new_list([TupleValue(row) for row in rows])


def _combinations(run: Interpreter, given: Call) -> Value | None:
    """Take so many of some items in every way; of too many, one row stands for any of them."""
    match given.arguments:
        case (_, Constant(int(length))) if 0 < length <= MOST_UNROLLED:
            items = builtins.first_items(run, given)
        case _:
            return None
    if items.rest is None and comb(len(items.known), length) <= MOST_UNROLLED:
        return run.new_list([TupleValue(row) for row in combinations(map(present, items.known), length)])
    anything = iteration.any_item(items)
    return run.new_list((), None if anything is None else TupleValue((anything,) * length))


def _islice(run: Interpreter, given: Call) -> Value | None:
    items = builtins.first_items(run, given)
    match given.arguments[1:]:
        case (Constant(int(stop)),) if 0 <= stop <= len(items.known):
            return run.new_list(items.known[:stop])
        case (stop,) | (Constant(None | 0), stop) if items.count is iteration.ENDLESS:
            return run.new_list((), items.rest, count=stop)
        case _:
            return run.new_list((), iteration.any_item(items))


def _any_of(run: Interpreter, given: Call) -> Value | None:
    """Return what stands for any item of a sequence that was read."""
    match given.arguments:
        case (ListValue() | TupleValue() as sequence, *_):
            return iteration.any_item(run.iterate(sequence, given.site))
        case _:
            return None


def _sample(run: Interpreter, given: Call) -> Value | None:
    item = _any_of(run, given)
    return run.new_list((), item, count=given.argument(1, "k")) if item is not None else None


def _choices(run: Interpreter, given: Call) -> Value | None:
    """Draw so many items, one if the program does not say: of a text, letters."""
    item = run.call(LibraryName("random.choice"), Call(given.arguments[:1], {}, given.site))
    return run.new_list((), item, count=given.argument(None, "k") or Constant(1))


def _cycle(run: Interpreter, given: Call) -> Value | None:
    item = iteration.any_item(builtins.first_items(run, given))
    return run.new_list((), item, "generator", iteration.ENDLESS)


def _count(run: Interpreter, given: Call) -> Value | None:
    return run.new_list((), Unknown("a counter", "counter", given.arguments), "generator", iteration.ENDLESS)


def _repeat(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (value, Constant(int(count))) if 0 <= count <= MOST_UNROLLED:
            return run.new_list((value,) * count)
        case (value, *counts):
            return run.new_list((), value, count=next(iter(counts), iteration.ENDLESS))
        case _:
            return None


# re -------------------------------------------------------------------------------------------------------------

_ONE_LETTER = frozenset("dDwWsS")
_SPECIAL = frozenset("^$*+?{}|()[]\\")


def _find_all(run: Interpreter, given: Call) -> Value | None:
    """Find what matches a pattern: texts that all are as long, where the pattern says how long."""
    match given.arguments:
        case (Constant(str(pattern)), text, *_) if len(pattern) < MOST_ITEMS:
            width = _width_of_match(pattern)
            found = Unknown("a part of a text", EXACTLY, (text, Constant(width)))
            return run.new_list((), found) if width is not None else None
        case _:
            return None


def _width_of_match(pattern: str) -> int | None:
    """Return how many letters match a pattern, None where that may differ, or where it takes more to say."""
    width = 0
    while pattern:
        letters, pattern = _one_letter(pattern)
        times, closed = 1, True
        if pattern.startswith("{"):
            count, closed_by, pattern = pattern[1:].partition("}")
            closed = bool(closed_by) and count.isdecimal() and len(count) <= MOST_DIGITS
            times = int(count) if closed else 0
        if not letters or not closed:
            return None
        width += times
    return width


def _one_letter(pattern: str) -> tuple[str, str]:
    """Take what matches exactly one letter off a pattern: "" for anything else."""
    match pattern[0], pattern[1:2]:
        case "\\", letter if letter in _ONE_LETTER or (letter and not letter.isalnum()):
            return pattern[:2], pattern[2:]
        case "[", _:
            end = pattern.find("]", 2)
            return ("", "") if end < 0 else (pattern[: end + 1], pattern[end + 1 :])
        case letter, _ if letter not in _SPECIAL:
            return letter, pattern[1:]
        case _:
            return "", ""


# collections and copy -------------------------------------------------------------------------------------------


def _default_dict(run: Interpreter, given: Call) -> Value | None:
    made = run.call(LibraryName("builtins.dict"), Call(given.arguments[1:], given.keywords, given.site))
    return DictValue(made.store, next(iter(given.arguments), None)) if isinstance(made, DictValue) else None


def _deque(run: Interpreter, given: Call) -> Value | None:
    made = run.call(LibraryName("builtins.list"), Call(given.arguments[:1], {}, given.site))
    most = given.argument(1, "maxlen")
    if isinstance(made, ListValue) and most is not None:
        run.heap.write(made.store, MOST_ITEMS_HELD, most)
    return made


def _named_tuple(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Constant(str(name)), Constant(str(text)), *_):
            names = text.replace(",", " ").split()
        case (Constant(str(name)), ListValue() | TupleValue() as parts, *_):
            items = run.iterate(parts, given.site).known
            known = [item.items[0] if isinstance(item, TupleValue) and item.items else item for item in items]
            names = [str(item.value) for item in known if isinstance(item, Constant)]
        case _:
            return None
    slots: dict[Key, Value] = {members.FIELDS: TupleValue(tuple(map(Constant, names)))}
    defaults = given.keywords.get("defaults")
    values = run.iterate(defaults, given.site).known if defaults is not None else ()
    slots.update(zip(reversed(names), reversed(values), strict=False))
    return classes.make(run, name, (members.NAMED_TUPLE,), slots, given.site)


def _copy(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (ListValue() as value, *_):
            return run.new_list(value.items.known, value.items.rest, value.kind, value.items.count)
        case (DictValue() as value, *_):
            run.budget.spend(len(value.store.slots) // 8)
            return DictValue(Store(dict(value.store.slots)), value.factory)
        case (Instance() as value, *_):
            return Instance(value.cls, Store(dict(value.attributes.slots)), value.site)
        case (value, *_):
            return value
        case _:
            return None


# dataclasses ----------------------------------------------------------------------------------------------------


def _field(dotted: str) -> Builtin:
    def keep(run: Interpreter, given: Call) -> Value | None:
        default = {"default": given.arguments[0]} if given.arguments else {}
        return PartialValue(LibraryName(dotted), (), {**default, **given.keywords})

    return keep


def _as_dict(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Instance(cls=cls, attributes=store), *_):
            known = {name: store.read(name) for name in members.fields(cls)}
            return run.new_dict({name: value for name, value in known.items() if value is not ABSENT})
        case (TupleValue(items=items, fields=names),):
            return run.new_dict(dict(zip(names, items, strict=False)))
        case _:
            return None


def _replace(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Instance() as old,):
            return Instance(old.cls, Store({**old.attributes.slots, **dict(given.keywords.items())}), old.site)
        case _:
            return None


# Modules, paths and the environment -----------------------------------------------------------------------------


def _import_module(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Constant(str(dotted)), *_):
            name = dotted.lstrip(".")
            return run.import_module(name, len(dotted) - len(name))
        case _:
            return None


def _environment(run: Interpreter, given: Call) -> Value | None:
    return given.argument(1, "default")


def _join_path(run: Interpreter, given: Call) -> Value | None:
    parts = [part.value for part in given.arguments if isinstance(part, Constant) and isinstance(part.value, str)]
    if len(parts) != len(given.arguments) or sum(map(len, parts)) > MOST_TEXT:
        return None
    joined = ""
    for part in parts:
        joined = part if part.startswith("/") else f"{joined.rstrip('/')}/{part}" if joined else part
    return Constant(joined)


def _second_argument(run: Interpreter, given: Call) -> Value | None:
    return given.arguments[1] if len(given.arguments) > 1 else None


FUNCTIONS: Mapping[str, Builtin] = {
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "builtins.reduce": _reduce,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_from_iterable,
    "itertools.product": _product,
    "itertools.combinations": _combinations,
    "itertools.islice": _islice,
    "itertools.cycle": _cycle,
    "itertools.count": _count,
    "itertools.repeat": _repeat,
    "itertools.izip": builtins.FUNCTIONS["builtins.zip"],
    "itertools.imap": builtins.FUNCTIONS["builtins.map"],
    "re.findall": _find_all,
    "random.choice": _any_of,
    "random.choices": _choices,
    "random.sample": _sample,
    "collections.OrderedDict": builtins.FUNCTIONS["builtins.dict"],
    "collections.deque": _deque,
    "collections.defaultdict": _default_dict,
    "collections.namedtuple": _named_tuple,
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
    **{dotted: _field(dotted) for dotted in classes.FIELD_MAKERS},
    "dataclasses.asdict": _as_dict,
    "dataclasses.replace": _replace,
    "importlib.import_module": _import_module,
    "builtins.__import__": _import_module,
    "os.environ.get": _environment,
    "os.getenv": _environment,
    "os.path.join": _join_path,
    "typing.cast": _second_argument,
    "six.with_metaclass": _second_argument,
    "future.utils.with_metaclass": _second_argument,
}
