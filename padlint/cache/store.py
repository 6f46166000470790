"""A folder of checked files: what is read from it is what was once written, whole, or nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from padlint import __version__
from padlint.digest import digest

TAG_FILE = "CACHEDIR.TAG"
# https://bford.info/cachedir/: the first line is what backup programs look for.
_TAG = """Signature: 8a477f597d28d172789f06886806bc55
# This folder is a cache that padlint made. `padlint clean` removes it, and so may you.
"""
_IGNORED = "# Made by padlint.\n*\n"
_MARK = b"padlint cache "


def is_cache(folder: Path) -> bool:
    """Say whether a folder is a cache, and padlint's: an empty tag is one that a full disk cut off."""
    try:
        tag = (folder / TAG_FILE).read_bytes()
    except OSError:
        return False
    return not tag or b"padlint" in tag


class Store:
    """Reads and writes the files of one version of padlint in a cache folder; what cannot be done is not done.

    A file that was cut off, changed or is of no use for another reason is as good as none. A disk that is full or may
    not be written to costs what would have been kept. Two runs at a time take each other's files, whole.
    """

    def __init__(self, folder: Path | None) -> None:
        """Prepare to use a folder; without one nothing is kept."""
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        """Return what a file holds, None when there is none that is whole."""
        if self._folder is None:
            return None
        try:
            written = (self._folder / __version__ / name).read_bytes()
        except OSError:
            return None
        head, _, content = written.partition(b"\n")
        return content if head == _MARK + digest(content).encode() else None

    def write(self, name: str, content: bytes) -> None:
        """Put a file in the place of the one of that name, in one step, where that can be done."""
        if self._folder is None:
            return
        with suppress(OSError):
            target = _made(self._folder) / name
            temporary = target.with_name(f".{name}.{os.getpid()}")
            try:
                temporary.write_bytes(_MARK + digest(content).encode() + b"\n" + content)
                temporary.replace(target)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise


def _made(folder: Path) -> Path:
    """Make a cache and return the folder for this version in it.

    The marks go only into a folder that was not there, or is empty, and so is nobody else's.
    """
    version = folder / __version__
    if not version.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        if is_cache(folder) or not any(folder.iterdir()):
            for name, text in ((TAG_FILE, _TAG), (".gitignore", _IGNORED)):
                with suppress(FileExistsError), (folder / name).open("x", encoding="utf-8") as mark:
                    mark.write(text)
        version.mkdir(exist_ok=True)
    return version
