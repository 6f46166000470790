"""Measure every layer of the installed Keras into layers.toml: `python -m padlint.confirm.measure_layers --keras 3`."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

import padlint.keras
from padlint.confirm.frameworks import PACKAGES, open_framework
from padlint.confirm.survey import survey
from padlint.confirm.table_text import surveys_of, table_text
from padlint.keras.table import read_table

TABLE = Path(next(iter(padlint.keras.__path__))) / "layers.toml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table, or with `--check` say how it differs from what this Keras does; 1 when it does."""
    options = _options(arguments)
    framework = open_framework(options.keras)
    measured = survey(framework, lambda kind: print(kind, end=" ", file=sys.stderr, flush=True))
    print(file=sys.stderr)
    old = options.table.read_text(encoding="utf-8")
    new = table_text(old, {**surveys_of(read_table(old)), options.keras: measured})
    if not options.check:
        options.table.write_text(new, encoding="utf-8")
        return 0
    differences = list(difflib.unified_diff(old.splitlines(), new.splitlines(), "shipped", "measured", lineterm=""))
    print("\n".join(differences) if differences else f"{options.table.name} is what {measured.measured_with} does")
    return 1 if differences else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m padlint.confirm.measure_layers", description=__doc__)
    parser.add_argument("--keras", type=int, choices=sorted(PACKAGES), default=3, help="the major version to measure")
    parser.add_argument("--check", action="store_true", help="compare with the table and write nothing")
    parser.add_argument("--table", type=Path, default=TABLE, help="the table to read and write")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
