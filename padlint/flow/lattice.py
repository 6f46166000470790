"""What is known of a tensor: which of its axes hold padding, and which mask sits on it.

A state is a set of alternatives for each of the two. Joining branches is set union, so the laws of a lattice hold by
construction, and what the analysis does to one alternative it does to each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from operator import is_
from typing import Final, TypeAlias

from padlint.dataclass import dataclass
from padlint.finding import Confidence
from padlint.graph import Feed, Padding, Plain, Side, TensorId
from padlint.keras.facts import Fill

MOST_GAPS: Final = 2
ROWS: Final = -1
"""The axis of padding that fills whole rows of a tensor, batch entries and all."""

# Padding ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why steps of a tensor are taken to be padding.

    Args:
        tensor: where the padding enters the graph.
        confidence: how sure it is that padded data arrives there.
        padding: who padded; None when no padding was seen.
        feed: the call that bound the data; None when the data was not followed to the model.
        reason: why the padding and the input belong together, "" when the data itself was followed.
    """

    tensor: TensorId
    confidence: Confidence
    padding: Padding | None = None
    feed: Feed | None = None
    reason: str = ""

    def __hash__(self) -> int:
        # Whatever else is told of it is many objects deep, and there is little of it for one tensor.
        return hash((self.tensor, self.confidence, self.reason))


@dataclass(frozen=True, slots=True)
class Holds:
    """Padded steps still hold this value in every feature."""

    value: Plain


@dataclass(frozen=True, slots=True)
class Changed:
    """Padded steps no longer hold what they were padded with; `sure` when they cannot hold it by chance either."""

    by: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Settled:
    """A masked layer wrote the padded steps; they do not depend on what the padding held."""

    fill: Fill


@dataclass(frozen=True, slots=True)
class Hidden:
    """The program multiplied the padded steps away, or sank them below a softmax.

    Args:
        sure: whether the mask was followed.
        zeroed: whether they were multiplied away: they add nothing to a sum, but a softmax gives zeros weight, too.
    """

    sure: bool
    zeroed: bool = False


@dataclass(frozen=True, slots=True)
class Attended:
    """Padded steps went through a softmax that nothing kept them out of: that is where they were read."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """No padding was seen, so nothing is known of what it would hold."""


Content: TypeAlias = Holds | Changed | Settled | Hidden | Attended | Unseen


@dataclass(frozen=True, slots=True)
class PaddedAxis:
    """One axis of a tensor with padding along it.

    Args:
        axis: counted with the batch; below 0 whole rows are padding: inside a `TimeDistributed`, the outer steps.
        side: where the padding sits now; reversing turns it round.
        source: the node that looked the padded ids up (`Embedding`), None for features.
        gaps: what on the way could not be read; the first two are kept.
        stepped: whether the program takes the steps one by one, so that this tensor is one of them.
    """

    axis: int
    evidence: Evidence
    side: Side
    content: Content
    source: TensorId | None = None
    gaps: tuple[str, ...] = ()
    stepped: bool = False

    def moved(self, axis: int, side: Side, content: Content, source: TensorId | None) -> PaddedAxis:
        """Return the same padding as it is elsewhere: itself where nothing about it is different."""
        if axis == self.axis and side is self.side and content is self.content and source == self.source:
            return self
        # Most of what the flow makes is made here; `replace` would take three times as long.
        return PaddedAxis(axis, self.evidence, side, content, source, self.gaps, self.stepped)

    def at(self, axis: int) -> PaddedAxis:
        """Return the same padding along another axis."""
        return self.moved(axis, self.side, self.content, self.source)

    def holding(self, content: Content) -> PaddedAxis:
        """Return the same padding with other content."""
        return self.moved(self.axis, self.side, content, self.source)

    def after(self, gap: str) -> PaddedAxis:
        """Return the same padding behind something that could not be read."""
        return self if gap in self.gaps else replace(self, gaps=(*self.gaps, gap)[:MOST_GAPS])


# Masks ------------------------------------------------------------------------------------------------------------


class Fault(StrEnum):
    """Why a mask hides no padding, or the wrong steps."""

    NEVER_MATCHES = "never-matches"
    HIDES_NOTHING = "hides-nothing"  # a merge with an unmasked branch filled it up with True
    MISALIGNED = "misaligned"  # the steps were reversed, the mask was not
    IGNORED = "ignored"  # the layer does not look at it
    ACROSS = "across"  # it hides what asks in attention, not what is asked


@dataclass(frozen=True, slots=True)
class NoMask:
    """No mask sits on the tensor.

    Args:
        lost: the node that dropped the mask there was; None when none was ever made.
        blocker: the first node on the way that would drop a mask if there were one.
    """

    lost: TensorId | None = None
    blocker: TensorId | None = None


@dataclass(frozen=True, slots=True)
class Covers:
    """A mask hides the padding along these axes; `origin` made it."""

    origin: TensorId
    axes: frozenset[int] = frozenset({1})


@dataclass(frozen=True, slots=True)
class Misses:
    """A mask is there, and padding shows through: `origin` made it, at node `at` it went wrong."""

    origin: TensorId
    at: TensorId
    fault: Fault
    why: str


@dataclass(frozen=True, slots=True)
class UnknownMask:
    """There may be a mask; what it hides could not be read."""

    why: str


Mask: TypeAlias = NoMask | Covers | Misses | UnknownMask

NEVER_MASKED: Final[frozenset[Mask]] = frozenset({NoMask()})

# States -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TensorState:
    """What is known of one tensor.

    Args:
        padded: the axes along which it may hold padding; several entries for one axis are alternatives, or come from
            tensors that were merged.
        masks: the alternatives for the mask that sits on it. Never empty.
        hides: what it would hide if it were used as a mask tensor; empty for tensors that are no masks.
    """

    padded: frozenset[PaddedAxis] = frozenset()
    masks: frozenset[Mask] = NEVER_MASKED
    hides: frozenset[Mask] = frozenset()

    def each_padded(self, change: Callable[[PaddedAxis], Iterable[PaddedAxis]]) -> TensorState:
        """Return the state with every padded axis replaced by what `change` yields for it."""
        return replace(self, padded=frozenset(new for old in self.padded for new in change(old)))

    def padded_again(self, found: Sequence[PaddedAxis]) -> frozenset[PaddedAxis]:
        """Return a set of what became of each padded axis in turn: the very same one, where that is nothing."""
        same = len(found) == len(self.padded) and all(map(is_, found, self.padded))
        return self.padded if same else frozenset(found)

    def each_mask(self, change: Callable[[Mask], Mask]) -> TensorState:
        """Return the state with every alternative for its mask changed."""
        return replace(self, masks=frozenset(map(change, self.masks)))


CLEAN: Final = TensorState()


def join(states: Iterable[TensorState]) -> TensorState:
    """Return what holds when any one of the states may be the true one; of no states, that nothing is known."""
    alternatives = tuple(states)
    if not alternatives:
        return CLEAN
    return TensorState(
        padded=frozenset().union(*(state.padded for state in alternatives)),
        masks=frozenset().union(*(state.masks for state in alternatives)),
        hides=frozenset().union(*(state.hides for state in alternatives)),
    )


def within(less: TensorState, more: TensorState) -> bool:
    """Say whether everything that `less` allows is allowed by `more`."""
    return less.padded <= more.padded and less.masks <= more.masks and less.hides <= more.hides
