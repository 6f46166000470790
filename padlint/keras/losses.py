"""Losses that leave labels out: `ignore_class=0`, or a function of the program that asks which labels are padding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from padlint.graph import Effect
from padlint.keras.data.values import COMPARISONS, Handler
from padlint.keras.operation_table import row_of
from padlint.python.context import Context
from padlint.python.values import (
    NONE,
    BoundMethod,
    Call,
    Constant,
    FunctionValue,
    Instance,
    Site,
    Unknown,
    Value,
    alternatives,
)

_IGNORING: Final = "a loss that ignores a class"
_CALLED: Final = "call:"
MOST_SOURCES = 400


def leaves_out(loss: Value, site: Site, context: Context) -> bool:
    """Say whether a loss counts no labels of padding, as it is written."""
    match loss:
        case Unknown(operation=operation) if operation == _IGNORING:
            return True
        case FunctionValue() | BoundMethod():
            labels, predictions = Unknown("the labels"), Unknown("the predictions")
            result = context.call(loss, Call((labels, predictions), {}, site))
            asked = [number for each in _made_from(result) for number in _asked_for(each, labels)]
            return bool(asked) and max(asked) <= 0
        case Instance():
            method = context.find_method(loss, "call") or context.find_method(loss, "__call__")
            return method is not None and leaves_out(method, site, context)
        case _:
            return False


def _asked_for(value: Unknown, labels: Value) -> Iterator[float]:
    """Yield the number that a value tests the labels for, if it is such a test.

    What is padded holds 0 or a number below. A test for another one asks for a class, as a focal loss does for 1 and 0.
    """
    match value:
        case Unknown(operation=operation, sources=sources) if operation in COMPARISONS or _is_test(operation):
            numbers = [each.value for each in sources if isinstance(each, Constant)]
            of_labels = any(each is labels for source in sources for each in (source, *_made_from(source)))
            yield from (number for number in numbers if of_labels and isinstance(number, int | float))
        case _:
            pass


def _is_test(operation: str) -> bool:
    return operation.startswith(_CALLED) and row_of(operation.removeprefix(_CALLED)).effect is Effect.TEST


def _made_from(value: Value) -> Iterator[Unknown]:
    """Yield each unresolved value that a value was made from, itself among them."""
    seen: set[int] = set()
    waiting = [value]
    while waiting and len(seen) < MOST_SOURCES:
        for each in alternatives(waiting.pop()):
            if isinstance(each, Unknown) and id(each) not in seen:
                seen.add(id(each))
                yield each
                waiting += each.sources


def _sparse(call: Call, context: Context) -> Value | None:
    """Make a loss over class ids; without a class to ignore it is one like others."""
    ignored = call.argument(None, "ignore_class")
    return None if ignored is None or ignored == NONE else Unknown("a loss that ignores a class", _IGNORING)


FUNCTIONS: Mapping[str, Handler] = {"keras.losses.SparseCategoricalCrossentropy": _sparse}
