"""Measure what TensorFlow does with padding, and write the page about it; with --check, compare instead."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from experiments import Claim, Side, experiments
from measuring import Figures, measure
from page import Row, render
from plot import draw
from programs import Program, as_printed, made_to_run, trains

from padlint.confirm.frameworks import Framework, open_framework

PAGE = Path(__file__).parents[1] / "does-tensorflow-ignore-padding.md"
PLOT = PAGE.with_suffix(".svg")
DATA = Path(__file__).parent / "measured.json"

_NEAR = 0.02
_RELATIVE = 0.15


def main(arguments: Sequence[str]) -> int:
    """Write the page, or say where it differs from what is measured now."""
    parser = argparse.ArgumentParser(prog="python docs/padding_question", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the page does not agree")
    check = parser.parse_args(arguments).check
    framework = open_framework(3)
    rows = [
        Row(experiment.claim, experiment.name, side, experiment.program, measure(framework, experiment, side))
        for experiment in experiments()
        for side in experiment.sides
    ]
    found = [*unexpected(framework), *(differences(rows) if check else ())]
    if check or found:
        print("\n".join(found))
        return bool(found)
    DATA.write_text(_as_json(rows, framework.measured_with), encoding="utf-8")
    for file, text in _pages().items():
        file.write_text(text, encoding="utf-8")
    return 0


def unexpected(framework: Framework) -> Iterator[str]:
    """Yield where the three programs run, or fail to run, otherwise than the page says."""
    for experiment in experiments():
        program = experiment.program
        if program is None:
            continue
        if not trains(framework, experiment.layers(framework), made_to_run(program)):
            yield f"the {program} program does not run, even as it was made to"
        if trains(framework, experiment.layers(framework), as_printed(program)) != (program is Program.ROW):
            yield f"the {program} program, as printed, does not do what the page says"


def differences(measured: Sequence[Row]) -> Iterator[str]:
    """Yield where the page is not what its figures give, and where these are not what is measured.

    Figures may differ a little, from one processor or release to the next; what is exactly 0 has to stay so.
    """
    for file, text in _pages().items():
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            yield f"{file.name} is not what {DATA.name} gives"
    stored, _ = _stored()
    if [_key(row) for row in stored] != [_key(row) for row in measured]:
        yield "other models are measured than the page shows"
        return
    for before, now in zip(stored, measured, strict=True):
        for name, figure in asdict(before.figures).items():
            other = getattr(now.figures, name)
            if not _agree(figure, other):
                yield f"{before.name} ({before.side}): {name} is {other}, and {figure} on the page"


def _agree(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one == 0) == (other == 0) and math.isclose(one, other, rel_tol=_RELATIVE, abs_tol=_NEAR)


def _key(row: Row) -> tuple[str, ...]:
    return row.claim, row.name, row.side, row.program or ""


def _pages() -> dict[Path, str]:
    rows, versions = _stored()
    return {PAGE: render(rows, versions), PLOT: draw(rows)}


def _stored() -> tuple[list[Row], str]:
    found = json.loads(DATA.read_text(encoding="utf-8"))
    rows = [
        Row(Claim(row["claim"]), row["name"], Side(row["side"]), _program(row["program"]), Figures(**row["figures"]))
        for row in found["rows"]
    ]
    return rows, found["measured_with"]


def _program(name: str | None) -> Program | None:
    return Program(name) if name else None


def _as_json(rows: Sequence[Row], versions: str) -> str:
    listed = [
        {
            "claim": row.claim,
            "name": row.name,
            "side": row.side,
            "program": row.program,
            "figures": {name: figure and round(figure, 4) for name, figure in asdict(row.figures).items()},
        }
        for row in rows
    ]
    return json.dumps({"measured_with": versions, "rows": listed}, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
