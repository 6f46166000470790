"""Cut out of a model graph what a measurement needs: the ancestors of its consumers, in one world of branches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import TypeAlias

from padlint.confirm.stand_ins import stand_ins
from padlint.dataclass import dataclass
from padlint.finding import Span
from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    Effect,
    EitherOp,
    InputOp,
    Known,
    Layer,
    LayerId,
    MaskOp,
    Model,
    ModelGraph,
    Node,
    OneOf,
    OpaqueOp,
    RawOp,
    Setting,
    TensorId,
)
from padlint.keras.layers import Reads, layer_facts

_MOST_WORLDS = 6
# Of these the graph does not tell enough: which steps are mixed or picked, and how often a loop over them runs.
NOT_REPLAYED = frozenset(
    {Effect.EACH_STEP, Effect.MASKED, Effect.MIX_STEPS, Effect.NO_STEPS, Effect.ORDER_STEPS, Effect.UNKNOWN}
)

_SettingOf: TypeAlias = tuple[LayerId, str]


@dataclass(frozen=True, slots=True)
class World:
    """The branches that the program is taken to go: which input of an EitherOp, which value of a setting.

    What is not listed is the first that was read.
    """

    branches: Mapping[TensorId, int]
    settings: Mapping[_SettingOf, Known]


@dataclass(frozen=True, slots=True)
class Part:
    """Nodes in the order in which they run, what is measured in them, and what they make in the end.

    Args:
        outputs: the outputs, of the model that the consumers are in, that depend on one; empty when they are left out.
    """

    nodes: tuple[Node, ...]
    consumers: tuple[TensorId, ...]
    outputs: tuple[TensorId, ...] = ()

    @property
    def inputs(self) -> tuple[Node, ...]:
        """Give the nodes that data is bound to."""
        return tuple(node for node in self.nodes if isinstance(node.operation, InputOp))


def cut(graph: ModelGraph, consumers: Iterable[TensorId], keras: int) -> Iterator[Part]:
    """Yield the part that the consumers and their model's outputs need, once a world, the likeliest first."""
    wanted = tuple(dict.fromkeys(consumers))
    for world in _worlds(graph, wanted):
        nodes = {node.id: _in_world(node, world) for node in graph.nodes}
        ends = tuple(_outputs_after(graph, nodes, wanted))
        yield Part(_ancestors(nodes, (*wanted, *ends), keras), wanted, ends)


def alone(part: Part, consumers: tuple[TensorId, ...]) -> Part:
    """Take some consumers of a part, without the outputs of the model."""
    reached = _reached({node.id: node for node in part.nodes}, consumers)
    return Part(tuple(node for node in part.nodes if node.id in reached), consumers)


def operands(node: Node) -> tuple[TensorId, ...]:
    """Give every tensor that a node reads: its inputs, masks and initial states."""
    match node.operation:
        case ApplyOp(mask=mask, states=states):
            return (*node.inputs, *(() if mask is None else (mask,)), *states)
        case BoundaryOp(mask=mask):
            return (*node.inputs, *(() if mask is None else (mask,)))
        case _:
            return node.inputs


def models_with(graph: ModelGraph, tensor: TensorId) -> tuple[Model, ...]:
    """Give the models that compute the tensor, those that are a part of no other model first."""
    nodes = {node.id: node for node in graph.nodes}
    holding = [model for model in graph.models if tensor in _reached(nodes, model.outputs)]
    return tuple(sorted(holding, key=lambda model: model.nested))


def reached_from(graph: ModelGraph, tensors: Iterable[TensorId]) -> frozenset[TensorId]:
    """Give everything that some tensors depend on, themselves included."""
    return _reached({node.id: node for node in graph.nodes}, tensors)


def ancestors(part: Part, tensor: TensorId) -> frozenset[TensorId]:
    """Give everything that a tensor depends on, itself included."""
    return _reached({node.id: node for node in part.nodes}, (tensor,))


def place(span: Span) -> str:
    """Write where something is, as `model.py:31`."""
    cell = f":cell {span.cell}" if span.cell else ""
    return f"{PurePath(span.path).name}{cell}:{span.start.row}"


# What cannot be rebuilt -------------------------------------------------------------------------------------------


def obstacles(part: Part, known: Callable[[Layer], bool], hollow: Callable[[Layer], bool]) -> Iterator[str]:
    """Say what of a part cannot be rebuilt, whatever stands in for the values that were not read.

    Args:
        known: whether Keras has such a layer.
        hollow: whether it goes around another one that was not read.
    """
    for node in part.nodes:
        match node.operation:
            case OpaqueOp(why=why):
                yield f"{why} ({place(node.span)})"
            case RawOp(name=name, effect=effect) if effect in NOT_REPLAYED:
                yield f"operation {name} ({place(node.span)})"
            case ApplyOp(layer=layer) | MaskOp(layer=Layer() as layer):
                yield from _layer_obstacles(layer, node, known, hollow)
            case _:
                pass


def _layer_obstacles(
    layer: Layer, node: Node, known: Callable[[Layer], bool], hollow: Callable[[Layer], bool]
) -> Iterator[str]:
    if layer.custom is not None:
        yield f"custom layer {layer.custom.name} ({place(layer.custom.span)})"
    elif layer.kind == "?" or hollow(layer):
        yield f"a layer whose class was not read ({place(node.span)})"
    elif layer.origin != "keras" or not known(layer):
        origin = "" if layer.origin in {"keras", "project"} else f" of {layer.origin}"
        yield f"layer {layer.kind}{origin} ({place(node.span)})"
    elif layer.inner is not None:
        yield from _layer_obstacles(layer.inner, node, known, hollow)


# Worlds -----------------------------------------------------------------------------------------------------------


def _worlds(graph: ModelGraph, wanted: tuple[TensorId, ...]) -> Iterator[World]:
    """Yield the world of all first choices, then each that differs from it in one choice."""
    nodes = {node.id: node for node in graph.nodes}
    ends = tuple(_outputs_after(graph, nodes, wanted))
    reached = _reached(nodes, (*wanted, *ends))
    deviations = [world for node in graph.nodes if node.id in reached for world in _deviations(node)]
    yield World({}, {})
    seen: set[tuple[object, ...]] = set()
    for world in deviations:
        key = (*world.branches.items(), *world.settings.items())
        if key not in seen and len(seen) < _MOST_WORLDS - 1:
            seen.add(key)
            yield world


def _deviations(node: Node) -> Iterator[World]:
    match node.operation:
        case EitherOp():
            yield from (World({node.id: index}, {}) for index in range(1, len(node.inputs)))
        case ApplyOp(layer=layer) | MaskOp(layer=Layer() as layer):
            for name, setting in layer.settings.items():
                if isinstance(setting, OneOf) and stand_ins().matters(name):
                    yield from (World({}, {(layer.id, name): Known(value)}) for value in setting.values[1:])
        case _:
            pass


def _in_world(node: Node, world: World) -> Node:
    match node.operation:
        case EitherOp():
            return replace(node, inputs=node.inputs[(index := world.branches.get(node.id, 0)) : index + 1])
        case ApplyOp(layer=layer) | MaskOp(layer=Layer() as layer):
            return replace(node, operation=replace(node.operation, layer=_decided(layer, world)))
        case _:
            return node


def _decided(layer: Layer, world: World) -> Layer:
    settings: dict[str, Setting] = dict(layer.settings)
    for name, setting in layer.settings.items():
        if isinstance(setting, OneOf):
            settings[name] = world.settings.get((layer.id, name), Known(setting.values[0]))
    return replace(layer, settings=settings, inner=_decided(layer.inner, world) if layer.inner else None)


# Ancestors --------------------------------------------------------------------------------------------------------


def _outputs_after(
    graph: ModelGraph, nodes: Mapping[TensorId, Node], tensors: Iterable[TensorId]
) -> Iterator[TensorId]:
    """Yield the outputs, of the first model that each tensor is in, that depend on it."""
    seen = set()
    for tensor in tensors:
        for model in models_with(graph, tensor)[:1]:
            for output in model.outputs:
                if output not in seen and tensor in _reached(nodes, (output,)):
                    seen.add(output)
                    yield output


def _ancestors(nodes: Mapping[TensorId, Node], targets: Iterable[TensorId], keras: int) -> tuple[Node, ...]:
    """Give what the targets depend on, in order; what makes ids out of text becomes an input of ids."""
    found: dict[TensorId, Node] = {}
    open_tensors = list(targets)
    while open_tensors:
        tensor = open_tensors.pop()
        if tensor in found or tensor not in nodes:
            continue
        node = nodes[tensor]
        if _makes_ids(node, keras):
            node = replace(node, operation=InputOp(shape=(None,)), inputs=())
        found[tensor] = node
        open_tensors.extend(operands(node))
    return tuple(found[tensor] for tensor in nodes if tensor in found)


def _reached(nodes: Mapping[TensorId, Node], targets: Iterable[TensorId]) -> frozenset[TensorId]:
    found: set[TensorId] = set()
    open_tensors = list(targets)
    while open_tensors:
        tensor = open_tensors.pop()
        if tensor not in found and tensor in nodes:
            found.add(tensor)
            open_tensors.extend(operands(nodes[tensor]))
    return frozenset(found)


def _makes_ids(node: Node, keras: int) -> bool:
    match node.operation:
        case ApplyOp(layer=layer):
            facts = layer_facts(layer, keras)
            return facts is not None and facts.reads is Reads.TEXT
        case _:
            return False
