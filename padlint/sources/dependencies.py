"""What a piece of work looked at in files and folders, and whether they still hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path

from padlint.dataclass import dataclass
from padlint.digest import digest
from padlint.sources.folders import Folders


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What a piece of work looked at besides what it was given.

    Args:
        files: the files that were read, by path, with the digest of what they held; "" where they could not be read.
        looks: for each folder the names that were looked for in it, and whether they were there.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    looks: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)

    @classmethod
    def union(cls, each: Iterable[Dependencies]) -> Dependencies:
        """Return what several pieces of work depend on together."""
        files: dict[str, str] = {}
        looks: dict[str, dict[str, bool]] = {}
        for one in each:
            files |= one.files
            for folder, names in one.looks.items():
                looks.setdefault(folder, {}).update(names)
        return cls(files, looks)


class World:
    """What files and folders hold in this run; each is looked at once."""

    def __init__(self, digests: Mapping[str, str] | None = None, folders: Folders | None = None) -> None:
        self.folders = folders or Folders()
        self._digests = dict(digests or {})

    def know(self, digests: Mapping[str, str]) -> None:
        """Take the digests of files that have been read."""
        self._digests |= digests

    def digest(self, file: str) -> str:
        """Return the digest of what a file holds, "" when it cannot be read."""
        known = self._digests.get(file)
        if known is None:
            try:
                known = digest(Path(file).read_bytes())
            except OSError:
                known = ""
            self._digests[file] = known
        return known

    def agrees(self, dependencies: Dependencies) -> bool:
        """Say whether all is as it was."""
        return self.folders.agree(dependencies.looks) and all(
            self.digest(file) == held for file, held in dependencies.files.items()
        )
