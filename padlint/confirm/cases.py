"""From what the flow saw of a program to the cases that can be measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from padlint.case import Case, Subject
from padlint.confirm.claim import Claim
from padlint.confirm.claims import claim_of, claims_elsewhere, grouped
from padlint.finding import Span
from padlint.flow.observation import Kind, Observation
from padlint.flow.route import name_of, place_of
from padlint.flow.solve import Solution
from padlint.graph_json import to_json


def cases_of(solution: Solution, seen: Sequence[Observation], codes: Mapping[Kind, str]) -> Iterator[Case]:
    """Yield what can be measured of a program: all that was seen in it, and the consumers that nothing was seen at.

    Args:
        codes: the rule that reports each kind of observation.
    """
    graph = solution.program.graph
    claimed = [(each, claim) for each in seen if (claim := claim_of(each, graph)) is not None]
    found = [claim for _, claim in claimed]
    elsewhere = list(claims_elsewhere(solution, found))
    claims = [*found, *elsewhere]
    subjects = [
        *(_about_finding(each, codes[each.kind], claim, solution) for each, claim in claimed),
        *(_about_consumer(claim, solution) for claim in elsewhere),
    ]
    for part, indices in grouped(graph, claims):
        yield Case(solution.program.keras, to_json(part), tuple(subjects[index] for index in indices))


def _about_finding(seen: Observation, code: str, claim: Claim, solution: Solution) -> Subject:
    layer = seen.consumer.layer if seen.consumer is not None else ""
    return Subject(code, seen.span, layer, claim.question, claim.consumers, _calls(claim, solution))


def _about_consumer(claim: Claim, solution: Solution) -> Subject:
    node = solution.program.nodes[claim.consumers[0]]
    return Subject("", place_of(node), name_of(node), claim.question, claim.consumers, _calls(claim, solution))


def _calls(claim: Claim, solution: Solution) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(solution.program.nodes[consumer].span for consumer in claim.consumers))
