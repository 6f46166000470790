"""The masks that Keras passes to a `call` that asks for them: None where what it is called on has none."""

from __future__ import annotations

from padlint.graph import MaskOp, TensorId
from padlint.keras.builder import GraphBuilder
from padlint.keras.tensors import TensorValue
from padlint.python.context import Context
from padlint.python.values import NONE, DictValue, ListValue, Site, TupleValue, Value


def passed_masks(builder: GraphBuilder, first: Value, outer: list[TensorId], site: Site, context: Context) -> Value:
    """Return what Keras passes as `mask=`: a mask, or a list as long as the inputs.

    Of inputs none of which has one, Keras 3 passes a list all the same, and Keras 2 none.
    """
    masks = [TensorValue(builder, builder.add(MaskOp(), (tensor,), site.span)) for tensor in outer]
    if not is_structure(first):
        return masks[0]
    several = context.new_list(masks)
    return context.join((several, NONE)) if all(map(builder.is_unmasked, outer)) else several


def is_structure(value: Value) -> bool:
    """Say whether a layer is called on several tensors, or on one in a list."""
    return isinstance(value, ListValue | TupleValue | DictValue)
