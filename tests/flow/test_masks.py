"""How masks are made, matched, dropped and merged."""

from __future__ import annotations

import pytest

from padlint.finding import Confidence
from padlint.graph import Effect, OneOf, Side

PRE, POST = Side.PRE, Side.POST


# Masks that cannot match ------------------------------------------------------------------------------------------


def test_masking_behind_an_embedding_never_matches(k):
    x = k.Masking(0.0)(k.Embedding(100, 8)(k.ids()))
    k.LSTM(4)(x)
    assert k.leaks() == ["mask-never-matches at Masking -> LSTM"]


def test_masking_another_value_than_the_padding_never_matches(k):
    k.LSTM(4)(k.Masking(-1.0)(k.features(value=0)))
    assert k.leaks() == ["mask-never-matches at Masking -> LSTM"]


def test_masking_the_value_of_the_padding_matches(k):
    k.LSTM(4)(k.Masking(-1)(k.features(value=-1.0)))
    assert k.leaks() == []


def test_masking_after_scaling_never_matches(k):
    k.LSTM(4)(k.Masking(0.0)(k.features(altered="scaled")))
    assert k.leaks() == ["mask-never-matches at Masking -> LSTM"]


def test_mask_zero_does_not_hide_another_pad_id(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids(value=1))
    k.LSTM(4)(x)
    assert k.leaks() == ["mask-never-matches at Embedding -> LSTM"]


def test_masking_behind_a_dense_layer_with_bias_never_matches(k):
    k.LSTM(4)(k.Masking(0.0)(k.Dense(8)(k.features())))
    assert k.leaks() == ["mask-never-matches at Masking -> LSTM"]


def test_masking_behind_dropout_matches(k):
    k.LSTM(4)(k.Masking(0.0)(k.Dropout(0.2)(k.features())))
    assert k.leaks() == []


def test_masking_behind_a_frozen_embedding_may_match_a_row_of_zeros(k):
    x = k.Masking(0.0)(k.Embedding(100, 8, trainable=False)(k.ids()))
    k.LSTM(4)(x)
    assert k.leaks() == []


def test_masking_behind_arithmetic_may_match(k):
    x = k.raw("tf.abs", Effect.POINTWISE, k.features())
    k.LSTM(4)(k.Masking(0.0)(x))
    assert k.leaks() == []


def test_masking_ids_masks_whole_samples(k):
    ids = k.Masking(0)(k.ids())
    x = k.raw("tf.one_hot", Effect.ONE_HOT, ids)
    k.LSTM(4)(x)
    assert [line for line in k.leaks() if "LSTM" in line] != []


def test_the_pad_value_may_depend_on_a_branch(k):
    k.LSTM(4)(k.Masking(0.0)(k.features(value=OneOf((0, -1)))))
    assert k.leaks() == []


def test_masking_twice_matches_twice(k):
    k.LSTM(4)(k.Masking(0.0)(k.Masking(-1.0)(k.features(value=-1))))
    assert k.leaks() == []


# Masks that get lost ----------------------------------------------------------------------------------------------


def after(k, *layers, side=POST):
    """A masked embedding, some layers, and an LSTM."""
    x = k.Embedding(100, 8, mask_zero=True)(k.ids(side))
    for layer in layers:
        x = layer(x)
    return k.LSTM(4)(x)


@pytest.mark.parametrize(
    "make",
    [
        lambda k: k.Conv1D(8, 3, padding="same"),
        lambda k: k.Conv1D(8, 1),
        lambda k: k.MaxPooling1D(2),
        lambda k: k.AveragePooling1D(2),
        lambda k: k.ZeroPadding1D(1),
        lambda k: k.Cropping1D(1),
        lambda k: k.UpSampling1D(2),
        lambda k: k.Reshape((-1, 8)),
        lambda k: k.EinsumDense("abc,cd->abd", 8),
    ],
)
def test_layers_that_drop_the_mask(k, make):
    layer = make(k)
    after(k, layer)
    assert f"mask-dropped at {layer.layer.kind} -> LSTM" in k.leaks()


@pytest.mark.parametrize(
    "make",
    [
        lambda k: k.Dense(8),
        lambda k: k.Dropout(0.1),
        lambda k: k.SpatialDropout1D(0.1),
        lambda k: k.GaussianNoise(0.1),
        lambda k: k.LayerNormalization(),
        lambda k: k.BatchNormalization(),
        lambda k: k.Activation("relu"),
        lambda k: k.TimeDistributed(k.Dense(8)),
        lambda k: k.LSTM(4, return_sequences=True),
        lambda k: k.Bidirectional(k.GRU(4, return_sequences=True)),
    ],
)
def test_layers_that_keep_the_mask(k, make):
    after(k, make(k))
    assert k.leaks() == []


@pytest.mark.parametrize("kind", ["Rescaling", "Identity"])
def test_keras_3_keeps_what_keras_2_drops(k2, k3, kind):
    settings = {"scale": 2.0} if kind == "Rescaling" else {}
    after(k2, k2.layer(kind, **settings))
    after(k3, k3.layer(kind, **settings))
    assert k2.leaks() == [f"mask-dropped at {kind} -> LSTM"]
    assert k3.leaks() == []


@pytest.mark.parametrize("make", [lambda x: x * 2, lambda x: x + x, lambda x: x[:, 0:9]])
def test_operations_outside_layers_drop_the_mask(k, make):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    k.LSTM(4)(make(x))
    assert [line.split(" at ")[0] for line in k.leaks()] == ["mask-dropped"]


def test_what_returns_its_argument_keeps_the_mask(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    k.LSTM(4)(k.raw("tf.cast", Effect.SAME_OBJECT, x))
    assert k.leaks() == []


def test_a_mask_passed_by_hand_survives_what_drops_it(k):
    ids = k.ids()
    embedding = k.Embedding(100, 8, mask_zero=True)
    x = embedding(ids) * 2
    k.LSTM(4)(x, mask=embedding.compute_mask(ids))
    assert k.leaks() == []


def test_a_mask_made_by_hand_protects(k):
    ids = k.ids()
    x = k.Embedding(100, 8)(ids)
    k.GRU(4)(x, mask=ids != 0)
    assert k.leaks() == []


def test_a_mask_tested_for_another_value_raises_no_alarm(k):
    ids = k.ids()
    k.GRU(4)(k.Embedding(100, 8)(ids), mask=ids != 7)
    assert k.leaks() == []


def test_a_mask_that_was_fed_protects(k):
    mask = k.fed(k.input(None), mask=True)
    k.GRU(4)(k.Embedding(100, 8)(k.ids()), mask=mask)
    assert k.leaks() == []


def test_passing_on_a_mask_that_is_not_there_protects_nothing(k):
    x = k.Embedding(100, 8)(k.ids())
    k.GRU(4)(x, mask=k.mask_of(x))
    assert k.leaks() == ["unmasked-embedding at Embedding -> GRU"]


# Merging ----------------------------------------------------------------------------------------------------------


def merged(k, kind, *, second_masked, **settings):
    first = k.Embedding(100, 8, mask_zero=True)(k.ids())
    second = k.Embedding(100, 8, mask_zero=second_masked)(k.ids())
    k.LSTM(4)(k.layer(kind, **settings)([first, second]))


@pytest.mark.parametrize("kind", ["Add", "Multiply", "Average", "Maximum", "Concatenate"])
def test_merging_two_masked_tensors_keeps_a_mask(k, kind):
    merged(k, kind, second_masked=True)
    assert k.leaks() == []


@pytest.mark.parametrize("kind", ["Add", "Multiply", "Average", "Maximum", "Concatenate"])
def test_keras_3_loses_the_mask_to_an_unmasked_branch(k3, kind):
    merged(k3, kind, second_masked=False)
    assert k3.leaks() == [f"mask-dropped at {kind} -> LSTM"]


@pytest.mark.parametrize("kind", ["Add", "Multiply", "Average", "Maximum", "Concatenate"])
def test_keras_2_keeps_the_mask_of_the_other_branch(k2, kind):
    merged(k2, kind, second_masked=False)
    assert k2.leaks() == []


def test_keras_3_puts_what_stands_beside_masked_steps_in_their_place(k3):
    x = k3.Embedding(100, 8, mask_zero=True)(k3.ids())
    beside = k3.Conv1D(8, 3, padding="same")(x)
    k3.Conv1D(8, 3, padding="same")(k3.Multiply()([x, beside]))
    assert k3.leaks() == ["convolved-padding at Conv1D -> Conv1D", "convolved-padding at Conv1D#2 -> Conv1D#2"]


def test_keras_3_leaves_zeros_where_both_factors_are_masked(k3):
    first, second = (k3.Embedding(100, 8, mask_zero=True)(k3.ids()) for _ in range(2))
    k3.Conv1D(8, 3, padding="same")(k3.Multiply()([first, second]))
    assert k3.leaks() == []


def test_keras_3_leaves_zeros_where_the_mask_of_a_factor_looks_for_something_else(k3):
    data = k3.features(POST)
    x = k3.Masking(mask_value=5.0)(data)
    zeros = k3.Multiply()([x, k3.Conv1D(8, 3, padding="same")(x)])
    states = k3.LSTM(8, return_sequences=True)(zeros)
    k3.trained([data], [k3.Dense(5)(k3.Multiply()([zeros, states]))])
    assert not any("LSTM" in line for line in k3.leaks())


def test_a_positional_embedding_costs_keras_3_the_mask(k3):
    x = k3.Embedding(100, 8, mask_zero=True)(k3.ids())
    positions = k3.Embedding(50, 8)(k3.fed(k3.input(None), unpadded="positions"))
    k3.LSTM(4)(k3.Add()([x, positions]))
    assert k3.leaks() == ["mask-dropped at Add -> LSTM"]


def test_raw_addition_loses_both_masks(k):
    first = k.Embedding(100, 8, mask_zero=True)(k.ids())
    second = k.Embedding(100, 8, mask_zero=True)(k.ids())
    k.LSTM(4)(first + second)
    assert k.leaks() == ["mask-dropped at + -> LSTM"]


# Layers of the project --------------------------------------------------------------------------------------------


def through(k, *, inside, **code):
    """A masked embedding, a custom layer whose call was read, and an LSTM."""
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    layer = k.custom(**code)
    k.LSTM(4)(k.leave(layer, inside(x), x))


def test_a_custom_layer_drops_the_mask(k):
    through(k, inside=lambda x: x * 2)
    assert k.leaks() == ["mask-dropped at MyLayer#2 -> LSTM"]


def test_supports_masking_hands_it_on(k):
    through(k, inside=lambda x: x * 2, supports_masking=True)
    assert k.leaks() == []


def test_compute_mask_hands_on_what_it_returns(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    layer = k.custom(computes_mask=True)
    k.LSTM(4)(k.leave(layer, x * 2, x, mask=k.mask_of(x)))
    assert k.leaks() == []


def test_a_compute_mask_that_was_not_read_raises_no_alarm(k):
    through(k, inside=lambda x: x * 2, computes_mask=True)
    assert k.leaks() == []


def test_returning_the_input_keeps_the_mask(k):
    through(k, inside=lambda x: x)
    assert k.leaks() == []


def test_returning_a_masked_sublayers_output_keeps_the_mask(k):
    through(k, inside=k.Dense(8))
    assert k.leaks() == []


def test_an_unread_layer_of_the_project_goes_by_its_class(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    k.LSTM(4)(k.custom(read=False)(x))
    assert k.leaks() == ["mask-dropped at MyLayer -> LSTM"]


def test_a_foreign_layer_raises_no_alarm_when_a_mask_went_in(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    k.LSTM(4)(k.layer("CRF", origin="tfa.layers")(x))
    assert k.leaks() == []


def test_a_foreign_layer_makes_no_mask_where_there_was_none(k):
    x = k.Embedding(100, 8)(k.ids())
    k.LSTM(4)(k.layer("SelfAttention", origin="keras_self_attention")(x))
    assert k.leaks() == ["unmasked-embedding at Embedding -> LSTM"]


def test_a_class_of_the_project_may_be_called_lstm(k):
    k.custom(name="LSTM", read=False)(k.Embedding(100, 8)(k.ids()))
    assert k.leaks() == []


# Several time axes ------------------------------------------------------------------------------------------------


def test_words_inside_of_sentences_leak_inside_of_time_distributed(k):
    docs = k.documents()
    td = k.layer("TimeDistributed")
    words = k.Embedding(100, 8)(td.steps(docs))
    sentences = td.leave(k.LSTM(4)(words), docs)
    k.GRU(4)(sentences)
    assert k.leaks() == ["unmasked-embedding at Embedding -> LSTM", "unmasked-sequence at GRU -> GRU"]


def test_masked_words_do_not_mask_the_sentences(k):
    docs = k.documents()
    td = k.layer("TimeDistributed")
    words = td.steps(docs)
    k.GRU(4)(td.leave(k.LSTM(4)(k.Embedding(100, 8, mask_zero=True)(words)), docs))
    assert k.leaks() == ["unmasked-sequence at GRU -> GRU"]


def test_masking_between_words_and_sentences_matches_since_empty_sentences_are_zeros(k):
    docs = k.documents()
    td = k.layer("TimeDistributed")
    words = td.steps(docs)
    sentences = td.leave(k.LSTM(4)(k.Embedding(100, 8, mask_zero=True)(words)), docs)
    k.GRU(4)(k.Masking(0.0)(sentences))
    assert k.leaks() == []


def test_words_embedded_outside_leak_inside(k):
    x = k.Embedding(100, 8)(k.documents())
    k.TimeDistributed(k.LSTM(4))(x)
    assert k.leaks() == ["unmasked-embedding at Embedding -> TimeDistributed(LSTM)"]


def test_a_wrapper_of_something_unread_makes_no_claims(k):
    x = k.layer("TimeDistributed")(k.features())
    k.LSTM(4)(x)
    assert k.leaks() == ["unmasked-sequence at LSTM -> LSTM"]
    assert [seen.confidence for seen in k.observations()] == [Confidence.LIKELY]


def test_an_embedding_inside_time_distributed_masks_in_keras_2_only(k2, k3):
    for k in (k2, k3):
        x = k.TimeDistributed(k.Embedding(100, 8, mask_zero=True))(k.documents())
        k.TimeDistributed(k.LSTM(4))(x)
    assert k2.leaks() == []
    assert [line.split(" at ")[0] for line in k3.leaks()] != []


def test_repeating_a_vector_makes_steps_without_padding(k):
    x = k.LSTM(4)(k.Embedding(100, 8, mask_zero=True)(k.ids()))
    k.LSTM(4, return_sequences=True)(k.RepeatVector(7)(x))
    assert k.leaks() == []


def test_an_input_of_one_step_has_no_padding(k):
    ids = k.fed(k.input(1), k.padding())
    k.LSTM(4)(k.Embedding(100, 8)(ids))
    assert k.leaks() == []


# Zero is a token --------------------------------------------------------------------------------------------------


def test_masking_a_real_token_is_reported_at_the_embedding(k):
    ids = k.fed(k.input(None), zero_is_a_token="the first character has id 0")
    k.LSTM(4)(k.Embedding(100, 8, mask_zero=True)(ids))
    assert k.leaks() == ["zero-is-a-token at Embedding -> LSTM"]


def test_a_real_token_of_id_0_is_fine_without_a_mask(k):
    ids = k.fed(k.input(None), unpadded="windows", zero_is_a_token="the first character has id 0")
    k.LSTM(4)(k.Embedding(100, 8)(ids))
    assert k.leaks() == []


def test_steps_that_are_reversed_twice_stand_under_their_mask_again(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    for _ in range(2):
        x = k.LSTM(4, return_sequences=True, go_backwards=True)(x)
    k.GRU(4)(x)
    assert k.leaks() == ["mask-ignored at LSTM -> LSTM#2"]


def test_joined_along_time_the_padding_of_an_unmasked_part_shows(k3):
    x = k3.Embedding(100, 8, mask_zero=True)(k3.ids())
    k3.LSTM(4)(k3.Concatenate(axis=1)([x, x * 2]))
    assert [line.rpartition(" -> ")[2] for line in k3.leaks()] == ["LSTM"]


def test_joined_along_time_a_part_without_padding_needs_no_mask(k3):
    x = k3.Embedding(100, 8, mask_zero=True)(k3.ids())
    start = k3.Embedding(2, 8)(k3.fed(k3.input(1), unpadded="a start token"))
    k3.LSTM(4)(k3.Concatenate(axis=1)([start, x]))
    assert k3.leaks() == []
