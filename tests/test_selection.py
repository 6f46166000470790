"""Which rules are on, which findings are shown, and which make a run fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from padlint.catalogue import Catalogue, Rule
from padlint.config import ConfigError, FailOn, Settings
from padlint.finding import Confidence, Finding, Position, Severity, Span
from padlint.policy.selection import codes_ignored_in, fails, is_sure_enough, selected

FOLDER = Path("/project")


def rule(code: str, name: str, *, default: bool = True, preview: bool = False) -> Rule:
    return Rule(code, name, name, None, default, "0.1.0", (), "", "", "", Path(), preview)


CATALOGUE = Catalogue(
    (
        rule("PAD101", "unmasked-embedding"),
        rule("PAD102", "unmasked-sequence"),
        rule("PAD301", "pooled-padding", default=False),
        rule("PAD302", "last-step-is-padding"),
        rule("PAD401", "padded-loss", preview=True),
    )
)


def chosen(**values) -> list[str]:
    settings = Settings.defaults(FOLDER).overridden({k.replace("_", "-"): v for k, v in values.items()}, FOLDER)
    return sorted(selected(settings, CATALOGUE).codes)


def finding(severity: Severity, confidence: Confidence = Confidence.CERTAIN) -> Finding:
    span = Span("m.py", 0, Position(1, 1), Position(1, 2))
    return Finding("PAD101", "unmasked-embedding", "leaks", severity, confidence, span)


@pytest.mark.parametrize(
    ("values", "on"),
    [
        ({}, ["PAD101", "PAD102", "PAD302"]),
        ({"select": ["ALL"]}, ["PAD101", "PAD102", "PAD301", "PAD302"]),
        ({"select": ["PAD3"]}, ["PAD301", "PAD302"]),
        ({"select": []}, []),
        ({"select": ["PAD4"]}, []),
        ({"select": ["PAD4"], "preview": True}, ["PAD401"]),
        ({"preview": True}, ["PAD101", "PAD102", "PAD302", "PAD401"]),
        ({"extend_select": ["pooled-padding"]}, ["PAD101", "PAD102", "PAD301", "PAD302"]),
        ({"select": ["PAD301"], "extend_select": ["PAD101"]}, ["PAD101", "PAD301"]),
        ({"ignore": ["PAD1"]}, ["PAD302"]),
        ({"select": ["PAD1"], "ignore": ["PAD102"]}, ["PAD101"]),
        ({"select": ["PAD101"], "ignore": ["PAD1"]}, ["PAD101"]),
        ({"select": ["PAD1"], "ignore": ["PAD1"]}, []),
        ({"select": ["ALL"], "ignore": ["unmasked-sequence"]}, ["PAD101", "PAD301", "PAD302"]),
        ({"select": ["unmasked-sequence"], "ignore": ["PAD10"]}, ["PAD102"]),
    ],
)
def test_the_closer_selector_wins_and_ignore_wins_a_tie(values, on):
    assert chosen(**values) == on


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"select": ["PAD10l"]}, "command line: `select`: unknown rule `PAD10l`, did you mean `PAD10"),
        ({"ignore": ["E501"]}, "command line: `ignore`: unknown rule `E501`"),
        ({"severity": {"unmasked": "error"}}, "command line: `severity`: unknown rule `unmasked`"),
        ({"per_file_ignores": {"*": ["PAD9"]}}, "command line: `per-file-ignores`: unknown rule `PAD9`"),
    ],
)
def test_a_rule_that_does_not_exist_is_said_with_where_it_was_written(values, complaint):
    with pytest.raises(ConfigError, match=complaint):
        chosen(**values)


def test_per_file_ignores_count_below_the_folder_of_the_configuration():
    settings = Settings.defaults(FOLDER).overridden({"per-file-ignores": {"tests/**": ["PAD1"]}}, FOLDER)
    assert codes_ignored_in(FOLDER / "tests" / "test_m.py", settings, CATALOGUE) == {"PAD101", "PAD102"}
    assert codes_ignored_in(FOLDER / "m.py", settings, CATALOGUE) == set()


def test_confidence_is_ordered():
    shown = [[is_sure_enough(finding(Severity.ERROR, of), least) for of in Confidence] for least in Confidence]
    assert shown == [[True, False, False], [True, True, False], [True, True, True]]


def test_severity_decides_what_fails():
    failing = [[fails(finding(severity), threshold) for severity in Severity] for threshold in FailOn]
    assert failing == [[True, False, False], [True, True, False], [True, True, True], [False, False, False]]
