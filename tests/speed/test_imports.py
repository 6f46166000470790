"""What a run does not need is not imported: that is most of what a run of a linter costs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import padlint
from padlint.report import Format

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(padlint.__file__).parents[1])}
MODEL = """
from tensorflow.keras import layers, models
model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(8)])
"""


def imported(folder: Path, *arguments: str, stdin: str = "") -> set[str]:
    """Run padlint as a process of its own, and return every module that it imports."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "padlint", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode in {0, 1}, ended.stderr
    return {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if line.startswith("import time:")}


def packages(modules: set[str]) -> set[str]:
    return {module.partition(".")[0] for module in modules}


def formats(modules: set[str]) -> set[str]:
    names = {format_.value.replace("-", "_") for format_ in Format}
    return {module.rpartition(".")[2] for module in modules if module.startswith("padlint.report.")} & names


@pytest.fixture(scope="module")
def without_keras(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plots")
    (folder / "plot.py").write_text("import matplotlib\n")
    return imported(folder, ".")


@pytest.fixture(scope="module")
def with_keras(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    (folder / "model.py").write_text(MODEL)
    return folder, imported(folder, ".")


def test_nothing_that_padlint_lints_for_is_ever_imported(without_keras, with_keras):
    libraries = {"tensorflow", "keras", "tf_keras", "numpy"}
    assert not libraries & packages(without_keras)
    assert not libraries & packages(with_keras[1])


def test_no_parser_where_there_is_nothing_to_parse(without_keras):
    assert not {"libcst", "multiprocessing"} & packages(without_keras)
    assert not [module for module in without_keras if module.startswith(("padlint.python.", "padlint.flow."))]
    assert "padlint.analysis" not in without_keras


def test_a_parser_where_there_is_something(with_keras):
    _, modules = with_keras
    assert "libcst" in packages(modules)


def test_no_second_process_for_a_single_file(with_keras):
    _, modules = with_keras
    assert "multiprocessing" not in packages(modules)


def test_no_fixes_where_there_is_nothing_to_fix(tmp_path):
    (tmp_path / "model.py").write_text(MODEL.replace("100, 8", "100, 8, mask_zero=True"))
    modules = imported(tmp_path, ".")
    assert "padlint.analysis" in modules
    assert "padlint.fixes.plan" not in modules


def test_no_proof_that_nobody_asked_for(with_keras):
    _, modules = with_keras
    assert not [module for module in modules if module.startswith("padlint.confirm")]


def test_no_parser_where_nothing_has_changed(with_keras):
    folder, _ = with_keras
    again = imported(folder, ".")
    assert "libcst" not in packages(again)
    assert "padlint.analysis" not in again


def test_nothing_that_reads_archives_for_the_rules_pages(without_keras):
    assert not {"zipfile", "importlib.resources"} & without_keras


def test_no_terminal_library_where_there_is_no_terminal(without_keras, with_keras):
    assert not {"rich", "pygments"} & (packages(without_keras) | packages(with_keras[1]))


def test_no_conversion_of_what_is_text_already(with_keras):
    folder, _ = with_keras
    assert "pydantic" not in packages(imported(folder, ".", "--select", "PAD101", "--output-format", "concise"))


@pytest.mark.parametrize("format_", ["json", "sarif", "github", "concise"])
def test_the_format_that_is_asked_for_and_what_it_is_made_of(with_keras, format_):
    folder, _ = with_keras
    made_of = {"sarif": {"sarif"}, "json": {"json"}, "github": {"github", "concise"}, "concise": {"concise"}}
    assert formats(imported(folder, "--output-format", format_, ".")) <= made_of[format_]


def test_patterns_that_need_no_expressions_import_none(without_keras):
    assert "pathspec" not in packages(without_keras)
