"""What is parsed stands where the user sees it."""

from __future__ import annotations

import json
from pathlib import Path

import libcst as cst
import pytest

from padlint.python.parse import parse
from padlint.sources.source import Source, lines, read


def seen(file: Path, data: bytes, name: str) -> list[str]:
    """Return what the user sees at each place where the parser found a name."""
    source = read(file.name, file, data)
    assert isinstance(source, Source)
    found: list[str] = []
    for unit in parse(source).units:
        names = _names(unit.module, name)
        for span in map(unit.span, names):
            row = lines(file, unit.cell, data)[span.start.row - 1]
            found.append(row[span.start.column - 1 : span.end.column - 1])
    return found


def _names(module: cst.Module, name: str) -> list[cst.Name]:
    found: list[cst.Name] = []

    class Names(cst.CSTVisitor):
        def visit_Name(self, node: cst.Name) -> None:  # noqa: N802 - libcst's name
            if node.value == name:
                found.append(node)

    module.visit(Names())
    return found


@pytest.mark.parametrize(
    "data",
    [
        b"x = LSTM(3)\r\ny = '''\r\n''', LSTM\r\n",
        b"\xef\xbb\xbfLSTM\nif LSTM:\n\tLSTM()\n",
        "s = '🧪é\u2028'; LSTM()\nLSTM".encode(),
        b"# coding: latin-1\ns = '\xe9\xe9'; LSTM()\n",
        b"if x:\n    pass\n\x0c\nLSTM()",
    ],
    ids=["crlf", "byte order mark", "astral", "latin-1", "form feed"],
)
def test_in_a_file(data: bytes):
    found = seen(Path("model.py"), data, "LSTM")
    assert found
    assert set(found) == {"LSTM"}


@pytest.mark.parametrize(
    "cell",
    [
        "!pip install keras \\\n  numpy\nLSTM(3)",
        "%time x = LSTM(3)\ny = LSTM",
        "%%time\nx = LSTM(3)\n",
        "    # build\n    x = LSTM(3)\n    if x:\n        LSTM()\n",
        "if x:\n\u00a0\u00a0\u00a0\u00a0LSTM()\n    LSTM()\n",
        "x = !ls\nLSTM\r\nLSTM",
    ],
    ids=["shell", "timed row", "timed cell", "indented", "no-break spaces", "line ends"],
)
def test_in_a_notebook(cell: str):
    data = json.dumps({"cells": [{"cell_type": "code", "source": cell}]}).encode()
    found = seen(Path("model.ipynb"), data, "LSTM")
    assert found
    assert set(found) == {"LSTM"}


def test_a_misparse_in_an_indented_cell():
    data = json.dumps({"cells": [{"cell_type": "code", "source": "    x = 1\n    y = = 2\n"}]}).encode()
    source = read("model.ipynb", Path("model.ipynb"), data)
    assert isinstance(source, Source)
    (misparse,) = parse(source).misparses
    assert (misparse.span.start.row, misparse.span.start.column) == (2, 9)
