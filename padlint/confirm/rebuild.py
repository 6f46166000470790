"""Rebuild a part of a model graph from Keras' own layers, small: search what fits where values were not read.

Nodes are rebuilt in order, each run at once on a small batch. A node may have several ways to be rebuilt (a stand-in
of another size, a slice that was not read). When a node does not fit, the nearest one that it depends on and that has
another way is rebuilt in that way, and the search goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import partial

from padlint.confirm.boundary import Compute, crossing, enter_steps, exit_steps
from padlint.confirm.construct import Scale, find_class, lacks_inner, layer_variants
from padlint.confirm.frameworks import Framework, LayerObject
from padlint.confirm.loops import compile_loops, shortened
from padlint.confirm.operations import replays
from padlint.confirm.part import Part, ancestors, obstacles, operands, place
from padlint.confirm.replay import (
    FixedStep,
    InputStep,
    LastCall,
    LayerStep,
    Misfit,
    RawStep,
    RebuiltModel,
    Step,
    Values,
    misfits,
    quiet,
)
from padlint.confirm.sequences import MOST_JOINED, InputPlan, scales, shapes
from padlint.confirm.stand_ins import stand_ins
from padlint.confirm.tensors import Tensor, is_float, mask_of, tensor_of
from padlint.dataclass import dataclass
from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    EitherOp,
    EnterStepOp,
    ExitStepOp,
    InputOp,
    Known,
    Layer,
    LayerId,
    MaskOp,
    Node,
    Operation,
    RawOp,
    Setting,
    TensorId,
)

_MOST_ATTEMPTS = 80
_FEWEST_STEPS = 3


class NotRebuilt(Exception):  # a verdict, and no error
    """A part cannot be rebuilt; the text says why, naming the layer and where it is."""


def rebuild(framework: Framework, part: Part, plans: Sequence[InputPlan]) -> RebuiltModel:
    """Make a part of a model graph runnable.

    Raises:
        NotRebuilt: something in it is neither a Keras layer nor an operation that can be replayed, or nothing fits.
    """
    for why in obstacles(part, lambda layer: find_class(framework, layer) is not None, partial(lacks_inner, framework)):
        raise NotRebuilt(why)
    why, short = "", None
    for keeps_steps in (True, False) if any(map(_reshaped_length, part.nodes)) else (False,):
        for scale in scales(part, plans):
            try:
                model = _Search(framework, part, {plan.tensor: plan for plan in plans}, scale, keeps_steps).run()
            except Misfit as misfit:
                why = why or str(misfit)
                continue
            if _leaves_steps(model):
                return model
            short = short or model
        if short is not None:
            return short
    raise NotRebuilt(why)


def _leaves_steps(model: RebuiltModel) -> bool:
    """Say whether the sequences are long enough to reach the consumers as such, through convolutions and pooling."""
    nodes = {node.id: node for node in model.part.nodes}
    read = [model.values[tensor] for consumer in model.part.consumers for tensor in nodes[consumer].inputs]
    return all(value is None or len(value.shape) != 3 or value.shape[1] >= _FEWEST_STEPS for value in read)


def _reshaped_length(node: Node) -> int | None:
    """Return the number of steps that a layer is written to leave, None for one that is not written with a shape."""
    settings = node.operation.layer.settings if isinstance(node.operation, ApplyOp) else {}
    for name in stand_ins().lengths & settings.keys():
        match settings[name]:
            case Known((int(steps), _, *_)) if steps > 0:
                return steps
            case _:
                pass
    return None


# The search -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Search:
    """The nodes rebuilt so far, and the ways that each still has.

    Args:
        keeps_steps: whether no other number of steps may come of those that are reshaped than is written or was there.
    """

    framework: Framework
    part: Part
    plans: dict[TensorId, InputPlan]
    scale: Scale
    keeps_steps: bool
    steps: dict[TensorId, Step] = field(default_factory=dict)
    values: Values = field(default_factory=dict)
    ways: dict[TensorId, Iterator[Step]] = field(default_factory=dict)
    calls: dict[int, LastCall] = field(default_factory=dict)
    attempts: int = 0
    why: str = ""

    def run(self) -> RebuiltModel:
        """Rebuild all nodes.

        Raises:
            Misfit: no combination of ways fits, or too many were tried.
        """
        position = 0
        with quiet(), shortened():
            while position < len(self.part.nodes):
                node = self.part.nodes[position]
                self.ways[node.id] = self._ways(node)
                position = position + 1 if self._advance(node) else self._retreat(position)
        return RebuiltModel(self.framework, self.part, self.steps, self.values)

    def _advance(self, node: Node) -> bool:
        """Take the node's next way that runs."""
        for step in self.ways[node.id]:
            self.attempts += 1
            try:
                made = step.run(self.values)
                self._check_length(node, made)
            except Misfit as misfit:
                self.why = self.why or f"{_name(node)} does not fit: {misfit} ({place(node.span)})"
                continue
            self.steps[node.id], self.values[node.id] = step, made
            return True
        self.why = self.why or f"{_name(node)} cannot be made ({place(node.span)})"
        return False

    def _check_length(self, node: Node, made: Tensor | None) -> None:
        """Refuse steps that a reshape made of parts of others.

        Raises:
            Misfit: they are as many as neither is written nor were there.
        """
        written = _reshaped_length(node) if self.keeps_steps else None
        read = self.values[node.inputs[0]] if node.inputs else None
        if written and made is not None and read is not None:
            steps = made.shape[1]
            if steps not in {self.scale.of(written), read.shape[1]}:
                raise Misfit(f"{read.shape[1]} steps became {steps}")

    def _retreat(self, position: int) -> int:
        """Rebuild, in another way, the nearest node that the one at `position` depends on; give where to go on."""
        causes = ancestors(self.part, self.part.nodes[position].id)
        for earlier in range(position - 1, -1, -1):
            node = self.part.nodes[earlier]
            self._forget(self.part.nodes[earlier + 1 :])
            if node.id in causes and self.attempts < _MOST_ATTEMPTS and self._advance(node):
                return earlier + 1
        raise Misfit(self.why)

    def _forget(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            self.steps.pop(node.id, None)
            self.values.pop(node.id, None)
            self.ways.pop(node.id, None)

    # The ways of a node

    def _ways(self, node: Node) -> Iterator[Step]:
        """Yield how a node may be rebuilt, likeliest first."""
        framework = self.framework
        match node.operation:
            case InputOp():
                plan = self.plans[node.id]
                for shape in shapes(plan, self.scale, (*self._sizes(), *self._written_sizes())):
                    yield InputStep(framework, plan, shape)
            case ApplyOp(layer=layer) as operation:
                for made in self._made(layer):
                    yield LayerStep(framework, node, operation, made, self.calls.setdefault(id(made), LastCall()))
            case RawOp() as operation:
                for replay in replays(framework.tensorflow, operation, self.scale, self._sizes()):
                    yield RawStep(framework, node, operation, replay)
            case MaskOp(layer=Layer() as layer):
                yield from (_masking(framework, node, made) for made in self._made(layer))
            case other:
                compute = _way(framework, other)
                if compute is not None:
                    yield FixedStep(framework, operands(node), compute)

    def _made(self, layer: Layer) -> Iterator[LayerObject]:
        """Yield the layer: the same object wherever it is applied."""
        for node in self.part.nodes:
            step = self.steps.get(node.id)
            if step is not None and step.layer is not None and _layer_id(node) == layer.id:
                yield step.layer
                return
        for made in layer_variants(self.framework, layer, self.scale, self._sizes()):
            compile_loops(self.framework, [made])
            yield made

    def _sizes(self) -> tuple[int, ...]:
        """Give sizes that a stand-in may need to have: those of the tensors so far."""
        seen = [value.shape[-1] for value in self.values.values() if value is not None and is_float(value)]
        lengths = {self.scale.steps, self.scale.inner_steps}
        return tuple(dict.fromkeys((*stand_ins().sizes, *(size for size in reversed(seen) if size not in lengths))))[:5]

    def _written_sizes(self) -> tuple[int, ...]:
        """Give sizes that follow from those that the layers are written with.

        What is merged with what they make has one of those, and what is joined before that a part of it.
        """
        written = [
            size
            for node in self.part.nodes
            if isinstance(node.operation, ApplyOp)
            for name, setting in node.operation.layer.settings.items()
            for size in _feature_sizes(name, setting)
            if size <= stand_ins().cap
        ]
        joined = (size // times for times in range(2, MOST_JOINED + 1) for size in written if size % times == 0)
        return tuple(dict.fromkeys((*written, *joined)))


def _feature_sizes(name: str, setting: Setting) -> Iterator[int]:
    """Yield the numbers of features that a setting is written with."""
    known = stand_ins()
    match setting:
        case Known(int(size)) if name in known.size_names:
            yield size
        case Known((_, int(size))) if name in known.lengths:
            yield size
        case _:
            pass


def _way(framework: Framework, operation: Operation) -> Compute | None:
    """Give the one way in which an operation that is neither layer nor raw can be rebuilt."""
    match operation:
        case EitherOp():
            return lambda read: read[0]
        case MaskOp():
            return lambda read: mask_of(read[0])
        case BoundaryOp(layer=layer, mask=mask, drops=drops):
            return crossing(framework, layer, own_mask=mask is not None, drops=drops)
        case EnterStepOp():
            return enter_steps(framework)
        case ExitStepOp():
            return exit_steps(framework)
        case _:
            return None


def _masking(framework: Framework, node: Node, layer: LayerObject) -> FixedStep:
    def compute(read: Sequence[Tensor | None]) -> Tensor | None:
        with misfits(framework):
            mask = layer.compute_mask(read[0], mask_of(read[0]))
            return None if mask is None else tensor_of(mask)

    return FixedStep(framework, node.inputs, compute, layer)


def _layer_id(node: Node) -> LayerId | None:
    match node.operation:
        case ApplyOp(layer=layer) | MaskOp(layer=Layer() as layer):
            return layer.id
        case _:
            return None


def _name(node: Node) -> str:
    match node.operation:
        case ApplyOp(layer=layer) | BoundaryOp(layer=layer):
            return layer.kind
        case RawOp(name=name):
            return f"operation {name}"
        case _:
            return type(node.operation).__name__.removesuffix("Op").lower()
