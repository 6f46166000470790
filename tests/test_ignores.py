"""Which findings an ignore comment silences, and which comments silence nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padlint.catalogue import Catalogue, Rule
from padlint.finding import Confidence, Edit, Finding, Position, Severity, Span
from padlint.policy.ignores import silence
from padlint.policy.pragmas import pragmas
from padlint.sources.source import Cell, Source


def rule(code: str, name: str) -> Rule:
    message = "{reason}" if code == "PAD902" else ""
    return Rule(code, name, name, Severity.WARNING, True, "0.1.0", (), message, "", "", Path())


CATALOGUE = Catalogue(
    (rule("PAD101", "unmasked-embedding"), rule("PAD103", "mask-dropped"), rule("PAD902", "unused-ignore"))
)
EVERY_CODE = frozenset(each.code for each in CATALOGUE)


def source(*cells: str) -> Source:
    if len(cells) == 1:
        return Source("m.py", Path("m.py"), (Cell(0, cells[0]),))
    return Source("m.py", Path("m.py"), tuple(Cell(number, text) for number, text in enumerate(cells, start=1)))


def finding(row: int, code: str = "PAD101", cell: int = 0) -> Finding:
    name = CATALOGUE.find(code).name
    span = Span("m.py", cell, Position(row, 1), Position(row, 5))
    return Finding(code, name, "leaks", Severity.ERROR, Confidence.CERTAIN, span)


def kept(text: str | Source, *findings: Finding, enabled: frozenset[str] = EVERY_CODE) -> list[str]:
    """Return the findings that are left, as `row:code`, those about comments included."""
    read = text if isinstance(text, Source) else source(text)
    outcome = silence(findings, tuple(pragmas(read)), CATALOGUE, enabled)
    return [f"{each.span.start.row}:{each.code}" for each in outcome.kept]


def without_unused(text: str) -> str:
    """Return the text as the fixes of PAD902 leave it."""
    outcome = silence((), tuple(pragmas(source(text))), CATALOGUE, EVERY_CODE)
    edits = [edit for each in outcome.kept if each.fix for edit in each.fix.edits]
    return edited(text, edits)


def edited(text: str, edits: list[Edit]) -> str:
    rows = text.splitlines(keepends=True)
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        start = sum(map(len, rows[: edit.span.start.row - 1])) + edit.span.start.column - 1
        end = sum(map(len, rows[: edit.span.end.row - 1])) + edit.span.end.column - 1
        rows = (text[:start] + edit.content + text[end:]).splitlines(keepends=True)
        text = "".join(rows)
    return text


# What a comment covers


@pytest.mark.parametrize("written", ["PAD101", "pad101", "unmasked-embedding", "PAD1", "ALL", "mask-dropped, PAD101"])
def test_a_rule_is_named_by_code_name_or_prefix(written):
    assert "1:PAD101" not in kept(f"x = f()  # padlint: ignore[{written}] known to be harmless\n", finding(1))


def test_another_rule_is_still_reported():
    assert "1:PAD101" in kept("x = f()  # padlint: ignore[mask-dropped]\n", finding(1))


STATEMENT = """\
x = 1
model = Sequential([
    Embedding(10, 2),{second}
    LSTM(4),{third}
]){last}
y = 2
"""


@pytest.mark.parametrize("where", ["second", "third", "last"])
@pytest.mark.parametrize("row", [2, 3, 4, 5])
def test_any_row_of_the_statement_will_do(where, row):
    places = {"second": "", "third": "", "last": ""} | {where: "  # padlint: ignore[PAD101]"}
    assert kept(STATEMENT.format(**places), finding(row)) == []


@pytest.mark.parametrize("row", [1, 6])
def test_other_statements_are_not_covered(row):
    text = STATEMENT.format(second="  # padlint: ignore[PAD101]", third="", last="")
    assert f"{row}:PAD101" in kept(text, finding(row))


def test_on_a_row_of_its_own_it_covers_the_next_statement():
    text = "# padlint: ignore[PAD101] why\n\n# more\n@decorated\nclass M(\n    Base\n):\n    pass\n"
    assert kept(text, finding(4)) == []
    text = "if x:\n    # padlint: ignore[PAD101]\n    y = f(\n        1)\n    z = 3\n"
    assert kept(text, finding(4)) == []
    assert kept(text, finding(5)) == ["5:PAD101", "2:PAD902"]


def test_a_compound_statement_is_covered_up_to_its_colon():
    text = "with scope(\n    1):  # padlint: ignore[PAD101]\n    x = f()\n"
    assert kept(text, finding(1)) == []
    assert "3:PAD101" in kept(text, finding(3))


def test_a_file_is_covered_from_anywhere_in_it():
    text = "x = 1\ny = 2\n# padlint: ignore-file[PAD101] generated\n"
    assert kept(text, finding(1), finding(2)) == []


def test_a_comment_in_a_notebook_covers_its_cell_alone():
    notebook = source("x = f()  # padlint: ignore[PAD101]\n", "x = f()\n")
    assert kept(notebook, finding(1, cell=1)) == []
    assert kept(notebook, finding(1, cell=2)) == ["1:PAD101", "1:PAD902"]
    whole = source("# padlint: ignore-file[PAD101]\n", "x = f()\n")
    assert kept(whole, finding(1, cell=2)) == []


# What is no ignore comment


def test_text_in_a_string_is_not_a_comment():
    assert kept('x = f("# padlint: ignore[PAD101]")\n', finding(1)) == ["1:PAD101"]
    assert kept('"""\n# padlint: ignore-file[PAD101]\n"""\nx = f()\n', finding(4)) == ["4:PAD101"]


def test_other_comments_share_the_row():
    assert kept("x = f()  # type: ignore  # padlint: ignore[PAD101] see #12\n", finding(1)) == []
    assert kept("x = f()  # padlint: ignore[PAD101]  # type: ignore\n", finding(1)) == []
    assert kept("x = f()  #noqa: E501 #padlint: ignore[PAD101]\n", finding(1)) == []


def test_noqa_counts_with_a_code_of_ours_and_only_then():
    assert kept("x = f()  # noqa: PAD101\n", finding(1)) == []
    assert kept("x = f()  # NOQA:E501,PAD101\n", finding(1)) == []
    assert kept("x = f()  # noqa\n", finding(1)) == ["1:PAD101"]
    assert kept("x = f()  # noqa: E501\n", finding(1)) == ["1:PAD101"]


@pytest.mark.parametrize("written", ["ignore", "ignore PAD101", "ignore[PAD101", "ignore-file", "ignore[]"])
def test_a_comment_that_names_no_rule_silences_nothing_and_says_so(written):
    assert kept(f"x = f()  # padlint: {written}\n", finding(1)) == ["1:PAD101", "1:PAD902"]


def test_what_does_not_tokenise_is_read_as_far_as_it_does():
    text = "# padlint: ignore-file[PAD101]\nx = f()\ny = '''\n"
    assert kept(text, finding(2)) == []
    assert kept("x = f(  # padlint: ignore[PAD101]\n", finding(1)) == []


def test_carriage_returns_end_rows_too():
    assert kept("x = 1\r\ny = f()  # padlint: ignore[PAD101]\r\nz = 2\r\n", finding(2)) == []


@given(st.text(alphabet="x=()[]{}#'\"\\\n\t :,ignorepadltPAD101é🧪\0\r\f"))
def test_no_text_is_too_odd_to_read(text):
    for pragma in pragmas(source(text + "# padlint: ignore[PAD101]")):
        assert pragma.span.start < pragma.span.end


# Unused comments


def test_a_comment_that_silences_nothing_is_reported_at_its_place():
    outcome = silence((), tuple(pragmas(source("x = 1  # padlint: ignore[PAD101]\n"))), CATALOGUE, EVERY_CODE)
    (unused,) = outcome.kept
    assert unused.message == "`PAD101` is not reported here"
    assert (unused.span.start, unused.span.end) == (Position(1, 8), Position(1, 33))


def test_only_what_is_unused_of_a_comment_is_reported():
    text = "x = 1  # padlint: ignore[PAD101, mask-dropped, PAD777]\n"
    outcome = silence([finding(1)], tuple(pragmas(source(text))), CATALOGUE, EVERY_CODE)
    assert [each.message for each in outcome.kept] == ["`mask-dropped` is not reported here; no rule is `PAD777`"]


def test_a_misspelt_rule_in_a_comment_is_told_apart_from_one_that_is_nowhere_near():
    comments = tuple(pragmas(source("x = 1  # padlint: ignore[mask-droped]\n")))
    outcome = silence((), comments, CATALOGUE, EVERY_CODE)
    assert [each.message for each in outcome.kept] == ["no rule is `mask-droped`, did you mean `mask-dropped`?"]


def test_a_rule_that_did_not_run_may_be_ignored_in_advance():
    enabled = EVERY_CODE - {"PAD103"}
    assert kept("x = 1  # padlint: ignore[PAD103]\n", enabled=enabled) == []
    assert kept("x = 1  # padlint: ignore[PAD1]\n", enabled=enabled) == []
    assert kept("x = 1  # padlint: ignore[PAD101]\n", enabled=enabled) == ["1:PAD902"]


def test_unused_comments_are_reported_only_when_the_rule_is_on():
    assert kept("x = 1  # padlint: ignore[PAD101]\n", enabled=EVERY_CODE - {"PAD902"}) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # padlint: ignore[PAD101] why\n", "x = 1\n"),
        ("x = 1\n    # padlint: ignore[PAD101]\ny = 2\n", "x = 1\ny = 2\n"),
        ("# padlint: ignore-file[PAD101]", ""),
        ("x = 1  # noqa: PAD101\n", "x = 1\n"),
        ("x = 1  # noqa: E501, PAD101\n", "x = 1  # noqa: E501\n"),
        ("x = 1  # type: ignore  # padlint: ignore[PAD101]\n", "x = 1  # type: ignore\n"),
        ("x = 1  # padlint: ignore[PAD101]  # type: ignore\n", "x = 1  # type: ignore\n"),
        ("x = 1  # padlint: ignore\n", "x = 1\n"),
    ],
)
def test_the_fix_takes_out_what_silences_nothing(before, after):
    assert without_unused(before) == after


def test_the_fix_keeps_what_is_used_and_the_reason():
    text = "x = 1  # padlint: ignore[PAD101, PAD103] see the paper\n"
    outcome = silence([finding(1)], tuple(pragmas(source(text))), CATALOGUE, EVERY_CODE)
    assert edited(text, list(outcome.kept[0].fix.edits)) == "x = 1  # padlint: ignore[PAD101] see the paper\n"
