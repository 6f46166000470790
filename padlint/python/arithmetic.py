"""Operators on constants and containers, with bounds, so that no program can make the interpreter compute much."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from padlint.python import iteration
from padlint.python.budget import MOST_BITS, MOST_ITEMS, MOST_TEXT
from padlint.python.heap import Store
from padlint.python.members import members
from padlint.python.values import (
    NONE,
    Choice,
    ClassValue,
    Constant,
    DictValue,
    FunctionValue,
    Instance,
    Items,
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


def number_of(value: Value) -> int | float | None:
    """Return the number that a value is, None for all else and for integers too large to mix with floats."""
    match value:
        case Constant(float(number)):
            return number
        case Constant(int(number)) if number.bit_length() < 64:
            return number
        case _:
            return None


def arithmetic(run: Interpreter, operator_: str, operands: tuple[Value, ...]) -> Value | None:
    """Compute an operator on constants or join containers, None when that is not possible."""
    match operator_, operands:
        case _, (Constant(left), Constant(right)):
            return _constants(run, operator_, left, right)
        case _, (Constant(only),):
            return _computed(_UNARY[operator_], only)
        case "%", (Constant(str(text)), TupleValue(items=items, rest=None)):
            return _filled_in(text, items)
        case "+", (ListValue() as left, ListValue() as right):
            joined = iteration.concatenated((left.items, right.items))
            return run.new_list(joined.known, joined.rest, count=joined.count)
        case "+", (TupleValue(items=left, rest=left_rest), TupleValue(items=right, rest=right_rest)):
            return iteration.tuple_of(iteration.concatenated((Items(left, left_rest), Items(right, right_rest))))
        case "*", (ListValue() as value, times) | (times, ListValue() as value):
            repeated = _repeated(value.items, times)
            return run.new_list(repeated.known, repeated.rest)
        case "*", (TupleValue(items=known, rest=rest), times) | (times, TupleValue(items=known, rest=rest)):
            return iteration.tuple_of(_repeated(Items(known, rest), times))
        case "|", (DictValue() as left, DictValue() as right):
            return DictValue(Store(left.store.slots | right.store.slots))
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


def _constants(run: Interpreter, operator_: str, left: Literal, right: Literal) -> Value | None:
    if operator_ not in _BINARY or _too_large(operator_, left, right):
        return None
    result = _computed(_BINARY[operator_], left, right)
    if isinstance(result, Constant) and isinstance(result.value, str | bytes):
        run.budget.spend(len(result.value) // MOST_ITEMS)
    return result


def _computed(compute: Callable[..., object], *operands: Literal) -> Value | None:
    try:
        result = compute(*operands)
    except (ArithmeticError, TypeError, ValueError, KeyError):
        return None
    return Constant(result) if isinstance(result, int | float | complex | str | bytes) else None


def _too_large(operator_: str, left: Literal, right: Literal) -> bool:
    sizes = [value.bit_length() for value in (left, right) if isinstance(value, int)]
    texts = [len(value) for value in (left, right) if isinstance(value, str | bytes)]
    if operator_ in ("**", "<<"):
        return any(size > MOST_BITS for size in sizes) or (isinstance(right, int | float) and abs(right) > MOST_BITS)
    if operator_ == "%" and texts:
        return not isinstance(left, str) or not _is_plain_template(left) or sum(texts) > MOST_TEXT
    if operator_ == "*" and texts:
        return any(size > 10 for size in sizes) or sum(texts) > MOST_ITEMS
    return any(size > 2 * MOST_BITS for size in sizes) or sum(texts) > MOST_TEXT


def _is_plain_template(text: str) -> bool:
    """Say whether a template for `%` asks for no field wider than three digits can say."""
    return not any(text[i : i + 4].isdigit() or text[i] == "*" for i in range(len(text)))


def _filled_in(text: str, items: tuple[Value, ...]) -> Value | None:
    literals = tuple(item.value for item in items if isinstance(item, Constant))
    if len(literals) != len(items) or len(text) > MOST_TEXT or not _is_plain_template(text):
        return None
    try:
        return Constant(text % literals)
    except (TypeError, ValueError, OverflowError):
        return None


def _repeated(items: Items, times: Value) -> Items:
    """Return the contents of `items * times`."""
    count = times.value if isinstance(times, Constant) and isinstance(times.value, int) else None
    if count is not None and items.rest is None and len(items.known) * max(count, 0) <= MOST_ITEMS:
        # Nothing, as often as you like, is nothing; Python does not even try.
        return Items(items.known * max(min(count, MOST_ITEMS), 0))
    return Items((), iteration.any_item(items))


def _equal(left: Value, right: Value) -> bool | None:
    match left, right:
        case Constant(first), Constant(second):
            return first == second
        case Constant(), other:
            return _equals_constant(other, left)
        case other, Constant():
            return _equals_constant(other, right)
        case (LibraryName(), LibraryName()) | (ClassValue(), ClassValue()) | (FunctionValue(), FunctionValue()):
            return left == right
        case Instance(), Instance() if members(left.cls) and members(right.cls):
            return left is right
        case _:
            return None


def _equals_constant(value: Value, constant: Constant) -> bool | None:
    """Decide whether a value that is no constant can equal one: nothing that exists is None."""
    match value:
        case FunctionValue() | ClassValue() | ListValue() | TupleValue() | DictValue() | ModuleValue():
            return False
        case Instance() | LibraryName() if constant == NONE:
            return False
        case LibraryObject() if constant == NONE:
            return value.is_none()
        case _:
            return None


def _contains(container: Value, item: Value) -> bool | None:
    match container, item:
        case Constant(str(text)), Constant(str(part)):
            return part in text
        case DictValue(store), Constant(key):
            found = store.slots.get(key)
            if found is not None:
                return None if isinstance(found, Choice) else True
            return False if container.is_complete() else None
        case ListValue(), _:
            return _contained(container.items, item)
        case TupleValue(known, rest), _:
            return _contained(Items(known, rest), item)
        case _:
            return None


def _contained(items: Items, item: Value) -> bool | None:
    answers = [_equal(option, item) for option in items.known]
    if True in answers:
        return True
    return False if items.rest is None and all(answer is False for answer in answers) else None
