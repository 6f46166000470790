"""Layers and models that a program defines as classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from padlint.graph import BoundaryOp, Effect, MaskOp, RawOp

if TYPE_CHECKING:
    from conftest import Drawer, Reader

IMPORTS = """
import keras
import tensorflow as tf
from keras import Input, Model, layers
"""


def test_a_subclassed_model_that_is_trained(drawn: Drawer) -> None:
    program = """
class Tagger(Model):
    def __init__(self, units):
        super().__init__()
        self.embed = layers.Embedding(9, 4)
        self.rnn = layers.LSTM(units)

    def call(self, ids, training=False):
        return self.rnn(self.embed(ids))

Tagger(3).fit(load(), labels())
"""
    assert drawn(IMPORTS + program) == ["LSTM(Embedding(input))"]


def test_a_subclassed_model_that_nobody_calls(drawn: Drawer) -> None:
    program = """
class Tagger(Model):
    def __init__(self):
        super(Tagger, self).__init__()
        self.rnn = layers.LSTM(3)

    def call(self, x):
        return self.rnn(x)
"""
    assert drawn(IMPORTS + program) == ["LSTM(input)"]


def test_a_model_that_takes_its_inputs_apart(drawn: Drawer) -> None:
    program = """
class Matcher(Model):
    def __init__(self):
        super().__init__()
        self.rnn = layers.LSTM(3)

    def call(self, inputs):
        {take_apart}
        return layers.concatenate([self.rnn(left), self.rnn(right)])
"""
    by_name = "left, right = inputs['left'], inputs['right']"
    assert drawn(IMPORTS + program.format(take_apart=by_name)) == ["Concatenate(LSTM(left), LSTM(right))"]
    in_order = "left, right = inputs"
    assert drawn(IMPORTS + program.format(take_apart=in_order)) == ["Concatenate(LSTM(input), LSTM(input))"]


def test_a_model_that_takes_several_inputs(drawn: Drawer) -> None:
    program = """
class Decoder(Model):
    def __init__(self):
        super().__init__()
        self.rnn = layers.GRU(3)

    def call(self, x, state, training=False):
        return layers.concatenate([self.rnn(x), state])
"""
    assert drawn(IMPORTS + program) == ["Concatenate(GRU(input), input)"]


def test_a_call_that_lacks_an_input_is_not_followed(drawn: Drawer) -> None:
    program = """
class Reader(Model):
    def __init__(self):
        super().__init__()
        self.rnn = layers.LSTM(3)

    def call(self, x, state, training):
        return self.rnn(x, initial_state=state)

reader = Reader()
x, h = Input((None, 4)), Input((3,))
{call}
"""
    given = program.format(call="Model([x, h], reader(x, [h, h]))")
    assert drawn(IMPORTS + given) == ["LSTM(input)"]
    lacking = program.format(call="Model([x, h], reader(x))")
    assert drawn(IMPORTS + lacking) == ["<`Reader` is called without `state`>(input)"]


def test_a_functional_model_inside_a_class(drawn: Drawer) -> None:
    program = """
class Tagger(Model):
    def __init__(self):
        x = Input((None, 4), name="x")
        super().__init__(inputs=x, outputs=layers.LSTM(3)(x))

Tagger()
"""
    assert drawn(IMPORTS + program) == ["LSTM(x)"]


def test_a_custom_layer_is_followed_and_left_through_its_boundary(drawn: Drawer, graph_of: Reader) -> None:
    program = """
class Scale(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, x):
        return x * 2

x = Input((None, 4), name="x")
Model(x, Scale()(x))
"""
    graph = graph_of(IMPORTS + program)
    codes = [node.operation.layer.custom for node in graph.nodes if isinstance(node.operation, BoundaryOp)]
    assert drawn(IMPORTS + program) == ["out of Scale(*(x), x)"]
    assert [(code.supports_masking, code.computes_mask, code.takes_mask) for code in codes if code] == [
        (True, False, False)
    ]


def test_a_layer_that_asks_for_the_mask_is_given_it(drawn: Drawer) -> None:
    program = """
class Pool(layers.Layer):
    def call(self, x, mask=None):
        return tf.reduce_sum(x * tf.cast(mask, "float32"), axis=1)

x = Input((None, 4), name="x")
Model(x, Pool()(x))
"""
    assert drawn(IMPORTS + program) == ["out of Pool(tf.reduce_sum(*(x, tf.cast(mask(x)))), x)"]


def test_a_subclass_of_a_keras_layer(drawn: Drawer) -> None:
    program = """
class Reader(layers.LSTM):
    def __init__(self, units):
        super().__init__(units, return_sequences=True)

x = Input((None, 4), name="x")
Model(x, Reader(3)(x))
"""
    assert drawn(IMPORTS + program) == ["LSTM(x)"]


def test_a_wrapper_keeps_what_it_wraps(drawn: Drawer) -> None:
    program = """
class Dropped(layers.Wrapper):
    def __init__(self, layer, rate=0.1, **kwargs):
        super().__init__(layer, **kwargs)
        self.dropout = layers.Dropout(rate)

    def call(self, x, training=None):
        return self.layer(self.dropout(x, training=training))

keras.Sequential([layers.Embedding(9, 4), Dropped(layers.LSTM(3)), layers.Dense(1)])
"""
    assert drawn(IMPORTS + program) == ["Dense(out of Dropped(LSTM(Dropout(Embedding(input))), Embedding(input)))"]


def test_a_layer_stays_one_whatever_attributes_are_set_on_it(drawn: Drawer) -> None:
    program = """
class Words(layers.Embedding):
    def __init__(self, options):
        super().__init__(9, 4)
        self.__dict__.update(options)

keras.Sequential([Words(read()), layers.LSTM(3)])
"""
    assert drawn(IMPORTS + program) == ["LSTM(Embedding(input))"]


def test_a_users_own_class_of_a_misleading_name(drawn: Drawer) -> None:
    program = """
class LSTM:
    def __call__(self, x):
        return x

x = Input((None, 4), name="x")
Model(x, LSTM()(x))
"""
    assert drawn(IMPORTS + program) == ["x"]


def test_a_model_built_in_one_method_and_trained_in_another(graph_of: Reader) -> None:
    program = """
class Classifier:
    def create(self):
        self.model = keras.Sequential([layers.Embedding(9, 4), layers.LSTM(3)])

    def fit(self, texts):
        self.create()
        self.model.fit(texts)
"""
    graph = graph_of(IMPORTS + program)
    trained = {feed.model for feed in graph.feeds}
    assert {feed.how for feed in graph.feeds} == {"fit"}
    assert trained <= {model.id for model in graph.models if model.style == "sequential"}


def test_an_activation_that_is_chosen_by_name(drawn: Drawer) -> None:
    program = """
class Gated(Model):
    def __init__(self, activation={default}):
        super().__init__()
        self.dense = layers.Dense(3)
        self.activation = keras.activations.get(activation)

    def call(self, x):
        return self.activation(self.dense(x))
"""
    assert drawn(IMPORTS + program.format(default="'relu'")) == ["keras.activations.relu(Dense(input))"]
    assert drawn(IMPORTS + program.format(default="None")) == ["keras.activations.linear(Dense(input))"]


def test_a_layer_that_is_called_on_any_number_of_tensors(drawn: Drawer) -> None:
    program = """
import itertools

class Pairs(layers.Layer):
    def build(self, shape):
        self.projection = self.add_weight(shape=(4, 1))

    def call(self, inputs):
        left, right = [], []
        for first, second in itertools.combinations(inputs, 2):
            left.append(first)
            right.append(second)
        return tf.concat(left, axis=1) * tf.concat(right, axis=1)

def build(columns):
    ids = [Input((9,)) for column in columns]
    return Model(ids, Pairs()([layers.Embedding(9, 4)(each) for each in ids]))
"""
    assert drawn(IMPORTS + program) == [
        "out of Pairs(*(tf.concat(Embedding(input)), tf.concat(Embedding(input))), Embedding(input))"
    ]


def test_the_masks_of_a_list_of_one_come_as_a_list(graph_of: Reader) -> None:
    program = """
class Join(layers.Layer):
    def call(self, inputs):
        return tf.concat(inputs, axis=-1)

    def compute_mask(self, inputs, mask=None):
        return [each for each in mask][0]

ids = Input((9,))
Model(ids, Join()([layers.Embedding(9, 4, mask_zero=True)(ids)]))
"""
    graph = graph_of(IMPORTS + program)
    (boundary,) = [node for node in graph.nodes if isinstance(node.operation, BoundaryOp)]
    assert isinstance(boundary.operation, BoundaryOp)
    assert boundary.operation.mask is not None
    assert isinstance(graph.nodes[boundary.operation.mask].operation, MaskOp)


def test_a_weight_that_a_layer_is_called_on_holds_no_steps(graph_of: Reader) -> None:
    program = """
class Scored(layers.Layer):
    def build(self, shape):
        self.weigh = self.add_weight(shape=(4, 1))
        self.product = layers.Lambda(lambda x: tf.tensordot(x[0], x[1], axes=(-1, 0)))

    def call(self, x):
        return self.product([x, self.weigh])

x = Input((9, 4))
Model(x, Scored()(x))
"""
    effects = [node.operation.effect for node in graph_of(IMPORTS + program).nodes if isinstance(node.operation, RawOp)]
    assert Effect.NO_STEPS in effects


def test_what_is_computed_of_shapes_alone_holds_no_steps(drawn: Drawer) -> None:
    program = """
from keras import backend as K

class Pairs(layers.Layer):
    def call(self, x):
        rows = K.reshape(K.arange(0, K.shape(x)[0]), [-1, 1])
        return K.stack([x, K.tile(rows, [1, K.shape(x)[1]])], axis=2)

x = Input((9,))
Model(x, Pairs()(x))
"""
    assert drawn(IMPORTS + program) == ["out of Pairs(K.stack(input, the result of keras.backend.tile), input)"]


@pytest.mark.parametrize(
    ("kept", "walked"),
    [
        ("self.words = layers.Embedding(9, 4); self.rnn = layers.LSTM(3)", "self.layers"),
        ("self.words = layers.Embedding(9, 4); self.size = 3; self.rnn = layers.LSTM(3)", "self.layers"),
        ("self.stack = [layers.Embedding(9, 4), layers.LSTM(3)]", "self.layers"),
        ("self.stack = {'a': layers.Embedding(9, 4), 'b': (layers.LSTM(3),)}", "self.layers"),
        ("self.words = layers.Embedding(9, 4); self.again = [self.words]; self.rnn = layers.LSTM(3)", "self.layers"),
        (
            "self.words = layers.Embedding(9, 4, name='w'); self.rnn = layers.LSTM(3)",
            "map(self.get_layer, ('w', 'lstm'))",
        ),
        ("self.rnn = layers.LSTM(3); self.words = layers.Embedding(9, 4)", "self.layers[::-1]"),
    ],
)
def test_a_model_goes_through_its_own_layers(drawn: Drawer, kept: str, walked: str) -> None:
    program = f"""
class Tagger(Model):
    def __init__(self):
        super().__init__()
        {kept}

    def call(self, x):
        for layer in {walked}:
            x = layer(x)
        return x

Tagger().fit(load(), labels())
"""
    assert drawn(IMPORTS + program) == ["LSTM(Embedding(input))"]


def test_what_was_not_read_may_be_a_layer_of_a_model_or_none(drawn: Drawer) -> None:
    program = """
class Tagger(Model):
    def __init__(self, first):
        super().__init__()
        self.first = first
        self.rnn = layers.LSTM(3)

    def call(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

Tagger(load()).fit(load(), labels())
"""
    assert drawn(IMPORTS + program) == ["LSTM(either(<a call of something unresolved>(input), input))"]


def test_a_list_of_its_own_counts_and_not_that_of_keras(drawn: Drawer) -> None:
    program = """
class Stack(layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
        self.layers = [layers.LSTM(3)]

    def call(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

x = Input((None, 4), name="x")
Model(x, Stack()(x))
"""
    assert drawn(IMPORTS + program) == ["out of Stack(LSTM(x), x)"]
