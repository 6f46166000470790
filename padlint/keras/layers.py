"""Say what a Keras layer, with the settings that were read, does to masks and padded steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import Enum
from typing import assert_never

from padlint.graph import Known, Layer, OneOf, Plain, Setting, Unresolved
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
from padlint.keras.table import Condition, Equals, Given, HasAxis, Relative, Row, Wraps, shipped_table

__all__ = [
    "EmptyRow",
    "Fill",
    "Keeps",
    "LayerFacts",
    "MaskOut",
    "OutputFacts",
    "Parameters",
    "Part",
    "Reads",
    "Steps",
    "canonical_kind",
    "kinds",
    "layer_facts",
    "layer_variants",
    "parameters",
    "returns_same_object",
]


class _Absent(Enum):
    """A setting that was not written."""

    ABSENT = "absent"


class _Answer(Enum):
    """Whether a condition holds; MAYBE when the setting was not read."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


def kinds(keras: int | None = None) -> frozenset[str]:
    """Name every layer that is known in a Keras version, or in any: measured ones, those kept by hand, all aliases."""
    table = shipped_table()
    measured = {kind for kind, rows in table.rows.items() if keras is None or any(keras in row.keras for row in rows)}
    unprobed = {kind for version, reasons in table.unprobed.items() if keras in (None, version) for kind in reasons}
    return frozenset(measured | unprobed | set(table.relatives) | set(table.aliases))


def canonical_kind(name: str) -> str:
    """Give Keras' present name of a layer class (`Convolution1D` is `Conv1D`); an unknown name is left as it is."""
    return shipped_table().aliases.get(name, name)


def layer_facts(layer: Layer, keras: int) -> LayerFacts | None:
    """Say what the layer does to masks and padded steps in Keras 2 or 3; None for a layer that the table lacks.

    Where a setting that matters was not read, the answer is what Keras' default of it implies, with `certain` false;
    `layer_variants` then gives all that it may do.
    """
    variants = layer_variants(layer, keras)
    return variants[0] if variants else None


def layer_variants(layer: Layer, keras: int) -> tuple[LayerFacts, ...]:
    """Give all that the layer may do, by the settings that were not read; what Keras' defaults imply comes first."""
    table = shipped_table()
    kind = canonical_kind(layer.kind)
    relative = table.relatives.get(kind)
    if relative is not None:
        return tuple(_as_relative(kind, layer, relative))
    rows = tuple(row for row in table.rows.get(kind, ()) if keras in row.keras)
    matching = tuple(row for row in _matching(rows, layer, keras))
    usual = next(_matching(rows, _with_defaults(layer), keras), None)
    ordered = [usual] if usual in matching and usual is not None else []
    ordered += [row for row in matching if row is not usual]
    return tuple(replace(_with_value(row, layer, keras), certain=len(matching) == 1) for row in ordered)


def parameters(kind: str, keras: int) -> Parameters | None:
    """Give the order of a layer's positional parameters in Keras 2 or 3; None for a layer that the table lacks."""
    table = shipped_table()
    kind = canonical_kind(kind)
    relative = table.relatives.get(kind)
    if relative is not None:
        own = parameters(next(iter(relative.like.values())), keras) or Parameters((), ("inputs",), ("inputs",))
        return replace(own, init=relative.init or own.init)
    signature = table.signatures[keras].get(kind)
    return signature.parameters if signature else None


def returns_same_object(function: str, keras: int) -> bool:
    """Say whether a raw function returns the very tensor it was given, as `tf.cast` does to the dtype it already has."""
    return function in shipped_table().same_object[keras]


# Choosing a row ---------------------------------------------------------------------------------------------------


def _matching(rows: tuple[Row, ...], layer: Layer, keras: int) -> Iterator[Row]:
    """Yield the rows that may apply, up to and including the first that certainly does."""
    for row in rows:
        answers = {_holds(condition, layer, keras, row) for condition in row.when}
        if _Answer.NO in answers:
            continue
        yield row
        if _Answer.MAYBE not in answers:
            return


def _holds(condition: Condition, layer: Layer, keras: int, row: Row) -> _Answer:
    match condition:
        case Wraps(wanted):
            if layer.inner is None:
                return _Answer.MAYBE
            return _Answer.YES if canonical_kind(layer.inner.kind) in wanted else _Answer.NO
        case Given(setting):
            return _over(_setting(layer, setting, keras), lambda value: value is not None)
        case Equals(setting, wanted):
            return _over(_setting(layer, setting, keras), lambda value: _first(value) == wanted)
        case HasAxis(setting, axis):
            rank = 3 if 3 in row.facts.ranks else max(row.facts.ranks, default=3)
            return _over(_setting(layer, setting, keras), lambda value: axis in _axes(value, rank))
    assert_never(condition)


def _over(setting: Setting, test: Callable[[Plain], bool]) -> _Answer:
    match setting:
        case Known(value):
            return _Answer.YES if test(value) else _Answer.NO
        case OneOf(values):
            answers = {test(value) for value in values}
            return _Answer.MAYBE if len(answers) != 1 else _Answer.YES if True in answers else _Answer.NO
        case Unresolved():
            return _Answer.MAYBE
    assert_never(setting)


def _setting(layer: Layer, path: str, keras: int) -> Setting:
    """Find a setting as written, under its present name or one of Keras 1, else Keras' default of it.

    `inner.return_sequences` is a setting of the inner layer.
    """
    holder, _, name = path.rpartition(".")
    if holder:
        return _setting(layer.inner, name, keras) if layer.inner else Unresolved("the inner layer is not known")
    table = shipped_table()
    for spelling in (name, *table.renamed.get(name, ())):
        if spelling in layer.settings:
            return layer.settings[spelling]
    signature = table.signatures[keras].get(canonical_kind(layer.kind))
    return Known(signature.defaults.get(name) if signature else None)


def _first(value: Plain) -> Plain:
    return value[0] if isinstance(value, tuple) and value else value


def _axes(value: Plain, rank: int) -> frozenset[int]:
    entries = value if isinstance(value, tuple) else (value,)
    return frozenset(axis % rank for axis in entries if isinstance(axis, int))


def _with_defaults(layer: Layer) -> Layer:
    """Leave out the settings that were not read, as if they had not been written."""
    read = {name: setting for name, setting in layer.settings.items() if isinstance(setting, Known)}
    return replace(layer, settings=read, inner=_with_defaults(layer.inner) if layer.inner else None)


def _with_value(row: Row, layer: Layer, keras: int) -> LayerFacts:
    """Fill in the value that the created mask hides, where a setting says it."""
    return replace(row.facts, hides=_setting(layer, row.hides_setting, keras)) if row.hides_setting else row.facts


def _as_relative(kind: str, layer: Layer, relative: Relative) -> Iterator[LayerFacts]:
    """Answer for a layer kept by hand with the Keras 2 rows of the measured layer that it is like."""
    chosen = _setting(layer, relative.by, 2) if relative.by else Known("")
    usual = next(iter(relative.like.values()))
    like = relative.like.get(str(chosen.value), usual) if isinstance(chosen, Known) else usual
    for facts in layer_variants(replace(layer, kind=like), 2):
        refused = MaskOut.RAISES if relative.raises else facts.mask_out
        yield replace(
            facts, kind=kind, unmeasured=relative.reason, raises=relative.raises or facts.raises, mask_out=refused
        )
