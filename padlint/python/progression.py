"""What a loop of unknown count makes of a variable that each of its rounds changes: two rounds show how it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from padlint.python.joins import join_all
from padlint.python.values import Constant, Items, ListValue, Unknown, Value, alternatives

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

# What a variable holds before a loop, and after its first and second round.
Rounds: TypeAlias = tuple[Value, Value, Value]


def goes_on(rounds: Rounds) -> bool:
    """Say whether a third round would leave something else again: a longer list, another number."""
    before, once, twice = rounds
    if isinstance(before, Items):
        return False  # of a list that is changed in place, the join of the rounds knows as much
    return may_go_on(before, once) and may_go_on(once, twice) and may_go_on(before, twice)


def may_go_on(before: Value, after: Value) -> bool:
    """Say whether a round left a longer list or another number, as far as lists and numbers were read."""
    match before, after:
        case Items(count=Value() as first), Items(count=second):
            return first is not second
        case (Constant(bool()), _) | (_, Constant(bool())):
            return False
        case Constant(int() | float() as first), Constant(int() | float() as second):
            return first != second
        case _:
            shorter, longer = _lists(before), _lists(after)
            return bool(shorter) and _longest(shorter) < _longest(longer)


def any_round(run: Interpreter, rounds: Rounds) -> Value:
    """Return what stands for the value after any number of rounds, of one that goes on."""
    lists = [one for value in rounds for one in _lists(value)]
    if not lists:
        return Unknown("a number that each round of a loop changes", "changed in a loop", rounds[:1])
    first, *others = lists
    items = _grown(first.items, [one.items for one in others])
    return run.new_list(items.known, items.rest, first.kind)


def _lists(value: Value) -> list[ListValue]:
    """Return the lists that a value may be, none where it may be something else."""
    options = alternatives(value)
    lists = [option for option in options if isinstance(option, ListValue)]
    return lists if len(lists) == len(options) else []


def _longest(lists: list[ListValue]) -> int:
    return max((len(one.items.known) for one in lists), default=0)


def _grown(start: Items, grown: list[Items]) -> Items:
    """Return what a list holds to which rounds add: what was there stays in its place where all is added behind it."""
    kept = len(start.known) if all(items.known[: len(start.known)] == start.known for items in grown) else 0
    added = [item for items in grown for item in items.everything()[kept:]]
    if kept < len(start.known) or start.rest is not None:
        return Items((), join_all((*start.everything(), *added)))
    return Items(start.known, join_all(added))
