"""Make a mask of an input whose padded steps show, beside the model, and hand it over where none comes through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from padlint.finding import Edit, Fix
from padlint.fixes import edits
from padlint.fixes.handing import check_fit, given
from padlint.fixes.imports import spelling
from padlint.fixes.masking import MASK_VALUE, MASKING, evidence_at, value_in_code
from padlint.fixes.scene import Scene, unsafe
from padlint.fixes.tree import CannotFix, SyntaxTree
from padlint.fixes.way import applied, is_in_a_row
from padlint.flow.layers import layer_name
from padlint.graph import InputOp, Node

_MASK = "mask"
_STEPS_OF_FEATURES = 3


def made_aside(scene: Scene) -> Fix:
    """Return the fix that masks the steps of one input, in all layers that read what is made of it step by step.

    Raises:
        CannotFix: no input shows its padding, or its mask does not fit or get to one of the layers.
    """
    masked, value = _source(scene)
    for reader in scene.readers:
        check_fit(masked, reader, scene.readers, scene.solution)
        if is_in_a_row(reader):
            raise CannotFix("a `Sequential` has no place to hand a mask over")
    found = tuple(_edits(scene, masked, value))
    names = " and ".join(dict.fromkeys(f"`{layer_name(applied(reader))}`" for reader in scene.readers))
    return unsafe(
        f"hand {names} a mask of the steps that hold {value} in every feature of the input; "
        "they are then skipped, real ones as well",
        *found,
    )


def _source(scene: Scene) -> tuple[Node, str]:
    """Return the input to make a mask of, and what its padded steps hold."""
    program = scene.solution.program
    for each in evidence_at(scene.readers[0], scene.evidence, scene.solution):
        node = program.nodes[each.tensor]
        if isinstance(node.operation, InputOp) and program.ranks[node.id] == _STEPS_OF_FEATURES:
            return node, value_in_code(node.id, each, scene.solution)
    raise CannotFix("no input of (batch, steps, features) shows its padding")


def _edits(scene: Scene, masked: Node, value: str) -> Iterator[Edit]:
    tree = scene.trees.at(masked.span)
    made = tree.at(masked.span, cst.Call)
    line = tree.statement(made)
    masking = spelling(scene.trees, masked.span, made, MASKING)
    name = scene.trees.new_name(_MASK, masked.span)
    yield edits.line_after(
        tree, line, f"{name} = {masking.name}({MASK_VALUE}={value}).compute_mask({_name(tree, made)})"
    )
    yield from masking.edits
    for reader in _each_once(scene.readers):
        yield from given(tree, scene.trees, line, reader, name, scene.solution)


def _name(tree: SyntaxTree, made: cst.Call) -> str:
    match tree.parent(made):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            return name
        case _:
            raise CannotFix("the input has no name to make a mask of")


def _each_once(readers: Sequence[Node]) -> Sequence[Node]:
    return tuple({reader.span: reader for reader in readers}.values())
