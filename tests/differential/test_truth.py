"""What the measured truth itself has to get right, on programs that it once got wrong."""

from __future__ import annotations

import pytest

pytest.importorskip("tensorflow")
pytest.importorskip("tf_keras")

import truth
from frameworks import both
from programs import Program, Style

MASKING_AROUND_A_BODY = """
import numpy as np
import keras
from keras import layers

data = np.zeros((4, 6, 3))
for row, length in enumerate([2, 3, 2, 3]):
    data[row, -length:] = np.random.randn(length, 3)

body = keras.Sequential()
body.add(layers.Rescaling(0.5))
body.add(layers.Activation("tanh"))
body.add(layers.LSTM(2, return_sequences=True))
body.add(layers.Flatten())
inputs = keras.Input(shape=(6, 3))
outputs = layers.Dense(1)(body(layers.Masking()(inputs)))
model = keras.Model(inputs, outputs)
model.compile("adam", "mse")
model.fit(data, np.zeros((4, 1)))
"""


def test_a_masking_that_is_made_late_and_called_first_is_the_first_to_read_the_data():
    program = Program(MASKING_AROUND_A_BODY, keras=3, padded_first=True, style=Style.NESTED)
    measured = truth.measure(program, both()[3].keras, 1, hasten=lambda _: None)
    assert len(measured) == 2
    assert set(measured.values()) == {""}
