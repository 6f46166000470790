"""Whether fixes do what they promise: make their edits, lint the result, and compare it with what was there before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TypeAlias

from padlint.dataclass import dataclass
from padlint.finding import Confidence, Edit, Finding, Position, Role, Severity, Span
from padlint.sources.rewrite import CannotRewrite


@dataclass(frozen=True, slots=True)
class Linted:
    """What linting came to.

    Args:
        shown: what the user sees.
        hidden: what else was found: not sure enough, or known to the baseline.
    """

    shown: tuple[Finding, ...]
    hidden: tuple[Finding, ...] = ()


Lint: TypeAlias = Callable[[tuple[Edit, ...]], Linted]
"""Lints the files with edits made in them.

Raises:
    CannotRewrite: the edits cannot be made.
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """The findings whose fixes cure them, all at once and without bringing others; and why the other fixes do not.

    Args:
        cured: the findings.
        edits: all edits of their fixes.
        refused: why each of the other findings' fixes was withdrawn.
    """

    cured: tuple[Finding, ...] = ()
    edits: tuple[Edit, ...] = ()
    refused: Mapping[Finding, str] = field(default_factory=dict)

    def __add__(self, other: Proof) -> Proof:
        """Return what was proved of files that have nothing to do with each other."""
        edits = dict.fromkeys((*self.edits, *other.edits))
        return Proof((*self.cured, *other.cured), tuple(edits), {**self.refused, **other.refused})


def prove(fixable: Sequence[Finding], before: Linted, lint: Lint) -> Proof:
    """Find out which fixes cure their findings when they are applied together.

    All are tried at once, which is the one lint that most files need. Then what did not work is left out.
    """
    refused: dict[Finding, str] = {}
    together = list(fixable)
    while together:
        failed = _objections(together, before, lint)
        if not failed:
            break
        if None in failed:
            passed, reasons = _halved(together, (), before, lint)
            return Proof(passed, edits_of(passed), refused | reasons)
        refused.update((finding, why) for finding, why in failed.items() if finding is not None)
        together = [finding for finding in together if finding not in failed]
    return Proof(tuple(together), edits_of(together), refused)


def _halved(
    fixable: Sequence[Finding], passed: tuple[Finding, ...], before: Linted, lint: Lint
) -> tuple[tuple[Finding, ...], dict[Finding, str]]:
    """Find out which of some fixes is at fault, each tried along with those that passed before it.

    Returns:
        The findings whose fixes passed, and why the others did not.
    """
    failed = _objections((*passed, *fixable), before, lint)
    if not failed:
        return (*passed, *fixable), {}
    if len(fixable) == 1:
        return passed, {fixable[0]: "; ".join(dict.fromkeys(failed.values()))}
    middle = len(fixable) // 2
    passed, reasons = _halved(fixable[:middle], passed, before, lint)
    passed, more = _halved(fixable[middle:], passed, before, lint)
    return passed, reasons | more


def edits_of(findings: Iterable[Finding]) -> tuple[Edit, ...]:
    """Return the edits of all fixes of some findings, each once."""
    return tuple(dict.fromkeys(edit for finding in findings if finding.fix for edit in finding.fix.edits))


def _objections(fixed: Sequence[Finding], before: Linted, lint: Lint) -> dict[Finding | None, str]:
    """Return what speaks against the fixes of some findings, by finding; by None what may be any one's fault.

    A layer that read padding already may do so for another reason now, if nothing was done for it, or as one of several
    that a fix was for: the mask of an embedding helps the layers behind it that it gets to. A fix has cured nothing
    when all that it was for still read the padding. Nothing may be found wrong with what a fix itself has written.
    """
    edits = edits_of(fixed)
    try:
        after = lint(edits)
    except CannotRewrite as error:
        return {None: str(error)}
    found = {_identity(finding) for finding in (*after.shown, *after.hidden)}
    left: dict[Finding | None, str] = {
        finding: "the finding would still be there" for finding in fixed if _identity(finding, edits) in found
    }
    if left:
        return left
    brought = _brought(before, after, edits)
    known = _readers((*before.shown, *before.hidden), edits)
    faults = [each for each in brought if not _readers([each]) <= known or _is_written(each.span, edits)]
    if faults:
        return {None: _told(faults)}
    lost = _readers(brought)
    return {finding: _told(brought) for finding in fixed if _readers([finding], edits) <= lost}


def _told(brought: Iterable[Finding]) -> str:
    return f"it would bring {' and '.join(sorted({f'{each.code} ({each.message})' for each in brought}))}"


def _brought(before: Linted, after: Linted, edits: tuple[Edit, ...]) -> Sequence[Finding]:
    """Return what is found after edits, and was not before."""
    known = {_identity(finding, edits) for finding in (*before.shown, *before.hidden)}
    return [each for each in after.shown if _counts(each) and _identity(each) not in known]


def _readers(findings: Iterable[Finding], edits: Iterable[Edit] = ()) -> set[tuple[str, int, Position]]:
    """Return the places of the layers that read padding, as far as edits move them; of other findings, their own."""
    steps = ((finding, [step.span for step in finding.trace if step.role is Role.CONSUMER]) for finding in findings)
    spans = (span for finding, consumers in steps for span in consumers or [finding.span])
    return {(span.path, span.cell, moved(span, edits)) for span in spans}


def _counts(finding: Finding) -> bool:
    """Say whether a finding is more than advice or a guess: a mask may well be worth a slower kernel."""
    return finding.severity is not Severity.NOTE and finding.confidence is not Confidence.POSSIBLE


def _identity(finding: Finding, edits: Iterable[Edit] = ()) -> tuple[str, str, int, Position]:
    """Return what a finding is known by, its place moved as far as edits move it."""
    place = finding.span
    return finding.code, place.path, place.cell, moved(place, edits)


def _is_written(place: Span, edits: tuple[Edit, ...]) -> bool:
    """Say whether edits have written something at a place, which is one in the edited text."""
    here = [edit for edit in edits if edit.content and (edit.span.path, edit.span.cell) == (place.path, place.cell)]
    return any(start < place.end and place.start < end for start, end in (_written(edit, edits) for edit in here))


def _written(edit: Edit, edits: tuple[Edit, ...]) -> tuple[Position, Position]:
    """Return where the content of an edit stands once all edits were made."""
    before = tuple(other for other in edits if other.span < edit.span)
    start = moved(edit.span, before)
    rows = edit.content.replace("\r\n", "\n").split("\n")
    width = len(rows[-1]) + (start.column if len(rows) == 1 else 1)
    return start, Position(start.row + len(rows) - 1, width)


def moved(place: Span, edits: Iterable[Edit]) -> Position:
    """Return where the beginning of a place is once edits were made."""
    position = place.start
    before = [edit for edit in edits if (edit.span.path, edit.span.cell) == (place.path, place.cell)]
    in_order = sorted((edit for edit in before if edit.span.end <= place.start), key=lambda edit: edit.span)
    # The last first: what stands before it has not moved yet. Insertions at one place stay in the order they came in.
    for edit in reversed(in_order):
        position = _shifted(position, edit)
    return position


def _shifted(position: Position, edit: Edit) -> Position:
    """Return a position behind an edit after it was made."""
    start, end = edit.span.start, edit.span.end
    rows = edit.content.replace("\r\n", "\n").split("\n")
    row = position.row + len(rows) - 1 - (end.row - start.row)
    if position.row > end.row:
        return Position(row, position.column)
    before = len(rows[-1]) + (start.column - 1 if len(rows) == 1 else 0)
    return Position(row, before + 1 + position.column - end.column)
