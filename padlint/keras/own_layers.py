"""The layers that a model or layer of the project has for its own, by what it keeps as attributes: `self.layers`."""

from __future__ import annotations

from itertools import zip_longest

from padlint.keras.layer_objects import MOST_NESTED, LayerValue
from padlint.keras.models import ModelValue
from padlint.keras.names import is_layer_or_model
from padlint.python.context import Context
from padlint.python.iteration import any_item, concatenated
from padlint.python.values import (
    ABSENT,
    REST,
    Choice,
    DictValue,
    Instance,
    Items,
    ListValue,
    TupleValue,
    Unknown,
    Value,
)

# What Keras calls the list of them.
LAYERS = frozenset({"layers", "_layers"})
NOTHING = Items(())
# What these give is no layer, or else one that was read.
_READ = ("call:keras.", "call:tensorflow.", "call:numpy.", "call:builtins.")


def own_layers(instance: Instance, context: Context) -> Items:
    """Return the layers that Keras notes of an instance, in the order in which the program sets them, each once.

    Lists and dicts are gone through. What was not read may be a layer, or none.
    """
    slots, seen = instance.attributes.slots, set[int]()
    named = [value for name, value in slots.items() if isinstance(name, str)]
    found = concatenated(
        [*(_layers_in(value, seen, context) for value in named), _some(slots.get(REST), seen, context)]
    )
    return found if found.everything() else NOTHING


def _layers_in(value: Value, seen: set[int], context: Context, depth: int = MOST_NESTED) -> Items:
    """Return the layers that a value is, or holds, but those seen before."""
    if id(value) in seen or not depth:
        return NOTHING
    seen.add(id(value))
    match value:
        case LayerValue() | ModelValue():
            return Items((value,))
        case Instance(cls=cls):
            return Items((value,)) if any(is_layer_or_model(base.dotted) for base in cls.library_bases()) else NOTHING
        case Unknown(operation=operation):
            return NOTHING if operation.startswith(_READ) else Items((context.join((value, ABSENT)),))
        case Choice(options):
            ways = [_layers_in(option, seen, context, depth - 1).everything() for option in options]
            return Items(tuple(context.join(place) for place in zip_longest(*ways, fillvalue=ABSENT)))
        case ListValue(items=Items(known, rest)) | TupleValue(known, rest):
            held = known
        case DictValue(store):
            held, rest = tuple(entry for _, entry in value.entries()), store.slots.get(REST)
        case _:
            return NOTHING
    each = (_layers_in(item, seen, context, depth - 1) for item in held)
    return concatenated([*each, _some(rest, seen, context, depth - 1)])


def _some(rest: Value | None, seen: set[int], context: Context, depth: int = MOST_NESTED) -> Items:
    """Return the layers that stand for any number of others, by what does in the program."""
    return NOTHING if rest is None else Items((), any_item(_layers_in(rest, seen, context, depth)))
