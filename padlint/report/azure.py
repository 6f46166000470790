"""Azure Pipelines logging commands."""

from __future__ import annotations

from collections.abc import Iterator

from padlint.finding import Finding, Severity
from padlint.report import Report
from padlint.report.place import shown_place


def render(report: Report) -> Iterator[str]:
    """Yield a `task.logissue` command for each finding."""
    for finding in report.findings:
        cell = f"{shown_place(finding.span)}: " if finding.span.cell else ""
        yield f"##vso[task.logissue {_properties(finding)}]{_data(cell + finding.message)}\n"


def _properties(finding: Finding) -> str:
    span = finding.span
    kind = "error" if finding.severity is Severity.ERROR else "warning"
    row, column = (1, 1) if span.cell else (span.start.row, span.start.column)
    place = f"sourcepath={_property(span.path)};linenumber={row};columnnumber={column}"
    return f"type={kind};{place};code={finding.code};"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(";", "%3B").replace("]", "%5D")
