"""Open the installed Keras 3, or Keras 2 as tf_keras, in the one shape that the measurements use."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Protocol

import numpy as np
import numpy.typing as npt

from padlint.dataclass import dataclass

PACKAGES: Mapping[int, str] = {2: "tf_keras", 3: "keras"}
QUIET: Mapping[str, str] = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


class Tensor(Protocol):
    """A TensorFlow tensor, as far as it is used here."""

    def numpy(self) -> npt.NDArray[np.generic]:
        """Give the values."""


class Weight(Protocol):
    """A weight of a layer."""

    name: str
    shape: Sequence[int]
    dtype: object

    def assign(self, value: npt.NDArray[np.float32]) -> object:
        """Set the values."""


class LayerObject(Protocol):
    """A Keras layer."""

    name: str
    weights: Sequence[Weight]
    call: Callable[..., object]
    supports_masking: bool
    compute_mask: Callable[..., object]

    def __call__(self, *inputs: object, **arguments: object) -> object:
        """Apply the layer."""


@dataclass(frozen=True, slots=True)
class Framework:
    """One major version of Keras on TensorFlow."""

    version: int
    keras: ModuleType
    tensorflow: ModuleType

    @property
    def measured_with(self) -> str:
        """Name the exact versions."""
        package = PACKAGES[self.version]
        return f"{package} {self.keras.__version__}, TensorFlow {self.tensorflow.__version__}"

    def layer_class(self, kind: str) -> type[LayerObject] | None:
        """Find a layer class by name; None when this Keras has none."""
        found = getattr(self.keras.layers, kind, None)
        return found if isinstance(found, type) and issubclass(found, self.keras.layers.Layer) else None


def open_framework(version: int) -> Framework:
    """Import Keras 2 or 3, quiet and on few threads.

    Raises:
        ImportError: it is not installed.
    """
    for variable, value in QUIET.items():
        os.environ.setdefault(variable, value)
    tensorflow = importlib.import_module("tensorflow")
    return Framework(version, importlib.import_module(PACKAGES[version]), tensorflow)
