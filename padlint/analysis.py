"""One unit's files to findings: evaluate the program, read its models, follow padding and masks, word what leaks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from padlint.case import Case
from padlint.catalogue import Catalogue, Rule
from padlint.coverage import Coverage, GivenUp, Tally, summed
from padlint.dataclass import dataclass
from padlint.digest import digest
from padlint.finding import Confidence, Finding, Severity, Span
from padlint.flow.beside import unread_part
from padlint.flow.findings import in_words
from padlint.flow.observation import Kind, Observation
from padlint.flow.observe import observations
from padlint.flow.solve import Solution, solve
from padlint.flow.wholeness import ModelRead, models_read
from padlint.graph import ModelGraph
from padlint.keras.data.values import FileOf
from padlint.keras.overlay import KerasOverlay
from padlint.keras.versions import DEFAULT as DEFAULT_KERAS
from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.parse import Misparse, Parsed, UnreadPart
from padlint.python.program import Program
from padlint.sources.dependencies import Dependencies
from padlint.sources.prefilter import names_keras
from padlint.sources.source import Source, read
from padlint.unit import Unit

SYNTAX_ERROR = "syntax-error"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the evaluation of a project's files gave; `parsed` are those that are linted, with their trees."""

    graph: ModelGraph
    keras: int
    parsed: tuple[Parsed, ...]
    misparses: tuple[Misparse, ...]
    unread: tuple[UnreadPart, ...]
    dependencies: Dependencies


@dataclass(frozen=True, slots=True)
class Analysis:
    """The findings of one unit, before any policy, which file of it imports which, and what else was looked at.

    Args:
        coverage: how much was read of each file that holds models, by path.
        cases: what can be measured of its models, where that was asked for.
    """

    findings: tuple[Finding, ...]
    coverage: Mapping[str, Coverage]
    imports: Mapping[str, frozenset[str]]
    dependencies: Dependencies
    cases: tuple[Case, ...] = ()


def analyse(unit: Unit, catalogue: Catalogue) -> Analysis:
    """Find what leaks in files that belong together."""
    reading = read_program(unit)
    pages = {rule.kind: rule for rule in catalogue}
    solution = solve(reading.graph, reading.keras)
    seen = [each for each in observations(solution) if each.kind in pages]
    found = [
        *_worded(seen, solution, pages, reading.parsed),
        *(_misparsed(misparse, catalogue) for misparse in _telling(reading)),
        *(_unread(part, pages[Kind.UNRESOLVED_MODEL]) for part in reading.unread if Kind.UNRESOLVED_MODEL in pages),
    ]
    cases = _cases(solution, seen, pages) if unit.measured else ()
    return Analysis(tuple(found), _coverage(reading, solution), reading.graph.imports, reading.dependencies, cases)


def _worded(
    seen: Sequence[Observation], solution: Solution, pages: Mapping[str, Rule], parsed: Sequence[Parsed]
) -> Iterator[Finding]:
    """Yield what was seen in words, with its fix. The imports are here because most files have nothing to fix."""
    if not seen:
        return
    from padlint.fixes.plan import plan
    from padlint.fixes.tree import Trees

    for each in plan(seen, solution, Trees(parsed)):
        yield replace(in_words(each.seen, pages[each.seen.kind]), fix=each.fix, unfixed=each.why_not)


def _cases(solution: Solution, seen: Sequence[Observation], pages: Mapping[str, Rule]) -> tuple[Case, ...]:
    """Return what can be measured. The import is here because most runs measure nothing."""
    from padlint.confirm.cases import cases_of

    return tuple(cases_of(solution, seen, {each.kind: pages[each.kind].code for each in seen}))


def _coverage(reading: Reading, solution: Solution) -> dict[str, Coverage]:
    models: dict[str, list[ModelRead]] = {part.span.path: [] for part in reading.unread}
    for model in models_read(solution.program):
        models.setdefault(model.span.path, []).append(model)
    return {path: _coverage_of(path, held, reading) for path, held in models.items()}


def _coverage_of(path: str, models: Sequence[ModelRead], reading: Reading) -> Coverage:
    parts = (GivenUp(_row(part.span), (part.why,)) for part in reading.unread if part.span.path == path)
    return Coverage(
        kinds=summed(Tally(str(each.style), 1, int(not each.gaps)) for each in models),
        given_up=(*(GivenUp(_row(each.span), each.gaps) for each in models if each.gaps), *parts),
    )


def _row(span: Span) -> str:
    return f"{span.path}:{span.start.row}"


def read_program(unit: Unit) -> Reading:
    """Evaluate files that belong together, without running them.

    What a program loads before it saves it itself, it saved when it ran before. That it does is known only in the end,
    and where it was given what another one saves instead, all is evaluated once more.
    """
    overlay, imported, modules = _evaluated(unit)
    if overlay.own_later:
        overlay, imported, modules = _evaluated(unit, frozenset(overlay.own_later))
    graph = overlay.graph()
    links = {imported.shown(file): frozenset(map(imported.shown, targets)) for file, targets in modules.imports.items()}
    return Reading(
        graph=replace(graph, imports=links),
        keras=unit.keras or graph.keras or unit.implied or DEFAULT_KERAS,
        parsed=tuple(modules.parsed[source.file] for source in unit.sources if source.file in modules.parsed),
        misparses=tuple(modules.misparses),
        unread=tuple(dict.fromkeys(modules.unread)),
        dependencies=Dependencies(imported.digests, modules.finder.looks),
    )


def _evaluated(unit: Unit, own: Collection[FileOf] = ()) -> tuple[KerasOverlay, _Imported, ProjectModules]:
    imported = _Imported(unit)
    overlay = KerasOverlay(unit.keras, unit.settings.layers, own)
    modules = ProjectModules(unit.root, imported.read)
    run = Interpreter(overlay, modules)
    overlay.builder.spend = run.spend
    Program(run, modules, unit.sources).evaluate()
    return overlay, imported, modules


class _Imported:
    """The modules that linted files import, shown in the way the linted files are, and what they held."""

    def __init__(self, unit: Unit) -> None:
        self.digests: dict[str, str] = {}
        self._linted = {source.file: source for source in unit.sources}
        self._root = unit.root
        self._prefix = _prefix(unit.sources[0])

    def read(self, file: Path) -> Source | None:
        """Return a module's source, None when it cannot be read."""
        if file in self._linted:
            return self._linted[file]
        try:
            data = file.read_bytes()
        except OSError:
            self.digests[str(file)] = ""
            return None
        self.digests[str(file)] = digest(data)
        found = read(self.shown(file), file, data)
        return found if isinstance(found, Source) else None

    def shown(self, file: Path) -> str:
        """Return the path of a file as the user will see it."""
        if file in self._linted:
            return self._linted[file].path
        if self._prefix and str(file).startswith(self._prefix):
            return str(file)[len(self._prefix) :]
        return str(file.relative_to(self._root)) if file.is_relative_to(self._root) else str(file)


def _prefix(sample: Source) -> str:
    """Return what stands before the path that the user sees of a file, "" when that is another one altogether."""
    before = str(sample.file).removesuffix(sample.path)
    return "" if before == str(sample.file) else before


def _telling(reading: Reading) -> Iterator[Misparse]:
    """Yield what could not be parsed of files that name Keras: of others, nobody asked whether they are Python."""
    if reading.misparses:
        naming = {each.source.path for each in reading.parsed if _names_keras(each.source)}
        yield from (misparse for misparse in reading.misparses if misparse.span.path in naming)


def _names_keras(source: Source) -> bool:
    return any(names_keras(cell.text.encode("utf-8", "replace")) for cell in source.cells)


def _misparsed(misparse: Misparse, catalogue: Catalogue) -> Finding:
    rule = catalogue.find(SYNTAX_ERROR)
    message, advice = rule.worded(reason=misparse.message)
    return Finding(
        code=rule.code,
        name=rule.name,
        message=message,
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
        span=misparse.span,
        help=advice,
    )


def _unread(part: UnreadPart, page: Rule) -> Finding:
    return in_words(unread_part(part.part, part.span, part.why), page)
