"""Rebuilding: what stands in for what was not read, what is shrunk, what is kept, and what cannot be rebuilt."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from padlint.confirm import worker
from padlint.confirm.claim import Claim
from padlint.confirm.construct import Scale
from padlint.confirm.measure import measure
from padlint.confirm.messages import NO_MEMORY, MeasureGraph, read_answer, request_line
from padlint.confirm.operations import replays
from padlint.confirm.part import NOT_REPLAYED, cut
from padlint.confirm.rebuild import NotRebuilt, rebuild
from padlint.confirm.replay import Misfit, misfits
from padlint.confirm.sequences import plan_inputs
from padlint.finding import Position, Span, Verdict
from padlint.graph import CustomCode, Effect, EitherOp, Known, MaskOp, OneOf, OpaqueOp, Padding, RawOp, Side, Unresolved

UNREAD = Unresolved("a parameter")


def rebuilt(framework, draft, consumer, *outputs):
    graph = draft.graph(*(outputs or (consumer,)))
    part = next(cut(graph, (consumer,), framework.version))
    return rebuild(framework, part, plan_inputs(framework, graph, part))


def refusal(framework, draft, consumer) -> str:
    with pytest.raises(NotRebuilt) as raised:
        rebuilt(framework, draft, consumer)
    return str(raised.value)


def shapes(model):
    """The shape of every tensor of a run, without the batch."""
    values = model.run(model.sampler.batch(Side.POST, 0).arrays)
    return {tensor: tuple(value.shape)[1:] for tensor, value in values.items() if value is not None}


def status(framework, draft, consumer, *outputs) -> Verdict:
    return measure(framework, draft.graph(*(outputs or (consumer,))), [Claim((consumer,))])[0].status


def embedded(draft, *shape, **settings):
    given = {"input_dim": 20_000, "output_dim": 12, **settings}
    return draft.apply("Embedding", draft.input(*(shape or (None,))), **given)


# What stands in ---------------------------------------------------------------------------------------------------


def test_unread_sizes_get_small_stand_ins(framework, draft):
    x = embedded(draft, input_dim=UNREAD, output_dim=UNREAD)
    last = draft.apply("LSTM", x, units=UNREAD)
    assert shapes(rebuilt(framework, draft, last))[last] == (8,)


def test_an_unread_size_has_the_one_that_it_has_to_fit(framework, draft):
    x = embedded(draft, output_dim=12)
    added = draft.apply("Add", x, draft.apply("Dense", x, units=UNREAD))
    assert shapes(rebuilt(framework, draft, added))[added][-1] == 12


def test_an_unread_return_sequences_is_what_the_next_layer_needs(framework, draft):
    states = draft.apply("LSTM", embedded(draft), units=12, return_sequences=UNREAD)
    last = draft.apply("LSTM", states, units=12)
    assert len(shapes(rebuilt(framework, draft, last))[states]) == 2


def test_an_activation_of_the_programs_own_is_replaced(framework, draft):
    last = draft.apply("LSTM", embedded(draft), units=12, activation="my_activation")
    assert status(framework, draft, last) is Verdict.CONFIRMED


def test_settings_of_other_keras_versions_and_initialisers_are_left_out(framework, draft):
    last = draft.apply(
        "LSTM", embedded(draft, input_length=100, weights=UNREAD), units=12, time_major=False, kernel_regularizer="l2"
    )
    assert status(framework, draft, last) is Verdict.CONFIRMED


def test_a_product_with_unread_weights_has_the_size_that_fits(framework, draft):
    states = draft.apply("LSTM", embedded(draft), units=12, return_sequences=True)
    scores = draft.raw("K.dot", Effect.FEATURES, states)
    squeezed = draft.raw("K.squeeze", Effect.SQUEEZE, scores, axis=-1)
    weights = draft.raw("K.softmax", Effect.SOFTMAX_STEPS, squeezed, axis=1)
    expanded = draft.raw("K.expand_dims", Effect.EXPAND, weights, axis=-1)
    weighed = draft.raw("*", Effect.POINTWISE, states, expanded)
    summed = draft.raw("K.sum", Effect.REDUCE_STEPS, weighed, axis=1)
    assert shapes(rebuilt(framework, draft, summed))[scores][-1] == 1
    assert status(framework, draft, summed) is Verdict.CONFIRMED


# What is shrunk, and what is kept ---------------------------------------------------------------------------------


def test_long_sequences_and_large_sizes_are_cut(framework, draft):
    x = embedded(draft, 500, output_dim=300)
    last = draft.apply("LSTM", x, units=256)
    found = shapes(rebuilt(framework, draft, last))
    assert (found[x], found[last]) == ((7, 16), (16,))


def test_a_hard_coded_length_is_shortened_wherever_it_stands(framework, draft):
    x = embedded(draft, 100)
    flat = draft.apply("Flatten", draft.apply("Dense", x, units=1, activation="tanh"))
    weights = draft.apply("Permute", draft.apply("RepeatVector", flat, n=12), dims=(2, 1))
    reshaped = draft.apply("Reshape", x, target_shape=(100, 12))
    weighed = draft.apply("Multiply", reshaped, weights)
    assert shapes(rebuilt(framework, draft, weighed))[weighed] == (7, 12)


def test_a_reshape_to_a_length_that_windows_left_takes_the_one_that_they_leave_here(framework, draft):
    shorter = draft.apply("Conv1D", embedded(draft, None, output_dim=3), filters=3, kernel_size=3)
    reshaped = draft.apply("Reshape", shorter, target_shape=(98, 3))
    last = draft.apply("GRU", reshaped, units=2)
    assert shapes(rebuilt(framework, draft, last))[reshaped] == (5, 3)
    assert status(framework, draft, last) is Verdict.CONFIRMED


def weighed_by_repeated_scores(draft, units, repeated):
    x = embedded(draft, output_dim=64)
    inner = draft.layer("LSTM", units=units, return_sequences=True)
    states = draft.apply("Bidirectional", x, inner=inner)
    scores = draft.raw("[:, :, 0]", Effect.FEATURES, states, axis=2)
    copies = draft.apply("RepeatVector", scores, n=repeated)
    return draft.apply("Multiply", states, draft.apply("Permute", copies, dims=(2, 1)))


def test_sizes_that_belong_together_are_divided_alike(framework, draft):
    weighed = weighed_by_repeated_scores(draft, 128, 256)
    assert shapes(rebuilt(framework, draft, weighed))[weighed][-1] == 16


def test_a_size_that_has_to_be_kept_is(framework, draft):
    weighed = weighed_by_repeated_scores(draft, 100, 200)
    assert shapes(rebuilt(framework, draft, weighed))[weighed][-1] in {100, 200}


def test_sequences_are_longer_where_convolutions_need_it(framework, draft):
    x = embedded(draft, 1000)
    for _ in range(2):
        x = draft.apply("MaxPooling1D", draft.apply("Conv1D", x, filters=8, kernel_size=5), pool_size=5)
    last = draft.apply("LSTM", x, units=12)
    assert shapes(rebuilt(framework, draft, last))[0] == (257,)
    assert status(framework, draft, last) is Verdict.CONFIRMED


def test_a_product_of_lengths_keeps_them_hard_coded(framework, draft):
    x = embedded(draft, 20)
    flat = draft.apply("Reshape", x, target_shape=(20 * 12,))
    assert shapes(rebuilt(framework, draft, flat))[x] == (20, 12)


def test_inputs_of_unknown_shape_fit_what_reads_them(framework, draft):
    read = draft.apply("Bidirectional", draft.input(), inner=draft.layer("GRU", units=12))
    assert shapes(rebuilt(framework, draft, read))[0] == (7, 5)


# Old names, branches ----------------------------------------------------------------------------------------------


def test_of_branches_any_that_leaks_counts(framework, draft):
    ids = draft.input(None)
    sources = [draft.apply("Embedding", ids, input_dim=9, output_dim=12, mask_zero=zero) for zero in (True, False)]
    last = draft.apply("LSTM", draft.add(EitherOp(), *sources), units=12)
    assert status(framework, draft, last) is Verdict.CONFIRMED


def test_a_branch_that_cannot_be_rebuilt_leaves_the_other(framework, draft):
    x = embedded(draft, mask_zero=True)
    opaque = draft.add(OpaqueOp("a function of another package"), x)
    last = draft.apply("LSTM", draft.add(EitherOp(), opaque, x), units=12)
    assert status(framework, draft, last) is Verdict.REFUTED


def test_a_setting_of_one_of_several_values_leaks_if_any_does(framework, draft):
    last = draft.apply("LSTM", embedded(draft, mask_zero=OneOf((True, False))), units=12)
    assert status(framework, draft, last) is Verdict.CONFIRMED


def test_a_layer_applied_twice_keeps_its_weights(framework, draft):
    shared = draft.layer("Dense", units=12)
    once = draft.apply(shared, embedded(draft))
    twice = draft.apply(shared, once)
    assert len({id(step.layer) for step in map(rebuilt(framework, draft, twice).steps.get, (once, twice))}) == 1


def test_compute_mask_of_a_layer_is_that_layers(framework, draft):
    ids = draft.input(None)
    layer = draft.layer("Embedding", input_dim=9, output_dim=12, mask_zero=True)
    x = draft.apply(layer, ids)
    scaled = draft.raw("*", Effect.POINTWISE, x, operand=Known(2.0))
    mask = draft.add(MaskOp(layer), ids)
    assert status(framework, draft, draft.apply("LSTM", scaled, units=12, mask=mask)) is Verdict.REFUTED


def test_a_model_whose_end_cannot_be_rebuilt_is_measured_at_the_consumer(framework, draft):
    last = draft.apply("LSTM", embedded(draft), units=12)
    output = draft.add(OpaqueOp("a head that was not read"), last)
    assert status(framework, draft, last, output) is Verdict.CONFIRMED


# What cannot be rebuilt -------------------------------------------------------------------------------------------


def test_a_custom_layer_that_was_not_read(framework, draft):
    code = CustomCode(
        "MyAttention", Span("src/model.py", 0, Position(31, 1), Position(40, 1)), None, False, True, False
    )
    layer = replace(draft.layer("MyAttention"), custom=code, origin="project")
    last = draft.apply("LSTM", draft.apply(layer, embedded(draft)), units=12)
    assert refusal(framework, draft, last) == "custom layer MyAttention (model.py:31)"


def test_a_layer_of_another_package(framework, draft):
    layer = replace(draft.layer("CRF", units=5), origin="tensorflow_addons.layers")
    read = draft.apply(layer, embedded(draft))
    assert refusal(framework, draft, read) == "layer CRF of tensorflow_addons.layers (model.py:7)"


def test_a_layer_whose_class_was_not_read(framework, draft):
    last = draft.apply("LSTM", draft.apply("?", embedded(draft)), units=12)
    assert refusal(framework, draft, last) == "a layer whose class was not read (model.py:7)"


def test_a_wrapper_around_a_layer_that_was_not_read(framework, draft):
    last = draft.apply("Bidirectional", embedded(draft))
    assert refusal(framework, draft, last) == "a layer whose class was not read (model.py:7)"


def test_a_step_that_was_not_read(framework, draft):
    last = draft.apply("LSTM", draft.add(OpaqueOp("a loop over the batch"), embedded(draft)), units=12)
    assert refusal(framework, draft, last) == "a loop over the batch (model.py:6)"


def test_a_loop_over_the_steps_is_refused_before_anything_is_tried(framework, draft):
    each = draft.raw("tf.unstack", Effect.EACH_STEP, embedded(draft))
    last = draft.apply("SimpleRNNCell", each, units=12)
    assert refusal(framework, draft, last) == "operation tf.unstack (model.py:6)"


def test_a_mask_that_the_program_puts_on_a_tensor_itself(framework, draft):
    masked = draft.raw("_keras_mask", Effect.MASKED, embedded(draft))
    last = draft.apply("LSTM", masked, units=12)
    assert refusal(framework, draft, last) == "operation _keras_mask (model.py:6)"


@pytest.mark.parametrize("effect", sorted(set(Effect) - NOT_REPLAYED))
def test_what_is_no_obstacle_is_replayed(framework, effect):
    scale = Scale(steps=7, inner_steps=9, lengths={})
    assert any(replays(framework.tensorflow, RawOp("tf.something", effect), scale, (4,)))


def test_what_keras_itself_refuses(framework, draft):
    x = embedded(draft, output_dim=8)
    other = draft.apply("Dense", x, units=12)
    added = draft.apply("Add", x, other)
    assert refusal(framework, draft, added).startswith("Add does not fit: ")
    assert refusal(framework, draft, added).endswith("(model.py:9)")


def test_a_model_without_sequences_has_nothing_to_pad(framework, draft):
    dense = draft.apply("Dense", draft.input(4, unpadded="a row of a table"), units=2)
    (found,) = measure(framework, draft.graph(dense), [Claim((dense,))])
    assert (found.status, found.reason) == (
        Verdict.NOT_REBUILT,
        "none of its inputs has steps that could be padded",
    )


# What real programs taught ----------------------------------------------------------------------------------------


def test_deep_convolutions_and_pooling_still_leave_steps_to_measure(framework, draft):
    x = draft.apply("Embedding", draft.input(500, side=Side.PRE), input_dim=99, output_dim=12)
    for _ in range(4):
        x = draft.apply("MaxPooling1D", draft.apply("Conv1D", x, filters=8, kernel_size=2, activation="relu"))
    assert status(framework, draft, draft.apply("LSTM", x, units=12)) is Verdict.CONFIRMED


def test_arithmetic_on_ids_keeps_what_is_padding(framework, draft):
    shifted = draft.raw("+", Effect.POINTWISE, draft.input(None, side=Side.POST), operand=Known(1))
    x = draft.apply(
        "Embedding", draft.raw("-", Effect.POINTWISE, shifted, operand=Known(1)), input_dim=99, output_dim=12
    )
    assert status(framework, draft, draft.apply("GRU", x, units=12)) is Verdict.CONFIRMED


def test_a_mask_of_unknown_meaning_has_to_leak_both_ways(framework, draft):
    ids = draft.input(None, side=Side.POST)
    mask = draft.add(draft.input_op())
    draft.feed(mask, Padding("pad_sequences", draft.here(), side=Side.POST), mask=True, rank=2)
    x = draft.apply("Embedding", ids, input_dim=99, output_dim=12)
    scores = draft.raw("[:, :, 0]", Effect.FEATURES, x, axis=2)
    hidden = draft.raw("*", Effect.POINTWISE, mask, operand=Known(-1e9))
    weights = draft.raw("tf.nn.softmax", Effect.SOFTMAX_STEPS, draft.raw("+", Effect.POINTWISE, scores, hidden), axis=1)
    assert status(framework, draft, weights) is Verdict.REFUTED


def test_the_outputs_of_one_call_are_computed_once(framework, draft):
    layer = draft.layer("LSTM", units=12, return_state=True)
    x = embedded(draft)
    first, second = (draft.apply(layer, x, output=output) for output in (1, 2))
    model = rebuilt(framework, draft, draft.apply("Concatenate", first, second))
    made = [model.steps[state].last.made for state in (first, second)]
    assert made[0] is made[1]


def test_shapes_that_were_misread_are_not_believed(framework, draft):
    x = draft.apply("Embedding", draft.input(0), input_dim=99, output_dim=12)
    assert status(framework, draft, draft.apply("LSTM", x, units=12)) is Verdict.CONFIRMED


def test_layers_that_are_gone_are_rebuilt_as_what_computes_the_same(framework, draft):
    x = embedded(draft)
    merged = draft.apply("Merge", x, x, mode="sum")
    assert shapes(rebuilt(framework, draft, merged))[merged][-1] == 12
    assert status(framework, draft, draft.apply("CuDNNLSTM", merged, units=12)) is Verdict.CONFIRMED


def test_an_input_whose_padding_was_not_read_holds_what_the_program_masks(framework, draft):
    raw = draft.add(draft.input_op(None, 3))
    last = draft.apply("LSTM", draft.apply("Masking", raw, mask_value=-1.0), units=12)
    assert status(framework, draft, last) is Verdict.REFUTED


def test_an_input_of_unknown_shape_has_the_one_that_it_is_given_first(framework, draft):
    steps = draft.raw("reshape", Effect.RESHAPE, draft.add(draft.input_op_of_any_shape()), shape=(-1, 20, 1))
    last = draft.apply("LSTM", draft.apply("Masking", steps, mask_value=-1), units=12)
    model = rebuilt(framework, draft, last)
    assert shapes(model)[steps] == (20, 1)
    assert model.sampler.batch(Side.POST, 0).rows == 3
    assert status(framework, draft, last) is Verdict.REFUTED


def test_what_is_added_to_padded_steps_is_padded_on_their_side(framework, draft):
    steps = draft.apply("Masking", draft.input(None, 4, side=Side.POST), mask_value=0.0)
    positions = draft.add(draft.input_op(None, 4))
    last = draft.apply("LSTM", draft.apply("Add", steps, positions), units=12)
    graph = draft.graph(last)
    plans = plan_inputs(framework, graph, next(cut(graph, (last,), framework.version)))
    assert [plan.side for plan in plans] == [Side.POST, Side.POST]


def test_frames_that_are_reshaped_to_a_length_of_their_own_have_it_from_the_start(framework, draft):
    pooling = draft.layer("GlobalAveragePooling2D")
    steps = draft.apply("TimeDistributed", draft.add(draft.input_op_of_any_shape()), inner=pooling)
    x = draft.apply("Reshape", draft.apply("Dense", steps, units=3), target_shape=(6, 3))
    last = draft.apply("LSTM", x, units=2)
    assert shapes(rebuilt(framework, draft, last))[steps][0] == 6
    assert status(framework, draft, last) is Verdict.CONFIRMED


def test_steps_that_are_reshaped_behind_a_sum_have_as_many_features_from_the_start(framework, draft):
    steps = draft.apply("Masking", draft.add(draft.input_op_of_any_shape()), mask_value=0.0)
    half = draft.raw("*", Effect.POINTWISE, steps, operand=Known(0.5))
    doubled = draft.raw("*", Effect.POINTWISE, draft.apply("Add", steps, half), operand=Known(2.0))
    x = draft.apply("Reshape", draft.raw("[:, :, :]", Effect.FEATURES, doubled), target_shape=(6, 3))
    assert shapes(rebuilt(framework, draft, draft.apply("LSTM", x, units=2)))[steps] == (6, 3)


def test_steps_that_are_reshaped_once_they_were_turned_round_are_as_many_from_the_start(framework, draft):
    steps = draft.apply("Masking", draft.add(draft.input_op_of_any_shape()), mask_value=0.0)
    turned = draft.apply("LSTM", steps, units=2, return_sequences=True, go_backwards=True)
    last = draft.apply("GRU", draft.apply("Reshape", turned, target_shape=(6, 2)), units=2)
    assert shapes(rebuilt(framework, draft, last))[steps][0] == 6


def test_steps_that_are_reshaped_once_features_were_joined_are_as_many_as_before(framework, draft):
    steps = draft.apply("Masking", draft.add(draft.input_op_of_any_shape()), mask_value=0.0)
    both = draft.apply("Concatenate", steps, draft.raw("*", Effect.POINTWISE, steps, operand=Known(0.5)))
    last = draft.apply("SimpleRNN", draft.apply("Reshape", both, target_shape=(6, 6)), units=2)
    assert shapes(rebuilt(framework, draft, last))[steps] == (6, 3)


def test_steps_that_are_reshaped_once_they_were_pooled_have_the_features_that_are_written(framework, draft):
    steps = draft.apply("Masking", draft.add(draft.input_op_of_any_shape()), mask_value=0.0)
    pooled = draft.apply("MaxPooling1D", steps, pool_size=2)
    reshaped = draft.apply("Reshape", pooled, target_shape=(3, 3))
    last = draft.apply("GRU", reshaped, units=2)
    found = shapes(rebuilt(framework, draft, last))
    assert found[pooled] == found[reshaped] == (3, 3)


def test_what_is_joined_before_it_is_added_has_a_part_of_the_features(framework, draft):
    steps = draft.apply("Masking", draft.add(draft.input_op_of_any_shape()), mask_value=0.0)
    both = draft.apply("Concatenate", steps, draft.raw("*", Effect.POINTWISE, steps, operand=Known(0.5)))
    states = draft.apply("SimpleRNN", both, units=6, return_sequences=True)
    last = draft.apply("GRU", draft.raw("+", Effect.POINTWISE, both, states), units=2)
    assert shapes(rebuilt(framework, draft, last))[steps][-1] == 3


def test_zeros_in_data_are_stirred_where_steps_are_only_calculated_with(framework, draft):
    frames = draft.input(6, 4, 4, 1, side=Side.POST)
    x = draft.apply("TimeDistributed", frames, inner=draft.layer("GlobalMaxPooling2D"))
    x = draft.apply("TimeDistributed", x, inner=draft.layer("Dense", units=3))
    query = draft.raw("*", Effect.POINTWISE, x, operand=Known(8.0))
    attended = draft.apply("Attention", query, draft.raw("*", Effect.POINTWISE, query, operand=Known(2.0)))
    last = draft.apply("SimpleRNN", attended, units=2)
    assert status(framework, draft, attended, last) is Verdict.CONFIRMED


@pytest.mark.parametrize(("inner", "verdict"), [(True, Verdict.CONFIRMED), (False, Verdict.REFUTED)])
def test_a_window_across_the_end_takes_in_zeros_that_a_mask_left_but_no_repeated_state(
    framework, draft, inner, verdict
):
    x = draft.apply("Embedding", draft.input(None, side=Side.POST), input_dim=99, output_dim=12, mask_zero=True)
    states = draft.layer("LSTM", units=4, return_sequences=True)
    x = draft.apply("Bidirectional", x, inner=states) if inner else draft.apply(states, x)
    assert status(framework, draft, draft.apply("MaxPooling1D", x, pool_size=2)) is verdict


@pytest.mark.parametrize(("kind", "verdict"), [("Multiply", Verdict.REFUTED), ("Add", Verdict.CONFIRMED)])
def test_states_multiplied_by_the_zeros_of_padding_get_no_further(framework, draft, kind, verdict):
    x = draft.apply("Masking", draft.input(None, 4, side=Side.POST), mask_value=5.0)
    states = draft.apply("SimpleRNN", x, units=4, return_sequences=True)
    last = draft.apply("SimpleRNN", draft.apply(kind, x, states), units=2)
    assert status(framework, draft, states, last) is verdict


@pytest.mark.parametrize(
    ("name", "keeps_zero", "verdict"),
    [
        ("unary -", True, Verdict.REFUTED),
        ("keras.ops.arctan", True, Verdict.REFUTED),
        ("keras.ops.arccos", False, Verdict.CONFIRMED),
    ],
)
def test_what_stands_in_for_an_operation_keeps_zeros_where_that_does(framework, draft, name, keeps_zero, verdict):
    x = draft.apply("Masking", draft.input(None, 4, side=Side.POST), mask_value=0.0)
    x = draft.raw(name, Effect.POINTWISE, x, keeps_zero=keeps_zero)
    states = draft.apply("SimpleRNN", x, units=4, return_sequences=True)
    last = draft.apply("Flatten", draft.apply("Multiply", x, states))
    assert status(framework, draft, states, draft.apply("Dense", last, units=1)) is verdict


def test_too_little_memory_is_told_from_shapes_that_do_not_fit(framework):
    errors = framework.tensorflow.errors
    with pytest.raises(MemoryError), misfits(framework):
        raise errors.AbortedError(None, None, "Status: 1, message: could not create a primitive")
    with pytest.raises(MemoryError), misfits(framework):
        raise errors.ResourceExhaustedError(None, None, "OOM when allocating tensor with shape[768,768]")
    with pytest.raises(Misfit, match="could not create a descriptor"), misfits(framework):
        raise errors.AbortedError(None, None, "Status: 2, message: could not create a descriptor")


def test_a_product_with_a_vector_leaves_a_number_for_each_step(framework):
    features = framework.tensorflow.ones((2, 7, 3))
    made = []
    for way in replays(framework.tensorflow, RawOp("K.dot", Effect.POINTWISE), Scale(7, 9, {}), (4,)):
        with suppress(ValueError):  # a product of two tensors
            made.append(tuple(way([features]).shape))
    assert made[:3] == [(2, 7, 3), (2, 7, 1), (2, 7)]


def test_where_a_whole_model_takes_too_much_memory_its_consumers_are_measured_alone(framework, draft, monkeypatch):
    def only_alone(framework, part, plans):
        if part.outputs:
            raise MemoryError
        return rebuild(framework, part, plans)

    monkeypatch.setattr("padlint.confirm.measure.rebuild", only_alone)
    states = draft.apply("LSTM", embedded(draft), units=2)
    assert status(framework, draft, states, draft.apply("Dense", states, units=1)) is Verdict.CONFIRMED


def test_what_runs_out_of_memory_while_it_is_measured_says_so(framework, draft, monkeypatch):
    def transposed(*_: object) -> None:
        raise framework.tensorflow.errors.AbortedError(None, None, "Status: 1, message: could not create a primitive")

    monkeypatch.setattr(worker, "measure", transposed)
    last = draft.apply("LSTM", embedded(draft), units=2)
    request = request_line(MeasureGraph(draft.graph(last), (Claim((last,)),)))
    assert read_answer(worker._answer(framework, request)) == NO_MEMORY
