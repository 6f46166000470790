"""The words of an observation: what a rule page's placeholders stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from padlint.flow import route
from padlint.flow.causes import Cause
from padlint.flow.evidence import COUNTED
from padlint.flow.lattice import Covers, Evidence, Fault, Mask, Misses, NoMask, UnknownMask
from padlint.flow.observation import Kind, worded
from padlint.flow.program import Program
from padlint.flow.readings import Reading
from padlint.graph import ApplyOp, Known, Unresolved
from padlint.keras.facts import Reads


def words_for(reading: Reading, cause: Cause, program: Program) -> Mapping[str, str]:
    """Return what the placeholders of a page stand for."""
    return worded(
        padding=route.padding_in_words(reading.padded.evidence),
        value=_value(reading.padded.evidence),
        consumer=reading.name,
        source=_maker(reading, program),
        masking=_masking(reading, program),
        lost=route.name_of(program.nodes[cause.cure]),
        reason=_reason(reading),
        but=_but(reading, cause, program),
    )


def _value(evidence: Evidence) -> str:
    """Return what the program padded with, 0 where that is not known."""
    match evidence.padding.value if evidence.padding is not None else Known(0):
        case Known(value):
            return str(value)
        case Unresolved(counted=True):
            return COUNTED
        case _:
            return "0"


def _maker(reading: Reading, program: Program) -> str:
    """Return the layer that makes the mask, or should."""
    match reading.mask:
        case Misses(origin) | Covers(origin):
            return route.name_of(program.nodes[origin])
        case NoMask() | UnknownMask():
            source = reading.padded.source
            return "Masking" if source is None else route.name_of(program.nodes[source])
    assert_never(reading.mask)


def _masking(reading: Reading, program: Program) -> str:
    """Return what gives a mask: a setting of what looks ids up, a layer before features, or one that drops none."""
    if isinstance(reading.mask, NoMask) and reading.mask.lost is not None:
        return f"a layer that keeps it in the place of `{route.name_of(program.nodes[reading.mask.lost])}`"
    source = reading.padded.source
    if source is not None and isinstance(program.nodes[source].operation, ApplyOp):
        return f"`mask_zero=True` on `{route.name_of(program.nodes[source])}`"
    return f"`Masking(mask_value={_value(reading.padded.evidence)})` in front of them"


def _reason(reading: Reading) -> str:
    """Return why the mask that there is does not help."""
    match reading.mask:
        case Misses(why=why):
            return why
        case Covers():
            return f"`{reading.name}` mixes the steps, whatever their mask says"
        case NoMask() | UnknownMask():
            return "no mask hides them"
    assert_never(reading.mask)


def _but(reading: Reading, cause: Cause, program: Program) -> str:
    """Return why a mask made at the source would not be enough."""
    if isinstance(reading.mask, NoMask) and reading.mask.blocker is not None:
        blocker = route.name_of(program.nodes[reading.mask.blocker])
        return f"; that alone is not enough here, since `{blocker}` drops the mask on the way"
    if reading.refuses_masks:
        return f"; `{reading.name}` takes no mask, so another layer is needed as well"
    if isinstance(reading.mask, Misses) and reading.mask.fault is Fault.ACROSS:
        return "; a mask that is given has to have the keys last, as in `mask[:, None, :]`"
    value = _value(reading.padded.evidence)
    if value in {"0", "0.0"}:
        return ""
    if cause.kind is Kind.UNMASKED_EMBEDDING:
        return f"; that needs padding with 0 instead of {value}"
    if cause.kind is Kind.MASK_NEVER_MATCHES and _is_made_of_ids(reading.mask, program):
        return f"; `{_maker(reading, program)}` can hide 0 alone, so pad with 0 instead, and keep id 0 for padding"
    return ""


def _is_made_of_ids(mask: Mask, program: Program) -> bool:
    """Say whether a mask is made by a layer that looks ids up: which one to hide cannot be told to it."""
    if not isinstance(mask, Misses):
        return False
    match program.nodes[mask.origin].operation:
        case ApplyOp(layer):
            return all(facts.reads is not Reads.FEATURES for facts in program.facts(layer))
        case _:
            return False
