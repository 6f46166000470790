"""Python's own functions and the methods of its own types, on abstract values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from padlint.python import iteration, lookup, targets
from padlint.python.budget import MOST_ITEMS, MOST_UNROLLED
from padlint.python.heap import Store
from padlint.python.joins import join, join_all
from padlint.python.values import (
    ABSENT,
    NONE,
    REST,
    Call,
    Choice,
    ClassValue,
    Constant,
    DictValue,
    Instance,
    Items,
    LibraryName,
    LibraryObject,
    ListValue,
    Method,
    PartialValue,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

Builtin: TypeAlias = "Callable[[Interpreter, Call], Value | None]"
BuiltinMethod: TypeAlias = "Callable[[Interpreter, Value, Call], Value | None]"


def call(run: Interpreter, name: LibraryName, given: Call) -> Value | None:
    """Call a builtin or a function of the standard library that only moves values about; None for all others."""
    handler = _FUNCTIONS.get(name.dotted)
    return handler(run, given) if handler is not None else None


def method(run: Interpreter, receiver: Value, name: str, given: Call) -> Value | None:
    """Call a method of a list, dict, tuple, string or object; None when it is not one that is known."""
    match receiver:
        case ListValue():
            handler = _LIST_METHODS.get(name)
        case DictValue():
            handler = _DICT_METHODS.get(name)
        case Constant(str()):
            return _text_method(run, receiver, name, given)
        case _:
            handler = None
    return handler(run, receiver, given) if handler is not None else None


# Functions ------------------------------------------------------------------------------------------------------


def _len(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Constant(str(text)),):
            return Constant(len(text))
        case (TupleValue(items, None),) if ABSENT not in items:
            return Constant(len(items))
        case (ListValue() as items,) if items.items.rest is None and not _may_be_absent(items.items):
            return Constant(len(items.items.known))
        case (Instance() as instance,):
            counted = run.find_method(instance, "__len__")
            return run.call(counted, Call((), {}, given.site)) if counted is not None else None
        case (value,):
            return Unknown("the length of something unresolved", "len", (value,))
    return None


def _may_be_absent(items: Items) -> bool:
    return any(isinstance(item, Choice) and ABSENT in item.alternatives for item in items.known)


def _range(run: Interpreter, given: Call) -> Value | None:
    bounds = [value.value for value in given.arguments if isinstance(value, Constant) and isinstance(value.value, int)]
    if len(bounds) == len(given.arguments) and bounds and (len(bounds) < 3 or bounds[2] != 0):
        numbers = range(*bounds)
        # `len()` of a huge range overflows.
        if numbers and (numbers[-1] - numbers[0]) // numbers.step < MOST_UNROLLED:
            return run.new_list([Constant(number) for number in numbers], kind="range")
        if not numbers:
            return run.new_list((), kind="range")
    return run.new_list((), Unknown("a counter", "counter", given.arguments), "range")


def _zip(run: Interpreter, given: Call) -> Value | None:
    columns = [run.iterate(value, given.site) for value in given.arguments]
    if not columns:
        return run.new_list(())
    if all(column.rest is None for column in columns):
        rows = zip(*(column.known for column in columns), strict=False)
        return run.new_list([TupleValue(row) for row in rows])
    shortest = min((len(column.known) for column in columns if column.rest is None), default=None)
    if shortest is not None and shortest <= MOST_UNROLLED:
        padded = [(*column.known, *([column.rest] * shortest if column.rest else ())) for column in columns]
        return run.new_list([TupleValue(row) for row in zip(*(row[:shortest] for row in padded), strict=False)])
    return run.new_list((), TupleValue(tuple(iteration.any_item(column) or NONE for column in columns)))


def _enumerate(run: Interpreter, given: Call) -> Value | None:
    if not given.arguments:
        return None
    start = given.argument(1, "start")
    first = start.value if isinstance(start, Constant) and isinstance(start.value, int) else 0
    items = run.iterate(given.arguments[0], given.site)
    known = [TupleValue((Constant(first + i), item)) for i, item in enumerate(items.known)]
    rest = TupleValue((Unknown("a counter", "counter"), items.rest)) if items.rest is not None else None
    return run.new_list(known, rest)


def _collect(kind: str) -> Builtin:
    def make(run: Interpreter, given: Call) -> Value | None:
        if not given.arguments:
            return run.new_list((), kind=kind) if kind != "tuple" else TupleValue(())
        if isinstance(given.arguments[0], LibraryObject):
            return None
        items = run.iterate(given.arguments[0], given.site)
        if kind == "tuple":
            return TupleValue(items.known, items.rest)
        return run.new_list(items.known, items.rest, kind)

    return make


def _reversed(run: Interpreter, given: Call) -> Value | None:
    items = run.iterate(given.arguments[0], given.site) if given.arguments else Items(())
    return run.new_list(reversed(items.known)) if items.rest is None else run.new_list((), iteration.any_item(items))


def _sorted(run: Interpreter, given: Call) -> Value | None:
    items = run.iterate(given.arguments[0], given.site) if given.arguments else Items(())
    return (
        run.new_list((), iteration.any_item(items))
        if len(items.known) != 1 or items.rest
        else run.new_list(items.known)
    )


def _dict(run: Interpreter, given: Call) -> Value | None:
    store = Store()
    for source in given.arguments:
        for option in alternatives(source):
            if isinstance(option, DictValue):
                store.slots.update(option.store.slots)
                continue
            items = run.iterate(option, given.site)
            for item in (*items.known, *((items.rest,) if items.rest else ())):
                key, value = targets.parts(run, item, 2, None, given.site)
                lookup.store_entry(store.slots, key, value)
    store.slots.update(given.keywords)
    return DictValue(store)


def _default_dict(run: Interpreter, given: Call) -> Value | None:
    return _dict(run, Call(given.arguments[1:], given.keywords, given.site))


def _map(run: Interpreter, given: Call) -> Value | None:
    if len(given.arguments) < 2:
        return None
    function, *columns = given.arguments
    items = [run.iterate(column, given.site) for column in columns]
    rows = list(zip(*(column.known for column in items), strict=False))
    known = [run.call(function, Call(row, {}, given.site)) for row in rows[:MOST_UNROLLED]]
    rests = [column.rest for column in items if column.rest is not None]
    if len(rests) == len(items):
        return run.new_list(known, _in_unknown_loop(run, function, tuple(rests), given.site))
    return run.new_list(known)


def _in_unknown_loop(run: Interpreter, function: Value, arguments: tuple[Value, ...], site: Site) -> Value:
    run.frame.unknown_loops += 1
    try:
        return run.call(function, Call(arguments, {}, site))
    finally:
        run.frame.unknown_loops -= 1


def _filter(run: Interpreter, given: Call) -> Value | None:
    items = run.iterate(given.arguments[-1], given.site) if given.arguments else Items(())
    return run.new_list((), iteration.any_item(items))


def _extreme(choose: Callable[[list[float]], float]) -> Builtin:
    def pick(run: Interpreter, given: Call) -> Value | None:
        if len(given.arguments) == 1:
            items = run.iterate(given.arguments[0], given.site)
            values: tuple[Value, ...] = items.known if items.rest is None else (Unknown("an item"),)
        else:
            values = given.arguments
        numbers = [
            value.value for value in values if isinstance(value, Constant) and isinstance(value.value, int | float)
        ]
        if numbers and len(numbers) == len(values) and not given.keywords:
            return Constant(choose(list(numbers)))
        return Unknown("the extreme of unresolved values", choose.__name__, given.arguments)

    return pick


def _convert(kind: type[int] | type[float] | type[str] | type[bool]) -> Builtin:
    def convert(run: Interpreter, given: Call) -> Value | None:
        match given.arguments:
            case (Constant(value),) if isinstance(value, int | float | str) and len(str(value)) < 100:
                try:
                    return Constant(kind(value))
                except (ValueError, OverflowError):
                    return None
        return Unknown(f"{kind.__name__} of an unresolved value", kind.__name__, given.arguments)

    return convert


def _isinstance(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (value, TupleValue(items)):
            answers = [_is_instance(value, item) for item in items]
            return Constant(True) if True in answers else None if None in answers else Constant(False)
        case (value, kind):
            answer = _is_instance(value, kind)
            return Constant(answer) if answer is not None else None
    return None


_KINDS: dict[str, tuple[type[Value], tuple[str, ...]]] = {
    "builtins.list": (ListValue, ("list",)),
    "builtins.set": (ListValue, ("set",)),
    "builtins.dict": (DictValue, ()),
    "builtins.tuple": (TupleValue, ()),
}
_LITERALS: dict[str, tuple[type, ...]] = {
    "builtins.int": (int,),
    "builtins.float": (float,),
    "builtins.str": (str,),
    "builtins.bool": (bool,),
    "builtins.basestring": (str,),
    "builtins.unicode": (str,),
}


def _is_instance(value: Value, kind: Value) -> bool | None:
    match value, kind:
        case Constant(literal), LibraryName(dotted) if dotted in _LITERALS:
            return isinstance(literal, _LITERALS[dotted])
        case Constant(), LibraryName(dotted) if dotted in _KINDS:
            return False
        case ((ListValue() | DictValue() | TupleValue()), LibraryName(dotted)) if dotted in _KINDS:
            wanted, kinds = _KINDS[dotted]
            return isinstance(value, wanted) and (not kinds or getattr(value, "kind", "") in kinds)
        case ((ListValue() | DictValue() | TupleValue()), LibraryName(dotted)) if dotted in _LITERALS:
            return False
        case Instance(), ClassValue():
            return any(known is kind for known in value.cls.lineage())
    return None


def _getattr(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (owner, Constant(str(name)), *rest):
            found = run.attribute(owner, name, given.site)
            missing = isinstance(found, Unknown) or (isinstance(found, Method) and isinstance(owner, Instance))
            return rest[0] if missing and rest else found
        case (owner, Choice() as names, *_):
            texts = [option.value for option in alternatives(names) if isinstance(option, Constant)]
            return join_all(run.attribute(owner, text, given.site) for text in texts if isinstance(text, str))
    return None


def _setattr(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (owner, Constant(str(name)), value):
            targets.set_attribute(run, owner, name, value, given.site)
    return NONE


def _hasattr(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Instance() as owner, Constant(str(name))):
            if owner.attributes.read(name) is not ABSENT or any(
                cls.scope.store.read(name) is not ABSENT for cls in owner.cls.lineage()
            ):
                return Constant(True)
    return None


def _type(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Instance() as instance,):
            return instance.cls
    return None


def _iter(run: Interpreter, given: Call) -> Value | None:
    return given.arguments[0] if given.arguments else None


def _next(run: Interpreter, given: Call) -> Value | None:
    return iteration.item_of(run, given.arguments[0], given.site) if given.arguments else None


def _partial(run: Interpreter, given: Call) -> Value | None:
    if not given.arguments:
        return None
    return PartialValue(given.arguments[0], given.arguments[1:], given.keywords)


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


def _sum(run: Interpreter, given: Call) -> Value | None:
    items = run.iterate(given.arguments[0], given.site) if given.arguments else Items(())
    numbers = [
        value.value for value in items.known if isinstance(value, Constant) and isinstance(value.value, int | float)
    ]
    if items.rest is None and len(numbers) == len(items.known):
        return Constant(sum(numbers))
    start = given.argument(1, "start")
    if isinstance(start, ListValue):
        return _chain_lists(run, items, given.site)
    return Unknown("the sum of unresolved values", "sum", given.arguments)


def _chain(run: Interpreter, given: Call) -> Value | None:
    return _chain_lists(run, Items(given.arguments), given.site)


def _chain_from_iterable(run: Interpreter, given: Call) -> Value | None:
    return _chain_lists(run, run.iterate(given.arguments[0], given.site), given.site) if given.arguments else None


def _chain_lists(run: Interpreter, lists: Items, site: Site) -> Value:
    parts = [run.iterate(item, site) for item in (*lists.known, *((lists.rest,) if lists.rest else ()))]
    known = [item for part in parts for item in part.known]
    rests = [part.rest for part in parts if part.rest is not None]
    if rests or lists.rest is not None or len(known) > MOST_ITEMS:
        return run.new_list((), join_all((*known, *rests)) if known or rests else None)
    return run.new_list(known)


def _copy(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (ListValue() as value, *_):
            return run.new_list(value.items.known, value.items.rest, value.kind)
        case (DictValue(store), *_):
            return DictValue(Store(dict(store.slots)))
        case (value, *_):
            return value
    return None


def _named_tuple(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (_, Constant(str(text)), *_):
            names = tuple(text.replace(",", " ").split())
        case (_, ListValue() | TupleValue() as fields, *_):
            items = run.iterate(fields, given.site)
            names = tuple(str(item.value) for item in items.known if isinstance(item, Constant))
        case _:
            return None
    return PartialValue(LibraryName("padlint.named_tuple"), (TupleValue(tuple(map(Constant, names))),), {})


def _make_named_tuple(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (TupleValue(items=fields), *_):
            names = tuple(str(field.value) for field in fields if isinstance(field, Constant))
            missing = Unknown("a field that was not given")
            return TupleValue(
                tuple(given.argument(i + 1, name) or missing for i, name in enumerate(names)), fields=names
            )
    return None


def _slice(run: Interpreter, given: Call) -> Value | None:
    bounds = {1: (NONE, *given.arguments, NONE), 2: (*given.arguments, NONE), 3: given.arguments}.get(
        len(given.arguments)
    )
    return SliceValue(*bounds) if bounds is not None else None


_FUNCTIONS: dict[str, Builtin] = {
    "builtins.len": _len,
    "builtins.range": _range,
    "builtins.xrange": _range,
    "builtins.zip": _zip,
    "itertools.zip_longest": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.list": _collect("list"),
    "builtins.tuple": _collect("tuple"),
    "builtins.set": _collect("set"),
    "builtins.frozenset": _collect("set"),
    "builtins.reversed": _reversed,
    "builtins.sorted": _sorted,
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "collections.defaultdict": _default_dict,
    "builtins.map": _map,
    "builtins.filter": _filter,
    "builtins.min": _extreme(min),
    "builtins.max": _extreme(max),
    "builtins.int": _convert(int),
    "builtins.float": _convert(float),
    "builtins.str": _convert(str),
    "builtins.bool": _convert(bool),
    "builtins.isinstance": _isinstance,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.hasattr": _hasattr,
    "builtins.type": _type,
    "builtins.iter": _iter,
    "builtins.next": _next,
    "builtins.sum": _sum,
    "builtins.slice": _slice,
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "builtins.reduce": _reduce,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_from_iterable,
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
    "collections.namedtuple": _named_tuple,
    "padlint.named_tuple": _make_named_tuple,
    "typing.cast": lambda run, given: given.argument(1, "val"),
}


# Methods --------------------------------------------------------------------------------------------------------


def _append(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    if isinstance(receiver, ListValue) and given.arguments:
        _extend_items(run, receiver, Items(given.arguments[:1]))
    return NONE


def _extend(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    if isinstance(receiver, ListValue) and given.arguments:
        _extend_items(run, receiver, run.iterate(given.arguments[0], given.site))
    return NONE


def _extend_items(run: Interpreter, receiver: ListValue, added: Items) -> None:
    """Add items at the end; in a loop of unknown count they may come any number of times."""
    items = receiver.items
    if run.in_unknown_loop() or items.rest is not None or len(items.known) + len(added.known) > MOST_ITEMS:
        extra = [*added.known, *([added.rest] if added.rest is not None else [])]
        rest = items.rest
        for value in extra:
            rest = value if rest is None else join(rest, value)
        run.heap.write(receiver.store, "items", Items(items.known, rest))
        return
    run.heap.write(receiver.store, "items", Items((*items.known, *added.known), added.rest))


def _insert(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    match receiver, given.arguments:
        case ListValue() as value, (Constant(int(position)), item):
            known = list(value.items.known)
            known.insert(position, item)
            run.heap.write(value.store, "items", Items(tuple(known), value.items.rest))
    return NONE


def _pop_item(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    if not isinstance(receiver, ListValue):
        return None
    items = receiver.items
    position = given.argument(0, "index")
    at = position.value if isinstance(position, Constant) and isinstance(position.value, int) else -1
    if items.rest is None and -len(items.known) <= at < len(items.known):
        known = list(items.known)
        taken = known.pop(at)
        run.heap.write(receiver.store, "items", Items(tuple(known)))
        return taken
    return iteration.any_item(items)


def _reverse(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    if isinstance(receiver, ListValue) and receiver.items.rest is None:
        run.heap.write(receiver.store, "items", Items(tuple(reversed(receiver.items.known))))
    return NONE


def _copy_list(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    return _copy(run, Call((receiver,), {}, given.site))


def _nothing(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    return NONE


def _get(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    if not isinstance(receiver, DictValue) or not given.arguments:
        return None
    default = given.argument(1, "default") or NONE
    index = given.arguments[0]
    if isinstance(index, Constant):
        found = receiver.store.read(lookup.key_of(index))
        if found is ABSENT:
            rest = receiver.store.read(REST)
            return default if rest is ABSENT else join(default, rest)
        absent = isinstance(found, Choice) and ABSENT in found.alternatives
        return join_all((*alternatives(found), default)) if absent else found
    return join(run.subscript(receiver, index, given.site), default)


def _items(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    if not isinstance(receiver, DictValue):
        return None
    known = [TupleValue((key, join_all(alternatives(value)))) for key, value in receiver.entries()]
    rest = receiver.store.read(REST)
    return run.new_list(known, None if rest is ABSENT else TupleValue((Unknown("a key"), rest)))


def _keys(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    items = run.iterate(receiver, given.site)
    return run.new_list(items.known, items.rest)


def _values(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    if not isinstance(receiver, DictValue):
        return None
    rest = receiver.store.read(REST)
    return run.new_list(
        [join_all(alternatives(value)) for _, value in receiver.entries()], None if rest is ABSENT else rest
    )


def _update(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    if not isinstance(receiver, DictValue):
        return None
    for source in given.arguments:
        for option in alternatives(source):
            if isinstance(option, DictValue):
                for key, value in list(option.store.slots.items()):
                    run.heap.write(receiver.store, key, value)
            else:
                run.heap.write(receiver.store, REST, Unknown("an entry of an unresolved dict", "item", (option,)))
    for name, value in given.keywords.items():
        run.heap.write(receiver.store, name, value)
    return NONE


def _set_default(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    if not isinstance(receiver, DictValue) or not given.arguments:
        return None
    found = receiver.store.read(lookup.key_of(given.arguments[0]))
    if found is not ABSENT:
        return found
    value = given.argument(1, "default") or NONE
    lookup.write_entry(run, receiver.store, given.arguments[0], value)
    return value


def _pop_entry(run: Interpreter, receiver: Value, given: Call) -> Value | None:
    value = _get(run, receiver, given)
    if isinstance(receiver, DictValue) and given.arguments and isinstance(given.arguments[0], Constant):
        run.heap.write(receiver.store, lookup.key_of(given.arguments[0]), ABSENT)
    return value


_LIST_METHODS: dict[str, BuiltinMethod] = {
    "append": _append,
    "add": _append,
    "extend": _extend,
    "update": _extend,
    "insert": _insert,
    "pop": _pop_item,
    "reverse": _reverse,
    "copy": _copy_list,
    "sort": _nothing,
    "clear": _nothing,
}
_DICT_METHODS: dict[str, BuiltinMethod] = {
    "get": _get,
    "items": _items,
    "iteritems": _items,
    "keys": _keys,
    "values": _values,
    "itervalues": _values,
    "update": _update,
    "setdefault": _set_default,
    "pop": _pop_entry,
    "copy": _copy_list,
}
_TEXT_METHODS = frozenset(
    {"lower", "upper", "strip", "rstrip", "lstrip", "title", "capitalize", "replace", "startswith", "endswith", "zfill"}
)


def _text_method(run: Interpreter, receiver: Constant, name: str, given: Call) -> Value | None:
    text = receiver.value
    literals = [value.value for value in given.arguments if isinstance(value, Constant)]
    if not isinstance(text, str) or len(literals) != len(given.arguments) or given.keywords:
        return None
    try:
        if name in _TEXT_METHODS and all(isinstance(literal, str | int) for literal in literals):
            return Constant(getattr(text, name)(*literals))
        if name == "format" and all(isinstance(literal, str | int | float) for literal in literals):
            return Constant(text.format(*literals))
        if name == "split" and len(literals) < 2:
            separator = str(literals[0]) if literals else None
            return run.new_list([Constant(part) for part in text.split(separator)])
    except (TypeError, ValueError, IndexError, KeyError):
        return None
    return None
