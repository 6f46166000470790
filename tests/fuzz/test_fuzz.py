"""Inputs that nobody would write: no traceback, no hang, no changed file. `make fuzz` tries many more."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from inputs import generated
from mutations import mutated
from seeds import own_seeds, seeds_of
from trial import tried

# Shrinking finds the few rows that matter; `python tests/fuzz` keeps inputs as they are.
FEW = settings(
    max_examples=250,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@FEW
@given(generated())
def test_generated_programs_are_linted(tmp_path: Path, files: dict[str, bytes]):
    assert tried(files, tmp_path) is None


@FEW
@given(mutated(own_seeds()))
def test_spoilt_files_are_linted(tmp_path: Path, files: dict[str, bytes]):
    assert tried(files, tmp_path) is None


def test_the_fuzzer_starts_from_models(tmp_path: Path):
    assert len(own_seeds()) > 50
    long = b"from keras.layers import *\n" + b"model.add(LSTM(3))\n" * 400
    (tmp_path / "a.py").write_bytes(long)
    (tmp_path / "b.py").write_bytes(b"x = 1\n")
    pieces = seeds_of(tmp_path)
    assert len(pieces) == 3
    assert all(piece.startswith(b"from keras.layers import *\n") for piece in pieces)


# What it found ----------------------------------------------------------------------------------------------------

LEAK = b"""
import keras
from keras import layers
from keras.utils import pad_sequences

model = keras.Sequential([layers.Embedding(100, 8), layers.LSTM(4), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(pad_sequences([[1, 2], [3]]), [1, 0])
"""
FOUND = {
    "an encoding that most text cannot be written back in": {"main.py": b"# coding: idna\n" + LEAK},
    "a buffer that is written into itself": {
        "main.py": b"rows = [0] * 50\nrows[n] = rows\nrows[:n] = f(rows)\n" + LEAK
    },
    "a tensor indexed by nothing": {"main.py": b"import keras\nx = keras.Input((None, 3))\nx[()]\n" + LEAK},
}


@pytest.mark.parametrize("files", FOUND.values(), ids=FOUND)
def test_what_the_fuzzer_found_stays_mended(tmp_path: Path, files: dict[str, bytes]):
    assert tried(files, tmp_path) is None
