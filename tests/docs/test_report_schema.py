"""What `docs/schema/report.json` promises of `--output-format json`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.finding import (
    Applicability,
    ArrivedMask,
    Confidence,
    Confirmation,
    Consumer,
    Edit,
    Family,
    Finding,
    Fix,
    Position,
    Role,
    Severity,
    Span,
    TraceStep,
    Verdict,
)
from padlint.report import Format, Report, reporter
from padlint.session import Request, run

CHECKOUT = Path(__file__).parents[2]
SCHEMA = json.loads((CHECKOUT / "docs/schema/report.json").read_text(encoding="utf-8"))

SPAN = Span("nb.ipynb", 2, Position(3, 5), Position(3, 9))
EVERYTHING = Finding(
    "PAD101",
    "unmasked-embedding",
    "padding reaches `LSTM`",
    Severity.ERROR,
    Confidence.CERTAIN,
    SPAN,
    (TraceStep(Role.CONSUMER, "reads the padding", SPAN),),
    Consumer("LSTM", Family.RECURRENT),
    "set `mask_zero=True`",
    Fix(Applicability.UNSAFE, "sets `mask_zero=True`", (Edit(SPAN, ", mask_zero=True"),)),
    Confirmation(Verdict.CONFIRMED, leak=0.31, shift=0.2, token_share=0.1, mask=ArrivedMask.NONE, steps=7),
)


def closed(schema):
    """The same schema, in which an object has no key that is not described."""
    match schema:
        case {"properties": _}:
            return {key: closed(value) for key, value in schema.items()} | {"additionalProperties": False}
        case dict():
            return {key: closed(value) for key, value in schema.items()}
        case list():
            return [closed(each) for each in schema]
        case _:
            return schema


STRICT = Draft202012Validator(closed(SCHEMA))


def rendered(*findings: Finding, form: Format = Format.JSON) -> str:
    return "".join(reporter(form)(Report(findings, load_catalogue(), lambda _path, _cell: ())))


@pytest.fixture(scope="module")
def report():
    """What padlint finds in the fixtures, every rule and every confidence."""
    configurations = Configurations({"select": ["ALL"], "min-confidence": "possible"}, isolated=True)
    return run(Request(("fixtures",), configurations, CHECKOUT), load_catalogue())


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_a_real_report_is_as_described(report):
    entries = json.loads(rendered(*report.findings))
    STRICT.validate(entries)
    assert {entry["code"] for entry in entries} >= {"PAD101", "PAD102", "PAD901"}
    assert {entry["cell"] is None for entry in entries} == {True, False}


def test_each_line_of_json_lines_is_an_entry(report):
    lines = rendered(*report.findings, form=Format.JSON_LINES).splitlines()
    STRICT.validate([json.loads(line) for line in lines])
    assert len(lines) == len(report.findings)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_fix_and_a_proof_are_as_described(verdict: Verdict):
    finding = replace(EVERYTHING, confirmation=Confirmation(verdict, reason="the layer is not known"))
    STRICT.validate(json.loads(rendered(finding, EVERYTHING)))


def test_a_key_that_is_not_described_is_refused():
    (entry,) = json.loads(rendered(EVERYTHING))
    with pytest.raises(ValidationError, match="'invented' was unexpected"):
        STRICT.validate([entry | {"invented": 1}])


def test_a_reader_of_today_accepts_the_keys_of_tomorrow():
    (entry,) = json.loads(rendered(EVERYTHING))
    Draft202012Validator(SCHEMA).validate([entry | {"invented": 1}])


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (("finding", "severity"), Severity),
        (("finding", "confidence"), Confidence),
        (("fix", "applicability"), Applicability),
        (("step", "role"), Role),
        (("consumer", "family"), Family),
        (("confirmation", "status"), Verdict),
        (("confirmation", "mask"), ArrivedMask),
    ],
)
def test_the_words_are_those_of_the_program(path, words):
    kind, key = path
    told = SCHEMA["$defs"][kind]["properties"][key]["enum"]
    assert [word for word in told if word is not None] == [word.value for word in words]


def test_every_described_key_is_always_there():
    kinds = [kind for kind in SCHEMA["$defs"].values() if "properties" in kind]
    assert all(kind["required"] == list(kind["properties"]) for kind in kinds)


def test_no_key_that_was_ever_released_is_gone():
    released = {
        "finding": "code name message severity confidence filename cell location end_location "
        "url help fix trace consumer confirmation",
        "position": "row column",
        "fix": "applicability message edits",
        "edit": "content filename cell location end_location",
        "step": "role message filename cell location end_location",
        "consumer": "layer family",
        "confirmation": "status reason leak shift token_share steps mask",
    }
    for kind, keys in released.items():
        assert set(keys.split()) <= set(SCHEMA["$defs"][kind]["required"])
