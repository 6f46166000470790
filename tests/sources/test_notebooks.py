"""Notebooks of both formats, and files that are none."""

from __future__ import annotations

import json

import pytest

from padlint.sources.notebooks import CodeCell, NotANotebook, code_cells


def notebook(*cells: object, **metadata: object) -> bytes:
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": cells}).encode()


def code(source: object) -> dict[str, object]:
    return {"cell_type": "code", "source": source}


MARKDOWN = {"cell_type": "markdown", "source": "# Title"}


def test_code_cells_count_among_all_cells():
    assert code_cells(notebook(MARKDOWN, code("x = 1"), MARKDOWN, code(["y = 2\n", "z = 3"]))) == (
        CodeCell(2, "x = 1"),
        CodeCell(4, "y = 2\nz = 3"),
    )


def test_format_3_keeps_cells_in_worksheets_and_source_in_input():
    cell = {"cell_type": "code", "language": "python", "input": ["x = 1\n", "y = 2"]}
    data = json.dumps({"nbformat": 3, "worksheets": [{"cells": [MARKDOWN]}, {"cells": [cell]}]}).encode()
    assert code_cells(data) == (CodeCell(2, "x = 1\ny = 2"),)


@pytest.mark.parametrize(
    "metadata",
    [{"language_info": {"name": "R"}}, {"kernelspec": {"language": "julia"}}],
    ids=["language_info", "kernelspec"],
)
def test_a_notebook_in_another_language_has_no_python(metadata: dict[str, object]):
    assert code_cells(notebook(code("x <- 1"), **metadata)) == ()


@pytest.mark.parametrize("name", ["python", "Python3", "ipython"])
def test_every_spelling_of_python_is_python(name: str):
    assert code_cells(notebook(code("x = 1"), language_info={"name": name})) == (CodeCell(1, "x = 1"),)


def test_a_byte_order_mark_is_passed_over():
    assert code_cells(b"\xef\xbb\xbf" + notebook(code("x = 1"))) == (CodeCell(1, "x = 1"),)


def test_half_of_a_surrogate_pair_is_replaced():
    assert code_cells(notebook(code("x = '\ud83d'"))) == (CodeCell(1, "x = '\ufffd'"),)


@pytest.mark.parametrize("cell", [None, 3, "x = 1", {}, {"cell_type": "code", "source": 3}, {"cell_type": "code"}])
def test_a_malformed_cell_counts_but_holds_nothing(cell: object):
    assert [found for found in code_cells(notebook(cell, code("x = 1"))) if found.text] == [CodeCell(2, "x = 1")]


def test_broken_json_says_where():
    with pytest.raises(NotANotebook) as caught:
        code_cells(b'{"cells": [\n<<<<<<< HEAD\n]}')
    assert (caught.value.why, caught.value.row, caught.value.column) == (
        "the notebook is not JSON: Expecting value",
        2,
        1,
    )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the notebook is not JSON: Expecting value"),
        (b"[1]", "the file is JSON, but not a notebook's: it has no list of cells"),
        (b'{"cells": {}}', "the file is JSON, but not a notebook's: it has no list of cells"),
        (b'{"cells": ["\xe9"]}', "the notebook is not UTF-8"),
        (b"[" * 200_000, "the notebook's JSON cannot be read: maximum recursion depth exceeded while decoding"),
    ],
    ids=["empty", "list", "no list of cells", "latin-1", "nested"],
)
def test_what_is_no_notebook_says_why(data: bytes, why: str):
    with pytest.raises(NotANotebook) as caught:
        code_cells(data)
    assert caught.value.why.startswith(why)
