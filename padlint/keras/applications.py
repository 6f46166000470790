"""Image models that Keras ships ready-made (`keras.applications`): nothing in them has timesteps."""

from __future__ import annotations

from padlint.graph import Effect, InputOp, Layer, RawOp
from padlint.keras.builder import GraphBuilder
from padlint.keras.layer_objects import LayerValue
from padlint.keras.names import last
from padlint.keras.tensors import TensorValue, tensors_in
from padlint.python.heap import Store
from padlint.python.values import Call, Items

HOME = "keras.applications."


def is_ready_made(dotted: str) -> bool:
    """Say whether a name is one of a class-like function that makes such a model (`keras.applications.VGG16`)."""
    return dotted.startswith(HOME) and last(dotted)[:1].isupper()


def ends(builder: GraphBuilder, dotted: str, call: Call) -> tuple[TensorValue, TensorValue]:
    """Return the input and the output of a ready-made model, by the call that makes it."""
    given = call.argument(None, "input_tensor")
    found = tensors_in(given) if given is not None else []
    source = found[0] if found else builder.add(InputOp(), (), call.site.span)
    output = builder.add(RawOp(last(dotted), Effect.NO_STEPS), (source,), call.site.span)
    return TensorValue(builder, source), TensorValue(builder, output)


def layers_within(builder: GraphBuilder, dotted: str, output: TensorValue, call: Call) -> Items:
    """Return the layers of a ready-made model: any number, each with an output without timesteps."""
    layer = Layer(builder.layer_id(), f"a layer of {last(dotted)}", {}, call.site.span)
    return Items((), LayerValue(builder, layer, Store({"output": output}), {}, None, call.site))
