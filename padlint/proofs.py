"""Measure what was found, and what a fix leaves: verdicts on the cases of a run, and what becomes of its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Self, TypeAlias

from padlint.case import CannotMeasure, Case, Subject
from padlint.confirm.prove import Prover, missing_extra
from padlint.dataclass import dataclass
from padlint.finding import Confirmation, Finding, Position, Role, Severity, Span, Verdict
from padlint.fixes.prove import Proof, moved
from padlint.keras.versions import DEFAULT as DEFAULT_KERAS
from padlint.report.proof import proof_text

__all__ = [
    "DEFAULT_KERAS",
    "MeasuredFixes",
    "Measurer",
    "check_installed",
    "is_refuted",
    "measured_fixes",
    "with_verdicts",
]

Progress: TypeAlias = Callable[[int, int], None]
Verdicts: TypeAlias = Mapping[Subject, Confirmation]

_Place: TypeAlias = tuple[str, int, Position]


class Measurer:
    """Measures cases, in one process at a time; a context manager, whose process ends with it.

    Args:
        progress: told how many of how many models are measured.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._prover: Prover | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._prover is not None:
            self._prover.__exit__()

    def verdicts(self, cases: Iterable[Case], wanted: Callable[[Subject], bool]) -> dict[Subject, Confirmation]:
        """Return the verdict on each subject that is wanted.

        Raises:
            CannotMeasure: what measuring needs is not installed, or does not start.
        """
        asked = [(case, chosen) for case in cases if (chosen := tuple(filter(wanted, case.subjects)))]
        for keras in {case.keras for case, _ in asked}:
            check_installed(keras)
        found: dict[Subject, Confirmation] = {}
        for number, (case, subjects) in enumerate(sorted(asked, key=lambda each: each[0].keras)):
            self._progress(number, len(asked))
            found.update(zip(subjects, self._for(case.keras).measure(case, subjects), strict=True))
        self._progress(len(asked), len(asked))
        return found

    def _for(self, keras: int) -> Prover:
        """Return what proves in a version of Keras; there is one process at a time."""
        if self._prover is None or self._prover.keras != keras:
            self.__exit__()
            self._prover = Prover(keras)
        return self._prover


def check_installed(keras: int) -> None:
    """Make sure that there is what measuring needs.

    Raises:
        CannotMeasure: there is not; the text says what installs it.
    """
    line = missing_extra(keras)
    if line:
        raise CannotMeasure(f"measuring needs TensorFlow with Keras {keras}, which is not installed: {line}")


# Findings -------------------------------------------------------------------------------------------------------


def by_finding(verdicts: Verdicts) -> dict[tuple[str, Span], Confirmation]:
    """Return verdicts by the code and the place of the findings that they are on."""
    return {(subject.code, subject.span): verdict for subject, verdict in verdicts.items() if subject.code}


def with_verdicts(findings: Iterable[Finding], verdicts: Verdicts) -> Iterator[Finding]:
    """Yield findings with their verdicts; one that is refuted is worth no more than a note."""
    found = by_finding(verdicts)
    for finding in findings:
        verdict = found.get((finding.code, finding.span))
        severity = Severity.NOTE if verdict is not None and verdict.status is Verdict.REFUTED else finding.severity
        yield replace(finding, confirmation=verdict, severity=severity)


def is_refuted(finding: Finding) -> bool:
    """Say whether measuring showed that a finding is none."""
    return finding.confirmation is not None and finding.confirmation.status is Verdict.REFUTED


# Fixes ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeasuredFixes:
    """What measuring says of fixes: of each finding before and after, and what speaks against a fix."""

    before: Mapping[Finding, Confirmation]
    after: Mapping[Finding, Confirmation]
    objections: Mapping[Finding, str]


def measured_fixes(measurer: Measurer, proof: Proof, before: Sequence[Case], after: Sequence[Case]) -> MeasuredFixes:
    """Measure the models that fixes are about, as they are and as the fixes leave them.

    Args:
        before: what can be measured of the program as it is.
        after: what can be measured of it once all edits of the proof are made.
    """
    wanted = {(finding.code, finding.span) for finding in proof.cured}
    found = by_finding(measurer.verdicts(before, lambda subject: (subject.code, subject.span) in wanted))
    known = {each: found[each.code, each.span] for each in proof.cured if (each.code, each.span) in found}
    refuted = {each: proof_text(verdict) for each, verdict in known.items() if verdict.status is Verdict.REFUTED}
    if refuted:
        return MeasuredFixes(known, {}, refuted)
    readers = {finding: frozenset(_readers(finding, proof)) for finding in proof.cured}
    fixed = frozenset().union(*readers.values())
    left = measurer.verdicts(after, lambda subject: _place(subject.span) in fixed)
    verdicts = {finding: _worst(left, places) for finding, places in readers.items()}
    told = {finding: verdict for finding, verdict in verdicts.items() if verdict is not None}
    leaking = {
        finding: f"the model would still leak: {proof_text(verdict)}"
        for finding, verdict in told.items()
        if verdict.status is Verdict.CONFIRMED
    }
    return MeasuredFixes(known, told, leaking)


def _readers(finding: Finding, proof: Proof) -> Iterator[_Place]:
    """Yield where the layers that read the padding stand once the edits of a proof are made."""
    for step in finding.trace:
        if step.role is Role.CONSUMER:
            yield step.span.path, step.span.cell, moved(step.span, proof.edits)


def _place(span: Span) -> _Place:
    return span.path, span.cell, span.start


def _worst(verdicts: Verdicts, places: frozenset[_Place]) -> Confirmation | None:
    """Return the verdict that says most against a fix, of those on layers at some places; None without any."""
    found = [verdict for subject, verdict in verdicts.items() if _place(subject.span) in places]
    order = (Verdict.CONFIRMED, Verdict.NOT_REBUILT, Verdict.REFUTED)
    return min(found, key=lambda verdict: order.index(verdict.status), default=None)
