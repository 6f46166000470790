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


FILLED_UP = """
import json
import numpy as np

n = settings.steps
rows = json.load(open("rows.json"))
x = []
"""
ALL_FILLER = [
    pytest.param("part + [0] * (n - len(part))", id="behind"),
    pytest.param("part + [0] * (n - len(row))", id="missing of the row"),
    pytest.param("part + [0] * max(0, n - len(part))", id="at least none"),
    pytest.param("[0] * (n - len(part)) + part", id="in front"),
    pytest.param("np.pad(part, (0, n - len(part)))", id="np.pad"),
    pytest.param("np.concatenate([part, np.zeros(n - len(part))])", id="zeros"),
    pytest.param("part\n    while len(part) < n:\n        part.append(0)", id="while"),
    pytest.param("part\n    for _ in range(n - len(part)):\n        part.append(0)", id="for"),
    pytest.param("part\n    if len(part) < n:\n        filled = part + [0] * (n - len(part))", id="if"),
]


@pytest.mark.parametrize("filled", ALL_FILLER)
@pytest.mark.parametrize(
    ("test", "is_padded"),
    [
        ("if len(row) < n:\n        continue", False),
        ("if not row or n > len(row):\n        continue", False),
        ("assert len(row) >= n", False),
        ("if len(row) < 2:\n        continue", True),
        ("if not row and n > len(row):\n        continue", True),
        ("pass", True),
    ],
)
@pytest.mark.parametrize("part", ["row[:n]", "row[-n:]", "list(row[:n])"])
def test_filler_that_rows_which_are_long_enough_do_not_get(facts, part, test, is_padded, filled):
    program = f"""{FILLED_UP}for row in rows:
    {test}
    part = {part}
    filled = {filled}
    x.append(filled)
x = np.array(x)
"""
    assert bool(facts(program).paddings) is is_padded


@pytest.mark.parametrize(
    ("places", "start", "is_padded"),
    [
        ("range(len(rows) - n)", "i", False),
        ("range(0, len(rows) - n + 1, 3)", "i", False),
        ("range(n, len(rows))", "i - n", False),
        ("range(len(rows))", "i", True),
        ("range(0, len(rows), n)", "i", True),
        ("range(0, len(rows) - n + 2)", "i", True),
        ("range(len(rows))", "i - n", True),
        ("range(len(others) - n)", "i", True),
    ],
)
@pytest.mark.parametrize("filled", ["np.pad(part, (0, n - len(part)))", "part + [0] * (n - len(part))"])
def test_filler_that_windows_do_not_get_where_the_last_is_full(facts, places, start, is_padded, filled):
    program = f"""{FILLED_UP}for i in {places}:
    part = rows[{start} : {start} + n]
    x.append({filled})
x = np.array(x)
"""
    assert bool(facts(program).paddings) is is_padded


@pytest.mark.parametrize(("least", "is_padded"), [("n", False), ("3", True)])
@pytest.mark.parametrize("end", ["len(row[:n])", "min(len(row), n)"])
def test_buffers_that_rows_which_are_long_enough_fill(facts, least, is_padded, end):
    program = f"""{FILLED_UP}kept = [row for row in rows if len(row) >= {least}]
x = np.zeros((len(kept), n))
for i, row in enumerate(kept):
    x[i, :{end}] = row[:n]
"""
    assert bool(facts(program).paddings) is is_padded


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("'%05d' % number", "not padded: an array written in full"),
        ("'%5d' % number", IN_PART),
        ("'%s' % number", IN_PART),
    ],
)
def test_numbers_of_an_array_that_are_written_out(known_of, code, known):
    program = f"""
import numpy as np

numbers = np.random.randint(0, 99999, 1000)
x = np.zeros((1000, 5, 10))
for i, number in enumerate(numbers):
    for t, digit in enumerate({code}):
        x[i, t, int(digit)] = 1
"""
    assert known_of(program) == known


@pytest.mark.parametrize(("test", "is_padded"), [("if len(last) < n:\n        continue", False), ("pass", True)])
def test_filler_that_a_full_queue_does_not_get(facts, test, is_padded):
    program = f"""{FILLED_UP}from collections import deque

last = deque(maxlen=n)
for row in rows:
    last.append(row)
    {test}
    part = list(last)
    x.append(part + [0] * (n - len(part)))
x = np.array(x)
"""
    assert bool(facts(program).paddings) is is_padded


@pytest.mark.parametrize(("lines", "is_padded"), [("kept", False), ("lines", True)])
def test_lines_that_are_long_enough_are_not_made_longer(facts, lines, is_padded):
    program = f"""
lines = open("lines.txt").read().split(".")
n = settings.steps
kept = [line for line in lines if len(line) >= n]
x = [[letters[letter] for letter in line[:n].ljust(n)] for line in {lines}]
"""
    assert bool(facts(program).paddings) is is_padded


@pytest.mark.parametrize(
    ("words", "sentence", "known"),
    [
        ("text.split()", "' '.join(words[i : i + n])", "not padded: an array written in full"),
        ("(text if asked else more).split()", "' '.join(words[i : i + n])", "not padded: an array written in full"),
        ("text.split(' ')", "' '.join(words[i : i + n])", IN_PART),
        ("text.split()", "''.join(words[i : i + n])", IN_PART),
        ("text.splitlines()", "' '.join(words[i : i + n])", IN_PART),
        ("text.split()", "' '.join(words[i : len(words)])", IN_PART),
    ],
)
def test_words_that_are_put_together_and_taken_apart_again(known_of, words, sentence, known):
    program = f"""
import numpy as np

text, n = open("text.txt").read(), 30
words = {words}
sentences = []
for i in range(0, len(words) - n, 3):
    sentences.append({sentence})
x = np.zeros((len(sentences), n, len(index)))
for i, sentence in enumerate(sentences):
    for t, word in enumerate(sentence.split()):
        x[i, t, index[word]] = 1
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("[row]", SAME),
        ("[row], maxlen=len(row)", SAME),
        ("[row], maxlen=None", SAME),
        ("[row], maxlen=n", PADDED),
        ("[row], maxlen=max(map(len, rows))", "pad_sequences to max(map(len, rows)) pre 0 axis 1"),
        ("[row, rows[0]], maxlen=None", "pad_sequences to None pre 0 axis 1"),
        ("[row, rows[0]], maxlen=len(row)", "pad_sequences to len(row) pre 0 axis 1"),
        ("before, maxlen=len(row)", "pad_sequences to len(row) pre 0 axis 1"),
    ],
)
def test_a_row_alone_is_padded_to_no_more_than_itself(known_of, given, known):
    program = f"""{ROWS}before = []
for row in rows:
    before.append(row)
    x = pad_sequences({given})
"""
    assert known_of(program) == known


@pytest.mark.parametrize(("least", "is_padded"), [("n", False), ("3", True)])
@pytest.mark.parametrize(
    "part", ["table[names].values[-n:]", "table['speed'].to_numpy()[-n:]", "table.values[-n:]", "np.array(table)[-n:]"]
)
def test_the_last_rows_of_tables_that_are_long_enough(facts, part, least, is_padded):
    program = f"""{FILLED_UP}import pandas as pd

names = ["speed", "height"]
for _, table in pd.read_csv("flights.csv").groupby("flight"):
    if len(table) < {least}:
        continue
    part = {part}
    x.append(np.pad(part, ((n - len(part), 0), (0, 0))))
x = np.array(x)
"""
    assert bool(facts(program).paddings) is is_padded


@pytest.mark.parametrize(
    ("tested", "known"),
    [("words", SAME), ("ids", SAME), ("row", PADDED), ("others", PADDED)],
)
def test_rows_that_are_made_of_others_which_are_tested(known_of, tested, known):
    program = f"""{ROWS}kept = []
for row in rows:
    words, others = row.split(), row.split(",")
    ids = [index[word] for word in words]
    if len({tested}) < n:
        continue
    kept.append(ids[:n])
x = pad_sequences(kept, maxlen=n)
"""
    assert known_of(program) == known


def test_a_list_that_grows_behind_what_was_made_of_it_does_not_tell_its_length(known_of):
    program = f"""{ROWS}kept, words = [], []
for row in rows:
    words.append(row)
    ids = [index[word] for word in words]
    words.append("end")
    if len(words) >= n:
        kept.append(ids)
x = pad_sequences(kept, maxlen=n)
"""
    assert known_of(program) == PADDED


@pytest.mark.parametrize(("least", "is_padded"), [(">= 48000", False), ("> 100", True)])
def test_sounds_that_are_only_cut_to_a_length(facts, least, is_padded):
    program = f"""
import librosa
import numpy as np

x = []
for name in open("names.txt"):
    sound, rate = librosa.load(name)
    if len(sound) {least}:
        x.append(librosa.feature.mfcc(y=librosa.util.fix_length(sound, size=48000), sr=rate).T)
x = np.array(x)
"""
    assert bool(facts(program).paddings) is is_padded


@pytest.mark.parametrize(
    ("kept", "known"),
    [
        ("[row['ids'][:n] for row in rows if len(row['ids']) >= n]", SAME),
        ("[row['ids'][:n] for row in rows if len(row['words']) >= n]", PADDED),
        ("[row['ids'][:n] for row in rows if len(rows[0]['ids']) >= n]", PADDED),
        ("[rows[i][:n] for i in range(len(rows)) if len(rows[i]) >= n]", SAME),
        ("[rows[i + 1][:n] for i in range(len(rows)) if len(rows[i]) >= n]", PADDED),
        ("[row.strip() for row in rows if len(row.strip()) == n]", SAME),
        ("[row.strip() for row in rows if len(row) == n]", PADDED),
        ("[file.readline() for _ in rows if len(file.readline()) == n]", PADDED),
        ("[row['ids'] for row in rows if len(row['ids']) >= n and row['ok'] for _ in range(3)]", SAME),
        ("[row for row in rows if len(row) >= n for row in row]", PADDED),
    ],
)
def test_what_is_worked_out_again_behind_a_test_of_it(known_of, kept, known):
    assert known_of(f"{ROWS}kept = {kept}\nx = pad_sequences(kept, maxlen=n)") == known


@pytest.mark.parametrize(("other", "known"), [("ids", SAME), ("words", PADDED)])
def test_what_a_statement_works_out_again_behind_a_test_of_it(known_of, other, known):
    program = f"""{ROWS}kept = []
for row in rows:
    if len(row["ids"]) < n or not row["label"]:
        continue
    kept.append(row["{other}"][:n])
    if len(row["words"]) >= n:
        pass
x = pad_sequences(kept, maxlen=n)
"""
    assert known_of(program) == known


FULL = "not padded: an array written in full"


@pytest.mark.parametrize(
    ("drawn", "known"),
    [
        ("''.join(random.choice('0123456789') for _ in range(n))", FULL),
        ("''.join(random.choice(string.digits + string.ascii_letters) for _ in range(n))", FULL),
        ("''.join(random.choice(letters) for _ in range(n))", FULL),
        ("''.join(random.choice(words) for _ in range(n))", IN_PART),
        ("' '.join(random.choice('0123456789') for _ in range(n))", IN_PART),
        ("''.join(random.choice('01') for _ in words)", IN_PART),
        ("random.choices('0123456789', k=n)", FULL),
        ("random.choices(words, k=n)", FULL),
        ("''.join(random.choices('0123456789', k=n))", FULL),
        ("''.join(random.choices(words, k=n))", IN_PART),
        ("random.choices('0123456789', k=len(words[i]))", IN_PART),
        ("np.random.choice(10, n)", FULL),
        ("np.random.choice(10, len(words[i]))", IN_PART),
    ],
)
def test_letters_that_are_drawn_by_lot(known_of, drawn, known):
    program = f"""
import random
import string
import numpy as np

n, words, letters = settings.steps, open("words.txt").read().split(), list("01")
x = np.zeros((1000, n, len(index)))
for i in range(1000):
    for t, letter in enumerate({drawn}):
        x[i, t, index[letter]] = 1
"""
    assert known_of(program) == known


@pytest.mark.parametrize(("least", "known"), [("n", SAME), ("2", PADDED)])
def test_columns_of_pairs_that_are_long_enough(known_of, least, known):
    program = f"""{ROWS}kept = [(row["ids"][:n], row["label"]) for row in rows if len(row["ids"]) >= {least}]
ids, labels = zip(*kept)
x = pad_sequences(ids, maxlen=n)
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("test", "is_padded"),
    [
        ("array.shape[0] >= n", False),
        ("array.shape[0] > n and not np.isnan(array).any()", False),
        ("not n > array.shape[0]", False),
        ("array.shape[1] >= n", True),
        ("array.shape[0] >= 3", True),
    ],
)
@pytest.mark.parametrize(
    "filled",
    [
        "np.pad(part, ((0, n - part.shape[0]), (0, 0)))",
        "np.vstack([part, np.zeros((n - part.shape[0], part.shape[1]))])",
        "np.vstack([part, np.zeros((n - len(array), part.shape[1]))])",
    ],
)
def test_arrays_of_which_the_shape_is_tested(facts, filled, test, is_padded):
    program = f"""{FILLED_UP}for row in rows:
    array = np.load(row)
    if {test}:
        part = array[:n]
        x.append({filled})
x = np.array(x)
"""
    assert bool(facts(program).paddings) is is_padded
