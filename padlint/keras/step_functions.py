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

STEPPED_BASE = "keras.layers.Recurrent"
EACH_STEP, ALL_STEPS = RawOp("K.rnn", Effect.EACH_STEP, axis=1), RawOp("K.rnn", Effect.STACK, axis=1)
INPUTS, STATES, CONSTANTS = (1, "inputs"), (2, "initial_states"), (5, "constants")


def run_over_steps(builder: GraphBuilder, call: Call, context: Context) -> Value | None:
    """Follow the step function, and return what `K.rnn` does: the last output, all outputs, and the last states.

    None when the function or the tensor is not known.
    """
    function, inputs = call.argument(0, "step_function"), call.argument(*INPUTS)
    if not isinstance(function, FunctionValue | BoundMethod) or inputs is None:
        return None
    steps: list[Value] = [
        raw(builder, EACH_STEP, (tensor,), call.site) for tensor in flat_tensors(builder, inputs, call.site)
    ]
    if not steps:
        return None
    step = steps[0] if len(steps) == 1 else context.new_list(steps)
    carried = [*_items(call.argument(*STATES)), *_items(call.argument(*CONSTANTS))]
    result = context.call(function, Call((step, context.new_list(carried)), {}, call.site))
    match result:
        case TupleValue(items=(output, states)):
            return TupleValue((output, stacked(builder, output, ALL_STEPS, call, context), states))
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


def stacked(builder: GraphBuilder, result: Value, again: RawOp, call: Call, context: Context) -> Value:
    """Return what a function gave for one of many, for all of them: each tensor with the axis that was taken apart."""
    match result:
        case TensorValue(id=tensor):
            return raw(builder, again, (tensor,), call.site)
        case TupleValue(items):
            return TupleValue(tuple(stacked(builder, item, again, call, context) for item in items))
        case ListValue():
            return context.new_list([stacked(builder, item, again, call, context) for item in result.items.known])
        case _:
            pass
    return result
