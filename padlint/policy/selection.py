"""Which rules are on, how severe each is, and which findings are sure enough to be shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from padlint.catalogue import EVERYTHING, Catalogue, Rule, UnknownRule
from padlint.config import ConfigError, FailOn, Settings
from padlint.dataclass import dataclass
from padlint.finding import Confidence, Finding, Severity

_LEAST_SPECIFIC = -1
_BY_CONFIDENCE = {confidence: number for number, confidence in enumerate(Confidence)}
_BY_SEVERITY = {severity.value: number for number, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Selected:
    """The rules that one set of settings turns on, and the severities that it changes, both by code."""

    codes: frozenset[str]
    severities: dict[str, Severity]


def selected(settings: Settings, catalogue: Catalogue) -> Selected:
    """Decide which rules are on: the more specific selector wins, and `ignore` wins between equals.

    Raises:
        ConfigError: a selector, or a key of `severity` or `per-file-ignores`, names no rule.
    """
    try:
        for selectors in settings.per_file_ignores.values():
            for selector in selectors:
                catalogue.matching(selector)
        severities = {catalogue.find(key).code: severity for key, severity in settings.severity.items()}
        return Selected(frozenset(rule.code for rule in catalogue if _is_on(rule, settings, catalogue)), severities)
    except UnknownRule as error:
        raise ConfigError(f"{_origin(settings, error.selector)}: {error}") from error


def _is_on(rule: Rule, settings: Settings, catalogue: Catalogue) -> bool:
    if rule.preview and not settings.preview:
        return False
    chosen = _specificity(rule, (*(settings.select or ()), *settings.extend_select), catalogue)
    if settings.select is None and rule.default:
        chosen = max(chosen, 0)
    return chosen > _specificity(rule, settings.ignore, catalogue)


def _specificity(rule: Rule, selectors: Iterable[str], catalogue: Catalogue) -> int:
    """Return how closely the closest of `selectors` names a rule: 0 for `ALL`, -1 when none does."""
    return max(
        (_length(selector, rule) for selector in selectors if rule in catalogue.matching(selector)),
        default=_LEAST_SPECIFIC,
    )


def _length(selector: str, rule: Rule) -> int:
    if selector.strip().upper() == EVERYTHING:
        return 0
    return len(rule.code) if selector.strip().casefold() == rule.name else len(selector.strip())


def _origin(settings: Settings, selector: str) -> str:
    """Return where a wrong selector was written, as far as the settings know."""
    values = {
        "select": settings.select or (),
        "ignore": settings.ignore,
        "extend-select": settings.extend_select,
        "severity": tuple(settings.severity),
        "per-file-ignores": tuple(rule for rules in settings.per_file_ignores.values() for rule in rules),
    }
    key = next((key for key, selectors in values.items() if selector in selectors), "select")
    return f"{settings.origins.get(key, 'configuration')}: `{key}`"


def codes_ignored_in(file: Path, settings: Settings, catalogue: Catalogue) -> frozenset[str]:
    """Return the codes that per-file-ignores silences in a file."""
    return frozenset(rule.code for selector in settings.ignored_in(file) for rule in catalogue.matching(selector))


def with_severity(finding: Finding, severities: dict[str, Severity]) -> Finding:
    """Return the finding with the severity that the settings give its rule."""
    severity = severities.get(finding.code, finding.severity)
    return finding if severity is finding.severity else replace(finding, severity=severity)


def is_sure_enough(finding: Finding, least: Confidence) -> bool:
    """Whether a finding has at least this confidence."""
    return _BY_CONFIDENCE[finding.confidence] <= _BY_CONFIDENCE[least]


def fails(finding: Finding, fail_on: FailOn) -> bool:
    """Whether a finding is severe enough to make the run fail."""
    if fail_on is FailOn.NEVER:
        return False
    return _BY_SEVERITY[finding.severity.value] <= _BY_SEVERITY[fail_on.value]
