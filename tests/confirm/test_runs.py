"""`padlint --confirm` from end to end: sources in, verdicts out, measured in one process for all of these tests."""

from __future__ import annotations

import json
import sys

import pytest

from padlint import cli, proofs
from padlint.confirm import prove

TRAIN = """\
import numpy as np
from keras import layers, models
from keras.preprocessing.sequence import pad_sequences

texts = pad_sequences(read(), maxlen=80, padding="post")
"""
LEAKING = f"""\
{TRAIN}
model = models.Sequential([layers.Embedding(1000, 32), layers.LSTM(16), layers.Dense(1)])
model.fit(texts, labels)
"""
MASKED = LEAKING.replace("1000, 32", "1000, 32, mask_zero=True")
CUSTOM = f"""\
{TRAIN}
class Attend(layers.Layer):
    def call(self, steps):
        return external(steps)

model = models.Sequential([layers.Embedding(1000, 32), Attend(), layers.LSTM(16), layers.Dense(1)])
model.fit(texts, labels)
"""
# Right padding behind an LSTM that gives back every step, and a model that takes the first of them.
HARMLESS = f"""\
{TRAIN}
ids = layers.Input((80,))
states = layers.LSTM(16, return_sequences=True)(layers.Embedding(1000, 32)(ids))
model = models.Model(ids, layers.Dense(1)(states[:, 0]))
model.fit(texts, labels)
"""


@pytest.fixture(scope="module")
def prover():
    pytest.importorskip("tensorflow")
    with prove.Prover() as running:
        yield running


class _Shared:
    """The one prover of these tests, which does not end with a run."""

    def __init__(self, prover, keras):
        self.keras = keras
        self.measure = prover.measure

    def __exit__(self, *_):
        pass


@pytest.fixture
def padlint(prover, tmp_path, monkeypatch, capsys):
    """Run padlint with `--confirm` on a program, and return the exit code, the report and what was said beside it."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(proofs, "Prover", lambda keras: _Shared(prover, keras))

    def run(program, *arguments):
        (tmp_path / "model.py").write_text(program, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["padlint", "--confirm", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return run


def confirmations(report):
    return [(finding["severity"], finding["confirmation"]) for finding in json.loads(report)]


def test_a_leak_is_confirmed_with_its_figures(padlint):
    code, report, said = padlint(LEAKING, "--output-format", "json")
    ((severity, found),) = confirmations(report)
    assert (code, severity, found["status"], found["mask"], found["reason"]) == (1, "error", "confirmed", "none", None)
    assert 0 < found["leak"] < 1
    assert found["shift"] > 0
    assert found["token_share"] > 0
    assert "Measured: 1 confirmed.\n" in said


def test_a_run_from_the_cache_is_confirmed_as_well(padlint):
    first = padlint(LEAKING)
    assert "proof: confirmed: " in first[1]
    assert padlint(LEAKING) == first


def test_what_cannot_be_rebuilt_says_why_and_is_reported_all_the_same(padlint):
    code, report, said = padlint(CUSTOM)
    assert code == 1
    assert "= proof: not rebuilt: `external` is not defined where padlint looked (model.py:9)" in report
    assert "Measured: 1 not rebuilt.\n" in said


def test_a_refuted_finding_is_a_note_and_does_not_make_the_run_fail(padlint, monkeypatch, prover):
    verdict = prove.Confirmation(prove.Verdict.REFUTED, leak=0.0)
    monkeypatch.setattr(proofs.Measurer, "_for", lambda *_: Answers(verdict))
    code, report, said = padlint(LEAKING, "--fail-on", "note")
    assert (code, report.splitlines()[0][:30]) == (0, "note[PAD101 unmasked-embedding")
    assert "refuted: no gradient is on padding" in report
    assert "Measured: 1 refuted.\n" in said


class Answers:
    def __init__(self, verdict):
        self._verdict = verdict

    def measure(self, _case, subjects):
        return [self._verdict for _ in subjects]


def test_layers_without_a_finding_are_measured_on_request(padlint):
    code, report, said = padlint(MASKED, "--verify-all")
    assert (code, report) == (0, "")
    assert "1 layer without a finding: 1 without a leak.\n" in said
    assert "without a finding" not in padlint(MASKED)[2]


def test_statistics_as_json_count_what_measuring_came_to(padlint):
    _, report, _ = padlint(MASKED, "--verify-all", "--statistics", "--output-format", "json")
    nothing = {"confirmed": 0, "refuted": 0, "not-rebuilt": 0}
    assert json.loads(report)["measured"] == {"findings": nothing, "elsewhere": {**nothing, "refuted": 1}}
    _, report, _ = padlint(LEAKING, "--confirm", "--statistics", "--output-format", "json")
    counted = json.loads(report)
    assert counted["findings"] == [{"code": "PAD101", "name": "unmasked-embedding", "count": 1}]
    assert counted["measured"]["findings"] == {**nothing, "confirmed": 1}


def test_a_leak_that_no_finding_is_about_is_told(padlint, monkeypatch):
    verdict = prove.Confirmation(prove.Verdict.CONFIRMED, leak=0.25)
    monkeypatch.setattr(proofs.Measurer, "_for", lambda *_: Answers(verdict))
    code, _, said = padlint(MASKED, "--verify-all")
    assert code == 0
    warning = "warning: model.py:7:72: `LSTM` has no finding: confirmed: 25 % of the output's gradient is on padding\n"
    assert warning in said


def test_padding_that_nobody_reads_is_no_leak_to_either_half(padlint):
    code, _, said = padlint(HARMLESS, "--verify-all")
    assert code == 0
    assert "1 layer without a finding: 1 without a leak.\n" in said


def test_a_fix_is_proved_on_the_model_that_it_leaves(padlint, tmp_path):
    code, report, said = padlint(LEAKING, "--fix", "--unsafe-fixes")
    assert (code, report) == (0, "")
    assert "model.py:7:28: PAD101: fixed and proved: gradient on padding 0." in said
    assert said.splitlines()[1].endswith(" -> 0")
    assert (tmp_path / "model.py").read_text() == MASKED


def test_a_fix_whose_model_still_leaks_is_withdrawn(padlint, tmp_path, monkeypatch):
    verdict = prove.Confirmation(prove.Verdict.CONFIRMED, leak=0.25)
    monkeypatch.setattr(proofs.Measurer, "_for", lambda *_: Answers(verdict))
    code, _, said = padlint(LEAKING, "--fix", "--unsafe-fixes", "--verbose")
    assert code == 1
    assert "no fix: model.py:7:28: PAD101: the model would still leak: confirmed: 25 %" in said
    assert (tmp_path / "model.py").read_text() == LEAKING


def test_a_refuted_finding_is_not_fixed(padlint, tmp_path, monkeypatch):
    verdict = prove.Confirmation(prove.Verdict.REFUTED, leak=0.0)
    monkeypatch.setattr(proofs.Measurer, "_for", lambda *_: Answers(verdict))
    code, _, said = padlint(LEAKING, "--fix", "--unsafe-fixes", "--verbose")
    assert code == 0
    assert "no fix: model.py:7:28: PAD101: refuted: no gradient is on padding" in said
    assert (tmp_path / "model.py").read_text() == LEAKING


def test_without_the_extra_the_line_that_installs_it_is_said(padlint, monkeypatch):
    monkeypatch.setattr(prove, "find_spec", lambda _: None)
    code, report, said = padlint(LEAKING)
    assert (code, report) == (2, "")
    assert said == (
        "error: measuring needs TensorFlow with Keras 3, which is not installed: pip install 'padlint[confirm]'\n"
    )


def test_a_process_that_does_not_start_loses_nothing_that_was_found(padlint, monkeypatch):
    def does_not_start(*_):
        raise prove.CannotMeasure("it takes longer than 600 seconds to start TensorFlow")

    monkeypatch.setattr(proofs.Measurer, "_for", does_not_start)
    code, report, said = padlint(LEAKING, "--output-format", "concise")
    assert (code, report.count("PAD101")) == (2, 1)
    assert "error: nothing was measured: it takes longer than 600 seconds to start TensorFlow\n" in said
