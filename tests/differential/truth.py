"""Run a program in TensorFlow and measure where padding leaks: at each layer that it makes and that reads steps.

The program is executed up to its `fit`, which is recorded and not run. Then the model is called on the data that it was
to be fitted on, with random weights, and the `call` of every layer is replaced by one that records what the layer was
really given, masks included. Each layer that reads steps is then asked

- content: does what it says of real steps change, when data turns into other numbers at the padded ones?
- alone: does it change when a sequence comes without its padding?
- output: does the model's output depend on the padded steps that a recurrent layer ran through, by the gradient?

Nothing of padlint is used here, so that a mistake there cannot hide.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import FrameType, ModuleType

import numpy as np
import tensorflow as tf
from programs import Program
from real_steps import Real, real_in_data, steps_after

SEEDS, MOST_SEEDS = 1, 9
TOLERANCE = 1e-5
LEAST_GRADIENT = 1e-6
FILE = "<program>"

RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM2D"})
READERS = RECURRENT | {
    *("Attention", "AdditiveAttention", "MultiHeadAttention", "GroupedQueryAttention"),
    *("GlobalAveragePooling1D", "GlobalMaxPooling1D", "MaxPooling1D", "AveragePooling1D", "Flatten"),
    *("Conv1D", "SeparableConv1D", "DepthwiseConv1D", "Conv1DTranspose"),
    *("LayerNormalization", "GroupNormalization", "UnitNormalization"),
}
SOURCES = frozenset({"Embedding", "Masking"})
REFUSALS = (ValueError, TypeError, IndexError, AttributeError, tf.errors.OpError)

Place = tuple[int, int]
Array = np.ndarray


class Unusable(Exception):
    """Keras itself refuses the program, or no padding is left in it to ask about."""


def measure(
    program: Program,
    keras: ModuleType,
    seeds: int,
    hasten: Callable[[Sequence[object]], None],
) -> dict[Place, str]:
    """Run a program, and say of each layer that reads steps, by the row and column where it is made, why it leaks.

    It is "" for a layer that does not leak with any of the seeds.

    Args:
        hasten: makes layers run faster, once they are made.

    Raises:
        Unusable: Keras refuses the program.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = _executed(program, keras)
            hasten([layer for layer, _ in made.layers])
            return _measured(program, made, seeds)
        except REFUSALS as error:
            raise Unusable(f"{type(error).__name__}: {error}") from error


# Running the program ----------------------------------------------------------------------------------------------


@dataclass
class Made:
    """What a program left behind: the model, the data to fit it on, its layers and where each was made."""

    layers: list[tuple[object, Place]] = field(default_factory=list)
    model: Callable[..., object] | None = None
    data: Array | None = None
    labels: Array | None = None

    def said(self, data: tf.Tensor, output: tf.Tensor, weights: Array) -> tf.Tensor:
        """Give the number that training or a user cares for: the loss where every step is labelled."""
        if len(self.labels.shape) < 3:
            return tf.reduce_sum(output * weights)
        return self.model.compute_loss(x=data, y=tf.constant(self.labels, "float32"), y_pred=output)


def _executed(program: Program, keras: ModuleType) -> Made:
    made = Made()

    def fit(model: Callable[..., object], x: object, y: object, *_: object, **__: object) -> None:
        made.model, made.data, made.labels = model, np.asarray(x), np.asarray(y)

    original = keras.layers.Layer.__init__

    def noted(layer: object, *arguments: object, **settings: object) -> None:
        original(layer, *arguments, **settings)
        place = _place_in_program(sys._getframe())
        if place is not None:
            made.layers.append((layer, place))

    with _replaced(keras.Model, "fit", fit), _replaced(keras.layers.Layer, "__init__", noted):
        exec(compile(program.text, FILE, "exec"), {"__name__": "program"})
    return made


@contextmanager
def _replaced(holder: object, name: str, value: object) -> Iterator[None]:
    original = getattr(holder, name)
    setattr(holder, name, value)
    try:
        yield
    finally:
        setattr(holder, name, original)


def _place_in_program(frame: FrameType | None) -> Place | None:
    """Give the row and column, 1-based, of the expression of the program that is being evaluated."""
    while frame is not None and frame.f_code.co_filename != FILE:
        frame = frame.f_back
    if frame is None:
        return None
    row, _, column, _ = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    return None if row is None or column is None else (row, column + 1)


# Measuring --------------------------------------------------------------------------------------------------------


def _measured(program: Program, made: Made, seeds: int) -> dict[Place, str]:
    data = tf.constant(made.data.astype("float32" if made.data.ndim > 2 else "int32"))
    real = real_in_data(data.shape[1], program.lengths, padded_first=program.padded_first)
    if not made.model.built:
        made.model(data)
    leaks: dict[Place, str] = {}
    for seed in range(seeds):
        _randomise(made.model.weights, seed)
        for place, leak in _leaks(made, data, real, seed, {place for place, leak in leaks.items() if leak}):
            leaks[place] = leaks.get(place) or leak
        if all(leaks.values()):
            break
    return leaks


def _leaks(made: Made, data: tf.Tensor, real: Real, seed: int, done: set[Place]) -> Iterator[tuple[Place, str]]:
    """Yield, for each call of a layer that reads steps, where the layer was made and why it leaks."""
    run = _Run(data, real)
    with tf.GradientTape() as tape:
        run.tape = tape
        output = run.of(made)
        weights = np.random.default_rng(seed).normal(size=tuple(output.shape)).astype("float32")
        target = made.said(data, output, weights)
    other = _Run(data, real, noise=np.random.default_rng(seed), clean=run)
    other.of(made)
    found: list[tuple[Call, str]] = []
    for call, noisy in zip(run.calls, other.calls, strict=True):
        leak = "known" if call.place in done else _local_leak(call, noisy, seed)
        found.append((call, leak))
    open_ones = [call.inputs[0] for call, leak in found if not leak and call.is_recurrent]
    gradients = dict(zip(map(id, open_ones), tape.gradient(target, open_ones) if open_ones else [], strict=True))
    for call, leak in found:
        gradient = gradients.get(id(call.inputs[0]))
        yield call.place, leak or ("output" if call.is_recurrent and _sits_on_padding(gradient, call.reals[0]) else "")


def _sits_on_padding(gradient: tf.Tensor | None, real: Real) -> bool:
    if gradient is None:
        return False
    sizes = np.abs(np.nan_to_num(gradient.numpy()))
    return bool(sizes[~real].sum() > LEAST_GRADIENT * max(sizes.sum(), LEAST_GRADIENT))


def _randomise(weights: Sequence[object], seed: int) -> None:
    """Draw weights, biases included: N(0, 1) for tables, scaled by the fan-in for kernels, variances positive."""
    random = np.random.default_rng(seed)
    for weight in weights:
        if "float" not in str(weight.dtype):
            continue
        drawn = random.normal(size=tuple(weight.shape))
        if "variance" in weight.name:
            drawn = 0.5 + np.abs(drawn)
        elif "gamma" in weight.name:
            drawn = 1 + 0.2 * drawn
        elif "embeddings" not in weight.name:
            drawn = drawn / np.sqrt(np.prod(drawn.shape[:-1])) if drawn.ndim > 1 else 0.5 * drawn
        weight.assign(drawn.astype("float32"))


# One run of the model ---------------------------------------------------------------------------------------------


@dataclass
class Call:
    """One call of a layer that reads steps.

    Args:
        again: calls the layer once more.
        inputs: the tensors that it was called on, as copies of its own.
        arguments: the tensors in their structure, and what it was called with besides: the masks that arrived.
        reals: which steps of each input are real; None for an input without steps.
    """

    layer: object
    place: Place
    again: Callable[..., object]
    inputs: list[tf.Tensor]
    arguments: tuple[tuple[object, ...], dict[str, object]]
    reals: list[Real | None]
    output: Array

    @property
    def is_recurrent(self) -> bool:
        return type(self.layer).__name__ in RECURRENT

    def on(self, change: Callable[[tf.Tensor], tf.Tensor]) -> Array:
        """Call the layer once more on changed tensors."""
        changed = tf.nest.map_structure(lambda one: change(one) if isinstance(one, tf.Tensor) else one, self.arguments)
        return _first(self.again(*changed[0], **changed[1]))


class _Run:
    """Runs a model with every layer tapped.

    Args:
        noise: replaces what padded steps hold, where data turns into numbers: behind embeddings and Masking layers,
            and in the data itself where no Masking reads it.
        clean: the run without noise: what a layer said there of real steps is put back, so that no layer is blamed for
            one before it.
    """

    def __init__(
        self, data: tf.Tensor, real: Real, noise: np.random.Generator | None = None, clean: _Run | None = None
    ) -> None:
        self.data, self.real, self.noise, self.clean = data, real, noise, clean
        self.calls: list[Call] = []
        self.called: list[object] = []
        self.tape: tf.GradientTape | None = None
        self._noted: dict[int, tuple[tf.Tensor, Real | None]] = {}

    def of(self, made: Made) -> tf.Tensor:
        wrapped = {id(inner) for layer, _ in made.layers for inner in _wrapped(layer)}
        with ExitStack() as taps:
            for layer, place in made.layers:
                if id(layer) not in wrapped:
                    taps.enter_context(_replaced(layer, "call", self._tap(layer, place)))
            masked = self.clean is not None and _masks_first(self.clean.called)
            data = self.data if masked else self._with_noise(self.data, self.real)
            self._note(data, self.real)
            return made.model(data)

    def _tap(self, layer: object, place: Place) -> Callable[..., object]:
        original = layer.call

        def call(*inputs: object, **arguments: object) -> object:
            self.called.append(layer)
            tensors = [one for one in tf.nest.flatten(inputs) if isinstance(one, tf.Tensor)]
            reals = [self._real_steps(tensor) for tensor in tensors]
            reads = type(layer).__name__ in READERS and any(real is not None and not real.all() for real in reals)
            if reads:
                copies = {id(tensor): self._copied(tensor) for tensor in tensors}
                inputs = tf.nest.map_structure(lambda one: copies.get(id(one), one), inputs)
                tensors = [copies[id(tensor)] for tensor in tensors]
            made = original(*inputs, **arguments)
            if reads:
                self.calls.append(Call(layer, place, original, tensors, (inputs, arguments), reals, _first(made)))
                made = self._put_back(layer, made, reals)
            return self._passed(layer, made, reals)

        return call

    def _passed(self, layer: object, made: object, reals: Sequence[Real | None]) -> object:
        """Note which steps of what a layer made are real, and let noise in behind a source."""
        if type(layer).__name__ in SOURCES:
            made = self._with_noise(made, reals[0])
        for tensor in tf.nest.flatten(made):
            if isinstance(tensor, tf.Tensor):
                self._note(tensor, steps_after(layer, reals, tuple(tensor.shape)))
        return made

    def _put_back(self, layer: object, made: object, reals: Sequence[Real | None]) -> object:
        if self.clean is None or not isinstance(made, tf.Tensor):
            return made
        said = self.clean.calls[len(self.calls) - 1].output
        real = steps_after(layer, reals, tuple(made.shape))
        if real is None:
            return tf.constant(said)
        return tf.where(real.reshape(*real.shape, *[1] * (len(made.shape) - 2)), said, made)

    def _copied(self, tensor: tf.Tensor) -> tf.Tensor:
        """Copy a tensor and the mask on it, so that a gradient by the copy is what goes through one layer alone."""
        copy = _masked_like(tensor, tf.identity(tensor))
        if self.tape is not None:
            self.tape.watch(copy)
        return copy

    def _with_noise(self, tensor: tf.Tensor, real: Real | None) -> tf.Tensor:
        if self.noise is None or real is None or not tensor.dtype.is_floating:
            return tensor
        noise = self.noise.normal(scale=2.0, size=tuple(tensor.shape)).astype("float32")
        return _masked_like(tensor, tf.where(real.reshape(*real.shape, *[1] * (len(tensor.shape) - 2)), tensor, noise))

    def _note(self, tensor: tf.Tensor, real: Real | None) -> None:
        self._noted[id(tensor)] = tensor, real

    def _real_steps(self, tensor: tf.Tensor) -> Real | None:
        """Give the real steps of a tensor: noted at a tap, or behind raw operations those of the last one as long."""
        if id(tensor) in self._noted:
            return self._noted[id(tensor)][1]
        alike = (real for noted, real in reversed(self._noted.values()) if noted.shape[:2] == tensor.shape[:2])
        return next((real for real in alike if real is not None), None)


def _masks_first(called: Sequence[object]) -> bool:
    """Say whether a Masking is one of the first layers that were called, models and their inputs aside."""
    own = [layer for layer in called if not (hasattr(layer, "fit") or type(layer).__name__ == "InputLayer")]
    return any(type(layer).__name__ == "Masking" for layer in own[:2])


def _wrapped(layer: object) -> Iterator[object]:
    for name in ("layer", "forward_layer", "backward_layer", "cell"):
        inner = getattr(layer, name, None)
        if inner is not None:
            yield inner


def _masked_like(tensor: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    mask = getattr(tensor, "_keras_mask", None)
    if mask is not None:
        other._keras_mask = mask
    return other


def _first(made: object) -> Array:
    return np.asarray(tf.nest.flatten(made)[0].numpy())


# What a layer says of real steps ----------------------------------------------------------------------------------


def _local_leak(call: Call, noisy: Call, seed: int) -> str:
    real = steps_after(call.layer, call.reals, call.output.shape)
    if _content_matters(call, noisy, real):
        return "content"
    counts = sorted({int(count) for one in call.reals if one is not None for count in one.sum(axis=1)})
    return "alone" if _differs_alone(call, real, counts[seed % len(counts)]) else ""


def _content_matters(call: Call, noisy: Call, real: Real | None) -> bool:
    """Put what padded steps hold in the noisy run in the place of what they hold in this one."""
    replaced: dict[int, tf.Tensor] = {}
    for tensor, other, own in zip(call.inputs, noisy.inputs, call.reals, strict=True):
        if own is not None and tensor.dtype.is_floating:
            kept = own.reshape(*own.shape, *[1] * (len(tensor.shape) - 2))
            mixed = np.where(kept, tensor.numpy(), other.numpy())
            if _differ(mixed, tensor.numpy()):
                replaced[id(tensor)] = _masked_like(tensor, tf.constant(mixed))
    if not replaced:
        return False
    after = call.on(lambda tensor: replaced.get(id(tensor), tensor))
    return _differ(*(value if real is None else value[real] for value in (call.output, after)))


def _differs_alone(call: Call, real: Real | None, length: int) -> bool:
    """Compare what is said of the rows of one length with what is said of them without padding."""
    first = next(one for one in call.reals if one is not None)
    rows = np.flatnonzero(first.sum(axis=1) == length)
    windowed = real is not None and real.shape[1] != first.shape[1]
    convolved = windowed and hasattr(call.layer, "kernel_size")
    pooled = windowed and hasattr(call.layer, "pool_size")
    if not length or any(one is not None and not np.array_equal(one, first) for one in call.reals):
        return False

    def cropped(tensor: tf.Tensor) -> tf.Tensor:
        values = tensor.numpy()[rows]
        for axis in range(1, values.ndim):
            if values.shape[axis] == first.shape[1] and (axis == 1 or values.dtype == bool):
                kept = [row.compress(first[at], axis=axis - 1) for at, row in zip(rows, values, strict=True)]
                values = np.stack(kept)
        # No step of a sequence alone is padding, so that no mask hides any.
        crop = tf.constant(np.ones_like(values) if values.dtype == bool else values)
        mask = getattr(tensor, "_keras_mask", None)
        if mask is not None:
            crop._keras_mask = cropped(mask)
        return crop

    try:
        alone = call.on(cropped)
    except REFUSALS:
        return False
    padded = [call.output[row] if real is None else call.output[row][real[row]] for row in rows]
    if all(one.shape == other.shape for one, other in zip(padded, alone, strict=True)):
        return _differ(np.stack(padded), alone)
    # A window that lies across the end of a sequence says something that is not said of the sequence alone.
    return convolved or (pooled and _differs_filled_up(call, real, first))


def _differs_filled_up(call: Call, real: Real, first: Real) -> bool:
    """Compare pooled windows with what they say where padded steps hold the nearest real one, which is their own."""
    nearest = [np.clip(np.arange(row.size), row.argmax(), row.size - 1 - row[::-1].argmax()) for row in first]
    filled = call.on(lambda tensor: tf.gather(tensor, nearest, batch_dims=1))
    return _differ(call.output[real], filled[real])


def _differ(one: Array, other: Array) -> bool:
    return not np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
