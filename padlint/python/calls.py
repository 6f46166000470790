"""Calls: arguments are bound as Python binds them, and functions of the project are followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import libcst as cst

from padlint.python import builtins, lookup
from padlint.python.budget import MOST_CALL_DEPTH, MOST_RECURSION
from padlint.python.frames import Frame
from padlint.python.heap import Delta, Store
from padlint.python.joins import join_all
from padlint.python.scope import Scope, ScopeKind
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
    Instance,
    LibraryName,
    LibraryObject,
    Method,
    PartialValue,
    Site,
    SuperValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


def evaluate_call(run: Interpreter, node: cst.Call) -> Value:
    """Evaluate a call expression."""
    function = run.evaluate(node.func)
    if function == LibraryName("builtins.super"):
        return _super(run, node)
    return run.call(function, bind_arguments(run, node))


def bind_arguments(run: Interpreter, node: cst.Call) -> Call:
    """Evaluate a call's arguments, taking `*` and `**` apart."""
    arguments: list[Value] = []
    keywords: dict[str, Value] = {}
    open_ended = False
    for argument in node.args:
        value = run.evaluate(argument.value)
        if argument.star == "*":
            items = run.iterate(value, run.site(argument))
            arguments.extend(items.known)
            open_ended |= items.rest is not None
        elif argument.star == "**":
            open_ended |= not _spread(value, keywords)
        elif argument.keyword is not None:
            keywords[argument.keyword.value] = value
        else:
            arguments.append(value)
    return Call(tuple(arguments), keywords, run.site(node), open_ended)


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
                keywords[key.value] = join_all(alternatives(entry))
    return complete


def call(run: Interpreter, function: Value, given: Call) -> Value:
    """Call any value."""
    run.budget.spend()
    match function:
        case FunctionValue():
            return call_function(run, function, given)
        case BoundMethod(bound, receiver):
            return call_function(run, bound, given, receiver)
        case ClassValue():
            return run.instantiate(function, given)
        case Choice():
            return _call_each(run, function, given)
        case PartialValue(inner, arguments, keywords):
            merged = Call((*arguments, *given.arguments), {**keywords, **given.keywords}, given.site, given.open_ended)
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
    results: list[Value] = []
    deltas: list[Delta] = []
    for option in alternatives(choice):
        with run.attempt() as delta:
            results.append(run.call(option, given))
        deltas.append(delta)
    run.heap.merge(deltas)
    return join_all(results)


def _call_library(run: Interpreter, name: LibraryName, given: Call) -> Value:
    answer = builtins.call(run, name, given)
    if answer is None:
        answer = run.overlay.call(name, given, run)
    return answer or Unknown(f"the result of {name.dotted}", f"call:{name.dotted}", given.everything())


def _call_method(run: Interpreter, method: Method, given: Call) -> Value:
    receiver = method.receiver
    if isinstance(receiver, LibraryObject) and method.base is None:
        answer = receiver.method(method.name, given, run)
    else:
        answer = builtins.method(run, receiver, method.name, given)
    if answer is None:
        answer = run.overlay.method(method, given, run)
    sources = (receiver, *given.everything())
    return answer or Unknown(f"the result of `.{method.name}()`", f"method:{method.name}", sources)


def _call_instance(run: Interpreter, instance: Instance, given: Call) -> Value:
    for base in instance.cls.library_bases():
        answer = run.overlay.instance_call(instance, base, given, run)
        if answer is not None:
            return answer
    method = run.find_method(instance, "__call__")
    if method is not None:
        return run.call(method, given)
    return Unknown(f"a call of a {instance.cls.name}", "call", (instance, *given.everything()))


# Functions of the project ---------------------------------------------------------------------------------------


def call_function(run: Interpreter, function: FunctionValue, given: Call, receiver: Value | None = None) -> Value:
    """Follow a call into a function: its body is run on the arguments, what it returns is the result."""
    depth = sum(frame.function is not None and frame.function.node is function.node for frame in run.frames)
    if depth > MOST_RECURSION or len(run.frames) > MOST_CALL_DEPTH:
        return Unknown(f"`{function.name}` calls itself too deeply", "call", given.everything())
    run.entered.add((function.node, receiver.cls if isinstance(receiver, Instance) else None))
    scope = Scope(ScopeKind.FUNCTION, _scope_name(function), function.scope)
    first = () if receiver is None else (receiver,)
    for name, value in bind_parameters(run, function, given, first):
        scope.store.slots[name] = value
    return _run_body(run, function, scope, receiver, given.site)


def _scope_name(function: FunctionValue) -> str:
    owner = function.owner.scope.name if function.owner is not None else function.scope.name
    return f"{owner}.{function.name}"


def _run_body(run: Interpreter, function: FunctionValue, scope: Scope, receiver: Value | None, site: Site) -> Value:
    frame = Frame(function.unit, scope, run.heap.mark(), function, receiver, site)
    with run.framed(frame):
        if isinstance(function.node, cst.Lambda):
            return run.evaluate(function.node.body)
        if run.execute(function.node.body.body):
            frame.returns.append((run.heap.delta_since(frame.mark), NONE))
        run.heap.undo_to(frame.mark)
        run.heap.merge(delta for delta, _ in frame.returns)
    if is_generator(run, function.node):
        rest = join_all(frame.yields_rest) if frame.yields_rest else None
        return run.new_list(frame.yields, rest, "generator")
    if not frame.returns:
        return Unknown(f"`{function.name}` only raises")
    return join_all(value for _, value in frame.returns)


class _YieldFinder(cst.CSTVisitor):
    """Looks for a `yield` of the function itself."""

    def __init__(self) -> None:
        self.found = False

    def visit_Yield(self, node: cst.Yield) -> bool:
        self.found = True
        return False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False


def is_generator(run: Interpreter, node: cst.FunctionDef) -> bool:
    """Say whether calling the function makes a generator."""
    known = run.generators.get(node)
    if known is None:
        finder = _YieldFinder()
        node.body.visit(finder)
        known = run.generators[node] = finder.found
    return known


def evaluate_defaults(run: Interpreter, parameters: cst.Parameters) -> Mapping[str, Value]:
    """Evaluate parameter defaults, once, where the function is defined."""
    every = (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
    return {item.name.value: run.evaluate(item.default) for item in every if item.default is not None}


def bind_parameters(
    run: Interpreter, function: FunctionValue, given: Call, first: tuple[Value, ...]
) -> Iterator[tuple[str, Value]]:
    """Yield each parameter's name and the value that the call gives it."""
    parameters = function.node.params
    arguments = [*first, *given.arguments]
    keywords = dict(given.keywords)
    for position, parameter in enumerate((*parameters.posonly_params, *parameters.params)):
        name = parameter.name.value
        if position < len(arguments):
            yield name, arguments[position]
            keywords.pop(name, None)
        else:
            yield name, _by_keyword(function, name, keywords)
    for parameter in parameters.kwonly_params:
        yield parameter.name.value, _by_keyword(function, parameter.name.value, keywords)
    count = len(parameters.posonly_params) + len(parameters.params)
    if isinstance(parameters.star_arg, cst.Param):
        rest = Unknown("more positional arguments", "argument") if given.open_ended else None
        yield parameters.star_arg.name.value, TupleValue(tuple(arguments[count:]), rest)
    if parameters.star_kwarg is not None:
        left = Store(dict(keywords.items()))
        if given.open_ended:
            left.slots[REST] = Unknown("more keyword arguments", "argument")
        yield parameters.star_kwarg.name.value, DictValue(left)


def _by_keyword(function: FunctionValue, name: str, keywords: dict[str, Value]) -> Value:
    if name in keywords:
        return keywords.pop(name)
    if name in function.defaults:
        return function.defaults[name]
    return Unknown(f"parameter `{name}` of `{function.name}`", "parameter", text=name)


# Classes --------------------------------------------------------------------------------------------------------


def instantiate(run: Interpreter, cls: ClassValue, given: Call) -> Value:
    """Make an instance of a project class and run its `__init__`."""
    instance = Instance(cls, Store(), given.site)
    run.instances.setdefault(cls, []).append(instance)
    initialiser = lookup.find_method(instance, "__init__")
    if initialiser is not None:
        run.call(initialiser, given)
        return instance
    fields = _fields(cls)
    if fields:
        for position, name in enumerate(fields):
            value = given.argument(position, name) or cls.scope.store.read(name)
            if value is not ABSENT:
                run.heap.write(instance.attributes, name, value)
        return instance
    base = next(cls.library_bases(), None)
    if base is not None:
        run.overlay.method(Method(instance, "__init__", base), given, run)
    return instance


def _fields(cls: ClassValue) -> list[str]:
    """Return the annotated fields of a dataclass or named tuple, base classes first."""
    names: list[str] = []
    for known in reversed(list(cls.lineage())):
        node = known.site.node
        if not isinstance(node, cst.ClassDef) or not isinstance(node.body, cst.IndentedBlock):
            continue
        for statement in node.body.body:
            match statement:
                case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name))]) if name not in names:
                    names.append(name)
                case _:
                    pass
    return names


def _super(run: Interpreter, node: cst.Call) -> Value:
    """Evaluate `super()` and `super(Class, self)`."""
    given = [run.evaluate(argument.value) for argument in node.args]
    frame = next((frame for frame in reversed(run.frames) if frame.receiver is not None), None)
    after = given[0] if given else frame.function.owner if frame is not None and frame.function is not None else None
    receiver = given[1] if len(given) > 1 else frame.receiver if frame is not None else None
    if isinstance(after, ClassValue) and receiver is not None:
        return SuperValue(receiver, after)
    return Unknown("`super()` outside a method")


def call_with_unknowns(run: Interpreter, function: FunctionValue, receiver: Value | None = None) -> Value:
    """Run a function that nobody calls, each parameter without a default unknown."""
    site = Site(function.unit, function.node)
    given = Call((), {}, site)
    return call_function(run, function, given, receiver)
