"""Make a mask anew behind a layer that turns steps round, where Keras hands on the one from before as it was.

What such a layer leaves of padded steps is zeros where it reads them first. So `Masking` behind it finds them again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import libcst as cst

from padlint.dataclass import dataclass
from padlint.finding import Edit, Fix
from padlint.fixes import edits
from padlint.fixes.imports import spelling
from padlint.fixes.masking import MASK_VALUE, MASKING, check_not_numbered, in_a_row, loop_around, masking_layer
from padlint.fixes.scene import unsafe
from padlint.fixes.suppose import reached, with_layers_behind
from padlint.fixes.tree import CannotFix, Trees
from padlint.fixes.way import STEPS, applied, is_in_a_row
from padlint.flow.lattice import Covers, Fault, Misses, NoMask, Settled
from padlint.flow.layers import layer_name
from padlint.flow.solve import Solution
from padlint.graph import ApplyOp, Known, Node, TensorId
from padlint.keras.layers import Fill

_ZEROS: Final = "0.0"
_MOST_IN_A_ROW: Final = 8
"""How many layers behind each other turn the steps of one model round, and more."""

_ACTIVATION: Final = "activation"
_NEVER_ZERO: Final = ("tanh", "sigmoid", "softsign")
"""Activations of which all features of a step are not 0 at once; the first is what recurrent layers have unasked."""

_KEPT_ZERO: Final = "zero_output_for_mask"


@dataclass(frozen=True, slots=True)
class Remade:
    """What is supposed of a program once masks are made anew.

    Args:
        made: the nodes that make its new masks, those that were there before included.
        fixes: what makes it so; nothing where no mask went wrong.
    """

    supposed: Solution
    made: frozenset[TensorId]
    fixes: tuple[Fix, ...] = ()


def masked_anew(made: Collection[TensorId], supposed: Solution, trees: Trees) -> Remade:
    """Return a program in which no layer reads a mask the wrong way round of those that some nodes make.

    Raises:
        CannotFix: what the padded steps hold behind a layer that turns them round is not zeros, or its result is
            compared with labels, which are not turned round.
    """
    remade = Remade(supposed, frozenset(made))
    for _ in range(_MOST_IN_A_ROW):
        turning = {node.span: node for node in _turning(remade)}
        if not turning:
            return remade
        # What is written once stands for all that is made there.
        places = {applied(node).span for node in turning.values()}
        nodes = [remade.supposed.program.nodes[each] for place in places for each in supposed.program.applied[place]]
        for node in nodes:
            _check(node, remade.supposed)
        layers = {node.id: masking_layer(_ZEROS, node.span) for node in nodes}
        after, new = with_layers_behind(remade.supposed, layers)
        outputs = (tensor for model in after.program.graph.models for tensor in model.outputs)
        if any(isinstance(mask, Covers) and mask.origin in new for end in outputs for mask in after.states[end].masks):
            raise CannotFix("the steps that a mask fits have been turned round, and labels have not")
        written = {node.span: node for node in nodes}.values()
        fixes = (*remade.fixes, *(_fix(node, trees) for node in written))
        remade = Remade(after, remade.made | new, fixes)
    raise CannotFix("too many layers turn the steps round")


def _turning(remade: Remade) -> Iterator[Node]:
    """Yield the layers behind which a mask is the wrong way round for one that goes by it."""
    program = remade.supposed.program
    for node in reached(remade.made, remade.supposed):
        match node.operation:
            case ApplyOp(layer) if any(facts.uses_mask for facts in program.facts(layer)):
                for mask in (mask for tensor in node.inputs for mask in remade.supposed.states[tensor].masks):
                    if isinstance(mask, Misses) and mask.fault is Fault.MISALIGNED and mask.origin in remade.made:
                        yield program.nodes[mask.at]
            case _:
                pass


def _check(node: Node, supposed: Solution) -> None:
    """Make sure that a layer leaves zeros of the padded steps that a mask hides, whichever these are."""
    layer = applied(node)
    contents = [padded.content for padded in supposed.states[node.id].padded if padded.axis == STEPS]
    arriving = [mask for tensor in node.inputs for mask in supposed.states[tensor].masks]
    if all(isinstance(mask, NoMask) for mask in arriving):
        return  # a layer that skips no step leaves none of zeros, so none is hidden behind it
    if node.operation != ApplyOp(layer) or not contents or any(each != Settled(Fill.ZEROS) for each in contents):
        raise CannotFix(f"`{layer_name(layer)}` would hand on a mask the wrong way round, which hides real steps")
    activation = layer.settings.get(_ACTIVATION, Known(_NEVER_ZERO[0]))
    if not isinstance(activation, Known) or activation.value not in _NEVER_ZERO:
        raise CannotFix(f"`{layer_name(layer)}` may leave zeros of real steps as well, by its activation")


def _fix(node: Node, trees: Trees) -> Fix:
    name = layer_name(applied(node))
    return unsafe(
        f"put `{MASKING}({MASK_VALUE}={_ZEROS})` behind `{name}`, which turns the steps round and not their mask",
        *_edits(node, trees),
    )


def _edits(node: Node, trees: Trees) -> Iterator[Edit]:
    place = applied(node).span
    tree = trees.at(place)
    check_not_numbered(trees.of(place.path).values())
    made = tree.at(place, cst.Call)
    name = spelling(trees, place, made, MASKING)
    masking = f"{name.name}({MASK_VALUE}={_ZEROS})"
    if is_in_a_row(node):
        yield from in_a_row(tree, made, masking, behind=True)
    else:
        calling = trees.at(node.span)
        yield from edits.wrapped(calling, calling.at(node.span, cst.Call), masking)
    if loop_around(tree, made) is not None:
        # The next one may read the padding last, of which only this leaves zeros.
        yield from edits.with_argument(tree, made, _KEPT_ZERO, "True")
    yield from name.edits
