"""Count what a report holds: findings by rule, models by how far they were read, and what measuring came to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from padlint.coverage import Coverage
from padlint.finding import Confirmation, Verdict
from padlint.report import Report


def statistics_text(report: Report) -> Iterator[str]:
    """Yield the counts as lines to read."""
    counts = _by_rule(report)
    width = max((len(str(count)) for count in counts.values()), default=0)
    for (code, name), count in counts.most_common():
        yield f"{count:>{width}}  {code}  {name}\n"
    if report.coverage.kinds:
        yield from _models_read(report.coverage)


def statistics_json(report: Report) -> Iterator[str]:
    """Yield the counts as one JSON object; `measured` is there when anything was to be measured."""
    counts = {
        "findings": [
            {"code": code, "name": name, "count": count} for (code, name), count in _by_rule(report).most_common()
        ],
        "models": [
            {"kind": tally.kind, "found": tally.found, "read_whole": tally.resolved} for tally in report.coverage.kinds
        ],
        "not_read_whole": [
            {"reason": reason, "count": count} for reason, count in _reasons(report.coverage).most_common()
        ],
        **_measured(report),
    }
    yield json.dumps(counts, ensure_ascii=False, indent=2) + "\n"


def _by_rule(report: Report) -> Counter[tuple[str, str]]:
    return Counter((finding.code, finding.name) for finding in report.findings)


def _models_read(coverage: Coverage) -> Iterator[str]:
    """Say how many models of each kind were read whole, and what stood in the way of the others."""
    rows = [(tally.kind, tally.found, tally.resolved, tally.found - tally.resolved) for tally in coverage.kinds]
    yield f"\n{'models':<12}{'found':>7}{'read whole':>12}{'given up on':>13}\n"
    for kind, found, whole, given_up in rows:
        yield f"{kind:<12}{found:>7}{whole:>12}{given_up:>13}\n"
    reasons = _reasons(coverage)
    if reasons:
        yield "\nnot read whole because of\n"
    for reason, count in reasons.most_common():
        yield f"{count:>5}  {reason}\n"


def _reasons(coverage: Coverage) -> Counter[str]:
    return Counter(reason for given_up in coverage.given_up for reason in given_up.reasons)


def _measured(report: Report) -> Mapping[str, object]:
    about_findings = [finding.confirmation for finding in report.findings if finding.confirmation is not None]
    if not about_findings and not report.verified:
        return {}
    return {"measured": {"findings": _verdicts(about_findings), "elsewhere": _verdicts(report.verified.values())}}


def _verdicts(measured: Iterable[Confirmation]) -> Mapping[str, int]:
    counts = Counter(each.status for each in measured)
    return {verdict.value: counts[verdict] for verdict in Verdict}
