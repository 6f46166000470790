"""Which findings an ignore comment silences, and which comments silence nothing.

`# padlint: ignore[PAD101, mask-dropped] reason` covers the statement that it stands in or, on a line of its own, the
one below. `# padlint: ignore-file[PAD101]` covers the file. `# noqa: PAD101` is accepted; a bare `# noqa` is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from padlint.catalogue import Catalogue, UnknownRule
from padlint.dataclass import dataclass
from padlint.finding import Applicability, Confidence, Edit, Finding, Fix, Position, Severity
from padlint.policy.pragmas import Pragma
from padlint.spelling import nearest

UNUSED = "unused-ignore"


@dataclass(frozen=True, slots=True)
class Silence:
    """What the ignore comments of a file did: the findings that are left, the comments' own included, and the rest."""

    kept: tuple[Finding, ...]
    silenced: tuple[Finding, ...]


def silence(
    findings: Iterable[Finding], comments: Sequence[Pragma], catalogue: Catalogue, enabled: frozenset[str]
) -> Silence:
    """Take out the findings that a comment covers, and find fault with comments that cover none (PAD902).

    Args:
        enabled: the codes of the rules that ran; a comment is not called unused for a rule that did not.
    """
    if not comments:
        return Silence(tuple(findings), ())
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
    if catalogue.find(UNUSED).code in enabled:
        unused = (_unused(comment, codes[comment], used, catalogue, enabled) for comment in comments)
        kept += [finding for finding in unused if finding is not None]
    return Silence(tuple(kept), tuple(silenced))


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
    catalogue: Catalogue,
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
    rule = catalogue.find(UNUSED)
    names = ", ".join(f"`{comment.selectors[number]}`" for number in idle)
    message, advice = rule.worded(name=names, reason=_why_idle(comment, codes, idle, catalogue))
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


def _why_idle(comment: Pragma, codes: Sequence[frozenset[str]], idle: Sequence[int], catalogue: Catalogue) -> str:
    if not comment.selectors:
        return f"it names no rule; write `{comment.keyword}[PAD101]`"
    where = "in this file" if comment.rows is None else "here"
    return "; ".join(
        f"`{comment.selectors[number]}` is not reported {where}"
        if codes[number]
        else f"no rule is `{comment.selectors[number]}`{_meant(comment.selectors[number], catalogue)}"
        for number in idle
    )


def _meant(selector: str, catalogue: Catalogue) -> str:
    """Ask for the rule that a wrong selector may have meant, where that is likelier than any other of its family."""
    found = nearest(selector, (name for rule in catalogue for name in (rule.code, rule.name)), cutoff=0.8)
    return f", did you mean `{found}`?" if found else ""


def _removal(comment: Pragma, idle: Sequence[int]) -> Fix:
    """Return the edit that takes out the selectors at `idle`, and the whole comment when none is left."""
    kept = tuple(selector for number, selector in enumerate(comment.selectors) if number not in idle)
    row = comment.span.start.row
    if kept or comment.foreign:
        edit = Edit(comment.span, comment.listing(kept))
    elif comment.alone:
        edit = Edit(replace(comment.span, start=Position(row, 1), end=Position(row + 1, 1)), "")
    else:
        edit = Edit(replace(comment.span, start=Position(row, comment.gap)), "")
    return Fix(Applicability.SAFE, "remove what silences nothing from the comment", (edit,))
