"""The laws that hold for any graph: joins are joins, knowing less never says more, and every leak tells its route."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padlint.finding import Confidence, Position, Role, Span
from padlint.flow.lattice import (
    CLEAN,
    Attended,
    Changed,
    Covers,
    Evidence,
    Fault,
    Hidden,
    Holds,
    Misses,
    NoMask,
    PaddedAxis,
    Settled,
    TensorState,
    UnknownMask,
    Unseen,
    join,
    within,
)
from padlint.flow.observation import PLACEHOLDERS, Kind
from padlint.flow.observe import observe
from padlint.flow.program import Program
from padlint.flow.transfer import transfer
from padlint.graph import (
    ApplyOp,
    BoundaryOp,
    CustomCode,
    DataFacts,
    Effect,
    EitherOp,
    EnterStepOp,
    ExitStepOp,
    Feed,
    InputOp,
    Known,
    Layer,
    LayerId,
    MaskOp,
    Model,
    ModelGraph,
    Node,
    OneOf,
    OpaqueOp,
    Padding,
    RawOp,
    Side,
    Style,
    TensorId,
    Training,
    Unresolved,
)
from padlint.graph_json import from_json, to_json
from padlint.keras.layers import Fill

HERE = Span("script.py", 0, Position(1, 1), Position(1, 2))
FIRST, SECOND, RESULT = TensorId(0), TensorId(1), TensorId(2)

evidence = st.builds(Evidence, tensor=st.sampled_from([FIRST, SECOND]), confidence=st.sampled_from(Confidence))
contents = st.one_of(
    st.builds(Holds, st.sampled_from([0, 0.0, -1])),
    st.builds(Changed, st.just("Dense"), st.booleans()),
    st.builds(Settled, st.sampled_from(Fill)),
    st.builds(Hidden, st.booleans()),
    st.just(Attended()),
    st.just(Unseen()),
)
padded = st.builds(
    PaddedAxis,
    axis=st.integers(-1, 3),
    evidence=evidence,
    side=st.sampled_from(Side),
    content=contents,
    source=st.sampled_from([None, FIRST]),
    gaps=st.sampled_from([(), ("a call",)]),
)
masks = st.one_of(
    st.builds(NoMask, lost=st.sampled_from([None, FIRST]), blocker=st.sampled_from([None, SECOND])),
    st.builds(Covers, st.just(FIRST), st.sampled_from([frozenset({1}), frozenset({1, 2})])),
    st.builds(Misses, st.just(FIRST), st.just(SECOND), st.sampled_from(Fault), st.just("why")),
    st.just(UnknownMask("why")),
)
states = st.builds(
    TensorState,
    padded=st.frozensets(padded, max_size=3),
    masks=st.frozensets(masks, min_size=1, max_size=3),
    hides=st.frozensets(masks, max_size=2),
)


@given(states, states, states)
def test_join_is_associative(one, two, three):
    assert join([join([one, two]), three]) == join([one, join([two, three])])


@given(states, states)
def test_join_is_commutative(one, two):
    assert join([one, two]) == join([two, one])


@given(states)
def test_join_is_idempotent(one):
    assert join([one, one]) == one


@given(states, states)
def test_a_join_allows_what_each_of_its_parts_allows(one, two):
    assert within(one, join([one, two]))
    assert within(two, join([one, two]))


def test_of_no_states_nothing_is_known():
    assert join([]) == CLEAN


# Transfer ---------------------------------------------------------------------------------------------------------


def layer(kind, inner=None, custom=None, **settings_read):
    origin = "project" if custom else "keras"
    read = {name: Known(value) for name, value in settings_read.items()}
    return Layer(LayerId(1), kind, read, HERE, inner=inner, custom=custom, origin=origin)


def custom(**code):
    said = {"supports_masking": False, "computes_mask": False, "takes_mask": False, "read": True, **code}
    return layer("MyLayer", custom=CustomCode("MyLayer", HERE, **said))


LAYERS = [
    layer("Embedding"),
    layer("Embedding", mask_zero=True),
    layer("Masking"),
    layer("LSTM"),
    layer("LSTM", return_sequences=True),
    layer("Bidirectional", layer("GRU", return_sequences=True)),
    layer("TimeDistributed", layer("Dense")),
    layer("TimeDistributed", layer("LSTM")),
    layer("Conv1D", kernel_size=3),
    layer("GlobalAveragePooling1D"),
    layer("GlobalMaxPooling1D"),
    layer("Flatten"),
    layer("Reshape", target_shape=(4, 2)),
    layer("Permute", dims=(2, 1)),
    layer("Dense"),
    layer("Dropout"),
    layer("Add"),
    layer("Concatenate"),
    layer("Concatenate", axis=1),
    layer("Attention"),
    layer("MultiHeadAttention"),
    layer("LayerNormalization"),
    layer("NotOneOfKeras"),
    custom(),
    custom(supports_masking=True),
    custom(computes_mask=True),
]
operations = st.one_of(
    st.builds(ApplyOp, st.sampled_from(LAYERS), mask=st.sampled_from([None, SECOND])),
    st.builds(
        RawOp,
        name=st.just("op"),
        effect=st.sampled_from(Effect),
        axis=st.sampled_from([None, 0, 1, 2, -1]),
        operand=st.sampled_from([None, Known(0), Known(5)]),
        shape=st.sampled_from([(), (0, 2, 1), (-1, 4), (-1, 4, 2)]),
    ),
    st.just(EitherOp()),
    st.builds(MaskOp, st.sampled_from([None, LAYERS[1], LAYERS[4]])),
    st.builds(BoundaryOp, st.sampled_from(LAYERS[-3:]), mask=st.sampled_from([None, SECOND])),
    st.just(EnterStepOp(LAYERS[6])),
    st.just(ExitStepOp(LAYERS[6])),
    st.just(OpaqueOp("a call")),
)


def less_known(exact: TensorState, draw) -> TensorState:
    """The state with more alternatives for what its padding holds and which mask it has.

    Which axes are padded at all, and whether a tensor is a mask, is what the program is, not what is known of it.
    """
    others = [replace(one, content=draw(contents), side=draw(st.sampled_from(Side))) for one in exact.padded]
    return TensorState(
        padded=exact.padded.union(others),
        masks=exact.masks.union([draw(masks)]),
        hides=exact.hides.union([draw(masks)] if exact.hides else []),
    )


@settings(max_examples=500, deadline=None)
@given(operations, states, states, st.data(), st.sampled_from([2, 3]), st.sampled_from([None, 2, 3, 4]))
def test_knowing_less_of_the_inputs_never_says_more_of_the_result(operation, one, two, data, keras, rank):
    shape = None if rank is None else (None,) * (rank - 1)
    inputs = [Node(tensor, InputOp(shape), (), HERE) for tensor in (FIRST, SECOND)]
    node = Node(RESULT, operation, (FIRST, SECOND), HERE)
    program = Program(ModelGraph(nodes=(*inputs, node)), keras)
    exact = transfer(node, {FIRST: one, SECOND: two}, program)
    loose = transfer(node, {FIRST: less_known(one, data.draw), SECOND: less_known(two, data.draw)}, program)
    assert within(exact, loose)


# Any graph --------------------------------------------------------------------------------------------------------

paddings = st.builds(
    Padding,
    how=st.just("pad_sequences"),
    span=st.just(HERE),
    axes=st.sampled_from([(1,), (1, 2)]),
    value=st.sampled_from([Known(0), Known(-1), OneOf((0, 1)), Unresolved("a parameter")]),
    side=st.sampled_from(Side),
    altered=st.sampled_from(["", "scaled"]),
)
facts = st.builds(
    DataFacts,
    paddings=st.lists(paddings, max_size=2).map(tuple),
    unpadded=st.sampled_from(["", "windows"]),
    unresolved=st.sampled_from([(), ("a call",)]),
    zero_is_a_token=st.sampled_from(["", "it starts at 0"]),
    mask=st.booleans(),
)


@st.composite
def graphs(draw) -> ModelGraph:
    """Programs of a few inputs and whatever operations, each on tensors made before it."""
    shapes = st.sampled_from([None, (None,), (None, 8), (1,), (None, None)])
    nodes = [Node(TensorId(number), InputOp(draw(shapes)), (), HERE) for number in range(2)]
    for number in range(2, draw(st.integers(3, 9))):
        made = st.sampled_from([node.id for node in nodes])
        inputs = tuple(draw(st.lists(made, min_size=0, max_size=3)))
        operation = draw(operations)
        takes_two = isinstance(operation, BoundaryOp | ExitStepOp | EnterStepOp)
        nodes.append(Node(TensorId(number), operation, inputs or (nodes[-1].id,) * takes_two, HERE))
    last = nodes[-1].id
    return ModelGraph(
        nodes=tuple(nodes),
        models=(Model(0, Style.FUNCTIONAL, (FIRST, SECOND), (last,), HERE, nested=draw(st.booleans())),),
        feeds=tuple(Feed(tensor, draw(facts), "fit", HERE, 0) for tensor in (FIRST, SECOND) if draw(st.booleans())),
        trainings=(Training(0, (Known("mse"),), draw(st.booleans()), (), HERE),),
        paddings=tuple(draw(st.lists(paddings, max_size=1))),
        keras=draw(st.sampled_from([2, 3])),
    )


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_every_observation_of_any_graph_is_whole(graph):
    for seen in observe(graph):
        assert set(seen.words) == PLACEHOLDERS
        if seen.kind is Kind.UNRESOLVED_MODEL:
            continue
        assert seen.route[-1].role is Role.CONSUMER
        assert seen.consumer is not None


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_what_is_certain_was_seen_to_be_padded_and_fed(graph):
    for seen in observe(graph):
        if seen.confidence is Confidence.CERTAIN and seen.evidence is not None:
            assert seen.evidence.padding is not None
            assert seen.evidence.feed is not None or seen.evidence.padding in graph.paddings


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_a_graph_that_went_through_json_gives_the_same(graph):
    assert observe(from_json(to_json(graph))) == observe(graph)
