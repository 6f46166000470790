"""What a run is asked to do: which files to lint, or what text, under which configurations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from padlint.config import Configurations
from padlint.sources.discover import Found, discover, excluded
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

    def _buffer_file(self, buffer: Buffer) -> Path:
        return self.working_folder / (buffer.name or STDIN)
