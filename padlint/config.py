"""[tool.padlint] in pyproject.toml, or padlint.toml, to frozen settings that know where each came from."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias, TypeVar

from padlint.finding import Confidence, Severity
from padlint.sources.discover import DEFAULT_EXCLUDES, DEFAULT_INCLUDES, Pattern, Selection, matches
from padlint.spelling import suggestion

CONFIGURATION_FILES = (".padlint.toml", "padlint.toml", "pyproject.toml")
DEFAULT = "default"
COMMAND_LINE = "command line"

Schema: TypeAlias = Mapping[str, object]
Choices = TypeVar("Choices", bound=StrEnum)


class ConfigError(ValueError):
    """A configuration that cannot be used; the message is one line and names the place and the nearest right name."""


class FailOn(StrEnum):
    """The least severity that makes a run fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class FileIgnore:
    """Rules that are not reported in the files that a pattern matches."""

    files: Pattern
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """What governs the files of one folder.

    Args:
        root: the folder that the configuration's globs and paths are relative to.
        file: the configuration file, None when there is none.
        select: codes, names or prefixes; None means every rule that is on by default.
        keras: the major version to judge by; None reads it from the program.
        output_format: each `FORMAT` or `FORMAT:FILE`.
        layers: what the user says of layers that padlint cannot read: dotted class name to facts by name.
        origins: where each value that is not a default came from, by key.
    """

    root: Path
    file: Path | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: tuple[FileIgnore, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    min_confidence: Confidence = Confidence.LIKELY
    fail_on: FailOn = FailOn.WARNING
    exclude: tuple[Pattern, ...] = ()
    extend_exclude: tuple[Pattern, ...] = ()
    include: tuple[Pattern, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    keras: int | None = None
    baseline: Path | None = None
    output_format: tuple[str, ...] = ("full",)
    preview: bool = False
    layers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cache_dir: Path = Path(".padlint_cache")
    origins: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def defaults(cls, root: Path) -> Settings:
        """Return the settings of a folder that has no configuration."""
        return cls(
            root=root,
            exclude=tuple(Pattern(glob, root) for glob in DEFAULT_EXCLUDES),
            include=tuple(Pattern(glob, root) for glob in DEFAULT_INCLUDES),
            cache_dir=root / ".padlint_cache",
        )

    @property
    def selection(self) -> Selection:
        """Which files these settings select."""
        return Selection(
            exclude=(*self.exclude, *self.extend_exclude),
            include=self.include,
            respect_gitignore=self.respect_gitignore,
            force_exclude=self.force_exclude,
        )

    def ignored_in(self, file: Path) -> tuple[str, ...]:
        """Return the codes, names and prefixes that per-file-ignores silences in a file."""
        return tuple(rule for each in self.per_file_ignores if matches(file, [each.files]) for rule in each.rules)

    def overridden(self, values: Mapping[str, object], root: Path, origin: str = COMMAND_LINE) -> Settings:
        """Return these settings with some values replaced, as if a file in `root` said so.

        Args:
            values: by the keys that a configuration file has (`min-confidence`).

        Raises:
            ConfigError: an unknown key or a value of the wrong type.
        """
        settings = self
        for key, value in values.items():
            option = _OPTIONS_BY_KEY.get(key)
            if option is None:
                raise ConfigError(f"{origin}: unknown key `{key}`{suggestion(key, (*_OPTIONS_BY_KEY, 'extend'))}")
            settings = option.apply(settings, value, Place(origin, root, key))
            settings = replace(settings, origins={**settings.origins, key: origin})
        return settings


# Values, checked ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value was written: what to call that in a message, and what its paths are relative to."""

    origin: str
    root: Path
    key: str

    def below(self, key: str) -> Place:
        """Return the place of an entry of the table that stands here."""
        return replace(self, key=f"{self.key}.{key}")

    def wrong(self, expected: str, value: object) -> ConfigError:
        """Return the error that says what a value should have been."""
        return ConfigError(f"{self.origin}: `{self.key}` must be {expected}, not {_as_toml(value)}")


def _text(value: object, place: Place) -> str:
    if not isinstance(value, str):
        raise place.wrong("a string", value)
    return value


def _flag(value: object, place: Place) -> bool:
    if not isinstance(value, bool):
        raise place.wrong("true or false", value)
    return value


def _texts(value: object, place: Place) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise place.wrong("a list of strings", value)
    return tuple(value)


def _text_or_texts(value: object, place: Place) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else _texts(value, place)


def _patterns(value: object, place: Place) -> tuple[Pattern, ...]:
    return tuple(Pattern(glob, place.root) for glob in _texts(value, place))


def _path(value: object, place: Place) -> Path:
    return place.root / Path(_text(value, place)).expanduser()


def _choice(kind: type[Choices], value: object, place: Place) -> Choices:
    names = [member.value for member in kind]
    if value not in names:
        hint = suggestion(value, names) if isinstance(value, str) else ""
        raise ConfigError(f"{place.wrong(_listed(names), value)}{hint}")
    return kind(str(value))


def _keras(value: object, place: Place) -> int | None:
    versions: dict[object, int | None] = {"auto": None, "2": 2, "3": 3}
    if isinstance(value, bool) or str(value) not in versions:
        raise place.wrong('"auto", 2 or 3', value)
    return versions[str(value)]


def _table(value: object, place: Place) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise place.wrong("a table", value)
    return value


def _file_ignores(value: object, place: Place) -> tuple[FileIgnore, ...]:
    return tuple(
        FileIgnore(Pattern(glob, place.root), _texts(rules, place.below(glob)))
        for glob, rules in _table(value, place).items()
    )


def _severities(value: object, place: Place) -> dict[str, Severity]:
    return {
        rule: _choice(Severity, severity, place.below(rule)) for rule, severity in _table(value, place).items()
    }


def _layers(value: object, place: Place) -> dict[str, dict[str, str]]:
    return {
        name: {
            fact: _text(said, place.below(f'"{name}".{fact}'))
            for fact, said in _table(facts, place.below(f'"{name}"')).items()
        }
        for name, facts in _table(value, place).items()
    }


# The options ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """One key of the configuration.

    Args:
        help: one sentence for the schema and the documentation.
        schema: the JSON schema of its value.
        apply: sets it on settings that have it from a base; what is called `extend-` and tables add to the base.
    """

    key: str
    help: str
    schema: Schema
    apply: Callable[[Settings, object, Place], Settings]


_STRING: Schema = {"type": "string"}
_STRINGS: Schema = {"type": "array", "items": _STRING}
_BOOLEAN: Schema = {"type": "boolean"}


def _one_of(kind: type[StrEnum]) -> Schema:
    return {"enum": [member.value for member in kind]}


def _table_of(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


OPTIONS = (
    Option(
        "select",
        'Rules to report: codes, names or prefixes; "ALL" is every rule. By default, those whose page says so.',
        _STRINGS,
        lambda settings, value, place: replace(settings, select=_texts(value, place)),
    ),
    Option(
        "ignore",
        "Rules not to report: codes, names or prefixes.",
        _STRINGS,
        lambda settings, value, place: replace(settings, ignore=_texts(value, place)),
    ),
    Option(
        "extend-select",
        "Rules to report besides those of `select`.",
        _STRINGS,
        lambda settings, value, place: replace(
            settings, extend_select=(*settings.extend_select, *_texts(value, place))
        ),
    ),
    Option(
        "per-file-ignores",
        "Rules not to report in the files that a glob matches.",
        _table_of(_STRINGS),
        lambda settings, value, place: replace(
            settings, per_file_ignores=(*settings.per_file_ignores, *_file_ignores(value, place))
        ),
    ),
    Option(
        "severity",
        "The severity of a rule, by its code or name, instead of its page's.",
        _table_of(_one_of(Severity)),
        lambda settings, value, place: replace(
            settings, severity={**settings.severity, **_severities(value, place)}
        ),
    ),
    Option(
        "min-confidence",
        "The least confidence that a finding must have to be shown.",
        _one_of(Confidence),
        lambda settings, value, place: replace(settings, min_confidence=_choice(Confidence, value, place)),
    ),
    Option(
        "fail-on",
        "The least severity that makes the exit code 1.",
        _one_of(FailOn),
        lambda settings, value, place: replace(settings, fail_on=_choice(FailOn, value, place)),
    ),
    Option(
        "exclude",
        "Files and folders to leave out, in the syntax of .gitignore; replaces the defaults.",
        _STRINGS,
        lambda settings, value, place: replace(settings, exclude=_patterns(value, place)),
    ),
    Option(
        "extend-exclude",
        "Files and folders to leave out besides those of `exclude`.",
        _STRINGS,
        lambda settings, value, place: replace(
            settings, extend_exclude=(*settings.extend_exclude, *_patterns(value, place))
        ),
    ),
    Option(
        "include",
        "Files to lint when a folder is given.",
        _STRINGS,
        lambda settings, value, place: replace(settings, include=_patterns(value, place)),
    ),
    Option(
        "respect-gitignore",
        "Whether to leave out what .gitignore files name.",
        _BOOLEAN,
        lambda settings, value, place: replace(settings, respect_gitignore=_flag(value, place)),
    ),
    Option(
        "force-exclude",
        "Whether `exclude` also counts for files that are named one by one, as hooks do.",
        _BOOLEAN,
        lambda settings, value, place: replace(settings, force_exclude=_flag(value, place)),
    ),
    Option(
        "keras",
        "The major version of Keras to judge by; `auto` reads it from imports and declared dependencies.",
        {"enum": ["auto", 2, 3]},
        lambda settings, value, place: replace(settings, keras=_keras(value, place)),
    ),
    Option(
        "baseline",
        "A file of known findings that are not reported again.",
        _STRING,
        lambda settings, value, place: replace(settings, baseline=_path(value, place)),
    ),
    Option(
        "output-format",
        "How to report: one format or several, each `FORMAT` or `FORMAT:FILE`.",
        {"anyOf": [_STRING, _STRINGS]},
        lambda settings, value, place: replace(settings, output_format=_text_or_texts(value, place)),
    ),
    Option(
        "preview",
        "Whether rules and fixes that are not yet stable are on.",
        _BOOLEAN,
        lambda settings, value, place: replace(settings, preview=_flag(value, place)),
    ),
    Option(
        "layers",
        "What your own layers do to a mask, by dotted class name.",
        _table_of(_table_of(_STRING)),
        lambda settings, value, place: replace(settings, layers={**settings.layers, **_layers(value, place)}),
    ),
    Option(
        "cache-dir",
        "The folder for results that need not be computed again.",
        _STRING,
        lambda settings, value, place: replace(settings, cache_dir=_path(value, place)),
    ),
)

_OPTIONS_BY_KEY = {option.key: option for option in OPTIONS}


# Files ----------------------------------------------------------------------------------------------------------


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
        """
        self._overrides = dict(overrides or {})
        self._given = given
        self._isolated = isolated
        self._working_folder = working_folder or Path.cwd()
        self._by_folder: dict[Path, Settings | None] = {}
        self._fallback: Settings | None = None

    def of(self, folder: Path) -> Settings:
        """Return the settings for the files in a folder.

        Raises:
            ConfigError: the folder's configuration cannot be used.
        """
        found = None if self._given or self._isolated else self._closest(self._working_folder / folder)
        return found or self._without_closest()

    def _closest(self, folder: Path) -> Settings | None:
        if folder not in self._by_folder:
            file = configuration_in(folder)
            if file is not None:
                self._by_folder[folder] = self._overridden(load(file, self._working_folder))
            else:
                self._by_folder[folder] = self._closest(folder.parent) if folder != folder.parent else None
        return self._by_folder[folder]

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
        file = folder / name
        if file.is_file() and (name != "pyproject.toml" or _has_table(file)):
            return file
    return None


def load(file: Path, working_folder: Path | None = None) -> Settings:
    """Read a configuration file and those that it extends.

    Args:
        working_folder: what messages name files relative to.

    Raises:
        ConfigError: it cannot be read, is not TOML, or says something unknown.
    """
    folder = working_folder or Path.cwd()
    return _load(folder / file, folder, ())


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


def _load(file: Path, working_folder: Path, extending: tuple[Path, ...]) -> Settings:
    origin = _shown(file, working_folder)
    if file.resolve() in extending:
        raise ConfigError(f"{origin}: extends itself, by way of {_shown(extending[-1], working_folder)}")
    values = dict(_values(file, origin))
    base = Settings.defaults(file.parent)
    if "extend" in values:
        extended = _path(values.pop("extend"), Place(origin, file.parent, "extend"))
        if not extended.is_file():
            raise ConfigError(f"{origin}: `extend` names {_shown(extended, working_folder)}, which does not exist")
        base = _load(extended, working_folder, (*extending, file.resolve()))
    return replace(base, root=file.parent, file=file).overridden(values, file.parent, origin)


def _values(file: Path, origin: str) -> Mapping[str, object]:
    """Return the options that a configuration file sets, unchecked."""
    try:
        document: Mapping[str, object] = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{origin}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{origin}: not UTF-8, as TOML must be") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{origin}: not TOML: {error}") from error
    if file.name != "pyproject.toml":
        return document
    for name in ("tool", "padlint"):
        document = _table(document.get(name, {}), Place(origin, file.parent, name))
    return document


def _has_table(file: Path) -> bool:
    try:
        # A file that does not even name padlint is not parsed: it may not be valid TOML, and is not ours to judge.
        return b"padlint" in file.read_bytes() and bool(_values(file, str(file)))
    except OSError:
        return False


def _shown(file: Path, working_folder: Path) -> str:
    return str(file.relative_to(working_folder) if file.is_relative_to(working_folder) else file)


# Telling the user -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Effective:
    """One effective value, as it would be written in TOML, and where it came from."""

    key: str
    value: str
    origin: str


def effective(settings: Settings) -> Iterator[Effective]:
    """Yield every option's effective value and its origin, for `padlint config`."""
    for option in OPTIONS:
        value = getattr(settings, option.key.replace("-", "_"))
        yield Effective(option.key, _as_toml(value), settings.origins.get(option.key, DEFAULT))


def schema() -> dict[str, object]:
    """Return the JSON schema of `padlint.toml` and of `[tool.padlint]`."""
    extend = {"type": "string", "description": "Another configuration file, whose values count where this has none."}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "padlint",
        "type": "object",
        "additionalProperties": False,
        "properties": {"extend": extend}
        | {option.key: {**option.schema, "description": option.help} for option in OPTIONS},
    }


def _as_toml(value: object) -> str:
    match value:
        case None:
            return "unset"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str() | Path():
            return f'"{value}"'
        case Pattern(glob=glob):
            return f'"{glob}"'
        case FileIgnore(files=files, rules=rules):
            return f"{_as_toml(files)} = {_as_toml(rules)}"
        case list() | tuple() if value and all(isinstance(item, FileIgnore) for item in value):
            return f"{{ {', '.join(map(_as_toml, value))} }}"
        case list() | tuple():
            return f"[{', '.join(map(_as_toml, value))}]"
        case Mapping() if value:
            return f"{{ {', '.join(f'{_as_toml(str(key))} = {_as_toml(item)}' for key, item in value.items())} }}"
        case Mapping():
            return "{}"
        case _:
            return str(value)


def _listed(names: list[str]) -> str:
    return f'"{names[0]}"' if len(names) == 1 else f'{", ".join(map(_as_toml, names[:-1]))} or "{names[-1]}"'
