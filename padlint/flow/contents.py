"""What padded steps hold once a layer or an operation has gone over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from padlint.dataclass import dataclass
from padlint.flow.lattice import (
    Attended,
    Changed,
    Content,
    Covers,
    Evidence,
    Hidden,
    Holds,
    Mask,
    Misses,
    NoMask,
    PaddedAxis,
    Settled,
    TensorState,
    UnknownMask,
    Unseen,
)
from padlint.graph import Known, Side
from padlint.keras.layers import EmptyRow, Fill, Keeps, LayerFacts, MaskOut, Part, Reads

_UNMASKED: Final = NoMask()
_NO_FACTS: Final = LayerFacts("", Part.CUSTOM)
_STEP_BY_STEP: Final = frozenset({Part.POINTWISE, Part.MERGE, Part.SHAPE, Part.MIXING, Part.LAMBDA})


@dataclass(frozen=True, slots=True)
class Passage:
    """What padded steps pass through.

    Args:
        by: the layer or operation, as the user knows it.
        sure: whether it certainly changes what the steps hold, where it changes anything.
        facts: what was measured of the layer; by default nothing is known of it.
        mask: the mask that arrived.
        axis: the padded axis; below 0 it is whole rows.
        side: where the padding sits along it.
    """

    by: str
    sure: bool = True
    facts: LayerFacts = _NO_FACTS
    mask: Mask = _UNMASKED
    axis: int = 1
    side: Side = Side.UNKNOWN


def content_after(content: Content, passage: Passage) -> Content:
    """Return what padded steps hold behind a layer."""
    if isinstance(passage.mask, Covers):
        fill = _row_fill(passage) if passage.axis < 0 else _step_fill(passage)
        if fill is not None:
            return fill
    if _is_blanked(content, passage.facts):
        return Holds(0)
    return _kept(content, passage)


def _row_fill(passage: Passage) -> Content | None:
    """Return what a layer makes of rows that are masked whole."""
    return Settled(Fill.ZEROS) if passage.facts.uses_mask and passage.facts.empty_row is EmptyRow.ZEROS else None


def _step_fill(passage: Passage) -> Content | None:
    """Return what a layer writes at masked steps, None when that depends on what they held."""
    sides = [passage.side] if passage.side in passage.facts.fill else list(passage.facts.fill)
    fills = {passage.facts.fill[side] for side in sides}
    if not fills or Fill.CONTENT in fills:
        return None
    return Settled(fills.pop() if len(fills) == 1 else Fill.OTHER)


def _is_blanked(content: Content, facts: LayerFacts) -> bool:
    """Say whether the layer sets to zero what its mask hides, as `Masking` does."""
    makes_mask = facts.mask_out is MaskOut.CREATED and facts.reads is Reads.FEATURES
    return makes_mask and isinstance(content, Holds) and facts.hides == Known(content.value)


def _kept(content: Content, passage: Passage) -> Content:
    """Return what is left of what the steps held."""
    facts, changed = passage.facts, Changed(passage.by, passage.sure)
    step_by_step = facts.part in _STEP_BY_STEP
    match content:
        case Holds(value):
            return content if facts.keeps is Keeps.VALUE or (facts.keeps is Keeps.ZERO and value == 0) else changed
        case Unseen():
            return content if facts.keeps is not Keeps.NOTHING else changed
        case Settled(Fill.ZEROS) if step_by_step:
            return content if facts.keeps is not Keeps.NOTHING else Settled(Fill.OTHER)
        case Settled():
            return content if step_by_step else Settled(Fill.OTHER)
        case Hidden() | Attended():
            return content if step_by_step else changed
        case Changed():
            return content
    assert_never(content)


def partners_of(
    others: Iterable[tuple[TensorState, bool]], axis: int, *, zeroing: bool
) -> tuple[frozenset[Content | None], ...]:
    """Return what keeps padding out of steps that are combined, one by one, with other tensors.

    A mask tensor hides them; weights that a softmax has dealt with carry over what they made of the padding.

    Args:
        others: the other tensors, and whether their axes are known to line up with those of the steps.
        axis: the padded axis.
        zeroing: whether it is a product that combines them.

    Returns:
        the alternatives, one after the other; None for what keeps nothing out.
    """
    # The same tensor a second time hides nothing more.
    each = (
        alternatives
        for other, lines_up in dict.fromkeys(others)
        for alternatives in (
            frozenset(_hiding(mask, axis, lines_up=lines_up, zeroing=zeroing) for mask in other.hides),
            frozenset(_weight(one.content) for one in other.padded if one.axis == axis),
        )
    )
    return tuple(alternatives for alternatives in each if alternatives)


def dealt_out(content: Content) -> Content:
    """Return what a softmax makes of padded steps: weight that they were given, unless they were sunk below it."""
    return content if isinstance(content, Hidden) and not content.zeroed else Attended()


def is_zero(content: Content) -> bool:
    """Say whether padded steps hold zeros, whoever wrote them."""
    return content in (Holds(0), Settled(Fill.ZEROS))


def zeros_of(factors: Iterable[TensorState]) -> Mapping[tuple[int, Evidence], Content]:
    """Return the padding, by its axis and evidence, at which one of the factors of a product surely holds zeros."""
    found: dict[tuple[int, Evidence], Content] = {}
    for factor in factors:
        held: dict[tuple[int, Evidence], set[Content]] = {}
        for padded in factor.padded:
            held.setdefault((padded.axis, padded.evidence), set()).add(padded.content)
        for place, contents in held.items():
            if all(map(is_zero, contents)):
                found.setdefault(place, Holds(0) if Holds(0) in contents else Settled(Fill.ZEROS))
    return found


def multiplied(padded: PaddedAxis, content: Content, zeros: Mapping[tuple[int, Evidence], Content]) -> Content:
    """Return what padded steps hold in a product: zeros, where another factor surely holds zeros at the same steps.

    Args:
        padded: the steps of one factor.
        content: what is left of what they held.
        zeros: where the other factors hold zeros.
    """
    if not zeros or isinstance(content, Hidden | Attended) or is_zero(content):
        return content
    return zeros.get((padded.axis, padded.evidence), content)


def added(padded: PaddedAxis, content: Content, terms: Iterable[Mapping[tuple[int, Evidence], Content]]) -> Content:
    """Return what padded steps hold in a sum: zeros, where all of its terms surely hold zeros at the same steps.

    Args:
        padded: the steps of one term.
        content: what is left of what they held.
        terms: where each of the other terms holds zeros.
    """
    place = padded.axis, padded.evidence
    return padded.content if is_zero(padded.content) and all(place in zeros for zeros in terms) else content


def hidden_by(partners: Iterable[frozenset[Content | None]], content: Content) -> frozenset[Content]:
    """Return what steps may hold once they were combined with partners."""
    found = frozenset({content})
    for alternatives in partners:
        found = frozenset(_more_hidden(held, partner) for held in found for partner in alternatives)
    return found


def _hiding(mask: Mask, axis: int, *, lines_up: bool, zeroing: bool) -> Content | None:
    """Return what steps hold that were combined with a mask tensor, None when it does not keep padding out."""
    match mask:
        case Covers(axes=axes) if lines_up and axes and axis not in axes:
            return None
        case Covers():
            return Hidden(sure=True, zeroed=zeroing)
        case UnknownMask():
            return Hidden(sure=False, zeroed=zeroing)
        case NoMask() | Misses():
            return None
    assert_never(mask)


def _weight(content: Content) -> Content | None:
    return content if isinstance(content, Hidden | Attended) else None


def _more_hidden(content: Content, other: Content | None) -> Content:
    """Return the one of two contents that keeps more of the padding out."""
    match other:
        case Hidden(sure=True):
            return other
        case Hidden(zeroed=False) if isinstance(content, Hidden) and content.zeroed:
            # What is zero already may be sunk as well.
            return other
        case Hidden() | Attended():
            return content if isinstance(content, Hidden) else other
        case _:
            return content
