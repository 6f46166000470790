"""Files that belong together, and what their bytes say of which of them must be parsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from padlint.sources.discover import Found
from padlint.sources.prefilter import drivers, relevant
from padlint.sources.source import Unreadable, is_notebook, reason

_ROOT_FILES = ("pyproject.toml", "setup.py", "setup.cfg", ".git", "padlint.toml", ".padlint.toml")


@dataclass(frozen=True, slots=True)
class Project:
    """Files that can import each other, and the folder that they lie in."""

    root: Path
    files: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a project's files hold.

    Args:
        data: the bytes of each file that could be opened.
        parsed: the files whose bytes say that they must be parsed.
        closed: the files that could not be opened.
    """

    data: Mapping[Path, bytes]
    parsed: frozenset[Path]
    closed: tuple[Unreadable, ...] = ()

    def must_be_read(self, file: Path) -> bool:
        """Whether a file is to be parsed, has ignore comments to judge, or shows at once that it is broken."""
        data = self.data.get(file)
        if data is None:
            return False
        return file in self.parsed or b"padlint:" in data or b"\0" in data or _is_no_json(file, data)


def _is_no_json(file: Path, data: bytes) -> bool:
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    return is_notebook(file) and not (text.startswith(b"{") and text.endswith(b"}"))


def projects(found: Iterable[Found], named: Iterable[Path]) -> Iterator[Project]:
    """Group files by the closest folder above them that looks like the root of a project.

    Args:
        named: the paths that the user named (absolute); a file below no root belongs to the deepest of them.
    """
    deepest_first = sorted(named, key=lambda path: -len(path.parts))
    known: dict[Path, Path | None] = {}
    grouped: dict[Path, list[Found]] = {}
    for each in found:
        root = _root_above(each.file.parent, known)
        if root is None:
            root = next((path for path in deepest_first if each.file.is_relative_to(path)), each.file.parent)
        grouped.setdefault(root, []).append(each)
    yield from (Project(root, tuple(group)) for root, group in grouped.items())


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


def contents(project: Project, given: Mapping[Path, bytes]) -> Contents:
    """Read the bytes of a project's files, and say which of them must be parsed.

    Args:
        given: what files hold that are not to be read: standard input, or text that was edited.
    """
    data: dict[Path, bytes] = {}
    closed = []
    for each in project.files:
        try:
            data[each.file] = given[each.file] if each.file in given else each.file.read_bytes()
        except OSError as error:
            closed.append(Unreadable(each.path, each.file, reason(error), opened=False))
    roots = {file: content for file, content in data.items() if relevant(content)}
    others = {file: content for file, content in data.items() if file not in roots}
    parsed = frozenset(roots) | (drivers(others, roots) if roots else frozenset())
    return Contents(data, parsed, tuple(closed))
