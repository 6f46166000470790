"""One trial of the fuzzer: lint files the way a run does, prove and make the fixes, and say what went wrong."""

from __future__ import annotations

import ast
import io
import signal
import tokenize
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import TypeAlias

from padlint.catalogue import Catalogue, load_catalogue
from padlint.config import Configurations
from padlint.finding import Finding
from padlint.report import Format, Report, reporter
from padlint.session import Mended, Request, mend, run
from padlint.sources.source import is_notebook

Files: TypeAlias = Mapping[str, bytes]
"""What the files of a project hold, by their names."""

MOST_SECONDS = 5.0
FORMATS = (Format.FULL, Format.JSON, Format.SARIF)


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with an input: in one line, and whatever helps to mend it."""

    how: str
    detail: str = ""


class OutOfTime(BaseException):
    """A trial took longer than any may; no `except Exception` of padlint takes it for a crash."""


def tried(files: Files, folder: Path) -> Failure | None:
    """Lint files in an empty folder, and return what went wrong, None when nothing did."""
    (folder / ".git").mkdir(exist_ok=True)  # so that nothing above the folder counts
    for name, data in files.items():
        (folder / name).write_bytes(data)
    try:
        with _limited(MOST_SECONDS):
            failure = _linted(files, folder)
    except OutOfTime:
        failure = Failure(f"more than {MOST_SECONDS:g} s of processor time", traceback.format_exc())
    except Exception as error:  # noqa: BLE001  # this is what the fuzzer looks for
        failure = Failure(f"{type(error).__name__}: {error}".splitlines()[0], traceback.format_exc())
    left = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    return failure or (None if left == dict(files) else Failure("linting changed the files"))


def _linted(files: Files, folder: Path) -> Failure | None:
    overrides = {"select": ["ALL"], "min-confidence": "possible"}
    request = Request((".",), Configurations(overrides, working_folder=folder, isolated=True), folder, processes=1)
    report = run(request, _catalogue(), proving=True)
    if report.troubles:
        return Failure(report.troubles[0].line, report.troubles[0].detail)
    for chosen in FORMATS if report.findings else ():
        "".join(reporter(chosen)(report))
    misplaced = next(_misplaced(report), None)
    if misplaced is not None:
        return Failure("a finding stands outside of its file", repr(misplaced))
    if any(finding.fix is not None for finding in report.findings):
        return _spoilt(mend(request, _catalogue(), unsafe=True))
    return None


def _misplaced(report: Report) -> Iterator[Finding]:
    """Yield findings whose place, or a step of whose trace, is no place of the text."""
    for finding in report.findings:
        for span in (finding.span, *(step.span for step in finding.trace)):
            if span.cell == 0 and is_notebook(Path(span.path)):
                continue  # a place in JSON
            rows = report.lines(span.path, span.cell)
            inside = 1 <= span.start.row <= span.end.row <= max(len(rows), 1)
            if not inside or span.start.column < 1 or span.start > span.end:
                yield finding


def _spoilt(mended: Mended) -> Failure | None:
    """Say which file that was Python is not any more once the fixes are made."""
    for change in mended.changes:
        if _is_python(change.before) and not _is_python(change.after):
            return Failure("a fix spoils its file", change.after.decode("utf-8", "replace"))
    return None


def _is_python(data: bytes) -> bool:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        ast.parse(data.decode(encoding))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """End the body when it has used up its processor time; another program may keep the processor from it."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@cache
def _catalogue() -> Catalogue:
    return load_catalogue()
