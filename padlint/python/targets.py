"""Assignment: what the left-hand side of `=`, a loop variable or a `with ... as` does to the program's state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from padlint.python import expressions, lookup
from padlint.python.budget import MOST_UNROLLED
from padlint.python.joins import join, join_all
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
    Site,
    SliceValue,
    Unknown,
    Value,
    alternatives,
    present,
    with_items,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


def assign(run: Interpreter, target: cst.CSTNode, value: Value) -> None:
    """Bind a target to a value; a pattern is taken apart."""
    match target:
        case cst.Name(value=name):
            run.heap.write(run.frame.scope.home(name).store, name, value)
        case cst.Attribute(value=owner, attr=attr):
            set_attribute(run, run.evaluate(owner), attr.value, value, run.site(target))
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            _unpack(run, elements, value, run.site(target))
        case cst.Subscript(value=owner):
            index, written = expressions.index_of(run, target), run.evaluate(owner)
            set_subscript(run, written, index, value, run.site(target))
            _write_back(run, owner, written, index, value)
        case cst.StarredElement(value=inner):
            assign(run, inner, value)
        case _:
            pass


def _write_back(run: Interpreter, target: cst.CSTNode, written: Value, index: Value, value: Value) -> None:
    """Let a variable hold what became of an object that notes no writes itself."""
    if not isinstance(target, cst.Name | cst.Attribute):
        return
    before = alternatives(written)
    after = [each.rewritten(index, value) if isinstance(each, LibraryObject) else each for each in before]
    if any(new is not old for new, old in zip(after, before, strict=True)):
        assign(run, target, join_all(after))


def delete(run: Interpreter, target: cst.CSTNode) -> None:
    """Run `del` on a name, an attribute, an item, or several of these."""
    match target:
        case cst.Name(value=name):
            run.heap.write(run.frame.scope.home(name).store, name, ABSENT)
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                delete(run, element.value)
        case cst.Attribute(value=owner, attr=attr):
            for option in alternatives(run.evaluate(owner)):
                if isinstance(option, Instance):
                    run.heap.write(option.attributes, attr.value, ABSENT)
        case cst.Subscript(value=owner):
            index = expressions.index_of(run, target)
            for option in alternatives(run.evaluate(owner)):
                if isinstance(option, DictValue | ListValue):
                    run.call(Method(option, "pop"), Call((index,), {}, run.site(target)))
        case _:
            pass


def set_attribute(run: Interpreter, owner: Value, name: str, value: Value, site: Site) -> None:
    """Set an attribute; on a choice, of each alternative, which may keep its old value."""
    match owner:
        case Instance():
            _set_on_instance(run, owner, name, value, site)
        case ModuleValue():
            run.modules.evaluate(run, owner)
            run.heap.write(owner.scope.store, name, value)
        case ClassValue():
            run.heap.write(owner.scope.store, name, value)
        case LibraryObject():
            owner.set_attribute(name, value, site, run)
        case LibraryName(dotted):
            run.heap.write(run.set_on_libraries, f"{dotted}.{name}", value)
        case Choice():
            deltas = []
            for option in alternatives(owner):
                with run.attempt() as delta:
                    set_attribute(run, option, name, value, site)
                deltas.append(delta)
            run.heap.merge(deltas)
        case _:
            pass


def _set_on_instance(run: Interpreter, owner: Instance, name: str, value: Value, site: Site) -> None:
    slot = setter_name(name)
    for cls in owner.cls.lineage():
        setter = cls.scope.store.slots.get(slot)
        if isinstance(setter, FunctionValue):
            run.call(BoundMethod(setter, owner), Call((value,), {}, site))
            return
    run.heap.write(owner.attributes, name, value)
    run.overlay.set_attribute(owner, name, value, site, run)


def setter_name(name: str) -> str:
    """Return the slot of a class in which the setter of a property is kept."""
    return f"{name}.setter"


def set_subscript(run: Interpreter, owner: Value, index: Value, value: Value, site: Site) -> None:
    """Write `owner[index] = value`."""
    match owner:
        case ListValue():
            run.budget.spend(len(owner.items.known) // 16)
            is_whole = isinstance(index, SliceValue) and index.lower == index.upper == index.step == NONE
            items = run.iterate(value, site) if is_whole else _with_item(owner.items, index, value)
            run.heap.write(owner.store, "items", items)
            run.overlay.set_subscript(owner, index, value, site, run)
        case DictValue():
            lookup.write_entry(run, owner.store, index, value)
        case LibraryObject():
            owner.set_subscript(index, value, site, run)
        case Choice():
            deltas = []
            for option in alternatives(owner):
                with run.attempt() as delta:
                    set_subscript(run, option, index, value, site)
                deltas.append(delta)
            run.heap.merge(deltas)
        case Instance():
            method = run.find_method(owner, "__setitem__")
            if method is not None:
                run.call(method, Call((index, value), {}, site))
            elif isinstance(index, Constant) and isinstance(index.value, str):
                run.heap.write(owner.attributes, index.value, value)
        case _:
            run.overlay.set_subscript(owner, index, value, site, run)


def _with_item(items: Items, index: Value, value: Value) -> Items:
    known = items.known
    match index:
        case Constant(int(position)) if -len(known) <= position < len(known):
            position %= len(known)
            return Items((*known[:position], value, *known[position + 1 :]), items.rest)
        case Constant(int(position)) if items.rest is not None and len(known) <= position < MOST_UNROLLED:
            # What is written to is there, and so is all that stands before it.
            return Items((*known, *[items.rest] * (position - len(known)), value), items.rest)
    joined = tuple(join(item, value) for item in known)
    return Items(joined, join(items.rest, value) if items.rest is not None else None if known else value)


def _unpack(run: Interpreter, elements: Sequence[cst.BaseElement], value: Value, site: Site) -> None:
    if isinstance(value, Choice) and ABSENT not in value.alternatives:
        columns = [parts(run, option, len(elements), _star(elements), site) for option in with_items(value)]
        values = [join_all(column) for column in zip(*columns, strict=True)]
    else:
        values = parts(run, value, len(elements), _star(elements), site)
    for element, part in zip(elements, values, strict=True):
        target = element if isinstance(element, cst.StarredElement) else element.value
        assign(run, target, part)


def _star(elements: Sequence[cst.BaseElement]) -> int | None:
    return next((i for i, element in enumerate(elements) if isinstance(element, cst.StarredElement)), None)


def parts(run: Interpreter, value: Value, count: int, star: int | None, site: Site) -> list[Value]:
    """Take a value apart into `count` values, the one at `star` being a list of what is left over."""
    if isinstance(value, LibraryObject):
        taken = [value.subscript(Constant(i), site, run) for i in range(count)] if star is None else []
        if taken and all(part is not None for part in taken):
            return [part for part in taken if part is not None]
    items = run.iterate(value, site)
    if star is None:
        return [_nth(items, i, value) for i in range(count)]
    after = count - star - 1
    if items.rest is not None:
        middle: Value = run.new_list(items.known[star:], items.rest)
        return [*(_nth(items, i, value) for i in range(star)), middle, *([items.rest] * after)]
    end = max(len(items.known) - after, star)
    return [
        *(_nth(items, i, value) for i in range(star)),
        run.new_list(items.known[star:end]),
        *(_nth(items, end + i, value) for i in range(after)),
    ]


def _nth(items: Items, position: int, whole: Value) -> Value:
    if position < len(items.known):
        return present(items.known[position])
    if items.rest is not None:
        # Each part of an unresolved value is its own unknown, with a number by which it can be told apart.
        if isinstance(items.rest, Unknown):
            why = f"part {position} of {items.rest.why}"
            match whole:
                case Unknown(operation="shape") | Method(name="shape"):
                    return Unknown(why, "item", (whole, Constant(position)))
                case _:
                    return Unknown(why, f"part:{position}", (whole,))
        return items.rest
    return Unknown("there is nothing left to unpack", f"part:{position}", (whole,))
