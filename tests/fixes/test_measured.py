"""Whether fixed programs run, in both versions of Keras, and whether padding makes no more difference to them."""

from __future__ import annotations

import pytest

pytest.importorskip("tensorflow")
pytest.importorskip("tf_keras")

from frameworks import both

HEAD = """
import numpy as np
from {keras} import layers, models
"""
PADDED = """
def padded(rows, length, width):
    filled = np.zeros((len(rows), length, width), dtype="int32")
    for index, row in enumerate(rows):
        for place, items in enumerate(row):
            filled[index, place, : len(items)] = items
    return filled

"""
ENDS = """
model, longer = build(4), build(7)
for each in (model, longer):
    each.compile("sgd", "mse", run_eagerly=True)
model.fit(data(4), np.zeros((2, 1)), verbose=0)
longer.set_weights(model.get_weights())
"""

SENTENCES_OF_WORDS = f"""{HEAD}{PADDED}
documents = [[[1, 2], [3, 4, 5]], [[6, 7, 8]]]

def data(length):
    return padded(documents, length, 3)

def build(length):
    words = layers.Input((3,), dtype="int32")
    encoded = layers.Conv1D(5, 3, padding="same")(layers.Embedding(10, 4)(words))
    sentence = models.Model(words, layers.GlobalMaxPooling1D()(encoded))
    text = layers.Input((length, 3), dtype="int32")
    h = layers.TimeDistributed(sentence)(text)
    return models.Model(text, layers.Dense(1)(layers.GRU(4)(h)))
{ENDS}"""

WORDS_AND_LETTERS = f"""{HEAD}{PADDED}
ids, letters = [[[1], [2], [3]], [[4]]], [[[1, 2], [3, 4, 5], [6]], [[7, 8, 9]]]

def data(length):
    return [padded(ids, length, 1)[:, :, 0], padded(letters, length, 3)]

def build(length):
    words = layers.Input((length,), dtype="int32")
    spelt = layers.Input((length, 3), dtype="int32")
    shaped = layers.TimeDistributed(layers.Conv1D(4, 2))(layers.Embedding(10, 3)(spelt))
    shaped = layers.TimeDistributed(layers.GlobalMaxPooling1D())(shaped)
    h = layers.Concatenate()([layers.Embedding(10, 4)(words), shaped])
    return models.Model([words, spelt], layers.Dense(1)(layers.Bidirectional(layers.LSTM(4))(h)))
{ENDS}"""

VECTORS_AND_LETTERS = (
    WORDS_AND_LETTERS.replace("[:, :, 0]", ".astype('float32')")
    .replace('layers.Input((length,), dtype="int32")', "layers.Input((length, 1))")
    .replace("layers.Embedding(10, 4)(words)", "words")
)


STACKS_BACKWARDS = f"""{HEAD}{PADDED}
documents = [[[1, 2], [3, 4, 5]], [[6, 7, 8]]]

def data(length):
    return padded(documents, length, 3)

def stack(backwards):
    layered = models.Sequential()
    for _ in range(1):
        layered.add(layers.GRU(5, return_sequences=True, go_backwards=backwards))
    layered.add(layers.GRU(4, go_backwards=backwards))
    return layered

def build(length):
    sentence = models.Sequential()
    sentence.add(layers.Input((3,), dtype="int32"))
    sentence.add(layers.Embedding(10, 4))
    sentence.add(layers.GRU(4))
    read = models.Sequential()
    read.add(layers.Input((length, 3), dtype="int32"))
    read.add(layers.TimeDistributed(sentence))
    read.add(stack(True))
    read.add(layers.Dense(1))
    return read
{ENDS}"""

LENGTHS = (("model", 4), ("longer", 7))


def difference(text: str) -> float:
    """Run a program, and return how much more padding changes what its model makes of the same data."""
    names: dict[str, object] = {}
    exec(compile(text, "program.py", "exec"), names)
    one, other = (names[each].predict(names["data"](length), verbose=0) for each, length in LENGTHS)
    return float(abs(one - other).max())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("keras", ["keras", "tf_keras"])
@pytest.mark.parametrize("program", [SENTENCES_OF_WORDS, WORDS_AND_LETTERS, VECTORS_AND_LETTERS, STACKS_BACKWARDS])
def test_a_fixed_program_runs_and_reads_no_padding(folder, program, keras):
    both()
    text = program.replace("{keras}", keras)
    folder.fixed(text)
    assert difference(text) > 1e-5
    assert difference(folder.text) < 1e-6
