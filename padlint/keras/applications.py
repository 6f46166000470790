"""Image models that Keras ships ready-made (`keras.applications`): nothing in them has timesteps."""

from __future__ import annotations

from padlint.dataclass import dataclass
from padlint.graph import Effect, InputOp, Layer, RawOp
from padlint.keras.builder import GraphBuilder
from padlint.keras.layer_objects import LayerValue
from padlint.keras.names import last
from padlint.keras.tensors import TensorValue, tensors_in
from padlint.python.heap import Store
from padlint.python.values import Call, Items, Value

HOME = "keras.applications."


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A model that somebody else has built: its inputs, its outputs, and what is known of its layers."""

    inputs: Value
    outputs: Value
    layers: Items


def ready_made(builder: GraphBuilder, dotted: str, call: Call) -> ReadyMade | None:
    """Draw the model that such a function makes (`keras.applications.VGG16`), None for a call of anything else."""
    if not dotted.startswith(HOME) or not last(dotted)[:1].isupper():
        return None
    given = call.argument(None, "input_tensor")
    found = tensors_in(given) if given is not None else []
    source = found[0] if found else builder.add(InputOp(), (), call.site.span)
    output = TensorValue(builder, builder.add(RawOp(last(dotted), Effect.NO_STEPS), (source,), call.site.span))
    # Any number of layers, each with an output without timesteps.
    layer = Layer(builder.layer_id(), f"a layer of {last(dotted)}", {}, call.site.span)
    layers = Items((), LayerValue(builder, layer, Store({"output": output}), {}, None, call.site))
    return ReadyMade(TensorValue(builder, source), output, layers)
