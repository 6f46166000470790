"""tf.data: datasets by the element that they yield."""

from __future__ import annotations

from collections.abc import Mapping

from padlint.keras.data import Handler
from padlint.python.context import Context
from padlint.python.values import ListValue, Site, Value

FUNCTIONS: Mapping[str, Handler] = {}


def element_of(value: Value, site: Site, context: Context) -> Value | None:
    """Return the batch that a dataset, generator or `Sequence` yields; None for arrays and whatever else is fed whole."""
    if isinstance(value, ListValue) and value.kind == "generator":
        items = value.items
        return context.join((*items.known, *((items.rest,) if items.rest is not None else ())))
    return None
