"""Edits change what they are about, in the layout that they find, and nothing else."""

from __future__ import annotations

import libcst as cst
import pytest
from hypothesis import given
from hypothesis import strategies as st

from padlint.finding import Position, Span
from padlint.fixes import edits
from padlint.fixes.tree import CannotFix


@pytest.fixture(scope="session")
def with_mask_zero(program):
    """Give the first call of a program one argument more."""

    def add(text: str) -> str:
        written = program(text)
        tree, call = written.first(cst.Call)
        return written.after(edits.with_argument(tree, call, "mask_zero", "True"))

    return add


# Arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Embedding()\n", "Embedding(mask_zero=True)\n"),
        ("Embedding(10, 8)\n", "Embedding(10, 8, mask_zero=True)\n"),
        ("Embedding(10, 8, )\n", "Embedding(10, 8, mask_zero=True, )\n"),
        ("Embedding(*sizes, **rest)  # é\n", "Embedding(*sizes, **rest, mask_zero=True)  # é\n"),
        ("Embedding(10,\n          8)\n", "Embedding(10,\n          8, mask_zero=True)\n"),
        ("Embedding(\n    10,\n    8,\n)\n", "Embedding(\n    10,\n    8,\n    mask_zero=True,\n)\n"),
        ("Embedding(\n    10,\n    8\n)\n", "Embedding(\n    10,\n    8,\n    mask_zero=True\n)\n"),
        (
            "Embedding(\n\t10,\n\t8,  # dims\n)\n",
            "Embedding(\n\t10,\n\t8,  # dims\n\tmask_zero=True,\n)\n",
        ),
        (
            "Embedding(\n    10,\n    8  # dims\n)\n",
            "Embedding(\n    10,\n    8,  # dims\n    mask_zero=True\n)\n",
        ),
        ("Embedding(\n    10, 8\n)\n", "Embedding(\n    10, 8, mask_zero=True\n)\n"),
        ("Embedding(\r\n    10,\r\n    8,\r\n)\r\n", "Embedding(\r\n    10,\r\n    8,\r\n    mask_zero=True,\r\n)\r\n"),
    ],
)
def test_an_argument_is_added_in_the_layout_of_the_others(before, after, with_mask_zero):
    assert with_mask_zero(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LSTM(shape=s)\n", "LSTM()\n"),
        ("LSTM(8, shape=s)\n", "LSTM(8)\n"),
        ("LSTM(8, shape=s, unroll=True)\n", "LSTM(8, unroll=True)\n"),
        ("LSTM(shape=s, units=8)\n", "LSTM(units=8)\n"),
        ("LSTM(\n    8,\n    shape=s,  # steps\n    unroll=True,\n)\n", "LSTM(\n    8,\n    unroll=True,\n)\n"),
        ("LSTM(\n    8,\n    shape=s\n)\n", "LSTM(\n    8,\n)\n"),
        ("LSTM(8,  # units\n     shape=s)\n", "LSTM(8,  # units\n     )\n"),
        ("LSTM(8,\n     shape=s)\n", "LSTM(8)\n"),
    ],
)
def test_an_argument_is_taken_out_and_its_row_with_it(before, after, program):
    tree, call = program(before).first(cst.Call)
    unwanted = edits.argument(call, "shape")
    assert program(before).after(edits.without_argument(tree, call, unwanted)) == after


def test_an_argument_is_found_by_name_or_by_position_but_not_behind_a_star(program):
    _, call = program("Embedding(10, 8, mask_zero=False)\n").first(cst.Call)
    assert edits.argument(call, "mask_zero", 4) is call.args[2]
    assert edits.argument(call, "output_dim", 1) is call.args[1]
    assert edits.argument(call, "name", 5) is None
    _, starred = program("Embedding(*a, 8)\n").first(cst.Call)
    assert edits.argument(starred, "output_dim", 1) is None


@given(
    arguments=st.lists(st.sampled_from(["10", "dim", "name='é🧪'", "**more", "f(1, 2)"]), max_size=4),
    between=st.sampled_from([", ", ",", ",\n    ", ",  # why\n    "]),
    opening=st.sampled_from(["", "\n    ", " "]),
    closing=st.sampled_from(["", ",", ",\n", "\n", ",  # last\n"]),
)
def test_a_call_with_an_argument_more_has_just_that_argument_more(
    arguments, between, opening, closing, program, with_mask_zero
):
    ordered = sorted(arguments, key=lambda each: ("=" in each, each.startswith("**")))
    text = f"x = 1\ny = Embedding({opening}{between.join(ordered)}{closing if ordered else ''})  # after\nz = 2\n"
    after = with_mask_zero(text)
    (tree, call), (tree_after, call_after) = (program(each).first(cst.Call) for each in (text, after))
    values = [tree.text(each.value) for each in call.args]
    assert [tree_after.text(each.value) for each in call_after.args] == [*values, "True"]
    assert after.count("#") == text.count("#")
    assert after.startswith("x = 1\ny = Embedding(")
    assert after.endswith(")  # after\nz = 2\n")


# Items and lines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[LSTM(), Dense()]\n", "[Masking(), LSTM(), Dense()]\n"),
        ("[\n    # first\n    LSTM(),\n    D(),\n]\n", "[\n    # first\n    Masking(),\n    LSTM(),\n    D(),\n]\n"),
        ("[LSTM(),\n Dense()]\n", "[Masking(), LSTM(),\n Dense()]\n"),
    ],
)
def test_an_item_is_put_in_front_of_another(before, after, program):
    tree, layers = program(before).first(cst.List)
    added = edits.item_added(tree, layers.elements, 0, "Masking()", tree.span(layers).end)
    assert program(before).after(added) == after


def test_an_item_is_taken_out(program):
    written = program("[\n    Embedding(),\n    Masking(\n        0.0\n    ),\n    LSTM(),\n]\n")
    tree, layers = written.first(cst.List)
    assert written.after(edits.without_item(tree, layers.elements, 1)) == "[\n    Embedding(),\n    LSTM(),\n]\n"


def test_a_line_goes_in_front_of_a_statement_and_as_deep(program):
    written = program("def f():\n\tx = 1  # one\n\treturn x\n")
    tree, statement = written.first(cst.SimpleStatementLine)
    assert written.after(edits.line_before(tree, statement, "y = 2", "z = 3")) == (
        "def f():\n\ty = 2\n\tz = 3\n\tx = 1  # one\n\treturn x\n"
    )
    assert written.after(edits.line_after(tree, statement, "y = 2")) == (
        "def f():\n\tx = 1  # one\n\ty = 2\n\treturn x\n"
    )


def test_a_line_behind_the_last_one_needs_no_line_end(program):
    written = program("x = 1")
    tree, statement = written.first(cst.SimpleStatementLine)
    assert written.after(edits.line_after(tree, statement, "y = 2")) == "x = 1\ny = 2"


def test_a_block_that_loses_its_only_statement_passes(program):
    written = program("if x:\n    add()\nelse:\n    pop()\n    add()\n")
    tree = written.tree
    first, second, _ = tree.every(cst.SimpleStatementLine)
    assert written.after(edits.without_line(tree, first)) == "if x:\n    pass\nelse:\n    pop()\n    add()\n"
    assert written.after(edits.without_line(tree, second)) == "if x:\n    add()\nelse:\n    add()\n"


@pytest.mark.parametrize("text", ["a(); b()\n", "if a(): b()\n", "for x in a(): pass\n"])
def test_a_statement_without_a_row_of_its_own_is_left_alone(text, program):
    tree, call = program(text).first(cst.Call)
    with pytest.raises(CannotFix):
        edits.line_before(tree, tree.statement(call), "y = 2")


def test_a_new_name_is_one_that_nothing_in_the_file_has(program):
    written = program("mask = f.mask_2\n", "x = g(mask_3)\n")
    trees = written.trees
    first, second = (Span("program.py", cell, Position(1, 1), Position(1, 5)) for cell in (1, 2))
    assert trees.new_name("mask", first) == "mask_4"
    assert trees.new_name("mask", second) == "mask_5"
    assert trees.new_name("mask", first) == "mask_4"
