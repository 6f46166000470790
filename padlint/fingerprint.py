"""What stays the same about a finding when lines move: its file, its rule, and the text of its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import TypeAlias

from padlint.finding import Finding

_DIGITS = 16


Lines: TypeAlias = Callable[[str, int], tuple[str, ...]]
"""The lines of a file, or of one of its cells, by the path that the user sees; empty when they cannot be read."""


def line_text(finding: Finding, lines: Lines) -> str:
    """Return the line where a finding starts, its runs of blanks made one; "" when it cannot be read."""
    text = lines(finding.span.path, finding.span.cell)
    row = finding.span.start.row
    return " ".join(text[row - 1].split()) if 1 <= row <= len(text) else ""


def fingerprint(path: str, code: str, text: str) -> str:
    """Return a short digest of a finding's file, rule and line."""
    return sha256(f"{path}\0{code}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def numbered(fingerprints: Iterable[str]) -> Iterator[str]:
    """Yield each fingerprint with its occurrence, `digest:1`, `digest:2`, so that none comes twice."""
    seen: Counter[str] = Counter()
    for digest in fingerprints:
        seen[digest] += 1
        yield f"{digest}:{seen[digest]}"
