"""Edits that silence findings: an ignore comment in each statement that has one (`--add-ignore`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from padlint.dataclass import dataclass
from padlint.finding import Edit, Finding, Position, Span
from padlint.policy.pragmas import IGNORE, Pragma, pragmas, statements
from padlint.sources.source import Source


@dataclass(frozen=True, slots=True)
class Annotation:
    """The edits for one file, and the findings that no comment can be put at."""

    edits: tuple[Edit, ...]
    left: tuple[Finding, ...]


def annotation(source: Source, rows: dict[int, list[str]], findings: Iterable[Finding], reason: str) -> Annotation:
    """Return the edits that put an ignore comment at each finding of a file.

    Args:
        rows: the rows of each cell as the user wrote them: a comment goes to the end of one.
        reason: what to say in the comment; "" says nothing.
    """
    existing = tuple(pragma for pragma in pragmas(source) if pragma.keyword == IGNORE and pragma.selectors)
    by_cell: dict[int, list[Finding]] = {}
    for finding in findings:
        by_cell.setdefault(finding.span.cell, []).append(finding)
    texts = {cell.index: cell.text for cell in source.cells}
    edits: list[Edit] = []
    left: list[Finding] = []
    for index, group in by_cell.items():
        remaining = group
        for statement in statements(texts.get(index, "")):
            here = [each for each in remaining if statement.first <= each.span.start.row <= statement.last]
            place = next((end for end in statement.ends if here and end >= here[0].span.start.row), None)
            if place is not None:
                edits.append(_edit(here, place, rows[index][place - 1], existing, reason))
                remaining = [each for each in remaining if each not in here]
        left += remaining
    return Annotation(tuple(edits), tuple(left))


def _edit(findings: Sequence[Finding], row: int, written: str, existing: Iterable[Pragma], reason: str) -> Edit:
    """Return the edit for one statement: its ignore comment made longer, or a new one at the end of a row."""
    codes = sorted({finding.code for finding in findings})
    comment = next((each for each in existing if each.covers(findings[0])), None)
    if comment is not None:
        return Edit(comment.span, comment.listing((*comment.selectors, *codes)))
    place = findings[0].span
    blanks = Span(place.path, place.cell, Position(row, len(written.rstrip()) + 1), Position(row, len(written) + 1))
    return Edit(blanks, f"  # padlint: {IGNORE}[{', '.join(codes)}] {' '.join(reason.split())}".rstrip())
