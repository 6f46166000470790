"""Whether a file can matter at all, from its bytes alone: no file is parsed that this says no to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def relevant(data: bytes) -> bool:
    """Say whether a file names Keras and something that a leak is made of."""
    raise NotImplementedError


def drivers(candidates: Mapping[Path, bytes], roots: Mapping[Path, bytes]) -> set[Path]:
    """Return the candidates that name no Keras but use a file that does, and so can bind data to its models.

    Args:
        candidates: the files that are not relevant.
        roots: the files that are.
    """
    raise NotImplementedError
