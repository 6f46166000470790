"""Variables that a program counts with by hand: `k += 1`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import libcst as cst

from padlint.python.children import children
from padlint.python.parse import Unit


@lru_cache(maxsize=64)
def counted_by_hand(unit: Unit) -> Mapping[str, int]:
    """Return the names that a file or cell counts up (1) or down (-1) by a whole number, anywhere in it."""
    return dict(_counted(unit.module))


def _counted(module: cst.Module) -> Iterator[tuple[str, int]]:
    waiting: list[cst.CSTNode] = [module]
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
