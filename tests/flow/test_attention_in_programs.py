"""Attention as programs write it: what is reported, and by which mask it is silenced."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from padlint.finding import Confidence, Role
from padlint.flow.observation import Kind, Observation
from padlint.flow.observe import observe
from padlint.keras.overlay import KerasOverlay
from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.program import Program
from padlint.sources.source import Cell, Source

HEAD = """
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.sequence import pad_sequences

ids = keras.Input((20,))
words = layers.Embedding(500, 16)(ids)
masked = layers.Embedding(500, 16, mask_zero=True)(ids)
"""
TAIL = """
model = keras.Model(ids, layers.Dense(1)(y))
model.compile("adam", "mse")
model.fit(pad_sequences(texts, maxlen=20, padding="post"), labels)
"""


def observed(text: str) -> list[Observation]:
    """Lint a program, and give what it says of attention, mere possibilities left out."""
    file = Path("/nowhere/program.py")
    overlay = KerasOverlay()
    modules = ProjectModules(file.parent, lambda _: None)
    Program(Interpreter(overlay, modules), modules, [Source("program.py", file, (Cell(0, text),))]).evaluate()
    seen = observe(overlay.graph())
    return [one for one in seen if one.kind is Kind.UNMASKED_ATTENTION and one.confidence is not Confidence.POSSIBLE]


def attended(layer: str, applied: str) -> list[str]:
    """Name who attends to padding in a model around a few lines, and the line at which it is reported."""
    text = HEAD + dedent(layer) + applied + TAIL
    lines = text.split("\n")
    return [f"{one.consumer.layer}: {lines[one.span.start.row - 1].strip()}" for one in observed(text) if one.consumer]


def consumers(text: str) -> list[str]:
    """Name the lines that the route gives for those who attend."""
    rows = [step.span.start.row for one in observed(text) for step in one.route if step.role is Role.CONSUMER]
    return [text.split("\n")[row - 1].strip() for row in rows]


WEIGHTED_SUM = """
class WeightedSum(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, shape):
        self.scorer = self.add_weight(shape=(shape[-1], 1))

    def call(self, steps, mask=None):
        weights = K.exp(K.squeeze(K.dot(steps, self.scorer), axis=-1))
        if mask is not None:
            weights *= K.cast(mask, K.floatx())
        weights /= K.sum(weights, axis=1, keepdims=True) + K.epsilon()
        return K.sum(steps * K.expand_dims(weights), axis=1)

    def compute_mask(self, steps, mask=None):
        return None
"""
MASK_MISSING = "words = layers.Embedding(500, 16)(ids)"


def test_a_layer_that_takes_a_mask_and_gets_none_is_cured_at_the_embedding():
    assert attended(WEIGHTED_SUM, "y = WeightedSum()(words)") == [f"WeightedSum: {MASK_MISSING}"]


def test_a_layer_that_takes_the_mask_it_gets_is_right():
    assert attended(WEIGHTED_SUM, "y = WeightedSum()(masked)") == []


def test_the_route_names_the_line_where_the_layer_is_called():
    assert consumers(HEAD + WEIGHTED_SUM + "y = WeightedSum()(words)" + TAIL) == [
        "weights /= K.sum(weights, axis=1, keepdims=True) + K.epsilon()",
        "y = WeightedSum()(words)",
    ]


def test_a_layer_without_a_mask_parameter_is_the_place_of_the_cure():
    layer = """
    class Scored(layers.Layer):
        def __init__(self):
            super().__init__()
            self.score = layers.Dense(1)

        def call(self, steps):
            weights = tf.nn.softmax(self.score(steps), axis=1)
            return tf.reduce_sum(weights * steps, axis=1)
    """
    weights = "weights = tf.nn.softmax(self.score(steps), axis=1)"
    assert attended(layer, "y = Scored()(masked)") == [f"Scored: {weights}"]


def test_what_is_wrong_in_one_use_of_a_layer_is_not_said_of_the_others():
    uses = "good = WeightedSum()(masked)\nbad = WeightedSum()(words)\ny = good + bad"
    assert "good = WeightedSum()(masked)" not in consumers(HEAD + WEIGHTED_SUM + uses + TAIL)
