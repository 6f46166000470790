"""The formats that other programs read, each as it is documented by who reads it."""

# ruff: noqa: E501 - their lines are as long as they are

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from inline_snapshot import snapshot

from padlint.catalogue import page_url
from padlint.finding import Confirmation, Severity, Verdict
from padlint.report import Format, Report, reporter


def rendered(report: Report, chosen: Format) -> str:
    return "".join(reporter(chosen)(report))


def test_json_has_ruffs_shape_and_our_keys(report):
    assert json.loads(rendered(report, Format.JSON))[1] == snapshot(
        {
            "code": "PAD101",
            "name": "unmasked-embedding",
            "message": "padded ids reach `LSTM` through an Embedding without `mask_zero=True`",
            "severity": "error",
            "confidence": "certain",
            "filename": "src/train.py",
            "cell": None,
            "location": {"row": 5, "column": 11},
            "end_location": {"row": 5, "column": 30},
            "url": page_url("PAD101"),
            "help": "write `Embedding(..., mask_zero=True)`",
            "fix": {
                "applicability": "unsafe",
                "message": "add `mask_zero=True`",
                "edits": [
                    {
                        "content": ", mask_zero=True",
                        "filename": "src/train.py",
                        "cell": None,
                        "location": {"row": 5, "column": 29},
                        "end_location": {"row": 5, "column": 29},
                    }
                ],
            },
            "trace": [
                {
                    "role": "padding",
                    "message": "padded with 0 to 80 steps",
                    "filename": "src/train.py",
                    "cell": None,
                    "location": {"row": 3, "column": 9},
                    "end_location": {"row": 3, "column": 44},
                },
                {
                    "role": "source",
                    "message": "makes no mask",
                    "filename": "src/train.py",
                    "cell": None,
                    "location": {"row": 5, "column": 11},
                    "end_location": {"row": 5, "column": 30},
                },
                {
                    "role": "consumer",
                    "message": "reads the padded steps",
                    "filename": "src/train.py",
                    "cell": None,
                    "location": {"row": 8, "column": 11},
                    "end_location": {"row": 8, "column": 19},
                },
            ],
            "consumer": {"layer": "LSTM", "family": "recurrent"},
            "confirmation": None,
        }
    )


def test_json_counts_the_cells_of_a_notebook_and_has_null_for_what_is_not_there(report):
    notebook = json.loads(rendered(report, Format.JSON))[0]
    assert (notebook["cell"], notebook["fix"], notebook["confirmation"], notebook["help"]) == (2, None, None, None)


def test_json_tells_the_measured_proof(report):
    proof = Confirmation(Verdict.CONFIRMED, leak=0.31)
    proved = replace(report, findings=(replace(report.findings[0], confirmation=proof),))
    assert json.loads(rendered(proved, Format.JSON))[0]["confirmation"] == snapshot(
        {
            "status": "confirmed",
            "reason": None,
            "leak": 0.31,
            "shift": None,
            "token_share": None,
            "steps": None,
            "mask": None,
        }
    )


def test_json_lines_are_the_entries_of_the_array(report):
    lines = rendered(report, Format.JSON_LINES).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(rendered(report, Format.JSON))


def test_an_empty_report_is_still_a_document(nothing):
    assert json.loads(rendered(nothing, Format.JSON)) == []
    assert json.loads(rendered(nothing, Format.GITLAB)) == []
    assert json.loads(rendered(nothing, Format.RDJSON))["diagnostics"] == []
    assert rendered(nothing, Format.JSON_LINES) == rendered(nothing, Format.GITHUB) == ""
    assert ET.fromstring(rendered(nothing, Format.JUNIT)).attrib == {"name": "padlint", "tests": "1", "failures": "0"}


def test_github_lists_errors_first_and_a_notebook_at_its_first_line(report):
    assert rendered(report, Format.GITHUB) == snapshot("""\
::error title=padlint (PAD101),file=src/train.py,line=5,col=11,endLine=5,endColumn=30::src/train.py:5:11: PAD101 padded ids reach `LSTM` through an Embedding without `mask_zero=True`
::warning title=padlint (PAD102),file=notes.ipynb,line=1,col=1,endLine=1,endColumn=1::notes.ipynb:cell 2:2:11: PAD102 `GRU` reads padded features: 100%25, unmasked
""")


def test_github_says_how_many_annotations_it_will_not_show(report):
    many = replace(report, findings=(report.findings[1],) * 12 + (report.findings[0],))
    assert rendered(many, Format.GITHUB).splitlines()[-1] == snapshot(
        "2 not shown as annotations: GitHub shows 10 of each severity"
    )


def test_github_escapes_what_would_end_a_property(report):
    odd = replace(report.findings[1], span=replace(report.findings[1].span, path="a,b:c%.py"))
    assert "file=a%2Cb%3Ac%25.py,line=5" in rendered(replace(report, findings=(odd,)), Format.GITHUB)


def test_gitlab_numbers_findings_that_would_look_alike(report):
    twice = replace(report, findings=(report.findings[0], report.findings[1], report.findings[1]))
    assert json.loads(rendered(twice, Format.GITLAB)) == snapshot(
        [
            {
                "description": "PAD102 unmasked-sequence: `GRU` reads padded features: 100%, unmasked (cell 2, line 2)",
                "check_name": "PAD102",
                "fingerprint": "bdea129a49c9dea4:1",
                "severity": "minor",
                "location": {"path": "notes.ipynb", "lines": {"begin": 1, "end": 1}},
            },
            {
                "description": "PAD101 unmasked-embedding: padded ids reach `LSTM` through an Embedding without `mask_zero=True`",
                "check_name": "PAD101",
                "fingerprint": "e7b9b0324050abe8:1",
                "severity": "major",
                "location": {"path": "src/train.py", "lines": {"begin": 5, "end": 5}},
            },
            {
                "description": "PAD101 unmasked-embedding: padded ids reach `LSTM` through an Embedding without `mask_zero=True`",
                "check_name": "PAD101",
                "fingerprint": "e7b9b0324050abe8:2",
                "severity": "major",
                "location": {"path": "src/train.py", "lines": {"begin": 5, "end": 5}},
            },
        ]
    )


def test_junit_is_one_suite_a_file(report):
    assert rendered(report, Format.JUNIT) == snapshot("""\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="padlint" tests="2" failures="2">
  <testsuite name="notes.ipynb" tests="1" failures="1" package="org.padlint">
    <testcase name="PAD102 unmasked-sequence" classname="notes.ipynb" line="2" column="11">
      <failure message="`GRU` reads padded features: 100%, unmasked" type="warning">notes.ipynb:cell 2:2:11: `GRU` reads padded features: 100%, unmasked</failure>
    </testcase>
  </testsuite>
  <testsuite name="src/train.py" tests="1" failures="1" package="org.padlint">
    <testcase name="PAD101 unmasked-embedding" classname="src/train.py" line="5" column="11">
      <failure message="padded ids reach `LSTM` through an Embedding without `mask_zero=True`" type="error">src/train.py:5:11: padded ids reach `LSTM` through an Embedding without `mask_zero=True`</failure>
    </testcase>
  </testsuite>
</testsuites>
""")


def test_junit_holds_only_what_xml_can(report):
    odd = replace(report.findings[1], message="a \x1b and a \ud800 and <&>")
    text = rendered(replace(report, findings=(odd,)), Format.JUNIT)
    assert ET.fromstring(text.partition("\n")[2]).find(".//failure").get("message") == "a \ufffd and a \ufffd and <&>"


def test_rdjson_counts_bytes(report):
    leak = report.findings[1]
    assert (leak.trace[0].span.end.column, report.lines("src/train.py", 0)[2]) == snapshot(
        (44, "texte = pad_sequences(übersetzt, maxlen=80)")
    )
    assert json.loads(rendered(report, Format.RDJSON))["diagnostics"][1] == snapshot(
        {
            "message": "padded ids reach `LSTM` through an Embedding without `mask_zero=True`",
            "location": {
                "path": "src/train.py",
                "range": {"start": {"line": 5, "column": 11}, "end": {"line": 5, "column": 30}},
            },
            "severity": "ERROR",
            "code": {"value": "PAD101"},
            "relatedLocations": [
                {
                    "message": "padded with 0 to 80 steps",
                    "location": {
                        "path": "src/train.py",
                        "range": {"start": {"line": 3, "column": 9}, "end": {"line": 3, "column": 45}},
                    },
                },
                {
                    "message": "makes no mask",
                    "location": {
                        "path": "src/train.py",
                        "range": {"start": {"line": 5, "column": 11}, "end": {"line": 5, "column": 30}},
                    },
                },
                {
                    "message": "reads the padded steps",
                    "location": {
                        "path": "src/train.py",
                        "range": {"start": {"line": 8, "column": 11}, "end": {"line": 8, "column": 19}},
                    },
                },
            ],
            "suggestions": [
                {
                    "range": {"start": {"line": 5, "column": 29}, "end": {"line": 5, "column": 29}},
                    "text": ", mask_zero=True",
                }
            ],
        }
    )


def test_rdjson_places_a_notebook_at_its_first_line(report):
    assert json.loads(rendered(report, Format.RDJSON))["diagnostics"][0] == snapshot(
        {
            "message": "notes.ipynb:cell 2:2:11: `GRU` reads padded features: 100%, unmasked",
            "location": {
                "path": "notes.ipynb",
                "range": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 1}},
            },
            "severity": "WARNING",
            "code": {"value": "PAD102"},
            "relatedLocations": [
                {
                    "message": "reads the padded steps",
                    "location": {
                        "path": "notes.ipynb",
                        "range": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 1}},
                    },
                }
            ],
        }
    )


def test_pylint(report):
    assert rendered(report, Format.PYLINT) == snapshot("""\
notes.ipynb:cell 2:2: [PAD102] `GRU` reads padded features: 100%, unmasked
src/train.py:5: [PAD101] padded ids reach `LSTM` through an Embedding without `mask_zero=True`
""")


def test_azure(report):
    assert rendered(report, Format.AZURE) == snapshot("""\
##vso[task.logissue type=warning;sourcepath=notes.ipynb;linenumber=1;columnnumber=1;code=PAD102;]notes.ipynb:cell 2:2:11: `GRU` reads padded features: 100%AZP25, unmasked
##vso[task.logissue type=error;sourcepath=src/train.py;linenumber=5;columnnumber=11;code=PAD101;]padded ids reach `LSTM` through an Embedding without `mask_zero=True`
""")


@pytest.mark.parametrize("chosen", Format)
def test_every_format_renders_every_severity(report, chosen):
    findings = tuple(replace(report.findings[0], severity=severity) for severity in Severity)
    assert rendered(replace(report, findings=findings), chosen).count("GRU") >= len(Severity)
