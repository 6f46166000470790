"""The command line, run in this process, with an analysis and rules that the tests can foresee."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from padlint import cli, session
from padlint.analysis import Analysis
from padlint.catalogue import Catalogue, Rule
from padlint.coverage import Coverage, GivenUp, Tally
from padlint.finding import (
    Applicability,
    Confidence,
    Consumer,
    Edit,
    Family,
    Finding,
    Fix,
    Position,
    Role,
    Severity,
    Span,
    TraceStep,
)
from padlint.sources.dependencies import Dependencies

KERAS = "from keras.layers import LSTM, Layer\n"
LEAK = KERAS + "model.add(LSTM(4))  # error certain\n"
PAGE = Path(__file__).parent / "page.md"


def rule(code: str, name: str, message: str = "", *, default: bool = True) -> Rule:
    return Rule(code, name, name, Severity.WARNING, default, "0.1.0", ("mask",), message, "", f"About {name}.", PAGE)


RULES = Catalogue(
    (
        rule("PAD101", "unmasked-embedding"),
        rule("PAD103", "mask-dropped"),
        rule("PAD301", "pooled-padding", default=False),
        rule("PAD901", "syntax-error", "{reason}"),
        rule("PAD902", "unused-ignore", "{reason}"),
    )
)


def _fix(span: Span, line: str, safety: str = "", useless: str = "") -> Fix | None:
    if not safety:
        return None
    words = Position(span.start.row, line.index("  #") + 1), Position(span.start.row, len(line) + 1)
    edit = Edit(replace(span, end=span.start) if useless else replace(span, start=words[0], end=words[1]), "")
    return Fix(Applicability(safety), "take the words away", (edit,))


def _covered(source):
    odd = sum(cell.text.count("# unread") for cell in source.cells)
    models = (Tally("functional", odd, 0), Tally("sequential", 1, 1))
    return Coverage(kinds=models, given_up=(GivenUp("a.py:1:1", ("too odd",)),))


def analysis(unit, _catalogue):
    """Find a leak in each row that ends in a severity and a confidence; crash where a row says so.

    A third word is the safety of a fix that takes the words away; with `useless` behind it, the fix takes nothing away.
    """
    findings = []
    for source in unit.sources:
        for cell in source.cells:
            for row, line in enumerate(cell.text.splitlines(), start=1):
                words = line.partition("#")[2].partition("#")[0].split()
                if words[:1] == ["crash"]:
                    raise RecursionError("too deep")
                if words[:1] and words[0] in set(Severity):
                    span = Span(source.path, cell.index, Position(row, 1), Position(row, 6))
                    findings.append(
                        Finding(
                            "PAD101",
                            "unmasked-embedding",
                            "padding reaches `LSTM`",
                            Severity(words[0]),
                            Confidence(words[1]),
                            span,
                            (TraceStep(Role.CONSUMER, "reads padding", span),),
                            Consumer("LSTM", Family.RECURRENT),
                            fix=_fix(span, line, *words[2:]),
                        )
                    )
    coverage = {source.path: _covered(source) for source in unit.sources}
    return Analysis(tuple(findings), coverage, {}, Dependencies())


@dataclass(frozen=True)
class Ended:
    """How a run of padlint ended, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty project, and the working folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "PADLINT_OUTPUT_FORMAT", "PADLINT_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def padlint(folder, monkeypatch, capsys):
    """Run padlint with these arguments, and say how that ended."""
    monkeypatch.setattr(session, "_analysis", analysis)
    monkeypatch.setattr(cli, "load_catalogue", lambda: RULES)

    def run(*arguments: str, stdin: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "argv", ["padlint", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    return run
