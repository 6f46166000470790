"""Read layers.toml: the measured rows of each layer, the names it goes by and the order of its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeAlias

from padlint.dataclass import dataclass
from padlint.graph import Known, Plain, Side
from padlint.keras.documents import Document, OnDemand, Toml, TomlTable
from padlint.keras.facts import (
    EmptyRow,
    Fill,
    Keeps,
    LayerFacts,
    MaskOut,
    OutputFacts,
    Parameters,
    Part,
    Reads,
    Steps,
)

# When a row applies -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Equals:
    """The setting is this value; of a tuple (`kernel_size=(1, 3)`) its first entry, which is about axis 1, counts."""

    setting: str
    value: Plain


@dataclass(frozen=True, slots=True)
class HasAxis:
    """The setting names this axis, alone or among others."""

    setting: str
    axis: int


@dataclass(frozen=True, slots=True)
class Among:
    """The setting is one of these words."""

    setting: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """The setting is a tuple of this many entries."""

    setting: str
    count: int


@dataclass(frozen=True, slots=True)
class Given:
    """The setting is something else than None; with `given` false, it is None."""

    setting: str
    given: bool


@dataclass(frozen=True, slots=True)
class Wraps:
    """The inner layer is one of these kinds; `holder` is "inner", or "inner.inner" for a wrapper in a wrapper."""

    holder: str
    kinds: tuple[str, ...]


Condition: TypeAlias = Equals | HasAxis | Among | Entries | Given | Wraps


@dataclass(frozen=True, slots=True)
class Row:
    """The facts of one layer under conditions on its settings, in the Keras versions that it was measured in.

    Args:
        facts: what holds in each of these versions; the two facts below and the ranks are not in it.
        hides_setting: the setting that holds the value which the created mask hides.
        states_hide_mask: the versions in which a mask is not used once `initial_state` is given.
        warns: the versions in which Keras itself warns that the mask is destroyed.
    """

    facts: LayerFacts
    when: tuple[Condition, ...]
    keras: frozenset[int]
    hides_setting: str = ""
    states_hide_mask: frozenset[int] = frozenset()
    warns: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Signature:
    """How a class is called, Keras' defaults of the settings that rows ask for, and the ranks of input it takes."""

    parameters: Parameters
    defaults: Mapping[str, Plain]
    ranks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Relative:
    """A layer that cannot be measured here: which measured one it is like, and why it has no row of its own.

    Args:
        like: by the value of the setting `by`, the nearest measured layer; under "" when there is but one.
        by: the setting that decides, "" when there is but one.
        otherwise: the value of `by` that Keras assumed.
        reason: why it was not measured.
        raises: what Keras says to a mask, where that differs from the relative.
        init: the constructor's parameters where they differ from the relative's.
        states: how many states it returns in a list beside its output: a cell's, which are called one by one.
    """

    like: Mapping[str, str]
    by: str
    otherwise: str
    reason: str
    raises: str
    init: tuple[str, ...]
    states: int


class SameWhen(StrEnum):
    """When a raw function returns the very tensor that it was given."""

    ALWAYS = "always"
    SAME_DTYPE = "same-dtype"  # a cast to the dtype that the tensor has
    RATE_ZERO = "rate-zero"  # dropout that drops nothing


@dataclass(frozen=True, slots=True)
class Table:
    """layers.toml as a whole.

    Args:
        rows: by kind, in the order in which they are tried.
        signatures: by Keras version and kind.
        aliases: other names of a kind (`GlobalMaxPool1D`, `Convolution1D`).
        measured_aliases: those of them that the installed Keras has.
        renamed: by a setting's name, its names in Keras 1.
        relatives: layers kept by hand.
        unprobed: by Keras version, layers that could not be probed and why.
        functions: functions of `keras.layers` that apply a layer (`add`), and the layer.
        same_object: by Keras version, raw functions that return their argument itself, and when.
        measured_with: by Keras version, what the rows were measured with ("Keras 3.15.1, TensorFlow 2.21.0").
    """

    rows: Mapping[str, tuple[Row, ...]]
    signatures: Mapping[int, Mapping[str, Signature]]
    aliases: Mapping[str, str]
    measured_aliases: Mapping[str, str]
    renamed: Mapping[str, tuple[str, ...]]
    relatives: Mapping[str, Relative]
    unprobed: Mapping[int, Mapping[str, str]]
    functions: Mapping[str, str]
    same_object: Mapping[int, Mapping[str, SameWhen]]
    measured_with: Mapping[int, str]


# Reading ----------------------------------------------------------------------------------------------------------


@cache
def shipped_table() -> Table:
    """Read the table that ships with padlint, once."""
    return read_table(Path(__file__).with_name("layers.toml").read_text(encoding="utf-8"))


def read_table(text: str) -> Table:
    """Read a table in the form of layers.toml; rows and signatures when they are asked for.

    Raises:
        ValueError: a row names something outside the vocabulary of `padlint.keras.facts`, when it is asked for.
    """
    document = Document(text)
    history = tuple(_tables(document, "history"))
    same_object = {version: _texts(document, f"same_object.keras{version}") for version in (2, 3)}
    return Table(
        rows=OnDemand(
            document.names("layers"),
            lambda kind: tuple(_row(kind, entry, history) for entry in _tables(document, f"layers.{kind}")),
        ),
        signatures={version: _signatures(document, version) for version in (2, 3)},
        aliases=_texts(document, "old_names") | _texts(document, "aliases"),
        measured_aliases=_texts(document, "aliases"),
        renamed={setting: _words(old) for setting, old in _texts(document, "renamed").items()},
        relatives={name: _relative(_table(document, f"relatives.{name}")) for name in document.names("relatives")},
        unprobed={version: _texts(document, f"unprobed.keras{version}") for version in (2, 3)},
        functions=_texts(document, "functions"),
        same_object={
            version: {function: SameWhen(when) for function, when in found.items()}
            for version, found in same_object.items()
        },
        measured_with={version: _texts(document, "measured_with").get(f"keras{version}", "") for version in (2, 3)},
    )


def _row(kind: str, entry: TomlTable, history: tuple[TomlTable, ...]) -> Row:
    hides = entry.get("hides")
    facts = LayerFacts(
        kind=kind,
        part=Part(_text(entry, "part")),
        steps=Steps(_text(entry, "steps", Steps.KEPT)),
        mask_out=MaskOut(_text(entry, "mask_out", MaskOut.NONE)),
        one_unmasked=MaskOut(_text(entry, "one_unmasked", MaskOut.NONE)),
        uses_mask=entry.get("uses_mask") is True,
        leaks_unmasked=_sides(entry, "leaks_unmasked"),
        leaks_masked=_sides(entry, "leaks_masked"),
        guards=_integers(entry, "guards"),
        raises=_text(entry, "raises"),
        explicit=_words(_text(entry, "explicit")),
        explicit_out=MaskOut(_text(entry, "explicit_out", MaskOut.NONE)),
        fill={Side(side): Fill(fill) for side, fill in _texts(entry, "fill").items()},
        empty_row=EmptyRow(_text(entry, "empty_row", EmptyRow.OTHER)),
        keeps=Keeps(_text(entry, "keeps", Keeps.NOTHING)),
        zero_wins=entry.get("zero_wins") is True,
        masked_yields=entry.get("masked_yields") is True,
        counts_repeats=entry.get("counts_repeats") is True,
        reads=Reads(_text(entry, "reads", Reads.FEATURES)),
        hides=Known(hides) if isinstance(hides, int | float) else None,
        switch=_text(entry, "switch"),
        inner_mask_out=MaskOut(_text(entry, "inner_mask_out", MaskOut.NONE)),
        inner_raises=_text(entry, "inner_raises"),
        also=tuple(_output(one) for one in _tables(entry, "also")),
        history=tuple(_text(event, "what") for event in history if kind in _words(_text(event, "kinds"))),
    )
    return Row(
        facts=facts,
        when=tuple(read_conditions(_table(entry, "when"))),
        keras=frozenset(_integers(entry, "keras") or (2, 3)),
        hides_setting=_text(entry, "hides_setting"),
        states_hide_mask=frozenset(_integers(entry, "states_hide_mask")),
        warns=frozenset(_integers(entry, "warns")),
    )


def read_conditions(when: Mapping[str, object]) -> Iterator[Condition]:
    """Read the conditions of a row, written as `{ return_sequences = true, axis = { has = 1 } }`."""
    for setting, wanted in when.items():
        match wanted:
            case str() as kinds if setting.split(".")[-1] == "inner":
                yield Wraps(setting, _words(kinds))
            case {"has": int(axis)}:
                yield HasAxis(setting, axis)
            case {"among": str(words)}:
                yield Among(setting, _words(words))
            case {"entries": int(count)}:
                yield Entries(setting, count)
            case {"given": bool(given)}:
                yield Given(setting, given)
            case bool() | int() | float() | str():
                yield Equals(setting, wanted)
            case _:
                raise ValueError(f"layers.toml: cannot read the condition {setting} = {wanted!r}")


def _output(entry: TomlTable) -> OutputFacts:
    return OutputFacts(
        steps=Steps(_text(entry, "steps", Steps.KEPT)),
        mask_out=MaskOut(_text(entry, "mask_out", MaskOut.NONE)),
        leaks_unmasked=_sides(entry, "leaks_unmasked"),
        leaks_masked=_sides(entry, "leaks_masked"),
    )


def _signatures(document: Document, version: int) -> Mapping[str, Signature]:
    homes = {kind: group for group in ("both", f"keras{version}") for kind in document.names(f"signatures.{group}")}
    return OnDemand(homes, lambda kind: _signature(_table(document, f"signatures.{homes[kind]}.{kind}")))


def _signature(entry: TomlTable) -> Signature:
    parameters = Parameters(
        init=_words(_text(entry, "init")), call=_words(_text(entry, "call")), inputs=_words(_text(entry, "inputs"))
    )
    defaults = {name: _plain(value) for name, value in _table(entry, "defaults").items()}
    return Signature(parameters, defaults, _integers(entry, "ranks"))


def _relative(entry: TomlTable) -> Relative:
    like = entry.get("like")
    return Relative(
        like={"": like} if isinstance(like, str) else _texts(entry, "like"),
        by=_text(entry, "by"),
        otherwise=_text(entry, "otherwise"),
        reason=_text(entry, "reason"),
        raises=_text(entry, "raises"),
        init=_words(_text(entry, "init")),
        states=_count(entry, "states"),
    )


# TOML, typed ------------------------------------------------------------------------------------------------------


def _table(parent: TomlTable | Document, key: str) -> TomlTable:
    match parent.get(key):
        case dict() as table:
            return table
        case None:
            return {}
        case other:
            raise ValueError(f"layers.toml: {key} should be a table, not {other!r}")


def _tables(parent: TomlTable | Document, key: str) -> Iterator[TomlTable]:
    match parent.get(key):
        case list() as entries:
            yield from (entry for entry in entries if isinstance(entry, dict))
        case None:
            return
        case other:
            raise ValueError(f"layers.toml: {key} should be a list of tables, not {other!r}")


def _text(parent: TomlTable, key: str, default: str = "") -> str:
    match parent.get(key, default):
        case str() as text:
            return text
        case other:
            raise ValueError(f"layers.toml: {key} should be a string, not {other!r}")


def _texts(parent: TomlTable | Document, key: str) -> dict[str, str]:
    table = _table(parent, key)
    return {name: _text(table, name) for name in table}


def _count(parent: TomlTable, key: str) -> int:
    match parent.get(key, 0):
        case int() as number:
            return number
        case other:
            raise ValueError(f"layers.toml: {key} should be a whole number, not {other!r}")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _integers(parent: TomlTable, key: str) -> tuple[int, ...]:
    match parent.get(key):
        case list() as entries:
            return tuple(entry for entry in entries if isinstance(entry, int))
        case None:
            return ()
        case other:
            raise ValueError(f"layers.toml: {key} should be a list of integers, not {other!r}")


def _sides(parent: TomlTable, key: str) -> frozenset[Side]:
    return frozenset(Side(word) for word in _words(_text(parent, key)))


def _plain(value: Toml) -> Plain:
    match value:
        case bool() | int() | float() | str():
            return value
        case list():
            return tuple(_plain(entry) for entry in value)
        case dict():
            raise ValueError(f"layers.toml: a default cannot be a table: {value!r}")
