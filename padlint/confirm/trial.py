"""Run a rebuilt model once on a padded batch, and ask what padding did to one consumer.

Witness A, the gradient: what the consumer, or the model, says of real steps is differentiated with respect to the
padded steps, through the consumer's own padded input. With a right mask it is exactly 0.
Witness B, each sequence alone: the consumer is run again on each row without its padding, and has to say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from padlint.confirm import presence
from padlint.confirm.part import operands
from padlint.confirm.replay import Misfit, RebuiltModel, Values, misfits, quiet
from padlint.confirm.sequences import Batch
from padlint.confirm.taps import Heard, listening
from padlint.confirm.tensors import Array, Tensor, Truth, is_float, mask_of, with_mask
from padlint.finding import ArrivedMask
from padlint.graph import ApplyOp, Node, Side, TensorId

LEAST_GRADIENT = 1e-6
LEAST_MOVE = 1e-5


@dataclass(frozen=True, slots=True)
class Showing:
    """What a trial showed at one consumer.

    Args:
        leak: the share of the sensitivity of the model's output, or of the consumer's, that sits on padded steps.
        moved: how far the consumer moves when the padding is taken away; None when it cannot run without.
        mask: the mask that arrived.
    """

    leaks: bool
    leak: float
    moved: float | None = None
    mask: ArrivedMask | None = None


@dataclass(slots=True)
class Trial:
    """One padded batch through a rebuilt model, under a gradient tape."""

    model: RebuiltModel
    batch: Batch
    values: Values
    real: Mapping[TensorId, Truth]
    tape: object
    heard: Mapping[TensorId, Heard]
    random: np.random.Generator

    def at(self, consumer: TensorId) -> Showing:
        """Ask both witnesses at a consumer."""
        gradient = self._gradient_through(consumer, (consumer,))
        if not gradient:
            gradient = self._gradient_through(consumer, self.model.part.outputs)
        moved = self.moved_alone(consumer)
        leak = self.output_share() or self._share((consumer,))
        heard = self.heard.get(consumer)
        return Showing(
            leaks=gradient > LEAST_GRADIENT or (moved or 0) > LEAST_MOVE,
            leak=leak,
            moved=moved,
            mask=heard.arrived(self._steps_read_by(consumer)) if heard else ArrivedMask.NONE,
        )

    # Witness A

    def output_share(self) -> float:
        """Give the share of the output's gradient that sits on padded steps."""
        return self._share(self.model.part.outputs)

    def token_share(self) -> float | None:
        """Give the pad token's share of the gradient of the embeddings' rows; None without an embedding."""
        shares = [share for source in self._sources() if (share := self._token_share(source)) is not None]
        return max(shares, default=None)

    def hides_real_steps(self, consumer: TensorId) -> bool:
        """Say whether real steps of token 0 do not count at a consumer, while the others do."""
        target = self._projection((consumer,))
        zero, other = 0.0, 0.0
        for source, gradient in zip(self._sources(), self._gradients(target, self._sources()), strict=True):
            ids = self._ids_of(source)
            if ids is None or gradient is None:
                continue
            size = np.abs(gradient).reshape(*ids.shape, -1).sum(axis=-1)
            steps = self.real[source].reshape(*ids.shape, -1).any(axis=-1)
            zero += float(size[steps & (ids == 0)].sum())
            other += float(size[steps & (ids != 0)].sum())
        return other > 0 and zero <= LEAST_GRADIENT * other

    def _gradient_through(self, consumer: TensorId, targets: Sequence[TensorId]) -> float:
        """Give the gradient of targets that reaches padded steps through the consumer's padded input.

        Relative to the gradient that reaches real steps by whatever way.
        """
        target = self._projection(targets)
        sources = self._sources()
        read = [tensor for tensor in self._node(consumer).inputs if is_float(self.values[tensor])]
        if target is None or not read:
            return 0.0
        total = self._split(self._gradients(target, sources), sources)[1]
        there = self._gradients(target, read)
        padded = 0.0
        for tensor, gradient in zip(read, there, strict=True):
            if gradient is None or self.real[tensor].all():
                continue
            at_padding = np.where(self.real[tensor], 0, gradient).astype(np.float32)
            weights = self.model.framework.tensorflow.constant(at_padding)
            padded += self._split(self._gradients(self.values[tensor], sources, weights), sources)[0]
        return padded / total if total else padded

    def _share(self, targets: Sequence[TensorId]) -> float:
        target = self._projection(targets)
        if target is None:
            return 0.0
        padded, kept = self._split(self._gradients(target, self._sources()), self._sources())
        return padded / (padded + kept) if padded + kept else 0.0

    def _projection(self, targets: Sequence[TensorId]) -> Tensor | None:
        """Give a random combination of what the targets say of real steps."""
        flow = self.model.framework.tensorflow
        total: Tensor | None = None
        with self.tape:  # type: ignore[attr-defined]  # TensorFlow comes without types
            for target in targets:
                value = self.values[target]
                if not is_float(value):
                    continue
                weights = np.random.default_rng(int(target)).normal(size=self.real[target].shape) * self.real[target]
                part = flow.reduce_sum(flow.cast(value, "float32") * weights.astype(np.float32))
                total = part if total is None else total + part
        return total

    def _gradients(
        self, target: Tensor | None, sources: Sequence[TensorId], weights: Tensor | None = None
    ) -> list[Array | None]:
        if target is None:
            return [None] * len(sources)
        flow = self.model.framework.tensorflow
        found = self.tape.gradient(target, [self.values[source] for source in sources], output_gradients=weights)  # type: ignore[attr-defined]  # TensorFlow comes without types
        return [None if one is None else np.asarray(flow.convert_to_tensor(one).numpy()) for one in found]

    def _split(self, gradients: Sequence[Array | None], sources: Sequence[TensorId]) -> tuple[float, float]:
        """Add up the gradients at padded and at real steps."""
        padded = kept = 0.0
        for source, gradient in zip(sources, gradients, strict=True):
            if gradient is not None:
                sizes = np.abs(np.nan_to_num(gradient))
                padded += float(sizes[~self.real[source]].sum())
                kept += float(sizes[self.real[source]].sum())
        return padded, kept

    def _sources(self) -> tuple[TensorId, ...]:
        """Give where the data turns into numbers that have a gradient: embeddings, inputs, and behind any Masking.

        Masking multiplies padded steps by 0, which hides from its input every leak behind it.
        """
        return tuple(node.id for node in self.model.part.nodes if self._is_source(node))

    def _is_source(self, node: Node) -> bool:
        value = self.values[node.id]
        if not is_float(value):
            return False
        before = [self.values[tensor] for tensor in operands(node)]
        makes_mask = mask_of(value) is not None and not any(mask_of(tensor) is not None for tensor in before)
        given = isinstance(node.operation, ApplyOp) and node.operation.mask is not None
        return not any(is_float(tensor) for tensor in before) or (makes_mask and not given)

    def _token_share(self, source: TensorId) -> float | None:
        """Give the pad token's share of one embedding's gradient."""
        ids = self._ids_of(source)
        gradient = self._gradients(self._projection(self.model.part.outputs or self.model.part.consumers), (source,))[0]
        if ids is None or gradient is None or self.real[source].all():
            return None
        rows = gradient.reshape(ids.size, -1)
        padding = ~self.real[source].reshape(ids.size, -1).any(axis=-1)
        token = ids.reshape(-1)[padding][0]
        by_token = [np.linalg.norm(rows[ids.reshape(-1) == one].sum(axis=0)) for one in np.unique(ids)]
        pad = float(np.linalg.norm(rows[ids.reshape(-1) == token].sum(axis=0)))
        return pad / float(sum(by_token)) if sum(by_token) else 0.0

    def _ids_of(self, source: TensorId) -> Array | None:
        """Give the ids that an embedding looked up."""
        inputs = self._node(source).inputs
        ids = self.values[inputs[-1]] if inputs else None
        return None if ids is None or is_float(ids) else ids.numpy()

    # Witness B

    def moved_alone(self, consumer: TensorId) -> float | None:
        """Run a consumer on each row of what it got, without the padded steps, and give how far it moves at most."""
        moves = [move for row in self._rows(consumer) if (move := self._moved_in_row(consumer, row)) is not None]
        return max(moves, default=None)

    def _moved_in_row(self, consumer: TensorId, row: int) -> float | None:
        node = self._node(consumer)
        made = self.values[consumer]
        cropped: Values = {}
        for tensor in operands(node):
            value = self.values[tensor]
            box = None if value is None else presence.row_box(self.real[tensor], row)
            if value is not None and box is None:
                return None
            cropped[tensor] = None if value is None or box is None else self._cropped(value, row, box)
        try:
            with quiet():
                alone = self.model.steps[consumer].run(cropped)
        except Misfit:
            return None
        return None if made is None or alone is None else _distance(made, self.real[consumer], alone, row)

    def _cropped(self, value: Tensor, row: int, box: Sequence[Array]) -> Tensor:
        """Cut a row, and its mask likewise, down to its real steps; the batch is as large as before."""
        flow = self.model.framework.tensorflow
        rows = value.shape[0]
        inside: Tensor = flow.constant(np.repeat(value.numpy()[row][tuple(box)][None], rows, axis=0))
        mask = mask_of(value)
        if mask is None:
            return inside
        axes = len(mask.shape) - 1
        over = np.ix_(*(positions.reshape(-1) for positions in box[:axes])) if axes else ()
        return with_mask(inside, flow.constant(np.repeat(mask.numpy()[row][over][None], rows, axis=0)))

    def _rows(self, consumer: TensorId) -> range:
        made = self.values[consumer]
        return range(0 if made is None else min(made.shape[0], 6))

    def _steps_read_by(self, consumer: TensorId) -> Truth:
        """Give which steps of the consumer's last input are real: of an attention, its keys."""
        return self.real[self._node(consumer).inputs[-1]]

    def _node(self, tensor: TensorId) -> Node:
        return next(node for node in self.model.part.nodes if node.id == tensor)


def try_once(model: RebuiltModel, side: Side, seed: int, real: Mapping[TensorId, Truth] | None = None) -> Trial:
    """Run a model on a padded batch with a tape and with ears at its consumers.

    Args:
        real: which values are about real steps, where an earlier trial of the same side found out.

    Raises:
        Misfit: the model cannot run on a batch like that.
    """
    flow = model.framework.tensorflow
    batch = model.sampler.batch(side, seed)
    tape = flow.GradientTape(persistent=True)
    with ExitStack() as stack, misfits(model.framework):
        layers = {consumer: model.steps[consumer].layer for consumer in model.part.consumers}
        heard = {
            consumer: stack.enter_context(listening(layer)) for consumer, layer in layers.items() if layer is not None
        }
        with tape:
            values = model.run(batch.arrays, lambda _, tensor: tape.watch(tensor))
    known = model.presence(values, batch.real) if real is None else real
    return Trial(model, batch, values, known, tape, heard, np.random.default_rng(seed))


def moved_outputs(trial: Trial) -> float | None:
    """Give how far the model's outputs move, for any sequence, between the padded batch and the sequence alone."""
    moves = [move for row in range(trial.batch.rows) for move in _output_moves(trial, row)]
    return max(moves, default=None)


def _output_moves(trial: Trial, row: int) -> Iterator[float]:
    arrays = trial.batch.alone(row)
    if arrays is None:
        return
    try:
        alone = trial.model.run(arrays)
    except Misfit:
        return
    for output in trial.model.part.outputs:
        made, by_itself = trial.values[output], alone[output]
        if made is not None and by_itself is not None and is_float(made):
            distance = _distance(made, trial.real[output], by_itself, row)
            if distance is not None:
                yield distance


def _distance(made: Tensor, real: Truth, alone: Tensor, row: int) -> float | None:
    """Give how far what was said of a row's real steps is from what is said of the row alone."""
    padded = made.numpy()[row][real[row]].astype(np.float64)
    by_itself = alone.numpy()[0].astype(np.float64).reshape(-1)
    if padded.size != by_itself.size or not padded.size:
        return None
    return float(np.abs(padded - by_itself).max())
