"""Say whether a recurrent layer may run on the fused cuDNN kernel, which takes right-padded masks only."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from padlint.graph import Known, Layer, Plain


@cache
def _needed() -> Mapping[str, Mapping[str, Plain]]:
    """Read, by layer, the settings that the kernel needs."""
    return tomllib.loads(Path(__file__).with_name("fused.toml").read_text(encoding="utf-8"))


def runs_fused(layer: Layer) -> bool:
    """Say whether the layer, or the one that it wraps, has every setting that the fused kernel needs.

    A setting that was not written has the value that the kernel needs.
    """
    if layer.inner is not None:
        return runs_fused(layer.inner)
    needed = _needed().get(layer.kind)
    if needed is None or layer.settings.get("use_cudnn") == Known(False):
        return False
    return all(layer.settings[name] == Known(value) for name, value in needed.items() if name in layer.settings)
