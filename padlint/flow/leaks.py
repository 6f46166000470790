"""Find the leaks: padded steps that are read where no mask covers them, each with its cause and its cure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, assert_never

from padlint.finding import Confidence, Severity, TraceStep
from padlint.flow import route
from padlint.flow.later import Reach, reach_of
from padlint.flow.lattice import Covers, Evidence, Fault, Misses, NoMask, UnknownMask
from padlint.flow.observation import Kind, Observation, worded
from padlint.flow.program import Program
from padlint.flow.readings import Manner, Outcome, Reading, readings
from padlint.flow.solve import Solution
from padlint.graph import Known, TensorId

SURENESS: Final = (Confidence.POSSIBLE, Confidence.LIKELY, Confidence.CERTAIN)
_OF_FEATURES_OF_IDS: Final = frozenset({Manner.POOLING, Manner.CONVOLUTION})


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


@dataclass(frozen=True, slots=True)
class Leak:
    """One node that reads padding unprotected, and why."""

    reading: Reading
    cause: Cause
    confidence: Confidence


def leak_observations(solution: Solution) -> Iterator[Observation]:
    """Yield one observation for each cause, with all that read padding because of it."""
    groups: dict[tuple[Kind, tuple[TensorId, int]], list[Leak]] = {}
    for leak in leaks(solution):
        groups.setdefault((leak.cause.kind, leak.cause.shared), []).append(leak)
    for group in groups.values():
        yield _observed(group, solution.program)


def leaks(solution: Solution) -> Iterator[Leak]:
    """Yield every reader that padding gets to, in the order in which the program runs."""
    for node in solution.program.graph.nodes:
        for together in _by_padding(readings(node, solution)):
            leaking = [reading for reading in together if reading.outcome in {Outcome.LEAKS, Outcome.LATER}]
            for reading in _distinct(leaking):
                confidence = _confidence(reading, len(leaking) == len(together), solution)
                if confidence is not None:
                    cause = _cause(reading, solution.program)
                    yield Leak(reading, cause, _as_sure_as(cause, reading.padded.evidence, confidence))


def _by_padding(found: Iterable[Reading]) -> Iterator[list[Reading]]:
    """Yield readings of the same padding together: they are alternatives of each other."""
    groups: dict[tuple[Evidence, int], list[Reading]] = {}
    for reading in sorted(found, key=repr):
        groups.setdefault((reading.padded.evidence, reading.padded.axis), []).append(reading)
    yield from groups.values()


def _distinct(found: list[Reading]) -> Iterator[Reading]:
    """Yield one reading for each way in which the mask is missing."""
    yield from {reading.mask: reading for reading in reversed(found)}.values()


# How sure ---------------------------------------------------------------------------------------------------------


def _confidence(reading: Reading, in_every_case: bool, solution: Solution) -> Confidence | None:  # noqa: FBT001
    """Say how sure a leak is; None when it turns out to be none."""
    padded = reading.padded
    found = padded.evidence.confidence
    if found is Confidence.POSSIBLE and padded.source is None and reading.manner in _OF_FEATURES_OF_IDS:
        return None
    if reading.outcome is Outcome.LATER:
        match reach_of(reading, solution):
            case Reach.NOWHERE:
                return None
            case Reach.OUT_OF_SIGHT:
                found = less_sure(found, Confidence.LIKELY)
            case Reach.COUNTED:
                pass
    if padded.gaps:
        found = less_sure(found, Confidence.LIKELY)
    return found if in_every_case else Confidence.POSSIBLE


def _as_sure_as(cause: Cause, evidence: Evidence, confidence: Confidence) -> Confidence:
    """Lower the confidence of what hangs on the very value of padding that was not followed to the model."""
    hangs_on_value = cause.kind is Kind.MASK_NEVER_MATCHES
    return Confidence.POSSIBLE if hangs_on_value and evidence.reason else confidence


def less_sure(one: Confidence, other: Confidence) -> Confidence:
    """Return the less sure of two confidences."""
    return min(one, other, key=SURENESS.index)


# Why --------------------------------------------------------------------------------------------------------------


def _cause(reading: Reading, program: Program) -> Cause:
    """Say which rule a leak breaks, and where its cure goes."""
    match reading.manner:
        case Manner.RECURRENT:
            return _cause_of_recurrence(reading, program)
        case Manner.ATTENTION:
            masks = route.is_layer_that_masks(reading.node, program)
            return _cause_at_source(Kind.UNMASKED_ATTENTION, reading, masks)
        case Manner.POOLING:
            return _cause_at_source(Kind.POOLED_PADDING, reading, True)
        case Manner.CONVOLUTION:
            return _cause_at_source(Kind.CONVOLVED_PADDING, reading, True)
        case Manner.MIXING:
            kind = Kind.MASK_IGNORED if isinstance(reading.mask, Covers) else Kind.POOLED_PADDING
            return _at(kind, reading.node.id)
        case Manner.LAST:
            return _at(Kind.LAST_STEP_IS_PADDING, reading.node.id)
    assert_never(reading.manner)


def _at(kind: Kind, cure: TensorId) -> Cause:
    return Cause(kind, cure, (cure, 0))


def _cause_at_source(kind: Kind, reading: Reading, masks_help: bool) -> Cause:  # noqa: FBT001
    """Send the reader to the embedding when no mask was ever made there and one would be used."""
    never_made = reading.mask == NoMask() or (isinstance(reading.mask, NoMask) and reading.mask.lost is None)
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
        case Fault.MISALIGNED | Fault.IGNORED:
            return _at(Kind.MASK_IGNORED, at)
    assert_never(fault)


# Put together -----------------------------------------------------------------------------------------------------


def _observed(group: list[Leak], program: Program) -> Observation:
    """Make one observation of the leaks that have one cause; the surest tells the route."""
    first = max(group, key=lambda leak: SURENESS.index(leak.confidence))
    reading, cause = first.reading, group[0].cause
    cure = program.nodes[cause.cure]
    return Observation(
        kind=cause.kind,
        span=route.place_of(cure),
        severity=_severity(group, first.confidence),
        confidence=first.confidence,
        route=_route(first, group, program),
        consumer=route.consumer_of(reading),
        words=_words(reading, cause, program),
        cure=cause.cure,
        readers=tuple(dict.fromkeys(leak.reading.node.id for leak in (first, *group))),
        evidence=reading.padded.evidence,
    )


def _severity(group: list[Leak], confidence: Confidence) -> Severity:
    worst = any(leak.reading.ends_in_padding for leak in group if leak.confidence is confidence)
    return Severity.ERROR if worst else Severity.WARNING


def _route(first: Leak, group: list[Leak], program: Program) -> tuple[TraceStep, ...]:
    """Return the route to the first reader, and then the other readers."""
    steps = list(route.steps_to(first.reading, first.reading.mask, program))
    for leak in group:
        steps.extend(route.reader_steps(leak.reading))
    return tuple(dict.fromkeys(steps))


def _words(reading: Reading, cause: Cause, program: Program) -> Mapping[str, str]:
    """Return what the placeholders of a page stand for."""
    return worded(
        padding=route.padding_in_words(reading.padded.evidence),
        value=_value(reading.padded.evidence),
        consumer=reading.name,
        source=_maker(reading, program),
        lost=route.name_of(program.nodes[cause.cure]),
        reason=_reason(reading),
        but=_but(reading, cause, program),
    )


def _value(evidence: Evidence) -> str:
    """Return what the program padded with, 0 where that is not known."""
    setting = evidence.padding.value if evidence.padding is not None else Known(0)
    return str(setting.value) if isinstance(setting, Known) else "0"


def _maker(reading: Reading, program: Program) -> str:
    """Return the layer that makes the mask, or should."""
    match reading.mask:
        case Misses(origin) | Covers(origin):
            return route.name_of(program.nodes[origin])
        case NoMask() | UnknownMask():
            source = reading.padded.source
            return "Masking" if source is None else route.name_of(program.nodes[source])
    assert_never(reading.mask)


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
    if cause.kind is Kind.UNMASKED_EMBEDDING and _value(reading.padded.evidence) not in {"0", "0.0"}:
        return f"; that needs padding with 0 instead of {_value(reading.padded.evidence)}"
    return ""
