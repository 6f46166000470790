"""What is known of many alternatives for a tensor's padding is worked out, and shown, once for all that are alike."""

from __future__ import annotations

import pytest

from padlint.flow.lattice import Evidence
from padlint.flow.layers import Application
from padlint.graph import Effect, Side


@pytest.fixture
def calls(monkeypatch):
    """Count how often a method is called."""

    def counted(owner, name):
        seen = []
        method = getattr(owner, name)

        def noted(self, *rest):
            seen.append(self)
            return method(self, *rest)

        monkeypatch.setattr(owner, name, noted)
        return seen

    return counted


def test_padding_that_an_operation_leaves_alone_is_the_very_same(k):
    x = k.raw("tf.exp", Effect.POINTWISE, k.Embedding(100, 8)(k.ids()))
    y = k.raw("tf.nn.relu", Effect.POINTWISE, x)
    states = k.solution().states
    assert states[x.id].padded
    assert states[y.id].padded is states[x.id].padded


def test_which_masks_arrive_is_asked_once_for_all_paddings(k, calls):
    several = [k.padding(side, value) for side in (Side.PRE, Side.POST) for value in (0, 1)]
    x = k.Embedding(100, 8)(k.fed(k.input(None), *several[:3]))
    arriving = calls(Application, "arriving")
    assert len(k.solution().states[x.id].padded) == 3
    assert len(arriving) == 1


def test_evidence_is_shown_once_for_all_readers(k, calls):
    x = k.Embedding(100, 8)(k.ids())
    for _ in range(5):
        k.GlobalMaxPooling1D()(x)
    shown = calls(Evidence, "__repr__")
    assert len(k.leaks()) == 1
    assert len(shown) == 1
