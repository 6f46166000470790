"""Variables that a program counts with by hand, `k += 1`, and counters of loops as far as a test lets them count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import libcst as cst

from padlint.dataclass import dataclass
from padlint.python.children import children
from padlint.python.parse import Unit
from padlint.python.values import Constant, Unknown, Value


@dataclass(frozen=True, slots=True)
class Step:
    """How a loop counts with a variable: up (1) or down (-1), and whether each of its rounds does so once, by one."""

    direction: int
    each_round: bool


@lru_cache(maxsize=64)
def counted_by_hand(unit: Unit) -> Mapping[str, int]:
    """Return the names that a file or cell counts up (1) or down (-1) by a whole number, anywhere in it."""
    return dict(_counted(unit.module))


def counted_in(body: cst.BaseSuite) -> Mapping[str, Step]:
    """Return the names that the body of a loop counts up or down by a whole number, and how."""
    directions = dict(_counted(body))
    each_round = _counted_each_round(body) if directions else frozenset()
    return {name: Step(direction, name in each_round) for name, direction in directions.items()}


def _counted_each_round(body: cst.BaseSuite) -> frozenset[str]:
    """Return the names that the body of a loop counts by one and does nothing else to, whatever way it is gone through.

    What stands behind a `continue` is skipped now and then.
    """
    statements = list(_statements(body))
    if any(isinstance(statement, cst.Continue) for statement in statements):
        return frozenset()
    changes = Counter(name for statement in statements for name in _bound(statement))
    lines = (part for line in body.body if isinstance(line, cst.SimpleStatementLine) for part in line.body)
    steps = (step for part in lines if (step := _step(part)) is not None)
    return frozenset(name for name, _, by in steps if by == "1" and changes[name] == 1)


def count(start: Value, direction: int, end: Value | None = None) -> Value:
    """Return any of the numbers that are counted from one on, up (1) or down (-1), and below an end that is known."""
    sources = (start,) if end is None else (start, end)
    return Unknown("a counter", "counted up" if direction > 0 else "counted down", sources)


def moved(number: Value | None, by: int) -> Value | None:
    """Return a number and so many more, None for one that is not known; what comes back to it is the very same."""
    match number:
        case _ if not by or number is None:
            return number
        case Constant(int(known)):
            return Constant(known + by)
        case Unknown(operation="+", sources=(start, Constant(int(so_far)))):
            return moved(start, so_far + by)
        case _:
            return Unknown("a number and some more", "+", (number, Constant(by)))


def cut(counter: Value, limit: Value) -> Value | None:
    """Return a loop's counter as one that counts no further than the items of something, None for other values."""
    match counter, limit:
        case Unknown(operation="counter", sources=(end,)), Unknown(operation="len") if end != limit:
            return replace(counter, sources=(lesser(end, limit),))
        case Unknown(operation="counted up", sources=(start, end)), Unknown(operation="len") if end != limit:
            return replace(counter, sources=(start, lesser(end, limit)))
        case _:
            return None


def lesser(first: Value, second: Value) -> Value:
    """Return the lesser of two numbers, of which it is not known which one that is."""
    return Unknown("the lesser of two numbers", "min", (first, second))


def is_cut(value: Value, counter: Value) -> bool:
    """Say whether a value is a loop's counter that was cut."""
    match value, counter:
        case (
            Unknown(operation="counter", sources=(Unknown(operation="min", sources=(end, _)),)),
            Unknown(operation="counter", sources=(own,)),
        ):
            return own == end
        case _:
            return False


def _counted(block: cst.CSTNode) -> Iterator[tuple[str, int]]:
    for statement in _statements(block):
        step = _step(statement)
        if step is not None:
            yield step[:2]


def _statements(block: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield all statements of a block, those in other statements among them."""
    waiting = [block]
    while waiting:
        node = waiting.pop()
        match node:
            case cst.BaseSuite() | cst.SimpleStatementLine() | cst.Module() | cst.Else():
                waiting.extend(children(node))
            case cst.ExceptHandler() | cst.Finally() | cst.MatchCase():
                waiting.extend(children(node))
            case cst.BaseCompoundStatement():
                yield node
                waiting.extend(children(node))
            case cst.BaseSmallStatement():
                yield node
            case _:
                pass


def _step(statement: cst.CSTNode) -> tuple[str, int, str] | None:
    """Return the name that a statement counts up (1) or down (-1), and by how much as it is written."""
    match statement:
        case cst.AugAssign(target=cst.Name(value=name), operator=cst.AddAssign(), value=cst.Integer(value=by)):
            return name, 1, by
        case cst.AugAssign(target=cst.Name(value=name), operator=cst.SubtractAssign(), value=cst.Integer(value=by)):
            return name, -1, by
        case cst.Assign(
            targets=[cst.AssignTarget(target=cst.Name(value=name))],
            value=cst.BinaryOperation(
                left=cst.Name(value=counted), operator=cst.Add() | cst.Subtract() as operator, right=cst.Integer() as by
            ),
        ) if name == counted:
            return name, 1 if isinstance(operator, cst.Add) else -1, by.value
        case _:
            return None


def _bound(statement: cst.CSTNode) -> Iterator[str]:
    """Yield the names that a statement binds."""
    match statement:
        case cst.Assign(targets=targets):
            bound = [target.target for target in targets]
        case cst.AugAssign(target=target) | cst.AnnAssign(target=target) | cst.For(target=target):
            bound = [target]
        case _:
            bound = []
    for target in bound:
        match target:
            case cst.Name(value=name):
                yield name
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                yield from (each.value.value for each in elements if isinstance(each.value, cst.Name))
            case _:
                pass
