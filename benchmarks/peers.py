"""What padlint is measured beside: other linters, each in an environment of its own, and packages to lint."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

PEERS = ("ruff", "flake8", "pylint", "torchfix", "fixit")
TREES = ("keras", "django")


def programs(folder: Path) -> Mapping[str, Path]:
    """Install each peer, unless it is there, and return its program.

    Each in an environment of its own: in one with torchfix, which is a plugin as well, flake8 would do its work too.
    """
    return {peer: _program(folder / "peers" / peer, peer) for peer in PEERS}


def _program(environment: Path, peer: str) -> Path:
    installed = environment / ("Scripts" if sys.platform == "win32" else "bin")
    if not (installed / peer).exists():
        venv.create(environment, with_pip=True)
        _pip(installed / "python", "install", peer)
    return installed / peer


def versions(installed: Mapping[str, Path]) -> Mapping[str, str]:
    """Return the version of each peer."""
    return {peer: _version(program.parent / "python", peer) for peer, program in installed.items()}


def _version(python: Path, peer: str) -> str:
    asked = (python, "-c", "import sys, importlib.metadata as known; print(known.version(sys.argv[1]))", peer)
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def trees(folder: Path) -> Mapping[str, Path]:
    """Unpack the packages to lint, unless they are there, running none of their code; name each with its version."""
    found = {}
    for name in TREES:
        archives = folder / "archives" / name
        if not any(archives.glob("*.whl")):
            _pip(Path(sys.executable), "download", "--no-deps", "--only-binary", ":all:", "--dest", str(archives), name)
        archive = next(archives.glob("*.whl"))
        tree = folder / "trees" / name
        if not tree.exists():
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(tree)
        found[f"{name} {archive.name.split('-')[1]}"] = tree / name
    return found


def packages(folder: Path, labels: Path) -> Path | None:
    """Fetch the labelled packages, unless they are there; None where there are no labels."""
    if not (labels / "fetch_packages.py").is_file():
        return None
    fetched = folder / "packages"
    subprocess.run([sys.executable, labels / "fetch_packages.py", labels / "packages.txt", fetched], check=True)
    return fetched


def _pip(python: Path, *arguments: str) -> None:
    subprocess.run([python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments], check=True)
