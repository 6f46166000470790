"""Count how many models of labelled projects are read whole, and what stands in the way of the others.

    python benchmarks/coverage.py LABELS FOLDER ... [--gaps FILE] [--projects NAME ...] [--processes N]

LABELS is a folder of labels, in which every line of a `*.jsonl` is about one file of a project; each FOLDER holds one
folder a project. Prints, for the labelled files and for all files of the projects, the models found and read whole, by
kind, and writes every model that was not read whole into FILE, one line each.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from label_script import imported

from padlint.analysis import Analysis, analyse
from padlint.catalogue import Catalogue, load_catalogue
from padlint.config import Configurations
from padlint.coverage import Coverage
from padlint.session import Request, run
from padlint.unit import Unit


def main(arguments: Sequence[str]) -> int:
    """Count, print, and return the exit code."""
    options = _options(arguments)
    if not (options.labels / "score.py").is_file():
        print(f"no labelled programs at {options.labels}: nothing to count, skipped")
        return 0
    labelled = _labelled(options.labels)
    projects = [
        project
        for folder in options.folders
        for project in sorted(folder.iterdir())
        if project.name in (options.projects or labelled)
    ]
    with ProcessPoolExecutor(options.processes, max_tasks_per_child=1) as pool:
        read = dict(zip(projects, pool.map(covered_in, projects), strict=True))
    if options.gaps:
        options.gaps.write_text("".join(_gaps(read, labelled)), encoding="utf-8")
    _print("labelled files", (read[each][path] for each in read for path in labelled[each.name] & read[each].keys()))
    _print("all files", (coverage for files in read.values() for coverage in files.values()))
    return 0


def covered_in(project: Path) -> Mapping[str, Coverage]:
    """Return what padlint reads of the models in a folder, by file."""
    covered: dict[str, Coverage] = {}
    request = Request((".",), Configurations({"select": ["ALL"]}, isolated=True), project, processes=1)
    run(request, load_catalogue(), partial(_noted, covered))
    return covered


def _noted(covered: dict[str, Coverage], unit: Unit, catalogue: Catalogue) -> Analysis:
    analysis = analyse(unit, catalogue)
    own = {source.path for source in unit.sources}
    covered.update((path, coverage) for path, coverage in analysis.coverage.items() if path in own)
    return analysis


def _labelled(folder: Path) -> Mapping[str, set[str]]:
    """Return the labelled files of each project."""
    score = imported(folder / "score.py")
    files: dict[str, set[str]] = {}
    for labels in sorted(folder.glob("*.jsonl")):
        for line in labels.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            files.setdefault(score.project_folder(row), set()).add(row["path"])
    return files


def _gaps(read: Mapping[Path, Mapping[str, Coverage]], labelled: Mapping[str, set[str]]) -> Iterator[str]:
    for project, files in read.items():
        for path, coverage in sorted(files.items()):
            mark = "labelled " if path in labelled[project.name] else ""
            for model in coverage.given_up:
                yield f"{mark}{project.name}/{model.where}: {'; '.join(model.reasons)}\n"


def _print(title: str, covered: Iterator[Coverage]) -> None:
    print(f"\n{title:<16}{'found':>7}{'read whole':>12}")
    for tally in Coverage.sum(covered).kinds:
        print(f"{tally.kind:<16}{tally.found:>7}{tally.resolved:>12}{tally.resolved / tally.found:>8.1%}")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--gaps", type=Path)
    parser.add_argument("--projects", nargs="*", default=[], help="only these")
    parser.add_argument("--processes", type=int, default=1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
