"""A JSON array of findings, in the shape that editors' ruff parsers read."""

from __future__ import annotations

import json
from collections.abc import Iterator

from padlint.report import Report
from padlint.report.plain import finding_object


def render(report: Report) -> Iterator[str]:
    """Yield the array, one finding at a time."""
    if not report.findings:
        yield "[]\n"
        return
    opening = "[\n"
    for finding in report.findings:
        written = json.dumps(finding_object(finding), ensure_ascii=False, indent=2)
        yield opening + "\n".join(f"  {line}" for line in written.splitlines())
        opening = ",\n"
    yield "\n]\n"
