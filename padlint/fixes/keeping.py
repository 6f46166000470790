"""Keep a mask that something drops: by a layer that hands it on, or by handing it over in the call."""

from __future__ import annotations

from typing import Final

import libcst as cst

from padlint.finding import Fix
from padlint.fixes import edits
from padlint.fixes.handing import handed_on, handed_over, is_passed_to_class
from padlint.fixes.imports import spelling
from padlint.fixes.scene import Scene, unsafe
from padlint.fixes.suppose import reached, with_layer_for
from padlint.fixes.switch import switched, switches_of
from padlint.fixes.tree import CannotFix
from padlint.fixes.way import applied, makers
from padlint.flow.lattice import Covers
from padlint.flow.layers import layer_name
from padlint.graph import ApplyOp, Layer, LayerId, Node, RawOp

_MERGES: Final = {"+": "Add", "-": "Subtract", "*": "Multiply"}


def keeping(scene: Scene) -> Fix:
    """Keep the mask that something drops, or hand it over."""
    node = scene.cure
    match node.operation:
        case RawOp(name=name) if name in _MERGES and _would_keep(scene, node, _MERGES[name]):
            return _merged(scene, node, _MERGES[name])
        case ApplyOp() if switches_of(node, scene.solution):
            # An embedding drops the mask that comes; it can make its own.
            return switched(node, scene.solution, scene.trees)
        case _:
            return handing(scene)


def _would_keep(scene: Scene, node: Node, merge: str) -> bool:
    """Say whether a merge layer can stand here, and its mask gets to any that read the padding."""
    if not _are_masked(scene, node) or _is_in_class(scene, node):
        return False
    supposed = with_layer_for(scene.solution, node, Layer(LayerId(-1), merge, {}, node.span))
    masked = {each.id for each in reached(makers(node, scene.solution), supposed)}
    return any(reader.id in masked for reader in scene.readers)


def _are_masked(scene: Scene, node: Node) -> bool:
    states = [scene.solution.states[tensor] for tensor in node.inputs]
    return len(states) == 2 and all(isinstance(mask, Covers) for state in states for mask in state.masks)


def _is_in_class(scene: Scene, node: Node) -> bool:
    """Say whether an operation is in a method, which is no place to make layers in."""
    tree = scene.trees.at(node.span)
    return tree.closest(tree.at(node.span, cst.BinaryOperation), cst.ClassDef) is not None


def _merged(scene: Scene, node: Node, merge: str) -> Fix:
    """Write a merge layer in the place of an operator."""
    tree = scene.trees.at(node.span)
    operation = tree.at(node.span, cst.BinaryOperation)
    reader = scene.trees.at(scene.readers[0].span).at(scene.readers[0].span, cst.Call)
    beside = reader.func if isinstance(reader.func, cst.Call) else reader
    name = spelling(scene.trees, node.span, beside, merge)
    both = f"[{tree.text(operation.left)}, {tree.text(operation.right)}]"
    return unsafe(
        f"write `{merge}` for the operator, which drops the mask of both its sides",
        edits.replaced(tree, operation, f"{name.name}()({both})"),
        *name.edits,
    )


def handing(scene: Scene) -> Fix:
    """Hand the mask that gets lost to the layers that read the padding."""
    origins = makers(scene.cure, scene.solution)
    if len(origins) != 1:
        raise CannotFix("which of several masks belongs there cannot be told")
    (origin,) = origins
    if is_passed_to_class(origin, scene.cure, scene.readers, scene.solution):
        edits_in_class = tuple(handed_on(origin, scene.readers, scene.trees, scene.solution))
        name = scene.cure.within[-1].name
        return unsafe(f"hand on the mask that `call` of `{name}` is given", *edits_in_class)
    found = tuple(handed_over(origin, scene.readers, scene.trees, scene.solution))
    maker = layer_name(applied(scene.solution.program.nodes[origin]))
    readers = " and ".join(dict.fromkeys(f"`{layer_name(applied(reader))}`" for reader in scene.readers))
    return unsafe(f"hand the mask of `{maker}` to {readers}", *found)
