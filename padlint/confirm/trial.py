"""Ask what padding did to a consumer in one run of a model on a padded batch.

Witness A, the gradient: what the consumer, or the model, says of real steps is differentiated with respect to the
padded steps, through the consumer's own padded input. With a right mask it is exactly 0.
Witness B, each sequence alone: the consumer is run again on each row without its padding, and has to say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field

import numpy as np

from padlint.confirm import presence
from padlint.confirm.frameworks import Framework
from padlint.confirm.replay import Misfit, Values, quiet
from padlint.confirm.taps import Heard
from padlint.confirm.tensors import Array, Tensor, Truth, is_float, mask_of, with_mask
from padlint.dataclass import dataclass
from padlint.finding import ArrivedMask
from padlint.graph import TensorId

SEEDS = 9
SEEDS_FOR_FIGURES = 2
SEEDS_OF_SMALL_WEIGHTS = (6, 8)

LEAST_GRADIENT = 1e-6
LEAST_MOVE = 1e-5
_MOST_STEPS = 7
_NO_VALUE = 1e6  # TensorFlow pools fewer steps than a window has into values like 1e31


@dataclass(frozen=True, slots=True)
class Reader:
    """A consumer in a run.

    Args:
        inputs: the tensors whose steps it reads, as copies of its own.
        operands: the tensors that it was called on, and the masks and states that it was given.
        again: runs it once more on other operands.
        heard: the masks that arrived in its `call`; None for what is no layer.
        sole: whether nothing but it reads those copies, as another output of the same call does.
        carries: whether what it hands on at padded steps is its own doing, as a state that ran on through them is.
        convolves: whether it reads windows of steps, each with weights of its own.
        pools: whether it reads windows of steps without weights.
    """

    inputs: tuple[TensorId, ...]
    operands: tuple[TensorId, ...]
    again: Callable[[Values], Tensor | None]
    heard: Heard | None = None
    sole: bool = False
    carries: bool = False
    convolves: bool = False
    pools: bool = False


@dataclass(frozen=True, slots=True)
class Showing:
    """What a trial showed at one consumer.

    Args:
        leak: the share of the sensitivity of the model's output, or of the consumer's, that sits on padded steps; None
            where that was not asked.
        moved: how far the consumer moves when the padding is taken away; None when it cannot run without.
        mask: the mask that arrived.
        reason: what a leak is, where it is not one of what is said of real steps.
    """

    leaks: bool
    leak: float | None
    moved: float | None = None
    mask: ArrivedMask | None = None
    reason: str | None = None


@dataclass(slots=True)
class Trial:
    """What one run on a padded batch left behind.

    Args:
        tape: the gradient tape that watched.
        values: the tensors that are asked about.
        real: which of their values are about real steps.
        sources: where data turns into numbers that have a gradient: embeddings, inputs, and behind any Masking, since
            that multiplies padded steps by 0 and so hides from its input every leak behind it.
        ids: the ids that a source looked up.
        outputs: the model's outputs that depend on a consumer.
        alone: runs the model on one row's sequences without their padding, where they can run so.
        stirred: whether padded steps hold other numbers than they do in the program.
    """

    framework: Framework
    tape: object
    rows: int
    values: Values
    real: Mapping[TensorId, Truth]
    sources: tuple[TensorId, ...]
    ids: Mapping[TensorId, Array]
    outputs: tuple[TensorId, ...]
    readers: Mapping[TensorId, Reader]
    alone: Callable[[int], Values | None]
    stirred: bool = False
    _shift: list[float | None] = field(default_factory=list)
    _gradients: dict[tuple[TensorId, ...], Mapping[TensorId, Array]] = field(default_factory=dict)

    def at(self, consumer: TensorId) -> Showing:
        """Ask both witnesses at a consumer."""
        reader = self.readers[consumer]
        gradient = self._gradient_at(consumer)
        if gradient <= LEAST_GRADIENT and self._carries(reader):
            gradient = self._gradient_carried(consumer)
        leaks = gradient > LEAST_GRADIENT
        # A run of the consumer costs more than a gradient, and says nothing new of a leak whose size the outputs tell.
        moved = None if leaks and self.outputs else self._moved_alone(consumer)
        return Showing(
            leaks=leaks or (moved or 0) > LEAST_MOVE,
            leak=self.share(self.outputs) or self.share((consumer,)),
            moved=moved,
            mask=reader.heard.arrived(self.real[reader.inputs[-1]]) if reader.heard else ArrivedMask.NONE,
        )

    # Witness A

    def share(self, targets: tuple[TensorId, ...]) -> float:
        """Give the share of some tensors' gradient that sits on padded steps."""
        padded, kept = self._split(self._gradients_of(targets))
        return padded / (padded + kept) if padded + kept else 0.0

    def sizes_read(self, consumer: TensorId, output: TensorId, weights: Array) -> Iterator[tuple[Array, Array]]:
        """Yield how much of a weighted output depends on each input of a consumer: at padded steps, and at all."""
        reader = self.readers[consumer]
        of = self.framework.tensorflow.constant(weights.astype(np.float32))
        watched = [tensor for tensor in reader.inputs if is_float(self.values[tensor])] if self._carries(reader) else []
        for tensor, gradient in self._differentiated(self.values[output], watched, of).items():
            sizes = np.abs(gradient)
            yield sizes[~self.real[tensor]], sizes

    def token_share(self) -> float | None:
        """Give the pad token's share of the gradient of an embedding's rows; None without an embedding."""
        gradients = self._gradients_of(self.outputs or tuple(self.readers))
        shares = [self._token_share(source, gradients[source]) for source in self.sources if source in gradients]
        return max((share for share in shares if share is not None), default=None)

    def hides_real_steps(self, consumer: TensorId) -> bool:
        """Say whether real steps of token 0 do not count at a consumer, while the others do."""
        gradients = self._gradients_of((consumer,))
        sizes: dict[bool, list[float]] = {True: [], False: []}
        for source in self.ids.keys() & gradients.keys():
            ids = self.ids[source]
            size = np.abs(gradients[source]).reshape(*ids.shape, -1).sum(axis=-1)
            steps = self.real[source].reshape(*ids.shape, -1).any(axis=-1)
            for is_zero, found in sizes.items():
                found.extend(size[steps & ((ids == 0) == is_zero)].tolist())
        other = sum(sizes[False])
        return bool(sizes[True]) and other > 0 and sum(sizes[True]) <= LEAST_GRADIENT * other

    def _carries(self, reader: Reader) -> bool:
        """Say whether what a consumer hands on at padded steps is to be followed: not through steps that were stirred.

        What is multiplied by the zeros that the program really has there gets no further.
        """
        return reader.carries and not self.stirred

    def _gradient_at(self, consumer: TensorId) -> float:
        """Give the gradient that reaches padded steps of what is said of real ones: by the outputs where they tell.

        Their gradient is there already, and whatever of it goes through a consumer that says nothing of padded steps is
        of real ones. Where they do not depend on it, as behind a ReLU that is off, what it says itself is asked.
        """
        if self.outputs and self.readers[consumer].sole and self.real[consumer].all():
            gradient = self._gradient_through(consumer, self.outputs)
            if gradient > LEAST_GRADIENT:
                return gradient
        return self._gradient_through(consumer, (consumer,))

    def _gradient_through(self, consumer: TensorId, targets: tuple[TensorId, ...]) -> float:
        """Give the gradient of targets that reaches padded steps through the consumer's padded input.

        Relative to the gradient that reaches real steps by whatever way.
        """
        gradients = self._gradients_of(targets)
        padded = 0.0
        for tensor in self.readers[consumer].inputs:
            at_padding = np.where(self.real[tensor], 0, gradients.get(tensor, 0))
            if at_padding.any():
                weights = self.framework.tensorflow.constant(at_padding.astype(np.float32))
                padded += self._split(self._differentiated(self.values[tensor], self.sources, weights))[0]
        kept = self._split(gradients)[1]
        return padded / kept if kept else padded

    def _gradient_carried(self, consumer: TensorId) -> float:
        """Give the share, on padded steps, of the outputs' gradient by what a consumer was called on.

        Not followed to the sources: a ReLU has no gradient at a padding of 0, and yet the state runs on through it.
        """
        gradients = self._gradients_of(self.outputs)
        padded = total = 0.0
        for tensor in self.readers[consumer].inputs:
            if tensor in gradients:
                sizes = np.abs(gradients[tensor])
                padded += float(sizes[~self.real[tensor]].sum())
                total += float(sizes.sum())
        return padded / total if total else 0.0

    def _gradients_of(self, targets: tuple[TensorId, ...]) -> Mapping[TensorId, Array]:
        """Differentiate a random combination of what targets say of real steps, by sources and consumers' inputs."""
        if targets not in self._gradients:
            read = (tensor for reader in self.readers.values() for tensor in reader.inputs)
            watched = [tensor for tensor in dict.fromkeys((*self.sources, *read)) if is_float(self.values[tensor])]
            self._gradients[targets] = self._differentiated(self._projection(targets), watched)
        return self._gradients[targets]

    def _projection(self, targets: Sequence[TensorId]) -> Tensor | None:
        flow = self.framework.tensorflow
        total: Tensor | None = None
        with self.tape:  # type: ignore[attr-defined]  # TensorFlow comes without types
            for target in targets:
                value = self.values[target]
                if is_float(value):
                    weights = np.random.default_rng(int(target)).normal(size=self.real[target].shape)
                    weights = (weights * self.real[target]).astype(np.float32)
                    part = flow.reduce_sum(flow.cast(value, "float32") * weights)
                    total = part if total is None else total + part
        return total

    def _differentiated(
        self, target: Tensor | None, by: Sequence[TensorId], weights: Tensor | None = None
    ) -> Mapping[TensorId, Array]:
        """Give the gradients of a tensor by others, where there are any."""
        if target is None:
            return {}
        flow = self.framework.tensorflow
        watched = [self.values[tensor] for tensor in by]
        found = self.tape.gradient(target, watched, output_gradients=weights)  # type: ignore[attr-defined]  # as above
        return {
            tensor: np.nan_to_num(flow.convert_to_tensor(gradient).numpy())
            for tensor, gradient in zip(by, found, strict=True)
            if gradient is not None
        }

    def _split(self, gradients: Mapping[TensorId, Array]) -> tuple[float, float]:
        """Add up the sources' gradients at padded and at real steps."""
        padded = kept = 0.0
        for source in self.sources:
            if source in gradients:
                sizes = np.abs(gradients[source])
                padded += float(sizes[~self.real[source]].sum())
                kept += float(sizes[self.real[source]].sum())
        return padded, kept

    def _token_share(self, source: TensorId, gradient: Array) -> float | None:
        ids = self.ids.get(source)
        if ids is None or self.real[source].all():
            return None
        flat, rows = ids.reshape(-1), gradient.reshape(ids.size, -1)
        token = flat[~self.real[source].reshape(ids.size, -1).any(axis=-1)][0]
        sizes = {one: float(np.linalg.norm(rows[flat == one].sum(axis=0))) for one in np.unique(flat)}
        total = sum(sizes.values())
        return sizes[token] / total if total else 0.0

    # Witness B

    def shift(self) -> float | None:
        """Give how far the model's outputs move between the padded batch and one of its sequences alone; None without.

        The sequence is the first, with the most padding, or where that shows nothing the first that does.
        """
        if not self._shift:
            self._shift.append(_telling(max(self._output_moves(row), default=None) for row in range(self.rows)))
        return self._shift[0]

    def _output_moves(self, row: int) -> Iterator[float]:
        alone = self.alone(row)
        for output in self.outputs if alone is not None else ():
            made, by_itself = self.values[output], None if alone is None else alone.get(output)
            if made is not None and by_itself is not None and is_float(made):
                yield from _distances(made, self.real[output], by_itself, row)

    def _moved_alone(self, consumer: TensorId) -> float | None:
        """Run a consumer on a row of what it got, without the padded steps, and give how far it moves; row by row."""
        made = self.values[consumer]
        # Where steps were made rows of their own (TimeDistributed), each sequence has several.
        each = 0 if made is None else made.shape[0] // self.rows
        rows = [row * each + step for row in range(self.rows) for step in range(min(each, _MOST_STEPS))]
        return _telling(max(self._moves_in_row(consumer, row), default=None) for row in rows)

    def _moves_in_row(self, consumer: TensorId, row: int) -> Iterator[float]:
        reader, made = self.readers[consumer], self.values[consumer]
        alone = self._again_on(reader, row, lambda box, _: box)
        if made is None or alone is None:
            return
        yield from _distances(made, self.real[consumer], alone, row)
        says_more = self.real[consumer][row].sum() > alone.numpy()[0].size
        if reader.convolves and says_more:
            # A window that lies across the end of the sequence says something that is not said of it alone.
            yield float(np.abs(made.numpy()[row]).max())
        if reader.pools and says_more:
            # Such a window of a pooling is right where it makes nothing of the padding: as if the last step came again.
            repeated = self._again_on(reader, row, presence.filled_up)
            if repeated is not None and repeated.shape == made.shape:
                of_row = self.real[consumer][row]
                yield float(np.abs(made.numpy()[row][of_row] - repeated.numpy()[0][of_row]).max())

    def _again_on(
        self, reader: Reader, row: int, positions: Callable[[presence.Box, Sequence[int]], presence.Box]
    ) -> Tensor | None:
        """Run a consumer once more on one row, as often as the batch has rows; None where it cannot run so.

        Args:
            positions: gives which positions of an operand to take, from those of its real values and its shape.
        """
        cropped: Values = {}
        for tensor in reader.operands:
            value = self.values[tensor]
            box = None if value is None else presence.row_box(self.real[tensor], row)
            if value is not None and box is None:
                return None
            if value is None or box is None:
                cropped[tensor] = None
            else:
                cropped[tensor] = self._cropped(value, row, positions(box, value.shape[1:]))
        try:
            with quiet():
                return reader.again(cropped)
        except Misfit:
            return None

    def _cropped(self, value: Tensor, row: int, box: presence.Box) -> Tensor:
        """Cut a row down to its real steps, of which its mask hides none; the batch is as large as before."""
        flow = self.framework.tensorflow
        rows = value.shape[0]
        inside: Tensor = flow.constant(np.repeat(value.numpy()[row][tuple(box)][None], rows, axis=0))
        mask = mask_of(value)
        if mask is None:
            return inside
        axes = len(mask.shape) - 1
        over = np.ix_(*(positions.reshape(-1) for positions in box[:axes])) if axes else ()
        return with_mask(inside, flow.ones((rows, *mask.numpy()[row][over].shape), "bool"))


def _telling(moves: Iterable[float | None]) -> float | None:
    """Give the first move that is one, else the largest that was seen; None when none was."""
    most = None
    for move in moves:
        if move is not None:
            most = max(move, most or 0.0)
            if move > LEAST_MOVE:
                break
    return most


def _distances(made: Tensor, real: Truth, alone: Tensor, row: int) -> Iterator[float]:
    """Yield how far what was said of a row's real steps is from what is said of the row alone."""
    padded = made.numpy()[row][real[row]].astype(np.float64)
    by_itself = alone.numpy()[0].astype(np.float64).reshape(-1)
    if padded.size == by_itself.size and padded.size and np.abs(by_itself).max() < _NO_VALUE:
        yield float(np.abs(padded - by_itself).max())
