"""pylint's parseable lines, which many CI servers read."""

from __future__ import annotations

from collections.abc import Iterator

from padlint.report import Report
from padlint.report.place import shown_path


def render(report: Report) -> Iterator[str]:
    """Yield `path:row: [CODE] message` for each finding."""
    for finding in report.findings:
        yield f"{shown_path(finding.span)}:{finding.span.start.row}: [{finding.code}] {finding.message}\n"
