"""What a configuration says of layers, in the words of the layer table."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from padlint.config import ConfigError, Settings
from padlint.declared import Declared, DeclaredMask, DeclaredSteps
from padlint.graph import Known, Layer, Side
from padlint.keras.facts import LayerFacts, MaskOut, Part, Reads, Steps
from padlint.keras.table import shipped_table
from padlint.spelling import suggestion

_UNMEASURED = "declared, not measured"
_SIDES = frozenset(Side)


def check_declared(settings: Settings) -> None:
    """Check what only the layer table can: that there is a layer which another is said to be like.

    Raises:
        ConfigError: there is none.
    """
    table = shipped_table()
    known = {*table.rows, *table.relatives, *table.aliases}
    for name, said in settings.layers.items():
        if said.like and said.like not in known:
            origin = settings.origins.get("layers", "configuration")
            hint = suggestion(said.like, known)
            raise ConfigError(f'{origin}: `layers."{name}".like`: Keras has no layer `{said.like}`{hint}')


def kind_of(layer: Layer) -> str:
    """Name the layer of Keras whose signature a layer has."""
    return layer.declared.like if layer.declared is not None else layer.kind


def as_like(layer: Layer) -> Layer:
    """Return the layer of Keras that a layer is said to be like; itself where nothing is said."""
    return layer if layer.declared is None else replace(layer, kind=layer.declared.like, declared=None)


def facts_of(kind: str, said: Declared) -> LayerFacts:
    """Return what is said of a layer that is like none of Keras'."""
    facts = LayerFacts(kind, Part.POINTWISE, steps=_steps(said), unmeasured=_UNMEASURED)
    match said.mask:
        case DeclaredMask.PASSES:
            return replace(facts, mask_out=MaskOut.SAME, one_unmasked=MaskOut.SAME)
        case DeclaredMask.DROPS | None:
            return facts
        case DeclaredMask.MAKES:
            return replace(facts, part=Part.SOURCE, mask_out=MaskOut.CREATED, reads=Reads.IDS, hides=Known(0))
        case DeclaredMask.CONSUMES:
            return replace(
                facts,
                part=Part.RECURRENT,
                mask_out=MaskOut.SAME,
                uses_mask=True,
                leaks_unmasked=_SIDES,
                guards=(0,),
                explicit=("mask",),
                explicit_out=MaskOut.SAME,
            )
    assert_never(said.mask)


def _steps(said: Declared) -> Steps:
    match said.steps:
        case None:
            return Steps.GONE if said.mask is DeclaredMask.CONSUMES else Steps.KEPT
        case DeclaredSteps():
            return Steps(said.steps.value)
    assert_never(said.steps)
