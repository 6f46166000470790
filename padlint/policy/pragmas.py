"""The ignore comments of a file, and the statements that they are about.

They are found by the standard library's tokenizer, so text in a string is never taken for a comment, and what does not
tokenise is read as far as it does.
"""

from __future__ import annotations

import tokenize
from collections.abc import Iterable, Iterator
from io import StringIO

from padlint.dataclass import dataclass
from padlint.finding import Finding, Position, Span
from padlint.sources.source import Cell, Source

IGNORE = "ignore"
IGNORE_FILE = "ignore-file"
NOQA = "noqa"
_PREFIX = "padlint:"
_LAYOUT = frozenset((tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER))


@dataclass(frozen=True, slots=True)
class Pragma:
    """An ignore comment.

    Args:
        keyword: `ignore`, `ignore-file` or `noqa`.
        selectors: the codes, prefixes or names that it lists, as written.
        reason: what the user wrote after them.
        foreign: codes of other tools in the same `# noqa:`.
        span: the pragma within its comment, from its `#`.
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

    def listing(self, selectors: Iterable[str]) -> str:
        """Return the text of this comment, were it to list these selectors."""
        if self.keyword == NOQA:
            return f"# noqa: {', '.join((*self.foreign, *selectors))}"
        return f"# padlint: {self.keyword}[{', '.join(selectors)}] {self.reason}".rstrip()


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its text from the `#`, and where that is (1-based)."""

    text: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A simple statement, or the head of a compound one, with the comments in it and right above it.

    Args:
        ends: the rows at whose end a comment can stand; not those that end in a string or a backslash.
    """

    first: int
    last: int
    comments: tuple[Comment, ...]
    ends: tuple[int, ...]


def pragmas(source: Source) -> Iterator[Pragma]:
    """Yield the ignore comments of a file, in order."""
    for cell in source.cells:
        if _PREFIX in cell.text or NOQA in cell.text.casefold():
            yield from _cell_pragmas(source.path, cell)


def statements(text: str) -> Iterator[Statement]:
    """Yield the statements of a text; comments after the last of them come with an empty one."""
    comments: list[Comment] = []
    ends: list[int] = []
    first = row = 0
    for token in _tokens(text):
        row, column = token.start
        if token.type == tokenize.COMMENT:
            comments.append(Comment(token.string, row, column + 1))
        elif token.type == tokenize.NEWLINE:
            yield Statement(first or row, row, tuple(comments), (*ends, row))
            comments, ends, first = [], [], 0
        elif token.type == tokenize.NL and first:
            ends.append(row)
        elif not first and token.type not in _LAYOUT:
            first = row
    if comments:
        yield Statement(first or row, row, tuple(comments), tuple(ends))


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield tokens until the text ends or stops being Python."""
    try:
        yield from tokenize.generate_tokens(StringIO(_with_newlines(text)).readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cell_pragmas(path: str, cell: Cell) -> Iterator[Pragma]:
    rows = _with_newlines(cell.text).split("\n")
    for statement in statements(cell.text):
        for comment in statement.comments:
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
                    rows=None if written.keyword == IGNORE_FILE else (statement.first, statement.last),
                )


def _row_span(path: str, cell: Cell, row: int, start: int, end: int) -> Span:
    return Span(path, cell.index, Position(row, start + cell.indent), Position(row, end + cell.indent))


def _parts(comment: str) -> list[tuple[int, str]]:
    """Split a comment into the pragmas that share it (`# type: ignore  # padlint: ignore[PAD101]`), with offsets."""
    starts = [
        offset
        for offset, character in enumerate(comment)
        if character == "#" and (offset == 0 or _starts_pragma(comment[offset + 1 : offset + 1 + len(_PREFIX)]))
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
