"""How much of each model was read: what is missing of its layers, inputs and structure."""

from __future__ import annotations

from collections.abc import Iterator

from padlint.dataclass import dataclass
from padlint.finding import Span
from padlint.flow.program import KERAS, Program
from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    Effect,
    Layer,
    Model,
    Node,
    OpaqueOp,
    RawOp,
    Style,
    TensorId,
)

_PROJECT = "project"


@dataclass(frozen=True, slots=True)
class ModelRead:
    """A place that makes a model of one style, and what of it could not be read; nothing when it was read whole."""

    style: Style
    span: Span
    gaps: tuple[str, ...]


def models_read(program: Program) -> Iterator[ModelRead]:
    """Yield every model that is not just a part of another, each place once.

    A place that was run several times counts by its best run: what nobody calls is run on objects that may not be set
    up yet, and once more when they are. A Sequential that was made and left empty is no model.
    """
    found: dict[tuple[Span, Style], list[Model]] = {}
    for model in program.graph.models:
        if not model.nested and (model.outputs or model.unresolved):
            found.setdefault((model.span, model.style), []).append(model)
    for (span, style), models in found.items():
        runs = (tuple(dict.fromkeys(_gaps(model, program))) for model in models)
        yield ModelRead(style, span, min(runs, key=len))


def _gaps(model: Model, program: Program) -> Iterator[str]:
    """Yield what of one model could not be read, the same thing perhaps more than once."""
    yield from model.unresolved
    for tensor in sorted(_behind(model, program)):
        yield from _gaps_at(program.nodes[tensor], program)


def _behind(model: Model, program: Program) -> set[TensorId]:
    """Return the tensors that the outputs of a model are made of, masks and states counted."""
    found: set[TensorId] = set()
    waiting = list(model.outputs)
    while waiting:
        tensor = waiting.pop()
        if tensor not in found:
            found.add(tensor)
            waiting.extend(program.nodes[tensor].reads)
    return found


def _gaps_at(node: Node, program: Program) -> Iterator[str]:
    """Yield what could not be read of how one tensor is made."""
    match node.operation:
        case OpaqueOp(why):
            yield why
        case RawOp(name=name, effect=Effect.UNKNOWN):
            yield f"what `{name}` does"
        case ApplyOp(layer) | BoundaryOp(layer):
            yield from _gaps_in(layer, program)
        case _:
            pass


def _gaps_in(layer: Layer, program: Program) -> Iterator[str]:
    """Yield what could not be read of a layer: the code of a class, which kind it is, what a wrapper wraps."""
    if layer.custom is not None:
        if not layer.custom.read:
            yield f"the code of `{layer.kind}`"
    elif layer.origin not in {KERAS, _PROJECT} and layer.declared is None:
        yield f"the code of `{layer.origin}`"
    elif not program.facts(layer):
        yield f"the layer `{layer.kind}`"
