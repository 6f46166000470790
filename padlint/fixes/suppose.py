"""The models as they would be if some layers made masks: what the flow would still find wrong with them.

Layers that would refuse a mask are supposed to be written as their twins that take it.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import replace
from itertools import count

from padlint.finding import Span
from padlint.fixes.twins import twin_of
from padlint.flow.lattice import Covers, Misses, TensorState
from padlint.flow.solve import Solution, solve
from padlint.graph import ApplyOp, InputOp, Known, Layer, MaskOp, Node, Padding, Side, TensorId


def with_switches_on(solution: Solution, switches: Mapping[Span, str], *, only: Collection[TensorId] = ()) -> Solution:
    """Return what is known of the same graph when layers have a switch turned on.

    Args:
        switches: the switch of each layer by where the layer is made.
        only: nodes, where no more of the graph is wanted than the parts that these are in.
    """
    graph = solution.program.part_with(only) if only else solution.program.graph
    nodes = tuple(_switched(node, switches) for node in graph.nodes)
    return solve(replace(graph, nodes=nodes), solution.program.keras, _inputs(solution))


def with_layers_before(
    solution: Solution, layers: Mapping[TensorId, Layer], *, everywhere: bool = False
) -> tuple[Solution, frozenset[TensorId]]:
    """Return what is known of the same graph when nodes have another layer in front.

    Args:
        layers: the layer in front of each node, on the first of its inputs.
        everywhere: whether the parts of the graph are wanted, too, that such nodes are not in.

    Returns:
        That, and the nodes that were put in.
    """
    graph = solution.program.graph
    free = count(max((node.id for node in graph.nodes), default=0) + 1)
    nodes: list[Node] = []
    put_in: set[TensorId] = set()
    part = graph if everywhere else solution.program.part_with(layers)
    for node in part.nodes:
        read = node.inputs
        if node.id in layers:
            masked = TensorId(next(free))
            nodes.append(Node(masked, ApplyOp(layers[node.id]), node.inputs[:1], node.span))
            read = (masked, *node.inputs[1:])
            put_in.add(masked)
        nodes.append(replace(_switched(node, {}), inputs=read))
    return solve(replace(part, nodes=tuple(nodes)), solution.program.keras, _inputs(solution)), frozenset(put_in)


def with_layers_behind(solution: Solution, layers: Mapping[TensorId, Layer]) -> tuple[Solution, frozenset[TensorId]]:
    """Return what is known of the same graph when nodes have another layer behind.

    Args:
        layers: the layer behind each node, which all read that have read the node.

    Returns:
        That, and the nodes that were put in.
    """
    graph = solution.program.graph
    free = count(max((node.id for node in graph.nodes), default=0) + 1)
    instead = {tensor: TensorId(next(free)) for tensor in layers}
    nodes: list[Node] = []
    for node in graph.nodes:
        nodes.append(replace(node, inputs=tuple(instead.get(tensor, tensor) for tensor in node.inputs)))
        if node.id in layers:
            nodes.append(Node(instead[node.id], ApplyOp(layers[node.id]), (node.id,), node.span, node.within))
    models = tuple(
        replace(model, outputs=tuple(instead.get(tensor, tensor) for tensor in model.outputs)) for model in graph.models
    )
    supposed = solve(replace(graph, nodes=tuple(nodes), models=models), solution.program.keras, _inputs(solution))
    return supposed, frozenset(instead.values())


def with_masks_given(
    solution: Solution, sources: Mapping[TensorId, tuple[TensorId, Layer]], parameters: Mapping[TensorId, str]
) -> tuple[Solution, frozenset[TensorId]]:
    """Return what is known of the same graph when layers are given masks in their calls.

    Args:
        sources: by the node of such a layer, the tensor that its mask is made of, and the layer that makes it.
        parameters: the argument that takes it, by the same node.

    Returns:
        That, and the nodes that make the masks.
    """
    part = solution.program.part_with(sources)
    free = count(max((node.id for node in solution.program.graph.nodes), default=0) + 1)
    nodes: list[Node] = []
    made: set[TensorId] = set()
    for node in part.nodes:
        match node.operation:
            case ApplyOp() as operation if node.id in sources:
                start, layer = sources[node.id]
                mask = TensorId(next(free))
                nodes.append(Node(mask, MaskOp(layer), (start,), node.span))
                given = replace(operation, mask=mask, mask_argument=parameters[node.id])
                nodes.append(replace(node, operation=given))
                made.add(mask)
            case _:
                nodes.append(node)
    return solve(replace(part, nodes=tuple(nodes)), solution.program.keras, _inputs(solution)), frozenset(made)


def with_layer_for(solution: Solution, node: Node, layer: Layer) -> Solution:
    """Return what is known of the same graph when a layer stands in the place of what a node does."""
    graph = solution.program.graph
    nodes = tuple(replace(each, operation=ApplyOp(layer)) if each.id == node.id else each for each in graph.nodes)
    return solve(replace(graph, nodes=nodes), solution.program.keras, _inputs(solution))


def _inputs(solution: Solution) -> Mapping[TensorId, TensorState]:
    """Return what arrives at the inputs of a graph: no layer in it changes that."""
    nodes = solution.program.graph.nodes
    return {node.id: solution.states[node.id] for node in nodes if isinstance(node.operation, InputOp)}


def with_padding_behind(solution: Solution) -> Solution:
    """Return what is known of the same graph when all that is padded in front is padded behind."""
    graph = solution.program.graph
    feeds = tuple(
        replace(feed, facts=replace(feed.facts, paddings=tuple(map(_behind, feed.facts.paddings))))
        for feed in graph.feeds
    )
    paddings = tuple(map(_behind, graph.paddings))
    return solve(replace(graph, feeds=feeds, paddings=paddings), solution.program.keras)


def _behind(padding: Padding) -> Padding:
    return replace(padding, side=Side.POST) if padding.side is Side.PRE else padding


def reached(origins: Container[TensorId], supposed: Solution) -> Iterator[Node]:
    """Yield the nodes that the masks which some nodes make arrive at."""
    for node in supposed.program.graph.nodes:
        masks = (mask for tensor in node.inputs for mask in supposed.states[tensor].masks)
        if any(isinstance(mask, Covers | Misses) and mask.origin in origins for mask in masks):
            yield node


def _switched(node: Node, switches: Mapping[Span, str]) -> Node:
    match node.operation:
        case ApplyOp(layer) | MaskOp(Layer() as layer) if layer.span in switches:
            on = replace(layer, settings={**layer.settings, switches[layer.span]: Known(True)})
            return replace(node, operation=replace(node.operation, layer=on))
        case ApplyOp(layer) if (twin := twin_of(layer)) is not layer:
            return replace(node, operation=replace(node.operation, layer=twin))
        case _:
            return node
