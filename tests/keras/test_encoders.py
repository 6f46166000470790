"""Encoders of the package transformers, called on ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Drawer

IMPORTS = """
from keras import Input, Model, layers
from transformers import TFAutoModel, TFBertModel
ids = Input((9,), name="ids")
seen = Input((9,), name="seen")
encode = TFBertModel.from_pretrained("somewhere")
"""
LOOKED_UP = "TFBertModel's embeddings(ids)"
STATES = f"TFBertModel({LOOKED_UP}, {LOOKED_UP} mask=seen)"


@pytest.mark.parametrize(
    "given",
    [
        "ids, attention_mask=seen",
        "ids, seen",
        "[ids, seen]",
        "input_ids=ids, attention_mask=seen",
        '{"input_ids": ids, "attention_mask": seen}',
    ],
)
def test_the_states_of_all_steps_come_first(drawn: Drawer, given: str) -> None:
    assert drawn(IMPORTS + f"Model([ids, seen], encode({given})[0])") == [STATES]


def test_without_a_mask_all_steps_are_attended_to(drawn: Drawer) -> None:
    states = f"TFBertModel({LOOKED_UP}, {LOOKED_UP})"
    assert drawn(IMPORTS + "Model(ids, encode(ids).last_hidden_state)") == [states]


def test_what_is_pooled_is_the_first_step(drawn: Drawer) -> None:
    pooled = f"TFBertModel's pooling({STATES})"
    assert drawn(IMPORTS + "Model([ids, seen], encode(ids, seen)[1])") == [pooled]
    assert drawn(IMPORTS + "Model([ids, seen], encode(ids, seen).pooler_output)") == [pooled]


def test_steps_that_were_looked_up_before(drawn: Drawer) -> None:
    program = "words = layers.Embedding(9, 4)(ids)\nModel(ids, encode(inputs_embeds=words)[0])"
    words = "Embedding(ids)"
    assert drawn(IMPORTS + program) == [f"TFBertModel({words}, {words})"]


def test_other_models_of_the_package_are_not_known(drawn: Drawer) -> None:
    program = """
from transformers import TFT5Model
Model(ids, TFT5Model.from_pretrained("somewhere")(ids)[0])
"""
    assert drawn(IMPORTS + program) == ["[0](<the result of transformers.TFT5Model.from_pretrained>(ids))"]
