"""Which consumer leaks: the traps that were measured, each at the layer that falls into it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from padlint.confirm.claim import Claim, Question
from padlint.confirm.measure import measure
from padlint.finding import ArrivedMask, Position, Span, Verdict
from padlint.graph import (
    BoundaryOp,
    CustomCode,
    Effect,
    EnterStepOp,
    ExitStepOp,
    Known,
    MaskOp,
    Padding,
    Side,
    Training,
)

CONFIRMED, REFUTED = Verdict.CONFIRMED, Verdict.REFUTED


def verdict(framework, draft, consumer, *outputs, question=Question.PADDING):
    (found,) = measure(framework, draft.graph(*(outputs or (consumer,))), [Claim((consumer,), question)])
    assert found.status is not Verdict.NOT_REBUILT
    return found


def masked(draft, side=Side.UNKNOWN):
    return draft.apply("Embedding", draft.input(None, side=side), input_dim=100, output_dim=16, mask_zero=True)


def unmasked(draft, side=Side.UNKNOWN):
    return draft.apply("Embedding", draft.input(None, side=side), input_dim=100, output_dim=16)


@pytest.mark.parametrize(("side", "expected"), [(Side.POST, CONFIRMED), (Side.PRE, REFUTED)])
def test_last_step_of_a_masked_bidirectional_is_zero_behind_right_padding(framework, draft, side, expected):
    inner = draft.layer("LSTM", units=12, return_sequences=True)
    states = draft.apply("Bidirectional", masked(draft, side), inner=inner)
    last = draft.raw("[:, -1]", Effect.LAST_STEP, states)
    assert verdict(framework, draft, last).status is expected


@pytest.mark.parametrize("side", [Side.POST, Side.PRE])
def test_last_step_of_a_masked_lstm_is_right(framework, draft, side):
    states = draft.apply("LSTM", masked(draft, side), units=12, return_sequences=True)
    assert verdict(framework, draft, draft.raw("[:, -1]", Effect.LAST_STEP, states)).status is REFUTED


@pytest.mark.parametrize(("side", "expected"), [(Side.POST, REFUTED), (Side.PRE, CONFIRMED)])
def test_maximum_over_a_masked_lstm_is_right_only_with_right_padding(framework, draft, side, expected):
    states = draft.apply("LSTM", masked(draft, side), units=12, return_sequences=True)
    assert verdict(framework, draft, draft.apply("GlobalMaxPooling1D", states)).status is expected


def test_an_unmasked_lstm_that_right_padding_does_not_hurt_is_hurt_by_what_is_done_with_its_states(framework, draft):
    states = draft.apply("LSTM", unmasked(draft, Side.POST), units=12, return_sequences=True)
    assert verdict(framework, draft, states).status is REFUTED
    output = draft.apply("Dense", draft.apply("Flatten", states), units=1)
    assert verdict(framework, draft, states, output).status is CONFIRMED


def test_a_state_that_runs_on_through_zeros_behind_a_relu_is_carried_all_the_same(framework, draft):
    positive = draft.apply("ReLU", draft.input(None, 4, side=Side.POST))
    states = draft.apply("SimpleRNN", positive, units=12, return_sequences=True)
    last = draft.apply("GRU", states, units=12)
    assert verdict(framework, draft, states, last).status is CONFIRMED


def test_a_masked_consumer_behind_a_leak_is_not_to_blame(framework, draft):
    ids = draft.input(None)
    embedded = draft.apply("Embedding", ids, input_dim=100, output_dim=16)
    convolved = draft.apply("Conv1D", embedded, filters=12, kernel_size=3, padding="same")
    mask = draft.raw("!=", Effect.TEST, ids, operand=Known(0))
    last = draft.apply("LSTM", convolved, units=12, mask=mask, mask_argument="mask")
    assert verdict(framework, draft, convolved, last).status is CONFIRMED
    found = verdict(framework, draft, last)
    assert (found.status, found.mask) == (REFUTED, ArrivedMask.COVERS)


def test_a_masked_consumer_is_not_to_blame_for_another_reader_of_its_input(framework, draft):
    embedded = masked(draft)
    state = draft.apply("SimpleRNN", embedded, units=12)
    scaled = draft.raw("*", Effect.POINTWISE, embedded, operand=Known(2.0))
    last = draft.apply("LSTM", scaled, units=12)
    output = draft.apply("Concatenate", state, last)
    assert verdict(framework, draft, state, output).status is REFUTED
    assert verdict(framework, draft, last, output).status is CONFIRMED


def test_attention_that_is_masked_is_not_to_blame_for_who_reads_its_padded_queries(framework, draft):
    embedded = masked(draft)
    attended = draft.apply("MultiHeadAttention", embedded, embedded, num_heads=2, key_dim=8)
    scaled = draft.raw("*", Effect.POINTWISE, attended, operand=Known(2.0))
    last = draft.apply("LSTM", scaled, units=12)
    assert verdict(framework, draft, attended, last).status is REFUTED


def test_windows_of_two_steps_lie_across_the_end_of_some_sequence(framework, draft):
    pooled = draft.apply("MaxPooling1D", unmasked(draft, Side.POST), pool_size=2)
    assert verdict(framework, draft, pooled).status is CONFIRMED


def test_zeros_that_masking_leaves_have_a_gradient_behind_a_relu(framework, draft):
    hidden = draft.apply("Masking", draft.input(None, 4, side=Side.POST), mask_value=0.0)
    positive = draft.apply("PReLU", draft.apply("ReLU", hidden), shared_axes=(1,))
    convolved = draft.apply("Conv1D", positive, filters=12, kernel_size=3, padding="same")
    assert verdict(framework, draft, convolved).status is CONFIRMED
    assert verdict(framework, draft, draft.apply("LSTM", positive, units=12)).status is REFUTED


@pytest.mark.parametrize("side", [Side.PRE, Side.POST])
def test_a_window_across_the_end_is_one_more_than_the_sequence_alone_has(framework, draft, side):
    states = draft.apply("GRU", masked(draft, side), units=12, return_sequences=True)
    convolved = draft.apply("Conv1D", states, filters=12, kernel_size=2, strides=2)
    assert verdict(framework, draft, convolved).status is CONFIRMED


def test_an_input_of_unknown_width_is_as_wide_as_what_it_is_joined_with(framework, draft):
    steps = draft.input()
    dense = draft.apply("Dense", steps, units=3)
    last = draft.apply("LSTM", draft.apply("Concatenate", steps, dense, axis=1), units=12)
    assert verdict(framework, draft, last).status is CONFIRMED


def test_documents_of_sentences_leak_through_the_outer_layer(framework, draft):
    words = draft.add(draft.input_op(None, None))
    embedded = draft.apply("Embedding", words, input_dim=100, output_dim=16, mask_zero=True)
    enter = draft.add(EnterStepOp(draft.layer("TimeDistributed")), embedded)
    sentence = draft.apply("LSTM", enter, units=12)
    document = draft.add(ExitStepOp(draft.layer("TimeDistributed")), sentence, embedded)
    last = draft.apply("LSTM", document, units=12)
    padding = Padding("pad_sequences", draft.here(), axes=(1, 2), side=Side.POST)
    draft.feed(words, padding)
    assert verdict(framework, draft, sentence, last).status is REFUTED


def test_initial_state_makes_keras_3_ignore_the_mask(framework, draft):
    embedded = masked(draft)
    encoder = draft.layer("LSTM", units=12, return_state=True)
    states = tuple(draft.apply(encoder, embedded, output=output) for output in (1, 2))
    decoded = draft.apply("LSTM", embedded, units=12, states=states)
    found = verdict(framework, draft, decoded)
    ignored = framework.version == 3
    assert found.status is (CONFIRMED if ignored else REFUTED)
    assert found.mask is (ArrivedMask.NONE if ignored else ArrivedMask.COVERS)


def test_no_mask_arrives_where_call_is_called_directly(framework, draft):
    embedded = masked(draft)
    found = verdict(framework, draft, draft.apply("LSTM", embedded, units=12, direct=True))
    assert (found.status, found.mask) == (CONFIRMED, ArrivedMask.NONE)


def test_keras_2_goes_by_none_where_it_is_given_as_the_mask(framework, draft):
    found = verdict(framework, draft, draft.apply("LSTM", masked(draft), units=12, none_given=True))
    assert found.status is (CONFIRMED if framework.version == 2 else REFUTED)


@pytest.mark.parametrize(("merge", "arrived"), [("Add", ArrivedMask.NONE), ("Concatenate", ArrivedMask.ALL_TRUE)])
def test_merging_with_an_unmasked_tensor_loses_the_mask_in_keras_3(framework, draft, merge, arrived):
    ids = draft.input(None)
    words = draft.apply("Embedding", ids, input_dim=100, output_dim=16, mask_zero=True)
    positions = draft.apply("Embedding", ids, input_dim=100, output_dim=16)
    last = draft.apply("LSTM", draft.apply(merge, words, positions), units=12)
    found = verdict(framework, draft, last)
    lost = framework.version == 3
    assert (found.status, found.mask) == ((CONFIRMED, arrived) if lost else (REFUTED, ArrivedMask.COVERS))


def test_a_raw_operation_loses_the_mask_and_an_explicit_one_helps(framework, draft):
    embedded = masked(draft)
    scaled = draft.raw("*", Effect.POINTWISE, embedded, operand=Known(2.0))
    assert verdict(framework, draft, draft.apply("LSTM", scaled, units=12)).status is CONFIRMED
    mask = draft.add(MaskOp(), embedded)
    helped = draft.apply("LSTM", scaled, units=12, mask=mask, mask_argument="mask")
    assert verdict(framework, draft, helped).status is REFUTED


def test_attention_with_a_mask_on_its_queries_alone_leaks(framework, draft):
    ids = draft.input(None)
    queries = draft.apply("Embedding", ids, input_dim=100, output_dim=16, mask_zero=True)
    keys = draft.apply("Embedding", ids, input_dim=100, output_dim=16)
    attended = draft.apply("MultiHeadAttention", queries, keys, num_heads=2, key_dim=8)
    assert verdict(framework, draft, attended).status is CONFIRMED
    both = draft.apply("MultiHeadAttention", queries, queries, num_heads=2, key_dim=8)
    assert verdict(framework, draft, both).status is REFUTED


def test_groups_that_mix_timesteps_leak_whatever_mask_passes_through(framework, draft):
    embedded = masked(draft)
    mixed = draft.apply("LayerNormalization", embedded, axis=(1, 2))
    static = draft.apply("UnitNormalization", embedded, axis=1)
    assert verdict(framework, draft, static).status is CONFIRMED
    assert mixed


def test_reversed_states_carry_a_misaligned_mask(framework, draft):
    states = draft.apply("LSTM", masked(draft), units=12, return_sequences=True, go_backwards=True)
    assert verdict(framework, draft, draft.apply("LSTM", states, units=12)).status is CONFIRMED


def test_masking_after_a_dense_layer_does_not_match_what_it_was_trained_to_be(framework, draft):
    dense = draft.apply("Dense", draft.input(None, 4), units=12)
    hidden = draft.apply("Masking", dense, mask_value=0.0)
    assert verdict(framework, draft, draft.apply("LSTM", hidden, units=12)).status is CONFIRMED


def test_masking_with_another_value_than_the_padding_hides_nothing(framework, draft):
    hidden = draft.apply("Masking", draft.input(None, 4, value=0), mask_value=-1.0)
    found = verdict(framework, draft, draft.apply("LSTM", hidden, units=12))
    assert (found.status, found.mask) == (CONFIRMED, ArrivedMask.ALL_TRUE)


def custom(draft, embedded, **code):
    """A custom layer of the project that multiplies by 2."""
    known = {"supports_masking": False, "computes_mask": False, "takes_mask": False, "read": True, **code}
    span = Span("layers.py", 0, Position(3, 1), Position(3, 9))
    layer = replace(draft.layer("Scale"), custom=CustomCode("Scale", span, **known), origin="project")
    scaled = draft.raw("*", Effect.POINTWISE, embedded, operand=Known(2.0))
    return draft.add(BoundaryOp(layer), scaled, embedded)


@pytest.mark.parametrize(
    ("code", "expected"),
    [({}, CONFIRMED), ({"supports_masking": True}, REFUTED), ({"computes_mask": True}, REFUTED)],
)
def test_a_custom_layer_keeps_the_mask_when_its_code_says_so(framework, draft, code, expected):
    scaled = custom(draft, masked(draft), **code)
    assert verdict(framework, draft, draft.apply("LSTM", scaled, units=12)).status is expected


def tagger(draft, embedded, loss):
    states = draft.apply("LSTM", embedded, units=12, return_sequences=True)
    tags = draft.apply("Dense", states, units=5, activation="softmax")
    return tags, (Training(0, (Known(loss),), False, (), draft.here()),)


def test_a_tagger_learns_from_what_its_recurrent_layer_says_of_padded_steps_unless_masked(framework, draft):
    verdicts = []
    for masked in (False, True):
        embedded = draft.apply(
            "Embedding", draft.input(None, side=Side.POST), input_dim=50, output_dim=8, mask_zero=masked
        )
        states = draft.apply("LSTM", embedded, units=8, return_sequences=True)
        tags = draft.apply("Dense", states, units=5, activation="softmax")
        training = Training(0, (Known("sparse_categorical_crossentropy"),), False, (), draft.here())
        (found,) = measure(framework, draft.graph(tags, trainings=(training,)), [Claim((states,))])
        verdicts.append((found.status, found.reason))
    assert verdicts == [
        (Verdict.CONFIRMED, "the loss learns from what is said of padded steps"),
        (Verdict.REFUTED, None),
    ]


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy", "mse", "my_loss"])
def test_the_loss_of_a_tagger_counts_padded_steps_unless_masked(framework, draft, loss):
    for embedded, expected in ((unmasked(draft, Side.POST), CONFIRMED), (masked(draft, Side.POST), REFUTED)):
        tags, trainings = tagger(draft, embedded, loss)
        graph = draft.graph(tags, trainings=trainings)
        (found,) = measure(framework, graph, [Claim((tags,), Question.LOSS)])
        assert found.status is expected


def test_a_mask_hides_the_real_token_0(framework, draft):
    read = draft.apply("LSTM", masked(draft), units=12)
    assert verdict(framework, draft, read, question=Question.REAL_STEP).status is CONFIRMED
    other = draft.apply("LSTM", unmasked(draft), units=12)
    assert verdict(framework, draft, other, question=Question.REAL_STEP).status is REFUTED


def test_the_figures_say_how_much_leaks(framework, draft):
    last = draft.apply("LSTM", unmasked(draft, Side.POST), units=12)
    found = verdict(framework, draft, last, draft.apply("Dense", last, units=1))
    assert 0.2 < found.leak < 0.95
    assert found.shift > 0.01
    assert 0.05 < found.token_share < 0.9
