"""Measure one experiment: where its gradients sit, and how far its output moves when padding is added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from experiments import Experiment, Side
from programs import Program, made_to_run

from padlint.confirm.frameworks import Framework, LayerObject, Tensor
from padlint.confirm.replay import quiet
from padlint.confirm.trial import LEAST_MOVE
from padlint.confirm.weights import randomise

Array = npt.NDArray[np.float32]
Where = npt.NDArray[np.bool_]

SEEDS = 5
ROWS = 4
REAL = 6
PADDED = 12


@dataclass(frozen=True, slots=True)
class Figures:
    """What one experiment showed, as means over the seeds.

    Args:
        gradient: the share of the loss's gradient with respect to the input that sits on padding; behind a Masking
            layer where the model starts with one, as that multiplies padded steps by 0 and would hide the rest.
        kernel: the share of the gradient of the first layer's kernel that comes from padding.
        bias: the same for its bias; None without one, or where it belongs to no position.
        shift: how far the output moves when the padding is added, relative to its size; None where the layers only fit
            one length.
    """

    gradient: float
    kernel: float
    bias: float | None
    shift: float | None


def measure(framework: Framework, experiment: Experiment, side: Side) -> Figures:
    """Measure an experiment on one side of padding."""
    found = [_measured(framework, experiment, side, seed) for seed in range(SEEDS)]
    return Figures(
        gradient=_mean([one.gradient for one in found]),
        kernel=_mean([one.kernel for one in found]),
        bias=_mean_of_known([one.bias for one in found]),
        shift=_mean_of_known([one.shift for one in found]),
    )


def _measured(framework: Framework, experiment: Experiment, side: Side, seed: int) -> Figures:
    case = _of_program(experiment.program) if experiment.program else _drawn(experiment, side, seed)
    layers = experiment.layers(framework)
    with quiet():
        applied(layers, framework.tensorflow.constant(case.padded))
        randomise(layers, seed)
        run = _Run.of(framework, layers, case)
        kernel, bias = run.weight_shares(case.real)
        return Figures(
            gradient=_share(run.input_gradient(), case.real),
            kernel=kernel,
            bias=bias,
            shift=_shift(framework, layers, case, run.output),
        )


@dataclass(frozen=True, slots=True)
class _Case:
    """Padded input, which of its values are real, and what the model is trained to say: None for random targets."""

    padded: Array
    real: Where
    targets: Array | None = None
    loss: str = "mse"
    seed: int = 0


def _of_program(program: Program) -> _Case:
    """Take a program's own data, in which what is not 0 is real."""
    data = made_to_run(program)
    return _Case(data.inputs, data.inputs != 0, data.targets, data.loss)


def _drawn(experiment: Experiment, side: Side, seed: int) -> _Case:
    """Draw padded sequences."""
    shape = (ROWS, PADDED, experiment.features) if experiment.features else (ROWS, PADDED)
    real = np.zeros(shape, dtype=np.bool_)
    real[:, slice(REAL) if side is Side.RIGHT else slice(-REAL, None)] = True
    content = np.random.default_rng(seed).normal(size=shape)
    return _Case(np.where(real, content, experiment.value).astype(np.float32), real, seed=seed)


def applied(layers: Sequence[LayerObject], value: object) -> object:
    """Apply layers one after the other."""
    for layer in layers:
        value = layer(value)
    return value


# One run ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """A run under a gradient tape: the loss, and what went into and came out of the first layer with weights."""

    framework: Framework
    layers: Sequence[LayerObject]
    tape: object
    given: Tensor
    loss: Tensor
    entered: Tensor
    left: Tensor
    first: LayerObject
    output: Array

    @classmethod
    def of(cls, framework: Framework, layers: Sequence[LayerObject], case: _Case) -> _Run:
        flow = framework.tensorflow
        given = flow.constant(case.padded)
        first = next(layer for layer in layers if layer.weights)
        with flow.GradientTape(persistent=True) as tape:
            tape.watch(given)
            value: Tensor = given
            for layer in layers:
                made = layer(value)
                if value is given and type(layer).__name__ == "Masking":
                    given = made
                    tape.watch(given)
                if layer is first:
                    entered, left = value, made
                value = made
            drawn = np.random.default_rng(case.seed + 1).normal(size=tuple(value.shape)).astype(np.float32)
            targets = drawn if case.targets is None else case.targets
            loss = flow.reduce_mean(framework.keras.losses.get(case.loss)(targets, value))
        return cls(framework, layers, tape, given, loss, entered, left, first, np.asarray(value.numpy()))

    def input_gradient(self) -> Array:
        """Differentiate the loss with respect to the input."""
        return np.asarray(self.tape.gradient(self.loss, self.given).numpy())

    def weight_shares(self, real: Where) -> tuple[float, float | None]:
        """Give the padding's share of the gradient of the first layer's kernel, and of its bias."""
        if hasattr(self.first, "cell"):
            return self._shares_of_steps(real)
        if real.ndim == 2:
            kernel = np.asarray(self.tape.gradient(self.loss, _variable(self.first.kernel)).numpy())
            rows = np.broadcast_to(real[0][:, None], kernel.shape)
            return _share(kernel, rows), None
        return self._shares_of_positions(real)

    def _shares_of_positions(self, real: Where) -> tuple[float, float | None]:
        """Split the gradient by the positions of the layer's output through which it comes."""
        flow = self.framework.tensorflow
        upstream = np.asarray(self.tape.gradient(self.loss, self.left).numpy())
        here = np.broadcast_to(real.any(axis=-1, keepdims=True), upstream.shape)
        weights = [_variable(weight) for weight in self.first.weights]
        parts = []
        for chosen in (~here, here):
            at = flow.constant((upstream * chosen).astype(np.float32))
            gradients = self.tape.gradient(self.left, weights, output_gradients=at)
            parts.append([float(np.abs(one.numpy()).sum()) for one in gradients])
        shares = [padding / (padding + kept) if padding + kept else 0.0 for padding, kept in zip(*parts, strict=True)]
        return shares[0], shares[1] if len(shares) > 1 else None

    def _shares_of_steps(self, real: Where) -> tuple[float, float | None]:
        """Split the gradient by the steps of the recurrence: padded steps use a second cell of the same weights."""
        flow = self.framework.tensorflow
        mask = getattr(self.entered, "_keras_mask", None)
        own = self.first.cell
        twin = type(own).from_config(own.get_config())
        twin.build(self.entered.shape)
        for weight, value in zip(twin.weights, own.weights, strict=True):
            weight.assign(value)
        states = own.get_initial_state(batch_size=real.shape[0])
        states = list(states) if isinstance(states, list | tuple) else [states]
        with flow.GradientTape(persistent=True) as tape:
            for step in range(real.shape[1]):
                here = real[:, step].any(axis=-1, keepdims=True)
                kept = None if mask is None else mask.numpy()[:, step, None]
                ways = [cell(self.entered[:, step], states)[1] for cell in (own, twin)]
                now = [flow.where(here, *both) for both in zip(*ways, strict=True)]
                states = now if kept is None else [flow.where(kept, *both) for both in zip(now, states, strict=True)]
            total = flow.reduce_sum(states[0] * self.tape.gradient(self.loss, self.left))
        sums = []
        for cell in (twin, own):
            gradients = tape.gradient(total, [_variable(weight) for weight in cell.weights])
            known = [np.abs(one.numpy()).sum() if one is not None else 0.0 for one in gradients]
            sums.append((float(known[0] + known[1]), float(known[2])))
        (kernel, bias), (kernel_kept, bias_kept) = sums
        return kernel / (kernel + kernel_kept), bias / (bias + bias_kept)


def _shift(framework: Framework, layers: Sequence[LayerObject], case: _Case, output: Array) -> float | None:
    """Run the model on the real part of each row, and give how far its output is from that on the padded whole."""
    if any(type(layer).__name__ == "Flatten" for layer in layers):
        return None
    alone = []
    for row, real in zip(case.padded, case.real, strict=True):
        positions = np.flatnonzero(real.reshape(real.shape[0], -1).any(axis=-1))
        if row.ndim == 1:
            alone.append(_flat_alone(framework, layers, row, positions))
        else:
            alone.append(np.asarray(applied(layers, framework.tensorflow.constant(row[None, positions])).numpy()))
    return _relative(output, np.concatenate(alone))


def _flat_alone(
    framework: Framework, layers: Sequence[LayerObject], row: Array, positions: npt.NDArray[np.intp]
) -> Array:
    """Run a flat row's real numbers alone: the first Dense layer keeps the weights of these."""
    first = layers[0]
    value = row[None, positions] @ np.asarray(first.kernel.numpy())[positions]
    if first.use_bias:
        value = value + np.asarray(first.bias.numpy())
    return np.asarray(applied(layers[1:], first.activation(framework.tensorflow.constant(value))).numpy())


# Figures ----------------------------------------------------------------------------------------------------------


def _share(gradient: npt.NDArray[np.float32], real: Where) -> float:
    sizes = np.abs(gradient.astype(np.float64))
    total = float(sizes.sum())
    return float(sizes[~real].sum()) / total if total else 0.0


def _relative(output: Array, alone: Array) -> float:
    moved = float(np.abs(output.astype(np.float64) - alone).mean() / np.abs(alone).mean())
    return 0.0 if moved < LEAST_MOVE else moved


def _variable(weight: object) -> object:
    """Give TensorFlow's variable of a Keras 3 weight; a Keras 2 weight is one."""
    return getattr(weight, "value", weight) if not callable(getattr(weight, "value", None)) else weight


def _mean(figures: Sequence[float]) -> float:
    return float(np.mean(figures))


def _mean_of_known(figures: Sequence[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return _mean(known) if known else None
