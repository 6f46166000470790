"""Variables that a program counts with by hand, `k += 1`, and counters of loops as far as a test lets them count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import libcst as cst

from padlint.python.children import children
from padlint.python.parse import Unit
from padlint.python.values import Constant, Unknown, Value


@lru_cache(maxsize=64)
def counted_by_hand(unit: Unit) -> Mapping[str, int]:
    """Return the names that a file or cell counts up (1) or down (-1) by a whole number, anywhere in it."""
    return dict(_counted(unit.module))


def counted_in(body: cst.BaseSuite) -> Mapping[str, int]:
    """Return the names that a block counts up (1) or down (-1) by a whole number."""
    return dict(_counted(body))


def count(start: Value, direction: int) -> Value:
    """Return any of the numbers that are counted from one on, up (1) or down (-1)."""
    return Unknown("a counter", "counted up" if direction > 0 else "counted down", (start,))


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
            return replace(counter, sources=(Unknown("the lesser of two numbers", "min", (end, limit)),))
        case _:
            return None


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
    waiting = [block]
    while waiting:
        node = waiting.pop()
        match node:
            case cst.AugAssign(target=cst.Name(value=name), operator=cst.AddAssign(), value=cst.Integer()):
                yield name, 1
            case cst.AugAssign(target=cst.Name(value=name), operator=cst.SubtractAssign(), value=cst.Integer()):
                yield name, -1
            case cst.Assign(
                targets=[cst.AssignTarget(target=cst.Name(value=name))],
                value=cst.BinaryOperation(
                    left=cst.Name(value=counted), operator=cst.Add() | cst.Subtract() as operator, right=cst.Integer()
                ),
            ) if name == counted:
                yield name, 1 if isinstance(operator, cst.Add) else -1
            case cst.BaseSuite() | cst.BaseCompoundStatement() | cst.SimpleStatementLine() | cst.Module() | cst.Else():
                waiting.extend(children(node))
            case cst.ExceptHandler() | cst.Finally() | cst.MatchCase():
                waiting.extend(children(node))
            case _:
                pass
