"""`padlint confirm`: which models are measured, what is asked before, what is printed, how it ends."""

from __future__ import annotations

import json
import zipfile

import pytest

from padlint import built_models, proofs
from padlint.confirm.messages import Measured
from padlint.confirm.prove import NoAnswer
from padlint.finding import Confirmation, Verdict
from padlint.graph import Side

LEAK = Measured("last", "LSTM", Confirmation(Verdict.CONFIRMED, leak=0.25))
SAFE = Measured("last", "LSTM", Confirmation(Verdict.REFUTED, leak=0.0))


class Asked:
    """What stands in for the measuring process: it keeps what it was asked, and answers what it was told to."""

    def __init__(self, *answers):
        self.answers = answers
        self.calls = []
        self.keras = []

    def __call__(self, keras):
        self.keras.append(keras)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def measure_saved(self, *asked):
        self.calls.append(asked)
        if isinstance(self.answers[0], NoAnswer):
            raise self.answers[0]
        return self.answers

    measure_made = measure_saved


@pytest.fixture
def answering(monkeypatch):
    """Answer with these verdicts, whatever is measured."""
    monkeypatch.setattr(built_models, "check_installed", lambda _: None)

    def put(*answers):
        asked = Asked(*answers)
        monkeypatch.setattr(built_models, "Prover", asked)
        return asked

    return put


def saved(folder, version="3.4.0"):
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))


def test_a_saved_model_is_measured_layer_by_layer(padlint, folder, answering):
    saved(folder)
    asked = answering(LEAK)
    ended = padlint("confirm", "model.keras")
    assert ended.out == "model.keras: `last` (LSTM): confirmed: 25 % of the output's gradient is on padding\n"
    assert (ended.code, ended.err) == (1, "")
    assert asked.calls == [(folder / "model.keras", Side.UNKNOWN, None)]


def test_a_model_without_a_leak_is_clean(padlint, folder, answering):
    saved(folder)
    answering(SAFE)
    assert padlint("confirm", "model.keras").code == 0


@pytest.mark.parametrize(
    ("version", "arguments", "keras"), [("2.15.0", (), 2), ("3.4.0", (), 3), ("3.4.0", ("--keras", "2"), 2)]
)
def test_it_is_loaded_in_the_keras_that_saved_it_or_the_one_that_is_named(
    padlint, folder, answering, version, arguments, keras
):
    saved(folder, version)
    asked = answering(SAFE)
    padlint("confirm", "model.keras", *arguments)
    assert asked.keras == [keras]


def test_the_padding_can_be_told(padlint, folder, answering):
    saved(folder)
    asked = answering(SAFE)
    padlint("confirm", "model.keras", "--side", "post", "--value", "-1")
    assert asked.calls == [(folder / "model.keras", Side.POST, -1.0)]


def test_json_has_an_entry_for_each_layer(padlint, folder, answering):
    saved(folder)
    answering(LEAK)
    (entry,) = json.loads(padlint("confirm", "model.keras", "--output-format", "json").out)
    assert (entry["model"], entry["layer"], entry["kind"]) == ("model.keras", "last", "LSTM")
    assert (entry["confirmation"]["status"], entry["confirmation"]["leak"]) == ("confirmed", 0.25)


def test_code_of_the_user_is_run_only_when_that_is_allowed(padlint, folder, answering):
    asked = answering(LEAK)
    ended = padlint("confirm", "package.models:build")
    what = f"package.models:build: importing package.models, looked for in {folder} first, and calling build()"
    assert (ended.code, ended.out, asked.calls) == (2, "", [])
    assert ended.err == f"error: {what} runs your code; --allow-import allows it\n"
    ended = padlint("confirm", "package.models:build", "--allow-import")
    assert (ended.code, ended.err) == (1, f"{what}\n")
    assert asked.calls == [("package.models:build", Side.UNKNOWN, None)]


def test_a_model_that_cannot_be_measured_is_trouble(padlint, folder, answering):
    saved(folder)
    answering(NoAnswer("a layer is not known"))
    ended = padlint("confirm", "model.keras")
    assert (ended.code, ended.err) == (2, "error: model.keras: a layer is not known\n")


def test_a_file_that_is_not_there_is_trouble(padlint):
    ended = padlint("confirm", "model.keras")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "error: model.keras: no such file; a function that makes a model is `package.module:function`\n"


def test_without_the_extra_the_line_that_installs_it_is_said(padlint, folder, monkeypatch):
    saved(folder, "2.15.0")
    monkeypatch.setattr(proofs, "missing_extra", lambda keras: f"pip install keras{keras}")
    ended = padlint("confirm", "model.keras")
    assert ended.code == 2
    assert ended.err == ("error: measuring needs TensorFlow with Keras 2, which is not installed: pip install keras2\n")
