"""What padlint takes for files that it analyses, beside what libcst alone takes to parse them, of one processor.

    python benchmarks/analysed.py FOLDER ...

Prints JSON: of each group of files that are analysed together, its first file, how many files and characters it has,
the seconds of the analysis and of the parses, and how many models were read. It is a process of its own, so that what
it measures does not depend on what was measured before.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import libcst

from padlint.analysis import Analysis, analyse
from padlint.catalogue import Catalogue, load_catalogue
from padlint.config import Configurations
from padlint.session import Request, run
from padlint.unit import Unit


def main(folders: Sequence[str]) -> int:
    """Measure, print, and return the exit code."""
    catalogue = load_catalogue()
    print(json.dumps([each for folder in folders for each in _measured(Path(folder), catalogue)]))
    return 0


def _measured(folder: Path, catalogue: Catalogue) -> list[Mapping[str, object]]:
    measured: list[Mapping[str, object]] = []

    def timed(unit: Unit, catalogue: Catalogue) -> Analysis:
        start = time.process_time()
        analysis = analyse(unit, catalogue)
        middle = time.process_time()
        _parse(unit)
        measured.append(
            {
                "path": f"{folder.name}/{unit.sources[0].path}",
                "files": len(unit.sources),
                "characters": sum(len(cell.text) for source in unit.sources for cell in source.cells),
                "analysis": middle - start,
                "parse": time.process_time() - middle,
                "models": sum(each.models for each in analysis.coverage.values()),
            }
        )
        return analysis

    run(Request((".",), Configurations({}, isolated=True), folder, processes=1), catalogue, timed)
    return measured


def _parse(unit: Unit) -> None:
    """Parse as padlint does, with the collector off, and keep nothing."""
    gc.disable()
    for source in unit.sources:
        for cell in source.cells:
            try:
                libcst.parse_module(cell.text)
            except (libcst.ParserSyntaxError, RecursionError):
                continue
    gc.enable()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
