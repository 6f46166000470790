"""The formats that people read: full, concise, grouped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from padlint.catalogue import Catalogue
from padlint.finding import (
    Applicability,
    Confidence,
    Confirmation,
    Finding,
    Position,
    Severity,
    Span,
    TraceStep,
    Verdict,
)
from padlint.report import Format, Report, reporter
from padlint.report.palette import TERMINAL

LEAK = Finding(
    "PAD101",
    "unmasked-embedding",
    "leaks",
    Severity.ERROR,
    Confidence.CERTAIN,
    Span("", 0, Position(1, 1), Position(1, 1)),
)


def rendered(report: Report, chosen: Format) -> str:
    return "".join(reporter(chosen)(report))


def test_full_shows_the_route_with_one_label_a_step(report):
    assert rendered(report, Format.FULL) == snapshot("""\
warning[PAD102 unmasked-sequence]: `GRU` reads padded features: 100%, unmasked
 --> notes.ipynb:cell 2:2:11
  |
2 | outputs = GRU(16)(inputs)
  |           ^^^^^^^ reads the padded steps
  |
  = note: confidence: likely
  = note: `padlint rule PAD102` explains this rule

error[PAD101 unmasked-embedding]: padded ids reach `LSTM` through an Embedding without `mask_zero=True`
 --> src/train.py:5:11
  |
3 | texte = pad_sequences(übersetzt, maxlen=80)
  |         ----------------------------------- padded with 0 to 80 steps
4 | model = Sequential()
5 | model.add(Embedding(1000, 32))
  |           ^^^^^^^^^^^^^^^^^^^ makes no mask
...
8 | model.add(LSTM(32))
  |           -------- reads the padded steps
  |
  = help: write `Embedding(..., mask_zero=True)`
  = fix: add `mask_zero=True` (unsafe)
  = note: confidence: certain
  = note: `padlint rule PAD101` explains this rule

""")


def test_full_names_another_file_of_the_route(report):
    leak = report.findings[1]
    far = replace(
        leak.trace[0],
        span=replace(leak.trace[0].span, path="notes.ipynb", cell=2, start=Position(1, 1), end=Position(1, 7)),
    )
    moved = replace(report, findings=(replace(leak, trace=(far, *leak.trace[1:])),))
    assert rendered(moved, Format.FULL) == snapshot("""\
error[PAD101 unmasked-embedding]: padded ids reach `LSTM` through an Embedding without `mask_zero=True`
 --> src/train.py:5:11
  |
5 | model.add(Embedding(1000, 32))
  |           ^^^^^^^^^^^^^^^^^^^ makes no mask
...
8 | model.add(LSTM(32))
  |           -------- reads the padded steps
 ::: notes.ipynb:cell 2:1:1
  |
1 | inputs = Input((None, 8))
  | ------ padded with 0 to 80 steps
  |
  = help: write `Embedding(..., mask_zero=True)`
  = fix: add `mask_zero=True` (unsafe)
  = note: confidence: certain
  = note: `padlint rule PAD101` explains this rule

""")


def test_full_shows_the_proof(report):
    proved = replace(report.findings[1], trace=(), confirmation=Confirmation(Verdict.CONFIRMED, leak=0.314))
    assert rendered(replace(report, findings=(proved,)), Format.FULL) == snapshot("""\
error[PAD101 unmasked-embedding]: padded ids reach `LSTM` through an Embedding without `mask_zero=True`
 --> src/train.py:5:11
  |
5 | model.add(Embedding(1000, 32))
  |           ^^^^^^^^^^^^^^^^^^^
  |
  = help: write `Embedding(..., mask_zero=True)`
  = fix: add `mask_zero=True` (unsafe)
  = note: confidence: certain
  = proof: confirmed: 31 % of the output's gradient is on padding
  = note: `padlint rule PAD101` explains this rule

""")


def test_full_underlines_what_the_terminal_shows_wide_or_not_at_all(report):
    line = "\tx = 'e\N{COMBINING ACUTE ACCENT}語'; y = f(x)\x1b[31m"
    start = line.index("f(x)") + 1
    finding = replace(
        report.findings[1],
        span=Span("a.py", 0, Position(1, start), Position(1, start + 4)),
        trace=(),
        help=None,
        fix=None,
    )
    assert rendered(Report((finding,), report.catalogue, lambda _path, _cell: (line,)), Format.FULL) == snapshot("""\
error[PAD101 unmasked-embedding]: padded ids reach `LSTM` through an Embedding without `mask_zero=True`
 --> a.py:1:17
  |
1 |     x = 'é語'; y = f(x)␛[31m
  |                    ^^^^
  |
  = note: confidence: certain
  = note: `padlint rule PAD101` explains this rule

""")


@pytest.mark.parametrize("character", ["\x1b", "\x7f", "\x9b", "\N{RIGHT-TO-LEFT OVERRIDE}", "\ud800"])
def test_full_lets_no_program_write_to_the_terminal(character):
    text = rendered(Report((LEAK,), Catalogue(()), lambda _path, _cell: (f"x = '{character}'",)), Format.FULL)
    assert character not in text


def test_full_cuts_a_line_that_is_too_long_for_any_terminal(report):
    line = "x = [" + "0, " * 1000 + "LSTM(1), " + "0, " * 1000 + "]"
    start = line.index("LSTM") + 1
    finding = replace(
        report.findings[1],
        span=Span("a.py", 0, Position(1, start), Position(1, start + 7)),
        trace=(),
        help=None,
        fix=None,
    )
    text = rendered(Report((finding,), report.catalogue, lambda _path, _cell: (line,)), Format.FULL)
    shown, underline = text.splitlines()[3:5]
    assert len(shown) < 200
    assert shown[underline.index("^") :].startswith("LSTM(1)")
    assert underline.endswith(" ^^^^^^^")


def test_full_underlines_the_first_line_of_a_longer_span(report):
    finding = replace(
        report.findings[1],
        span=replace(report.findings[1].span, start=Position(4, 1), end=Position(5, 31)),
        trace=(),
        help=None,
        fix=None,
    )
    assert rendered(replace(report, findings=(finding,)), Format.FULL) == snapshot("""\
error[PAD101 unmasked-embedding]: padded ids reach `LSTM` through an Embedding without `mask_zero=True`
 --> src/train.py:4:1
  |
4 | model = Sequential()
  | ^^^^^^^^^^^^^^^^^^^^
  |
  = note: confidence: certain
  = note: `padlint rule PAD101` explains this rule

""")


@given(
    line=st.text(max_size=400),
    start=st.integers(1, 500),
    length=st.integers(0, 500),
    rows=st.integers(0, 2),
)
def test_no_text_and_no_span_is_too_odd_to_show(line, start, length, rows):
    place = Span("a.py", 0, Position(1, start), Position(1 + rows, start + length))
    odd = replace(LEAK, span=place, trace=(), help=None, fix=None)
    text = rendered(Report((odd,), Catalogue(()), lambda _path, _cell: (line, "", "")), Format.FULL)
    assert "^" in text.split("\n")[4]


def test_full_has_no_excerpt_of_a_file_that_cannot_be_read(report):
    bare = Report(report.findings[1:], report.catalogue, lambda _path, _cell: ())
    assert rendered(bare, Format.FULL).splitlines()[:2] == snapshot(
        [
            "error[PAD101 unmasked-embedding]: padded ids reach `LSTM` through an Embedding without `mask_zero=True`",
            " --> src/train.py:5:11",
        ]
    )


def test_full_is_coloured_only_when_asked(report):
    assert "\x1b" not in rendered(report, Format.FULL)
    coloured = "".join(reporter(Format.FULL, TERMINAL)(report))
    assert "\x1b[1;31merror[PAD101 unmasked-embedding]\x1b[0m" in coloured
    assert coloured.count("\x1b[1") == coloured.count("\x1b[0m")


def test_two_labels_of_one_line_stand_below_each_other(report):
    leak = report.findings[1]
    twice = TraceStep(leak.trace[0].role, "a constant", Span("src/train.py", 0, Position(5, 21), Position(5, 25)))
    assert rendered(replace(report, findings=(replace(leak, trace=(twice,)),)), Format.FULL) == snapshot("""\
error[PAD101 unmasked-embedding]: padded ids reach `LSTM` through an Embedding without `mask_zero=True`
 --> src/train.py:5:11
  |
5 | model.add(Embedding(1000, 32))
  |           ^^^^^^^^^^^^^^^^^^^
  |                     ---- a constant
  |
  = help: write `Embedding(..., mask_zero=True)`
  = fix: add `mask_zero=True` (unsafe)
  = note: confidence: certain
  = note: `padlint rule PAD101` explains this rule

""")


def test_concise_is_what_editors_parse(report):
    assert rendered(report, Format.CONCISE) == snapshot("""\
notes.ipynb:cell 2:2:11: PAD102 `GRU` reads padded features: 100%, unmasked
src/train.py:5:11: PAD101 padded ids reach `LSTM` through an Embedding without `mask_zero=True`
""")


def test_the_star_marks_what_fix_repairs_unasked(report):
    leak = report.findings[1]
    safe = replace(leak, severity=Severity.NOTE, fix=replace(leak.fix, applicability=Applicability.SAFE))
    assert rendered(replace(report, findings=(safe,)), Format.CONCISE) == snapshot(
        "src/train.py:5:11: PAD101 [*] padded ids reach `LSTM` through an Embedding without `mask_zero=True`\n"
    )


def test_grouped_aligns_places_below_their_file(report):
    later = replace(report.findings[1], span=Span("src/train.py", 0, Position(12, 3), Position(12, 4)))
    assert rendered(replace(report, findings=(*report.findings, later)), Format.GROUPED) == snapshot("""\
notes.ipynb:cell 2:
  2:11 PAD102 `GRU` reads padded features: 100%, unmasked

src/train.py:
   5:11 PAD101 padded ids reach `LSTM` through an Embedding without `mask_zero=True`
  12:3  PAD101 padded ids reach `LSTM` through an Embedding without `mask_zero=True`

""")


def test_nothing_found_is_an_empty_report(nothing):
    assert [rendered(nothing, chosen) for chosen in (Format.FULL, Format.CONCISE, Format.GROUPED)] == ["", "", ""]
