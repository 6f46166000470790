"""Axes that come, go and move in programs, and the padding along them: what is said, and of which line."""

from __future__ import annotations

from textwrap import dedent

import linted_programs
import pytest

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.sequence import pad_sequences

padded = pad_sequences(texts, maxlen=20, padding="post")
"""
TAIL = """
model.compile("adam", "mse")
model.fit({data}, labels{weighed})
"""
WEIGHED = ", sample_weight=weights"


def said(program: str, data: str = "padded", weighed: str = WEIGHED) -> list[str]:
    """Lint a program, and give what it is told and of which lines."""
    return linted_programs.said(HEAD + dedent(program) + TAIL.format(data=data, weighed=weighed))


# Reshape ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["(20,)", "(-1,)", "(size,)"])
def test_a_row_that_loses_its_axis_of_one_is_still_that_row(target):
    program = f"""
    one = keras.Input((1, 20))
    ids = layers.Reshape({target})(one)
    x = layers.Embedding(500, 16, mask_zero=MASKED)(ids)
    model = keras.Model(one, layers.LSTM(8)(x))
    """
    assert said(program.replace("MASKED", "True"), "padded[:, None]") == []
    leaking = "x = layers.Embedding(500, 16, mask_zero=False)(ids)"
    assert said(program.replace("MASKED", "False"), "padded[:, None]") == [f"unmasked-embedding: {leaking}"]


def test_a_reshape_to_as_many_axes_keeps_the_steps_though_a_number_is_not_known():
    program = """
    steps = keras.Input((size, 8))
    h = layers.LSTM(units, return_sequences=True)(layers.Masking()(steps))
    model = keras.Model(steps, layers.Reshape((size, units))(h))
    """
    assert said(program, 'pad_sequences(texts, maxlen=size, dtype="float32")') == []


def test_a_reshape_to_one_axis_flattens_though_its_number_is_not_known():
    program = """
    ids = keras.Input((20,))
    h = layers.Reshape((20 * width,))(layers.Embedding(500, width)(ids))
    model = keras.Model(ids, layers.Dense(5)(h))
    """
    assert said(program, weighed="") == [
        "pooled-padding: h = layers.Reshape((20 * width,))(layers.Embedding(500, width)(ids))"
    ]


@pytest.mark.parametrize(
    ("width", "reported"),
    [
        ("width", []),
        ("width or K.shape(x)[2]", []),
        ("20 * width", ["pooled-padding: return K.dot(K.reshape(x, (-1, 20 * width)), self.w)"]),
    ],
)
def test_steps_made_rows_of_a_width_that_is_not_known_are_not_pooled(width, reported):
    program = f"""
    class PerStep(layers.Layer):
        def build(self, shape):
            self.w = self.add_weight(shape=(16, 4))

        def call(self, x):
            return K.dot(K.reshape(x, (-1, {width})), self.w)

    ids = keras.Input((20,))
    x = layers.Embedding(500, 16, mask_zero=True)(ids)
    model = keras.Model(ids, PerStep()(x))
    """
    assert said(program) == reported


# What cancels -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "reported"),
    [
        ("K.sum(x * K.expand_dims(e / K.sum(e, axis=1, keepdims=True)), axis=1)", []),
        ("K.sum(e, axis=1)", ["pooled-padding: top = K.max(scores, axis=-1, keepdims=True)"]),
    ],
)
def test_the_highest_score_cancels_only_where_the_exponentials_are_divided_by_their_sum(result, reported):
    program = f"""
    class Weigh(layers.Layer):
        def call(self, x, mask=None):
            scores = K.sum(x, axis=-1)
            top = K.max(scores, axis=-1, keepdims=True)
            e = K.exp(scores - top)
            if mask is not None:
                e *= K.cast(mask, "float32")
            return {result}

    ids = keras.Input((20,))
    model = keras.Model(ids, layers.Dense(1)(Weigh()(layers.Embedding(500, 16, mask_zero=True)(ids))))
    """
    assert said(program) == reported


# Branches on the number of axes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rank", ["len(K.int_shape(x))", "len(x.shape)", "len(x.get_shape())", "K.ndim(x)", "x.ndim", "tf.rank(x)"]
)
def test_the_input_decides_a_branch_on_the_number_of_axes(rank):
    program = f"""
    def encoded(x):
        if {rank} == 3:
            return layers.TimeDistributed(layers.LSTM(8))(layers.Embedding(40, 8)(x))
        return layers.LSTM(8)(layers.Embedding(60, 8)(x))

    letters = keras.Input((width,))
    model = keras.Model(letters, layers.Dense(5)(encoded(letters)))
    """
    assert said(program, weighed="") == ["unmasked-embedding: return layers.LSTM(8)(layers.Embedding(60, 8)(x))"]


# Zeros ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "leaks"),
    [("tf.tanh(x)", False), ("-x", False), ("x[:, :]", False), ("x[:, :, ::-1]", False), ("tf.exp(x)", True)],
)
def test_a_product_with_zeros_that_an_operation_kept_says_nothing_of_padding(kept, leaks):
    program = f"""
    features = keras.Input((20, 8))
    x = layers.Masking()(features)
    x = {kept}
    heard = layers.SimpleRNN(8, return_sequences=True)(x)
    y = layers.Dense(3)(layers.Multiply()([x, heard]))
    model = keras.Model(features, layers.GlobalMaxPooling1D()(y))
    """
    found = said(program, 'pad_sequences(rows, dtype="float32", padding="post")')
    assert any(line.startswith("mask-dropped") for line in found) is leaks


# Weights ----------------------------------------------------------------------------------------------------------


def test_a_product_with_a_matrix_that_was_given_an_axis_keeps_the_steps():
    program = """
    class Attention(layers.Layer):
        def build(self, shape):
            self.w = self.add_weight(shape=(16, 16))
            self.u = self.add_weight(shape=(16,))

        def call(self, x):
            scores = K.tanh(K.squeeze(K.dot(x, K.expand_dims(self.w)), axis=-1))
            weights = K.exp(K.squeeze(K.dot(scores, K.expand_dims(self.u)), axis=-1))
            weights /= K.cast(K.sum(weights, axis=1, keepdims=True) + K.epsilon(), K.floatx())
            return K.sum(x * K.expand_dims(weights), axis=1)

    ids = keras.Input((20,))
    model = keras.Model(ids, Attention()(layers.Embedding(500, 16)(ids)))
    """
    assert [line.partition(":")[0] for line in said(program)] == ["unmasked-attention"]


@pytest.mark.parametrize("shape", ["K.stack([-1, steps, 16])", "tf.stack([-1, tf.shape(x)[1], 16])", "(-1, steps, 16)"])
def test_a_shape_that_is_put_together(shape):
    program = f"""
    class PerStep(layers.Layer):
        def call(self, x):
            flat = K.reshape(x, (-1, K.shape(x)[2]))
            return K.reshape(flat, {shape})

    ids = keras.Input((20,))
    x = PerStep()(layers.Embedding(500, 16)(ids))
    model = keras.Model(ids, layers.LSTM(8)(x))
    """
    assert said(program) == ["unmasked-embedding: x = PerStep()(layers.Embedding(500, 16)(ids))"]


# Masks of the program's own layers --------------------------------------------------------------------------------


def test_a_layer_whose_compute_mask_returns_nothing_drops_the_mask():
    program = """
    class Scale(layers.Layer):
        def compute_mask(self, inputs, mask=None):
            return None

        def call(self, x, mask=None):
            return x * 2.0

    ids = keras.Input((20,))
    x = Scale()(layers.Embedding(500, 16, mask_zero=True)(ids))
    model = keras.Model(ids, layers.LSTM(8)(x))
    """
    assert said(program) == ["mask-dropped: x = Scale()(layers.Embedding(500, 16, mask_zero=True)(ids))"]


@pytest.mark.parametrize(
    ("mask", "reported"),
    [
        ("", ["mask-dropped"]),
        (", mask=None", ["mask-dropped"]),
        (", mask=lambda x, mask: mask", []),
        (", mask=lambda x, mask=None: None", ["mask-dropped"]),
        (", mask=handed_on", []),
        (", mask=unread", []),
    ],
)
def test_a_lambda_may_say_what_becomes_of_the_mask(mask, reported):
    program = f"""
    def handed_on(x, mask):
        return mask

    ids = keras.Input((20,))
    x = layers.Lambda(lambda x: x * 2.0{mask})(layers.Embedding(500, 16, mask_zero=True)(ids))
    model = keras.Model(ids, layers.LSTM(8)(x))
    """
    assert [line.partition(":")[0] for line in said(program)] == reported


OWN_MASK = "tf.not_equal(inputs, 0)"


@pytest.mark.parametrize("base", ["layers.Layer", "keras.Model"])
@pytest.mark.parametrize(
    ("chosen", "reported"),
    [
        (f"{OWN_MASK} if mask is None else mask", []),
        (f"{OWN_MASK} if mask == None else mask", []),
        (f"mask if mask is not None else {OWN_MASK}", []),
        ("self.own(inputs, mask)", []),
        ("self.words.compute_mask(inputs) if mask is None else mask", ["unmasked-embedding"]),
        (f"{OWN_MASK} if mask is not None else mask", ["unmasked-embedding"]),
        ("mask", ["unmasked-embedding"]),
    ],
)
def test_the_inputs_of_a_model_come_without_a_mask(base, chosen, reported):
    program = f"""
    class Encoder({base}):
        def __init__(self):
            super().__init__()
            self.words = layers.Embedding(500, 16)
            self.read = layers.LSTM(8)

        def own(self, inputs, mask):
            if mask is None:
                mask = {OWN_MASK}
            return mask

        def call(self, inputs, mask=None):
            mask = {chosen}
            return self.read(self.words(inputs), mask=mask)

    model = keras.Sequential([keras.Input((20,)), Encoder()])
    """
    assert [line.partition(":")[0] for line in said(program)] == reported


MEAN = """
class Mean(layers.Layer):
    def call(self, inputs, mask=None):
        if mask is None:
            return tf.reduce_mean(inputs, axis=1)
        real = tf.cast(mask, tf.float32)[:, :, None]
        return tf.reduce_sum(inputs * real, axis=1) / tf.reduce_sum(real, axis=1)
"""


@pytest.mark.parametrize("pooled", ["Mean()(masked)", "pool(masked)", "Handed()(masked)"])
def test_what_is_for_inputs_without_a_mask_is_not_run_on_others(pooled):
    program = """
    class Handed(layers.Layer):
        def __init__(self):
            super().__init__()
            self.pool = Mean()

        def call(self, steps, mask=None):
            return self.pool(steps, mask=mask)

    steps = keras.Input((20, 16))
    pool = keras.Model(steps, Mean()(steps))
    ids = keras.Input((20,))
    masked = layers.Embedding(500, 16, mask_zero=True)(ids)
    """
    assert said(MEAN + dedent(program) + f"model = keras.Model(ids, layers.Dense(1)({pooled}))") == []


def test_what_is_for_inputs_without_a_mask_is_run_on_those():
    program = f"{MEAN}\nmodel = keras.Sequential([keras.Input((20, 16)), Mean(), layers.Dense(1)])"
    features = "np.random.rand(9, 20, 16) * (padded != 0)[:, :, None]"
    assert said(program, data=features) == ["pooled-padding: return tf.reduce_mean(inputs, axis=1)"]


@pytest.mark.parametrize(
    ("mask", "reported"),
    [(f"{OWN_MASK} if mask is None else mask[0]".replace("inputs", "ids"), []), ("mask[0]", ["unmasked-embedding"])],
)
def test_several_inputs_come_without_a_mask_or_with_a_list_of_none(mask, reported):
    program = f"""
    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.words = layers.Embedding(500, 16)
            self.read = layers.LSTM(8)

        def call(self, inputs, mask=None):
            ids, features = inputs
            return self.read(self.words(ids), mask={mask})

    model = Reader()
    """
    assert [line.partition(":")[0] for line in said(program, data="(padded, features)")] == reported


@pytest.mark.parametrize(
    ("base", "arguments", "reported"),
    [
        ("Dense", "16", []),
        ("LayerNormalization", "", []),
        ("Activation", "'relu'", []),
        ("Conv1D", "16, 3, padding='same'", ["mask-dropped"]),
        ("Reshape", "(20, 16)", ["mask-dropped"]),
        ("Layer", "", ["mask-dropped"]),
    ],
)
def test_a_call_of_its_own_leaves_a_class_what_it_inherits_of_masks(base, arguments, reported):
    program = f"""
    class Twice(layers.{base}):
        def call(self, inputs):
            return inputs * 2.0

    ids = keras.Input((20,))
    x = Twice({arguments})(layers.Embedding(500, 16, mask_zero=True)(ids))
    model = keras.Model(ids, layers.LSTM(8)(x))
    """
    found = [f"{kind}: x = Twice({arguments})(layers.Embedding(500, 16, mask_zero=True)(ids))" for kind in reported]
    assert said(program) == found


@pytest.mark.parametrize(
    ("says", "reported"),
    [
        ("supports_masking = True", []),
        ("compute_mask = lambda self, inputs, mask=None: mask", []),
        ("supports_masking = unread()", []),
        ("supports_masking = False", ["mask-dropped"]),
        ("compute_mask = lambda self, inputs, mask=None: None", ["mask-dropped"]),
        ("pass", ["mask-dropped"]),
    ],
)
def test_a_class_without_a_call_of_its_own_may_say_what_becomes_of_the_mask(says, reported):
    program = f"""
    class Shaped(layers.Reshape):
        {says}

    x = Shaped((20, 16))
    model = keras.Sequential([layers.Embedding(500, 16, mask_zero=True), x, layers.LSTM(8)])
    """
    assert [line.partition(":")[0] for line in said(program)] == reported


@pytest.mark.parametrize(
    ("rate", "reported"),
    [
        ("learning_rate", []),
        ("lr", ["mask-dropped: x = Twice(1.0)(layers.Embedding(500, 16, mask_zero=True)(ids))"]),  # Keras 2
    ],
)
def test_what_a_class_inherits_of_masks_goes_by_the_version(rate, reported):
    program = f"""
    class Twice(layers.Rescaling):
        def call(self, inputs):
            return super().call(inputs) * 2.0

    ids = keras.Input((20,))
    x = Twice(1.0)(layers.Embedding(500, 16, mask_zero=True)(ids))
    model = keras.Model(ids, layers.LSTM(8)(x))
    model.compile(keras.optimizers.Adam({rate}=0.1), "mse")
    """
    assert said(program) == reported


@pytest.mark.parametrize(("mask_zero", "reported"), [("True", []), ("unread()", []), ("False", ["unmasked-embedding"])])
def test_an_embedding_with_a_call_of_its_own_makes_the_mask_that_it_inherits(mask_zero, reported):
    program = f"""
    class Scaled(layers.Embedding):
        def __init__(self, words, width):
            super().__init__(words, width, mask_zero={mask_zero})

        def call(self, inputs):
            return super().call(inputs) * 4.0

    model = keras.Sequential([Scaled(500, 16), layers.LSTM(8)])
    """
    assert [line.partition(":")[0] for line in said(program)] == reported


# Inputs that a branch decides on ----------------------------------------------------------------------------------


@pytest.mark.parametrize("inputs", ["ids", "[ids]"])
def test_each_branch_has_an_input_of_its_own(inputs):
    program = f"""
    if by_letters:
        ids = keras.Input((256,))
        x = layers.LSTM(8)(layers.Embedding(100, 8)(ids))
        inputs = {inputs}
    else:
        ids = keras.Input((60,))
        x = layers.LSTM(8)(layers.Embedding(9000, 8)(ids))
        inputs = {inputs}
    model = keras.Model(inputs, layers.Dense(1)(x))
    """
    assert said(program) == [
        "unmasked-embedding: x = layers.LSTM(8)(layers.Embedding(100, 8)(ids))",
        "unmasked-embedding: x = layers.LSTM(8)(layers.Embedding(9000, 8)(ids))",
    ]


# What Keras says of itself ----------------------------------------------------------------------------------------


def test_what_is_for_another_backend_is_not_run():
    program = """
    ids = keras.Input((20,))
    x = layers.Embedding(500, 16)(ids)
    if K.backend() == "theano":
        y = layers.LSTM(8)(x)
    else:
        y = layers.GRU(8)(x)
    model = keras.Model(ids, y)
    """
    assert [line for line in said(program) if "LSTM" in line] == []
    assert said(program) == ["unmasked-embedding: x = layers.Embedding(500, 16)(ids)"]


# Axes that match --------------------------------------------------------------------------------------------------


def test_the_axes_of_what_is_taken_from_all_steps_match_from_the_last():
    program = """
    means = np.zeros(16)
    for i, column in enumerate(columns):
        means[i] = column.mean()
    steps = keras.Input((20, 16))
    model = keras.Model(steps, layers.GRU(8)(steps - MEANS))
    """
    rows = "numbers.reshape(-1, 20, 16)"
    assert said(program.replace("MEANS", "np.array([means])"), rows) == []
    steps = "model = keras.Model(steps, layers.GRU(8)(steps - padded[:, :, None]))"
    assert said(program.replace("MEANS", "padded[:, :, None]"), rows) == [f"unmasked-sequence: {steps}"]
