"""Pad behind the sequences instead of in front, as the fused kernel of a recurrent layer wants it that gets a mask."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import TypeAlias

import libcst as cst

from padlint.dataclass import dataclass
from padlint.finding import Edit, Fix, Severity, Span
from padlint.fixes import edits
from padlint.fixes.scene import unsafe
from padlint.fixes.suppose import with_padding_behind
from padlint.fixes.tree import CannotFix, Trees
from padlint.fixes.way import keeps_steps
from padlint.flow.observation import Kind, Observation
from padlint.flow.observe import observations
from padlint.flow.solve import Solution
from padlint.graph import ApplyOp, Node, Padding, Side, TensorId
from padlint.keras.data.sequences import PADDING, PADS_IN_FRONT

_PARAMETER = "padding"

_Read: TypeAlias = tuple[Kind, tuple[TensorId, ...], Severity]


@dataclass(frozen=True)
class Sides:
    """On which side sequences are padded, in a program as it would be with all its masks made.

    Args:
        supposed: that program.
        seen: what is still seen in it.
    """

    supposed: Solution
    seen: Sequence[Observation]
    trees: Trees

    def behind(self, readers: Collection[TensorId]) -> Iterator[Fix]:
        """Yield the fix that pads behind, if that suits some readers and makes no difference but to them."""
        wanted = (each for each in self.seen if each.kind is Kind.LEFT_PADDED_MASK)
        if any(not set(readers).isdisjoint(each.readers) for each in wanted) and self.moved is not None:
            yield self.moved

    @cached_property
    def moved(self) -> Fix | None:
        """The fix that pads all sequences behind: those of training and of testing, and labels along with them.

        There is none where somebody would notice, or one of them is padded in a way that cannot be changed.
        """
        try:
            return self._moved()
        except CannotFix:
            return None

    def _moved(self) -> Fix:
        graph = self.supposed.program.graph
        paddings = tuple(each for each in graph.paddings if each.side is Side.PRE)
        if any(each.span in graph.picked for each in paddings):
            raise CannotFix("the program picks steps by their place, labels it may be")
        if not _would_go_unnoticed(self.supposed, self.seen, frozenset(each.span for each in paddings)):
            raise CannotFix("where the padding stands makes a difference to what reads it without a mask")
        return unsafe(
            'pad with `padding="post"`, which the fused kernel of a GPU needs to go with a mask',
            *(edit for each in paddings for edit in _moved(self.trees, each)),
        )


def _would_go_unnoticed(supposed: Solution, seen: Sequence[Observation], paddings: Collection[Span]) -> bool:
    """Say whether nothing reads the padding without a mask, or by where it stands, and nothing would if it moved."""
    before = {_read(each) for each in seen}
    after = {_read(each) for each in observations(with_padding_behind(supposed))}
    is_read = any(_is_about(each, paddings) for each in seen) or any(
        _is_padded_in_front(node, supposed) and not _goes_by_masks(node, supposed)
        for node in supposed.program.graph.nodes
    )
    return after <= before and not is_read


def _is_padded_in_front(node: Node, solution: Solution) -> bool:
    return any(padded.side is Side.PRE for tensor in node.inputs for padded in solution.states[tensor].padded)


def _goes_by_masks(node: Node, solution: Solution) -> bool:
    """Say whether a node takes each step for itself, or goes through them as the mask says."""
    match node.operation:
        case ApplyOp(layer) if all(facts.guards for facts in solution.program.facts(layer)):
            return True
        case _:
            return keeps_steps(node, solution.program)


def _read(seen: Observation) -> _Read:
    return seen.kind, seen.readers, seen.severity


def _is_about(seen: Observation, paddings: Collection[Span]) -> bool:
    padding = seen.evidence.padding if seen.evidence is not None else None
    return padding is not None and padding.span in paddings and seen.severity is not Severity.NOTE


def _moved(trees: Trees, padding: Padding) -> Iterator[Edit]:
    if padding.how not in PADS_IN_FRONT:
        raise CannotFix(f"{padding.in_words} takes no side to pad on")
    tree = trees.at(padding.span)
    made = tree.at(padding.span, cst.Call)
    given = edits.argument(made, _PARAMETER, PADDING)
    if given is None and not any(each.star for each in made.args):
        yield from edits.with_argument(tree, made, _PARAMETER, f'"{Side.POST}"')
    elif given is not None and isinstance(given.value, cst.SimpleString):
        yield edits.replaced(tree, given.value, f"{given.value.quote}{Side.POST}{given.value.quote}")
    else:
        raise CannotFix("where it pads is decided elsewhere")
