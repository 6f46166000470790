"""The three programs of the answer: the data they train on, as printed and made to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from padlint.confirm.frameworks import Framework, LayerObject
from padlint.confirm.replay import quiet

Array = npt.NDArray[np.float32]


class Program(StrEnum):
    """Which of the three."""

    PICTURE = "first"
    SEQUENCE = "second"
    ROW = "third"


@dataclass(frozen=True, slots=True)
class Data:
    """What a model is trained on; `loss` is the name that it is compiled with."""

    inputs: Array
    targets: Array
    loss: str


def as_printed(program: Program) -> Data:
    """Give the shapes that the program has as printed."""
    data = made_to_run(program)
    match program:
        case Program.PICTURE:
            return Data(data.inputs, np.zeros((1, 10), dtype=np.float32), data.loss)
        case Program.SEQUENCE:
            return Data(data.inputs.reshape(1, 2, 5), data.targets, data.loss)
        case Program.ROW:
            return data


def made_to_run(program: Program) -> Data:
    """Give the shapes that the layers and the loss take."""
    match program:
        case Program.PICTURE:
            inside = np.random.default_rng(0).normal(size=(1, 20, 20, 1))
            picture = np.pad(inside, ((0, 0), (4, 4), (4, 4), (0, 0)))
            return Data(picture.astype(np.float32), np.array([3.0], np.float32), "sparse_categorical_crossentropy")
        case Program.SEQUENCE:
            sequences = np.array([[1, 2, 3, 0, 0], [4, 5, 6, 7, 0]], dtype=np.float32)
            return Data(sequences[..., None], np.array([[10.0], [20.0]], np.float32), "mse")
        case Program.ROW:
            row = np.array([[1, 2, 3, 4, 5, 0, 0, 0, 0, 0]], dtype=np.float32)
            return Data(row, np.array([[10.0]], np.float32), "mse")


def trains(framework: Framework, layers: Sequence[LayerObject], data: Data) -> bool:
    """Say whether a model of these layers trains for an epoch, and not in an error."""
    model = framework.keras.Sequential(list(layers))
    model.compile(optimizer="adam", loss=data.loss)
    with quiet():
        try:
            model.fit(data.inputs, data.targets, epochs=1, verbose=0)
        except (ValueError, framework.tensorflow.errors.InvalidArgumentError):
            return False
    return True
