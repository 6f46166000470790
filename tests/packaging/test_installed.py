"""The installed program: it starts, it starts light, and it is the one under test."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version

import pytest

import padlint


def python(*arguments: str) -> str:
    """Run Python without the working folder on its path, as the installed script does."""
    done = subprocess.run([sys.executable, "-P", *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_version_is_said_once():
    assert version("padlint") == padlint.__version__
    assert python("-m", "padlint", "--version") == f"padlint {padlint.__version__}"


@pytest.mark.parametrize("module", ["cli", "session", "config", "catalogue", "report", "sources.discover"])
def test_no_stage_above_the_parser_imports_it(module: str):
    heavy = "{'libcst', 'tensorflow', 'numpy', 'keras'}"
    said = python("-c", f"import sys, padlint.{module}; print(sorted({heavy} & set(sys.modules)))")
    assert said == "[]"


def test_only_the_command_line_pays_for_its_parser():
    said = python("-c", "import sys, padlint.session; print(sorted({'typer', 'rich', 'pydantic'} & set(sys.modules)))")
    assert said == "[]"


@pytest.mark.parametrize("package", ["python", "keras", "flow", "fixes", "policy", "report", "sources"])
def test_every_module_can_be_the_first_that_is_imported(package):
    names = [module.name for module in pkgutil.iter_modules(import_module(f"padlint.{package}").__path__)]
    script = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    for loaded in [known for known in sys.modules if known.startswith('padlint')]:\n"
        "        del sys.modules[loaded]\n"
        "    importlib.import_module(name)\n"
    )
    modules = [f"padlint.{package}.{name}" for name in names]
    subprocess.run([sys.executable, "-P", "-c", script, *modules], check=True)
