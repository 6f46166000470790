"""Attention, pooling, convolutions and the mask arithmetic that programs do by hand."""

from __future__ import annotations

import pytest

from padlint.finding import Confidence
from padlint.flow.axes import joined
from padlint.flow.observation import Kind
from padlint.graph import Effect, Side, Unresolved

PRE, POST, UNKNOWN = Side.PRE, Side.POST, Side.UNKNOWN


def only(k, kind):
    return [line for line in k.leaks() if line.startswith(kind)]


# Attention layers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Attention", "AdditiveAttention", "MultiHeadAttention"])
def test_attention_over_unmasked_keys_leaks(k, kind):
    x = k.Embedding(100, 8)(k.ids())
    k.layer(kind)([x, x])
    assert k.leaks() == [f"unmasked-attention at Embedding -> {kind}"]


@pytest.mark.parametrize("kind", ["Attention", "AdditiveAttention", "MultiHeadAttention"])
def test_attention_over_masked_keys_is_right(k, kind):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    k.layer(kind)([x, x])
    assert k.leaks() == []


@pytest.mark.parametrize("kind", ["Attention", "MultiHeadAttention"])
def test_the_mask_of_the_query_protects_nothing(k, kind):
    query = k.Embedding(100, 8, mask_zero=True)(k.ids())
    keys = k.Embedding(50, 8)(k.ids())
    k.layer(kind)([query, keys])
    assert k.leaks() == [f"unmasked-attention at Embedding#2 -> {kind}"]


@pytest.mark.parametrize(("asking", "attended", "leaks"), [(True, False, False), (False, True, True)])
def test_attention_blanks_the_steps_that_the_mask_of_the_query_hides(k, asking, attended, leaks):
    ids = k.ids()
    query, value = (k.Embedding(100, 8, mask_zero=masked)(ids) for masked in (asking, attended))
    k.LSTM(4)(k.Masking()(k.AdditiveAttention()([query, value])))
    assert bool(only(k, "mask-never-matches")) is leaks


@pytest.mark.parametrize("kind", ["Attention", "MultiHeadAttention"])
def test_the_mask_of_the_keys_is_enough(k, kind):
    query = k.Embedding(100, 8)(k.ids())
    keys = k.Embedding(50, 8, mask_zero=True)(k.ids())
    k.layer(kind)([query, keys])
    assert k.leaks() == []


def test_the_cure_of_a_mask_that_was_dropped_is_a_layer_that_keeps_it(k):
    x = k.Conv1D(8, 3, padding="same")(k.Embedding(100, 8, mask_zero=True)(k.ids()))
    k.Attention()([x, x])
    assert {seen.words["masking"] for seen in k.observations() if seen.kind is Kind.UNMASKED_ATTENTION} == {
        "a layer that keeps it in the place of `Conv1D`"
    }


def test_the_cure_is_a_setting_of_an_embedding_or_a_layer_in_front_of_features(k):
    x = k.Embedding(100, 8)(k.ids())
    k.Attention()([x, x])
    assert [seen.words["masking"] for seen in k.observations()] == ["`mask_zero=True` on `Embedding`"]
    y = k.features()
    k.Attention()([y, y])
    assert k.observations()[-1].words["masking"] == "`Masking(mask_value=0)` in front of them"


def test_an_attention_mask_made_by_hand_protects(k):
    ids = k.ids()
    x = k.Embedding(100, 8)(ids)
    k.MultiHeadAttention()(x, x, attention_mask=k.expand(ids != 0, axis=1))
    assert k.leaks() == []


def test_a_dropped_mask_is_the_fault_of_the_attention_that_lacks_it(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids()) * 2
    k.MultiHeadAttention()([x, x])
    assert k.leaks() == ["unmasked-attention at MultiHeadAttention -> MultiHeadAttention"]


def test_a_raw_residual_loses_the_mask_of_attention(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    y = x + k.MultiHeadAttention()([x, x])
    k.GlobalAveragePooling1D()(y)
    assert k.leaks() == ["pooled-padding at GlobalAveragePooling1D -> GlobalAveragePooling1D"]


def test_a_residual_by_add_keeps_it(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    y = k.Add()([x, k.MultiHeadAttention()([x, x])])
    k.GlobalAveragePooling1D()(y)
    assert k.leaks() == []


# Attention by hand ------------------------------------------------------------------------------------------------


def weighted_sum(k, x, hide=None):
    scores = k.Dense(1)(x)
    if hide is not None:
        scores = scores + k.expand(hide) * -1e9
    return k.reduce(k.softmax(scores) * x)


def test_a_softmax_over_padded_steps_is_attention(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    weighted_sum(k, x)
    assert k.leaks() == ["unmasked-attention at tf.nn.softmax -> tf.nn.softmax"]


def test_a_softmax_behind_a_masked_layer_still_gives_padding_some_weight(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    weighted_sum(k, k.LSTM(4, return_sequences=True)(x))
    assert k.leaks() == ["unmasked-attention at tf.nn.softmax -> tf.nn.softmax"]


def test_scores_sunk_by_a_test_of_the_ids_are_right(k):
    ids = k.ids()
    weighted_sum(k, k.Embedding(100, 8)(ids), hide=ids != 0)
    assert k.leaks() == []


def test_scores_sunk_by_the_mask_that_call_gets_are_right(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    weighted_sum(k, x, hide=k.mask_of(x))
    assert k.leaks() == []


def test_a_mask_that_call_gets_as_none_sinks_nothing(k):
    x = k.Embedding(100, 8)(k.ids())
    weighted_sum(k, x, hide=k.mask_of(x))
    assert k.leaks() == ["unmasked-attention at tf.nn.softmax -> tf.nn.softmax"]


def test_scores_combined_with_something_unread_raise_no_alarm(k):
    x = k.Embedding(100, 8)(k.ids())
    weighted_sum(k, x, hide=k.opaque())
    assert k.leaks() == []


def written_out(k, x, hide=None):
    weights = k.raw("K.exp", Effect.POINTWISE, k.Dense(1)(x))
    if hide is not None:
        weights = weights * k.expand(hide)
    total = k.raw("K.sum", Effect.REDUCE_STEPS, weights, axis=1) + 1e-7
    return k.reduce(k.raw("/", Effect.POINTWISE, weights, k.expand(total)) * x)


def test_a_softmax_written_out_is_attention(k):
    written_out(k, k.Embedding(100, 8)(k.ids()))
    assert k.leaks() == ["unmasked-attention at K.sum -> K.sum"]


def test_a_softmax_written_out_may_leave_padding_out(k):
    ids = k.ids()
    written_out(k, k.Embedding(100, 8)(ids), hide=ids != 0)
    assert k.leaks() == []


def test_a_mean_over_everything_pools_no_steps(k):
    k.reduce(k.Embedding(100, 8)(k.ids()), axis=None)
    assert k.leaks() == []


def test_something_unread_that_is_added_to_the_scores_may_sink_them(k):
    scores = k.Dense(1)(k.Embedding(100, 8)(k.ids()))
    sunk = k.raw("+", Effect.POINTWISE, scores, operand=Unresolved("`*` of unresolved values"))
    k.softmax(k.either(sunk, scores))
    assert k.leaks() == []


def test_something_unread_that_scales_the_scores_does_not(k):
    scores = k.Dense(1)(k.Embedding(100, 8)(k.ids()))
    k.softmax(k.raw("/", Effect.POINTWISE, scores, operand=Unresolved("the root of a width")))
    assert k.leaks() == ["unmasked-attention at tf.nn.softmax -> tf.nn.softmax"]


def test_a_mask_that_was_shaped_before_it_was_fed_hides_the_keys(k):
    x = k.Embedding(100, 8)(k.ids())
    mask = k.fed(k.input(1, None), k.padding(axes=(2,)), mask=True, rank=3)
    scores = k.raw("tf.matmul", Effect.PAIR_STEPS, k.Dense(8)(x), k.Dense(8)(x))
    k.softmax(scores + mask, axis=-1)
    assert k.leaks() == []


def test_a_mask_of_the_queries_hides_no_keys(k):
    ids = k.ids()
    x = k.Embedding(100, 8)(ids)
    scores = k.raw("tf.matmul", Effect.PAIR_STEPS, k.Dense(8)(x), k.Dense(8)(x))
    k.softmax(scores + k.expand(ids != 0, axis=2), axis=-1)
    assert k.leaks() == ["unmasked-attention at tf.nn.softmax -> tf.nn.softmax"]


def test_a_mask_of_the_keys_hides_them(k):
    ids = k.ids()
    x = k.Embedding(100, 8)(ids)
    scores = k.raw("tf.matmul", Effect.PAIR_STEPS, k.Dense(8)(x), k.Dense(8)(x))
    k.softmax(scores + k.expand(ids != 0, axis=1), axis=-1)
    assert k.leaks() == []


def test_a_softmax_over_features_is_no_attention(k):
    x = k.Embedding(100, 8)(k.ids())
    k.softmax(x, axis=-1)
    assert k.leaks() == []


def test_scores_between_queries_and_keys_are_attended_along_the_keys(k):
    query = k.features(PRE)
    keys = k.Dense(8)(k.features(POST))
    scores = k.raw("tf.matmul", Effect.PAIR_STEPS, k.Dense(8)(query), keys)
    weights = k.softmax(scores, axis=-1)
    k.LSTM(4)(k.raw("tf.matmul", Effect.WEIGH_STEPS, weights, keys))
    seen = k.observations()
    assert [k.told(one) for one in seen] == [
        "unmasked-attention at tf.nn.softmax -> tf.nn.softmax",
        "unmasked-sequence at LSTM -> LSTM",
    ]
    assert [one.evidence.tensor for one in seen] == [keys.id - 1, query.id]


# Pooling ----------------------------------------------------------------------------------------------------------


def test_an_average_without_a_mask_leaks(k):
    k.GlobalAveragePooling1D()(k.Embedding(100, 8)(k.ids()))
    assert k.leaks() == ["pooled-padding at Embedding -> GlobalAveragePooling1D"]


def test_an_average_under_a_mask_is_right(k):
    k.GlobalAveragePooling1D()(k.Embedding(100, 8, mask_zero=True)(k.ids()))
    assert k.leaks() == []


@pytest.mark.parametrize("kind", ["GlobalMaxPooling1D", "MaxPooling1D", "AveragePooling1D", "Flatten"])
def test_other_poolings_ignore_the_mask(k, kind):
    k.layer(kind)(k.Embedding(100, 8, mask_zero=True)(k.ids()))
    assert k.leaks() == [f"pooled-padding at {kind} -> {kind}"]


def test_a_mean_outside_of_layers_ignores_it_too(k):
    k.reduce(k.Embedding(100, 8, mask_zero=True)(k.ids()))
    assert k.leaks() == ["pooled-padding at tf.reduce_mean -> tf.reduce_mean"]


def test_a_mean_over_features_is_none_over_steps(k):
    k.reduce(k.Embedding(100, 8)(k.ids()), axis=-1)
    assert k.leaks() == []


def test_steps_multiplied_by_their_mask_may_be_summed(k):
    ids = k.ids()
    k.reduce(k.Embedding(100, 8)(ids) * k.expand(ids != 0))
    assert k.leaks() == []


def test_steps_multiplied_by_their_mask_in_a_layer_may_be_summed(k):
    ids = k.ids()
    x = k.Multiply()([k.Embedding(100, 8)(ids), k.expand(ids != 0)])
    k.GlobalAveragePooling1D()(x)
    assert k.leaks() == []


@pytest.mark.parametrize(
    ("side", "wrap", "leaks"),
    [(POST, False, False), (PRE, False, True), (POST, True, True), (PRE, True, True)],
)
def test_a_maximum_behind_a_masked_recurrent_layer(k, side, wrap, leaks):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids(side))
    rnn = k.LSTM(4, return_sequences=True)
    x = (k.Bidirectional(rnn) if wrap else rnn)(x)
    k.GlobalMaxPooling1D()(x)
    assert bool(only(k, "pooled-padding")) is leaks


def test_flattening_what_a_masked_layer_returned_is_content_free(k):
    x = k.LSTM(4, return_sequences=True)(k.Embedding(100, 8, mask_zero=True)(k.ids()))
    k.Flatten()(x)
    assert k.leaks() == []


def test_a_convolution_lets_no_padding_in_again(k):
    x = k.LSTM(4, return_sequences=True)(k.Embedding(100, 8, mask_zero=True)(k.ids(PRE)))
    k.Flatten()(k.Conv1D(8, 3, padding="causal")(x))
    assert k.leaks() == []


def test_attention_lets_no_padding_in_again(k):
    x = k.LSTM(4, return_sequences=True)(k.Embedding(100, 8, mask_zero=True)(k.ids()))
    k.Flatten()(k.MultiHeadAttention(2, 4)(x, x))
    assert k.leaks() == []


def test_pooling_features_that_nothing_is_known_of_is_not_even_possible(k):
    k.GlobalMaxPooling2D()(k.Conv2D(8, 3)(k.input(28, 28, 1)))
    assert k.leaks(Confidence.POSSIBLE) == []


# Convolution ------------------------------------------------------------------------------------------------------


def test_a_convolution_reads_padding_beside_the_real_steps(k):
    k.Conv1D(8, 3, padding="same")(k.Embedding(100, 8, mask_zero=True)(k.ids()))
    assert k.leaks() == ["convolved-padding at Conv1D -> Conv1D"]


def test_a_convolution_of_one_step_reads_no_neighbours(k):
    k.Conv1D(8, 1)(k.Embedding(100, 8)(k.ids()))
    assert k.leaks() == []


@pytest.mark.parametrize(("side", "leaks"), [(POST, False), (PRE, True)])
def test_a_causal_convolution_does_not_look_ahead(k, side, leaks):
    k.Conv1D(8, 3, padding="causal")(k.Embedding(100, 8)(k.ids(side)))
    assert bool(k.leaks()) is leaks


@pytest.mark.parametrize(
    ("side", "index", "sides"),
    [(POST, 0, (POST, PRE)), (POST, 1, (POST,)), (PRE, 0, (PRE,)), (PRE, 1, (PRE, POST)), (UNKNOWN, 0, (UNKNOWN,))],
)
def test_padding_between_two_sequences_is_on_both_sides_of_real_steps(side, index, sides):
    assert joined(side, index, 2) == sides


@pytest.mark.parametrize(
    ("settings", "leaks"), [({"padding": "same"}, False), ({}, True), ({"padding": "same", "strides": 2}, True)]
)
def test_zeros_that_a_mask_left_are_what_a_convolution_sees_beyond_the_ends(k, settings, leaks):
    x = k.LSTM(4, return_sequences=True)(k.Embedding(100, 8, mask_zero=True)(k.ids(PRE)))
    k.Conv1D(8, 3, **settings)(x)
    assert bool(only(k, "convolved-padding")) is leaks


def test_an_image_is_not_padded_text(k):
    x = k.fed(k.input(28, 28, 1), unpadded="images")
    k.Flatten()(k.Conv2D(8, 3)(x))
    assert k.leaks(Confidence.POSSIBLE) == []


def test_a_convolution_over_stacked_embeddings_reads_the_steps(k):
    x = k.Reshape((20, 8, 1))(k.Embedding(100, 8)(k.fed(k.input(20), k.padding())))
    k.Conv2D(8, (3, 8))(x)
    assert k.leaks() == ["convolved-padding at Embedding -> Conv2D"]


# Layers that mix --------------------------------------------------------------------------------------------------


def test_normalising_over_steps_mixes_them_whatever_the_mask(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    k.LayerNormalization(axis=(1, 2))(x)
    assert k.leaks() == ["mask-ignored at LayerNormalization -> LayerNormalization"]


def test_normalising_features_does_not(k):
    k.LayerNormalization()(k.Embedding(100, 8)(k.ids()))
    assert k.leaks() == []


@pytest.mark.parametrize(
    ("pooling", "leaks"),
    [
        ("GlobalMaxPooling1D", []),
        ("GlobalAveragePooling1D", ["pooled-padding at GlobalAveragePooling1D -> GlobalAveragePooling1D"]),
    ],
)
def test_the_last_state_repeated_at_padded_steps_counts_in_a_mean_but_in_no_maximum(k, pooling, leaks):
    states = k.LSTM(4, return_sequences=True)(k.Embedding(100, 8, mask_zero=True)(k.ids()))
    k.layer(pooling)(states * 2)
    assert k.leaks() == leaks


def test_an_attention_mask_leaves_the_mask_of_the_query_where_it_is(k):
    ids = k.ids()
    x = k.Embedding(100, 8, mask_zero=True)(ids)
    k.LSTM(4)(k.MultiHeadAttention()(x, x, attention_mask=k.expand(ids != 0, axis=1)))
    assert k.leaks() == []
