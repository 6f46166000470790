"""What the rule pages say, and which of them a selector means."""

from __future__ import annotations

import pytest

from padlint.catalogue import CatalogueError, UnknownRule, load_catalogue
from padlint.finding import Severity

PAGE = """\
+++
code = "{code}"
name = "{name}"
kind = "unmasked"
{extra}
default = true
message = "{{consumer}} reads padding"
+++
# {name}

Padded ids reach a recurrent layer
unmasked. A second sentence.

## What it does
More.
"""


@pytest.fixture
def folder(tmp_path):
    for code, name, extra in (
        ("PAD201", "unmasked-attention", ""),
        ("PAD101", "unmasked-embedding", 'severity = "warning"\ntags = ["mask"]'),
        ("PAD103", "mask-dropped", 'help = "pass `mask=`"'),
    ):
        (tmp_path / f"{code}.md").write_text(PAGE.format(code=code, name=name, extra=extra))
    (tmp_path / "README.md").write_text("not a rule")
    return tmp_path


@pytest.fixture
def catalogue(folder):
    return load_catalogue(folder)


def codes(rules):
    return [rule.code for rule in rules]


def test_rules_come_in_the_order_of_their_codes(catalogue):
    assert codes(catalogue) == ["PAD101", "PAD103", "PAD201"]


def test_a_page_says_all_of_its_rule(catalogue):
    rule = catalogue.find("PAD101")
    assert (rule.name, rule.kind, rule.severity, rule.default) == (
        "unmasked-embedding",
        "unmasked",
        Severity.WARNING,
        True,
    )
    assert (rule.tags, rule.message, rule.help) == (("mask",), "{consumer} reads padding", "")
    assert rule.summary == "Padded ids reach a recurrent layer unmasked. A second sentence."
    assert rule.body.startswith("# unmasked-embedding\n")


def test_a_message_is_worded_with_what_is_known(catalogue):
    assert catalogue.find("PAD103").worded(consumer="`LSTM`") == ("`LSTM` reads padding", "pass `mask=`")
    assert catalogue.find("PAD101").worded(side="left") == (" reads padding", None)


def test_without_a_severity_the_flow_decides(catalogue):
    assert catalogue.find("mask-dropped").severity is None


@pytest.mark.parametrize("written", ["PAD103", "pad103", "mask-dropped", "Mask-Dropped", " PAD103 "])
def test_a_rule_is_found_by_code_or_name_in_any_case(catalogue, written):
    assert catalogue.find(written).code == "PAD103"


@pytest.mark.parametrize(
    ("selector", "meant"),
    [
        ("ALL", ["PAD101", "PAD103", "PAD201"]),
        ("all", ["PAD101", "PAD103", "PAD201"]),
        ("PAD", ["PAD101", "PAD103", "PAD201"]),
        ("pad1", ["PAD101", "PAD103"]),
        ("PAD201", ["PAD201"]),
        ("mask-dropped", ["PAD103"]),
    ],
)
def test_a_selector_is_a_code_a_prefix_a_name_or_all(catalogue, selector, meant):
    assert codes(catalogue.matching(selector)) == meant


@pytest.mark.parametrize(
    ("written", "nearest"), [("PAD102", "PAD1"), ("mask-droped", "mask-dropped"), ("unmasked-embeding", "unmasked-")]
)
def test_a_wrong_selector_gets_the_nearest_right_one(catalogue, written, nearest):
    with pytest.raises(UnknownRule, match=f"unknown rule `{written}`, did you mean `{nearest}"):
        catalogue.matching(written)


@pytest.mark.parametrize("written", ["", "E501", "xyzzy"])
def test_a_selector_that_is_near_nothing_is_unknown_all_the_same(catalogue, written):
    with pytest.raises(UnknownRule, match="`padlint rule` lists them"):
        catalogue.matching(written)


def test_pages_that_were_not_installed_are_missed_at_once(tmp_path):
    with pytest.raises(CatalogueError, match=r"the rule pages are missing: no folder .*; reinstall padlint"):
        load_catalogue(tmp_path / "rules")
    with pytest.raises(CatalogueError, match="holds none"):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("# no front matter", "no front matter"),
        ("+++\ncode = \n+++\n", "PAD999.md: Invalid value"),
        ('+++\ncode = "PAD999"\n+++\n', "PAD999.md: `severity`|PAD999.md: `name` must be a string"),
        (
            PAGE.format(code="PAD999", name="x", extra='severity = "fatal"'),
            "severity `fatal` is none of error, warning",
        ),
        (PAGE.format(code="PAD999", name="x", extra="tags = [1]"), "`tags` must be a list of strings"),
        (PAGE.format(code="PAD999", name="x", extra="").replace("true", '"yes"'), "`default` must be true or false"),
    ],
)
def test_a_malformed_page_is_named_with_what_is_wrong(folder, page, complaint):
    (folder / "PAD999.md").write_text(page)
    with pytest.raises(CatalogueError, match=complaint):
        load_catalogue(folder)
