"""How much of the linted programs was read, so that silence is never mistaken for safety."""

from __future__ import annotations

from collections.abc import Iterable

from padlint.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """How many models of one kind (`sequential`) were found, and how many of these were read whole."""

    kind: str
    found: int
    resolved: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A model, or a file, that was not read whole: where it is and what stood in the way."""

    where: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at.

    Args:
        files: files that were there to lint.
        kinds: the models found in them, each place that makes one counted once.
    """

    files: int = 0
    kinds: tuple[Tally, ...] = ()
    given_up: tuple[GivenUp, ...] = ()

    @property
    def models(self) -> int:
        """How many models were found."""
        return sum(tally.found for tally in self.kinds)

    @property
    def resolved(self) -> int:
        """How many models were read whole."""
        return sum(tally.resolved for tally in self.kinds)

    @classmethod
    def sum(cls, coverages: Iterable[Coverage]) -> Coverage:
        """Return what several runs covered together."""
        each = tuple(coverages)
        return cls(
            sum(one.files for one in each),
            summed(tally for one in each for tally in one.kinds),
            tuple(given_up for one in each for given_up in one.given_up),
        )


def summed(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    """Return one tally a kind, in the order of their names."""
    counts: dict[str, tuple[int, int]] = {}
    for tally in tallies:
        found, resolved = counts.get(tally.kind, (0, 0))
        counts[tally.kind] = (found + tally.found, resolved + tally.resolved)
    return tuple(Tally(kind, *counts[kind]) for kind in sorted(counts) if counts[kind][0])
