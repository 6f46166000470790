"""Programs that would cost a naive interpreter all the time and memory there is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import TypeAlias

import pytest

import padlint

MOST_SECONDS = 5
MOST_MEGABYTES = 500

Cost: TypeAlias = dict[str, object]


def rows(*texts: str) -> str:
    return "\n".join(texts)


def nested(count: int, row: str, body: str) -> str:
    """Return rows each inside the one before, `{i}` standing for the depth."""
    return rows(*("  " * i + row.replace("{i}", str(i)) for i in range(count)), "  " * count + body)


PROGRAMS = {
    "a huge range": """
        for i in range(10**12):
            x = i
        y = [i for i in range(10**12)], list(range(10**12)), len(range(10**12))
    """,
    "huge repetitions": "x = [0] * 10**10\ny = 'a' * 10**10\nz = (0,) * 10**9\nw = [[0] * 10**6] * 10**6",
    "nothing, repeated hugely": "x = () * 2**70\ny = [] * 10**30\nz = (0,) * -(2**70)\nw = 2**70 * []",
    "huge numbers": "x = 10 ** 10 ** 10\ny = 1 << 10**9\nz = 2.0 ** 10**9\nw = int('9' * 99) ** 1000",
    "numbers that grow": "x = 3\n" + "x = x * x\n" * 200,
    "texts that grow": "x = 'a'\n" + "x = x + x\n" * 200 + "y = x.replace('a', x)\nz = ','.join([x] * 200)",
    "lists that grow": "x = [1]\n" + "x = x + x\n" * 200 + "y = [x] * 200\nz = [list(x) for a in y for b in y]",
    "tuples that grow": "x = (1, 2)\n" + "x = (x, x)\n" * 500 + "y = x == x, x + x, (x,) * 200",
    "wide formats": "x = '%1000000000d' % 1, '{:>1000000000}'.format(1), f'{1:1000000000}', '%*d' % (10**9, 1)",
    "a large formatted string": "x = f'" + "{y}" * 20_000 + "'",
    "mutual recursion": "def f(n): return g(n) + g(n)\ndef g(n): return f(n) + f(n)\nx = f(1)",
    "recursion in three directions": "def f(n): return f(n - 1) + f(n - 2) + f(n - 3)\nx = f(10**6)",
    "calls that double": rows(
        "def f0(): return 1", *(f"def f{i}(): return f{i - 1}() + f{i - 1}()" for i in range(1, 40)), "x = f39()"
    ),
    "calls that double in branches": rows(
        "def f0(a): return 1",
        *(f"def f{i}(a):\n  if a: return f{i - 1}(a)\n  return f{i - 1}(a) + f{i - 1}(a)" for i in range(1, 40)),
        "x = f39(somewhere.a)",
    ),
    "functions that call each other in loops": rows(
        *(
            f"def f{i}(a, b):\n  for x in a:\n    for y in b:\n"
            f"      f{(i + 1) % 300}(x, y)\n      f{(i + 7) % 300}(y, x)"
            for i in range(300)
        )
    ),
    "methods that call each other": rows(
        "class A:",
        *(
            f"  def m{i}(self, a):\n    self.x{i} = [a]\n    for b in a:\n"
            f"      self.m{(i + 1) % 100}(b)\n      self.m{(i + 3) % 100}(self.x{(i + 50) % 100})"
            for i in range(100)
        ),
    ),
    "thirty ifs in a row": rows("x = []", *(f"if somewhere.a{i}: x.append({i})" for i in range(300)), "y = x + x"),
    "ifs that make new lists": rows("x = []", *(f"if somewhere.a{i}: x = x + [x, {i}]" for i in range(300))),
    "ifs that make new tuples": rows("x = ()", *(f"if somewhere.a{i}: x = (x, {i}, x)" for i in range(300))),
    "ifs inside ifs": nested(90, "if somewhere.a{i}:", "x = 1"),
    "four hundred elifs": rows("if a: x = 0", *(f"elif b{i}: x = {i}" for i in range(400))),
    "loops inside loops": "x = []\n" + nested(60, "for a{i} in range(16):", "x.append(a0)"),
    "loops of unknown count inside each other": "x = []\n" + nested(60, "for a{i} in somewhere.b:", "x = [x, x]"),
    "while loops inside each other": "n = 0\n" + nested(40, "while n < 100{i}:", "n += 1"),
    "endless loops": "i = 0\nwhile True:\n    i += 1",
    "a comprehension of many loops": "x = [0 " + "".join(f"for a{i} in range(16) " for i in range(12)) + "]",
    "generators of generators": rows(
        "def g0():\n  yield 1",
        *(f"def g{i}():\n  yield from g{i - 1}()\n  for x in g{i - 1}(): yield x" for i in range(1, 30)),
        "x = list(g29())",
    ),
    "a generator of itself": "def g():\n  for x in g():\n    yield g()\n  yield from g()\nx = list(g())",
    "many early returns": rows(
        "def f(a):",
        *(f"  x{i} = {i}\n  if a == somewhere.b{i}: return x{i}" for i in range(1500)),
        "x = f(1)",
    ),
    "many continues": rows(
        "def f(a):\n  for b in somewhere.x:",
        *(f"    x{i} = {i}\n    if a == somewhere.b{i}: continue" for i in range(1500)),
        "x = f(1)",
    ),
    "a class of itself": "class A(A): pass\nclass A(A): pass\nx = A().f()",
    "a long line of classes": "class A: pass\n" + "class A(A): pass\n" * 1000 + "x = A().f()",
    "classes made of classes": "def f(n): return type('A', (f(n),), {})\nx = f(1)",
    "a decorator that decorates itself": "def d(f):\n  @d\n  def g(): return f()\n  return g\n@d\ndef h(): pass\nh()",
    "functions that call themselves by another name": "x = lambda: x()\nx()\n(lambda f: f(f))(lambda f: f(f))",
    "attributes made of attributes": """
        class A:
            def __getattr__(self, name): return getattr(self, name + "a")
            @property
            def own(self): return self.own + self.own
        x = A().x, A().own
    """,
    "an object of itself": """
        class A:
            def __iter__(self): return iter(self)
            def __next__(self): return next(self)
            def __getitem__(self, i): return self[i]
            def __setitem__(self, k, v): self[k] = v
            def __len__(self): return len(self)
            def __add__(self, other): return self + other
            def __call__(self): return self()
            def __enter__(self):
                with self as x: return x
        a = A()
        x = list(a), a[1], len(a), a + a, a()
        a[1] = 2
        with a as b:
            for c in a: pass
    """,
    "lists and dicts that hold themselves": """
        x = []
        x.append(x)
        for a in x:
            for b in a:
                x.append(b)
        y = x + x, x == x, x[0][0][0], sum(x, [])
        d = {}
        d["d"] = d
        d.update(d)
        e = {**d, "e": d}
        for k, v in d.items():
            d[k] = v
        print(x, d, *x, **d)
    """,
    "a dict of copies of itself": rows("x = {}", *(f"x['{i}'] = {{**x}}" for i in range(1500))),
    "a large dict, copied": rows(
        "x = {" + "".join(f"'{i}': {i}," for i in range(15_000)) + "}",
        "for i in range(16):\n  for j in range(16):\n    y = {**x, 'a': j}",
    ),
    "a large list, changed": "x = [" + "1," * 30_000 + "]\nfor i in range(16):\n  for j in range(16):\n    x[i] = j",
    "arguments without end": "def f(*a): return f(*a, *a)\nf(1)\ndef g(**k): return g(x=k, **k)\ng(a=1)",
    "alternatives of alternatives": rows(
        *(f"a{i} = (1 if somewhere.x{i} else 'b') if somewhere.y else [{i}]" for i in range(8)),
        "x = " + " + ".join(f"a{i}" for i in range(8)),
        "k = f if somewhere.a else (lambda x: (x,)) if somewhere.b else (lambda x: [x])",
        "y = " + "k(" * 60 + "1" + ")" * 60,
    ),
    "imports of itself": "import main\nfrom main import *\nfrom main import y\nfrom . import main as m\ny = y",
    "imports of all of itself, again and again": rows(
        "from keras.layers import *", *(f"for a{i} in somewhere:\n  from main import *" for i in range(40))
    ),
    "three thousand functions": rows(
        *(f"def f{i}(a, b=1):\n  c = a + b\n  return [c for _ in a]" for i in range(3000))
    ),
}
NO_PYTHON = {
    "ten thousand brackets": "x = " + "(" * 10_000 + ")" * 10_000,
    "ten thousand brackets of three kinds": "x = " + "([{" * 3_333 + "}])" * 3_333,
}
TOO_DEEP = {
    "ten thousand operators": "x = " + "1 + " * 10_000 + "1",
    "ten thousand elifs": "if a: pass\n" + "elif b: pass\n" * 10_000,
    "ten thousand lambdas": "x = " + "lambda: " * 10_000 + "1",
    "ten thousand methods of what methods give": "x = a" + ".b(\n1,\n)" * 10_000,
    "patterns inside patterns": "match x:\n case " + "{1: " * 40 + "y" + "}" * 40 + ": pass",
    "brackets in what is deleted": "del " + "(" * 40 + "x y" + ")" * 40,
}
TOO_LARGE = {
    "a million rows": "x = 1\n" * 1_000_000,
    "one row of five megabytes": "x = [" + "1," * 2_500_000 + "]",
}


class Worker:
    """A process that evaluates programs; one that it dies of is replaced for the next."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def cost(self, program: str) -> Cost:
        if self._process is None or self._process.poll() is not None:
            script = Path(__file__).with_name("hostile_worker.py")
            pipe = subprocess.PIPE
            # The padlint that is tested, not another that may be installed.
            environment = {**os.environ, "PYTHONPATH": str(Path(padlint.__file__).parents[1])}
            self._process = subprocess.Popen(
                [sys.executable, script], stdin=pipe, stdout=pipe, text=True, env=environment
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(program), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, "the process died"
        found: Cost = json.loads(answer)
        return found

    def close(self) -> None:
        if self._process is not None:
            self._process.communicate()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    started = Worker()
    yield started
    started.close()


def bounded(cost: Cost) -> bool:
    seconds, megabytes = cost["seconds"], cost["megabytes"]
    assert isinstance(seconds, float)
    assert isinstance(megabytes, float)
    return seconds < MOST_SECONDS and megabytes < MOST_MEGABYTES


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_every_program_is_evaluated_to_its_end(worker, program):
    cost = worker.cost(rows("import somewhere", "before = 1", dedent(program), "after = before + 1"))
    assert bounded(cost)
    assert cost["misparses"] == []
    assert cost["variables"] == {"before": "1", "after": "2"}


@pytest.mark.parametrize("program", NO_PYTHON.values(), ids=NO_PYTHON)
def test_what_python_does_not_read_either_is_a_syntax_error(worker, program):
    cost = worker.cost(program)
    assert bounded(cost)
    assert (len(cost["misparses"]), cost["given_up"]) == (1, [])


@pytest.mark.parametrize("program", TOO_DEEP.values(), ids=TOO_DEEP)
def test_what_is_too_deep_is_said(worker, program):
    cost = worker.cost(program)
    assert bounded(cost)
    assert (cost["misparses"], cost["given_up"]) == ([], ["file: the code is nested too deeply"])


@pytest.mark.parametrize("program", TOO_LARGE.values(), ids=TOO_LARGE)
def test_what_is_too_large_is_said(worker, program):
    cost = worker.cost(program)
    assert bounded(cost)
    assert cost["given_up"] in (
        ["file: there are more than 100,000 tokens"],
        ["file: there are more than 5,000,000 characters"],
    )


def test_what_is_given_up_is_said(worker):
    assert (
        "function: it takes more steps than padlint has for it"
        in worker.cost(PROGRAMS["calls that double"])["given_up"]
    )
    assert worker.cost("x = 1")["given_up"] == []
