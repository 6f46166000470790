"""What is built is what is in the checkout: above all, every page of rules/."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import padlint

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel built from the source distribution, which so has to hold all that a build needs."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def shipped(wheel: zipfile.ZipFile, folder: str) -> dict[str, bytes]:
    names = [name for name in wheel.namelist() if name.startswith(folder)]
    return {name.removeprefix(folder): wheel.read(name) for name in names}


def checked_out(folder: Path) -> dict[str, bytes]:
    files = [file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_every_rule_page_is_shipped(wheel: zipfile.ZipFile):
    pages = checked_out(CHECKOUT / "rules")
    assert any(name.startswith("PAD") for name in pages)
    assert shipped(wheel, "padlint/rules/") == pages


def test_every_module_and_table_is_shipped(wheel: zipfile.ZipFile):
    files = {name: data for name, data in shipped(wheel, "padlint/").items() if not name.startswith("rules/")}
    assert files == checked_out(CHECKOUT / "padlint")
    assert "py.typed" in files


def test_nothing_else_is_shipped(wheel: zipfile.ZipFile):
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert tops == {"padlint", f"padlint-{padlint.__version__}.dist-info"}


def test_running_needs_three_libraries_and_no_tensorflow(wheel: zipfile.ZipFile):
    metadata = wheel.read(f"padlint-{padlint.__version__}.dist-info/METADATA").decode()
    required = Parser().parsestr(metadata).get_all("Requires-Dist") or []
    names = {line.partition(">")[0] for line in required if "extra ==" not in line}
    assert names == {"libcst", "pathspec", "typer"}
