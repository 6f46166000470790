"""Whether anyone reads what a layer wrote at padded steps, when what it wrote at the real ones is right."""

from __future__ import annotations

from enum import IntEnum

from padlint.flow.contents import is_zero
from padlint.flow.lattice import Covers, Evidence, Hidden
from padlint.flow.readings import Manner, Outcome, Reading, readings
from padlint.flow.solve import Solution
from padlint.graph import Effect, Node, RawOp, TensorId, Training


class Reach(IntEnum):
    """How far what padded steps hold gets, from nowhere to something that counts it."""

    NOWHERE = 0
    OUT_OF_SIGHT = 1  # out of the graph: into a result that nothing here trains on
    COUNTED = 2  # into a loss, or a layer that reads across steps


class Reaches:
    """Says of one solution how far the padded steps of what a node wrote get; of each tensor it is worked out once."""

    def __init__(self, solution: Solution) -> None:
        self._solution = solution
        self._known: dict[Evidence, dict[TensorId, Reach]] = {}
        self._crossing: dict[TensorId, Reach] = {}
        self._models: dict[TensorId, set[int]] = {}
        for model in solution.program.graph.models:
            for tensor in model.outputs if not model.nested else ():
                self._models.setdefault(tensor, set()).add(model.id)

    def of(self, reading: Reading) -> Reach:
        """Return how far the padded steps of what a node wrote get: as far as those of whatever reads it."""
        evidence = reading.padded.evidence
        known = self._known.setdefault(evidence, {})
        waiting = [reading.node.id]
        while waiting:
            tensor = waiting[-1]
            if tensor not in known and not _is_gone(tensor, evidence, self._solution):
                readers = self._solution.program.readers.get(tensor, ())
                behind = [node.id for node in readers if _passes_on(node)]
                unknown = [each for each in behind if each not in known]
                if unknown:
                    waiting.extend(unknown)
                    continue
                onwards = (*map(self._read_at, readers), *(known[each] for each in behind))
                known[tensor] = max((self._leaving(tensor, evidence), *onwards))
            known.setdefault(tensor, Reach.NOWHERE)
            waiting.pop()
        return known[reading.node.id]

    def _leaving(self, tensor: TensorId, evidence: Evidence) -> Reach:
        """Say what happens to a tensor as the output of a model, for the data that the padding came with."""
        if all(isinstance(mask, Covers) for mask in self._solution.states[tensor].masks):
            # The loss leaves out what the output's own mask hides.
            return Reach.NOWHERE
        models = self._models.get(tensor)
        if not models:
            return Reach.NOWHERE
        trainings = [training for training in self._solution.program.graph.trainings if training.model in models]
        counting = [training for training in trainings if trains_on(evidence, training)]
        if counting:
            return Reach.NOWHERE if all(training.weighted for training in counting) else Reach.COUNTED
        return Reach.NOWHERE if trainings or self._is_followed(tensor, models) else Reach.OUT_OF_SIGHT

    def _is_followed(self, tensor: TensorId, models: set[int]) -> bool:
        """Say whether models are only ever called, if not followed, and what the calls give is read in the graph."""
        program = self._solution.program
        return program.run.isdisjoint(models) and bool(program.readers.get(tensor))

    def _read_at(self, node: Node) -> Reach:
        """Say whether a node reads across steps, or counts them all."""
        match node.operation:
            case RawOp(effect=Effect.REDUCE_STEPS, axis=None):
                # Over everything: a loss that is written out.
                return Reach.COUNTED
            case _:
                pass
        if node.id not in self._crossing:
            crossing = [each for each in readings(node, self._solution) if each.outcome is Outcome.LEAKS]
            counts = any(each.manner is not Manner.LAST for each in crossing)
            self._crossing[node.id] = Reach.COUNTED if counts else Reach.NOWHERE
        return self._crossing[node.id]


def _is_gone(tensor: TensorId, evidence: Evidence, solution: Solution) -> bool:
    """Say whether nothing is left here of padded steps: the program multiplied them away, or picked only real ones."""
    left = [padded for padded in solution.states[tensor].padded if padded.evidence == evidence]
    return all(isinstance(padded.content, Hidden) or is_zero(padded.content) for padded in left)


def trains_on(evidence: Evidence, training: Training) -> bool:
    """Say whether a model is trained on padded data, not only asked to predict from it."""
    return evidence.feed is None or evidence.feed.span == training.span


def _passes_on(node: Node) -> bool:
    """Say whether a node hands padded steps on; picking the true last ones ends them."""
    match node.operation:
        case RawOp(effect=effect):
            return effect not in {Effect.GATHER_STEPS, Effect.SHAPE, Effect.ONE_STEP, Effect.LAST_STEP}
        case _:
            return True
