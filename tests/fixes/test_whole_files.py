"""Whatever is fixed stays Python, stays fixed, and keeps every byte that the fix is not about."""

from __future__ import annotations

import codecs
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PROGRAM = """\
from keras import layers, models
from keras.utils import pad_sequences

x = pad_sequences([[11, 42, 7], [5, 19]], padding="post")  # café
model = models.Sequential()
model.add(layers.Embedding(100, 8))
model.add(layers.LSTM(4))
model.compile("adam", "mse")
model.fit(x, [1, 0])
"""
CURED = PROGRAM.replace("(100, 8)", "(100, 8, mask_zero=True)")

# Bytes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        str.encode,
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: codecs.BOM_UTF8 + text.encode(),
        lambda text: f"# -*- coding: latin-1 -*-\n{text}".encode("latin-1"),
        lambda text: text.rstrip().encode(),
        lambda text: text.replace("\n", "  \n\t\n").encode(),
    ],
    ids=["plain", "crlf", "bom", "latin-1", "no line end", "blanks"],
)
def test_a_file_stays_as_it_is_written(folder, written):
    (folder.root / "program.py").write_bytes(written(PROGRAM))
    (change,) = folder.mend().changes
    assert change.after == written(CURED)


def notebook(*cells: str) -> bytes:
    each = [
        {
            "cell_type": "code",
            "execution_count": 3,
            "metadata": {},
            "outputs": [{"name": "stdout", "text": ["<é>\n"]}],
            "source": text.splitlines(keepends=True),
        }
        for text in cells
    ]
    return (json.dumps({"cells": each, "metadata": {}, "nbformat": 4}, indent=1, ensure_ascii=False) + "\n").encode()


def test_a_notebook_changes_in_one_cell_and_keeps_the_rest(folder):
    head, *rest = PROGRAM.split("model = ")
    body = "%matplotlib inline\nmodel = " + "".join(rest)
    (folder.root / "n.ipynb").write_bytes(notebook("!pip install keras", head, body))
    (change,) = folder.mend().changes
    cured = body.replace("(100, 8)", "(100, 8, mask_zero=True)")
    assert change.after == notebook("!pip install keras", head, cured)


def test_an_import_is_added_in_the_cell_where_the_others_are(folder):
    cells = [
        "from keras.layers import LSTM, Dense\nfrom keras import Sequential\nfrom keras.utils import pad_sequences",
        "x = pad_sequences([[[0.1], [0.9]], [[0.5]]], padding='post', dtype='float32')",
        "model = Sequential([LSTM(4), Dense(1)])\nmodel.compile('adam', 'mse')\nmodel.fit(x, [1, 0])",
    ]
    (folder.root / "n.ipynb").write_bytes(notebook(*cells))
    (change,) = folder.mend().changes
    cells[0] = cells[0].replace("LSTM, Dense", "LSTM, Dense, Masking")
    cells[2] = cells[2].replace("[LSTM", "[Masking(mask_value=0.0), LSTM")
    assert change.after == notebook(*cells)


INDENTED = (
    "  model = Sequential()\n  model.add(\n    LSTM(4))\n\n  model.compile('adam', 'mse')\n  model.fit(x, [1, 0])"
)
HEAD = """
from keras.layers import LSTM, Masking
from keras import Sequential
from keras.utils import pad_sequences

x = pad_sequences([[[0.1], [0.9]], [[0.5]]], padding='post', dtype='float32')"""


def test_a_cell_that_is_indented_as_a_whole_stays_so(folder):
    (folder.root / "n.ipynb").write_bytes(notebook(HEAD, INDENTED))
    (change,) = folder.mend().changes
    cured = INDENTED.replace("  model.add(\n", "  model.add(Masking(mask_value=0.0))\n  model.add(\n")
    assert change.after == notebook(HEAD, cured)


@pytest.mark.parametrize("call", ["LSTM(\n 4)", "LSTM(4,\n\tname='a')"])
def test_a_cell_whose_rows_are_indented_less_than_the_first_is_left_alone(folder, call):
    (folder.root / "n.ipynb").write_bytes(notebook(HEAD, INDENTED.replace("LSTM(4)", call)))
    assert folder.mend().changes == ()


# Imports ----------------------------------------------------------------------------------------------------------

FEATURES = """
from keras.utils import pad_sequences

x = pad_sequences([[[0.1], [0.9]], [[0.5]]], padding="post", dtype="float32")
"""
EITHER = """
try:
    from keras.layers import GRU
except ImportError:
    from tf_keras.layers import GRU
from keras.models import Sequential
"""
TRAINED = """
model.compile("adam", "mse")
model.fit(x, [1, 0])
"""


@pytest.mark.parametrize(
    ("imports", "model", "fixed"),
    [
        (
            "from keras.layers import LSTM\nfrom keras.models import Sequential",
            "Sequential([LSTM(4)])",
            ["from keras.layers import LSTM, Masking", "model = Sequential([Masking(mask_value=0.0), LSTM(4)])"],
        ),
        (
            "from keras.layers import (\n    LSTM,\n    TimeDistributed,\n)\nfrom keras.models import Sequential",
            "Sequential([LSTM(4)])",
            ["    Masking,", "model = Sequential([Masking(mask_value=0.0), LSTM(4)])"],
        ),
        (
            "from keras.layers import *\nfrom keras.models import Sequential",
            "Sequential([LSTM(4)])",
            ["model = Sequential([Masking(mask_value=0.0), LSTM(4)])"],
        ),
        (
            "from keras.layers import LSTM, Masking as Mask\nfrom keras.models import Sequential",
            "Sequential([LSTM(4)])",
            ["model = Sequential([Mask(mask_value=0.0), LSTM(4)])"],
        ),
        (
            "import tensorflow as tf",
            "tf.keras.Sequential([tf.keras.layers.LSTM(4)])",
            ["model = tf.keras.Sequential([tf.keras.layers.Masking(mask_value=0.0), tf.keras.layers.LSTM(4)])"],
        ),
        (
            "from tensorflow import keras\nfrom tensorflow.keras import layers as L",
            "keras.Sequential([L.LSTM(4)])",
            ["model = keras.Sequential([L.Masking(mask_value=0.0), L.LSTM(4)])"],
        ),
        (
            "import tensorflow as tf\nlayers = tf.keras.layers",
            "tf.keras.Sequential([layers.LSTM(4)])",
            ["model = tf.keras.Sequential([layers.Masking(mask_value=0.0), layers.LSTM(4)])"],
        ),
        (
            "from keras.layers.recurrent import LSTM\nfrom keras.models import Sequential",
            "Sequential([LSTM(4)])",
            ["from keras.layers import Masking", "model = Sequential([Masking(mask_value=0.0), LSTM(4)])"],
        ),
        (
            EITHER,
            "Sequential([GRU(4)])",
            [
                "    from keras.layers import GRU, Masking",
                "    from tf_keras.layers import GRU, Masking",
                "model = Sequential([Masking(mask_value=0.0), GRU(4)])",
            ],
        ),
    ],
)
def test_a_new_layer_is_written_as_its_neighbours_are(folder, imports, model, fixed):
    assert folder.fixed(f"{imports}{FEATURES}model = {model}{TRAINED}").splitlines() == fixed


# Laws -------------------------------------------------------------------------------------------------------------

SEQUENCE_LAYERS = (
    "layers.LSTM(4, return_sequences=True)",
    "layers.Bidirectional(layers.GRU(4, return_sequences=True))",
    "layers.Dropout(0.2)",
    "layers.Dense(8)",
    "layers.Conv1D(8, 3, padding='same')",
    "layers.Masking()",
    "layers.TimeDistributed(layers.Dense(4))",
)
FIRST_LAYERS = (
    "layers.Embedding(100, 8)",
    "layers.Embedding(100, 8, mask_zero=False)",
    "layers.Embedding(\n    100,\n    8)",
)
LAST_LAYERS = ("layers.LSTM(4)", "layers.GlobalAveragePooling1D()", "layers.Bidirectional(layers.LSTM(4))")


@st.composite
def programs(draw):
    """Write a model in one of several styles, on padded ids or on padded features."""
    ids = draw(st.booleans())
    data = "[[11, 42, 7], [5, 19]]" if ids else "[[[0.1, 0.9], [0.3, 0.2]], [[0.5, 0.4]]]"
    options = draw(st.sampled_from(["", ", padding='post'", ", value=9", ", maxlen=20"])) + (
        "" if ids else ", dtype='float32'"
    )
    chain = [
        *([draw(st.sampled_from(FIRST_LAYERS))] if ids else []),
        *draw(st.lists(st.sampled_from(SEQUENCE_LAYERS), max_size=3)),
        draw(st.sampled_from(LAST_LAYERS)),
        "layers.Dense(1)",
    ]
    style = draw(st.sampled_from([as_list, as_chain, as_functions]))
    return (
        "from keras import layers, models\nfrom keras.utils import pad_sequences\n\n"
        f"x = pad_sequences({data}{options})\n{style(chain, '' if ids else '2')}"
        "model.compile('adam', 'mse')\nmodel.fit(x, [1, 0])\n"
    )


def as_list(chain: list[str], width: str) -> str:
    return f"model = models.Sequential([{', '.join(chain)}])\n"


def as_chain(chain: list[str], width: str) -> str:
    return "model = models.Sequential()\n" + "".join(f"model.add({layer})\n" for layer in chain)


def as_functions(chain: list[str], width: str) -> str:
    calls = "".join(f"h = {layer}(h)\n" for layer in chain)
    return f"start = h = layers.Input((None, {width}))\n{calls}model = models.Model(start, h)\n"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programs(), st.sampled_from([{}, {"select": ["ALL"]}, {"keras": 2}]))
def test_fixing_ends_and_a_second_time_changes_nothing(folder, program, overrides):
    file = folder.root / "program.py"
    file.write_text(program)
    mended = folder.mend(**overrides)
    for change in mended.changes:
        file.write_bytes(change.after)
    assert folder.mend(**overrides).changes == ()
    compile(file.read_text(), "program.py", "exec")
    after = file.read_text().replace(PADDED_BEHIND, "")
    assert lines_about_no_layer(after) == lines_about_no_layer(program)


@pytest.mark.parametrize("side", ["", ', padding="pre"'])
def test_two_files_that_only_data_goes_between_change_it_once(folder, side):
    train = f"""
import numpy as np
from keras import layers, models
from keras.preprocessing.text import Tokenizer
from keras.utils import pad_sequences

tokenizer = Tokenizer()
tokenizer.fit_on_texts(texts)
np.save("words.npy", tokenizer.word_index)
x = pad_sequences(tokenizer.texts_to_sequences(texts), 20{side})
model = models.Sequential([layers.Embedding(500, 8), layers.LSTM(4)])
model.compile("adam", "mse")
model.fit(x, labels)
"""
    predict = f"""
import numpy as np
from keras import layers, models
from keras.utils import pad_sequences

words = np.load("words.npy").item()
model = models.Sequential([layers.Embedding(500, 8), layers.LSTM(4)])
model.predict(pad_sequences([[words[word] for word in input().split()]], 20{side}))
"""
    for name, text in (("train.py", train), ("predict.py", predict)):
        (folder.root / name).write_text(text)
    mended = folder.mend()
    assert {change.path for change in mended.changes} == {"train.py", "predict.py"}
    for change in mended.changes:
        text = change.after.decode()
        compile(text, change.path, "exec")
        assert (text.count(PADDED_BEHIND), text.count("mask_zero=True")) == (1, 1)


PADDED_BEHIND = ', padding="post"'
"""What a fix adds to the data, beside the mask, where a fused kernel wants it; the programs write it otherwise."""


def lines_about_no_layer(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(("from ", "x = ", "model.compile", "model.fit"))]
