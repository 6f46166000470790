"""The state of one tensor from the states before it: the mechanics of Keras, operation by operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from padlint.flow import masks
from padlint.flow.contents import Passage, content_after
from padlint.flow.evidence import entering
from padlint.flow.lattice import CLEAN, Mask, NoMask, TensorState, UnknownMask, join
from padlint.flow.layers import after_layer, enter_step, leave_step, made_as_mask, reads_ids
from padlint.flow.program import Program
from padlint.flow.raw import after_raw
from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    EitherOp,
    EnterStepOp,
    ExitStepOp,
    InputOp,
    Layer,
    MaskOp,
    Node,
    OpaqueOp,
    RawOp,
    TensorId,
)


def transfer(node: Node, states: Mapping[TensorId, TensorState], program: Program) -> TensorState:
    """Return the state of a node's tensor.

    Args:
        states: those of all tensors before it.
    """
    inputs = tuple(states[tensor] for tensor in node.inputs)
    match node.operation:
        case InputOp() as op:
            return entering(node, op, program)
        case ApplyOp() as op:
            return after_layer(node, op, states, program)
        case RawOp() as op:
            return after_raw(node, op, states, program)
        case EitherOp():
            return join(inputs)
        case MaskOp() as op:
            return TensorState(hides=made_as_mask(node, op, states, program))
        case BoundaryOp() as op:
            return _after_call(node, op, states, program)
        case EnterStepOp():
            return enter_step(inputs[0])
        case ExitStepOp():
            return _after_steps(node, inputs, program)
        case OpaqueOp(why):
            return _after_opaque(why, inputs, makes_masks=reads_ids(node, program))
    assert_never(node.operation)


def _after_call(node: Node, op: BoundaryOp, states: Mapping[TensorId, TensorState], program: Program) -> TensorState:
    """Return what leaves the `call` of a custom layer.

    The mask of the returned tensor itself comes first: Keras leaves it alone. Then what the class says of masks.
    """
    returned, *called_on = (states[tensor] for tensor in node.inputs)
    custom = op.layer.custom
    arrived = called_on[0].masks if called_on else returned.masks
    if custom is None or not called_on:
        return returned
    if op.drops:
        return replace(
            returned, masks=_own_or(returned.masks, frozenset(masks.dropped(each, node.id) for each in arrived))
        )
    if custom.computes_mask:
        computed = _returned_as_mask(op.mask, states[op.mask], node.id) if op.mask is not None else frozenset()
        unread: Mask = UnknownMask(f"what `compute_mask` of `{custom.name}` returns")
        return replace(returned, masks=_own_or(returned.masks, computed or frozenset({unread})))
    handed_on = frozenset(_handed_on(mask, op.layer, node.id, program) for mask in arrived)
    return replace(returned, masks=_own_or(returned.masks, handed_on))


def _returned_as_mask(tensor: TensorId, state: TensorState, node: TensorId) -> frozenset[Mask]:
    """Return the masks that a mask tensor gives the output of a layer: what gets lost in making it, that one loses."""
    at: dict[TensorId | None, TensorId] = {tensor: node}
    return frozenset(
        NoMask(at.get(mask.lost, mask.lost), at.get(mask.blocker, mask.blocker)) if isinstance(mask, NoMask) else mask
        for mask in state.hides
    )


def _handed_on(mask: Mask, layer: Layer, node: TensorId, program: Program) -> Mask:
    """Return the mask that Keras itself puts on the output of a custom layer."""
    facts = program.facts(layer)
    supports = layer.custom.supports_masking if layer.custom is not None and not facts else False
    if supports is None and not isinstance(mask, NoMask):
        return UnknownMask(f"whether `{layer.kind}` supports masking")
    return mask if supports else masks.dropped(mask, node)


def _own_or(own: frozenset[Mask], default: frozenset[Mask]) -> frozenset[Mask]:
    """Return the returned tensor's own mask, and in those branches where it has none the default."""
    return frozenset(_own_or_other(mask, other) for mask in own for other in default)


def _own_or_other(mask: Mask, other: Mask) -> Mask:
    has_story = isinstance(other, NoMask) and other.lost is None
    return mask if has_story or not isinstance(mask, NoMask) else other


def _after_steps(node: Node, inputs: tuple[TensorState, ...], program: Program) -> TensorState:
    """Return what `TimeDistributed` makes of its inner model's output and of the tensor that went in.

    Keras 3 hands on the mask that came; Keras 2 asks the inner layer for one first.
    """
    inner, outer = inputs[0], inputs[-1]
    passed = frozenset(map(masks.over_outer_steps, outer.masks))
    own = (
        frozenset(masks.outside_of_a_step(mask) for mask in inner.masks)
        if program.keras == 2
        else frozenset({NoMask()})
    )
    return replace(leave_step(inner), masks=_own_or(own, passed))


def _after_opaque(why: str, inputs: tuple[TensorState, ...], *, makes_masks: bool) -> TensorState:
    """Return what comes out of something that could not be read: perhaps the same steps, perhaps a mask.

    Args:
        makes_masks: whether it may make one where none is.
    """
    if not inputs:
        return replace(CLEAN, hides=frozenset({UnknownMask(why)}))
    state = join(inputs)
    passage = Passage(why, sure=False)
    unread = state.each_padded(lambda padded: [padded.after(why).holding(content_after(padded.content, passage))])
    return replace(
        unread.each_mask(lambda mask: mask if isinstance(mask, NoMask) and not makes_masks else UnknownMask(why)),
        hides=frozenset({UnknownMask(why)}),
    )
