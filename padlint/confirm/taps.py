"""Listen at a layer: which masks its `call` gets when the model runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field

import numpy as np

from padlint.confirm.frameworks import LayerObject
from padlint.confirm.tensors import Tensor, Truth
from padlint.dataclass import dataclass
from padlint.finding import ArrivedMask

# In this order: the mask that hides keys counts before the one that hides queries.
MASKS = ("key_mask", "value_mask", "attention_mask", "mask", "query_mask")


@dataclass(slots=True)
class Heard:
    """The masks of a layer's last call, by the argument that they came in."""

    masks: Mapping[str, object] = field(default_factory=dict)

    def arrived(self, real: Truth) -> ArrivedMask:
        """Compare the mask that counts with where the real steps are."""
        given = [self.masks[name] for name in MASKS if self.masks.get(name) is not None]
        flat = [mask for entry in given for mask in _entries(entry)]
        return _compared(np.asarray(flat[0].numpy(), dtype=np.bool_), real) if flat else ArrivedMask.NONE


@contextmanager
def listening(layer: LayerObject) -> Iterator[Heard]:
    """Record the masks that a layer's `call` gets; what it computes is left as it is."""
    heard = Heard()
    original = layer.call

    def call(*inputs: object, **arguments: object) -> object:
        heard.masks = {name: value for name, value in arguments.items() if name in MASKS}
        return original(*inputs, **arguments)

    layer.call = call
    try:
        yield heard
    finally:
        layer.call = original


def _entries(mask: object) -> Iterator[Tensor]:
    """Yield the masks of several inputs, the last first: the keys come after the queries."""
    entries: Sequence[Tensor | None] = mask if isinstance(mask, list | tuple) else [mask]  # type: ignore[list-item]  # Keras comes without types
    yield from (entry for entry in reversed(entries) if entry is not None)


def _compared(mask: Truth, real: Truth) -> ArrivedMask:
    """Say how a mask over the leading axes, or over pairs of steps, meets the real steps."""
    if mask.all():
        return ArrivedMask.ALL_TRUE
    steps = real.any(axis=tuple(range(min(mask.ndim, real.ndim), real.ndim))) if real.ndim > mask.ndim else real
    if mask.ndim == 3 and real.ndim == 3:
        steps, mask = np.array(real.any(axis=-1)), np.array(mask.any(axis=1))
    if mask.shape != steps.shape:
        return ArrivedMask.OTHER
    return ArrivedMask.COVERS if bool((mask == steps).all()) else ArrivedMask.OTHER
