"""Who reads padded steps: each node that mixes or picks timesteps, with the mask that stands before it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, assert_never

from padlint.dataclass import dataclass
from padlint.flow.axes import FOLDED, axis_after, worked_axis
from padlint.flow.lattice import (
    Attended,
    Changed,
    Content,
    Covers,
    Evidence,
    Fault,
    Hidden,
    Holds,
    Mask,
    Misses,
    NoMask,
    PaddedAxis,
    Settled,
    UnknownMask,
    Unseen,
)
from padlint.flow.layers import Application, applications, is_flat_already, stepwise
from padlint.flow.program import Program
from padlint.flow.solve import Solution
from padlint.graph import ApplyOp, Effect, EitherOp, Known, Node, RawOp, Side
from padlint.keras.layers import Fill, LayerFacts, Part, Steps
from padlint.keras.softmax import softmax_axis


class Manner(StrEnum):
    """How a node reads the steps of its input."""

    RECURRENT = "recurrent"  # one after the other, carrying a state
    ATTENTION = "attention"  # a softmax over them
    POOLING = "pooling"  # all into one
    CONVOLUTION = "convolution"  # neighbours together
    MIXING = "mixing"  # all together, though each step keeps its place
    LAST = "last"  # the one at the end


class Outcome(StrEnum):
    """What becomes of what a node makes of the real steps."""

    SAFE = "safe"
    LEAKS = "leaks"
    LATER = "later"  # right at the real steps; what the padded ones hold is wrong, if anyone reads it
    OPEN = "open"  # it could not be told


@dataclass(frozen=True, slots=True)
class Reading:
    """One node reading one padded axis, under one alternative for the mask.

    Args:
        name: the layer or operation, as the user knows it.
        ends_in_padding: whether all that is handed on was read through padding last, or averages over it.
        refuses_masks: whether it would stop the program if a mask arrived.
    """

    node: Node
    name: str
    manner: Manner
    padded: PaddedAxis
    mask: Mask
    outcome: Outcome
    ends_in_padding: bool = False
    refuses_masks: bool = False


_BY_PART: Final = {
    Part.RECURRENT: Manner.RECURRENT,
    Part.ATTENTION: Manner.ATTENTION,
    Part.POOLING: Manner.POOLING,
    Part.CONVOLUTION: Manner.CONVOLUTION,
    Part.MIXING: Manner.MIXING,
    Part.SHAPE: Manner.POOLING,
    Part.MERGE: Manner.ATTENTION,
}


def readings(node: Node, solution: Solution) -> Iterator[Reading]:
    """Yield every way in which a node may read padded steps, the harmless ones too."""
    match node.operation:
        case ApplyOp(output=output) if output and node.id not in solution.program.used:
            # A returned state that nobody takes.
            return
        case ApplyOp() as op:
            for app in applications(node, op, solution.states, solution.program):
                yield from _by_layer(app, solution)
        case RawOp() as op:
            yield from _by_operation(node, op, solution)
        case _:
            return


# Layers -----------------------------------------------------------------------------------------------------------


def _by_layer(app: Application, solution: Solution) -> Iterator[Reading]:
    if app.facts.part is Part.WRAPPER:
        for step in stepwise(app, solution.program):
            yield from _by_layer(step, solution)
        return
    if app.weighs is not None:
        # What is given out as it is, is a choice among the steps.
        yield from _weighed(app) if app.node.id in solution.program.readers else ()
        return
    if app.contracted is not None:
        yield from _summed(app, app.contracted)
        return
    manner = _BY_PART.get(app.facts.part)
    if manner is None or not (app.facts.mixes_steps or app.facts.leaks_masked):
        return
    arriving = app.arriving()
    for padded in _read_by(app, solution.program):
        for mask in arriving:
            yield Reading(
                app.node,
                app.name,
                manner,
                padded,
                mask,
                Outcome.SAFE
                if _lies_ahead(padded, app) or _lies_beyond(padded, app)
                else _outcome(app.facts, manner, padded, mask),
                ends_in_padding=_ends_in_padding(app, manner, padded),
                refuses_masks=bool(app.facts.raises),
            )


def _lies_beyond(padded: PaddedAxis, app: Application) -> bool:
    """Say whether padded steps are to a convolution what it takes for the steps beyond the ends: zeros of a mask."""
    settings = app.layer.settings
    fills = settings.get("padding") in (Known("same"), Known("causal")) and settings.get("strides", Known(1)) == Known(
        1
    )
    return app.facts.part is Part.CONVOLUTION and fills and padded.content == Settled(Fill.ZEROS)


def _lies_ahead(padded: PaddedAxis, app: Application) -> bool:
    """Say whether padding is behind all real steps of a sequence in which no step looks at a later one."""
    own = {one.evidence for one in app.inputs[0].padded if one.axis == padded.axis} if app.inputs else set()
    return app.causal and padded.side is Side.POST and padded.evidence in own


def _weighed(app: Application) -> Iterator[Reading]:
    """Yield how a layer's own softmax deals out weight along a padded axis."""
    weighed, arriving = app.weighs, app.given if app.given is not None else app.arriving()
    for padded in app.inputs[0].padded:
        if padded.axis == weighed and padded.axis > FOLDED:
            for mask in arriving:
                outcome = _dealt_out(padded)
                if isinstance(mask, Covers) and (app.given is not None or app.facts.raises):
                    # It sinks what the mask hides, or stops the program.
                    outcome = Outcome.SAFE
                elif isinstance(mask, UnknownMask) and app.given is not None:
                    outcome = Outcome.OPEN
                yield Reading(app.node, app.name, Manner.ATTENTION, padded, mask, outcome)


def _summed(app: Application, contracted: tuple[int, int]) -> Iterator[Reading]:
    """Yield how a product of two tensors sums over a padded axis; what a softmax made of it was told there."""
    arriving = app.arriving()
    for index, state in enumerate(app.inputs):
        other, axis = app.inputs[1 - index], contracted[1 - index]
        for padded in state.padded:
            if padded.axis != contracted[index]:
                continue
            partners = [one.content for one in other.padded if one.axis == axis and one.evidence == padded.evidence]
            factors = map(_as_factor, (*partners, padded.content))
            outcomes = {_operated_on(padded.holding(factor), Manner.ATTENTION) for factor in factors}
            outcome = next(one for one in (Outcome.SAFE, Outcome.OPEN, Outcome.LEAKS) if one in outcomes)
            for mask in arriving:
                yield Reading(app.node, app.name, Manner.ATTENTION, padded, mask, outcome)


def _as_factor(content: Content) -> Content:
    """Return what padded steps are in a product: zeros hide them, and weights that the program keeps may."""
    match content:
        case Holds(0):
            return Hidden(sure=True)
        case Changed(sure=False):
            return Hidden(sure=False)
        case _:
            return content


def _is_weighed_next(node: Node, program: Program) -> bool:
    """Say whether a softmax deals out weight by what a node gives."""
    return any(_is_softmax(reader) for reader in program.readers.get(node.id, ()))


def _is_softmax(node: Node) -> bool:
    match node.operation:
        case ApplyOp(layer):
            return softmax_axis(layer) is not None
        case RawOp(effect=effect):
            return effect is Effect.SOFTMAX_STEPS
        case _:
            return False


def _read_by(app: Application, program: Program) -> Iterator[PaddedAxis]:
    """Yield the padded axes that a layer reads along."""
    keys = [index for index in app.facts.guards if index < len(app.inputs)]
    match app.facts.part:
        case Part.RECURRENT if app.rank == 2:
            # One step at a time: axis 1 is its features.
            yield from (padded for padded in app.inputs[0].padded if padded.stepped)
            return
        case Part.ATTENTION:
            indices = keys or [len(app.inputs) - 1]
        case Part.MERGE:
            indices = list(range(len(app.inputs)))
        case _:
            indices = [0]
    for index in indices:
        if is_flat_already(app, index) and (index in app.rows or _is_weighed_next(app.node, program)):
            continue
        for padded in app.inputs[index].padded:
            stepwise_read = padded.stepped and app.facts.part is Part.RECURRENT
            if padded.axis == 1 or stepwise_read or (padded.axis > 1 and _reads_axis(padded.axis, app, index)):
                yield padded


def _reads_axis(axis: int, app: Application, index: int) -> bool:
    """Say whether an axis behind the first is one of steps for the layer, as in images and in whatever is flattened."""
    if app.facts.part is Part.SHAPE:
        return app.facts.steps is Steps.GONE
    rank = app.ranks[index] or max(app.facts.ranks, default=0)
    return (
        app.facts.part in {Part.CONVOLUTION, Part.POOLING} and min(app.facts.ranks, default=0) > 3 and axis < rank - 1
    )


def _outcome(facts: LayerFacts, manner: Manner, padded: PaddedAxis, mask: Mask) -> Outcome:
    """Say what a layer makes of padding that it reads past a mask."""
    if padded.stepped:
        # Step after step by the program's own loop: the state is right up to the end of the sequence.
        return Outcome.LEAKS if padded.side is Side.PRE else Outcome.LATER
    spared = _spared(facts, manner, padded)
    if spared is not None:
        return spared
    match mask:
        case Covers() if facts.raises:
            # Keras itself refuses the mask: the program stops there.
            return Outcome.SAFE
        case Covers():
            return Outcome.LEAKS if _meets(padded.side, facts.leaks_masked) else Outcome.SAFE
        case UnknownMask():
            return Outcome.OPEN if facts.guards else _unmasked(facts, manner, padded)
        case Misses(fault=Fault.MISALIGNED) if facts.uses_mask:
            # It hides real steps, whatever the padded ones would do.
            return Outcome.LEAKS
        case NoMask() | Misses():
            return _unmasked(facts, manner, padded)
    assert_never(mask)


def _unmasked(facts: LayerFacts, manner: Manner, padded: PaddedAxis) -> Outcome:
    if _meets(padded.side, facts.leaks_unmasked):
        return Outcome.LEAKS
    return Outcome.LATER if manner is Manner.RECURRENT else Outcome.SAFE


def _meets(side: Side, sides: frozenset[Side]) -> bool:
    """Say whether padding on a side leaks; on an unknown side, only where both do."""
    return len(sides) > 1 if side is Side.UNKNOWN else side in sides


def _spared(facts: LayerFacts, manner: Manner, padded: PaddedAxis) -> Outcome | None:
    """Return what comes of steps whose content keeps them from mattering to pooling and convolutions."""
    if manner not in {Manner.POOLING, Manner.CONVOLUTION}:
        return None
    match padded.content:
        case Hidden(sure) if not sure:
            return Outcome.OPEN
        case Hidden() | Attended():
            return Outcome.SAFE
        case Settled(fill):
            repeats_last = fill is Fill.LAST and padded.side is Side.POST and not facts.counts_repeats
            flattened = facts.part is Part.SHAPE
            return Outcome.SAFE if flattened or (repeats_last and facts.part is Part.POOLING) else None
        case Holds() | Changed() | Unseen():
            return None
    assert_never(padded.content)


def _ends_in_padding(app: Application, manner: Manner, padded: PaddedAxis) -> bool:
    """Say whether padding is what a recurrent layer reads last, or what a layer that could mask averages over."""
    if manner is Manner.POOLING:
        return bool(app.facts.guards)
    read_last = Side.PRE if app.layer.settings.get("go_backwards") == Known(True) else Side.POST
    one_way = app.layer.inner is None
    return manner is Manner.RECURRENT and one_way and app.facts.steps is Steps.GONE and padded.side is read_last


# Operations -------------------------------------------------------------------------------------------------------


def _by_operation(node: Node, op: RawOp, solution: Solution) -> Iterator[Reading]:
    """Yield how an operation outside layers reads its inputs; no mask of Keras protects it."""
    manner = Manner.ATTENTION if node.id in solution.program.softmaxes else _MANNERS.get(op.effect)
    if manner is None or node.id in solution.program.cancelled:
        return
    name = _own_layer(node) or op.name if manner is Manner.ATTENTION else op.name
    for tensor in node.inputs:
        rank, state = solution.program.ranks[tensor], solution.states[tensor]
        read = [padded for padded in state.padded if padded.axis > FOLDED and _works_on(op, padded, rank)]
        masks = {_on_arrival(each, node, solution) for each in state.masks} if read else ()
        later = {each.evidence for each in read} if op.effect is Effect.SOFTMAX_STEPS else ()
        masked_later = {evidence: _renormalised(node, evidence, solution) for evidence in later}
        for padded in read:
            outcome = masked_later.get(padded.evidence) or _operated(op, manner, padded)
            for mask in masks:
                ends = op.effect is Effect.LAST_STEP
                yield Reading(node, name, manner, padded, mask, outcome, ends_in_padding=ends)


def _on_arrival(mask: Mask, node: Node, solution: Solution) -> Mask:
    """Return the mask as it is before the `call` that an operation is written in: that gets it by itself."""
    match mask:
        case NoMask(lost=None, blocker=int() as blocker):
            inside = bool(node.within) and solution.program.nodes[blocker].within == node.within
            return NoMask() if inside else mask
        case _:
            return mask


def _own_layer(node: Node) -> str:
    """Return the layer of the project in whose `call` an operation is written, "" for none."""
    layers = [code.name for code in node.within if code.custom is not None and not code.custom.model]
    return layers[-1] if layers else ""


_MANNERS: Final = {
    Effect.LAST_STEP: Manner.LAST,
    Effect.SOFTMAX_STEPS: Manner.ATTENTION,
    Effect.REDUCE_STEPS: Manner.POOLING,
    Effect.RESHAPE: Manner.POOLING,
}


def _works_on(op: RawOp, padded: PaddedAxis, rank: int | None) -> bool:
    match op.effect:
        case Effect.RESHAPE:
            # Looked up, and then all steps in one vector.
            return len(op.shape) == 2 and padded.source is not None and axis_after(op, padded.axis, rank) is None
        case Effect.REDUCE_STEPS if op.axis is None:
            # Over everything: a loss, or an axis that was not read.
            return False
        case _:
            return padded.axis == worked_axis(op, rank)


def _renormalised(node: Node, evidence: Evidence, solution: Solution) -> Outcome | None:
    """Say what comes of weights that are masked behind their softmax and divided by their sum; None when none are."""
    waiting, seen = [node.id], {node.id}
    while waiting:
        for reader in solution.program.readers.get(waiting.pop(), ()):
            if reader.id in solution.program.normalised:
                found = [one.content for one in solution.states[reader.id].padded if one.evidence == evidence]
                hidden = [one for one in found if isinstance(one, Hidden)]
                if len(hidden) == len(found):
                    return Outcome.SAFE if all(one.sure for one in hidden) else Outcome.OPEN
            if _keeps_steps(reader) and reader.id not in seen:
                seen.add(reader.id)
                waiting.append(reader.id)
    return None


def _keeps_steps(node: Node) -> bool:
    match node.operation:
        case RawOp(effect=Effect.POINTWISE | Effect.SAME_OBJECT | Effect.EXPAND) | EitherOp():
            return True
        case _:
            return False


def _operated(op: RawOp, manner: Manner, padded: PaddedAxis) -> Outcome:
    """Say what an operation makes of the padded steps that it reads."""
    match op.effect:
        case Effect.LAST_STEP:
            return _picked_last(padded)
        case Effect.SOFTMAX_STEPS:
            return _dealt_out(padded)
        case _:
            return _operated_on(padded, manner)


def _dealt_out(padded: PaddedAxis) -> Outcome:
    """Say what comes of a softmax over padded steps: it gives weight to zeros, too."""
    match padded.content:
        case Hidden(sure=True, zeroed=True):
            return Outcome.LEAKS
        case _:
            return _operated_on(padded, Manner.ATTENTION)


def _operated_on(padded: PaddedAxis, manner: Manner) -> Outcome:
    match padded.content:
        case Hidden(sure=True) | Attended():
            return Outcome.SAFE
        case Hidden():
            return Outcome.OPEN
        case Settled():
            # A maximum may be right, and so may a sum; a softmax deals out weight by the number of steps.
            return Outcome.LEAKS if manner is Manner.ATTENTION else Outcome.OPEN
        case Holds() | Changed() | Unseen():
            return Outcome.LEAKS
    assert_never(padded.content)


def _picked_last(padded: PaddedAxis) -> Outcome:
    match padded.side, padded.content:
        case (Side.PRE, _) | (_, Settled(Fill.LAST)):
            return Outcome.SAFE
        case Side.UNKNOWN, _:
            return Outcome.OPEN
        case Side.POST, _:
            return Outcome.LEAKS
    assert_never(padded.side)
