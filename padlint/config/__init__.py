"""[tool.padlint] in pyproject.toml, or padlint.toml, to frozen settings that know where each value came from."""

from padlint.config.describe import effective, schema
from padlint.config.files import Configurations, inline, load
from padlint.config.settings import FailOn, Settings
from padlint.config.values import ConfigError

__all__ = [
    "ConfigError",
    "Configurations",
    "FailOn",
    "Settings",
    "effective",
    "inline",
    "load",
    "schema",
]
