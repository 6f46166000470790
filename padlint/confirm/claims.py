"""Turn what the static half observed into claims that can be measured, and a graph into the parts they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from padlint.confirm.claim import Claim, PaddedInput, Question
from padlint.confirm.part import models_with, reached_from
from padlint.flow.observation import Kind, Observation
from padlint.graph import ApplyOp, DataFacts, Feed, ModelGraph, TensorId
from padlint.keras.layers import Part, layer_facts

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
    padded = () if evidence is None or evidence.padding is None else (PaddedInput(evidence.tensor, evidence.padding),)
    return Claim(readers, question, padded)


def claims_elsewhere(graph: ModelGraph, claims: Iterable[Claim | None], keras: int) -> Iterator[Claim]:
    """Yield a claim for every recurrent and attention layer that no claim is about: it should show no leak."""
    taken = {consumer for claim in claims if claim is not None for consumer in claim.consumers}
    for node in graph.nodes:
        match node.operation:
            case ApplyOp(layer=layer, output=0) if node.id not in taken:
                facts = layer_facts(layer, keras)
                if facts is not None and facts.part in {Part.RECURRENT, Part.ATTENTION}:
                    yield Claim((node.id,))
            case _:
                pass


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
