"""Put observations into the words of the rule pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from padlint.catalogue import Rule
from padlint.finding import Finding
from padlint.flow.observation import Observation


def findings(observations: Iterable[Observation], pages: Mapping[str, Rule]) -> Iterator[Finding]:
    """Yield a finding for each observation whose kind has a page.

    Args:
        pages: the rules by the kind of observation that they report.
    """
    for seen in observations:
        page = pages.get(seen.kind)
        if page is not None:
            yield in_words(seen, page)


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
