"""Whether a condition holds, when that can be told."""

from __future__ import annotations

from padlint.python.values import (
    ABSENT,
    BoundMethod,
    Choice,
    ClassValue,
    Constant,
    DictValue,
    FunctionValue,
    LibraryObject,
    ListValue,
    ModuleValue,
    PartialValue,
    TupleValue,
    Value,
)


def truth(value: Value) -> bool | None:
    """Return the truth of a value, None when it is not known."""
    match value:
        case Constant(literal):
            return bool(literal)
        case ListValue():
            return _any_item(value.items.known, value.items.rest)
        case TupleValue(items, rest):
            return _any_item(items, rest)
        case DictValue(store):
            return True if any(key for key in store.slots if isinstance(key, str)) else None if store.slots else False
        case FunctionValue() | ClassValue() | BoundMethod() | ModuleValue() | PartialValue():
            return True
        case Choice(options):
            answers = {truth(option) for option in options if option is not ABSENT}
            return answers.pop() if len(answers) == 1 else None
        case LibraryObject():
            return value.truth()
        case _:
            return None


def _any_item(known: tuple[Value, ...], rest: Value | None) -> bool | None:
    if any(not isinstance(item, Choice) or ABSENT not in item.alternatives for item in known):
        return True
    return None if known or rest is not None else False
