"""Statements, in order: both branches and their join, loops, and the ways out of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

import libcst as cst

from padlint.python import calls, expressions, imports, iteration, patterns, targets
from padlint.python.budget import MOST_LOOP_NESTING
from padlint.python.frames import Loop
from padlint.python.heap import Delta
from padlint.python.scope import Scope, ScopeKind
from padlint.python.truth import truth
from padlint.python.values import (
    ABSENT,
    NONE,
    Call,
    Choice,
    ClassValue,
    FunctionValue,
    Instance,
    LibraryName,
    PartialValue,
    Unknown,
    Value,
    alternatives,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

ENTERING = "__enter__"


def execute(run: Interpreter, body: Iterable[cst.CSTNode]) -> bool:
    """Run statements in order; say whether control falls off their end."""
    for statement in body:
        run.budget.spend()
        handler = _HANDLERS.get(type(statement))
        if handler is not None and not handler(run, statement):
            return False
    return True


def branches(run: Interpreter, bodies: Iterable[Callable[[], bool]]) -> bool:
    """Run each body from the present state and join the states of those that fall off their end."""
    alive: list[Delta] = []
    for body in bodies:
        with run.attempt() as delta:
            falls_through = body()
        if falls_through:
            alive.append(delta)
    run.heap.merge(alive)
    return bool(alive)


def _block(node: cst.BaseSuite | cst.Else | cst.Finally | None) -> Sequence[cst.CSTNode]:
    match node:
        case None:
            return ()
        case cst.Else(body=body) | cst.Finally(body=body):
            return body.body
        case _:
            return node.body


# Simple statements ----------------------------------------------------------------------------------------------


def _line(run: Interpreter, node: cst.SimpleStatementLine) -> bool:
    return execute(run, node.body)


def _expression(run: Interpreter, node: cst.Expr) -> bool:
    run.evaluate(node.value)
    return True


def _assign(run: Interpreter, node: cst.Assign) -> bool:
    value = run.evaluate(node.value)
    for target in node.targets:
        targets.assign(run, target.target, value)
    return True


def _annotated(run: Interpreter, node: cst.AnnAssign) -> bool:
    if node.value is not None:
        targets.assign(run, node.target, run.evaluate(node.value))
    return True


def _augmented(run: Interpreter, node: cst.AugAssign) -> bool:
    operator = expressions.AUGMENTED_OPERATORS[type(node.operator)]
    operands = (run.evaluate(node.target), run.evaluate(node.value))
    targets.assign(run, node.target, expressions.operate(run, operator, operands, node))
    return True


def _delete(run: Interpreter, node: cst.Del) -> bool:
    named = [node.target] if isinstance(node.target, cst.Name) else []
    for target in named:
        run.heap.write(run.frame.scope.home(target.value).store, target.value, ABSENT)
    return True


def _return(run: Interpreter, node: cst.Return) -> bool:
    value = run.evaluate(node.value) if node.value is not None else NONE
    run.frame.returns.append((run.heap.delta_since(run.frame.mark), value))
    return False


def _raise(run: Interpreter, node: cst.Raise) -> bool:
    return False


def _pass(run: Interpreter, node: cst.CSTNode) -> bool:
    return True


def _break(run: Interpreter, node: cst.Break) -> bool:
    if run.frame.loops:
        loop = run.frame.loops[-1]
        loop.breaks.append(run.heap.delta_since(loop.mark))
    return False


def _continue(run: Interpreter, node: cst.Continue) -> bool:
    if run.frame.loops:
        loop = run.frame.loops[-1]
        loop.continues.append(run.heap.delta_since(loop.iteration_mark))
    return False


def _global(run: Interpreter, node: cst.Global | cst.Nonlocal) -> bool:
    for item in node.names:
        run.frame.scope.declare(item.name.value, everywhere=isinstance(node, cst.Global))
    return True


def _assert(run: Interpreter, node: cst.Assert) -> bool:
    run.evaluate(node.test)
    return True


def _import(run: Interpreter, node: cst.Import) -> bool:
    imports.import_modules(run, node)
    return True


def _import_from(run: Interpreter, node: cst.ImportFrom) -> bool:
    imports.import_from(run, node)
    return True


# Compound statements --------------------------------------------------------------------------------------------


def _if(run: Interpreter, node: cst.If) -> bool:
    test = run.evaluate(node.test)

    def otherwise() -> bool:
        return _if(run, node.orelse) if isinstance(node.orelse, cst.If) else execute(run, _block(node.orelse))

    match truth(test):
        case True:
            return execute(run, _block(node.body))
        case False:
            return otherwise()
        case None:
            return branches(run, (lambda: execute(run, _block(node.body)), otherwise))


def _try(run: Interpreter, node: cst.Try | cst.TryStar) -> bool:
    def body() -> bool:
        return execute(run, _block(node.body)) and execute(run, _block(node.orelse))

    handlers = [handler for handler in node.handlers if not _catches_imports(handler)]
    if not handlers:
        alive = body()
    else:
        alive = branches(run, (body, *(_handler_body(run, handler) for handler in handlers)))
    return execute(run, _block(node.finalbody)) and alive


def _catches_imports(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Say whether a handler is there for a package that is not installed: what it tried first is then what counts."""
    return isinstance(handler.type, cst.Name) and handler.type.value in ("ImportError", "ModuleNotFoundError")


def _handler_body(run: Interpreter, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> Callable[[], bool]:
    def body() -> bool:
        if handler.name is not None:
            targets.assign(run, handler.name.name, Unknown("an exception"))
        return execute(run, _block(handler.body))

    return body


def _with(run: Interpreter, node: cst.With) -> bool:
    for item in node.items:
        value = run.evaluate(item.item)
        if item.asname is not None:
            targets.assign(run, item.asname.name, _entered(run, value, item.item))
    return execute(run, _block(node.body))


def _entered(run: Interpreter, value: Value, node: cst.CSTNode) -> Value:
    """Return what `with value as name` binds: what `__enter__` gives, or what a context manager function yields."""
    match value:
        case Instance():
            method = run.find_method(value, ENTERING)
            return run.call(method, Call((), {}, run.site(node))) if method is not None else value
        case _:
            generated = getattr(value, "kind", "") == "generator"
            return iteration.item_of(run, value, run.site(node)) if generated else value


def _match(run: Interpreter, node: cst.Match) -> bool:
    subject = run.evaluate(node.subject)
    possible: list[cst.MatchCase] = []
    for case in node.cases:
        decided = patterns.matches(run, case.pattern, subject)
        if decided is not False:
            possible.append(case)
        if decided is True and case.guard is None:
            return branches(run, [_case_body(run, option, subject) for option in possible])
    return branches(run, [*(_case_body(run, option, subject) for option in possible), lambda: True])


def _case_body(run: Interpreter, case: cst.MatchCase, subject: Value) -> Callable[[], bool]:
    def body() -> bool:
        patterns.bind(run, case.pattern, subject)
        return execute(run, _block(case.body))

    return body


# Loops ----------------------------------------------------------------------------------------------------------


def _for(run: Interpreter, node: cst.For) -> bool:
    items = run.iterate(run.evaluate(node.iter), run.site(node.iter))
    unrolled = iteration.unrollable(items)
    rest = items.rest if unrolled else iteration.any_item(items)
    loop = _loop(run)
    run.frame.loops.append(loop)
    try:
        goes_on = True
        for item in items.known if unrolled else ():
            goes_on = goes_on and _iteration(run, loop, node.body, node.target, item)
        if rest is not None and goes_on:
            goes_on = _repeat(run, loop, node.body, node.target, rest)
    finally:
        run.frame.loops.pop()
    return _leave(run, loop, node.orelse, goes_on=goes_on)


def _while(run: Interpreter, node: cst.While) -> bool:
    if truth(run.evaluate(node.test)) is False:
        return execute(run, _block(node.orelse))
    loop = _loop(run)
    run.frame.loops.append(loop)
    try:
        goes_on = _repeat(run, loop, node.body, None, None)
    finally:
        run.frame.loops.pop()
    return _leave(run, loop, node.orelse, goes_on=goes_on)


def _loop(run: Interpreter) -> Loop:
    return Loop(run.heap.mark())


def _iteration(
    run: Interpreter, loop: Loop, body: cst.BaseSuite, target: cst.BaseAssignTargetExpression | None, item: Value | None
) -> bool:
    """Run a loop's body once; say whether the loop may go on."""
    loop.iteration_mark = run.heap.mark()
    loop.continues = []
    with run.heap.attempt() as delta:
        if target is not None and item is not None:
            targets.assign(run, target, _present(item))
        falls_through = execute(run, _block(body))
    ends = [*([delta] if falls_through else []), *loop.continues]
    if isinstance(item, Choice) and ABSENT in item.alternatives:
        ends.append(Delta())
    run.heap.merge(ends)
    return bool(ends)


def _present(item: Value) -> Value:
    options = alternatives(item)
    return (
        item
        if not isinstance(item, Choice) or len(options) == len(item.alternatives)
        else Choice(options)
        if len(options) > 1
        else options[0]
    )


def _repeat(
    run: Interpreter, loop: Loop, body: cst.BaseSuite, target: cst.BaseAssignTargetExpression | None, item: Value | None
) -> bool:
    """Run a loop's body for an unknown number of times, once at least: twice, and join the two states."""
    start = run.heap.mark()
    run.frame.unknown_loops += 1
    try:
        if not _iteration(run, loop, body, target, item):
            return False
        once = run.heap.delta_since(start)
        if run.frame.unknown_loops > MOST_LOOP_NESTING or not _iteration(run, loop, body, target, item):
            return True
        twice = run.heap.delta_since(start)
    finally:
        run.frame.unknown_loops -= 1
    run.heap.undo_to(start)
    run.heap.merge((once, twice))
    return True


def _leave(run: Interpreter, loop: Loop, orelse: cst.Else | None, *, goes_on: bool) -> bool:
    """Join the states in which a loop was left: through its condition, or by `break`."""
    goes_on = goes_on and execute(run, _block(orelse))
    if not loop.breaks:
        return goes_on
    ends = [*([run.heap.delta_since(loop.mark)] if goes_on else []), *loop.breaks]
    run.heap.undo_to(loop.mark)
    run.heap.merge(ends)
    return True


# Definitions ----------------------------------------------------------------------------------------------------


def _function(run: Interpreter, node: cst.FunctionDef) -> bool:
    frame = run.frame
    defaults = calls.evaluate_defaults(run, node.params)
    function: Value = FunctionValue(node.name.value, node, frame.unit, frame.scope, defaults)
    for decorator in reversed(node.decorators):
        function = _decorated(run, run.evaluate(decorator.decorator), function, decorator)
    for option in alternatives(function):
        if isinstance(option, FunctionValue):
            run.functions.append(option)
    run.heap.write(frame.scope.home(node.name.value).store, node.name.value, function)
    return True


_DECORATED_KINDS = {
    "builtins.staticmethod": "static",
    "builtins.classmethod": "class",
    "builtins.property": "property",
    "functools.cached_property": "property",
}


def _decorated(run: Interpreter, decorator: Value, function: Value, node: cst.CSTNode) -> Value:
    """Apply a decorator; one that is not read is taken to leave the function as it is."""
    if isinstance(decorator, LibraryName) and isinstance(function, FunctionValue):
        kind = _DECORATED_KINDS.get(decorator.dotted)
        if kind is not None:
            return replace(function, kind=kind)
    if isinstance(decorator, FunctionValue):
        result = run.call(decorator, Call((function,), {}, run.site(node)))
        return result if isinstance(result, FunctionValue | PartialValue | Instance | ClassValue) else function
    return function


def _class(run: Interpreter, node: cst.ClassDef) -> bool:
    frame = run.frame
    bases = tuple(run.evaluate(base.value) for base in node.bases if not base.star)
    scope = Scope(ScopeKind.CLASS, f"{frame.scope.name}.{node.name.value}", frame.scope)
    cls = ClassValue(node.name.value, bases, scope, run.site(node))
    frame.scope = scope
    try:
        run.execute(_block(node.body))
    finally:
        frame.scope = scope.parent or scope
    for name, value in list(scope.store.slots.items()):
        if isinstance(value, FunctionValue) and value.owner is None:
            run.heap.write(scope.store, name, _owned(run, value, cls))
    run.classes.append(cls)
    run.heap.write(frame.scope.home(node.name.value).store, node.name.value, cls)
    return True


def _owned(run: Interpreter, function: FunctionValue, cls: ClassValue) -> FunctionValue:
    method = replace(function, owner=cls)
    run.functions[:] = [method if known is function else known for known in run.functions]
    return method


_Node = TypeVar("_Node", bound=cst.CSTNode)


def _handler(
    kind: type[_Node], function: Callable[[Interpreter, _Node], bool]
) -> Callable[[Interpreter, cst.CSTNode], bool]:
    return cast("Callable[[Interpreter, cst.CSTNode], bool]", function)


_HANDLERS: dict[type[cst.CSTNode], Callable[[Interpreter, cst.CSTNode], bool]] = {
    cst.SimpleStatementLine: _handler(cst.SimpleStatementLine, _line),
    cst.Expr: _handler(cst.Expr, _expression),
    cst.Assign: _handler(cst.Assign, _assign),
    cst.AnnAssign: _handler(cst.AnnAssign, _annotated),
    cst.AugAssign: _handler(cst.AugAssign, _augmented),
    cst.Del: _handler(cst.Del, _delete),
    cst.Return: _handler(cst.Return, _return),
    cst.Raise: _handler(cst.Raise, _raise),
    cst.Pass: _pass,
    cst.Break: _handler(cst.Break, _break),
    cst.Continue: _handler(cst.Continue, _continue),
    cst.Global: _handler(cst.Global, _global),
    cst.Nonlocal: _handler(cst.Nonlocal, _global),
    cst.Assert: _handler(cst.Assert, _assert),
    cst.Import: _handler(cst.Import, _import),
    cst.ImportFrom: _handler(cst.ImportFrom, _import_from),
    cst.If: _handler(cst.If, _if),
    cst.Try: _handler(cst.Try, _try),
    cst.TryStar: _handler(cst.TryStar, _try),
    cst.With: _handler(cst.With, _with),
    cst.Match: _handler(cst.Match, _match),
    cst.For: _handler(cst.For, _for),
    cst.While: _handler(cst.While, _while),
    cst.FunctionDef: _handler(cst.FunctionDef, _function),
    cst.ClassDef: _handler(cst.ClassDef, _class),
}
