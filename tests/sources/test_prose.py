"""What only people read is taken out of a script, and nothing else."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from padlint.sources.prose import without_prose

CHECKOUT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("x = 1  # LSTM\ny = 2", "x = 1  \ny = 2"),
        ('"""LSTM"""\nx = 1', "\nx = 1"),
        ('def f():\n    r"""A `\\"""` or\n    "LSTM".\n    """\n    return 1', "def f():\n\n    return 1"),
        ("class A:\n    '''LSTM \"\"\"'''\n    x = 1", "class A:\n\n    x = 1"),
        ('"""LSTM""", x', ", x"),
        ("# LSTM\rx = 1\r'''LSTM'''\ry = 'a\r# LSTM\rz", "\rx = 1\r\ry = 'a\r\rz"),
        ("# LSTM\r\n'''LSTM'''\r\nx = 1", "\r\n\r\nx = 1"),
        ("'''LSTM is not closed", ""),
    ],
)
def test_comments_and_docstrings_go(code, left):
    assert without_prose(code.encode()).decode() == left


@pytest.mark.parametrize(
    "code",
    [
        "x = '# LSTM'",
        'x = "it\'s # LSTM"',
        'x = """\n# LSTM\n"""\nLSTM(3)\ny = """\n"""',
        'x = f(\'a\', """LSTM""")',
        "x = 'a\\'# LSTM'",
        'x = "a\\\n# LSTM"',
        "x = ''\ny = '' '# LSTM'",
        "x = 'not closed\nLSTM(3)",
    ],
)
def test_code_and_the_texts_that_it_uses_stay(code):
    assert without_prose(code.encode()).decode() == code


def test_the_json_of_a_notebook_stays_as_it_is():
    notebook = r'{"cells": [{"source": ["# LSTM\n", "\"\"\"LSTM\"\"\"\n", "LSTM(3)"]}]}'
    assert without_prose(notebook.encode()).decode() == notebook


@pytest.mark.parametrize("text", ['"""' + '\\"""' * 100_000, "'" * 300_001, '"\n' * 100_000, '"""a' * 100_001])
def test_a_hostile_text_is_looked_through_once(text):
    assert len(without_prose(text.encode())) <= len(text)


def test_no_word_of_code_is_lost():
    files = sorted(CHECKOUT.glob("padlint/**/*.py"))
    assert len(files) > 100
    for file in files:
        code = file.read_bytes()
        assert list(_words(without_prose(code))) == list(_words(code)), file


def _words(code: bytes) -> Iterator[str]:
    """Yield the words of a script that are no text; taking the only statement of a body out leaves one without any."""
    lines = io.BytesIO(code).readline
    kinds = {tokenize.NAME, tokenize.OP, tokenize.NUMBER}
    yield from (token.string for token in tokenize.tokenize(lines) if token.type in kinds)
