"""Draw all weights of a model anew, so that no zero bias and no saturated gate hides a leak.

Fan-in scaled, biases included: with Keras' zero biases `Masking` after a Dense layer seems to work, and at three times
this scale max pooling behind a ReLU shows no gradient on half of the seeds.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from padlint.confirm.frameworks import LayerObject
from padlint.confirm.trial import SEEDS_FOR_FIGURES, SEEDS_OF_SMALL_WEIGHTS

_SMALL = 0.3


def randomise(layers: Iterable[LayerObject], seed: int) -> None:
    """Assign new weights to the layers: the same for the same seed.

    Past the seeds for figures, biases are those of an earlier seed with the other sign: where they outweigh what is
    read, all states are positive, and a maximum over them and over zeros of the padding shows nothing. Some of the last
    are small: what an attention compares may differ so much that its softmax leaves nothing to any step but one.
    """
    scale = np.float32(_SMALL if seed in SEEDS_OF_SMALL_WEIGHTS else 1)
    random = np.random.default_rng(seed)
    other = np.random.default_rng(seed - SEEDS_FOR_FIGURES) if seed >= SEEDS_FOR_FIGURES else None
    for layer in layers:
        for weight in layer.weights:
            if "float" in str(weight.dtype):
                name, shape = weight.name, tuple(weight.shape)
                drawn = _drawn(random, name, shape)
                turning = _drawn(other, name, shape) if other is not None else None
                given = -turning if turning is not None and _is_bias(name, shape) else drawn
                weight.assign(scale * given)


def _is_bias(name: str, shape: tuple[int, ...]) -> bool:
    return len(shape) == 1 and not any(part in name for part in ("variance", "gamma"))


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
