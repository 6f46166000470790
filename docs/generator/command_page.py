"""The page of the command line, from the signatures behind the verbs.

The text of `--help` would do, but how it is laid out depends on the version of typer.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from padlint.cli import app

_INTRODUCTION = """\
<!-- Generated from padlint/cli.py by `make docs`. -->

# Command line

`padlint PATHS` is `padlint check PATHS`, and `padlint` alone lints the working folder. `python -m padlint` is the same
program. What is typed counts more than what a configuration file says; see [options](options.md) for both.

`padlint --version` prints the version, and `padlint VERB --help` what stands here. `padlint --install-completion`
teaches your shell to complete verbs and options.
"""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or an option as a user types it; an argument has no flags."""

    flags: tuple[str, ...]
    value: str
    help: str
    variable: str | None

    @property
    def row(self) -> str:
        """The parameter as a row of a table."""
        typed = f"{', '.join(self.flags)} {self.value}".strip().replace("|", r"\|").replace("/", " / ")
        variable = f" `{self.variable}` in the environment does the same." if self.variable else ""
        return f"| `{typed}` | {self.help}{variable} |"


def command_page() -> str:
    """Return what can be typed, verb by verb."""
    return _INTRODUCTION + "".join(_section(verb) for verb in _verbs())


def all_flags() -> frozenset[str]:
    """Return every flag of `padlint check`."""
    check = next(verb for verb in _verbs() if verb.__name__ == "check")
    return frozenset(flag for each in _parameters(check) for flags in each.flags for flag in flags.split("/"))


def _verbs() -> Iterator[Callable[..., object]]:
    """Yield the function behind each verb, in the order of the help."""
    return (command.callback for command in app.registered_commands if command.callback is not None)


def _section(verb: Callable[..., object]) -> str:
    parameters = tuple(_parameters(verb))
    usage = " ".join(("padlint", verb.__name__, "[OPTIONS]", *(each.value for each in parameters if not each.flags)))
    rows = "".join(f"{each.row}\n" for each in parameters)
    table = f"\n| | |\n|---|---|\n{rows}" if rows else ""
    return f"\n## padlint {verb.__name__}\n\n{inspect.getdoc(verb)}\n\n```text\n{usage}\n```\n{table}"


def _parameters(verb: Callable[..., object]) -> Iterator[Parameter]:
    """Yield what a signature says of a verb's parameters, hidden ones left out."""
    for name, annotation in get_type_hints(verb, include_extras=True).items():
        if get_origin(annotation) is not Annotated:
            continue
        kind, info, *_ = get_args(annotation)
        variable = info.envvar if isinstance(info.envvar, str) else None
        if isinstance(info, OptionInfo) and not info.hidden:
            yield Parameter(_flags(name, info), info.metavar or _placeholder(kind), info.help or "", variable)
        elif isinstance(info, ArgumentInfo) and not info.hidden:
            yield Parameter((), info.metavar or f"[{name.upper()}]", info.help or "", variable)


def _flags(name: str, info: OptionInfo) -> tuple[str, ...]:
    """Return what an option is called; inside `Annotated`, typer takes the first name for a default."""
    declared = (info.default, *(info.param_decls or ()))
    named = tuple(each for each in declared if isinstance(each, str) and each.startswith("-"))
    return named or (f"--{name.replace('_', '-')}",)


def _placeholder(kind: object) -> str:
    """Return what stands for the value of an option of some type; "" for a switch, which has none."""
    match [each for each in get_args(kind) or (kind,) if each is not type(None)]:
        case [type() as only] if only is bool:
            return ""
        case [type() as only] if issubclass(only, StrEnum):
            return "|".join(only)
        case [type() as only] if issubclass(only, Path):
            return "FILE"
        case _:
            return "VALUE"
