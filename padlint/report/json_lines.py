"""One JSON object a line, each the shape of an entry of the `json` format."""

from __future__ import annotations

import json
from collections.abc import Iterator

from padlint.report import Report
from padlint.report.plain import finding_object


def render(report: Report) -> Iterator[str]:
    """Yield a line for each finding."""
    for finding in report.findings:
        yield json.dumps(finding_object(finding), ensure_ascii=False) + "\n"
