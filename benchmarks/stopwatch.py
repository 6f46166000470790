"""Programs run side by side: the clock, the processor and the memory that each takes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

# A program that takes longer than this is run a few times, and one that takes much longer once.
HASTE, PATIENCE = 5.0, 20.0
FEW = 3
# Where no compiled modules may be kept, what is measured is Python's compiler.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, where, and what it reads on standard input."""

    name: str
    command: Sequence[str | Path]
    folder: Path
    stdin: Path | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program took: seconds by the clock and of processors, and megabytes in its largest process.

    `cut_off` says that it was stopped at its limit, and would have taken more.
    """

    clock: float
    processor: float
    memory: float
    cut_off: bool = False


@dataclass(slots=True)
class Costs:
    """What a program took each time."""

    each: list[Cost] = field(default_factory=list)

    @property
    def clock(self) -> float:
        """The median by the clock."""
        return median(cost.clock for cost in self.each)

    @property
    def processor(self) -> float:
        """The median of processor time."""
        return median(cost.processor for cost in self.each)

    @property
    def memory(self) -> float:
        """The median of the largest process's memory."""
        return median(cost.memory for cost in self.each)

    @property
    def cut_off(self) -> bool:
        """Whether it was ever stopped at its limit."""
        return any(cost.cut_off for cost in self.each)

    @property
    def wants_more(self) -> bool:
        """Whether it is quick enough to be run again."""
        first = self.each[0].clock if self.each else 0
        return first < (HASTE if len(self.each) >= FEW else PATIENCE)


def side_by_side(programs: Iterable[Program], repeats: int, limit: float) -> Mapping[str, Costs]:
    """Run programs in turn, again and again, so that whatever else the machine does meets all of them.

    Args:
        repeats: how often to run each, but those that take long.
        limit: seconds after which a program is stopped.
    """
    costs = {program: Costs() for program in programs}
    for _ in range(repeats):
        for program, taken in costs.items():
            if taken.wants_more:
                taken.each.append(cost(program, limit))
    return {program.name: taken for program, taken in costs.items()}


def cost(program: Program, limit: float) -> Cost:
    """Run a program and return what it took.

    Raises:
        RuntimeError: it could not do what it was asked to, so its time says nothing.
    """
    with open(program.stdin or os.devnull, "rb") as stdin:  # noqa: PTH123 - one of the two is no Path
        start = time.perf_counter()
        process = subprocess.Popen(
            program.command,
            cwd=program.folder,
            env=ENVIRONMENT,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        cut_off = _outlasts(process.pid, limit)
        if cut_off:
            os.killpg(process.pid, 9)
        # What the children of a program took is only told of those that it waited for, as these all do.
        _, status, usage = os.wait4(process.pid, 0)
        clock = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    # pylint's exit code says what it found, in bits of which 32 alone means that it did not run.
    if not cut_off and not (0 <= process.returncode < 32):
        raise RuntimeError(f"{program.name} ended with {process.returncode}")
    return Cost(clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, cut_off)


def _outlasts(process: int, limit: float) -> bool:
    """Wait until a process ends, and leave it there to be asked; say whether it is still at it at the limit."""
    end = time.monotonic() + limit
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > end:
            return True
        time.sleep(0.002)
    return False
