"""Padding made by hand, and the buffers that look like it and are not."""

from __future__ import annotations

import pytest

from padlint.graph import Side

NUMPY = "import numpy as np\n"
ZEROS = "filling np.zeros in part"


@pytest.mark.parametrize(
    ("fill", "known"),
    [
        pytest.param("for i, s in enumerate(rows):\n    x[i, :len(s)] = s", "post 0 axis 1", id="slice"),
        pytest.param("for i, s in enumerate(rows):\n    x[i][:len(s)] = s", "post 0 axis 1", id="slice of a row"),
        pytest.param(
            "for i in range(len(rows)):\n    row = x[i]\n    row[:len(rows[i])] = rows[i]", "post 0 axis 1", id="view"
        ),
        pytest.param(
            "for i, s in enumerate(rows):\n    x[i, 0:min(len(s), maxlen)] = s[:maxlen]", "post 0 axis 1", id="cut"
        ),
        pytest.param("for i, s in enumerate(rows):\n    x[i, -len(s):] = s", "pre 0 axis 1", id="right-aligned"),
        pytest.param(
            "for i, s in enumerate(rows):\n    x[i, maxlen - len(s):] = s", "pre 0 axis 1", id="from an offset"
        ),
        pytest.param(
            "for i, s in enumerate(rows):\n    x[i, 1:len(s) + 1] = s", "post 0 axis 1", id="after a start token"
        ),
        pytest.param(
            "for i, (s, k) in enumerate(zip(rows, lengths)):\n    x[i, :k] = s",
            "post 0 axis 1",
            id="length from the data",
        ),
        pytest.param(
            "for i, s in enumerate(rows):\n    for t, w in enumerate(s):\n        x[i, t] = index[w]",
            "post 0 axis 1",
            id="element-wise",
        ),
        pytest.param(
            "for i, s in enumerate(rows):\n    for t in range(len(s)):\n        x[i][t] = s[t]",
            "post 0 axis 1",
            id="counted",
        ),
        pytest.param(
            "for i in range(len(rows)):\n    for t in range(min(maxlen, len(rows[i]))):\n        x[i, t] = rows[i][t]",
            "post 0 axis 1",
            id="counted up to a limit",
        ),
        pytest.param(
            "for i, s in enumerate(rows):\n    k = 0\n    for w in s:\n        if k < maxlen:\n            x[i, k] = index[w]\n            k += 1",
            "post 0 axis 1",
            id="own counter",
        ),
        pytest.param(
            "for i, s in enumerate(rows):\n    k = maxlen - 1\n    for w in reversed(s):\n        x[i, k] = w\n        k -= 1",
            "pre 0 axis 1",
            id="backwards",
        ),
        pytest.param(
            "for i, s in enumerate(rows):\n    for t, w in enumerate(s):\n        x[i, maxlen - 1 - t] = w",
            "pre 0 axis 1",
            id="from the end",
        ),
        pytest.param(
            "for i, s in enumerate(rows):\n    for t, w in enumerate(s):\n        if t > 0:\n            x[i, t - 1] = w",
            "post 0 axis 1",
            id="shifted target",
        ),
    ],
)
def test_rows_written_as_far_as_they_go(known_of, fill, known):
    assert known_of(f"{NUMPY}x = np.zeros((len(rows), maxlen))\n{fill}") == f"{ZEROS} {known}"


@pytest.mark.parametrize(
    ("place", "known"),
    [(":len(s)", f"{ZEROS} post 0 axis 1"), ("-len(s):", f"{ZEROS} pre 0 axis 1"), (":2", "nothing")],
)
def test_rows_that_are_written_out_in_the_program_are_ragged_by_their_lengths(known_of, place, known):
    rows = "rows = [[5, 9], [3, 14, 8]]\nx = np.zeros((2, 6))"
    assert known_of(f"{NUMPY}{rows}\nfor i, s in enumerate(rows):\n    x[i, {place}] = s") == known


@pytest.mark.parametrize(
    ("allocation", "how", "value"),
    [
        ("np.zeros([len(rows), maxlen])", "np.zeros", "0"),
        ("np.zeros(shape=(len(rows), maxlen), dtype=np.int32)", "np.zeros", "0"),
        ("np.zeros((len(rows), maxlen)).astype('int32')", "np.zeros", "0"),
        ("np.full((len(rows), maxlen), 7)", "np.full", "7"),
        ("np.full((len(rows), maxlen), fill_value=-1)", "np.full", "-1"),
        ("np.full((len(rows), maxlen), vocabulary['PAD'])", "np.full", "?"),
        ("np.ones((len(rows), maxlen))", "np.ones", "1"),
        ("np.ones((len(rows), maxlen)) * -1", "np.ones", "-1"),
        ("np.ones((len(rows), maxlen)) * vocabulary['PAD']", "np.ones", "?"),
        ("-np.ones((len(rows), maxlen))", "np.ones", "-1"),
        ("np.zeros((len(rows), maxlen)) + 3", "np.zeros", "3"),
        ("np.zeros_like(other)", "np.zeros_like", "0"),
        ("np.zeros((len(rows), max([len(s) for s in rows])))", "np.zeros", "0"),
        ("np.zeros((len(rows), max(map(len, rows))))", "np.zeros", "0"),
        ("np.zeros((len(rows), len(max(rows, key=len))))", "np.zeros", "0"),
    ],
)
def test_what_a_buffer_holds_is_the_padding_value(known_of, allocation, how, value):
    program = f"{NUMPY}x = {allocation}\nfor i, s in enumerate(rows):\n    x[i, :len(s)] = s"
    assert known_of(program) == f"filling {how} in part post {value} axis 1"


def test_two_levels_are_padded_along_both_axes(known_of):
    program = (
        NUMPY
        + """
x = np.zeros((len(texts), MAX_SENTENCES, MAX_WORDS), dtype="int32")
for i, sentences in enumerate(texts):
    for j, sentence in enumerate(sentences):
        if j < MAX_SENTENCES:
            k = 0
            for word in sentence.split():
                if k < MAX_WORDS:
                    x[i, j, k] = index[word]
                    k = k + 1
"""
    )
    assert known_of(program) == f"{ZEROS} post 0 axis 1+2"


def test_vectors_of_words(known_of):
    program = (
        NUMPY
        + """
x = np.zeros((len(texts), maxlen, 300))
for i, words in enumerate(texts):
    for t, word in enumerate(words):
        x[i, t, :] = vectors[word]
"""
    )
    assert known_of(program) == f"{ZEROS} post 0 axis 1"


def test_one_hot_letters_of_words_that_differ_in_length(known_of):
    program = (
        NUMPY
        + """
x = np.zeros((len(texts), max_length, len(alphabet)), dtype="bool")
for i, text in enumerate(texts):
    for t, letter in enumerate(text):
        x[i, t, alphabet[letter]] = 1
"""
    )
    assert known_of(program) == f"{ZEROS} post 0 axis 1"


BY_HAND = """
alphabet, count = {}, 0
for letter in letters:
    if letter not in alphabet:
        alphabet[letter] = count
        count += 1"""


@pytest.mark.parametrize(
    "numbered",
    [
        "alphabet = dict((letter, number) for number, letter in enumerate(letters))",
        "alphabet = {letter: number for number, letter in enumerate(sorted(set(letters)))}",
        "alphabet = {letter: number + 1 for number, letter in enumerate(sorted(set(letters)))}",
        BY_HAND,
    ],
)
@pytest.mark.parametrize("code", ["alphabet[letter]", "alphabet.get(letter)", "number", "known"])
def test_what_numbers_the_letters_counts_no_steps(facts, known_of, numbered, code):
    program = f"""{NUMPY}
{numbered}
x = np.zeros((len(texts), max_length, len(letters)))
for i, text in enumerate(texts):
    for t, letter in enumerate(text):
        number, known = alphabet[letter], 0
        if letter in alphabet:
            known = alphabet[letter]
        x[i, t, {code}] = 1
"""
    assert known_of(program) == f"{ZEROS} post 0 axis 1"
    assert not facts(program).mask


def test_letters_of_the_beginnings_of_words_moved_to_the_end(known_of):
    program = (
        NUMPY
        + """
beginnings = []
for text in texts:
    for i in range(1, len(text)):
        beginnings.append(text[0:i])
x = np.zeros((len(beginnings), max_length, len(alphabet)))
for i, text in enumerate(beginnings):
    missing = max_length - len(text)
    for t, letter in enumerate(text):
        x[i, t + missing, alphabet[letter]] = 1
"""
    )
    assert known_of(program) == f"{ZEROS} pre 0 axis 1"


def test_letters_are_padded_with_the_code_of_a_blank(facts):
    program = f"""{NUMPY}
x = np.zeros((len(texts), max_length, len(letters)))
for i, text in enumerate(texts):
    for t, letter in enumerate(text):
        x[i, t, alphabet[letter]] = 1
    x[i, t + 1 :, alphabet[" "]] = 1
"""
    (padding,) = facts(program).paddings
    assert (padding.axes, padding.side, padding.altered) == ((1,), Side.POST, "one_hot")


@pytest.mark.parametrize(
    ("steps", "known"),
    [
        pytest.param("ids.shape[0]", "not padded: an array written in full", id="a row for each id"),
        pytest.param("maxlen", f"{ZEROS} post 0 axis 1", id="rows up to a length"),
    ],
)
def test_one_hot_codes_of_a_sequence(known_of, steps, known):
    program = (
        NUMPY
        + f"""
def coded(ids: np.ndarray, classes):
    rows = np.zeros(({steps}, classes))
    for place, number in enumerate(ids):
        rows[place][number] = 1.0
    return rows
x = np.asarray([coded(ids[i], classes) for i in range(ids.shape[0])])
"""
    )
    assert known_of(program) == known


def test_one_hot_letters_of_windows_fill_the_buffer(known_of):
    program = (
        NUMPY
        + """
maxlen = 40
sentences, following = [], []
for i in range(0, len(text) - maxlen, 3):
    sentences.append(text[i : i + maxlen])
    following.append(text[i + maxlen])
x = np.zeros((len(sentences), maxlen, len(letters)), dtype="bool")
y = np.zeros((len(sentences), len(letters)), dtype="bool")
for i, sentence in enumerate(sentences):
    for t, letter in enumerate(sentence):
        x[i, t, index[letter]] = 1
    y[i, index[following[i]]] = 1
"""
    )
    assert known_of(program) == "not padded: an array written in full"
    assert known_of(program, "y") == "not padded: an array written in full"


def test_a_window_that_rolls_on_by_a_letter_keeps_its_length(known_of):
    program = (
        NUMPY
        + """
letters = sorted(set(text.lower()))
seed = text[start : start + maxlen]
for _ in range(400):
    x = np.zeros((1, maxlen, len(letters)))
    for t, letter in enumerate(seed):
        x[0, t, index[letter]] = 1
    seed += letters[model.predict(x)[0].argmax()]
    seed = seed[1:]
"""
    )
    assert known_of(program) == "not padded: an array written in full"


FULL = "not padded: an array written in full"
STEP = "x[0, t, index[letter]] = 1"


@pytest.mark.parametrize(
    ("loop", "known"),
    [
        (f"for letter in window:\n    {STEP}\n    t += 1", FULL),
        (f"for place, letter in enumerate(window):\n    {STEP}\n    t = t + 1", FULL),
        (f"for letter in window:\n    if letter in index:\n        {STEP}\n    t += 1", FULL),
        ("while t < maxlen:\n    x[0, t, index[window[t]]] = 1\n    t += 1", FULL),
        ("while t < len(window):\n    x[0, t, index[window[t]]] = 1\n    t += 1", FULL),
        (f"for letter in word:\n    {STEP}\n    t += 1", f"{ZEROS} post 0 axis 1"),
        (f"for letter in window:\n    if letter in index:\n        {STEP}\n        t += 1", f"{ZEROS} post 0 axis 1"),
        (
            f"for letter in window:\n    if letter not in index:\n        continue\n    {STEP}\n    t += 1",
            f"{ZEROS} post 0 axis 1",
        ),
        (
            "while t < maxlen and t < len(word):\n    x[0, t, index[word[t]]] = 1\n    t += 1",
            f"{ZEROS} post 0 axis 1",
        ),
        (
            "while t < maxlen:\n    if t >= len(word):\n        break\n    x[0, t, index[word[t]]] = 1\n    t += 1",
            f"{ZEROS} post 0 axis 1",
        ),
    ],
)
def test_what_each_round_counts_by_hand_counts_as_far_as_there_are_rounds(known_of, loop, known):
    program = f"""{NUMPY}
word = input()
window = text[start : start + maxlen]
x = np.zeros((1, maxlen, len(letters)))
t = 0
{loop}
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("rows", "known"),
    [
        ("np.load('a.npy')[:, :maxlen]", "nothing"),
        ("np.array(list(map(str.split, open('a'))))[:, :maxlen]", FULL),
        ("np.array(list(map(str.split, open('a'))), dtype=object)[:maxlen]", f"{ZEROS} post 0 axis 1"),
        ("[line[:maxlen] for line in open('a')]", f"{ZEROS} post 0 axis 1"),
    ],
)
def test_rows_of_what_was_cut_along_two_axes_are_of_one_length(known_of, rows, known):
    program = f"""{NUMPY}
rows = {rows}
x = np.zeros((len(rows), maxlen, 30))
for i, row in enumerate(rows):
    for t, letter in enumerate(row):
        x[i, t, index[letter]] = 1
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("letters", "known"), [("text[start : start + maxlen]", "nothing"), ("text", f"{ZEROS} post 0 axis 1")]
)
def test_a_window_over_what_has_too_many_alternatives_is_not_taken_for_a_short_one(known_of, letters, known):
    program = f"""{NUMPY}
text = ""
for note in notes:
    for pitch in note.pitches:
        text += pitch.name
    text += "z"
names = sorted(set(text))
letters = {letters}
for _ in range(400):
    x = np.zeros((1, maxlen, 30))
    for t, letter in enumerate(letters):
        x[0, t, index[letter]] = 1
    letters = letters[1:] + names[model.predict(x)[0].argmax()]
"""
    assert known_of(program) == known


@pytest.mark.parametrize(("end", "known"), [("steps", "nothing"), ("len(row)", f"{ZEROS} post 0 axis 1")])
def test_a_loop_that_counts_by_hand_from_the_second_step_on(known_of, end, known):
    program = f"""{NUMPY}
steps = series.shape[1]
row = input().split()
x = np.zeros((1, steps, 4))
x[0, 0] = series[0, 0]
t = 1
while t < {end}:
    x[0, t] = model.predict(x)[0]
    t += 1
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("rows", "known"),
    [("series[i : i + steps]", FULL), ("series[ends[i] : ends[i + 1]]", f"{ZEROS} post 0 axis 1")],
)
def test_numbers_of_a_window_that_are_counted_by_hand(known_of, rows, known):
    program = f"""{NUMPY}
series = np.loadtxt("series.csv")
x = np.zeros((n, steps))
for i in range(n):
    t = 0
    for number in {rows}:
        x[i, t] = number
        t += 1
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("seed", "known"),
    [
        ("text[:maxlen]", FULL),
        ("text[0:maxlen]", FULL),
        ("text[-maxlen:]", FULL),
        ("text.lower().split()[-maxlen:]", FULL),
        ("(text[i : i + maxlen] + letter)[-maxlen:]", FULL),
        ("name[:maxlen]", f"{ZEROS} post 0 axis 1"),
        ("name[0:maxlen]", f"{ZEROS} post 0 axis 1"),
        ("open(name).read()[-maxlen:]", f"{ZEROS} post 0 axis 1"),
        ("given[:maxlen]", f"{ZEROS} post 0 axis 1"),
    ],
)
def test_a_text_that_is_read_whole_has_as_many_letters_as_are_cut_off_it_and_one_of_several_has_not(
    known_of, seed, known
):
    program = f"""{NUMPY}
text = open("book.txt").read()
for name in names:
    x = np.zeros((1, maxlen, len(letters)))
    for t, letter in enumerate({seed}):
        x[0, t, index[letter]] = 1
"""
    assert known_of(program) == known


CODED = """x = np.zeros((len(rows), size))
for i, row in enumerate(rows):
    for t, word in enumerate(row):
        x[i, t] = index[word]
"""


@pytest.mark.parametrize(
    ("passed_on", "known"),
    [
        ("rows = train_test_split(windows)[0]", FULL),
        ("rows = shuffle(windows)", FULL),
        ("rows = np.array(windows)", FULL),
        ("rows = np.array(windows)[:900]", FULL),
        ("rows = [list(row) for row in windows]", FULL),
        ("rows = [row[::-1] for row in windows]", FULL),
        ("rows = [row[:] for row in windows]", FULL),
        ("rows = [row[:size] for row in windows]", FULL),
        ("rows = random.sample(windows, 90)", FULL),
        ("rows = [random.choice(windows) for _ in range(90)]", FULL),
        ("rows = [list(row)[1:] + [end] for row in windows]", FULL),
        ("rows = [list(row) for row in texts]", f"{ZEROS} post 0 axis 1"),
        ("rows = np.array(texts)", f"{ZEROS} post 0 axis 1"),
    ],
)
def test_windows_stay_of_one_length_whatever_they_go_through(known_of, passed_on, known):
    program = f"""{NUMPY}
import random
from sklearn.model_selection import train_test_split
from sklearn.utils import shuffle
words = open("book.txt").read().split()
windows = [words[i : i + size] for i in range(len(words) - size)]
{passed_on}
{CODED}"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("rows", "known"),
    [
        ("[row for row in texts if len(row) == size]", FULL),
        ("[row[:size] for row in texts if len(row) >= size]", FULL),
        ("[row[-size:] for row in texts if size < len(row)]", FULL),
        ("[row for row in texts if len(row) <= size]", f"{ZEROS} post 0 axis 1"),
        ("[row[:size] for row in texts if len(row) > 1]", f"{ZEROS} post 0 axis 1"),
        ("[row[:size] for row in texts if len(row) >= least]", f"{ZEROS} post 0 axis 1"),
    ],
)
def test_rows_that_a_test_keeps_are_as_long_as_it_asks(known_of, rows, known):
    program = f"""{NUMPY}
rows = {rows}
{CODED}"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("statement", "known"),
    [
        ("assert len(row) == size", FULL),
        ("if len(row) < size: continue\n    row = row[:size]", FULL),
        ("if len(row) != size: raise ValueError(row)", FULL),
        ("if len(row) < 9: continue", f"{ZEROS} post 0 axis 1"),
        ("if len(row) > size: row = row[:size]", f"{ZEROS} post 0 axis 1"),
    ],
)
def test_rows_that_are_left_out_for_being_short(known_of, statement, known):
    program = f"""{NUMPY}
x = np.zeros((len(texts), size))
for i, row in enumerate(texts):
    {statement}
    for t, word in enumerate(row):
        x[i, t] = index[word]
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("step", "known"),
    [
        ("row = row[1:]; row.append(word)", FULL),
        ("del row[0]; row.append(word)", FULL),
        ("row = row[1:] + [word]", FULL),
        ("row = [*row[1:], word]", FULL),
        ("row.append(word)", f"{ZEROS} post 0 axis 1"),
    ],
)
def test_a_list_that_rolls_on_by_an_item_keeps_its_length(known_of, step, known):
    program = f"""{NUMPY}
words = open("book.txt").read().split()
row = list(words[start : start + size])
for _ in range(900):
    x = np.zeros((1, size))
    for t, word in enumerate(row):
        x[0, t] = index[word]
    {step}
"""
    assert known_of(program) == known


def test_an_array_that_is_cut_may_have_had_fewer_rows(known_of):
    program = f"""{NUMPY}
x = np.zeros((len(posts), most, 30), dtype="int32")
for i, comments in enumerate(posts):
    rows = np.array(pad_sequences(tokenizer.texts_to_sequences(comments), maxlen=30))[:most]
    x[i][: len(rows)] = rows
"""
    assert f"{ZEROS} post 0 axis 1" in known_of(program)


@pytest.mark.parametrize(
    ("row", "known"),
    [("words[i : i + size]", "nothing"), ("words[: i + size]", f"{ZEROS} post 0 axis 1")],
)
def test_a_stretch_as_long_as_what_is_written_to_it(known_of, row, known):
    program = f"""{NUMPY}
x = np.zeros((len(words) - size, size))
for i in range(len(words) - size):
    row = {row}
    x[i, : len(row)] = [index[word] for word in row]
"""
    assert known_of(program) == known


def test_a_seed_cut_off_what_it_grew_to_keeps_its_length(known_of):
    program = f"""{NUMPY}
text = open("book.txt").read()
written = seed = text[start : start + maxlen]
for _ in range(400):
    x = np.zeros((1, maxlen, len(letters)))
    for t, letter in enumerate(seed):
        x[0, t, index[letter]] = 1
    written += letters[model.predict(x)[0].argmax()]
    seed = written[-maxlen:]
"""
    assert known_of(program) == FULL


def test_a_text_that_grows_letter_by_letter_is_padded(known_of):
    program = (
        NUMPY
        + """
seed = ""
for _ in range(400):
    x = np.zeros((1, maxlen, len(letters)))
    for t, letter in enumerate(seed):
        x[0, t, index[letter]] = 1
    seed += letters[model.predict(x)[0].argmax()]
"""
    )
    assert known_of(program) == f"{ZEROS} post 0 axis 1"


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("x = np.zeros((n, steps, 3))\nfor i in range(n):\n    x[i] = np.random.rand(steps, 3)", id="rows"),
        pytest.param(
            "x = np.zeros((n, steps))\nfor i in range(n):\n    for t in range(steps):\n        x[i, t] = series[i + t]",
            id="range over the same bounds",
        ),
        pytest.param(
            "x = np.zeros((n, steps, 2))\nx[:, :, 0] = np.random.rand(n, steps)\nx[:, :, 1] = np.ones((n, steps))",
            id="columns",
        ),
        pytest.param(
            "x = np.empty((len(rows), 4))\nfor i, row in enumerate(rows):\n    x[i, :4] = 1.0", id="the whole width"
        ),
        pytest.param("x = np.zeros((n, 8))\nx[np.arange(n), labels] = 1", id="labels"),
    ],
)
def test_buffers_that_are_written_in_full(known_of, program):
    assert known_of(NUMPY + program) == "not padded: an array written in full"


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("x = np.zeros((1, 1, n_tokens))\nx[0, 0, index['\\t']] = 1.0", id="the start token of a decoder"),
        pytest.param("x = np.zeros((n, 10))\nx[:, :4] = first\nx[:, 4:] = second", id="two fixed parts"),
        pytest.param("x = np.zeros((n, maxlen))", id="never written"),
        pytest.param(
            "x = np.zeros((len(texts), words))\nfor i, text in enumerate(texts):\n    for w in text:\n        x[i, index[w]] = 1",
            id="bag of words",
        ),
        pytest.param(
            "x = np.zeros((n, steps))\nfor i in range(n):\n    x[i] = features(i)", id="rows that were not read"
        ),
    ],
)
def test_buffers_that_are_not_padded(known_of, evidence, program):
    assert "axis" not in known_of(NUMPY + program)
    assert evidence(NUMPY + program) == []


def test_an_embedding_matrix_is_no_padding(evidence):
    program = (
        NUMPY
        + """
matrix = np.zeros((len(index) + 1, 300))
for word, i in index.items():
    if word in vectors:
        matrix[i] = vectors[word]
"""
    )
    assert evidence(program) == []


def test_steps_that_are_counted_by_hand_and_written_by_a_helper(known_of):
    """A loop in two others is run once."""
    program = f"""{NUMPY}
def mark(row, step, code):
    row[step, code] = 1

data = []
for folder in folders:
    for text in folder:
        row = np.zeros((50, 30))
        data.append(row)
        step = 0
        for word in text.split():
            mark(row, step, codes[word])
            step += 1
x = np.array(data)
"""
    assert known_of(program) == f"{ZEROS} post 0 axis 1"


def test_a_mask_of_the_real_steps(known_of):
    program = NUMPY + "x = np.zeros((len(rows), maxlen))\nfor i, s in enumerate(rows):\n    x[i, :len(s)] = 1"
    assert known_of(program) == f"{ZEROS} post 0 axis 1, as a mask"


# Helpers --------------------------------------------------------------------------------------------------------


def test_a_helper_that_pads_one_row(known_of):
    program = (
        NUMPY
        + """
def vector(text, maxlen=300):
    x = np.zeros((maxlen, 100))
    for i, word in enumerate(text.split()[-maxlen:]):
        x[i, :] = model[word]
    return x

x = np.zeros((batch, 300, 100))
for i in range(batch):
    x[i] = vector(texts[i])
z = np.array([vector(text) for text in texts])
"""
    )
    assert known_of(program) == f"{ZEROS} post 0 axis 1"
    assert known_of(program, "z") == f"{ZEROS} post 0 axis 1"


def test_a_method_that_fills_what_another_made(known_of):
    program = (
        NUMPY
        + """
class Reader:
    def __init__(self):
        self.ids = np.zeros((len(texts), MAX_LEN))
    def read(self, texts):
        for i in range(len(texts)):
            words = texts[i]
            for t in range(min(MAX_LEN, len(words))):
                if words[t] in self.index:
                    self.ids[i, t] = self.index[words[t]]

reader = Reader()
reader.read(texts)
x = reader.ids
"""
    )
    assert known_of(program) == f"{ZEROS} post 0 axis 1"


def test_rows_padded_by_numpy(known_of):
    program = (
        NUMPY
        + """
def pad_zeros(rows):
    longest = max([row.shape[0] for row in rows])
    return np.array([
        np.concatenate([row, np.zeros((longest - row.shape[0],) + row.shape[1:])], axis=0) for row in rows
    ])
x = pad_zeros(series)
"""
    )
    assert known_of(program) == "filler of np.zeros post 0 axis 1"


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ("s + [0] * (maxlen - len(s))", "filler of [0] * n post 0 axis 1"),
        ("[0] * (maxlen - len(s)) + s", "filler of [0] * n pre 0 axis 1"),
        ("[0] * max(0, maxlen - len(s)) + s", "filler of [0] * n pre 0 axis 1"),
        ("s[:maxlen] + [PAD] * (maxlen - len(s))", "filler of [PAD] * n post ? axis 1"),
        ("list(s) + [-1] * (maxlen - len(s))", "filler of [-1] * n post -1 axis 1"),
        ("s + [words.index(PAD) if known else 0] * (maxlen - len(s))", "filler of [...] * n post ? axis 1"),
        ("s + [words.index(PAD) if known else 0] * len(s)", "nothing"),
        ("[start] + s + [end] + [0] * (maxlen - len(s) - 2)", "filler of [0] * n post 0 axis 1"),
        ("s + [0 for _ in range(maxlen - len(s))]", "filler of 0 post 0 axis 1"),
        ("s + [[0] * 3 for _ in range(maxlen - len(s))]", "filler post 0 axis 1"),
        ("s + (maxlen - len(s)) * [0]", "filler of [0] * n post 0 axis 1"),
        ("np.concatenate([s, np.zeros(maxlen - len(s))])", "filler of np.zeros post 0 axis 1"),
        ("np.hstack((np.zeros(maxlen - len(s)), s))", "filler of np.zeros pre 0 axis 1"),
        ("np.append(s, np.zeros(maxlen - len(s)))", "filler of np.zeros post 0 axis 1"),
        ("np.append(s, np.zeros(np.maximum(0, maxlen - len(s))))", "filler of np.zeros post 0 axis 1"),
        ("np.append(s, np.zeros(np.maximum(0, len(s))))", "nothing"),
        ("tf.concat([s, tf.fill(tf.maximum([0], maxlen - tf.shape(s)[0]), 7)], 0)", "filler of tf.fill post 7 axis 1"),
        ("np.concatenate([s, np.tile(np.zeros((1, 3)), (maxlen - len(s), 1))])", "filler of np.tile post 0 axis 1"),
        ("np.concatenate([s, np.tile(silence, (maxlen - len(s), 1))])", "filler of np.tile post ? axis 1"),
        ("np.concatenate([s, np.repeat(s[-1:], maxlen - len(s), axis=0)])", "filler of np.repeat post ? axis 1"),
        ("np.pad(s, (0, maxlen - len(s)), 'constant')", "np.pad to maxlen post 0 axis 1"),
        ("np.pad(s, (maxlen - len(s), 0), mode='constant', constant_values=-1)", "np.pad to maxlen pre -1 axis 1"),
        ("np.pad(s, ((0, maxlen - len(s)), (0, 0)), 'constant')", "np.pad to maxlen post 0 axis 1"),
        ("tf.pad(s, [[0, maxlen - tf.shape(s)[0]]])", "tf.pad to maxlen post 0 axis 1"),
        ("[index[c] for c in s.ljust(maxlen)]", "ljust to maxlen post ? axis 1, (an item of something unresolved)"),
        (
            "[index[c] for c in s + ' ' * (maxlen - len(s))]",
            "filler of ' ' * n post ? axis 1, (an item of something unresolved)",
        ),
    ],
)
def test_filler_added_to_each_row(known_of, row, known):
    program = f"import numpy as np\nimport tensorflow as tf\nx = np.array([{row} for s in rows])"
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("statements", "known"),
    [
        ("while len(s) < maxlen:\n        s.append(0)", "append, called until the length is reached, post 0 axis 1"),
        ("while len(s) < maxlen:\n        s.insert(0, 0)", "insert, called until the length is reached, pre 0 axis 1"),
        ("while len(s) != maxlen:\n        s.append('')", "append, called until the length is reached, post '' axis 1"),
        (
            "for _ in range(maxlen - len(s)):\n        s.append(0)",
            "append, called until the length is reached, post 0 axis 1",
        ),
        (
            "for _ in range(max(0, maxlen - len(s))):\n        s.append(np.zeros(3))",
            "append, called until the length is reached, post 0 axis 1",
        ),
        ("while len(s) < maxlen:\n        s += [0]", "filler of 0 post 0 axis 1"),
        ("while len(s) < maxlen:\n        s = s + [0]", "filler of 0 post 0 axis 1"),
        ("while len(s) < maxlen:\n        s = [0] + s", "filler of 0 pre 0 axis 1"),
        ("while len(s) < maxlen:\n        s.extend([0])", "filler of 0 post 0 axis 1"),
        ("s.extend([0] * (maxlen - len(s)))", "filler of [0] * n post 0 axis 1"),
        ("s += [0] * (maxlen - len(s))", "filler of [0] * n post 0 axis 1"),
        (
            "if len(s) < maxlen:\n        s = s + [0] * (maxlen - len(s))\n    else:\n        s = s[:maxlen]",
            "filler of [0] * n post 0 axis 1",
        ),
    ],
)
def test_filler_added_by_statements(known_of, statements, known):
    program = f"""
import numpy as np
out = []
for text in texts:
    s = [index[word] for word in text]
    {statements}
    out.append(s)
x = np.array(out)
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    "longer",
    ["s = s + [index[word]]", "if word in index: s = s + [index[word]]", "s = [*s, index[word]]"],
)
def test_filler_added_to_a_list_that_grew_by_new_ones(known_of, longer):
    program = f"""{NUMPY}
out = []
for text in texts:
    s = []
    for word in text:
        {longer}
    out = out + [s + [0] * (20 - len(s))]
x = np.array(out)
"""
    assert known_of(program) == "filler of [0] * n post 0 axis 1"


@pytest.mark.parametrize(
    ("statement", "known"),
    [
        ("ids.extend([0] * (longest - len(ids)))", "filler of [0] * n post 0 axis 1"),
        (
            "while len(ids) < longest:\n        ids.append(0)",
            "append, called until the length is reached, post 0 axis 1",
        ),
    ],
)
def test_filler_up_to_the_longest_that_a_loop_met(known_of, statement, known):
    program = f"""{NUMPY}
longest = 0
for text in texts:
    if len(text) > longest:
        longest = len(text)
x = []
for text in texts:
    ids = [index[letter] for letter in text]
    {statement}
    x.append(ids)
x = np.array(x)
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    "statement",
    [
        "while len(words) < 50:\n        words.append('-')",
        "for _ in range(50 - len(words)):\n        words.append('-')",
        "words.extend(['-'] * (50 - len(words)))",
        "words = words + ['-'] * (50 - len(words))",
        "words = words + [[0.0, 0.0, 0.0]] * (50 - len(words))",
    ],
)
def test_filler_for_a_list_that_was_not_read_and_may_have_been_cut(known_of, statement):
    program = f"""{NUMPY}
x = []
for text in texts:
    words = word_tokenize(text)
    if len(words) > 50:
        words = words[:50]
    {statement}
    x.append([index[word] for word in words])
x = np.array(x)
"""
    assert " post " in known_of(program)


@pytest.mark.parametrize(
    ("branches", "is_filler"),
    [
        ("if i < len(s): row.append(vectors[s[i]])\n        else: row.append(np.zeros(6))", True),
        ("if len(s) > i: row.append(vectors[s[i]])\n        else: row.append(np.zeros(6))", True),
        ("if i >= len(s): row.append(np.zeros(6))\n        else: row.append(vectors[s[i]])", True),
        ("row.append(vectors[s[i]]) if i < len(s) else row.append(np.zeros(6))", True),
        (
            "if i < len(s):\n            row.append(vectors[s[i]])\n            continue\n        row.append(np.zeros(6))",
            True,
        ),
        (
            "if i >= len(s):\n            row.append(np.zeros(6))\n            continue\n        row.append(vectors[s[i]])",
            True,
        ),
        ("if i < len(s) and s[i] in vectors: row.append(vectors[s[i]])\n        else: row.append(np.zeros(6))", True),
        (
            "if i >= len(s) or s[i] not in vectors: row.append(np.zeros(6))\n        else: row.append(vectors[s[i]])",
            True,
        ),
        ("if i < 20 and s[i] in vectors: row.append(vectors[s[i]])\n        else: row.append(np.zeros(6))", False),
        ("if i < len(s): row.append(1)\n        else: row.append(0)", False),
        ("if i < 20: row.append(vectors[s[i]])\n        else: row.append(np.zeros(6))", False),
        ("if i < len(s): row.append(np.zeros(6))\n        else: row.append(vectors[i])", False),
    ],
)
@pytest.mark.parametrize("places", [50, 12])
def test_filler_for_each_place_behind_the_end(known_of, branches, is_filler, places):
    program = f"""{NUMPY}
x = []
for s in sentences:
    row = []
    for i in range({places}):
        {branches}
    x.append(row)
x = np.array(x)
"""
    assert (" post " in known_of(program)) is is_filler


@pytest.mark.parametrize(
    "row",
    [
        "s + list(repeat(0, n - len(s)))",
        "list(chain(s, [0] * (n - len(s))))",
        "list(chain(s, repeat(0, n - len(s))))",
        "[*s, *[0] * (n - len(s))]",
        "np.lib.pad(s, (0, n - len(s)), 'constant')",
        "np.r_[s, np.zeros(n - len(s))]",
    ],
)
def test_filler_behind_a_row_in_other_words(known_of, row):
    program = f"{NUMPY}from itertools import chain, repeat\nx = np.array([{row} for s in sentences])"
    assert " post 0 axis 1" in known_of(program)


@pytest.mark.parametrize(
    "row", ["[*s, *[0] * 3]", "[*s, *other]", "list(chain(s, [0]))", "s + list(repeat(0, 3))", "np.r_[s, np.zeros(3)]"]
)
def test_as_much_behind_each_row_is_no_filler(known_of, row):
    program = f"{NUMPY}from itertools import chain, repeat\nx = np.array([{row} for s in sentences])"
    assert " axis " not in known_of(program)


def test_a_list_whose_contents_are_put_in_place_of_others(known_of):
    program = f"""{NUMPY}
x = [[index[word] for word in text.split()] for text in texts]
for row in x:
    row[:] = row + [0] * (n - len(row))
x = np.array(x)
"""
    assert " post 0 axis 1" in known_of(program)


CODES = f"""{NUMPY}
codes = {{letter: i for i, letter in enumerate(letters)}}
codes["END"] = len(letters)
def code(i):
    vector = np.zeros(len(letters) + 1)
    vector[i] = 1
    return vector
x = []
for name in names:
    row = [code(codes[letter]) for letter in name]
"""


@pytest.mark.parametrize(
    ("rest", "known"),
    [
        ("for k in range(n - len(name)): row.append(code(codes['END']))", " post ? axis 1 one_hot"),
        ("for k in range(n - len(name)): row.append(code(0))", " post ? axis 1 one_hot"),
        ("row = row + [code(codes['END'])] * (n - len(name))", " post ? axis 1 one_hot"),
        ("for k in range(n - len(name)): row.append(code(k))", "nothing"),
        ("for k in range(n - len(name)): row.append(code(codes[following(row)]))", "nothing"),
        ("row.append(code(codes['END']))", "nothing"),
    ],
)
def test_the_code_of_one_symbol_makes_up_a_length(known_of, rest, known):
    assert known_of(f"{CODES}    {rest}\n    x.append(row)\nx = np.array(x)").endswith(known)


ROWS_OF_OTHERS = pytest.mark.parametrize(
    "rows",
    [
        "tokenizer.texts_to_sequences(texts)",
        "json.load(file)",
        "[text.split() for text in texts]",
        "[np.load(name).tolist() for name in names]",
    ],
)


@ROWS_OF_OTHERS
@pytest.mark.parametrize(
    "body",
    [
        "row.extend([0] * (n - len(row)))",
        "row += [0] * (n - len(row))",
        "while len(row) < n: row.append(0)",
        "row.append(0) if len(row) < n else None\n    row.extend([0] * (n - len(row)))",
    ],
)
def test_filler_put_into_rows_that_something_else_made(known_of, rows, body):
    program = f"""{NUMPY}
import json
seqs = {rows}
for row in seqs:
    {body}
x = np.array(seqs)
"""
    assert " post 0 axis 1" in known_of(program)


@ROWS_OF_OTHERS
@pytest.mark.parametrize(
    "body",
    [
        "seqs[i] = seqs[i] + [0] * (n - len(seqs[i]))",
        "seqs[i] = np.pad(seqs[i], (0, n - len(seqs[i])))",
        "if len(seqs[i]) < n: seqs[i] = seqs[i] + [0] * (n - len(seqs[i]))\n    else: seqs[i] = seqs[i][:n]",
    ],
)
def test_padded_rows_in_the_place_of_others(known_of, rows, body):
    program = f"""{NUMPY}
import json
seqs = {rows}
for i in range(len(seqs)):
    {body}
x = np.array(seqs)
"""
    assert " post 0 axis 1" in known_of(program)


@ROWS_OF_OTHERS
@pytest.mark.parametrize(
    "body",
    [
        "row = row + [0] * (n - len(row))",  # another list, that nothing holds
        "row += ' ' * (n - len(row))",  # another text
        "del row[n:]",
        "seqs[i] = seqs[i][:n]",
    ],
)
def test_rows_that_something_else_made_are_left_as_they_are(known_of, rows, body):
    program = f"""{NUMPY}
import json
seqs = {rows}
for i, row in enumerate(seqs):
    {body}
x = np.array(seqs)
"""
    assert " axis " not in known_of(program)


@pytest.mark.parametrize(
    ("rows", "body", "handler", "is_filler"),
    [
        ("sentences", "row.append(s[i])", "except IndexError: row.append(0)", True),
        ("sentences", "row.append(s[i])", "except (IndexError, TypeError): row.append(0)", True),
        ("sentences", "row.append(s[i])", "except: row.append(0)", True),
        ("[t.split() for t in texts]", "row.append(index[s[i]])", "except: row.append(0)", True),
        ("[t.split() for t in texts]", "row.append(index[s[i][0]])", "except: row.append(0)", True),
        ("sentences", "row.append(index[s[i]])", "except KeyError: row.append(0)", False),
        ("sentences", "row.append(index[i])", "except: row.append(0)", False),
        ("sentences", "row.append(s[i])", "except IndexError: break", False),
        ("sentences", "row.append(s[0])", "except IndexError: row.append(0)", False),
    ],
)
@pytest.mark.parametrize("places", [50, 12])
def test_filler_where_a_row_has_nothing_at_a_place(known_of, rows, body, handler, is_filler, places):
    program = f"""{NUMPY}
x = []
for s in {rows}:
    row = []
    for i in range({places}):
        try: {body}
        {handler}
    x.append(row)
x = np.array(x)
"""
    assert (" post " in known_of(program)) is is_filler


def test_a_counter_that_goes_as_far_as_a_row_is_never_behind_its_end(known_of):
    program = f"""{NUMPY}
x = []
for s in sentences:
    row = []
    for i in range(len(s)):
        try: row.append(vectors[s[i]])
        except: row.append(np.zeros(6))
    x.append(row)
x = np.array(x)
"""
    assert " post " not in known_of(program)


@pytest.mark.parametrize("places", ["50", "12", "n"])
@pytest.mark.parametrize(
    "item",
    [
        "s[i] if i < len(s) else 0",
        "s[i] if len(s) > i else 0",
        "0 if i >= len(s) else s[i]",
        "0 if len(s) <= i else s[i]",
    ],
)
def test_an_item_or_filler_for_each_place(known_of, item, places):
    rows = f"x = np.array([[{item} for i in range({places})] for s in sentences])"
    assert known_of(f"{NUMPY}{rows}\n") == "filler for places behind the end post 0 axis 1"


def test_an_item_or_filler_for_each_place_of_a_buffer(known_of):
    program = f"""{NUMPY}
x = np.empty((len(sentences), 50))
for n, s in enumerate(sentences):
    for i in range(50):
        x[n, i] = s[i] if i < len(s) else 0
"""
    assert known_of(program) == "filler for places behind the end post 0 axis 1"


@pytest.mark.parametrize(
    "item",
    [
        "1 if i < len(s) else 0",  # a mask
        "s[i] if i < len(s) else None",  # what is missing is told from a number
        "s[i] if i < 20 else 0",  # as many of each row
        "0 if i < len(s) else s[i]",
        "s[i] if i < len(s) else other[i]",
    ],
)
def test_what_is_no_filler_for_each_place(known_of, item):
    rows = f"x = np.array([[{item} for i in range(50)] for s in sentences])"
    assert "filler" not in known_of(f"{NUMPY}{rows}\n")


@pytest.mark.parametrize(
    ("places", "known"),
    [
        ("np.arange(50) < lengths[:, None]", "filling np.zeros in part post 0 axis 1"),
        ("lengths[:, np.newaxis] > np.arange(50)", "filling np.zeros in part post 0 axis 1"),
        ("np.arange(50)[None, :] >= 50 - lengths.reshape(-1, 1)", "filling np.zeros in part pre 0 axis 1"),
        ("np.arange(50) == lengths[:, None]", "nothing"),
        ("x == 3", "nothing"),
    ],
)
def test_rows_put_where_places_are_compared_with_how_long_they_are(known_of, places, known):
    program = f"""{NUMPY}
lengths = np.array([len(s) for s in sentences])
x = np.zeros((len(sentences), 50))
x[{places}] = np.concatenate(sentences)
"""
    assert known_of(program) == known


def test_a_buffer_in_the_shape_of_such_places(known_of):
    program = f"""{NUMPY}
lengths = np.array(list(map(len, sentences)))
places = np.arange(lengths.max()) < lengths[:, None]
x = np.full(places.shape, -1)
x[places] = np.hstack(sentences)
"""
    assert known_of(program) == "filling np.full in part post -1 axis 1"


@pytest.mark.parametrize(
    ("rows", "steps", "known"),
    [
        ("np.arange(len(sentences))", "np.arange(len(sentences[i]))", "filling np.zeros in part post 0 axis 1"),
        ("np.arange(len(sentences))", "range(len(sentences[i]))", "filling np.zeros in part post 0 axis 1"),
        ("range(len(sentences))", "np.arange(0, len(sentences[i]))", "filling np.zeros in part post 0 axis 1"),
        ("range(len(sentences))", "np.arange(50)", "not padded: an array written in full"),
        ("np.arange(len(sentences))", "range(50)", "not padded: an array written in full"),
    ],
)
def test_places_that_an_array_of_numbers_in_order_counts(known_of, rows, steps, known):
    program = f"""{NUMPY}
x = np.zeros((len(sentences), 50))
for i in {rows}:
    for t in {steps}:
        x[i, t] = weight(sentences[i], t)
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ("(s + [0] * 50)[:50]", "filler of 0 post 0 axis 1"),
        ("(s + [0] * n)[:n]", "filler of 0 post 0 axis 1"),
        ("(s + [7] * 60)[0:50]", "filler of 7 post 7 axis 1"),
        ("(s + [0] * 12)[:12]", "filler of 0 post 0 axis 1"),
        ("([0] * 50 + s)[-50:]", "filler of 0 pre 0 axis 1"),
        ("([0] * n + s)[-n:]", "filler of 0 pre 0 axis 1"),
        ("([vectors[w] for w in s] + [np.zeros(6)] * n)[:n]", "filler of 0 post 0 axis 1"),
        ("encode((s + ' ' * 40)[:40])", "filler of ' ' post ' ' axis 1, (a call of something unresolved)"),
    ],
)
def test_more_filler_than_is_needed_cut_to_a_length(known_of, row, known):
    assert known_of(f"{NUMPY}x = np.array([{row} for s in sentences])\n") == known


@pytest.mark.parametrize(
    "row",
    [
        "(s + [0] * 20)[:50]",  # there may be too few
        "(s + [0] * n)[:m]",
        "(s + [0] * n)[n:]",
        "(s + [0] * n)[::2]",
        "('text' + [0] * n)[:n]",
        "encode((s + ' ' * 9)[:40])",
        "encode((s + '. ')[:2])",
    ],
)
def test_what_is_no_filler_cut_to_a_length(known_of, row):
    assert "filler" not in known_of(f"{NUMPY}x = np.array([{row} for s in sentences])\n")


def test_filler_for_what_was_cut_before(known_of):
    program = f"""{NUMPY}
def encoded(text, n):
    if len(text) > n:
        text = text[:n]
    ids = [index.get(letter, 1) for letter in text]
    if len(text) < n:
        ids += [0] * (n - len(text))
    return ids
x = np.array([encoded(text, 9) for text in texts])
"""
    assert known_of(program) == "filler of [0] * n post 0 axis 1"


@pytest.mark.parametrize(
    "statement",
    ["ids.extend([0] * (n - len(ids)))", "ids += [0] * (n - len(ids))", "while len(ids) < n:\n        ids.append(0)"],
)
def test_filler_added_to_a_list_that_was_not_read(known_of, statement):
    program = (
        NUMPY
        + f"""
def encoded(text, n):
    ids = tokenizer.encode(text)
    {statement}
    return ids
x = np.array([encoded(text, 9) for text in texts])
"""
    )
    assert known_of(program).endswith("post 0 axis 1")


def test_filler_that_comes_first(known_of):
    program = (
        NUMPY
        + """
rows = []
for _ in range(max_words - position):
    rows.append(np.zeros(classes))
for i in range(position):
    rows.append(encode(words[i]))
x = np.expand_dims(np.array(rows)[-max_words:], axis=0)
"""
    )
    assert known_of(program) == "append, called until the length is reached, pre 0 axis 1"


def test_a_list_of_nothing_but_filler_is_not_padded(known_of):
    program = "flags = []\nfor _ in range(end - start):\n    flags.append(False)\nx = np.array([flags for _ in texts])"
    assert known_of(NUMPY + program) == "nothing"


def test_rows_of_a_buffer_that_come_from_another_with_one_row(known_of):
    program = """
x = np.zeros((count, 50))
place = 0
for answer in answers:
    partial = np.zeros((1, 50))
    for k in range(1, len(answer)):
        partial[0, -k:] = answer[:k]
        x[place, :] = partial
        place += 1
"""
    assert "filling np.zeros in part pre 0 axis 1" in known_of(NUMPY + program)


@pytest.mark.parametrize(
    "statement",
    [
        "x[0] = x",
        "x[0] = scaled(x)",
        "x[:, 1:] = [x, x]",
        "rows = [x]\nx[0] = rows\nrows.append(x)",
        "y[0] = x\nx[0] = y",
    ],
)
def test_a_buffer_that_is_written_into_itself_is_still_padded(known_of, statement):
    program = f"""{NUMPY}
x = np.zeros((5, 50))
y = np.zeros((5, 50))
for i, words in enumerate(sentences):
    x[i, :len(words)] = words
{statement}
"""
    assert " post " in known_of(program)


def test_a_row_that_is_a_buffer_of_its_own(evidence):
    program = (
        NUMPY
        + """
class FixedLength:
    def __init__(self, length, pad_value=0):
        self.length = length
        self.pad_value = pad_value
    def transform(self, tokens):
        fixed = np.full([self.length], self.pad_value)
        fixed[:len(tokens)] = tokens
        return fixed.tolist()
"""
    )
    assert evidence(program) == ["filling np.full in part post 0 axis 1"]


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("i = 0\nout = []\nwhile i < len(text):\n    out.append([])\n    i += 1", id="a loop over a text"),
        pytest.param(
            "labels = np.zeros(n)\nfor i, text in enumerate(texts):\n    labels[i] = label(text)", id="labels"
        ),
        pytest.param("while len(batch) < size:\n    batch.append(next(stream))", id="a batch that is collected"),
        pytest.param("for i in range(n - k):\n    out.append(series[i])", id="items of a series"),
        pytest.param("flags = []\nfor _ in range(end - start):\n    flags.append(False)", id="a flag for each row"),
        pytest.param(
            "for start in range(0, n, size):\n    flags = []\n    for _ in range(min(n, start + size) - start):\n        flags.append(False)",
            id="a flag for each row of a batch",
        ),
        pytest.param("flags = []\nwhile len(flags) < size:\n    flags.append(False)", id="as many flags as rows"),
    ],
)
def test_loops_that_add_content(evidence, program):
    assert evidence(NUMPY + program) == []


def test_filler_for_several_lists_at_once(known_of):
    program = (
        NUMPY
        + """
all_ids, all_marks = [], []
for text in texts:
    ids = encode(text)
    marks = [1] * len(ids)
    while len(ids) < maxlen:
        ids.append(0)
        marks.append(0)
    all_marks.append(marks)
x = np.array(all_marks)
"""
    )
    assert known_of(program) == "append, called until the length is reached, post 0 axis 1"


def test_zero_vectors_of_unknown_words_are_no_padding(evidence):
    program = (
        NUMPY
        + """
rows = []
for word in text:
    if word in model:
        rows.append(model[word])
    else:
        rows.append(np.zeros(300))
x = np.array(rows)
"""
    )
    assert evidence(program) == []


def test_columns_of_zip_longest(known_of):
    program = NUMPY + "from itertools import zip_longest\nx = np.array(list(zip_longest(*rows, fillvalue=0))).T"
    assert known_of(program) == "zip_longest post 0 axis 1"


@pytest.mark.parametrize("length", ["maxlen", "50"])
def test_lists_of_a_fixed_length_written_in_part(known_of, length):
    program = (
        NUMPY
        + f"""
out = []
for text in texts:
    row = [0] * {length}
    for i, word in enumerate(text):
        row[i] = index[word]
    out.append(row)
x = np.array(out)
"""
    )
    assert known_of(program) == "filling [0] * n in part post 0 axis 1"


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("row[start:start + len(words)] = words", "filling np.zeros in part unknown 0 axis 1"),
        ("row[start:end] = 1", "nothing"),
        ("row[start + 1:end + 1] = 1", "nothing"),
    ],
)
def test_a_stretch_that_is_marked_is_no_padding(known_of, written, known):
    program = f"""{NUMPY}
out = []
for words, start, end in texts:
    row = np.zeros(maxlen)
    {written}
    out.append(row)
x = np.array(out)
"""
    assert known_of(program) == known


def test_literal_rows_that_end_in_zeros(known_of):
    program = NUMPY + "x = np.array([[5, 8, 2, 0, 0], [3, 1, 4, 1, 6], [9, 2, 0, 0, 0]])"
    assert known_of(program) == "writing out rows that end in zeros post 0 axis 1"


@pytest.mark.parametrize(
    ("rows", "known"),
    [
        ("[[5, 8, 2], [3, 0, 4]]", "not padded: rows that are written out"),
        ("[[[0.5, 0.0], [0.0, 0.1]]]", "not padded: rows that are written out"),
        ("[[5, 8, 2], [3, 1, 0]]", "nothing"),
        ("[[[0.5, 0.1], [0.0, 0.0]]]", "nothing"),
        ("[[5, 8, 2], [3, 1, load()]]", "nothing"),
    ],
)
def test_literal_rows_that_neither_begin_nor_end_with_zeros(known_of, rows, known):
    assert known_of(f"{NUMPY}x = np.array({rows})") == known


@pytest.mark.parametrize(
    "rows",
    [
        "[[0, 1, 1, 0, 0], [0, 0, 0, 2, 2]]",
        "[[[0], [1], [1], [0], [0]], [[0], [0], [2], [2], [0]]]",
        "[[0, 0], [0, 1], [1, 0], [1, 1]]",
        "[[1, 0, 0], [0, 1, 0], [0, 0, 1]]",
        "[[0.1, 0.5, 0.0], [0.3, 0.2, 0.1]]",
    ],
)
def test_literal_rows_with_zeros_in_them(known_of, rows):
    assert "axis" not in known_of(f"{NUMPY}x = np.array({rows})")


# What is not padding --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        "x = np.random.rand(100, 20, 3)",
        "x = np.random.random((100, 20, 3))",
        "x = np.random.randint(0, 9, size=(100, 20))",
        "x = np.arange(100).reshape((10, 10, 1))",
        "x = np.sin(np.linspace(0, 1, 100))",
        "x = np.array([series[i : i + 10] for i in range(len(series) - 10)])",
        "x = []\nfor i in range(len(series) - window):\n    x.append(series[i : i + window, 0])\nx = np.array(x)",
        "x = []\nfor i in range(60, len(series)):\n    x.append(series[i - 60 : i])\nx = np.reshape(np.array(x), (n, 60, 1))",
        "def cut(series, k):\n    rows = []\n    for i in range(len(series) - k - 1):\n        rows.append(series[i : (i + k)])\n    return np.array(rows)\nx = cut(data, 3)",
        "x = np.stack([frame.iloc[i : i + 5].values for i in range(n)])",
        "import pandas as pd\nx = pd.read_csv('a.csv').values.reshape((-1, 1, 8))",
        "import pandas as pd\ndf = pd.read_csv('a.csv')\nx = np.array([df['a'].values[i : i + 5] for i in range(n)])",
        "from keras.datasets import mnist\n(x, y), _ = mnist.load_data()\nx = x.reshape(60000, 28, 28) / 255",
        "from sklearn.preprocessing import MinMaxScaler\nx = MinMaxScaler().fit_transform(np.random.rand(9, 9))",
    ],
)
def test_data_that_is_shown_not_to_be_padded(known_of, program):
    assert known_of(NUMPY + program).startswith("not padded: ")


@pytest.mark.parametrize(
    ("text", "padded"),
    [
        ("date.isoformat()", False),
        ("date.strftime('%Y-%m-%d')", False),
        ("date.strftime('%d/%b/%Y')", False),
        ("date.strftime('%B %d, %Y')", True),
        ("str(date)", True),
    ],
)
def test_dates_that_are_all_as_long(known_of, text, padded):
    program = f"""
import tensorflow as tf
def to_ids(text):
    return [letters.index(letter) for letter in text]
rows = tf.ragged.constant([to_ids(text) for text in [{text} for date in dates]])
x = (rows + 1).to_tensor()
"""
    assert known_of(program) == ("to_tensor post 0 axis 1" if padded else "not padded: rows of one length")


@pytest.mark.parametrize(
    ("width", "known"),
    [("(0, n - len(sound))", "np.pad post 0 axis 1"), ("(n - sound.shape[0], 0)", "np.pad pre 0 axis 1")],
)
@pytest.mark.parametrize(
    "widths",
    [
        "widths = [(0, 0)] * sound.ndim\n    widths[0] = {}",
        "widths = [(0, 0) for _ in sound.shape]\n    widths[axis] = {}",
        "widths = [{}] + [(0, 0)] * (sound.ndim - 1)",
        "widths = ({},) + ((0, 0),) * (sound.ndim - 1)",
    ],
)
def test_widths_of_axes_whose_number_is_not_known(known_of, widths, width, known):
    program = f"""
import numpy as np
def padded(sound, n, axis=0):
    {widths.format(width)}
    return np.pad(sound, widths)
x = np.stack([padded(np.load(file), 100) for file in files])
"""
    assert known_of(program).replace(" to n", "") == known


def test_the_same_width_for_all_along_axes_whose_number_is_not_known(known_of):
    program = """
import numpy as np
def framed(image):
    widths = [(0, 0)] * image.ndim
    widths[0] = (2, 2)
    return np.pad(image, widths)
x = np.stack([framed(np.load(file)) for file in files])
"""
    assert known_of(program) == "nothing"


@pytest.mark.parametrize(
    ("shape", "known"),
    [
        ("shape = list(sound.shape)\n    shape[0] = n - len(sound)", "filler of np.zeros post 0 axis 1"),
        ("shape = (n - len(sound), *sound.shape[1:])", "filler of np.zeros post 0 axis 1"),
        ("shape = list(sound.shape)\n    shape[0] = 4", "nothing"),
        ("shape = sound.shape", "nothing"),
    ],
)
def test_filler_in_a_shape_of_which_the_first_axis_is_set(known_of, shape, known):
    program = f"""
import numpy as np
def padded(sound, n):
    {shape}
    return np.concatenate([sound, np.zeros(shape)])
x = np.stack([padded(np.load(file), 100) for file in files])
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    "program",
    [
        "x = np.pad(y, [(0, 0), (1, 0)], 'constant')",
        "x = tf.pad(ids, [[0, 0], [1, 0]])",
        "x = np.pad(image, ((2, 2), (2, 2)), 'constant')",
        "x = np.pad(image, 2, 'reflect')",
    ],
)
def test_shifts_and_frames_are_no_padding_of_steps(evidence, program):
    assert evidence(f"import numpy as np\nimport tensorflow as tf\n{program}") == []


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("x = [[0] * (max_words - len(row)) + row for row in rows]", "max_words"),
        ("x = [row + [0] * (config['max_words'] - len(row)) for row in rows]", "max_words"),
        (
            "x = np.zeros((len(rows), max_words))\nfor i, row in enumerate(rows):\n    x[i, :len(row)] = row",
            "max_words",
        ),
        ("x = [[0] * (20 - len(row)) + row for row in rows]", ""),
    ],
)
def test_padding_by_hand_knows_what_the_program_calls_its_length(facts, text, length):
    (padding,) = facts("import numpy as np\n" + text).paddings
    assert padding.length == length


@pytest.mark.parametrize("length", ["len(rows[0])", "len(rows[row])", "15"])
def test_windows_that_are_written_whole(known_of, length):
    program = f"""{NUMPY}
rows = []
for start in range(len(text) - 15):
    rows.append(text[start : start + 15])
x = np.zeros((len(rows), 15, 128))
for row in range(len(rows)):
    for place in range({length}):
        x[row, place, ord(rows[row][place])] = 1
"""
    assert known_of(program) == "not padded: an array written in full"


@pytest.mark.parametrize("rows", ["np.load('rows.npy')", "np.array(some.rows)"])
@pytest.mark.parametrize(
    "loops",
    [
        "for i, row in enumerate(rows):\n    for j, word in enumerate(row):",
        "for i in range(len(rows)):\n    for j in range(len(rows[i])):",
    ],
)
def test_an_array_as_wide_as_the_one_that_it_is_made_of(known_of, rows, loops):
    """Rows of an array are of one length."""
    program = f"""{NUMPY}
rows = {rows}
x = np.zeros((len(rows), rows.shape[1], 5))
{loops}
        x[i, j] = vectors[rows[i][j]]
"""
    assert known_of(program) == "nothing"


@pytest.mark.parametrize(("width", "known"), [("len(rows[0])", "nothing"), ("20", f"{ZEROS} post 0 axis 1")])
def test_an_array_as_wide_as_one_of_its_rows(known_of, width, known):
    """A longer row would not fit, and nothing says that one is shorter."""
    program = f"""{NUMPY}
rows = some.rows
x = np.zeros([len(rows), {width}, 5])
for i, row in enumerate(rows):
    for j, word in enumerate(row):
        x[i][j] = vectors[word]
"""
    assert known_of(program) == known


@pytest.mark.parametrize("order", ["list(range(len(frames)))[:24]", "frames[:24]"])
@pytest.mark.parametrize(
    ("filler", "known"),
    [("order[-1]", "nothing"), ("0", "filler of [0] * n post ? axis 1, (an item of something unresolved)")],
)
def test_a_row_that_is_made_up_with_its_own_items_leaves_no_zeros(known_of, order, filler, known):
    program = f"""{NUMPY}
x = np.zeros((len(videos), 24, 512))
for i, frames in enumerate(videos):
    order = {order}
    order = order + [{filler}] * (24 - len(order))
    for j in range(len(order)):
        x[i, j] = vectors[order[j]]
"""
    assert known_of(program) == known


def test_a_length_that_is_cut_by_hand(known_of):
    program = f"""{NUMPY}
def coded(words, length):
    row, end = np.zeros(length), length
    if len(words) < length:
        end = len(words)
    for place in range(end):
        row[place] = numbers[words[place]]
    return row

x = np.asarray([coded(words, 50) for words in some.texts])
"""
    assert known_of(program) == f"{ZEROS} post 0 axis 1"


@pytest.mark.parametrize("squeezed", ["np.squeeze(x)", "x.squeeze()", "np.squeeze(x, 1)"])
def test_batches_of_one_row_that_are_put_together(known_of, squeezed):
    program = f"""{NUMPY}
from keras.preprocessing.sequence import pad_sequences
x = np.array([pad_sequences([row], 30) for row in some.rows])
x = {squeezed}
"""
    assert known_of(program) == "pad_sequences to 30 pre 0 axis 1"


# Iterators and tuples -------------------------------------------------------------------------------------------

ITERTOOLS = "import numpy as np\nfrom itertools import chain, cycle, islice, repeat\n"


@pytest.mark.parametrize(
    ("row", "known"),
    [
        ("tuple(s) + (0,) * (20 - len(s))", "filler of (0,) * n post 0 axis 1"),
        ("(0,) * (20 - len(s)) + tuple(s)", "filler of (0,) * n pre 0 axis 1"),
        ("(*s, *(0,) * (20 - len(s)))", "filler of (0,) * n post 0 axis 1"),
        ("list(islice(chain(s, repeat(0)), 20))", "filler of 0 post 0 axis 1"),
        ("list(islice(chain(s, cycle([0])), 20))", "filler of 0 post 0 axis 1"),
        ("list(chain(s, repeat(0, 20 - len(s))))", "filler of 0 post 0 axis 1"),
        # What is repeated is real.
        ("list(islice(cycle(s), 20))", "not padded: rows of one length"),
        ("list(islice(chain(s, cycle(s)), 20))", "nothing"),
        ("np.resize(s, 20)", "nothing"),
        ("(1,) * 3 + tuple(s)", "nothing"),
    ],
)
def test_filler_of_tuples_and_iterators(known_of, row, known):
    assert known_of(f"{ITERTOOLS}x = np.array([{row} for s in rows])") == known


def test_a_shape_that_gets_more_axes_is_no_row(evidence):
    assert evidence(f"{ITERTOOLS}x = np.reshape(weights, weights.shape + (1,) * (4 - len(weights.shape)))") == []


@pytest.mark.parametrize(
    ("body", "known"),
    [
        (
            "yield from row\n    for _ in range(20 - len(row)):\n        yield 0",
            "yield, called until the length is reached, post 0 axis 1",
        ),
        ("yield from row\n    yield from [0] * (20 - len(row))", "filler of [0] * n post 0 axis 1"),
        ("yield from row\n    yield from repeat(0, 20 - len(row))", "filler of 0 post 0 axis 1"),
        (
            "for i in range(20):\n        if i < len(row):\n            yield row[i]\n        else:\n            yield 0",
            "yield, called until the length is reached, post 0 axis 1",
        ),
        (
            "for i in range(20):\n        yield row[i] if i < len(row) else 0",
            "filler for places behind the end post 0 axis 1",
        ),
        ("yield 1\n    yield from row", "nothing"),
        ("for item in row:\n        yield item\n        yield 0", "nothing"),
    ],
)
def test_a_generator_that_gives_filler(known_of, body, known):
    assert known_of(f"{ITERTOOLS}def padded(row):\n    {body}\nx = np.array([list(padded(s)) for s in rows])") == known
