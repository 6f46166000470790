"""The shipped table against an earlier survey of Keras 2.15 and 3.15, made by other scripts and kept elsewhere.

The survey is not part of a checkout; without it these tests are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from padlint.finding import Position, Span
from padlint.graph import Known, Layer, LayerId, Plain, Side
from padlint.keras.layers import LayerFacts, MaskOut, Steps, layer_facts

SURVEY = Path(__file__).parents[3] / "shared" / "keras-masks.json"
RELEASES = {"2.15.0": 2, "3.15.1": 3}
SIDES = {"right": Side.POST, "left": Side.PRE}
HERE = Span("model.py", 0, Position(1, 1), Position(1, 2))

pytestmark = pytest.mark.skipif(not SURVEY.exists(), reason=f"the earlier survey is not here: {SURVEY}")


def layer(kind: str, settings: Mapping[str, Plain], inner: Layer | None = None) -> Layer:
    return Layer(LayerId(0), kind, {name: Known(value) for name, value in settings.items()}, HERE, inner=inner)


STEPS, BACKWARDS = {"return_sequences": True}, {"go_backwards": True}
SAME = {"padding": "same", "kernel_size": 3}

# What the survey calls a layer's settings, and the settings. By layer, or for every layer under "".
SETTINGS: Mapping[str, Mapping[str, Mapping[str, Plain]]] = {
    "": {
        "default": {},
        "inference": {},
        "return_sequences": STEPS,
        "return_state": {"return_state": True},
        "return_sequences+return_state": {**STEPS, "return_state": True},
        "go_backwards": BACKWARDS,
        "go_backwards+return_sequences": {**STEPS, **BACKWARDS},
        "unroll": {"unroll": True},
        "stateful": {"stateful": True},
        "recurrent_dropout=0.3 (inference)": {"recurrent_dropout": 0.3},
        "zero_output_for_mask+return_sequences": {**STEPS, "zero_output_for_mask": True},
        "use_cudnn=False": {"use_cudnn": False},
        "k=3 padding=same": SAME,
        "k=3 same": SAME,
        "(T,F,1) same": SAME,
        "(T,H,W,C) same": SAME,
        "k=3 padding=valid": {"kernel_size": 3, "padding": "valid"},
        "k=3 padding=causal": {"kernel_size": 3, "padding": "causal"},
        "k=3 dilation=2 causal": {"kernel_size": 3, "padding": "causal", "dilation_rate": 2},
        "k=3 same strides=2": {**SAME, "strides": 2},
        "k=1": {"kernel_size": 1},
        "pool=2": {"pool_size": 2},
        "pool=3 stride1 same": {"pool_size": 3, "strides": 1, "padding": "same"},
        "pool=(1,2) on (T,F,1)": {"pool_size": (1, 2)},
        "pool=(1,2,2)": {"pool_size": (1, 2, 2)},
        "keepdims": {"keepdims": True},
        "out=2": {"output_size": 2},
        "(T,F,1)": {},
        "(T,H,W,C)": {},
        "linear": {"activation": "linear"},
        "relu": {"activation": "relu"},
        "softmax": {"activation": "softmax"},
        "axis=-1": {"axis": -1},
        "axis=1": {"axis": 1},
        "axis=[1,2]": {"axis": (1, 2)},
        "axis=1 inference": {"axis": 1},
        "axis=1 (over time)": {"axis": 1},
        "groups=2 axis=-1": {"groups": 2, "axis": -1},
        "mean/var given": {"mean": 0.0, "variance": 1.0},
        "1/2+0.1": {"scale": 0.5, "offset": 0.1},
        "no shared_axes": {},
        "(T*F,)": {"target_shape": (24,)},
        "(2,1)": {"dims": (2, 1)},
        "(1,1)": {},
        "2": {"size": 2},
        "x*2": {},
        "both masked": {},
        "self [y,y]": {},
        "[q,v,k]": {},
        "self (y,y)": {},
        "self (y,y,y)": {},
        "self query= value= kwargs": {},
        "attention_axes=(1,) explicit": {"attention_axes": (1,)},
        "self": {},
        "return_attention_scores (first output)": {},
        "axes=2 (T x T)": {"axes": 2},
        "axes=1 (over time)": {"axes": 1},
        "axis=-1 both masked": {"axis": -1},
        "axis=1 both masked": {"axis": 1},
    },
    "Reshape": {"(T,F,1)": {"target_shape": (6, 4, 1)}},
    "RNN": {"LSTMCell": {}},
}

# Only some inputs masked: which, and the settings.
PARTLY: Mapping[str, tuple[int, Mapping[str, Plain]]] = {
    "first masked": (0, {}),
    "second masked": (1, {}),
    "axis=-1 first masked": (0, {"axis": -1}),
    "axis=-1 second masked": (1, {"axis": -1}),
    "axis=1 first masked": (0, {"axis": 1}),
    "axis=1 second masked": (1, {"axis": 1}),
    "only query masked (value mask lost)": (0, {}),
    "only value masked": (1, {}),
    "cross, only query masked": (0, {}),
    "cross, only value masked": (1, {}),
    "cross, only key masked": (2, {}),
}

# The survey counts a window by the step at which it starts, the table by whether it reads a real step: with left
# padding the windows that start in the padding and end in the sequence are mixtures, and the table says so.
EXPLAINED = {
    ("Conv1D", "k=3 padding=valid", "left"),
    ("Conv1D", "k=3 same strides=2", "left"),
}


def rows() -> Iterator[dict[str, object]]:
    if SURVEY.exists():
        everything = json.loads(SURVEY.read_text(encoding="utf-8"))["rows"]
        yield from (row for row in everything if row["version"] in RELEASES and not row.get("absent"))


def rows_where(holds: Callable[[Mapping[str, object]], bool]) -> list[object]:
    return [pytest.param(row, id=f"{row['layer']} {row['config']} {row['version']}") for row in rows() if holds(row)]


def facts_of(row: Mapping[str, object], settings: Mapping[str, Plain]) -> LayerFacts:
    found = layer_facts(layer(str(row["layer"]), settings), RELEASES[str(row["version"])])
    assert found is not None
    return found


def single_layers() -> Iterator[object]:
    for row in rows():
        kind, config = str(row["layer"]), str(row["config"])
        settings = {**SETTINGS[""], **SETTINGS.get(kind, {})}.get(config)
        measured = row.get("mask_kind") is not None or row.get("error")
        if settings is not None and measured:
            yield pytest.param(row, settings, id=f"{kind} {config} {row['version']}")


def partly_masked() -> Iterator[object]:
    for row in rows():
        if row["config"] in PARTLY and (row.get("mask_kind") or row.get("error")):
            index, settings = PARTLY[str(row["config"])]
            yield pytest.param(row, index, settings, id=f"{row['layer']} {row['config']} {row['version']}")


def bidirectionals() -> Iterator[object]:
    for row in rows():
        words = dict(word.split("=") for word in str(row["config"]).split() if "=" in word)
        if row["layer"] == "Bidirectional" and "merge_mode" in words:
            mode = None if words["merge_mode"] == "None" else words["merge_mode"]
            inner = layer("LSTM", {"return_sequences": words["return_sequences"] == "True"})
            around = layer("Bidirectional", {"merge_mode": mode}, inner)
            yield pytest.param(row, around, id=f"Bidirectional {row['config']} {row['version']}")


def masks_that_show_as(kind: object) -> set[MaskOut]:
    """Name the words of the table for what the survey saw when every input had the same mask."""
    if kind == "none":
        return {MaskOut.NONE}
    if str(kind).startswith("other"):
        return {MaskOut.JOINED}
    return {MaskOut.SAME, MaskOut.AND, MaskOut.OR, MaskOut.QUERY, MaskOut.MISALIGNED}


def agrees(row: Mapping[str, object], found: LayerFacts) -> None:
    """Compare; the survey puts all outputs of a layer together."""
    if row.get("error") or "error" in row:
        assert found.mask_out is MaskOut.RAISES
        return
    assert found.mask_out in masks_that_show_as(row["mask_kind"])
    assert found.uses_mask is row["consumes"]
    for name, side in SIDES.items():
        if (row["layer"], row["config"], name) not in EXPLAINED:
            masked = [one.leaks_masked for one in (found, *found.also)]
            unmasked = [one.leaks_unmasked for one in (found, *found.also)]
            assert any(side in leaks for leaks in masked) is not row[f"invariant_with_mask_{name}"]
            assert any(side in leaks for leaks in unmasked) is not row[f"invariant_without_mask_{name}"]


@pytest.mark.parametrize(("row", "settings"), list(single_layers()))
def test_a_layer_alone(row, settings):
    agrees(row, facts_of(row, settings))


@pytest.mark.parametrize(("row", "around"), list(bidirectionals()))
def test_bidirectional(row, around):
    found = layer_facts(around, RELEASES[row["version"]])
    agrees(row, found)


@pytest.mark.parametrize(("row", "index", "settings"), list(partly_masked()))
def test_a_layer_with_one_masked_input(row, index, settings):
    found = facts_of(row, settings)
    if "error" in row:
        assert found.one_unmasked is MaskOut.RAISES
        return
    seen = {
        MaskOut.NONE: "none",
        MaskOut.SAME: "same",
        MaskOut.ALL_TRUE: "all_true(3, 6)",
        MaskOut.JOINED: "other(3, 12)",
        MaskOut.QUERY: "same" if index == 0 else "none",
    }
    assert seen[found.one_unmasked] == row["mask_kind"]
    if found.guards:
        assert (index in found.guards) is row["invariant_with_mask_right"]
        assert (index in found.guards) is row["invariant_with_mask_left"]


@pytest.mark.parametrize("row", rows_where(lambda row: str(row["config"]).startswith("initial_state=")))
def test_a_layer_called_with_states(row):
    kind, _, inner = row["layer"].partition("(")
    around = layer(kind, {}, layer(inner.rstrip(")"), {}) if inner else None)
    assert layer_facts(around, RELEASES[row["version"]]).states_hide_mask is not row["consumes"]


@pytest.mark.parametrize(
    "row", rows_where(lambda row: row["layer"] == "TimeDistributed" and "->" not in str(row["config"]))
)
def test_time_distributed(row):
    inner = str(row["config"]).split()[0].split("+")[0]
    found = layer_facts(layer("TimeDistributed", {}, layer(inner, {"kernel_size": 3})), RELEASES[row["version"]])
    assert (found.mask_out is MaskOut.RAISES) is ("error" in row)
    if "error" not in row:
        assert found.mask_out is MaskOut.SAME


@pytest.mark.parametrize("row", rows_where(lambda row: "explicit" in str(row["config"])))
def test_masks_given_in_the_call(row):
    inner = layer("LSTM", {}) if row["layer"] == "Bidirectional" else None
    found = layer_facts(layer(row["layer"], {}, inner), RELEASES[row["version"]])
    argument = row["config"].partition("=")[0].split()[-1]
    if argument in {"mask", "attention_mask"}:
        assert argument in found.explicit


@pytest.mark.parametrize("row", rows_where(lambda row: row["layer"] in {"Embedding", "Masking", "ReversibleEmbedding"}))
def test_sources(row):
    found = facts_of(row, {"mask_zero": "mask_zero=True" in row["config"]})
    assert (found.mask_out is MaskOut.CREATED) is (row["creates"] or row["layer"] == "Masking")


LOOKUPS = {"TextVectorization", "StringLookup", "IntegerLookup", "Hashing", "Discretization"}


@pytest.mark.parametrize("row", rows_where(lambda row: row["layer"] in LOOKUPS))
def test_lookups_make_no_mask(row):
    assert facts_of(row, {}).mask_out is MaskOut.NONE
    assert row["creates"] is False


def test_most_of_the_survey_is_compared():
    compared = [*single_layers(), *partly_masked(), *bidirectionals()]
    assert len(compared) > 250


def test_every_explained_difference_is_one():
    for kind, config, name in EXPLAINED:
        row = next(one for one in rows() if (one["layer"], one["config"]) == (kind, config))
        found = facts_of(row, SETTINGS[""][config])
        assert found.steps is Steps.RESAMPLED
        assert (SIDES[name] in found.leaks_unmasked) is row[f"invariant_without_mask_{name}"]
