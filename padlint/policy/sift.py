"""From all that was found to what is shown: selected, not silenced, not known, and sure enough."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from padlint.catalogue import Catalogue
from padlint.config import Settings
from padlint.dataclass import dataclass
from padlint.finding import Finding
from padlint.fingerprint import Lines
from padlint.policy import baseline
from padlint.policy.ignores import Silence, silence
from padlint.policy.pragmas import Pragma
from padlint.policy.selection import (
    Selected,
    codes_ignored_in,
    fails,
    is_sure_enough,
    selected,
    with_severity,
)


@dataclass(frozen=True, slots=True)
class Sifted:
    """Findings to show, those that the baseline knew, those not sure enough, and the rest in numbers; all sorted."""

    shown: tuple[Finding, ...]
    known: tuple[Finding, ...]
    stale: tuple[baseline.Entry, ...]
    failing: int
    hidden: tuple[Finding, ...]
    ignored: int


class Sieve:
    """The policy of a run: which settings govern each file, and which rules those turn on.

    Args:
        files: where each linted file is, by the path that the user sees. Findings elsewhere are not reported.
        settings_of: gives the settings for the files of a folder.

    Attributes:
        pooling: whether a rule is on, in any of them, that speaks of programs that only pool.

    Raises:
        ConfigError: the settings of one of the files select a rule that does not exist.
    """

    def __init__(
        self, files: Mapping[str, Path], settings_of: Callable[[Path], Settings], catalogue: Catalogue
    ) -> None:
        self._files = files
        self._catalogue = catalogue
        folders = {path: os.path.dirname(file) for path, file in files.items()}
        governing = {folder: settings_of(Path(folder)) for folder in dict.fromkeys(folders.values())}
        self._settings = {path: governing[folder] for path, folder in folders.items()}
        once: dict[int, Selected] = {}
        for settings in self._settings.values():
            if id(settings) not in once:
                once[id(settings)] = selected(settings, catalogue)
        self._selected = {path: once[id(settings)] for path, settings in self._settings.items()}
        codes = frozenset[str]().union(*(each.codes for each in once.values()))
        self.pooling = any(rule.pooling for rule in catalogue if rule.code in codes)

    def sift(
        self, findings: Iterable[Finding], comments: Iterable[Pragma], lines: Lines, *, use_baseline: bool = True
    ) -> Sifted:
        """Decide which findings to show."""
        silences = tuple(self._silences(findings, comments))
        kept = [finding for each in silences for finding in each.kept]
        sure: list[Finding] = []
        unsure: list[Finding] = []
        for finding in kept:
            least = self._settings[finding.span.path].min_confidence
            (sure if is_sure_enough(finding, least) else unsure).append(finding)
        compared = self._compare(sure, lines) if use_baseline else baseline.Compared(tuple(sure), (), ())
        return Sifted(
            shown=tuple(sorted(compared.new, key=_order)),
            known=tuple(sorted(compared.known, key=_order)),
            stale=tuple(sorted(compared.stale)),
            failing=self.failing(compared.new),
            hidden=tuple(sorted(unsure, key=_order)),
            ignored=sum(len(each.silenced) for each in silences),
        )

    def failing(self, findings: Iterable[Finding]) -> int:
        """Return how many findings are severe enough to make the run fail."""
        return sum(fails(finding, self._settings[finding.span.path].fail_on) for finding in findings)

    def _silences(self, findings: Iterable[Finding], comments: Iterable[Pragma]) -> Iterator[Silence]:
        """Yield, file by file, what is selected: each finding once, with the severity that the settings give it."""
        comments_in: dict[str, list[Pragma]] = {}
        for comment in comments:
            comments_in.setdefault(comment.span.path, []).append(comment)
        findings_in: dict[str, list[Finding]] = {}
        for finding in _once(findings):
            findings_in.setdefault(finding.span.path, []).append(finding)
        for path in self._files:
            if path in findings_in or path in comments_in:
                yield self._silence(path, findings_in.get(path, []), comments_in.get(path, []))

    def _silence(self, path: str, findings: Iterable[Finding], comments: Sequence[Pragma]) -> Silence:
        chosen = self._selected[path]
        silenced_here = codes_ignored_in(self._files[path], self._settings[path], self._catalogue)
        enabled = chosen.codes - silenced_here
        outcome = silence((each for each in findings if each.code in enabled), comments, self._catalogue, enabled)
        return Silence(tuple(with_severity(each, chosen.severities) for each in outcome.kept), outcome.silenced)

    def _compare(self, findings: Sequence[Finding], lines: Lines) -> baseline.Compared:
        """Compare the findings of each file with the baseline that its settings name."""
        governed: dict[Path | None, dict[str, Path]] = {}
        for path, file in self._files.items():
            governed.setdefault(self._settings[path].baseline, {})[path] = file
        new: list[Finding] = []
        known: list[Finding] = []
        stale: list[baseline.Entry] = []
        for listed, files in governed.items():
            mine = [finding for finding in findings if finding.span.path in files]
            if listed is None:
                new += mine
                continue
            compared = baseline.compare(mine, baseline.load(listed), lines, listed.parent, files)
            new += compared.new
            known += compared.known
            stale += compared.stale
        return baseline.Compared(tuple(new), tuple(known), tuple(stale))


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings in order, each once: only those of one place and wording are compared as wholes."""
    for _, alike in groupby(sorted(findings, key=_order), _order):
        first, *others = alike
        yield from dict.fromkeys((first, *others)) if others else (first,)


def _order(finding: Finding) -> tuple[str, int, int, int, int, int, str, str]:
    # The span's own order, without a call for each of its parts.
    span, start, end = finding.span, finding.span.start, finding.span.end
    return span.path, span.cell, start.row, start.column, end.row, end.column, finding.code, finding.message
