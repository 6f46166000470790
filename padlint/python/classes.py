"""Classes of the project: defined, decorated, instantiated; those with fields and those with members included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from padlint.python import lookup
from padlint.python.arithmetic import compare
from padlint.python.heap import Key, Store
from padlint.python.joins import join, join_all
from padlint.python.members import FIELDS, MAKER, MEMBERS, NAMED_TUPLE, fields, members
from padlint.python.scope import Scope, ScopeKind
from padlint.python.values import (
    ABSENT,
    BoundMethod,
    Call,
    ClassValue,
    Constant,
    DictValue,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    Method,
    PartialValue,
    Site,
    TupleValue,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

FIELD_DECORATORS = frozenset({"dataclasses.dataclass", "attr.s", "attr.attrs", "attr.dataclass", "attrs.define"})
FIELD_BASES = frozenset({NAMED_TUPLE.dotted, "typing_extensions.NamedTuple", "pydantic.BaseModel"})
FIELD_MAKERS = frozenset({"dataclasses.field", "attr.ib", "attr.attrib", "attrs.field", "pydantic.Field"})
MEMBER_BASES = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})
# A member of such a class is its value, for all that a program does with it.
PLAIN_MEMBER_BASES = frozenset({"enum.IntEnum", "enum.StrEnum", "enum.IntFlag", "builtins.str", "builtins.int"})


# Definitions ----------------------------------------------------------------------------------------------------


def define(run: Interpreter, node: cst.ClassDef) -> None:
    """Run a `class` statement: its body in a scope of its own, then its decorators."""
    frame = run.frame
    outer = frame.scope
    name = node.name.value
    bases = tuple(run.evaluate(base.value) for base in node.bases if not base.star)
    cls = ClassValue(name, bases, Scope(ScopeKind.CLASS, f"{outer.name}.{name}", outer), run.site(node))
    cls.scope.owner = cls
    frame.scope = cls.scope
    try:
        run.execute(node.body.body)
    finally:
        frame.scope = outer
    run.classes[node] = cls
    _make_members(run, cls)
    run.heap.write(outer.home(name).store, name, _decorated(run, cls, node))


def make(run: Interpreter, name: str, bases: tuple[Value, ...], slots: dict[Key, Value], site: Site) -> ClassValue:
    """Make a class as `type(name, bases, slots)` does."""
    outer = run.frame.scope
    cls = ClassValue(name, bases, Scope(ScopeKind.CLASS, f"{outer.name}.{name}", outer), site)
    cls.scope.owner = cls
    cls.scope.store.slots.update(slots)
    return cls


def _decorated(run: Interpreter, cls: ClassValue, node: cst.ClassDef) -> Value:
    """Apply the decorators of a class; one that is not read is taken to leave the class as it is."""
    value: Value = cls
    if any(base.dotted in FIELD_BASES for base in cls.library_bases()):
        _note_fields(run, cls, node)
    for decorator in reversed(node.decorators):
        function = run.evaluate(decorator.decorator)
        if _library_decorator(function) in FIELD_DECORATORS:
            _note_fields(run, cls, node)
        elif isinstance(function, FunctionValue | BoundMethod | PartialValue | Instance | ClassValue):
            result = run.call(function, Call((value,), {}, run.site(decorator)))
            value = result if isinstance(result, ClassValue | FunctionValue | Instance | LibraryObject) else value
    return value


def _library_decorator(function: Value) -> str:
    """Return the dotted name of a decorator of a library, with arguments or without."""
    match function:
        case LibraryName(dotted):
            return dotted
        case Unknown(operation=operation):
            return operation.removeprefix("call:")
        case _:
            return ""


# Fields ---------------------------------------------------------------------------------------------------------


def _note_fields(run: Interpreter, cls: ClassValue, node: cst.ClassDef) -> None:
    """Write down the fields of a class: those of its bases first, then those that its body annotates."""
    inherited = fields(cls)
    made = [name for name, value in cls.scope.store.slots.items() if _is_made(value) and isinstance(name, str)]
    own = [name for name in dict.fromkeys((*_annotated(node), *made)) if name not in inherited]
    names = tuple(Constant(name) for name in (*inherited, *own))
    run.heap.write(cls.scope.store, FIELDS, TupleValue(names))


def _annotated(node: cst.ClassDef) -> Iterator[str]:
    for statement in node.body.body:
        match statement:
            case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name))]):
                yield name
            case _:
                pass


def _is_made(value: Value) -> bool:
    """Say whether the body of a class set a name to what declares a field (`x = attr.ib(default=3)`)."""
    match value:
        case PartialValue(function=LibraryName(dotted)):
            return dotted in FIELD_MAKERS
        case _:
            return False


def _field_value(run: Interpreter, cls: ClassValue, name: str, position: int, given: Call) -> Value:
    value = given.argument(position, name)
    if value is not None:
        return value
    unread = Unknown(f"field `{name}` of `{cls.name}`", "parameter", text=name)
    default = _field_default(run, cls, name, given.site)
    if default is ABSENT:
        return unread
    return join(default, unread) if given.open_ended else default


def _field_default(run: Interpreter, cls: ClassValue, name: str, site: Site) -> Value:
    """Return what a field is when it is not given, `ABSENT` where it has to be."""
    default = _class_slot(cls, name)
    if not isinstance(default, PartialValue) or not _is_made(default):
        return default
    factory = default.keywords.get("default_factory") or default.keywords.get("factory")
    if factory is not None:
        return run.call(factory, Call((), {}, site))
    return default.keywords.get("default", ABSENT)


def _class_slot(cls: ClassValue, name: str) -> Value:
    return next((v for known in cls.lineage() if (v := known.scope.store.read(name)) is not ABSENT), ABSENT)


# Members --------------------------------------------------------------------------------------------------------


def _make_members(run: Interpreter, cls: ClassValue) -> None:
    """Make the members of an enumeration of what its body assigns."""
    bases = {base.dotted for base in cls.library_bases()}
    if not bases & MEMBER_BASES:
        return
    plain = bool(bases & PLAIN_MEMBER_BASES)
    names: list[Value] = []
    for name, value in list(cls.scope.store.slots.items()):
        if not isinstance(name, str) or name.startswith("_") or isinstance(value, FunctionValue | ClassValue):
            continue
        names.append(Constant(name))
        if isinstance(value, Unknown) and value.operation == "call:enum.auto":
            value = Constant(len(names))  # noqa: PLW2901  # what stands in the body is not what the member is
        store = Store({"name": Constant(name), "value": value})
        run.heap.write(cls.scope.store, name, value if plain else Instance(cls, store, cls.site))
    run.heap.write(cls.scope.store, MEMBERS, TupleValue(tuple(names)))


def _member_of_value(every: dict[str, Value], value: Value) -> Value:
    """Return the member that `Color("red")` means, any of them when that is not known."""
    possible = []
    for member in every.values():
        own = member.attributes.read("value") if isinstance(member, Instance) else member
        answer = compare("==", own, value)
        if answer is True:
            return member
        if answer is None:
            possible.append(member)
    return join_all(possible)


# Instances ------------------------------------------------------------------------------------------------------


def instantiate(run: Interpreter, cls: ClassValue, given: Call) -> Value:
    """Make an instance of a project class and run its `__init__`."""
    every = members(cls)
    if every:
        return _member_of_value(every, given.arguments[0]) if given.arguments else join_all(every.values())
    names = fields(cls)
    if names and _is_plain_tuple(cls):
        values = tuple(_field_value(run, cls, name, i, given) for i, name in enumerate(names))
        return TupleValue(values, fields=tuple(names))
    if names and NAMED_TUPLE in cls.library_bases():
        return _tuple_made(run, cls, given)
    instance = Instance(cls, Store(), given.site)
    run.instances.setdefault(cls, []).append(instance)
    initialiser = lookup.find_method(instance, "__init__")
    if initialiser is not None:
        run.call(initialiser, given)
    elif names:
        _fill_fields(run, instance, names, given)
    else:
        _initialise_base(run, instance, given)
    return instance


def _tuple_made(run: Interpreter, cls: ClassValue, given: Call) -> Value:
    """Make a named tuple by the `__new__` of its class, where there is one."""
    maker = _class_slot(cls, MAKER)
    if not isinstance(maker, FunctionValue):
        return new_tuple(run, cls, given)
    made = run.call(maker, Call((cls, *given.arguments), given.keywords, given.site, given.open_ended))
    return made if isinstance(made, Instance) else new_tuple(run, cls, given)


def new_tuple(run: Interpreter, cls: ClassValue, given: Call) -> Value:
    """Make a named tuple with methods of its own, each field as it is given."""
    instance = Instance(cls, Store(), given.site)
    run.instances.setdefault(cls, []).append(instance)
    _fill_fields(run, instance, fields(cls), given)
    return instance


def _is_plain_tuple(cls: ClassValue) -> bool:
    """Say whether instances are tuples and nothing more: a named tuple without methods of its own."""
    if NAMED_TUPLE not in cls.library_bases():
        return False
    return not any(
        isinstance(value, FunctionValue) for known in cls.lineage() for value in known.scope.store.slots.values()
    )


def _fill_fields(run: Interpreter, instance: Instance, names: list[str], given: Call) -> None:
    for position, name in enumerate(names):
        value = _field_value(run, instance.cls, name, position, given)
        run.heap.write(instance.attributes, name, value)
    finish = lookup.find_method(instance, "__post_init__")
    if finish is not None:
        run.call(finish, Call((), {}, given.site))


def _initialise_base(run: Interpreter, instance: Instance, given: Call) -> None:
    base = next(iter(instance.cls.library_bases()), None)
    if base is None:
        return
    if base.dotted in ("builtins.dict", "collections.OrderedDict"):
        entries = run.call(LibraryName("builtins.dict"), given)
        for key, value in entries.entries() if isinstance(entries, DictValue) else ():
            if isinstance(key, Constant):
                run.heap.write(instance.attributes, key.value, value)
        return
    run.overlay.method(Method(instance, "__init__", base), given, run)
