"""The problem matcher of docs/editors.md, held against what padlint prints."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_the_problem_matcher_reads_every_line(settings, project: Path):
    shutil.copy(CHECKOUT / "fixtures/notebook.ipynb", project)
    (task,) = json.loads(settings("tasks"))["tasks"]
    done = subprocess.run(shlex.split(task["command"]), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr

    pattern = task["problemMatcher"]["pattern"]
    parts = ("file", "line", "column", "code")
    found = [re.search(pattern["regexp"], line) for line in done.stdout.splitlines()]
    assert [[each and each[pattern[part]] for part in parts] for each in found] == [
        ["model.py", "6", "11", "PAD101"],
        ["notebook.ipynb", "1", "29", "PAD901"],
        ["notebook.ipynb", "2", "11", "PAD101"],
    ]
