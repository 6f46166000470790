"""A file of known findings, told by their content, so that only new ones are reported.

An entry is a fingerprint of path, rule and line text with how often it comes; no row is in it, so entries survive
lines that move. The text of the line stands beside it for whoever reads the file.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from padlint.config import ConfigError
from padlint.dataclass import dataclass
from padlint.finding import Finding
from padlint.fingerprint import Lines, fingerprint, line_text

DEFAULT_FILE = ".padlint-baseline.json"
_FORMAT = 1
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A finding that is known: how often it may come, in which file (relative to the baseline), and its line."""

    path: str
    code: str
    line: str
    fingerprint: str
    count: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Findings told apart by a baseline, and the entries that matched less often than they say."""

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    stale: tuple[Entry, ...]


def entries(findings: Iterable[Finding], lines: Lines, folder: Path, paths: Mapping[str, Path]) -> tuple[Entry, ...]:
    """Return what a baseline in `folder` says of these findings.

    Args:
        paths: where the file behind each shown path is.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        counts[_relative(finding, folder, paths), finding.code, line_text(finding, lines)] += 1
    return tuple(
        sorted(
            Entry(path, code, text[:_LONGEST_LINE], fingerprint(path, code, text), count)
            for (path, code, text), count in counts.items()
        )
    )


def compare(
    findings: Sequence[Finding], baseline: Iterable[Entry], lines: Lines, folder: Path, paths: Mapping[str, Path]
) -> Compared:
    """Tell new findings from known ones. An entry of a file that was not linted, but is there, is never stale."""
    remaining = Counter({entry.fingerprint: entry.count for entry in baseline})
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        path = _relative(finding, folder, paths)
        digest = fingerprint(path, finding.code, line_text(finding, lines))
        is_known = remaining[digest] > 0
        remaining[digest] -= is_known
        (known if is_known else new).append(finding)
    linted = {_relative_path(file, folder) for file in paths.values()}
    stale = (
        entry
        for entry in baseline
        if remaining[entry.fingerprint] > 0 and (entry.path in linted or not (folder / entry.path).exists())
    )
    return Compared(tuple(new), tuple(known), tuple(stale))


def dump(known: Iterable[Entry]) -> str:
    """Return the text of a baseline file."""
    listed = [
        {"path": each.path, "code": each.code, "count": each.count, "fingerprint": each.fingerprint, "line": each.line}
        for each in known
    ]
    return json.dumps({"version": _FORMAT, "findings": listed}, ensure_ascii=False, indent=2) + "\n"


def load(file: Path) -> tuple[Entry, ...]:
    """Read a baseline file.

    Raises:
        ConfigError: it cannot be read, or is not a baseline.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"baseline {file}: {error.strerror}; write one with --write-baseline") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"baseline {file}: not JSON: {error}") from error
    match document:
        case {"version": int(number), "findings": list(listed)} if number == _FORMAT:
            return tuple(_entry(item, file) for item in listed)
        case {"version": int(number)} if number != _FORMAT:
            raise ConfigError(f"baseline {file}: version {number}, but this padlint reads version {_FORMAT}")
        case _:
            raise ConfigError(f"baseline {file}: not a baseline; write one with --write-baseline")


def _entry(item: object, file: Path) -> Entry:
    match item:
        case {
            "path": str(path),
            "code": str(code),
            "line": str(line),
            "fingerprint": str(digest),
            "count": int(count),
        }:
            return Entry(path, code, line, digest, count)
        case _:
            raise ConfigError(f"baseline {file}: not an entry: {json.dumps(item)[:_LONGEST_LINE]}")


def _relative(finding: Finding, folder: Path, paths: Mapping[str, Path]) -> str:
    file = paths.get(finding.span.path)
    return finding.span.path if file is None else _relative_path(file, folder)


def _relative_path(file: Path, folder: Path) -> str:
    return Path(os.path.relpath(file, folder)).as_posix()
