"""What linting came to before any policy is applied: all that a cache must keep, or a worker send back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from padlint.case import Case
from padlint.coverage import Coverage
from padlint.dataclass import dataclass
from padlint.finding import Finding
from padlint.policy.pragmas import Pragma
from padlint.report import Trouble


@dataclass(frozen=True, slots=True)
class Outcome:
    """What some files came to.

    Args:
        coverage: how much was read of each file, by path.
        imports: which file imports which, by path.
        cases: what can be measured of their models; nothing unless it was asked for.
    """

    findings: tuple[Finding, ...] = ()
    comments: tuple[Pragma, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    imports: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()

    @classmethod
    def sum(cls, outcomes: Iterable[Outcome]) -> Outcome:
        """Put outcomes together."""
        each = tuple(outcomes)
        return cls(
            tuple(finding for outcome in each for finding in outcome.findings),
            tuple(comment for outcome in each for comment in outcome.comments),
            tuple(trouble for outcome in each for trouble in outcome.troubles),
            {path: read for outcome in each for path, read in outcome.coverage.items()},
            {path: imported for outcome in each for path, imported in outcome.imports.items()},
            tuple(case for outcome in each for case in outcome.cases),
        )
