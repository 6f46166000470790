"""GitHub workflow commands: each finding becomes an annotation, errors first, for only the first ten of a kind show."""

from __future__ import annotations

from collections.abc import Iterator

from padlint.finding import Finding, Severity
from padlint.report import Report
from padlint.report.place import shown_place
from padlint.report.proof import proof_text

_SHOWN_PER_STEP = 10
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(report: Report) -> Iterator[str]:
    """Yield a workflow command for each finding, and how many of them GitHub will not show."""
    for severity in Severity:
        for finding in report.findings:
            if finding.severity is severity:
                yield _command(finding)
    dropped = sum(
        max(0, sum(finding.severity is severity for finding in report.findings) - _SHOWN_PER_STEP)
        for severity in Severity
    )
    if dropped:
        yield f"{dropped} not shown as annotations: GitHub shows {_SHOWN_PER_STEP} of each severity\n"


def _command(finding: Finding) -> str:
    span = finding.span
    columns = f",col={span.start.column}" if span.start.row == span.end.row else ""
    end_column = f",endColumn={span.end.column}" if columns else ""
    title = _property(f"padlint ({finding.code})")
    position = f"line={span.start.row}{columns},endLine={span.end.row}{end_column}"
    if span.cell:
        position = "line=1,col=1,endLine=1,endColumn=1"
    proof = f" ({proof_text(finding.confirmation)})" if finding.confirmation is not None else ""
    text = _data(f"{shown_place(span)}: {finding.code} {finding.message}{proof}")
    return f"::{_COMMANDS[finding.severity]} title={title},file={_property(span.path)},{position}::{text}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
