"""GitLab Code Quality: a JSON array whose fingerprints survive moved lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from padlint.finding import Finding, Severity
from padlint.fingerprint import fingerprint, line_text, numbered
from padlint.report import Report
from padlint.report.plain import Json

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(report: Report) -> Iterator[str]:
    """Yield the array."""
    digests = numbered(
        fingerprint(finding.span.path, finding.code, line_text(finding, report.lines)) for finding in report.findings
    )
    entries = [_entry(finding, digest) for finding, digest in zip(report.findings, digests, strict=True)]
    yield json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def _entry(finding: Finding, digest: str) -> Mapping[str, Json]:
    row = 1 if finding.span.cell else finding.span.start.row
    last = 1 if finding.span.cell else finding.span.end.row
    cell = f" (cell {finding.span.cell}, line {finding.span.start.row})" if finding.span.cell else ""
    return {
        "description": f"{finding.code} {finding.name}: {finding.message}{cell}",
        "check_name": finding.code,
        "fingerprint": digest,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": finding.span.path.removeprefix("./"), "lines": {"begin": row, "end": last}},
    }
