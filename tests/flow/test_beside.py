"""What else is observed: losses, kernels, dtypes, models that were not read."""

from __future__ import annotations

import pytest

from padlint.finding import Confidence, Severity
from padlint.graph import Narrowing, Side, Unresolved

PRE, POST = Side.PRE, Side.POST


def kinds(k, at_least=Confidence.LIKELY):
    return [(seen.kind.value, seen.confidence.value) for seen in k.observations(at_least)]


# The loss ---------------------------------------------------------------------------------------------------------


def tagger(k, *, mask_zero=True, between=lambda x: x, **training):
    ids = k.ids(POST)
    x = k.Embedding(100, 8, mask_zero=mask_zero)(ids)
    x = between(k.Bidirectional(k.LSTM(4, return_sequences=True))(x))
    k.trained([ids], [k.Dense(5)(x)], **training)


def test_a_mask_that_reaches_the_output_keeps_padding_out_of_the_loss(k):
    tagger(k)
    assert kinds(k) == []


def test_a_mask_lost_before_the_output_lets_it_in(k):
    tagger(k, between=lambda x: x * 2)
    assert k.leaks() == ["padded-loss at * -> the loss"]


def test_weights_keep_it_out(k):
    tagger(k, between=lambda x: x * 2, weighted=True)
    assert kinds(k) == []


def test_a_loss_of_the_users_own_may_look_at_the_padding(k):
    tagger(k, between=lambda x: x * 2, loss=Unresolved("a function"))
    assert kinds(k) == [("padded-loss", "likely")]


def test_a_model_with_one_output_a_sequence_has_no_padded_loss(k):
    ids = k.ids(POST)
    x = k.LSTM(4)(k.Embedding(100, 8, mask_zero=True)(ids))
    k.trained([ids], [k.Dense(5)(x)])
    assert kinds(k) == []


# The fused kernel -------------------------------------------------------------------------------------------------


def masked(k, side, kind="LSTM", **settings):
    k.layer(kind, 4, **settings)(k.Embedding(100, 8, mask_zero=True)(k.ids(side)))


def test_the_fused_kernel_refuses_padding_in_front(k):
    masked(k, PRE)
    assert kinds(k) == [("left-padded-mask", "certain")]


def test_it_takes_padding_at_the_end(k):
    masked(k, POST)
    assert kinds(k) == []


@pytest.mark.parametrize("settings", [{"recurrent_dropout": 0.2}, {"activation": "relu"}, {"unroll": True}])
def test_layers_that_would_not_use_the_kernel_lose_nothing(k, settings):
    masked(k, PRE, **settings)
    assert kinds(k) == []


def test_a_simple_rnn_has_no_fused_kernel(k):
    masked(k, PRE, kind="SimpleRNN")
    assert kinds(k) == []


# Data and coverage ------------------------------------------------------------------------------------------------


def test_floats_made_integers(k):
    k.narrowings.append(Narrowing(k.line("pad_sequences"), "`recordings` holds floats"))
    seen = k.observations()
    assert [(k.told(one), one.severity) for one in seen] == [("truncated-floats at pad_sequences", Severity.ERROR)]


def test_models_that_were_not_read_whole(k):
    k.model([], [], unresolved=("a layer chosen by `getattr`", "a layer chosen by `getattr`"))
    k.model([], [])
    assert [seen.words["reason"] for seen in k.observations()] == ["a layer chosen by `getattr`"]
