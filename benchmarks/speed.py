"""Measure padlint beside other linters, and write the table to benchmarks/results/.

    python benchmarks/speed.py LABELS [ROOT ...] [--folder FOLDER] [--repeats N] [--limit SECONDS]

LABELS is a folder beside this repository with labelled programs and the script that fetches them; where it is absent,
the part that measures files of them is left out. A ROOT holds labelled repositories, which no script fetches, one
folder a project. FOLDER is where the peers are installed and the packages laid out, none of whose code is ever run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from made import CHANGED, DEPENDENTS, FILES, change, make
from peers import packages, programs, trees, versions
from stopwatch import Costs, Program, cost, side_by_side

from padlint import __version__

RESULTS = Path(__file__).parent / "results"
PADLINT = (sys.executable, "-P", "-m", "padlint")
FRESH = ("--no-cache", "--isolated", "--quiet")
START_UP = 0.2
SLOWEST = 10
# The labelled repositories hold 113 findings in 2,674 files.
LEAKING_OF_LABELLED = 24


@dataclass(frozen=True, slots=True)
class Target:
    """What was measured, what it should be at the most or at the least, as texts, and whether it is."""

    what: str
    measured: str
    target: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the report: its heading, the targets, and the table of what was measured, if it has one."""

    heading: str
    targets: Sequence[Target]
    rows: Sequence[str] = ()


def main(arguments: Sequence[str]) -> int:
    """Measure and write; return the exit code, which says nothing of the targets."""
    options = _options(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    peers = programs(options.folder)
    RESULTS.mkdir(exist_ok=True)
    parts: list[Part] = []
    for part in _parts(options, peers):
        parts.append(part)
        print("\n".join(_table(part)), flush=True)
        # What was measured stays, whatever becomes of the rest.
        (RESULTS / "speed.md").write_text(_report(parts, versions(peers)), encoding="utf-8")
    print(f"\nwritten to {RESULTS / 'speed.md'}")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument(
        "roots", type=Path, nargs="*", metavar="ROOT", help="labelled repositories, one folder a project"
    )
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir(), "padlint-benchmarks"))
    parser.add_argument("--repeats", type=int, default=5, help="how often to run what is quick")
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a program is stopped")
    return parser.parse_args(arguments)


def _parts(options: argparse.Namespace, peers: Mapping[str, Path]) -> Iterator[Part]:
    laid_out = trees(options.folder)
    keras, django = laid_out
    print(f"side by side on {django}", flush=True)
    # Where there is no Keras, those that take minutes have nothing to tell.
    costs = side_by_side(_linters(peers, laid_out[django])[:3], options.repeats, options.limit)
    yield Part(f"No Keras: {django}", tuple(_without_keras(costs, laid_out[django])), _rows(costs))
    print(f"side by side on {keras}", flush=True)
    costs = side_by_side(_linters(peers, laid_out[keras]), options.repeats, options.limit)
    yield Part(f"Keras itself: {keras}", tuple(_with_keras(costs)), _rows(costs))
    print("one file, many files, and what changed among them", flush=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        yield _editor(Path(folder), options)
        yield _warm(Path(folder), options)
        yield _memory(Path(folder), laid_out[keras], options)
    fetched = packages(options.folder, options.labels)
    if fetched is None:
        print(f"no labelled programs at {options.labels}: that part is left out")
    else:
        print("files that are analysed", flush=True)
        projects = {folder.name: folder for root in (fetched, *options.roots) for folder in root.iterdir()}
        yield _analysed([projects[name] for name in sorted(projects)])


def _linters(peers: Mapping[str, Path], tree: Path) -> list[Program]:
    """Return what is measured side by side; nothing may come from a cache or from a configuration."""
    commands: Mapping[str, Sequence[str | Path]] = {
        "padlint": (*PADLINT, *FRESH, "."),
        "ruff": (peers["ruff"], "check", "--no-cache", "--isolated", "."),
        "flake8": (peers["flake8"], "--isolated", "."),
        "torchfix": (peers["torchfix"], "."),
        "fixit": (peers["fixit"], "lint", "."),
        "pylint": (peers["pylint"], "--rcfile", os.devnull, "--jobs", "0", "--recursive", "y", "."),
    }
    return [Program(name, command, tree) for name, command in commands.items()]


def _to_the_end(name: str, costs: Costs) -> Costs:
    """Return what padlint took, unless it was stopped: half a run has no memory and no time of its own."""
    if costs.cut_off:
        raise SystemExit(f"{name} did not end within --limit: the machine is too busy to measure anything on it")
    return costs


# The targets ----------------------------------------------------------------------------------------------------


def _without_keras(costs: Mapping[str, Costs], tree: Path) -> Iterator[Target]:
    padlint, ruff, flake8 = _to_the_end("padlint", costs["padlint"]), costs["ruff"], costs["flake8"]
    allowed = 3 * ruff.clock + START_UP
    yield Target(
        "clock, beside three times ruff's and the start-up",
        f"{padlint.clock:.2f} s",
        f"at most {allowed:.2f} s",
        padlint.clock <= allowed,
    )
    for what, ours, theirs, unit in (
        ("clock", padlint.clock, flake8.clock, "s"),
        ("processor", padlint.processor, flake8.processor, "s"),
        ("memory", padlint.memory, flake8.memory, "MB"),
    ):
        yield Target(f"{what}, beside flake8's", f"{ours:.2f} {unit}", f"at most {theirs:.2f} {unit}", ours <= theirs)
    imported = "libcst" in _imports(tree)
    yield Target("libcst", "imported" if imported else "not imported", "not imported", not imported)


def _imports(tree: Path) -> set[str]:
    """Return the packages that a run over a tree imports."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", *PADLINT[1:], *FRESH, "."],
        cwd=tree,
        check=False,
        capture_output=True,
        text=True,
    )
    lines = (line for line in ended.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def _with_keras(costs: Mapping[str, Costs]) -> Iterator[Target]:
    ours = _to_the_end("padlint", costs["padlint"]).clock
    for peer, least in (("torchfix", 20), ("fixit", 20), ("flake8", 10)):
        ratio = costs[peer].clock / ours
        more = "more than " if costs[peer].cut_off else ""
        yield Target(f"faster than {peer}", f"{more}{ratio:.1f} times", f"at least {least} times", ratio >= least)


def _editor(folder: Path, options: argparse.Namespace) -> Part:
    (file,) = make(folder / "editor", 1)
    costs = side_by_side(
        (
            Program("padlint -", (*PADLINT, *FRESH, "-"), folder, stdin=file),
            Program("import typer, libcst", (sys.executable, "-c", "import typer, libcst"), folder),
        ),
        4 * options.repeats,
        options.limit,
    )
    ratio = _to_the_end("padlint -", costs["padlint -"]).clock / costs["import typer, libcst"].clock
    target = Target("clock, beside `import typer, libcst`", f"{ratio:.2f} times", "at most 2 times", ratio <= 2)
    return Part("One file from an editor", (target,), _rows(costs))


def _warm(folder: Path, options: argparse.Namespace) -> Part:
    tree, seldom = folder / "many", folder / "seldom"
    make(tree, FILES)
    make(seldom, FILES, LEAKING_OF_LABELLED)
    cached = (*PADLINT, "--isolated", "--quiet", "--cache-dir", str(folder / "cache"), ".")
    cold = cost(Program("cold", cached, tree), options.limit)
    cost(Program("cold", cached, seldom), options.limit)
    unchanged = {"every second leaks": tree, f"one in {LEAKING_OF_LABELLED} leaks": seldom}
    costs = dict(
        side_by_side(
            (
                *(Program(f"nothing changed, {leaking}", cached, each) for leaking, each in unchanged.items()),
                Program("start-up", (*PADLINT, "--version"), tree),
            ),
            2 * options.repeats,
            options.limit,
        )
    )
    again = []
    for text in range(options.repeats):
        change(tree, text)
        again.append(cost(Program("one file changed", cached, tree), options.limit))
    costs |= {"one file changed": Costs(again), "cold": Costs([cold])}
    for name, taken in costs.items():
        _to_the_end(name, taken)
    start_up = costs["start-up"].clock
    ratios = {name: taken.clock / start_up for name, taken in costs.items() if name.startswith("nothing")}
    analysed = _analysed_again(tree)
    return Part(
        f"{FILES:,} files, each a model",
        (
            *(
                Target(f"{name}, beside the start-up", f"{ratio:.2f} times", "at most 1.5 times", ratio <= 1.5)
                for name, ratio in ratios.items()
            ),
            Target(
                "files analysed after one changed",
                f"{len(analysed)}",
                f"{1 + len(DEPENDENTS)}: it and what imports it",
                analysed == {CHANGED, *DEPENDENTS},
            ),
        ),
        _rows(costs),
    )


def _analysed_again(tree: Path) -> set[str]:
    """Return the files that a run analyses after one of them changed."""
    from padlint.analysis import Analysis, analyse
    from padlint.catalogue import Catalogue, load_catalogue
    from padlint.config import Configurations
    from padlint.session import Request, run
    from padlint.unit import Unit

    seen: set[str] = set()

    def noted(unit: Unit, catalogue: Catalogue) -> Analysis:
        seen.update(source.path for source in unit.sources)
        return analyse(unit, catalogue)

    def once() -> None:
        cached = Configurations({"cache-dir": str(tree.parent / "cache")}, isolated=True)
        run(Request((".",), cached, tree, use_cache=True, processes=1), load_catalogue(), noted)

    once()
    seen.clear()
    change(tree, -1)
    once()
    return seen


def _memory(folder: Path, keras: Path, options: argparse.Namespace) -> Part:
    alone = (*PADLINT, *FRESH, "--jobs", "1", ".")
    costs = {"keras": Costs([cost(Program("keras", alone, keras), options.limit)])}
    for files in (FILES // 4, FILES):
        tree = folder / f"memory-{files}"
        make(tree, files)
        costs[f"{files:,} models"] = Costs([cost(Program(f"{files} models", alone, tree), options.limit)])
    largest, fewer, more = (_to_the_end(name, taken).memory for name, taken in costs.items())
    return Part(
        "Memory, in one process",
        (
            Target("the keras tree", f"{largest:.0f} MB", "at most 200 MB", largest <= 200),
            Target("four times as many files", f"{more / fewer:.2f} times", "at most 1.25 times", more <= 1.25 * fewer),
        ),
        _rows(costs),
    )


def _analysed(folders: Sequence[Path]) -> Part:
    script = Path(__file__).with_name("analysed.py")
    printed = subprocess.run([sys.executable, script, *folders], check=True, capture_output=True, text=True).stdout
    units: list[dict[str, Any]] = json.loads(printed)
    ratio = median(unit["analysis"] / max(unit["parse"], 1e-6) for unit in units)
    slowest = sorted(units, key=lambda unit: -unit["analysis"])[:SLOWEST]
    longest = slowest[0]["analysis"]
    for_a_file = max(unit["analysis"] / unit["files"] for unit in units)
    rows = [
        "| slowest, by the first file | files | characters | models | analysis | for each file | beside the parse |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {unit['path']} | {unit['files']} | {unit['characters']:,} | {unit['models']} "
            f"| {unit['analysis']:.1f} s | {unit['analysis'] / unit['files']:.2f} s "
            f"| {unit['analysis'] / unit['parse']:.1f} times |"
            for unit in slowest
        ),
    ]
    return Part(
        f"Files that are analysed: {len(units)} groups of {sum(unit['files'] for unit in units)} files",
        (
            Target("analysis beside the parse alone, median", f"{ratio:.1f} times", "at most 3 times", ratio <= 3),
            Target("the slowest group", f"{longest:.1f} s", "at most 5 s", longest <= 5),
            Target("the slowest, for each of its files", f"{for_a_file:.1f} s", "at most 5 s", for_a_file <= 5),
        ),
        rows,
    )


# The report -----------------------------------------------------------------------------------------------------


def _rows(costs: Mapping[str, Costs]) -> list[str]:
    """Return the table of programs that were run, each beside the first."""
    first = next(iter(costs.values()))
    rows = ["| | runs | clock | beside the first | processor | memory |", "|---|---|---|---|---|---|"]
    for name, taken in costs.items():
        more = "more than " if taken.cut_off else ""
        # A program that was stopped has not told what its own processes took.
        rest = "| | |" if taken.cut_off else f"| {taken.processor:.2f} s | {taken.memory:.0f} MB |"
        rows.append(
            f"| {name} | {len(taken.each)} | {more}{taken.clock:.2f} s | {more}{taken.clock / first.clock:.2f} {rest}"
        )
    return rows


def _report(parts: Sequence[Part], peers: Mapping[str, str]) -> str:
    named = ", ".join(f"{name} {version}" for name, version in {"padlint": __version__, **peers}.items())
    lines = [
        "# Speed",
        "",
        f"{named}; Python {platform.python_version()} on {_machine()}. `make bench` measures all of it again.",
        "",
        "Programs run in turn, round after round, so that whatever else the machine does meets all of them alike: what",
        "counts is the ratio of their medians, not the seconds. What takes long is run three times or once, and is",
        "stopped when it takes too long. Memory is that of a program's largest process.",
    ]
    lines += (line for part in parts for line in _table(part))
    return "\n".join([*lines, ""])


def _table(part: Part) -> list[str]:
    lines = ["", f"## {part.heading}", "", "| target | measured | wanted | holds |", "|---|---|---|---|"]
    lines += (
        f"| {each.what} | {each.measured} | {each.target} | {'yes' if each.holds else '**no**'} |"
        for each in part.targets
    )
    return [*lines, "", *part.rows] if part.rows else lines


def _machine() -> str:
    """Return what kind of machine this is: its processors and their model."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        named = (line for line in information.read_text(encoding="utf-8").splitlines() if line.startswith("model name"))
        model = next(named, model).partition(":")[2].strip() or model
    return f"{os.cpu_count()} cores ({model})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
