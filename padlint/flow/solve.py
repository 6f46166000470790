"""Follow padding and masks through a whole graph: one pass, since every input of a node comes before it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from padlint.dataclass import dataclass
from padlint.flow.lattice import TensorState
from padlint.flow.program import DEFAULT_KERAS, Program
from padlint.flow.transfer import transfer
from padlint.graph import ModelGraph, TensorId


@dataclass(frozen=True, slots=True)
class Solution:
    """A program and the state of each of its tensors."""

    program: Program
    states: Mapping[TensorId, TensorState]


def solve(
    graph: ModelGraph, keras: int | None = None, known: Mapping[TensorId, TensorState] = MappingProxyType({})
) -> Solution:
    """Work out the state of every tensor of a graph.

    Args:
        keras: the major version to judge by; None takes what the program's imports imply, and 3 when they do not say.
        known: the states of tensors that need not be worked out again.
    """
    program = Program(graph, keras or graph.keras or DEFAULT_KERAS)
    states: dict[TensorId, TensorState] = {}
    for node in graph.nodes:
        found = known.get(node.id)
        states[node.id] = transfer(node, states, program) if found is None else found
    return Solution(program, states)
