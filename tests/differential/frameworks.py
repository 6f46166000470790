"""Open Keras 3 and Keras 2 in one process, each once."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache

from padlint.confirm.frameworks import Framework, open_framework


@cache
def both() -> Mapping[int, Framework]:
    """Import both; what TensorFlow says about programs that have no file is kept quiet."""
    found = {version: open_framework(version) for version in (3, 2)}
    # Beside each LSTM and GRU of a functional model, Keras 2 traces what a GPU would run.
    importlib.import_module("tf_keras.src.layers.rnn.gru_lstm_utils").function_register = lambda *_, **__: None
    found[3].tensorflow.get_logger().setLevel("ERROR")
    return found
