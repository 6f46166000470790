"""A measured verdict in words."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from padlint.finding import ArrivedMask, Confirmation, Verdict
from padlint.report import Format, reporter
from padlint.report.proof import proof_text

CONFIRMED = Confirmation(Verdict.CONFIRMED, leak=0.31, shift=0.042, mask=ArrivedMask.NONE, steps=7)

BOTH = (
    "confirmed: 31 % of the output's gradient is on padding; "
    "the prediction moves by 0.042 when up to 7 padded steps are added"
)


@pytest.mark.parametrize(
    ("confirmation", "text"),
    [
        (CONFIRMED, BOTH),
        (replace(CONFIRMED, shift=None), "confirmed: 31 % of the output's gradient is on padding"),
        (
            replace(CONFIRMED, leak=0.0, steps=1),
            "confirmed: the prediction moves by 0.042 when padding is added",
        ),
        (replace(CONFIRMED, leak=0.0004, shift=None), "confirmed: 0.04 % of the output's gradient is on padding"),
        (
            Confirmation(Verdict.CONFIRMED, "the mask hides real steps that hold token 0"),
            "confirmed: the mask hides real steps that hold token 0",
        ),
        (
            Confirmation(Verdict.REFUTED, leak=0.0),
            "refuted: no gradient is on padding, and adding padding moves nothing",
        ),
        (
            Confirmation(Verdict.NOT_REBUILT, "custom layer MyAttention (model.py:31)"),
            "not rebuilt: custom layer MyAttention (model.py:31)",
        ),
    ],
)
def test_a_verdict_is_one_sentence_with_its_figures(confirmation, text):
    assert proof_text(confirmation) == text


@pytest.mark.parametrize("format_", [Format.FULL, Format.SARIF, Format.GITHUB, Format.JUNIT])
def test_formats_that_people_read_say_it(report, format_):
    proved = replace(report, findings=(replace(report.findings[1], confirmation=CONFIRMED),))
    assert "of the output's gradient is on padding" in "".join(reporter(format_)(proved))
    assert "gradient is on padding" not in "".join(reporter(format_)(report))


def test_sarif_keeps_the_figures(report):
    proved = replace(report, findings=(replace(report.findings[1], confirmation=CONFIRMED),))
    (run,) = json.loads("".join(reporter(Format.SARIF)(proved)))["runs"]
    assert run["results"][0]["properties"]["confirmation"] == {
        "status": "confirmed",
        "reason": None,
        "leak": 0.31,
        "shift": 0.042,
        "token_share": None,
        "steps": 7,
        "mask": "none",
    }
