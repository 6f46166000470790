"""The settings that govern the files of one folder, and the options that set them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from padlint.config.values import (
    ConfigError,
    Place,
    choice,
    flag,
    layers,
    path,
    patterns,
    rules_by_pattern,
    severities,
    text_or_texts,
    texts,
    version,
)
from padlint.dataclass import dataclass
from padlint.declared import Declared, DeclaredMask, DeclaredSteps
from padlint.finding import Confidence, Severity
from padlint.sources.discover import DEFAULT_EXCLUDES, DEFAULT_INCLUDES, Pattern, Selection, matches
from padlint.spelling import suggestion

DEFAULT = "default"
COMMAND_LINE = "command line"
EXTEND = "extend"

Schema: TypeAlias = Mapping[str, object]


class FailOn(StrEnum):
    """The least severity that makes a run fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Settings:
    """What governs the files of one folder.

    Args:
        root: the folder that the configuration's globs and paths are relative to.
        file: the configuration file, None when there is none.
        select: codes, names or prefixes; None means every rule that is on by default.
        keras: the major version to judge by; None reads it from the program.
        output_format: each `FORMAT` or `FORMAT:FILE`.
        layers: what the user says of layers that padlint cannot read, by dotted class name.
        origins: where each value that is not a default came from, by key.
    """

    root: Path
    file: Path | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: Mapping[Pattern, tuple[str, ...]] = field(default_factory=dict)
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
    layers: Mapping[str, Declared] = field(default_factory=dict)
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
        return tuple(rule for glob, rules in self.per_file_ignores.items() if matches(file, [glob]) for rule in rules)

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
                raise ConfigError(f"{origin}: unknown key `{key}`{suggestion(key, (*_OPTIONS_BY_KEY, EXTEND))}")
            settings = option.apply(settings, value, Place(origin, root, key))
            settings = replace(settings, origins={**settings.origins, key: origin})
        return settings


# The options ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    """One key of the configuration.

    Args:
        help: one sentence for the schema and the documentation.
        schema: the JSON schema of its value.
        apply: sets it on settings that have it from a base; what is called `extend-` and tables add to the base.
        unset: what it means when nothing sets it and there is no value to show.
    """

    key: str
    help: str
    schema: Schema
    apply: Callable[[Settings, object, Place], Settings]
    unset: str = "none"


_STRING: Schema = {"type": "string"}
_STRINGS: Schema = {"type": "array", "items": _STRING}
_BOOLEAN: Schema = {"type": "boolean"}


def _one_of(kind: type[StrEnum]) -> Schema:
    return {"enum": [member.value for member in kind]}


_LAYER: Schema = {
    "oneOf": [
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["like"],
            "properties": {"like": {**_STRING, "description": "Keras' name of a layer that does the same."}},
        },
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["mask"],
            "properties": {
                "mask": {**_one_of(DeclaredMask), "description": "What the layer does to a mask."},
                "steps": {**_one_of(DeclaredSteps), "description": "What becomes of the time axis."},
            },
        },
    ]
}


def _table_of(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


OPTIONS = (
    Option(
        "select",
        'Rules to report: codes, names or prefixes; "ALL" is every rule. By default, those whose page says so.',
        _STRINGS,
        lambda settings, value, place: replace(settings, select=texts(value, place)),
        unset="the rules that are on by default",
    ),
    Option(
        "ignore",
        "Rules not to report: codes, names or prefixes.",
        _STRINGS,
        lambda settings, value, place: replace(settings, ignore=texts(value, place)),
    ),
    Option(
        "extend-select",
        "Rules to report besides those of `select`.",
        _STRINGS,
        lambda settings, value, place: replace(settings, extend_select=(*settings.extend_select, *texts(value, place))),
    ),
    Option(
        "per-file-ignores",
        "Rules not to report in the files that a glob matches.",
        _table_of(_STRINGS),
        lambda settings, value, place: replace(
            settings, per_file_ignores={**settings.per_file_ignores, **rules_by_pattern(value, place)}
        ),
    ),
    Option(
        "severity",
        "The severity of a rule, by its code or name, instead of its page's.",
        _table_of(_one_of(Severity)),
        lambda settings, value, place: replace(settings, severity={**settings.severity, **severities(value, place)}),
    ),
    Option(
        "min-confidence",
        "The least confidence that a finding must have to be shown.",
        _one_of(Confidence),
        lambda settings, value, place: replace(settings, min_confidence=choice(Confidence, value, place)),
    ),
    Option(
        "fail-on",
        "The least severity that makes the exit code 1.",
        _one_of(FailOn),
        lambda settings, value, place: replace(settings, fail_on=choice(FailOn, value, place)),
    ),
    Option(
        "exclude",
        "Files and folders to leave out, in the syntax of .gitignore; replaces the defaults.",
        _STRINGS,
        lambda settings, value, place: replace(settings, exclude=patterns(value, place)),
    ),
    Option(
        "extend-exclude",
        "Files and folders to leave out besides those of `exclude`.",
        _STRINGS,
        lambda settings, value, place: replace(
            settings, extend_exclude=(*settings.extend_exclude, *patterns(value, place))
        ),
    ),
    Option(
        "include",
        "Files to lint when a folder is given.",
        _STRINGS,
        lambda settings, value, place: replace(settings, include=patterns(value, place)),
    ),
    Option(
        "respect-gitignore",
        "Whether to leave out what .gitignore files name.",
        _BOOLEAN,
        lambda settings, value, place: replace(settings, respect_gitignore=flag(value, place)),
    ),
    Option(
        "force-exclude",
        "Whether `exclude` also counts for files that are named one by one, as hooks do.",
        _BOOLEAN,
        lambda settings, value, place: replace(settings, force_exclude=flag(value, place)),
    ),
    Option(
        "keras",
        "The major version of Keras to judge by; `auto` reads it from imports, methods and declared dependencies.",
        {"enum": ["auto", 2, 3]},
        lambda settings, value, place: replace(settings, keras=version(value, place)),
        unset='"auto"',
    ),
    Option(
        "baseline",
        "A file of known findings that are not reported again.",
        _STRING,
        lambda settings, value, place: replace(settings, baseline=path(value, place)),
    ),
    Option(
        "output-format",
        "How to report: one format or several, each `FORMAT` or `FORMAT:FILE`.",
        {"anyOf": [_STRING, _STRINGS]},
        lambda settings, value, place: replace(settings, output_format=text_or_texts(value, place)),
    ),
    Option(
        "preview",
        "Whether rules that may still change can be on; until then, selecting them does nothing.",
        _BOOLEAN,
        lambda settings, value, place: replace(settings, preview=flag(value, place)),
    ),
    Option(
        "layers",
        "What layers that padlint cannot read are `like`, or what they do to a `mask`, by dotted class name.",
        _table_of(_LAYER),
        lambda settings, value, place: replace(settings, layers={**settings.layers, **layers(value, place)}),
    ),
    Option(
        "cache-dir",
        "The folder for results that need not be computed again.",
        _STRING,
        lambda settings, value, place: replace(settings, cache_dir=path(value, place)),
    ),
)

_OPTIONS_BY_KEY = {option.key: option for option in OPTIONS}
