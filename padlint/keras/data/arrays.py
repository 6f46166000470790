"""numpy, and what tf and keras.ops have of it: what makes arrays, and what keeps, moves or ends their padding."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from padlint.keras.data import axes, stacking
from padlint.keras.data.axes import ArrayMethod, shape_argument
from padlint.keras.data.buffers import BufferValue, new_buffer
from padlint.keras.data.lengths import length_as_written
from padlint.keras.data.stacking import array_of, on_each
from padlint.keras.data.values import IN_ORDER, DataValue, Handler, unpadded
from padlint.keras.data.widths import pad
from padlint.python.context import Context
from padlint.python.formats import of_so_many_digits
from padlint.python.values import NONE, Call, Constant, Items, ListValue, TupleValue, Unknown, Value

Names: TypeAlias = Mapping[str, list[str]]

METHODS_BY_KIND: Mapping[str, ArrayMethod] = {
    "same": axes.same,
    "changed": axes.changed,
    "reduced": axes.reduced,
    "reshape": axes.reshape,
    "transpose": axes.transpose,
    "swapaxes": axes.swapaxes,
    "moveaxis": axes.moveaxis,
    "rollaxis": axes.rollaxis,
    "expand_dims": axes.expand_dims,
    "squeeze": axes.squeeze,
    "flattened": axes.flattened,
    "filled_in_place": axes.filled_in_place,
    "nan_filled": axes.nan_filled,
    "flip": axes.flip,
    "flip_rows": axes.flip_rows,
    "one_hot": axes.one_hot,
    "tested": axes.tested,
    "split": axes.split,
    "take": axes.take,
}


# The table ------------------------------------------------------------------------------------------------------


class Table:
    """arrays.toml: names by what the functions and methods do."""

    def __init__(self) -> None:
        document = tomllib.loads(Path(__file__).with_name("arrays.toml").read_text(encoding="utf-8"))
        self.homes: list[str] = document["homes"]
        self.array: list[str] = document["array"]
        self.both: Names = document["both"]
        self.methods: Names = document["methods"]
        self.functions: Names = document["functions"]
        self.stacking: list[str] = document["stacking"]["array"]
        self.made: Names = document["made"]
        self.made_with_axes: Names = document["made_with_axes"]


@lru_cache(maxsize=1)
def _table() -> Table:
    return Table()


def _by_name(*tables: Names) -> dict[str, ArrayMethod]:
    return {name: METHODS_BY_KIND[kind] for table in tables for kind, names in table.items() for name in names}


# Methods as functions -------------------------------------------------------------------------------------------


def _as_function(method: ArrayMethod, names: list[str]) -> Handler:
    """Make a function of a method: the array is its first argument, by position or one of the names."""

    def function(call: Call, context: Context) -> Value | None:
        given = (
            [call.arguments[0]] if call.arguments else [call.keywords[name] for name in names if name in call.keywords]
        )
        if not given:
            return None
        rest = Call(call.arguments[1:], {k: v for k, v in call.keywords.items() if k not in names}, call.site)
        return on_each(given[0], lambda array: method(array, rest, context), context)

    return function


# Arrays that are made -------------------------------------------------------------------------------------------


def _filled(how: str, fill: Value | None, position: int | None = None) -> Handler:
    """Make a buffer of one constant, or of the one that the call gives at a position."""

    def make(call: Call, context: Context) -> Value | None:
        shape = shape_argument(call.argument(0, "shape"))
        given = call.argument(position, "fill_value") or call.argument(position, "value") if position else fill
        return new_buffer(shape, given or Constant(0), how, call.site, context)

    return make


def _filled_like(how: str, fill: Value | None) -> Handler:
    def make(call: Call, context: Context) -> Value | None:
        model = call.argument(0, "a") or call.argument(0, "input") or call.argument(0, "prototype")
        shape = model.shape if isinstance(model, DataValue) else None
        given = fill if fill is not None else call.argument(1, "fill_value") or Constant(0)
        return new_buffer(shape, given, how, call.site, context)

    return make


def _repeated(how: str, counts: str, otherwise: Handler) -> Handler:
    """Make filler of something that is repeated as often as is missing of a length; any other call is of an array.

    Args:
        counts: the parameter that says how often, along each axis where there are several.
    """

    def make(call: Call, context: Context) -> Value | None:
        given = call.argument(1, counts)
        count, *more = (given.items if isinstance(given, TupleValue) else (given,)) or (None,)
        if count is None or not length_as_written(count).falls_short:
            return otherwise(call, context)
        item = call.arguments[0] if call.arguments else NONE
        fill = item.fill if isinstance(item, BufferValue) and item.is_untouched else item
        held = fill if isinstance(fill, Constant | Unknown) else Unknown("what is repeated")
        width = Unknown("the length of what is repeated")
        return new_buffer((count, *(width for _ in more)), held, how, call.site, context)

    return make


def _array(call: Call, context: Context) -> Value | None:
    value = next(iter(call.arguments), None) or next(iter(call.keywords.values()), None)
    return array_of(value, context, call.site) if value is not None else None


def _made(why: str) -> Handler:
    def make(call: Call, context: Context) -> Value | None:
        return unpadded(why, shape_argument(call.argument(None, "size") or call.argument(None, "shape")))

    return make


def _in_order(call: Call, context: Context) -> Value | None:
    """Count from 0 to a number, which is how many there are then; of others it is not known."""
    end = call.arguments[:1] if len(call.arguments) == 1 and not call.keywords.keys() - {"dtype"} else None
    counter = Unknown("a counter", "counter", call.arguments) if call.arguments else None
    return unpadded(IN_ORDER, end, counter)


def _put(call: Call, context: Context) -> Value | None:
    """Write to the places of an array that are given."""
    match call.arguments:
        case (BufferValue() as array, places, values, *_):
            array.set_subscript(places, values, call.site, context)
            return NONE
        case _:
            return None


def _axes_given(why: str) -> Handler:
    """Make an array whose axes are the arguments: `np.random.rand(n, steps)`."""

    def make(call: Call, context: Context) -> Value | None:
        first = call.arguments[0] if call.arguments else call.argument(None, "size")
        shape = shape_argument(first) if isinstance(first, TupleValue | ListValue) else call.arguments
        return unpadded(why, shape) if shape else Unknown("a random number", "counter")

    return make


def _random_pick(call: Call, context: Context) -> Value | None:
    """Draw from a range: one number without a size, an array with one."""
    size = call.argument(2, "size")
    if size is None or size == NONE:
        return Unknown("a random number", "counter")
    return unpadded("random numbers", shape_argument(size))


def _permuted(call: Call, context: Context) -> Value | None:
    """Shuffle an array, or make an array of shuffled row numbers."""
    if call.arguments and isinstance(call.arguments[0], DataValue | ListValue):
        return array_of(call.arguments[0], context)
    return unpadded("row numbers", (call.arguments[0],) if call.arguments else None)


def _binary_digits(call: Call, context: Context) -> Value | None:
    width = call.argument(1, "width")
    if width is None or not call.arguments:
        return None
    return of_so_many_digits(call.arguments[0], width)


def _maximum(call: Call, context: Context) -> Value | None:
    """Take what is missing of a length, and 0 where nothing is, for a number; a vector of one number stays one."""
    numbers = [_only_item(value) or value for value in call.arguments]
    match numbers:
        case [Constant(0), wanting] | [wanting, Constant(0)] if length_as_written(wanting).falls_short:
            missing = Unknown("what is missing of a length", "max", (Constant(0), wanting))
            is_vector = any(map(_only_item, call.arguments))
            return context.new_list((missing,)) if is_vector else missing
        case _:
            return None


def _only_item(value: Value) -> Value | None:
    match value:
        case ListValue(items=Items((item,), None)) | TupleValue((item,), None):
            return item
        case _:
            return None


def _as_list(call: Call, context: Context) -> Value | None:
    """Take an array for a list of its rows, which is as padded as it was."""
    given = call.arguments[0] if call.arguments else None
    return given if isinstance(given, DataValue) else None


# Look-ups -------------------------------------------------------------------------------------------------------


def _in_homes(handlers: Mapping[str, Handler]) -> Iterator[tuple[str, Handler]]:
    """Yield functions under each of the packages that have them."""
    for home in _table().homes:
        for name, handler in handlers.items():
            yield f"{home}.{name}", handler


ARRAY_METHODS: Mapping[str, ArrayMethod] = _by_name(_table().both, _table().methods)
KEEPING = frozenset(_table().both["same"])

_BY_METHOD = _by_name(_table().both, _table().functions)
FUNCTIONS: Mapping[str, Handler] = {
    **dict(_in_homes({name: _as_function(method, _table().array) for name, method in _BY_METHOD.items()})),
    **dict(_in_homes(dict.fromkeys(_table().stacking, _array))),
    **dict(
        _in_homes(
            {
                "zeros": _filled("np.zeros", Constant(0)),
                "ones": _filled("np.ones", Constant(1)),
                "full": _filled("np.full", None, 1),
                "zeros_like": _filled_like("np.zeros_like", Constant(0)),
                "ones_like": _filled_like("np.ones_like", Constant(1)),
                "full_like": _filled_like("np.full_like", None),
                "concatenate": stacking.concatenate,
                "stack": stacking.stack,
                "where": stacking.where,
                "maximum": _maximum,
                "pad": pad,
            }
        )
    ),
    **{name: _made(why) for why, names in _table().made.items() for name in names},
    **{name: _axes_given(why) for why, names in _table().made_with_axes.items() for name in names},
    "numpy.arange": _in_order,
    "tensorflow.range": _in_order,
    "numpy.put": _put,
    "builtins.list": _as_list,
    "builtins.tuple": _as_list,
    "tensorflow.fill": _filled("tf.fill", None, 1),
    "tensorflow.concat": stacking.concatenate,
    "numpy.empty": _filled("np.empty", Unknown("whatever memory held")),
    "numpy.binary_repr": _binary_digits,
    "numpy.append": stacking.append,
    "numpy.repeat": _repeated("np.repeat", "repeats", _as_function(_BY_METHOD["repeat"], _table().array)),
    "numpy.tile": _repeated("np.tile", "reps", _as_function(_BY_METHOD["tile"], _table().array)),
    "numpy.hstack": stacking.hstack,
    "numpy.dstack": stacking.dstack,
    "numpy.column_stack": stacking.column_stack,
    "numpy.vstack": stacking.vstack,
    "numpy.row_stack": stacking.vstack,
    "numpy.random.randint": _random_pick,
    "numpy.random.random_integers": _random_pick,
    "numpy.random.permutation": _permuted,
}


def method(array: DataValue, name: str, call: Call, context: Context) -> Value | None:
    """Call a method of an array."""
    handler = ARRAY_METHODS.get(name)
    return handler(array, call, context) if handler is not None else None
