"""One run: the paths that the user named, to a report. Prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING, TypeAlias

from padlint.catalogue import Catalogue
from padlint.config import Configurations, Settings
from padlint.finding import Confidence, Finding, Position, Severity, Span
from padlint.policy.annotate import annotation
from padlint.policy.ignores import UNUSED
from padlint.policy.pragmas import Pragma, pragmas
from padlint.policy.sift import Sieve
from padlint.report import Coverage, Report, Trouble
from padlint.sources.discover import Found, discover, excluded
from padlint.sources.projects import Project, contents, projects
from padlint.sources.rewrite import CannotRewrite, replace_file, rewritten
from padlint.sources.source import Source, Unreadable, as_written, read

if TYPE_CHECKING:
    from padlint.analysis import Analysis

STDIN = "<stdin>"
SYNTAX_ERROR = "syntax-error"

Analyse: TypeAlias = "Callable[[Sequence[Source], Settings, Catalogue], Analysis]"
Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Buffer:
    """Text that came on standard input, and the name that it has; "" when it has none."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What to lint and under which configurations.

    Args:
        paths: files and folders as the user named them.
        buffer: text to lint in place of `paths`.
        use_baseline: whether known findings are told apart.
    """

    paths: tuple[str, ...]
    configurations: Configurations
    working_folder: Path
    buffer: Buffer | None = None
    use_baseline: bool = True

    @property
    def text(self) -> bytes | None:
        """What came on standard input, None when files are linted."""
        return None if self.buffer is None else self.buffer.data

    @property
    def named(self) -> tuple[Path, ...]:
        """The paths, absolute."""
        return tuple(self.working_folder / path for path in self.paths)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a project came to before any policy is applied: all that a cache must keep, or a worker send back."""

    findings: tuple[Finding, ...] = ()
    comments: tuple[Pragma, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)

    @classmethod
    def sum(cls, outcomes: Iterable[Outcome]) -> Outcome:
        """Put outcomes together."""
        each = tuple(outcomes)
        return cls(
            tuple(finding for outcome in each for finding in outcome.findings),
            tuple(comment for outcome in each for comment in outcome.comments),
            tuple(trouble for outcome in each for trouble in outcome.troubles),
            sum((outcome.coverage for outcome in each), Coverage()),
        )


def run(
    request: Request, catalogue: Catalogue, analyse: Analyse | None = None, progress: Progress | None = None
) -> Report:
    """Lint what was asked for.

    Args:
        analyse: reads sources and returns what it found; by default the real one, imported when a file needs it.
        progress: told how many of how many files are done.

    Raises:
        ConfigError: a configuration or baseline cannot be used.
        MissingPath: a path that the user named does not exist.
    """
    found, closed = _found(request)
    where = {each.path: each.file for each in found}
    sieve = Sieve(where, request.configurations.of, catalogue)
    outcome = Outcome.sum(_outcomes(found, request, catalogue, analyse or _analysis, progress or _silent))
    texts = _Texts(where, request)
    sifted = sieve.sift(outcome.findings, outcome.comments, texts, use_baseline=request.use_baseline)
    return Report(
        findings=sifted.shown,
        catalogue=catalogue,
        lines=texts,
        files=where,
        failing=sifted.failing,
        hidden=sifted.hidden,
        ignored=sifted.ignored,
        baselined=sifted.known,
        stale=tuple(f"{entry.path}: {entry.code} {entry.line}" for entry in sifted.stale),
        troubles=(*map(_trouble, closed), *outcome.troubles),
        coverage=replace(outcome.coverage, files=len(found)),
    )


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


def files(request: Request) -> Iterator[tuple[Found | Unreadable, bool]]:
    """Yield each file that a run would lint, and whether it holds anything that must be parsed."""
    found, closed = _found(request)
    yield from ((each, False) for each in closed)
    for project in projects(found, request.named):
        held = contents(project, request.text)
        yield from ((each, each.file in held.parsed) for each in project.files if each.file in held.data)
        yield from ((each, False) for each in held.closed)


def _found(request: Request) -> tuple[tuple[Found, ...], tuple[Unreadable, ...]]:
    """Return the files to lint, and what cannot be opened."""
    if request.buffer is not None:
        name = request.buffer.name
        file = request.working_folder / (name or STDIN)
        if name and excluded(file, request.configurations.of(file.parent).selection):
            return (), ()
        return (Found(name or STDIN, file),), ()
    each = tuple(
        discover(request.paths, lambda folder: request.configurations.of(folder).selection, request.working_folder)
    )
    return (
        tuple(file for file in each if isinstance(file, Found)),
        tuple(file for file in each if isinstance(file, Unreadable)),
    )


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


# One project ----------------------------------------------------------------------------------------------------


def _outcomes(
    found: Sequence[Found], request: Request, catalogue: Catalogue, analyse: Analyse, progress: Progress
) -> Iterator[Outcome]:
    """Yield the outcome of each project. This loop is where workers would share the work, and a cache save it."""
    done = 0
    for project in projects(found, request.named):
        progress(done, len(found))
        yield _lint(project, request, catalogue, analyse)
        done += len(project.files)
    progress(done, len(found))


def _analysis(sources: Sequence[Source], settings: Settings, catalogue: Catalogue) -> Analysis:
    """Analyse in earnest. The import is here because it costs more than deciding that no file needs it."""
    from padlint.analysis import analyse

    return analyse(sources, settings, catalogue)


def _lint(project: Project, request: Request, catalogue: Catalogue, analyse: Analyse) -> Outcome:
    held = contents(project, request.text)
    sources: list[Source] = []
    unreadable = list(held.closed)
    for each in project.files:
        if held.must_be_read(each.file):
            source = read(each.path, each.file, held.data[each.file])
            if isinstance(source, Source):
                sources.append(source)
            else:
                unreadable.append(source)
    own = Outcome(
        findings=tuple(_syntax_error(each, catalogue) for each in unreadable if each.opened),
        comments=tuple(comment for source in sources for comment in pragmas(source)),
        troubles=tuple(_trouble(each) for each in unreadable if not each.opened),
    )
    parsed = [source for source in sources if source.file in held.parsed]
    return Outcome.sum((own, _analysed(parsed, request.configurations.of(project.root), catalogue, analyse)))


def _analysed(sources: Sequence[Source], settings: Settings, catalogue: Catalogue, analyse: Analyse) -> Outcome:
    """Analyse sources together; after a crash one by one, so that only the file that provokes it is lost."""
    if not sources:
        return Outcome()
    try:
        analysis = analyse(sources, settings, catalogue)
    except Exception as error:  # noqa: BLE001 - a crash on one file must not lose what is known of the others
        if len(sources) == 1:
            return Outcome(troubles=(_crash(f"{sources[0].path}: padlint failed on this file", error),))
        alone = Outcome.sum(_analysed([source], settings, catalogue, analyse) for source in sources)
        together = _crash(f"{settings.root}: padlint failed on these files together", error)
        return alone if alone.troubles else replace(alone, troubles=(together,))
    read_of = analysis.coverage
    return Outcome(
        findings=analysis.findings,
        coverage=Coverage(0, len(sources), read_of.models, read_of.resolved, read_of.given_up),
    )


def _crash(what: str, error: Exception) -> Trouble:
    told = next(iter(str(error).splitlines()), "")
    return Trouble(f"{what}: {type(error).__name__}: {told}".rstrip(": "), "".join(format_exception(error)))


def _trouble(closed: Unreadable) -> Trouble:
    return Trouble(f"{closed.path}: {closed.why}")


def _syntax_error(broken: Unreadable, catalogue: Catalogue) -> Finding:
    rule = catalogue.find(SYNTAX_ERROR)
    message, advice = rule.worded(reason=broken.why)
    start = Position(broken.row, broken.column)
    return Finding(
        rule.code,
        rule.name,
        message,
        rule.severity or Severity.ERROR,
        Confidence.CERTAIN,
        Span(broken.path, 0, start, start),
        help=advice,
    )


class _Texts:
    """The text of files as their author wrote it, read when an excerpt or a fingerprint needs it, and kept."""

    def __init__(self, where: Mapping[str, Path], request: Request) -> None:
        self._where = where
        self._request = request
        self._known: dict[str, Mapping[int, tuple[str, ...]]] = {}

    def __call__(self, path: str, cell: int) -> tuple[str, ...]:
        if path not in self._known:
            linted = path in self._where
            file = self._where[path] if linted else self._request.working_folder / path
            cells = as_written(file, self._request.text if linted else None)
            self._known[path] = {index: tuple(rows) for index, rows in cells.items()}
        return self._known[path].get(cell, ())
