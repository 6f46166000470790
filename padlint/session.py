"""One run: the paths that the user named, to a report, and to edited files where that is asked for. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from padlint.catalogue import Catalogue
from padlint.finding import Applicability, Finding
from padlint.linter import AS_IS, Edited, Linter
from padlint.outcome import Outcome
from padlint.outcomes import SYNTAX_ERROR, Progress, grouped, trouble_of
from padlint.policy.annotate import annotation
from padlint.policy.ignores import UNUSED
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

__all__ = ["Added", "Buffer", "Change", "Mended", "Request", "add_ignores", "files", "mend", "run", "write"]

_SAFE = frozenset({Applicability.SAFE})
_UNSAFE = frozenset({Applicability.SAFE, Applicability.UNSAFE})


def run(
    request: Request,
    catalogue: Catalogue,
    analyse: Analyse | None = None,
    progress: Progress | None = None,
    *,
    proving: bool = False,
) -> Report:
    """Lint what was asked for.

    Args:
        analyse: reads sources and returns what it found; by default the real one, imported when a file needs it.
        progress: told how many of how many files are done.
        proving: whether the fixes that are offered are proved now, at the cost of linting once more, and withdrawn
            when they do not cure; a fix that is applied is always proved first.

    Raises:
        ConfigError: a configuration or baseline cannot be used.
        MissingPath: a path that the user named does not exist.
    """
    linter = Linter(request, catalogue, analyse or _analysis)
    outcomes = linter.outcomes(progress or _silent)
    report = _report(linter, catalogue, outcomes)
    if not proving:
        return report
    refused: dict[Finding, str] = {}
    for project, outcome in outcomes.items():
        refused |= linter.prove(project, outcome, _UNSAFE).refused
    return _without(report, refused)


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
        coverage=replace(outcome.coverage, files=len(linter.found)),
    )


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


def files(request: Request) -> Iterator[tuple[Found | Unreadable, bool]]:
    """Yield each file that a run would lint, and whether it holds anything that must be parsed."""
    found, closed = request.found()
    yield from ((each, False) for each in closed)
    for project in projects(found, request.named):
        held = contents(project, request.given)
        chosen = {file for group in grouped(parsed(held), held, Finder(project.root, Folders())) for file in group}
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
    """What fixes came to: the report on the edited text, the findings that are cured, and the files to write."""

    report: Report
    cured: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()


def mend(
    request: Request,
    catalogue: Catalogue,
    analyse: Analyse | None = None,
    progress: Progress | None = None,
    *,
    unsafe: bool = False,
) -> Mended:
    """Lint what was asked for, and make the edits that cure what was found. Nothing is written yet.

    Args:
        analyse: as for `run`; so is `progress`.
        unsafe: whether fixes are wanted, too, that change what a program computes.

    Raises:
        ConfigError: a configuration or baseline cannot be used.
        MissingPath: a path that the user named does not exist.
    """
    linter = Linter(request, catalogue, analyse or _analysis)
    outcomes = linter.outcomes(progress or _silent)
    edited: dict[Path, bytes] = {}
    cured: list[Finding] = []
    refused: dict[Finding, str] = {}
    for project in outcomes:
        proof = linter.prove(project, outcomes[project], _UNSAFE if unsafe else _SAFE)
        while proof.cured:
            cured += proof.cured
            edited |= linter.edited(proof.edits, edited)
            outcomes[project] = linter.outcome(project, edited)
            proof = linter.prove(project, outcomes[project], _UNSAFE if unsafe else _SAFE, edited)
        refused |= proof.refused
    report = _without(_report(linter, catalogue, outcomes, edited), refused)
    changes = (
        Change(path, file, linter.held(file), edited[file]) for path, file in linter.where.items() if file in edited
    )
    return Mended(report, tuple(cured), tuple(changes))


def write(mended: Mended) -> Mended:
    """Write the files, each in one step. What could not be written is as it was, and is told."""
    failed: dict[str, Trouble] = {}
    for change in mended.changes:
        try:
            if change.file.read_bytes() != change.before:
                failed[change.path] = Trouble(
                    f"{change.path}: it changed while padlint ran, so no fix was written to it"
                )
            else:
                replace_file(change.file, change.after)
        except OSError as error:
            failed[change.path] = Trouble(f"{change.path}: {reason(error)}; no fix was written to it")
    return Mended(
        replace(mended.report, troubles=(*mended.report.troubles, *failed.values())),
        tuple(finding for finding in mended.cured if finding.span.path not in failed),
        tuple(change for change in mended.changes if change.path not in failed),
    )


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
        replace_file(file, rewritten(file, data, noted.edits))
    return noted.left
