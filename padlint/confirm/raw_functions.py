"""Measure which raw functions return the very tensor that they were given, so that its mask stays on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

import numpy as np

from padlint.confirm.frameworks import Framework
from padlint.confirm.subject import MASK, Refused, refusals
from padlint.keras.table import SameWhen

Call = Callable[[Callable[..., object], object], object]


def _alone(function: Callable[..., object], tensor: object) -> object:
    return function(tensor)


def _to_its_dtype(function: Callable[..., object], tensor: object) -> object:
    return function(tensor, "float32")


def _at_rate_zero(function: Callable[..., object], tensor: object) -> object:
    return function(tensor, 0.0)


# Functions that people put between two layers, by the way in which they may change nothing.
CANDIDATES: Mapping[SameWhen, tuple[Call, tuple[str, ...]]] = {
    SameWhen.ALWAYS: (
        _alone,
        (
            "tensorflow.identity",
            "tensorflow.convert_to_tensor",
            "tensorflow.stop_gradient",
            "tensorflow.squeeze",
            "tensorflow.nn.relu",
            "tensorflow.nn.softmax",
            "tensorflow.math.tanh",
            "tensorflow.abs",
            "keras.activations.linear",
            "keras.activations.relu",
            "keras.activations.tanh",
            "keras.backend.identity",
            "keras.backend.stop_gradient",
            "keras.backend.cast_to_floatx",
            "keras.backend.relu",
            "keras.ops.identity",
            "keras.ops.copy",
            "keras.ops.stop_gradient",
            "keras.ops.convert_to_tensor",
            "keras.ops.squeeze",
            "keras.ops.relu",
            "keras.ops.tanh",
        ),
    ),
    SameWhen.SAME_DTYPE: (
        _to_its_dtype,
        (
            "tensorflow.cast",
            "tensorflow.saturate_cast",
            "keras.backend.cast",
            "keras.ops.cast",
            "keras.ops.saturate_cast",
        ),
    ),
    SameWhen.RATE_ZERO: (_at_rate_zero, ("tensorflow.nn.dropout", "keras.backend.dropout")),
}


def measure_same_object(framework: Framework) -> dict[str, SameWhen]:
    """Call each candidate on a masked tensor and keep those after which the mask is still there."""
    return {
        name: when
        for when, (call, names) in CANDIDATES.items()
        for name in sorted(names)
        if _keeps_mask(framework, name, call)
    }


def _keeps_mask(framework: Framework, name: str, call: Call) -> bool:
    package, *path = name.split(".")
    home: object = framework.tensorflow if package == "tensorflow" else framework.keras
    try:
        function = reduce(getattr, path, home)
    except AttributeError:
        return False
    tensor = framework.tensorflow.constant(np.ones((2, 3, 4), np.float32))
    setattr(tensor, MASK, framework.tensorflow.constant([[True, True, False]] * 2))
    try:
        with refusals(framework):
            after = call(function, tensor)  # type: ignore[arg-type]  # what a dotted name leads to is not typed
    except Refused:
        return False
    return getattr(after, MASK, None) is not None
