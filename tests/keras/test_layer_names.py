"""Layers and models that are fetched by their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from padlint.keras.models import generated_name

if TYPE_CHECKING:
    from conftest import Drawer

IMPORTS = """
from keras import Input, Model, Sequential, layers
"""


def test_a_layer_by_the_name_that_keras_gave_it(drawn: Drawer) -> None:
    program = """
model = Sequential([layers.Embedding(9, 4), layers.LSTM(3, return_sequences=True), layers.Dense(2)])
Model(model.input, model.get_layer("lstm_1").output)
"""
    assert drawn(IMPORTS + program)[-1] == "LSTM(Embedding(input))"


def test_a_model_within_a_model_by_its_name(drawn: Drawer) -> None:
    program = """
ids = Input((None,), name="ids")
encoder = Model(ids, layers.LSTM(3)(layers.Embedding(9, 4)(ids)), name="encoder")
words = Input((None,), name="words")
whole = Model(words, layers.Dense(2)(encoder(words)))
again = Input((None,), name="again")
Model(again, whole.get_layer("encoder")(again))
"""
    assert drawn(IMPORTS + program)[-1] == "LSTM(Embedding(again))"


@pytest.mark.parametrize("kind", ["LSTM", "MaxPooling1D", "ConvLSTM2D", "TimeDistributed", "SimpleRNN", "CuDNNGRU"])
def test_names_are_generated_as_keras_does(kind: str) -> None:
    naming = pytest.importorskip("keras.src.utils.naming", reason="needs Keras")
    assert generated_name(kind) == naming.to_snake_case(kind)
