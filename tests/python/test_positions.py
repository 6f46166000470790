"""A node stands where libcst's own, slower provider of positions says, unless it stands between words."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

import padlint.python.expressions
import padlint.python.statements
from padlint.python.positions import UNPLACED, Positions

PROGRAMS = [
    "",
    "\n",
    "# alone",
    "x = 1",
    "x = 1 \\\n    + 2\n",
    "(a)\nb; c\n",
    "if a:\r\n\tb\r\nelse:\r\n\tc\r\n",
    "def f(\n    a,  # first\n    b=(1, 2),\n):\n    'two\u2028rows'\n\n    return a\n",
    "@decorated\nclass A(B):\n    '''A\n    text.'''\n\n    x: int = 0\n",
    "async def f():\n    async with a as b, c:\n        await d[1:2]\n",
    "for x in (y for y in z if y):\n  print(f'{x!r:>{8}}')\n",
    "\fx = 1\n",
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_node_of_a_program(program):
    assert_agrees(program)


@pytest.mark.parametrize("module", [padlint.python.expressions, padlint.python.statements])
def test_every_node_of_a_long_program(module):
    assert_agrees(Path(module.__file__).read_text(encoding="utf-8"))


def test_a_node_of_another_tree_stands_nowhere():
    assert Positions(cst.parse_module("x = 1\n")).of(cst.Name("x")) is None


def assert_agrees(program: str) -> None:
    module = cst.parse_module(program)
    ours = Positions(module)
    theirs = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    assert theirs
    for node, place in theirs.items():
        if type(node) in UNPLACED:
            assert ours.of(node) is None
            continue
        start, end = ours.of(node)
        assert (start.row, start.column - 1) == (place.start.line, place.start.column), node
        assert (end.row, end.column - 1) == (place.end.line, place.end.column), node
