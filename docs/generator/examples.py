"""The console examples of a page: each `$ padlint ...` that shows its output is run again.

A fence that shows commands alone is left as it is.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_FENCE = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.MULTILINE | re.DOTALL)
_PROMPT = "$ "


def with_outputs(text: str, folder: Path) -> str:
    """Return a page whose console examples say what padlint says today when it runs in a folder."""
    return _FENCE.sub(lambda fence: "".join(_rerun(fence.group(), folder)), text)


def _rerun(example: str, folder: Path) -> Iterator[str]:
    lines = example.splitlines(keepends=True)
    commands = [line for line in lines if line.startswith(_PROMPT)]
    if len(commands) == len(lines) or not all(line.startswith(f"{_PROMPT}padlint ") for line in commands):
        yield example
        return
    for command in commands:
        yield command
        yield output(command.removeprefix(_PROMPT), folder)


def output(command: str, folder: Path) -> str:
    """Return what a command prints: its report, and then what it says on standard error."""
    _, *arguments = shlex.split(command, comments=True)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PADLINT_")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "padlint", *arguments],
        cwd=folder,
        env={**environment, "NO_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout + done.stderr
