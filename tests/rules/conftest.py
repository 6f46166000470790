"""Every fence of every rule page, as a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from padlint.catalogue import Catalogue, Rule, load_catalogue

MARK = "# PAD"


@dataclass(frozen=True)
class Example:
    """A fenced program on a rule's page; `verdict` is what stands behind ```` ```python ````: bad, good or fixed."""

    rule: Rule
    verdict: str
    number: int
    text: str

    @property
    def marked(self) -> list[int]:
        """The rows that the page says must be reported."""
        return [row for row, line in enumerate(self.text.splitlines(), 1) if f"# {self.rule.code}" in line]

    @property
    def program(self) -> str:
        """The text without its marks."""
        return "".join(f"{line.split(MARK)[0].rstrip()}\n" for line in self.text.splitlines())

    def __str__(self) -> str:
        return f"{self.rule.code}-{self.verdict}-{self.number}"


def examples(catalogue: Catalogue) -> Iterator[Example]:
    """Yield the examples of all pages, in order."""
    for rule in catalogue:
        opening, lines = "", []
        number = 0
        for line in rule.body.splitlines():
            if not line.startswith("```"):
                lines.append(line)
            elif opening:
                number += 1
                if opening.startswith("python "):
                    yield Example(rule, opening.removeprefix("python "), number, "\n".join(lines) + "\n")
                opening = ""
            else:
                opening, lines = line.removeprefix("```").strip(), []


@pytest.fixture
def programs():
    """Return the programs on a rule's page that have a verdict."""
    return lambda rule, verdict: [
        case.program for case in examples(load_catalogue()) if (case.rule.code, case.verdict) == (rule.code, verdict)
    ]


def pytest_generate_tests(metafunc):
    """Give tests that ask for it each example, or those of one verdict (`bad_example`)."""
    catalogue = load_catalogue()
    for name in metafunc.fixturenames:
        verdict, _, rest = name.rpartition("_")
        if rest == "example":
            cases = [case for case in examples(catalogue) if verdict in ("", case.verdict)]
            metafunc.parametrize(name, cases, ids=str)
        elif name == "page":
            metafunc.parametrize(name, list(catalogue), ids=lambda rule: rule.code)
