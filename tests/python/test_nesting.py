"""What is not given to the parser: code that nests too deeply for it, and more code than there is time for."""

from __future__ import annotations

import pytest

from padlint.python import nesting
from padlint.python.nesting import MOST_TOKENS, TooMuch, measure

DEEP = {
    "brackets": lambda n: "x = " + "(" * n + "1" + ")" * n,
    "mixed brackets": lambda n: "x = " + "f([{" * (n // 3) + "1" + "}])" * (n // 3),
    "brackets that are never closed": lambda n: "x = " + "[" * n,
    "brackets over many rows": lambda n: "x = " + "(\n" * n + "1" + ")\n" * n,
    "brackets in a formatted string": lambda n: 'x = f"{' + "(" * n + "1" + ")" * n + '}"',
    "subscripts": lambda n: "x = " + "a[" * n + "1" + "]" * n,
    "attributes": lambda n: "x = a" + ".b" * n,
    "calls of calls": lambda n: "x = a" + "()" * n,
    "sums": lambda n: "x = " + "1 + " * n + "1",
    "sums over many rows": lambda n: "x = (" + "1 +\n" * n + "1)",
    "sums with backslashes": lambda n: "x = 1" + " \\\n + 1" * n,
    "sums of calls over many rows": lambda n: "x = (" + "a(\n1,\n) + " * n + "1)",
    "sums with comments": lambda n: "x = (" + "1 +  # one\n" * n + "1)",
    "sums over rows that are long": lambda n: "x = (" + ("1 + " * 100 + "\n") * (n // 60) + "1)",
    "methods of what methods give, over many rows": lambda n: "x = a" + ".b(\n1,\n)" * n,
    "attributes behind brackets in comments": lambda n: "x = (a  # )\n" + ".b\n" * n + ")",
    "sums behind brackets in comments": lambda n: "x = (a +  # )\n" + "b +  # )\n" * n + "c)",
    "calls of calls over many rows": lambda n: "x = a" + "(\n1,\n)" * n,
    "powers": lambda n: "x = " + "2 ** " * n + "1",
    "not": lambda n: "x = " + "not " * n + "1",
    "and over many rows": lambda n: "x = (" + "a and\n" * n + "b)",
    "and": lambda n: "x = " + "a and " * n + "b",
    "conditions over many rows": lambda n: "x = (" + "a if b else\n" * n + "c)",
    "conditions": lambda n: "x = " + "a if b else " * n + "c",
    "lambdas with parameters": lambda n: "x = " + "lambda a=1, b=2: " * n + "1",
    "lambdas": lambda n: "x = " + "lambda: " * n + "1",
    "texts one after the other": lambda n: "x = (" + '"a"\n' * n + ")",
    "elif": lambda n: "if a: pass\n" + "elif b: pass\n" * n,
}


@pytest.mark.parametrize("make", DEEP.values(), ids=DEEP)
def test_deep_nesting_is_refused(make):
    assert isinstance(measure(make(600)), TooMuch)
    assert isinstance(measure(make(20_000)), TooMuch)


@pytest.mark.parametrize("make", DEEP.values(), ids=DEEP)
def test_the_nesting_of_real_code_is_not(make):
    assert isinstance(measure(make(60)), int)


@pytest.mark.parametrize(
    "text",
    ["match a:\n case " + "{1: " * 40 + "b" + "}" * 40 + ": pass\n", "if a: del " + "(" * 40 + "b c" + ")" * 40],
)
def test_what_the_parser_tries_again_at_each_bracket_is_refused(text):
    assert isinstance(measure(text), TooMuch)
    assert isinstance(measure(f"x = (1,\n  2)\n\n{text}"), TooMuch)


@pytest.mark.parametrize(
    "text",
    [
        "match a:\n" + "  case {'b': [c, D(e=[f, g])]}: pass\n" * 200,
        "del a[b(c[d])], (e, f)\n" * 200,
        "x = sorted(a, key=lambda b, c=1: (b, c)), " * 200,
        "faces = [\n" + '    ":(", ":-((",\n' * 200 + "]",
        "# " + "(" * 1000,
        'x = """' + "[" * 1000 + '"""',
        "x = [\n" + "    [1, 2, 3],\n" * 2000 + "]",
        "x = [" + "1," * 2000 + "]",
        "x = {" + "'a': b + c," * 2000 + "}",
        "\n".join(f"x{i} = a.b(c)[d] + {i}" for i in range(2000)),
        "f(a" + ",\n  b=c + d" * 300 + ")",
        "if a: pass\nelif b: pass\n" * 600,
        'x = f"' + "{a} " * 500 + '"',
        "",
    ],
    ids=lambda text: text[:20],
)
def test_what_is_only_long_is_read(text):
    assert isinstance(measure(text), int)


def test_the_row_is_where_it_gets_too_deep():
    found = measure("x = 1\ny = 2\nz = " + "(" * 300)
    assert isinstance(found, TooMuch)
    assert found.row == 3


def test_what_cannot_be_read_hides_nothing():
    assert isinstance(measure('x = "\n' + "(" * 300), TooMuch)


@pytest.mark.parametrize(
    "text", ["x = 1\n" * 1_000_000, "x = [" + "1," * 2_500_000 + "]", 'x = f"' + "{a}" * 200_000 + '"', "#" * 6_000_000]
)
def test_there_is_an_end_to_how_much_is_read(text):
    found = measure(text)
    assert isinstance(found, TooMuch)
    assert found.size


def test_the_cells_of_a_notebook_count_together():
    text = "x = 1\n" * 10_000
    tokens = measure(text)
    assert isinstance(tokens, int)
    assert isinstance(measure(text, MOST_TOKENS - 3 * tokens), TooMuch | int)
    assert isinstance(measure(text, 10_000), TooMuch)


def test_what_is_surely_too_much_is_not_counted_token_by_token(monkeypatch):
    monkeypatch.setattr(nesting, "_tokens", lambda _: pytest.fail("it was"))
    rows = MOST_TOKENS // 8
    assert isinstance(measure("x = f(1, 'a b c # d', y)\n" * rows), TooMuch)


@pytest.mark.parametrize(
    "text",
    ["x = 1.5e-3 ** -2\n", "'a b' \"c d\"  # e f\n", '"""a (b, c)"""\n', "f'{x:>3}'\n", "x: int = y[1:2, ...]\n"],
)
def test_the_least_that_there_may_be_is_no_more_than_there_is(text):
    assert nesting._least_tokens(text.encode()) <= sum(1 for _ in nesting._tokens(text))
