"""Cross the edge of a custom layer or of a step: a real Keras layer decides which mask the result carries on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from padlint.confirm.frameworks import Framework, LayerObject
from padlint.confirm.tensors import Tensor, mask_of, tensor_of, with_mask
from padlint.graph import Layer

Compute = Callable[[Sequence["Tensor | None"]], "Tensor | None"]


def crossing(framework: Framework, layer: Layer, *, own_mask: bool, drops: bool = False) -> Compute:
    """Make what leaves a custom layer: what its `call` returned, with the mask that Keras gives it.

    Keras is asked by a layer of the same `supports_masking` and `compute_mask` whose `call` returns what the custom
    layer's did: what Keras does to masks around `call` is then done by Keras.

    Args:
        own_mask: whether the last tensor read is the mask that the layer's own `compute_mask` returned.
        drops: whether that returned None.
    """
    custom = layer.custom

    def compute(read: Sequence[Tensor | None]) -> Tensor | None:
        result, given = read[0], read[1 : len(read) - own_mask]
        if not given or result is None:
            return result
        around = _around(framework, result, supports_masking=bool(custom and custom.supports_masking))
        if own_mask or drops:
            around.compute_mask = lambda *_, **__: None if drops else read[-1]
            around.supports_masking = True
        elif custom is not None and custom.computes_mask:
            around.supports_masking = True
        return tensor_of(around(given[0] if len(given) == 1 else list(given)))

    return compute


def enter_steps(framework: Framework) -> Compute:
    """Make the way into TimeDistributed: every step of axis 1 becomes a row of its own, with its own mask."""
    flow = framework.tensorflow

    def compute(read: Sequence[Tensor | None]) -> Tensor | None:
        outer = read[0]
        if outer is None:
            return None
        mask = mask_of(outer)
        inner: Tensor = flow.reshape(outer, (-1, *outer.shape[2:]))
        if mask is not None and len(mask.shape) > 2:
            with_mask(inner, flow.reshape(mask, (-1, *mask.shape[2:])))
        return inner

    return compute


def exit_steps(framework: Framework) -> Compute:
    """Make the way out of TimeDistributed: the rows are steps of axis 1 again, and the mask is what went in."""
    flow = framework.tensorflow

    def compute(read: Sequence[Tensor | None]) -> Tensor | None:
        inner, outer = read[0], read[1]
        if inner is None or outer is None:
            return None
        joined: Tensor = flow.reshape(inner, (outer.shape[0], outer.shape[1], *inner.shape[1:]))
        return tensor_of(_around(framework, joined, supports_masking=True)(outer))

    return compute


def _around(framework: Framework, result: Tensor, *, supports_masking: bool) -> LayerObject:
    """Make a Keras layer whose `call` returns a tensor that is there already."""

    class Around(framework.keras.layers.Layer):  # type: ignore[misc,name-defined]  # Keras comes without types
        def call(self, inputs: object) -> Tensor:
            return result

    layer: LayerObject = Around()
    layer.supports_masking = supports_masking
    return layer
