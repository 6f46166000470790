"""What padlint takes Keras to say of how it is set up, asked of Keras itself."""

from __future__ import annotations

import pytest

from padlint.keras.defaults import ANSWERS


@pytest.mark.parametrize("name", ANSWERS)
def test_keras_answers_as_padlint_says(framework, name):
    assert getattr(framework.keras.backend, name.rpartition(".")[2])() == ANSWERS[name]
