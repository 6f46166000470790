"""One run: the paths that the user named, to a report, and to edited files where that is asked for. Prints nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from padlint.case import CannotMeasure, Subject
from padlint.catalogue import Catalogue
from padlint.coverage import Coverage
from padlint.dataclass import dataclass
from padlint.finding import Applicability, Confirmation, Finding
from padlint.fixes.prove import Proof
from padlint.linter import AS_IS, Edited, Linter
from padlint.outcome import Outcome
from padlint.outcomes import SYNTAX_ERROR, Progress, grouped, trouble_of
from padlint.policy.annotate import annotation
from padlint.policy.ignores import UNUSED
from padlint.policy.sift import Sieve
from padlint.report import Report, Trouble
from padlint.request import Buffer, Request
from padlint.sources.discover import Found
from padlint.sources.folders import Finder, Folders
from padlint.sources.projects import Project, contents, parsed, projects
from padlint.sources.rewrite import CannotRewrite, replace_file, rewritten
from padlint.sources.source import Unreadable, as_written, read, reason
from padlint.unit import Unit
from padlint.verdicts import Analyse

if TYPE_CHECKING:
    from padlint.analysis import Analysis
    from padlint.proofs import MeasuredFixes, Measurer

__all__ = ["Added", "Buffer", "Change", "Mended", "Request", "add_ignores", "files", "mend", "run", "write"]

_SAFE = frozenset({Applicability.SAFE})
_UNSAFE = frozenset({Applicability.SAFE, Applicability.UNSAFE})


def run(
    request: Request,
    catalogue: Catalogue,
    analyse: Analyse | None = None,
    progress: Progress | None = None,
    measuring: Progress | None = None,
    *,
    proving: bool = False,
) -> Report:
    """Lint what was asked for, and measure what was found where that is asked for, too.

    Args:
        analyse: reads sources and returns what it found; by default the real one, imported when a file needs it.
        progress: told how many of how many files are done.
        measuring: told how many of how many models are measured.
        proving: whether the fixes that are offered are proved now, at the cost of linting once more, and withdrawn
            when they do not cure; a fix that is applied is always proved first.

    Raises:
        ConfigError: a configuration or baseline cannot be used.
        MissingPath: a path that the user named does not exist.
        CannotMeasure: measuring is asked for, and what it takes is not installed.
    """
    linter = Linter(request, catalogue, analyse or _analysis)
    with _measurer(request, measuring) as measurer:
        outcomes = linter.outcomes(progress or _silent)
        report = _report(linter, catalogue, outcomes)
        if proving:
            refused: dict[Finding, str] = {}
            for project, outcome in outcomes.items():
                refused |= linter.prove(project, outcome, _UNSAFE).refused
            report = _without(report, refused)
        return _measured(report, linter, outcomes, measurer, verify=request.verify)


def _report(
    linter: Linter, catalogue: Catalogue, outcomes: Mapping[Project, Outcome], edited: Edited = AS_IS
) -> Report:
    outcome = Outcome.sum(outcomes.values())
    sifted = linter.sifted(outcome, edited)
    return Report(
        findings=sifted.shown,
        catalogue=catalogue,
        lines=linter.lines(edited),
        files=linter.where,
        failing=sifted.failing,
        hidden=sifted.hidden,
        ignored=sifted.ignored,
        baselined=sifted.known,
        stale=tuple(f"{entry.path}: {entry.code} {entry.line}" for entry in sifted.stale),
        troubles=(*map(trouble_of, linter.closed), *outcome.troubles),
        coverage=_covered(outcome, linter.where),
        crowded=linter.crowded,
        unmet=linter.unmet,
    )


def _measured(
    report: Report, linter: Linter, outcomes: Mapping[Project, Outcome], measurer: Measurer | None, *, verify: bool
) -> Report:
    """Add what measuring says of each finding; one that is refuted does not make the run fail."""
    if measurer is None:
        return report
    from padlint.proofs import is_refuted, with_verdicts

    shown = {(finding.code, finding.span) for finding in report.findings}

    def wanted(subject: Subject) -> bool:
        return (subject.code, subject.span) in shown if subject.code else verify and subject.span.path in linter.where

    try:
        verdicts = measurer.verdicts((case for outcome in outcomes.values() for case in outcome.cases), wanted)
    except CannotMeasure as why:
        return replace(report, troubles=(*report.troubles, Trouble(f"nothing was measured: {why}")))
    findings = tuple(with_verdicts(report.findings, verdicts))
    return replace(
        report,
        findings=findings,
        failing=linter.failing(finding for finding in findings if not is_refuted(finding)),
        verified={subject: verdict for subject, verdict in verdicts.items() if not subject.code},
    )


def _measurer(request: Request, measuring: Progress | None) -> AbstractContextManager[Measurer | None]:
    """Return what measures, None where nothing is to be. The import is here because most runs measure nothing."""
    if not request.confirm:
        return nullcontext()
    from padlint.proofs import DEFAULT_KERAS, Measurer, check_installed

    check_installed(DEFAULT_KERAS)
    return Measurer(measuring or _silent)


def _covered(outcome: Outcome, files: Collection[str]) -> Coverage:
    """Return how much was read of the files that were to be linted."""
    covered = Coverage.sum(read for path, read in outcome.coverage.items() if path in files)
    return replace(covered, files=len(files))


def _without(report: Report, refused: Mapping[Finding, str]) -> Report:
    """Withdraw fixes, with the reason."""
    findings = (
        replace(finding, fix=None, unfixed=refused[finding]) if finding in refused else finding
        for finding in report.findings
    )
    return replace(report, findings=tuple(findings))


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def _analysis(unit: Unit, catalogue: Catalogue) -> Analysis:
    """Analyse in earnest. The import is here because it costs more than deciding that no file needs it."""
    from padlint.analysis import analyse

    return analyse(unit, catalogue)


def files(request: Request, catalogue: Catalogue) -> Iterator[tuple[Found | Unreadable, bool]]:
    """Yield each file that a run would lint, and whether it holds anything that must be parsed."""
    found, closed = request.found()
    pooling = Sieve({each.path: each.file for each in found}, request.configurations.of, catalogue).pooling
    yield from ((each, False) for each in closed)
    for named in projects(found, request.named):
        project = request.completed(named) or named
        held = contents(project, request.given)
        groups = grouped(parsed(held), held, Finder(project.root, Folders()), pooling=pooling)
        chosen = {file for group in groups for file in group}
        yield from ((each, each.file in chosen) for each in project.files if each.file in held.digests)
        yield from ((each, False) for each in held.closed)


# Fixing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """What fixes made of a file."""

    path: str
    file: Path
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Mended:
    """What fixes came to: the report on the edited text, the findings that are cured, and the files to write.

    Args:
        proofs: what measuring says of the models behind cured findings, now that they are fixed.
    """

    report: Report
    cured: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    proofs: Mapping[Finding, Confirmation] = field(default_factory=dict)


def mend(
    request: Request,
    catalogue: Catalogue,
    analyse: Analyse | None = None,
    progress: Progress | None = None,
    measuring: Progress | None = None,
    *,
    unsafe: bool = False,
) -> Mended:
    """Lint what was asked for, and make the edits that cure what was found. Nothing is written yet.

    Args:
        analyse: as for `run`; so are `progress` and `measuring`.
        unsafe: whether fixes are wanted, too, that change what a program computes.

    Raises:
        ConfigError: a configuration or baseline cannot be used.
        MissingPath: a path that the user named does not exist.
        CannotMeasure: measuring is asked for, and what it takes is not installed.
    """
    linter = Linter(request, catalogue, analyse or _analysis)
    with _measurer(request, measuring) as measurer:
        outcomes = linter.outcomes(progress or _silent)
        mending = _Mending(linter, outcomes, _UNSAFE if unsafe else _SAFE, measurer)
        for project in outcomes:
            mending.mend(project)
        report = _without(_report(linter, catalogue, outcomes, mending.edited), mending.refused)
        report = _measured(report, linter, outcomes, measurer, verify=request.verify)
    changes = (
        Change(path, file, linter.held(file), mending.edited[file])
        for path, file in linter.where.items()
        if file in mending.edited
    )
    return Mended(report, tuple(mending.cured), tuple(changes), mending.proofs)


@dataclass(slots=True)
class _Mending:
    """The fixes that were made so far, project by project; `outcomes` is what linting comes to after them."""

    linter: Linter
    outcomes: dict[Project, Outcome]
    allowed: frozenset[Applicability]
    measurer: Measurer | None
    edited: dict[Path, bytes] = field(default_factory=dict)
    cured: list[Finding] = field(default_factory=list)
    refused: dict[Finding, str] = field(default_factory=dict)
    proofs: dict[Finding, Confirmation] = field(default_factory=dict)

    def mend(self, project: Project) -> None:
        """Make the fixes of a project, until there are none left that cure anything."""
        while (proof := self._proof(project)).cured:
            edited = self.edited | self.linter.edited(proof.edits, self.edited)
            outcome = self.linter.outcome(project, edited)
            found = self._measured(proof, self.outcomes[project], outcome)
            if found is not None and found.objections:
                self.refused |= found.objections
                continue
            for finding in proof.cured:
                before = replace(finding, confirmation=found.before.get(finding) if found is not None else None)
                self.cured.append(before)
                if found is not None and finding in found.after:
                    self.proofs[before] = found.after[finding]
            self.edited, self.outcomes[project] = edited, outcome
        self.refused |= proof.refused

    def _proof(self, project: Project) -> Proof:
        """Find fixes that the analysis has nothing against."""
        return self.linter.prove(project, self.outcomes[project], self.allowed, self.edited, self.refused)

    def _measured(self, proof: Proof, before: Outcome, after: Outcome) -> MeasuredFixes | None:
        """Measure what the fixes do, where that is asked for."""
        if self.measurer is None:
            return None
        from padlint.proofs import measured_fixes

        return measured_fixes(self.measurer, proof, before.cases, after.cases)


def write(mended: Mended) -> Mended:
    """Write the files, each in one step. What could not be written is as it was, and is told."""
    failed: dict[str, Trouble] = {}
    for change in mended.changes:
        try:
            replace_file(change.file, change.before, change.after)
        except CannotRewrite as error:
            failed[change.path] = Trouble(f"{change.path}: {error}, so no fix was written to it")
        except OSError as error:
            failed[change.path] = Trouble(f"{change.path}: {reason(error)}; no fix was written to it")
    return Mended(
        replace(mended.report, troubles=(*mended.report.troubles, *failed.values())),
        tuple(finding for finding in mended.cured if _files_of(finding).isdisjoint(failed)),
        tuple(change for change in mended.changes if change.path not in failed),
        mended.proofs,
    )


def _files_of(finding: Finding) -> frozenset[str]:
    """Return the file that a finding is in, and those that its fix changes."""
    return frozenset({finding.span.path, *(edit.span.path for edit in (finding.fix.edits if finding.fix else ()))})


# Ignoring -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Added:
    """What `--add-ignore` did: how many findings it silenced in how many files, and what it could not."""

    findings: int = 0
    files: int = 0
    troubles: tuple[Trouble, ...] = ()


def add_ignores(report: Report, reason: str) -> Added:
    """Put an ignore comment at each finding that is shown; what cannot be written is left as it is, and told."""
    added = Added()
    wanted = [finding for finding in report.findings if finding.name not in (SYNTAX_ERROR, UNUSED)]
    for path, group in groupby(wanted, key=lambda finding: finding.span.path):
        findings = tuple(group)
        try:
            left = _add_ignores(path, report.files[path], findings, reason)
        except (CannotRewrite, OSError) as error:
            added = replace(added, troubles=(*added.troubles, Trouble(f"{path}: {error}")))
            continue
        told = (Trouble(f"{path}: row {each.span.start.row}: no place for a comment") for each in left)
        silenced = len(findings) - len(left)
        added = Added(added.findings + silenced, added.files + bool(silenced), (*added.troubles, *told))
    return added


def _add_ignores(path: str, file: Path, findings: Sequence[Finding], reason: str) -> tuple[Finding, ...]:
    """Write one file, and return the findings that there is no place for a comment at."""
    data = file.read_bytes()
    source = read(path, file, data)
    if isinstance(source, Unreadable):
        raise CannotRewrite(source.why)
    noted = annotation(source, as_written(file, data), findings, reason)
    if noted.edits:
        replace_file(file, data, rewritten(file, data, noted.edits))
    return noted.left
