"""Measure the layers at which data enters: inputs, and lookups that turn text or values into ids; none makes a mask."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from padlint.confirm.frameworks import Framework
from padlint.confirm.probes import Settings
from padlint.confirm.probing import Unsettled
from padlint.confirm.subject import MASK, Refused, make_layer, refusals
from padlint.dataclass import dataclass
from padlint.keras.facts import Keeps, LayerFacts, MaskOut, Part, Reads, Steps


@dataclass(frozen=True, slots=True)
class Sample:
    """What a lookup is called on; the last entry of the first row is padding."""

    settings: Settings
    content: list[list[str]] | list[list[int]] | list[list[float]] | list[str]
    reads: Reads
    steps: Steps = Steps.KEPT


SAMPLES: Mapping[str, Sample] = {
    "TextVectorization": Sample({"vocabulary": ["a", "b"]}, ["a b a", "b"], Reads.TEXT, Steps.MADE),
    "StringLookup": Sample({"vocabulary": ["a", "b"], "mask_token": ""}, [["a", ""], ["b", "a"]], Reads.TEXT),
    "IntegerLookup": Sample({"vocabulary": [3, 4], "mask_token": 0}, [[3, 0], [4, 3]], Reads.IDS),
    "Hashing": Sample({"num_bins": 5, "mask_value": ""}, [["a", ""], ["b", "a"]], Reads.TEXT),
    "Discretization": Sample({"bin_boundaries": [0.5, 1.5]}, [[1.0, 0.0], [2.0, 1.0]], Reads.FEATURES),
}


def measure_lookups(framework: Framework) -> dict[str, LayerFacts]:
    """Measure each lookup that this Keras has."""
    found: dict[str, LayerFacts] = {}
    for kind, sample in SAMPLES.items():
        try:
            found[kind] = _measure(framework, kind, sample)
        except Refused:
            continue
    return found


def _measure(framework: Framework, kind: str, sample: Sample) -> LayerFacts:
    layer = make_layer(framework, kind, sample.settings)
    with refusals(framework):
        output = layer(framework.tensorflow.constant(sample.content))
    ids = np.asarray(output.numpy())  # type: ignore[attr-defined]  # a tensor
    if getattr(output, MASK, None) is not None or ids.dtype.kind not in "iu" or ids.shape[0] != len(sample.content):
        raise Unsettled(f"{kind} does not simply give ids")
    padding = ids[-1, -1] if sample.steps is Steps.MADE else ids[0, -1]
    keeps = Keeps.ZERO if padding == 0 else Keeps.NOTHING
    return LayerFacts(
        kind=kind, part=Part.LOOKUP, steps=sample.steps, mask_out=MaskOut.NONE, reads=sample.reads, keeps=keeps
    )


def measure_input(framework: Framework) -> LayerFacts:
    """Measure that a model's input has no mask of its own."""
    tensor = framework.keras.Input((None, 4))
    if getattr(tensor, MASK, None) is not None:
        raise Unsettled("an input has a mask")
    return LayerFacts(kind="InputLayer", part=Part.INPUT, keeps=Keeps.VALUE)
