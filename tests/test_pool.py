"""Processes that share tasks: what is done is yielded, whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import groupby
from pathlib import Path

import pytest

from padlint import pool
from padlint.pool import Died, shared

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not forked")


def double(number: int) -> int:
    return 2 * number


def double_or_die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 5:
        os._exit(7)
    return 2 * number


def done(work, tasks, most: int) -> dict[int, object]:
    return {tasks[number]: result for number, result in shared(work, tasks, most)}


@pytest.mark.parametrize("most", [1, 2, 5])
def test_all_tasks_are_done_however_many_processes_there_are(most):
    assert done(double, range(20), most) == {number: 2 * number for number in range(20)}


@pytest.mark.parametrize("most", [1, 2])
def test_a_task_that_kills_its_process_costs_itself(most):
    results = done(double_or_die, range(8), most)
    assert results.pop(3) == Died("its process was killed by SIGKILL; is there enough memory?")
    assert results.pop(5) == Died("its process ended with exit code 7")
    assert results == {number: 2 * number for number in (0, 1, 2, 4, 6, 7)}


def test_a_process_ends_before_more_is_left_in_it_than_it_bears():
    left = [3, 1, 1, 2, 2, 9, 1]
    processes = [process for _, process in shared(lambda _: os.getpid(), left, 1, weight=int, bearable=4)]
    assert [len(list(tasks)) for _, tasks in groupby(processes)] == [2, 2, 1, 1, 1]


def test_a_process_goes_on_when_none_can_take_its_place(monkeypatch):
    started = iter([pool._started])

    def once(*given: object) -> object:
        for start in started:
            return start(*given)
        raise OSError

    monkeypatch.setattr(pool, "_started", once)
    assert len({process for _, process in shared(lambda _: os.getpid(), range(5), 1, weight=int, bearable=1)}) == 1


def test_a_task_that_raises_ends_like_one_that_dies(capfd):
    assert done(lambda number: 1 // number, [0, 1], 1) == {0: Died("its process ended with exit code 1"), 1: 1}
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_no_process_is_left_when_nobody_wants_the_rest():
    results = shared(time.sleep, [0, 60, 60], 2)
    next(results)
    started = time.monotonic()
    results.close()
    assert time.monotonic() - started < 5
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, 0)


def test_processes_end_with_the_one_that_started_them():
    program = """
import os, time
from padlint.pool import shared
def work(number):
    os.write(1, f"{os.getpid()}\\n".encode())
    time.sleep(1)
for _ in shared(work, range(100), 2):
    pass
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        workers = [int(process.stdout.readline()) for _ in range(2)]
        process.kill()
    deadline = time.monotonic() + 30
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, workers))


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
