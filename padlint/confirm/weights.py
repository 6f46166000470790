"""Draw all weights of a model anew, so that no zero bias and no saturated gate hides a leak.

Fan-in scaled, biases included: with Keras' zero biases `Masking` after a Dense layer seems to work, and at three times
this scale max pooling behind a ReLU shows no gradient on half of the seeds.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from padlint.confirm.frameworks import LayerObject


def randomise(layers: Iterable[LayerObject], seed: int) -> None:
    """Assign new weights to the layers: the same for the same seed."""
    random = np.random.default_rng(seed)
    for layer in layers:
        for weight in layer.weights:
            if "float" in str(weight.dtype):
                weight.assign(_drawn(random, weight.name, tuple(weight.shape)))


def _drawn(random: np.random.Generator, name: str, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Draw one weight by what its name says it is."""
    values = random.normal(size=shape)
    if "variance" in name:
        values = 0.5 + np.abs(values)
    elif "gamma" in name:
        values = 1 + 0.2 * values
    elif "embedding" not in name:
        values = values / np.sqrt(max(1, int(np.prod(shape[:-1])))) if len(shape) > 1 else 0.5 * values
    return values.astype(np.float32)
