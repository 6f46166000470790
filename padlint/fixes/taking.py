"""See to it that layers take the mask that a fix brings them: some refuse masks, and have a twin that does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

import libcst as cst

from padlint.finding import Edit, Fix
from padlint.fixes import edits
from padlint.fixes.imports import renamed, spelling
from padlint.fixes.scene import unsafe
from padlint.fixes.suppose import reached
from padlint.fixes.tree import CannotFix, SyntaxTree, Trees
from padlint.fixes.twins import twin_of
from padlint.fixes.way import STEPS_OF_FEATURES, works_within_steps
from padlint.flow.lattice import Covers, Fault, Mask, Misses, NoMask
from padlint.flow.layers import layer_name
from padlint.flow.solve import Solution
from padlint.graph import ApplyOp, Layer, Node, TensorId
from padlint.keras.facts import LayerFacts, MaskOut, Part
from padlint.keras.layers import twin_taking_masks

_LAST_TO_REDUCE: Final = 2
"""The last version of Keras in which `TimeDistributed` makes a mask of the outer steps from one of the inner ones."""


def taken_by_all(made: Collection[TensorId], trees: Trees, solution: Solution, supposed: Solution) -> Iterator[Fix]:
    """Yield what has to be done for the layers that masks get to: twins are written for those that refuse them.

    Args:
        made: the nodes that make the masks.
        supposed: the program with the masks that are brought.

    Raises:
        CannotFix: one has no twin, so that Keras would stop at it, or the mask does harm there.
    """
    nodes = solution.program.nodes
    for node in reached(made, supposed):
        if node.id in nodes:  # and was not put in to suppose it
            yield from _taken(nodes[node.id], trees, solution, supposed)


def _taken(node: Node, trees: Trees, solution: Solution, supposed: Solution) -> Iterator[Fix]:
    if _leaves_inner_mask(node, supposed):
        raise CannotFix("`TimeDistributed` would hand on a mask of what is within the steps")
    match node.operation:
        case ApplyOp(layer):
            arriving = [supposed.states[tensor].masks for tensor in supposed.program.nodes[node.id].inputs]
            variants = supposed.program.facts(layer)
            if _is_partial(arriving) and any(facts.one_unmasked is MaskOut.RAISES for facts in variants):
                raise CannotFix(f"`{layer_name(layer)}` refuses masks of some of its inputs alone")
            if _is_turned(arriving) and any(facts.uses_mask for facts in variants):
                raise CannotFix(f"`{layer_name(layer)}` would get a mask the wrong way round, which hides real steps")
            if _has_more_axes(arriving, supposed) and _goes_by_mask(variants):
                raise CannotFix(f"`{layer_name(layer)}` would get a mask of what is within the steps, which it refuses")
            refused = _refusal(layer, arriving, solution)
            if not refused:
                yield from _written_otherwise(layer, trees)
                return
            if twin_of(layer) == layer:
                raise CannotFix(f"`{layer_name(layer)}` refuses masks ({refused.rstrip('.')})")
            yield _written(layer, trees)
        case _:
            pass


def _refusal(layer: Layer, arriving: Iterable[Iterable[Mask]], solution: Solution) -> str:
    """Return what Keras says to the masks that arrive, "" when it takes them."""
    is_inner = any(_is_inner(mask, solution) for masks in arriving for mask in masks)
    said = (facts.inner_raises if is_inner else facts.raises for facts in solution.program.facts(layer))
    return next(filter(None, said), "")


def _is_inner(mask: Mask, solution: Solution) -> bool:
    """Say whether a mask was made of (batch, outer steps, inner steps)."""
    match mask:
        case Covers(origin) | Misses(origin):
            # What was put in to suppose it is no node of the program; it is never put in front of more axes.
            return (solution.program.ranks.get(origin) or 0) > STEPS_OF_FEATURES
        case _:
            return False


def _leaves_inner_mask(node: Node, supposed: Solution) -> bool:
    """Say whether `TimeDistributed` makes one thing of each step, and hands on the mask of all that was within them."""
    program = supposed.program
    if program.keras <= _LAST_TO_REDUCE or not works_within_steps(node, program):
        return False
    masks = (mask for tensor in program.nodes[node.id].inputs[-1:] for mask in supposed.states[tensor].masks)
    return any(_is_inner(mask, supposed) for mask in masks) and program.ranks[node.id] in {STEPS_OF_FEATURES, None}


def _has_more_axes(arriving: Iterable[Iterable[Mask]], supposed: Solution) -> bool:
    """Say whether a mask is still one of inner steps, which layers that go by masks cannot use."""
    each = (mask for masks in arriving for mask in masks if _is_inner(mask, supposed))
    return any(isinstance(mask, Covers) and len(mask.axes) > 1 for mask in each)


def _goes_by_mask(variants: Iterable[LayerFacts]) -> bool:
    """Say whether a layer goes by a mask of its steps itself, and does not pass it on to what it wraps."""
    return any(facts.guards and facts.part is not Part.WRAPPER for facts in variants)


def _written_otherwise(layer: Layer, trees: Trees) -> Iterator[Fix]:
    """Yield the fix for layers that a program may make in the place of one by an option, and that refuse masks."""
    if layer.inner is not None:
        yield from _written_otherwise(layer.inner, trees)
    for other in _alternatives(layer, trees):
        yield _written(other, trees)


def _alternatives(layer: Layer, trees: Trees) -> Iterator[Layer]:
    """Yield the layers that refuse masks in the other branches of where one is made: `if fast: CuDNNLSTM(8)`."""
    try:
        tree = trees.at(layer.span)
        made = tree.at(layer.span, cst.Call)
    except CannotFix:
        return
    function, branch = tree.closest(made, cst.FunctionDef), tree.closest(made, cst.If)
    if function is None:
        return
    for kind, call in ((kind, call) for kind, calls in tree.calls.items() if twin_taking_masks(kind) for call in calls):
        above = list(tree.ancestors(call))
        beside = branch in above or (_is_returned(made, tree) and _is_returned(call, tree))
        if beside and function in above:
            yield Layer(layer.id, kind, {}, tree.span(call))


def _is_returned(call: cst.Call, tree: SyntaxTree) -> bool:
    return isinstance(tree.parent(call), cst.Return)


def _is_turned(arriving: Iterable[Iterable[Mask]]) -> bool:
    """Say whether a mask stayed as it was when the steps were turned round."""
    return any(isinstance(mask, Misses) and mask.fault is Fault.MISALIGNED for masks in arriving for mask in masks)


def _is_partial(arriving: Iterable[Iterable[Mask]]) -> bool:
    """Say whether some inputs may have masks, and others none."""
    has_none = [all(isinstance(mask, NoMask) for mask in masks) for masks in arriving]
    return any(has_none) and not all(has_none)


def _written(layer: Layer, trees: Trees) -> Fix:
    changed = tuple(edit for each in _refusing(layer) for edit in _changed(each, twin_of(each).kind, trees))
    twin, own = layer_name(twin_of(layer)), layer_name(layer)
    if not changed:
        return unsafe(f"where `{twin}` stands for `{own}`, Keras refuses the mask")
    return unsafe(f"write `{twin}` for `{own}`, which refuses masks", *changed)


def _refusing(layer: Layer) -> Iterator[Layer]:
    if layer.inner is not None:
        yield from _refusing(layer.inner)
    if twin_taking_masks(layer.kind):
        yield layer


def _changed(layer: Layer, twin: str, trees: Trees) -> Iterator[Edit]:
    tree = trees.at(layer.span)
    made = tree.at(layer.span, cst.Call)
    imported = tuple(renamed(trees, layer.span, made, layer.kind, twin))
    if imported:
        yield from imported
        return
    written = tree.text(made.func).rpartition(".")[2]
    if written == twin:
        return  # the program has it stand for the other one where that can be had
    if written != layer.kind:
        raise CannotFix(f"`{tree.text(made.func)}` need not be `{layer.kind}`, which refuses masks")
    name = spelling(trees, layer.span, made, twin)
    yield edits.replaced(tree, made.func, name.name)
    yield from name.edits
