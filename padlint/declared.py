"""What a configuration says of a layer that padlint cannot read, or reads otherwise than its author means it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from padlint.dataclass import dataclass


class DeclaredMask(StrEnum):
    """What a layer does to masks."""

    PASSES = "passes"  # its output has its input's mask
    DROPS = "drops"  # its output has none
    MAKES = "makes"  # it takes ids and masks those that are 0, as `Embedding(mask_zero=True)` does
    CONSUMES = "consumes"  # it reads the steps in order, and skips those that a mask hides


class DeclaredSteps(StrEnum):
    """What becomes of the time axis."""

    KEPT = "kept"
    REVERSED = "reversed"
    RESAMPLED = "resampled"
    TRANSPOSED = "transposed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Declared:
    """What is said of a layer: the Keras layer that it is like, or what it does to masks and steps.

    Args:
        like: Keras' name of the layer whose facts hold for this one, with the same arguments; "" when `mask` is said.
        steps: None where only what `mask` implies is known: a layer that consumes a mask sums the steps up, any other
            keeps them.
    """

    like: str = ""
    mask: DeclaredMask | None = None
    steps: DeclaredSteps | None = None


def find_declared(among: Mapping[str, Declared], module: Sequence[str], name: str) -> Declared | None:
    """Return what is said of a class, None when nothing is.

    A class may be named as it is imported: `company.Attention` is `Attention` of `company/layers/attention.py`, too.

    Args:
        among: what is said, by dotted name of the class.
        module: the parts of the dotted name of the module that the class stands in.
    """
    for dotted, said in among.items():
        *packages, last = dotted.split(".")
        left = iter(module)
        if last == name and all(package in left for package in packages):
            return said
    return None
