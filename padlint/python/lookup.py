"""Names, attributes and subscripts: what a program reads by naming it."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from padlint.python.heap import Key, Store
from padlint.python.joins import join, join_all
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
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

KEYWORDS = {"True": Constant(True), "False": Constant(False), "None": NONE}
BUILTIN_NAMES = frozenset(dir(builtins)) | {"unicode", "xrange", "raw_input", "basestring", "long", "reduce"}


def name(run: Interpreter, name_: str) -> Value:
    """Return what a name is bound to: a variable, what a star import brought, or a builtin."""
    if name_ in KEYWORDS:
        return KEYWORDS[name_]
    value = run.frame.scope.lookup(name_)
    if value is not ABSENT:
        return _present(_imported(run, value))
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


def _present(value: Value) -> Value:
    return join_all(alternatives(value)) if isinstance(value, Choice) and ABSENT in value.alternatives else value


# Attributes -----------------------------------------------------------------------------------------------------


def attribute(run: Interpreter, value: Value, name_: str, site: Site) -> Value:
    """Read an attribute; on a choice, of each alternative."""
    match value:
        case Choice():
            return join_all(attribute(run, option, name_, site) for option in alternatives(value))
        case Instance():
            return _instance_attribute(run, value, name_, site)
        case ClassValue():
            return _class_attribute(run, value, name_, site)
        case ModuleValue():
            return _module_attribute(run, value, name_)
        case LibraryName(dotted):
            longer = LibraryName(f"{dotted}.{name_}")
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
        return _present(own)
    if name_ == "__class__":
        return instance.cls
    if name_ == "__dict__":
        return DictValue(instance.attributes)
    for cls in instance.cls.lineage():
        found = cls.scope.store.read(name_)
        if found is not ABSENT:
            return join_all(_bind(run, option, instance, site) for option in alternatives(found))
    for base in instance.cls.library_bases():
        inherited = run.overlay.instance_attribute(instance, base, name_, site, run)
        if inherited is not None:
            return inherited
    reader = run.frame.function
    if reader is not None:
        run.unset_reads.setdefault(reader, set()).add((instance.cls, name_))
    return Method(instance, name_, next(instance.cls.library_bases(), None))


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
    for known in cls.lineage():
        found = known.scope.store.read(name_)
        if found is not ABSENT:
            return join_all(
                BoundMethod(option, cls) if isinstance(option, FunctionValue) and option.kind == "class" else option
                for option in alternatives(found)
            )
    base = next(cls.library_bases(), None)
    return LibraryName(f"{base.dotted}.{name_}") if base is not None else Method(cls, name_)


def _module_attribute(run: Interpreter, module: ModuleValue, name_: str) -> Value:
    run.modules.evaluate(run, module)
    value = module.scope.store.read(name_)
    if value is not ABSENT and not (isinstance(value, ImportedName) and value.module is module):
        return _present(_imported(run, value))
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
    base = next(value.after.library_bases(), None)
    return Method(receiver, name_, base)


# Subscripts -----------------------------------------------------------------------------------------------------


def subscript(run: Interpreter, value: Value, index: Value, site: Site) -> Value:
    """Read `value[index]`; on a choice, of each alternative."""
    match value, index:
        case Choice(), _:
            return join_all(subscript(run, option, index, site) for option in alternatives(value))
        case LibraryObject(), _:
            answer = value.subscript(index, site, run)
            return answer or Unknown("an item of something unresolved", "item", (value, index))
        case ListValue(), SliceValue():
            items = _slice(value.items, index)
            return run.new_list(items.known, items.rest, value.kind)
        case TupleValue(items=known, rest=rest), SliceValue():
            items = _slice(Items(known, rest), index)
            return TupleValue(items.known, items.rest)
        case ListValue(), _:
            return _item(value.items, index, value)
        case TupleValue(items=known, rest=rest), _:
            return _item(Items(known, rest), index, value)
        case DictValue(), _:
            return _entry(value, index)
        case Constant(str(text)), Constant(int(position)) if -len(text) <= position < len(text):
            return Constant(text[position])
        case _:
            return Unknown("an item of something unresolved", "item", (value, index))


def _item(items: Items, index: Value, container: Value) -> Value:
    options = (*items.known, *((items.rest,) if items.rest is not None else ()))
    match index:
        case Constant(bool() | int() as position):
            if items.rest is None and -len(items.known) <= position < len(items.known):
                return _present(items.known[position])
            if 0 <= position < len(items.known):
                return _present(items.known[position])
            if items.rest is not None:
                return items.rest if position >= 0 else join_all(_present(option) for option in options[-2:])
            return Unknown("an index past the end", "item", (container,))
    present = [option for option in map(_present, options) if option is not ABSENT]
    return join_all(present) if present else Unknown("an item of an empty list", "item", (container, index))


def _slice(items: Items, index: SliceValue) -> Items:
    literals = [bound.value if isinstance(bound, Constant) else ... for bound in (index.lower, index.upper, index.step)]
    bounds = [literal for literal in literals if literal is None or isinstance(literal, int)]
    if items.rest is None and len(bounds) == len(literals) and bounds[2] != 0:
        return Items(items.known[bounds[0] : bounds[1] : bounds[2]])
    everything = (*items.known, *((items.rest,) if items.rest is not None else ()))
    return Items((), join_all(everything)) if everything else Items(())


def _entry(container: DictValue, index: Value) -> Value:
    slots = container.store.slots
    if isinstance(index, Constant):
        try:
            found = slots.get(index.value, ABSENT)
        except TypeError:
            found = ABSENT
        if found is not ABSENT:
            return _present(found)
        return slots.get(REST) or Unknown(f"key {index.value!r} is not in the dict", "item", (container, index))
    if isinstance(index, Choice):
        return join_all(_entry(container, option) for option in alternatives(index))
    if slots:
        return join_all(_present(value) for value in slots.values())
    return Unknown("an item of an unresolved dict", "item", (container, index))


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
