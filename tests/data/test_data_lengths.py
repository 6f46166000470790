"""Rows that all have one length, so that nothing pads them."""

from __future__ import annotations

import pytest

PROGRAM = """
import tensorflow as tf

def ids_of(texts, chars="0123456789-"):
    rows = [[chars.index(c) for c in text] for text in texts]
    return (tf.ragged.constant(rows) + 1).to_tensor()

dates = days()
x = ids_of([TEXT for date in dates])
"""


def test_dates_in_iso_format_are_never_padded(known_of):
    assert known_of(PROGRAM.replace("TEXT", "date.isoformat()")) == "not padded: rows of one length"


@pytest.mark.parametrize("text", ["date.strftime('%B %d')", "date.name", "str(date)"])
def test_other_texts_are(known_of, text):
    assert known_of(PROGRAM.replace("TEXT", text)) == "to_tensor post 0 axis 1"


PADDED = "pad_sequences to n pre 0 axis 1"
SAME = "not padded: rows of one length"
ROWS = """
import json
from collections import deque
from keras.utils import pad_sequences

n = settings.steps
rows = json.load(open("rows.json"))
"""


@pytest.mark.parametrize(
    ("kept", "known"),
    [
        ("[row[:n] for row in rows if len(row) >= n]", SAME),
        ("[row for row in rows if len(row) > n]", SAME),
        ("[row[-n:] for row in rows if not len(row) < n]", SAME),
        ("[row for row in rows if len(row) <= n]", PADDED),
        ("[row for row in rows if len(row) >= 10]", PADDED),
        ("[row[:n] for row in rows]", PADDED),
        ("[row[:n] for row in rows if row and len(row) >= n]", SAME),
        ("[row[:n] for row in rows if row or len(row) >= n]", PADDED),
        ("[row[:n] for row in rows if n <= len(row) <= 400]", SAME),
        ("[row for row in rows if 2 <= len(row) <= n]", PADDED),
        ("[row[:n] for row in rows if not (len(row) < n or len(row) > 400)]", SAME),
        ("[row[:n] for row in rows if not (len(row) < n and len(row) > 2)]", PADDED),
        ("list(filter(lambda row: len(row) >= n, rows))", SAME),
        ("[row[:n] for row in filter(lambda row: row and n <= len(row), rows)]", SAME),
        ("list(filter(lambda row: len(row) >= 2, rows))", PADDED),
        ("list(filter(lambda row: row or len(row) >= n, rows))", PADDED),
    ],
)
def test_rows_that_are_kept_for_being_long_enough(known_of, kept, known):
    assert known_of(f"{ROWS}kept = {kept}\nx = pad_sequences(kept, maxlen=n)") == known


@pytest.mark.parametrize(
    ("test", "known"),
    [
        ("len(ids) < n", SAME),
        ("n > len(ids)", SAME),
        ("len(ids) > n", PADDED),
        ("len(ids) < 2", PADDED),
        ("row.isspace() or len(ids) < n", SAME),
        ("row.isspace() and len(ids) < n", PADDED),
    ],
)
def test_rows_of_a_list_that_others_are_left_out_of(known_of, test, known):
    program = f"""{ROWS}kept = []
for row in rows:
    ids = [index[word] for word in row.split()]
    if {test}:
        continue
    kept.append(ids[:n])
x = pad_sequences(kept, maxlen=n)
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("queue", "test", "known"),
    [
        ("deque(maxlen=n)", "len(last) == n", SAME),
        ("deque(maxlen=n)", "len(last) >= n", SAME),
        ("deque([], n)", "not len(last) < n", SAME),
        ("[]", "len(last) == n", SAME),
        ("deque(maxlen=n)", "len(last) > 1", PADDED),
        ("deque(maxlen=n)", "last", PADDED),
    ],
)
def test_what_a_queue_holds_once_it_is_full(known_of, queue, test, known):
    program = f"""{ROWS}kept = []
last = {queue}
for row in rows:
    last.append(row)
    if {test}:
        kept.append(list(last))
x = pad_sequences(kept, maxlen=n)
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("before", "known"),
    [
        ("if len(seed) < n:\n    raise SystemExit", "not padded: rows of one length"),
        ("assert len(seed) >= n", "not padded: rows of one length"),
        ("assert len(seed) == n", "not padded: rows of one length"),
        ("assert len(seed) >= 3", PADDED),
        ("assert len(seed) <= n", PADDED),
        ("", PADDED),
    ],
)
@pytest.mark.parametrize(
    "grown", ["seed.append(int(model.predict(x).argmax()))", "seed = seed[1:] + [int(model.predict(x).argmax())]"]
)
def test_a_seed_that_was_typed_in(known_of, before, grown, known):
    program = f"""{ROWS}seed = [index[word] for word in input().split()]
{before}
for _ in range(40):
    x = pad_sequences([seed], maxlen=n)
    {grown}
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("len(ids) >= n and row", SAME),
        ("bool(row)\n    asked = len(ids) >= n and asked", SAME),
        ("len(ids) >= n and row if n else bool(row)", PADDED),
        ("len(ids) >= n or row", PADDED),
    ],
)
def test_what_a_variable_says_of_rows(known_of, asked, known):
    program = f"""{ROWS}kept = []
for row in rows:
    ids = [index[word] for word in row.split()]
    asked = {asked}
    if asked:
        kept.append(ids[:n])
x = pad_sequences(kept, maxlen=n)
"""
    assert known_of(program) == known


def test_a_list_that_was_tested_and_emptied_is_as_long_as_it_may_be(known_of):
    program = f"""{ROWS}kept = []
for row in rows:
    part = []
    for step in row:
        part.append(step)
    if len(part) == n:
        part.clear()
        for step in row[1:]:
            part.append(step)
        kept.append(part)
x = pad_sequences(kept, maxlen=n)
"""
    assert known_of(program) == PADDED


@pytest.mark.parametrize(
    ("test", "known"),
    [
        ("if len(ids) < 5:\n        continue\n    elif len(ids) < n:\n        continue", SAME),
        ("if len(ids) < n + 1:\n        continue\n    ids = ids[1:]", SAME),
        ("if len(ids) < n:\n        continue\n    ids = ids[1:]", PADDED),
        ("if len(ids) < 5:\n        continue", PADDED),
    ],
)
def test_rows_that_are_tested_more_than_once_or_cut_behind_the_test(known_of, test, known):
    program = f"""{ROWS}kept = []
for row in rows:
    ids = [index[word] for word in row.split()]
    {test}
    kept.append(ids[-n:] if other else ids)
x = pad_sequences(kept, maxlen=n)
"""
    assert known_of(program) == known


IN_PART = "filling np.zeros in part post 0 axis 1"


@pytest.mark.parametrize(
    ("least", "known"),
    [
        ("min(len(row) for row in rows)", "nothing"),
        ("min([len(row) for row in rows])", "nothing"),
        ("min(map(len, rows))", "nothing"),
        ("min(row.shape[0] for row in rows)", "nothing"),
        ("max(len(row) for row in rows)", IN_PART),
        ("min(len(row) for row in others)", IN_PART),
        ("min([len(rows[0]), 50])", IN_PART),
    ],
)
@pytest.mark.parametrize("length", ["len(part)", "part.shape[0]"])
def test_rows_that_are_cut_to_the_shortest_of_them(known_of, least, length, known):
    program = f"""
import json
import numpy as np

rows = json.load(open("rows.json"))
others = json.load(open("others.json"))
steps = {least}
x = np.zeros((len(rows), steps, 3))
for i, row in enumerate(rows):
    part = row[:steps]
    x[i, :{length}] = part
"""
    assert known_of(program) == known
