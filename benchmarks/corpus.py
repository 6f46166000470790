"""Score the installed padlint on labelled PyPI packages; of all of them, write the table to benchmarks/results/.

    python benchmarks/corpus.py LABELS [--packages NAME ...] [--at-least FAMILY.FIGURE=VALUE ...]

LABELS is a folder beside this repository with the labels and the scripts that fetch the packages and score a run.
Where it is absent there is nothing to score, which is no failure. The packages' code is fetched and read, never run,
and never kept in this repository.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from padlint import __version__

CORPUS = Path(__file__).parent / "corpus"
RESULTS = Path(__file__).parent / "results"
LABELLED = "dev_pypi"
FAMILIES = ("rnn", "attention", "pooling-or-conv", "loss")

TABLE = """# Labelled PyPI packages

What padlint {version} reports of the labelled models in PyPI packages; `make corpus` repeats it.

| family | leaks | found | recall | false alarms | precision | right silence |
|---|---|---|---|---|---|---|
{rows}
"""

Figures: TypeAlias = Mapping[str, Mapping[str, float | None]]


def main(arguments: Sequence[str]) -> int:
    """Fetch, score and write; return the exit code."""
    options = _options(arguments)
    if not (options.labels / "score.py").is_file():
        print(f"no labelled programs at {options.labels}: nothing to score, skipped")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        labels, packages, summary = (Path(folder, name) for name in ("labels.jsonl", "packages.txt", "summary.json"))
        _narrow(options.labels / f"{LABELLED}.jsonl", labels, options.packages)
        _narrow(options.labels / "packages.txt", packages, options.packages)
        if _run(options.labels / "fetch_packages.py", packages, CORPUS):
            return 1
        padlint = f"{sys.executable} -P -m padlint"
        bounds = ("--at-least", *options.at_least) if options.at_least else ()
        short = _run(options.labels / "score.py", labels, CORPUS, "--padlint", padlint, "--summary", summary, *bounds)
        if not summary.is_file():
            return 1
        figures = json.loads(summary.read_text(encoding="utf-8"))
    if not options.packages:
        _write(figures)
    return 1 if short or figures["run"]["crashed"] else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("--packages", nargs="*", default=[], help="only these")
    parser.add_argument("--at-least", nargs="*", default=[], help="bounds, e.g. rnn.recall=0.5; exit 1 below them")
    return parser.parse_args(arguments)


def _narrow(source: Path, target: Path, packages: Sequence[str]) -> None:
    """Copy the lines that are about the packages; all of them when none is named."""
    with source.open(encoding="utf-8") as lines:
        chosen = [line for line in lines if not packages or _package(line) in packages]
    target.write_text("".join(chosen), encoding="utf-8")


def _package(line: str) -> str:
    """Return the package that a line of labels (JSON) or of packages.txt (`name==version ...`) is about."""
    return str(json.loads(line)["package"]) if line.startswith("{") else line.partition("==")[0]


def _run(script: Path, *arguments: str | Path) -> int:
    """Run a script of the labels' folder, which tells on its own what goes wrong; return its exit code."""
    return subprocess.run([sys.executable, script, *arguments], check=False).returncode


def _write(figures: Figures) -> None:
    """Write the table of a whole run."""
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{LABELLED}.md"
    rows = "\n".join(_row(family, figures[family]) for family in FAMILIES if family in figures)
    target.write_text(TABLE.format(version=__version__, rows=rows), encoding="utf-8")
    print(f"\nwritten to {target}")


def _row(family: str, counts: Mapping[str, float | None]) -> str:
    found, weak, missed, false, silent = (
        int(counts.get(name) or 0) for name in ("hit", "weak", "miss", "false alarm", "right silence")
    )
    recall, precision = (_percent(counts.get(name)) for name in ("recall", "precision"))
    return f"| {family} | {found + weak + missed} | {found} | {recall} | {false} | {precision} | {silent} |"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
