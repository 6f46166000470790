"""How much of a model was read, and what is said of the rest."""

from __future__ import annotations

from dataclasses import replace

from padlint.declared import Declared
from padlint.flow.observation import Kind
from padlint.flow.program import Program
from padlint.flow.wholeness import models_read
from padlint.graph import Effect, Style


def gaps(k):
    return [read.gaps for read in models_read(Program(k.graph()))]


def test_a_model_of_layers_that_are_known(k):
    ids = k.input(None)
    k.model([ids], [k.LSTM(4)(k.Embedding(100, 8)(ids))])
    assert gaps(k) == [()]


def test_the_code_of_other_packages(k):
    ids = k.input(None)
    k.model([ids], [k.layer("CRF", origin="keras_contrib.layers.CRF")(k.Embedding(100, 8)(ids))])
    assert gaps(k) == [("the code of `keras_contrib.layers.CRF`",)]


def test_a_layer_of_unknown_kind_and_a_wrapper_of_something_unknown(k):
    x = k.input(None, 4)
    k.model([x], [k.layer("TimeDistributed")(k.layer("Quantise")(x))])
    assert gaps(k) == [("the layer `Quantise`", "the layer `TimeDistributed`")]


def test_what_was_not_read_on_the_way_counts_beside_it_does_not(k):
    x = k.input(None, 4)
    k.opaque(x, why="a call beside")
    k.model([x], [k.LSTM(4)(k.opaque(x, why="a call that was not read"))])
    assert gaps(k) == [("a call that was not read",)]


def test_an_operation_of_unknown_effect(k):
    x = k.input(None, 4)
    k.model([x], [k.raw("tf.scan", Effect.UNKNOWN, x)])
    assert gaps(k) == [("what `tf.scan` does",)]


def test_a_place_that_is_run_again_counts_by_its_best_run(k):
    x = k.input(None, 4)
    for output in (k.opaque(x), k.LSTM(4)(x)):
        k.model([x], [output])
    k.models[1] = replace(k.models[1], span=k.models[0].span)
    assert gaps(k) == [()]


def test_part_of_another_model_is_counted_there(k):
    x = k.input(None, 4)
    k.model([x], [k.opaque(x)], nested=True)
    assert gaps(k) == []


def test_each_model_that_was_not_read_whole_is_told(k):
    x = k.input(None, 4)
    k.model([x], [k.opaque(x, why="a call that was not read")])
    (seen,) = [seen for seen in k.observations() if seen.kind is Kind.UNRESOLVED_MODEL]
    assert seen.words["reason"] == "a call that was not read"


def test_a_sequential_that_was_left_empty_is_no_model(k):
    k.model([], [])
    k.models[0] = replace(k.models[0], style=Style.SEQUENTIAL)
    assert gaps(k) == []


def test_a_layer_of_another_package_that_is_known(k):
    x = k.input(None, 4)
    layer = k.layer("SeqSelfAttention", origin="keras_self_attention.SeqSelfAttention")
    known = replace(layer, layer=replace(layer.layer, declared=Declared(like="Attention")))
    k.model([x], [known(x)])
    assert gaps(k) == [()]
