"""Ask a measuring process for verdicts: one process for a run, with limits on each model. Imports no TensorFlow."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import field
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from signal import Signals
from tempfile import TemporaryFile
from threading import Thread
from time import monotonic
from typing import IO, Self

from padlint.case import CannotMeasure, Case, Subject
from padlint.confirm.claim import Claim
from padlint.confirm.claims import grouped
from padlint.confirm.messages import (
    NO_MEMORY,
    MeasureBuilt,
    Measured,
    MeasureGraph,
    case_line,
    read_answer,
    request_line,
)
from padlint.dataclass import dataclass
from padlint.finding import Confirmation, Verdict
from padlint.graph import ModelGraph, Side

__all__ = ["CannotMeasure", "Limits", "NoAnswer", "Prover", "missing_extra"]

_PACKAGES = {2: ("tensorflow", "tf_keras"), 3: ("tensorflow", "keras")}
_GLANCE = 0.5
_BUSY = 20  # how many times slower than idle a machine may be
_EXTRAS = {2: "confirm-keras2", 3: "confirm"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one model may cost: seconds to measure it, megabytes beyond what TensorFlow needs, seconds to start.

    Seconds are of the processor where the system tells them, so that a busy machine gives the same verdicts; and a
    process may stand still no longer than that. Megabytes are of address space, of which a thread takes much more than
    it uses; where TensorFlow gets none, a kernel may end the process.
    """

    seconds: float = 60
    megabytes: int = 1024
    start: float = 600


class NoAnswer(Exception):  # what became of one request, and no error
    """The measuring process gave no answer to a request; the text says why."""


class _Exhausted(NoAnswer):  # what became of one request, and no error
    """The measuring process ran out of memory, or ended."""


def missing_extra(keras: int) -> str:
    """Say how to install what measuring needs; "" when it is there."""
    absent = [package for package in _PACKAGES[keras] if find_spec(package) is None]
    return f"pip install 'padlint[{_EXTRAS[keras]}]'" if absent else ""


@dataclass(slots=True)
class Prover:
    """Gives verdicts on claims; a context manager, whose process starts with the first claim and ends with it.

    Args:
        keras: the major version of Keras to rebuild models in.
    """

    keras: int = 3
    limits: Limits = field(default_factory=Limits)
    _worker: _Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def prove(self, graph: ModelGraph, claims: Iterable[Claim | None]) -> Iterator[Confirmation | None]:
        """Yield the verdict on each claim, in their order; None where there is nothing to measure.

        Raises:
            CannotMeasure: the measuring process cannot start.
        """
        listed = list(claims)
        asked = [claim for claim in listed if claim is not None]
        verdicts: dict[int, Confirmation] = {}
        groups = grouped(graph, asked)
        position = 0
        for claim in listed:
            if claim is None:
                yield None
                continue
            while position not in verdicts:
                about, indices = next(groups)
                found = self._verdicts(about, [asked[index] for index in indices])
                verdicts.update(zip(indices, found, strict=True))
            yield verdicts[position]
            position += 1

    def measure(self, case: Case, subjects: Sequence[Subject]) -> Sequence[Confirmation]:
        """Give the verdict on some subjects of a case, in their order.

        Raises:
            CannotMeasure: the measuring process cannot start.
        """
        return self._confirmations(case_line(case.graph, subjects), len(subjects))

    def measure_saved(self, path: Path, side: Side = Side.UNKNOWN, value: float | None = None) -> tuple[Measured, ...]:
        """Load a saved model in Keras' safe mode and measure each consumer in it that padding may reach.

        Raises:
            NoAnswer: it cannot be loaded or run.
            CannotMeasure: the measuring process cannot start.
        """
        return self._measured(MeasureBuilt(path=str(path.resolve()), side=side, value=value))

    def measure_made(self, target: str, side: Side = Side.UNKNOWN, value: float | None = None) -> tuple[Measured, ...]:
        """Import `package.module`, call `function` for a model, and measure each consumer in it.

        This runs the user's code: ask before.

        Raises:
            NoAnswer: there is no such function, or what it returns is no model.
            CannotMeasure: the measuring process cannot start.
        """
        return self._measured(MeasureBuilt(target=target, folder=str(Path.cwd()), side=side, value=value))

    def _verdicts(self, graph: ModelGraph, claims: Sequence[Claim]) -> Sequence[Confirmation]:
        """Ask about one model."""
        return self._confirmations(request_line(MeasureGraph(graph, tuple(claims))), len(claims))

    def _confirmations(self, line: str, number: int) -> Sequence[Confirmation]:
        """Ask for a number of verdicts; where there is no answer, each says why."""
        try:
            answer = self._asked(line)
        except NoAnswer as why:
            return [Confirmation(Verdict.NOT_REBUILT, str(why))] * number
        return [one for one in answer if isinstance(one, Confirmation)]

    def _measured(self, request: MeasureBuilt) -> tuple[Measured, ...]:
        return tuple(one for one in self._asked(request_line(request)) if isinstance(one, Measured))

    def _asked(self, line: str) -> tuple[Confirmation, ...] | tuple[Measured, ...]:
        """Ask one thing; a process that does not answer in time, or that is gone, is replaced for the next.

        TensorFlow keeps what it traced. So where a process that measured before runs out of memory, which may end it, a
        fresh one is asked once more.
        """
        was_asked_before = self._worker is not None
        try:
            return self._asked_once(line)
        except _Exhausted:
            if not was_asked_before:
                raise
            self._stop()
            return self._asked_once(line)

    def _asked_once(self, line: str) -> tuple[Confirmation, ...] | tuple[Measured, ...]:
        if self._worker is None:
            self._worker = _Worker.started(self.keras, self.limits)
        try:
            answer = read_answer(self._worker.ask(line, self.limits.seconds))
        except NoAnswer:
            self._stop()
            raise
        if answer == NO_MEMORY:
            raise _Exhausted(answer)
        if isinstance(answer, str):
            raise NoAnswer(answer)
        return answer

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.stop()
            self._worker = None


@dataclass(slots=True)
class _Worker:
    """A running measuring process, and the lines that it wrote."""

    process: subprocess.Popen[str]
    lines: Queue[str]
    complaints: IO[str]

    @classmethod
    def started(cls, keras: int, limits: Limits) -> _Worker:
        """Start a process and wait until TensorFlow is there.

        Raises:
            CannotMeasure: it does not come up.
        """
        complaints = TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  # closed by `stop`
        process = subprocess.Popen(  # noqa: S603  # our own module, in the interpreter that we run in
            # -P: a tensorflow.py in the folder that is linted is the user's code, and is not to be run.
            [sys.executable, "-P", "-m", "padlint.confirm.worker", str(keras), str(limits.megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_search_path())},
        )
        lines: Queue[str] = Queue()
        Thread(target=_forward, args=(process.stdout, lines), daemon=True).start()
        worker = cls(process, lines, complaints)
        try:
            first = worker._next(limits.start, "start TensorFlow")
        except NoAnswer as why:
            worker.stop()
            raise CannotMeasure(str(why)) from why
        if first != "ready":
            worker.stop()
            raise CannotMeasure(str(read_answer(first)))
        return worker

    def ask(self, line: str, seconds: float) -> str:
        """Send a request and wait for its answer.

        Raises:
            NoAnswer: it takes too long, or the process ends.
        """
        with suppress(OSError):
            if self.process.stdin is not None:
                print(line, file=self.process.stdin, flush=True)
        return self._next(seconds, "measure")

    def stop(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.complaints):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _next(self, seconds: float, what: str) -> str:
        watch = _Watch(self.process.pid)
        while (line := self._line(min(seconds, _GLANCE))) is None:
            if watch.is_over(seconds):
                raise NoAnswer(f"it takes longer than {seconds:g} seconds to {what}")
        if not line:
            raise _Exhausted(f"the measuring process ended: {self._last_words()}")
        return line.strip()

    def _line(self, seconds: float) -> str | None:
        """Give the next line that the process wrote, None when there is none in time."""
        try:
            return self.lines.get(timeout=seconds)
        except Empty:
            return None

    def _last_words(self) -> str:
        """Give how the process ended: by which signal, else what it said last."""
        code = self.process.wait()
        if code < 0:
            return Signals(-code).name
        self.complaints.seek(0)
        said = [line.strip() for line in self.complaints if line.strip()]
        return said[-1][:200] if said else f"exit code {code}"


class _Watch:
    """How long a process has been at something."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._began = self._moved = monotonic()
        self._used = self._last = _processor_seconds(process)

    def is_over(self, seconds: float) -> bool:
        """Say whether it has computed for so long, or stood still, or been at it many times as long by the clock."""
        now, used = monotonic(), _processor_seconds(self._process)
        if used is None or self._used is None or self._last is None:
            return now - self._began > seconds
        # Threads that wake up in vain now and then are no work; at work, even a busy machine gives it more.
        if (used - self._last) * _BUSY > now - self._moved:
            self._last, self._moved = used, now
        waited = now - self._moved > seconds or now - self._began > seconds * _BUSY
        return waited or used - self._used > seconds


def _processor_seconds(process: int) -> float | None:
    """Give how long a process has computed, None where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def _forward(stream: IO[str], lines: Queue[str]) -> None:
    """Hand on what a process writes, and "" at its end."""
    with suppress(ValueError):
        for line in stream:
            lines.put(line)
    lines.put("")


def _search_path() -> Iterator[str]:
    """Yield where the process finds modules: this padlint first, then as here."""
    yield str(Path(__file__).parents[2])
    inherited = os.environ.get("PYTHONPATH")
    if inherited:
        yield inherited
