"""Sequential models, in the ways people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Drawer, Reader

IMPORTS = """
import keras
from keras import layers
from keras.layers import LSTM, GRU, Dense, Embedding
from keras.models import Sequential
"""


def test_a_list_of_layers(drawn: Drawer) -> None:
    assert drawn(IMPORTS + "Sequential([Embedding(9, 4), LSTM(3), Dense(1)])") == ["Dense(LSTM(Embedding(input)))"]


def test_a_single_layer_for_a_list_of_one(drawn: Drawer) -> None:
    program = """
model = Sequential(Embedding(9, 4))
model.add(LSTM(3))
"""
    assert drawn(IMPORTS + program) == ["LSTM(Embedding(input))"]


def test_a_list_of_layers_that_cannot_be_read_is_not_left_out(drawn: Drawer) -> None:
    program = """
model = Sequential(layers_of(settings))
model.add(LSTM(3))
"""
    assert drawn(IMPORTS + program) == ["LSTM(<an item of something unresolved>(input))"]


def test_layers_added_one_by_one(drawn: Drawer) -> None:
    program = """
model = Sequential()
model.add(Embedding(9, 4))
model.add(LSTM(3))
"""
    assert drawn(IMPORTS + program) == ["LSTM(Embedding(input))"]


def test_a_layer_taken_off_again(drawn: Drawer) -> None:
    program = """
model = Sequential([Embedding(9, 4), LSTM(3), Dense(1)])
model.pop()
"""
    assert drawn(IMPORTS + program) == ["LSTM(Embedding(input))"]


def test_a_list_variable_filled_in_a_loop(drawn: Drawer) -> None:
    program = """
stack = [Embedding(9, 4)]
for units in (8, 4):
    stack.append(LSTM(units, return_sequences=True))
Sequential(stack + [Dense(1)])
"""
    assert drawn(IMPORTS + program) == ["Dense(LSTM(LSTM(Embedding(input))))"]


def test_a_layer_by_the_branch_taken(drawn: Drawer) -> None:
    program = """
import sys
model = Sequential([Embedding(9, 4)])
if sys.argv:
    model.add(LSTM(3))
else:
    model.add(GRU(3))
model.add(Dense(1))
"""
    assert drawn(IMPORTS + program) == ["Dense(either(LSTM(Embedding(input)), GRU(Embedding(input))))"]


def test_a_layer_that_only_one_branch_adds(drawn: Drawer) -> None:
    program = """
import sys
model = Sequential([Embedding(9, 4)])
if sys.argv:
    model.add(layers.Dropout(0.5))
model.add(LSTM(3))
"""
    assert drawn(IMPORTS + program) == ["LSTM(either(Dropout(Embedding(input)), Embedding(input)))"]


def test_a_builder_whose_layer_class_is_an_argument(drawn: Drawer) -> None:
    program = """
def build(cell=LSTM, depth=2):
    model = Sequential()
    model.add(Embedding(9, 4))
    for _ in range(depth):
        model.add(cell(3, return_sequences=True))
    return model

build(cell=GRU)
"""
    assert drawn(IMPORTS + program) == ["GRU(GRU(Embedding(input)))"]


def test_a_layer_class_chosen_by_its_name(drawn: Drawer) -> None:
    assert drawn(IMPORTS + "Sequential([Embedding(9, 4), getattr(layers, 'LSTM')(3)])") == ["LSTM(Embedding(input))"]


def test_a_builder_that_nobody_calls(drawn: Drawer) -> None:
    program = """
def build(units):
    return Sequential([Embedding(9, 4), LSTM(units)])
"""
    assert drawn(IMPORTS + program) == ["LSTM(Embedding(input))"]


def test_wrapped_layers(drawn: Drawer) -> None:
    program = "Sequential([Embedding(9, 4), layers.Bidirectional(LSTM(3)), Dense(1)])"
    assert drawn(IMPORTS + program) == ["Dense(Bidirectional[LSTM](Embedding(input)))"]


def test_a_nested_model(drawn: Drawer) -> None:
    program = """
words = Sequential([Embedding(9, 4)])
Sequential([words, LSTM(3)])
"""
    assert drawn(IMPORTS + program)[1] == "LSTM(Embedding(input))"


def test_keras_1_models_merged(drawn: Drawer) -> None:
    program = """
left = Sequential([Embedding(9, 4), LSTM(3)])
right = Sequential([Embedding(9, 4), GRU(3)])
both = Sequential()
both.add(keras.layers.Merge([left, right], mode="concat"))
both.add(Dense(1))
"""
    assert drawn(IMPORTS + program, keras=2)[2] == "Dense(Merge(LSTM(Embedding(input)), GRU(Embedding(input))))"


def test_a_subclass_of_sequential(drawn: Drawer) -> None:
    program = """
class Tagger(Sequential):
    def __init__(self, units):
        super().__init__()
        self.add(Embedding(9, 4))
        self.add(LSTM(units))

Tagger(3)
"""
    assert drawn(IMPORTS + program) == ["LSTM(Embedding(input))"]


@pytest.mark.parametrize(
    ("layer", "lengths"),
    [
        ("Embedding(9, 4, input_length=MAX_LEN)", ("MAX_LEN",)),
        ("LSTM(3, input_shape=(least(MAX_LEN, 30), 7))", ("least(MAX_LEN, 30)", "7")),
        ("LSTM(3, batch_input_shape=[None, rows[0], width])", ("rows[0]", "width")),
        ("LSTM(3, input_shape=(MAX_LEN,) + shape)", ("MAX_LEN", "shape")),
    ],
)
def test_the_lengths_that_a_model_was_built_with(graph_of: Reader, layer: str, lengths: tuple[str, ...]) -> None:
    assert graph_of(f"{IMPORTS}\nSequential([{layer}])").models[0].lengths == lengths


@pytest.mark.parametrize(
    "spelling",
    [
        "from keras.layers import LSTM",
        "from keras.layers.recurrent import LSTM",
        "from keras.src.layers.rnn.lstm import LSTM",
        "from tensorflow.keras.layers import LSTM",
        "from tensorflow.python.keras.layers import LSTM",
        "from tensorflow_core.python.keras.layers.recurrent import LSTM",
        "from tf_keras.layers import LSTM",
        "from keras.layers import *",
        "import tensorflow as tf; L = tf.keras.layers; LSTM = L.LSTM",
        "import tensorflow.keras.layers as kl; LSTM = kl.LSTM",
        "from keras import layers; LSTM = layers.LSTM",
        "import tensorflow.compat.v1 as tf; LSTM = tf.keras.layers.LSTM",
        "from tensorflow import keras; LSTM = keras.layers.LSTM",
    ],
)
def test_every_spelling_of_an_import(spelling: str, drawn: Drawer) -> None:
    assert drawn(f"{spelling}\nimport keras\nkeras.Sequential([LSTM(3)])") == ["LSTM(input)"]


def test_one_name_for_the_keras_of_two_packages(drawn: Drawer) -> None:
    program = """
import os
import tensorflow as tf
if os.environ.get("LEGACY"):
    import tf_keras as keras
else:
    keras = tf.keras
Dense = keras.layers.Dense
model = keras.Sequential()
model.add(keras.layers.Embedding(9, 4))
model.add(keras.layers.LSTM(3))
model.add(Dense(1))
"""
    assert drawn(program) == ["Dense(LSTM(Embedding(input)))"]


def test_an_input_is_no_layer_of_a_sequential(drawn: Drawer) -> None:
    program = """
model = Sequential([keras.Input((9,), name="ids"), Embedding(9, 4), LSTM(3)])
keras.Model(model.inputs, [layer.output for layer in model.layers])
"""
    assert drawn(IMPORTS + program) == ["LSTM(Embedding(ids))", "Embedding(ids), LSTM(Embedding(ids))"]


@pytest.mark.parametrize(
    ("call", "version"),
    [
        ("model.fit_generator(data)", 2),
        ("model.predict_generator(data)", 2),
        ("model.fit(data)", None),
        ("model.fit(data, workers=2)", 2),
        ("model.predict(data)", None),
        ("model.compile('sgd', 'mse', sample_weight_mode='temporal')", 2),
        ("model.compile(optimizers.Adam(lr=0.01), 'mse')", 2),
        ("model.compile(tf.keras.optimizers.Adam(lr=0.01), 'mse')", 2),
        ("model.compile(optimizers.Adam(learning_rate=0.01), 'mse')", None),
        ("callbacks.ModelCheckpoint('best.keras', period=3)", 2),
        ("model.add(layers.LSTM(3, stateful=True, batch_input_shape=(1, 9, 2)))", 2),
        ("model.save_weights('best.h5')", 2),
        ("model.save_weights('best.weights.h5')", None),
        ("model.save_weights(name)", None),
    ],
)
def test_what_keras_3_has_no_more_speaks_for_keras_2(graph_of, call, version):
    program = f"""
import tensorflow as tf
from keras import callbacks, layers, models, optimizers
model = models.Sequential([layers.Dense(1)])
{call}
"""
    assert graph_of(program).keras == version


@pytest.mark.parametrize("modules", [("layers",), ("layers.core", "layers.recurrent", "layers.embeddings")])
def test_layers_that_come_with_a_star(drawn: Drawer, modules: tuple[str, ...]) -> None:
    stars = "\n".join(f"from keras.{module} import *" for module in modules)
    program = f"{stars}\nfrom keras.models import *\nSequential([Embedding(9, 4), LSTM(3), Dense(2)])\n"
    assert drawn(program)[-1] == "Dense(LSTM(Embedding(input)))"
