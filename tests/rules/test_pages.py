"""A rule's page is its documentation and its test: what it says of its examples holds."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.flow.observation import PLACEHOLDERS, Kind
from padlint.session import Request, mend, run

HEADINGS = [
    "What it does",
    "Why is this bad?",
    "Example",
    "Use instead",
    "Fix safety",
    "Certainty",
    "References",
]
NOT_PYTHON = {"PAD901"}


@pytest.fixture
def reported(tmp_path: Path):
    """Lint a program with every rule and return (code, row) of what is shown."""

    def lint(program: str) -> list[tuple[str, int]]:
        (tmp_path / "example.py").write_text(program, encoding="utf-8")
        configurations = Configurations({"select": ["ALL"]}, isolated=True, working_folder=tmp_path)
        report = run(Request(("example.py",), configurations, tmp_path), load_catalogue())
        return [(finding.code, finding.span.start.row) for finding in report.findings]

    return lint


@pytest.fixture
def fixed(tmp_path: Path):
    """Fix a program with the rules that are on by default and one more; return it."""

    def fix(program: str, code: str) -> str:
        (tmp_path / "example.py").write_text(program, encoding="utf-8")
        configurations = Configurations({"extend-select": [code]}, isolated=True, working_folder=tmp_path)
        mended = mend(Request(("example.py",), configurations, tmp_path), load_catalogue(), unsafe=True)
        return mended.changes[0].after.decode() if mended.changes else program

    return fix


# Examples ---------------------------------------------------------------------------------------------------------


def test_a_bad_example_is_reported_at_its_marks(bad_example, reported):
    rows = [row for code, row in reported(bad_example.program) if code == bad_example.rule.code]
    assert rows == bad_example.marked
    assert rows != []


def test_a_good_example_is_silent(good_example, reported):
    assert_silent(good_example, reported)


def test_a_fixed_example_is_what_the_fix_makes_of_a_bad_one(fixed_example, fixed, programs):
    rule = fixed_example.rule
    assert fixed_example.program in [fixed(bad, rule.code) for bad in programs(rule, "bad")]


def test_a_page_shows_a_fix_exactly_if_one_is_offered(page, fixed, programs):
    offered = any(fixed(bad, page.code) != bad for bad in programs(page, "bad"))
    assert bool(programs(page, "fixed")) == offered


def test_a_fixed_example_is_silent(fixed_example, reported):
    assert_silent(fixed_example, reported)


def assert_silent(example, reported):
    """An example of what to write has nothing of its own rule, nor of any that is on by default."""
    counted = {rule.code for rule in load_catalogue() if rule.default} | {example.rule.code}
    assert [seen for seen in reported(example.program) if seen[0] in counted] == []


def test_an_example_is_python(example):
    if example.rule.code in NOT_PYTHON and example.verdict == "bad":
        pytest.skip("this page is about what is no Python")
    ast.parse(example.program)


# Pages ------------------------------------------------------------------------------------------------------------


def test_a_page_has_every_heading_in_order(page):
    headings = [line.removeprefix("## ") for line in page.body.splitlines() if line.startswith("## ")]
    assert headings == HEADINGS


def test_a_page_begins_with_its_name_and_says_in_one_sentence_what_is_wrong(page):
    title, _, *_ = page.body.splitlines()
    assert title == f"# {page.name}"
    assert page.summary.endswith(".")
    assert len(page.summary) < 120


def test_a_page_has_a_bad_and_a_good_example(page):
    verdicts = set(re.findall(r"^```python (\w+)$", page.body, re.MULTILINE))
    assert verdicts >= {"bad"}
    assert verdicts & {"good", "fixed"}


def test_a_message_uses_only_words_that_observations_have(page):
    used = set(re.findall(r"{(\w+)}", page.message + page.help))
    assert used <= PLACEHOLDERS


def test_pages_and_kinds_are_one_to_one():
    assert [rule.kind for rule in load_catalogue()] == [kind.value for kind in Kind]


def test_codes_are_the_names_of_the_pages(page):
    assert page.page.name == f"{page.code}.md"


def test_links_between_pages_lead_to_pages(page):
    linked = re.findall(r"\]\((PAD\d+\.md)\)", page.body)
    assert set(linked) <= {f"{rule.code}.md" for rule in load_catalogue()}


def test_front_matter_has_no_key_that_nothing_reads(page):
    front = page.page.read_text(encoding="utf-8").split("+++")[1]
    known = {"code", "name", "kind", "severity", "default", "since", "tags", "message", "help", "pooling"}
    assert set(tomllib.loads(front)) <= known
