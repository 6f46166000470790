"""What the analysis says of units: asked for here or in several processes, and never losing one for another's crash."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from traceback import format_exception
from typing import TYPE_CHECKING, TypeAlias

from padlint.catalogue import Catalogue
from padlint.dataclass import dataclass
from padlint.outcome import Outcome
from padlint.report import Trouble
from padlint.sources.dependencies import Dependencies
from padlint.stack import with_room
from padlint.unit import Unit

if TYPE_CHECKING:
    from padlint.analysis import Analysis

Analyse: TypeAlias = "Callable[[Unit, Catalogue], Analysis]"
Judge: TypeAlias = "Callable[[Unit], Verdict]"

# Characters of source that take as long as a process takes to start. Where it cannot be forked, it imports all anew.
_WORTH_A_PROCESS = 20_000 if sys.platform == "linux" else 200_000
_MOST_PROCESSES = 16
# Characters of source of which what the analysis made may lie about.
_MOST_LEFT_BEHIND = 300_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a unit came to, and what that depends on besides its files."""

    outcome: Outcome
    dependencies: Dependencies = field(default_factory=Dependencies)


def verdicts(
    units: Sequence[Unit], analyse: Analyse, catalogue: Catalogue, most: int | None = None
) -> Iterator[tuple[int, Verdict]]:
    """Analyse units, and yield the number of each with what it came to, in the order in which they are done.

    Args:
        most: how many processes there may be at a time; None for one on each processor.
    """
    judge = _Judge(analyse, catalogue)
    processes = min(most or _processors(), _MOST_PROCESSES, _worthwhile(units))
    if processes > 1:
        yield from _shared(units, judge, processes)
    else:
        yield from ((number, judge(unit)) for number, unit in enumerate(units))


class _Judge:
    """Judges one unit after another, and clears away what they leave behind.

    What the analysis makes of a program is full of cycles, so only the collector can take it away; left to itself it
    would wait until there is much more of it. It looks through all that padlint has imported, too, so it is not called
    for every small unit, nor for what the last one leaves. Where processes are forked, one ends by then with all of it.
    """

    def __init__(self, analyse: Analyse, catalogue: Catalogue) -> None:
        self._analyse = analyse
        self._catalogue = catalogue
        self._since = 0

    def __call__(self, unit: Unit) -> Verdict:
        size = _size(unit)
        if self._since and self._since + size > _MOST_LEFT_BEHIND:
            self._since = 0
            gc.unfreeze()
            gc.collect()
        self._since += size
        return with_room(lambda: judged(unit, self._analyse, self._catalogue))


def judged(unit: Unit, analyse: Analyse, catalogue: Catalogue) -> Verdict:
    """Analyse a unit; after a crash its files one by one, so that only the file that provokes it is lost."""
    try:
        analysis = analyse(unit, catalogue)
    except Exception as error:  # noqa: BLE001 - a crash on one file must not lose what is known of the others
        if len(unit.sources) == 1:
            return _lost(crash(f"{unit.sources[0].path}: padlint failed on this file", error))
        alone = Outcome.sum(judged(each, analyse, catalogue).outcome for each in _files_of(unit))
        return _apart(alone, crash(f"{unit.root}: padlint failed on these files together", error))
    return Verdict(
        Outcome(
            findings=analysis.findings,
            coverage=analysis.coverage,
            imports=analysis.imports,
            cases=analysis.cases,
        ),
        analysis.dependencies,
    )


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _worthwhile(units: Sequence[Unit]) -> int:
    """Return how many processes pay: the longest unit keeps one busy, the rest is what others can take over."""
    sizes = [_size(unit) for unit in units]
    return 1 + (sum(sizes) - max(sizes, default=0)) // _WORTH_A_PROCESS


def _size(unit: Unit) -> int:
    return sum(len(cell.text) for source in unit.sources for cell in source.cells)


def _files_of(unit: Unit) -> Iterator[Unit]:
    """Yield a unit for each file of one."""
    return (replace(unit, sources=(source,)) for source in unit.sources)


# Several processes ----------------------------------------------------------------------------------------------


def _shared(units: Sequence[Unit], judge: Judge, processes: int) -> Iterator[tuple[int, Verdict]]:
    """Judge units in processes; those whose process died again, one at a time, when the others are done."""
    from padlint.pool import FORKS, Died, shared  # importing this costs as much as a small project does

    if FORKS:
        import padlint.analysis  # noqa: F401  # once, and not in each process
    longest_first = sorted(range(len(units)), key=lambda number: -_size(units[number]))
    left = set(longest_first)
    died = []
    try:
        ordered = [units[number] for number in longest_first]
        for place, verdict in shared(judge, ordered, processes, _size, _MOST_LEFT_BEHIND):
            number = longest_first[place]
            left.discard(number)
            if isinstance(verdict, Died):
                died.append(number)
            else:
                yield number, verdict
    except OSError:  # no process can be started any more
        yield from ((number, judge(units[number])) for number in sorted(left))
    for number in died:
        yield number, _retried(units[number], judge)


def _retried(unit: Unit, judge: Judge) -> Verdict:
    """Judge a unit in a process of its own and, when that dies, too, its files one by one."""
    from padlint.pool import Died, shared

    try:
        ((_, verdict),) = shared(judge, [unit], 1)
    except OSError as error:
        verdict = Died(f"no process could be started for it: {error.strerror}")
    if not isinstance(verdict, Died):
        return verdict
    if len(unit.sources) == 1:
        return _lost(Trouble(f"{unit.sources[0].path}: padlint failed on this file: {verdict.how}"))
    alone = Outcome.sum(_retried(each, judge).outcome for each in _files_of(unit))
    return _apart(alone, Trouble(f"{unit.root}: padlint failed on these files together: {verdict.how}"))


# Crashes --------------------------------------------------------------------------------------------------------


def _lost(trouble: Trouble) -> Verdict:
    return Verdict(Outcome(troubles=(trouble,)))


def _apart(alone: Outcome, together: Trouble) -> Verdict:
    """Return what files came to one by one, with what went wrong when they were together if nothing else did."""
    return Verdict(alone if alone.troubles else replace(alone, troubles=(together,)))


def crash(what: str, error: Exception) -> Trouble:
    """Say in a line that padlint failed on something, and keep what helps to mend it."""
    told = next(iter(str(error).splitlines()), "")
    return Trouble(f"{what}: {type(error).__name__}: {told}".rstrip(": "), "".join(format_exception(error)))
