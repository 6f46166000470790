"""Fixing while others write the same files, or end the run: each file is as it was or as it should be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import padlint
from padlint import session
from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.session import Request, mend, write

PROGRAM = """\
from keras import layers, models
from keras.utils import pad_sequences

x = pad_sequences([[11, 42, 7], [5, 19]], padding="post")
model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)])
model.compile("adam", "mse")
model.fit(x, [1, 0])
"""
CURED = PROGRAM.replace("(100, 8)", "(100, 8, mask_zero=True)")
THEIRS = PROGRAM + "print(model)\n"
FIX = (sys.executable, "-m", "padlint", "--fix", "--unsafe-fixes", "--isolated", "--no-cache", "-j1", ".")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(padlint.__file__).parents[1])}


@pytest.fixture
def file(folder):
    """A program with a leak."""
    file = folder.root / "program.py"
    file.write_text(PROGRAM)
    return file


def test_what_is_saved_after_it_was_linted_stays(folder, file):
    def saved(done, total):
        if done == total:
            file.write_text(THEIRS)

    configurations = Configurations({}, isolated=True, working_folder=folder.root)
    mended = mend(Request((".",), configurations, folder.root), load_catalogue(), progress=saved, unsafe=True)
    assert write(mended).changes == ()
    assert file.read_text() == THEIRS
    assert [finding.unfixed for finding in mended.report.findings] == [f"{file}: it changed while padlint ran"]


def test_what_is_saved_after_its_fix_was_made_stays(folder, file, monkeypatch):
    def saved(*arguments):
        file.write_text(THEIRS)
        return report(*arguments)

    report = session._report
    monkeypatch.setattr(session, "_report", saved)
    written = write(folder.mend())
    assert (written.changes, written.cured) == ((), ())
    assert [each.line for each in written.report.troubles] == [
        "program.py: it changed while padlint ran, so no fix was written to it"
    ]
    assert file.read_text() == THEIRS


def test_of_a_fix_in_two_files_neither_counts_when_one_of_them_is_not_written(folder):
    (folder.root / "network.py").write_text(
        "from keras import layers, models\n\n\n"
        "def build():\n    return models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)])\n"
    )
    (folder.root / "train.py").write_text(PROGRAM.replace("models.Sequential", "network.build() or models.Sequential"))
    mended = folder.mend()
    for change in mended.changes:
        change.file.write_text("x = 1\n")
    assert write(mended).cured == ()


def test_two_runs_at_once_make_every_fix_once(folder):
    files = [folder.root / f"{name}.py" for name in "ab"]
    for each in files:
        each.write_text(PROGRAM)
    runs = [
        subprocess.Popen(FIX, cwd=folder.root, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    told = [each.communicate(timeout=120)[1].decode() for each in runs]
    # The one that comes second may say what it found before the first had written.
    assert {each.returncode for each in runs} <= {0, 1}, told
    assert [each.read_text() for each in files] == [CURED] * len(files)
    assert sorted(each.name for each in folder.root.iterdir()) == [".git", *(each.name for each in files)]


KILLED = """
import itertools, os, signal, sys
from pathlib import Path
from padlint.cli import main

replace, calls = Path.replace, itertools.count(1)

def killed(path, target):
    if next(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(path, target)

Path.replace = killed
sys.argv = ["padlint", *sys.argv[1:]]
main()
"""


def test_a_run_that_is_killed_between_files_leaves_each_whole_and_the_next_run_does_the_rest(folder):
    files = [folder.root / f"{name}.py" for name in "ab"]
    for each in files:
        each.write_text(PROGRAM)
    program = (sys.executable, "-c", KILLED, *FIX[3:])
    ended = subprocess.run(program, cwd=folder.root, env=ENVIRONMENT, check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL
    assert [each.read_text() for each in files] == [CURED, PROGRAM]
    subprocess.run(FIX, cwd=folder.root, env=ENVIRONMENT, check=True, capture_output=True)
    assert [each.read_text() for each in files] == [CURED] * len(files)
