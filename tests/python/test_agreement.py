"""Generated programs, run by Python and evaluated by padlint: what padlint says of a variable must be so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TypeAlias

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.scope import Scope
from padlint.python.values import (
    ABSENT,
    Choice,
    Constant,
    DictValue,
    FunctionValue,
    ListValue,
    TupleValue,
    Unknown,
    Value,
)
from padlint.sources.source import Cell, Source

Rows: TypeAlias = list[str]
MOST_ROWS = 3000

NAMES = st.sampled_from(["a", "b", "c"])
LISTS = st.sampled_from(["p", "q"])
NUMBERS = st.integers(-3, 5).map(str)

START = ["a, b, c = 1, 2, 3", "p, q = [1, 2], [3]", "d = {'k': 1}", "def f(n, m=2):\n    return n", "g = f"]


def _binary(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "//", "%"]), inner)


EXPRESSIONS = st.recursive(
    st.one_of(
        NUMBERS,
        NAMES,
        st.builds("len({})".format, LISTS),
        st.builds("{}[{}]".format, LISTS, st.integers(-2, 1)),
        st.just("d['k']"),
        st.just("d.get('z', 7)"),
    ),
    lambda inner: st.one_of(
        _binary(inner),
        st.builds("f({})".format, inner),
        st.builds("g(m={}, n={})".format, inner, inner),
        st.builds("({} if {} > {} else {})".format, inner, inner, inner, inner),
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("(lambda n: n + {})({})".format, inner, inner),
        st.builds("sum([n * {} for n in {} if n > {}])".format, inner, LISTS, inner),
        st.builds("max({}, {})".format, inner, inner),
    ),
    max_leaves=4,
)
CONDITIONS = st.builds(
    "{} {} {}".format, EXPRESSIONS, st.sampled_from(["<", "==", "!=", ">=", "in [1, 2] or 0 <"]), EXPRESSIONS
)
SIMPLE: st.SearchStrategy[Rows] = st.one_of(
    # Remainders keep the numbers small.
    st.builds("{} = {} % 97".format, NAMES, EXPRESSIONS),
    st.builds("{} {}= {}".format, NAMES, st.sampled_from("+-"), EXPRESSIONS),
    st.builds("{}.append({})".format, LISTS, EXPRESSIONS),
    st.builds("{}.insert({}, {})".format, LISTS, st.integers(0, 2), EXPRESSIONS),
    st.builds("{} = {}.pop()".format, NAMES, LISTS),
    st.builds("{} += [{}]".format, LISTS, EXPRESSIONS),
    st.builds("{} = {} + [{}]".format, LISTS, LISTS, EXPRESSIONS),
    st.builds("{} = {}[{}:]".format, LISTS, LISTS, st.integers(-2, 2)),
    st.builds("{} = [n + {} for n in {}]".format, LISTS, EXPRESSIONS, LISTS),
    st.builds("{}[0] = {}".format, LISTS, EXPRESSIONS),
    st.just("p = q"),
    st.builds("{}, *{} = {}".format, NAMES, LISTS, LISTS),
    st.builds("a, b = {}, {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("d[{}] = {}".format, st.sampled_from(["'k'", "'z'", "1"]), EXPRESSIONS),
    st.just("g = f"),
).map(lambda row: [row])


def _block(rows: list[Rows]) -> Rows:
    return ["    " + row for body in rows for row in body] or ["    pass"]


def _compound(inner: st.SearchStrategy[Rows]) -> st.SearchStrategy[Rows]:
    body = st.lists(inner, min_size=1, max_size=3).map(_block)
    leave = st.builds("    if {}: {}".format, CONDITIONS, st.sampled_from(["break", "continue"])).map(lambda row: [row])
    loop_body = st.builds(lambda one, way, two: [*one, *way, *two], body, leave, body)
    head: Callable[..., Rows] = lambda row, *bodies: [row, *(line for lines in bodies for line in lines)]  # noqa: E731
    return st.one_of(
        st.builds(lambda test, one, two: [f"if {test}:", *one, "else:", *two], CONDITIONS, body, body),
        st.builds(lambda test, one: [f"if {test}:", *one], CONDITIONS, body),
        st.builds(
            lambda name, count, rows: head(f"for {name} in range({count}):", rows), NAMES, st.integers(0, 4), loop_body
        ),
        st.builds(lambda name, over, rows: head(f"for {name} in list({over}):", rows), NAMES, LISTS, body),
        st.builds(
            lambda count, rows: head("w = 0", [f"while w < {count}:", "    w += 1"], rows), st.integers(0, 4), loop_body
        ),
        st.builds(
            lambda rows, result: head(
                "def f(n, m=2, a=1, b=2, c=3, p=(1, 2), q=(3, 4)):",
                ["    p, q = list(p), list(q)"],
                rows,
                [f"    return {result}"],
            ),
            body,
            EXPRESSIONS,
        ),
        st.builds(lambda rows: head("try:", rows, ["finally:", "    a = a"]), body),
    )


TAKEN_IN_A_LOOP_IN_TWO_OTHERS = """
w = 0
while w < 1:
    w = 0
    while w < 1:
        w += 1
        for a in list(p):
            a = p.pop()
"""

PROGRAMS = st.lists(st.recursive(SIMPLE, _compound, max_leaves=6), min_size=1, max_size=6).map(
    lambda rows: "\n".join([*START, *(line for body in rows for line in body)])
)


def covers(value: Value, real: object) -> bool:
    """Say whether a real value is one of those that an abstract value stands for."""
    match value:
        case Unknown() | FunctionValue():
            return True
        case Choice(alternatives):
            return any(option is not ABSENT and covers(option, real) for option in alternatives)
        case Constant(literal):
            return type(literal) is type(real) and literal == real
        case ListValue():
            return isinstance(real, list) and _cover_items(value.items.known, value.items.rest, real)
        case TupleValue(items, rest):
            return isinstance(real, tuple) and _cover_items(items, rest, list(real))
        case DictValue(store):
            return isinstance(real, dict) and all(covers(store.read(key), item) for key, item in real.items())
        case _:
            return False


def _cover_items(known: tuple[Value, ...], rest: Value | None, real: list[object]) -> bool:
    if any(isinstance(item, Choice) and ABSENT in item.alternatives for item in known):
        return True
    enough = len(real) >= len(known) if rest is not None else len(real) == len(known)
    more = real[len(known) :]
    return enough and all(map(covers, known, real)) and all(rest is not None and covers(rest, item) for item in more)


class NoLibraries:
    """An overlay that knows nothing: every question is answered with None."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


PROGRAM_FILE = "<program>"


class TooLong(Exception):
    """A program of this test that runs for longer than it is worth."""


def run_by_python(program: str) -> dict[str, object] | None:
    """Return the variables that a program leaves, None when it fails or takes long."""
    rows = iter(range(MOST_ROWS))

    def count(frame: FrameType, event: str, argument: object) -> object:
        # What the collector calls in between is no part of the program, and has nobody to catch this.
        if frame.f_code.co_filename == PROGRAM_FILE and next(rows, None) is None:
            raise TooLong
        return count

    variables: dict[str, object] = {}
    sys.settrace(count)
    try:
        exec(compile(program, PROGRAM_FILE, "exec"), variables)
    except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError, NameError, TooLong):
        return None
    finally:
        sys.settrace(None)
    return variables


def evaluate(program: str) -> Scope:
    """Evaluate a program as a module, leaving alone the functions that it does not call."""
    file = Path("/nowhere/main.py")
    modules = ProjectModules(file.parent, lambda _: None)
    source = Source("main.py", file, (Cell(0, program),))
    return modules.run_source(Interpreter(NoLibraries(), modules), source).scope


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(PROGRAMS)
@example("\n".join([*START, TAKEN_IN_A_LOOP_IN_TWO_OTHERS]))
def test_padlint_says_nothing_that_is_not_so(program: str):
    real = run_by_python(program)
    assume(real is not None)
    assert real is not None
    scope = evaluate(program)
    for name in ("a", "b", "c", "p", "q", "d"):
        assert covers(scope.store.read(name), real[name]), (name, real[name], program)
