"""What a baseline knows again, and what it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padlint.config import ConfigError
from padlint.finding import Confidence, Finding, Position, Severity, Span
from padlint.policy.baseline import compare, dump, entries, load

FOLDER = Path("/project")


def finding(row: int, code: str = "PAD101", path: str = "m.py") -> Finding:
    span = Span(path, 0, Position(row, 1), Position(row, 5))
    return Finding(code, "a-rule", "leaks", Severity.ERROR, Confidence.CERTAIN, span)


def texts(text: str):
    return lambda _path, _cell: tuple(text.split("\n"))


def files(*paths: str) -> dict[str, Path]:
    return {path: FOLDER / path for path in paths or ("m.py",)}


def rows(findings) -> list[int]:
    return [each.span.start.row for each in findings]


BEFORE = "a = LSTM(1)\nb = GRU(2)\n"


def known(*findings: Finding, text: str = BEFORE):
    return entries(findings, texts(text), FOLDER, files())


def compared(baseline, *findings: Finding, text: str):
    return compare(findings, baseline, texts(text), FOLDER, files())


def test_a_finding_is_known_again_after_its_line_moved_and_was_indented():
    outcome = compared(known(finding(1)), finding(3), text="import x\nif y:\n    a  =  LSTM(1)\n")
    assert (rows(outcome.new), rows(outcome.known), outcome.stale) == ([], [3], ())


def test_a_finding_on_another_line_or_of_another_rule_is_new():
    outcome = compared(known(finding(1)), finding(1, "PAD103"), finding(2), text=BEFORE)
    assert rows(outcome.new) == [1, 2]


def test_one_more_of_the_same_is_new():
    twice = "a = LSTM(1)\na = LSTM(1)\na = LSTM(1)\n"
    baseline = known(finding(1), finding(2), text=twice)
    assert [entry.count for entry in baseline] == [2]
    outcome = compared(baseline, finding(1), finding(2), finding(3), text=twice)
    assert (rows(outcome.known), rows(outcome.new)) == ([1, 2], [3])


def test_what_is_no_longer_found_is_stale():
    outcome = compared(known(finding(1), finding(2)), finding(2), text=BEFORE)
    assert [(entry.path, entry.code, entry.line) for entry in outcome.stale] == [("m.py", "PAD101", "a = LSTM(1)")]


def test_a_file_that_was_not_linted_is_not_stale_unless_it_is_gone(tmp_path):
    (tmp_path / "here.py").write_text(BEFORE)
    paths = {path: tmp_path / path for path in ("here.py", "gone.py")}
    baseline = entries([finding(1, path=path) for path in paths], texts(BEFORE), tmp_path, paths)
    stale = compare([], baseline, texts(""), tmp_path, {"other.py": tmp_path / "other.py"}).stale
    assert [entry.path for entry in stale] == ["gone.py"]


def test_paths_are_relative_to_the_baseline_wherever_padlint_runs():
    baseline = entries([finding(1, path="src/m.py")], texts(BEFORE), FOLDER, {"src/m.py": FOLDER / "src/m.py"})
    outcome = compare([finding(1)], baseline, texts(BEFORE), FOLDER, {"m.py": FOLDER / "src/m.py"})
    assert rows(outcome.known) == [1]


def test_a_baseline_is_read_back_as_it_was_written(tmp_path):
    file = tmp_path / "baseline.json"
    baseline = known(finding(1), finding(2))
    file.write_text(dump(baseline))
    assert load(file) == baseline
    assert not [key for entry in json.loads(file.read_text())["findings"] for key in entry if "row" in key]


@given(st.lists(st.integers(1, 3)))
def test_what_was_written_is_all_known_and_nothing_is_stale(found):
    text = "a = LSTM(1)\nb = GRU(2)\na = LSTM(1)\n"
    findings = [finding(row) for row in found]
    outcome = compared(known(*findings, text=text), *findings, text=text)
    assert (outcome.new, outcome.stale, len(outcome.known)) == ((), (), len(findings))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "not a baseline; write one with --write-baseline"),
        ('{"version": 7, "findings": []}', "version 7, but this padlint reads version 1"),
        ('{"version": 1, "findings": [{"path": 1}]}', "not an entry"),
    ],
)
def test_a_malformed_baseline_is_not_taken_for_an_empty_one(tmp_path, text, complaint):
    file = tmp_path / "baseline.json"
    file.write_text(text)
    with pytest.raises(ConfigError, match=complaint):
        load(file)


def test_a_missing_baseline_says_how_to_write_one(tmp_path):
    with pytest.raises(ConfigError, match=r"No such file.*--write-baseline"):
        load(tmp_path / "baseline.json")
