"""Findings under the name of their file, rows and columns aligned."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from padlint.report import Report
from padlint.report.palette import PLAIN, Palette, paint
from padlint.report.place import fixable_mark, shown_path


def render(report: Report, palette: Palette = PLAIN) -> Iterator[str]:
    """Yield a heading for each file or cell, its findings below, and an empty line."""
    for path, group in groupby(report.findings, key=lambda finding: shown_path(finding.span)):
        findings = tuple(group)
        yield f"{paint(palette.strong, path)}:\n"
        row_width = max(len(str(finding.span.start.row)) for finding in findings)
        column_width = max(len(str(finding.span.start.column)) for finding in findings)
        for finding in findings:
            start = finding.span.start
            code = palette.severity(finding.severity, finding.code)
            place = f"{start.row:>{row_width}}:{start.column:<{column_width}}"
            yield f"  {place} {code} {fixable_mark(finding)}{finding.message}\n"
        yield "\n"
