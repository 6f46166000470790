"""One run: the paths that the user named, to a report. Prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from padlint.catalogue import Catalogue
from padlint.config import CONFIGURATION_FILES, Configurations, Settings
from padlint.finding import Confidence, Finding, Position, Severity, Span
from padlint.fingerprint import Lines
from padlint.policy import baseline
from padlint.policy.ignores import Pragma, Silence, pragmas, silence
from padlint.policy.selection import (
    Selected,
    codes_ignored_in,
    fails,
    is_sure_enough,
    selected,
    with_severity,
)
from padlint.report import Coverage, Report
from padlint.sources.discover import Found, discover, excluded
from padlint.sources.prefilter import drivers, relevant
from padlint.sources.source import Source, Unreadable, as_written, read

if TYPE_CHECKING:
    from padlint.analysis import Analysis

STDIN = "<stdin>"
SYNTAX_ERROR = "syntax-error"
_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", ".git", *CONFIGURATION_FILES)

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


@dataclass(frozen=True, slots=True)
class Project:
    """Files that import each other: what lies below one project root."""

    root: Path
    files: tuple[Found, ...]


def run(
    request: Request,
    catalogue: Catalogue,
    analyse: Analyse | None = None,
    progress: Progress | None = None,
) -> Report:
    """Lint what was asked for.

    Args:
        analyse: reads sources and returns what it found; by default the real one, imported when a file needs it.
        progress: told how many of how many files are done.

    Raises:
        ConfigError: a configuration or baseline cannot be used.
        MissingPath: a path that the user named does not exist.
    """
    found, lost = _found(request)
    policy = _Policy(request, catalogue)
    for file in found:
        policy.of(file.file)
    outcomes = []
    tell = progress or _silent
    done = 0
    for project in projects(found, request):
        tell(done, len(found))
        outcomes.append(_lint(project, request, catalogue, analyse or _analysis))
        done += len(project.files)
    tell(done, len(found))
    return _report(outcomes, lost, found, policy)


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def files(request: Request) -> Iterator[tuple[Found | Unreadable, bool]]:
    """Yield each file that a run would lint, and whether it holds anything that must be parsed."""
    found, lost = _found(request)
    yield from ((each, False) for each in lost)
    for project in projects(found, request):
        contents = _Contents.of(project, request.buffer)
        yield from ((each, each.file in contents.wanted) for each in project.files)
        yield from ((each, False) for each in contents.lost)


# Files and projects ---------------------------------------------------------------------------------------------


def _found(request: Request) -> tuple[tuple[Found, ...], tuple[Unreadable, ...]]:
    """Return the files to lint, and what cannot be opened."""

    def settings_of(folder: Path) -> Settings:
        return request.configurations.of(folder)

    if request.buffer is not None:
        name = request.buffer.name
        file = request.working_folder / (name or STDIN)
        if name and excluded(file, settings_of(file.parent).selection):
            return (), ()
        return (Found(name or STDIN, file),), ()
    each = tuple(discover(request.paths, lambda folder: settings_of(folder).selection, request.working_folder))
    return (
        tuple(file for file in each if isinstance(file, Found)),
        tuple(file for file in each if isinstance(file, Unreadable)),
    )


def projects(found: Iterable[Found], request: Request) -> Iterator[Project]:
    """Group files by the closest folder above them that looks like a project's root, else by the path named."""
    named = sorted((request.working_folder / path for path in request.paths), key=lambda path: -len(path.parts))
    roots: dict[Path, Path | None] = {}
    grouped: dict[Path, list[Found]] = {}
    for each in found:
        root = _marked_root(each.file.parent, roots)
        if root is None:
            root = next((path for path in named if each.file.is_relative_to(path)), each.file.parent)
        grouped.setdefault(root, []).append(each)
    yield from (Project(root, tuple(group)) for root, group in grouped.items())


def _marked_root(folder: Path, known: dict[Path, Path | None]) -> Path | None:
    if folder not in known:
        if any((folder / name).exists() for name in _PROJECT_FILES):
            known[folder] = folder
        else:
            known[folder] = None if folder == folder.parent else _marked_root(folder.parent, known)
    return known[folder]


@dataclass(frozen=True, slots=True)
class _Contents:
    """The bytes of a project's files, and which of them must be parsed."""

    data: Mapping[Path, bytes]
    wanted: frozenset[Path]
    lost: tuple[Unreadable, ...]

    @classmethod
    def of(cls, project: Project, buffer: Buffer | None) -> _Contents:
        data: dict[Path, bytes] = {}
        lost = []
        for each in project.files:
            try:
                data[each.file] = each.file.read_bytes() if buffer is None else buffer.data
            except OSError as error:
                lost.append(Unreadable(each.path, each.file, error.strerror or str(error), opened=False))
        roots = {file: content for file, content in data.items() if relevant(content)}
        others = {file: content for file, content in data.items() if file not in roots}
        return cls(data, frozenset(roots) | (drivers(others, roots) if roots else frozenset()), tuple(lost))


# One project ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one project came to, before policy."""

    findings: tuple[Finding, ...] = ()
    comments: tuple[Pragma, ...] = ()
    troubles: tuple[str, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)


def _analysis(sources: Sequence[Source], settings: Settings, catalogue: Catalogue) -> Analysis:
    """Analyse in earnest. The import is here because it costs more than deciding that no file needs it."""
    from padlint.analysis import analyse

    return analyse(sources, settings, catalogue)


def _lint(project: Project, request: Request, catalogue: Catalogue, analyse: Analyse) -> _Outcome:
    contents = _Contents.of(project, request.buffer)
    sources, unreadable, comments = [], list(contents.lost), list[Pragma]()
    for each in project.files:
        data = contents.data.get(each.file)
        if data is None or not (each.file in contents.wanted or _needs_reading(each.file, data)):
            continue
        source = read(each.path, each.file, data)
        if isinstance(source, Unreadable):
            unreadable.append(source)
            continue
        comments.extend(pragmas(source))
        if each.file in contents.wanted:
            sources.append(source)
    settings = request.configurations.of(project.root)
    findings, troubles, coverage = _analysed(sources, settings, catalogue, analyse)
    broken = tuple(_syntax_error(each, catalogue) for each in unreadable if each.opened)
    closed = tuple(_trouble(each) for each in unreadable if not each.opened)
    return _Outcome((*findings, *broken), tuple(comments), (*troubles, *closed), coverage)


def _needs_reading(file: Path, data: bytes) -> bool:
    """Whether a file that needs no parsing must be read: for its ignore comments, or because it is broken."""
    if b"padlint:" in data or b"\0" in data:
        return True
    if file.suffix == ".ipynb":
        return bool(data) and not data.lstrip().startswith(b"{")
    return False


def _analysed(
    sources: Sequence[Source], settings: Settings, catalogue: Catalogue, analyse: Analyse
) -> tuple[tuple[Finding, ...], tuple[str, ...], Coverage]:
    """Analyse sources together; after a crash one by one, so that only the file that provokes it is lost."""
    if not sources:
        return (), (), Coverage()
    try:
        analysis = analyse(sources, settings, catalogue)
    except Exception as error:  # noqa: BLE001 - a crash on one file must not lose what is known of the others
        if len(sources) == 1:
            return (), (f"{sources[0].path}: padlint failed on this file: {_told(error)}",), Coverage()
        alone = [_analysed([source], settings, catalogue, analyse) for source in sources]
        return (
            tuple(finding for findings, _, _ in alone for finding in findings),
            tuple(trouble for _, troubles, _ in alone for trouble in troubles)
            or (f"{settings.root}: padlint failed on these files together: {_told(error)}",),
            _total(coverage for _, _, coverage in alone),
        )
    told = analysis.coverage
    return analysis.findings, (), Coverage(0, len(sources), told.models, told.resolved, told.given_up)


def _told(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _trouble(lost: Unreadable) -> str:
    return f"{lost.path}: {lost.why}"


def _syntax_error(broken: Unreadable, catalogue: Catalogue) -> Finding:
    rule = catalogue.find(SYNTAX_ERROR)
    start = Position(broken.row, broken.column)
    return Finding(
        rule.code,
        rule.name,
        rule.message.format(why=broken.why),
        rule.severity or Severity.ERROR,
        Confidence.CERTAIN,
        Span(broken.path, 0, start, start),
        help=rule.help.format(why=broken.why) or None,
    )


def _total(each: Iterable[Coverage]) -> Coverage:
    total = Coverage()
    for coverage in each:
        total = Coverage(
            total.files + coverage.files,
            total.analysed + coverage.analysed,
            total.models + coverage.models,
            total.resolved + coverage.resolved,
            (*total.given_up, *coverage.given_up),
        )
    return total


# Policy ---------------------------------------------------------------------------------------------------------


class _Policy:
    """The settings of each file, and the rules that they turn on."""

    def __init__(self, request: Request, catalogue: Catalogue) -> None:
        self.request = request
        self.catalogue = catalogue
        self._selected: dict[int, Selected] = {}

    def of(self, file: Path) -> tuple[Settings, Selected]:
        settings = self.request.configurations.of(file.parent)
        if id(settings) not in self._selected:
            self._selected[id(settings)] = selected(settings, self.catalogue)
        return settings, self._selected[id(settings)]

    def enabled(self, file: Path) -> frozenset[str]:
        settings, chosen = self.of(file)
        return chosen.codes - codes_ignored_in(file, settings, self.catalogue)


def _report(
    outcomes: Sequence[_Outcome], lost: Sequence[Unreadable], found: Sequence[Found], policy: _Policy
) -> Report:
    request, catalogue = policy.request, policy.catalogue
    where = {each.path: each.file for each in found}
    lines = _Texts(where, request)
    troubles = [trouble for outcome in outcomes for trouble in outcome.troubles]
    troubles += [_trouble(each) for each in lost if not each.opened]
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    findings += [_syntax_error(each, catalogue) for each in lost if each.opened]
    comments = [comment for outcome in outcomes for comment in outcome.comments]
    silenced = _silenced(findings, comments, where, policy)
    sure = [
        finding
        for finding in silenced.kept
        if is_sure_enough(finding, policy.of(_file(finding, where))[0].min_confidence)
    ]
    compared = _compared(sure, where, lines, policy)
    coverage = _total(outcome.coverage for outcome in outcomes)
    return Report(
        findings=compared.new,
        catalogue=catalogue,
        lines=lines,
        files=where,
        failing=sum(fails(finding, policy.of(_file(finding, where))[0].fail_on) for finding in compared.new),
        hidden=len(silenced.kept) - len(sure),
        ignored=len(silenced.silenced),
        baselined=compared.known,
        stale=tuple(f"{entry.path}: {entry.code} {entry.line}" for entry in compared.stale),
        troubles=tuple(troubles),
        coverage=replace(coverage, files=len(found)),
    )


def _file(finding: Finding, where: Mapping[str, Path]) -> Path:
    return where.get(finding.span.path, Path(finding.span.path))


def _silenced(
    findings: Iterable[Finding], comments: Sequence[Pragma], where: Mapping[str, Path], policy: _Policy
) -> Silence:
    """Keep what is selected and no comment silences: sorted, each once, with the severity asked for."""
    enabled = {path: policy.enabled(file) for path, file in where.items()}
    wanted = {finding for finding in findings if finding.code in enabled.get(finding.span.path, frozenset())}
    by_path: dict[str, list[Finding]] = {path: [] for path in sorted(where)}
    for finding in sorted(wanted, key=_order):
        by_path[finding.span.path].append(finding)
    kept: list[Finding] = []
    silenced: list[Finding] = []
    unused: list[Finding] = []
    for path, group in by_path.items():
        mine = [comment for comment in comments if comment.span.path == path]
        outcome = silence(group, mine, policy.catalogue, enabled[path])
        idle = [finding for finding in outcome.unused if finding.code in enabled[path]]
        severities = policy.of(where[path])[1].severities
        kept += [with_severity(finding, severities) for finding in sorted((*outcome.kept, *idle), key=_order)]
        silenced += outcome.silenced
        unused += idle
    return Silence(tuple(kept), tuple(silenced), tuple(unused))


def _order(finding: Finding) -> tuple[Span, str, str]:
    return finding.span, finding.code, finding.message


def _compared(
    findings: Sequence[Finding], where: Mapping[str, Path], lines: Lines, policy: _Policy
) -> baseline.Compared:
    """Compare the findings of each file with the baseline that its settings name."""
    if not policy.request.use_baseline:
        return baseline.Compared(tuple(findings), (), ())
    groups: dict[Path | None, dict[str, Path]] = {}
    for path, file in where.items():
        groups.setdefault(policy.of(file)[0].baseline, {})[path] = file
    new: list[Finding] = []
    known: list[Finding] = []
    stale: list[baseline.Entry] = []
    for known_file, paths in groups.items():
        mine = [finding for finding in findings if finding.span.path in paths]
        if known_file is None:
            new += mine
            continue
        compared = baseline.compare(mine, baseline.load(known_file), lines, known_file.parent, paths)
        new += compared.new
        known += compared.known
        stale += compared.stale
    return baseline.Compared(tuple(sorted(new, key=_order)), tuple(sorted(known, key=_order)), tuple(stale))


class _Texts:
    """The text of files as their author wrote it, read when an excerpt or a fingerprint needs it, and kept."""

    def __init__(self, where: Mapping[str, Path], request: Request) -> None:
        self._where = where
        self._request = request
        self._known: dict[str, Mapping[int, Sequence[str]]] = {}

    def __call__(self, path: str, cell: int) -> tuple[str, ...]:
        if path not in self._known:
            buffer = self._request.buffer
            data = buffer.data if buffer is not None and path in self._where else None
            self._known[path] = as_written(self._where.get(path, self._request.working_folder / path), data)
        return tuple(self._known[path].get(cell, ()))
