"""Witness C: how much of a loss's gradient is on what the model says of padded steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from padlint.confirm.frameworks import Framework
from padlint.confirm.part import models_with
from padlint.confirm.tensors import Array, Tensor, is_float, mask_of, tensor_of, with_mask
from padlint.confirm.trial import LEAST_GRADIENT, Trial
from padlint.graph import Known, ModelGraph, TensorId

# Per-step losses whose targets can be drawn; others are replaced by the first, as the mask counts in all alike.
_TARGETS = {
    "mse": "values",
    "mean_squared_error": "values",
    "mae": "values",
    "mean_absolute_error": "values",
    "binary_crossentropy": "truth",
    "categorical_crossentropy": "one-hot",
    "sparse_categorical_crossentropy": "classes",
}


def loss_share(trial: Trial, graph: ModelGraph, output: TensorId) -> float:
    """Give the share of the loss's gradient, with respect to an output, at padded steps; 0 when they do not count."""
    gradient = _loss_gradient(trial, graph, output)
    return 0.0 if gradient is None else _share(np.abs(gradient[~trial.real[output]]), np.abs(gradient))


def loss_share_read(trial: Trial, graph: ModelGraph, consumer: TensorId) -> float:
    """Give the share of a trained output's loss gradient at the padded steps that a consumer was called on.

    A recurrent layer that says something of every step, without a mask and with the padding behind, says the right
    thing of real steps; it learns from the padded ones all the same.
    """
    trained = {training.model for training in graph.trainings}
    shares = [
        _share(padded, whole)
        for output in trial.outputs
        if any(model.id in trained and output in model.outputs for model in models_with(graph, output))
        and (gradient := _loss_gradient(trial, graph, output)) is not None
        for padded, whole in trial.sizes_read(consumer, output, gradient)
    ]
    return max(shares, default=0.0)


def _share(padded: Array, whole: Array) -> float:
    total = float(whole.sum())
    share = float(padded.sum()) / total if total else 0.0
    return share if share > LEAST_GRADIENT else 0.0


def _loss_gradient(trial: Trial, graph: ModelGraph, output: TensorId) -> Array | None:
    """Differentiate the loss by an output; None where the output has no padded steps.

    The loss is called as Keras calls the one that a model was compiled with, so the output's mask counts as it does
    in training.
    """
    framework = trial.framework
    predicted = trial.values[output]
    if predicted is None or not is_float(predicted) or trial.real[output].all():
        return None
    flow = framework.tensorflow
    # A copy, as Keras goes past a softmax to the logits that it remembers on the original.
    predicted = with_mask(tensor_of(flow.identity(predicted)), mask_of(predicted))
    name = _loss_name(graph, output)
    target = _target(framework, predicted, _TARGETS[name])
    with flow.GradientTape() as tape:
        tape.watch(predicted)
        loss = _as_object(framework, name)(target, predicted)
    gradient: Array = np.asarray(flow.convert_to_tensor(tape.gradient(loss, predicted)).numpy())
    return gradient


def _loss_name(graph: ModelGraph, output: TensorId) -> str:
    """Find the loss that the output is trained with; another per-step loss where that one was not read."""
    models = {model.id: model for model in models_with(graph, output)}
    for training in graph.trainings:
        model = models.get(training.model)
        if model is None or output not in model.outputs or not training.losses:
            continue
        loss = training.losses[min(model.outputs.index(output), len(training.losses) - 1)]
        if isinstance(loss, Known) and loss.value in _TARGETS:
            return str(loss.value)
    return next(iter(_TARGETS))


def _target(framework: Framework, predicted: Tensor, kind: str) -> Tensor:
    random = np.random.default_rng(0)
    shape = tuple(predicted.shape)
    match kind:
        case "truth":
            drawn = random.integers(0, 2, shape).astype(np.float64)
        case "one-hot":
            drawn = np.eye(shape[-1])[random.integers(0, shape[-1], shape[:-1])]
        case "classes":
            drawn = random.integers(0, shape[-1], shape[:-1]).astype(np.float64)
        case _:
            drawn = random.normal(size=shape)
    target: Tensor = framework.tensorflow.constant(drawn.astype(np.float32))
    return target


def _as_object(framework: Framework, name: str) -> Callable[[Tensor, Tensor], Tensor]:
    """Wrap a loss function as Keras does in `compile`: such an object reads the mask of the prediction."""
    losses = framework.keras.losses
    function = losses.get(name)

    class PerStep(losses.Loss):  # type: ignore[misc,name-defined]  # Keras comes without types
        def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
            value: Tensor = function(y_true, y_pred)
            return value

    loss: Callable[[Tensor, Tensor], Tensor] = PerStep()
    return loss
