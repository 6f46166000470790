"""A sample of the shipped table measured anew, and what the measurement itself must tell apart."""

from __future__ import annotations

import importlib.util
from dataclasses import replace

import numpy as np
import pytest

from padlint.graph import Side
from padlint.keras.facts import Keeps, MaskOut, Steps
from padlint.keras.table import Row, shipped_table

pytest.importorskip("tensorflow", reason="TensorFlow comes with padlint[confirm]")

from padlint.confirm.frameworks import PACKAGES, Framework, open_framework
from padlint.confirm.lookups import measure_lookups
from padlint.confirm.measure_layers import TABLE
from padlint.confirm.probes import Arrangement, Feed, Nested, Variant, plans
from padlint.confirm.probing import Unsettled, measure_example, measure_subject
from padlint.confirm.raw_functions import measure_same_object
from padlint.confirm.subject import Refused, prepare
from padlint.confirm.survey import Survey, default_plan, layer_classes, measure_rows, measure_variant
from padlint.confirm.table_text import surveys_of, table_text
from padlint.confirm.witnesses import time_axes, validity

SAMPLE = (
    "Add",
    "Attention",
    "Concatenate",
    "Conv1D",
    "Dense",
    "Embedding",
    "GlobalAveragePooling1D",
    "GroupNormalization",
    "Masking",
    "MultiHeadAttention",
    "Permute",
    "Softmax",
)
BOTH = {Side.PRE, Side.POST}
PLANS = {plan.kind: plan for plan in plans()}
INSTALLED = [version for version, package in PACKAGES.items() if importlib.util.find_spec(package)]


@pytest.fixture(scope="module", params=INSTALLED, ids=lambda version: f"keras{version}")
def framework(request) -> Framework:
    return open_framework(request.param)


def shipped_rows(kind: str, framework: Framework) -> tuple[Row, ...]:
    """Give the rows of one version, without what is kept by hand."""
    survey = surveys_of(shipped_table())[framework.version]
    return survey.rows[kind]


# The shipped table --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SAMPLE)
def test_the_shipped_rows_are_what_keras_does(framework, kind):
    assert measure_rows(framework, PLANS[kind]) == shipped_rows(kind, framework)


@pytest.mark.parametrize("when", [{"return_sequences": True, "return_state": True}, {}], ids=["steps", "last"])
def test_the_shipped_rows_of_a_recurrent_layer_are_what_keras_does(framework, when):
    variant = next(one for one in PLANS["SimpleRNN"].variants if one.when == when)
    measured = measure_variant(framework, PLANS["SimpleRNN"], Variant(when, variant.examples[:1]))
    # Ranks are shipped beside the signature, and two facts as lists of the versions in which they hold.
    version = framework.version
    shipped = [
        replace(
            row.facts,
            ranks=(),
            states_hide_mask=version in row.states_hide_mask,
            warns=version in row.warns,
        )
        for row in shipped_rows("SimpleRNN", framework)
    ]
    assert replace(measured, ranks=()) in shipped


def test_the_shipped_lookups_are_what_keras_does(framework):
    measured = measure_lookups(framework)
    assert measured
    for kind, facts in measured.items():
        assert [facts] == [row.facts for row in shipped_rows(kind, framework)]


def test_the_shipped_functions_that_keep_a_mask_are_what_keras_does(framework):
    assert measure_same_object(framework) == shipped_table().same_object[framework.version]


def test_every_layer_of_keras_is_in_the_table_with_facts_or_a_reason(framework):
    table, survey = shipped_table(), surveys_of(shipped_table())[framework.version]
    missing = {
        name
        for name in layer_classes(framework)
        if not {name, table.aliases.get(name, "")} & (survey.rows.keys() | survey.unprobed.keys())
    }
    assert missing == set()


# What the measurement tells apart -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def keras() -> Framework:
    return open_framework(INSTALLED[-1])


def axes(keras: Framework, kind: str, settings: dict, feed=Feed.SEQUENCE, inputs: int = 1):
    arrangement = Arrangement.SINGLE if inputs == 1 else Arrangement.LISTED
    return time_axes(prepare(keras, kind, settings, feed, arrangement, inputs))[0]


@pytest.mark.parametrize(
    ("kind", "settings", "steps"),
    [
        ("Dense", {"units": 3}, Steps.KEPT),
        ("LSTM", {"units": 3, "return_sequences": True, "go_backwards": True}, Steps.REVERSED),
        ("Conv1D", {"filters": 3, "kernel_size": 3}, Steps.RESAMPLED),
        ("Permute", {"dims": (2, 1)}, Steps.TRANSPOSED),
        ("Flatten", {}, Steps.GONE),
        ("GlobalMaxPooling1D", {"keepdims": True}, Steps.GONE),
    ],
)
def test_time_is_found_by_changing_one_step_after_the_other(keras, kind, settings, steps):
    assert axes(keras, kind, settings).steps is steps


def test_scores_run_over_steps_on_two_axes(keras):
    assert axes(keras, "Dot", {"axes": 2}, inputs=2).axes == (1, 2)
    assert axes(keras, "Attention", {}, inputs=2).axes == (1,)


def test_examples_that_differ_are_an_error_and_no_row(keras):
    mixed = Variant({}, ({"filters": 3, "kernel_size": 1}, {"filters": 3, "kernel_size": 3, "padding": "same"}))
    with pytest.raises(Unsettled, match="Conv1D: two examples of one variant differ"):
        measure_variant(keras, replace(PLANS["Conv1D"], variants=(mixed,)), mixed)


def test_what_keras_refuses_is_refused_in_one_line(keras):
    with pytest.raises(Refused) as refusal:
        prepare(keras, "LSTM", {"units": 3}, Feed.FRAMES, Arrangement.SINGLE, 1)
    assert "expected ndim=3" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    with pytest.raises(Refused, match=r"keras\.layers has no Lstm"):
        prepare(keras, "Lstm", {}, Feed.SEQUENCE, Arrangement.SINGLE, 1)


def test_a_layer_that_nobody_planned_is_probed_with_its_defaults(keras):
    plan = default_plan("GaussianDropout", layer_classes(keras)["GaussianDropout"])
    assert plan.variants[0].examples == ({"rate": 0.3},)
    facts = measure_example(keras, plan, plan.variants[0].examples[0], 1)
    assert (facts.mask_out, facts.keeps) == (MaskOut.SAME, Keeps.ZERO)


def test_dead_units_are_not_taken_for_zeros_that_pass(keras):
    relu = {"units": 3, "activation": "relu"}
    assert measure_example(keras, PLANS["Dense"], relu, 1).keeps is Keeps.NOTHING


def test_a_wrapper_is_measured_around_one_step(keras):
    around = prepare(
        keras, "TimeDistributed", {"layer": Nested("Flatten")}, Feed.SEQUENCE, Arrangement.SINGLE, 1, outer=True
    )
    facts = measure_subject(around, "TimeDistributed")
    assert (facts.steps, facts.leaks_unmasked) == (Steps.KEPT, frozenset())


def test_padding_lies_on_the_side_it_is_said_to():
    assert validity(Side.POST, 4, (1, 3)).astype(int).tolist() == [[1, 0, 0, 0], [1, 1, 1, 0]]
    assert validity(Side.PRE, 4, (1, 3)).astype(int).tolist() == [[0, 0, 0, 1], [0, 1, 1, 1]]
    assert np.array_equal(validity(Side.POST, 4, (4,)), validity(Side.PRE, 4, (4,)))


# Writing it ---------------------------------------------------------------------------------------------------------


def test_the_shipped_file_is_what_writing_its_contents_gives():
    text = TABLE.read_text(encoding="utf-8")
    assert table_text(text, surveys_of(shipped_table())) == text


def test_rows_that_two_versions_share_are_written_once_and_stay_in_order():
    first, last = shipped_table().rows["Embedding"]
    other = replace(first, facts=replace(first.facts, warns=True))

    def survey(version: int, *rows: Row) -> Survey:
        stamped = tuple(replace(row, keras=frozenset({version})) for row in rows)
        return Survey("Keras", {"Embedding": stamped}, {}, {}, {}, {}, {})

    text = table_text("", {2: survey(2, first, last), 3: survey(3, other, last)})
    assert [line for line in text.splitlines() if line.startswith(("keras =", "[[layers"))] == [
        "[[layers.Embedding]]",
        "keras = [2]",
        "[[layers.Embedding]]",
        "keras = [3]",
        "[[layers.Embedding]]",
    ]
