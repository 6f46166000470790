"""Names, attributes and subscripts: what a program reads by naming it."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import TYPE_CHECKING

from padlint.python import command_line, counters
from padlint.python.frames import EarlyRead
from padlint.python.heap import Key, Store
from padlint.python.joins import join, join_all
from padlint.python.members import NAMED_TUPLE, fields, members
from padlint.python.values import (
    ABSENT,
    NONE,
    REST,
    BoundMethod,
    Call,
    Choice,
    ClassValue,
    Constant,
    DictValue,
    FunctionValue,
    ImportedName,
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
    SuperValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
    may_be_absent,
    present,
    with_items,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

MOST_OTHERS = 4
PAST_THE_END = "past the end"

KEYWORDS = {"True": Constant(True), "False": Constant(False), "None": NONE}
BUILTIN_NAMES = frozenset(dir(builtins)) | {"unicode", "xrange", "raw_input", "basestring", "long", "reduce"}


def name(run: Interpreter, name_: str) -> Value:
    """Return what a name is bound to: a variable, what a star import brought, or a builtin."""
    if name_ in KEYWORDS:
        return KEYWORDS[name_]
    value = run.frame.scope.lookup(name_)
    if value is not ABSENT:
        return present(_imported(run, value))
    for library in reversed(run.frame.scope.module().stars):
        if run.overlay.exports(library, name_):
            return LibraryName(f"{library.dotted}.{name_}")
    if name_ in BUILTIN_NAMES:
        return LibraryName(f"builtins.{name_}")
    return Unknown(f"`{name_}` is not defined where padlint looked", text=name_)


def _imported(run: Interpreter, value: Value) -> Value:
    """Return a value with what was imported by name looked up in its module."""
    match value:
        case ImportedName(module, name_):
            return _module_attribute(run, module, name_)
        case Choice(options) if any(isinstance(option, ImportedName) for option in options):
            return join_all(_imported(run, option) for option in options)
        case _:
            return value


# Attributes -----------------------------------------------------------------------------------------------------


def attribute(run: Interpreter, value: Value, name_: str, site: Site) -> Value:
    """Read an attribute; on a choice, of each alternative."""
    match value:
        case Choice():
            # Where it may be None, the program does not get here.
            options = [option for option in alternatives(value) if option != NONE] or [NONE]
            return join_all(attribute(run, option, name_, site) for option in options)
        case Instance():
            return _instance_attribute(run, value, name_, site)
        case ClassValue():
            return _class_attribute(run, value, name_, site)
        case ModuleValue():
            return _module_attribute(run, value, name_)
        case LibraryName(dotted) if dotted in command_line.FLAG_HOLDERS:
            return command_line.flag(run, name_)
        case LibraryName(dotted):
            longer = LibraryName(f"{dotted}.{name_}")
            own = run.set_on_libraries.read(longer.dotted)
            if own is not ABSENT:
                return present(own)
            return run.overlay.attribute(longer, site, run) or longer
        case SuperValue():
            return _super_attribute(run, value, name_, site)
        case LibraryObject():
            return value.attribute(name_, site, run) or Method(value, name_)
        case _:
            return _plain_attribute(value, name_)


def _plain_attribute(value: Value, name_: str) -> Value:
    """Read an attribute of a value that has few of them besides its methods."""
    match value, name_:
        case TupleValue(items=items, fields=fields), _ if name_ in fields:
            return items[fields.index(name_)]
        case PartialValue(function=function), "func":
            return function
        case PartialValue(arguments=arguments), "args":
            return TupleValue(arguments)
        case FunctionValue(name=known), "__name__":
            return Constant(known)
        case Constant(), "value":
            # Only a member of an enumeration that is a number or text has one: itself.
            return value
        case _:
            return Method(value, name_)


def find_method(instance: Instance, name_: str) -> BoundMethod | None:
    """Look a method up in the project's classes alone, bound to the instance."""
    for cls in instance.cls.lineage():
        for option in alternatives(cls.scope.store.read(name_)):
            if isinstance(option, FunctionValue):
                return BoundMethod(option, instance)
    return None


def _instance_attribute(run: Interpreter, instance: Instance, name_: str, site: Site) -> Value:
    own = instance.attributes.read(name_)
    if own is not ABSENT:
        return present(own)
    if name_ == "__class__":
        return instance.cls
    if name_ == "__dict__":
        return DictValue(instance.attributes)
    for cls in instance.cls.lineage():
        found = cls.scope.store.read(name_)
        if found is not ABSENT:
            bound = join_all(_bind(run, option, instance, site) for option in alternatives(_imported(run, found)))
            return bound if isinstance(bound, BoundMethod) else _or_unread(instance, bound)
    fallback = find_method(instance, "__getattr__")
    if fallback is not None:
        return run.call(fallback, Call((Constant(name_),), {}, site))
    for base in instance.cls.library_bases():
        inherited = run.overlay.instance_attribute(instance, base, name_, site, run)
        if inherited is not None:
            return inherited
    _note_early_read(run, instance, name_)
    return _of_others(run, instance, name_) or Method(instance, name_, next(iter(instance.cls.library_bases()), None))


def _or_unread(instance: Instance, value: Value) -> Value:
    """Return what an attribute of a class is on an object, of which attributes may be set whose names were not read."""
    unread = instance.attributes.read(REST)
    return value if unread is ABSENT else join(value, present(unread))


def set_elsewhere(run: Interpreter, owner: Value, name_: str) -> Value:
    """Return what an attribute of an object that holds None is, where something is asked of it that None has not.

    It is set by a method that was not run on this object, or not yet.
    """
    found: Value | None = None
    if isinstance(owner, Instance):
        _note_early_read(run, owner, name_)
        found = _of_others(run, owner, name_)
    return found or NONE


def _note_early_read(run: Interpreter, instance: Instance, name_: str) -> None:
    """Remember that the running function reads an attribute before anything has set it."""
    reader, receiver = run.frame.function, run.frame.receiver
    if reader is not None:
        run.early_reads.setdefault(reader, {})[EarlyRead(receiver, instance.cls, name_)] = None


def _of_others(run: Interpreter, instance: Instance, name_: str) -> Value | None:
    """Return what an attribute is on other objects of the class, on which the methods that set it were run."""
    others = [other.attributes.read(name_) for other in run.instances.get(instance.cls, ()) if other is not instance]
    values = [value for held in others for value in alternatives(held) if value != NONE]
    return join_all(values[-MOST_OTHERS:]) if values else None


def _bind(run: Interpreter, found: Value, receiver: Value, site: Site) -> Value:
    match found:
        case FunctionValue(kind="static"):
            return found
        case FunctionValue(kind="class"):
            return BoundMethod(found, receiver.cls if isinstance(receiver, Instance) else receiver)
        case FunctionValue(kind="property"):
            return run.call(BoundMethod(found, receiver), Call((), {}, site))
        case FunctionValue() if isinstance(receiver, Instance):
            return BoundMethod(found, receiver)
    return found


def _class_attribute(run: Interpreter, cls: ClassValue, name_: str, site: Site) -> Value:
    if name_ == "__name__":
        return Constant(cls.name)
    if name_ == "__dict__":
        return DictValue(cls.scope.store)
    for known in cls.lineage():
        found = known.scope.store.read(name_)
        if found is not ABSENT:
            return join_all(
                BoundMethod(option, cls) if isinstance(option, FunctionValue) and option.kind == "class" else option
                for option in alternatives(_imported(run, found))
            )
    base = next(iter(cls.library_bases()), None)
    return LibraryName(f"{base.dotted}.{name_}") if base is not None else Method(cls, name_)


def _module_attribute(run: Interpreter, module: ModuleValue, name_: str) -> Value:
    run.modules.evaluate(run, module)
    if name_ == "__dict__":
        return DictValue(module.scope.store)
    value = module.scope.store.read(name_)
    if value is not ABSENT and not (isinstance(value, ImportedName) and value.module is module):
        return present(_imported(run, value))
    for library in reversed(module.scope.stars):
        if run.overlay.exports(library, name_):
            return LibraryName(f"{library.dotted}.{name_}")
    submodule = run.modules.submodule(run, module, name_)
    return submodule if submodule is not None else Unknown(f"module {module.name} has no `{name_}`", text=name_)


def _super_attribute(run: Interpreter, value: SuperValue, name_: str, site: Site) -> Value:
    receiver = value.receiver
    cls = receiver.cls if isinstance(receiver, Instance) else receiver
    lineage = list(cls.lineage()) if isinstance(cls, ClassValue) else []
    position = next((i for i, known in enumerate(lineage) if known is value.after), -1)
    for known in lineage[position + 1 :]:
        found = known.scope.store.read(name_)
        if found is not ABSENT:
            return join_all(_bind(run, option, receiver, site) for option in alternatives(found))
    base = next(iter(value.after.library_bases()), None)
    return Method(receiver, name_, base)


# Subscripts -----------------------------------------------------------------------------------------------------


def subscript(run: Interpreter, value: Value, index: Value, site: Site) -> Value:
    """Read `value[index]`; on a choice, of each alternative."""
    match value, index:
        case Choice(), _:
            # Where the index is past the end, the program does not get here.
            found = [subscript(run, option, index, site) for option in with_items(value)]
            return join_all([item for item in found if not _is_past_the_end(item)] or found)
        case LibraryObject(), _:
            answer = value.subscript(index, site, run)
            return answer or Unknown("an item of something unresolved", "item", (value, index))
        case _, SliceValue():
            return _sliced(run, value, index, site)
        case ListValue(), _:
            return _item(value.items, index, value)
        case TupleValue(items=known, rest=rest), _:
            return _item(Items(known, rest), index, value)
        case DictValue(), _:
            return _entry(run, value, index, site)
        case Constant(str(text)), Constant(int(position)) if -len(text) <= position < len(text):
            return Constant(text[position])
        case Instance(), _:
            return _instance_item(run, value, index, site)
        case ClassValue(), _:
            return _class_item(value, index)
        case _:
            return Unknown("an item of something unresolved", "item", (value, index))


def _is_past_the_end(item: Value) -> bool:
    return isinstance(item, Unknown) and item.operation == PAST_THE_END


def _item(items: Items, index: Value, container: Value) -> Value:
    options = items.everything()
    match index:
        case Constant(bool() | int() as position):
            if 0 <= position < len(items.known):
                return join_all(map(present, _from_place(items.known, position)))
            if items.rest is None and -len(items.known) <= position < 0:
                return join_all(map(present, _from_place(items.known[::-1], -1 - position)))
            if items.rest is not None:
                return items.rest if position >= 0 else join_all(present(option) for option in options[-2:])
            return Unknown("an index past the end", PAST_THE_END, (container,))
        case _ if options:
            return join_all(map(present, options))
        case _:
            return Unknown("an item of an empty list", "item", (container, index))


def _from_place(items: tuple[Value, ...], place: int) -> Iterator[Value]:
    """Yield what may be at a place: the item there, and those behind it that move up where others may be absent."""
    absent = sum(map(may_be_absent, items[:place]))
    for behind, item in enumerate(items[place:]):
        if behind <= absent:
            yield item
        absent += may_be_absent(item)


def _sliced(run: Interpreter, value: Value, index: SliceValue, site: Site) -> Value:
    bounds = _bounds(index)
    match value:
        case ListValue():
            items = _slice(value.items, bounds)
            return run.new_list(items.known, items.rest, value.kind, _count_of_part(value.items.count, index))
        case TupleValue(items=known, rest=rest):
            items = _slice(Items(known, rest), bounds)
            return TupleValue(items.known, items.rest)
        case Constant(str(text)) if bounds is not None:
            return Constant(text[bounds])
        case _:
            cut = run.overlay.cut(value, index, site, run)
            return cut or Unknown("part of something unresolved", "item", (value, index))


def _count_of_part(count: Value | None, index: SliceValue) -> Value | None:
    """Return how many items a slice takes of a sequence that has so many."""
    match index:
        case SliceValue(lower, upper, Constant(None | 1)) if upper == NONE:
            return _from(count, lower)
        case SliceValue(Constant(None), Constant(int(stop)), Constant(None | 1)) if stop < 0:
            return counters.moved(count, stop)
        case SliceValue(Constant(None), Constant(None), Constant(-1)):
            return count
        case SliceValue(Constant(None | 0), upper, Constant(None)) if count is not None:
            return counters.lesser(count, upper)
        case SliceValue(Unknown() as lower, upper, Constant(None)):
            return Unknown("the length of a window", "window", (upper, lower))
        case _:
            return None


def _from(count: Value | None, start: Value) -> Value | None:
    """Return how many of so many items there are from a place on, which may be counted from the end."""
    match start:
        case Constant(None):
            return count
        case Constant(int(number)) if number >= 0:
            return counters.moved(count, -number)
        case Constant(int(number)) if count is not None:
            return counters.lesser(count, Constant(-number))
        case Unknown(operation="unary -", sources=(number,)) if count is not None:
            return counters.lesser(count, number)
        case _:
            return None


def _slice(items: Items, bounds: slice | None) -> Items:
    if items.rest is None and bounds is not None:
        return Items(items.known[bounds])
    if bounds is not None and not bounds.start and bounds.step is None and 0 <= (bounds.stop or -1) <= len(items.known):
        return Items(items.known[bounds])
    everything = items.everything()
    return Items((), join_all(map(present, everything))) if everything else Items(())


def _bounds(index: SliceValue) -> slice | None:
    """Return the bounds of a slice, None when they are not known."""
    literals = [bound.value if isinstance(bound, Constant) else ... for bound in (index.lower, index.upper, index.step)]
    bounds = [literal for literal in literals if literal is None or isinstance(literal, int)]
    return slice(*bounds) if len(bounds) == len(literals) and bounds[2] != 0 else None


def _entry(run: Interpreter, container: DictValue, index: Value, site: Site) -> Value:
    slots = container.store.slots
    match index:
        case Constant():
            found = slots.get(key_of(index), ABSENT)
            if found is not ABSENT:
                return present(_imported(run, found))
            if container.factory is not None and REST not in slots:
                made = run.call(container.factory, Call((), {}, site))
                write_entry(run, container.store, index, made)
                return made
            return slots.get(REST) or Unknown(f"key {index.value!r} is not in the dict", "item", (container, index))
        case Choice():
            return join_all(_entry(run, container, option, site) for option in alternatives(index))
        case LibraryObject():
            # What such a key stands for says more of the item than all that the dict holds.
            return Unknown("an item of a dict", "item", (container, index))
        case _ if slots:
            return join_all(present(_imported(run, value)) for value in slots.values())
        case _:
            return Unknown("an item of an unresolved dict", "item", (container, index))


def _instance_item(run: Interpreter, instance: Instance, index: Value, site: Site) -> Value:
    method = find_method(instance, "__getitem__")
    if method is not None:
        return run.call(method, Call((index,), {}, site))
    names = fields(instance.cls)
    match index:
        case Constant(int(position)) if NAMED_TUPLE in instance.cls.library_bases() and position < len(names):
            return instance.attributes.read(names[position])
        case Constant(str(key)) if instance.attributes.read(key) is not ABSENT:
            return present(instance.attributes.read(key))
        case _:
            return Unknown("an item of something unresolved", "item", (instance, index))


def _class_item(cls: ClassValue, index: Value) -> Value:
    """Return a member of an enumeration by its name; any other class with a subscript is that class, made generic."""
    every = members(cls)
    if not every:
        return cls
    return every[index.value] if isinstance(index, Constant) and index.value in every else join_all(every.values())


def key_of(index: Value) -> Key:
    """Return the store key for a dict's index: the literal, or `REST` when it is not known."""
    if isinstance(index, Constant) and isinstance(index.value, str | int | float | bytes | None):
        return index.value
    return REST


def store_entry(slots: dict[Key, Value], index: Value, value: Value) -> None:
    """Put an entry into a dict that is still being made."""
    key = key_of(index)
    slots[key] = join(slots[key], value) if key is REST and key in slots else value


def write_entry(run: Interpreter, store: Store, index: Value, value: Value) -> None:
    """Put an entry into a dict of the program."""
    key = key_of(index)
    old = store.read(key)
    run.heap.write(store, key, join(old, value) if key is REST and old is not ABSENT else value)
