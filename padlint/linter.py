"""Lint the projects of a run, as they are or with other text in their files, and prove fixes by doing so."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from padlint.catalogue import Catalogue
from padlint.finding import Applicability, Edit, Finding
from padlint.fixes.prove import Linted, Proof, prove
from padlint.fixes.syntax import rejected
from padlint.outcome import Outcome
from padlint.outcomes import Outcomes, Progress
from padlint.policy.sift import Sieve, Sifted
from padlint.request import Request
from padlint.sources.projects import Project, projects
from padlint.sources.rewrite import CannotRewrite, rewritten
from padlint.sources.source import as_written
from padlint.verdicts import Analyse

Edited: TypeAlias = Mapping[Path, bytes]
"""What files hold once edits are made in them; files that are not named hold what is on the disk."""

AS_IS: Edited = {}


class Linter:
    """Lints what one run was asked to.

    Args:
        analyse: reads sources and returns what it found.

    Raises:
        ConfigError: a configuration or baseline cannot be used.
        MissingPath: a path that the user named does not exist.
    """

    def __init__(self, request: Request, catalogue: Catalogue, analyse: Analyse) -> None:
        self._request = request
        self.found, self.closed = request.found()
        self.where = {each.path: each.file for each in self.found}
        self._crowded: tuple[Path, ...] = ()
        self._held: dict[Path, bytes] = {}
        self._sieve = Sieve(self.where, request.configurations.of, catalogue)
        self._outcomes = Outcomes(request, catalogue, analyse, pooling=request.verify or self._sieve.pooling)

    # Linting ----------------------------------------------------------------------------------------------------

    def outcomes(self, progress: Progress) -> dict[Project, Outcome]:
        """Lint each project."""
        each = tuple(map(self._completed, projects(self.found, self._request.named)))
        return dict(zip(each, self._outcomes.of(each, self._request.given, progress), strict=True))

    def _completed(self, project: Project) -> Project:
        """Return a project with the files that are read along."""
        completed = self._request.completed(project)
        if completed is None:
            self._crowded = (*self._crowded, project.root)
        return completed or project

    @property
    def crowded(self) -> tuple[Path, ...]:
        """The roots of projects that are too large to be read along with what was named."""
        return () if self._request.buffer is not None else tuple(dict.fromkeys((*self._crowded, *self._outcomes.cut)))

    @property
    def unmet(self) -> tuple[str, ...]:
        """What configurations say of layers that no code mentions."""
        return self._outcomes.unmet

    def outcome(self, project: Project, edited: Edited = AS_IS) -> Outcome:
        """Lint one project."""
        (outcome,) = self._outcomes.of((project,), {**self._request.given, **edited}, _silent)
        return outcome

    def sifted(self, outcome: Outcome, edited: Edited = AS_IS) -> Sifted:
        """Apply the policy: decide which findings to show."""
        lines = self.lines(edited)
        return self._sieve.sift(outcome.findings, outcome.comments, lines, use_baseline=self._request.use_baseline)

    def failing(self, findings: Iterable[Finding]) -> int:
        """Return how many findings are severe enough to make the run fail."""
        return self._sieve.failing(findings)

    def lines(self, edited: Edited = AS_IS) -> Texts:
        """Return what gives the text of files."""
        known = {**self._outcomes.texts, **self._request.given, **edited}
        return Texts(self.where, self._request.working_folder, known)

    # Fixing -----------------------------------------------------------------------------------------------------

    def prove(
        self,
        project: Project,
        outcome: Outcome,
        allowed: frozenset[Applicability],
        edited: Edited = AS_IS,
        without: Container[Finding] = (),
    ) -> Proof:
        """Find out which fixes of what is shown in a project cure it.

        Only files that import each other are linted again together: nothing else can change.

        Args:
            outcome: what linting the project came to.
            allowed: how safe the fixes have to be.
            edited: the text that `outcome` is about.
            without: findings whose fixes are out of the question.
        """
        sifted = self.sifted(outcome, edited)
        before = Linted(sifted.shown, (*sifted.hidden, *sifted.known))
        proof = Proof()
        for group in _groups(project, _linked(outcome)):
            paths = {file.path for file in group.files}
            here = [each for each in sifted.shown if each.span.path in paths and each not in without]
            elsewhere = {each: _elsewhere(each, self.where) for each in here if _is_allowed(each, allowed)}
            fixable = [each for each, why in elsewhere.items() if not why]
            proof += prove(fixable, before, partial(self._linted, group, edited))
            proof += Proof(refused={each: why for each, why in elsewhere.items() if why})
        return proof

    def _linted(self, project: Project, edited: Edited, edits: Sequence[Edit]) -> Linted:
        texts = self.edited(edits, edited)
        for path, file in self.where.items():
            if file in texts and rejected(path, file, texts[file]) - rejected(path, file, self.held(file, edited)):
                raise CannotRewrite(f"{path}: Python would not take the result")
        after = {**edited, **texts}
        outcome = self.outcome(project, after)
        if outcome.troubles:
            raise CannotRewrite(outcome.troubles[0].line)
        sifted = self.sifted(outcome, after)
        return Linted(sifted.shown, (*sifted.hidden, *sifted.known))

    def edited(self, edits: Sequence[Edit], edited: Edited = AS_IS) -> dict[Path, bytes]:
        """Return what the files that edits are about hold once they are made.

        Raises:
            CannotRewrite: they cannot be made in one of the files.
        """
        by_path: dict[str, list[Edit]] = {}
        for edit in edits:
            by_path.setdefault(edit.span.path, []).append(edit)
        return {
            self.where[path]: rewritten(self.where[path], self.held(self.where[path], edited), mine)
            for path, mine in by_path.items()
        }

    def held(self, file: Path, edited: Edited = AS_IS) -> bytes:
        """Return what a file holds, or held when it was linted: an edit is for that, whatever is in the file by now.

        Raises:
            CannotRewrite: it cannot be read any more, or holds something else.
        """
        known = {**self._request.given, **self._held, **edited}
        try:
            data = known[file] if file in known else file.read_bytes()
        except OSError as error:
            raise CannotRewrite(f"{file}: {error.strerror}") from error
        if file not in known:
            if not self._outcomes.are_of(file, data):
                raise CannotRewrite(f"{file}: it changed while padlint ran")
            self._held[file] = data
        return data


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def _is_allowed(finding: Finding, allowed: frozenset[Applicability]) -> bool:
    return finding.fix is not None and finding.fix.applicability in allowed


def _elsewhere(finding: Finding, named: Collection[str]) -> str:
    """Say why a fix cannot be made that changes files which were not named, "" for one that changes none."""
    edits = finding.fix.edits if finding.fix is not None else ()
    others = sorted({edit.span.path for edit in edits if edit.span.path not in named})
    return f"it would change {' and '.join(others)}, which padlint was not told to lint" if others else ""


def _linked(outcome: Outcome) -> Mapping[str, frozenset[str]]:
    """Return which file imports which, or has a fix that changes the other: both may pad what one model reads."""
    linked = dict(outcome.imports)
    for finding in outcome.findings:
        changed = {edit.span.path for edit in finding.fix.edits} if finding.fix is not None else set()
        linked[finding.span.path] = linked.get(finding.span.path, frozenset()) | changed
    return linked


def _groups(project: Project, imports: Mapping[str, frozenset[str]]) -> Iterator[Project]:
    """Yield the files of a project in groups that have nothing to do with each other.

    Args:
        imports: which file leads to which.
    """
    linked: dict[str, set[str]] = {}
    for path, targets in imports.items():
        for target in targets:
            linked.setdefault(path, set()).add(target)
            linked.setdefault(target, set()).add(path)
    seen: set[str] = set()
    for file in project.files:
        waiting = {file.path} - seen
        group: set[str] = set()
        while waiting:
            path = waiting.pop()
            group.add(path)
            waiting |= linked.get(path, set()) - group
        seen |= group
        if group:
            files = tuple(each for each in project.files if each.path in group)
            yield replace(project, files=files, beside=tuple(each for each in project.beside if each.path in group))


class Texts:
    """The text of files as their author wrote it, read when an excerpt or a fingerprint needs it, and kept.

    Args:
        where: the files that are linted, by path; others are looked for from the working folder.
        held: what files hold that are not to be read.
    """

    def __init__(self, where: Mapping[str, Path], working_folder: Path, held: Mapping[Path, bytes]) -> None:
        self._where = where
        self._working_folder = working_folder
        self._held = held
        self._known: dict[str, Mapping[int, tuple[str, ...]]] = {}

    def __call__(self, path: str, cell: int) -> tuple[str, ...]:
        """Return the rows of a file or of a cell."""
        if path not in self._known:
            file = self._where.get(path) or self._working_folder / path
            cells = as_written(file, self._held.get(file))
            self._known[path] = {index: tuple(rows) for index, rows in cells.items()}
        return self._known[path].get(cell, ())
