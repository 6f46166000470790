"""What the shipped table says of a layer, by the settings that were read of it."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from padlint.finding import Position, Span
from padlint.graph import Known, Layer, LayerId, OneOf, Plain, Setting, Side, Unresolved
from padlint.keras.documents import Document
from padlint.keras.layers import (
    EmptyRow,
    Fill,
    Keeps,
    LayerFacts,
    MaskOut,
    Part,
    Reads,
    SameWhen,
    Steps,
    canonical_kind,
    kinds,
    layer_facts,
    layer_function,
    layer_variants,
    parameters,
    same_object,
    settings_left,
)
from padlint.keras.table import read_table, shipped_table

BOTH = frozenset({Side.PRE, Side.POST})
HERE = Span("model.py", 0, Position(1, 1), Position(1, 2))


def layer(kind: str, inner: Layer | None = None, **settings: Plain | Setting) -> Layer:
    read = {
        name: value if isinstance(value, Known | OneOf | Unresolved) else Known(value)
        for name, value in settings.items()
    }
    return Layer(LayerId(1), kind, read, HERE, inner=inner)


def facts(kind: str, inner: Layer | None = None, keras: int = 3, **settings: Plain | Setting) -> LayerFacts:
    found = layer_facts(layer(kind, inner, **settings), keras)
    assert found is not None
    return found


# One layer ----------------------------------------------------------------------------------------------------------


def test_a_recurrent_layer_reads_the_mask_and_needs_it():
    lstm = facts("LSTM", units=8)
    assert (lstm.part, lstm.steps, lstm.mask_out) == (Part.RECURRENT, Steps.GONE, MaskOut.NONE)
    assert (lstm.uses_mask, lstm.guards, lstm.explicit) == (True, (0,), ("mask",))
    assert lstm.leaks_unmasked == BOTH
    assert lstm.leaks_masked == frozenset()
    assert lstm.certain


def test_with_return_sequences_right_padding_reaches_no_real_step():
    steps = facts("LSTM", return_sequences=True)
    assert (steps.steps, steps.mask_out, steps.leaks_unmasked) == (Steps.KEPT, MaskOut.SAME, {Side.PRE})
    assert steps.fill == {Side.POST: Fill.LAST, Side.PRE: Fill.ZEROS}


def test_backwards_sequences_carry_a_mask_that_is_not_turned_round():
    backwards = facts("GRU", return_sequences=True, go_backwards=True)
    assert (backwards.steps, backwards.mask_out) == (Steps.REVERSED, MaskOut.MISALIGNED)


def test_states_are_outputs_of_their_own():
    lstm = facts("LSTM", return_sequences=True, return_state=True)
    assert len(lstm.also) == 2
    assert len(facts("GRU", return_state=True).also) == 1
    assert facts("LSTM").also == ()
    state = lstm.output(1)
    assert (state.steps, state.mask_out, state.leaks_unmasked) == (Steps.GONE, MaskOut.NONE, BOTH)


@pytest.mark.parametrize(("keras", "hidden"), [(2, False), (3, True)])
def test_keras_3_does_not_look_at_the_mask_once_states_are_given(keras, hidden):
    assert facts("LSTM", keras=keras).states_hide_mask is hidden
    assert facts("Bidirectional", layer("GRU"), keras=keras).states_hide_mask is hidden


def test_bidirectional_is_what_its_inner_layer_is_told():
    steps = facts("Bidirectional", layer("LSTM", return_sequences=True))
    assert (steps.steps, steps.mask_out, steps.leaks_unmasked) == (Steps.KEPT, MaskOut.SAME, BOTH)
    assert set(steps.fill.values()) == {Fill.ZEROS}
    assert facts("Bidirectional", layer("LSTM")).steps is Steps.GONE


def test_both_directions_kept_apart_are_two_outputs():
    apart = facts("Bidirectional", layer("LSTM", return_sequences=True), merge_mode=None)
    assert apart.leaks_unmasked == {Side.PRE}
    assert apart.output(1).leaks_unmasked == {Side.POST}


def test_an_embedding_creates_a_mask_when_told_and_says_how_to_tell_it():
    silent, masked = facts("Embedding"), facts("Embedding", mask_zero=True)
    assert (silent.mask_out, silent.switch, silent.hides) == (MaskOut.NONE, "mask_zero", None)
    assert (masked.mask_out, masked.hides, masked.reads) == (MaskOut.CREATED, Known(0), Reads.IDS)
    assert masked.keeps is Keeps.NOTHING


def test_masking_hides_the_value_that_it_is_told():
    assert facts("Masking").hides == Known(0.0)
    assert facts("Masking", mask_value=-10).hides == Known(-10)
    assert facts("Masking", mask_value=Unresolved("from a file")).hides == Unresolved("from a file")
    assert set(facts("Masking").fill.values()) == {Fill.ZEROS}


def test_a_convolution_drops_the_mask_and_its_window_decides_what_leaks():
    assert facts("Conv1D", kernel_size=3, padding="same").leaks_masked == BOTH
    assert facts("Conv1D", kernel_size=3, padding="causal").leaks_masked == {Side.PRE}
    assert facts("Conv1D", kernel_size=1).leaks_masked == frozenset()
    assert facts("Conv1D", kernel_size=(1,)).leaks_masked == frozenset()
    assert facts("Conv1D", kernel_size=1).mask_out is MaskOut.NONE
    assert facts("Conv2D", kernel_size=(1, 3)).leaks_masked == frozenset()
    assert facts("Conv1D", kernel_size=3).steps is Steps.RESAMPLED


def test_global_average_pooling_over_steps_is_the_only_pooling_that_reads_the_mask():
    pooling = [kind for kind in kinds(3) if facts_or_none(kind, 3) is Part.POOLING]
    assert len(pooling) > 10
    assert [kind for kind in pooling if facts(kind).uses_mask] == ["GlobalAveragePooling1D"]
    assert facts("GlobalAveragePooling1D").empty_row is EmptyRow.NAN


def facts_or_none(kind: str, keras: int) -> Part | None:
    found = layer_facts(layer(canonical_kind(kind)), keras)
    return found.part if found is not None and canonical_kind(kind) == kind else None


@pytest.mark.parametrize("axis", [1, -2, (1, 2), (-2, -1)])
def test_a_normalisation_over_time_mixes_steps_and_passes_the_mask_on(axis):
    mixing = facts("LayerNormalization", axis=axis)
    assert (mixing.part, mixing.mask_out, mixing.leaks_masked) == (Part.MIXING, MaskOut.SAME, BOTH)
    assert facts("LayerNormalization").part is Part.POINTWISE


def test_softmax_refuses_a_mask_over_steps():
    assert facts("Softmax").mask_out is MaskOut.RAISES
    assert facts("Softmax").raises.startswith("ValueError")
    assert facts("Activation", activation="softmax").mask_out is MaskOut.SAME


def test_where_time_goes():
    assert facts("Flatten").steps is Steps.GONE
    assert facts("Permute", dims=(2, 1)).steps is Steps.TRANSPOSED
    assert facts("Permute", dims=(1, 3, 2)).steps is Steps.KEPT
    assert facts("Reshape", target_shape=(-1,)).steps is Steps.GONE
    assert facts("Reshape", target_shape=(10, 4, 1)).steps is Steps.KEPT
    assert facts("RepeatVector", n=10).steps is Steps.MADE
    assert facts("UpSampling1D").steps is Steps.RESAMPLED


def test_what_a_padded_value_becomes():
    assert facts("Dropout", rate=0.5).keeps is Keeps.ZERO
    assert facts("Dense", units=4).keeps is Keeps.NOTHING
    assert facts("Reshape", target_shape=(10, 4)).keeps is Keeps.VALUE
    assert facts("Activation", activation="relu").keeps is Keeps.ZERO
    assert facts("Activation", activation="sigmoid").keeps is Keeps.NOTHING
    assert facts("Rescaling", scale=0.5).keeps is Keeps.ZERO
    assert facts("Rescaling", scale=0.5, offset=-1).keeps is Keeps.NOTHING


# Several inputs -----------------------------------------------------------------------------------------------------


def test_keras_2_and_3_disagree_about_merging_masks():
    assert (facts("Add", keras=2).mask_out, facts("Add", keras=2).one_unmasked) == (MaskOut.AND, MaskOut.SAME)
    assert (facts("Add").mask_out, facts("Add").one_unmasked) == (MaskOut.OR, MaskOut.NONE)
    assert facts("Concatenate").one_unmasked is MaskOut.ALL_TRUE
    assert facts("Concatenate", keras=2).one_unmasked is MaskOut.SAME


def test_concatenating_along_time_joins_the_masks():
    assert facts("Concatenate", axis=1).steps is Steps.JOINED
    assert facts("Concatenate", axis=-2).one_unmasked is MaskOut.JOINED
    assert facts("Concatenate", axis=1, keras=2).one_unmasked is MaskOut.RAISES


def test_only_the_mask_of_what_is_attended_to_protects():
    attention, heads = facts("Attention"), facts("MultiHeadAttention", num_heads=2, key_dim=4)
    assert (attention.guards, heads.guards) == ((1,), (1, 2))
    assert (attention.mask_out, heads.mask_out) == (MaskOut.QUERY, MaskOut.QUERY)
    assert "attention_mask" in heads.explicit
    assert heads.empty_row is EmptyRow.CONTENT


def test_a_dot_over_time_contracts_it():
    assert facts("Dot", axes=(2, 1)).leaks_masked == BOTH
    assert facts("Dot", axes=-1).leaks_masked == frozenset()


# Wrappers -----------------------------------------------------------------------------------------------------------


def test_time_distributed_keeps_the_mask_of_the_outer_steps():
    around = facts("TimeDistributed", layer("Dense", units=4))
    assert (around.part, around.mask_out, around.leaks_masked) == (Part.WRAPPER, MaskOut.SAME, frozenset())


def test_keras_2_refuses_a_mask_around_a_layer_that_takes_none():
    assert facts("TimeDistributed", layer("Conv1D", kernel_size=3), keras=2).raises.startswith("TypeError")
    assert facts("TimeDistributed", layer("Conv1D", kernel_size=3)).mask_out is MaskOut.SAME


@pytest.mark.parametrize("keras", [2, 3])
def test_an_rnn_over_inner_steps_cannot_take_a_mask_of_the_outer_ones(keras):
    assert facts("TimeDistributed", layer("LSTM"), keras=keras).raises.startswith("IndexError")


def test_only_keras_2_makes_a_mask_of_outer_steps_from_one_of_inner_steps():
    assert facts("TimeDistributed", layer("LSTM"), keras=2).inner_mask_out is MaskOut.ANY_INNER
    # In Keras 3 it stays a mask over inner steps that are gone, which no layer behind can take.
    assert facts("TimeDistributed", layer("LSTM")).inner_mask_out is MaskOut.SAME
    masked = layer("Embedding", mask_zero=True)
    assert facts("TimeDistributed", masked, keras=2).mask_out is MaskOut.CREATED
    assert facts("TimeDistributed", masked).mask_out is not MaskOut.CREATED


# What was not read --------------------------------------------------------------------------------------------------


def test_a_setting_that_was_not_read_answers_as_its_default_and_says_so():
    unread = layer("LSTM", return_sequences=Unresolved("an argument of build()"))
    usual, *others = layer_variants(unread, 3)
    assert (usual.steps, usual.certain) == (Steps.GONE, False)
    assert {one.steps for one in others} == {Steps.KEPT}


def test_a_setting_of_two_values_leaves_two_variants():
    either = layer("Embedding", mask_zero=OneOf((True, False)))
    assert {one.mask_out for one in layer_variants(either, 3)} == {MaskOut.NONE, MaskOut.CREATED}
    agreed = layer("Embedding", mask_zero=OneOf((True, 1)))
    assert [one.mask_out for one in layer_variants(agreed, 3)] == [MaskOut.CREATED]


def test_a_setting_that_decides_nothing_costs_no_certainty():
    assert facts("LSTM", units=Unresolved("read from a file")).certain


def test_the_settings_that_a_call_leaves_to_arguments_that_were_not_read():
    assert settings_left("Embedding", ["input_dim", "output_dim"], 3) == {"mask_zero"}
    assert settings_left("Embedding", ["mask_zero"], 3) == set()
    assert "padding" not in settings_left("Convolution1D", ["border_mode"], 2)
    assert "return_sequences" in settings_left("CuDNNLSTM", ["units"], 2)
    assert settings_left("Merge", ["mode"], 2) == settings_left("Merge", [], 2) - {"mode"}
    assert settings_left("MyLayer", [], 3) == set()


# Names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("Convolution1D", "Conv1D"),
        ("GlobalMaxPool1D", "GlobalMaxPooling1D"),
        ("AtrousConvolution1D", "Conv1D"),
        ("TimeDistributedDense", "Dense"),
        ("LSTM", "LSTM"),
        ("MyLayer", "MyLayer"),
    ],
)
def test_old_names(old, now):
    assert canonical_kind(old) == now


def test_settings_by_their_keras_1_names():
    old = facts("Convolution1D", filter_length=3, border_mode="same")
    assert old == facts("Conv1D", kernel_size=3, padding="same")


def test_a_layer_that_cannot_be_run_here_answers_as_its_relative():
    fused = facts("CuDNNLSTM", units=8, return_sequences=True)
    assert (fused.part, fused.steps, fused.leaks_unmasked) == (Part.RECURRENT, Steps.KEPT, {Side.PRE})
    assert (fused.guards, fused.mask_out) == ((), MaskOut.RAISES)
    assert "GPU" in fused.unmeasured


def test_keras_1_merge_by_its_mode():
    assert facts("Merge", mode="concat", concat_axis=-1, keras=2).keeps is Keeps.VALUE
    assert facts("Merge", mode="mul", keras=2).keeps is Keeps.ZERO
    assert not facts("Merge", mode=Unresolved("a function"), keras=2).certain


def test_a_layer_that_only_keras_2_has_answers_as_it_does_there():
    assert facts("ThresholdedReLU", keras=3) == facts("ThresholdedReLU", keras=2)


def test_unknown_layers_have_no_facts():
    assert layer_facts(layer("MyAttention"), 3) is None
    assert parameters("MyAttention", 3) is None


def test_positional_parameters_differ_between_versions():
    assert parameters("Embedding", 2).init[:2] == ("input_dim", "output_dim")
    assert parameters("Embedding", 2).init.index("mask_zero") == 6
    assert parameters("Embedding", 3).init.index("mask_zero") == 5
    assert parameters("MultiHeadAttention", 3).inputs == ("query", "value", "key")
    assert parameters("CuDNNLSTM", 2).init[0] == "units"
    assert parameters("Convolution1D", 3).init[:4] == ("filters", "kernel_size", "strides", "padding")


def test_functions_that_apply_a_layer():
    assert layer_function("concatenate") == "Concatenate"
    assert layer_function("deserialize") is None


def test_raw_functions_that_change_nothing_keep_the_mask():
    assert same_object("tensorflow.cast", 2) is SameWhen.SAME_DTYPE
    assert same_object("keras.ops.cast", 3) is SameWhen.SAME_DTYPE
    assert same_object("tensorflow.nn.dropout", 2) is SameWhen.RATE_ZERO
    assert same_object("tensorflow.identity", 2) is None


# The table itself ---------------------------------------------------------------------------------------------------


def test_every_kind_has_a_row_that_holds_for_any_settings():
    for kind, rows in shipped_table().rows.items():
        for keras in {version for row in rows for version in row.keras}:
            conditions = [row.when for row in rows if keras in row.keras]
            assert conditions[-1] == () or kind == "SpectralNormalization", f"{kind} in Keras {keras}"
            assert () not in conditions[:-1], f"{kind} in Keras {keras}: rows below one without condition"


def test_every_relative_and_old_name_leads_to_a_measured_layer():
    table = shipped_table()
    led_to = {*table.aliases.values(), *(kind for one in table.relatives.values() for kind in one.like.values())}
    assert led_to <= set(table.rows)
    assert not set(table.relatives) & set(table.rows)


def test_what_is_kept_by_hand_is_about_measured_layers():
    table = shipped_table()
    assert any(row.facts.history for row in table.rows["Attention"])
    assert facts("Attention").history[0].startswith("Keras 3.0 to 3.11")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[layers.LSTM]]\npart = "recurent"', "'recurent' is not a valid Part"),
        ('[[layers.LSTM]]\npart = "recurrent"\nwhen = { units = { about = 3 } }', "cannot read the condition units"),
        ('[layers.LSTM]\npart = "recurrent"', "LSTM should be a list of tables"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_is_wrong(text, message):
    with pytest.raises(ValueError, match=message):
        read_table(text).rows["LSTM"]


def test_what_is_read_alone_is_what_the_whole_document_says():
    text = (files("padlint.keras") / "layers.toml").read_text(encoding="utf-8")
    whole, document = tomllib.loads(text), Document(text)
    assert list(document.names("layers")) == list(whole["layers"])
    assert all(document.get(f"layers.{kind}") == rows for kind, rows in whole["layers"].items())
    assert all(document.get(f"signatures.{group}") == found for group, found in whole["signatures"].items())
    assert document.get("layers.Unheard") is None
