"""A fix is made when the finding is gone afterwards and no other has come; places move with the text around them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padlint.finding import Applicability, Confidence, Edit, Finding, Fix, Position, Role, Severity, Span, TraceStep
from padlint.fixes.prove import Linted, moved, prove
from padlint.sources.rewrite import CannotRewrite, edited


def finding(row: int, code: str = "PAD101", severity: Severity = Severity.ERROR) -> Finding:
    span = Span("m.py", 0, Position(row, 1), Position(row, 2))
    fix = Fix(Applicability.SAFE, "mend the row", (Edit(replace(span, end=span.start), f"mended {row} "),))
    return Finding(code, code.lower(), "leaks", severity, Confidence.CERTAIN, span, fix=fix)


def rows_mended(edits: tuple[Edit, ...]) -> set[int]:
    return {edit.span.start.row for edit in edits}


def lint(*left: Finding, cures: set[int]):
    """Return what linting comes to when fixes cure just these rows, the edits being on no row of their own."""

    def run(edits: tuple[Edit, ...]) -> Linted:
        still = [each for each in left if each.span.start.row not in cures & rows_mended(edits)]
        return Linted(tuple(replace(each, span=at(each.span, edits)) for each in still))

    return run


def at(span: Span, edits: tuple[Edit, ...]) -> Span:
    start = moved(span, edits)
    return replace(span, start=start, end=start)


# Proofs -----------------------------------------------------------------------------------------------------------


def test_fixes_that_cure_are_proved_by_one_lint():
    found = (finding(1), finding(2))
    lints = []

    def counted(edits):
        lints.append(edits)
        return lint(*found, cures={1, 2})(edits)

    proof = prove(found, Linted(found), counted)
    assert (proof.cured, proof.refused, len(lints)) == (found, {}, 1)
    assert rows_mended(proof.edits) == {1, 2}


def test_a_fix_that_leaves_its_finding_is_refused_and_the_others_are_made():
    found = (finding(1), finding(2), finding(3))
    proof = prove(found, Linted(found), lint(*found, cures={1, 3}))
    assert proof.cured == (found[0], found[2])
    assert proof.refused == {found[1]: "the finding would still be there"}


def test_a_finding_that_is_only_hidden_afterwards_is_not_gone():
    one = finding(1)
    proof = prove([one], Linted((one,)), lambda edits: Linted((), (replace(one, span=at(one.span, edits)),)))
    assert proof.cured == ()


@pytest.mark.parametrize("guilty", [1, 2, 3, 4])
def test_a_fix_that_brings_another_finding_is_told_from_its_neighbours(guilty):
    found = tuple(finding(row) for row in (1, 2, 3, 4))

    def run(edits):
        brought = (finding(9, "PAD103"),) if guilty in rows_mended(edits) else ()
        return Linted((*lint(*found, cures={1, 2, 3, 4})(edits).shown, *brought))

    proof = prove(found, Linted(found), run)
    assert proof.cured == tuple(each for each in found if each.span.start.row != guilty)
    assert proof.refused == {found[guilty - 1]: "it would bring PAD103 (leaks)"}


@pytest.mark.parametrize(
    "harmless",
    [finding(9, "PAD501", Severity.NOTE), replace(finding(9, "PAD301"), confidence=Confidence.POSSIBLE)],
)
def test_a_fix_may_bring_advice(harmless):
    one = finding(1)
    proof = prove([one], Linted((one,)), lambda _: Linted((harmless,)))
    assert proof.cured == (one,)


def test_a_reader_that_nothing_was_done_for_may_be_found_for_another_reason():
    one, other = finding(1), finding(2, "PAD102")
    renamed = replace(other, code="PAD103")
    proof = prove([one], Linted((one, other)), lambda edits: Linted((replace(renamed, span=at(other.span, edits)),)))
    assert proof.cured == (one,)


def test_a_reader_that_was_to_be_helped_may_not():
    one = finding(1)
    renamed = replace(one, code="PAD103")
    proof = prove([one], Linted((one,)), lambda edits: Linted((replace(renamed, span=at(one.span, edits)),)))
    assert proof.refused == {one: "it would bring PAD103 (leaks)"}


def reads(one: Finding, *rows: int, edits: tuple[Edit, ...] = ()) -> Finding:
    """Let a finding be about layers that read padding in some rows."""
    spans = [replace(one.span, start=Position(row, 9), end=Position(row, 10)) for row in rows]
    return replace(one, trace=tuple(TraceStep(Role.CONSUMER, "reads it", at(span, edits)) for span in spans))


@pytest.mark.parametrize(("left", "is_made"), [((3,), True), ((2, 3), False), ((3, 4), False)])
def test_one_of_several_readers_may_be_out_of_reach(left, is_made):
    one = reads(finding(1), 2, 3)

    def run(edits):
        other = replace(finding(9, "PAD103"), message="dropped")
        return Linted((reads(other, *left, edits=edits),))

    proof = prove([one], Linted((one,)), run)
    assert proof.cured == ((one,) if is_made else ())
    assert proof.refused == ({} if is_made else {one: "it would bring PAD103 (dropped)"})


@pytest.mark.parametrize(("column", "is_made"), [(1, False), (9, False), (10, True)])
def test_nothing_may_be_wrong_with_what_a_fix_wrote(column, is_made):
    one = reads(finding(1), 2, 3)

    def run(edits):
        other = finding(1, "PAD104")
        place = replace(other.span, start=Position(1, column), end=Position(1, column + 1))
        return Linted((reads(replace(other, span=place), 3, edits=edits),))

    assert prove([one], Linted((one,)), run).cured == ((one,) if is_made else ())


def test_edits_that_cannot_be_made_are_refused():
    one = finding(1)

    def run(_edits):
        raise CannotRewrite("m.py: two edits overlap at row 1")

    assert prove([one], Linted((one,)), run).refused == {one: "m.py: two edits overlap at row 1"}


def test_nothing_to_prove_costs_nothing():
    def run(_edits):
        raise AssertionError("linted for nothing")

    assert prove([], Linted((finding(1),)), run).cured == ()


# Places -----------------------------------------------------------------------------------------------------------

TEXTS = st.text(alphabet="ab(\n", max_size=30)


@st.composite
def edits_and_a_mark(draw):
    """Draw a text with one mark in it, and edits that leave the mark alone."""
    before, after = draw(TEXTS), draw(TEXTS)
    text = f"{before}@{after}"
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=6)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    spans = [(start, end) for start, end in pairs if not start <= len(before) < end]
    return text, [edit(text, start, end, draw(TEXTS)) for start, end in spans]


def edit(text: str, start: int, end: int, content: str) -> Edit:
    return Edit(Span("m.py", 0, place(text, start), place(text, end)), content)


def place(text: str, offset: int) -> Position:
    return Position(text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1)


@given(edits_and_a_mark())
def test_a_place_moves_with_the_text_that_stands_there(drawn):
    text, made = drawn
    here = place(text, text.index("@"))
    after = edited(text, made)
    assert moved(Span("m.py", 0, here, here), made) == place(after, after.index("@"))


@given(edits_and_a_mark())
def test_edits_elsewhere_move_nothing(drawn):
    text, made = drawn
    here = place(text, text.index("@"))
    assert moved(Span("other.py", 0, here, here), made) == here
    assert moved(Span("m.py", 2, here, here), made) == here
