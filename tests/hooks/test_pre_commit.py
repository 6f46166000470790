"""The hooks of `.pre-commit-hooks.yaml`, installed and run by pre-commit itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from padlint import __version__

CONFIGURATION = """\
repos:
  - repo: {repository}
    rev: v{version}
    hooks:
      - id: {hook}
"""

Run = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs: once for all tests."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def run(package_index, published: Path, project: Path, store: Path) -> Run:
    """Run one of the hooks over all files of the project."""

    def run_hook(hook: str) -> subprocess.CompletedProcess[str]:
        configuration = CONFIGURATION.format(repository=published.as_posix(), version=__version__, hook=hook)
        (project / ".pre-commit-config.yaml").write_text(configuration, encoding="utf-8")
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never", "--verbose"]
        environment = {**os.environ, "PRE_COMMIT_HOME": str(store)}
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    return run_hook


def test_a_finding_fails_the_hook_once_and_the_excluded_file_counts_nowhere(run: Run):
    done = run("padlint")
    assert done.returncode == 1, done.stderr
    assert "- hook id: padlint\n" in done.stdout
    assert "--> recordings.py:4:" in done.stdout
    assert "Found 1 error in 2 files, 0 models." in done.stdout
    assert "legacy" not in done.stdout


def test_the_hook_passes_when_nothing_leaks(run: Run, project: Path):
    (project / "recordings.py").write_text("import keras\n", encoding="utf-8")
    done = run("padlint")
    assert done.returncode == 0, done.stdout
    assert "Nothing to report in 2 files" in done.stdout


def test_the_other_hook_applies_what_is_safe_and_fails_so_that_it_is_looked_at(run: Run, project: Path):
    done = run("padlint-fix")
    assert done.returncode == 1, done.stderr
    assert "files were modified by this hook" in done.stdout
    assert 'padding="post", dtype="float32")' in (project / "recordings.py").read_text(encoding="utf-8")
    assert run("padlint-fix").returncode == 0
