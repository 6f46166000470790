"""What operations outside Keras layers make of padding and masks: they move steps about and lose every mask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import product
from typing import Final

from padlint.finding import Confidence
from padlint.flow import masks
from padlint.flow.axes import FOLDED, axis_of_input, joined, turned, worked_axis
from padlint.flow.contents import Passage, added, content_after, dealt_out, hidden_by, multiplied, partners_of, zeros_of
from padlint.flow.evidence import along_axes
from padlint.flow.lattice import (
    CLEAN,
    ROWS,
    Attended,
    Content,
    Evidence,
    Hidden,
    Mask,
    PaddedAxis,
    TensorState,
    UnknownMask,
)
from padlint.flow.mask_tensors import hides_after
from padlint.flow.program import ADDITIONS, PRODUCTS, SUMS, Program
from padlint.graph import Effect, InputOp, Node, RawOp, Side, TensorId, Unresolved
from padlint.keras.layers import Keeps, LayerFacts, Part

_CHANGES: Final = LayerFacts("", Part.POINTWISE)
_KEEPS_ZERO: Final = LayerFacts("", Part.POINTWISE, keeps=Keeps.ZERO)
_SCALES: Final = LayerFacts("", Part.POINTWISE, keeps=Keeps.ZERO, zero_wins=True)
_MOVES: Final = LayerFacts("", Part.SHAPE, keeps=Keeps.VALUE)
_MOVING: Final = frozenset(
    {
        Effect.CROP_STEPS,
        Effect.EACH_STEP,
        Effect.EXPAND,
        Effect.JOIN_FEATURES,
        Effect.JOIN_STEPS,
        Effect.LAST_STEP,
        Effect.ONE_STEP,
        Effect.RESHAPE,
        Effect.REVERSE_STEPS,
        Effect.SQUEEZE,
        Effect.STACK,
        Effect.TRANSPOSE,
    }
)


def after_raw(node: Node, op: RawOp, states: Mapping[TensorId, TensorState], program: Program) -> TensorState:
    """Return the state of what an operation makes of its inputs."""
    inputs = tuple(states[tensor] for tensor in node.inputs)
    if op.effect is Effect.SAME_OBJECT and inputs:
        return inputs[0]
    if op.effect is Effect.MASKED and inputs:
        return replace(inputs[0], masks=_put_on(inputs, node))
    if op.effect in (Effect.SHAPE, Effect.NO_STEPS) or not inputs:
        return CLEAN
    first, *others = (
        state.padded_again(tuple(_padded_after(node, op, inputs, index, program))) for index, state in enumerate(inputs)
    )
    padding = program.paddings.get(node.span)
    own = along_axes(Evidence(node.id, Confidence.CERTAIN, padding)) if padding else ()
    return TensorState(
        padded=first.union(*others, own) if others or own else first,
        masks=frozenset(_mask_after(masks.best_of(found), node, op) for found in masks.alternatives(inputs)),
        hides=hides_after(node, op, inputs, program),
    )


def _put_on(inputs: Sequence[TensorState], node: Node) -> frozenset[Mask]:
    """Return the masks of a tensor that the program itself puts a mask on, or takes its mask from."""
    if len(inputs) > 1:
        return inputs[1].hides or frozenset({UnknownMask("the mask that is put on it was not followed")})
    return frozenset(masks.dropped(mask, node.id) for mask in inputs[0].masks)


def _mask_after(mask: Mask, node: Node, op: RawOp) -> Mask:
    """Return what is left of a mask: nothing, unless what was not read may be one of several outputs, picked here."""
    if isinstance(mask, UnknownMask) and op.effect is Effect.UNKNOWN:
        return mask
    return masks.dropped(mask, node.id)


# Padding ----------------------------------------------------------------------------------------------------------


def _padded_after(
    node: Node, op: RawOp, inputs: Sequence[TensorState], index: int, program: Program
) -> Iterator[PaddedAxis]:
    """Yield what is left of the padding of one input."""
    rank = program.ranks[node.inputs[index]]
    others = [
        (state, rank is not None and program.ranks[node.inputs[other]] == rank)
        for other, state in enumerate(inputs)
        if other != index and node.inputs[other] != node.inputs[index]
    ]
    if op.effect is Effect.TEST:
        # Its result tells padding apart; it holds none.
        return
    hiding = cache(partial(partners_of, others, zeroing=_facts(op).zero_wins))
    zeros = zeros_of(state for state, lines_up in others if lines_up and _facts(op).zero_wins)
    # A number that is added is no zero.
    terms = [zeros_of([state] if lines_up else ()) for state, lines_up in others] if _adds_tensors(op, inputs) else None
    worked, stacks = worked_axis(op, rank), op.effect is Effect.STACK
    spread = _spread(node, op, index, program)
    # Of many alternatives most hold the same, and what was made by one operation is the very same.
    contents: dict[tuple[int, Side, Content], frozenset[Content]] = {}
    ways: dict[tuple[int, Side, int], tuple[int | None, tuple[Side, ...], frozenset[Content]]] = {}
    for padded in inputs[index].padded:
        if stacks and padded.stepped and worked == 1:
            yield replace(padded, axis=1, stepped=False)
            continue
        known = padded.axis, padded.side, id(padded.content)
        if known not in ways:
            held = padded.axis, padded.side, padded.content
            if held not in contents:
                contents[held] = _contents_after(padded, node, op, hiding, program)
            axis = padded.axis if padded.axis < 0 else axis_of_input(op, padded.axis, index, rank)
            axis = axis + spread if axis is not None and axis > FOLDED else axis
            ways[known] = axis, _sides(padded.side, op, index, len(inputs)), contents[held]
        axis, sides, after = ways[known]
        if axis is not None:
            source = node.id if op.effect is Effect.LOOKUP else padded.source
            for side, left in product(sides, after):
                content = left if terms is None else added(padded, left, terms)
                yield _gapped(padded.moved(axis, side, multiplied(padded, content, zeros), source), op)
        elif op.effect is Effect.EACH_STEP and padded.axis == worked:
            yield replace(padded, axis=ROWS, stepped=True)


def _spread(node: Node, op: RawOp, index: int, program: Program) -> int:
    """Return how many axes an array gets in front where it meets a tensor of a higher rank: they match from the last.

    What was computed has the rank that it is taken for; of an array it is known.
    """
    ranks = [program.ranks[tensor] for tensor in node.inputs]
    rank, known = ranks[index], [each for each in ranks if each is not None]
    is_array = isinstance(program.nodes[node.inputs[index]].operation, InputOp)
    if op.effect is not Effect.POINTWISE or not is_array or rank is None or len(known) < len(ranks):
        return 0
    return max(known) - rank


def _contents_after(
    padded: PaddedAxis,
    node: Node,
    op: RawOp,
    hiding: Callable[[int], tuple[frozenset[Content | None], ...]],
    program: Program,
) -> frozenset[Content]:
    """Return what padded steps may hold behind an operation."""
    content = content_after(padded.content, Passage(op.name, sure=op.effect is Effect.ONE_HOT, facts=_facts(op)))
    over_steps = op.effect is Effect.SOFTMAX_STEPS and padded.axis == worked_axis(op, program.ranks[node.inputs[0]])
    if over_steps:
        return frozenset({dealt_out(content)})
    if node.id in program.softmaxes.values():
        return frozenset({content if isinstance(content, Hidden) else Attended()})
    if op.effect is not Effect.POINTWISE:
        return frozenset({content})
    if op.name in ADDITIONS and node.id in program.scores:
        # What is added to scores, and was not followed, may be there to sink the padding. What is the same for any data
        # may sink all later steps, and so what stands behind the real ones.
        looks_back = padded.side is not Side.PRE and not program.fixed.isdisjoint(node.inputs)
        if isinstance(op.operand, Unresolved) or looks_back:
            return frozenset({Hidden(sure=False)})
    partners = hiding(padded.axis)
    if op.name in ADDITIONS and node.id not in program.raw_scores:
        # Positions, say: what is added to anything but scores, and was not followed, sinks nothing.
        partners = tuple(frozenset(map(_if_sure, each)) for each in partners)
    return hidden_by(partners, content)


def _if_sure(partner: Content | None) -> Content | None:
    return None if isinstance(partner, Hidden) and not partner.sure else partner


def _facts(op: RawOp) -> LayerFacts:
    """Return what an operation does to what it works on, as if it were a layer."""
    if op.effect in _MOVING:
        return _MOVES
    if op.name in PRODUCTS:
        return _SCALES
    return _KEEPS_ZERO if op.keeps_zero else _CHANGES


def _adds_tensors(op: RawOp, inputs: Sequence[TensorState]) -> bool:
    """Say whether an operation adds tensors to each other, or takes them from each other, and nothing else."""
    return op.name in SUMS and op.operand is None and len(inputs) > 1


def _gapped(padded: PaddedAxis, op: RawOp) -> PaddedAxis:
    return padded.after(f"what `{op.name}` does to the steps") if op.effect is Effect.UNKNOWN else padded


def _sides(side: Side, op: RawOp, index: int, count: int) -> tuple[Side, ...]:
    """Return on which sides of real steps padding is once steps were reversed or put one after another."""
    match op.effect:
        case Effect.REVERSE_STEPS:
            return (turned(side),)
        case Effect.JOIN_STEPS:
            return joined(side, index, count)
        case Effect.ORDER_STEPS:
            return (Side.UNKNOWN,)
        case _:
            return (side,)
