"""Variables that are counted up or down by hand."""

from __future__ import annotations

from pathlib import Path

import libcst as cst

from padlint.python.counters import Step, counted_by_hand, counted_in
from padlint.python.parse import Unit
from padlint.sources.source import Cell, Source


def steps_of(loop: str) -> dict[str, bool]:
    body = cst.parse_module(loop).body[0].body
    return {name: step.each_round for name, step in counted_in(body).items()}


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


def test_what_each_round_of_a_loop_counts_once():
    assert steps_of("for c in w:\n    x[t] = c\n    t += 1\n") == {"t": True}
    assert steps_of("for c in w:\n    t += 1\n    if c:\n        t += 1\n") == {"t": False}
    assert steps_of("for c in w:\n    if c:\n        t += 1\n") == {"t": False}
    assert steps_of("for c in w:\n    if c:\n        continue\n    t += 1\n") == {"t": False}
    assert steps_of("for c in w:\n    t += 2\n    i -= 1\n") == {"t": False, "i": True}
    assert steps_of("for c in w:\n    for t in c:\n        t = 0\n    t += 1\n") == {"t": False}


def test_steps_are_counted_up_or_down():
    assert counted_in(cst.parse_module("while n:\n    n -= 1\n").body[0].body) == {"n": Step(-1, each_round=True)}
