"""Recurrent layers: what reads padding, what a mask protects, and where padding may sit without harm."""

from __future__ import annotations

import pytest

from padlint.finding import Confidence, Severity
from padlint.graph import Effect, Known, Side, Unresolved

PRE, POST = Side.PRE, Side.POST
RNNS = ["LSTM", "GRU", "SimpleRNN"]


@pytest.mark.parametrize("kind", RNNS)
def test_an_embedding_without_mask_zero_leaks_into_a_recurrent_layer(k, kind):
    x = k.Embedding(100, 8)(k.ids())
    k.layer(kind, 4)(x)
    assert k.leaks() == [f"unmasked-embedding at Embedding -> {kind}"]


@pytest.mark.parametrize("kind", RNNS)
@pytest.mark.parametrize("side", [PRE, POST])
def test_mask_zero_protects_a_recurrent_layer(k, kind, side):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids(side))
    k.layer(kind, 4)(x)
    assert k.leaks() == []


def test_a_stack_is_one_leak_with_two_readers(k):
    x = k.Embedding(100, 8)(k.ids())
    x = k.LSTM(4, return_sequences=True)(x)
    k.LSTM(4)(x)
    assert k.leaks() == ["unmasked-embedding at Embedding -> LSTM, LSTM#2"]


def test_a_masked_stack_hands_its_mask_on(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids())
    k.LSTM(4)(k.Bidirectional(k.LSTM(4, return_sequences=True))(x))
    assert k.leaks() == []


def test_features_without_masking_leak_at_the_first_layer_that_reads_them(k):
    x = k.LSTM(4, return_sequences=True)(k.features())
    k.LSTM(4)(x)
    assert k.leaks() == ["unmasked-sequence at LSTM -> LSTM, LSTM#2"]


@pytest.mark.parametrize("side", [PRE, POST])
def test_masking_protects_features(k, side):
    k.LSTM(4)(k.Masking(0.0)(k.features(side)))
    assert k.leaks() == []


def test_bidirectional_reads_from_both_ends(k):
    x = k.Embedding(100, 8)(k.ids(POST))
    k.Bidirectional(k.LSTM(4, return_sequences=True))(x)
    assert k.leaks() == ["unmasked-embedding at Embedding -> Bidirectional(LSTM)"]


@pytest.mark.parametrize(
    ("side", "settings", "severity"),
    [
        (POST, {}, Severity.ERROR),
        (PRE, {}, Severity.WARNING),
        (PRE, {"go_backwards": True}, Severity.ERROR),
        (POST, {"return_sequences": True}, Severity.WARNING),
    ],
)
def test_it_is_an_error_when_the_last_thing_read_is_padding(k, side, settings, severity):
    x = k.features(side)
    k.trained([x], [k.LSTM(4, **settings)(x)])
    assert k.observations()[0].severity == severity


# What only the padded steps get wrong -----------------------------------------------------------------------------


def tagger(k, **training):
    ids = k.ids(POST)
    x = k.LSTM(4, return_sequences=True)(k.Embedding(100, 8)(ids))
    k.trained([ids], [k.Dense(5)(x)], **training)


def test_a_tagger_whose_loss_counts_padded_steps_leaks(k):
    tagger(k)
    assert k.leaks() == ["unmasked-embedding at Embedding -> LSTM", "padded-loss at Embedding -> the loss"]


def test_a_tagger_whose_loss_is_weighted_is_right(k):
    tagger(k, weighted=True)
    assert k.leaks() == []


def test_left_padding_spoils_a_tagger_whatever_its_loss(k):
    ids = k.ids(PRE)
    x = k.LSTM(4, return_sequences=True)(k.Embedding(100, 8)(ids))
    k.trained([ids], [k.Dense(5)(x)], weighted=True)
    assert k.leaks() == ["unmasked-embedding at Embedding -> LSTM"]


def test_picking_the_true_last_steps_of_right_padded_sequences_is_right(k):
    x = k.LSTM(4, return_sequences=True)(k.features(POST))
    k.Dense(2)(k.raw("tf.gather_nd", Effect.GATHER_STEPS, x))
    assert k.leaks() == []


@pytest.mark.parametrize(("kind", "read"), [("Multiply", False), ("Add", True)])
def test_what_is_multiplied_by_the_zeros_of_padding_gets_no_further(k2, kind, read):
    data = k2.features(POST)
    x = k2.Masking(mask_value=5.0)(data)
    states = k2.LSTM(4, return_sequences=True)(x)
    k2.trained([data], [k2.Dense(5)(k2.layer(kind)([x, states]))])
    assert any(line.startswith("mask-never-matches") for line in k2.leaks()) is read


def test_a_sum_of_zeros_of_padding_is_zeros_that_states_get_no_further_than(k):
    data = k.features(POST)
    half = k.raw("*", Effect.POINTWISE, data, operand=Known(0.5))
    states = k.LSTM(4, return_sequences=True)(data)
    k.trained([data], [k.Dense(5)(k.Multiply()([data + half, states]))])
    assert k.leaks() == ["padded-loss at fit -> the loss"]


@pytest.mark.parametrize("number", [True, False])
def test_a_sum_of_zeros_of_padding_and_something_else_is_none(k, number):
    data = k.features(POST)
    states = k.LSTM(4, return_sequences=True)(data)
    total = k.raw("+", Effect.POINTWISE, data, operand=Known(1.0)) if number else data + states
    k.trained([data], [k.Dense(5)(k.Multiply()([total, states]))])
    assert k.leaks() == ["padded-loss at fit -> the loss", "unmasked-sequence at LSTM -> LSTM"]


def test_states_that_a_reader_from_the_end_is_told_to_skip_get_no_further(k):
    ids = k.ids(POST)
    states = k.SimpleRNN(4, return_sequences=True)(k.Embedding(100, 8)(ids))
    turned = k.LSTM(4, return_sequences=True, go_backwards=True)(states, mask=ids != 0)
    k.trained([ids], [k.Dense(5)(k.GRU(4)(turned))])
    assert k.leaks() == ["mask-ignored at LSTM -> GRU"]


def test_features_that_are_added_to_what_was_made_of_them_hide_nothing(k):
    x = k.features(POST)
    states = k.LSTM(8, return_sequences=True)(x)
    k.GRU(4)(k.Add()([x, states]))
    assert k.leaks() == ["unmasked-sequence at LSTM -> LSTM, GRU"]


def test_outputs_multiplied_by_a_mask_are_right(k):
    ids = k.ids(POST)
    x = k.LSTM(4, return_sequences=True)(k.Embedding(100, 8)(ids))
    k.trained([ids], [x * k.expand(ids != 0)])
    assert k.leaks() == []


def test_a_model_that_is_not_seen_to_be_trained_is_less_sure(k):
    x = k.LSTM(4, return_sequences=True)(k.features(POST))
    k.model([], [x])
    assert [seen.confidence for seen in k.observations()] == [Confidence.LIKELY]


def test_padding_that_only_a_prediction_sees_is_in_no_loss(k):
    ids = k.fed(k.input(None), unpadded="dates of ten characters")
    k.fed(ids, k.padding(), how="predict")
    x = k.LSTM(4, return_sequences=True)(k.Embedding(100, 8)(ids))
    k.trained([ids], [k.Dense(5)(x)])
    assert k.leaks() == []


def test_padding_that_a_prediction_sees_is_read_by_a_final_state(k):
    ids = k.fed(k.input(None), unpadded="dates of ten characters")
    k.fed(ids, k.padding(), how="predict")
    x = k.LSTM(4)(k.Embedding(100, 8)(ids))
    k.trained([ids], [k.Dense(5)(x)])
    assert k.leaks() == ["unmasked-embedding at Embedding -> LSTM"]


def test_a_result_that_leads_nowhere_counts_for_nothing(k):
    k.LSTM(4, return_sequences=True)(k.features(POST))
    assert k.leaks() == []


# Loops written by hand --------------------------------------------------------------------------------------------


def looped(k, side, pick=lambda x: x):
    ids = k.ids(side)
    x = k.Embedding(100, 8)(ids)
    step = k.raw("tf.unstack", Effect.EACH_STEP, x, axis=1)
    k.trained([ids], [k.Dense(2)(pick(k.GRU(4)(step)))])


@pytest.mark.parametrize("side", [PRE, POST])
def test_a_loop_over_the_steps_reads_padding_like_the_layer_does(k, side):
    looped(k, side)
    assert k.leaks() == ["unmasked-embedding at Embedding -> GRU"]


def test_a_cell_reads_its_input_step_by_step_and_not_its_features(k):
    docs = k.fed(k.input(None, 8), k.padding(axes=(2,)))
    step = k.raw("tf.unstack", Effect.EACH_STEP, docs, axis=1)
    k.trained([docs], [k.layer("LSTMCell", 4)(step)])
    assert k.leaks() == []


def test_a_time_major_loop_reads_padding_too(k):
    x = k.features(PRE)
    steps = k.raw("tf.transpose", Effect.TRANSPOSE, x, shape=(1, 0, 2))
    k.trained([x], [k.layer("LSTMCell", 4)(k.raw("tf.unstack", Effect.EACH_STEP, steps, axis=0))])
    assert k.leaks() == ["unmasked-sequence at LSTMCell -> LSTMCell"]


def test_a_loop_whose_true_last_state_is_picked_is_right(k):
    looped(k, POST, pick=lambda x: k.raw("tf.gather_nd", Effect.GATHER_STEPS, x))
    assert k.leaks() == []


# States -----------------------------------------------------------------------------------------------------------


def decoder(k, **call):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids(POST))
    states = [k.opaque(), k.opaque()]
    k.LSTM(4)(x, states=states, **{name: make(x) for name, make in call.items()})


def test_keras_3_ignores_the_mask_of_a_layer_called_with_states(k3):
    decoder(k3)
    assert k3.leaks() == ["mask-ignored at LSTM -> LSTM"]


def test_keras_2_uses_it(k2):
    decoder(k2)
    assert k2.leaks() == []


def test_a_mask_given_by_hand_is_used_with_states_too(k3):
    decoder(k3, mask=k3.mask_of)
    assert k3.leaks() == []


def test_with_states_right_padding_leaves_the_real_steps_alone(k3):
    ids = k3.ids(POST)
    x = k3.Embedding(100, 8, mask_zero=True)(ids)
    x = k3.LSTM(4, return_sequences=True)(x, states=[k3.opaque(), k3.opaque()])
    k3.trained([ids], [k3.Dense(5)(x)])
    assert k3.leaks() == []


def test_the_returned_state_of_an_unmasked_encoder_has_read_the_padding(k):
    x = k.Embedding(100, 8)(k.ids(POST))
    lstm = k.LSTM(4, return_sequences=True, return_state=True)
    state = lstm(x, output=1)
    k.Dense(3)(state)
    assert k.leaks() == ["unmasked-embedding at Embedding -> LSTM"]


# Direction --------------------------------------------------------------------------------------------------------


def test_reading_backwards_leaves_the_mask_behind(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids(POST))
    x = k.LSTM(4, return_sequences=True, go_backwards=True)(x)
    k.LSTM(4)(x)
    assert k.leaks() == ["mask-ignored at LSTM -> LSTM#2"]


def test_reading_backwards_to_a_final_state_is_right(k):
    x = k.Embedding(100, 8, mask_zero=True)(k.ids(POST))
    k.LSTM(4, go_backwards=True)(x)
    assert k.leaks() == []


# The step at the end ----------------------------------------------------------------------------------------------


def test_the_last_step_of_right_padded_features_is_padding(k):
    k.Dense(2)(k.features(POST)[:, -1])
    assert k.leaks() == ["last-step-is-padding at [:, -1] -> [:, -1]"]


def test_the_last_step_of_left_padded_features_is_real(k):
    k.Dense(2)(k.features(PRE)[:, -1])
    assert k.leaks() == []


def test_the_last_step_of_a_masked_lstm_repeats_the_last_real_one(k):
    x = k.LSTM(4, return_sequences=True)(k.Masking(0.0)(k.features(POST)))
    k.Dense(2)(k.Dropout(0.5)(x)[:, -1])
    assert k.leaks() == []


def test_the_last_step_of_a_masked_bidirectional_is_all_zeros(k):
    x = k.Bidirectional(k.LSTM(4, return_sequences=True))(k.Masking(0.0)(k.features(POST)))
    k.Dense(2)(x[:, -1])
    assert k.leaks() == ["last-step-is-padding at [:, -1] -> [:, -1]"]


# What settings that were not read leave open ----------------------------------------------------------------------


def test_a_mask_zero_that_was_not_read_raises_no_alarm(k):
    x = k.Embedding(100, 8, mask_zero=Unresolved("a parameter"))(k.ids())
    k.LSTM(4)(x)
    assert k.leaks() == []


def test_a_layer_that_only_one_branch_masks_raises_no_alarm(k):
    x = k.features()
    k.LSTM(4)(k.either(x, k.Masking(0.0)(x)))
    assert k.leaks() == []
    assert k.leaks(Confidence.POSSIBLE) == ["unmasked-sequence at LSTM -> LSTM"]


def test_two_branches_that_both_lack_a_mask_are_alarming(k):
    x = k.features()
    k.LSTM(4)(k.either(x, k.Dropout(0.2)(x)))
    assert k.leaks() == ["unmasked-sequence at LSTM -> LSTM"]


def test_a_convolution_in_between_is_said_to_drop_masks(k):
    x = k.Conv1D(8, 3, padding="same")(k.Embedding(100, 8)(k.ids()))
    k.LSTM(4)(x)
    seen = next(seen for seen in k.observations() if seen.kind == "unmasked-embedding")
    assert "`Conv1D` drops the mask on the way" in seen.words["but"]
    assert [step.message for step in seen.route] == [
        "`pad_sequences` adds steps of 0 at the end",
        "`fit` gives them to the model",
        "`Embedding` makes no mask",
        "`Conv1D` would drop a mask",
        "`LSTM` reads the padded steps",
    ]
