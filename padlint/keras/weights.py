"""Weights of a layer or program: what a tensor is multiplied by, as far as that changes its axes."""

from __future__ import annotations

from typing import Final

from padlint.graph import Effect
from padlint.keras.data.values import DataValue
from padlint.keras.names import canonical
from padlint.keras.operation_table import row_of
from padlint.keras.settings import shape_of
from padlint.python.values import Call, Constant, LibraryName, ListValue, TupleValue, Unknown, Value

VARIABLES: Final = frozenset(
    ["tensorflow.Variable", "tensorflow.get_variable", "keras.backend.variable", "keras.Variable"]
)
SHAPES: Final = frozenset(["shape", "initial_value", "value"])
WEIGHT: Final = "weight"
CALL: Final = "call:"
HOMES: Final = ("tensorflow.", "keras.backend.", "keras.ops.")
MOST_DEPTH: Final = 4
# How many axes these add to a weight.
_ADDED: Final = {Effect.EXPAND: 1, Effect.SQUEEZE: -1, Effect.POINTWISE: 0, Effect.SAME_OBJECT: 0}


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


def is_weight(value: Value, depth: int = MOST_DEPTH) -> bool:
    """Say whether a value is a weight, or computed of nothing but weights, numbers and shapes: no data is in it."""
    match value:
        case Unknown(operation=operation) if operation.partition(":")[0] == WEIGHT:
            return True
        case Unknown(operation=operation, sources=sources) if operation.startswith(CALL) and depth:
            dotted = canonical(operation.removeprefix(CALL))
            effect = row_of(dotted).effect if dotted.startswith(HOMES) else Effect.UNKNOWN
            computed = bool(sources) and all(_is_free_of_data(source, depth - 1) for source in sources)
            return effect is Effect.SHAPE or (effect is not Effect.UNKNOWN and computed)
        case _:
            return False


def _is_free_of_data(value: Value, depth: int) -> bool:
    match value:
        case Constant() | LibraryName() | Unknown(operation="shape"):
            return True
        case Unknown(operation="item", sources=(Unknown(operation="shape"), *_)):
            return True
        case TupleValue(items, None):
            return all(_is_free_of_data(item, depth) for item in items)
        case ListValue() if value.items.rest is None:
            return all(_is_free_of_data(item, depth) for item in value.items.known)
        case _:
            return is_weight(value, depth)


def rank_of(value: Value, depth: int = MOST_DEPTH) -> int | None:
    """Return how many axes a weight has, None where that is not known: a product with it has as many more, less two."""
    match value:
        case Unknown(operation=operation) if operation.startswith(f"{WEIGHT}:"):
            return int(operation.removeprefix(f"{WEIGHT}:"))
        case Unknown(operation=operation, sources=(made_from, *_)) if operation.startswith(CALL) and depth:
            rank = rank_of(made_from, depth - 1)
            added = _ADDED.get(row_of(canonical(operation.removeprefix(CALL))).effect)
            return None if rank is None or added is None else rank + added
        case _:
            return None
