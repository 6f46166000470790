"""Import statements: modules of the project are followed, everything else is a name of a library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.helpers import get_full_name_for_node

from padlint.python import targets
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
        module(run, dotted)
        first = dotted.partition(".")[0]
        run.heap.write(run.frame.scope.home(first).store, first, module(run, first))


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
        value = _member(run, origin, name, node)
        target = alias.asname.name if alias.asname is not None else alias.name
        targets.assign(run, target, value)


def _dotted(node: cst.CSTNode) -> str:
    return get_full_name_for_node(node) or ""


def module(run: Interpreter, dotted: str, level: int = 0) -> Value:
    """Return the module of that name, of the project or of a library; `level` counts the dots of a relative import."""
    package = dotted.partition(".")[0]
    if level == 0 and run.overlay.knows(package):
        return LibraryName(dotted)
    found = run.modules.load(run, dotted, run.frame.unit, level)
    if found is not None:
        return found
    return LibraryName(dotted) if level == 0 else Unknown(f"module {'.' * level}{dotted} is not in the project")


def _member(run: Interpreter, origin: Value, name: str, node: cst.CSTNode) -> Value:
    if isinstance(origin, ModuleValue):
        return ImportedName(origin, name)
    return run.attribute(origin, name, run.site(node))


def _import_star(run: Interpreter, origin: Value) -> None:
    scope = run.frame.scope
    match origin:
        case LibraryName():
            scope.module().stars.append(origin)
        case ModuleValue():
            run.modules.evaluate(run, origin)
            for name, value in list(origin.scope.store.slots.items()):
                if isinstance(name, str) and not name.startswith("_"):
                    run.heap.write(scope.store, name, value)
            scope.module().stars.extend(origin.scope.stars)
        case _:
            pass
