"""How a file would write a Keras layer that it does not use yet, and the import that it needs for that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import libcst as cst
from libcst.helpers import get_full_name_for_node

from padlint.dataclass import dataclass
from padlint.finding import Edit, Span
from padlint.fixes.edits import item_added, line_after, replaced
from padlint.fixes.tree import CannotFix, SyntaxTree, Trees
from padlint.keras.names import canonical

_LAYERS: Final = "keras.layers"
_PATHS: Final = {_LAYERS: "", "keras": ".layers", "tensorflow": ".keras.layers"}
"""How to get from a module that a file may know to the layers, the shortest way first."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A layer's class as a file can write it, and the edits that make it so."""

    name: str
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class _From:
    """One `from module import names` that is in effect at a place."""

    tree: SyntaxTree
    node: cst.ImportFrom
    module: str

    @property
    def aliases(self) -> Sequence[cst.ImportAlias]:
        """What it names; nothing for a star."""
        return () if isinstance(self.node.names, cst.ImportStar) else self.node.names

    @property
    def is_of_layers(self) -> bool:
        """Whether the module is the one that holds all layers."""
        return canonical(self.module) == _LAYERS

    def binds(self, name: str) -> bool:
        """Say whether it may be what gives the file a name."""
        return not self.aliases or any(name == (each.evaluated_alias or each.evaluated_name) for each in self.aliases)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the names in effect at a place stand for: modules and what is in them, dotted."""

    dotted: Mapping[str, str]
    imports: tuple[_From, ...]

    def resolved(self, written: str) -> str:
        """Return what a dotted expression stands for (`tf.keras.layers`), or "" when its first name is no import."""
        first, dot, rest = written.partition(".")
        return canonical(f"{self.dotted[first]}{dot}{rest}") if first in self.dotted else ""


def spelling(trees: Trees, place: Span, call: cst.Call, wanted: str) -> Spelling:
    """Say how to write a layer beside the call of another one: beside `layers.LSTM(8)` it is `layers.Masking`.

    Args:
        place: where the call stands.

    Raises:
        CannotFix: no import of the file leads to the layers of Keras.
    """
    names = _names_at(trees, trees.at(place), call)
    found = _beside(trees.at(place), call, names, wanted) or _anyhow(names, wanted)
    if found is None:
        raise CannotFix(f"no import in the file leads to Keras' `{wanted}`")
    return found


def renamed(trees: Trees, place: Span, call: cst.Call, made: str, wanted: str) -> Iterator[Edit]:
    """Yield the edits of imports that give what a call makes a name of their own: `import CuDNNLSTM as LSTM`.

    Args:
        place: where the call stands.
        made: the class that it makes now.
        wanted: the one that it is to make, under the same name.
    """
    match call.func:
        case cst.Name(value=own):
            written = wanted if own == wanted else f"{wanted} as {own}"
            for each in _names_at(trees, trees.at(place), call).imports:
                for alias in each.aliases:
                    if alias.evaluated_alias == own and alias.evaluated_name == made:
                        yield replaced(each.tree, alias, written)
        case _:
            pass


def _beside(tree: SyntaxTree, call: cst.Call, names: _Names, wanted: str) -> Spelling | None:
    """Write the layer as the call writes its own: through the same module, by the same import."""
    match call.func:
        case cst.Attribute(value=owner) if names.resolved(tree.text(owner)) == _LAYERS:
            return Spelling(f"{tree.text(owner)}.{wanted}")
        case cst.Name(value=own):
            return _imported([each for each in names.imports if each.binds(own)], names, wanted)
        case _:
            return None


def _anyhow(names: _Names, wanted: str) -> Spelling | None:
    """Write the layer by whatever the file imports that leads to it."""
    for module, way in _PATHS.items():
        for name, dotted in names.dotted.items():
            if canonical(dotted) == module:
                return Spelling(f"{name}{way}.{wanted}")
        if module == _LAYERS:
            found = _imported(names.imports, names, wanted)
            if found is not None:
                return found
    return None


def _imported(imports: Iterable[_From], names: _Names, wanted: str) -> Spelling | None:
    """Import the layer along with others: in each of the imports, since they may be alternatives of each other."""
    for name, dotted in names.dotted.items():
        if canonical(dotted) == f"{_LAYERS}.{wanted}":
            return Spelling(name)
    if wanted in names.dotted:
        return None  # the name stands for something else
    giving = [each for each in imports if _leads_to_layers(each)]
    if any(each.is_of_layers and not each.aliases for each in giving):
        return Spelling(wanted)
    edits = tuple(edit for each in giving for edit in _widened(each, wanted))
    return Spelling(wanted, edits) if edits else None


def _leads_to_layers(found: _From) -> bool:
    return canonical(f"{found.module}.Layer") == f"{_LAYERS}.Layer"


def _widened(found: _From, wanted: str) -> Iterator[Edit]:
    """Add a name to an import; behind one from a part of the layers (`keras.layers.recurrent`), put another import."""
    if found.is_of_layers:
        index = _index_for(wanted, [each.evaluated_name for each in found.aliases])
        yield from item_added(found.tree, found.aliases, index, wanted, found.tree.span(found.node).end)
        return
    whole, layers, _ = found.module.partition("layers")
    if layers:
        yield line_after(found.tree, found.tree.statement(found.node), f"from {whole}{layers} import {wanted}")


def _index_for(wanted: str, names: list[str]) -> int:
    """Return where a name goes among others: into its place when they are sorted, else behind them."""
    for order in (str, str.casefold):
        if len(names) > 1 and names == sorted(names, key=order):
            return sum(order(name) < order(wanted) for name in names)
    return len(names)


# What the names of a file stand for -------------------------------------------------------------------------------


def _names_at(trees: Trees, tree: SyntaxTree, call: cst.Call) -> _Names:
    """Read the imports at the top of the file, in whatever cell, and those in the functions around a call."""
    around = {*tree.ancestors(call), None}
    dotted: dict[str, str] = {}
    imports: list[_From] = []
    for each in trees.of(tree.path).values():
        for node in each.imports:
            if each.closest(node, cst.FunctionDef) not in around:
                continue
            if isinstance(node, cst.ImportFrom):
                imports.append(_From(each, node, _module_of(node)))
            dotted.update(_bound_by(node))
        dotted.update(_other_names(each, dotted))
    return _Names(dotted, tuple(imports))


def _module_of(node: cst.ImportFrom) -> str:
    name = get_full_name_for_node(node.module) if node.module is not None else None
    return "." * len(node.relative) + (name or "")


def _bound_by(node: cst.Import | cst.ImportFrom) -> Iterator[tuple[str, str]]:
    """Yield the names that an import gives, each with what it stands for."""
    if isinstance(node.names, cst.ImportStar):
        return
    module = f"{_module_of(node)}." if isinstance(node, cst.ImportFrom) else ""
    for alias in node.names:
        name = alias.evaluated_name
        if alias.evaluated_alias is not None or module:
            yield alias.evaluated_alias or name, module + name
        else:
            first = name.partition(".")[0]
            yield first, first


def _other_names(tree: SyntaxTree, dotted: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the names that the top of a file gives to modules it has imported: `layers = tf.keras.layers`."""
    for statement in tree.top_assignments:
        match statement:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=cst.Attribute() as value):
                first, dot, rest = tree.text(value).partition(".")
                if first in dotted:
                    yield name, f"{dotted[first]}{dot}{rest}"
            case _:
                pass
