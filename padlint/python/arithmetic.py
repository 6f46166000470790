"""Operators on constants and containers, with bounds, so that no program can make the interpreter compute much."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from padlint.python.budget import MOST_BITS, MOST_ITEMS
from padlint.python.values import (
    NONE,
    Choice,
    ClassValue,
    Constant,
    DictValue,
    FunctionValue,
    Instance,
    LibraryName,
    LibraryObject,
    ListValue,
    Literal,
    ModuleValue,
    TupleValue,
    Value,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

# What operands an operator takes is found out by trying: the tables say no more than how many.
_BINARY: dict[str, Callable[..., object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_UNARY: dict[str, Callable[..., object]] = {
    "unary -": operator.neg,
    "unary +": operator.pos,
    "unary ~": operator.invert,
}


def arithmetic(run: Interpreter, operator_: str, operands: tuple[Value, ...]) -> Value | None:
    """Compute an operator on constants or join containers, None when that is not possible."""
    match operator_, operands:
        case _, (Constant(left), Constant(right)):
            return _constants(operator_, left, right)
        case _, (Constant(only),):
            return _computed(lambda: _UNARY[operator_](only))
        case "+", (ListValue(), ListValue()):
            return _concatenate(run, operands[0], operands[1])
        case "+", (TupleValue(items=left, rest=left_rest), TupleValue(items=right, rest=right_rest)):
            return TupleValue((*left, *right), right_rest or left_rest)
        case "*", (ListValue() as items, Constant(int(count))) | (Constant(int(count)), ListValue() as items):
            return _repeat(run, items, count)
        case "*", (ListValue() as items, _) | (_, ListValue() as items):
            return run.new_list((), run.join((*items.items.known, *([items.items.rest] if items.items.rest else []))))
        case _:
            return None


def compare(operator_: str, left: Value, right: Value) -> bool | None:
    """Decide `is`, `==`, `in` and their opposites where the values leave no doubt."""
    match operator_:
        case "is" | "==":
            return _equal(left, right)
        case "is not" | "!=":
            equal = _equal(left, right)
            return None if equal is None else not equal
        case "in":
            return _contains(right, left)
        case "not in":
            contained = _contains(right, left)
            return None if contained is None else not contained
        case _:
            return None


def _constants(operator_: str, left: Literal, right: Literal) -> Value | None:
    if operator_ not in _BINARY or _too_large(operator_, left, right):
        return None
    return _computed(lambda: _BINARY[operator_](left, right))


def _computed(compute: Callable[[], object]) -> Value | None:
    try:
        result = compute()
    except (ArithmeticError, TypeError, ValueError, MemoryError, KeyError):
        return None
    return Constant(result) if isinstance(result, int | float | complex | str | bytes) else None


def _too_large(operator_: str, left: Literal, right: Literal) -> bool:
    sizes = [value.bit_length() for value in (left, right) if isinstance(value, int)]
    texts = [len(value) for value in (left, right) if isinstance(value, str | bytes)]
    if operator_ == "**":
        return any(size > MOST_BITS for size in sizes) or (isinstance(right, int | float) and abs(right) > MOST_BITS)
    if operator_ == "<<":
        return isinstance(right, int) and right > MOST_BITS
    if operator_ in ("*", "%") and texts:
        return any(size > 10 for size in sizes) or sum(texts) > MOST_BITS
    return any(size > MOST_BITS for size in sizes) or sum(texts) > 16 * MOST_BITS


def _concatenate(run: Interpreter, left: Value, right: Value) -> Value | None:
    if not isinstance(left, ListValue) or not isinstance(right, ListValue):
        return None
    first, second = left.items, right.items
    if len(first.known) + len(second.known) > MOST_ITEMS:
        return run.new_list((), run.join((*first.known[:1], *second.known[:1])))
    if first.rest is None:
        return run.new_list((*first.known, *second.known), second.rest)
    return run.new_list(first.known, run.join((first.rest, *second.known, *([second.rest] if second.rest else []))))


def _repeat(run: Interpreter, items: ListValue, count: int) -> Value:
    known = items.items.known
    if items.items.rest is None and len(known) * max(count, 0) <= MOST_ITEMS:
        return run.new_list(known * max(count, 0))
    return run.new_list((), run.join((*known, *([items.items.rest] if items.items.rest else []))))


def _equal(left: Value, right: Value) -> bool | None:
    match left, right:
        case Constant(first), Constant(second):
            return first == second
        case Constant(), other:
            return _equals_constant(other, left)
        case other, Constant():
            return _equals_constant(other, right)
        case (LibraryName(), LibraryName()) | (ClassValue(), ClassValue()):
            return left == right
        case _:
            return None


def _equals_constant(value: Value, constant: Constant) -> bool | None:
    """Decide whether a value that is no constant can equal one: nothing that exists is None."""
    never = FunctionValue | ClassValue | ListValue | TupleValue | DictValue | ModuleValue
    if isinstance(value, never):
        return False
    return False if constant == NONE and isinstance(value, Instance | LibraryName | LibraryObject) else None


def _contains(container: Value, item: Value) -> bool | None:
    match container, item:
        case Constant(str(text)), Constant(str(part)):
            return part in text
        case DictValue(store), Constant(key):
            if key in store.slots:
                return None if isinstance(store.slots[key], Choice) else True
            return (
                None if any(not isinstance(known, str | int | float | bytes | None) for known in store.slots) else False
            )
        case ListValue(), Constant():
            return _contained(container.items.known, container.items.rest, item)
        case TupleValue(items, rest), Constant():
            return _contained(items, rest, item)
        case _:
            return None


def _contained(known: tuple[Value, ...], rest: Value | None, item: Constant) -> bool | None:
    answers = [_equal(option, item) for option in known]
    if True in answers:
        return True
    return False if rest is None and all(answer is False for answer in answers) else None
