"""Fix labelled programs and measure what comes of it: how many leaks get a fix, and whether any fix does harm.

    python benchmarks/fixes.py LABELS [ROOT ...] [--projects NAME ...] [--at-least SHARE]

LABELS is a folder beside this repository with the labels and the scripts that read them. A ROOT holds one folder a
project; without one, the labelled packages are fetched into benchmarks/corpus. Where LABELS is absent there is nothing
to measure, which is no failure.

Each project is copied, fixed with `--unsafe-fixes` where it was copied to, and linted again. A leak of a recurrent
layer that is labelled as one and was found has a mechanical cure, unless the label says that a mask would not arrive
(`via` names a layer that drops it), would not match (ids padded with another id than 0) or would not be asked for (a
cell that the program itself calls step by step). It is fixed when its finding is cured, and nothing is found any more
at the layer that the label is about.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Self, TypeAlias

from label_script import imported

from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.finding import Finding, Role, Severity
from padlint.report.plain import finding_object
from padlint.session import Change, Mended, Request, mend, run, write
from padlint.sources.source import Source, as_written, is_notebook, read

CORPUS = Path(__file__).parent / "corpus"
FAMILY: Final = "rnn"
RECURRENT: Final = "PAD1"
STEPPED: Final = "Cell"

Row: TypeAlias = Mapping[str, Any]  # a label is JSON of many shapes
_Row: TypeAlias = tuple[str, int | None, int]
"""A file, a cell of it (None for a plain file), and a row."""

_NOT_THE_CONSUMER: Final = frozenset({"expected_line", "expected_alt", "embedding_line"})
"""What a label says besides of where its consumer stands."""


@dataclass(slots=True)
class Measured:
    """What fixing one project came to, or all of them.

    Args:
        leaks: labelled leaks of recurrent layers that were found.
        curable: those of them that a mask can cure.
        fixed: those of them whose finding a fix cured, for this layer, too.
        unfixed: the others, each with its place and why it has no fix.
        cured: findings of any rule that were cured.
        files: those that were written.
        harm: what went wrong, each as a line.
    """

    leaks: int = 0
    curable: int = 0
    fixed: int = 0
    unfixed: list[str] = field(default_factory=list)
    cured: int = 0
    files: int = 0
    harm: list[str] = field(default_factory=list)

    def __iadd__(self, other: Measured) -> Self:
        """Add what another project came to."""
        self.leaks += other.leaks
        self.curable += other.curable
        self.fixed += other.fixed
        self.unfixed += other.unfixed
        self.cured += other.cured
        self.files += other.files
        self.harm += other.harm
        return self

    @property
    def share(self) -> float:
        """The share of the curable leaks that got a fix."""
        return self.fixed / self.curable if self.curable else 1.0


def main(arguments: Sequence[str]) -> int:
    """Fix, measure and tell; return the exit code."""
    options = _options(arguments)
    if not (options.labels / "score.py").is_file():
        print(f"no labelled programs at {options.labels}: nothing to measure, skipped")
        return 0
    score = imported(options.labels / "score.py")
    roots = options.roots or _fetched(options.labels)
    total = Measured()
    for name, rows in sorted(_by_project(options.labels, score).items()):
        folder = next((root / name for root in roots if (root / name).is_dir()), None)
        if folder is None or (options.projects and not any(name.startswith(wanted) for wanted in options.projects)):
            continue
        measured = _measure(folder, rows, score)
        print(f"{name}: {measured.fixed}/{measured.curable} fixed, {measured.cured} findings cured", flush=True)
        total += measured
    _tell(total)
    return 1 if total.harm or total.share < options.at_least else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("roots", type=Path, nargs="*")
    parser.add_argument("--projects", nargs="*", default=[], help="only those whose name begins so")
    parser.add_argument("--at-least", type=float, default=0.0, help="the share that has to be fixed, 0 to 1")
    return parser.parse_args(arguments)


def _fetched(labels: Path) -> Sequence[Path]:
    subprocess.run([sys.executable, labels / "fetch_packages.py", labels / "packages.txt", CORPUS], check=True)
    return [CORPUS]


def _by_project(labels: Path, score: ModuleType) -> Mapping[str, Sequence[Row]]:
    """Return the labelled leaks of recurrent layers by their project's folder."""
    found: dict[str, list[Row]] = defaultdict(list)
    for file in sorted(labels.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["truth"] == "leak" and row["family"] == FAMILY and not row.get("dev_overlap"):
                found[score.project_folder(row)].append(row)
    return found


def _tell(total: Measured) -> None:
    for heading, lines in (("without a fix", total.unfixed), ("harm", total.harm)):
        print(f"\n{heading}: {len(lines)}")
        for line in lines:
            print(f"  {line}")
    print(
        f"\n{total.leaks} leaks found, {total.curable} with a mechanical cure, {total.fixed} of them fixed "
        f"({total.share:.1%}); {total.cured} findings cured in {total.files} files; {len(total.harm)} harms"
    )


# One project ------------------------------------------------------------------------------------------------------


def _measure(project: Path, rows: Sequence[Row], score: ModuleType) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / project.name
        shutil.copytree(project, root, symlinks=True)
        request = _request(root)
        before = run(request, load_catalogue(), proving=True).findings
        held = _bytes(root)
        mended = write(mend(request, load_catalogue(), unsafe=True))
        measured = _compared(rows, before, mended, root, score)
        measured.harm += _harm(before, mended, held, root)
        again = mend(_request(root), load_catalogue(), unsafe=True)
        measured.harm += [f"{change.path}: fixing it again changes it" for change in again.changes]
        return measured


def _request(root: Path) -> Request:
    overrides = {"respect-gitignore": False, "cache-dir": str(root.parent / "cache")}
    configurations = Configurations(overrides, isolated=True, working_folder=root)
    return Request((".",), configurations, root, use_baseline=False, use_cache=True, processes=1)


def _bytes(root: Path) -> Mapping[Path, bytes]:
    return {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}


# What is fixed ----------------------------------------------------------------------------------------------------


def _compared(
    rows: Sequence[Row], before: Sequence[Finding], mended: Mended, root: Path, score: ModuleType
) -> Measured:
    """Count the labelled leaks that were found, and those that were cured."""
    alarms = [finding for finding in before if finding.code.startswith(RECURRENT)]
    cured = {(finding.code, finding.span) for finding in mended.cured}
    leaking = {*_still_leaking(mended)}
    measured = Measured(cured=len(mended.cured), files=len(mended.changes))
    for row in rows:
        places = {(row["path"], cell, line) for cell, line in score.label_places(row, root.parent)}
        met = [finding for finding in alarms if _meets(finding, places, score)]
        if not met:
            continue
        measured.leaks += 1
        if not _is_curable(row):
            continue
        measured.curable += 1
        consumer = {key: value for key, value in row.items() if key not in _NOT_THE_CONSUMER}
        reads = {(row["path"], cell, line) for cell, line in score.label_places(consumer, root.parent)}
        is_cured = any((finding.code, finding.span) in cured for finding in met)
        if is_cured and reads.isdisjoint(leaking):
            measured.fixed += 1
        else:
            reasons = {"it still reads padding"} if is_cured else {finding.unfixed for finding in met}
            place = f"{root.name}/{row['path']}:" + (f"c{row['cell']}:" if "cell" in row else "")
            measured.unfixed.append(f"{place}{row['consumer_line']} {met[0].code} {'; '.join(sorted(reasons))}")
    return measured


def _meets(finding: Finding, places: Iterable[tuple[str, int | None, int]], score: ModuleType) -> bool:
    """Say whether a finding is about a label, as the score sees it."""
    spans = score.spans(finding_object(finding))
    told = {(path, cell, line) for path, cell, first, last in spans for line in range(first, last + 1)}
    return not told.isdisjoint(places)


def _still_leaking(mended: Mended) -> Iterator[_Row]:
    """Yield the rows, as they were numbered before, of the recurrent layers that something is found at after fixing."""
    rows = {change.path: _rows_before(change) for change in mended.changes}
    for finding in mended.report.findings:
        if not finding.code.startswith(RECURRENT):
            continue
        for step in finding.trace:
            if step.role is Role.CONSUMER:
                path, cell, row = step.span.path, step.span.cell, step.span.start.row
                yield path, cell or None, rows.get(path, {}).get((cell, row), row)


def _rows_before(change: Change) -> Mapping[tuple[int, int], int]:
    """Return the number that each row of a file's cells had before it was changed, for those that were there."""
    was, now = (as_written(change.file, data) for data in (change.before, change.after))
    return {
        (cell, block.b + offset + 1): block.a + offset + 1
        for cell, rows in now.items()
        for block in SequenceMatcher(None, list(was[cell]), list(rows), autojunk=False).get_matching_blocks()
        for offset in range(block.size)
    }


def _is_curable(row: Row) -> bool:
    is_matched = row["source"] != "embedding" or str(row["pad_value"]) in {"0", "0.0"}
    return is_matched and not row.get("via") and not row["consumer"].endswith(STEPPED)


# What does harm ---------------------------------------------------------------------------------------------------


def _harm(before: Sequence[Finding], mended: Mended, held: Mapping[Path, bytes], root: Path) -> Iterator[str]:
    """Yield what should not have come of fixing."""
    for trouble in mended.report.troubles:
        yield trouble.line
    changed = {change.file.resolve() for change in mended.changes}
    for file, data in _bytes(root).items():
        if file not in changed and held.get(file) != data:
            yield f"{file.relative_to(root)}: changed, and was not to be"
    for change in mended.changes:
        yield from (f"{change.path}: {why}" for why in _broken(change))
    yield from _left(before, mended, run(_request(root), load_catalogue()).findings)


def _broken(change: Change) -> Iterator[str]:
    """Yield how a file is worse than it was."""
    if change.file.read_bytes() != change.after:
        yield "it holds something else than was to be written"
    if is_notebook(change.file) and _without_code(change.before) != _without_code(change.after):
        yield "more than the code of its cells has changed"
    was, now = (_parsing(change, data) for data in (change.before, change.after))
    yield from (f"cell {cell} does not parse any more" for cell in sorted(was - now))


def _without_code(notebook: bytes) -> object:
    """Return a notebook with the code of its cells left out."""
    document = json.loads(notebook)
    for cell in document.get("cells", ()):
        if cell["cell_type"] == "code":
            del cell["source"]
    return document


def _parsing(change: Change, data: bytes) -> frozenset[int]:
    """Return the cells of a file that Python parses, 0 for a plain file."""
    if not is_notebook(change.file):
        return frozenset({0} if _parses(data) else ())
    source = read(change.path, change.file, data)
    cells = source.cells if isinstance(source, Source) else ()
    return frozenset(cell.index for cell in cells if _parses(cell.text))


def _parses(text: str | bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _left(before: Sequence[Finding], mended: Mended, after: Sequence[Finding]) -> Iterator[str]:
    """Yield where as much is found as if a fix had cured nothing, or had brought something.

    A layer that nothing was done for may leak for another reason than before. No file has more of those that do.
    """
    expected = _counted(before)
    expected.subtract(_counted(mended.cured))
    found = _counted(after)
    for key in sorted(_counted(mended.cured)):
        if found[key] > max(expected[key], 0):
            yield f"{' '.join(key)}: {found[key]} are left, and not {max(expected[key], 0)}"
    held, holding = _readers(before), _readers(after)
    yield from (f"{path}: {holding[path]} layers leak, and not {held[path]}" for path in sorted(holding - held))
    if mended.cured and holding.total() >= held.total():
        yield f"as many layers leak as before: {holding.total()}"


def _counted(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    """Count findings that are more than advice by their file and code."""
    return Counter((finding.span.path, finding.code) for finding in findings if finding.severity is not Severity.NOTE)


def _readers(findings: Iterable[Finding]) -> Counter[str]:
    """Count by file the places at which padding is read, or of the findings that have no such place."""
    counted = [finding for finding in findings if finding.severity is not Severity.NOTE]
    steps = ([step.span for step in each.trace if step.role is Role.CONSUMER] or [each.span] for each in counted)
    return Counter(span.path for span in {span for spans in steps for span in spans})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
