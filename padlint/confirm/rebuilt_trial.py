"""Run a rebuilt model once on a padded batch, with a tape and with ears at its consumers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import field

import numpy as np

from padlint.confirm.operations import MOVING
from padlint.confirm.part import operands
from padlint.confirm.replay import Misfit, RebuiltModel, Values, misfits
from padlint.confirm.taps import Heard, listening
from padlint.confirm.tensors import Array, Tensor, Truth, is_float, mask_of, tensor_of, with_mask
from padlint.confirm.trial import SEEDS_FOR_FIGURES, Reader, Trial
from padlint.dataclass import dataclass
from padlint.flow.program import ADDITIONS, DIVISIONS, PRODUCTS
from padlint.graph import ApplyOp, MaskOp, Node, RawOp, Side, TensorId
from padlint.keras.layers import MaskOut, Part, Reads, layer_facts

_CALCULATING = ADDITIONS | PRODUCTS | DIVISIONS


def try_rebuilt(
    model: RebuiltModel,
    side: Side,
    seed: int,
    real: Mapping[TensorId, Truth] | None = None,
    *,
    zero_tokens: bool = False,
) -> Trial:
    """Run a model on a padded batch.

    Args:
        real: which values are about real steps, where an earlier trial of the same side found out.
        zero_tokens: whether id 0 is among the real tokens.

    Raises:
        Misfit: the model cannot run on a batch like that.
    """
    batch = model.sampler.batch(side, seed, zero_tokens=zero_tokens)
    tape = model.framework.tensorflow.GradientTape(persistent=True)
    stirred = _stirred(model, seed, real)
    with ExitStack() as stack, misfits(model.framework):
        heard = {
            consumer: stack.enter_context(listening(layer))
            for consumer in model.part.consumers
            if (layer := model.steps[consumer].layer) is not None
        }
        copies = Copies(model, tape.watch)
        with tape:
            values = model.run(batch.arrays, tape.watch, copies.handed, stirred)
    nodes = {node.id: node for node in model.part.nodes}
    sources = tuple(node.id for node in model.part.nodes if _is_source(node, values))

    def alone(row: int) -> Values | None:
        arrays = batch.alone(row)
        try:
            return None if arrays is None else model.run(arrays)
        except Misfit:
            return None

    known = model.presence(values, batch.real) if real is None else real
    return Trial(
        framework=model.framework,
        tape=tape,
        rows=batch.rows,
        values={**values, **copies.values},
        real={**known, **{copy: known[tensor] for copy, tensor in copies.of.items()}},
        sources=sources,
        ids={source: ids for source in sources if (ids := _ids_of(nodes[source], values)) is not None},
        outputs=model.part.outputs,
        readers={consumer: _reader(model, nodes[consumer], copies, heard) for consumer in model.part.consumers},
        alone=alone,
        stirred=stirred is not None,
    )


def _stirred(
    model: RebuiltModel, seed: int, real: Mapping[TensorId, Truth] | None
) -> Callable[[Node, Tensor], Tensor] | None:
    """Put numbers in the place of what padded steps hold, once figures are taken: behind Masking, or in the data.

    At the zeros that Masking leaves, or that data is padded with, a ReLU behind has no gradient, and so says nothing of
    whether padding gets through.
    """
    if seed < SEEDS_FOR_FIGURES or seed % 2 or real is None:
        # Every other run stays as it is: a maximum does not take up what a state hands on with all weights.
        return None
    flow, random, places = model.framework.tensorflow, np.random.default_rng(seed), _stirred_places(model)

    def stirred(node: Node, made: Tensor) -> Tensor:
        if node.id not in places or not is_float(made):
            return made
        noise = random.normal(size=tuple(made.shape)).astype(np.float32)
        mixed = np.where(real[node.id], made.numpy(), noise)
        return with_mask(tensor_of(flow.constant(mixed, made.dtype)), mask_of(made))

    return stirred


def _stirred_places(model: RebuiltModel) -> frozenset[TensorId]:
    """Give the Masking layers, or where nothing tells padding by what it holds, the inputs that are no masks."""
    nodes = model.part.nodes
    blanking = frozenset(node.id for node in nodes if _blanks(node, model))
    telling = any(map(_may_tell, nodes))
    data = frozenset(plan.tensor for plan in model.sampler.plans if not plan.mask)
    return blanking or (frozenset() if telling else data)


def _may_tell(node: Node) -> bool:
    """Say whether a node may tell padding by what it holds; moving steps and calculating with them does not."""
    match node.operation:
        case MaskOp():
            return True
        case RawOp(name, effect):
            return effect not in MOVING and name not in _CALCULATING
        case _:
            return False


def _blanks(node: Node, model: RebuiltModel) -> bool:
    """Say whether a node is a layer that makes a mask of features, and sets to 0 what that hides."""
    match node.operation:
        case ApplyOp(layer=layer):
            facts = layer_facts(layer, model.framework.version)
            return facts is not None and facts.mask_out is MaskOut.CREATED and facts.reads is Reads.FEATURES
        case _:
            return False


@dataclass(slots=True)
class Copies:
    """What the consumers are called on: copies of their own, so that a gradient by one goes through its consumer alone.

    Args:
        seen: called with each copy as soon as it is there, to watch it.
        of: the tensor that each copy is of.
    """

    model: RebuiltModel
    seen: Callable[[Tensor], None]
    values: Values = field(default_factory=dict)
    of: dict[TensorId, TensorId] = field(default_factory=dict)
    _known: dict[tuple[int, TensorId], TensorId] = field(default_factory=dict)

    def handed(self, node: Node, value: Tensor, tensor: TensorId) -> Tensor:
        """Give a copy where the node is a call of a consumer; its several outputs are of one call."""
        if self._caller(node) not in map(self._caller_of, self.model.part.consumers):
            return value
        number = self.number(node, tensor)
        copy = self.values.get(number)
        if copy is None:
            copy = with_mask(tensor_of(self.model.framework.tensorflow.identity(value)), mask_of(value))
            self.values[number] = copy
            if is_float(copy):
                self.seen(copy)
        return copy

    def number(self, node: Node, tensor: TensorId) -> TensorId:
        """Give the number of the copy of a tensor that a node is called on: no tensor of the graph has one below 0."""
        number = self._known.setdefault((self._caller(node), tensor), TensorId(-1 - len(self._known)))
        self.of[number] = tensor
        return number

    def sole(self, node: Node) -> bool:
        """Say whether no other node is of the same call, or of the same layer."""
        return sum(self._caller(other) == self._caller(node) for other in self.model.part.nodes) == 1

    def _caller_of(self, consumer: TensorId) -> int:
        layer = self.model.steps[consumer].layer
        return int(consumer) if layer is None else id(layer)

    def _caller(self, node: Node) -> int:
        return self._caller_of(node.id)


def _reader(model: RebuiltModel, node: Node, copies: Copies, heard: Mapping[TensorId, Heard]) -> Reader:
    inputs = tuple(copies.number(node, tensor) for tensor in node.inputs)
    step = model.steps[node.id]
    return Reader(
        inputs,
        operands(node),
        step.run,
        heard.get(node.id),
        sole=copies.sole(node),
        carries=_is_recurrent(node, model),
        convolves=hasattr(step.layer, "kernel_size"),
        pools=hasattr(step.layer, "pool_size"),
    )


def _is_recurrent(node: Node, model: RebuiltModel) -> bool:
    match node.operation:
        case ApplyOp(layer=layer):
            facts = layer_facts(layer, model.framework.version)
            return facts is not None and facts.part in {Part.RECURRENT, Part.WRAPPER}
        case _:
            return False


def _is_source(node: Node, values: Values) -> bool:
    """Say whether a node makes the first numbers with a gradient, or the first mask."""
    value = values[node.id]
    if not is_float(value):
        return False
    before = [values[tensor] for tensor in operands(node)]
    makes_mask = mask_of(value) is not None and not any(mask_of(tensor) is not None for tensor in before)
    given = isinstance(node.operation, ApplyOp) and node.operation.mask is not None
    return not any(is_float(tensor) for tensor in before) or (makes_mask and not given)


def _ids_of(node: Node, values: Values) -> Array | None:
    """Give the ids that a node looked up."""
    ids = values[node.inputs[-1]] if node.inputs else None
    return None if ids is None or is_float(ids) else ids.numpy()
