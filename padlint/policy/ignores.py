"""Comments that silence findings, and the findings that they silence.

`# padlint: ignore[PAD101, mask-dropped] reason` covers the statement that it stands in or, on a line of its own, the
one below. `# padlint: ignore-file[PAD101]` covers the file. `# noqa: PAD101` is accepted; a bare `# noqa` is not.
Comments are found by the standard library's tokenizer, so text in strings is never taken for one.
"""

from __future__ import annotations

import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import StringIO

from padlint.catalogue import Catalogue, Rule, UnknownRule
from padlint.finding import Applicability, Confidence, Edit, Finding, Fix, Position, Severity, Span
from padlint.sources.source import Cell, Source

UNUSED = "unused-ignore"
IGNORE = "ignore"
IGNORE_FILE = "ignore-file"
NOQA = "noqa"
_PREFIX = "padlint:"


@dataclass(frozen=True, slots=True)
class Pragma:
    """An ignore comment.

    Args:
        keyword: `ignore`, `ignore-file` or `noqa`.
        selectors: the codes, prefixes or names that it lists, as written.
        reason: what the user wrote after them.
        span: the pragma within its comment, from its `#`.
        foreign: codes of other tools in the same `# noqa:`.
        gap: the column where the blanks before it begin.
        alone: whether it is all that stands in its row.
        rows: the first and last row of the statement that it covers; None when it covers the whole file.
    """

    keyword: str
    selectors: tuple[str, ...]
    reason: str
    foreign: tuple[str, ...]
    span: Span
    gap: int
    alone: bool
    rows: tuple[int, int] | None

    def covers(self, finding: Finding) -> bool:
        """Whether the finding starts in the statement, or the file, that the comment is about."""
        if finding.span.path != self.span.path:
            return False
        if self.rows is None:
            return True
        first, last = self.rows
        return finding.span.cell == self.span.cell and first <= finding.span.start.row <= last


@dataclass(frozen=True, slots=True)
class Silence:
    """What the ignore comments of a file did: the findings that are left, the comments' own included, and the rest."""

    kept: tuple[Finding, ...]
    silenced: tuple[Finding, ...]


def pragmas(source: Source) -> Iterator[Pragma]:
    """Yield the ignore comments of a file, in order; what does not tokenise is read as far as it does."""
    for cell in source.cells:
        if _PREFIX in cell.text or NOQA in cell.text.casefold():
            yield from _cell_pragmas(source.path, cell)


def silence(
    findings: Iterable[Finding], comments: Sequence[Pragma], catalogue: Catalogue, enabled: frozenset[str]
) -> Silence:
    """Take out the findings that a comment covers, and find fault with comments that cover none (PAD902).

    Args:
        enabled: the codes of the rules that ran; a comment is not called unused for a rule that did not.
    """
    codes = {comment: [_codes(selector, catalogue) for selector in comment.selectors] for comment in comments}
    used: set[tuple[Pragma, int]] = set()
    kept: list[Finding] = []
    silenced: list[Finding] = []
    for finding in findings:
        matching = {
            (comment, number)
            for comment in comments
            if comment.covers(finding)
            for number, chosen in enumerate(codes[comment])
            if finding.code in chosen
        }
        used |= matching
        (silenced if matching else kept).append(finding)
    rule = catalogue.find(UNUSED)
    if rule.code in enabled:
        unused = (_unused(comment, codes[comment], used, rule, enabled) for comment in comments)
        kept += [finding for finding in unused if finding is not None]
    return Silence(tuple(kept), tuple(silenced))


# Reading comments -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment token: where it starts, and the rows of the statement that it is about."""

    text: str
    row: int
    column: int
    rows: tuple[int, int]


def _cell_pragmas(path: str, cell: Cell) -> Iterator[Pragma]:
    text = cell.text.replace("\r\n", "\n").replace("\r", "\n")
    rows = text.split("\n")
    for comment in _comments(text):
        parts = _parts(comment.text)
        for offset, part in parts:
            written = _parse(part)
            if written is None:
                continue
            start = comment.column + offset
            before = rows[comment.row - 1][: start - 1]
            yield Pragma(
                written.keyword,
                written.selectors,
                written.reason,
                written.foreign,
                _row_span(path, cell, comment.row, start, start + len(part.rstrip())),
                gap=len(before.rstrip()) + 1 + cell.indent,
                alone=len(parts) == 1 and not before.strip(),
                rows=None if written.keyword == IGNORE_FILE else comment.rows,
            )


def _row_span(path: str, cell: Cell, row: int, start: int, end: int) -> Span:
    return Span(path, cell.index, Position(row, start + cell.indent), Position(row, end + cell.indent))


def _comments(text: str) -> Iterator[_Comment]:
    """Yield the comments of a text, each with the rows of its logical line, or of the next one when it stands alone."""
    pending: list[tokenize.TokenInfo] = []
    inside: list[tokenize.TokenInfo] = []
    first = 0
    for token in _tokens(text):
        if token.type == tokenize.COMMENT:
            (inside if first else pending).append(token)
        elif token.type == tokenize.NEWLINE:
            rows = (first or token.start[0], token.start[0])
            yield from (_comment(each, rows) for each in (*pending, *inside))
            pending, inside, first = [], [], 0
        elif not first and token.type not in _LAYOUT:
            first = token.start[0]
    for token in (*pending, *inside):
        yield _comment(token, (first or token.start[0], token.start[0]))


_LAYOUT = frozenset((tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER))


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield tokens until the text ends or stops being Python."""
    try:
        yield from tokenize.generate_tokens(StringIO(text).readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _comment(token: tokenize.TokenInfo, rows: tuple[int, int]) -> _Comment:
    row, column = token.start
    return _Comment(token.string, row, column + 1, rows)


def _parts(comment: str) -> list[tuple[int, str]]:
    """Split a comment into the pragmas that share it (`# type: ignore  # padlint: ignore[PAD101]`), with offsets."""
    starts = [
        offset
        for offset, character in enumerate(comment)
        if character == "#" and (offset == 0 or _starts_pragma(comment[offset + 1 :]))
    ]
    return [(start, comment[start:end]) for start, end in zip(starts, [*starts[1:], len(comment)], strict=True)]


def _starts_pragma(text: str) -> bool:
    return text.startswith(" ") or text.casefold().startswith((_PREFIX, NOQA))


@dataclass(frozen=True, slots=True)
class _Written:
    """What a pragma says."""

    keyword: str
    selectors: tuple[str, ...] = ()
    reason: str = ""
    foreign: tuple[str, ...] = ()


def _parse(part: str) -> _Written | None:
    """Read one pragma; None for any other comment."""
    text = part.lstrip("#").strip()
    if text.casefold().startswith(f"{NOQA}:"):
        listed = text[len(NOQA) + 1 :].replace(",", " ").split()
        ours = tuple(code for code in listed if code.startswith("PAD") and code[3:].isdigit())
        return _Written(NOQA, ours, foreign=tuple(code for code in listed if code not in ours)) if ours else None
    if not text.startswith(_PREFIX):
        return None
    keyword, bracket, rest = text[len(_PREFIX) :].strip().partition("[")
    listed_text, closed, reason = rest.partition("]")
    first, *others = keyword.split() or [""]
    if first not in (IGNORE, IGNORE_FILE):
        return None
    if not (bracket and closed) or others:
        return _Written(first)
    selectors = tuple(selector for each in listed_text.split(",") if (selector := each.strip()))
    return _Written(first, selectors, reason.strip())


# Judging comments -----------------------------------------------------------------------------------------------


def _codes(selector: str, catalogue: Catalogue) -> frozenset[str]:
    try:
        return frozenset(rule.code for rule in catalogue.matching(selector))
    except UnknownRule:
        return frozenset()


def _unused(
    comment: Pragma,
    codes: Sequence[frozenset[str]],
    used: set[tuple[Pragma, int]],
    rule: Rule,
    enabled: frozenset[str],
) -> Finding | None:
    """Return the finding about what of a comment silences nothing; None when all of it does, or may."""
    idle = [
        number
        for number, chosen in enumerate(codes)
        if (comment, number) not in used and (not chosen or chosen <= enabled)
    ]
    if comment.selectors and not idle:
        return None
    names = ", ".join(f"`{comment.selectors[number]}`" for number in idle)
    message, advice = rule.worded(name=names, reason=_why_idle(comment, codes, idle))
    return Finding(
        rule.code,
        rule.name,
        message,
        rule.severity or Severity.WARNING,
        Confidence.CERTAIN,
        comment.span,
        help=advice,
        fix=_removal(comment, idle),
    )


def _why_idle(comment: Pragma, codes: Sequence[frozenset[str]], idle: Sequence[int]) -> str:
    if not comment.selectors:
        return f"it names no rule; write `{comment.keyword}[PAD101]`"
    where = "in this file" if comment.rows is None else "here"
    return "; ".join(
        f"`{comment.selectors[number]}` is not reported {where}"
        if codes[number]
        else f"no rule is `{comment.selectors[number]}`"
        for number in idle
    )


def _removal(comment: Pragma, idle: Sequence[int]) -> Fix:
    """Return the edit that takes out the selectors at `idle`, and the whole comment when none is left."""
    kept = tuple(selector for number, selector in enumerate(comment.selectors) if number not in idle)
    row = comment.span.start.row
    if kept or comment.foreign:
        edit = Edit(comment.span, _spelled(comment, kept))
    elif comment.alone:
        edit = Edit(replace(comment.span, start=Position(row, 1), end=Position(row + 1, 1)), "")
    else:
        edit = Edit(replace(comment.span, start=Position(row, comment.gap)), "")
    return Fix(Applicability.SAFE, "remove what silences nothing from the comment", (edit,))


def _spelled(comment: Pragma, selectors: Iterable[str]) -> str:
    if comment.keyword == NOQA:
        return f"# noqa: {', '.join((*comment.foreign, *selectors))}"
    return f"# padlint: {comment.keyword}[{', '.join(selectors)}] {comment.reason}".rstrip()
