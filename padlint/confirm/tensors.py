"""The mask that Keras keeps on a tensor, and what else the measurements need of TensorFlow's tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.generic]
Truth: TypeAlias = npt.NDArray[np.bool_]


class Kind(Protocol):
    """A tensor's dtype."""

    is_floating: bool
    is_bool: bool


class Tensor(Protocol):
    """An eager tensor of TensorFlow, as far as it is used here."""

    shape: Sequence[int]
    dtype: Kind

    def numpy(self) -> Array:
        """Give the values."""

    def __getitem__(self, index: object) -> Tensor:
        """Slice."""


def tensor_of(value: object) -> Tensor:
    """Name what Keras, which has no types, gives back as a tensor."""
    found: Tensor = value  # type: ignore[assignment]  # eager layers return eager tensors
    return found


def mask_of(tensor: object) -> Tensor | None:
    """Give the mask that Keras attached to a tensor."""
    mask: Tensor | None = getattr(tensor, "_keras_mask", None)
    return mask


def with_mask(tensor: Tensor, mask: Tensor | None) -> Tensor:
    """Attach a mask to a tensor, in the way in which Keras does."""
    if mask is not None:
        tensor._keras_mask = mask  # type: ignore[attr-defined]  # noqa: SLF001  # Keras' own way, in both versions
    return tensor


def is_float(value: object) -> bool:
    """Say whether a value is a tensor that a gradient can pass through."""
    dtype = getattr(value, "dtype", None)
    return bool(getattr(dtype, "is_floating", False))
