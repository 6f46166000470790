"""Import statements: modules of the project are followed, everything else is a name of a library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.helpers import get_full_name_for_node

from padlint.python import targets
from padlint.python.scope import Scope, ScopeKind
from padlint.python.values import ImportedName, LibraryName, ModuleValue, Unknown, Value

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


def import_modules(run: Interpreter, node: cst.Import) -> None:
    """Run `import a.b, c as d`."""
    for alias in node.names:
        dotted = _dotted(alias.name)
        if alias.asname is not None:
            targets.assign(run, alias.asname.name, module(run, dotted))
            continue
        _bind_package(run, dotted, module(run, dotted))


def _bind_package(run: Interpreter, dotted: str, found: Value) -> None:
    """Bind the first name of `import a.b`."""
    first, _, rest = dotted.partition(".")
    scope = run.frame.scope.home(first)
    package = module(run, first)
    if isinstance(found, ModuleValue) and not isinstance(package, ModuleValue):
        package = _folder(scope, first)
        _place(run, package, rest.split("."), found)
    run.heap.write(scope.store, first, package)


def _folder(scope: Scope, name: str) -> ModuleValue:
    """Return the module that stands for a folder without an `__init__.py`: that of an earlier import, or a new one."""
    known = scope.store.read(name)
    return known if isinstance(known, ModuleValue) else ModuleValue(name, Scope(ScopeKind.MODULE, name))


def _place(run: Interpreter, package: ModuleValue, names: list[str], found: ModuleValue) -> None:
    """Put a module where its dotted name says, below a folder."""
    for name in names[:-1]:
        inner = _folder(package.scope, name)
        run.heap.write(package.scope.store, name, inner)
        package = inner
    run.heap.write(package.scope.store, names[-1], found)


def import_from(run: Interpreter, node: cst.ImportFrom) -> None:
    """Run `from a import b`, `from . import c` and `from d import *`."""
    level = len(node.relative)
    dotted = _dotted(node.module) if node.module is not None else ""
    origin = module(run, dotted, level)
    if isinstance(node.names, cst.ImportStar):
        _import_star(run, origin)
        return
    for alias in node.names:
        name = _dotted(alias.name)
        # A folder need have no `__init__.py` for what lies in it to be imported.
        inside = None if isinstance(origin, ModuleValue) else _found(run, f"{dotted}.{name}".lstrip("."), level)
        value = inside or _member(run, origin, name, node)
        target = alias.asname.name if alias.asname is not None else alias.name
        targets.assign(run, target, value)


def _dotted(node: cst.CSTNode) -> str:
    return get_full_name_for_node(node) or ""


def module(run: Interpreter, dotted: str, level: int = 0) -> Value:
    """Return the module of that name, of the project or of a library; `level` counts the dots of a relative import."""
    found = _found(run, dotted, level)
    if found is not None:
        return found
    return LibraryName(dotted) if level == 0 else Unknown(f"module {'.' * level}{dotted} is not in the project")


def _found(run: Interpreter, dotted: str, level: int) -> Value | None:
    """Return the module of that name, None where there is none in the project or a library goes by that name."""
    if level == 0 and run.overlay.knows(dotted.partition(".")[0]):
        return None
    return run.modules.load(run, dotted, run.frame.unit, level)


def _member(run: Interpreter, origin: Value, name: str, node: cst.CSTNode) -> Value:
    if isinstance(origin, ModuleValue):
        return ImportedName(origin, name)
    if isinstance(origin, LibraryName):
        return run.attribute(origin, name, run.site(node))
    return Unknown(f"`{name}` of a module that is not in the project", text=name)


def _import_star(run: Interpreter, origin: Value) -> None:
    scope = run.frame.scope
    match origin:
        case LibraryName():
            scope.module().import_all_of(origin)
        case ModuleValue():
            run.modules.evaluate(run, origin)
            for name, value in list(origin.scope.store.slots.items()):
                if isinstance(name, str) and not name.startswith("_"):
                    run.heap.write(scope.store, name, value)
            for library in tuple(origin.scope.stars):
                scope.module().import_all_of(library)
        case _:
            pass
