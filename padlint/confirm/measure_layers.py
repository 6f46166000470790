"""Measure every layer of the installed Keras into layers.toml: `python -m padlint.confirm.measure_layers --keras 3`."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator, Sequence
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
    measured = survey(framework, _progress)
    old = options.table.read_text(encoding="utf-8")
    new = table_text(old, {**surveys_of(read_table(old)), options.keras: measured})
    if not options.check:
        options.table.write_text(new, encoding="utf-8")
        return 0
    differences = list(_differences(old, new))
    print("\n".join(differences) if differences else f"{options.table.name} is what {measured.measured_with} does")
    return 1 if differences else 0


def _differences(shipped: str, measured: str) -> Iterator[str]:
    """Yield each row that differs, whole and so with its name, as a diff from what is shipped to what was measured."""
    old, new = shipped.split("\n\n"), measured.split("\n\n")
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            before, after = ("\n\n".join(rows).splitlines() for rows in (old[start:end], new[new_start:new_end]))
            yield from ("", *(line for line in difflib.ndiff(before, after) if not line.startswith("?")))


def _progress(kind: str) -> None:
    """Name the layer that is being measured, to who watches: in a file it would be one long line."""
    if sys.stderr.isatty():
        print(f"\r{kind:60}", end="", file=sys.stderr, flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m padlint.confirm.measure_layers", description=__doc__)
    parser.add_argument("--keras", type=int, choices=sorted(PACKAGES), default=3, help="the major version to measure")
    parser.add_argument("--check", action="store_true", help="compare with the table and write nothing")
    parser.add_argument("--table", type=Path, default=TABLE, help="the table to read and write")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
