from __future__ import annotations

from padlint.sources.source import Cell, Source


def test_cells_run_in_order_as_one_module(notebook):
    assert notebook("size = 1\ndef f():\n    return size", "size = 2", "x = f()").variables["x"] == "2"


def test_a_cell_that_does_not_parse_is_skipped_and_said(notebook):
    found = notebook("a = 1", "print 'two'", "x = a + 1")
    assert found.variables["x"] == "2"
    assert [(misparse.span.cell, misparse.span.start.row) for misparse in found.misparses] == [(2, 1)]


def test_a_cell_that_raises_does_not_end_the_notebook(notebook):
    assert notebook("a = 1\nraise ValueError", "x = a").variables["x"] == "1"


def test_spans_name_the_cell(notebook):
    found = notebook("a = 1", "def f():\n    pass")
    (function,) = found.run.functions.values()
    span = function.unit.span(function.node)
    assert (span.cell, span.start.row, span.end.row) == (2, 1, 2)


def test_a_cell_that_is_indented_as_a_whole_keeps_its_columns(evaluate_source):
    found = evaluate_source(lambda file: Source("a.ipynb", file, (Cell(1, "def f(): pass", indent=4),)))
    (function,) = found.run.functions.values()
    assert function.unit.span(function.node).start.column == 5


def test_a_cell_is_refused_in_the_words_of_python_itself(notebook):
    (misparse,) = notebook("a = 1", "if a:\n    print 'two'").misparses
    assert misparse.message.startswith("this is not Python 3: Missing parentheses in call to 'print'")
    assert (misparse.span.start.row, misparse.span.start.column) == (2, 5)


def test_what_a_later_cell_imports_may_be_there_before(notebook):
    found = notebook("x = tau\ny = path", "from math import tau\nimport os.path as path").variables
    assert (found["x"], found["y"]) == ("math.tau", "os.path")


def test_a_later_cell_takes_no_name_from_an_earlier_one(notebook):
    assert notebook("from math import tau\nx = tau", "from ours import tau").variables["x"] == "math.tau"
    assert notebook("x = tau", "from math import *").variables["x"] == "?"
