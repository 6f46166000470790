"""Programs as text, linted up to what is observed of their graph."""

from __future__ import annotations

from pathlib import Path

from padlint.finding import Confidence
from padlint.flow.observation import Kind, Observation
from padlint.flow.observe import observe
from padlint.keras.overlay import KerasOverlay
from padlint.python.interpreter import Interpreter
from padlint.python.modules import ProjectModules
from padlint.python.program import Program
from padlint.sources.source import Cell, Source

ADVICE = frozenset({Kind.LEFT_PADDED_MASK, Kind.UNRESOLVED_MODEL})


def observed(text: str) -> list[Observation]:
    """Lint a program, and give what it is told, mere possibilities and advice left out."""
    file = Path("/nowhere/program.py")
    overlay = KerasOverlay()
    modules = ProjectModules(file.parent, lambda _: None)
    Program(Interpreter(overlay, modules), modules, [Source("program.py", file, (Cell(0, text),))]).evaluate()
    seen = observe(overlay.graph())
    return [one for one in seen if one.kind not in ADVICE and one.confidence is not Confidence.POSSIBLE]


def said(text: str) -> list[str]:
    """Lint a program, and give what it is told and of which lines."""
    lines = text.split("\n")
    return [f"{one.kind}: {lines[one.span.start.row - 1].strip()}" for one in observed(text)]
