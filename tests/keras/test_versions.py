"""Which major version of Keras imports and declared dependencies speak for."""

from __future__ import annotations

import pytest

from padlint.keras.versions import declared_version, implied_by
from padlint.sources.imports import imports


@pytest.mark.parametrize(
    ("code", "version"),
    [
        (b"import keras\n", None),
        (b"from tensorflow.keras.layers import LSTM\n", None),
        (b"from keras.layers.recurrent import LSTM\n", 2),
        (b"from tensorflow_addons.optimizers import Lookahead\n", 2),
        (b"from keras_contrib.layers import CRF\n", 2),
        (b"from keras import ops\n", 3),
    ],
)
def test_imports_speak_for_a_version(code, version):
    assert implied_by(imports(code)) == version


@pytest.mark.parametrize(
    ("requirement", "version"),
    [
        ("tensorflow>=2.2", None),
        ("tensorflow==2.15.0", 2),
        ("keras==3.3.0", 3),
        ("tensorflow<2.16", 2),
        ("tensorflow >= 2.4, < 2.16", 2),
        ("tensorflow>=2.4,<3", 3),
        ('install_requires=["tensorflow==1.15", "numpy"]', 2),
        ("tensorflow-addons>=0.11", 2),
        ("keras_contrib", 2),
    ],
)
def test_declared_dependencies_pin_a_version(tmp_path, requirement, version):
    (tmp_path / "requirements.txt").write_text(f"numpy\n{requirement}\n")
    assert declared_version(tmp_path) == version
