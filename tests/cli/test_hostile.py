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
BUFFER = "b = np.zeros((1, T))\nfor t, c in enumerate(x[:T]):\n    b[0, t] = index[c]\n"
START = "x = Embedding(9, 8)(Input((None,)))\n"
END = "m = Model(x, LSTM(3)(x))\nm.fit(pad_sequences(data))\n"


def script(text: str) -> Files:
    return {"main.py": KERAS + text}


def notebook(*cells: str, printed: str = "") -> Files:
    output = [{"output_type": "stream", "name": "stdout", "text": printed}] if printed else []
    code = [
        {"cell_type": "code", "source": text, "metadata": {}, "execution_count": None, "outputs": output}
        for text in cells
    ]
    return {"main.ipynb": json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})}


def circle(length: int) -> Files:
    """Return files each of which imports all of the next one, and the last of the first."""
    links = {
        f"a{i}.py": f"from a{(i + 1) % length} import *\nfrom keras.layers import LSTM\nx{i} = LSTM(3)\n"
        for i in range(length)
    }
    return {**links, **script("from a0 import *\n" + LEAK)}


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
    "rows that turn round": lambda: script("x = rows[0]\n" + "x = x[1:] + x[:1]\n" * 40 + BUFFER + LEAK + "m.fit(b)\n"),
    "rows that double": lambda: script("x = rows[0]\n" + "x = x + x\n" * 40 + BUFFER + LEAK + "m.fit(b)\n"),
    "attributes of attributes": lambda: script("x = some\n" + "x = x.b\n" * 5_000 + LEAK + "m.fit(x)\n"),
    "comprehensions of comprehensions": lambda: script(
        "x = [[[[i * j * k for i in range(10**6)] for j in a] for k in b] for l in c]\n" + LEAK + "m.fit(x)\n"
    ),
    "hundreds of tests before thousands of items": lambda: script(
        "def f(row):\n"
        + "".join(f"  if len(row) < a{i}: return\n" for i in range(400))
        + f"  x = row{'[0]' * 16}\n" * 200
        + LEAK
        + "m.fit(f(input()))\n"
    ),
    "a large text": lambda: script("x = '" + "a" * 4_000_000 + "'\n" + LEAK),
}
LEAK_FOUND: Mapping[str, Callable[[], Files]] = {
    "two hundred and fifty models": lambda: script(
        "".join(LEAK.replace("m", f"m{i}", 1).replace("\nm.", f"\nm{i}.") for i in range(250))
    ),
    "texts as wide as anyone says": lambda: script(
        "a = f'{1:{10**9}}'\nb = '%*d' % (10**9, 5)\nc = 'a'.ljust(10**10)\nd = '{:>1000000000}'.format(3)\n"
        "e = 'a' * 10**10\nf = f'{1:>1000000000}'\ng = '%1000000000d' % 5\nh = str(10).zfill(10**10)\n" + LEAK
    ),
    "files that import each other": lambda: {
        "main.py": KERAS + "from other import *\nimport third\n" + LEAK,
        "other.py": "from main import *\nfrom third import *\nfrom keras.layers import LSTM\n",
        "third.py": "import main, other\nfrom other import m\nfrom keras.layers import LSTM\nm.fit(main.m, other.m)\n",
    },
    "a circle of two hundred imports": lambda: circle(200),
    "an output of 10 MB": lambda: notebook(KERAS + LEAK, printed="x" * 10_000_000),
    "thousands of cells": lambda: notebook(KERAS + LEAK, *(f"x{i} = {i}\nprint(x{i})" for i in range(3_000))),
    "functions that call each other": lambda: script(
        "def f(n): return g(n) + g(n - 1)\ndef g(n): return f(n) * h(n)\ndef h(n): return f(n - 1) + g(n - 2)\n"
        "f(10**9)\n" + LEAK
    ),
    "classes that inherit from themselves": lambda: script(
        "class A(A): pass\nclass B(B.C): pass\nA = type('A', (A,), {})\nclass A(A, A, A): pass\n" * 50
        + LEAK
        + "A()(A)\n"
    ),
    "a decorator in itself": lambda: script(
        "def d(f):\n  @d\n  def g(*a): return f(*a)\n  return g\n@d\n@d(d)\ndef h(x): return x\n" + LEAK
    ),
    "powers of powers": lambda: script(
        "x = 10**10**10\ny = 2 ** 10**7\nz = 9**9**9**9\nw = 1 << 10**10\nfor i in range(10**12): x = x * x\n" + LEAK
    ),
    "a comment of nothing but #": lambda: script(
        "#" * 10_000 + "\n# padlint: " + "#" * 10_000 + " ignore" * 3_000 + "\n" + LEAK
    ),
    "lambdas in lambdas": lambda: script("f = " + "lambda x: " * 200 + "x\nf" + "(1)" * 200 + "\n" + LEAK),
    "a layer that returns what holds itself": lambda: script(
        "class L(Layer):\n  def call(self, x):\n    y = [x]\n    y.append(y)\n    d = {'a': x}\n    d['d'] = d\n"
        "    return y, d\nz = L()(Input((3,)))\nModel(z, z)\n" + LEAK
    ),
    "lists of lists of lists of tensors": lambda: script(
        LEAK
        + START
        + "".join(f"{x} = [{', '.join([y] * 255)}]\n" for x, y in ("ax", "ba", "cb", "dc"))
        + "foo(d)\nd.z(d)\n"
        "other.thing(d, d)\n" + END
    ),
}
GIVEN_UP: Mapping[str, Callable[[], Files]] = {
    "models of models": lambda: script(LEAK + "m = Sequential([m, m])\n" * 60 + "m.fit(pad_sequences(data))\n"),
    "a list of 60,000 rows": lambda: script(
        "x = [" + ", ".join(f"[{i}, {i + 1}, {i + 2}]" for i in range(60_000)) + "]\n" + LEAK + "m.fit(np.array(x))\n"
    ),
    "a dict of 100,000 entries": lambda: script(
        "x = {" + ", ".join(f"'k{i}': {i}" for i in range(100_000)) + "}\n" + LEAK + "m.fit(x)\n"
    ),
    "a million rows": lambda: script("x = 1\n" * 1_000_000 + LEAK),
    "ten thousand operators": lambda: script(
        "x = " + " + ".join(["a"] * 10_000) + "\ny = " + " and ".join(["b"] * 10_000) + "\n" + LEAK
    ),
    "fifty functions that call three of each other": lambda: script(
        "".join(f"def f{i}(n): return f{(i + 1) % 50}(n) + f{i * 7 % 50}(n) + f{i * 3 % 50}(n)\n" for i in range(50))
        + "f0(1)\n"
        + LEAK
    ),
    "a layer that returns pairs of pairs": lambda: script(
        "class L(Layer):\n  def call(self, x):\n" + "    x = (x, x)\n" * 40 + "    return x\nL()(Input((3,)))\n" + LEAK
    ),
    "a layer that returns lists of lists": lambda: script(
        "class L(Layer):\n  def call(self, x):\n" + "    x = [x, x]\n" * 40 + "    return x\nL()(Input((3,)))\n" + LEAK
    ),
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


@pytest.mark.parametrize("make", LEAK_FOUND.values(), ids=LEAK_FOUND)
def test_a_leak_beside_what_is_hostile_is_found(linted, make):
    ended = linted(make())
    assert_bounded(ended)
    assert "PAD101" in ended.codes


def test_nesting_that_python_itself_refuses_is_a_syntax_error(linted):
    ended = linted(script("x = " + "(" * 10_000 + "1" + ")" * 10_000 + "\n" + LEAK))
    assert_bounded(ended)
    assert ended.codes == {"PAD901"}


@pytest.mark.parametrize("make", GIVEN_UP.values(), ids=GIVEN_UP)
def test_what_is_given_up_of_a_hostile_file_is_said(linted, make):
    ended = linted(make())
    assert_bounded(ended)
    assert "PAD903" in ended.codes
