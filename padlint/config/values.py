"""Values of a configuration, checked one by one: each reader returns what an option holds or says what it must be."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from padlint.dataclass import dataclass
from padlint.declared import Declared, DeclaredMask, DeclaredSteps
from padlint.finding import Severity
from padlint.sources.discover import Pattern
from padlint.spelling import suggestion

_FACTS = ("like", "mask", "steps")

Choices = TypeVar("Choices", bound=StrEnum)


class ConfigError(ValueError):
    """A configuration that cannot be used; the message is one line and names the place and the nearest right name."""


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
        return ConfigError(f"{self.origin}: `{self.key}` must be {expected}, not {as_toml(value)}")


def text(value: object, place: Place) -> str:
    """Read a string."""
    if not isinstance(value, str):
        raise place.wrong("a string", value)
    return value


def flag(value: object, place: Place) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise place.wrong("true or false", value)
    return value


def texts(value: object, place: Place) -> tuple[str, ...]:
    """Read a list of strings."""
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise place.wrong("a list of strings", value)
    return tuple(value)


def text_or_texts(value: object, place: Place) -> tuple[str, ...]:
    """Read a string or a list of them."""
    return (value,) if isinstance(value, str) else texts(value, place)


def pattern(value: object, place: Place) -> Pattern:
    """Read a glob, relative to the place."""
    try:
        return Pattern(text(value, place), place.root)
    except ValueError as error:
        raise place.wrong("a glob as in .gitignore", value) from error


def patterns(value: object, place: Place) -> tuple[Pattern, ...]:
    """Read a list of globs."""
    return tuple(pattern(glob, place) for glob in texts(value, place))


def path(value: object, place: Place) -> Path:
    """Read a path, relative to the place; `~` is the user's home."""
    try:
        return Path(os.path.normpath(place.root / Path(text(value, place)).expanduser()))
    except RuntimeError as error:
        raise place.wrong("a path", value) from error


def choice(kind: type[Choices], value: object, place: Place) -> Choices:
    """Read one of a closed set of words."""
    words = [member.value for member in kind]
    if value not in words:
        hint = suggestion(value, words) if isinstance(value, str) else ""
        *most, last = map(as_toml, words)
        expected = f"{', '.join(most)} or {last}"
        raise ConfigError(f"{place.wrong(expected, value)}{hint}")
    return kind(str(value))


def version(value: object, place: Place) -> int | None:
    """Read a major version of Keras; `auto` is None."""
    versions = {"auto": None, "2": 2, "3": 3}
    if isinstance(value, bool) or str(value) not in versions:
        raise place.wrong('"auto", 2 or 3', value)
    return versions[str(value)]


def table(value: object, place: Place) -> Mapping[str, object]:
    """Read a table."""
    if not isinstance(value, Mapping):
        raise place.wrong("a table", value)
    return value


def rules_by_pattern(value: object, place: Place) -> dict[Pattern, tuple[str, ...]]:
    """Read a table of globs to lists of rules."""
    return {pattern(glob, place): texts(rules, place.below(glob)) for glob, rules in table(value, place).items()}


def severities(value: object, place: Place) -> dict[str, Severity]:
    """Read a table of rules to severities."""
    return {rule: choice(Severity, severity, place.below(rule)) for rule, severity in table(value, place).items()}


def layers(value: object, place: Place) -> dict[str, Declared]:
    """Read a table of dotted class names to what is said of each."""
    return {name: _declared(said, place.below(as_toml(name))) for name, said in table(value, place).items()}


def _declared(value: object, place: Place) -> Declared:
    said = table(value, place)
    for key in said:
        if key not in _FACTS:
            raise ConfigError(f"{place.origin}: unknown key `{place.key}.{key}`{suggestion(key, _FACTS)}")
    if ("like" in said) == ("mask" in said) or ("like" in said and "steps" in said):
        raise place.wrong("a table with `like` alone, or with `mask` and perhaps `steps`", value)
    return Declared(
        like=text(said.get("like", ""), place.below("like")),
        mask=choice(DeclaredMask, said["mask"], place.below("mask")) if "mask" in said else None,
        steps=choice(DeclaredSteps, said["steps"], place.below("steps")) if "steps" in said else None,
    )


def as_toml(value: object) -> str:
    """Write a value as TOML."""
    match value:
        case bool() | int() | float():
            return json.dumps(value)
        case str() | Path():
            return json.dumps(str(value), ensure_ascii=False)
        case list() | tuple():
            return f"[{', '.join(map(as_toml, value))}]"
        case Mapping():
            entries = (f"{as_toml(key)} = {as_toml(item)}" for key, item in value.items())
            return f"{{ {', '.join(entries)} }}" if value else "{}"
        case Declared():
            said = {"like": value.like, "mask": value.mask, "steps": value.steps}
            return as_toml({key: each for key, each in said.items() if each})
        case Pattern(glob=glob):
            return as_toml(glob)
        case _:
            return str(value)
