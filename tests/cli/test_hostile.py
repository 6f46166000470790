"""Whole runs on files that would cost a naive linter all the time and memory there is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

import padlint

MOST_SECONDS = 5
MOST_MEGABYTES = 500

Files: TypeAlias = Mapping[str, str]

KERAS = """\
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from keras.layers import *
from keras.models import Model, Sequential
from keras.utils import pad_sequences
"""
LEAK = "m = Sequential([Embedding(100, 8), LSTM(4), Dense(1)])\nm.fit(pad_sequences(data), labels)\n"
START = "x = Embedding(9, 8)(Input((None,)))\n"
END = "m = Model(x, LSTM(3)(x))\nm.fit(pad_sequences(data))\n"


def script(text: str) -> Files:
    return {"main.py": KERAS + text}


READ_WHOLE: Mapping[str, Callable[[], Files]] = {
    "a model of a thousand layers": lambda: script(START + "x = LSTM(4, return_sequences=True)(x)\n" * 1_000 + END),
    "sums of sums": lambda: script(START + "x = x + x\n" * 1_000 + END),
    "a hundred branches": lambda: script(
        START
        + "".join(f"if some.a{i}: x = LSTM(4, return_sequences=True)(x)\nelse: x = x * 2\n" for i in range(100))
        + END
    ),
    "models without end": lambda: script("while True:\n  for i in range(10**12):\n    " + LEAK.replace("\n", "\n    ")),
    "layers without end": lambda: script("m = Sequential()\nfor i in range(10**12): m.add(LSTM(3))\nm.fit(data)\n"),
    "a generator without end": lambda: script(
        "def g():\n  while True: yield pad_sequences(data), g()\n"
        "m = Sequential([Embedding(9, 8), LSTM(3)])\nm.fit(g())\nfor a in g():\n  for b in a: m.fit(b)\n"
    ),
    "numbers without end": lambda: script(
        "x = 10**10**10\ny = [0] * 10**10\nz = np.zeros((x, 10**10))\nw = [[0] * (10**10 - len(d)) for d in data]\n"
        "m = Sequential([LSTM(x, input_shape=(10**10, x))] * 10**10)\nm.fit(y)\nm.fit(np.array(w))\nm.fit(z)\n"
    ),
    "a limit on recursion that the program lifts": lambda: script(
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1)\nf(0)\n" + LEAK
    ),
    "decorators of themselves": lambda: script(
        "def d(f): return d(d(f))\n" + "@d\n" * 500 + "def f(x): return x\n@f\nclass A: pass\n" + LEAK
    ),
    "layers of themselves": lambda: script(
        "class A(A): pass\nclass B(Layer, B): pass\nclass C(D): pass\nclass D(C): pass\n"
        "class M(Model):\n  def __init__(self):\n    self.m = M()\n    self.l = LSTM(3)\n"
        "  def call(self, x): return self.m(self.l(x)) + self(x)\n"
        "M().fit(pad_sequences(data))\nB()(C()(A()(Input((3,)))))\n"
    ),
    "lists of themselves": lambda: script(
        "x = [Input((3,))]\nx.append(x)\nModel(x, x).fit(x)\nSequential(x)\nConcatenate()(x)\npad_sequences(x)\n"
        "np.array(x)\nnp.concatenate(x)\nModel({'x': x}, {'x': x}).fit({'x': x})\n"
    ),
    "dicts in dicts": lambda: script("x = {}\n" + "x = {'a': x, 'b': x}\n" * 2_000 + LEAK + "m.fit(x)\n"),
    "texts that double": lambda: script("x = 'ab'\n" + "x = x + x\n" * 100 + LEAK + "m.fit(x.split('a'))\n"),
    "attributes of attributes": lambda: script("x = some\n" + "x = x.b\n" * 5_000 + LEAK + "m.fit(x)\n"),
    "comprehensions of comprehensions": lambda: script(
        "x = [[[[i * j * k for i in range(10**6)] for j in a] for k in b] for l in c]\n" + LEAK + "m.fit(x)\n"
    ),
    "a large text": lambda: script("x = '" + "a" * 4_000_000 + "'\n" + LEAK),
}
GIVEN_UP: Mapping[str, Callable[[], Files]] = {
    "models of models": lambda: script(LEAK + "m = Sequential([m, m])\n" * 60 + "m.fit(pad_sequences(data))\n"),
    "lists that double": lambda: script(START + "x = [x]\n" + "x = [x, x]\n" * 60 + "x = Concatenate()(x)\n" + END),
}


@dataclass(frozen=True)
class Ended:
    """How a run ended: which rules it reported, and what it cost."""

    code: int
    codes: frozenset[str]
    told: str
    seconds: float
    megabytes: float


@pytest.fixture
def linted(tmp_path):
    """Lint files with every rule, in a process of its own."""

    def run(files: Files) -> Ended:
        (tmp_path / ".git").mkdir()
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        flags = ("--isolated", "--no-cache", "-j1", "--select", "ALL", "--output-format", "json")
        ended = subprocess.run(
            [sys.executable, Path(__file__).with_name("hostile_run.py"), *flags, "."],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(padlint.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        *told, cost = ended.stderr.splitlines()
        codes = frozenset(finding["code"] for finding in json.loads(ended.stdout))
        return Ended(ended.returncode, codes, "\n".join(told), *json.loads(cost))

    return run


def assert_bounded(ended: Ended) -> None:
    assert "error:" not in ended.told
    assert ended.code in (0, 1)
    assert ended.seconds < MOST_SECONDS
    assert ended.megabytes < MOST_MEGABYTES


@pytest.mark.parametrize("make", READ_WHOLE.values(), ids=READ_WHOLE)
def test_a_hostile_file_costs_bounded_time_and_memory(linted, make):
    assert_bounded(linted(make()))


@pytest.mark.parametrize("make", GIVEN_UP.values(), ids=GIVEN_UP)
def test_what_is_given_up_of_a_hostile_file_is_said(linted, make):
    ended = linted(make())
    assert_bounded(ended)
    assert "PAD903" in ended.codes
