"""Follow which values of a tensor are about real steps, and which about padding, through a rebuilt model.

A tensor's presence has the tensor's own shape: True where a value is about a real step. Operations that move values
move their presence likewise, so nothing here needs to know where a time axis is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from padlint.confirm.tensors import Truth
from padlint.dataclass import dataclass

Box: TypeAlias = tuple[np.ndarray[tuple[int, ...], np.dtype[np.intp]], ...]
"""Positions along each axis of one row, shaped so that together they pick a box out of it."""


def everywhere(shape: Sequence[int]) -> Truth:
    """Give the presence of a tensor without padding."""
    return np.ones(tuple(shape), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Windows:
    """How a layer reads its input along each axis, the batch apart: how wide windows are, and how far apart."""

    widths: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()


def of_layer(
    inputs: Sequence[Truth], shape: Sequence[int], move: Callable[[], Truth | None], windows: Windows
) -> Truth:
    """Give the presence of what a layer makes.

    Args:
        inputs: the presence of what it was called on.
        shape: the shape of what it made.
        move: gives what the layer makes of the presence itself, for a layer without weights that only moves values.
    """
    first = inputs[0]
    if len(inputs) > 1:
        return _merged(inputs, shape, move)
    if first.shape == tuple(shape):
        return first
    if _same_steps(first, shape):
        return _over_features(first, shape)
    if first.shape == tuple(shape[: first.ndim]):
        return np.array(np.broadcast_to(first.reshape(*first.shape, *[1] * (len(shape) - first.ndim)), shape))
    moved = move()
    if moved is not None and moved.shape == tuple(shape):
        return unless_merged(first, moved)
    if first.ndim == len(shape):
        return _over_features(_resampled(first, shape, windows), shape)
    return summarised(first, shape)


def stepwise(inputs: Sequence[Truth], shape: Sequence[int]) -> Truth:
    """Give the presence of what an operation makes of several tensors, value by value."""
    total = everywhere(shape)
    for presence in inputs:
        fitting = _fitting(presence, shape)
        if fitting is not None:
            total &= fitting
    return total


def on_features(first: Truth, shape: Sequence[int]) -> Truth:
    """Give the presence where only features were sliced, summed or multiplied."""
    if first.shape == tuple(shape):
        return first
    if _same_steps(first, shape):
        return _over_features(first, shape)
    return np.array(first.any(axis=-1)) if first.shape[:-1] == tuple(shape) else summarised(first, shape)


def unless_merged(before: Truth, after: Truth) -> Truth:
    """Give up the steps when an axis of time was merged into one of features: every position then counts."""
    return everywhere(after.shape) if after.size == before.size and _varying(after) > _varying(before) else after


def row_box(presence: Truth, row: int) -> Box | None:
    """Give the positions of a row's real values along each axis, when these are all the values in that box."""
    real = presence[row]
    if not real.ndim:
        return ()
    positions = tuple(
        np.flatnonzero(real.any(axis=tuple(other for other in range(real.ndim) if other != axis)))
        for axis in range(real.ndim)
    )
    box = np.ix_(*positions)
    return box if real.any() and real[box].all() else None


def filled_up(box: Box, shape: Sequence[int]) -> Box:
    """Give as many positions as a row has, with the first and the last of a box repeated in the place of the others."""
    edges = ((int(positions.min()), int(positions.max())) for positions in box)
    return np.ix_(*(np.clip(np.arange(size), *ends) for size, ends in zip(shape, edges, strict=True)))


def summarised(presence: Truth, shape: Sequence[int]) -> Truth:
    """Reduce the axes that are gone: a summary is about real steps when any that it is of is real."""
    kept = 0
    while kept < min(presence.ndim, len(shape)) and presence.shape[kept] == shape[kept]:
        kept += 1
    leading = presence.any(axis=tuple(range(kept, presence.ndim)))
    return np.array(np.broadcast_to(leading.reshape(*leading.shape, *[1] * (len(shape) - kept)), tuple(shape)))


# Shapes -----------------------------------------------------------------------------------------------------------


def _same_steps(presence: Truth, shape: Sequence[int]) -> bool:
    return presence.ndim == len(shape) > 1 and presence.shape[:-1] == tuple(shape[:-1])


def _over_features(presence: Truth, shape: Sequence[int]) -> Truth:
    """Spread over another number of features."""
    return np.array(np.broadcast_to(presence.any(axis=-1, keepdims=True), tuple(shape)))


def _merged(inputs: Sequence[Truth], shape: Sequence[int], move: Callable[[], Truth | None]) -> Truth:
    """Give the presence of what was made of several tensors: where all are real, or where the first is."""
    if all(presence.shape == tuple(shape) for presence in inputs):
        return stepwise(inputs, shape)
    if all(_same_steps(presence, shape) for presence in inputs):
        return stepwise([_over_features(presence, shape) for presence in inputs], shape)
    moved = None if _same_steps(inputs[0], shape) else move()
    if moved is not None and moved.shape == tuple(shape):
        return moved
    return on_features(inputs[0], shape) if inputs[0].ndim >= len(shape) else stepwise(inputs, shape)


def _resampled(presence: Truth, shape: Sequence[int], windows: Windows) -> Truth:
    """Take an output step for real when its window reads any real step."""
    for axis in range(1, presence.ndim - 1):
        length, steps = presence.shape[axis], shape[axis]
        stride = windows.strides[axis - 1] if axis <= len(windows.strides) else 1
        width = windows.widths[axis - 1] if axis <= len(windows.widths) else 1
        if steps > length:
            presence = presence.take(np.arange(steps) * length // steps, axis=axis)
        elif steps < length:
            offset = max(0, (steps - 1) * stride + width - length) // 2
            reads = np.arange(steps)[:, None] * stride + np.arange(width) - offset
            inside = presence.take(np.clip(reads, 0, length - 1), axis=axis)
            presence = inside.any(axis=axis + 1)
    return presence


def _fitting(presence: Truth, shape: Sequence[int]) -> Truth | None:
    try:
        return np.broadcast_to(presence, tuple(shape))
    except ValueError:
        return None


def _varying(presence: Truth) -> int:
    """Give the length of the longest axis, the batch apart, along which real and padded values alternate."""
    return max(
        (size for axis, size in enumerate(presence.shape) if axis and (presence.any(axis) != presence.all(axis)).any()),
        default=0,
    )
