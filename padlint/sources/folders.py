"""Where an import leads: what lies in the folders of a project, each of them looked into once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import TypeAlias

_PACKAGE = "__init__.py"

Looks: TypeAlias = "dict[str, dict[str, bool]]"
"""For each folder the names that were looked for in it, and whether they were there."""


class Folders:
    """What lies in folders, by name; a folder's own name has a slash behind."""

    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}

    def names(self, folder: str) -> frozenset[str]:
        """Return what lies in a folder; nothing where there is none, or none that may be looked into."""
        known = self._names.get(folder)
        if known is None:
            known = self._names[folder] = frozenset(_names(folder))
        return known

    def agree(self, looks: Mapping[str, Mapping[str, bool]]) -> bool:
        """Say whether looking for the same names again would end the same."""
        return all(
            (name in self.names(folder)) is held for folder, names in looks.items() for name, held in names.items()
        )


def module_parts(file: PurePath) -> tuple[str, ...]:
    """Return the parts of the name under which a file is a module.

    A dot in the name of a file or folder, as in that of many a notebook, leads to nothing inside of it.
    """
    parts = tuple(part.replace(".", "_") for part in file.with_suffix("").parts)
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts


def _names(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file():
                    yield entry.name
                elif entry.is_dir():
                    yield f"{entry.name}/"
    except OSError:
        return


class Finder:
    """Finds the modules of one project, and keeps what it looked for on record.

    Args:
        root: the folder beyond which no module is looked for; its own name leads to it, for it may be a package itself.
    """

    def __init__(self, root: Path, folders: Folders) -> None:
        self.looks: Looks = {}
        self._root = str(root)
        self._name = root.name
        self._folders = folders
        self._known: dict[tuple[str, str], str | None] = {}

    def module(self, importer: str, dotted: str, level: int = 0) -> str | None:
        """Return the file that an import leads to, or None when it leads out of the project.

        Args:
            importer: the file with the import.
            dotted: the module's name without the dots before it, "" in `from . import a`.
            level: how many dots those are.
        """
        first, _, rest = dotted.partition(".")
        for folder in self._starts(importer, level):
            passed_over = not level and self._means_another(importer, folder, first)
            file = None if passed_over else self.inside(folder, dotted)
            if file is not None:
                return file
        return self.inside(self._root, rest) if first == self._name and not level else None

    def _means_another(self, importer: str, folder: str, name: str) -> bool:
        """Say whether a name that is imported means a module elsewhere than in a folder, which is a package.

        It is one of the standard library; or the folder's package of that name is the importer's own, deep inside of
        packages: `net/backend/torch/layers.py` imports `torch` from elsewhere. A single package around it need not be
        one: scripts that are run where they lie often have an `__init__.py` beside them.
        """
        if not self._has(folder, _PACKAGE):
            return False
        own = importer.startswith(f"{folder}/{name}/") and self._has(os.path.dirname(folder), _PACKAGE)
        return own or name in sys.stdlib_module_names

    def inside(self, folder: str, dotted: str) -> str | None:
        """Return the file of a module below a folder; a package's is its `__init__.py`."""
        key = (folder, dotted)
        if key not in self._known:
            self._known[key] = self._look(folder, dotted)
        return self._known[key]

    def members(self, file: str) -> Iterator[str]:
        """Yield the names of the modules beside a package's `__init__.py`; nothing for any other file."""
        folder, _, name = file.rpartition("/")
        if name == _PACKAGE:
            yield from (each.rstrip("/").removesuffix(".py") for each in self._folders.names(folder))

    def _look(self, folder: str, dotted: str) -> str | None:
        *packages, last = dotted.split(".") if dotted else [""]
        for package in packages:
            if not self._has(folder, f"{package}/"):
                return None
            folder = f"{folder}/{package}"
        inside = f"{folder}/{last}" if last else folder
        if (not last or self._has(folder, f"{last}/")) and self._has(inside, _PACKAGE):
            return f"{inside}/{_PACKAGE}"
        return f"{folder}/{last}.py" if last and self._has(folder, f"{last}.py") else None

    def _has(self, folder: str, name: str) -> bool:
        held = name in self._folders.names(folder)
        self.looks.setdefault(folder, {})[name] = held
        return held

    def _starts(self, importer: str, level: int) -> Iterator[str]:
        """Yield the folders in which an import is looked for: the importer's own, then outward to the root."""
        folder = os.path.dirname(importer)
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        yield folder
        if level:
            return
        while folder not in (self._root, os.path.dirname(folder)):
            folder = os.path.dirname(folder)
            yield folder
        yield f"{folder}/src"
