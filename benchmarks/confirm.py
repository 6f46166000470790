"""Measure labelled programs with `--confirm --verify-all`: how many models are rebuilt, and whether both halves agree.

    python benchmarks/confirm.py LABELS [ROOT ...] [--projects NAME ...] [--check]

LABELS is a folder beside this repository with the labels and the scripts that read them; a ROOT holds labelled
repositories, one folder a project. Where either is absent there is nothing to measure, which is no failure.

A leak of a recurrent layer that is labelled as one and was found should be rebuilt and confirmed. A consumer that is
labelled as protected and was rebuilt should show no leak. `--check` exits with 1 when less holds than is promised.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from types import ModuleType
from typing import Any, Final, TypeAlias

from label_script import imported

from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.finding import Confirmation, Span, Verdict
from padlint.report import Report
from padlint.report.plain import finding_object
from padlint.report.proof import proof_text
from padlint.session import Request, run

SETS: Final = ("dev_github_py", "dev_github_ipynb")
FAMILIES: Final = {"rnn": "PAD1", "attention": "PAD2"}
FOREIGN: Final = ("custom layer ", "layer ", "a layer whose class")  # how reasons begin that are not about Keras' own

Row: TypeAlias = Mapping[str, Any]  # a label is JSON of many shapes
Place: TypeAlias = tuple[int | None, int]
Verdicts: TypeAlias = Sequence[Confirmation]


@dataclass(slots=True)
class Tally:
    """What rows came to: by outcome, the rows as lines."""

    confirmed: list[str] = field(default_factory=list)
    refuted: list[str] = field(default_factory=list)
    not_rebuilt: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    unmeasured: list[str] = field(default_factory=list)

    def add(self, line: str, verdicts: Verdicts) -> None:
        """Count a row by the verdict that says most."""
        by_status = {verdict.status: verdict for verdict in verdicts}
        found = next((by_status[status] for status in Verdict if status in by_status), None)
        told = f"{line}: {proof_text(found)}" if found is not None else line
        if found is None:
            self.unmeasured.append(told)
        elif found.status is Verdict.CONFIRMED:
            self.confirmed.append(told)
        elif found.status is Verdict.REFUTED:
            self.refuted.append(told)
        elif (found.reason or "").startswith(FOREIGN):
            self.foreign.append(told)
        else:
            self.not_rebuilt.append(told)

    @property
    def rebuilt(self) -> int:
        """How many rows were rebuilt."""
        return len(self.confirmed) + len(self.refuted)

    @property
    def measured(self) -> int:
        """How many rows were asked about."""
        return self.rebuilt + len(self.not_rebuilt) + len(self.foreign)


@dataclass(slots=True)
class Total:
    """What all projects came to: leaks, protected consumers, and the seconds that each model took."""

    leaks: Tally = field(default_factory=Tally)
    protected: Tally = field(default_factory=Tally)
    disagreements: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def main(arguments: Sequence[str]) -> int:
    """Measure and tell; return the exit code."""
    options = _options(arguments)
    if not (options.labels / "score.py").is_file() or not options.roots:
        print(f"no labels at {options.labels}, or no folder with the programs: nothing to measure, skipped")
        return 0
    score = imported(options.labels / "score.py")
    total = Total()
    for name, rows in sorted(_by_project(options.labels, score).items()):
        folder = next((root / name for root in options.roots if (root / name).is_dir()), None)
        if folder is not None and (not options.projects or any(name.startswith(each) for each in options.projects)):
            _measure(folder, rows, score, total)
            print(f"{name}: {total.leaks.rebuilt} of {total.leaks.measured} leaks rebuilt so far", flush=True)
    kept = list(_promises(total))
    _tell(total)
    for words, share, least in kept:
        print(f"{words}: {share:.1%} (promised: {least:.0%}){'' if share >= least else ' FALLS SHORT'}")
    _tell_costs(total)
    return 1 if options.check and any(share < least for _, share, least in kept) else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("roots", type=Path, nargs="*")
    parser.add_argument("--projects", nargs="*", default=[], help="only those whose name begins so")
    parser.add_argument("--check", action="store_true", help="exit with 1 when less holds than is promised")
    return parser.parse_args(arguments)


def _by_project(labels: Path, score: ModuleType) -> Mapping[str, Sequence[Row]]:
    """Return the rows about leaks of recurrent layers, and about protected consumers, by their project's folder."""
    found: dict[str, list[Row]] = defaultdict(list)
    for name in SETS:
        for line in (labels / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            leaks = row["truth"] == "leak" and row["family"] == "rnn"
            if leaks or (row["truth"] == "ok" and row["family"] in FAMILIES):
                found[score.project_folder(row)].append(row)
    return found


# One project ----------------------------------------------------------------------------------------------------


class Clock:
    """Notes how long each model took; the first of a run is left out, for TensorFlow starts with it."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._since = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Take note that one more is done."""
        now = monotonic()
        if done > 1:
            self.seconds.append(now - self._since)
        self._since = now


def _measure(folder: Path, rows: Iterable[Row], score: ModuleType, total: Total) -> None:
    """Measure a project, and count its rows."""
    configurations = Configurations(
        {"select": ["ALL"], "respect-gitignore": False}, isolated=True, working_folder=folder
    )
    clock = Clock()
    request = Request((".",), configurations, folder, confirm=True, verify=True)
    report = run(request, load_catalogue(), measuring=clock)
    total.seconds += clock.seconds
    for row in rows:
        places = score.label_places(row, folder.parent)
        line = f"{folder.name}/{row['path']}:{row.get('cell', '')}:{row.get('consumer_line')}"
        found = list(_on_findings(report, row, places, score))
        if row["truth"] == "leak":
            if found:
                total.leaks.add(line, [verdict for verdict in found if verdict is not None])
            continue
        elsewhere = list(_elsewhere(report, row, places))
        total.protected.add(line, [*elsewhere, *(verdict for verdict in found if verdict is not None)])
    total.disagreements += [
        f"{folder.name}/{subject.span.path}:{subject.span.cell or ''}:{subject.span.start.row} `{subject.layer}`: "
        f"{proof_text(verdict)}"
        for subject, verdict in report.verified.items()
        if verdict.status is Verdict.CONFIRMED
    ]


def _on_findings(report: Report, row: Row, places: Iterable[Place], score: ModuleType) -> Iterator[Confirmation | None]:
    """Yield the verdicts on the findings that meet a row."""
    wanted = {(row["path"], *place) for place in places}
    for finding in report.findings:
        if finding.code.startswith(FAMILIES[row["family"]]) and any(
            (_plain(path), cell, line) in wanted
            for path, cell, first, last in score.spans(finding_object(finding))
            for line in range(first, last + 1)
        ):
            yield finding.confirmation


def _elsewhere(report: Report, row: Row, places: Iterable[Place]) -> Iterator[Confirmation]:
    """Yield the verdicts on layers without a finding that meet a row."""
    wanted = set(places)
    for subject, verdict in report.verified.items():
        if any(
            _plain(span.path) == row["path"] and not wanted.isdisjoint(_rows(span))
            for span in (subject.span, *subject.calls)
        ):
            yield verdict


def _rows(span: Span) -> Iterator[Place]:
    return ((span.cell or None, line) for line in range(span.start.row, span.end.row + 1))


def _plain(path: str) -> str:
    return path.removeprefix("./")


# Telling --------------------------------------------------------------------------------------------------------


def _promises(total: Total) -> Iterator[tuple[str, float, float]]:
    """Yield what is promised: in words, the share that holds, and the least that should."""
    leaks, protected = total.leaks, total.protected
    own = leaks.measured - len(leaks.foreign)
    yield f"leaks rebuilt whose layers are Keras' own ({leaks.rebuilt} of {own})", _share(leaks.rebuilt, own), 0.9
    yield f"leaks rebuilt ({leaks.rebuilt} of {leaks.measured})", _share(leaks.rebuilt, leaks.measured), 0.7
    confirmed = len(leaks.confirmed)
    yield f"of those confirmed ({confirmed} of {leaks.rebuilt})", _share(confirmed, leaks.rebuilt), 0.98
    silent = len(protected.refuted)
    words = f"protected consumers rebuilt without a leak ({silent} of {protected.rebuilt})"
    yield words, _share(silent, protected.rebuilt), 1.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _tell(total: Total) -> None:
    lists = (
        ("leaks that were refuted", total.leaks.refuted),
        ("leaks that were not rebuilt", total.leaks.not_rebuilt),
        ("leaks that were not rebuilt, for layers that are not Keras' own", total.leaks.foreign),
        ("leaks whose finding nothing measures", total.leaks.unmeasured),
        ("protected consumers that leak", total.protected.confirmed),
        ("protected consumers that were not rebuilt", [*total.protected.not_rebuilt, *total.protected.foreign]),
        ("protected consumers that were not measured", total.protected.unmeasured),
        ("layers that leak without a finding", total.disagreements),
    )
    for heading, lines in lists:
        print(f"\n{heading}: {len(lines)}")
        for line in lines:
            print(f"  {line}")
    print()


def _tell_costs(total: Total) -> None:
    """Say what measuring costs: the time to start, the time a model, and the memory of the largest process."""
    began = monotonic()
    subprocess.run([sys.executable, "-c", "import tensorflow, keras"], check=True, capture_output=True)
    started = monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    median = statistics.median(total.seconds) if total.seconds else 0.0
    print(
        f"TensorFlow starts in {started:.1f} s; {len(total.seconds)} models took {median:.2f} s each (median), "
        f"{max(total.seconds, default=0.0):.1f} s at most; the largest process held {peak:.0f} MB"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
