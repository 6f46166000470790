"""Whether anyone reads what a layer wrote at padded steps, when what it wrote at the real ones is right."""

from __future__ import annotations

from enum import IntEnum

from padlint.flow.lattice import Covers, Evidence, Hidden
from padlint.flow.readings import Manner, Outcome, Reading, readings
from padlint.flow.solve import Solution
from padlint.graph import Effect, Node, RawOp, TensorId, Training


class Reach(IntEnum):
    """How far what padded steps hold gets, from nowhere to something that counts it."""

    NOWHERE = 0
    OUT_OF_SIGHT = 1  # out of the graph: into a result that nothing here trains on
    COUNTED = 2  # into a loss, or a layer that reads across steps


def reach_of(reading: Reading, solution: Solution) -> Reach:
    """Say how far the padded steps of what a node wrote get."""
    reached, waiting, seen = Reach.NOWHERE, [reading.node.id], {reading.node.id}
    while waiting:
        tensor = waiting.pop()
        if _is_hidden(tensor, reading, solution):
            continue
        reached = max(reached, _leaving(tensor, reading.padded.evidence, solution))
        for node in solution.program.readers.get(tensor, ()):
            reached = max(reached, _read_at(node, solution))
            if _passes_on(node) and node.id not in seen:
                seen.add(node.id)
                waiting.append(node.id)
    return reached


def _is_hidden(tensor: TensorId, reading: Reading, solution: Solution) -> bool:
    """Say whether the program has multiplied the padded steps away by here, or picked only real ones."""
    left = [padded for padded in solution.states[tensor].padded if padded.evidence == reading.padded.evidence]
    return all(isinstance(padded.content, Hidden) for padded in left)


def _leaving(tensor: TensorId, evidence: Evidence, solution: Solution) -> Reach:
    """Say what happens to a tensor as the output of a model, for the data that the padding came with."""
    if all(isinstance(mask, Covers) for mask in solution.states[tensor].masks):
        # The loss leaves out what the output's own mask hides.
        return Reach.NOWHERE
    graph = solution.program.graph
    models = {model.id for model in graph.models if tensor in model.outputs and not model.nested}
    trainings = [training for training in graph.trainings if training.model in models]
    counting = [training for training in trainings if trains_on(evidence, training)]
    if counting:
        return Reach.NOWHERE if all(training.weighted for training in counting) else Reach.COUNTED
    return Reach.OUT_OF_SIGHT if models and not trainings else Reach.NOWHERE


def trains_on(evidence: Evidence, training: Training) -> bool:
    """Say whether a model is trained on padded data, not only asked to predict from it."""
    return evidence.feed is None or evidence.feed.span == training.span


def _read_at(node: Node, solution: Solution) -> Reach:
    """Say whether a node reads across steps."""
    crossing = [reading for reading in readings(node, solution) if reading.outcome is Outcome.LEAKS]
    return Reach.COUNTED if any(reading.manner is not Manner.LAST for reading in crossing) else Reach.NOWHERE


def _passes_on(node: Node) -> bool:
    """Say whether a node hands padded steps on; picking the true last ones ends them."""
    match node.operation:
        case RawOp(effect=effect):
            return effect not in {Effect.GATHER_STEPS, Effect.SHAPE, Effect.ONE_STEP, Effect.LAST_STEP}
        case _:
            return True
