"""Two findings that every format is shown with: a route through a script, and one in a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from padlint.catalogue import Catalogue, Rule
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
from padlint.report import Report

SCRIPT = """\
from keras.preprocessing.sequence import pad_sequences

texte = pad_sequences(übersetzt, maxlen=80)
model = Sequential()
model.add(Embedding(1000, 32))
model.add(Dropout(0.5))
model.add(Dense(16))
model.add(LSTM(32))
"""
CELL = """\
inputs = Input((None, 8))
outputs = GRU(16)(inputs)
"""


def in_script(row: int, start: int, end: int) -> Span:
    return Span("src/train.py", 0, Position(row, start), Position(row, end))


def in_cell(row: int, start: int, end: int) -> Span:
    return Span("notes.ipynb", 2, Position(row, start), Position(row, end))


LEAK = Finding(
    code="PAD101",
    name="unmasked-embedding",
    message="padded ids reach `LSTM` through an Embedding without `mask_zero=True`",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    span=in_script(5, 11, 30),
    trace=(
        TraceStep(Role.PADDING, "padded with 0 to 80 steps", in_script(3, 9, 44)),
        TraceStep(Role.SOURCE, "makes no mask", in_script(5, 11, 30)),
        TraceStep(Role.CONSUMER, "reads the padded steps", in_script(8, 11, 19)),
    ),
    consumer=Consumer("LSTM", Family.RECURRENT),
    help="write `Embedding(..., mask_zero=True)`",
    fix=Fix(Applicability.UNSAFE, "add `mask_zero=True`", (Edit(in_script(5, 29, 29), ", mask_zero=True"),)),
)
HINT = Finding(
    code="PAD102",
    name="unmasked-sequence",
    message="`GRU` reads padded features: 100%, unmasked",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    span=in_cell(2, 11, 18),
    trace=(TraceStep(Role.CONSUMER, "reads the padded steps", in_cell(2, 11, 18)),),
    consumer=Consumer("GRU", Family.RECURRENT),
)
RULE = Rule(
    code="PAD101",
    name="unmasked-embedding",
    kind="unmasked-embedding",
    severity=None,
    default=True,
    since="0.1.0",
    tags=("mask", "recurrent"),
    message="",
    help="",
    summary="Padded ids reach a recurrent layer through an Embedding that makes no mask.",
    page=Path(__file__).parent / "page.md",
)


def texts(path: str, _cell: int) -> tuple[str, ...]:
    return tuple({"src/train.py": SCRIPT, "notes.ipynb": CELL}[path].split("\n"))


@pytest.fixture
def report() -> Report:
    return Report((HINT, LEAK), Catalogue((RULE,)), texts)


@pytest.fixture
def nothing() -> Report:
    return Report((), Catalogue(()), texts)
