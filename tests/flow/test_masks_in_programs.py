"""Masks that a program takes into its own hands: asks for, makes up for, and puts on tensors."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest
from linted_programs import said

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.sequence import pad_sequences
"""


def told(program: str) -> list[str]:
    """Lint a program, and name what it is told."""
    return [line.partition(":")[0] for line in said(HEAD + dedent(program))]


def reader(call: str, *, mask_zero: bool) -> str:
    """Write a model that is trained on padded ids; `call` is what it does with them."""
    return f"""
class Reader(keras.Model):
    def __init__(self):
        super().__init__()
        self.words = layers.Embedding(90, 8, mask_zero={mask_zero})
        self.conv = layers.Conv1D(8, 1)
        self.lstm = layers.LSTM(4)

    def call(self, ids, mask=None):
{indent(dedent(call).strip(), "        ")}

model = Reader()
model.compile("adam", "mse")
model.fit(pad_sequences(rows, 50), y)
"""


@pytest.mark.parametrize(
    ("put_on", "kinds"),
    [
        ("h._keras_mask = x._keras_mask", []),
        ("h._keras_mask = self.words.compute_mask(ids)", []),
        ("h._keras_mask = tf.not_equal(ids, 0)", []),
        ("if ids is not None: h._keras_mask = x._keras_mask", []),
        ("self.keep(x, h)", []),
        ("h._keras_mask = h._keras_mask", ["mask-dropped"]),
        ("h._keras_mask = None", ["mask-dropped"]),
        ("x._keras_mask = x._keras_mask", ["mask-dropped"]),
    ],
)
def test_a_mask_that_is_put_on_a_tensor_is_on_it(put_on, kinds):
    call = f"""
x = self.words(ids)
h = x * 2
{put_on}
return self.lstm(h)
"""
    helper = "    def keep(self, source, target):\n        target._keras_mask = source._keras_mask\n\n    def call"
    program = reader(call, mask_zero=True).replace("    def call", helper)
    assert told(program) == kinds


def test_a_mask_may_be_taken_from_a_tensor():
    taken = "x = self.words(ids)\nx._keras_mask = None\nreturn self.lstm(x)"
    assert told(reader(taken, mask_zero=True)) == ["mask-dropped"]
    put_back = "x = self.words(ids)\nm = x._keras_mask\nx._keras_mask = None\nx._keras_mask = m\nreturn self.lstm(x)"
    assert told(reader(put_back, mask_zero=True)) == []


def test_a_mask_on_the_input_of_a_functional_model():
    program = """
    ids = keras.Input((50,))
    x = layers.Embedding(90, 8)(ids)
    x._keras_mask = tf.not_equal(ids, 0)
    model = keras.Model(ids, layers.LSTM(4)(x))
    model.compile("adam", "mse")
    model.fit(pad_sequences(rows, 50), y)
    """
    assert told(program) == []
    assert told(program.replace("x._keras_mask", "x._a_mask")) == ["unmasked-embedding"]


@pytest.mark.parametrize(("mask_zero", "kinds"), [(True, []), (False, ["unmasked-embedding"])])
@pytest.mark.parametrize(
    "asked",
    [
        "self.words.compute_mask(ids)",
        "getattr(x, '_keras_mask', None)",
        "x._keras_mask if hasattr(x, '_keras_mask') else None",
        "mask or self.words.compute_mask(ids)",
        "mask if mask is not None else self.words.compute_mask(ids)",
        "self.conv.compute_mask(x, self.words.compute_mask(ids))",
    ],
)
def test_a_mask_that_is_asked_for_is_none_where_none_is_made(asked, mask_zero, kinds):
    call = f"x = self.words(ids)\nreturn self.lstm(x * 2, mask={asked})"
    assert told(reader(call, mask_zero=mask_zero)) == kinds


@pytest.mark.parametrize(
    "asked",
    [
        "self.words.compute_mask(ids)",
        "getattr(x, '_keras_mask', None)",
        "x._keras_mask if hasattr(x, '_keras_mask') else None",
        "getattr(self.conv(x), '_keras_mask', None)",
    ],
)
def test_a_program_makes_up_for_a_mask_that_is_not_there(asked):
    call = f"""
x = self.words(ids)
mask = {asked}
if mask is None:
    mask = tf.not_equal(ids, 0)
return self.lstm(x, mask=mask)
"""
    assert told(reader(call, mask_zero=False)) == []
    assert told(reader(call.replace("mask = tf.not_equal(ids, 0)", "x = x + 1"), mask_zero=False)) == [
        "unmasked-embedding"
    ]


@pytest.mark.parametrize(
    ("before", "kinds"),
    [
        ("layers.Embedding(90, 8)", []),
        ("layers.Embedding(90, 8, mask_zero=True)", []),
    ],
)
def test_a_layer_makes_up_for_a_mask_that_does_not_come(before, kinds):
    program = f"""
    class Reader(layers.Layer):
        def __init__(self):
            super().__init__()
            self.lstm = layers.LSTM(4)

        def call(self, x, ids=None, mask=None):
            if mask is None:
                mask = tf.not_equal(ids, 0)
            return self.lstm(x, mask=mask)

    ids = keras.Input((50,))
    x = {before}(ids)
    model = keras.Model(ids, Reader()(x, ids=ids))
    model.compile("adam", "mse")
    model.fit(pad_sequences(rows, 50), y)
    """
    assert told(program) == kinds
    assert told(program.replace("mask = tf.not_equal(ids, 0)", "x = x * 2").replace("mask_zero=True", "")) == [
        "unmasked-embedding"
    ]


def test_what_lost_the_mask_is_told_where_none_is_given():
    call = "return self.lstm(self.conv(self.words(ids)), mask=None)"
    assert told(reader(call, mask_zero=True)) == ["mask-dropped"]


def test_a_layer_is_no_gap_in_a_list_of_which_the_gaps_are_left_out():
    program = """
    stack = [layers.Embedding(90, 8, mask_zero=True), layers.Conv1D(8, 1), None, layers.LSTM(4), layers.Dense(1)]
    model = keras.Sequential(list(filter(None, stack)))
    model.compile("adam", "mse")
    model.fit(pad_sequences(rows, 50), y)
    """
    assert told(program) == ["mask-dropped"]
    assert told(program.replace("layers.Conv1D(8, 1)", "layers.Dropout(0.1)")) == []


STEPPED = """
class Reader(keras.Model):
    def __init__(self):
        super().__init__()
        self.words = layers.Embedding(90, 8)
        self.cell = layers.GRUCell(8)

    def call(self, ids):
        x = self.words(ids)
        state = tf.zeros((tf.shape(ids)[0], 8))
        real = tf.cast(tf.not_equal(ids, 0), tf.float32)
        for {loop}:
            last = state
            _, state = self.cell({step}, state)
            state = {state}
        return state

model = Reader()
model.compile("adam", "mse")
model.fit({data}, y)
"""


@pytest.mark.parametrize(
    ("loop", "step", "now"),
    [
        ("t in range(ids.shape[1])", "x[:, t]", "real[:, t:t + 1]"),
        ("t in range(50)", "x[:, t, :]", "tf.expand_dims(real[:, t], 1)"),
        ("t in tf.range(tf.shape(x)[1])", "x[:, t]", "tf.expand_dims(real[:, t], -1)"),
        ("t, _ in enumerate(range(50))", "x[:, t]", "real[:, t:t + 1]"),
        ("word, flag in zip(tf.unstack(x, axis=1), tf.unstack(real, axis=1))", "word", "tf.expand_dims(flag, 1)"),
    ],
)
def test_a_cell_that_a_loop_gives_each_step(loop, step, now):
    def finds(state: str, data: str) -> list[str]:
        return told(STEPPED.format(loop=loop, step=step, state=state, data=data))

    padded = "pad_sequences(rows, 50, padding='post')"
    assert finds("state", padded) == ["unmasked-embedding"]
    assert finds(f"{now} * state + (1 - {now}) * last", padded) == []
    assert finds(f"tf.where({now} > 0, state, last)", padded) == []
    assert finds("state", "np.random.randint(1, 90, (30, 50))") == []
