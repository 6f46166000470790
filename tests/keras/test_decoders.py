"""Decoders of tensorflow-addons, run over the steps of their input or over what they say themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Drawer

IMPORTS = """
import tensorflow_addons as tfa
from keras import Input, Model, layers
x = Input((5, 4), name="x")
state = Input((3,), name="state")
lengths = Input((), name="lengths")
cell = layers.LSTMCell(3)
tags = layers.Dense(2)
"""


def test_for_training_the_cell_reads_the_steps_that_it_is_given(drawn: Drawer) -> None:
    program = """
decode = tfa.seq2seq.BasicDecoder(cell, tfa.seq2seq.sampler.TrainingSampler(), output_layer=tags)
outputs, last, _ = decode(x, initial_state=[state, state], sequence_length=lengths)
Model([x, state, lengths], [outputs.rnn_output, last])
"""
    assert drawn(IMPORTS + program) == [
        "Dense(BasicDecoder(BasicDecoder(x mask=lengths))), BasicDecoder.1(the loop of BasicDecoder(x))"
    ]


def test_without_lengths_it_reads_all_of_them(drawn: Drawer) -> None:
    program = """
decode = tfa.seq2seq.basic_decoder.BasicDecoder(cell, tfa.seq2seq.sampler.TrainingSampler())
Model([x, state], decode(x, initial_state=[state, state])[0].sample_id)
"""
    assert drawn(IMPORTS + program) == ["argmax(BasicDecoder(BasicDecoder(x)))"]


def test_otherwise_it_reads_what_it_said_itself(drawn: Drawer) -> None:
    program = """
decode = tfa.seq2seq.BasicDecoder(cell, tfa.seq2seq.sampler.GreedyEmbeddingSampler(), output_layer=tags)
outputs, _, _ = decode(starts(), initial_state=[state, state], start_tokens=starts(), end_token=0)
Model(state, outputs.rnn_output)
"""
    assert drawn(IMPORTS + program) == ["Dense(BasicDecoder(state, state))"]


def test_a_sampler_of_the_program_is_not_known(drawn: Drawer) -> None:
    program = """
decode = tfa.seq2seq.BasicDecoder(cell, sampler())
Model([x, state], decode(x, initial_state=[state, state]))
"""
    assert drawn(IMPORTS + program) == ["BasicDecoder(x, state)"]
