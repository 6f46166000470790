"""What docs/limits.md says that padlint cannot see: when it learns to, the page has to be told."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.finding import Confidence
from padlint.session import Request, run

PAGE = Path(__file__).parents[2] / "docs/limits.md"
PROGRAMS = re.findall(r"^```python (\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def programs(kind: str) -> list[str]:
    return [program for each, program in PROGRAMS if each == kind]


@pytest.fixture
def report(tmp_path: Path):
    def lint(program: str):
        ast.parse(program)
        (tmp_path / "program.py").write_text(program, encoding="utf-8")
        configurations = Configurations(isolated=True, working_folder=tmp_path)
        return run(Request(("program.py",), configurations, tmp_path), load_catalogue())

    return lint


@pytest.mark.parametrize("program", programs("silent"))
def test_nothing_is_found_where_the_page_says_so(program: str, report):
    found = report(program)
    assert (found.findings, found.hidden, found.troubles) == ((), (), ())
    assert found.coverage.files == 1


@pytest.mark.parametrize("program", programs("hidden"))
def test_what_may_leak_is_hidden_and_counted(program: str, report):
    found = report(program)
    assert found.findings == ()
    assert [finding.confidence for finding in found.hidden] == [Confidence.POSSIBLE]


def test_every_program_of_the_page_is_linted():
    assert {kind for kind, _ in PROGRAMS} == {"silent", "hidden"}
    assert len(PROGRAMS) == PAGE.read_text(encoding="utf-8").count("```python")
