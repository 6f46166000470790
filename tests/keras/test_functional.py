"""Functional models: layers made first and applied later, shared, nested, with many inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from padlint.graph import OpaqueOp

if TYPE_CHECKING:
    from conftest import Drawer, Reader

IMPORTS = """
import keras
import tensorflow as tf
from keras import Input, Model, layers
from keras import backend as K
"""


def test_layers_applied_as_they_are_made(drawn: Drawer) -> None:
    program = """
ids = Input((None,), name="ids")
Model(ids, layers.LSTM(3)(layers.Embedding(9, 4)(ids)))
"""
    assert drawn(IMPORTS + program) == ["LSTM(Embedding(ids))"]


def test_a_shared_layer_is_one_layer(drawn: Drawer, graph_of: Reader) -> None:
    program = """
left, right = Input((None,), name="left"), Input((None,), name="right")
embed = layers.Embedding(9, 4)
both = layers.concatenate([embed(left), embed(right)])
Model(inputs=[left, right], outputs=both)
"""
    graph = graph_of(IMPORTS + program)
    shared = {node.operation.layer.id for node in graph.nodes if getattr(node.operation, "layer", None) is not None}
    assert drawn(IMPORTS + program) == ["Concatenate(Embedding(left), Embedding(right))"]
    assert len(shared) == 2


def test_rebinding_one_name(drawn: Drawer) -> None:
    program = """
start = x = Input((None,), name="ids")
x = layers.Embedding(9, 4)(x)
for units in [4, 2]:
    x = layers.LSTM(units, return_sequences=True)(x)
Model(start, x)
"""
    assert drawn(IMPORTS + program) == ["LSTM(LSTM(Embedding(ids)))"]


def test_states_are_outputs_of_their_own(drawn: Drawer) -> None:
    program = """
ids = Input((None,), name="ids")
out, h, c = layers.LSTM(3, return_state=True)(layers.Embedding(9, 4)(ids))
Model(ids, c)
"""
    assert drawn(IMPORTS + program) == ["LSTM.2(Embedding(ids))"]


def test_an_explicit_mask(drawn: Drawer) -> None:
    program = """
ids = Input((None,), name="ids")
embed = layers.Embedding(9, 4, mask_zero=True)
Model(ids, layers.LSTM(3)(embed(ids) * 2, mask=embed.compute_mask(ids)))
"""
    assert drawn(IMPORTS + program) == ["LSTM(*(Embedding(ids)) mask=mask(ids))"]


def test_raw_operations(drawn: Drawer) -> None:
    program = """
x = Input((None, 4), name="x")
Model(x, [x[:, -1], K.mean(x, axis=1), tf.nn.softmax(x, axis=1)])
"""
    assert drawn(IMPORTS + program) == ["[:, -1](x), K.mean(x), tf.nn.softmax(x)"]


def test_a_lambda_is_followed(drawn: Drawer) -> None:
    program = """
x = Input((None, 4), name="x")
Model(x, layers.Lambda(lambda t: K.sum(t, axis=1))(x))
"""
    assert drawn(IMPORTS + program) == ["out of Lambda(K.sum(x), x)"]


def test_a_nested_model_is_applied_to_new_inputs(drawn: Drawer) -> None:
    program = """
ids = Input((None,), name="ids")
encoder = Model(ids, layers.LSTM(3)(layers.Embedding(9, 4)(ids)))
left, right = Input((None,), name="left"), Input((None,), name="right")
Model([left, right], layers.subtract([encoder(left), encoder(right)]))
"""
    assert drawn(IMPORTS + program)[1] == "Subtract(LSTM(Embedding(left)), LSTM(Embedding(right)))"


def test_a_model_for_each_step(drawn: Drawer) -> None:
    program = """
words = Input((None,), name="words")
encoder = Model(words, layers.LSTM(3)(layers.Embedding(9, 4)(words)))
document = Input((None, None), name="document")
Model(document, layers.GRU(3)(layers.TimeDistributed(encoder)(document)))
"""
    assert drawn(IMPORTS + program)[1] == "GRU(all steps(LSTM(Embedding(each step(document))), document))"


def test_branches_collected_in_a_list(drawn: Drawer) -> None:
    program = """
x = Input((None, 4), name="x")
branches = []
for size in (2, 3):
    branches.append(layers.GlobalMaxPooling1D()(layers.Conv1D(8, size)(x)))
Model(x, layers.Concatenate()(branches))
"""
    pooled = "GlobalMaxPooling1D(Conv1D(x))"
    assert drawn(IMPORTS + program) == [f"Concatenate({pooled}, {pooled})"]


def test_the_output_of_another_model(drawn: Drawer) -> None:
    program = """
embed = keras.Sequential([Input((None,), name="ids"), layers.Embedding(9, 4)])
Model(embed.input, layers.LSTM(3)(embed.output))
"""
    assert drawn(IMPORTS + program)[1] == "LSTM(Embedding(ids))"


def test_a_layer_of_a_model_by_name(drawn: Drawer) -> None:
    program = """
ids = Input((None,), name="ids")
x = layers.Embedding(9, 4, name="words")(ids)
whole = Model(ids, layers.LSTM(3)(x))
Model(ids, whole.get_layer("words").output)
"""
    assert drawn(IMPORTS + program)[1] == "Embedding(ids)"


def test_what_cannot_be_read_stays_in_the_graph(drawn: Drawer) -> None:
    program = """
from elsewhere import Mystery, mystery
x = Input((None, 4), name="x")
Model(x, layers.LSTM(3)(mystery(Mystery()(x))))
"""
    assert drawn(IMPORTS + program) == ["LSTM(<the result of elsewhere.mystery>(Mystery(x)))"]


def test_more_tensors_than_are_kept_apart_are_one_of_them(drawn: Drawer) -> None:
    program = """
ids = Input((None,), name="ids")
def chosen(x):
    for number in range(12):
        if pick(number):
            return layers.Dense(number)(x)
    return x
Model(ids, chosen(layers.Embedding(9, 4)(ids)))
"""
    [model] = drawn(IMPORTS + program)
    assert model.startswith("either(")
    assert model.count("Dense(Embedding(ids))") >= 8


def test_any_number_of_inputs_made_for_any_number_of_columns(graph_of: Reader) -> None:
    program = """
def build(columns):
    inputs = {}
    for column in columns:
        inputs[column.name] = Input((column.length,), name=column.name)
    return Model(list(inputs.values()), layers.Dense(1)(layers.concatenate(list(inputs.values()))))
"""
    [model] = graph_of(IMPORTS + program).models
    assert model.unresolved == ()
    assert model.inputs


def test_a_slice_that_cuts_one_of_the_joined_inputs_out_again(drawn: Drawer) -> None:
    program = """
def build(options):
    words = Input((options.words + options.places,), name="words")
    topics = Input((3,), name="topics")
    both = layers.concatenate([words, topics])
    cut = both[:, options.words + options.places:], both[:, :options.words], both[:, -3:]
    return Model([words, topics], list(cut))
"""
    assert drawn(IMPORTS + program) == ["[:](topics), [:, :?](Concatenate(words, topics)), [:](topics)"]


def test_a_slice_of_one_step_is_that_step_on_an_axis_of_length_one(drawn: Drawer) -> None:
    program = """
def build(options):
    rows = Input((options.size + 1,), name="rows")
    return Model(rows, [rows[:, options.size:], rows[:, 2:3], rows[:, options.size - 1:]])
"""
    assert drawn(IMPORTS + program) == ["[:, ?:]([:, ?](rows)), [:, 2:3]([:, 2](rows)), [:, ?:](rows)"]


def test_a_layer_of_the_project_by_name(drawn: Drawer) -> None:
    program = """
class Scale(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def call(self, x):
        return x * 2.0

x = Input((5, 4), name="x")
model = Model(x, layers.Dense(1)(Scale(name="scaled")(layers.Dense(2)(x))))
Model(model.input, model.get_layer("scaled").output)
Model(model.input, model.get_layer("scale").output)
"""
    scaled = "out of Scale(*(Dense(x)), Dense(x))"
    assert drawn(IMPORTS + program) == [f"Dense({scaled})", scaled, scaled]


@pytest.mark.parametrize(
    "spelling",
    [
        "from keras import Input",
        "from keras.layers import Input",
        "from keras.models import Input",
        "from keras.layers import *\nfrom keras.models import *",
        "from tensorflow.keras.models import *\nfrom tensorflow.keras.layers import *",
    ],
)
def test_every_spelling_of_an_input(spelling, drawn):
    program = f"""
from keras import Model, layers
{spelling}
x = Input((None, 4))
Model(x, layers.LSTM(3)(x))
"""
    assert drawn(program) == ["LSTM(input)"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("Holder()", "an object of `Holder`"),
        ("Holder", "`Holder` itself"),
        ("{'a': 1}", "a dict"),
        ("open", "`builtins.open` itself"),
    ],
)
def test_what_is_no_tensor_is_named(graph_of: Reader, given: str, named: str) -> None:
    program = f"class Holder:\n    pass\n\nx = Input((5,))\ny = layers.Dense(1)({given})\nModel(x, y)"
    operations = (node.operation for node in graph_of(IMPORTS + program).nodes)
    assert [operation.why for operation in operations if isinstance(operation, OpaqueOp)] == [named]
