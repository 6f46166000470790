"""The mask that Keras passes to a `call` that asks for it: None where what the layer is called on has none."""

from __future__ import annotations

from padlint.dataclass import dataclass
from padlint.graph import MaskOp, TensorId
from padlint.keras.builder import GraphBuilder
from padlint.keras.tensors import TensorValue
from padlint.python.values import Site


@dataclass(frozen=True, slots=True, eq=False)
class PassedMask(TensorValue):
    """The mask of a tensor, as the parameter of a `call`."""

    masked: TensorId

    def is_none(self) -> bool:
        if not self.builder.is_unmasked(self.masked):
            return False
        self.builder.decide_unmasked(self.masked)
        return True


def passed_mask(builder: GraphBuilder, tensor: TensorId, site: Site) -> PassedMask:
    """Return the mask that Keras passes with a tensor."""
    return PassedMask(builder, builder.add(MaskOp(), (tensor,), site.span), tensor)
