"""Put an observation into the words of its rule page."""

from __future__ import annotations

from padlint.catalogue import Rule
from padlint.finding import Finding
from padlint.flow.observation import Observation


def in_words(seen: Observation, page: Rule) -> Finding:
    """Return an observation in the words of its page; the page's severity, where it has one, goes before."""
    message, advice = page.worded(**seen.words)
    return Finding(
        code=page.code,
        name=page.name,
        message=message,
        severity=page.severity or seen.severity,
        confidence=seen.confidence,
        span=seen.span,
        trace=seen.route,
        consumer=seen.consumer,
        help=advice,
    )
