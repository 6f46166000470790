"""Attention as programs write it: what is reported, and by which mask it is silenced."""

from __future__ import annotations

from textwrap import dedent

import linted_programs
import pytest

from padlint.finding import Role
from padlint.flow.observation import Kind, Observation

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
    """Lint a program, and give what it says of attention."""
    return [one for one in linted_programs.observed(text) if one.kind is Kind.UNMASKED_ATTENTION]


def attended(layer: str, applied: str) -> list[str]:
    """Name who attends to padding in a model around a few lines, and the line at which it is reported."""
    text = HEAD + dedent(layer) + applied + TAIL
    lines = text.split("\n")
    return [f"{one.consumer.layer}: {lines[one.span.start.row - 1].strip()}" for one in observed(text) if one.consumer]


def consumers(text: str) -> list[str]:
    """Name the lines that the route gives for those who attend."""
    rows = [step.span.start.row for one in observed(text) for step in one.route if step.role is Role.CONSUMER]
    return [text.split("\n")[row - 1].strip() for row in rows]


FOLDED_SCORES = """
class FoldedScores(layers.Layer):
    def __init__(self, steps, **kwargs):
        super().__init__(**kwargs)
        self.steps = steps

    def build(self, shape):
        self.features = shape[-1]
        self.scorer = self.add_weight(shape=(shape[-1],))

    def call(self, x):
        rows = K.dot(K.reshape(x, (-1, self.features)), K.reshape(self.scorer, (self.features, 1)))
        weights = K.exp(K.tanh(K.reshape(rows, (-1, self.steps))))
        weights /= K.cast(K.sum(weights, axis=1, keepdims=True), K.floatx())
        return K.sum(x * K.expand_dims(weights), axis=1)
"""


@pytest.mark.parametrize("steps", ["20", "max(map(len, texts))", "some.steps"])
def test_scores_that_are_worked_out_in_rows_and_made_steps_again(steps):
    """How many steps there are need not be known for that."""
    normed = "weights /= K.cast(K.sum(weights, axis=1, keepdims=True), K.floatx())"
    assert attended(FOLDED_SCORES, f"y = FoldedScores({steps})(words)") == [f"FoldedScores: {normed}"]


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


def test_the_route_names_the_line_where_the_layer_is_made():
    uses = "pool = WeightedSum()\ny = pool(words)"
    assert consumers(HEAD + WEIGHTED_SUM + uses + TAIL)[1:] == ["y = pool(words)", "pool = WeightedSum()"]


# Steps as rows of the batch ---------------------------------------------------------------------------------------

FOLDED = """
class Folded(layers.Layer):
    def build(self, shape):
        self.width = shape[-1]
        self.scorer = self.add_weight(shape=(shape[-1], 1))

    def call(self, steps, mask=None):
        rows = K.reshape(steps, (-1, self.width))
        weights = K.exp(K.reshape(K.dot(rows, self.scorer), (-1, 20)))
        if mask is not None:
            weights *= K.cast(mask, K.floatx())
        weights /= K.sum(weights, axis=1, keepdims=True)
        return K.sum(steps * K.expand_dims(weights), axis=1)
"""


def test_steps_that_are_folded_into_the_batch_come_out_again():
    assert attended(FOLDED, "y = Folded()(words)") == [f"Folded: {MASK_MISSING}"]


def test_a_mask_silences_scores_that_were_folded():
    assert attended(FOLDED, "y = Folded()(masked)") == []


def test_scores_are_reshaped_to_the_lengths_of_their_tensor():
    layer = """
    def pooled(steps):
        shape = K.shape(steps)
        scores = K.reshape(layers.Dense(1)(steps), (shape[0], shape[1]))
        return K.sum(steps * K.expand_dims(K.softmax(scores)), axis=1)
    """
    softmax = "return K.sum(steps * K.expand_dims(K.softmax(scores)), axis=1)"
    assert attended(layer, "y = pooled(words)") == [f"K.softmax: {softmax}"]


# A function of one step -------------------------------------------------------------------------------------------

DECODER = """
class Decoder(layers.Layer):
    def build(self, shape):
        self.scorer = self.add_weight(shape=(16, 1))

    def call(self, inputs):
        encoded, decoded = inputs

        def attend(step, states):
            scores = K.squeeze(K.dot(states[-1] + K.expand_dims(step, 1), self.scorer), axis=-1)
            SINK
            weights = K.softmax(scores)
            return K.sum(states[-1] * K.expand_dims(weights), axis=1), states[:1]

        last, every, states = K.rnn(attend, decoded, [decoded[:, 0]], constants=[encoded])
        return every
"""
DECODED = "y = Decoder()([masked, layers.Dense(16)(keras.Input((5, 4)))])"


def test_a_step_function_attends_to_what_it_is_given_with_every_step():
    layer = DECODER.replace("SINK", "pass")
    assert attended(layer, DECODED) == ["Decoder: weights = K.softmax(scores)"]


def test_a_step_function_may_sink_the_padding():
    layer = DECODER.replace("SINK", "scores += (1.0 - K.cast(K.not_equal(ids, 0), 'float32')) * -1e9")
    assert attended(layer, DECODED) == []


@pytest.mark.parametrize(("factor", "sinks"), [("-1e9", True), ("-10000.0", True), ("1e-9", False), ("-1e-9", False)])
def test_what_is_added_to_scores_sinks_padding_if_it_is_large(factor, sinks):
    layer = DECODER.replace("SINK", f"scores += K.cast(K.equal(ids, 0), 'float32') * {factor}")
    assert (attended(layer, DECODED) == []) is sinks


# Layers of Keras put together -------------------------------------------------------------------------------------

STEPS = "steps = layers.LSTM(8, return_sequences=True)(masked)\n"


def test_a_softmax_layer_over_scores_is_attention():
    scored = """
    steps = layers.LSTM(8, return_sequences=True)(words)
    weights = layers.Softmax(axis=1)(layers.Dense(1)(steps))
    y = layers.Flatten()(layers.Dot(axes=1)([weights, steps]))
    """
    weights = "weights = layers.Softmax(axis=1)(layers.Dense(1)(steps))"
    assert attended(scored, "") == [f"Softmax: {weights}"]


def test_scores_may_be_flattened_before_their_softmax():
    scored = """
    scores = layers.Flatten()(layers.Dense(1, activation="tanh")(steps))
    weights = layers.Activation("softmax")(scores)
    spread = layers.Permute((2, 1))(layers.RepeatVector(8)(weights))
    y = layers.Lambda(lambda z: K.sum(z, axis=1))(layers.Multiply()([steps, spread]))
    """
    weights = 'weights = layers.Activation("softmax")(scores)'
    assert attended(STEPS + dedent(scored), "") == [f"Activation: {weights}"]


def test_a_dense_softmax_over_steps_that_were_made_features_is_attention():
    scored = """
    weights = layers.Dense(20, activation="softmax")(layers.Permute((2, 1))(steps))
    y = layers.Multiply()([steps, layers.Permute((2, 1))(weights)])
    """
    weights = 'weights = layers.Dense(20, activation="softmax")(layers.Permute((2, 1))(steps))'
    assert attended(STEPS + dedent(scored), "") == [f"Dense: {weights}"]


def test_pairs_of_steps_are_attended_along_the_keys():
    scored = """
    pairs = layers.Dot(axes=[2, 2])([steps, steps])
    weights = layers.Activation("softmax")(pairs)
    y = layers.Dot(axes=[2, 1])([weights, steps])
    """
    assert attended(STEPS + dedent(scored), "") == ['Activation: weights = layers.Activation("softmax")(pairs)']


KEPT_WEIGHTS = """
    weights = layers.Embedding(100, 1, weights=[table], trainable=KEPT)(ids)
    y = layers.Dot(axes=1)([steps, weights])
    """


def test_weights_that_the_program_gives_and_keeps_may_be_zero_for_padding():
    assert attended(STEPS + dedent(KEPT_WEIGHTS.replace("KEPT", "False")), "") == []


def test_weights_that_are_trained_are_not_zero_for_padding_for_long():
    summed = "y = layers.Dot(axes=1)([steps, weights])"
    assert attended(STEPS + dedent(KEPT_WEIGHTS.replace("KEPT", "True")), "") == [f"Dot: {summed}"]


@pytest.mark.parametrize(
    "classified",
    [
        'y = layers.Dense(10, activation="softmax")(layers.GlobalMaxPooling1D()(steps))',
        'y = layers.Dense(10, activation="softmax")(steps)',
        'y = layers.Activation("softmax")(layers.Dense(10)(steps))',
    ],
)
def test_a_classifier_attends_to_nothing(classified):
    assert attended(STEPS, classified) == []


# Products with weights --------------------------------------------------------------------------------------------


def test_a_product_with_a_vector_leaves_one_score_a_step():
    scored = """
    vector = tf.Variable(tf.random.normal([16]))
    weights = tf.nn.softmax(tf.tensordot(words, vector, axes=1))
    y = tf.reduce_sum(words * tf.expand_dims(weights, -1), 1)
    """
    weights = "weights = tf.nn.softmax(tf.tensordot(words, vector, axes=1))"
    assert attended(scored, "") == [f"tf.nn.softmax: {weights}"]


# Masks ------------------------------------------------------------------------------------------------------------

AFTERWARDS = """
class Renormalised(layers.Layer):
    def __init__(self):
        super().__init__()
        self.score = layers.Dense(1)

    def call(self, steps, mask=None):
        weights = tf.nn.softmax(tf.squeeze(self.score(steps), -1))
        if mask is not None:
            weights = weights * tf.cast(mask, tf.float32)
            weights = weights / tf.reduce_sum(weights, axis=1, keepdims=True)
        return tf.reduce_sum(steps * weights[:, :, None], axis=1)
"""


def test_weights_may_be_masked_behind_the_softmax_and_dealt_out_anew():
    assert attended(AFTERWARDS, "y = Renormalised()(masked)") == []


def test_without_a_mask_nothing_is_dealt_out_anew():
    assert attended(AFTERWARDS, "y = Renormalised()(words)") == [f"Renormalised: {MASK_MISSING}"]


def test_a_choice_of_scores_that_was_not_read_may_sink_the_padding():
    scored = """
    scores = tf.squeeze(layers.Dense(1)(words), -1)
    weights = tf.nn.softmax(tf.where(real_steps(), scores, -1e9))
    y = tf.reduce_sum(words * weights[:, :, None], axis=1)
    """
    assert attended(scored, "") == []


KEEP = "keep = tf.cast(tf.not_equal(ids, 0), tf.float32)\n"
OVER_KEYS = (
    "keep[:, None, :]",
    "keep[:, None, :] * keep[:, :, None]",
    "tf.transpose(keep[:, :, None], (0, 2, 1))",
    "tf.reshape(keep, (-1, 1, 20))",
    "tf.tile(keep[:, None, :], [1, 20, 1])",
    "tf.matmul(keep[:, :, None], keep[:, None, :])",
)
OVER_QUERIES = ("keep[:, :, None]", "tf.expand_dims(keep, -1)", "tf.reshape(keep, (-1, 20, 1))")


@pytest.mark.parametrize("mask", OVER_KEYS)
def test_a_mask_that_is_given_hides_keys(mask):
    heads = f"y = layers.MultiHeadAttention(2, 8)(words, words, attention_mask={mask})"
    scores = f"y = layers.Softmax()(tf.matmul(words, words, transpose_b=True), mask={mask})"
    assert attended(KEEP, heads) == attended(KEEP, scores) == []


@pytest.mark.parametrize("mask", OVER_QUERIES)
def test_a_mask_that_is_given_hides_no_keys_where_it_is_one_of_queries(mask):
    heads = f"y = layers.MultiHeadAttention(2, 8)(words, words, attention_mask={mask})"
    scores = f"y = layers.Softmax()(tf.matmul(words, words, transpose_b=True), mask={mask})"
    assert attended(KEEP, heads) == [f"MultiHeadAttention: {heads}"]
    assert attended(KEEP, scores) == [f"Softmax: {scores}"]
    (found,) = observed(HEAD + KEEP + heads + TAIL)
    assert found.words["reason"] == "the mask that it is given hides queries, not keys"


@pytest.mark.parametrize(
    ("scores", "leaks"),
    [
        ("tf.matmul(words * keep[..., None], words * keep[..., None], transpose_b=True)", True),
        ("tf.matmul(words, words, transpose_b=True) * keep[:, None, :]", True),
        ("tf.matmul(words, words, transpose_b=True) * keep[:, None, :] - 1e9 * (1.0 - keep[:, None, :])", False),
        ("tf.matmul(words * keep[..., None], words, transpose_b=True) - 1e9 * (1.0 - keep[:, None, :])", False),
    ],
)
def test_a_softmax_gives_weight_to_steps_that_were_multiplied_away(scores, leaks):
    assert bool(attended(KEEP, f"y = tf.matmul(tf.nn.softmax({scores}), words)")) is leaks


def test_steps_that_were_multiplied_away_may_be_sunk_by_a_test_for_zeros():
    scored = """
    kept = words * keep[..., None]
    there = tf.sign(tf.abs(tf.reduce_sum(kept, axis=-1)))[:, None, :]
    scores = tf.matmul(kept, kept, transpose_b=True)
    y = tf.matmul(tf.nn.softmax(tf.where(tf.equal(there, 0), -1e9, scores)), words)
    """
    assert attended(KEEP + dedent(scored), "") == []


def test_steps_that_were_multiplied_away_add_nothing_to_a_sum():
    weights = "weights = K.exp(tf.squeeze(layers.Dense(1)(words), -1)) * keep\n"
    assert (
        attended(KEEP + weights, "y = (weights / tf.reduce_sum(weights, 1, keepdims=True))[:, :, None] * words") == []
    )


def test_a_share_of_the_largest_is_no_weight():
    assert attended("", "y = words / tf.reduce_max(words, axis=1, keepdims=True)") == []
    total = "y = words / layers.Reshape((1, 16))(tf.reduce_sum(words, axis=1))"
    assert attended("", total) == [f"tf.reduce_sum: {total}"]


def test_heads_are_paired_along_their_features():
    heads = """
    heads = tf.transpose(tf.reshape(words, (-1, 20, 2, 8)), (0, 2, 1, 3))
    weights = K.softmax(K.batch_dot(heads, heads, axes=[3, 3]))
    y = tf.reshape(tf.transpose(K.batch_dot(weights, heads, axes=[3, 2]), (0, 2, 1, 3)), (-1, 20, 16))
    """
    weights = "weights = K.softmax(K.batch_dot(heads, heads, axes=[3, 3]))"
    assert attended(heads, "") == [f"K.softmax: {weights}"]


@pytest.mark.parametrize(
    ("call", "leaks"),
    [
        ("words, words, use_causal_mask=True", False),
        ("layers.Dense(16)(keras.Input((5, 4))), words, use_causal_mask=True", True),
        ("words, words", True),
    ],
)
def test_no_step_looks_ahead_at_the_padding_under_a_causal_mask(call, leaks):
    assert bool(attended("", f"y = layers.MultiHeadAttention(2, 8)({call})")) is leaks


@pytest.mark.parametrize(
    "sunk", ["tf.where(tf.equal(past, 0), -1e9, scores)", "scores - 1e9 * (1.0 - past)", "scores + (past - 1.0) * 1e9"]
)
@pytest.mark.parametrize("side", ["pre", "post"])
def test_a_triangle_sinks_padding_behind_the_steps_and_none_in_front(sunk, side):
    scored = f"""
    scores = tf.matmul(words, words, transpose_b=True)
    past = tf.linalg.band_part(tf.ones_like(scores), -1, 0)
    y = tf.matmul(tf.nn.softmax({sunk}), words)
    """
    text = HEAD + dedent(scored) + TAIL.replace('"post"', f'"{side}"')
    assert bool(observed(text)) is (side == "pre")


@pytest.mark.parametrize("places", ["np.arange(16)", "tf.ones((20, 16))", "np.load('places.npy')"])
def test_positions_that_are_added_to_words_sink_no_padding(places):
    scored = f"""
    import numpy as np
    placed = words + {places}
    y = tf.matmul(tf.nn.softmax(tf.matmul(placed, placed, transpose_b=True)), placed)
    """
    assert attended(scored, "") == [
        "tf.nn.softmax: y = tf.matmul(tf.nn.softmax(tf.matmul(placed, placed, transpose_b=True)), placed)"
    ]


@pytest.mark.parametrize(
    "then", ["scores", "scores / 4.0", "layers.Dropout(0.1)(scores)", "tf.cast(scores, 'float32')"]
)
def test_what_was_not_followed_and_is_added_to_scores_may_sink_padding(then):
    scored = f"""
    lowered = keras.Input((20, 20))
    scores = tf.matmul(words, words, transpose_b=True) + lowered
    y = tf.matmul(tf.nn.softmax({then}), words)
    """
    assert attended(scored, "") == []


@pytest.mark.parametrize("scored", ["K.tanh(K.dot(words, kernel) + bias)", "K.dot(words + bias, kernel)"])
def test_weights_that_are_added_on_the_way_to_scores_sink_no_padding(scored):
    layer = f"""
    class Weighted(layers.Layer):
        def build(self, shape):
            self.kernel = self.add_weight(shape=(shape[-1], 1))
            self.bias = self.add_weight(shape=(shape[1], 1))

        def call(self, words):
            kernel, bias = self.kernel, self.bias
            weights = K.softmax(K.squeeze({scored}, axis=-1))
            return K.sum(words * K.expand_dims(weights), axis=1)

    y = Weighted()(words)
    """
    assert len(attended(layer, "")) == 1


@pytest.mark.parametrize(("masked_by", "leaks"), [("mask_zero=True", False), ("name='words'", True)])
def test_the_value_of_padding_that_was_not_followed_to_a_model_says_nothing_of_its_mask(masked_by, leaks):
    program = f"""
    from tensorflow import keras
    from tensorflow.keras import layers
    from tensorflow.keras.preprocessing.sequence import pad_sequences

    def build(length):
        ids = keras.Input((length,))
        words = layers.Embedding(10, 8, {masked_by})(ids)
        model = keras.Model(ids, layers.Dense(1)(layers.MultiHeadAttention(2, 8)(words, words)))
        model.compile("adam", "mse")
        return model

    def filled(rows):
        return pad_sequences(rows, padding="post", value=-1)
    """
    assert bool(observed(dedent(program))) is leaks


# Layers of other packages -----------------------------------------------------------------------------------------

SELF_ATTENTION = "from keras_self_attention import SeqSelfAttention\n"
MECHANISM = """
import tensorflow_addons as tfa

attention = tfa.seq2seq.LuongAttention(16)
attention(MEMORY, setup_memory=True)
y = layers.GlobalMaxPooling1D()(words)
"""


def test_a_layer_of_another_package_that_takes_masks_gets_none():
    assert attended(SELF_ATTENTION, "y = SeqSelfAttention()(words)") == [f"SeqSelfAttention: {MASK_MISSING}"]


def test_a_layer_of_another_package_goes_by_its_mask():
    assert attended(SELF_ATTENTION, "y = SeqSelfAttention()(masked)") == []


@pytest.mark.parametrize(
    ("memory", "leaks"), [("words", True), ("masked", False), ("[words, tf.reduce_sum(tf.sign(ids), 1)]", False)]
)
def test_the_memory_of_an_attention_mechanism_is_attended_to(memory, leaks):
    assert bool(attended(MECHANISM.replace("MEMORY", memory), "")) is leaks


@pytest.mark.parametrize(
    ("parameters", "leaks"), [("x, training, mask", False), ("x, training, mask=None", True), ("x, training", True)]
)
def test_a_mask_that_whoever_calls_has_to_give(parameters, leaks):
    """Of a model that nothing calls: Keras would give it the mask of what it is called on, and nothing else."""
    text = f"""
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

class Encoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.words = layers.Embedding(500, 16)
        self.queries = layers.Dense(16)

    def call(self, {parameters}):
        x = self.words(x)
        scores = tf.matmul(self.queries(x), x, transpose_b=True)
        {"scores += mask * -1e9" if parameters.endswith("mask") else "pass"}
        return tf.matmul(tf.nn.softmax(scores), x)

def batches(generator):
    return tf.data.Dataset.from_generator(generator, tf.int32).padded_batch(32, (None,))
"""
    assert bool(observed(text)) is leaks
