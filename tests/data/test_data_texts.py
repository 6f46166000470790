"""Tokenizers and vectorizers, and calls of foreign code that say that they pad."""

from __future__ import annotations

import pytest

TEXTS = """
import tensorflow as tf
from keras.layers import TextVectorization
from keras.preprocessing.text import Tokenizer
from keras.utils import pad_sequences
"""


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        ("", "TextVectorization post 0 axis 1"),
        ("max_tokens=100, output_sequence_length=MAX_LEN", "TextVectorization to MAX_LEN post 0 axis 1"),
        ("output_mode='int'", "TextVectorization post 0 axis 1"),
        ("output_mode='tf_idf'", "not padded: one row of one width for each text"),
        ("ragged=True", "nothing"),
    ],
)
def test_text_vectorization_called_on_texts(known_of, arguments, known):
    program = f"{TEXTS}vectorize = TextVectorization({arguments})\nvectorize.adapt(texts)\nx = vectorize(texts).numpy()"
    assert known_of(program) == known


def test_text_vectorization_in_a_model_is_evidence(evidence):
    program = TEXTS + "from keras import Sequential\nmodel = Sequential([TextVectorization(), other])"
    assert evidence(program) == ["TextVectorization post 0 axis 1"]


def test_the_ids_of_a_tokenizer_are_ragged(known_of):
    program = (
        TEXTS
        + """
tokenizer = Tokenizer(num_words=1000, oov_token="<OOV>")
tokenizer.fit_on_texts(texts)
ragged = tokenizer.texts_to_sequences(texts)
x = pad_sequences(ragged, padding="post")
"""
    )
    assert known_of(program, "ragged") == "nothing"
    assert known_of(program) == "pad_sequences post 0 axis 1"


def test_a_tokenizer_that_was_loaded(known_of):
    program = TEXTS + "import pickle\ntokenizer = pickle.load(file)\nx = tokenizer.texts_to_matrix(texts)"
    assert known_of(program) == "not padded: bag-of-words rows of one width"


def test_prefixes_of_sentences(known_of):
    program = (
        TEXTS
        + """
import numpy as np
sequences = []
for line in corpus:
    ids = tokenizer.texts_to_sequences([line])[0]
    for i in range(1, len(ids)):
        sequences.append(ids[:i + 1])
longest = max([len(s) for s in sequences])
padded = np.array(pad_sequences(sequences, maxlen=longest, padding="pre"))
x, labels = padded[:, :-1], padded[:, -1]
"""
    )
    assert known_of(program) == "pad_sequences to longest pre 0 axis 1"
    assert known_of(program, "labels") == "nothing"


@pytest.mark.parametrize(
    ("call", "known"),
    [
        ("tokenizer(texts, padding=True, return_tensors='tf')['input_ids']", "tokenizer"),
        ("tokenizer(texts, padding='max_length', max_length=128).input_ids", "tokenizer"),
        ("tokenizer.batch_encode_plus(texts, pad_to_max_length=True)['input_ids']", "batch_encode_plus"),
        ("vectors.query(texts, pad_to_length=30)", "query"),
    ],
)
def test_arguments_that_ask_for_padding(evidence, call, known):
    found = evidence(
        f"{TEXTS}from somewhere import tokenizer_of, vectors_of\ntokenizer, vectors = tokenizer_of(), vectors_of()\nx = {call}"
    )
    assert [one.split(" post")[0].split(" to ")[0] for one in found] == [known]


@pytest.mark.parametrize(
    "call",
    [
        "tokenizer(texts)",
        "tokenizer(texts, padding=False)",
        "layer(x, padding='same')",
        "box.query(texts, pad_to_length=None)",
    ],
)
def test_arguments_that_do_not(evidence, call):
    assert evidence(f"from somewhere import *\nx = {call}") == []


def test_the_mask_of_a_hugging_face_tokenizer(known_of):
    program = """
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased")
encoded = tokenizer(texts, padding="max_length", max_length=64, return_tensors="np")
x = encoded["attention_mask"]
"""
    assert known_of(program).endswith("post 0 axis 1, as a mask")


def test_packers_of_keras_hub(known_of):
    program = """
import keras_nlp
packer = keras_nlp.layers.StartEndPacker(sequence_length=LENGTH, pad_value=7)
x = packer(ids)
"""
    assert known_of(program) == "StartEndPacker to LENGTH post 7 axis 1"


@pytest.mark.parametrize("texts", ["lines", "[line.split(',')[0] for line in lines]", "np.array(lines)"])
@pytest.mark.parametrize(
    "steps", ["batch(8).map(vectorize)", "map(vectorize).batch(8)", "map(lambda text: vectorize(text)).batch(8)"]
)
def test_texts_of_a_dataset_are_padded_before_or_behind_they_are_batched(known_of, texts, steps):
    program = f"""{TEXTS}
import numpy as np
import tensorflow as tf
vectorize = TextVectorization(output_sequence_length=20)
x = tf.data.Dataset.from_tensor_slices({texts}).{steps}
"""
    assert known_of(program) == "dataset(TextVectorization to 20 post 0 axis 1)"


@pytest.mark.parametrize(
    ("arguments", "known"),
    [
        ("split='character', output_sequence_length=100", "not padded: texts of one length"),
        ("split='character'", "not padded: texts of one length"),
        ("split='character', output_sequence_length=120", "TextVectorization to 120 post 0 axis 1"),
        ("output_sequence_length=100", "TextVectorization to 100 post 0 axis 1"),
    ],
)
def test_pieces_of_a_text_that_have_as_many_letters_as_the_layer_gives(known_of, arguments, known):
    program = f"""{TEXTS}
import tensorflow as tf
pieces = [text[i : i + 100] for i in range(0, len(text), 100)]
vectorize = TextVectorization({arguments})
x = tf.data.Dataset.from_tensor_slices(pieces).map(vectorize).batch(8)
"""
    assert known_of(program) == f"dataset({known})"


@pytest.mark.parametrize(
    ("call", "axes"),
    [
        ("tokenizer.encode_plus(text, padding='max_length', max_length=64)['input_ids']", {(0,)}),
        ("tokenizer.encode_plus(text, pad_to_max_length=True, max_length=64).input_ids", {(0,)}),
        ("tokenizer.encode(text, padding='max_length', max_length=64)", {(0,)}),
        ("tokenizer('one text', padding='max_length', max_length=64)['input_ids']", {(0,)}),
        ("tokenizer.encode_plus(text, padding='max_length', max_length=64, return_tensors='np')['input_ids']", {(1,)}),
        ("tokenizer([text, other], padding='max_length', max_length=64)['input_ids']", {(1,)}),
        ("tokenizer.batch_encode_plus(texts, padding='max_length', max_length=64)['input_ids']", {(1,)}),
        ("tokenizer(text, padding='max_length', max_length=64)['input_ids']", {(0,), (1,)}),
    ],
)
def test_a_hugging_face_tokenizer_gives_one_text_back_as_a_row_and_several_as_rows(facts, call, axes):
    found = facts(f"from transformers import AutoTokenizer\ntokenizer = AutoTokenizer.from_pretrained('b')\nx = {call}")
    assert {padding.axes for padding in found.paddings} == axes
    assert bool(found.unresolved) == (len(axes) > 1)


@pytest.mark.parametrize(
    "collected",
    [
        "x = np.array([tokenizer(text, padding='max_length', max_length=64)['input_ids'] for text in texts])",
        "rows = []\nfor text in texts:\n    rows.append(tokenizer.encode(text, padding='max_length', max_length=64))\nx = np.array(rows)",
        "x = np.zeros((n, 64))\nfor i, text in enumerate(texts):\n    x[i, :] = tokenizer.encode_plus(text, padding=True, return_tensors='np').input_ids",
    ],
)
def test_texts_that_are_tokenized_one_by_one(facts, collected):
    found = facts(
        "import numpy as np\nfrom transformers import AutoTokenizer\n"
        f"tokenizer = AutoTokenizer.from_pretrained('b')\n{collected}"
    )
    assert (1,) in {padding.axes for padding in found.paddings}


def test_sentences_of_a_document_are_no_padding_of_the_document(known_of):
    program = """
import numpy as np
from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("b")
x = np.array([tokenizer([s for s in text.split(".")], padding=True, max_length=64)["input_ids"] for text in texts])
"""
    assert known_of(program) == "tokenizer to 64 post 0 axis 2"
