"""JUnit XML: a test suite for each file, a failure for each finding, one passing case when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree as ET

from padlint.finding import Finding
from padlint.report import Report
from padlint.report.place import shown_place
from padlint.report.proof import proof_text

_PACKAGE = "org.padlint"


def render(report: Report) -> Iterator[str]:
    """Yield the document."""
    root = ET.Element(
        "testsuites", name="padlint", tests=str(max(1, len(report.findings))), failures=str(len(report.findings))
    )
    if not report.findings:
        suite = ET.SubElement(root, "testsuite", name="padlint", tests="1", failures="0", package=_PACKAGE)
        ET.SubElement(suite, "testcase", name="No findings")
    for path, group in groupby(report.findings, key=lambda finding: finding.span.path):
        _suite(root, path, tuple(group))
    ET.indent(root)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, path: str, findings: tuple[Finding, ...]) -> None:
    count = str(len(findings))
    suite = ET.SubElement(root, "testsuite", name=_printable(path), tests=count, failures=count, package=_PACKAGE)
    for finding in findings:
        start = finding.span.start
        case = ET.SubElement(
            suite,
            "testcase",
            name=f"{finding.code} {finding.name}",
            classname=_printable(path),
            line=str(start.row),
            column=str(start.column),
        )
        message = _printable(finding.message)
        failure = ET.SubElement(case, "failure", message=message, type=finding.severity.value)
        proof = f"\n{_printable(proof_text(finding.confirmation))}" if finding.confirmation is not None else ""
        failure.text = f"{_printable(shown_place(finding.span))}: {message}{proof}"


def _printable(text: str) -> str:
    """Replace what XML 1.0 cannot hold."""
    return "".join(
        c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "\ufffd"
        for c in text
    )
