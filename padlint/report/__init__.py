"""What a run found, and the formats that say it: one module each, imported when it is asked for.

A reporter yields text and prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from padlint.case import Subject
from padlint.catalogue import Catalogue
from padlint.coverage import Coverage
from padlint.dataclass import dataclass
from padlint.finding import Confirmation, Finding
from padlint.fingerprint import Lines
from padlint.report.palette import PLAIN, Palette


class Format(StrEnum):
    """The ways in which a report can be written."""

    FULL = "full"
    CONCISE = "concise"
    GROUPED = "grouped"
    JSON = "json"
    JSON_LINES = "json-lines"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"
    JUNIT = "junit"
    RDJSON = "rdjson"
    PYLINT = "pylint"
    AZURE = "azure"

    @property
    def for_people(self) -> bool:
        """Whether the format is made to be read, not parsed: such a format may be coloured."""
        return self in {Format.FULL, Format.CONCISE, Format.GROUPED}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that went wrong on the way, in one line; `detail` is for who mends padlint."""

    line: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one run.

    Args:
        findings: what to show, sorted by place.
        files: where each file that was linted is, by the path that the user sees.
        failing: how many of the findings are severe enough to make the run fail.
        hidden: findings below the confidence that was asked for.
        ignored: how many a comment silenced.
        baselined: findings that the baseline already knew, sorted by place.
        stale: baseline entries that nothing matches any more, as lines to print.
        troubles: what went wrong on the way; any of them makes the run fail.
        verified: the measured verdicts on consumers that no finding is about.
        crowded: folders of projects that are so large that what nobody named was not read along.
        unmet: what configurations say of layers that no code mentions.
    """

    findings: tuple[Finding, ...]
    catalogue: Catalogue
    lines: Lines
    files: Mapping[str, Path] = field(default_factory=dict)
    failing: int = 0
    hidden: tuple[Finding, ...] = ()
    ignored: int = 0
    baselined: tuple[Finding, ...] = ()
    stale: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    verified: Mapping[Subject, Confirmation] = field(default_factory=dict)
    crowded: tuple[Path, ...] = ()
    unmet: tuple[str, ...] = ()


Reporter: TypeAlias = Callable[[Report], Iterator[str]]
"""Yield the text of a report in pieces, line ends included."""


def reporter(chosen: Format, palette: Palette = PLAIN) -> Reporter:
    """Return the reporter of a format, importing its module; only formats for people use the palette."""
    render: Callable[..., Iterator[str]] = import_module(f"padlint.report.{chosen.replace('-', '_')}").render
    return partial(render, palette=palette) if chosen.for_people else render
