"""This checkout as others get it: a repository with a tag, installed by pip from there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from padlint import __version__

CHECKOUT = Path(__file__).parents[2]
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "action.yml", "padlint", "rules")

TRUNCATED = """\
from tensorflow.keras.preprocessing.sequence import pad_sequences

recordings = [[0.1, 0.9, 1.7], [0.4]]
x = pad_sequences(recordings, padding="post")
"""


def git(folder: Path, *arguments: str) -> str:
    """Run git as someone, whatever the machine's own configuration says."""
    someone = ("-c", "user.name=Someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *someone, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def commit(folder: Path, message: str) -> None:
    """Commit all that is in a folder, which becomes a repository if it is none."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


@pytest.fixture(scope="session")
def package_index(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skip where pip has nowhere to install from."""
    folder = tmp_path_factory.mktemp("download")
    download: Sequence[str] = ("download", "--quiet", "--no-deps", "--timeout=10", "--retries=0", f"--dest={folder}")
    done = subprocess.run([sys.executable, "-m", "pip", *download, "pathspec"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("pip reaches no package index, so nothing can be installed")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that holds padlint, tagged with its version."""
    folder = tmp_path_factory.mktemp("published")
    for name in SHIPPED:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    commit(folder, "Release")
    git(folder, "tag", f"v{__version__}")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Someone's repository: one file with a finding, one excluded file with the same, and one without any."""
    (tmp_path / "legacy").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.padlint]\nextend-exclude = ["legacy"]\n', encoding="utf-8")
    (tmp_path / "recordings.py").write_text(TRUNCATED, encoding="utf-8")
    (tmp_path / "legacy" / "old.py").write_text(TRUNCATED, encoding="utf-8")
    (tmp_path / "clean.py").write_text("print('no model here')\n", encoding="utf-8")
    commit(tmp_path, "Begin")
    return tmp_path
