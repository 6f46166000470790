"""Functions of the project: defined, decorated, called with arguments bound as Python binds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from padlint.python import command_line, targets
from padlint.python.budget import CALL_PART, MOST_CALL_DEPTH, MOST_RECURSION, OutOfBudget
from padlint.python.children import children
from padlint.python.decorators import DECORATED_KINDS
from padlint.python.frames import Frame, Return
from padlint.python.heap import Key, Store
from padlint.python.joins import join, join_all
from padlint.python.scope import Scope, ScopeKind
from padlint.python.values import (
    NONE,
    REST,
    BoundMethod,
    Call,
    ClassValue,
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
    alternatives,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


# Definitions ----------------------------------------------------------------------------------------------------


def define(run: Interpreter, node: cst.FunctionDef) -> None:
    """Run a `def`: bind its name to the function, as its decorators leave it."""
    frame = run.frame
    name = node.name.value
    defaults = evaluate_defaults(run, node.params)
    function: Value = FunctionValue(name, node, frame.unit, frame.scope, defaults, owner=frame.scope.owner)
    for decorator in reversed(node.decorators):
        function = _decorated(run, run.evaluate(decorator.decorator), function, decorator)
    for option in alternatives(function):
        if isinstance(option, FunctionValue):
            run.functions[option.node] = option
    run.heap.write(frame.scope.home(name).store, name, function)


def evaluate_defaults(run: Interpreter, parameters: cst.Parameters) -> Mapping[str, Value]:
    """Evaluate parameter defaults, once, where the function is defined."""
    every = (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
    return {item.name.value: run.evaluate(item.default) for item in every if item.default is not None}


def of_kind(function: Value, dotted: str) -> Value | None:
    """Return what `staticmethod`, `classmethod` or `property` makes of a function, None for other names."""
    kind = DECORATED_KINDS.get(dotted)
    return replace(function, kind=kind) if kind is not None and isinstance(function, FunctionValue) else None


def _decorated(run: Interpreter, decorator: Value, function: Value, node: cst.CSTNode) -> Value:
    """Apply a decorator; one that is not read is taken to leave the function as it is."""
    match decorator, function:
        case LibraryName(dotted), _:
            return of_kind(function, dotted) or function
        case Method(receiver=FunctionValue(kind="property") as getter, name=name), FunctionValue():
            if name == "setter":
                run.heap.write(
                    run.frame.scope.store, targets.setter_name(getter.name), replace(function, name=getter.name)
                )
            return getter
        case PartialValue(function=LibraryName(dotted)), FunctionValue() if dotted in command_line.OPTION_DECORATORS:
            return replace(function, defaults={**command_line.option_default(decorator), **function.defaults})
        case ((FunctionValue() | BoundMethod() | PartialValue() | Instance() | ClassValue()), _):
            result = run.call(decorator, Call((function,), {}, run.site(node)))
            understood = FunctionValue | BoundMethod | PartialValue | Instance | ClassValue | LibraryObject
            return result if isinstance(result, understood) else function
        case _:
            return function


# Calls ----------------------------------------------------------------------------------------------------------


def call_function(run: Interpreter, function: FunctionValue, given: Call, receiver: Value | None = None) -> Value:
    """Follow a call into a function: its body is run on the arguments, what it returns is the result."""
    depth = sum(frame.function is not None and frame.function.node is function.node for frame in run.frames)
    if depth > MOST_RECURSION or len(run.frames) > MOST_CALL_DEPTH:
        return Unknown(f"`{function.name}` calls itself too deeply", "call", given.everything())
    run.entered.add((function.node, receiver.cls if isinstance(receiver, Instance) else None))
    scope = Scope(ScopeKind.FUNCTION, _scope_name(function), function.scope)
    scope.store.slots.update(bind_parameters(function, given, () if receiver is None else (receiver,)))
    frame = Frame(function.unit, scope, run.heap.mark(), function, receiver, given.site)
    try:
        with run.budget.limited(CALL_PART), run.framed(frame):
            return _run_body(run, function, frame)
    except OutOfBudget:
        if not run.budget.left:
            raise
        run.given_up.append(Site(function.unit, function.node))
        frame.returns.append(Return(Unknown(f"`{function.name}` takes too many steps to follow"), None))
        return _result(run, function, frame)


def call_with_unknowns(run: Interpreter, function: FunctionValue, receiver: Value | None = None) -> Value:
    """Run a function that nobody calls, each parameter without a default unknown."""
    return call_function(run, function, Call((), {}, Site(function.unit, function.node)), receiver)


def _scope_name(function: FunctionValue) -> str:
    owner = function.owner.scope.name if function.owner is not None else function.scope.name
    return f"{owner}.{function.name}"


def _run_body(run: Interpreter, function: FunctionValue, frame: Frame) -> Value:
    node = function.node
    if not isinstance(node, cst.FunctionDef):
        return run.evaluate(node.body)
    _run_statements(run, node, frame)
    if frame.decided and not (frame.returns or frame.yields or frame.yields_rest):
        # No caller wants a function that only raises: what its tests read is a default that the program sets before.
        run.heap.undo_to(frame.mark)
        frame.undecided = True
        _run_statements(run, node, frame)
    return _result(run, function, frame)


def _run_statements(run: Interpreter, node: cst.FunctionDef, frame: Frame) -> None:
    if run.execute(node.body.body):
        frame.returns.append(Return(NONE, None))


def _result(run: Interpreter, function: FunctionValue, frame: Frame) -> Value:
    """Join the states in which a body was left, and what it returned or yielded."""
    if any(end.state is not None for end in frame.returns):
        ends = [end.state if end.state is not None else run.heap.delta_since(frame.mark) for end in frame.returns]
        run.heap.undo_to(frame.mark)
        run.heap.merge(ends)
    if frame.yields or frame.yields_rest or is_generator(run, function):
        rest = join_all(frame.yields_rest) if frame.yields_rest else None
        return run.new_list(frame.yields, rest, "generator")
    if not frame.returns:
        return Unknown(f"`{function.name}` only raises")
    return join_all(end.value for end in frame.returns)


def is_generator(run: Interpreter, function: FunctionValue) -> bool:
    """Say whether calling the function makes a generator."""
    node = function.node
    if not isinstance(node, cst.FunctionDef):
        return False
    known = run.generators.get(node)
    if known is None:
        known = run.generators[node] = "yield" in function.unit.code and _yields(node.body)
    return known


_CLOSED = frozenset((cst.FunctionDef, cst.Lambda, cst.Name, cst.SimpleString, cst.Integer, cst.Float))


def _yields(body: cst.CSTNode) -> bool:
    """Say whether there is a `yield` in a body, those of functions inside it aside."""
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if type(node) is cst.Yield:
            return True
        if type(node) not in _CLOSED:
            waiting.extend(children(node))
    return False


# Parameters -----------------------------------------------------------------------------------------------------


def bind_parameters(function: FunctionValue, given: Call, first: tuple[Value, ...]) -> dict[Key, Value]:
    """Return each parameter's name and the value that the call gives it."""
    parameters = function.node.params
    arguments = (*first, *given.arguments)
    keywords = dict(given.keywords)
    positional = (*parameters.posonly_params, *parameters.params)
    bound: dict[Key, Value] = {}
    for parameter, value in zip(positional, arguments, strict=False):
        bound[parameter.name.value] = value
        keywords.pop(parameter.name.value, None)
    for parameter in (*positional[len(arguments) :], *parameters.kwonly_params):
        bound[parameter.name.value] = _by_keyword(function, parameter.name.value, keywords, given)
    if isinstance(parameters.star_arg, cst.Param):
        rest = Unknown("more positional arguments", "argument") if given.open_ended else None
        bound[parameters.star_arg.name.value] = TupleValue(tuple(arguments[len(positional) :]), rest)
    if parameters.star_kwarg is not None:
        left = Store(dict(keywords.items()))
        if given.open_ended:
            left.slots[REST] = Unknown("more keyword arguments", "argument")
        bound[parameters.star_kwarg.name.value] = DictValue(left)
    return bound


def _by_keyword(function: FunctionValue, name: str, keywords: dict[str, Value], given: Call) -> Value:
    if name in keywords:
        return keywords.pop(name)
    unread = Unknown(f"parameter `{name}` of `{function.name}`", "parameter", text=name)
    default = function.defaults.get(name, unread)
    return join(default, unread) if given.open_ended else default


def first_argument(frame: Frame) -> Value | None:
    """Return what the first parameter of the function being run was bound to."""
    if frame.function is None:
        return None
    parameters = frame.function.node.params
    named = next(iter((*parameters.posonly_params, *parameters.params)), None)
    return frame.scope.store.slots.get(named.name.value) if named is not None else None
