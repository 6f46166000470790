"""What Keras answers a program that asks how it is set up, where nobody set it up otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from padlint.keras.data.values import Handler
from padlint.python.context import Context
from padlint.python.values import Call, Constant, Value

ANSWERS: Mapping[str, str | float] = {
    "keras.backend.backend": "tensorflow",
    "keras.backend.floatx": "float32",
    "keras.backend.epsilon": 1e-07,
    "keras.backend.image_data_format": "channels_last",
}


def _answer(value: Value, call: Call, context: Context) -> Value:
    return value


FUNCTIONS: Mapping[str, Handler] = {name: partial(_answer, Constant(value)) for name, value in ANSWERS.items()}
