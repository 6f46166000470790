"""Find the leaks: padded steps that are read where no mask covers them, each with its cause and its cure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from padlint.dataclass import dataclass
from padlint.finding import Confidence, Severity, TraceStep
from padlint.flow import route
from padlint.flow.causes import Cause, cause_of
from padlint.flow.later import Reach, Reaches
from padlint.flow.lattice import Evidence, Fault, Mask, Misses
from padlint.flow.observation import Kind, Observation
from padlint.flow.program import Program
from padlint.flow.readings import Manner, Outcome, Reading, readings
from padlint.flow.solve import Solution
from padlint.flow.wording import words_for
from padlint.graph import TensorId

SURENESS: Final = (Confidence.POSSIBLE, Confidence.LIKELY, Confidence.CERTAIN)
_LEAKING: Final = frozenset({Outcome.LEAKS, Outcome.LATER})
_OF_FEATURES_OF_IDS: Final = frozenset({Manner.POOLING, Manner.CONVOLUTION})


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
    reaches, looks = Reaches(solution), _Looks()
    for node in solution.program.graph.nodes:
        for together in _by_padding(readings(node, solution), looks):
            leaking = [reading for reading in together if reading.outcome in _LEAKING]
            for reading in _distinct(leaking):
                confidence = _confidence(reading, reaches, in_every_case=len(leaking) == len(together))
                if confidence is not None and not solution.program.gives(reading.padded.evidence, node.id):
                    confidence = Confidence.POSSIBLE
                if confidence is not None:
                    cause = cause_of(reading, solution.program)
                    yield Leak(reading, cause, _as_sure_as(reading, confidence))


def _by_padding(found: Iterable[Reading], looks: _Looks) -> Iterator[list[Reading]]:
    """Yield readings of the same padding together, where it leaks: they are alternatives of each other."""
    groups: dict[tuple[Evidence, int], list[Reading]] = {}
    for reading in found:
        groups.setdefault((reading.padded.evidence, reading.padded.axis), []).append(reading)
    leaking = [group for group in groups.values() if any(reading.outcome in _LEAKING for reading in group)]
    # What a reading looks like costs far more than to find that it is harmless, as nearly all are.
    for group in leaking:
        group.sort(key=looks.of)
    yield from sorted(leaking, key=lambda group: looks.of_padding(group[0]))


class _Looks:
    """What readings look like, by which they are put in order: each part of them, which is in very many, shown once."""

    def __init__(self) -> None:
        self._shown: dict[int, tuple[object, str]] = {}

    def of(self, reading: Reading) -> tuple[str, str]:
        """Return what tells readings of the same padding apart."""
        padded = reading.padded
        known = self._shown.get(id(padded))
        if known is None:
            rest = (padded.side, padded.content, padded.source, padded.gaps, padded.stepped)
            known = self._shown[id(padded)] = (padded, repr(rest))
        return self._of(reading.mask), known[1]

    def of_padding(self, reading: Reading) -> tuple[str, int, str, str]:
        """Return what tells readings of several paddings apart."""
        mask, rest = self.of(reading)
        return mask, reading.padded.axis, self._of(reading.padded.evidence), rest

    def _of(self, part: Mask | Evidence) -> str:
        # Kept alive, so that nothing else can come to have its id.
        known = self._shown.get(id(part))
        if known is None:
            known = self._shown[id(part)] = (part, repr(part))
        return known[1]


def _distinct(found: list[Reading]) -> Iterator[Reading]:
    """Yield one reading for each way in which the mask is missing."""
    yield from {reading.mask: reading for reading in reversed(found)}.values()


# How sure ---------------------------------------------------------------------------------------------------------


def _confidence(reading: Reading, reaches: Reaches, *, in_every_case: bool) -> Confidence | None:
    """Say how sure a leak is; None when it turns out to be none."""
    padded = reading.padded
    found = padded.evidence.confidence
    if found is Confidence.POSSIBLE and padded.source is None and reading.manner in _OF_FEATURES_OF_IDS:
        return None
    if reading.outcome is Outcome.LATER:
        match reaches.of(reading):
            case Reach.NOWHERE:
                return None
            case Reach.OUT_OF_SIGHT:
                found = less_sure(found, Confidence.LIKELY)
            case Reach.COUNTED:
                pass
    if padded.gaps:
        found = less_sure(found, Confidence.LIKELY)
    return found if in_every_case else Confidence.POSSIBLE


def _as_sure_as(reading: Reading, confidence: Confidence) -> Confidence:
    """Lower the confidence of what hangs on the very value of padding that was not followed to the model."""
    hangs_on_value = isinstance(reading.mask, Misses) and reading.mask.fault is Fault.NEVER_MATCHES
    return Confidence.POSSIBLE if hangs_on_value and reading.padded.evidence.reason else confidence


def less_sure(one: Confidence, other: Confidence) -> Confidence:
    """Return the less sure of two confidences."""
    return min(one, other, key=SURENESS.index)


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
        words=words_for(reading, cause, program),
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
