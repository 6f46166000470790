"""Emacs, without a screen, under the settings of docs/editors.md."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WITH_PACKAGES = ("--batch", "--eval", "(progn (require 'package) (package-initialize))")


@pytest.fixture
def emacs(edit, settings, project: Path):
    """Open model.py under some of the settings, and return what is found in it, before and after it gets a mask."""

    def run(chosen: str, script: str):
        (project / "settings.el").write_text(settings(chosen), encoding="utf-8")
        return edit("emacs", *WITH_PACKAGES, "--load", "settings.el", "--load", str(HERE / script))

    return run


def test_flymake_shows_findings_in_what_is_not_saved(emacs):
    assert emacs("flymake", "flymake.el") == {"opened": [[6, 10, "warning", "PAD101"]], "masked": []}


def test_flymake_reads_what_is_said_of_a_buffer_without_a_name(emacs, project: Path):
    alone = (project / "data.py").read_text(encoding="utf-8") + (project / "model.py").read_text(encoding="utf-8")
    (project / "model.py").write_text(alone.replace("from data import ids\n", ""), encoding="utf-8")
    assert emacs("flymake-short", "flymake.el") == {"opened": [[8, 10, "error", "PAD101"]], "masked": []}


def test_flycheck_shows_findings_in_what_is_not_saved(emacs):
    if not installed("flycheck"):
        pytest.skip("flycheck is not installed")
    assert emacs("flycheck", "flycheck.el") == {"opened": [[6, 11, "error", "PAD101"]], "masked": []}


def installed(package: str) -> bool:
    """Say whether Emacs finds a package; without Emacs, leave the skipping to whoever runs it."""
    if not shutil.which("emacs"):
        return True
    found = f'(kill-emacs (if (locate-library "{package}") 0 1))'
    return subprocess.run(["emacs", *WITH_PACKAGES, "--eval", found], capture_output=True, check=False).returncode == 0
