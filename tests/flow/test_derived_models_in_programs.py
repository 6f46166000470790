"""Models that are made of another one: what that is trained with is not what they are asked about."""

from __future__ import annotations

import pytest
from linted_programs import said

TRAINED = """
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.sequence import pad_sequences

x = pad_sequences(rows, padding="post")
ids = keras.Input((None,))
model = keras.Model(ids, layers.Dense(100)(layers.Embedding(100, 8)(ids)))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, sample_weight=weights)
"""
DERIVED = """
last = keras.Model(ids, layers.Lambda(lambda steps: steps[:, -1])(model.output))
"""
TOLD = f"last-step-is-padding: {DERIVED.strip()}"


@pytest.mark.parametrize(
    ("use", "told"),
    [
        ("last.predict(x)", [TOLD]),
        ("last.compile('adam', 'mse')\nlast.fit(x, y)", [TOLD]),
        ("last.predict(np.array([[start]]))", []),
        ("last.predict(load())", []),
        ("", []),
    ],
)
def test_what_only_a_derived_model_computes_is_computed_of_its_own_data(use, told):
    assert said(f"{TRAINED}{DERIVED}{use}\n") == told


def test_what_the_trained_model_computes_is_computed_of_its_data():
    program = TRAINED.replace(
        "layers.Dense(100)(layers.Embedding(100, 8)(ids))", "layers.LSTM(8)(layers.Embedding(100, 8)(ids))"
    )
    told = said(f"{program}features = keras.Model(ids, model.layers[-1].output)\nfeatures.predict(load())\n")
    assert [line.partition(":")[0] for line in told] == ["unmasked-embedding"]
