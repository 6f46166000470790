"""Lines of source with labelled spans underlined, in the manner of rustc."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from padlint.dataclass import dataclass
from padlint.finding import Severity, Span
from padlint.fingerprint import Lines
from padlint.report.palette import Palette, paint
from padlint.report.place import shown_place

_WIDEST = 160
_LEAD = 40
_TAB = "    "
# Controls, among them those that change the direction of writing, and halves of surrogate pairs.
_UNSEEN = frozenset(("Cc", "Cf", "Cs"))


@dataclass(frozen=True, slots=True)
class Label:
    """A span to underline and what to say of it; the primary one is what the finding is about."""

    span: Span
    text: str
    primary: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Rendered lines, and how wide their row numbers are."""

    text: tuple[str, ...]
    gutter: int


def excerpt(labels: Iterable[Label], lines: Lines, palette: Palette, severity: Severity) -> Excerpt:
    """Render every labelled place, one block a file or cell, that of the first label first.

    Args:
        labels: the primary one first.
        severity: what the primary label is coloured for.
    """
    groups: dict[tuple[str, int], list[Label]] = {}
    for label in labels:
        groups.setdefault((label.span.path, label.span.cell), []).append(label)
    gutter = len(str(max(label.span.start.row for group in groups.values() for label in group)))
    frame = _Frame(gutter, palette, severity, paint(palette.frame, f"{' ' * gutter} |"))
    text = [
        line
        for number, ((path, cell), group) in enumerate(groups.items())
        for line in frame.block(group, lines(path, cell), first=number == 0)
    ]
    return Excerpt(tuple(text), gutter)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The bars, arrows and row numbers around the lines."""

    gutter: int
    palette: Palette
    severity: Severity
    bar: str

    def block(self, labels: Sequence[Label], lines: Sequence[str], *, first: bool) -> Iterator[str]:
        arrow = "-->" if first else ":::"
        yield f"{' ' * self.gutter}{paint(self.palette.frame, arrow)} {shown_place(labels[0].span)}"
        rows = _by_row(labels, len(lines))
        if not rows:
            return
        yield self.bar
        previous = 0
        for row, here in rows.items():
            # What stands for the lines between two labelled rows: the line itself when there is only one.
            if previous and row - previous == 2:
                yield self._numbered(row - 1, _Line(lines[row - 2], 1))
            elif previous and row - previous > 2:
                yield paint(self.palette.frame, "...")
            shown = _Line(lines[row - 1], here[0].span.start.column)
            yield self._numbered(row, shown)
            for label in here:
                yield self._underlined(label, shown)
            previous = row

    def _numbered(self, row: int, line: _Line) -> str:
        left = paint(self.palette.frame, f"{str(row).rjust(self.gutter)} |")
        return f"{left} {line.text}" if line.text else left

    def _underlined(self, label: Label, line: _Line) -> str:
        indent, width = line.underline(label.span)
        text = ("^" if label.primary else "-") * width + (f" {label.text}" if label.text else "")
        painted = self.palette.severity(self.severity, text) if label.primary else paint(self.palette.frame, text)
        return f"{self.bar} {' ' * indent}{painted}"


def _by_row(labels: Sequence[Label], count: int) -> Mapping[int, Sequence[Label]]:
    """Group labels by the row they start in, in the order of their places; drop those outside of the text."""
    rows: dict[int, list[Label]] = {}
    for label in sorted(labels, key=lambda label: (label.span.start.row, label.span.start.column, not label.primary)):
        if 1 <= label.span.start.row <= count:
            rows.setdefault(label.span.start.row, []).append(label)
    return rows


class _Line:
    """A line as the terminal shows it: tabs widened, control characters visible, a long line cut around `column`."""

    def __init__(self, line: str, column: int) -> None:
        self._cut = max(0, column - 1 - _LEAD) if len(line) > _WIDEST else 0
        self._before = "..." if self._cut else ""
        kept = line[self._cut : self._cut + _WIDEST]
        # Most lines are shown as they are.
        self._plain = kept.isascii() and kept.isprintable()
        self._cells = kept if self._plain else list(map(_visible, kept))
        after = "..." if self._cut + _WIDEST < len(line) else ""
        shown = kept if self._plain else "".join(self._cells)
        self.text = f"{self._before}{shown}{after}".rstrip()
        self._end = len(line) + 1

    def underline(self, span: Span) -> tuple[int, int]:
        """Return the width before a span that starts in the line, and of what of it is there, in terminal cells."""
        end = span.end.column if span.end.row == span.start.row else self._end
        first, last = max(0, span.start.column - 1 - self._cut), max(0, end - 1 - self._cut)
        if self._plain:
            shown = len(self._cells)
            return len(self._before) + min(first, shown), max(1, min(last, shown) - first)
        before, inside = self._cells[:first], self._cells[first:last]
        return len(self._before) + sum(map(_width, before)), max(1, sum(map(_width, inside)))


# A program is written in few characters, and a report shows them by the hundred thousand.
@lru_cache(maxsize=512)
def _visible(character: str) -> str:
    import unicodedata  # a library of its own, and most programs hold nothing that has to be looked up

    if character == "\t":
        return _TAB
    if character < " ":
        return chr(0x2400 + ord(character))
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _UNSEEN else character


@lru_cache(maxsize=512)
def _width(text: str) -> int:
    import unicodedata  # as above

    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
