"""Paths that the user named, to the files to lint."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from padlint.dataclass import dataclass
from padlint.sources.source import Unreadable, reason
from padlint.spelling import nearest

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

# What a look beside the files that were named may cost: some tenths of a second.
_MOST_ENTRIES = 50_000
_MOST_NEIGHBOURS = 3_000

_PLAIN = re.compile(r"\*?(?=.*\w)[\w.-]+")


class MissingPath(ValueError):
    """A path that the user named does not exist; the message names the nearest one that does."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A glob in the syntax of .gitignore, relative to `root`: the folder of the file that it was written in.

    Raises:
        ValueError: it is no such glob.
    """

    glob: str
    root: Path

    def __post_init__(self) -> None:
        _specification((self.glob,))


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

    A file that is named is linted whatever its suffix; a folder is walked for those that its selection includes. A
    link to a folder is not followed unless it is named, so that no file is met twice and no loop is entered.

    Args:
        paths: files and folders as the user named them.
        selection: gives, for a folder, the selection of the closest configuration.
        working_folder: what relative paths are relative to; the process's own by default.

    Raises:
        MissingPath: at once, before any file is yielded.
    """
    folder = working_folder or Path.cwd()
    for path in paths:
        if not path or not os.path.lexists(folder / path):
            raise MissingPath(_missing(path, folder))
    return _unique(_named(path, selection, folder) for path in paths)


def neighbours(
    root: Path, shown: str, selection: Callable[[Path], Selection], *, below: bool = True
) -> tuple[Found, ...] | None:
    """Return the files of a folder that linting it would lint, None when there are too many for a look beside.

    Args:
        shown: the folder as the user will see it, "" for the working folder.
        below: whether its folders are looked into, too.
    """
    files: list[Found] = []
    entries = 0
    for folder in _walk(root, shown, selection):
        entries += folder.entries
        files += (each for each in folder.files if isinstance(each, Found))
        if entries > _MOST_ENTRIES or len(files) > _MOST_NEIGHBOURS:
            return None
        if not below:
            break
    return tuple(files)


def excluded(file: Path, selection: Selection) -> bool:
    """Say whether `force_exclude` leaves out a file that was named, or text on standard input under that name."""
    return selection.force_exclude and matches(file, selection.exclude)


def matches(file: Path, patterns: Iterable[Pattern]) -> bool:
    """Say whether a file's path, or a folder above it, matches the patterns; the last that matches decides (`!`).

    Only the part of the path below a pattern's root counts; of a file elsewhere, its name.
    """
    path = os.path.abspath(file)
    parent = os.path.dirname(path)
    return _Globs(patterns, lambda root, _: parent if _below(path, root) is None else root).match(path)


# What the user named --------------------------------------------------------------------------------------------


def _unique(groups: Iterable[Iterator[Found | Unreadable]]) -> Iterator[Found | Unreadable]:
    seen: set[Path] = set()
    for group in groups:
        for found in group:
            if found.file not in seen:
                seen.add(found.file)
                yield found


def _named(path: str, selection: Callable[[Path], Selection], folder: Path) -> Iterator[Found | Unreadable]:
    """Yield what one path that the user named stands for."""
    named = Path(os.path.abspath(folder / path))
    shown = _shown(named, folder, path)
    try:
        mode = named.stat().st_mode
    except OSError as error:
        why = "a symbolic link that leads nowhere" if isinstance(error, FileNotFoundError) else reason(error)
        yield Unreadable(shown, named, why, opened=False)
        return
    chosen = selection(named if stat.S_ISDIR(mode) else named.parent)
    if chosen.force_exclude and matches(named, chosen.exclude):
        return
    if stat.S_ISDIR(mode):
        yield from (each for met in _walk(named, "" if shown == "." else shown, selection) for each in met.files)
    elif stat.S_ISREG(mode):
        yield Found(shown, named)
    else:
        why = "neither a file nor a folder; to lint a stream, pipe it into `padlint -`"
        yield Unreadable(shown, named, why, opened=False)


def _shown(file: Path, folder: Path, path: str) -> str:
    """Return the name to show: relative to the working folder where the file is below it, else as it was named."""
    name = str(file.relative_to(folder)) if file.is_relative_to(folder) else os.path.normpath(path)
    return printable(name)


def printable(name: str) -> str:
    """Return a file's name with what no encoding can write replaced."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "replace")


def _missing(path: str, folder: Path) -> str:
    """Say that a path does not exist, and which one near it does."""
    try:
        near = _nearest_path(Path(path), folder)
    except OSError:  # a folder on the way may not be looked into, or a name is too long for any
        near = None
    hint = f", did you mean `{near}`?" if near else ""
    return f"{path or 'the empty path'} does not exist{hint}"


def _nearest_path(path: Path, folder: Path) -> Path | None:
    """Return the path with its first wrong part put right, where that exists."""
    known = folder
    for depth, part in enumerate(path.parts):
        if (known / part).exists():
            known /= part
            continue
        near = nearest(part, (entry.name for entry in known.iterdir())) if known.is_dir() else None
        candidate = Path(*path.parts[:depth], near, *path.parts[depth + 1 :]) if near else None
        return candidate if candidate and (folder / candidate).exists() else None
    return None


# Folders --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Folder:
    """What was met in one folder: how many entries it has, and what of them is to be linted."""

    entries: int
    files: tuple[Found | Unreadable, ...]


def _walk(top: Path, shown: str, selection: Callable[[Path], Selection]) -> Iterator[_Folder]:
    """Yield the folders below one that is shown under a name; a stack, not recursion: folders can be deep."""
    waiting: list[tuple[str, str, _Ignored | None]] = [(str(top), shown, _ignored_above(top))]
    last: Selection | None = None
    exclude = include = _Globs.below(str(top), ())
    while waiting:
        folder, name, above = waiting.pop()
        try:
            with os.scandir(folder) as scanned:
                entries = sorted(scanned, key=attrgetter("name"))
        except OSError as error:
            yield _Folder(0, (Unreadable(printable(name or "."), Path(folder), reason(error), opened=False),))
            continue
        chosen = selection(Path(folder))
        if chosen != last:
            last = chosen
            exclude, include = _Globs.below(str(top), chosen.exclude), _Globs.below(str(top), chosen.include)
        has_own = any(entry.name == ".gitignore" for entry in entries)
        ignored = _Ignored.read(folder, above) if has_own else above
        if not chosen.respect_gitignore:
            ignored = None
        below: list[tuple[str, str, _Ignored | None]] = []
        files: list[Found | Unreadable] = []
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            path = f"{entry.path}/" if is_folder else entry.path
            if not is_folder and not include.match(path):
                continue
            if exclude.match(path) or (ignored and ignored.match(path)):
                continue
            inside = f"{name}/{entry.name}" if name else entry.name
            if is_folder:
                below.append((entry.path, inside, ignored))
            else:
                files += _entry(entry, printable(inside))
        yield _Folder(len(entries), tuple(files))
        waiting.extend(reversed(below))


def _entry(entry: os.DirEntry[str], shown: str) -> Iterator[Found | Unreadable]:
    """Yield a file of a folder; a link to nothing, as an editor's lock is, is passed over."""
    try:
        if entry.is_file():
            yield Found(shown, Path(entry.path))
    except OSError as error:
        yield Unreadable(shown, Path(entry.path), reason(error), opened=False)


# Globs ----------------------------------------------------------------------------------------------------------


class _Specification(Protocol):
    """Globs in the syntax of .gitignore."""

    def included(self, path: str) -> bool | None:
        """Say whether a path matches (True), is taken back by a `!` (False), or no glob speaks of it (None)."""


@dataclass(frozen=True, slots=True)
class _Plain:
    """Globs that are whole names (`venv`) or suffixes (`*.py`), which most are: these need no expressions."""

    names: frozenset[str]
    suffixes: tuple[str, ...]

    def included(self, path: str) -> bool | None:
        if not self.names.isdisjoint(path.split("/")):
            return True
        for suffix in self.suffixes:
            if path.endswith(suffix) or f"{suffix}/" in path:
                return True
        return None


class _Wild:
    """Globs of any kind."""

    def __init__(self, globs: tuple[str, ...]) -> None:
        from pathspec import GitIgnoreSpec

        self._globs = GitIgnoreSpec.from_lines(globs)

    def included(self, path: str) -> bool | None:
        return self._globs.check_file(path).include


@lru_cache(maxsize=256)
def _specification(globs: tuple[str, ...]) -> _Specification:
    if not all(map(_PLAIN.fullmatch, globs)):
        return _Wild(globs)
    suffixes = tuple(glob[1:] for glob in globs if glob.startswith("*"))
    return _Plain(frozenset(glob for glob in globs if not glob.startswith("*")), suffixes)


class _Globs:
    """Patterns, matched against the part of an absolute path below a folder: their root, or what stands in for it."""

    def __init__(self, patterns: Iterable[Pattern], base: Callable[[str, _Specification], str]) -> None:
        """Prepare the patterns; `base` gives the folder for the patterns of a root."""
        self._groups: list[tuple[str, _Specification]] = []
        for root, group in groupby(patterns, key=lambda pattern: pattern.root):
            specification = _specification(tuple(pattern.glob for pattern in group))
            self._groups.append((base(str(root), specification), specification))

    @classmethod
    def below(cls, top: str, patterns: Iterable[Pattern]) -> _Globs:
        """Prepare patterns for what is below a folder; one that was named is walked although it matches itself."""

        def base(root: str, specification: _Specification) -> str:
            named = _below(f"{top}/", root)
            return top if named is None or specification.included(named) else root

        return cls(patterns, base)

    def match(self, path: str) -> bool:
        """Say whether a path matches; a folder's ends in a slash."""
        matched = False
        for base, specification in self._groups:
            below = _below(path, base)
            included = specification.included(below) if below else None
            matched = matched if included is None else included
        return matched


@dataclass(frozen=True, slots=True)
class _Ignored:
    """What the .gitignore of a folder says, and those of the folders above it."""

    folder: str
    specification: _Specification
    above: _Ignored | None

    @classmethod
    def read(cls, folder: str, above: _Ignored | None) -> _Ignored | None:
        """Return a folder's own .gitignore on top of what is above; just that when it has none."""
        try:
            text = Path(folder, ".gitignore").read_bytes().decode("utf-8", "surrogateescape")
        except OSError:
            return above
        return cls(folder, _specification(tuple(filter(_is_glob, text.splitlines()))), above)

    def match(self, path: str) -> bool:
        """Say whether a path is ignored: the nearest .gitignore that speaks of it decides."""
        level: _Ignored | None = self
        while level:
            included = level.specification.included(_below(path, level.folder) or path)
            if included is not None:
                return included
            level = level.above
        return False


def _ignored_above(top: Path) -> _Ignored | None:
    """Return what the .gitignore files above a folder say of it, up to the root of its repository."""
    repository = next((folder for folder in (top, *top.parents) if (folder / ".git").exists()), top)
    ignored: _Ignored | None = None
    for folder in reversed([above for above in top.parents if above.is_relative_to(repository)]):
        ignored = _Ignored.read(str(folder), ignored)
    # A folder that was named is linted although it is ignored.
    return None if ignored and ignored.match(f"{top}/") else ignored


def _is_glob(line: str) -> bool:
    """Say whether a line of a .gitignore can be used; git passes over the others, too."""
    try:
        _specification((line,))
    except ValueError:
        return False
    return True


def _below(path: str, folder: str) -> str | None:
    """Return the part of a path below a folder, None when it is elsewhere."""
    start = folder if folder.endswith("/") else f"{folder}/"
    return path[len(start) :] if path.startswith(start) else None
