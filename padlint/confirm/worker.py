"""The measuring process: answer one request a line, under a limit on memory; nothing else imports TensorFlow."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TextIO

from padlint.confirm.built import loaded, made_by, measure_built
from padlint.confirm.frameworks import Framework, open_framework
from padlint.confirm.measure import measure
from padlint.confirm.messages import (
    NO_MEMORY,
    MeasureBuilt,
    MeasureGraph,
    answer_line,
    built_line,
    failure_line,
    read_request,
)
from padlint.confirm.replay import Misfit, is_about_memory

READY = "ready"


def serve(keras: int, megabytes: int, requests: TextIO, answers: TextIO) -> None:
    """Answer requests until there are no more.

    Args:
        keras: the major version of Keras to measure in.
        megabytes: how much memory may be taken beyond what TensorFlow itself needs.
    """
    try:
        framework = open_framework(keras)
    except ImportError as error:
        print(failure_line(f"{error}"), file=answers, flush=True)
        return
    # What was imported stays: to look through it for garbage takes longer than most models.
    gc.freeze()
    _limit_memory(megabytes)
    print(READY, file=answers, flush=True)
    for line in requests:
        print(_answer(framework, line), file=answers, flush=True)


def _answer(framework: Framework, line: str) -> str:
    """Answer one request; whatever goes wrong in it is its answer, and the next one is none the worse."""
    try:
        match read_request(line):
            case MeasureGraph(graph, claims):
                return answer_line(measure(framework, graph, claims))
            case MeasureBuilt(path="") as request:
                model = made_by(framework, request.target, Path(request.folder))
                return built_line(measure_built(framework, model, request.side, request.value))
            case MeasureBuilt() as request:
                model = loaded(framework, Path(request.path))
                return built_line(measure_built(framework, model, request.side, request.value))
    except Misfit as why:
        return failure_line(str(why))
    except Exception as error:  # noqa: BLE001  # the edge of a process: Keras may raise anything on a model it made
        if is_about_memory(framework, error):
            return failure_line(NO_MEMORY)
        return failure_line(
            f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
        )


def _limit_memory(megabytes: int) -> None:
    """Let the process take no more address space than it has now and so much more, where the system knows limits."""
    try:
        import resource
    except ImportError:
        return
    statistics = Path("/proc/self/statm")
    if statistics.exists():
        taken = int(statistics.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        most = taken + megabytes * 1024 * 1024
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> None:
    """Serve on the standard streams; what TensorFlow prints goes where errors go."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(int(sys.argv[1]), int(sys.argv[2]), sys.stdin, answers)


if __name__ == "__main__":
    main()
