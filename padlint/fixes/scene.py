"""What a fix is planned from: what was seen, the program that it was seen in, and its syntax."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from padlint.dataclass import dataclass
from padlint.finding import Applicability, Edit, Fix
from padlint.fixes.tree import CannotFix, Trees
from padlint.fixes.way import applied
from padlint.flow.lattice import Evidence
from padlint.flow.observation import Observation
from padlint.flow.solve import Solution
from padlint.graph import Layer, Node

if TYPE_CHECKING:
    from padlint.fixes.sides import Sides

_MOST_PLACES: Final = 3
"""How many layers are named that a fix does not help."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fix is planned from.

    Args:
        others: everything else that was seen and may get a fix.
        supposed: the same program as it would be if all layers that should make masks did; None when none should.
        left: what would still be seen then.
        sides: where sequences would be padded then.
    """

    seen: Observation
    solution: Solution
    trees: Trees
    others: tuple[Observation, ...]
    supposed: Solution | None
    left: tuple[Observation, ...]
    sides: Sides

    @property
    def cure(self) -> Node:
        """The node where the cure goes."""
        if self.seen.cure is None:
            raise CannotFix("there is no layer to change")
        return self.solution.program.nodes[self.seen.cure]

    @property
    def readers(self) -> Sequence[Node]:
        """The nodes that read the padding."""
        return [self.solution.program.nodes[reader] for reader in self.seen.readers]

    @property
    def evidence(self) -> Evidence:
        """Why steps are taken to be padding."""
        if self.seen.evidence is None or self.seen.evidence.padding is None:
            raise CannotFix("what the padding holds is not known")
        return self.seen.evidence

    def together(self, observations: Iterable[Observation]) -> Iterator[Scene]:
        """Yield the scenes of observations about readers of this one: a mask for one of them alone may help nobody."""
        readers = set(self.seen.readers)
        for other in observations:
            if other.cure is not None and not readers.isdisjoint(other.readers):
                yield replace(self, seen=other)


def unsafe(message: str, *edits: Edit) -> Fix:
    """Return a fix that changes what the program computes."""
    return Fix(Applicability.UNSAFE, message, tuple(dict.fromkeys(edits)))


def together(*fixes: Fix) -> Fix:
    """Return one fix that does what several do."""
    message = "; ".join(dict.fromkeys(fix.message for fix in fixes))
    return unsafe(message, *(edit for fix in fixes for edit in fix.edits))


def out_of_reach(readers: Sequence[tuple[Node, str]]) -> Iterator[Fix]:
    """Yield what a fix has to say of readers that it does not help, each given with the reason."""
    if readers:
        yield unsafe(f"the mask does not get to {_places(applied(reader) for reader, _ in readers)}: {readers[0][1]}")


def _places(layers: Iterable[Layer]) -> str:
    places = [*dict.fromkeys(f"{layer.span.path}:{layer.span.start.row}" for layer in layers)]
    more = [f"{len(places) - _MOST_PLACES} more"] if len(places) > _MOST_PLACES else []
    return " and ".join([*places[:_MOST_PLACES], *more])
