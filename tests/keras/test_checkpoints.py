"""Models that keras-bert loads from a checkpoint, continued by the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from padlint.flow.observation import Kind
from padlint.flow.observe import observe

if TYPE_CHECKING:
    from conftest import Drawer, Reader

IMPORTS = """
import keras_bert
from keras import Model, layers
from keras.preprocessing.sequence import pad_sequences
"""
LOADED = "keras_bert.load_trained_model_from_checkpoint(config, checkpoint, seq_len=40"
STATES = "BERT({words}, {words})".format(words="TokenEmbedding(Input-Token, Input-Segment)")


@pytest.mark.parametrize("given", ["", ", training=False", ", output_layer_num=4, trainable=True"])
def test_the_states_of_all_steps_come_out(drawn: Drawer, given: str) -> None:
    program = f"bert = {LOADED}{given})\nModel(bert.inputs, layers.Dense(9)(bert.output))"
    assert drawn(IMPORTS + program)[-1] == f"Dense({STATES})"


def test_the_first_step_is_taken_for_what_follows(drawn: Drawer) -> None:
    program = f"""
bert = {LOADED}, training=True)
Model(bert.inputs[:2], layers.Dense(2)(bert.get_layer("NSP-Dense").output))
"""
    assert drawn(IMPORTS + program)[-1] == f"Dense(NSP-Dense(Extract({STATES})))"


def test_which_model_it_is_has_to_be_known(drawn: Drawer) -> None:
    program = f"bert = {LOADED}, training=somewhere.training)\nModel(bert.inputs, bert.output)"
    assert "BERT" not in drawn(IMPORTS + program)[-1]


@pytest.mark.parametrize(("states", "kinds"), [("bert.output", []), ("bert.output * 2", [Kind.MASK_DROPPED])])
def test_its_mask_comes_out_with_the_states(graph_of: Reader, states: str, kinds: list[Kind]) -> None:
    program = f"""
bert = {LOADED})
model = Model(bert.inputs, layers.Dense(1)(layers.LSTM(8)({states})))
model.compile("adam", "mse")
padded = [pad_sequences(each, maxlen=40, padding="post") for each in (tokens, segments)]
model.fit(padded, labels)
"""
    assert [one.kind for one in observe(graph_of(IMPORTS + program))] == kinds
