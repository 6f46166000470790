"""Where the axes of a tensor, and the padding along them, end up when they are moved."""

from __future__ import annotations

from typing import Final, assert_never

from padlint.graph import Effect, RawOp, Side

FOLDED: Final = 0
"""The axis of padded steps that were made rows of the batch, and may be made steps again."""
USUAL_RANK: Final = 3
"""(batch, steps, features): what a tensor is taken for when only an axis counted from its end is known."""


def turned(side: Side) -> Side:
    """Return where padding sits once the steps are reversed."""
    return {Side.PRE: Side.POST, Side.POST: Side.PRE}.get(side, side)


def joined(side: Side, index: int, count: int) -> tuple[Side, ...]:
    """Return on which sides of real steps the padding of one of several tensors is once they follow each other."""
    between = (side is Side.PRE and index > 0) or (side is Side.POST and index < count - 1)
    return (side, turned(side)) if between else (side,)


def counted_from_front(axis: int | None, rank: int | None) -> int | None:
    """Return an axis as a number from 0, None when it was not read."""
    if axis is None or axis >= 0:
        return axis
    return max(axis + (rank or USUAL_RANK), 0)


def worked_axis(op: RawOp, rank: int | None) -> int:
    """Return the axis that an operation over steps works on: axis 1 when it was not read."""
    axis = counted_from_front(op.axis, rank)
    return 1 if axis is None else axis


def contracted_axis(op: RawOp, index: int, rank: int | None) -> int | None:
    """Return the axis of one operand that a product sums over.

    (queries, keys) with (keys, features) makes (queries, features), unless the axes are given.
    """
    last = (rank or USUAL_RANK) - 1
    if not op.shape:
        return last if index == 0 else max(last - 1, 0)
    return counted_from_front(op.shape[min(index, len(op.shape) - 1)], rank)


def dotted_axis(axis: int, index: int, contracted: tuple[int, int], rank: int | None) -> int | None:
    """Return where an axis of one of two tensors is once they were multiplied and summed over the contracted axes.

    What is left of the first comes first, and then what is left of the second without its batch.

    Args:
        rank: that of the first tensor.
    """
    if axis == contracted[index]:
        return None
    left = axis - 1 if axis > contracted[index] else axis
    return left if index == 0 else left + (rank or USUAL_RANK) - 2


def rank_after(op: RawOp, ranks: tuple[int | None, ...]) -> int | None:
    """Return the rank of what an operation makes of tensors of these ranks."""
    first = ranks[0] if ranks else None
    match op.effect:
        case Effect.POINTWISE | Effect.TEST:
            return max((rank for rank in ranks if rank is not None), default=None)
        case Effect.RESHAPE | Effect.TRANSPOSE:
            return len(op.shape) or (first if op.effect is Effect.TRANSPOSE else None)
        case Effect.EXPAND | Effect.ONE_HOT | Effect.STACK | Effect.LOOKUP:
            return first + 1 if first else None
        case Effect.SQUEEZE | Effect.LAST_STEP | Effect.ONE_STEP | Effect.EACH_STEP | Effect.REDUCE_STEPS:
            return first - 1 if first else None
        case Effect.FEATURES | Effect.GATHER_STEPS | Effect.SHAPE | Effect.NO_STEPS | Effect.UNKNOWN:
            return None
        case Effect.SAME_OBJECT | Effect.MASKED | Effect.CROP_STEPS | Effect.REVERSE_STEPS | Effect.SOFTMAX_STEPS:
            return first
        case Effect.ORDER_STEPS | Effect.MIX_STEPS:
            return first
        case Effect.PAIR_STEPS | Effect.WEIGH_STEPS | Effect.JOIN_FEATURES | Effect.JOIN_STEPS:
            return first
    assert_never(op.effect)


def axis_of_input(op: RawOp, axis: int, index: int, rank: int | None) -> int | None:
    """Return where an axis of one of the inputs is in the result."""
    last = (rank or USUAL_RANK) - 1
    if op.effect is Effect.PAIR_STEPS:
        # (queries, features) with (keys, features) makes (queries, keys).
        is_keys = index == 1 and axis == last - 1
        return last if is_keys else None if axis == last else axis
    if op.effect is Effect.WEIGH_STEPS:
        return None if axis == contracted_axis(op, index, rank) else axis
    return axis_after(op, axis, rank)


def axis_after(op: RawOp, axis: int, rank: int | None) -> int | None:
    """Return where an axis of the first input is afterwards, or None when it is gone."""
    match op.effect:
        case Effect.TRANSPOSE:
            return (op.shape.index(axis) if axis in op.shape else None) if op.shape else axis
        case Effect.EXPAND | Effect.STACK:
            return _after_insertion(op, axis, rank)
        case Effect.SQUEEZE:
            return _after_removal(counted_from_front(op.axis, rank), axis)
        case Effect.LAST_STEP | Effect.ONE_STEP | Effect.EACH_STEP | Effect.GATHER_STEPS:
            return _after_removal(worked_axis(op, rank), axis)
        case Effect.REDUCE_STEPS | Effect.WEIGH_STEPS:
            return _after_removal(worked_axis(op, rank), axis)
        case Effect.RESHAPE:
            return _after_reshape(op, axis, rank)
        case Effect.SHAPE | Effect.NO_STEPS:
            return None
        case _:
            return axis


def _after_reshape(op: RawOp, axis: int, rank: int | None) -> int | None:
    """Follow an axis through a reshape, as far as its target tells.

    An axis whose length the target names is where that stands, and steps that were folded into the batch come out of
    it again as the first axis behind it. Otherwise the axes are taken to stay where they are, and what lands on the
    features or beyond is gone. `(-1, a, b)` of a tensor of rank 4 either folds outer steps into the batch, or heads
    into the features: steps are on axis 1 then.
    """
    shape = op.shape
    if not shape:
        return axis
    if _makes_rows(op, axis, rank):
        return FOLDED
    lengths = tuple(counted_from_front(length, rank) for length in op.lengths)
    if axis == FOLDED:
        return lengths.index(1) if 1 in lengths else 1
    if axis in lengths:
        return lengths.index(axis)
    if shape[0] == -1 and rank is not None and 3 <= len(shape) < rank and axis > 1:
        axis -= rank - len(shape)
    while axis < len(shape) and shape[axis] == 1:
        axis += 1  # a single step is no sequence
    return axis if axis < max(len(shape) - 1, 1) else None


def _makes_rows(op: RawOp, axis: int, rank: int | None) -> bool:
    """Say whether a reshape makes steps rows of the batch, or leaves them so: `(-1, width)` keeps the features."""
    match op.shape, op.lengths:
        case (-1, _), (_, int(length)):
            last = (rank or USUAL_RANK) - 1
            return length > 1 if axis == FOLDED else axis < last == counted_from_front(length, rank)
        case _:
            return False


def _after_insertion(op: RawOp, axis: int, rank: int | None) -> int:
    """Shift an axis behind a new one; a new last axis, or one that was not read, moves nothing that matters."""
    if op.axis is None or op.axis == -1:
        return axis
    new = op.axis if op.axis >= 0 else op.axis + (rank or USUAL_RANK) + 1
    return axis + 1 if new <= axis else axis


def _after_removal(removed: int | None, axis: int) -> int | None:
    if removed is None:
        return axis
    return None if axis == removed else axis - 1 if axis > removed else axis
