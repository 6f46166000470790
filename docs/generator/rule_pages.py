"""The pages of the rules, as they are read on the web: with their facts, and with what padlint says of the example."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from padlint.catalogue import EVERYTHING, Catalogue, Rule
from padlint.config import Configurations
from padlint.report import Format, reporter
from padlint.session import Request, run

FAMILIES = {
    "PAD1": "Recurrent layers",
    "PAD2": "Attention",
    "PAD3": "Pooling, last steps and convolutions",
    "PAD4": "Losses",
    "PAD5": "How sequences are padded",
    "PAD9": "What was read",
}

_INDEX = """\
<!-- Generated from rules/ by `make docs`. -->

# Rules

The first digit says what reads the padding. A rule that is off by default is turned on with `--extend-select CODE`, or
with [`extend-select`](options.md#extend-select) in the configuration. `padlint rule CODE` prints a rule's page.
"""

_PAGE = """\
<!-- Generated from rules/{rule.code}.md by `make docs`. -->

# {rule.name} ({rule.code})

| default | severity | since | tags |
|---|---|---|---|
| {default} | {severity} | {rule.since} | {tags} |
{body}"""

_BAD = "```python bad\n"
_CLOSING = "\n```\n"


def rule_index(catalogue: Catalogue) -> str:
    """Return the index of the rules, by what reads the padding."""
    sections = (
        f"\n## {FAMILIES[family]}\n\n" + "\n".join(rule_table(rules, "rules/")) + "\n"
        for family, rules in groupby(catalogue, key=lambda rule: rule.code[: len("PAD1")])
    )
    return _INDEX + "".join(sections)


def rule_table(rules: Iterable[Rule], folder: str) -> Iterator[str]:
    """Yield the rows of a table of rules whose pages are in a folder."""
    yield "| code | name | what it reports | default |"
    yield "|---|---|---|---|"
    for rule in rules:
        yield f"| [{rule.code}]({folder}{rule.code}.md) | {rule.name} | {rule.summary} | {_switch(rule)} |"


def rule_page(rule: Rule, catalogue: Catalogue) -> str:
    """Return the page of one rule."""
    _, _, body = rule.body.partition("\n")
    body = _with_report(body.replace("](../docs/", "](../"), rule, catalogue)
    for verdict in ("bad", "good", "fixed"):
        body = body.replace(f"```python {verdict}\n", "```python\n")
    severity = rule.severity or "error or warning, by what it costs"
    return _PAGE.format(rule=rule, default=_switch(rule), severity=severity, tags=", ".join(rule.tags), body=body)


def _switch(rule: Rule) -> str:
    return "on" if rule.default else "off"


def _with_report(body: str, rule: Rule, catalogue: Catalogue) -> str:
    """Return a page's text with the report on its first bad example behind that."""
    before, _, rest = body.partition(_BAD)
    program, _, after = rest.partition(_CLOSING)
    said = _report(_unmarked(program, rule), rule, catalogue)
    return f"{before}{_BAD}{program}{_CLOSING}\npadlint says:\n\n```text\n{said}\n```\n{after}"


def _unmarked(program: str, rule: Rule) -> str:
    """Return an example without the comments that say what must be reported where."""
    return "".join(f"{line.split(f'# {rule.code}')[0].rstrip()}\n" for line in program.splitlines())


def _report(program: str, rule: Rule, catalogue: Catalogue) -> str:
    """Return what padlint prints of a program about one rule."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "example.py").write_text(program, encoding="utf-8")
        # PAD902 judges comments about other rules, so those have to run as well.
        configurations = Configurations({"select": [EVERYTHING]}, isolated=True, working_folder=folder)
        report = run(Request(("example.py",), configurations, folder), catalogue)
        shown = replace(report, findings=tuple(each for each in report.findings if each.code == rule.code))
        return "".join(reporter(Format.FULL)(shown)).strip("\n")
