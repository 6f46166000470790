"""What padlint is measured beside: other linters in an environment of their own, and packages to lint."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

PEERS = ("ruff", "flake8", "pylint", "torchfix", "fixit")
TREES = ("keras", "django")


def environment(folder: Path) -> Path:
    """Make an environment with the peers, unless it is there, and return the folder of its programs."""
    programs = folder / "peers" / ("Scripts" if sys.platform == "win32" else "bin")
    if not all((programs / peer).exists() for peer in PEERS):
        venv.create(folder / "peers", with_pip=True)
        _pip(programs / "python", "install", *PEERS)
    return programs


def versions(programs: Path) -> Mapping[str, str]:
    """Return the version of each peer."""
    listed = subprocess.run(
        [programs / "python", "-m", "pip", "list", "--format=json"], check=True, capture_output=True, text=True
    )
    installed = {each["name"].lower(): each["version"] for each in json.loads(listed.stdout)}
    return {peer: installed[peer] for peer in PEERS}


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
