"""Which layers end in a softmax, and over which axis."""

from __future__ import annotations

from typing import Final

from padlint.graph import Known, Layer

SOFTMAXES: Final = frozenset({"softmax", "log_softmax"})
LAST: Final = -1


def softmax_axis(layer: Layer) -> int | None:
    """Return the axis along which what a layer gives adds up to one; None when it applies no softmax.

    A layer applies the function that it is named after, or that its `activation` is.
    """
    if layer.kind.lower() in SOFTMAXES:
        axis = layer.settings.get("axis", Known(LAST))
        return axis.value if isinstance(axis, Known) and isinstance(axis.value, int) else None
    match layer.settings.get("activation"):
        case Known(str(name)) if name in SOFTMAXES:
            return LAST
        case _:
            return None
