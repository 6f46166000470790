"""One project's files to findings: evaluate the program, read its models, follow padding and masks, word what leaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from padlint.catalogue import Catalogue
from padlint.config import Settings
from padlint.finding import Confidence, Finding, Severity
from padlint.fixes.plan import plan
from padlint.fixes.tree import Trees
from padlint.flow.findings import in_words
from padlint.flow.observe import observations
from padlint.flow.solve import solve
from padlint.graph import ModelGraph
from padlint.keras.overlay import KerasOverlay
from padlint.keras.versions import keras_version
from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.parse import Misparse
from padlint.python.program import Program
from padlint.sources.source import Source, read

SYNTAX_ERROR = "syntax-error"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the program was read, so that silence is never mistaken for safety."""

    models: int = 0
    resolved: int = 0
    given_up: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the evaluation of a project's files gave."""

    graph: ModelGraph
    keras: int
    misparses: tuple[Misparse, ...]
    exhausted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """The findings of one project, before any policy, and which file of it imports which."""

    findings: tuple[Finding, ...]
    coverage: Coverage
    imports: Mapping[str, frozenset[str]]


def analyse(sources: Sequence[Source], settings: Settings, catalogue: Catalogue) -> Analysis:
    """Find what leaks in files that belong together."""
    reading = read_program(sources, settings)
    pages = {rule.kind: rule for rule in catalogue}
    solution = solve(reading.graph, reading.keras)
    seen = [each for each in observations(solution) if each.kind in pages]
    found = [
        *(
            replace(in_words(each.seen, pages[each.seen.kind]), fix=each.fix, unfixed=each.why_not)
            for each in plan(seen, solution, Trees(sources))
        ),
        *(_misparsed(misparse, catalogue) for misparse in reading.misparses),
    ]
    return Analysis(tuple(found), _coverage(reading), reading.graph.imports)


def _coverage(reading: Reading) -> Coverage:
    models = [model for model in reading.graph.models if not model.nested]
    given_up = [
        (f"{model.span.path}:{model.span.start.row}", "; ".join(model.unresolved))
        for model in models
        if model.unresolved
    ]
    too_long = [(path, "it takes more steps than padlint gives a file") for path in reading.exhausted]
    return Coverage(len(models), len(models) - len(given_up), (*given_up, *too_long))


def read_program(sources: Sequence[Source], settings: Settings) -> Reading:
    """Evaluate files that belong together, without running them."""
    root = _common_root(sources, settings.root)
    shown = {source.file: source for source in sources}
    overlay = KerasOverlay(settings.keras)
    modules = ProjectModules(root, lambda file: shown.get(file) or _read_module(file, root, sources))
    run = Interpreter(overlay, modules)
    Program(run, modules, sources).evaluate()
    graph = replace(overlay.graph(), imports=_imports(modules, root, sources))
    return Reading(
        graph=graph,
        keras=keras_version(settings.keras, graph.keras, root),
        misparses=tuple(modules.misparses),
        exhausted=tuple(dict.fromkeys(modules.exhausted)),
    )


def _common_root(sources: Sequence[Source], fallback: Path) -> Path:
    """Return the folder beyond which no module is looked for."""
    folders = [source.file.parent for source in sources]
    if not folders:
        return fallback
    root = folders[0]
    while not all(folder.is_relative_to(root) for folder in folders):
        root = root.parent
    return fallback if root.is_relative_to(fallback) else root


def _read_module(file: Path, root: Path, sources: Sequence[Source]) -> Source | None:
    """Read a module that a linted file imports; it is shown in the way the linted files are."""
    found = read(_shown(file, root, sources), file)
    return found if isinstance(found, Source) else None


def _shown(file: Path, root: Path, sources: Sequence[Source]) -> str:
    sample = sources[0]
    prefix = sample.file.as_posix().removesuffix(Path(sample.path).as_posix())
    if prefix != sample.file.as_posix() and file.as_posix().startswith(prefix):
        return file.as_posix()[len(prefix) :]
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)


def _imports(modules: ProjectModules, root: Path, sources: Sequence[Source]) -> Mapping[str, frozenset[str]]:
    names = {source.file: source.path for source in sources}

    def name(file: Path) -> str:
        return names.get(file) or _shown(file, root, sources)

    return {name(file): frozenset(map(name, imported)) for file, imported in modules.imports.items()}


def _misparsed(misparse: Misparse, catalogue: Catalogue) -> Finding:
    rule = catalogue.find(SYNTAX_ERROR)
    return Finding(
        code=rule.code,
        name=rule.name,
        message=f"this is not Python 3: {misparse.message}",
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
        span=misparse.span,
    )
