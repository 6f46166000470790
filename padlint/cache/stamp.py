"""What of padlint itself, and of what it runs on, a verdict depends on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from importlib.util import find_spec

import padlint
from padlint import __version__
from padlint.catalogue import Catalogue
from padlint.config import Settings
from padlint.digest import digest

# Settings that decide what becomes of a finding, not what is found; all others change what is found.
_POLICY = frozenset(
    {
        "file",
        "select",
        "ignore",
        "extend_select",
        "per_file_ignores",
        "severity",
        "min_confidence",
        "fail_on",
        "exclude",
        "extend_exclude",
        "include",
        "respect_gitignore",
        "force_exclude",
        "baseline",
        "output_format",
        "preview",
        "cache_dir",
        "origins",
    }
)


@cache
def of_program() -> str:
    """Return a name for this very padlint: its version and its files, the Python and the libcst that it runs on."""
    return digest(
        __version__.encode(),
        sys.version.encode(),
        *(f"{name} {size} {changed}".encode() for folder in padlint.__path__ for name, size, changed in _files(folder)),
        _libcst(),
    )


def of_rules(catalogue: Catalogue) -> str:
    """Return a name for what the rules say that findings repeat."""
    said = [(rule.code, rule.name, rule.kind, rule.severity, rule.message, rule.help) for rule in catalogue]
    return digest(repr(said).encode())


def of_settings(settings: Settings) -> str:
    """Return a name for what settings make of an analysis."""
    chosen = [(field.name, getattr(settings, field.name)) for field in fields(settings) if field.name not in _POLICY]
    return digest(repr(chosen).encode())


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    """Yield the files of padlint, in order."""
    with os.scandir(folder) as scanned:
        entries = sorted(scanned, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files(entry.path)
        else:
            state = entry.stat()
            yield entry.path, state.st_size, state.st_mtime_ns


def _libcst() -> bytes:
    """Return what libcst says of its version, without importing it, which costs as much as all the rest of a run."""
    found = find_spec("libcst")
    for folder in (found and found.submodule_search_locations) or ():
        try:
            with open(os.path.join(folder, "_version.py"), "rb") as file:  # noqa: PTH118, PTH123
                return file.read()
        except OSError:
            continue
    return b""
