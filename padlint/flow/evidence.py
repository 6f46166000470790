"""Where padding enters a graph: the data that is bound to its inputs, or that a layer in it pads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

from padlint.finding import Confidence, Span
from padlint.flow.associate import associated
from padlint.flow.lattice import (
    MOST_GAPS,
    Changed,
    Content,
    Covers,
    Evidence,
    Holds,
    Mask,
    PaddedAxis,
    TensorState,
    UnknownMask,
    Unseen,
)
from padlint.flow.program import Program
from padlint.graph import Feed, InputOp, Known, Layer, Node, OneOf, Padding, Side, TensorId, Unresolved

_STEPS: Final = 1
# One padding is enough to prove a leak; a few more keep apart those that a mask covers from those it misses.
MOST_PADDINGS: Final = 3
COUNTED: Final = "a count of items"


def entering(node: Node, op: InputOp, program: Program) -> TensorState:
    """Return the state of a model's input, by the data that is bound to it."""
    feeds = program.feeds.get(node.id, ())
    single = {axis for axis, length in enumerate(op.shape or (), 1) if length == 1}
    # Rows that are missing of an array are no steps: a model is given a batch of those that are there.
    padded = frozenset(one for one in _padded(node.id, feeds, program) if one.axis and one.axis not in single)
    return TensorState(padded, hides=frozenset(_as_mask(node.id, op, feeds)))


def _padded(tensor: TensorId, feeds: tuple[Feed, ...], program: Program) -> Iterator[PaddedAxis]:
    data = sorted((feed for feed in feeds if not feed.facts.mask), key=lambda feed: feed.span not in program.trainings)
    seen: dict[tuple[Span, tuple[int, ...]], tuple[Feed, Padding]] = {}
    for feed in data:
        for padding in feed.facts.paddings:
            seen.setdefault((padding.span, padding.axes), (feed, padding))
    for feed, padding in list(seen.values())[:MOST_PADDINGS]:
        evidence = Evidence(tensor, Confidence.CERTAIN, padding, feed)
        yield from along_axes(evidence, feed.facts.unresolved)
    trained = [feed for feed in feeds if feed.span in program.trainings]
    outside = bool(trained) and all(feed.facts.outside for feed in trained)
    # What a model is asked to predict from says nothing of what it is trained with.
    telling = trained or feeds
    if (seen and not outside) or any(feed.facts.unpadded or feed.facts.mask for feed in telling):
        return
    likely = associated(tensor, program)
    for evidence in likely[:MOST_PADDINGS]:
        yield from along_axes(evidence)
    if not likely and not _is_only_nested(tensor, program):
        yield PaddedAxis(_STEPS, Evidence(tensor, Confidence.POSSIBLE), Side.UNKNOWN, Unseen())


def _holds_features(op: InputOp) -> bool:
    """Say whether each step of an input is a vector: a mask has one number for it, or one for each other step."""
    match op.shape:
        case (steps, int(size)):
            return size > 1 and size != steps
        case _:
            return False


def _is_only_nested(tensor: TensorId, program: Program) -> bool:
    """Say whether an input belongs to models that are only used inside others, where they are followed once more."""
    models = [model for model in program.graph.models if tensor in model.inputs]
    return bool(models) and all(model.nested for model in models)


def _as_mask(tensor: TensorId, op: InputOp, feeds: tuple[Feed, ...]) -> Iterator[Mask]:
    """Yield what an input hides when it is used as a mask: data that was not followed may well be one."""
    if _holds_features(op) and any(feed.facts.paddings and not feed.facts.mask for feed in feeds):
        return
    for feed in feeds:
        if feed.facts.mask:
            axes = {axis for padding in feed.facts.paddings for axis in padding.axes}
            yield Covers(tensor, frozenset(axes or ({_STEPS} if feed.facts.rank in {2, None} else ())))
    if not any(feed.facts.mask for feed in feeds):
        yield UnknownMask("what the input holds was not followed")


def padding_made_at(node: Node, layer: Layer, program: Program) -> frozenset[PaddedAxis]:
    """Return the padding that a layer of the model itself adds (`TextVectorization`), known by where it is written."""
    padding = program.paddings.get(layer.span) or program.paddings.get(node.span)
    if padding is None:
        return frozenset()
    return frozenset(along_axes(Evidence(node.id, _sureness(padding, node, program), padding)))


def _sureness(padding: Padding, node: Node, program: Program) -> Confidence:
    """Say how sure it is that a layer pads: filling up to the longest of a batch, it leaves a single text as it is."""
    feeds = program.feeds_behind(node)
    if padding.length or any(feed.span in program.trainings for feed in feeds):
        return Confidence.CERTAIN
    return Confidence.POSSIBLE if feeds else Confidence.LIKELY


def along_axes(evidence: Evidence, gaps: tuple[str, ...] = ()) -> Iterator[PaddedAxis]:
    """Yield what a padding puts into a tensor: along each of its axes, each value that it may have."""
    padding = evidence.padding
    if padding is None:
        return
    for axis in padding.axes if evidence.feed else batched(padding.axes):
        for content in _contents(padding):
            yield PaddedAxis(axis, evidence, padding.side, content, gaps=gaps[:MOST_GAPS])


def batched(axes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes of a batch of what was padded, where it was padded one by one: (0,) of a row is (1,) of rows."""
    return tuple(axis + 1 for axis in axes) if 0 in axes else axes


def _contents(padding: Padding) -> Iterator[Content]:
    if padding.altered:
        yield Changed(padding.altered)
        return
    match padding.value:
        case Known(value):
            yield Holds(value)
        case OneOf(values):
            yield from map(Holds, values)
        case Unresolved(counted=True):
            yield Holds(COUNTED)
        case Unresolved(why):
            yield Changed(why, sure=False)
        case _:
            assert_never(padding.value)
