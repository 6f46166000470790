"""Variables that are counted up or down by hand."""

from __future__ import annotations

from pathlib import Path

import libcst as cst

from padlint.python.counters import counted_by_hand
from padlint.python.parse import Unit
from padlint.sources.source import Cell, Source


def counted(text: str) -> dict[str, int]:
    source = Source("program.py", Path("/nowhere/program.py"), (Cell(0, text),))
    return dict(counted_by_hand(Unit(source, source.cells[0], cst.parse_module(text))))


def test_up_and_down():
    assert counted("i += 1\nj -= 2\nk = k + 1\nm = m - 1\n") == {"i": 1, "j": -1, "k": 1, "m": -1}


def test_wherever_they_stand():
    program = """
def f(rows):
    for row in rows:
        try:
            if row:
                n += 1
        finally:
            with lock:
                m -= 1
"""
    assert counted(program) == {"n": 1, "m": -1}


def test_other_changes_are_not_counting():
    assert counted("x += y\nz = x + 1\nw *= 2\nv[0] += 1\ns += 'a'\n") == {}
