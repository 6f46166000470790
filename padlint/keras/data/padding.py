"""What is known of the padding of an array, and what becomes of it when axes move or values change.

Axes count from the value itself: a padded row is padded along axis 0, an array of such rows along axis 1. So whatever
stacks rows moves the padding one axis up, and whatever takes a row moves it down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import isnan

from padlint.graph import DataFacts, Idiom, Known, Padding, Setting, Side, Unresolved

MOST_REASONS = 4
MOST_PADDINGS = 8

NOTHING_KNOWN = DataFacts()
# How arithmetic alters values, as it is told.
SCALED = "scaled"
# What numpy calls what is no number.
_NANS = frozenset({"nan", "NaN", "NAN"})
OPPOSITE = {Side.PRE: Side.POST, Side.POST: Side.PRE, Side.UNKNOWN: Side.UNKNOWN}


def united(options: Iterable[DataFacts]) -> DataFacts:
    """Return what is known when the data is any of several, or made of all of them."""
    facts = list(dict.fromkeys(options))
    if len(facts) < 2:
        return facts[0] if facts else NOTHING_KNOWN
    ranks = {one.rank for one in facts}
    # What else is unknown takes nothing from the evidence of those that are padded.
    doubtful = [one for one in facts if one.paddings] or facts
    return DataFacts(
        paddings=tuple(dict.fromkeys(padding for one in facts for padding in one.paddings))[:MOST_PADDINGS],
        unpadded=facts[0].unpadded if all(one.unpadded for one in facts) else "",
        unresolved=reasons(why for one in doubtful for why in one.unresolved),
        rank=ranks.pop() if len(ranks) == 1 else None,
        zero_is_a_token=next((one.zero_is_a_token for one in facts if one.zero_is_a_token), ""),
        mask=all(one.mask for one in facts),
        outside=any(one.outside for one in facts),
    )


def reasons(whys: Iterable[str]) -> tuple[str, ...]:
    """Return reasons once each, and not too many."""
    return tuple(dict.fromkeys(whys))[:MOST_REASONS]


def moved(facts: DataFacts, by: int) -> DataFacts:
    """Return the facts of rows that were stacked (`by` 1) or of a row that was taken (`by` -1)."""
    rank = None if facts.rank is None else facts.rank + by
    return remapped(facts, lambda axis: axis + by if axis + by >= min(axis, 0) else None, rank)


def put_into(facts: DataFacts) -> DataFacts:
    """Return the facts of a list of known items: what is being looped over goes on around it."""
    return remapped(facts, lambda axis: axis + 1 if axis >= 0 else axis, None if facts.rank is None else facts.rank + 1)


def remapped(facts: DataFacts, axis_of: Callable[[int], int | None], rank: int | None) -> DataFacts:
    """Return the facts after each axis went elsewhere; padding along an axis that is gone went with it."""
    paddings: list[Padding] = []
    for padding in facts.paddings:
        axes = tuple(sorted({axis for old in padding.axes if (axis := axis_of(old)) is not None}))
        if axes:
            paddings.append(padding if axes == padding.axes else replace(padding, axes=axes))
    return replace(facts, paddings=tuple(paddings), rank=rank)


def standing(facts: DataFacts) -> DataFacts:
    """Return the facts of what a loop gives by itself: padding along an axis that is being looped over is around it."""
    return _with(facts, tuple(padding for padding in facts.paddings if max(padding.axes) >= 0))


def filled(facts: DataFacts) -> DataFacts:
    """Return the facts of data that is used as it is: rows of a table that nobody filled up are all as long."""
    return _with(facts, tuple(each for each in facts.paddings if not _is_nothing(each)))


def _with(facts: DataFacts, paddings: tuple[Padding, ...]) -> DataFacts:
    """Return facts with some of their paddings, the very same where that is all of them."""
    return facts if len(paddings) == len(facts.paddings) else replace(facts, paddings=paddings)


def _is_nothing(padding: Padding) -> bool:
    return padding.idiom is Idiom.CELLS_OF_NOTHING and _is_no_number(padding)


def altered(facts: DataFacts, how: str, why: str) -> DataFacts:
    """Return the facts of data whose padded values were changed: `how` names it, `why` says what they are now."""
    value = Unresolved(why)
    paddings = (
        padding
        if how == SCALED and _is_no_number(padding)
        else replace(padding, value=value, altered=padding.altered or how)
        for padding in facts.paddings
    )
    return replace(facts, paddings=tuple(paddings))


def nan_replaced(facts: DataFacts, value: Setting) -> DataFacts:
    """Return the facts of data in which what is no number became one."""
    paddings = (replace(each, value=value) if _is_no_number(each) else each for each in facts.paddings)
    return replace(facts, paddings=tuple(paddings))


def _is_no_number(padding: Padding) -> bool:
    """Say whether padded steps hold NaN, of which no arithmetic makes anything else."""
    match padding.value:
        case Known(float() as value):
            return isnan(value)
        case Known(str(name)):
            return name in _NANS
        case _:
            return False


def refilled(facts: DataFacts, value: Setting) -> DataFacts:
    """Return the facts of data whose padded steps may hold another value than before: the program tests and writes."""
    paddings = (replace(padding, value=value, altered="") for padding in facts.paddings)
    return replace(facts, paddings=tuple(paddings))


def one_hot(padding: Padding) -> Padding:
    """Return padding that holds the one-hot vector of an id."""
    return replace(padding, value=Unresolved("the one-hot vector of the padding id"), altered="one_hot")


def shifted(facts: DataFacts, by: int) -> DataFacts:
    """Return the facts of data to which a number was added: what the padded steps hold is that much more."""
    return recomputed(facts, lambda value: value + by)


def recomputed(facts: DataFacts, number: Callable[[int | float], int | float]) -> DataFacts:
    """Return the facts of data whose numbers all became others: the padded steps hold another where theirs is known."""
    return replace(facts, paddings=tuple(_recomputed(padding, number) for padding in facts.paddings))


def _recomputed(padding: Padding, number: Callable[[int | float], int | float]) -> Padding:
    match padding.value:
        case Known(int() | float() as value):
            try:
                return replace(padding, value=Known(number(value)))
            except (ValueError, OverflowError):
                return padding  # of what is no number, or infinite, no integer is made
        case _:
            return padding


def flipped(facts: DataFacts, axis: int | None) -> DataFacts:
    """Return the facts of data read backwards along an axis, or along any: padding changes sides."""
    paddings = (
        replace(padding, side=OPPOSITE[padding.side]) if axis is None or axis in padding.axes else padding
        for padding in facts.paddings
    )
    return replace(facts, paddings=tuple(paddings))


def padded_by(paddings: tuple[Padding, ...], content: DataFacts) -> DataFacts:
    """Return the facts of content to which padding was just added; where the content came from is no doubt about it."""
    unresolved = content.unresolved if content.paddings else ()
    return replace(content, paddings=(*paddings, *content.paddings), unpadded="", unresolved=unresolved)


def doubted(facts: DataFacts, why: str) -> DataFacts:
    """Return the facts of data that came through a hop that could not be read."""
    return replace(facts, unpadded="", rank=None, unresolved=reasons((*facts.unresolved, why)))
