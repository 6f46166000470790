"""How masks come to be, get lost and combine: one alternative at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Final, assert_never

from padlint.flow.lattice import (
    Attended,
    Changed,
    Content,
    Covers,
    Fault,
    Hidden,
    Holds,
    Mask,
    Misses,
    NoMask,
    Settled,
    TensorState,
    UnknownMask,
    Unseen,
)
from padlint.graph import Known, OneOf, Plain, Setting, TensorId, Unresolved
from padlint.keras.layers import Fill, MaskOut

MOST_COMBINATIONS: Final = 64

# Made -------------------------------------------------------------------------------------------------------------


def made_by(node: TensorId, hidden: Setting, state: TensorState, axes: frozenset[int]) -> frozenset[Mask]:
    """Return the masks that a test of `state` against a value makes.

    Args:
        hidden: the value whose steps it hides.
        axes: the axes that it tells apart.
    """
    values = _values(hidden)
    contents = {padded.content for padded in state.padded if padded.axis in axes}
    if values is None:
        return frozenset({UnknownMask("the value that it hides could not be read")})
    return frozenset(_match(node, content, value, axes) for content in contents or {Unseen()} for value in values)


def _values(setting: Setting) -> tuple[Plain, ...] | None:
    match setting:
        case Known(value):
            return (value,)
        case OneOf(values):
            return values
        case Unresolved():
            return None
    assert_never(setting)


def _match(node: TensorId, content: Content, value: Plain, axes: frozenset[int]) -> Mask:
    """Say whether steps with this content are hidden by a test against this value."""
    match content:
        case Unseen():
            return Covers(node, axes)
        case Holds(held):
            if held == value or (isinstance(value, tuple) and set(value) == {held}):  # one number for each feature
                return Covers(node, axes)
            return Misses(node, node, Fault.NEVER_MATCHES, f"the padding holds {held}, the mask hides {value}")
        case Settled(Fill.ZEROS) if value == 0:
            return Covers(node, axes)
        case Changed(by, sure=True):
            why = f"after `{by}` the padded steps no longer hold {value}"
            return Misses(node, node, Fault.NEVER_MATCHES, why)
        case Changed() | Settled() | Hidden() | Attended():
            return UnknownMask("what the padded steps hold could not be read")
    assert_never(content)


# Lost -------------------------------------------------------------------------------------------------------------


def dropped(mask: Mask, node: TensorId) -> NoMask:
    """Return what is left of a mask behind something that passes none on."""
    match mask:
        case NoMask(lost, blocker):
            return NoMask(lost, node if blocker is None else blocker)
        case Covers() | Misses() | UnknownMask():
            return NoMask(lost=node)
    assert_never(mask)


def spoilt(mask: Mask, node: TensorId, fault: Fault, why: str) -> Mask:
    """Return a mask that goes wrong at a node; one that is not there, or wrong already, stays as it is."""
    match mask:
        case Covers(origin):
            return Misses(origin, node, fault, why)
        case NoMask() | Misses() | UnknownMask():
            return mask
    assert_never(mask)


# Combined ---------------------------------------------------------------------------------------------------------


def best_of(masks: Iterable[Mask]) -> Mask:
    """Return the mask that protects most, where any one of several protects."""
    return min(masks, key=_protection)


def _protection(mask: Mask) -> int:
    match mask:
        case Covers():
            return 0
        case UnknownMask():
            return 1
        case Misses():
            return 2
        case NoMask():
            return 3
    assert_never(mask)


def alternatives(states: Sequence[TensorState]) -> Iterator[tuple[Mask, ...]]:
    """Yield every combination of the masks of several tensors; when there are too many, one of unknown masks."""
    if prod(len(state.masks) for state in states) > MOST_COMBINATIONS:
        yield tuple(UnknownMask("it depends on too many branches") for _ in states)
    else:
        yield from product(*(sorted(state.masks, key=repr) for state in states))


def combined(masks: tuple[Mask, ...], rule: MaskOut, node: TensorId, name: str) -> Mask:
    """Return the mask of a layer's output from those of its inputs.

    Args:
        rule: what the layer does with masks when just these of its inputs have one.
        name: the layer, for the reason.
    """
    present = [mask for mask in masks if not isinstance(mask, NoMask)]
    if not present:
        return lost_before(masks)
    match rule:
        case MaskOut.NONE | MaskOut.CREATED:
            return NoMask(lost=node)
        case MaskOut.SAME | MaskOut.RAISES:
            return present[0]
        case MaskOut.AND:
            return best_of(present)
        case MaskOut.OR | MaskOut.JOINED:
            return max(present, key=_protection)
        case MaskOut.QUERY:
            return dropped(masks[0], node) if isinstance(masks[0], NoMask) else masks[0]
        case MaskOut.ALL_TRUE:
            why = f"`{name}` fills the mask up with True for the input that has none"
            return spoilt(present[0], node, Fault.HIDES_NOTHING, why)
        case MaskOut.MISALIGNED:
            return _reversed_under(present[0], node, f"`{name}` reverses the steps, and leaves the mask as it was")
        case MaskOut.ANY_INNER:
            return over_outer_steps(present[0])
    assert_never(rule)


def _reversed_under(mask: Mask, node: TensorId, why: str) -> Mask:
    """Return a mask whose steps were reversed: turned round twice, they stand under it as before."""
    match mask:
        case Misses(origin, fault=Fault.MISALIGNED):
            return Covers(origin, frozenset({1}))
        case _:
            return spoilt(mask, node, Fault.MISALIGNED, why)


def lost_before(masks: Iterable[Mask]) -> NoMask:
    """Return the one of several absent masks that has most of a story."""
    absent = [mask for mask in masks if isinstance(mask, NoMask)]
    return max(absent, key=lambda mask: (mask.lost is not None, mask.blocker is not None), default=NoMask())


# Axes -------------------------------------------------------------------------------------------------------------


def over_outer_steps(mask: Mask) -> Mask:
    """Reduce a mask over (outer, inner) steps to the outer ones."""
    return replace(mask, axes=frozenset({1})) if isinstance(mask, Covers) else mask


def inside_a_step(mask: Mask) -> Mask:
    """Return the mask that one step of the outer time axis has, seen on its own."""
    match mask:
        case Covers(origin, axes):
            inner = frozenset(axis - 1 for axis in axes if axis > 1)
            return Covers(origin, inner) if inner else NoMask()
        case NoMask() | Misses() | UnknownMask():
            return mask
    assert_never(mask)


def outside_of_a_step(mask: Mask) -> Mask:
    """Return the mask over (outer, inner) steps that an inner mask of each step makes together."""
    return replace(mask, axes=frozenset({1, *(axis + 1 for axis in mask.axes)})) if isinstance(mask, Covers) else mask
