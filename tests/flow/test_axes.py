"""Where raw operations put the axes of a tensor."""

from __future__ import annotations

import pytest

from padlint.flow.axes import axis_after, axis_of_input, rank_after
from padlint.graph import Effect, RawOp


def after(effect, axis, rank, *, along=None, shape=()):
    return axis_after(RawOp("op", effect, along, shape=shape), axis, rank)


@pytest.mark.parametrize(
    ("effect", "along", "shape", "axis", "becomes"),
    [
        (Effect.POINTWISE, None, (), 1, 1),
        (Effect.EXPAND, -1, (), 1, 1),
        (Effect.EXPAND, 1, (), 1, 2),
        (Effect.EXPAND, 2, (), 1, 1),
        (Effect.SQUEEZE, -1, (), 1, 1),
        (Effect.SQUEEZE, 1, (), 2, 1),
        (Effect.TRANSPOSE, None, (0, 2, 1), 1, 2),
        (Effect.TRANSPOSE, None, (1, 0, 2), 1, 0),
        (Effect.REDUCE_STEPS, 1, (), 1, None),
        (Effect.REDUCE_STEPS, -1, (), 1, 1),
        (Effect.REDUCE_STEPS, -2, (), 1, None),
        (Effect.LAST_STEP, 1, (), 1, None),
        (Effect.LAST_STEP, 1, (), 2, 1),
        (Effect.GATHER_STEPS, None, (), 1, None),
        (Effect.STACK, 0, (), 1, 2),
        (Effect.SHAPE, None, (), 1, None),
    ],
)
def test_one_axis_of_three(effect, along, shape, axis, becomes):
    assert after(effect, axis, 3, along=along, shape=shape) == becomes


@pytest.mark.parametrize(
    ("rank", "shape", "axis", "becomes"),
    [
        (2, (-1, 80, 1), 1, 1),  # ids become features of width 1
        (3, (-1, 640), 1, None),  # all steps in one row
        (3, (None, -1), 1, None),
        (3, (-1, 80, 4, 16), 1, 1),  # features split into heads
        (4, (-1, 80, 64), 1, 1),  # heads joined again
        (4, (-1, 20, 8), 2, 1),  # sentences folded into the batch: words are the steps
        (3, (), 1, 1),  # a target that was not read
    ],
)
def test_a_reshape(rank, shape, axis, becomes):
    assert after(Effect.RESHAPE, axis, rank, shape=shape) == becomes


@pytest.mark.parametrize(
    ("effect", "shape", "index", "axis", "becomes"),
    [
        (Effect.PAIR_STEPS, (), 0, 1, 1),  # queries stay
        (Effect.PAIR_STEPS, (), 1, 1, 2),  # keys become the last axis
        (Effect.WEIGH_STEPS, (), 0, 1, 1),  # (queries, keys) with
        (Effect.WEIGH_STEPS, (), 0, 2, None),
        (Effect.WEIGH_STEPS, (), 1, 1, None),  # (keys, features)
        (Effect.WEIGH_STEPS, (1, 1), 0, 1, None),  # batch_dot(axes=[1, 1])
    ],
)
def test_a_product_of_two(effect, shape, index, axis, becomes):
    assert axis_of_input(RawOp("op", effect, shape=shape), axis, index, 3) == becomes


@pytest.mark.parametrize(
    ("effect", "shape", "ranks", "becomes"),
    [
        (Effect.EXPAND, (), (2,), 3),
        (Effect.ONE_HOT, (), (2,), 3),
        (Effect.LOOKUP, (), (2,), 3),
        (Effect.LAST_STEP, (), (3,), 2),
        (Effect.RESHAPE, (-1, 4, 2), (2,), 3),
        (Effect.TRANSPOSE, (), (3,), 3),
        (Effect.POINTWISE, (), (2, 3), 3),
        (Effect.POINTWISE, (), (None, 3), 3),
        (Effect.UNKNOWN, (), (3,), None),
    ],
)
def test_the_rank_of_the_result(effect, shape, ranks, becomes):
    assert rank_after(RawOp("op", effect, shape=shape), ranks) == becomes
