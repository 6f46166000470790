"""The nearest right name, for messages about a wrong one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the one of `words` that `word` most likely meant, or None when none is as near as `cutoff` (0 to 1)."""
    by_folded = {candidate.casefold(): candidate for candidate in sorted(words, reverse=True)}
    found = get_close_matches(word.casefold(), list(by_folded), n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


def suggestion(word: str, words: Iterable[str]) -> str:
    """Return ", did you mean NAME?" for the nearest of `words`, or "" when none is near."""
    found = nearest(word, words)
    return f", did you mean `{found}`?" if found else ""
