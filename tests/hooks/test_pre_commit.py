"""The hooks of `.pre-commit-hooks.yaml`, under the settings of docs/integrations.md, run by pre-commit itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from padlint import __version__

PAGE = Path(__file__).parents[2] / "docs/integrations.md"

Run = Callable[..., subprocess.CompletedProcess[str]]


def settings(name: str) -> str:
    """Return the settings that stand behind a name in docs/integrations.md."""
    found = re.search(rf"^```yaml {name}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found, f"docs/integrations.md has no settings for {name}"
    return found[1]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs: once for all tests."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def run(package_index, published: Path, project: Path, store: Path) -> Run:
    """Run the hooks of a configuration over the files of the project, with padlint from this checkout."""

    def run_hooks(configuration: str, *files: str) -> subprocess.CompletedProcess[str]:
        here = configuration.replace("https://git.example.com/padlint", published.as_posix())
        text = re.sub(r"rev: v[\d.]+", f"rev: v{__version__}", here)
        (project / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
        chosen = ("--files", *files) if files else ("--all-files",)
        command = [sys.executable, "-m", "pre_commit", "run", "--color=never", "--verbose", *chosen]
        environment = {**os.environ, "PRE_COMMIT_HOME": str(store)}
        return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

    return run_hooks


def test_a_finding_fails_the_hook_once_and_the_excluded_file_counts_nowhere(run: Run):
    done = run(settings("pre-commit"))
    assert done.returncode == 1, done.stderr
    assert "- hook id: padlint\n" in done.stdout
    assert "--> recordings.py:4:" in done.stdout
    assert "Found 1 error in 2 files, 0 models." in done.stdout
    assert "legacy" not in done.stdout


def test_the_hook_reports_on_the_files_of_the_commit_alone(run: Run):
    done = run(settings("pre-commit"), "clean.py", "legacy/old.py")
    assert done.returncode == 0, done.stdout
    assert "Nothing to report in 1 file" in done.stdout


def test_the_hook_can_lint_the_whole_project(run: Run):
    done = run(settings("pre-commit-whole"), "clean.py")
    assert done.returncode == 1, done.stderr
    assert "Found 1 error in 2 files, 0 models." in done.stdout


def test_the_other_hook_applies_what_is_safe_and_fails_so_that_it_is_looked_at(run: Run, project: Path):
    done = run(settings("pre-commit-fix"))
    assert done.returncode == 1, done.stderr
    assert "files were modified by this hook" in done.stdout
    assert 'padding="post", dtype="float32")' in (project / "recordings.py").read_text(encoding="utf-8")
    assert run(settings("pre-commit-fix")).returncode == 0
