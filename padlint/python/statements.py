"""Statements, in order: both branches and their join, loops, and the ways out of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

import libcst as cst

from padlint.python import (
    classes,
    counters,
    expressions,
    functions,
    handlers,
    imports,
    iteration,
    methods,
    narrowing,
    patterns,
    progression,
    targets,
)
from padlint.python.budget import MOST_ITEMS, MOST_LOOP_NESTING, MOST_NESTING, MOST_UNROLLED
from padlint.python.frames import Lookup, Loop, Return, Tests
from padlint.python.heap import Delta, Key, Mark, Store
from padlint.python.joins import join_all
from padlint.python.truth import truth
from padlint.python.values import (
    NONE,
    Call,
    Constant,
    DictValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListValue,
    Method,
    TupleValue,
    Unknown,
    Value,
    alternatives,
    may_be_absent,
    present,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

EXITS = frozenset({"call:sys.exit", "call:builtins.exit", "call:builtins.quit", "call:os._exit"})


def execute(run: Interpreter, body: Iterable[cst.CSTNode]) -> bool:
    """Run statements in order; say whether control falls off their end."""
    if run.depth > MOST_NESTING:
        return True
    run.depth += 1
    goes_on = True
    tests = run.frame.tests
    before = len(tests)
    for statement in body:
        run.budget.spend()
        handler = _HANDLERS.get(type(statement))
        if handler is not None and not handler(run, statement):
            goes_on = False
            break
    del tests[before:]
    run.depth -= 1
    return goes_on


def branches(run: Interpreter, bodies: Iterable[Callable[[], bool]]) -> bool:
    """Run each body from the present state and join the states of those that fall off their end."""
    alive: list[Delta] = []
    for body in bodies:
        with run.attempt() as delta:
            falls_through = body()
        if falls_through:
            alive.append(delta)
        else:
            run.heap.bury(delta)
    run.heap.merge(alive)
    return bool(alive)


def _block(node: cst.BaseSuite | cst.Else | cst.Finally | None) -> Sequence[cst.CSTNode]:
    match node:
        case None:
            return ()
        case cst.IndentedBlock(body=rows):
            return rows
        case cst.Else(body=body) | cst.Finally(body=body):
            return body.body
        case _:
            return node.body


# Simple statements ----------------------------------------------------------------------------------------------


def _line(run: Interpreter, node: cst.SimpleStatementLine) -> bool:
    return execute(run, node.body)


def _expression(run: Interpreter, node: cst.Expr) -> bool:
    value = run.evaluate(node.value)
    return not (isinstance(value, Unknown) and value.operation in EXITS)


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
    if not _changed_in_place(run, operator, operands, node):
        targets.assign(run, node.target, expressions.operate(run, operator, operands, node))
    return True


def _changed_in_place(run: Interpreter, operator: str, operands: tuple[Value, Value], node: cst.AugAssign) -> bool:
    """Change a list or dict that `+=` or `|=` is applied to, which others may hold as well; say whether it was one."""
    site = run.site(node)
    target, value = operands
    match operator, target:
        case "+", ListValue() if not any(isinstance(option, LibraryObject) for option in alternatives(value)):
            answer = run.overlay.operate(operator, operands, site, run)
            if answer is not None:
                targets.assign(run, node.target, answer)
            else:
                methods.extend(run, target, run.iterate(value, site))
            return True
        case "|", DictValue():
            run.call(Method(target, "update"), Call((value,), {}, site))
            return True
        case _:
            return False


def _delete(run: Interpreter, node: cst.Del) -> bool:
    targets.delete(run, node.target)
    return True


def _return(run: Interpreter, node: cst.Return) -> bool:
    value = run.evaluate(node.value) if node.value is not None else NONE
    frame = run.frame
    # Outside all branches nothing can come after, so what has been written stays in place.
    frame.returns.append(Return(value, _state(run, frame.mark) if run.heap.attempts > frame.attempts else None))
    return False


def _state(run: Interpreter, mark: Mark) -> Delta:
    """Return what was written since a mark, at a price: a long function may be left in very many places."""
    state = run.heap.delta_since(mark)
    run.budget.spend(len(state.writes) // 4)
    return state


def _raise(run: Interpreter, node: cst.Raise) -> bool:
    return False


def _pass(run: Interpreter, node: cst.CSTNode) -> bool:
    return True


def _break(run: Interpreter, node: cst.Break) -> bool:
    if run.frame.loops:
        loop = run.frame.loops[-1]
        loop.breaks.append(_state(run, loop.mark))
    return False


def _continue(run: Interpreter, node: cst.Continue) -> bool:
    if run.frame.loops:
        loop = run.frame.loops[-1]
        loop.continues.append(_state(run, loop.round_mark))
    return False


def _global(run: Interpreter, node: cst.Global | cst.Nonlocal) -> bool:
    for item in node.names:
        run.frame.scope.declare(item.name.value, everywhere=isinstance(node, cst.Global))
    return True


def _assert(run: Interpreter, node: cst.Assert) -> bool:
    test = run.evaluate(node.test)
    narrowing.learn(run, ((test, True),))
    return True


def _import(run: Interpreter, node: cst.Import) -> bool:
    imports.import_modules(run, node)
    return True


def _import_from(run: Interpreter, node: cst.ImportFrom) -> bool:
    imports.import_from(run, node)
    return True


# Compound statements --------------------------------------------------------------------------------------------


def _if(run: Interpreter, node: cst.If) -> bool:
    """Run an `if` with all its `elif`: the first that holds, or every branch that may.

    What follows in the block is run where the tests of the one branch hold that falls through, if only one does.
    """
    possible: list[tuple[cst.BaseSuite | cst.Else | None, Tests]] = []
    failed: Tests = ()
    arm: cst.If | cst.Else | None = node
    while isinstance(arm, cst.If):
        test = run.evaluate(arm.test)
        decided = _decided(run, test)
        if decided is not False:
            possible.append((arm.body, (*failed, (test, True))))
        if decided is True:
            break
        failed = (*failed, (test, False))
        arm = arm.orelse
    else:
        possible.append((arm, failed))
    if len(possible) == 1:
        return execute(run, _block(possible[0][0]))
    open_ends: list[Tests] = []
    goes_on = branches(run, [_running(run, body, tests, open_ends) for body, tests in possible])
    if len(open_ends) == 1:
        narrowing.learn(run, open_ends[0])
    return goes_on


def _decided(run: Interpreter, test: Value) -> bool | None:
    """Say whether a test holds, None when that is not known, or is not to count."""
    decided = truth(test)
    if decided is None or run.frame.undecided:
        return None
    run.frame.decided = True
    return decided


def _running(
    run: Interpreter, body: cst.BaseSuite | cst.Else | None, tests: Tests, open_ends: list[Tests]
) -> Callable[[], bool]:
    """Return what runs a branch where its tests hold, or do not, and adds them to the open ends if it falls through."""

    def branch() -> bool:
        with narrowing.holding(run, tests):
            goes_on = execute(run, _block(body))
        if goes_on:
            open_ends.append(tests)
        return goes_on

    return branch


def _try(run: Interpreter, node: cst.Try | cst.TryStar) -> bool:
    handling = [handler for handler in node.handlers if not handlers.catches_imports(node, handler)]
    ways = _ways_through(run, node, handling)
    alive = branches(run, ways) if handling else next(ways)()
    return execute(run, _block(node.finalbody)) and alive


def _ways_through(
    run: Interpreter, node: cst.Try | cst.TryStar, handling: Sequence[cst.ExceptHandler | cst.ExceptStarHandler]
) -> Iterator[Callable[[], bool]]:
    """Yield the body, and then each handler, once for each lookup of the body that may have led there."""
    lookups: list[Lookup] = []

    def body() -> bool:
        with handlers.noting_lookups(run) as noted:
            goes_on = execute(run, _block(node.body))
        lookups.extend(noted)
        return goes_on and execute(run, _block(node.orelse))

    yield body
    for handler in handling:
        for tests in handlers.ways_in(handler, lookups):
            yield _handler_body(run, handler, tests)
        if handlers.catches_lookups(handler):
            lookups.clear()


def _handler_body(
    run: Interpreter, handler: cst.ExceptHandler | cst.ExceptStarHandler, tests: Tests
) -> Callable[[], bool]:
    def body() -> bool:
        if handler.name is not None:
            targets.assign(run, handler.name.name, Unknown("an exception"))
        with narrowing.holding(run, tests):
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
            method = run.find_method(value, "__enter__")
            return run.call(method, Call((), {}, run.site(node))) if method is not None else value
        case ListValue(kind="generator"):
            return iteration.item_of(run, value, run.site(node))
        case _:
            return value


def _match(run: Interpreter, node: cst.Match) -> bool:
    subject = run.evaluate(node.subject)
    possible: list[Callable[[], bool]] = []
    for case in node.cases:
        decided = patterns.matches(run, case.pattern, subject)
        if decided and case.guard is not None:
            decided = _guarded(run, case.pattern, case.guard, subject)
        if decided is not False:
            possible.append(_case_body(run, case, subject))
        if decided:
            break
    else:
        possible.append(lambda: True)
    return possible[0]() if len(possible) == 1 else branches(run, possible)


def _case_body(run: Interpreter, case: cst.MatchCase, subject: Value) -> Callable[[], bool]:
    def body() -> bool:
        patterns.bind(run, case.pattern, subject)
        return execute(run, _block(case.body))

    return body


def _guarded(run: Interpreter, pattern: cst.MatchPattern, guard: cst.BaseExpression, subject: Value) -> bool | None:
    """Say whether the guard of a case holds that is known to match."""
    with run.attempt():
        patterns.bind(run, pattern, subject)
        return truth(run.evaluate(guard))


# Loops ----------------------------------------------------------------------------------------------------------


def _for(run: Interpreter, node: cst.For) -> bool:
    iterable = run.evaluate(node.iter)
    items = run.iterate(iterable, run.site(node.iter))
    unrolled = iteration.unrollable(run, items)
    rest = items.rest if unrolled else iteration.any_item(items)
    over = iteration.as_range(run, iterable, items)
    with iteration.looping(run, len(items.known) if unrolled else 1, over) as loop:
        goes_on = True
        for item in items.known if unrolled else ():
            goes_on = goes_on and _round(run, loop, node.body, node.target, item)
        if rest is not None and goes_on:
            goes_on = _repeat(run, loop, node.body, node.target, rest)
    return _leave(run, loop, node.orelse, goes_on=goes_on)


def _while(run: Interpreter, node: cst.While) -> bool:
    test = run.evaluate(node.test)
    with iteration.looping(run, MOST_UNROLLED, test) as loop:
        loop.test = node.test
        holds = truth(test)
        goes_on = True
        rounds = MOST_UNROLLED if _can_settle(node.test) and run.rounds <= MOST_ITEMS else 0
        while goes_on and holds is True and rounds:
            goes_on = _round(run, loop, node.body, None, None)
            holds = truth(run.evaluate(node.test)) if goes_on else None
            rounds -= 1
        if goes_on and holds is not False:
            goes_on = _repeat(run, loop, node.body, None, None) and (_can_settle(node.test) or not loop.breaks)
    return _leave(run, loop, node.orelse, goes_on=goes_on)


def _can_settle(test: cst.BaseExpression) -> bool:
    """Say whether a loop's condition can come to be false: that of `while True` cannot."""
    return not isinstance(test, cst.Integer) and not (isinstance(test, cst.Name) and test.value == "True")


def _round(
    run: Interpreter, loop: Loop, body: cst.BaseSuite, target: cst.BaseAssignTargetExpression | None, item: Value | None
) -> bool:
    """Run a loop's body once; say whether the loop may go on."""
    loop.round_mark = run.heap.mark()
    loop.continues = []
    with run.heap.attempt() as delta:
        if target is not None and item is not None:
            targets.assign(run, target, present(item))
        falls_through = execute(run, _block(body))
    if not falls_through:
        run.heap.bury(delta)
    ends = [*([delta] if falls_through else []), *loop.continues]
    if item is not None and may_be_absent(item):
        ends.append(Delta(start=loop.round_mark.birth))
    run.heap.merge(ends)
    return bool(ends)


def _repeat(
    run: Interpreter, loop: Loop, body: cst.BaseSuite, target: cst.BaseAssignTargetExpression | None, item: Value | None
) -> bool:
    """Run a loop's body for an unknown number of times, once at least: twice, and join the two states.

    What the body counts by hand is where it starts in the first round, and any number in the other. Inside of other
    such loops one round does, unless it leaves what may go on.
    """
    start = run.heap.mark()
    single = len(run.repetitions) + 1 >= MOST_LOOP_NESTING
    loop.counter = None if single else _counter(item)
    counted = dict(_counted_on(run, loop, body))
    loop.counts = counted
    if single:
        _bind(run, {name: join_all((run.frame.scope.lookup(name), count)) for name, count in counted.items()})
    with run.repeated():
        if not _round(run, loop, body, target, item):
            return False
    if single and not any(
        progression.may_go_on(old, store.read(key)) for store, key, old in run.heap.written_since(start)
    ):
        return True
    loop.counter = None
    once = run.heap.delta_since(start)
    _bind(run, counted)
    with run.repeated():
        if not _round(run, loop, body, target, item):
            return True
    twice = run.heap.delta_since(start)
    run.heap.undo_to(start)
    changing = list(_changing(once, twice))
    run.heap.merge((once, twice))
    for store, key, rounds in changing:
        run.heap.write(store, key, progression.any_round(run, rounds))
    return True


def _changing(once: Delta, twice: Delta) -> Iterator[tuple[Store, Key, progression.Rounds]]:
    """Yield the slots in which each round of a loop leaves something else."""
    for place, (store, after_two) in twice.writes.items():
        if place in once.writes:
            rounds = store.read(place[1]), once.writes[place][1], after_two
            if progression.goes_on(rounds):
                yield store, place[1], rounds


def _counted_on(run: Interpreter, loop: Loop, body: cst.BaseSuite) -> Iterator[tuple[str, Value]]:
    """Yield the names that a loop counts by hand, and that hold a number before it, with what counts from there."""
    names = run.counted.get(body)
    if names is None:
        names = run.counted[body] = counters.counted_in(body)
    for name, step in names.items():
        match run.frame.scope.lookup(name):
            case Constant(int(first)) as start:
                end = _end(run, loop, body, first) if step.each_round and step.direction > 0 else None
                yield name, counters.count(start, step.direction, end)
            case _:
                pass


def _end(run: Interpreter, loop: Loop, body: cst.BaseSuite, first: int) -> Value | None:
    """Return what each round of a loop counts up to from a number, None where that is not known."""
    match loop.test:
        case None if not first:
            return run.call(LibraryName("builtins.len"), Call((loop.over,), {}, run.site(body)))
        case cst.Comparison(
            left=cst.Name(value=name), comparisons=[cst.ComparisonTarget(operator=cst.LessThan(), comparator=limit)]
        ):
            step = run.counted[body].get(name)
            in_step = step is not None and step.each_round and run.frame.scope.lookup(name) == Constant(first)
            return run.evaluate(limit) if in_step else None
        case _:
            return None


def _bind(run: Interpreter, names: Mapping[str, Value]) -> None:
    for name, value in names.items():
        run.heap.write(run.frame.scope.home(name).store, name, value)


def _counter(item: Value | None) -> Value | None:
    """Return what counts the rounds of a loop over `range` or `enumerate`."""
    return item.items[0] if isinstance(item, TupleValue) and item.items else item


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
    functions.define(run, node)
    return True


def _class(run: Interpreter, node: cst.ClassDef) -> bool:
    classes.define(run, node)
    return True


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
