"""Try padlint on many inputs, and keep those that it falls over.

    python tests/fuzz [-n INPUTS] [--corpus FOLDER] [--kept FOLDER] [--seed N]

Pieces of the work run in processes of their own, so that one that dies or hangs costs its input alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from inputs import inputs
from seeds import own_seeds, seeds_of
from trial import Failure, Files, tried

Tried: TypeAlias = tuple[Files, Failure | None]

A_PIECE = 200
# Wall time after which an input hangs for certain; `trial.py` ends what can be ended long before.
SILENCE = 120.0


def main() -> int:
    """Run the campaign; return 1 when anything failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--inputs", type=int, default=1_000, help="how many inputs to try")
    parser.add_argument("--corpus", type=Path, help="folder of scripts and notebooks to spoil")
    parser.add_argument("--kept", type=Path, default=Path("build/fuzz"), help="folder for the inputs that failed")
    parser.add_argument("--seed", type=int, default=0, help="number of the first piece of work")
    given_ = parser.parse_args()
    seeds = seeds_of(given_.corpus) if given_.corpus else own_seeds()
    if not seeds:
        parser.error(f"no Keras in {given_.corpus}")
    print(f"{len(seeds):,} seeds", flush=True)
    started = time.monotonic()
    failures: Counter[str] = Counter()
    done = 0
    for number in range(given_.seed, given_.seed + -(-given_.inputs // A_PIECE)):
        for files, failure in _piece(number, A_PIECE, seeds):
            done += 1
            if failure is not None:
                failures[failure.how] += 1
                kept = _keep(files, failure, given_.kept)
                print(f"{failure.how}: {kept}", flush=True)
        print(f"piece {number}: {done:,} inputs in {time.monotonic() - started:,.0f} s", flush=True)
    print(f"{done:,} inputs, {failures.total():,} failures")
    for how, times in failures.most_common():
        print(f"{times:6} {how}")
    return 1 if failures else 0


def _piece(number: int, size: int, seeds: tuple[bytes, ...]) -> Iterator[Tried]:
    """Try inputs, and yield each with what went wrong; a process that dies or hangs is replaced."""
    left = size
    for attempt in count():
        before = left
        for each in _in_process(f"{number} {attempt}", left, seeds):
            left -= 1
            yield each
        if left <= 0 or left == before:
            return


def _in_process(name: str, size: int, seeds: tuple[bytes, ...]) -> Iterator[Tried]:
    """Try inputs in one process, until it is done with them, dies or hangs."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, name, size, seeds), daemon=True)
    process.start()
    theirs.close()
    files: Files = {}
    try:
        while ours.poll(SILENCE):
            told = ours.recv()
            if isinstance(told, dict):
                files = told
            else:
                yield files, told
        yield files, Failure("it hangs")
    except EOFError:
        process.join()
        if process.exitcode:
            yield files, Failure(f"its process ended with {process.exitcode}")
    finally:
        process.kill()
        process.join()


def _work(pipe: Connection, name: str, size: int, seeds: tuple[bytes, ...]) -> None:
    """Tell of each input before it is tried, and what went wrong after it."""
    some = tuple(random.Random(name).sample(seeds, min(len(seeds), 200)))
    strategy = inputs(some)
    with tempfile.TemporaryDirectory() as folder:

        @seeded(name)
        @settings(
            max_examples=size,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def tell(files: dict[str, bytes]) -> None:
            pipe.send(files)
            pipe.send(tried(files, Path(folder)))

        tell()


def _keep(files: Files, failure: Failure, folder: Path) -> Path:
    """Write an input, and what went wrong with it, to a folder of its own."""
    kept = folder / hashlib.sha256(json.dumps([repr(files)]).encode()).hexdigest()[:12]
    kept.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (kept / name).write_bytes(data)
    (kept / "failure.txt").write_text(f"{failure.how}\n\n{failure.detail}", encoding="utf-8")
    return kept


if __name__ == "__main__":
    sys.exit(main())
