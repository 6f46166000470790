"""Bytes alone say which files can matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from padlint.sources.prefilter import candidate, defines_padding, drivers, padders, relevant, savers


@pytest.mark.parametrize(
    "text",
    [
        "from keras.layers import LSTM",
        "import tensorflow as tf\ncell = tf.nn.dynamic_rnn",
        "from tf_keras.preprocessing.sequence import pad_sequences",
        "import keras\nmodel.fit(x, y)",
        "from tensorflow.keras import Sequential",
        r'"source": "import keras\nLSTM(3)"',
        r'"source": "import keras\nfit(x)"',
        "from keras.layers import CuDNNGRU",
        "from keras.layers import GlobalMaxPool1D",
        "class SelfAttention(keras.layers.Layer): ...",
    ],
)
def test_keras_and_what_a_leak_is_made_of_is_relevant(text: str):
    assert relevant(text.encode())


@pytest.mark.parametrize(
    "text",
    ["", "import torch\nLSTM(3)", "import keras\nprint(keras.__version__)", "import keras\nprofit = benefits"],
)
def test_either_alone_is_not(text: str):
    assert not relevant(text.encode())


def driven(**files: str) -> set[str]:
    """Return which of the files are drivers, by their names; `__` in a name stands for a folder."""
    data = {Path("/work", *name.split("__")).with_suffix(".py"): text.encode() for name, text in files.items()}
    roots = {file for file, content in data.items() if relevant(content)}
    others = {file: content for file, content in data.items() if file not in roots}
    return {file.stem for file in drivers(others.items(), roots)}


MODEL = "import keras\ndef build(): return keras.Sequential([keras.layers.LSTM(3)])\n"
ROWS = "import keras\ndef rows(): return keras.utils.pad_sequences(numbers)\n"


def test_a_script_that_hands_on_to_one_file_what_another_made():
    main = "from model import build\nfrom data import rows\nbuild(rows())\n"
    assert driven(model=MODEL, data=ROWS, main=main) == {"main"}
    assert driven(model=MODEL, data=ROWS, main="from model import build\nbuild()\n") == set()
    roots = [Path("/work/app/model.py"), Path("/work/app/data.py")]
    others = {Path("/work/app/__init__.py"): b"", Path("/work/app/main.py"): main.encode()}
    assert drivers(others.items(), roots) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "from model import build",
        "import model",
        "import os, model as m",
        "from . import model",
        "from .model import build",
        "from model import (\n    build,\n)",
        "if train:\n    from model import *",
    ],
)
def test_a_file_that_imports_a_model_and_fits_it_is_a_driver(statement: str):
    assert driven(model=MODEL, main=f"{statement}\nbuild().fit(x)\n") == {"main"}


def test_a_file_that_does_nothing_with_the_model_is_none():
    assert driven(model=MODEL, setup="from model import __version__\n") == set()


def test_a_file_that_uses_a_driver_is_a_driver():
    assert driven(
        model=MODEL,
        trainer="from model import build\ndef train(x): build().fit(x)\n",
        main="from trainer import train\nx = pad(x)\ntrain(x)\n",
    ) == {"trainer", "main"}


def test_names_of_keras_can_come_by_way_of_a_module_that_imports_them():
    assert driven(common="from keras.layers import *\n", model="from common import *\nLSTM(3)\n") == {"model"}


def test_a_package_passes_its_modules_names_on():
    assert driven(nets__model=MODEL, main="from nets import build\nbuild().fit(x)\n") == {"main"}


def test_a_module_of_the_same_name_elsewhere_is_another():
    assert driven(utils=MODEL, main="from sklearn.utils import shuffle\nmodel.fit(x)\n") == set()


def test_a_file_of_another_framework_drives_no_keras():
    assert not candidate(b"import torch\nfrom model import build\nbuild().fit(x)\n")


@pytest.mark.parametrize("noise", [b"import x ", b"from a import (", b"import \t", b"from \t", b"(", b"'"])
def test_a_hostile_row_costs_no_more_than_its_length(noise: bytes):
    row = noise * (2_000_000 // len(noise))
    assert drivers([(Path("/work/row.py"), row + b"import; fit")], [Path("/work/model.py")]) == set()


@pytest.mark.parametrize(
    "text",
    [
        "def pad_rows(rows): return [row + [0] * (9 - len(row)) for row in rows]",
        "class RowPadder:\n    def __call__(self, rows): return np.zeros((len(rows), 9))",
        "class Rows:\n    def _pad(self): self.rows.append(0)",
    ],
)
def test_what_pads_is_known_by_its_name_and_means(text: str):
    assert defines_padding(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "rows = pad(rows)",
        "def keep(padding): rows.append(padding)",
        "import keras\ndef pad(rows): rows.append(0)",
        "def check_padding(padding): return padding.lower() in {'valid', 'same'}",
    ],
)
def test_what_only_uses_padding_is_not(text: str):
    assert not defines_padding(text.encode())


def test_what_pads_in_a_package_that_reads_sequences():
    package = Path("/work/tagging")
    roots = {package / "models" / "tagger.py": MODEL.encode()}
    others = {
        package / "__init__.py": b"",
        package / "models" / "__init__.py": b"",
        package / "data" / "__init__.py": b"",
        package / "data" / "rows.py": b"def pad_rows(rows): ...",
        Path("/work/other/rows.py"): b"def pad_rows(rows): ...",
    }
    assert padders(others.items(), roots) == {package / "data" / "rows.py"}
    del others[package / "__init__.py"]
    assert padders(others.items(), roots) == set()


def test_what_pads_and_saves_what_a_model_is_trained_on():
    roots = {Path("/work/train.py"): f"{MODEL}x = np.load('x.npy')\nbuild().fit(x)\n".encode()}
    others = {
        Path("/work/prepare.py"): b"x = np.zeros((9, 20))\nnp.save('x.npy', x)\n",
        Path("/work/labels.py"): b"y = np.zeros(9)\nnp.save('y.npy', y)\n",
    }
    assert savers(others.items(), roots) == {Path("/work/prepare.py")}


def test_what_saves_under_the_name_of_what_may_be_padded():
    """It may be what is loaded; where nothing of that name is padded, nobody need know."""
    roots = {Path("/work/train.py"): f"{MODEL}x = np.load('x.npy')\nbuild().fit(x)\n".encode()}
    clean = {Path("/work/clean.py"): b"np.save('x.npy', read())\n"}
    prepare = {Path("/work/prepare.py"): b"x = np.zeros((9, 20))\nnp.save('x.npy', x)\n"}
    pads = {Path("/work/pads.py"): b"import keras\nnp.save('x.npy', keras.utils.pad_sequences(rows))\n"}
    assert savers(clean.items(), roots) == set()
    assert savers({**clean, **prepare}.items(), roots) == {*clean, *prepare}
    assert savers(clean.items(), {**roots, **pads}) == {*clean}
