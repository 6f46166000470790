"""What a program's own command line gives it: the defaults of its options, as argparse, click and absl declare them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from padlint.dataclass import dataclass
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.joins import join, join_all
from padlint.python.records import Record
from padlint.python.values import (
    ABSENT,
    NONE,
    Call,
    Constant,
    LibraryName,
    LibraryObject,
    PartialValue,
    TupleValue,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter

Handler: TypeAlias = "Callable[[Interpreter, Call], Value | None]"

WHAT = "the command-line argument"
# absl.flags, under all the names that programs import it by.
FLAG_MODULES = (
    "absl.flags",
    "gflags",
    "tensorflow.app.flags",
    "tensorflow.flags",
    "tensorflow.compat.v1.app.flags",
    "tensorflow.compat.v1.flags",
)
FLAG_HOLDERS = frozenset(f"{module}.FLAGS" for module in FLAG_MODULES)
FLAG_KINDS = ("string", "integer", "float", "boolean", "bool", "enum", "list", "multi_string", "multi_integer")
OPTION_DECORATORS = frozenset({"click.option"})
CONVERSIONS: Mapping[str, Callable[[str], int | float | str]] = {
    "builtins.int": int,
    "builtins.float": float,
    "builtins.str": str,
}


@dataclass(frozen=True, slots=True, eq=False)
class Parser(LibraryObject):
    """An `argparse.ArgumentParser`, its groups and subparsers: the options with what they are when not given.

    `optparse.OptionParser` is one whose `parse_args` returns a pair.
    """

    options: Store
    pair: bool = False

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        """Declare options, or parse a command line that gives none of them."""
        match name:
            case "add_argument" | "add_option":
                _declare(self.options, call, context)
                return NONE
            case "set_defaults":
                for option, value in call.keywords.items():
                    context.heap.write(self.options, option, value)
                return NONE
            case "add_argument_group" | "add_mutually_exclusive_group" | "add_subparsers" | "add_parser":
                return self
            case "parse_args" if not self.pair:
                return Record(self.options, WHAT)
            case "parse_args" | "parse_known_args":
                rest = context.new_list((), Unknown("a command-line argument"))
                return TupleValue((Record(self.options, WHAT), rest))
            case _:
                return None


def _declare(options: Store, call: Call, context: Context) -> None:
    name = _destination(call)
    if name:
        context.heap.write(options, name, _default(name, call, context))


def _destination(call: Call) -> str:
    """Return the attribute that an option is stored as: its `dest`, its first long name, or its only one."""
    destination = call.keywords.get("dest")
    given = (destination,) if destination is not None else call.arguments
    names = [name.value for name in given if isinstance(name, Constant) and isinstance(name.value, str)]
    long = [name for name in names if name.startswith("--")]
    return (long or names or [""])[0].lstrip("-").replace("-", "_")


def _default(name: str, call: Call, context: Context) -> Value:
    default = call.keywords.get("default", ABSENT)
    action = call.keywords.get("action")
    if isinstance(action, Constant) and action.value in ("store_true", "store_false"):
        return _or_turned(Constant(action.value == "store_false"))
    choices = call.keywords.get("choices")
    if choices is not None and not _is_number(default):
        items = context.iterate(choices, call.site)
        if items.rest is None and items.known:
            return join_all((*(option for option in items.known if option == default), *items.known))
    if default is ABSENT or default == NONE:
        return _given(name)
    return _or_turned(_converted(default, call.keywords.get("type")))


def _given(name: str) -> Unknown:
    return Unknown(f"{WHAT} `{name}`" if name else WHAT, "parameter", text=name)


def _or_turned(default: Value) -> Value:
    """Return what an option may be: its default, by which lengths agree; of a switch, also the other way."""
    match default:
        case Constant(bool(on)):
            return join(default, Constant(not on))
        case _:
            return default


def _is_number(value: Value) -> bool:
    return isinstance(value, Constant) and isinstance(value.value, int | float)


def _converted(default: Value, kind: Value | None) -> Value:
    """Convert a default that is text, as the parser does."""
    if not isinstance(default, Constant) or not isinstance(default.value, str) or not isinstance(kind, LibraryName):
        return default
    try:
        return Constant(CONVERSIONS[kind.dotted](default.value))
    except (KeyError, ValueError):
        return default


# Flags and decorated commands -----------------------------------------------------------------------------------


def flag(run: Interpreter, name: str) -> Value:
    """Return the default of a flag of absl: `FLAGS.max_length`."""
    found = run.flags.read(name)
    return found if found is not ABSENT else _given(name)


def option_default(option: Value) -> Mapping[str, Value]:
    """Return the parameter that a decorator such as `@click.option("--maxlen", default=100)` sets, and its default."""
    if not isinstance(option, PartialValue) or "default" not in option.keywords:
        return {}
    names = [name.value for name in option.arguments if isinstance(name, Constant) and isinstance(name.value, str)]
    plain = [name for name in names if not name.startswith("-")]
    long = [name for name in names if name.startswith("--")]
    name = (plain or long or [""])[0].lstrip("-").split("/")[0].replace("-", "_").lower()
    return {name: _or_turned(option.keywords["default"])} if name else {}


def _parser(run: Interpreter, given: Call) -> Value:
    return Parser(Store())


def _old_parser(run: Interpreter, given: Call) -> Value:
    return Parser(Store(), pair=True)


def _define_flag(run: Interpreter, given: Call) -> Value:
    name, default = given.argument(0, "name"), given.argument(1, "default")
    if isinstance(name, Constant) and default is not None and default != NONE:
        run.heap.write(run.flags, name.value, _or_turned(default))
    return NONE


def _option(dotted: str) -> Handler:
    def keep(run: Interpreter, given: Call) -> Value:
        return PartialValue(LibraryName(dotted), given.arguments, given.keywords)

    return keep


def _first_argument(run: Interpreter, given: Call) -> Value | None:
    default = given.argument(0, "default")
    return None if default is None or default == Constant(...) else _or_turned(default)


FUNCTIONS: Mapping[str, Handler] = {
    "argparse.ArgumentParser": _parser,
    "optparse.OptionParser": _old_parser,
    "configargparse.ArgumentParser": _parser,
    "typer.Option": _first_argument,
    "typer.Argument": _first_argument,
    **{dotted: _option(dotted) for dotted in OPTION_DECORATORS},
    **{f"{module}.DEFINE_{kind}": _define_flag for module in FLAG_MODULES for kind in FLAG_KINDS},
}
