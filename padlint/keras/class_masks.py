"""What a class of the project says of masks: by `compute_mask`, by `supports_masking`, or by what it extends."""

from __future__ import annotations

from padlint.graph import Layer, MaskOp, TensorId
from padlint.keras.builder import GraphBuilder
from padlint.keras.layer_objects import LAYER, OTHER_VERSION, LayerValue
from padlint.keras.layers import MaskOut, layer_variants
from padlint.keras.passed_masks import is_structure
from padlint.keras.tensors import TensorValue
from padlint.python.context import Context
from padlint.python.truth import truth
from padlint.python.values import ABSENT, Call, Constant, Instance, Value


def supports_masking(instance: Instance) -> bool | None:
    """Say whether a class sets the attribute, None when that could not be read."""
    own = instance.attributes.read("supports_masking")
    if own is ABSENT:
        found = (cls.scope.store.read("supports_masking") for cls in instance.cls.lineage())
        own = next((value for value in found if value is not ABSENT), Constant(False))
    return truth(own)


def computes_mask(instance: Instance, context: Context) -> bool:
    """Say whether a class has a `compute_mask` that gives one: its own, or that of the layer that it extends."""
    return context.find_method(instance, "compute_mask") is not None or _inherits_mask(_extended(instance))


def computed_mask(
    builder: GraphBuilder, instance: Instance, outer: list[TensorId], call: Call, context: Context
) -> Value | None:
    """Return what the `compute_mask` of a class gives, which is run if it is its own; None when it has none."""
    method, extended = context.find_method(instance, "compute_mask"), _extended(instance)
    if not outer or (method is None and not _inherits_mask(extended)):
        return None
    if method is None:
        return TensorValue(builder, builder.add(MaskOp(extended), outer, call.site.span))
    inputs = [TensorValue(builder, tensor) for tensor in outer]
    masks = [TensorValue(builder, builder.add(MaskOp(), (tensor,), call.site.span)) for tensor in outer]
    in_list = any(map(is_structure, call.arguments[:1]))
    first: Value = context.new_list(inputs) if in_list or len(outer) > 1 else inputs[0]
    second: Value = context.new_list(masks) if is_structure(first) else masks[0]
    return context.call(method, Call((first, second), {}, call.site))


def says_of_masks(instance: Instance, inherited: Layer, context: Context) -> bool:
    """Say whether a class says what becomes of masks, and the layer of Keras whose `call` it has lets it.

    By the attribute go those layers that pass no mask on for want of it: Keras 3 warns of them.
    """
    if context.find_method(instance, "compute_mask") is not None:
        return True
    variants = layer_variants(inherited, 3)
    return bool(variants) and all(facts.warns for facts in variants) and supports_masking(instance) is not False


def _inherits_mask(extended: Layer | None) -> bool:
    """Say whether there may be a mask behind a layer of Keras, whatever its `call` does."""
    if extended is None:
        return False
    variants = (facts for keras in OTHER_VERSION for facts in layer_variants(extended, keras))
    return any(facts.mask_out is not MaskOut.NONE for facts in variants)


def _extended(instance: Instance) -> Layer | None:
    """Return the layer of Keras that an instance is as well, by what its class extends."""
    held = instance.attributes.read(LAYER)
    return held.layer if isinstance(held, LayerValue) else None
