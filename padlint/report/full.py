"""Each finding with the lines that it is about: where it was padded, where the mask went missing, who reads it."""

from __future__ import annotations

from collections.abc import Iterator

from padlint.dataclass import dataclass
from padlint.finding import Finding
from padlint.fingerprint import Lines
from padlint.report import Report
from padlint.report.excerpt import Label, excerpt
from padlint.report.palette import PLAIN, Palette, paint
from padlint.report.place import fixable_mark
from padlint.report.proof import proof_text


def render(report: Report, palette: Palette = PLAIN) -> Iterator[str]:
    """Yield each finding as a block of text, blocks separated by an empty line."""
    for finding in report.findings:
        yield "\n".join([*_block(finding, report.lines, palette), "", ""])


def _block(finding: Finding, lines: Lines, palette: Palette) -> Iterator[str]:
    title = palette.severity(finding.severity, f"{finding.severity}[{finding.code} {finding.name}]")
    yield f"{title}: {fixable_mark(finding)}{paint(palette.strong, finding.message)}"
    view = excerpt(_labels(finding), lines, palette, finding.severity)
    yield from view.text
    margin = " " * (view.gutter + 1)
    yield margin + paint(palette.frame, "|")
    mark = margin + paint(palette.frame, "=")
    for note in _notes(finding):
        first, *more = note.text.splitlines()
        yield f"{mark} {paint(palette.strong, note.kind)}: {first}"
        for line in more:
            yield f"{margin}  {' ' * len(note.kind)}  {line}"


def _labels(finding: Finding) -> Iterator[Label]:
    """Yield what to point at: the finding's own place first, then each step of the route that adds something."""
    here: list[str] = []
    elsewhere: list[Label] = []
    for step in finding.trace:
        if step.span == finding.span:
            here.append(step.message)
        else:
            elsewhere.append(Label(step.span, step.message, primary=False))
    yield Label(finding.span, "; ".join(here), primary=True)
    yield from elsewhere


@dataclass(frozen=True, slots=True)
class _Note:
    kind: str
    text: str


def _notes(finding: Finding) -> Iterator[_Note]:
    if finding.help:
        yield _Note("help", finding.help)
    if finding.fix is not None:
        yield _Note("fix", f"{finding.fix.message} ({finding.fix.applicability})")
    elif finding.unfixed:
        yield _Note("note", f"no fix: {finding.unfixed}")
    if finding.trace or finding.consumer:
        yield _Note("note", f"confidence: {finding.confidence}")
    if finding.confirmation is not None:
        yield _Note("proof", proof_text(finding.confirmation))
    yield _Note("note", f"`padlint rule {finding.code}` explains this rule")
