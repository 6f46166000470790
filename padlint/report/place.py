"""How a place is written: `path:row:column`, and `path:cell 2:row:column` in a notebook."""

from __future__ import annotations

from padlint.finding import Applicability, Finding, Span


def shown_path(span: Span) -> str:
    """Return the path, with the cell when the file is a notebook."""
    return f"{span.path}:cell {span.cell}" if span.cell else span.path


def shown_place(span: Span) -> str:
    """Return where a span starts, as editors and terminals parse it."""
    return f"{shown_path(span)}:{span.start.row}:{span.start.column}"


def fixable_mark(finding: Finding) -> str:
    """Return the mark of a finding that `--fix` repairs unasked, or ""."""
    return "[*] " if finding.fix is not None and finding.fix.applicability is Applicability.SAFE else ""
