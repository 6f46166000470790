"""tf.data, generators and Keras sequences: what the batches hold that they yield."""

from __future__ import annotations

import pytest

START = """
import numpy as np
import tensorflow as tf
from keras.utils import pad_sequences
Dataset = tf.data.Dataset
padded = pad_sequences(rows, padding="post")
"""
PADDED = "pad_sequences post 0 axis 1"


@pytest.mark.parametrize(
    ("dataset", "known"),
    [
        ("Dataset.from_tensor_slices(padded).batch(32)", PADDED),
        ("Dataset.from_tensor_slices((padded, labels)).shuffle(9).batch(32).prefetch(1)", f"{PADDED} & nothing"),
        ("Dataset.from_tensor_slices({'a': padded}).repeat().batch(8).cache()", f"'a': {PADDED}"),
        (
            "Dataset.zip((Dataset.from_tensor_slices(padded), Dataset.from_tensor_slices(y))).batch(2)",
            f"{PADDED} & nothing",
        ),
        ("Dataset.from_tensor_slices((padded, y)).map(lambda a, b: (a, b)).batch(4)", f"{PADDED} & nothing"),
        (
            "Dataset.from_tensor_slices((padded, y)).batch(4).map(lambda a, b: ((a, a), b))",
            f"{PADDED} & {PADDED} & nothing",
        ),
        ("Dataset.from_tensor_slices(padded).batch(4).unbatch()", "pad_sequences post 0 axis 0"),
        ("Dataset.from_tensors(padded)", PADDED),
        (
            "Dataset.from_tensor_slices(padded).batch(4).take(1).concatenate(Dataset.from_tensor_slices(padded).batch(2))",
            PADDED,
        ),
        ("Dataset.from_tensor_slices(texts).padded_batch(4)", "padded_batch post 0 axis 1"),
        (
            "mystery(texts).padded_batch(32, padded_shapes=([None], ()))",
            "padded_batch to ([None], ()) post 0 axis 1 & not padded: one number for each example",
        ),
        (
            "mystery(texts).padded_batch(32, ([-1, None], []), (-1.0, 0))",
            "padded_batch to ([-1, None], []) post -1.0 axis 1+2 & not padded: one number for each example",
        ),
        ("mystery(texts).bucket_by_sequence_length(len, [5, 9], [8, 4, 2])", "bucket_by_sequence_length post 0 axis 1"),
        (
            "mystery(texts).apply(tf.data.experimental.bucket_by_sequence_length(size, bounds, batches))",
            "bucket_by_sequence_length post 0 axis 1",
        ),
        ("mystery(texts).map(split).bucket_by_sequence_length(size, b, s, no_padding=True)", "nothing"),
        ("Dataset.from_tensor_slices(texts).ragged_batch(8).map(lambda a: a.to_tensor())", "to_tensor post 0 axis 1"),
        ("Dataset.from_tensor_slices(texts).ragged_batch(8)", "nothing"),
        (
            "tf.keras.utils.timeseries_dataset_from_array(series, targets, 20)",
            "not padded: windows of equal length & not padded: targets",
        ),
        (
            "Dataset.from_tensor_slices(ids).window(9, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(9)).batch(32)",
            "not padded: windows of equal length",
        ),
        (
            "Dataset.from_tensor_slices(ids).window(9, 1, 1, True).flat_map(lambda w: w.batch(9)).padded_batch(32)",
            "not padded: windows of equal length",
        ),
        (
            "Dataset.from_tensor_slices(ids).window(9, shift=9).flat_map(lambda w: w.batch(9)).padded_batch(32)",
            "padded_batch post 0 axis 1",
        ),
    ],
)
def test_datasets(known_of, dataset, known):
    assert known_of(f"{START}from mystery import mystery\nx = {dataset}") == f"dataset({known})"


def test_a_ragged_batch_that_is_padded_in_a_function_of_the_project(known_of):
    program = (
        START
        + """
import tensorflow_datasets as tfds
def pad(data):
    data = data.ragged_batch(batch_size=data.cardinality())
    rows = data.get_single_element()
    return tf.data.Dataset.from_tensor_slices(pad_sequences(rows.numpy(), maxlen=MAX_LENGTH))

datasets = tfds.load("imdb_reviews/subwords8k", as_supervised=True)
ids = datasets["train"].map(lambda text, label: text).apply(pad)
labels = datasets["train"].map(lambda text, label: label)
x = tf.data.Dataset.zip((ids, labels)).batch(32)
"""
    )
    assert known_of(program) == "dataset(pad_sequences to MAX_LENGTH pre 0 axis 1 & not padded: labels)"


def test_a_generator_function(known_of):
    program = (
        START
        + """
def generate():
    while True:
        for i in range(0, n, 32):
            yield padded[i:i + 32], labels[i:i + 32]
x = Dataset.from_generator(generate, output_types=("int32", "int32"))
"""
    )
    assert known_of(program) == f"dataset({PADDED} & nothing)"


def test_a_python_function_inside_a_dataset(known_of):
    program = (
        START
        + """
def encoded(text):
    return pad_sequences(tokenizer.texts_to_sequences(text), maxlen=20)
x = Dataset.from_tensor_slices(texts).batch(8).map(lambda t: tf.py_function(encoded, [t], tf.int32))
"""
    )
    assert known_of(program) == "dataset(pad_sequences to 20 pre 0 axis 1)"


# Fed to models --------------------------------------------------------------------------------------------------

MODEL = (
    START
    + """
from keras import Sequential
from keras.layers import Embedding, LSTM
from keras.utils import Sequence
model = Sequential([Embedding(9, 9), LSTM(9)])
"""
)


@pytest.mark.parametrize(
    "feed",
    [
        "model.fit(padded, labels)",
        "model.fit(x=padded, y=labels)",
        "model.fit(Dataset.from_tensor_slices((padded, labels)).batch(8))",
        "def batches():\n    while True:\n        yield padded, labels\nmodel.fit(batches())",
        "def batches():\n    while True:\n        yield padded, labels\nmodel.fit_generator(batches(), steps_per_epoch=3)",
        "model.train_on_batch(padded[:8], labels[:8])",
        "class Batches(Sequence):\n    def __getitem__(self, i):\n        return padded[i * 8 : (i + 1) * 8], labels[i]\nmodel.fit(Batches())",
        "class Batches:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        return padded, labels\nmodel.fit_generator(Batches())",
        "class Batches:\n    def next(self):\n        return padded, labels\nmodel.fit_generator(Batches())",
        "def made(x, y=None):\n    return x if y is None else (x, y)\nclass Batches(Sequence):\n    def __getitem__(self, i):\n        return made(padded, labels[i])\nmodel.fit(Batches())",
        "from tqdm import tqdm\nfor i in tqdm(range(9)):\n    model.train_on_batch(padded[i * 8 : (i + 1) * 8], labels[i])",
        "from tqdm.auto import tqdm\nfor rows, y in tqdm(Dataset.from_tensor_slices((padded, labels)).batch(8), total=9):\n    model.train_on_batch(rows, y)",
        "import tqdm\nfor i in tqdm.trange(9, desc='batch'):\n    model.train_on_batch(padded[i * 8 : (i + 1) * 8], labels[i])",
        "from rich.progress import track\nx = []\nfor row in track(padded):\n    x.append(row)\nmodel.fit(np.array(x), labels)",
    ],
)
def test_what_a_model_is_fed(fed, feed):
    assert fed(MODEL + feed) == [PADDED]


@pytest.mark.parametrize(
    ("texts", "known"),
    [
        ("['ROMEO:']", "nothing"),
        ("['ROMEO:', 'JULIET:']", "to_tensor post 0 axis 1"),
    ],
)
@pytest.mark.parametrize(
    "ids", ["tf.keras.layers.StringLookup(vocabulary=letters)", "tf.keras.models.load_model('ids_from_letters')"]
)
def test_a_batch_of_one_text_is_as_long_as_its_longest(known_of, texts, known, ids):
    program = f"""
import tensorflow as tf
ids = {ids}
x = ids(tf.strings.unicode_split(tf.constant({texts}), "UTF-8")).to_tensor()
"""
    assert known_of(program) == known


def test_a_text_that_is_filled_up_to_a_length_is_padded(known_of):
    program = """
import tensorflow as tf
x = tf.strings.unicode_split(tf.constant(["ROMEO:"]), "UTF-8").to_tensor(shape=[None, 100])
"""
    assert known_of(program).startswith("to_tensor to [None, 100] post 0")


@pytest.mark.parametrize(
    ("ragged", "known"),
    [
        ("tf.RaggedTensor.from_tensor(table)", "not padded: rows of one length"),
        ("tf.RaggedTensor.from_tensor(table, padding=0)", "to_tensor post 0 axis 1"),
        ("tf.RaggedTensor.from_row_lengths(values, lengths)", "to_tensor post 0 axis 1"),
    ],
)
def test_a_ragged_tensor_of_a_tensor(known_of, ragged, known):
    assert known_of(f"import tensorflow as tf\nx = {ragged}.to_tensor()") == known
