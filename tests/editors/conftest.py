"""The settings of docs/editors.md, and a project for an editor to lint with them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PAGE = CHECKOUT / "docs/editors.md"

DATA = """\
from tensorflow.keras.preprocessing.sequence import pad_sequences

ids = pad_sequences([[3, 1, 4], [1, 5]], maxlen=80, padding="post")
"""
MODEL = """\
from tensorflow.keras import layers, models

from data import ids

model = models.Sequential()
model.add(layers.Embedding(5000, 32))
model.add(layers.LSTM(16))
model.add(layers.Dense(1))
model.compile("adam", "mse")
model.fit(ids, [0, 1])
"""


@pytest.fixture
def settings():
    """Return the settings that stand behind a name in docs/editors.md."""

    def settings_for(name: str) -> str:
        page = PAGE.read_text(encoding="utf-8")
        found = re.search(rf"^```\w+ {name}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
        assert found, f"docs/editors.md has no settings for {name}"
        return found[1]

    return settings_for


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which one module pads and another has a model that is not masked; padlint is on PATH."""
    (tmp_path / "pyproject.toml").write_text("[tool.padlint]\n", encoding="utf-8")
    (tmp_path / "data.py").write_text(DATA, encoding="utf-8")
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for name in ("FORCE_COLOR", "PADLINT_OUTPUT_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def edit(project: Path):
    """Run an editor in the project and return what it writes to `seen.json`; skip where the editor is missing."""

    def run(editor: str, *arguments: str):
        if not shutil.which(editor):
            pytest.skip(f"{editor} is not installed")
        done = subprocess.run([editor, *arguments], capture_output=True, text=True, timeout=120, check=False)
        seen = project / "seen.json"
        assert seen.is_file(), done.stdout + done.stderr
        return json.loads(seen.read_text(encoding="utf-8"))

    return run
