"""Where `--add-ignore` puts its comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from padlint.finding import Confidence, Finding, Position, Severity, Span
from padlint.policy.annotate import annotation
from padlint.policy.pragmas import pragmas
from padlint.sources.rewrite import edited
from padlint.sources.source import Cell, Source


def finding(row: int, code: str = "PAD101") -> Finding:
    span = Span("m.py", 0, Position(row, 1), Position(row, 5))
    return Finding(code, "a-rule", "leaks", Severity.ERROR, Confidence.CERTAIN, span)


def annotated(text: str, *findings: Finding, reason: str = "") -> str:
    source = Source("m.py", Path("m.py"), (Cell(0, text),))
    return edited(text, annotation(source, {0: text.split("\n")}, findings, reason).edits)


MODEL = '''\
model = Sequential([
    Embedding(10, 2),
    LSTM(4, name="""
        two rows"""),
])
'''


def test_the_comment_goes_to_the_end_of_the_row_of_the_finding():
    assert annotated(MODEL, finding(2), reason="fixed lengths") == snapshot('''\
model = Sequential([
    Embedding(10, 2),  # padlint: ignore[PAD101] fixed lengths
    LSTM(4, name="""
        two rows"""),
])
''')


def test_never_into_a_string_nor_behind_a_backslash():
    assert annotated(MODEL, finding(3)) == snapshot('''\
model = Sequential([
    Embedding(10, 2),
    LSTM(4, name="""
        two rows"""),  # padlint: ignore[PAD101]
])
''')
    assert annotated("x = 1 + \\\n    LSTM(4)\n", finding(1)) == "x = 1 + \\\n    LSTM(4)  # padlint: ignore[PAD101]\n"


def test_one_comment_a_statement_names_each_rule_once():
    findings = (finding(2), finding(2, "PAD103"), finding(3))
    assert annotated(MODEL, *findings).count("# padlint: ignore[PAD101, PAD103]") == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = f()  # padlint: ignore[PAD103] old\n", "x = f()  # padlint: ignore[PAD103, PAD101] old\n"),
        ("# padlint: ignore[PAD103]\nx = f()\n", "# padlint: ignore[PAD103, PAD101]\nx = f()\n"),
        ("x = f()  # type: ignore\n", "x = f()  # type: ignore  # padlint: ignore[PAD101]\n"),
        ("x = f()  # padlint: ignore\n", "x = f()  # padlint: ignore  # padlint: ignore[PAD101]\n"),
        ("x = f()", "x = f()  # padlint: ignore[PAD101]"),
        ("x = f()   \n", "x = f()  # padlint: ignore[PAD101]\n"),
    ],
)
def test_a_comment_that_is_there_is_made_longer_or_joined(before, after):
    row = 1 + before.startswith("#")
    assert annotated(before, finding(row)) == after


def test_what_was_added_covers_what_it_was_added_for():
    text = annotated(MODEL + "y = GRU(2)\n", finding(4), finding(6, "PAD102"))
    source = Source("m.py", Path("m.py"), (Cell(0, text),))
    covering = [
        [each.selectors for each in pragmas(source) if each.covers(found)] for found in (finding(4), finding(6))
    ]
    assert covering == [[("PAD101",)], [("PAD102",)]]


def test_a_finding_in_what_does_not_tokenise_is_left():
    text = "x = (\n"
    outcome = annotation(Source("m.py", Path("m.py"), (Cell(0, text),)), {0: text.split("\n")}, [finding(1)], "")
    assert (outcome.edits, outcome.left) == ((), (finding(1),))
