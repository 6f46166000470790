"""The configuration told to the user: the effective values and their origins, and the JSON schema."""

from __future__ import annotations

from collections.abc import Iterator

from padlint.config.settings import DEFAULT, EXTEND, OPTIONS, Settings
from padlint.config.values import as_toml
from padlint.dataclass import dataclass


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
        said = option.unset if value is None else as_toml(value)
        yield Effective(option.key, said, settings.origins.get(option.key, DEFAULT))


def schema() -> dict[str, object]:
    """Return the JSON schema of `padlint.toml` and of `[tool.padlint]`."""
    extend = {"type": "string", "description": "Another configuration file, whose values count where this has none."}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "padlint",
        "type": "object",
        "additionalProperties": False,
        "properties": {EXTEND: extend}
        | {option.key: {**option.schema, "description": option.help} for option in OPTIONS},
    }
