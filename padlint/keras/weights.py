"""Weights of a layer or program: what a tensor is multiplied by, as far as that changes its axes."""

from __future__ import annotations

from typing import Final

from padlint.keras.data import DataValue
from padlint.keras.settings import shape_of
from padlint.python.values import Call, ListValue, TupleValue, Unknown, Value

VARIABLES: Final = frozenset(
    ["tensorflow.Variable", "tensorflow.get_variable", "keras.backend.variable", "keras.Variable"]
)
SHAPES: Final = frozenset(["shape", "initial_value", "value"])
WEIGHT: Final = "weight"


def weight(call: Call) -> Unknown:
    """Return the weight that a call makes: by the shape it gives, or by what it starts from."""
    named = [value for name, value in call.keywords.items() if name in SHAPES]
    ranks = [rank for value in (*named, *call.arguments[:2]) if (rank := _rank(value)) is not None]
    return Unknown("a weight", f"{WEIGHT}:{ranks[0]}" if ranks else WEIGHT)


def _rank(value: Value) -> int | None:
    match value:
        case DataValue(facts=facts):
            return facts.rank
        case TupleValue() | ListValue():
            shape = shape_of(value)
            return len(shape) if shape else None
        case _:
            return None


def is_weight(value: Value) -> bool:
    """Say whether a value is a weight."""
    return isinstance(value, Unknown) and value.operation.partition(":")[0] == WEIGHT


def is_vector(value: Value) -> bool:
    """Say whether a value is a weight of one axis: a product with it leaves no features."""
    return isinstance(value, Unknown) and value.operation == f"{WEIGHT}:1"
