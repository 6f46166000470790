"""`pad_sequences` in all its spellings, and what keeps what it did."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "spelling",
    [
        "from keras.preprocessing.sequence import pad_sequences",
        "from keras.preprocessing.sequence import pad_sequences as pad_sequences",
        "from tensorflow.keras.preprocessing.sequence import pad_sequences",
        "from tensorflow.keras.utils import pad_sequences",
        "from tf_keras.utils import pad_sequences",
        "from keras_preprocessing.sequence import pad_sequences",
        "from keras_preprocessing.sequence import *",
        "import keras\npad_sequences = keras.utils.pad_sequences",
        "from keras.preprocessing import sequence\npad_sequences = sequence.pad_sequences",
        "import tensorflow as tf\npad_sequences = tf.keras.preprocessing.sequence.pad_sequences",
    ],
)
def test_every_spelling_pads(known_of, spelling):
    assert known_of(f"{spelling}\nx = pad_sequences(rows, maxlen=80)") == "pad_sequences to 80 pre 0 axis 1"


PAD = "from keras.utils import pad_sequences\n"


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        ("rows", "pad_sequences pre 0 axis 1"),
        ("rows, MAX_LEN", "pad_sequences to MAX_LEN pre 0 axis 1"),
        ("rows, 9, 'int32', 'post', 'post', -1", "pad_sequences to 9 post -1 axis 1"),
        ("rows, padding='post', value=7", "pad_sequences post 7 axis 1"),
        ("rows, value=word_index['PAD']", "pad_sequences pre ? axis 1"),
        ("rows, value=len(words)", "pad_sequences pre a count axis 1"),
        ("rows, value=len(words if made else mystery())", "pad_sequences pre a count axis 1"),
        ("sequences=rows, padding=side", "pad_sequences unknown 0 axis 1"),
        ("rows, padding='post' if flag else 'pre'", "pad_sequences unknown 0 axis 1"),
        ("rows, **{'maxlen': 4, 'padding': 'post'}", "pad_sequences post 0 axis 1"),
    ],
)
def test_arguments_are_read_with_their_defaults(known_of, arguments, known):
    assert known_of(f"{PAD}x = pad_sequences({arguments})") == known


@pytest.mark.parametrize(
    "change",
    [
        "x = x[:100]",
        "x = x[rows]",
        "x = x[np.random.permutation(len(x))]",
        "x = np.array(x)",
        "x = np.asarray(x, dtype='int32').astype('float32')",
        "x = x.reshape((len(x), x.shape[1], 1))",
        "x = x.reshape(*x.shape, 1)",
        "x = np.expand_dims(x, -1) if flag else x[:, :, None]",
        "x, y, a, b = train_test_split(x, labels)",
        "y, x, a, b = train_test_split(x, labels)",
        "x = shuffle(x)",
        "x = np.concatenate([x, x])",
        "x = np.vstack((x, x))",
        "x = np.array([row for row in x])",
        "x = np.stack([x[i] for i in range(n)])",
        "x = x[:, 1:]",
        "x = x[:, :-1]",
        "x = {'a': (x, 1)}['a'][0]",
        "x = tf.constant(x)",
        "x = tf.cast(x, tf.int32).numpy()",
        "x = list(x)",
        "np.random.shuffle(x)",
        "np.save('train.npy', x); x = np.load('train.npy')",
        "pickle.dump(x, open('x.pkl', 'wb')); x = pickle.load(open('x.pkl', 'rb'))",
        "x = x * 2",
    ],
)
def test_what_keeps_padding(known_of, change):
    program = f"""
import pickle
import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split
from sklearn.utils import shuffle
from keras.utils import pad_sequences
x = pad_sequences(rows)
{change}
"""
    assert known_of(program) == "pad_sequences pre 0 axis 1"


@pytest.mark.parametrize(
    ("change", "known"),
    [
        ("x = x[:, ::-1]", "pad_sequences post 0 axis 1"),
        ("x = np.flip(x, axis=1)", "pad_sequences post 0 axis 1"),
        ("x = x[0]", "pad_sequences pre 0 axis 0"),
        ("x = x.T", "pad_sequences pre 0 axis 0"),
        ("x = x[:, -1]", "nothing"),
        ("x = x.sum(axis=1)", "nothing"),
        ("x = x[np.newaxis]", "pad_sequences pre 0 axis 2"),
        ("x = np.expand_dims(x, 0)", "pad_sequences pre 0 axis 2"),
        ("x = x.reshape((len(x), 1, x.shape[1]))", "pad_sequences pre 0 axis 2"),
        ("x = x.reshape(-1, 13)", "pad_sequences pre 0 axis 0"),
        ("x = x.reshape(-1, x.shape[-1])", "pad_sequences pre 0 axis 0"),
        ("n, t, f = x.shape; x = x.reshape(n * t, f)", "pad_sequences pre 0 axis 0"),
        ("n, t, f = x.shape; x = x.reshape(-1, f).reshape(n, t, f)", "pad_sequences pre 0 axis 1"),
        ("n, t, f = np.shape(x); x = x.reshape(-1, f).reshape(-1, t, f)", "pad_sequences pre 0 axis 1"),
        ("x = x.reshape(-1, 13).reshape(x.shape)", "pad_sequences pre 0 axis 1"),
        ("x = x.reshape(-1, 13).reshape(-1, 100, 13)", "pad_sequences pre 0 axis 1"),
        ("x = x.reshape(-1, 13).reshape(-1, 1, 13)", "pad_sequences pre 0 axis 0"),
        ("n, t, f = x.shape; x = x.reshape(n, t * f)", "pad_sequences pre 0 axis 1"),
        ("x = x + 1", "pad_sequences pre 1 axis 1"),
        ("x = x / 255.0", "pad_sequences pre 0 axis 1"),
        ("x = np.array([np.zeros(9)] + x.tolist())", "pad_sequences pre 0 axis 1"),
        ("x = x + [1, 2]", "pad_sequences pre ? axis 1 scaled"),
        ("x = (x - mean) / std", "pad_sequences pre ? axis 1 scaled"),
        ("x = to_categorical(x, num_classes=9)", "pad_sequences pre ? axis 1 one_hot"),
        ("x = tf.one_hot(x, 9)", "pad_sequences pre ? axis 1 one_hot"),
        ("x = np.eye(9)[x]", "pad_sequences pre ? axis 1 embedded"),
        ("x = vectors[x]", "pad_sequences pre ? axis 1, (an item of something unresolved)"),
        ("x = np.take(np.random.rand(9, 8), x, axis=0)", "pad_sequences pre ? axis 1 embedded"),
        ("x = np.take(x, order, axis=1)", "pad_sequences pre 0 axis 1"),
        ("x = x.take(order, axis=0)", "pad_sequences pre 0 axis 1"),
        ("x = StandardScaler().fit_transform(x)", "pad_sequences pre ? axis 1 scaled"),
        ("x = x != 0", "pad_sequences pre 0 axis 1, as a mask"),
        ("x = mystery(x)", "pad_sequences pre 0 axis 1, (the result of mystery.mystery)"),
    ],
)
def test_what_changes_padding(known_of, change, known):
    program = f"""
import numpy as np
import tensorflow as tf
from mystery import mystery
from sklearn.preprocessing import StandardScaler
from keras.utils import pad_sequences, to_categorical
x = pad_sequences(rows)
{change}
"""
    assert known_of(program) == known


@pytest.mark.parametrize(
    ("reshaped", "axis"),
    [
        ("pad_sequences(rows, maxlen=50).reshape(-1, 50)", 1),
        ("pad_sequences(rows, maxlen=MAX).reshape(len(rows), MAX)", 1),
        ("pad_sequences(rows, maxlen=50).reshape(-1, 10, 50)", 2),
        ("pad_sequences(rows, maxlen=50).reshape(-1, 13)", 0),
        ("np.array([pad_sequences([row], maxlen=50) for row in rows]).reshape(-1, 50)", 1),
        ("np.array([pad_sequences([row], maxlen=MAX) for row in rows]).reshape(len(rows), MAX)", 1),
        ("np.array([pad_sequences(row, maxlen=50) for row in rows]).reshape(-1, 10, 50)", 2),
    ],
)
def test_what_is_padded_to_a_length_is_padded_where_that_length_is_in_another_shape(facts, reshaped, axis):
    program = f"import numpy as np\nfrom keras.utils import pad_sequences\nx = {reshaped}"
    assert {padding.axes for padding in facts(program).paddings} == {(axis,)}


def test_what_was_made_of_items_is_padded_behind_the_axes_that_it_takes_again(known_of):
    program = """
import numpy as np
from keras.utils import pad_sequences
def letters_of(words):
    rows, steps = words.shape
    return pad_sequences([letters[word] for word in words.ravel()], 20).reshape(rows, steps, -1)
x = letters_of(texts)
"""
    assert known_of(program) == "pad_sequences to 20 pre 0 axis 2"


def test_rows_are_divided_into_steps_by_axes_of_their_own(known_of):
    program = """
from keras.utils import pad_sequences
x = pad_sequences(rows, 20)
x = x.reshape(x.shape[0], 5, -1)
"""
    assert known_of(program) == "pad_sequences to 20 pre 0 axis 1"


def test_a_row_of_padded_words_in_another_shape(known_of):
    program = """
import numpy as np
def vectors(words):
    return [np.average(table.embed(word), axis=0).reshape([1, 300]) for word in words]
x = []
for words in sentences:
    if len(words) < n:
        words.extend(["<PAD>"] * (n - len(words)))
    x.append(vectors(words))
x = np.array(x)
"""
    assert " axis 1" in known_of(program)


@pytest.mark.parametrize(
    ("change", "axis"),
    [
        ("np.expand_dims(x, 0)", 1),
        ("x[None]", 1),
        ("tf.expand_dims(x, 0)", 1),
        ("np.transpose(x, (1, 0))", 1),
        ("np.swapaxes(x, 0, 1)", 1),
        ("x.reshape(1, 143, 40)", 1),
    ],
)
def test_what_is_padded_only_where_it_is_short_has_its_axes_moved(facts, change, axis):
    program = f"""
import numpy as np
import tensorflow as tf
x = np.load("sound.npy")
if len(x) < 143:
    x = np.pad(x, ((0, 143 - len(x)), (0, 0)))
x = {change}
"""
    assert {padding.axes for padding in facts(program).paddings} == {(axis,)}


@pytest.mark.parametrize("padded", ["pad_sequences([row], 80)", "pad_sequences(words.texts_to_sequences([text]), 80)"])
@pytest.mark.parametrize(
    "change",
    [
        "np.squeeze(x)[np.newaxis]",
        "x.squeeze().reshape(1, 80)",
        "tf.expand_dims(tf.squeeze(x), 0)",
        "x.flatten().reshape(1, -1)",
        "np.ravel(x)[None, :]",
        "np.expand_dims(x.reshape(80), 0)",
        "x.reshape(-1).reshape(1, 80)",
        "np.array([x.flatten() for each in texts])",
        "np.squeeze(x[:, :, None], -1)",
    ],
)
def test_the_only_row_of_a_batch_is_taken_out_of_it(known_of, padded, change):
    program = f"""{PAD}
import numpy as np
import tensorflow as tf
from keras.preprocessing.text import Tokenizer
words = Tokenizer()
x = {padded}
x = {change}
"""
    assert known_of(program) == "pad_sequences to 80 pre 0 axis 1"


@pytest.mark.parametrize("rows", ["rows", "[first, second]"])
def test_of_several_rows_that_are_put_one_after_the_other_none_is_padded(known_of, rows):
    assert known_of(f"{PAD}x = pad_sequences({rows}, 80).flatten().reshape(1, -1)") == "nothing"


def test_whether_a_batch_has_one_row_is_not_known_where_it_may_have_more(known_of):
    program = f"""{PAD}
def padded(rows):
    return pad_sequences(rows, 80)
x = padded([row]) if mystery else padded(rows)
x = x.flatten().reshape(1, -1)
y = padded(rows) if mystery else padded([row])
y = y.flatten().reshape(1, -1)
"""
    assert known_of(program) == known_of(program, "y")


@pytest.mark.parametrize(
    "joined",
    [
        "np.stack((a, b), axis=-1)",
        "np.stack((a, b), axis=2)",
        "tf.stack([a, b], axis=-1)",
        "np.dstack((a, b))",
        "np.dstack([a[:, :, None], b])",
        "np.c_[a[:, :, None], b[:, :, None]]",
        "np.moveaxis(np.array([a, b]), 0, -1)",
        "np.moveaxis(np.array([a, b]), source=0, destination=2)",
        "np.rollaxis(np.array([a, b]), 0, 3)",
        "np.rollaxis(np.rollaxis(np.array([a, b]), 2), 2)",
        "np.r_[a, b]",
        "np.expand_dims(np.concatenate([a, b]), 2)",
    ],
)
def test_features_may_be_joined_behind_the_steps(facts, joined):
    program = f"""{PAD}
import numpy as np
import tensorflow as tf
a, b = pad_sequences(prices, 80), pad_sequences(volumes, 80)
x = {joined}
"""
    assert [padding.axes for padding in facts(program).paddings] == [(1,), (1,)]


@pytest.mark.parametrize("joined", ["np.column_stack([a, b])", "np.c_[a, b]", "np.hstack([a, b])"])
def test_what_is_joined_along_the_steps_stays_padded_along_them(facts, joined):
    program = f"""{PAD}
import numpy as np
a, b = pad_sequences(left.texts, 80), pad_sequences(right.texts, 80)
x = {joined}
"""
    assert [padding.axes for padding in facts(program).paddings] == [(1,), (1,)]


@pytest.mark.parametrize("joined", ["np.column_stack((a, b))", "np.c_[a, b]", "np.stack((a, b), -1)"])
def test_rows_that_become_columns_are_padded_along_the_first_axis(facts, joined):
    program = f"""{PAD}
import numpy as np
a, b = pad_sequences(prices, 80)[0], pad_sequences(volumes, 80)[0]
x = np.expand_dims({joined}, 0)
"""
    assert [padding.axes for padding in facts(program).paddings] == [(1,), (1,)]


@pytest.mark.parametrize("index", ["0:9", "0:9, 20", "'0,2', [[1, 2]]"])
def test_an_index_that_counts_joins_no_arrays(known_of, index):
    assert known_of(f"import numpy as np\nx = np.r_[{index}]") == "nothing"


@pytest.mark.parametrize(
    ("collected", "known"),
    [
        ("[[int(v) for v in row] for row in ids]", "pad_sequences pre -1 axis 1"),
        ("[[float(v) for v in row] for row in ids]", "pad_sequences pre -1.0 axis 1"),
        ("[[abs(v) for v in row] for row in ids]", "pad_sequences pre 1.0 axis 1"),
        ("[[min(v, 99) for v in row] for row in ids]", "pad_sequences pre -1.0 axis 1"),
        ("[[max(0, v) for v in row] for row in ids]", "pad_sequences pre 0 axis 1"),
        ("[[min(v, most) for v in row] for row in ids]", "pad_sequences pre ? axis 1 scaled"),
        ("[[[v] for v in row] for row in ids]", "pad_sequences pre -1.0 axis 1"),
        ("[[[int(v), 1] for v in row] for row in ids]", "pad_sequences pre -1 axis 1"),
        ("[[[[v] for v in row]] for row in ids]", "pad_sequences pre -1.0 axis 2"),
        ("[min(row) for row in ids]", "nothing"),
        ("[max(row, key=rank) for row in ids]", "nothing"),
        ("[int(row) for row in ids]", "nothing"),
    ],
)
def test_numbers_that_are_collected_one_by_one(known_of, collected, known):
    program = f"""{PAD}
import numpy as np
ids = pad_sequences(rows, value=-1.0)
x = np.array({collected})
"""
    assert known_of(program) == known


@pytest.mark.parametrize("value", ["float('nan')", "float('inf')", "np.nan", "10 ** 400"])
def test_padding_of_which_no_integer_is_made_stays_what_it_is(known_of, value):
    program = f"""{PAD}
import numpy as np
ids = pad_sequences(rows, value={value})
x = np.array([[int(v) for v in row] for row in ids])
"""
    assert known_of(program) == known_of(program, "ids")


DUMPED = """
import pickle
from keras.utils import pad_sequences
with open("data.pkl", "wb") as file:
    pickle.dump(pad_sequences(rows, 80), file)
    pickle.dump(labels, file)
"""


def test_what_is_put_into_one_file_comes_out_in_order(known_of):
    program = f"""{DUMPED}
with open("data.pkl", "rb") as file:
    x = pickle.load(file)
    y = pickle.load(file)
first = pickle.load(open("data.pkl", "rb"))
"""
    padded = "pad_sequences to 80 pre 0 axis 1"
    assert [known_of(program, name) for name in ("x", "y", "first")] == [padded, "nothing", padded]


@pytest.mark.parametrize(
    "loads",
    [
        "if mystery:\n    pickle.load(file)\nx = pickle.load(file)",
        "for name in names:\n    x = pickle.load(file)",
        "def more():\n    return pickle.load(file)\nx = [more() for name in names][0]",
    ],
)
def test_what_comes_out_of_a_file_may_be_anything_where_its_place_is_not_known(known_of, loads):
    assert known_of(f"{DUMPED}file = open('data.pkl', 'rb')\n{loads}") == "pad_sequences to 80 pre 0 axis 1"


@pytest.mark.parametrize(
    "dumps",
    [
        "file = open('data.pkl', 'ab')\npickle.dump(pad_sequences(rows), file)",
        (
            "file = open('data.pkl', 'wb')\nfor row in rows:\n    pickle.dump(row, file)\n"
            "pickle.dump(pad_sequences(rows), file)"
        ),
    ],
)
def test_what_is_put_into_a_file_may_be_at_any_place(known_of, dumps):
    program = f"""
import pickle
from keras.utils import pad_sequences
pickle.dump(labels, open("data.pkl", "wb"))
{dumps}
x = pickle.load(open("data.pkl", "rb"))
"""
    assert known_of(program) == "pad_sequences pre 0 axis 1"


def test_a_file_that_is_opened_anew_holds_what_was_put_into_it_since(known_of):
    program = f"{DUMPED}pickle.dump(labels, open('data.pkl', 'wb'))\nx = pickle.load(open('data.pkl', 'rb'))"
    assert known_of(program) == "nothing"


def test_features_that_are_filled_up_are_behind_the_steps_of_a_batch(known_of):
    program = """
import numpy as np
x = np.load("sound.npy")
x = np.pad(x, ((0, 0), (0, 143 - x.shape[1])))
x = x.reshape(1, 40, 143)
"""
    assert known_of(program) == "np.pad post 0 axis 2"


@pytest.mark.parametrize(
    "one",
    ["tf.expand_dims([start], 0)", "np.expand_dims([start], axis=0)", "tf.constant([[start]])", "np.array([[start]])"],
)
def test_one_step_of_a_decoder(known_of, one):
    program = f"import numpy as np\nimport tensorflow as tf\nfrom words import start\nx = {one}"
    assert known_of(program) == "not padded: one step at a time"


@pytest.mark.parametrize(
    "code", ["letters.index(c)", "np.eye(5)[letters.index(c)]", "np.identity(5)[ids[c]]", "table[ids[c]]"]
)
def test_letters_that_are_looked_up_are_padded_as_they_were(known_of, code):
    program = f"""
import numpy as np
from codes import ids
letters = list("abc ") + ["<PAD>"]
table = np.load("table.npy")
rows = []
for line in open("lines.txt"):
    text = list(line)[:50]
    text = text + ["<PAD>"] * (50 - len(text))
    rows.append([{code} for c in text])
x = np.array(rows)
"""
    assert known_of(program).startswith("filler of ['<PAD>'] * n post ? axis 1")


def test_where_a_letter_stands_in_a_padded_text_is_no_letter(known_of):
    program = "x = [(line + [0] * (9 - len(line))).index(7) for line in lines]"
    assert "added" not in known_of(program)


@pytest.mark.parametrize(
    "taken_apart",
    [
        "x, y = zip(*pairs)",
        "x = list(zip(*pairs))[0]",
        "x, y = map(np.array, zip(*pairs))",
        "x, y = zip(*[(first, 0), *pairs])",
        "x, y = zip(*[list(pair) for pair in pairs])",
    ],
)
def test_pairs_are_taken_apart_into_columns(known_of, taken_apart):
    program = f"""
import numpy as np
def filled(sound):
    return np.pad(sound, ((0, 100 - len(sound)), (0, 0)))
first = filled(np.load("first.npy"))
pairs = []
for name in names:
    pairs.append((filled(np.load(name)), 1))
{taken_apart}
x = np.array(x)
"""
    assert known_of(program) == "np.pad post 0 axis 1"


@pytest.mark.parametrize(
    ("padded", "known"),
    [
        ("pad_sequences(windows)", "not padded: windows of equal length"),
        ("pad_sequences(windows, maxlen=max(len(w) for w in windows))", "not padded: windows of equal length"),
        ("pad_sequences(windows, maxlen=3)", "not padded: windows of equal length"),
        ("pad_sequences(windows, maxlen=2)", "not padded: windows of equal length"),
        ("pad_sequences(windows, maxlen=4)", "pad_sequences to 4 pre 0 axis 1"),
        ("pad_sequences(windows, maxlen=longest)", "pad_sequences to longest pre 0 axis 1"),
        ("pad_sequences(rows, maxlen=min(len(r) for r in rows))", "not padded: rows that are cut to the shortest"),
        ("pad_sequences(rows, maxlen=min(map(len, rows)))", "not padded: rows that are cut to the shortest"),
    ],
)
def test_pad_sequences_adds_nothing_to_rows_of_one_length(known_of, padded, known):
    program = (
        PAD
        + f"""
windows = []
for i in range(2, len(ids)):
    windows.append(ids[i - 2 : i + 1])
x = {padded}
"""
    )
    assert known_of(program) == known


def test_the_least_of_a_bound_and_the_longest_fills_up(known_of):
    assert "axis 1" in known_of(PAD + "x = pad_sequences(rows, maxlen=min(100, max(map(len, rows))))")


def test_splits_of_k_folds_stay_padded(known_of):
    program = (
        PAD
        + """
from sklearn.model_selection import KFold
padded = pad_sequences(rows)
for train, test in KFold(5).split(padded):
    x = padded[train]
"""
    )
    assert known_of(program) == "pad_sequences pre 0 axis 1"


def test_either_of_two_paddings(known_of):
    program = PAD + "x = pad_sequences(rows) if flag else pad_sequences(rows, padding='post')"
    assert known_of(program) == "pad_sequences pre 0 axis 1, pad_sequences post 0 axis 1"


def test_padding_in_one_branch_only_is_padding(known_of):
    program = PAD + "import numpy as np\nx = pad_sequences(rows) if flag else np.random.rand(3, 4)"
    assert known_of(program) == "pad_sequences pre 0 axis 1"


def test_rows_of_one_width_are_only_cut(known_of):
    program = (
        PAD
        + """
from keras.preprocessing.text import Tokenizer
tokenizer = Tokenizer(num_words=1000)
matrix = tokenizer.texts_to_matrix(texts)
x = pad_sequences(matrix, maxlen=300)
"""
    )
    assert known_of(program) == "not padded: bag-of-words rows of one width"


def test_reviews_are_ragged_until_they_are_padded(known_of):
    program = (
        PAD
        + """
from keras.datasets import imdb
(ragged, y), _ = imdb.load_data(num_words=20000)
x = pad_sequences(ragged, maxlen=80)
"""
    )
    assert known_of(program, "ragged") == "nothing"
    assert known_of(program) == "pad_sequences to 80 pre 0 axis 1"


def test_two_levels_of_padding(known_of):
    program = PAD + "import numpy as np\nx = np.array([pad_sequences(words, 9) for words in sentences])"
    assert known_of(program) == "pad_sequences to 9 pre 0 axis 2"


def test_ids_that_are_counted_from_zero(known_of):
    program = (
        PAD
        + """
index = {word: i for i, word in enumerate(sorted(words))}
x = pad_sequences([[index[word] for word in text] for text in texts])
"""
    )
    assert known_of(program) == "pad_sequences pre 0 axis 1, but ids are counted from 0"


@pytest.mark.parametrize(
    "vocabulary", ["enumerate(words, 1)", "enumerate(['<pad>'] + words)", "enumerate(words, start=1)"]
)
def test_ids_that_leave_zero_free(known_of, vocabulary):
    program = (
        PAD
        + f"""
index = {{word: i for i, word in {vocabulary}}}
x = pad_sequences([[index[word] for word in text] for text in texts])
"""
    )
    assert known_of(program) == "pad_sequences pre 0 axis 1"


def test_padding_is_evidence_even_where_it_goes_nowhere(evidence):
    program = (
        PAD
        + """
class Reader:
    def read(self, texts):
        pad_sequences(texts, maxlen=self.max_len)
"""
    )
    assert evidence(program) == ["pad_sequences to self.max_len pre 0 axis 1"]


def test_floats_that_the_default_type_cuts_off(narrowings):
    program = (
        PAD
        + """
pad_sequences([[0.5, 1.5], [2.5]])
pad_sequences([[0.5, 1.5], [2.5]], dtype="float32")
pad_sequences([[1, 2], [3]])
"""
    )
    assert narrowings(program) == [3]


@pytest.mark.parametrize(("vector", "cut_off"), [("[0.5, 0.25]", True), ("[5, 25]", False), ("[1.0, 0.0]", False)])
def test_floats_that_are_appended_row_by_row(narrowings, vector, cut_off):
    program = f"""{PAD}
rows = []
for text in texts:
    row = []
    for word in text:
        row.append({vector})
    rows.append(row)
pad_sequences(rows)
"""
    assert bool(narrowings(program)) is cut_off


@pytest.mark.parametrize(
    ("rows", "cut_off"),
    [
        ("[[value / 255 for value in row] for row in table]", True),
        ("[[(value - low) / (high - low) for value in row] for row in table]", True),
        ("[[float(value) for value in row] for row in table]", True),
        ("[[value // 2 for value in row] for row in table]", False),
        ("[[int(value / 2) for value in row] for row in table]", False),
        ("[[index[word] for word in row] for row in table]", False),
    ],
)
def test_numbers_that_were_divided_are_floats(narrowings, rows, cut_off):
    assert bool(narrowings(f"{PAD}pad_sequences({rows})")) is cut_off


@pytest.mark.parametrize("word", ["x[:, t]", "[start] * 64"])
def test_a_decoder_that_is_asked_step_by_step_sees_no_padding(known_of, word):
    program = f"import tensorflow as tf\n{PAD}x = pad_sequences(rows)\nfor t in range(x.shape[1]):\n    y = tf.expand_dims({word}, 1)\nx = y"
    assert known_of(program) == "not padded: one step at a time"


# Padded words that are looked up ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ("{'PAD': 0, 'a': 1, 'b': 2}", "0"),
        ("{'a': 0, 'b': 1, 'PAD': 2}", "2"),
        ("{'a': 0, 'b': 1}", "?"),
        ("json.load(file)", "?"),
        ("{word: i for i, word in enumerate(['PAD', 'a', 'b'])}", "0"),
    ],
)
@pytest.mark.parametrize(
    "padded", ["row + ['PAD'] * (50 - len(row))", "pad_sequences([row], 50, dtype=object, value='PAD')[0]"]
)
def test_padded_words_that_are_looked_up_are_padded_ids(known_of, table, value, padded):
    program = f"""
import json
import numpy as np
from keras.utils import pad_sequences
index = {table}
x = np.array([[index[word] for word in {padded}] for row in rows])
"""
    known = known_of(program)
    assert f" {value} axis 1" in known


def test_words_of_a_list_that_was_filled_up_are_padded_ids(known_of):
    program = """
import numpy as np
x = []
for line in lines:
    words = [word for word in line.split()]
    while len(words) < 50:
        words.append("PAD")
    x.append([index[word] for word in words])
x = np.array(x)
"""
    assert "append, called until the length is reached, post ? axis 1" in known_of(program)


@pytest.mark.parametrize(("item", "value"), [("number", "0"), ("number + 1", "1"), ("index[number]", "?")])
def test_numbers_of_a_buffer_that_was_filled_in_part_are_padded(known_of, item, value):
    program = f"""
import numpy as np
x = []
for numbers in rows:
    padded = np.zeros(50)
    padded[:len(numbers)] = numbers
    x.append([{item} for number in padded])
x = np.array(x)
"""
    assert f"filling np.zeros in part post {value} axis 1" in known_of(program)


# Sounds -----------------------------------------------------------------------------------------------------------

SOUND = """
import librosa
import numpy as np

def features(path):
    sound, rate = librosa.load(path)
    sound = np.pad(sound, (0, 180000 - len(sound)), "constant")
"""


@pytest.mark.parametrize(
    ("frames", "axis"),
    [
        ("librosa.feature.mfcc(y=sound, sr=rate, n_mfcc=13).T", 1),
        ("np.swapaxes(librosa.feature.melspectrogram(y=sound, sr=rate), 0, 1)", 1),
        ("librosa.feature.mfcc(y=sound, sr=rate)", 2),  # its steps are bands
    ],
)
def test_the_frames_of_a_padded_sound_are_silent_and_not_0(known_of, frames, axis):
    program = f"{SOUND}    return {frames}\n\nx = np.array([features(path) for path in paths])\n"
    assert known_of(program) == f"np.pad post ? axis {axis} librosa"


@pytest.mark.parametrize(
    "sound", ["sound", "pad_sequences([sound], maxlen=16000)", "np.pad(sound, (0, n - len(sound)))"]
)
def test_frames_that_are_rows(known_of, sound):
    program = (
        PAD
        + f"""
import numpy as np
from python_speech_features import mfcc
rows = [mfcc({sound}, rate) for sound, rate in sounds]
x = np.array(rows)
"""
    )
    padded = "? axis 1 python_speech_features"
    assert known_of(program).endswith(padded) is (sound != "sound")


@pytest.mark.parametrize(("mode", "value"), [("", "0"), (", mode='edge'", "?"), (", **how", "?")])
def test_features_of_fixed_length_are_padded(known_of, mode, value):
    program = f"""
import librosa
import numpy as np
x = np.array([librosa.util.fix_length(librosa.feature.mfcc(y=sound), size=100, axis=1{mode}).T for sound in sounds])
"""
    assert known_of(program) == f"fix_length to 100 post {value} axis 1"
