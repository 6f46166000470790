"""Modules of the project: found by their names, parsed and evaluated once, when something imports them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import libcst as cst

from padlint.python.alike import share_alike
from padlint.python.budget import MOST_CALL_DEPTH, MOST_NESTING, STATEMENT_PART, Budget, OutOfBudget
from padlint.python.frames import Frame
from padlint.python.interpreter import Interpreter
from padlint.python.parse import LARGE, Misparse, Parsed, Unit, UnreadPart, longest, parse
from padlint.python.scope import Scope, ScopeKind
from padlint.python.values import Constant, ModuleValue
from padlint.sources.folders import Finder, Folders, module_parts
from padlint.sources.source import Source

# From here on what trees take is more than padlint itself.
_MANY_CHARACTERS = 200_000


class ProjectModules:
    """The modules of one project.

    Args:
        root: the folder beyond which no module is looked for.
        read: gives a file's source, None when it cannot be read.
        folders: what lies in the project's folders, where that is known from before.
    """

    def __init__(self, root: Path, read: Callable[[Path], Source | None], folders: Folders | None = None) -> None:
        self.root = root
        self.finder = Finder(root, folders or Folders())
        self._read = read
        self._modules: dict[Path, ModuleValue] = {}
        self._files: dict[ModuleValue, Path] = {}
        self._started: set[ModuleValue] = set()
        self.parsed: dict[Path, Parsed] = {}
        self._characters = 0
        self.imports: dict[Path, set[Path]] = {}
        self.misparses: list[Misparse] = []
        self.unread: list[UnreadPart] = []

    def load(self, run: Interpreter, dotted: str, importer: Unit, level: int) -> ModuleValue | None:
        """Return the project's module of that name, or None when it is not one of the project's."""
        found = self.finder.module(str(importer.file), dotted, level)
        if found is None:
            return None
        file = Path(found)
        self.imports.setdefault(importer.file, set()).add(file)
        return self._module(file)

    def submodule(self, run: Interpreter, module: ModuleValue, name: str) -> ModuleValue | None:
        """Return a module inside a package, or None."""
        file = self._files.get(module)
        if file is None or not file.name.startswith("__init__"):
            return None
        found = self.finder.inside(str(file.parent), name)
        return self._module(Path(found)) if found is not None and found != str(file) else None

    def evaluate(self, run: Interpreter, module: ModuleValue) -> None:
        """Evaluate a module, unless that was done already: whether it is complete, or imports itself in a circle."""
        file = self._files.get(module)
        if (
            module in self._started
            or file is None
            or run.depth > MOST_NESTING // 2
            or len(run.frames) > MOST_CALL_DEPTH
        ):
            return
        self._started.add(module)
        source = self._read(file)
        if source is not None:
            self._evaluate(run, source, module)

    def parse_large(self, sources: Iterable[Source]) -> None:
        """Parse large sources, the largest first, before anything else takes memory: their parser takes the most."""
        for source in sorted((each for each in sources if longest(each) > LARGE), key=longest, reverse=True):
            self.parsed[source.file] = self._parsed(source)

    def run_source(self, run: Interpreter, source: Source) -> ModuleValue:
        """Evaluate a source as a module, unless that was done already; its functions are not called yet."""
        module = self._module(source.file)
        if module not in self._started:
            self._started.add(module)
            self._evaluate(run, source, module)
        return module

    def _module(self, file: Path) -> ModuleValue:
        known = self._modules.get(file)
        if known is None:
            name = self._name(file)
            known = self._modules[file] = ModuleValue(name, Scope(ScopeKind.MODULE, name))
            known.scope.store.slots["__name__"] = Constant("__main__")
            known.scope.store.slots["__file__"] = Constant(str(file))
            self._files[known] = file
        return known

    def module_of(self, file: Path) -> ModuleValue:
        """Return the module that a file was evaluated as."""
        return self._modules[file]

    def _evaluate(self, run: Interpreter, source: Source, module: ModuleValue) -> None:
        parsed = self.parsed.get(source.file)
        if parsed is None:
            parsed = self.parsed[source.file] = self._parsed(source)
        self.misparses.extend(parsed.misparses)
        self.unread.extend(parsed.unread)
        outer, run.budget = run.budget, Budget()
        try:
            with run.heap.apart():
                for unit in parsed.units[1:]:
                    # Cells are run in any order: what a later one imports may be there already.
                    with run.framed(Frame(unit, module.scope, run.heap.mark())):
                        _run_statements(run, unit, filter(_is_import, unit.module.body))
                for unit in parsed.units:
                    with run.framed(Frame(unit, module.scope, run.heap.mark())):
                        _run_statements(run, unit, unit.module.body)
        finally:
            run.budget = outer

    def _parsed(self, source: Source) -> Parsed:
        """Parse a source; of many, make the trees smaller, which takes an eighth of the parser's time."""
        parsed = parse(source)
        self._characters += sum(len(unit.code) for unit in parsed.units)
        if self._characters > _MANY_CHARACTERS:
            for unit in parsed.units:
                share_alike(unit.module)
        return parsed

    def _name(self, file: Path) -> str:
        try:
            inside = file.relative_to(self.root)
        except ValueError:
            inside = Path(file.name)
        package = (self.root.name,) if self.finder.inside(str(self.root), "") else ()
        return ".".join(module_parts(Path(*package, inside)))


def _is_import(statement: cst.CSTNode) -> bool:
    """Say whether a statement brings names, and which ones is written there."""
    match statement:
        case cst.SimpleStatementLine(body=parts):
            return all(_brings_names(part) for part in parts)
        case _:
            return False


def _brings_names(part: cst.CSTNode) -> bool:
    match part:
        case cst.Import():
            return True
        case cst.ImportFrom(names=names):
            return not isinstance(names, cst.ImportStar)
        case _:
            return False


def _run_statements(run: Interpreter, unit: Unit, statements: Iterable[cst.CSTNode]) -> None:
    """Run statements of a module; one that takes too many steps is left where it stands."""
    for statement in statements:
        try:
            with run.budget.limited(STATEMENT_PART):
                if not run.execute((statement,)):
                    return
        except OutOfBudget:
            run.given_up.append(run.site(statement))
