"""What else goes wrong with padding and masks than steps read unmasked: ids, losses, kernels, dtypes, unread models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from padlint.finding import Confidence, Consumer, Family, Role, Severity, Span, TraceStep
from padlint.flow import route
from padlint.flow.later import trains_on
from padlint.flow.lattice import Covers, Hidden, Mask, Misses, NoMask, PaddedAxis, UnknownMask
from padlint.flow.layers import Application, applications
from padlint.flow.leaks import less_sure
from padlint.flow.observation import Kind, Observation, worded
from padlint.flow.program import Program
from padlint.flow.solve import Solution
from padlint.flow.wholeness import models_read
from padlint.graph import ApplyOp, Known, ModelGraph, Node, Side, TensorId, Training
from padlint.keras.fused import runs_fused
from padlint.keras.layers import Part, Reads

_LOSS: Final = "the loss"
_MOST_GAPS_TOLD: Final = 4


def masked_tokens(solution: Solution) -> Iterator[Observation]:
    """Yield each embedding that masks id 0 although the data uses it for a real token."""
    for node, app in _layers(solution):
        for mask in sorted(app.arriving(), key=repr):
            if app.facts.uses_mask and isinstance(mask, Covers):
                why = _zero_is_a_token(mask.origin, solution.program)
                if why:
                    yield _masked_token(node, app, mask.origin, why, solution.program)


def _masked_token(node: Node, app: Application, origin: TensorId, why: str, program: Program) -> Observation:
    source = program.nodes[origin]
    name = route.name_of(source)
    return Observation(
        kind=Kind.ZERO_IS_A_TOKEN,
        span=route.place_of(source),
        severity=Severity.WARNING,
        confidence=Confidence.CERTAIN,
        route=(
            TraceStep(Role.SOURCE, f"`{name}` masks id 0", route.place_of(source)),
            TraceStep(Role.CONSUMER, f"`{app.name}` skips it", route.place_of(node)),
        ),
        consumer=Consumer(app.name, Family.RECURRENT if app.facts.part is Part.RECURRENT else Family.ATTENTION),
        words=worded(source=name, consumer=app.name, reason=why),
        cure=origin,
        readers=(node.id,),
    )


def _zero_is_a_token(origin: TensorId, program: Program) -> str:
    """Return why id 0 is a real token in the data that a mask was made from, or ""."""
    node = program.nodes[origin]
    match node.operation:
        case ApplyOp(layer) if all(facts.reads is Reads.IDS for facts in program.facts(layer)):
            reasons = (feed.facts.zero_is_a_token for feed in program.feeds_behind(node))
            return next(filter(None, reasons), "")
        case _:
            return ""


def left_padded_masks(solution: Solution) -> Iterator[Observation]:
    """Yield each layer whose fused kernel refuses the mask that it gets, because the padding is in front."""
    for node, app in _layers(solution):
        if app.facts.part is not Part.RECURRENT or not runs_fused(app.layer):
            continue
        for padded in sorted(app.inputs[0].padded, key=repr):
            masked = all(isinstance(mask, Covers) for mask in app.arriving())
            if masked and padded.axis == 1 and padded.side is Side.PRE and padded.evidence.padding is not None:
                yield _left_padded(node, app, padded, solution.program)


def _left_padded(node: Node, app: Application, padded: PaddedAxis, program: Program) -> Observation:
    arrival = route.arrival(padded.evidence, program)
    last = TraceStep(Role.CONSUMER, f"`{app.name}` gets a mask that starts with padding", route.place_of(node))
    return Observation(
        kind=Kind.LEFT_PADDED_MASK,
        span=route.place_of(node),
        severity=Severity.NOTE,
        confidence=padded.evidence.confidence,
        route=(*arrival, last),
        consumer=Consumer(app.name, Family.RECURRENT),
        words=worded(consumer=app.name, padding=route.padding_in_words(padded.evidence)),
        cure=node.id,
        readers=(node.id,),
        evidence=padded.evidence,
    )


def padded_losses(solution: Solution) -> Iterator[Observation]:
    """Yield each training whose loss counts padded steps of an output that no mask covers."""
    for training in solution.program.graph.trainings:
        models = [model for model in solution.program.graph.models if model.id == training.model]
        for output in (tensor for model in models for tensor in model.outputs if not training.weighted):
            state = solution.states[output]
            uncovered = [mask for mask in sorted(state.masks, key=repr) if isinstance(mask, NoMask | Misses)]
            if len(uncovered) < len(state.masks):
                continue
            for padded in sorted(state.padded, key=repr):
                if padded.evidence.padding is not None and _is_counted(padded, training):
                    yield _padded_loss(training, padded, uncovered[0], solution.program)


def _is_counted(padded: PaddedAxis, training: Training) -> bool:
    return padded.axis == 1 and not isinstance(padded.content, Hidden) and trains_on(padded.evidence, training)


def _padded_loss(training: Training, padded: PaddedAxis, mask: Mask, program: Program) -> Observation:
    at = _where_lost(mask, padded)
    last = TraceStep(Role.CONSUMER, "the loss counts the padded steps", training.span)
    return Observation(
        kind=Kind.PADDED_LOSS,
        span=training.span if at is None else route.place_of(program.nodes[at]),
        severity=Severity.WARNING,
        confidence=_loss_confidence(training, padded),
        route=(*route.arrival(padded.evidence, program), *_lost_step(mask, program), last),
        consumer=Consumer(_LOSS, Family.LOSS),
        words=worded(
            consumer=_LOSS,
            padding=route.padding_in_words(padded.evidence),
            lost="" if at is None else route.name_of(program.nodes[at]),
        ),
        cure=at,
        evidence=padded.evidence,
    )


def _loss_confidence(training: Training, padded: PaddedAxis) -> Confidence:
    """Say how sure it is that a loss counts padded steps.

    What was not read may have taken the steps away, and a loss of the user's own may look at the padding.
    """
    found = padded.evidence.confidence
    if padded.gaps or not training.losses:
        return less_sure(found, Confidence.POSSIBLE)
    read = all(isinstance(loss, Known) for loss in training.losses)
    return found if read else less_sure(found, Confidence.LIKELY)


def _where_lost(mask: Mask, padded: PaddedAxis) -> TensorId | None:
    match mask:
        case NoMask(lost=int() as lost):
            return lost
        case Misses(at=at):
            return at
        case NoMask() | Covers() | UnknownMask():
            return padded.source


def _lost_step(mask: Mask, program: Program) -> Iterator[TraceStep]:
    if isinstance(mask, NoMask) and mask.lost is not None:
        node = program.nodes[mask.lost]
        yield TraceStep(Role.LOST, f"`{route.name_of(node)}` drops the mask", route.place_of(node))


def truncated_floats(graph: ModelGraph) -> Iterator[Observation]:
    """Yield each call that pads floats and makes integers of them."""
    for narrowing in graph.narrowings:
        yield Observation(
            kind=Kind.TRUNCATED_FLOATS,
            span=narrowing.span,
            severity=Severity.ERROR,
            confidence=Confidence.CERTAIN,
            words=worded(reason=narrowing.why),
        )


def unresolved_models(program: Program) -> Iterator[Observation]:
    """Yield each model of which something could not be read."""
    for model in models_read(program):
        if model.gaps:
            yield unread_part("model", model.span, "; ".join(model.gaps[:_MOST_GAPS_TOLD]))


def unread_part(part: str, span: Span, why: str) -> Observation:
    """Say that part of a program was not read to its end: a model, a function, a file."""
    return Observation(
        kind=Kind.UNRESOLVED_MODEL,
        span=span,
        severity=Severity.NOTE,
        confidence=Confidence.CERTAIN,
        words=worded(part=part, reason=why),
    )


def _layers(solution: Solution) -> Iterator[tuple[Node, Application]]:
    for node in solution.program.graph.nodes:
        match node.operation:
            case ApplyOp() as op:
                for app in applications(node, op, solution.states, solution.program):
                    yield node, app
            case _:
                pass
