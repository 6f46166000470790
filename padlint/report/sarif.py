"""SARIF 2.1.0 as GitHub code scanning reads it: the route as a code flow, fingerprints that survive moved lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePath
from urllib.parse import quote

from padlint import __version__
from padlint.catalogue import Catalogue, Rule
from padlint.finding import Confidence, Finding, Severity, Span
from padlint.fingerprint import Lines, fingerprint, line_text, numbered
from padlint.report import Report
from padlint.report.linehash import line_hashes
from padlint.report.place import shown_place
from padlint.report.plain import Json, confirmation_object
from padlint.report.proof import proof_text

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LONGEST_TEXT = 1024
_PRECISIONS = {Confidence.CERTAIN: "very-high", Confidence.LIKELY: "high", Confidence.POSSIBLE: "low"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}


def render(report: Report) -> Iterator[str]:
    """Yield the log. Findings that the baseline knew are in it, marked as unchanged and suppressed."""
    log: Json = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(report.catalogue)},
                "columnKind": "unicodeCodePoints",
                "results": list(_results(report)),
            }
        ],
    }
    yield json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _driver(catalogue: Catalogue) -> Mapping[str, Json]:
    return {
        "name": "padlint",
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in catalogue],
    }


def _rule(rule: Rule) -> Mapping[str, Json]:
    severity = rule.severity or Severity.WARNING
    summary = (rule.summary or rule.name)[:_LONGEST_TEXT]
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": summary},
        "help": {"text": rule.body, "markdown": rule.body},
        "defaultConfiguration": {"enabled": rule.default, "level": severity.value},
        "properties": {"tags": list(rule.tags), "problem.severity": _PROBLEMS[severity], "precision": "high"},
    }


def _results(report: Report) -> Iterator[Mapping[str, Json]]:
    """Yield a result for each finding, new ones and those of the baseline alike."""
    known = set(map(id, report.baselined))
    findings = sorted((*report.findings, *report.baselined), key=lambda finding: (finding.span, finding.code))
    digests = numbered(
        fingerprint(finding.span.path, finding.code, line_text(finding, report.lines)) for finding in findings
    )
    numbers = {rule.code: number for number, rule in enumerate(report.catalogue)}
    hashes = _primary_hashes(findings, report.lines)
    for finding, digest, primary in zip(findings, digests, hashes, strict=True):
        result: dict[str, Json] = {
            "ruleId": finding.code,
            "ruleIndex": numbers.get(finding.code, -1),
            "level": finding.severity.value,
            "message": {"text": _message(finding)},
            "locations": [_location(finding.span)],
            "partialFingerprints": {"primaryLocationLineHash": primary, "padlint/v1": digest},
            "properties": _properties(finding),
        }
        if finding.trace:
            result["codeFlows"] = [_code_flow(finding)]
        if report.baselined:
            result["baselineState"] = "unchanged" if id(finding) in known else "new"
        if id(finding) in known:
            result["suppressions"] = [{"kind": "external", "justification": "in the baseline"}]
        yield result


def _properties(finding: Finding) -> Mapping[str, Json]:
    measured = {} if finding.confirmation is None else {"confirmation": confirmation_object(finding.confirmation)}
    return {"confidence": finding.confidence.value, "precision": _PRECISIONS[finding.confidence], **measured}


def _primary_hashes(findings: Sequence[Finding], lines: Lines) -> Iterator[str]:
    """Yield the fingerprint that GitHub computes of the line that each finding starts in.

    A finding in a notebook is placed at the first line of a file that GitHub sees as JSON, so its line is hashed in
    the text of its cell.
    """
    for (path, cell), group in groupby(findings, key=lambda finding: (finding.span.path, finding.span.cell)):
        hashes = line_hashes(lines(path, cell))
        for finding in group:
            row = finding.span.start.row
            yield hashes[row - 1] if 1 <= row <= len(hashes) else f"{0:x}:1"


def _message(finding: Finding) -> str:
    cell = f" ({shown_place(finding.span)})" if finding.span.cell else ""
    help_text = f"\n\n{finding.help}" if finding.help else ""
    proof = f"\n\n{proof_text(finding.confirmation)}" if finding.confirmation is not None else ""
    return f"{finding.message}{cell}{help_text}{proof}"


def _location(span: Span, message: str = "") -> Mapping[str, Json]:
    location: dict[str, Json] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(span.path)}, "region": _region(span)}
    }
    return location | ({"message": {"text": message}} if message else {})


def _uri(path: str) -> str:
    """Return a relative reference; a path outside of the working folder stays absolute."""
    posix = PurePath(path).as_posix()
    return quote(f"file://{posix}" if posix.startswith("/") else posix, safe="/:" if posix.startswith("/") else "/")


def _region(span: Span) -> Mapping[str, Json]:
    if span.cell:
        return {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    return {
        "startLine": span.start.row,
        "startColumn": span.start.column,
        "endLine": span.end.row,
        "endColumn": span.end.column,
    }


def _code_flow(finding: Finding) -> Mapping[str, Json]:
    steps: list[Json] = [
        {"location": _location(step.span, step.message or step.role.value), "kinds": [step.role.value]}
        for step in finding.trace
    ]
    return {"threadFlows": [{"locations": steps}]}
