"""Configuration files: which one governs a folder, and what it and those that it extends say."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from padlint.config.settings import EXTEND, Settings
from padlint.config.values import ConfigError, Place, path, table
from padlint.dataclass import dataclass

CONFIGURATION_FILES = (".padlint.toml", "padlint.toml", "pyproject.toml")


class Configurations:
    """The settings of every folder: those of the closest configuration file, under what the command line says."""

    def __init__(
        self,
        overrides: Mapping[str, object] | None = None,
        *,
        given: Path | None = None,
        isolated: bool = False,
        working_folder: Path | None = None,
    ) -> None:
        """Prepare to look configurations up.

        Args:
            overrides: values from the command line, by the keys that a file has; paths relative to `working_folder`.
            given: a configuration file for all folders, in place of the closest.
            isolated: whether to read no configuration file at all.
            working_folder: where the program runs, which is the root where no file governs.
        """
        self._overrides = dict(overrides or {})
        self._given = given
        self._isolated = isolated
        self._working_folder = working_folder or Path.cwd()
        self._by_folder: dict[Path, Settings] = {}
        self._fallback: Settings | None = None

    def of(self, folder: Path) -> Settings:
        """Return the settings for the files in a folder.

        Raises:
            ConfigError: the folder's configuration cannot be used.
        """
        if self._given or self._isolated:
            return self._without_closest()
        start = self._working_folder / folder
        known = self._by_folder.get(start)
        if known is not None:
            return known
        passed = [start]
        settings = self._own(start)
        for above in start.parents if settings is None else ():
            settings = self._by_folder.get(above) or self._own(above)
            if settings is not None:
                break
            passed.append(above)
        settings = settings or self._without_closest()
        self._by_folder.update(dict.fromkeys(passed, settings))
        return settings

    def _own(self, folder: Path) -> Settings | None:
        """Return what a folder's own configuration file says, None when it has none."""
        file = configuration_in(folder)
        return None if file is None else self._overridden(load(file, self._working_folder))

    def _without_closest(self) -> Settings:
        if self._fallback is None:
            given = None if self._isolated else self._given
            base = load(given, self._working_folder) if given else Settings.defaults(self._working_folder)
            self._fallback = self._overridden(base)
        return self._fallback

    def _overridden(self, settings: Settings) -> Settings:
        return settings.overridden(self._overrides, self._working_folder)


def configuration_in(folder: Path) -> Path | None:
    """Return the configuration file of a folder itself; a pyproject.toml counts only with a table for padlint."""
    for name in CONFIGURATION_FILES:
        present = os.path.isfile(f"{folder}/{name}")  # noqa: PTH113  # every folder is asked, and pathlib is slow at it
        if present and (name != "pyproject.toml" or _has_table(folder / name)):
            return folder / name
    return None


def load(file: Path, working_folder: Path | None = None) -> Settings:
    """Read a configuration file and those that it extends.

    Args:
        working_folder: what messages name files relative to.

    Raises:
        ConfigError: it cannot be read, is not TOML, or says something unknown.
    """
    folder = working_folder or Path.cwd()
    target = folder / file
    settings = replace(Settings.defaults(target.parent), file=target)
    for said in reversed(list(_chain(target, folder))):
        settings = settings.overridden(said.values, said.root, said.origin)
    return settings


def inline(text: str) -> dict[str, object]:
    """Read the `KEY=VALUE` of `--config`; a value that is not TOML is taken as text.

    Raises:
        ConfigError: there is no `=` in it.
    """
    key, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--config {text}: not KEY=VALUE, nor a file that exists")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {key.strip(): value.strip()}


@dataclass(frozen=True, slots=True)
class _Said:
    """What one configuration file says, unchecked, and what to call it."""

    values: Mapping[str, object]
    root: Path
    origin: str


def _chain(file: Path, working_folder: Path) -> Iterator[_Said]:
    """Yield what a file says, then the one that it extends, and so on."""
    seen: list[Path] = []
    while True:
        origin = _shown(file, working_folder)
        if file.resolve() in seen:
            raise ConfigError(f"{origin}: extends itself, by way of {_shown(seen[-1], working_folder.resolve())}")
        seen.append(file.resolve())
        values = dict(_values(file, origin))
        extended = values.pop(EXTEND, None)
        yield _Said(values, file.parent, origin)
        if extended is None:
            return
        file = path(extended, Place(origin, file.parent, EXTEND))
        if not file.is_file():
            raise ConfigError(f"{origin}: `extend` names {_shown(file, working_folder)}, which does not exist")


def _values(file: Path, origin: str) -> Mapping[str, object]:
    try:
        document: Mapping[str, object] = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{origin}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{origin}: not UTF-8, as TOML must be") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{origin}: not TOML: {error}") from error
    if file.name != "pyproject.toml":
        return document
    for name in ("tool", "padlint"):
        document = table(document.get(name, {}), Place(origin, file.parent, name))
    return document


def _has_table(file: Path) -> bool:
    try:
        # A file that does not even name padlint is not parsed: it may not be valid TOML, and is not ours to judge.
        return b"padlint" in file.read_bytes() and bool(_values(file, str(file)))
    except OSError:
        return False
    except ConfigError:
        return True  # whoever reads it says what is wrong


def _shown(file: Path, working_folder: Path) -> str:
    return str(file.relative_to(working_folder) if file.is_relative_to(working_folder) else file)
