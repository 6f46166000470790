"""The page of the options, from the table that the configuration is read with."""

from __future__ import annotations

import json
from pathlib import Path

from command_page import all_flags

from padlint.config import Configurations, Settings, effective, inline
from padlint.config.settings import OPTIONS, Option

# What can be written for each option. A key without an example ends the generation with a KeyError.
EXAMPLES = {
    "select": 'select = ["PAD1", "unmasked-attention"]',
    "ignore": 'ignore = ["PAD302"]',
    "extend-select": 'extend-select = ["pooled-padding"]',
    "per-file-ignores": 'per-file-ignores = { "tests/**" = ["ALL"], "legacy.py" = ["PAD101"] }',
    "severity": 'severity = { mask-ignored = "error" }',
    "min-confidence": 'min-confidence = "certain"',
    "fail-on": 'fail-on = "error"',
    "exclude": 'exclude = [".venv", "vendored"]',
    "extend-exclude": 'extend-exclude = ["notebooks/drafts/*.ipynb"]',
    "include": 'include = ["*.py"]',
    "respect-gitignore": "respect-gitignore = false",
    "force-exclude": "force-exclude = true",
    "keras": "keras = 2",
    "baseline": 'baseline = ".padlint-baseline.json"',
    "output-format": 'output-format = ["full", "sarif:padlint.sarif"]',
    "preview": "preview = true",
    "layers": """layers = { "company.layers.TimeMix" = { mask = "drops" }, "nets.Encoder" = { like = "GRU" } }""",
    "cache-dir": 'cache-dir = ".cache/padlint"',
}

# What one sentence cannot say.
MORE = {
    "layers": """
A class from a package that is not part of the project is never opened, so padlint stays silent about what is behind it;
say what it does. Of a class that the project defines, what is said here counts in place of its code.

| key | value | the layer |
|---|---|---|
| `like` | a layer of Keras, such as `"GRU"` or `"Conv1D"` | does what that one does, with the same arguments |
| `mask` | `"passes"` | gives its input's mask on |
| | `"drops"` | gives none on |
| | `"makes"` | takes ids, and masks those that are 0 |
| | `"consumes"` | reads the steps in order and skips the masked ones, as a recurrent layer does |
| `steps` | `"kept"`, `"reversed"`, `"resampled"`, `"transposed"`, `"gone"` | does that to the time axis |

A layer has either `like`, or `mask` and perhaps `steps`; without `steps`, one that consumes the mask sums the steps up
(`"gone"`) and any other keeps them. The name of the class is dotted as it is imported; packages on the way may be left
out.
""",
}

_INTRODUCTION = """\
<!-- Generated from padlint/config/settings.py by `make docs`. -->

# Options

In `pyproject.toml` the options stand in the table `[tool.padlint]`; in `padlint.toml` or `.padlint.toml` they stand at
the top, without it. The closest of these files above a linted file governs it, and nothing is merged: to share options,
write `extend = "../padlint.toml"` and say only what differs. Globs and paths are relative to the file that they are
written in. An unknown key, or a value of the wrong kind, ends the run with exit code 2.

`padlint config` shows the values in force and where each came from. [schema/config.json](schema/config.json) is the
JSON schema, for editors; `padlint config --schema` prints it.
"""

_SECTION = """
## {option.key}

{option.help}
{more}
- Value: {kind}
- Default: {default}
{flag}
```toml
[tool.padlint]
{example}
```
"""


def option_page() -> str:
    """Return what can be configured, option by option."""
    defaults = {each.key: each.value for each in effective(Settings.defaults(Path()))}
    flags = all_flags()
    return _INTRODUCTION + "".join(_section(option, defaults[option.key], flags) for option in OPTIONS)


def _section(option: Option, default: str, flags: frozenset[str]) -> str:
    example = EXAMPLES[option.key]
    # Refuses an example that is wrong: it must not get into the documentation.
    Configurations(inline(example), isolated=True).of(Path())
    flag = f"--{option.key}"
    linked = f"- On the command line: [`{flag}`](cli.md#padlint-check)\n" if flag in flags else ""
    shown = default if default == option.unset else f"`{default}`"
    more = MORE.get(option.key, "")
    return _SECTION.format(
        option=option, more=more, kind=_kind(option.schema), default=shown, flag=linked, example=example
    )


def _kind(schema: object) -> str:
    """Say in words what a JSON schema allows."""
    match schema:
        case {"enum": [*values]}:
            return " or ".join(f"`{json.dumps(value)}`" for value in values)
        case {"anyOf": [*kinds]}:
            return " or ".join(map(_kind, kinds))
        case {"oneOf": [*kinds]}:
            return ", or ".join(map(_kind, kinds))
        case {"properties": {**entries}}:
            return f"a table of {' and '.join(f'`{key}`' for key in entries)}"
        case {"type": "array"}:
            return "a list of strings"
        case {"type": "object", "additionalProperties": entry}:
            return f"a table, in which each value is {_kind(entry)}"
        case {"type": "boolean"}:
            return "`true` or `false`"
        case {"type": "string"}:
            return "a string"
        case _:
            raise ValueError(f"no words for the schema {schema}")
