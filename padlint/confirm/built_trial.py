"""Run a model that is there on a padded batch, with taps on its consumers and on where its data turns into numbers.

A tap replaces `call` on a layer object by one that calls the original, watches what goes in and out, and returns the
same objects, so that the masks on them stay. The model is never split.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import field

import numpy as np

from padlint.confirm.frameworks import Framework, LayerObject
from padlint.confirm.replay import Misfit, Values, misfits, quiet
from padlint.confirm.sequences import Batch, Sampler
from padlint.confirm.taps import MASKS, Heard
from padlint.confirm.tensors import Array, Tensor, Truth, is_float, mask_of, tensor_of, with_mask
from padlint.confirm.trial import Reader, Trial
from padlint.dataclass import dataclass
from padlint.graph import Side, TensorId


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """A Keras model, what its batches look like, and which of its layers are tapped.

    Args:
        consumers: layers that read steps.
        sources: embeddings and Masking layers.
        recurrent: which of the consumers run on through the steps, by their numbers.
    """

    framework: Framework
    model: LayerObject
    sampler: Sampler
    consumers: tuple[LayerObject, ...]
    sources: tuple[LayerObject, ...]
    recurrent: frozenset[int]


@dataclass(frozen=True, slots=True)
class TappedTrial:
    """A trial, and for each consumer in it the number of the layer that it is a call of."""

    trial: Trial
    layers: Mapping[TensorId, int]


def try_built(built: BuiltModel, side: Side, seed: int) -> TappedTrial:
    """Run a model on a padded batch.

    Raises:
        Misfit: it does not take such a batch.
    """
    flow = built.framework.tensorflow
    batch = built.sampler.batch(side, seed)
    tape = flow.GradientTape(persistent=True)
    record = _Recording(built.framework, _Lengths(batch, built.sampler), tape, built.recurrent)
    with misfits(built.framework), quiet(), tape, ExitStack() as taps:
        for number, layer in enumerate(built.consumers):
            taps.enter_context(record.tapped(layer, number))
        for layer in built.sources:
            taps.enter_context(record.tapped(layer, None))
        given = [record.given(flow.constant(array)) for array in batch.arrays.values()]
        made = flow.nest.flatten(_applied(built, given))
        outputs = tuple(record.keep(tensor_of(output)) for output in made if is_float(output))

    def alone(row: int) -> Values | None:
        arrays = batch.alone(row)
        if arrays is None:
            return None
        try:
            with misfits(built.framework), quiet():
                found = flow.nest.flatten(_applied(built, [flow.constant(array) for array in arrays.values()]))
        except Misfit:
            return None
        return dict(zip(outputs, [tensor_of(one) for one in found if is_float(one)], strict=True))

    trial = Trial(
        framework=built.framework,
        tape=tape,
        rows=batch.rows,
        values=record.values,
        real=record.real,
        sources=tuple(record.sources),
        ids=record.ids,
        outputs=outputs,
        readers=record.readers,
        alone=alone,
    )
    return TappedTrial(trial, record.layers)


def _applied(built: BuiltModel, inputs: Sequence[Tensor]) -> object:
    return built.model(inputs[0]) if len(inputs) == 1 else built.model(list(inputs))


# What is recorded -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Lengths:
    """Which steps of a batch are real, for a tensor of which nothing is known but its shape."""

    batch: Batch
    sampler: Sampler

    def of(self, shape: Sequence[int], *, every_axis: bool = False) -> Truth:
        """Take an axis that is as long as a padded input for its steps; axis 1 only, unless every one may be."""
        real = np.ones(tuple(shape), dtype=np.bool_)
        for axis in range(1, len(shape)) if every_axis else (1,):
            steps = self._steps(shape[axis]) if axis < len(shape) else None
            if steps is not None and shape[0] == self.batch.rows:
                real &= steps.reshape(
                    shape[0], *(shape[axis] if other == axis else 1 for other in range(1, len(shape)))
                )
        return real

    def _steps(self, length: int) -> Truth | None:
        for real in self.batch.real.values():
            if real.ndim > 1 and real.shape[1] == length and not real.all():
                return np.array(real.reshape(self.batch.rows, length, -1).any(axis=-1))
        return None


@dataclass(slots=True)
class _Recording:
    """Every tensor that passed a tap, under numbers of its own."""

    framework: Framework
    lengths: _Lengths
    tape: object
    recurrent: frozenset[int]
    values: Values = field(default_factory=dict)
    real: dict[TensorId, Truth] = field(default_factory=dict)
    sources: list[TensorId] = field(default_factory=list)
    ids: dict[TensorId, Array] = field(default_factory=dict)
    readers: dict[TensorId, Reader] = field(default_factory=dict)
    layers: dict[TensorId, int] = field(default_factory=dict)

    def keep(self, tensor: Tensor, *, every_axis: bool = False) -> TensorId:
        """Keep a tensor, and watch it."""
        number = TensorId(len(self.values))
        self.values[number] = tensor
        self.real[number] = self.lengths.of(tensor.shape, every_axis=every_axis)
        if is_float(tensor):
            self.tape.watch(tensor)  # type: ignore[attr-defined]  # TensorFlow comes without types
        return number

    def given(self, tensor: Tensor) -> Tensor:
        """Keep one of the model's inputs."""
        number = self.keep(tensor)
        if is_float(tensor):
            self.sources.append(number)
        return tensor

    @contextmanager
    def tapped(self, layer: LayerObject, consumer: int | None) -> Iterator[None]:
        """Tap a layer: a consumer, by its number, or a source."""
        original = layer.call

        def call(*inputs: object, **arguments: object) -> object:
            if consumer is not None:
                inputs = self._copied(inputs)
            read = [
                self.keep(tensor_of(one)) for one in self.framework.tensorflow.nest.flatten(inputs) if one is not None
            ]
            made = original(*inputs, **arguments)
            first = self.framework.tensorflow.nest.flatten(made)[0]
            number = self.keep(tensor_of(first))
            if consumer is None:
                self._add_source(number, read)
            else:
                self.layers[number] = consumer
                self._add_reader(number, read, layer, inputs, arguments)
            return made

        layer.call = call
        try:
            yield
        finally:
            layer.call = original

    def _copied(self, inputs: tuple[object, ...]) -> tuple[object, ...]:
        """Copy tensors, so that a gradient by a copy goes through the layer that gets it alone."""
        flow = self.framework.tensorflow
        copies = {
            id(one): with_mask(tensor_of(flow.identity(one)), mask_of(one))
            for one in flow.nest.flatten(inputs)
            if one is not None
        }
        copied: tuple[object, ...] = flow.nest.map_structure(lambda one: copies.get(id(one), one), inputs)
        return copied

    def _add_source(self, number: TensorId, read: Sequence[TensorId]) -> None:
        self.sources.append(number)
        ids, made = self.values[read[0]] if read else None, self.values[number]
        if ids is not None and made is not None and len(made.shape) > len(ids.shape):
            self.ids[number] = ids.numpy()

    def _add_reader(
        self,
        number: TensorId,
        read: Sequence[TensorId],
        layer: LayerObject,
        inputs: Sequence[object],
        arguments: Mapping[str, object],
    ) -> None:
        """Note how a consumer was called, so that it can be called so again on shorter sequences."""
        nest = self.framework.tensorflow.nest
        own = [mask_of(self.values[tensor]) for tensor in read]
        explicit = {
            name: value
            for name, value in arguments.items()
            if name not in MASKS or not any(one is mask for one in nest.flatten(value) for mask in own)
        }
        flat = nest.flatten(explicit)
        more = {place: self.keep(one, every_axis=True) for place, one in enumerate(flat) if hasattr(one, "numpy")}

        def again(values: Values) -> Tensor | None:
            passed = [values[more[place]] if place in more else one for place, one in enumerate(flat)]
            tensors = nest.pack_sequence_as(inputs, [values[tensor] for tensor in read])
            with misfits(self.framework):
                found = layer(*tensors, **nest.pack_sequence_as(explicit, passed))
            return tensor_of(nest.flatten(found)[0])

        heard = Heard({name: value for name, value in arguments.items() if name in MASKS})
        carries = self.layers[number] in self.recurrent
        self.readers[number] = Reader(tuple(read), (*read, *more.values()), again, heard, carries=carries)
