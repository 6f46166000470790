"""Make a mask that never matches match: let it hide what the padding holds, or make it in the embedding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from padlint.finding import Edit, Fix
from padlint.fixes import edits
from padlint.fixes.masking import MASK_VALUE, value_in_code
from padlint.fixes.scene import Scene, unsafe
from padlint.fixes.switch import switched
from padlint.fixes.tree import CannotFix
from padlint.fixes.way import applied, is_in_a_row
from padlint.flow.layers import layer_name
from padlint.graph import Node
from padlint.keras.layers import Reads


def matching(scene: Scene) -> Fix:
    """Make the mask where it matches: for the right value, or in the embedding."""
    node, program = scene.cure, scene.solution.program
    layer = applied(node)
    if any(facts.reads is Reads.IDS for facts in program.facts(layer)):
        raise CannotFix("the ids are padded with another id than 0")
    embedding = _embedding_around(scene)
    if embedding is not None:
        switch = switched(embedding, scene.solution, scene.trees)
        return replace(switch, edits=(*switch.edits, *_without_layer(scene, node)))
    tree = scene.trees.at(layer.span)
    made = tree.at(layer.span, cst.Call)
    value = value_in_code(node.inputs[0], scene.evidence, scene.solution)
    given = edits.argument(made, MASK_VALUE, 0)
    found = (
        [edits.replaced(tree, given.value, value)]
        if given is not None
        else edits.with_argument(tree, made, MASK_VALUE, value)
    )
    return unsafe(f"let `{layer_name(layer)}` hide {value}, which is what the padded steps hold", *found)


def _embedding_around(scene: Scene) -> Node | None:
    """Return the embedding that looked the padded ids up, in front of the mask or behind it; None for features."""
    states, nodes = scene.solution.states, scene.solution.program.nodes
    read = [tensor for node in (scene.cure, *scene.readers) for tensor in node.inputs]
    sources = {padded.source for tensor in read for padded in states[tensor].padded if padded.source is not None}
    return nodes[sources.pop()] if len(sources) == 1 else None


def _without_layer(scene: Scene, node: Node) -> Iterator[Edit]:
    """Yield the edits that take a layer out of its model."""
    layer = applied(node)
    tree = scene.trees.at(layer.span)
    made = tree.at(layer.span, cst.Call)
    if not is_in_a_row(node):
        yield from _without_call(scene, node)
        return
    holder = tree.parent(made)
    match holder, tree.parent(holder) if holder is not None else None:
        case cst.Element(), (cst.List() | cst.Tuple()) as layers:
            yield edits.without_item(tree, layers.elements, layers.elements.index(holder))
        case cst.Arg(), cst.Call() as added if isinstance(tree.parent(added), cst.Expr):
            yield edits.without_line(tree, tree.statement(added))
        case _:
            raise CannotFix("where its model takes the layer in was not found")


def _without_call(scene: Scene, node: Node) -> Iterator[Edit]:
    """Yield the edit that puts in the place of a call what it is called on."""
    tree = scene.trees.at(node.span)
    called = tree.at(node.span, cst.Call)
    if not called.args or called.args[0].star:
        raise CannotFix("what it is called on is not written there")
    source = tree.text(called.args[0].value)
    match tree.parent(called):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]) if name == source:
            yield edits.without_line(tree, tree.statement(called))
        case _:
            yield edits.replaced(tree, called, source)
