"""Tasks shared among processes; one that kills its process costs itself, and nothing else."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from padlint.dataclass import dataclass

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_T = TypeVar("_T")
_R = TypeVar("_R")

Work: TypeAlias = Callable[[_T], _R]
Weight: TypeAlias = Callable[[_T], int]

# A process that is forked has all that this one has imported. Elsewhere forking is not safe, or not there.
FORKS = sys.platform == "linux"


@dataclass(frozen=True, slots=True)
class Died:
    """What became of a task whose process ended before it did, as a clause."""

    how: str


def _nothing(_: object) -> int:
    return 0


def shared(
    work: Work[_T, _R], tasks: Sequence[_T], most: int, weight: Weight[_T] = _nothing, bearable: int = 0
) -> Iterator[tuple[int, _R | Died]]:
    """Do tasks in processes, and yield the number of each with what it came to, in the order in which they are done.

    Args:
        work: does a task. What it raises ends its process, so it had better raise nothing.
        tasks: in the order in which to begin them: those that take long had better come first.
        most: how many processes there may be at a time.
        weight: how much a task leaves behind in its process.
        bearable: how much of that there may be before another process takes its place. Where they are not forked, none
            is replaced: to start one takes too long.

    Raises:
        OSError: there is no process to do them.
    """
    pool = _Pool(work, tasks, weight if FORKS else _nothing, bearable)
    try:
        pool.hire(min(most, len(tasks)))
        yield from pool.results()
    finally:
        pool.stop()


@dataclass(slots=True, eq=False)
class _Worker(Generic[_R]):
    """A process, the pipe to it, the number of the task that it is at, -1 for none, and what it bears with that."""

    process: BaseProcess
    pipe: Connection[int, _R]
    task: int = -1
    borne: int = 0

    def end(self) -> None:
        """End the process, whatever it is at."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Pool(Generic[_T, _R]):
    def __init__(self, work: Work[_T, _R], tasks: Sequence[_T], weight: Weight[_T], bearable: int) -> None:
        self._work = work
        self._tasks = tasks
        self._weight = weight
        self._bearable = bearable
        self._waiting = list(range(len(tasks)))[::-1]
        self._workers: list[_Worker[_R]] = []

    def hire(self, number: int) -> None:
        """Start processes and give each a task; fewer than were asked for are enough."""
        for _ in range(number):
            try:
                worker = _started(self._work, self._tasks)
            except OSError:
                if not self._workers:
                    raise
                return
            self._workers.append(worker)
            self._employ(worker)

    def results(self) -> Iterator[tuple[int, _R | Died]]:
        """Yield what tasks came to, while there are any."""
        while busy := [worker for worker in self._workers if worker.task >= 0]:
            ready = connection.wait([worker.pipe for worker in busy])
            for worker in busy:
                if worker.pipe in ready:
                    yield worker.task, self._result(worker)

    def stop(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.process.kill()
        for worker in self._workers:
            worker.end()

    def _result(self, worker: _Worker[_R]) -> _R | Died:
        """Take what a worker came to and give it its next task; a dead one is replaced."""
        try:
            result = worker.pipe.recv()
        except (EOFError, OSError):
            self._workers.remove(worker)
            worker.process.join()
            worker.pipe.close()
            if self._waiting:
                self.hire(1)
            return Died(_ending(worker.process.exitcode or 0))
        self._employ(self._relieved(worker) if self._would_bear_too_much(worker) else worker)
        return result

    def _would_bear_too_much(self, worker: _Worker[_R]) -> bool:
        return bool(self._waiting) and worker.borne + self._weight(self._tasks[self._waiting[-1]]) > self._bearable

    def _relieved(self, worker: _Worker[_R]) -> _Worker[_R]:
        """Return a process that takes a worker's place, or the worker itself when none can be started."""
        try:
            fresh = _started(self._work, self._tasks)
        except OSError:
            return worker
        self._workers[self._workers.index(worker)] = fresh
        worker.end()
        return fresh

    def _employ(self, worker: _Worker[_R]) -> None:
        worker.task = self._waiting.pop() if self._waiting else -1
        if worker.task >= 0:
            worker.borne += self._weight(self._tasks[worker.task])
            with suppress(OSError):  # it is dead, which is found out when it is read from
                worker.pipe.send(worker.task)


def _started(work: Work[_T, _R], tasks: Sequence[_T]) -> _Worker[_R]:
    """Start a process. What it works on is there when it is forked, and sent along otherwise."""
    context = get_context("fork") if FORKS else get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, ours if FORKS else None, work, tasks), daemon=True)
    gc.freeze()  # a collection in either process would copy the pages that they share
    try:
        with _uninterrupted():
            process.start()
    except OSError:
        ours.close()
        raise
    finally:
        gc.unfreeze()
        theirs.close()
    return _Worker(process, ours)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Have Ctrl-C wait until a process is up, which inherits that it waits forever there."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(
    pipe: Connection[_R, int], other_end: Connection[int, _R] | None, work: Work[_T, _R], tasks: Sequence[_T]
) -> None:
    """Do the tasks whose numbers come through a pipe until nobody is at its other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if other_end is not None:
        other_end.close()
    with suppress(EOFError, OSError):
        while True:
            pipe.send(work(tasks[pipe.recv()]))


def _ending(code: int) -> str:
    if code >= 0:
        return f"its process ended with exit code {code}"
    with suppress(ValueError):
        name = signal.Signals(-code).name
        return f"its process was killed by {name}{'; is there enough memory?' if name == 'SIGKILL' else ''}"
    return f"its process was killed by signal {-code}"
