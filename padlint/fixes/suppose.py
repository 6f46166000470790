"""The models as they would be if some layers made masks: what the flow would still find wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from padlint.finding import Span
from padlint.flow.lattice import Covers
from padlint.flow.solve import Solution, solve
from padlint.graph import ApplyOp, Known, Layer, MaskOp, Node, TensorId


def with_switches_on(solution: Solution, switches: Mapping[Span, str]) -> Solution:
    """Return what is known of the same graph when layers have a switch turned on.

    Args:
        switches: the switch of each layer by where the layer is made.
    """
    graph = solution.program.graph
    nodes = tuple(_switched(node, switches) for node in graph.nodes)
    return solve(replace(graph, nodes=nodes), solution.program.keras)


def reached(origin: TensorId, supposed: Solution) -> Iterator[Node]:
    """Yield the nodes that the mask which a node makes arrives at."""
    for node in supposed.program.graph.nodes:
        masks = (mask for tensor in node.inputs for mask in supposed.states[tensor].masks)
        if any(isinstance(mask, Covers) and mask.origin == origin for mask in masks):
            yield node


def _switched(node: Node, switches: Mapping[Span, str]) -> Node:
    match node.operation:
        case ApplyOp(layer) | MaskOp(Layer() as layer) if layer.span in switches:
            on = replace(layer, settings={**layer.settings, switches[layer.span]: Known(True)})
            return replace(node, operation=replace(node.operation, layer=on))
        case _:
            return node
