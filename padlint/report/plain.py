"""A finding as plain data, in ruff's shape with padlint's own keys beside. Keys are only ever added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from padlint.catalogue import page_url
from padlint.finding import Confirmation, Consumer, Edit, Finding, Fix, Position, Span, TraceStep

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


def finding_object(finding: Finding) -> Mapping[str, Json]:
    """Return a finding as plain data: rows and columns 1-based, columns in code points, ends exclusive."""
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        **_place(finding.span),
        "url": page_url(finding.code),
        "help": finding.help,
        "fix": None if finding.fix is None else _fix(finding.fix),
        "trace": [_step(step) for step in finding.trace],
        "consumer": None if finding.consumer is None else _consumer(finding.consumer),
        "confirmation": None if finding.confirmation is None else confirmation_object(finding.confirmation),
    }


def _place(span: Span) -> Mapping[str, Json]:
    return {
        "filename": span.path,
        "cell": span.cell or None,
        "location": _position(span.start),
        "end_location": _position(span.end),
    }


def _position(position: Position) -> Mapping[str, Json]:
    return {"row": position.row, "column": position.column}


def _step(step: TraceStep) -> Mapping[str, Json]:
    return {"role": step.role.value, "message": step.message, **_place(step.span)}


def _consumer(consumer: Consumer) -> Mapping[str, Json]:
    return {"layer": consumer.layer, "family": consumer.family.value}


def _fix(fix: Fix) -> Mapping[str, Json]:
    return {
        "applicability": fix.applicability.value,
        "message": fix.message,
        "edits": [_edit(edit) for edit in fix.edits],
    }


def _edit(edit: Edit) -> Mapping[str, Json]:
    return {"content": edit.content, **_place(edit.span)}


def confirmation_object(confirmation: Confirmation) -> Mapping[str, Json]:
    """Return a measured verdict as plain data."""
    return {
        "status": confirmation.status.value,
        "reason": confirmation.reason,
        "leak": confirmation.leak,
        "shift": confirmation.shift,
        "token_share": confirmation.token_share,
        "steps": confirmation.steps,
        "mask": None if confirmation.mask is None else confirmation.mask.value,
    }
