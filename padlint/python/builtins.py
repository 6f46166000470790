"""Python's own functions, on abstract values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from padlint.python import classes, entries, formats, functions, iteration, methods, targets
from padlint.python.arithmetic import number_of
from padlint.python.budget import MOST_UNROLLED
from padlint.python.decorators import DECORATED_KINDS
from padlint.python.heap import Key, Store
from padlint.python.joins import join, join_all
from padlint.python.narrowing import EXACTLY, IS_INSTANCE, narrowed, untested
from padlint.python.truth import truth
from padlint.python.values import (
    ABSENT,
    NONE,
    BoundMethod,
    Call,
    Choice,
    ClassValue,
    Constant,
    DictValue,
    FunctionValue,
    Instance,
    Items,
    LibraryName,
    LibraryObject,
    ListValue,
    Method,
    ModuleValue,
    PartialValue,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
    may_be_absent,
    present,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

Builtin: TypeAlias = "Callable[[Interpreter, Call], Value | None]"


def first_items(run: Interpreter, given: Call) -> Items:
    """Return the items of the first argument, none when there is no argument."""
    return run.iterate(given.arguments[0], given.site) if given.arguments else Items(())


# Sequences ------------------------------------------------------------------------------------------------------


def _len(run: Interpreter, given: Call) -> Value | None:
    if len(given.arguments) != 1:
        return None
    return join_all(_length(run, option, given.site) for option in alternatives(given.arguments[0]))


def _length(run: Interpreter, value: Value, site: Site) -> Value:
    match value:
        case Constant(str() | bytes() as text):
            return Constant(len(text))
        case TupleValue(items, None):
            return Constant(len(items))
        case Unknown(count=int(count)):
            return Constant(count)
        case Unknown(operation=operation, sources=(_, count)) if operation == EXACTLY:
            return count
        case ListValue() if value.items.rest is None and not any(map(may_be_absent, value.items.known)):
            return Constant(len(value.items.known))
        case ListValue(items=Items((), _, Value() as count)):
            return untested(count)
        case DictValue() if not any(map(may_be_absent, value.store.slots.values())) and value.is_complete():
            return Constant(len(value.store.slots))
        case Instance():
            counted = run.find_method(value, "__len__")
            if counted is not None:
                return run.call(counted, Call((), {}, site))
        case _:
            pass
    return Unknown("the length of something unresolved", "len", (value,))


def _range(run: Interpreter, given: Call) -> Value | None:
    bounds = [value.value for value in given.arguments if isinstance(value, Constant) and isinstance(value.value, int)]
    if len(bounds) == len(given.arguments) and 1 <= len(bounds) <= 3 and (len(bounds) < 3 or bounds[2] != 0):
        numbers = range(*bounds)
        # `len()` of a huge range overflows.
        if not numbers or (numbers[-1] - numbers[0]) // numbers.step < MOST_UNROLLED:
            return run.new_list([Constant(number) for number in numbers], kind="range")
    return run.new_list((), Unknown("a counter", "counter", given.arguments), "range", _count_of_range(given.arguments))


def _count_of_range(bounds: tuple[Value, ...]) -> Value | None:
    """Return how many numbers a range has, by its bounds as they are written."""
    match bounds:
        case (end,) | (Constant(0), end):
            return end
        case (start, end):
            return Unknown("the length of a range", "-", (end, start))
        case _:
            return None


def _zip(run: Interpreter, given: Call) -> Value | None:
    if given.extra is not None:
        return _unzipped(run, given, given.extra)
    columns = [run.iterate(value, given.site) for value in given.arguments]
    known = [tuple(map(present, column.known)) for column in columns]
    if all(column.rest is None for column in columns):
        return run.new_list([TupleValue(row) for row in zip(*known, strict=False)])
    rows = _side_by_side(columns)
    if rows is not None:
        return run.new_list(map(TupleValue, rows))
    ending = [
        value for value, column in zip(given.arguments, columns, strict=True) if column.count is not iteration.ENDLESS
    ]
    count = _length(run, ending[0], given.site) if ending else iteration.ENDLESS
    return run.new_list((), TupleValue(tuple(iteration.any_item(column) or NONE for column in columns)), count=count)


def _unzipped(run: Interpreter, given: Call, extra: Value) -> Value | None:
    """Take rows apart into columns, `zip(*rows)`, however many rows there are."""
    columns = _side_by_side([run.iterate(row, given.site) for row in (*given.arguments, extra)])
    return None if columns is None else run.new_list([TupleValue(column[:-1], column[-1]) for column in columns])


def _side_by_side(sequences: Sequence[Items]) -> list[tuple[Value, ...]] | None:
    """Return what stands at each place of several sequences, up to the end of the shortest; None where that is far."""
    shortest = min((len(items.known) for items in sequences if items.rest is None), default=None)
    if shortest is None or shortest > MOST_UNROLLED:
        return None
    filled = [(*map(present, items.known), *([items.rest] * shortest if items.rest else ())) for items in sequences]
    return list(zip(*(items[:shortest] for items in filled), strict=False))


def _enumerate(run: Interpreter, given: Call) -> Value | None:
    if not given.arguments:
        return None
    start = given.argument(1, "start")
    first = start.value if isinstance(start, Constant) and isinstance(start.value, int) else 0
    items = first_items(run, given)
    known = [TupleValue((Constant(first + i), present(item))) for i, item in enumerate(items.known)]
    if items.rest is None:
        return run.new_list(known)
    counter = Unknown("a counter", "enumerate", (given.arguments[0], Constant(first + len(known))))
    return run.new_list(known, TupleValue((counter, items.rest)), count=items.count)


def _collect(kind: str) -> Builtin:
    def make(run: Interpreter, given: Call) -> Value | None:
        if given.arguments and isinstance(given.arguments[0], LibraryObject):
            return None
        items = first_items(run, given)
        if kind == "tuple":
            return iteration.tuple_of(items)
        if kind == "set":
            items = iteration.distinct(items)
        return run.new_list(items.known, items.rest, kind, items.count)

    return make


def _reversed(run: Interpreter, given: Call) -> Value | None:
    items = first_items(run, given)
    if items.rest is None:
        return run.new_list(reversed(items.known))
    return run.new_list((), iteration.any_item(items), count=items.count)


def _sorted(run: Interpreter, given: Call) -> Value | None:
    items = first_items(run, given)
    order = _sort_keys(items)
    if order is not None and "key" not in given.keywords:
        backwards = truth(given.keywords.get("reverse", Constant(False)))
        if backwards is not None:
            places = sorted(range(len(items.known)), key=lambda place: order[place], reverse=backwards)
            return run.new_list([items.known[place] for place in places])
    if len(items.known) < 2 and items.rest is None:
        return run.new_list(items.known)
    return run.new_list((), iteration.any_item(items), count=items.count)


def _sort_keys(items: Items) -> list[tuple[float, str]] | None:
    """Return what each item is sorted by; None when that is not known."""
    if items.rest is not None:
        return None
    texts = [item.value for item in items.known if isinstance(item, Constant) and isinstance(item.value, str)]
    numbers = [number for item in items.known if (number := number_of(item)) is not None]
    if len(items.known) == len(texts):
        return [(0.0, text) for text in texts]
    return [(float(number), "") for number in numbers] if len(items.known) == len(numbers) else None


def _dict(run: Interpreter, given: Call) -> Value | None:
    slots: dict[Key, Value] = {}
    for source in given.arguments:
        slots = entries.updated(run, slots, source, given.site)
    if given.open_ended:
        slots = entries.overlaid(slots, Unknown("an entry that was not read", "argument"))
    slots.update(given.keywords)
    return DictValue(Store(slots))


def _map(run: Interpreter, given: Call) -> Value | None:
    if len(given.arguments) < 2:
        return None
    function, *columns = given.arguments
    items = [run.iterate(column, given.site) for column in columns]
    rows = list(zip(*(map(present, column.known) for column in items), strict=False))
    known = [run.call(function, Call(row, {}, given.site)) for row in rows[:MOST_UNROLLED]]
    others = [iteration.any_item(column) for column in items]
    endless = all(column.rest is not None for column in items) or len(rows) > MOST_UNROLLED
    if not endless:
        return run.new_list(known)
    arguments = tuple(other for other in others if other is not None)
    with run.repeated():
        count = items[0].count if len(items) == 1 else None
        return run.new_list(known, run.call(function, Call(arguments, {}, given.site)), count=count)


def _filter(run: Interpreter, given: Call) -> Value | None:
    if len(given.arguments) != 2:
        return None
    function, source = given.arguments
    items = run.iterate(source, given.site)
    if items.rest is not None or len(items.known) > MOST_UNROLLED:
        item = iteration.any_item(items)
        left = None if item is None else _filtered(run, function, item, given.site)
        return run.new_list((), None if left is None else present(left))
    kept = [_filtered(run, function, item, given.site) for item in items.known]
    return run.new_list([item for item in kept if item is not None])


def _filtered(run: Interpreter, function: Value, item: Value, site: Site) -> Value | None:
    """Return what a filter leaves of an item: None when nothing."""
    test = item if function == NONE else run.call(function, Call((present(item),), {}, site))
    holds = truth(test)
    if holds is False:
        return None
    return item if holds else join(narrowed(run, test, item), ABSENT)


def _iter(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (ListValue() | TupleValue() | DictValue() as value,):
            items = run.iterate(value, given.site)
            return run.new_list(items.known, items.rest, "generator")
        case (value, *_):
            return value
        case _:
            return None


def _next(run: Interpreter, given: Call) -> Value | None:
    if not given.arguments:
        return None
    match given.arguments[0]:
        case ListValue(kind="generator", items=Items((first, *others), rest)) as source:
            if run.repeats(source.store) or may_be_absent(first):
                return methods.take_any(run, source)
            run.heap.write(source.store, "items", Items(tuple(others), rest))
            return first
        case source:
            return iteration.item_of(run, source, given.site)


def _slice(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (upper,):
            return SliceValue(NONE, upper, NONE)
        case (lower, upper):
            return SliceValue(lower, upper, NONE)
        case (lower, upper, step):
            return SliceValue(lower, upper, step)
        case _:
            return None


# Numbers and texts ----------------------------------------------------------------------------------------------


def _of_numbers(name: str, plain: Builtin) -> Builtin:
    """Make a function of numbers that asks first what a library made, and may be a number."""

    def compute(run: Interpreter, given: Call) -> Value | None:
        objects = (value for value in given.arguments if isinstance(value, LibraryObject))
        answers = (value.calculate(name, given, run) for value in objects)
        return next(filter(None, answers), None) or plain(run, given)

    return compute


def _extreme(choose: Callable[[list[float]], float]) -> Builtin:
    def pick(run: Interpreter, given: Call) -> Value | None:
        items = first_items(run, given) if len(given.arguments) == 1 else Items(given.arguments)
        numbers = [number for item in items.known if (number := number_of(item)) is not None]
        if items.rest is None and numbers and len(numbers) == len(items.known) and not given.keywords:
            return Constant(choose(numbers))
        return Unknown("the extreme of unresolved values", choose.__name__, given.arguments)

    return pick


def _sum(run: Interpreter, given: Call) -> Value | None:
    items = first_items(run, given)
    start = given.argument(1, "start")
    if isinstance(start, ListValue):
        return iteration.chained(run, items, given.site)
    numbers = [number for item in items.known if (number := number_of(item)) is not None]
    if items.rest is None and len(numbers) == len(items.known) and start is None:
        return Constant(sum(numbers))
    return Unknown("the sum of unresolved values", "sum", given.arguments)


def _convert(kind: type[int | float | str | bool]) -> Builtin:
    def convert(run: Interpreter, given: Call) -> Value | None:
        if not given.arguments:
            return Constant(kind())
        if len(given.arguments) > 1:
            return None
        return join_all(_converted(kind, option) for option in alternatives(given.arguments[0]))

    return convert


def _converted(kind: type[int | float | str | bool], value: Value) -> Value:
    if kind is bool and truth(value) is not None:
        return Constant(truth(value))
    if isinstance(value, Constant) and isinstance(value.value, int | float | str) and len(str(value.value)) < 100:
        try:
            return Constant(kind(value.value))
        except (ValueError, OverflowError):
            pass
    return Unknown(f"{kind.__name__} of an unresolved value", kind.__name__, (value,))


def _format(run: Interpreter, given: Call) -> Value | None:
    if not given.arguments:
        return None
    return formats.put_together(run, [formats.Field(given.arguments[0], given.arguments[1:2])], given.site)


def _absolute(run: Interpreter, given: Call) -> Value | None:
    number = number_of(given.arguments[0]) if given.arguments else None
    return Constant(abs(number)) if number is not None else None


def _round(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Constant(int() | float() as number),):
            return Constant(round(number)) if abs(number) < 2.0**53 else None
        case (Constant(int() | float() as number), Constant(int(digits))) if abs(digits) < 16:
            return Constant(round(number, digits))
        case _:
            return None


def _quantified(wanted: bool) -> Builtin:  # noqa: FBT001  # any() looks for a true item, all() for a false one
    def decide(run: Interpreter, given: Call) -> Value | None:
        items = first_items(run, given)
        answers = [truth(item) for item in items.everything()]
        if wanted in answers[: len(items.known)]:
            return Constant(wanted)
        return Constant(not wanted) if all(answer is (not wanted) for answer in answers) else None

    return decide


# Objects and their attributes -----------------------------------------------------------------------------------

_LITERAL_KINDS: Mapping[str, tuple[type, ...]] = {
    "builtins.int": (int,),
    "builtins.float": (float,),
    "builtins.complex": (complex,),
    "builtins.str": (str,),
    "builtins.bytes": (bytes,),
    "builtins.bool": (bool,),
    "builtins.basestring": (str,),
    "builtins.unicode": (str,),
}
_LIST_KINDS = frozenset({"list", "set"})


def _isinstance(run: Interpreter, given: Call) -> Value | None:
    if len(given.arguments) != 2:
        return None
    value, kind = given.arguments
    kinds = kind.items if isinstance(kind, TupleValue) else (kind,)
    each = [[_is_instance(option, wanted) for wanted in kinds] for option in alternatives(value)]
    answers = {True if True in tests else None if None in tests else False for tests in each}
    decided = answers.pop() if len(answers) == 1 else None
    if decided is None:
        return Unknown("whether a value is of a class", IS_INSTANCE, (value, kind))
    return Constant(decided)


def _is_instance(value: Value, kind: Value) -> bool | None:
    match value, kind:
        case Instance(cls=cls), ClassValue():
            return kind in cls.lineage()
        case Instance(cls=cls), LibraryName():
            return True if kind in cls.library_bases() else None
        case ((Constant() | ListValue() | DictValue() | TupleValue() | FunctionValue()), ClassValue()):
            return False
        case Constant(literal), LibraryName(dotted) if dotted in _LITERAL_KINDS:
            return isinstance(literal, _LITERAL_KINDS[dotted])
        case ((Constant() | ListValue() | DictValue() | TupleValue()), LibraryName(dotted)):
            return _is_container(value, dotted)
        case _:
            return None


def _is_container(value: Value, dotted: str) -> bool | None:
    match dotted:
        case "builtins.list" | "builtins.set":
            if isinstance(value, ListValue) and value.kind not in _LIST_KINDS:
                return None
            return isinstance(value, ListValue) and dotted == f"builtins.{value.kind}"
        case "builtins.dict":
            return isinstance(value, DictValue)
        case "builtins.tuple":
            return isinstance(value, TupleValue)
        case _:
            return False if dotted in _LITERAL_KINDS else None


def _getattr(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (owner, Constant() | Choice() as names, *default):
            texts = [option.value for option in alternatives(names) if isinstance(option, Constant)]
            found = [_attribute_or(run, owner, text, default, given.site) for text in texts if isinstance(text, str)]
            return join_all(found) if found else None
        case _:
            return None


def _attribute_or(run: Interpreter, owner: Value, name: str, default: list[Value], site: Site) -> Value:
    found = run.attribute(owner, name, site)
    if not default:
        return found
    match found:
        case Unknown():
            return default[0]
        case Method(receiver=Unknown()):
            return join(default[0], found)
        case Method(receiver=LibraryObject() | LibraryName()):
            return found
        case LibraryObject() if found.is_none():
            # It may be that an attribute which would be None is not there at all.
            return join(default[0], found)
        case Method():
            return default[0]
        case _:
            return found


def _setattr(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (owner, Constant() | Choice() as names, value):
            for name in alternatives(names):
                if isinstance(name, Constant) and isinstance(name.value, str):
                    targets.set_attribute(run, owner, name.value, value, given.site)
            return NONE
        case (Instance(attributes=store), Unknown(), Unknown() as value):
            # What the program itself makes it puts where nothing is yet: a layer, under a name with a number.
            entries.overlay(run, store, value)
            return NONE
        case _:
            return None


def _delattr(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Instance(attributes=store), Constant(name)):
            run.heap.write(store, name, ABSENT)
            return NONE
        case _:
            return None


def _hasattr(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Instance() | ClassValue() | ModuleValue() as owner, Constant(str(name))):
            stores = [owner.attributes] if isinstance(owner, Instance) else []
            cls = owner.cls if isinstance(owner, Instance) else owner
            stores += (
                [known.scope.store for known in cls.lineage()] if isinstance(cls, ClassValue) else [cls.scope.store]
            )
            return Constant(True) if any(store.read(name) is not ABSENT for store in stores) else None
        case (LibraryObject() as owner, Constant(str(name))):
            found = owner.attribute(name, given.site, run)
            return Constant(False) if isinstance(found, LibraryObject) and found.is_none() else None
        case _:
            return None


def _type(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (Instance() as instance,):
            return instance.cls
        case (Constant(str(name)), TupleValue(items=bases), DictValue(store=store)):
            return classes.make(run, name, bases, store.slots, given.site)
        case _:
            return None


def _callable(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case (FunctionValue() | ClassValue() | BoundMethod() | PartialValue(),):
            return Constant(True)
        case (Constant() | ListValue() | DictValue() | TupleValue(),):
            return Constant(False)
        case _:
            return None


def _globals(run: Interpreter, given: Call) -> Value | None:
    return DictValue(run.frame.scope.module().store)


def _locals(run: Interpreter, given: Call) -> Value | None:
    return DictValue(run.frame.scope.store)


def _vars(run: Interpreter, given: Call) -> Value | None:
    match given.arguments:
        case ():
            return _locals(run, given)
        case (value,):
            found = run.attribute(value, "__dict__", given.site)
            return found if isinstance(found, DictValue) else None
        case _:
            return None


def _function_kind(dotted: str) -> Builtin:
    def convert(run: Interpreter, given: Call) -> Value | None:
        return functions.of_kind(given.arguments[0], dotted) if given.arguments else None

    return convert


def _nothing(run: Interpreter, given: Call) -> Value | None:
    return NONE


FUNCTIONS: Mapping[str, Builtin] = {
    "builtins.len": _len,
    "builtins.range": _range,
    "builtins.xrange": _range,
    "builtins.zip": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.list": _collect("list"),
    "builtins.tuple": _collect("tuple"),
    "builtins.set": _collect("set"),
    "builtins.frozenset": _collect("set"),
    "builtins.reversed": _reversed,
    "builtins.sorted": _sorted,
    "builtins.dict": _dict,
    "builtins.map": _map,
    "builtins.filter": _filter,
    "builtins.iter": _iter,
    "builtins.next": _next,
    "builtins.slice": _slice,
    "builtins.min": _of_numbers("min", _extreme(min)),
    "builtins.max": _of_numbers("max", _extreme(max)),
    "builtins.sum": _sum,
    "builtins.int": _of_numbers("int", _convert(int)),
    "builtins.float": _of_numbers("float", _convert(float)),
    "builtins.str": _convert(str),
    "builtins.bool": _convert(bool),
    "builtins.format": _format,
    "builtins.abs": _of_numbers("abs", _absolute),
    "builtins.round": _of_numbers("round", _round),
    "builtins.any": _quantified(wanted=True),
    "builtins.all": _quantified(wanted=False),
    "builtins.isinstance": _isinstance,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.delattr": _delattr,
    "builtins.hasattr": _hasattr,
    "builtins.type": _type,
    "builtins.callable": _callable,
    "builtins.globals": _globals,
    "builtins.locals": _locals,
    "builtins.vars": _vars,
    "builtins.print": _nothing,
    **{dotted: _function_kind(dotted) for dotted in DECORATED_KINDS},
}
