"""Paths that the user named, to the files to lint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from padlint.sources.source import Unreadable

DEFAULT_EXCLUDES = (
    ".git",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    "__pypackages__",
    "node_modules",
    "site-packages",
    ".ipynb_checkpoints",
)
DEFAULT_INCLUDES = ("*.py", "*.ipynb")


class MissingPath(ValueError):
    """A path that the user named does not exist; the message names the nearest one that does."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A glob in the syntax of .gitignore, relative to `root`: the folder of the file that it was written in."""

    glob: str
    root: Path


@dataclass(frozen=True, slots=True)
class Selection:
    """Which files a configuration selects.

    Args:
        exclude: files and folders to leave out.
        include: files to take when a folder is walked.
        respect_gitignore: whether to leave out what .gitignore files name.
        force_exclude: whether `exclude` counts for files that the user named one by one, too.
    """

    exclude: tuple[Pattern, ...]
    include: tuple[Pattern, ...]
    respect_gitignore: bool = True
    force_exclude: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A file to lint: `path` as the user will see it, `file` where it is (absolute)."""

    path: str
    file: Path


def discover(
    paths: Sequence[str], selection: Callable[[Path], Selection], working_folder: Path | None = None
) -> Iterator[Found | Unreadable]:
    """Yield the files that `paths` stand for, each once, a folder's in the order of their names.

    A file that is named is linted whatever its suffix; a folder is walked for those that its selection includes.

    Args:
        paths: files and folders as the user named them.
        selection: gives, for a folder, the selection of the closest configuration.
        working_folder: what relative paths are relative to; the process's own by default.

    Raises:
        MissingPath: at once, before any file is yielded.
    """
    raise NotImplementedError


def excluded(file: Path, selection: Selection) -> bool:
    """Say whether `force_exclude` leaves out a file that was named, or text on standard input under that name."""
    raise NotImplementedError


def matches(file: Path, patterns: Iterable[Pattern]) -> bool:
    """Say whether a file's path, or a folder above it, matches the patterns; the last that matches decides (`!`)."""
    raise NotImplementedError
