"""The way of padding through a model: the nodes between two tensors, and what a mask put on it would go through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from padlint.fixes.tree import CannotFix
from padlint.fixes.twins import twin_of
from padlint.flow.lattice import Covers
from padlint.flow.program import KERAS, Program
from padlint.flow.route import name_of
from padlint.flow.solve import Solution
from padlint.graph import ApplyOp, BoundaryOp, Effect, EitherOp, ExitStepOp, Layer, Node, RawOp, TensorId
from padlint.keras.layers import MaskOut, Part, Steps, layer_variants

STEPS: Final = 1
"""The axis of the steps."""
STEPS_OF_FEATURES: Final = 3
"""The rank of (batch, steps, features)."""

_HANDED_ON: Final = frozenset({MaskOut.SAME, MaskOut.AND, MaskOut.OR})
"""What becomes of a mask that is on all of a layer's inputs, when there is one on its output."""

_STEP_BY_STEP: Final = frozenset(
    {Effect.POINTWISE, Effect.SAME_OBJECT, Effect.MASKED, Effect.FEATURES, Effect.JOIN_FEATURES, Effect.LOOKUP}
)


def applied(node: Node) -> Layer:
    """Return the layer that a node applies.

    Raises:
        CannotFix: it applies none.
    """
    match node.operation:
        case ApplyOp(layer):
            return layer
        case _:
            raise CannotFix(f"`{name_of(node)}` is no layer, and padding has to be kept from it by hand")


def is_in_a_row(node: Node) -> bool:
    """Say whether a layer is applied by the Sequential that it was put into, and not by a call."""
    return applied(node).span == node.span


def way_between(start: TensorId, end: Node, solution: Solution) -> Sequence[Node]:
    """Return nodes that lead from a tensor to a node, the first behind the tensor first; one way where there are more.

    Where a branch of the program may leave a layer out, the way is the one through the layer.

    Raises:
        CannotFix: there is no way.
    """
    within = nodes_between(start, end, solution)
    nodes = [end]
    while start not in nodes[-1].inputs or isinstance(nodes[-1].operation, EitherOp):
        before = [tensor for tensor in nodes[-1].inputs if tensor in within]
        if not before:
            raise CannotFix("how the padding gets there cannot be told")
        nodes.append(within[before[0]])
    return nodes[::-1]


def nodes_between(start: TensorId, end: Node, solution: Solution) -> Mapping[TensorId, Node]:
    """Return the nodes on all ways from a tensor to a node, the two left out."""
    return _between(start, end, solution, _made_of)


def outer_nodes_between(start: TensorId, end: Node, solution: Solution) -> Mapping[TensorId, Node]:
    """Return the nodes on all ways between the two but those that only see one step: the inside of `TimeDistributed`.

    Raises:
        CannotFix: the way begins in there.
    """
    within = _between(start, end, solution, _outside_made_of)
    if start not in end.inputs and not any(start in _outside_made_of(node) for node in within.values()):
        raise CannotFix("the mask is made of one step of those that it should be about")
    return within


def _between(
    start: TensorId, end: Node, solution: Solution, made_of: Callable[[Node], tuple[TensorId, ...]]
) -> Mapping[TensorId, Node]:
    behind = {start}
    for node in solution.program.graph.nodes:
        if not behind.isdisjoint(made_of(node)):
            behind.add(node.id)
    found: dict[TensorId, Node] = {}
    waiting = [end]
    while waiting:
        for tensor in made_of(waiting.pop()):
            if tensor in behind and tensor != start and tensor not in found:
                found[tensor] = solution.program.nodes[tensor]
                waiting.append(found[tensor])
    return found


def _made_of(node: Node) -> tuple[TensorId, ...]:
    """Return the tensors that a node's content is made of: what leaves a custom layer is what its `call` returned."""
    return node.inputs[:1] if isinstance(node.operation, BoundaryOp) else node.inputs


def _outside_made_of(node: Node) -> tuple[TensorId, ...]:
    """Return the same, seen from outside of `TimeDistributed`: what leaves it is made of what went in, step by step."""
    return node.inputs[-1:] if isinstance(node.operation, ExitStepOp) else _made_of(node)


def hands_on_masks(node: Node, program: Program) -> bool:
    """Say whether a mask on all of a node's inputs is on its output, too, and protects what the node itself does.

    Steps are read from the output. So it has them, whatever else the settings that were not read leave open. A layer
    that refuses masks is taken for its twin, if it has one.
    """
    match node.operation:
        case ApplyOp(layer):
            variants = [facts for facts in program.facts(twin_of(layer)) if facts.steps is not Steps.GONE]
            return bool(variants) and all(
                facts.mask_out in _HANDED_ON and (bool(facts.guards) or not facts.mixes_steps) for facts in variants
            )
        case EitherOp():
            return True
        case _:
            return False


def keeps_steps(node: Node, program: Program) -> bool:
    """Say whether each step behind a node is made of the same step before it, and of no other."""
    match node.operation:
        case ApplyOp(layer):
            variants = program.facts(layer)
            return bool(variants) and all(
                facts.steps is Steps.KEPT and not facts.mixes_steps and facts.part is not Part.WRAPPER
                for facts in variants
            )
        case RawOp(effect=effect):
            return effect in _STEP_BY_STEP
        case BoundaryOp() | EitherOp():
            return True
        case _:
            return False


def is_given_mask(node: Node, program: Program) -> bool:
    """Say whether a node goes by a mask that it is given, and keeps the steps: attention with `attention_mask=`."""
    match node.operation:
        case ApplyOp(layer, mask) if mask is not None:
            variants = program.facts(layer)
            return bool(variants) and all(facts.steps is Steps.KEPT and facts.guards for facts in variants)
        case _:
            return False


def works_within_steps(node: Node, program: Program) -> bool:
    """Say whether a node does something to each step of (batch, steps, ...), whatever it is that it does to it."""
    match node.operation:
        case ApplyOp(layer) if layer.origin == KERAS:
            variants = layer_variants(layer, program.keras)
            return bool(variants) and all(facts.part is Part.WRAPPER for facts in variants)
        case ExitStepOp():
            return True
        case _:
            return False


def turns_steps(node: Node, program: Program) -> bool:
    """Say whether the steps behind a node may be those before it from the last to the first."""
    match node.operation:
        case ApplyOp(layer):
            return any(facts.steps is Steps.REVERSED for facts in program.facts(layer))
        case _:
            return False


def makers(node: Node, solution: Solution) -> frozenset[TensorId]:
    """Return the nodes whose masks cover padding in what a node reads."""
    states = (solution.states[tensor] for tensor in node.inputs)
    return frozenset(mask.origin for state in states for mask in state.masks if isinstance(mask, Covers))
