"""Compare what is said of a program: measured when it runs, read by padlint, and measured when padlint rebuilt it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import truth
from programs import Program
from truth import Place

from padlint.analysis import read_program
from padlint.config import Settings
from padlint.confirm.claim import Claim
from padlint.confirm.frameworks import Framework
from padlint.confirm.loops import compile_loops
from padlint.confirm.measure import THOROUGH, Effort, measure
from padlint.finding import Confidence, Verdict
from padlint.flow.observation import Kind, Observation
from padlint.flow.observe import observations
from padlint.flow.route import place_of
from padlint.flow.solve import solve
from padlint.graph import ApplyOp, ModelGraph, Node, TensorId
from padlint.keras.layers import Part, layer_facts
from padlint.sources.source import Cell, Source
from padlint.unit import Unit

QUICK = Effort(seeds=1, seeds_for_figures=0)
LEAKS = frozenset(
    {
        Kind.UNMASKED_EMBEDDING,
        Kind.UNMASKED_SEQUENCE,
        Kind.MASK_DROPPED,
        Kind.MASK_NEVER_MATCHES,
        Kind.MASK_IGNORED,
        Kind.UNMASKED_ATTENTION,
        Kind.POOLED_PADDING,
        Kind.CONVOLVED_PADDING,
    }
)


@dataclass(frozen=True)
class Disagreement:
    """A layer of a program of which the three do not say the same."""

    program: Program
    place: Place
    measured: str
    static: str
    confirmed: str

    @property
    def verdicts(self) -> str:
        row, column = self.place
        where = f"Keras {self.program.keras}, row {row}, column {column}"
        return f"{where}: measured {self.measured}, static {self.static}, confirm {self.confirmed}"

    def __str__(self) -> str:
        return f"{self.program}\n# {self.verdicts}\n"


def compare(program: Program, framework: Framework) -> tuple[Disagreement, ...]:
    """Name the layers that read steps of which the three do not say the same.

    More seeds can only turn "no leak" into a leak. So most of them are drawn where the three do not agree with few.

    Raises:
        Unusable: Keras refuses the program.
    """
    graph, seen = _read(program)
    static = _reported(graph, seen)
    for seeds, effort in ((truth.SEEDS, QUICK), (truth.MOST_SEEDS, THOROUGH)):
        measured = truth.measure(program, framework.keras, seeds, partial(compile_loops, framework))
        confirmed = _confirmed(framework, graph, static, effort)
        found = tuple(_disagreements(program, measured, static, confirmed))
        if not found:
            break
    return found


def _disagreements(
    program: Program, measured: Mapping[Place, str], static: Mapping[Place, str], confirmed: Mapping[Place, str]
) -> Iterator[Disagreement]:
    for place in sorted(measured.keys() | static.keys()):
        why, kind, verdict = measured.get(place, ""), static.get(place, ""), confirmed.get(place)
        expected = Verdict.CONFIRMED if why else Verdict.REFUTED
        undecided = kind == Confidence.POSSIBLE
        if (bool(why) != bool(kind) and not undecided) or verdict not in {None, expected}:
            yield Disagreement(program, place, why or "no leak", kind or "no leak", verdict or "not asked")


# The static half --------------------------------------------------------------------------------------------------


def _read(program: Program) -> tuple[ModelGraph, tuple[Observation, ...]]:
    file = Path("/nowhere/program.py")
    source = Source(file.name, file, (Cell(0, program.text),))
    reading = read_program(Unit((source,), file.parent, Settings.defaults(file.parent), program.keras))
    return reading.graph, observations(solve(reading.graph, reading.keras))


def _reported(graph: ModelGraph, seen: tuple[Observation, ...]) -> dict[Place, str]:
    """Give, by the place of each layer that is reported, the kind of what is; of what may be, only that it may be."""
    nodes = {node.id: node for node in graph.nodes}
    found: dict[Place, str] = {}
    for one in sorted(seen, key=lambda one: one.confidence is not Confidence.POSSIBLE):
        if one.kind in LEAKS:
            said = one.kind if one.confidence is not Confidence.POSSIBLE else Confidence.POSSIBLE
            found |= {_place(nodes[reader]): said for reader in one.readers}
    return found


def _place(node: Node) -> Place:
    start = place_of(node).start
    return start.row, start.column


# The dynamic half -------------------------------------------------------------------------------------------------


def _confirmed(
    framework: Framework, graph: ModelGraph, static: Mapping[Place, str], effort: Effort
) -> dict[Place, str]:
    """Give the verdict on each layer that is reported, and on every recurrent and attention layer that is not."""
    consumers = [
        (_place(node), node.id)
        for node in graph.nodes
        if node.id in _fed(graph) and (_place(node) in static or _may_be_asked(node, framework.version))
    ]
    verdicts = measure(framework, graph, [Claim((consumer,)) for _, consumer in consumers], effort)
    found: dict[Place, str] = {}
    for (place, _), verdict in zip(consumers, verdicts, strict=True):
        unclear = verdict.status is Verdict.NOT_REBUILT
        status = f"{verdict.status}: {verdict.reason}" if unclear else verdict.status
        if found.get(place) != Verdict.CONFIRMED:
            found[place] = status
    return found


def _fed(graph: ModelGraph) -> set[TensorId]:
    """Give the tensors that data was seen to reach: not those of a model that is only part of another."""
    reached = {feed.tensor for feed in graph.feeds}
    for node in graph.nodes:
        if not reached.isdisjoint(node.inputs):
            reached.add(node.id)
    return reached


def _may_be_asked(node: Node, keras: int) -> bool:
    match node.operation:
        case ApplyOp(layer=layer, output=0):
            facts = layer_facts(layer, keras)
            return facts is not None and facts.part in {Part.RECURRENT, Part.ATTENTION}
        case _:
            return False
