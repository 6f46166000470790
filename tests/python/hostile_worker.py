"""Evaluates one program after the other, each a line of JSON, and answers with what each cost."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.program import Program
from padlint.sources.source import Cell, Source

FILE = Path("/nowhere/main.py")
# Linux counts in kilobytes, macOS in bytes.
RSS_UNIT = 1024**2 if sys.platform == "darwin" else 1024


def peak_megabytes() -> float:
    """Return the most memory that this process has held.

    Linux tells it of the program itself; its `getrusage` starts from what the parent held when it forked.
    """
    status = Path("/proc/self/status")
    if status.exists():
        peaks = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(next(peaks)) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / RSS_UNIT


class NoLibraries:
    """An overlay that knows nothing: every question is answered with None."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None


def main() -> None:
    for line in sys.stdin:
        started = time.process_time()
        modules = ProjectModules(FILE.parent, lambda _: None)
        run = Interpreter(NoLibraries(), modules)
        Program(run, modules, [Source("main.py", FILE, (Cell(0, json.loads(line)),))]).evaluate()
        cost = {
            "seconds": time.process_time() - started,
            "megabytes": peak_megabytes(),
            "given_up": [f"{part.part}: {part.why}" for part in modules.unread],
            "misparses": [misparse.message for misparse in modules.misparses],
            "variables": {
                name: repr(value)
                for name, value in modules.module_of(FILE).scope.store.slots.items()
                if name in ("before", "after")
            },
        }
        sys.stdout.write(json.dumps(cost) + "\n")
        sys.stdout.flush()


main()
