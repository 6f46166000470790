"""The nodes in a node are those that libcst's own, slower `children` gives, in the same order, spaces aside."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest

import padlint.python.expressions
import padlint.python.statements
from padlint.python.children import children

SPACES = (cst.BaseParenthesizableWhitespace, cst.TrailingWhitespace, cst.EmptyLine, cst.Comment, cst.Newline)
PROGRAMS = [
    "",
    "# alone\n",
    "print(f'{x}', f'{x!r:>{width}}')\n",
    "from a import *\nfrom . import (b, c as d)\n",
    "async def f(a, /, b=1, *c, d: int, **e) -> None:\n    async with (a as b, c):\n        [x async for x in y]\n",
    "@decorated\nclass A[T](B, metaclass=C):\n    x: int = 0  # b\n\n    def f(self): yield from x; global y\n",
    "match a:\n    case [1, *b] | {'c': d, **e} if f: pass\n    case A(b, c=1) as g: del g\n    case _: raise A\n",
    "try:\n    a[1:2, ...] = not b if c else lambda d: d\nexcept (A, B) as e:\n    pass\nelse:\n    a += 1\n",
    "while (a := b) < c != d:\n    continue\nelse:\n    {**a, 'b': {c, *d}}\n",
]


def assert_agrees(program: str) -> None:
    waiting: list[cst.CSTNode] = [cst.parse_module(program)]
    while waiting:
        node = waiting.pop()
        expected = [child for child in node.children if not isinstance(child, SPACES)]
        found = children(node)
        assert list(map(id, found)) == list(map(id, expected)), type(node).__name__
        waiting.extend(found)


@pytest.mark.parametrize("program", PROGRAMS)
def test_of_every_node_of_a_program(program):
    assert_agrees(program)


@pytest.mark.parametrize("module", [padlint.python.expressions, padlint.python.statements])
def test_of_every_node_of_a_long_program(module):
    assert_agrees(Path(module.__file__).read_text(encoding="utf-8"))
