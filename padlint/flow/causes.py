"""Why padding gets through to a reader: which rule that breaks, and where the cure goes."""

from __future__ import annotations

from typing import assert_never

from padlint.dataclass import dataclass
from padlint.flow import route
from padlint.flow.lattice import Covers, Fault, Misses, NoMask, UnknownMask
from padlint.flow.observation import Kind
from padlint.flow.program import Program
from padlint.flow.readings import Manner, Reading
from padlint.graph import TensorId


@dataclass(frozen=True, slots=True)
class Cause:
    """Why padding gets through to a reader.

    Args:
        cure: the node where the cure goes.
        shared: what readers have in common that one cure helps together.
    """

    kind: Kind
    cure: TensorId
    shared: tuple[TensorId, int]


def cause_of(reading: Reading, program: Program) -> Cause:
    """Say which rule a leak breaks, and where its cure goes."""
    match reading.manner:
        case Manner.RECURRENT:
            return _cause_of_recurrence(reading, program)
        case Manner.ATTENTION:
            masks = route.is_layer_that_masks(reading.node, program)
            return _cause_at_source(Kind.UNMASKED_ATTENTION, reading, masks_help=masks)
        case Manner.POOLING:
            return _cause_at_source(Kind.POOLED_PADDING, reading)
        case Manner.CONVOLUTION:
            return _cause_at_source(Kind.CONVOLVED_PADDING, reading)
        case Manner.MIXING:
            kind = Kind.MASK_IGNORED if isinstance(reading.mask, Covers) else Kind.POOLED_PADDING
            return _at(kind, reading.node.id)
        case Manner.LAST:
            return _at(Kind.LAST_STEP_IS_PADDING, reading.node.id)
    assert_never(reading.manner)


def _at(kind: Kind, cure: TensorId) -> Cause:
    return Cause(kind, cure, (cure, 0))


def _cause_at_source(kind: Kind, reading: Reading, *, masks_help: bool = True) -> Cause:
    """Send the reader to the embedding when no mask was ever made there and one would be used."""
    never_made = isinstance(reading.mask, NoMask) and reading.mask.lost is None
    source = reading.padded.source
    return _at(kind, source if never_made and masks_help and source is not None else reading.node.id)


def _cause_of_recurrence(reading: Reading, program: Program) -> Cause:
    source = reading.padded.source
    match reading.mask:
        case NoMask(lost=int() as lost):
            return _at(Kind.MASK_DROPPED, lost)
        case NoMask() if source is not None and route.can_make_mask(source, program):
            return _at(Kind.UNMASKED_EMBEDDING, source)
        case Misses(origin, at, fault):
            return _cause_of_miss(origin, at, fault)
        case NoMask() | UnknownMask() | Covers():
            shared = (reading.padded.evidence.tensor, reading.padded.axis)
            return Cause(Kind.UNMASKED_SEQUENCE, reading.node.id, shared)
    assert_never(reading.mask)


def _cause_of_miss(origin: TensorId, at: TensorId, fault: Fault) -> Cause:
    match fault:
        case Fault.NEVER_MATCHES:
            return _at(Kind.MASK_NEVER_MATCHES, origin)
        case Fault.HIDES_NOTHING:
            return _at(Kind.MASK_DROPPED, at)
        case Fault.MISALIGNED | Fault.IGNORED | Fault.ACROSS:
            return _at(Kind.MASK_IGNORED, at)
    assert_never(fault)
