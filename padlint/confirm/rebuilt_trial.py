"""Run a rebuilt model once on a padded batch, with a tape and with ears at its consumers."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

from padlint.confirm.part import operands
from padlint.confirm.replay import Misfit, RebuiltModel, Values, misfits
from padlint.confirm.taps import Heard, listening
from padlint.confirm.tensors import Array, Truth, is_float, mask_of
from padlint.confirm.trial import Reader, Trial, checked_rows
from padlint.graph import ApplyOp, Node, Side, TensorId


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
    with ExitStack() as stack, misfits(model.framework):
        heard = {
            consumer: stack.enter_context(listening(layer))
            for consumer in model.part.consumers
            if (layer := model.steps[consumer].layer) is not None
        }
        with tape:
            values = model.run(batch.arrays, tape.watch)
    nodes = {node.id: node for node in model.part.nodes}
    sources = tuple(node.id for node in model.part.nodes if _is_source(node, values))

    def alone(row: int) -> Values | None:
        arrays = batch.alone(row)
        try:
            return None if arrays is None else model.run(arrays)
        except Misfit:
            return None

    return Trial(
        framework=model.framework,
        tape=tape,
        rows=batch.rows,
        checked=checked_rows(batch.rows, seed),
        values=values,
        real=model.presence(values, batch.real) if real is None else real,
        sources=sources,
        ids={source: ids for source in sources if (ids := _ids_of(nodes[source], values)) is not None},
        outputs=model.part.outputs,
        readers={consumer: _reader(model, nodes[consumer], heard) for consumer in model.part.consumers},
        alone=alone,
    )


def _reader(model: RebuiltModel, node: Node, heard: Mapping[TensorId, Heard]) -> Reader:
    return Reader(node.inputs, operands(node), model.steps[node.id].run, heard.get(node.id))


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
