"""The analysis from end to end: a model graph in, observations out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from padlint.finding import Confidence, Role, Severity, Span
from padlint.flow.beside import (
    left_padded_masks,
    masked_tokens,
    padded_losses,
    truncated_floats,
    unresolved_models,
)
from padlint.flow.leaks import SURENESS, leak_observations
from padlint.flow.observation import Kind, Observation
from padlint.flow.solve import Solution, solve
from padlint.graph import ModelGraph

_ORDER: Final = tuple(Kind)
_COST: Final = (Severity.NOTE, Severity.WARNING, Severity.ERROR)


def observe(graph: ModelGraph, keras: int | None = None) -> tuple[Observation, ...]:
    """Say all that is wrong in a graph, each thing once, sorted by place.

    Args:
        keras: the major version to judge by; None takes what the program's imports imply, and 3 when they do not say.
    """
    return observations(solve(graph, keras))


def observations(solution: Solution) -> tuple[Observation, ...]:
    """Say all that is wrong in a graph that was solved already."""
    graph = solution.program.graph
    found = (
        *leak_observations(solution),
        *masked_tokens(solution),
        *left_padded_masks(solution),
        *padded_losses(solution),
        *truncated_floats(graph),
        *unresolved_models(solution.program),
    )
    return tuple(sorted(_merged(found), key=lambda seen: (seen.span, _ORDER.index(seen.kind))))


def _merged(found: Iterable[Observation]) -> Iterator[Observation]:
    """Yield one observation for each kind and place: a builder that is called twice makes its layers twice."""
    groups: dict[tuple[Kind, Span], list[Observation]] = {}
    for seen in found:
        groups.setdefault((seen.kind, seen.span), []).append(seen)
    for group in groups.values():
        yield _one(group)


def _one(group: list[Observation]) -> Observation:
    """Take the surest of several observations, and the readers of all that are no mere possibility beside it."""
    first = max(group, key=lambda seen: (SURENESS.index(seen.confidence), _COST.index(seen.severity)))
    alike = [seen for seen in group if _is_possible(seen) == _is_possible(first)]
    others = [step for seen in alike for step in seen.route if step.role is Role.CONSUMER]
    return replace(
        first,
        route=tuple(dict.fromkeys((*first.route, *others))),
        readers=tuple(dict.fromkeys(reader for seen in (first, *alike) for reader in seen.readers)),
    )


def _is_possible(seen: Observation) -> bool:
    return seen.confidence is Confidence.POSSIBLE
