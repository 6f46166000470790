"""The 21 models that were measured when the protocol was found: each has to get the verdict that it got then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from padlint.confirm.claim import Claim
from padlint.confirm.measure import measure
from padlint.finding import ArrivedMask, Verdict
from padlint.graph import Effect, Side

CONFIRMED, REFUTED = Verdict.CONFIRMED, Verdict.REFUTED

MODELS: dict[str, tuple[Callable, Verdict, ArrivedMask | None]] = {}


def model(name: str, verdict: Verdict, mask: ArrivedMask | None):
    """Register a model: a function of a draft that returns its consumer and its output."""

    def register(build: Callable) -> Callable:
        MODELS[name] = build, verdict, mask
        return build

    return register


def ids(draft, **settings):
    return draft.apply("Embedding", draft.input(None), input_dim=100, output_dim=16, **settings)


def then_dense(draft, consumer):
    return consumer, draft.apply("Dense", consumer, units=1)


@model("embedding, LSTM", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    return then_dense(draft, draft.apply("LSTM", ids(draft), units=32))


@model("masked embedding, LSTM", REFUTED, ArrivedMask.COVERS)
def _(draft):
    return then_dense(draft, draft.apply("LSTM", ids(draft, mask_zero=True), units=32))


@model("Masking, LSTM", REFUTED, ArrivedMask.COVERS)
def _(draft):
    masked = draft.apply("Masking", draft.input(None, 4), mask_value=0.0)
    return then_dense(draft, draft.apply("LSTM", masked, units=32))


@model("numbers, LSTM", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    return then_dense(draft, draft.apply("LSTM", draft.input(None, 4), units=32))


@model("masked embedding, Conv1D, LSTM", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    convolved = draft.apply("Conv1D", ids(draft, mask_zero=True), filters=16, kernel_size=3, padding="same")
    return then_dense(draft, draft.apply("LSTM", convolved, units=32))


@model("Masking, Conv1D, max pooling", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    masked = draft.apply("Masking", draft.input(None, 4), mask_value=0.0)
    convolved = draft.apply("Conv1D", masked, filters=16, kernel_size=3, activation="relu")
    return then_dense(draft, draft.apply("GlobalMaxPooling1D", convolved))


@model("numbers, Conv1D, max pooling", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    convolved = draft.apply("Conv1D", draft.input(None, 4), filters=16, kernel_size=3, activation="relu")
    return then_dense(draft, draft.apply("GlobalMaxPooling1D", convolved))


@model("embedding, max pooling, Dense ReLU", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    pooled = draft.apply("GlobalMaxPooling1D", ids(draft))
    return pooled, draft.apply("Dense", draft.apply("Dense", pooled, units=16, activation="relu"), units=1)


@model("masked embedding, max pooling", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    return then_dense(draft, draft.apply("GlobalMaxPooling1D", ids(draft, mask_zero=True)))


@model("embedding, average pooling", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    return then_dense(draft, draft.apply("GlobalAveragePooling1D", ids(draft)))


@model("masked embedding, average pooling", REFUTED, ArrivedMask.COVERS)
def _(draft):
    return then_dense(draft, draft.apply("GlobalAveragePooling1D", ids(draft, mask_zero=True)))


@model("embedding, Bidirectional", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    return then_dense(draft, draft.apply("Bidirectional", ids(draft), inner=draft.layer("LSTM", units=16)))


@model("masked embedding, Bidirectional", REFUTED, ArrivedMask.COVERS)
def _(draft):
    embedded = ids(draft, mask_zero=True)
    return then_dense(draft, draft.apply("Bidirectional", embedded, inner=draft.layer("LSTM", units=16)))


@model("masked embedding, attention, average pooling", REFUTED, ArrivedMask.COVERS)
def _(draft):
    embedded = ids(draft, mask_zero=True)
    attended = draft.apply("MultiHeadAttention", embedded, embedded, num_heads=2, key_dim=8)
    return then_dense(draft, draft.apply("GlobalAveragePooling1D", attended))


@model("masked embedding, attention with a raw residual, average pooling", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    embedded = ids(draft, mask_zero=True)
    attended = draft.apply("MultiHeadAttention", embedded, embedded, num_heads=2, key_dim=8)
    added = draft.raw("+", Effect.POINTWISE, embedded, attended)
    return then_dense(draft, draft.apply("GlobalAveragePooling1D", added))


def tagger(draft, side, **settings):
    embedded = draft.apply("Embedding", draft.input(None, side=side), input_dim=100, output_dim=16, **settings)
    states = draft.apply("LSTM", embedded, units=32, return_sequences=True)
    return states, draft.apply("Dense", states, units=5)


@model("tagger, masked", REFUTED, ArrivedMask.COVERS)
def _(draft):
    return tagger(draft, Side.UNKNOWN, mask_zero=True)


@model("tagger, right padding", REFUTED, ArrivedMask.NONE)
def _(draft):
    return tagger(draft, Side.POST)


@model("tagger, left padding", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    return tagger(draft, Side.PRE)


@model("tagger, Bidirectional", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    inner = draft.layer("LSTM", units=16, return_sequences=True)
    states = draft.apply("Bidirectional", ids(draft), inner=inner)
    return states, draft.apply("Dense", states, units=5)


@model("embedding, Flatten, Dense ReLU", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    embedded = draft.apply("Embedding", draft.input(10), input_dim=100, output_dim=16)
    flat = draft.apply("Flatten", embedded)
    return flat, draft.apply("Dense", draft.apply("Dense", flat, units=16, activation="relu"), units=1)


@model("numbers, Dense ReLU twice, LSTM", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    dense = draft.apply("Dense", draft.input(None, 4), units=16, activation="relu")
    return then_dense(draft, draft.apply("LSTM", draft.apply("Dense", dense, units=16, activation="relu"), units=32))


@model("numbers, Conv2D, max pooling", CONFIRMED, ArrivedMask.NONE)
def _(draft):
    convolved = draft.apply("Conv2D", draft.input(10, 3, 1), filters=8, kernel_size=(3, 3), activation="relu")
    return then_dense(draft, draft.apply("GlobalMaxPooling2D", convolved))


@pytest.mark.parametrize("name", MODELS)
def test_verdict_is_the_measured_one(framework, draft, name):
    build, verdict, mask = MODELS[name]
    consumer, output = build(draft)
    (found,) = measure(framework, draft.graph(output), [Claim((consumer,))])
    assert (found.status, found.reason, found.mask) == (verdict, None, mask)
