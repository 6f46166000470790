"""What a tensor made outside of layers hides when it is used as a mask: a test makes one, arithmetic keeps it one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import product

from padlint.flow import masks
from padlint.flow.axes import axis_of_input
from padlint.flow.lattice import Covers, Mask, TensorState, UnknownMask
from padlint.flow.program import PRODUCTS, Program
from padlint.graph import Effect, Known, Node, RawOp

SMALL = 1e-3


def hides_after(node: Node, op: RawOp, inputs: Sequence[TensorState], program: Program) -> frozenset[Mask]:
    """Return what the result of an operation hides; nothing when none of its inputs can be a mask."""
    if op.effect is Effect.TEST:
        return _made_by_test(node, op, inputs[0], program)
    if _makes_small(op):
        return frozenset()
    each = (
        [_moved(mask, op, index, program.ranks[node.inputs[index]]) for mask in state.hides]
        for index, state in enumerate(inputs)
        if state.hides
    )
    return frozenset(reduce(_together, found) for found in product(*each) if found)


def _makes_small(op: RawOp) -> bool:
    """Say whether what an operation leaves of a mask sinks no score that it is added to: `mask * 1e-9`."""
    match op.operand:
        case Known(int() | float() as factor):
            return op.name in PRODUCTS and abs(factor) <= SMALL
        case _:
            return False


def _together(one: Mask, other: Mask) -> Mask:
    """Return what two mask tensors hide that are combined: what either of them hides."""
    match one, other:
        case Covers(axes=axes), Covers(axes=more):
            # One that lost its axes may be about any.
            return replace(one, axes=axes | more if axes and more else frozenset())
        case _:
            return masks.best_of((one, other))


def _made_by_test(node: Node, op: RawOp, tested: TensorState, program: Program) -> frozenset[Mask]:
    if program.fixed.issuperset(node.inputs):
        return frozenset()
    if tested.hides and not tested.padded:
        return tested.hides  # `mask > 0` tells the same steps apart
    if op.operand is None or not tested.padded:
        return frozenset({UnknownMask(f"`{op.name}` tests something that was not followed")})
    rank = program.ranks[node.inputs[0]] or 2
    deepest = max(padded.axis for padded in tested.padded)
    made = masks.made_by(node.id, op.operand, tested, frozenset(range(1, max(rank, deepest + 1))))
    return frozenset(mask if _protects(mask) else UnknownMask(f"`{op.name}` tests for another value") for mask in made)


def _protects(mask: Mask) -> bool:
    return masks.best_of((mask, UnknownMask(""))) is mask


def _moved(mask: Mask, op: RawOp, index: int, rank: int | None) -> Mask:
    """Return a mask tensor with its axes where the operation puts them; with none left, it may be about any."""
    if not isinstance(mask, Covers):
        return mask
    axes = (axis_of_input(op, axis, index, rank) for axis in mask.axes)
    return replace(mask, axes=frozenset(axis for axis in axes if axis is not None))
