"""Say what a Keras layer, with the settings that were read, does to masks and padded steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import replace
from enum import Enum
from functools import lru_cache
from typing import assert_never

from padlint.declared import Declared
from padlint.graph import Known, Layer, OneOf, Plain, Setting, Unresolved
from padlint.keras.declared import as_like, facts_of
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
from padlint.keras.table import (
    Among,
    Condition,
    Entries,
    Equals,
    Given,
    HasAxis,
    Relative,
    Row,
    SameWhen,
    Wraps,
    shipped_table,
)

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
    "SameWhen",
    "Steps",
    "canonical_kind",
    "kinds",
    "layer_facts",
    "layer_function",
    "layer_variants",
    "masks_made",
    "parameters",
    "same_object",
    "settings_left",
    "twin_taking_masks",
]


# (batch, time, features): what a negative axis counts from, unless the layer takes no such input.
SEQUENCE_RANK = 3


class _Answer(Enum):
    """Whether a condition holds; MAYBE when the setting was not read."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


def kinds(keras: int | None = None) -> frozenset[str]:
    """Name every layer that is known in a Keras version, or in any: measured ones, those kept by hand, all aliases."""
    table = shipped_table()
    measured = {kind for kind in table.rows if keras is None or any(keras in row.keras for row in table.rows[kind])}
    unprobed = {kind for version, reasons in table.unprobed.items() if keras in (None, version) for kind in reasons}
    return frozenset(measured | unprobed | set(table.relatives) | set(table.aliases))


def canonical_kind(name: str) -> str:
    """Give Keras' present name of a layer class (`Convolution1D` is `Conv1D`); an unknown name is left as it is."""
    return shipped_table().aliases.get(name, name)


def layer_facts(layer: Layer, keras: int) -> LayerFacts | None:
    """Say what the layer does to masks and padded steps in Keras 2 or 3; None for a layer that the table lacks.

    A layer that only the other version has answers as it does there: the program cannot mean this one.
    Where a setting that matters was not read, the answer is what Keras' default of it implies, with `certain` false;
    `layer_variants` then gives all that it may do.
    """
    variants = layer_variants(layer, keras)
    return variants[0] if variants else None


def layer_variants(layer: Layer, keras: int) -> tuple[LayerFacts, ...]:
    """Give all that the layer may do, by the settings that were not read; what Keras' defaults imply comes first."""
    return _variants(_Written(layer), keras)


def masks_made(layer: Layer, output: int = 0) -> frozenset[MaskOut]:
    """Give what may become of masks at a layer, in either version of Keras; nothing for one that the table lacks."""
    variants = (facts for keras in (2, 3) for facts in layer_variants(layer, keras))
    return frozenset(facts.output(output).mask_out for facts in variants)


class _Written:
    """A layer by what is written of it, so that what one may do is worked out once for all that are written alike."""

    __slots__ = ("_content", "layer")

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self._content = _content(layer)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Written) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)


def _content(layer: Layer) -> tuple[Hashable, ...]:
    # 0, 0.0 and False are equal, and yet not written alike.
    settings = tuple((name, repr(setting)) for name, setting in layer.settings.items())
    return layer.kind, settings, layer.declared, None if layer.inner is None else _content(layer.inner)


@lru_cache(maxsize=4096)
def _variants(written: _Written, keras: int) -> tuple[LayerFacts, ...]:
    layer = written.layer
    if layer.declared is not None:
        return _as_declared(layer, layer.declared, keras)
    table = shipped_table()
    kind = canonical_kind(layer.kind)
    relative = table.relatives.get(kind)
    if relative is not None:
        return tuple(_as_relative(kind, layer, relative, keras))
    keras = _version_of(kind, keras)
    rows = tuple(row for row in table.rows.get(kind, ()) if keras in row.keras)
    matching = tuple(row for row in _matching(rows, layer, keras))
    usual = next(_matching(rows, _with_defaults(layer), keras), None)
    ordered = [usual] if usual in matching and usual is not None else []
    ordered += [row for row in matching if row is not usual]
    found = tuple(replace(_facts(row, layer, keras), certain=len(matching) == 1) for row in ordered)
    # Measured with the layers of CuDNN in Keras 2: a wrapper hands the mask on to a layer that refuses it.
    refusal = _refusal_within(layer)
    return tuple(_refusing_masks(facts, refusal) for facts in found) if refusal else found


def states_beside(kind: str) -> int:
    """Count the states that a layer returns in a list beside its output: those of a cell."""
    relative = shipped_table().relatives.get(canonical_kind(kind))
    return relative.states if relative is not None else 0


def twin_taking_masks(kind: str) -> str | None:
    """Name the layer that does the same and takes masks, for one that is kept by hand and refuses them."""
    relative = shipped_table().relatives.get(canonical_kind(kind))
    return next(iter(relative.like.values())) if relative is not None and relative.raises else None


def parameters(kind: str, keras: int) -> Parameters | None:
    """Give the order of a layer's positional parameters in Keras 2 or 3; None for a layer that the table lacks."""
    table = shipped_table()
    kind = canonical_kind(kind)
    relative = table.relatives.get(kind)
    if relative is not None:
        own = parameters(next(iter(relative.like.values())), keras) or Parameters((), ("inputs",), ("inputs",))
        return replace(own, init=relative.init or own.init)
    signature = table.signatures[_version_of(kind, keras)].get(kind)
    return signature.parameters if signature else None


def settings_left(kind: str, named: Collection[str], keras: int) -> frozenset[str]:
    """Name the settings that decide what a layer does to masks and padded steps, but for those that a call names."""
    table = shipped_table()
    kind = canonical_kind(kind)
    relative = table.relatives.get(kind)
    if relative is not None:
        alike = (settings_left(like, named, keras) for like in relative.like.values())
        return frozenset({relative.by} - {"", *named}).union(*alike)
    signature = table.signatures[_version_of(kind, keras)].get(kind)
    asked = signature.defaults if signature else ()
    return frozenset(name for name in asked if not any(spelling in named for spelling in _spellings(name)))


def layer_function(name: str) -> str | None:
    """Name the layer that a function of `keras.layers` applies (`concatenate`, `Concatenate`); None for other names."""
    return shipped_table().functions.get(name)


def same_object(function: str, keras: int) -> SameWhen | None:
    """Say when a raw function returns the very tensor that it was given (`tensorflow.cast`); None for never."""
    return shipped_table().same_object[keras].get(function)


def _version_of(kind: str, keras: int) -> int:
    """Give the version to answer for: the one asked for, unless only the other has such a layer."""
    versions = {version for row in shipped_table().rows.get(kind, ()) for version in row.keras}
    return keras if keras in versions or not versions else min(versions)


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
        case Wraps(holder, wanted):
            inner = _inner(layer, holder)
            if inner is None:
                return _Answer.MAYBE
            return _Answer.YES if canonical_kind(inner.kind) in wanted else _Answer.NO
        case Given(setting, given):
            return _over(_setting(layer, setting, keras), lambda value: (value is not None) == given)
        case Among(setting, words):
            return _over(_setting(layer, setting, keras), lambda value: value in words)
        case Entries(setting, count):
            return _over(
                _with_entries(_setting(layer, setting, keras)),
                lambda value: isinstance(value, tuple) and len(value) == count,
            )
        case Equals(setting, wanted):
            return _over(_with_entries(_setting(layer, setting, keras)), lambda value: _means(_first(value), wanted))
        case HasAxis(setting, axis):
            ranks = _ranks(row.facts.kind, keras)
            rank = SEQUENCE_RANK if SEQUENCE_RANK in ranks else max(ranks, default=SEQUENCE_RANK)
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


def _with_entries(setting: Setting) -> Setting:
    """Return a tuple of which some entries were read for what it is: a number that was not read is no usual one."""
    match setting:
        case Unresolved(entries=(_, *_) as entries):
            return Known(tuple(entries))
        case _:
            return setting


def _setting(layer: Layer, path: str, keras: int) -> Setting:
    """Find a setting as written, under its present name or one of Keras 1, else Keras' default of it.

    `inner.return_sequences` is a setting of the inner layer.
    """
    if path.startswith("inner."):
        within = path.removeprefix("inner.")
        return _setting(layer.inner, within, keras) if layer.inner else Unresolved("the inner layer is not known")
    for spelling in _spellings(path):
        if spelling in layer.settings:
            return layer.settings[spelling]
    signature = shipped_table().signatures[keras].get(canonical_kind(layer.kind))
    return Known(signature.defaults.get(path) if signature else None)


def _spellings(setting: str) -> tuple[str, ...]:
    """Return the present name of a setting, and those that it had in Keras 1."""
    return setting, *shipped_table().renamed.get(setting, ())


def _inner(layer: Layer, holder: str) -> Layer | None:
    """Find the layer that is wrapped, or with `inner.inner` the one that this wraps."""
    found: Layer | None = layer
    for _ in holder.split("."):
        found = found.inner if found is not None else None
    return found


def _first(value: Plain) -> Plain:
    return value[0] if isinstance(value, tuple) and value else value


def _means(value: Plain, wanted: Plain) -> bool:
    """Say whether a value is the wanted one; of a flag, Keras only asks whether it is true, and `"True"` is."""
    return bool(value) is wanted if isinstance(wanted, bool) else value == wanted


def _axes(value: Plain, rank: int) -> frozenset[int]:
    entries = value if isinstance(value, tuple) else (value,)
    return frozenset(axis % rank for axis in entries if isinstance(axis, int))


def _with_defaults(layer: Layer) -> Layer:
    """Leave out the settings that were not read, as if they had not been written."""
    read = {name: setting for name, setting in layer.settings.items() if isinstance(setting, Known)}
    return replace(layer, settings=read, inner=_with_defaults(layer.inner) if layer.inner else None)


def _facts(row: Row, layer: Layer, keras: int) -> LayerFacts:
    """Fill in what a row says by version, and the value that the created mask hides where a setting says it."""
    return replace(
        row.facts,
        hides=_setting(layer, row.hides_setting, keras) if row.hides_setting else row.facts.hides,
        states_hide_mask=keras in row.states_hide_mask,
        warns=keras in row.warns,
        ranks=_ranks(row.facts.kind, keras),
    )


def _ranks(kind: str, keras: int) -> tuple[int, ...]:
    signature = shipped_table().signatures[keras].get(kind)
    return signature.ranks if signature else ()


def _as_declared(layer: Layer, said: Declared, keras: int) -> tuple[LayerFacts, ...]:
    """Answer for a layer with what the configuration says of it."""
    if not said.like:
        return (facts_of(layer.kind, said),)
    return tuple(replace(facts, kind=layer.kind) for facts in layer_variants(as_like(layer), keras))


def _as_relative(kind: str, layer: Layer, relative: Relative, keras: int) -> Iterator[LayerFacts]:
    """Answer for a layer kept by hand with the rows of the measured layer that it is like."""
    chosen = layer.settings.get(relative.by, Known(relative.otherwise))
    mode = chosen.value if isinstance(chosen, Known) and chosen.value in relative.like else relative.otherwise
    for facts in layer_variants(replace(layer, kind=relative.like[str(mode)]), keras):
        own = replace(facts, kind=kind, unmeasured=relative.reason, certain=facts.certain and isinstance(chosen, Known))
        yield _refusing_masks(own, relative.raises) if relative.raises else own


def _refusal_within(layer: Layer) -> str:
    """Return what Keras says to a mask that a wrapper hands on to a layer kept by hand, "" when that takes it."""
    relative = shipped_table().relatives.get(canonical_kind(layer.inner.kind)) if layer.inner else None
    return relative.raises if relative is not None else ""


def _refusing_masks(facts: LayerFacts, raises: str) -> LayerFacts:
    """Take away all that a mask would do."""
    return replace(
        facts,
        raises=raises,
        mask_out=MaskOut.RAISES,
        uses_mask=False,
        leaks_masked=facts.leaks_unmasked,
        guards=(),
        explicit=(),
        fill={},
    )
