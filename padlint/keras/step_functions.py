"""`K.rnn`, and layers that are made of it: a function of the program runs on one step of a tensor after the other."""

from __future__ import annotations

from padlint.graph import Effect, RawOp
from padlint.keras.builder import GraphBuilder
from padlint.keras.layer_objects import flat_tensors
from padlint.keras.tensors import TensorValue, raw
from padlint.python.context import Context
from padlint.python.values import (
    BoundMethod,
    Call,
    Constant,
    FunctionValue,
    Instance,
    ListValue,
    TupleValue,
    Unknown,
    Value,
)

RUNS_STEPS = "keras.backend.rnn"
STEPPED_BASE = "keras.layers.Recurrent"
NAME = "K.rnn"
INPUTS, STATES, CONSTANTS = (1, "inputs"), (2, "initial_states"), (5, "constants")


def run_over_steps(builder: GraphBuilder, call: Call, context: Context) -> Value | None:
    """Follow the step function, and return what `K.rnn` does: the last output, all outputs, and the last states.

    None when the function or the tensor is not known.
    """
    function, inputs = call.argument(0, "step_function"), call.argument(*INPUTS)
    if not isinstance(function, FunctionValue | BoundMethod) or inputs is None:
        return None
    over = RawOp(NAME, Effect.EACH_STEP, axis=1)
    steps: list[Value] = [
        raw(builder, over, (tensor,), call.site) for tensor in flat_tensors(builder, inputs, call.site)
    ]
    if not steps:
        return None
    step = steps[0] if len(steps) == 1 else context.new_list(steps)
    carried = [*_items(call.argument(*STATES)), *_items(call.argument(*CONSTANTS))]
    result = context.call(function, Call((step, context.new_list(carried)), {}, call.site))
    match result:
        case TupleValue(items=(output, states)):
            return TupleValue((output, _all_steps(builder, output, call, context), states))
        case _:
            pass
    return Unknown("what a step function returns", "call", (result,))


def run_own_steps(builder: GraphBuilder, layer: Instance, call: Call, context: Context) -> Value | None:
    """Follow `Recurrent.call` of Keras 1 and 2, which runs the `step` of the program's layer over the input.

    None when the layer has no `step` that is known.
    """
    step, start = context.find_method(layer, "step"), context.find_method(layer, "get_initial_state")
    source = call.argument(0, "x") or call.argument(None, "inputs")
    if step is None or source is None:
        return None
    states = context.call(start, Call((source,), {}, call.site)) if start is not None else context.new_list(())
    match run_over_steps(builder, Call((step, source, states), {}, call.site), context):
        case TupleValue(items=(last, every, _)):
            sequences = layer.attributes.read("return_sequences")
            return every if sequences == Constant(True) else last if sequences == Constant(False) else None
        case other:
            return other


def _items(value: Value | None) -> tuple[Value, ...]:
    match value:
        case None | Constant(None):
            return ()
        case TupleValue(items):
            return items
        case ListValue():
            return value.items.known
        case _:
            pass
    return (value,)


def _all_steps(builder: GraphBuilder, output: Value, call: Call, context: Context) -> Value:
    """Return what all steps gave, along axis 1."""
    match output:
        case TensorValue(_, tensor):
            return raw(builder, RawOp(NAME, Effect.STACK, axis=1), (tensor,), call.site)
        case TupleValue(items):
            return TupleValue(tuple(_all_steps(builder, item, call, context) for item in items))
        case ListValue():
            return context.new_list([_all_steps(builder, item, call, context) for item in output.items.known])
        case _:
            pass
    return output
