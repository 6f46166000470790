"""Files that belong together, and what their bytes say of which of them must be parsed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from padlint.dataclass import dataclass
from padlint.digest import digest
from padlint.sources.discover import Found
from padlint.sources.notebooks import NotANotebook, code_cells
from padlint.sources.prefilter import candidate, drivers, names_keras, padders, relevant, savers
from padlint.sources.source import Unreadable, is_notebook, reason

_PACKAGE = "__init__.py"
_PIECE = 1 << 16
_ROOT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", ".git", "padlint.toml", ".padlint.toml")


class Rest(StrEnum):
    """Where the files of a project lie that nobody named."""

    NOWHERE = "nowhere"
    BESIDE = "beside"  # in the same folder: nothing says how far the project goes
    BELOW = "below"  # below the root


@dataclass(frozen=True, slots=True)
class Project:
    """Files that can import each other, and the folder that they lie in.

    Args:
        files: those that are to be linted.
        beside: others, which are read for what they do with those, and not reported on.
        rest: where more files of the project lie than those that were named.
    """

    root: Path
    files: tuple[Found, ...]
    beside: tuple[Found, ...] = ()
    rest: Rest = Rest.NOWHERE

    @property
    def every(self) -> tuple[Found, ...]:
        """All files that are read."""
        return (*self.files, *self.beside)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a project's files hold.

    Args:
        digests: a name for the content of each file that could be opened.
        data: the bytes of those that name Keras, hold ignore comments, or show at once that they are broken, and
            of those that are not to be read.
        code: of what names Keras, what is Python: all of a script, the code cells of a notebook.
        closed: the files that could not be opened, of those that are to be linted.
    """

    digests: Mapping[Path, str]
    data: Mapping[Path, bytes]
    code: Mapping[Path, bytes]
    closed: tuple[Unreadable, ...] = ()


def projects(found: Iterable[Found], named: Iterable[Path]) -> Iterator[Project]:
    """Group files by the closest folder above them that looks like the root of a project.

    Args:
        named: the paths that the user named (absolute); a file below no root belongs to the deepest of them, or to the
            whole package that this is a part of.
    """
    deepest_first = sorted(named, key=lambda path: -len(path.parts))
    known: dict[Path, Path | None] = {}
    roots: dict[str, Path] = {}
    grouped: dict[Path, list[Found]] = {}
    for folder, together in groupby(found, lambda each: os.path.dirname(each.file)):
        if folder not in roots:
            above = Path(folder)
            fallback = (path for path in deepest_first if above.is_relative_to(path))
            roots[folder] = _root_above(above, known) or _package_around(next(fallback, above))
        grouped.setdefault(roots[folder], []).extend(together)
    for root, group in grouped.items():
        yield Project(root, tuple(group), rest=_rest(root, deepest_first, known))


def _rest(root: Path, named: Iterable[Path], known: Mapping[Path, Path | None]) -> Rest:
    if any(root.is_relative_to(path) for path in named):
        return Rest.NOWHERE
    return Rest.BELOW if known[root] == root or (root / _PACKAGE).exists() else Rest.BESIDE


def _root_above(folder: Path, known: dict[Path, Path | None]) -> Path | None:
    """Return the closest folder, from this one up, that looks like a root; every folder is looked at once."""
    passed: list[Path] = []
    root = None
    for above in (folder, *folder.parents):
        if above in known:
            root = known[above]
            break
        passed.append(above)
        if any((above / name).exists() for name in _ROOT_FILES):
            root = above
            break
    known.update(dict.fromkeys(passed, root))
    return root


def _package_around(path: Path) -> Path:
    """Return the outermost package that a path is in, the path itself when it is in none."""
    around = path
    for above in (path, *path.parents):
        if not (above / _PACKAGE).exists():
            break
        around = above
    return around


def contents(project: Project, given: Mapping[Path, bytes]) -> Contents:
    """Read a project's files, and keep of them what may have to be read as Python.

    Args:
        given: what files hold that are not to be read: standard input, or text that was edited.
    """
    digests: dict[Path, str] = {}
    kept: dict[Path, bytes] = {}
    code: dict[Path, bytes] = {}
    closed = []
    for place, each in enumerate(project.every):
        own = given.get(each.file) if given else None
        try:
            data = _whole(each.file) if own is None else own
        except OSError as error:
            if place < len(project.files):
                closed.append(Unreadable(each.path, each.file, reason(error), opened=False))
            continue
        digests[each.file] = digest(data)
        named = names_keras(data)
        if named:
            code[each.file] = _code(each.file, data)
        if named or own is not None or _has_its_say(each.file, data):
            kept[each.file] = data
    return Contents(digests, kept, code, tuple(closed))


def _whole(file: Path) -> bytes:
    """Return what a file holds. There are many of them, and a file object takes as long to make as a file to read."""
    opened = os.open(file, os.O_RDONLY)
    try:
        data = os.read(opened, _PIECE)
        while more := os.read(opened, len(data)):
            data += more
        return data
    finally:
        os.close(opened)


def can_matter(held: Contents) -> bool:
    """Say whether files may hold a model or bind data to one, as far as their own bytes say."""
    return bool(held.code) or any(candidate(_code_of(file, held)) for file in held.digests)


def parsed(held: Contents) -> dict[Path, bytes]:
    """Return the code that may have to be parsed: what names what leaks are made of, and what uses that."""
    roots = {file: code for file, code in held.code.items() if relevant(code)}
    if not roots:
        return {}
    others = {file: _code_of(file, held) for file in held.digests if file not in roots}
    using = drivers(others.items(), roots) | padders(others.items(), roots)
    loading = roots | {file: others[file] for file in sorted(using)}
    return loading | {file: others[file] for file in sorted(savers(others.items(), loading))}


def _code_of(file: Path, held: Contents) -> bytes:
    if file in held.code:
        return held.code[file]
    try:
        return _code(file, held.data[file] if file in held.data else file.read_bytes())
    except OSError:  # it was there a moment ago
        return b""


def _code(file: Path, data: bytes) -> bytes:
    """Return what of a file is Python; a picture in a notebook can spell any short word."""
    if not is_notebook(file):
        return data
    try:
        return "\n".join(cell.text for cell in code_cells(data)).encode("utf-8", "surrogatepass")
    except NotANotebook:
        return data


def has_its_say(file: Path, held: Contents) -> bool:
    """Say whether a file has ignore comments to judge, or shows at once that it is broken."""
    return file in held.data and _has_its_say(file, held.data[file])


def _has_its_say(file: Path, data: bytes) -> bool:
    return b"padlint:" in data or b"\0" in data or _is_no_json(file, data)


def _is_no_json(file: Path, data: bytes) -> bool:
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    return is_notebook(file) and not (text.startswith(b"{") and text.endswith(b"}"))
