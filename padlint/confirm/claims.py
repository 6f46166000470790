"""Turn what the static half observed into claims that can be measured, and a graph into the parts they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from padlint.confirm.claim import Claim, PaddedInput, Question
from padlint.confirm.part import models_with, reached_from
from padlint.finding import Span
from padlint.flow.lattice import Covers, Evidence
from padlint.flow.observation import Kind, Observation
from padlint.flow.readings import Manner, Outcome, Reading, readings
from padlint.flow.route import place_of
from padlint.flow.solve import Solution
from padlint.graph import ApplyOp, DataFacts, Feed, ModelGraph, TensorId

_QUESTIONS = {
    Kind.UNMASKED_EMBEDDING: Question.PADDING,
    Kind.UNMASKED_SEQUENCE: Question.PADDING,
    Kind.MASK_DROPPED: Question.PADDING,
    Kind.MASK_NEVER_MATCHES: Question.PADDING,
    Kind.MASK_IGNORED: Question.PADDING,
    Kind.UNMASKED_ATTENTION: Question.PADDING,
    Kind.POOLED_PADDING: Question.PADDING,
    Kind.LAST_STEP_IS_PADDING: Question.PADDING,
    Kind.CONVOLVED_PADDING: Question.PADDING,
    Kind.PADDED_LOSS: Question.LOSS,
    Kind.ZERO_IS_A_TOKEN: Question.REAL_STEP,
}
_READ_STEP_BY_STEP = frozenset({Manner.RECURRENT, Manner.ATTENTION})


def claim_of(observation: Observation, graph: ModelGraph) -> Claim | None:
    """Give what to measure to confirm an observation; None for one that no measurement can decide."""
    question = _QUESTIONS.get(observation.kind)
    evidence = observation.evidence
    if question is None:
        return None
    readers = observation.readers
    if question is Question.LOSS and evidence is not None:
        readers = tuple(_trained_outputs(graph, evidence.tensor))
    if not readers:
        return None
    return Claim(readers, question, tuple(_padded(evidence)))


def claims_elsewhere(solution: Solution, claims: Iterable[Claim | None]) -> Iterator[Claim]:
    """Yield a claim for every layer that padding may get to and that no claim is about: it should show no leak.

    A layer that is made once and called more than once is one claim.
    """
    taken = {consumer for claim in claims if claim is not None for consumer in claim.consumers}
    places: dict[Span, list[Reading]] = {}
    for node in solution.program.graph.nodes:
        for reading in readings(node, solution):
            if isinstance(node.operation, ApplyOp) and node.id not in taken and _is_said_to_be_safe(reading):
                places.setdefault(place_of(node), []).append(reading)
    for found in places.values():
        yield Claim(
            tuple(dict.fromkeys(reading.node.id for reading in found)),
            padded=tuple(dict.fromkeys(each for reading in found for each in _padded(reading.padded.evidence))),
        )


def _is_said_to_be_safe(reading: Reading) -> bool:
    """Say whether the static half promises that no padding leaks; of pooling it does where a mask is the reason."""
    by_mask = isinstance(reading.mask, Covers)
    promised = reading.outcome in {Outcome.SAFE, Outcome.LATER}
    return promised and (reading.manner in _READ_STEP_BY_STEP or (reading.manner is Manner.POOLING and by_mask))


def _padded(evidence: Evidence | None) -> Iterator[PaddedInput]:
    """Yield the input that evidence says is padded."""
    if evidence is not None and evidence.padding is not None:
        yield PaddedInput(evidence.tensor, evidence.padding)


def grouped(graph: ModelGraph, claims: Sequence[Claim]) -> Iterator[tuple[ModelGraph, tuple[int, ...]]]:
    """Yield each model and question with claims about it: what of the graph they need, and the claims' positions."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for index, claim in enumerate(claims):
        models = [models_with(graph, consumer) for consumer in claim.consumers]
        about = sorted({found[0].id for found in models if found})
        groups.setdefault((claim.question, *about), []).append(index)
    for indices in groups.values():
        yield _about(graph, [claims[index] for index in indices]), tuple(indices)


def _about(graph: ModelGraph, claims: Sequence[Claim]) -> ModelGraph:
    """Keep of a graph what some claims need, with their evidence as feeds."""
    consumers = {consumer for claim in claims for consumer in claim.consumers}
    models = tuple(model for consumer in consumers for model in models_with(graph, consumer)[:1])
    needed = reached_from(graph, (*consumers, *(output for model in models for output in model.outputs)))
    evidence = tuple(
        Feed(padded.tensor, DataFacts(paddings=(padded.padding,)), "", padded.padding.span)
        for claim in claims
        for padded in claim.padded
    )
    return replace(
        graph,
        nodes=tuple(node for node in graph.nodes if node.id in needed),
        models=tuple(dict.fromkeys(models)),
        feeds=(*evidence, *(feed for feed in graph.feeds if feed.tensor in needed)),
        trainings=tuple(training for training in graph.trainings if training.model in {model.id for model in models}),
        paddings=(),
        narrowings=(),
        imports={},
    )


def _trained_outputs(graph: ModelGraph, tensor: TensorId) -> Iterator[TensorId]:
    """Yield the outputs of trained models that a padded input leads to."""
    trained = {training.model for training in graph.trainings}
    for model in graph.models:
        if model.id in trained:
            yield from (output for output in model.outputs if tensor in reached_from(graph, (output,)))
