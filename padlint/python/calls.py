"""Calls: arguments are evaluated and taken apart, and what is called decides who answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import libcst as cst

from padlint.python import builtins, classes, command_line, functions, methods, records, standard_library
from padlint.python.heap import Delta
from padlint.python.joins import join, join_all
from padlint.python.members import MAKER, NAMED_TUPLE
from padlint.python.overlay import GROWING
from padlint.python.values import (
    NONE,
    REST,
    BoundMethod,
    Call,
    Choice,
    ClassValue,
    Constant,
    DictValue,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListValue,
    Method,
    PartialValue,
    SuperValue,
    Unknown,
    Value,
    alternatives,
    present,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

SUPER = LibraryName("builtins.super")
LIBRARY_FUNCTIONS = {
    **builtins.FUNCTIONS,
    **standard_library.FUNCTIONS,
    **records.FUNCTIONS,
    **command_line.FUNCTIONS,
}


def evaluate_call(run: Interpreter, node: cst.Call) -> Value:
    """Evaluate a call expression."""
    function = run.evaluate(node.func)
    if isinstance(function, LibraryName) and function == SUPER:
        return _super(run, node)
    return run.call(function, bind_arguments(run, node))


def bind_arguments(run: Interpreter, node: cst.Call) -> Call:
    """Evaluate a call's arguments, taking `*` and `**` apart."""
    arguments: list[Value] = []
    keywords: dict[str, Value] = {}
    open_ended = False
    extra: Value | None = None
    for argument in node.args:
        value = run.evaluate(argument.value)
        if argument.star == "*":
            items = run.iterate(value, run.site(argument))
            arguments.extend(map(present, items.known))
            open_ended |= items.rest is not None
            extra = items.rest if extra is None or items.rest is None else join(extra, items.rest)
        elif argument.star == "**":
            open_ended |= not _spread(value, keywords)
        elif argument.keyword is not None:
            keywords[argument.keyword.value] = value
        else:
            arguments.append(value)
    return Call(tuple(arguments), keywords, run.site(node), open_ended, extra)


def _spread(value: Value, keywords: dict[str, Value]) -> bool:
    """Add the entries of a `**` argument; say whether all of them are known."""
    complete = True
    for option in alternatives(value):
        if not isinstance(option, DictValue):
            complete = False
            continue
        complete &= REST not in option.store.slots
        for key, entry in option.entries():
            if isinstance(key, Constant) and isinstance(key.value, str):
                keywords[key.value] = present(entry)
    return complete


def call(run: Interpreter, function: Value, given: Call) -> Value:
    """Call any value."""
    run.budget.spend()
    match function:
        case FunctionValue():
            return functions.call_function(run, function, given)
        case BoundMethod(bound, receiver):
            return functions.call_function(run, bound, given, receiver)
        case ClassValue():
            return run.instantiate(function, given)
        case Choice():
            return _call_each(run, function, given)
        case PartialValue(inner, arguments, keywords, open_ended):
            positional, named = (*arguments, *given.arguments), {**keywords, **given.keywords}
            merged = Call(positional, named, given.site, open_ended or given.open_ended, given.extra)
            return run.call(inner, merged)
        case Instance():
            return _call_instance(run, function, given)
        case LibraryName():
            return _call_library(run, function, given)
        case Method():
            return _call_method(run, function, given)
        case LibraryObject():
            answer = function.call(given, run)
        case _:
            answer = run.overlay.unresolved_call(function, given, run)
    return answer or Unknown("a call of something unresolved", "call", (function, *given.everything()))


def _call_each(run: Interpreter, choice: Choice, given: Call) -> Value:
    options = _distinct(run, alternatives(choice))
    if len(options) == 1:
        return run.call(options[0], given)
    results: list[Value] = []
    deltas: list[Delta] = []
    for option in options:
        with run.attempt() as delta:
            results.append(run.call(option, given))
        deltas.append(delta)
    run.heap.merge(deltas)
    return join_all(results)


def _distinct(run: Interpreter, options: Iterable[Value]) -> list[Value]:
    """Return alternatives of what is called, those that only differ in the name of the library once.

    Where it may be None, the program does not get here.
    """
    found: dict[object, Value] = {}
    possible = [option for option in options if option != NONE]
    for option in possible or [NONE]:
        key = run.overlay.meaning(option) if isinstance(option, LibraryName) else id(option)
        found.setdefault(key, option)
    return list(found.values())


def _call_library(run: Interpreter, name: LibraryName, given: Call) -> Value:
    handler = LIBRARY_FUNCTIONS.get(name.dotted)
    answer = handler(run, given) if handler is not None else None
    if answer is None:
        answer = run.overlay.call(name, given, run)
    return answer or Unknown(f"the result of {name.dotted}", f"call:{name.dotted}", given.everything())


def _call_method(run: Interpreter, method: Method, given: Call) -> Value:
    receiver = method.receiver
    if method.name == MAKER and method.base == NAMED_TUPLE and given.arguments:
        answer = _new_tuple(run, given)
    elif isinstance(receiver, LibraryObject) and method.base is None:
        answer = receiver.method(method.name, given, run)
    elif isinstance(receiver, ListValue) and method.name in GROWING:
        answer = run.overlay.method(method, given, run) or methods.method(run, receiver, method.name, given)
    else:
        answer = methods.method(run, receiver, method.name, given)
    if answer is None:
        answer = run.overlay.method(method, given, run)
    sources = (receiver, *given.everything())
    return answer or Unknown(f"the result of `.{method.name}()`", f"method:{method.name}", sources)


def _new_tuple(run: Interpreter, given: Call) -> Value | None:
    """Make what `super().__new__(cls, ...)` does in a named tuple."""
    cls, *values = given.arguments
    if not isinstance(cls, ClassValue):
        return None
    return classes.new_tuple(run, cls, Call(tuple(values), given.keywords, given.site, given.open_ended))


def _call_instance(run: Interpreter, instance: Instance, given: Call) -> Value:
    for base in instance.cls.library_bases():
        answer = run.overlay.instance_call(instance, base, given, run)
        if answer is not None:
            return answer
    method = run.find_method(instance, "__call__")
    if method is not None:
        return run.call(method, given)
    return Unknown(f"a call of a {instance.cls.name}", "call", (instance, *given.everything()))


def _super(run: Interpreter, node: cst.Call) -> Value:
    """Evaluate `super()` and `super(Class, self)`; without arguments it is about the method that is being run."""
    given = [run.evaluate(argument.value) for argument in node.args]
    if len(given) > 1 and isinstance(given[0], ClassValue):
        return SuperValue(given[1], given[0])
    for frame in reversed(run.frames):
        function = frame.function
        if function is None or function.owner is None:
            continue
        after = given[0] if given and isinstance(given[0], ClassValue) else function.owner
        receiver = frame.receiver or functions.first_argument(frame)
        if receiver is not None:
            return SuperValue(receiver, after)
    return Unknown("`super()` outside a method")
