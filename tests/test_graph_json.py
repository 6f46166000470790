"""A graph survives the way through JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padlint.finding import Position, Span
from padlint.graph import Feed, Known, ModelGraph, Node, OneOf, Padding, Plain, Unresolved
from padlint.graph_json import NotAGraph, from_json, to_json

HERE = Span("model.py", 0, Position(1, 1), Position(1, 9))

plain: st.SearchStrategy[Plain] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=4,
)
words = st.text(max_size=5)
st.register_type_strategy(Known, st.builds(Known, plain))
st.register_type_strategy(OneOf, st.builds(OneOf, st.lists(plain, max_size=3).map(tuple)))


def graphs() -> st.SearchStrategy[ModelGraph]:
    """Graphs of any nodes; they need not make sense to survive."""
    return st.builds(
        ModelGraph,
        nodes=st.lists(st.from_type(Node), max_size=4).map(tuple),
        feeds=st.lists(st.from_type(Feed), max_size=2).map(tuple),
        paddings=st.lists(st.from_type(Padding), max_size=2).map(tuple),
        imports=st.dictionaries(words, st.frozensets(words, max_size=2), max_size=2),
        keras=st.none() | st.integers(2, 3),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_reading_what_was_written_gives_the_same_graph(graph: ModelGraph) -> None:
    assert from_json(to_json(graph)) == graph


def test_what_was_not_read_stays_apart_from_what_is_none() -> None:
    padding = Padding("pad_sequences", HERE, value=Known(None))
    graph = ModelGraph(paddings=(padding, Padding("np.pad", HERE, value=Unresolved("no literal"))))
    assert [padding.value for padding in from_json(to_json(graph)).paddings] == [Known(None), Unresolved("no literal")]


def test_a_pad_value_of_false_is_not_the_default_zero() -> None:
    graph = ModelGraph(paddings=(Padding("np.pad", HERE, value=Known(False)),))
    assert repr(from_json(to_json(graph)).paddings[0].value) == "Known(value=False)"


def test_true_and_one_stay_apart() -> None:
    graph = ModelGraph(paddings=(Padding("np.pad", HERE, value=Known((True, 1, 1.0))),))
    value = from_json(to_json(graph)).paddings[0].value
    assert isinstance(value, Known)
    assert isinstance(value.value, tuple)
    assert [type(item) for item in value.value] == [bool, int, float]


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"is": "Nothing"}', '{"is": "Side", "value": "pre"}', json.dumps({"nodes": []})]
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(NotAGraph):
        from_json(text)
