"""Functions that run the program's functions on tensors: branches (`tf.cond`), loops over rows and over steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, TypeGuard

from padlint.graph import Effect, RawOp
from padlint.keras.builder import GraphBuilder
from padlint.keras.layer_objects import flat_tensors
from padlint.keras.step_functions import run_over_steps, stacked
from padlint.keras.tensors import TensorValue, raw
from padlint.python.context import Context
from padlint.python.values import BoundMethod, Call, FunctionValue, PartialValue, Value

EACH_ROW: Final = RawOp("each row", Effect.EACH_STEP, axis=0)
ALL_ROWS: Final = RawOp("all rows", Effect.STACK, axis=0)


class Handler(Protocol):
    """Follows one call; None when the functions that it runs are not known."""

    def __call__(self, builder: GraphBuilder, call: Call, context: Context) -> Value | None: ...


def _branches(builder: GraphBuilder, call: Call, context: Context) -> Value | None:
    """Return what either of two functions without arguments returns."""
    first = call.argument(1, "true_fn") or call.argument(None, "then_expression")
    second = call.argument(2, "false_fn") or call.argument(None, "else_expression")
    if not (_is_function(first) and _is_function(second)):
        return None
    nothing = Call((), {}, call.site)
    return context.join([context.call(first, nothing), context.call(second, nothing)])


def _each_row(builder: GraphBuilder, call: Call, context: Context) -> Value | None:
    """Follow a function of one row of each tensor, and stack what it returns."""
    function, elements = call.argument(0, "fn"), call.argument(1, "elems")
    if not _is_function(function) or elements is None:
        return None
    rows = [raw(builder, EACH_ROW, (tensor,), call.site) for tensor in flat_tensors(builder, elements, call.site)]
    if not rows:
        return None
    row = rows[0] if isinstance(elements, TensorValue) else context.new_list(rows)
    return stacked(builder, context.call(function, Call((row,), {}, call.site)), ALL_ROWS, call, context)


def _is_function(value: Value | None) -> TypeGuard[Value]:
    return isinstance(value, FunctionValue | BoundMethod | PartialValue)


FUNCTIONS: Final[Mapping[str, Handler]] = {
    "tensorflow.cond": _branches,
    "keras.ops.cond": _branches,
    "keras.backend.switch": _branches,
    "keras.backend.map_fn": _each_row,
    "keras.backend.rnn": run_over_steps,
    "keras.ops.map": _each_row,
    "tensorflow.map_fn": _each_row,
    "tensorflow.vectorized_map": _each_row,
}
