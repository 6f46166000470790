"""One line a finding, as editors and quickfix lists parse it."""

from __future__ import annotations

from collections.abc import Iterator

from padlint.report import Report
from padlint.report.palette import PLAIN, Palette, paint
from padlint.report.place import fixable_mark, shown_place


def render(report: Report, palette: Palette = PLAIN) -> Iterator[str]:
    """Yield `path:row:column: CODE message` for each finding."""
    for finding in report.findings:
        place = paint(palette.strong, shown_place(finding.span))
        code = palette.severity(finding.severity, finding.code)
        yield f"{place}: {code} {fixable_mark(finding)}{finding.message}\n"
