"""Real files, spoilt: tokens dropped, swapped, doubled, text cut off anywhere, nested deeply, bytes that are no text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import groupby
from typing import TypeAlias

from hypothesis import strategies as st

Draw: TypeAlias = st.DrawFn
Mutation: TypeAlias = Callable[[bytes, Draw], bytes]

# Words, numbers, strings as far as they fit a row, operators and blanks: a tokenizer that takes spoilt text as well.
_TOKEN = re.compile(rb"\w+|\"[^\"\n]*\"|'[^'\n]*'|\*\*|//|->|:=|[=!<>]=|[ \t]+|\r?\n|.", re.DOTALL)
_BLANK = re.compile(rb"\s+\Z")
_WORD = re.compile(rb"[A-Za-z_]\w*\Z")

# Python normalises the last three.
NAMES = ("\u00f1", "\u03b1\u03b2", "\u0645\u0642\u0627\u0633", "\u6a21\u578b", "\U0001d4d0", "\ufb01", "\u212b")
ODD_BYTES = (b"\0", b"\xff", b"\xef\xbb\xbf", b"\f", b"\r", b"\t", b"\\\n", b"\xe2\x80\xa8", b"\xc2\xa0", b"\x1a")
OPENERS = ((b"(", b")"), (b"[", b"]"), (b"{1: ", b"}"), (b"not ", b""), (b"f(", b")"), (b"lambda: ", b""), (b"-", b""))
OLD_PYTHON = (
    b"print x, y",
    b"print >>f, x",
    b"exec 'x'",
    b"raise A, 'b'",
    b"x = `y`",
    b"x <> y",
    b"0777",
    b"ur'x'",
    b"10L",
)
OLD_BLOCK = b"try:\n    x = d.has_key(1)\nexcept A, b:\n    raise\n"


def _tokens(data: bytes) -> list[bytes]:
    return _TOKEN.findall(data)


def _place(draw: Draw, items: list[bytes]) -> int:
    return draw(st.integers(0, max(len(items) - 1, 0)))


def _words(tokens: list[bytes]) -> list[int]:
    """Return where tokens are that are no blanks."""
    return [place for place, token in enumerate(tokens) if not _BLANK.match(token)]


def dropped(data: bytes, draw: Draw) -> bytes:
    """Leave out some tokens that follow each other."""
    tokens = _tokens(data)
    start = _place(draw, tokens)
    return b"".join(tokens[:start] + tokens[start + draw(st.integers(1, 4)) :])


def doubled(data: bytes, draw: Draw) -> bytes:
    """Write some tokens, or rows, a second time."""
    tokens = _tokens(data)
    start = _place(draw, tokens)
    end = start + draw(st.sampled_from((1, 1, 2, 5, 20, 60)))
    return b"".join(tokens[:end] + tokens[start:])


def swapped(data: bytes, draw: Draw) -> bytes:
    """Let two tokens change places."""
    tokens = _tokens(data)
    words = _words(tokens)
    if len(words) < 2:
        return data
    one, other = draw(st.sampled_from(words)), draw(st.sampled_from(words))
    tokens[one], tokens[other] = tokens[other], tokens[one]
    return b"".join(tokens)


def taken_from_elsewhere(data: bytes, draw: Draw) -> bytes:
    """Write one name or number in the place of another: what parses still parses, and means something else."""
    tokens = _tokens(data)
    words = [place for place in _words(tokens) if _WORD.match(tokens[place]) or tokens[place].isdigit()]
    if not words:
        return data
    for _ in range(draw(st.integers(1, 6))):
        tokens[draw(st.sampled_from(words))] = tokens[draw(st.sampled_from(words))]
    return b"".join(tokens)


def moved(data: bytes, draw: Draw) -> bytes:
    """Let a row change its place or its indentation."""
    rows = data.split(b"\n")
    row = rows.pop(_place(draw, rows))
    indent = draw(st.sampled_from((None, b"", b"    ", b"        ", b"\t")))
    rows.insert(_place(draw, [*rows, b""]), row if indent is None else indent + row.lstrip())
    return b"\n".join(rows)


def cut(data: bytes, draw: Draw) -> bytes:
    """End the file at any byte."""
    return data[: draw(st.integers(0, len(data)))]


def beheaded(data: bytes, draw: Draw) -> bytes:
    """Begin the file at any byte."""
    return data[draw(st.integers(0, len(data))) :]


def nested(data: bytes, draw: Draw) -> bytes:
    """Put brackets or operators around a token, many times, closed or not."""
    tokens = _tokens(data)
    words = _words(tokens)
    if not words:
        return data
    place = draw(st.sampled_from(words))
    opener, closer = draw(st.sampled_from(OPENERS))
    depth = draw(st.sampled_from((3, 30, 150, 190, 260, 3_000)))
    closed = draw(st.sampled_from((depth, depth, depth, 0)))
    tokens[place] = opener * depth + tokens[place] + closer * closed
    return b"".join(tokens)


def indented(data: bytes, draw: Draw) -> bytes:
    """Put the file into blocks inside blocks."""
    head = draw(
        st.sampled_from((b"if a:", b"for a in b:", b"def f(a=1):", b"class A:", b"with a:", b"while a:", b"try:"))
    )
    depth = draw(st.sampled_from((1, 3, 12, 60, 99)))
    heads = b"".join(b" " * level + head + b"\n" for level in range(depth))
    return heads + b"\n".join(b" " * depth + row for row in data.split(b"\n"))


def renamed(data: bytes, draw: Draw) -> bytes:
    """Give a name letters that are not English."""
    words = sorted({token for token in _tokens(data) if _WORD.match(token)})
    if not words:
        return data
    old = draw(st.sampled_from(words))
    return re.sub(rb"\b" + old + rb"\b", draw(st.sampled_from(NAMES)).encode(), data)


def struck(data: bytes, draw: Draw) -> bytes:
    """Put a byte where it does not belong, or another in place of one."""
    place = draw(st.integers(0, len(data)))
    odd = draw(st.one_of(st.sampled_from(ODD_BYTES), st.binary(min_size=1, max_size=2)))
    return data[:place] + odd + data[place + draw(st.integers(0, 1)) :]


def aged(data: bytes, draw: Draw) -> bytes:
    """Put a row or a block of Python 2 somewhere."""
    rows = data.split(b"\n")
    row = draw(st.sampled_from((*OLD_PYTHON, OLD_BLOCK)))
    rows.insert(_place(draw, rows), row)
    return b"\n".join(rows)


def rewrapped(data: bytes, draw: Draw) -> bytes:
    """End the rows otherwise, say another encoding, or leave out the last end of a row."""
    change = draw(st.integers(0, 4))
    if change == 0:
        return data.replace(b"\n", b"\r\n")
    if change == 1:
        return data.replace(b"\n", b"\r")
    if change == 2:
        encoding = draw(
            st.sampled_from((b"latin-1", b"utf-16", b"rot13", b"utf-7", b"hex", b"idna", b"cp932", b"nothing"))
        )
        return b"# coding: " + encoding + b"\n" + data
    return data.rstrip(b"\n") if change == 3 else b"\xef\xbb\xbf" + data


def as_notebook(data: bytes, draw: Draw) -> bytes:
    """Make a notebook of a script, a cell for each paragraph, and spoil its JSON or leave it whole."""
    rows = data.decode("utf-8", "replace").splitlines(keepends=True)
    paragraphs = ["".join(group) for blank, group in groupby(rows, key=str.isspace) if not blank]
    magic = draw(st.sampled_from(("", "", "%matplotlib inline\n", "%%time\n", "!pip install keras\n", "x?\n", "  ")))
    sources = [magic + text if place == 1 else text for place, text in enumerate(paragraphs)]
    cells = [
        {"cell_type": "code", "source": text, "outputs": [], "metadata": {}, "execution_count": None}
        for text in sources
    ]
    document = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()
    spoil = draw(st.sampled_from((None, None, None, dropped, swapped, taken_from_elsewhere, cut, struck)))
    return document if spoil is None else spoil(document, draw)


MUTATIONS: tuple[Mutation, ...] = (
    dropped,
    doubled,
    swapped,
    taken_from_elsewhere,
    taken_from_elsewhere,
    moved,
    cut,
    beheaded,
    nested,
    indented,
    renamed,
    struck,
    aged,
    rewrapped,
)


@st.composite
def mutated(draw: Draw, seeds: tuple[bytes, ...]) -> dict[str, bytes]:
    """Draw a project of one spoilt file, or of two that may import each other."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 3))):
        data = draw(st.sampled_from(MUTATIONS))(data, draw)
    kind = draw(st.integers(0, 7))
    if kind == 0:
        return {"main.ipynb": as_notebook(data, draw)}
    if kind == 1:
        return {"main.py": b"from other import *\nimport other\n" + data, "other.py": draw(st.sampled_from(seeds))}
    return {"main.py": data}
