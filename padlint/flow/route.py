"""The route of a leak in words: padding, feed, source, where the mask was lost, who reads it."""

from __future__ import annotations

from collections.abc import Iterator

from padlint.finding import Consumer, Family, Role, Span, TraceStep
from padlint.flow.lattice import Covers, Evidence, Mask, Misses, NoMask, UnknownMask
from padlint.flow.layers import layer_name
from padlint.flow.program import Program
from padlint.flow.readings import Manner, Reading
from padlint.graph import ApplyOp, BoundaryOp, ExitStepOp, Known, Node, RawOp, Side, TensorId
from padlint.keras.layers import Part

_FAMILIES = {
    Manner.RECURRENT: Family.RECURRENT,
    Manner.ATTENTION: Family.ATTENTION,
    Manner.POOLING: Family.POOLING,
    Manner.CONVOLUTION: Family.POOLING,
    Manner.MIXING: Family.POOLING,
    Manner.LAST: Family.POOLING,
}
_AT_SIDE = {Side.PRE: " in front", Side.POST: " at the end", Side.UNKNOWN: ""}
_READS = {
    Manner.RECURRENT: "reads the padded steps",
    Manner.ATTENTION: "attends to the padded steps",
    Manner.POOLING: "pools the padded steps with the real ones",
    Manner.CONVOLUTION: "convolves the padded steps with their neighbours",
    Manner.MIXING: "mixes the padded steps with the real ones",
    Manner.LAST: "takes the last step, which is padding",
}


# Names and places -------------------------------------------------------------------------------------------------


def name_of(node: Node) -> str:
    """Return what a node is called in messages."""
    match node.operation:
        case ApplyOp(layer) | BoundaryOp(layer) | ExitStepOp(layer):
            return layer_name(layer)
        case RawOp(name):
            return name
        case _:
            return "the input"


def place_of(node: Node) -> Span:
    """Return where a node is written: a layer where it is made, anything else where it is done."""
    match node.operation:
        case ApplyOp(layer):
            return layer.span
        case _:
            return node.span


def consumer_of(reading: Reading) -> Consumer:
    """Return who reads."""
    return Consumer(reading.name, _FAMILIES[reading.manner])


def padding_in_words(evidence: Evidence) -> str:
    """Return the padded steps as the subject of a sentence: who added them."""
    if evidence.padding is None:
        return "padded steps (if the data has any)"
    return f"steps that {evidence.padding.in_words} adds"


# Steps ------------------------------------------------------------------------------------------------------------


def steps_to(reading: Reading, mask: Mask, program: Program) -> Iterator[TraceStep]:
    """Yield the route up to the node that reads, itself included."""
    yield from arrival(reading.padded.evidence, program)
    yield from _source(reading, mask, program)
    yield from _loss_of_mask(mask, program)
    yield from reader_steps(reading)


def reader_steps(reading: Reading) -> Iterator[TraceStep]:
    """Yield the node that reads, and how the program gets there: where each layer around it is called and made.

    A line is told once.
    """
    place = place_of(reading.node)
    steps = [TraceStep(Role.CONSUMER, f"`{reading.name}` {_READS[reading.manner]}", place)]
    steps.append(TraceStep(Role.CONSUMER, f"`{reading.name}` is called here", reading.node.span))
    for code in reversed(reading.node.within):
        steps.append(TraceStep(Role.CONSUMER, f"`{code.name}` is called here", code.span))
        steps.append(TraceStep(Role.CONSUMER, f"`{code.name}` is made here", code.made))
    told: set[tuple[str, int, int]] = set()
    for step in steps:
        if _line(step.span) not in told:
            told.add(_line(step.span))
            yield step


def _line(span: Span) -> tuple[str, int, int]:
    return span.path, span.cell, span.start.row


def arrival(evidence: Evidence, program: Program) -> Iterator[TraceStep]:
    """Yield where the padding is made and how it gets to the model."""
    padding = evidence.padding
    if padding is None:
        return
    value = f" of {padding.value.value}" if isinstance(padding.value, Known) else ""
    yield TraceStep(Role.PADDING, f"{padding.in_words} adds steps{value}{_AT_SIDE[padding.side]}", padding.span)
    if evidence.feed is not None:
        yield TraceStep(Role.FEED, f"`{evidence.feed.how}` gives them to the model", evidence.feed.span)
    elif evidence.reason:
        yield TraceStep(Role.FEED, evidence.reason, program.nodes[evidence.tensor].span)


def _source(reading: Reading, mask: Mask, program: Program) -> Iterator[TraceStep]:
    match mask:
        case Misses(origin) | Covers(origin):
            node = program.nodes[origin]
            yield TraceStep(Role.SOURCE, f"`{name_of(node)}` makes a mask", place_of(node))
        case NoMask(lost=None) if reading.padded.source is not None:
            node = program.nodes[reading.padded.source]
            yield TraceStep(Role.SOURCE, f"`{name_of(node)}` makes no mask", place_of(node))
        case NoMask() | UnknownMask():
            return


def _loss_of_mask(mask: Mask, program: Program) -> Iterator[TraceStep]:
    match mask:
        case NoMask(lost=int() as lost):
            yield TraceStep(
                Role.LOST, f"`{name_of(program.nodes[lost])}` drops the mask", place_of(program.nodes[lost])
            )
        case NoMask(blocker=int() as blocker):
            node = program.nodes[blocker]
            yield TraceStep(Role.LOST, f"`{name_of(node)}` would drop a mask", place_of(node))
        case Misses(at=at, why=why):
            yield TraceStep(Role.LOST, why, place_of(program.nodes[at]))
        case NoMask() | Covers() | UnknownMask():
            return


def can_make_mask(tensor: TensorId, program: Program) -> bool:
    """Say whether a node is a layer with a switch that would make it create a mask."""
    match program.nodes[tensor].operation:
        case ApplyOp(layer):
            return any(facts.switch for facts in program.facts(layer))
        case _:
            return False


def is_layer_that_masks(node: Node, program: Program) -> bool:
    """Say whether a node is a layer that a mask would protect, or is in the code of one that takes a mask."""
    match node.operation:
        case ApplyOp(layer):
            return any(facts.guards or facts.part is Part.WRAPPER for facts in program.facts(layer))
        case _:
            return any(code.custom is not None and code.custom.takes_mask for code in node.within[-1:])
