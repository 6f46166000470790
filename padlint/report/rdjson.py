"""Reviewdog's diagnostic format. Its columns count bytes of UTF-8, as its protocol says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from padlint.finding import Applicability, Finding, Position, Severity, Span
from padlint.fingerprint import Lines
from padlint.report import Report
from padlint.report.place import shown_place
from padlint.report.plain import Json

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}


def render(report: Report) -> Iterator[str]:
    """Yield the document."""
    document = {
        "source": {"name": "padlint"},
        "diagnostics": [_diagnostic(finding, report.lines) for finding in report.findings],
    }
    yield json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _diagnostic(finding: Finding, lines: Lines) -> Mapping[str, Json]:
    cell = f"{shown_place(finding.span)}: " if finding.span.cell else ""
    diagnostic: dict[str, Json] = {
        "message": cell + finding.message,
        "location": {"path": finding.span.path, "range": _range(finding.span, lines)},
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code},
        "relatedLocations": [
            {"message": step.message, "location": {"path": step.span.path, "range": _range(step.span, lines)}}
            for step in finding.trace
        ],
    }
    suggestions = _suggestions(finding, lines)
    return diagnostic | ({"suggestions": suggestions} if suggestions else {})


def _suggestions(finding: Finding, lines: Lines) -> list[Json]:
    """Return the edits that can be offered in place: those in the finding's own file, when it is not a notebook."""
    if finding.fix is None or finding.fix.applicability is Applicability.DISPLAY or finding.span.cell:
        return []
    return [
        {"range": _range(edit.span, lines), "text": edit.content}
        for edit in finding.fix.edits
        if edit.span.path == finding.span.path
    ]


def _range(span: Span, lines: Lines) -> Mapping[str, Json]:
    if span.cell:
        beginning: Mapping[str, Json] = {"line": 1, "column": 1}
        return {"start": beginning, "end": beginning}
    text = lines(span.path, span.cell)
    return {"start": _in_bytes(span.start, text), "end": _in_bytes(span.end, text)}


def _in_bytes(position: Position, text: tuple[str, ...]) -> Mapping[str, Json]:
    line = text[position.row - 1] if position.row <= len(text) else ""
    before = line[: position.column - 1]
    missing = position.column - 1 - len(before)
    return {"line": position.row, "column": len(before.encode("utf-8", "surrogatepass")) + missing + 1}
