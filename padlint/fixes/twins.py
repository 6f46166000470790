"""Layers that do the same as others, and take masks where those refuse them."""

from __future__ import annotations

from dataclasses import replace

from padlint.graph import Layer
from padlint.keras.layers import twin_taking_masks


def twin_of(layer: Layer) -> Layer:
    """Return a layer that does the same and takes masks, within a wrapper as well; the layer itself when it does."""
    inner = twin_of(layer.inner) if layer.inner is not None else None
    kind = twin_taking_masks(layer.kind) or layer.kind
    return layer if kind == layer.kind and inner is layer.inner else replace(layer, kind=kind, inner=inner)
