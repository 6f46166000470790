"""Layers that run a step of their own over their input, as `Recurrent` of Keras 1 and 2 lets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Drawer

DECODER = """
from keras import Input, Model
from keras import backend as K
from keras.layers.recurrent import Recurrent

class Decoder(Recurrent):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.return_sequences = {sequences}

    def call(self, x):
        self.steps = x
        return super().call(x)

    def get_initial_state(self, inputs):
        return [inputs[:, 0]]

    def step(self, x, states):
        [before] = states
        return K.tanh(x), [before + x]

x = Input((5, 4), name="x")
Model(x, Decoder()(x))
"""


@pytest.mark.parametrize(("sequences", "made"), [(True, "K.rnn(K.tanh(K.rnn(x)))"), (False, "K.tanh(K.rnn(x))")])
def test_the_step_is_followed(drawn: Drawer, made: str, *, sequences: bool) -> None:
    assert drawn(DECODER.format(sequences=sequences), keras=2) == [f"out of Decoder({made}, x)"]
