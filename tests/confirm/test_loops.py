"""Compiled loops of recurrent layers make what Keras' own make, and are traced once for all layers that are alike."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("tensorflow")

from padlint.confirm import loops
from padlint.confirm.tensors import mask_of, with_mask

LAYERS = {
    "SimpleRNN": lambda layers: layers.SimpleRNN(2),
    "LSTM": lambda layers: layers.LSTM(2, return_sequences=True),
    "GRU, backwards": lambda layers: layers.GRU(2, go_backwards=True, return_sequences=True),
    "states": lambda layers: layers.LSTM(2, return_state=True),
    "Bidirectional": lambda layers: layers.Bidirectional(layers.GRU(2, return_sequences=True)),
    "cell": lambda layers: layers.RNN(layers.LSTMCell(2)),
    "stacked cells": lambda layers: layers.RNN([layers.SimpleRNNCell(2), layers.GRUCell(3)]),
}


@pytest.fixture(autouse=True)
def traced_at_once(monkeypatch):
    monkeypatch.setattr(loops, "_STEPS_BEFORE_TRACE", 0)


@pytest.mark.parametrize(("make", "masked"), [*((make, True) for make in LAYERS.values()), (LAYERS["LSTM"], False)])
def test_a_compiled_loop_makes_what_the_layer_makes(framework, make, masked):
    random = np.random.default_rng(0)
    layer = make(framework.keras.layers)
    batches = [random.normal(size=(3, steps, 4)) for steps in (5, 2)]
    expected = [ran(framework, layer, masked, batch) for batch in batches]
    loops.compile_loops(framework, [layer])
    for batch, found in zip(batches, expected, strict=True):
        for one, other in zip(ran(framework, layer, masked, batch), found, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("masked", [True, False])
def test_a_loop_that_is_not_compiled_yet_makes_what_the_layer_makes(framework, make, masked, monkeypatch):
    monkeypatch.setattr(loops, "_STEPS_BEFORE_TRACE", 1000)
    batch = np.random.default_rng(0).normal(size=(3, 5, 4))
    layer = make(framework.keras.layers)
    expected = ran(framework, layer, masked, batch)
    loops.compile_loops(framework, [layer])
    for one, other in zip(ran(framework, layer, masked, batch), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_a_layer_that_is_given_twice_is_compiled_once(framework):
    layer = framework.keras.layers.SimpleRNN(2)
    loops.compile_loops(framework, [layer])
    compiled = layer.call
    loops.compile_loops(framework, [framework.keras.layers.Bidirectional(layer), layer])
    assert layer.call is compiled


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_a_shortened_loop_makes_tensors_of_the_same_shapes(framework, make):
    batch = np.random.default_rng(0).normal(size=(3, 5, 4))
    layer = make(framework.keras.layers)
    expected = ran(framework, layer, True, batch)
    loops.compile_loops(framework, [layer])
    with loops.shortened():
        found = ran(framework, layer, True, batch)
    assert [one.shape for one in found] == [one.shape for one in expected]
    assert not np.allclose(found[0], expected[0])


def ran(framework, layer, masked, batch):
    """What a layer makes of a batch, the gradient of that, and the mask that it hands on."""
    flow = framework.tensorflow
    steps = flow.constant(batch.astype(np.float32))
    if masked:
        with_mask(steps, flow.constant(np.arange(batch.shape[1])[None] < np.array([[1], [2], [4]])))
    with flow.GradientTape(persistent=True) as tape:
        tape.watch(steps)
        made = flow.nest.flatten(layer(steps))
        total = flow.add_n([flow.reduce_sum(one**2) for one in made])
    mask = mask_of(made[0])
    seen = [*made, tape.gradient(total, steps), tape.gradient(made[0], steps)]
    return [one.numpy() for one in ([*seen] if mask is None else [*seen, mask])]


def test_layers_that_are_alike_share_a_loop_but_no_weights(framework):
    random = np.random.default_rng(0)
    batch = random.normal(size=(3, 5, 4))
    layers = [framework.keras.layers.SimpleRNN(7, activation="relu", name=name) for name in ("one", "two")]
    expected = [ran(framework, layer, False, batch)[0] for layer in layers]
    before = len(loops._loops())
    loops.compile_loops(framework, layers)
    found = [ran(framework, layer, False, batch)[0] for layer in layers]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
    assert len(loops._loops()) == before + 1
    assert not np.allclose(*found)


@pytest.mark.parametrize("settings", [{"stateful": True}, {"dropout": 0.5}])
def test_a_layer_whose_runs_differ_is_left_alone(framework, settings):
    layer = framework.keras.layers.SimpleRNN(2, **settings)
    call = layer.call
    loops.compile_loops(framework, [layer])
    assert layer.call == call
