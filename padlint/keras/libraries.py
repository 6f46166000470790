"""All that is known of the libraries that make and move data, in one look-up."""

from __future__ import annotations

from collections.abc import Mapping

from padlint.keras import arrays, datasets, sequences, texts
from padlint.keras.data import Handler
from padlint.python.context import Context
from padlint.python.values import Call, Method, Site, Value

FUNCTIONS: Mapping[str, Handler] = {
    **sequences.FUNCTIONS,
    **arrays.FUNCTIONS,
    **datasets.FUNCTIONS,
    **texts.FUNCTIONS,
}


def method(method_: Method, call: Call, context: Context) -> Value | None:
    """Call a method of a plain or unknown value, by its name alone where that is distinctive."""
    return None


def iterate(value: Value, site: Site, context: Context) -> Value | None:
    """Give what iterating a plain or unknown value yields."""
    return None
