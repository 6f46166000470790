"""Follow which steps of a sequence are real through the layers that move steps: by what Keras says that they do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Real = np.ndarray
"""Which steps of each row are real: (rows, steps)."""


def real_in_data(steps: int, lengths: Sequence[int], *, padded_first: bool) -> Real:
    """Give the real steps of sequences that were padded to one length."""
    positions, counts = np.arange(steps)[None], np.array(lengths)[:, None]
    return positions >= steps - counts if padded_first else positions < counts


def steps_after(layer: object, reals: Sequence[Real | None], shape: Sequence[int]) -> Real | None:
    """Give the real steps of what a layer made; None where steps are gone.

    Args:
        reals: the real steps of each tensor that it was called on.
    """
    real = reals[0] if reals else None
    if real is None or len(shape) < 3:
        return None
    match type(layer).__name__:
        case "Concatenate" if layer.axis == 1:
            return np.concatenate([one for one in reals if one is not None], axis=1)
        case "UpSampling1D":
            return np.repeat(real, layer.size, axis=1)
        case "Cropping1D":
            first, last = layer.cropping
            return real[:, first : real.shape[1] - last]
        case "MaxPooling1D" | "AveragePooling1D" if shape[1] != real.shape[1]:
            return _windows(real, shape[1], _one(layer.pool_size), _one(layer.strides))
        case "Conv1D" if shape[1] != real.shape[1]:
            return _windows(real, shape[1], _one(layer.kernel_size), _one(layer.strides))
        case _ if shape[1] != real.shape[1]:
            return None
        case _ if getattr(layer, "go_backwards", False):
            return real[:, ::-1]
        case _:
            return real


def _windows(real: Real, steps: int, width: int, stride: int) -> Real:
    """Take a step for real when its window reads any real step.

    Raises:
        ValueError: every window does, although some steps are padded: the padding is shorter than any that is made for.
    """
    starts = np.arange(steps) * stride - max(0, (steps - 1) * stride + width - real.shape[1]) // 2
    reads = [real[:, max(0, start) : start + width].any(axis=1) for start in starts]
    after = np.stack(reads, axis=1)
    if after.all() and not real.all():
        raise ValueError("the windows leave no step that is padding alone")
    return after


def _one(size: object) -> int:
    return int(size[0]) if isinstance(size, tuple | list) else int(size)  # type: ignore[call-overload]
