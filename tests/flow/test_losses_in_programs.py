"""Losses that count padded steps and losses that leave them out: whether what a layer writes there does harm."""

from __future__ import annotations

from textwrap import dedent

import pytest
from linted_programs import said

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.sequence import pad_sequences

words = pad_sequences(texts, maxlen=20, padding="post")
ids = keras.Input((20,))
steps = layers.LSTM(8, return_sequences=True)(layers.Embedding(500, 16)(ids))
tags = layers.Dense(5)(steps)
model = keras.Model(ids, tags)
"""
LEAK = "unmasked-embedding: steps = layers.LSTM(8, return_sequences=True)(layers.Embedding(500, 16)(ids))"
COUNTED = "padded-loss: steps = layers.LSTM(8, return_sequences=True)(layers.Embedding(500, 16)(ids))"


def told(training: str) -> list[str]:
    """Lint a program that trains a tagger whose real steps know nothing of the padded ones behind them."""
    return said(HEAD + dedent(training))


@pytest.mark.parametrize(
    "masked",
    [
        "tf.reduce_sum(loss * tf.cast(tf.not_equal(real, 0), tf.float32))",
        "tf.reduce_sum(loss * K.cast(K.greater(real, 0), K.floatx()))",
        "tf.reduce_mean(tf.boolean_mask(loss, real != 0))",
        "tf.reduce_mean(loss[real > -1])",
        "tf.reduce_mean(tf.where(tf.math.equal(real, 0), 0.0, loss))",
        "tf.reduce_sum(loss * tf.cast(tf.math.logical_not(tf.equal(tf.argmax(real, -1), 0)), loss.dtype))",
    ],
)
def test_a_function_that_asks_which_labels_are_padding_counts_none(masked):
    training = f"""
    def masked_loss(real, predicted):
        loss = keras.losses.sparse_categorical_crossentropy(real, predicted)
        return {masked}

    model.compile("adam", masked_loss)
    model.fit(words, words)
    """
    assert told(training) == []


def test_so_does_a_class_of_loss():
    training = """
    class Masked(keras.losses.Loss):
        def call(self, real, predicted):
            loss = keras.losses.sparse_categorical_crossentropy(real, predicted)
            return loss * tf.cast(real != 0, loss.dtype)

    model.compile("adam", Masked())
    model.fit(words, words)
    """
    assert told(training) == []


@pytest.mark.parametrize(
    "function",
    [
        "tf.reduce_mean(loss)",
        "tf.reduce_mean(tf.where(tf.equal(real, 1), 2.0 * loss, loss))",  # one class weighs more
        "tf.reduce_mean(tf.where(tf.equal(real, 1), loss, 0.0) + tf.where(tf.equal(real, 0), 2.0 * loss, 0.0))",
        "tf.reduce_mean(loss * tf.cast(predicted > 0, tf.float32))",
    ],
)
def test_a_function_that_does_not_ask_counts_them_all(function):
    training = f"""
    def own_loss(real, predicted):
        loss = keras.losses.sparse_categorical_crossentropy(real, predicted)
        return {function}

    model.compile("adam", own_loss)
    model.fit(words, words)
    """
    assert LEAK in told(training)


@pytest.mark.parametrize(
    ("loss", "told_of_it"),
    [
        ("keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)", []),
        ("keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=None)", [LEAK, COUNTED]),
        ("keras.losses.SparseCategoricalCrossentropy(from_logits=True)", [LEAK, COUNTED]),
        ("'sparse_categorical_crossentropy'", [LEAK, COUNTED]),
    ],
)
def test_a_loss_of_keras_may_ignore_a_class(loss, told_of_it):
    assert sorted(told(f"model.compile('adam', {loss})\nmodel.fit(words, words)\n")) == sorted(told_of_it)


def test_a_loss_that_is_added_is_judged_where_it_is_made():
    training = """
    losses = keras.losses.sparse_categorical_crossentropy(ids, tags)
    model.add_loss(tf.reduce_sum(losses * tf.cast(tf.not_equal(ids, 0), tf.float32)))
    model.compile("adam")
    model.fit(words)
    """
    assert told(training) == []


TAGGER = """
class Tagger(keras.Model):
    def __init__(self):
        super().__init__()
        self.words = layers.Embedding(500, 16)
        self.steps = layers.LSTM(8, return_sequences=True)

    def call(self, batch):
        return self.steps(self.words(batch))
"""


def test_what_trains_itself_may_count_anything():
    training = """
    class Trained(Tagger):
        def train_step(self, data):
            return step(self, data)

    tagger = Trained()
    tagger.compile("adam")
    tagger.fit(words, words)
    """
    assert told(TAGGER + dedent(training)) == ["unmasked-embedding: self.words = layers.Embedding(500, 16)"]


@pytest.mark.parametrize(
    ("mean", "told_of_it"),
    [
        ("tf.reduce_mean(losses * tf.cast(real != 0, losses.dtype))", []),
        ("tf.reduce_sum(losses * tf.cast(tf.math.logical_not(tf.math.equal(real, 0)), losses.dtype))", []),
        ("tf.reduce_mean(losses)", [LEAK]),
    ],
)
def test_a_loss_that_is_written_out_in_a_loop(mean, told_of_it):
    training = f"""
    losses_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
    optimizer = keras.optimizers.Adam()
    for batch in tf.data.Dataset.from_tensor_slices(words).batch(8):
        real = batch[:, 1:]
        with tf.GradientTape() as tape:
            losses = losses_of(real, model(batch[:, :-1]))
            loss = {mean}
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    """
    assert told(training) == told_of_it


def test_a_model_that_is_a_class_is_called_in_a_loop():
    training = """
    tagger = Tagger()
    losses_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")
    for batch in tf.data.Dataset.from_tensor_slices(words).batch(8):
        with tf.GradientTape() as tape:
            losses = losses_of(batch, tagger(batch))
            loss = tf.reduce_sum(losses * tf.cast(batch != 0, losses.dtype))
        tape.gradient(loss, tagger.trainable_variables)
    """
    counting = training.replace(" * tf.cast(batch != 0, losses.dtype)", "")
    assert told(TAGGER + dedent(training)) == []
    assert told(TAGGER + dedent(counting)) != []


DECODER = """
class Decoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.words = layers.Embedding(500, 16)
        self.steps = layers.LSTM(8, return_sequences=True, return_state=True)
        self.next = layers.Dense(500)

    def call(self, batch):
        steps, state, carry = self.steps(self.words(batch))
        return self.next(steps), state, carry

decoder = Decoder()
losses_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
for batch in tf.data.Dataset.from_tensor_slices(words).batch(8):
    with tf.GradientTape() as tape:
        TAKEN
        loss = losses_of(batch, logits, sample_weight=tf.cast(batch != 0, tf.float32))
    tape.gradient(loss, decoder.trainable_variables)
"""


@pytest.mark.parametrize(
    ("taken", "leaks"),
    [
        ("logits, _, _ = decoder(batch)", False),
        ("logits = decoder(batch)[0]", False),
        ("logits, state, _ = decoder(batch); logits = logits + layers.Dense(500)(state)[:, None]", True),
    ],
)
def test_states_that_a_decoder_returns_and_nobody_takes(taken, leaks):
    assert bool(told(DECODER.replace("TAKEN", taken))) is leaks
