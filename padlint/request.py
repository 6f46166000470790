"""What a run is asked to do: which files to lint, or what text, under which configurations."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from padlint.config import Configurations
from padlint.dataclass import dataclass
from padlint.sources.discover import Found, discover, excluded, neighbours
from padlint.sources.projects import Project, Rest, can_matter, contents, projects
from padlint.sources.source import Unreadable

STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class Buffer:
    """Text that came on standard input, and the name that it has; "" when it has none."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What to lint and under which configurations.

    Args:
        paths: files and folders as the user named them.
        buffer: text to lint in place of `paths`.
        use_baseline: whether known findings are told apart.
        use_cache: whether what earlier runs found is used again, and what this one finds is kept.
        processes: how many processes there may be at a time; None for one on each processor.
        confirm: whether what is found is measured.
        verify: whether consumers that nothing is found at are measured, too.
    """

    paths: tuple[str, ...]
    configurations: Configurations
    working_folder: Path
    buffer: Buffer | None = None
    use_baseline: bool = True
    use_cache: bool = False
    processes: int | None = None
    confirm: bool = False
    verify: bool = False

    @property
    def named(self) -> tuple[Path, ...]:
        """The paths, absolute."""
        return tuple(self.working_folder / path for path in self.paths)

    @property
    def given(self) -> Mapping[Path, bytes]:
        """What came on standard input, as what the file of that name holds."""
        return {} if self.buffer is None else {self._buffer_file(self.buffer): self.buffer.data}

    def found(self) -> tuple[tuple[Found, ...], tuple[Unreadable, ...]]:
        """Return the files to lint, and what cannot be opened.

        Raises:
            MissingPath: a path that the user named does not exist.
        """
        if self.buffer is not None:
            file = self._buffer_file(self.buffer)
            if self.buffer.name and excluded(file, self.configurations.of(file.parent).selection):
                return (), ()
            return (Found(self.buffer.name or STDIN, file),), ()
        each = tuple(discover(self.paths, lambda folder: self.configurations.of(folder).selection, self.working_folder))
        return (
            tuple(file for file in each if isinstance(file, Found)),
            tuple(file for file in each if isinstance(file, Unreadable)),
        )

    def completed(self, project: Project) -> Project | None:
        """Return a project with its files that nobody named, None when there are too many to read along.

        A project is left as it is where the files that were named cannot matter.
        """
        if project.rest is Rest.NOWHERE or (self.buffer is not None and not self.buffer.name):
            return project
        if not can_matter(contents(project, self.given)):
            return project
        found = neighbours(
            project.root,
            self._shown(project),
            lambda folder: self.configurations.of(folder).selection,
            below=project.rest is Rest.BELOW,
        )
        if found is None:
            return None
        asked = {each.file for each in project.files}
        own = (each.files for each in projects(found, (project.root,)) if each.root == project.root)
        return replace(project, beside=tuple(file for files in own for file in files if file.file not in asked))

    def _shown(self, project: Project) -> str:
        """Return the name of a project's root that goes with those of its files, "" for the working folder."""
        if project.root.is_relative_to(self.working_folder):
            return str(project.root.relative_to(self.working_folder)).removeprefix(".")
        if os.path.isabs(project.files[0].path):  # noqa: PTH117  # it is what the user sees, not a path to open
            return str(project.root)
        return os.path.relpath(project.root, self.working_folder)

    def _buffer_file(self, buffer: Buffer) -> Path:
        return self.working_folder / (buffer.name or STDIN)
