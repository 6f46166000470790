"""numpy, and what tf and keras.ops have of it: what makes arrays, and what keeps, moves or ends their padding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from padlint.graph import DataFacts, Padding, Side, Unresolved
from padlint.keras.buffers import BufferValue, new_buffer
from padlint.keras.data import (
    DataValue,
    Handler,
    Shape,
    note_paddings,
    noted,
    setting_or,
    transposed,
    unpadded,
)
from padlint.keras.handmade import with_filler
from padlint.keras.lengths import length_as_written
from padlint.keras.padding import NOTHING_KNOWN, altered, flipped, padded_by, remapped, united
from padlint.keras.provenance import held_facts
from padlint.keras.settings import shape_of
from padlint.python.context import Context
from padlint.python.values import (
    NONE,
    Call,
    Choice,
    Constant,
    Items,
    ListValue,
    Site,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

ArrayMethod: TypeAlias = Callable[[DataValue, Call, Context], "Value | None"]

# Fewer rows, or smaller numbers, may be truth tables, labels or one-hot codes.
FEWEST_LITERAL_ROWS = 3
SMALLEST_VOCABULARY = 3

HOMES = ("numpy", "tensorflow", "tensorflow.math", "keras.ops", "keras.backend")


# Values as arrays -----------------------------------------------------------------------------------------------


def array_of(value: Value, context: Context, site: Site | None = None) -> Value:
    """Return a value as `np.array` would: rows are stacked, a choice is each of its arrays, others stay as they are."""
    match value:
        case ListValue() | TupleValue():
            facts = _literal_padding(value, site, context) or held_facts(value)
            note_paddings(facts, context)
            return DataValue(facts, _stacked_shape(value, context))
        case BufferValue():
            return replace(value, store=value.store)
        case Choice():
            return context.join(array_of(option, context, site) for option in alternatives(value))
        case _:
            return value


def _literal_padding(value: ListValue | TupleValue, site: Site | None, context: Context) -> DataFacts | None:
    """Recognise rows of ids that are written out with the zeros that make them equally long."""
    rows = [_numbers(row) for row in (value.items.known if isinstance(value, ListValue) else value.items)]
    known = [row for row in rows if row]
    if site is None or len(known) < FEWEST_LITERAL_ROWS or len(known) < len(rows) or len({len(row) for row in known}) > 1:
        return None
    ends = [len(row) - next((i for i, number in enumerate(reversed(row)) if number), len(row)) for row in known]
    inside = any(0 in row[:end] for row, end in zip(known, ends, strict=True))
    if inside or max(map(max, known)) < SMALLEST_VOCABULARY or len(set(ends)) == 1:
        return None
    padding = Padding(
        how="rows that end in zeros", span=site.span, side=Side.POST, scope=context.scope_name()
    )
    return DataFacts((padding,), rank=2)


def _numbers(row: Value) -> tuple[int, ...]:
    """Return a row of whole numbers, empty when it is anything else."""
    items = row.items.known if isinstance(row, ListValue) and row.items.rest is None else ()
    numbers = [item.value for item in items if isinstance(item, Constant) and type(item.value) is int]
    return tuple(numbers) if len(numbers) == len(items) and min(numbers, default=-1) >= 0 else ()


def _stacked_shape(value: ListValue | TupleValue, context: Context) -> Shape | None:
    items = value.items if isinstance(value, ListValue) else Items(value.items, value.rest)
    held = (*items.known, *((items.rest,) if items.rest is not None else ()))
    rows = [option for row in held for option in alternatives(row)]
    count: Value = Constant(len(items.known)) if items.rest is None else items.count or Unknown("rows", "len", (value,))
    if rows and all(isinstance(row, Constant) for row in rows):
        return (count,)
    shapes = [array.shape if isinstance(array := as_array(row, context), DataValue) else None for row in rows[:4]]
    first = next((shape for shape in shapes if shape is not None), None)
    return (
        (count, *first) if first is not None and all(s is not None and len(s) == len(first) for s in shapes) else None
    )


def as_array(value: Value, context: Context) -> DataValue | None:
    """Return a value as one array, None when it is not known to be data."""
    match value:
        case BufferValue():
            return DataValue(value.facts, value.shape)
        case DataValue():
            return value
        case ListValue() | TupleValue():
            found = array_of(value, context)
            return found if isinstance(found, DataValue) else None
        case Unknown():
            facts = held_facts(value)
            return DataValue(facts) if facts.paddings else None
        case _:
            return None


def _as_function(method: ArrayMethod, *names: str) -> Handler:
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


def on_each(value: Value, change: Callable[[DataValue], Value | None], context: Context) -> Value | None:
    """Change each array that a value may be; None when one of them is not known to be data."""
    results: list[Value] = []
    for option in alternatives(value):
        array = as_array(option, context)
        result = change(array) if array is not None else None
        if result is None:
            return None
        results.append(result)
    return context.join(results) if results else None


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


def shape_argument(value: Value | None) -> Shape | None:
    """Return a `shape=` argument as axes, None when their number is not known."""
    match value:
        case TupleValue(items, None):
            return items
        case Unknown(operation="+", sources=(TupleValue(items, None), _)):
            return (*items, Unknown("further axes", "shape"))
        case ListValue() if value.items.rest is None:
            return value.items.known
        case Constant(int()):
            return (value,)
        case Unknown(operation=operation) if operation not in ("shape", "item", "call"):
            return (value,)
        case _:
            return None


def _array(call: Call, context: Context) -> Value | None:
    value = next(iter(call.arguments), None) or next(iter(call.keywords.values()), None)
    return array_of(value, context, call.site) if value is not None else None


def _made(why: str) -> Handler:
    def make(call: Call, context: Context) -> Value | None:
        return unpadded(why, shape_argument(call.argument(None, "size") or call.argument(None, "shape")))

    return make


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


# Arrays that are put together -----------------------------------------------------------------------------------


def _parts(call: Call, context: Context) -> tuple[Value, ...]:
    given = next(iter(call.arguments), None) or call.keywords.get("values") or call.keywords.get("arrays")
    if given is None:
        return ()
    items = context.iterate(given, call.site)
    return (*items.known, *((items.rest,) if items.rest is not None else ()))


def axis_argument(call: Call, position: int, default: int) -> int | None:
    """Return an `axis=` argument, None when it was given and could not be read."""
    given = call.argument(position, "axis")
    if given is None:
        return default
    return given.value if isinstance(given, Constant) and isinstance(given.value, int) else None


def _concatenate(call: Call, context: Context) -> Value | None:
    return joined_along(_parts(call, context), axis_argument(call, 1, 0), call.site, context)


def _append(call: Call, context: Context) -> Value | None:
    return joined_along(call.arguments[:2], axis_argument(call, 2, 0), call.site, context)


def _hstack(call: Call, context: Context) -> Value | None:
    parts = _parts(call, context)
    flat = any(_rank(part) == 1 for part in parts)
    return joined_along(parts, 0 if flat else 1, call.site, context)


def _vstack(call: Call, context: Context) -> Value | None:
    parts = _parts(call, context)
    if any(_rank(part) == 1 for part in parts):
        return array_of(TupleValue(parts), context)
    return joined_along(parts, 0, call.site, context)


def _stack(call: Call, context: Context) -> Value | None:
    axis = axis_argument(call, 1, 0)
    stacked = array_of(TupleValue(_parts(call, context)), context)
    if axis in (0, None) or not isinstance(stacked, DataValue):
        return stacked
    return DataValue(_axis_to(stacked.facts, 0, axis), None)


def _rank(value: Value) -> int | None:
    facts = held_facts(value)
    if facts.rank is not None:
        return facts.rank
    return 1 if facts.paddings and all(padding.axes == (0,) for padding in facts.paddings) else None


def joined_along(parts: tuple[Value, ...], axis: int | None, site: Site, context: Context) -> Value | None:
    """Return arrays put one after the other along an axis."""
    if not parts:
        return None
    axis = 0 if axis is None else axis
    found = with_filler(parts, site, context, max(axis, 0))
    if found is not None:
        return found
    # What is one constant and as long for every row, a start token, says nothing of the rest.
    telling = [part for part in parts if not (isinstance(part, BufferValue) and part.is_untouched)]
    arrays = [as_array(part, context) for part in telling]
    known = [array for array in arrays if array is not None]
    if not known or (len(known) < len(telling) and not any(array.facts.paddings for array in known)):
        return None
    facts = united(array.facts for array in known)
    if axis > 0 and len(known) > 1:
        facts = _joined_sides(facts, axis)
    shape = known[0].shape if axis == 0 else None
    return DataValue(facts, (Unknown("rows", "len"), *shape[1:]) if shape else None)


def _joined_sides(facts: DataFacts, axis: int) -> DataFacts:
    """Return the facts of arrays joined along time: what was at the end of one is now in the middle."""
    paddings = (replace(padding, side=Side.UNKNOWN) if axis in padding.axes else padding for padding in facts.paddings)
    return replace(facts, paddings=tuple(paddings))


# Axes that move -------------------------------------------------------------------------------------------------


def _same(array: DataValue, call: Call, context: Context) -> Value | None:
    return array


def _expand_dims(array: DataValue, call: Call, context: Context) -> Value | None:
    axis = axis_argument(call, 0, 0)
    rank = array.facts.rank
    if axis is None or (axis < 0 and rank is None):
        return DataValue(array.known)
    at = axis if axis >= 0 else axis + (rank or 0) + 1
    shape = (*array.shape[:at], Constant(1), *array.shape[at:]) if array.shape is not None else None
    grown = None if rank is None else rank + 1
    return DataValue(remapped(array.facts, lambda old: old if old < at else old + 1, grown), shape)


def _squeeze(array: DataValue, call: Call, context: Context) -> Value | None:
    axis = axis_argument(call, 0, -1)
    if axis is not None and axis >= 0:
        shape = (*array.shape[:axis], *array.shape[axis + 1 :]) if array.shape is not None else None
        rank = None if array.facts.rank is None else array.facts.rank - 1
        places = remapped(array.facts, lambda old: None if old == axis else old if old < axis else old - 1, rank)
        return DataValue(places, shape)
    if array.shape is not None:
        kept = [i for i, extent in enumerate(array.shape) if extent != Constant(1)]
        places_of = {old: new for new, old in enumerate(kept)}
        return DataValue(remapped(array.facts, places_of.get, len(kept)), tuple(array.shape[i] for i in kept))
    return DataValue(replace(array.facts, rank=None))


def _reshape(array: DataValue, call: Call, context: Context) -> Value | None:
    given = call.argument(0, "shape") or call.argument(None, "newshape") or call.argument(None, "target_shape")
    if call.open_ended:
        return reshaped(array, None)
    dims = shape_argument(given)
    if len(call.arguments) > 1 and not isinstance(given, TupleValue | ListValue):
        dims = call.arguments
    return reshaped(array, dims)


def reshaped(array: DataValue, dims: Shape | None) -> DataValue:
    """Return an array in another shape; padded axes are found again by their length, else by their place."""
    if dims is None:
        return DataValue(replace(array.facts, rank=None))
    return DataValue(remapped(array.facts, lambda axis: _new_place(array, axis, dims), len(dims)), dims)


def _new_place(array: DataValue, axis: int, dims: Shape) -> int | None:
    for place, extent in enumerate(dims):
        if _is_axis_of(extent, array, axis):
            return place
    if axis >= len(dims):
        return None
    return axis + 1 if dims[axis] == Constant(1) and axis + 1 < len(dims) else axis


def _is_axis_of(extent: Value, array: DataValue, axis: int) -> bool:
    match extent:
        case Unknown(
            operation="item", sources=(Unknown(operation="shape", sources=(DataValue() as owner,)), Constant(place))
        ):
            return place == axis and owner.known is array.known
        case Constant(int(number)) if number <= 1:
            return False
        case _:
            known = array.shape[axis] if array.shape is not None and axis < len(array.shape) else None
            return known is not None and length_as_written(known).same(length_as_written(extent))


def _transpose(array: DataValue, call: Call, context: Context) -> Value | None:
    given = call.argument(0, "axes") or call.argument(None, "perm")
    order = shape_of(given) if given is not None and given != NONE else None
    if len(call.arguments) > 1:
        order = shape_of(TupleValue(call.arguments))
    known = tuple(axis for axis in order if axis is not None) if order is not None else None
    return transposed(array, known)


def _swapaxes(array: DataValue, call: Call, context: Context) -> Value | None:
    match call.arguments:
        case (Constant(int(first)), Constant(int(second))):
            places = {first: second, second: first}
            return DataValue(remapped(array.facts, lambda axis: places.get(axis, axis), array.facts.rank))
        case _:
            return None


def _axis_to(facts: DataFacts, old: int, new: int) -> DataFacts:
    """Return the facts after one axis moved to another place."""

    def place(axis: int) -> int:
        if axis == old:
            return new
        return axis - 1 if old < axis <= new else axis

    return remapped(facts, place, facts.rank)


def _flip(array: DataValue, call: Call, context: Context) -> Value | None:
    axis = axis_argument(call, 0, -2)
    return DataValue(flipped(array.facts, axis if axis != -2 else None), array.shape)


def _flip_rows(array: DataValue, call: Call, context: Context) -> Value | None:
    return DataValue(flipped(array.facts, 1), array.shape)


def _reduced(array: DataValue, call: Call, context: Context) -> Value | None:
    """Sum, average or the like: the axis is gone, all of them when none is named."""
    axis = axis_argument(call, 0, -2)
    if axis in (-2, None):
        return Unknown("a number computed from an array", "len", (array,))
    rank = array.facts.rank
    at = axis if axis is not None and axis >= 0 else (rank or 0) + (axis or 0)
    shape = (*array.shape[:at], *array.shape[at + 1 :]) if array.shape is not None else None
    left = remapped(
        array.facts, lambda old: None if old == at else old if old < at else old - 1, None if rank is None else rank - 1
    )
    return DataValue(left, shape)


def _flattened(array: DataValue, call: Call, context: Context) -> Value | None:
    return DataValue(DataFacts(unpadded=array.facts.unpadded), (Unknown("a length", "len", (array,)),))


def _unlisted(array: DataValue, call: Call, context: Context) -> Value | None:
    return array


def _changed(array: DataValue, call: Call, context: Context) -> Value | None:
    return DataValue(altered(array.facts, "scaled", "what a function makes of the padding"), array.shape)


def _tested(array: DataValue, call: Call, context: Context) -> Value | None:
    return DataValue(replace(array.facts, mask=True), array.shape)


def _one_hot(array: DataValue, call: Call, context: Context) -> Value | None:
    if not array.facts.paddings and not array.facts.unpadded:
        return None
    classes = call.argument(0, "num_classes") or call.argument(0, "depth") or Unknown("the number of classes")
    facts = altered(array.facts, "one_hot", "the one-hot vector of the padding id")
    shape = (*array.shape, classes) if array.shape is not None else None
    return DataValue(replace(facts, rank=None if facts.rank is None else facts.rank + 1), shape)


def _filled_in_place(array: DataValue, call: Call, context: Context) -> Value | None:
    return NONE


def _split(array: DataValue, call: Call, context: Context) -> Value | None:
    count = call.argument(0, "indices_or_sections")
    if isinstance(count, Constant) and isinstance(count.value, int) and 0 < count.value <= 16:
        return context.new_list([array] * count.value)
    if isinstance(count, ListValue) and count.items.rest is None:
        return context.new_list([array] * (len(count.items.known) + 1))
    return context.new_list((), array)


def _where(call: Call, context: Context) -> Value | None:
    if len(call.arguments) < 3:
        return None
    arrays = [array for value in call.arguments[1:3] if (array := as_array(value, context)) is not None]
    return DataValue(united(array.facts for array in arrays), arrays[0].shape) if arrays else None


# np.pad ---------------------------------------------------------------------------------------------------------


def _pad(call: Call, context: Context) -> Value | None:
    """Pad an array where the widths are computed; a constant shift, and what frames an image, is no padding of steps."""
    source = call.argument(0, "array") or call.argument(0, "tensor")
    widths = call.argument(1, "pad_width") or call.argument(1, "paddings")
    if source is None or widths is None:
        return None
    array = as_array(source, context)
    pairs = _width_pairs(widths, array)
    sides = {axis: side for axis, pair in enumerate(pairs) if (side := _padded_end(pair)) is not None}
    facts = array.facts if array is not None else NOTHING_KNOWN
    if not sides or (len(sides) > 1 and (facts.rank or 0) > 3):
        return DataValue(replace(facts, unpadded=""), None) if array is not None else None
    mode = call.argument(2, "mode")
    paddings = tuple(noted(_np_padding(call, axis, side, mode, context), context) for axis, side in sides.items())
    return DataValue(padded_by(paddings, facts))


def _np_padding(call: Call, axis: int, side: Side, mode: Value | None, context: Context) -> Padding:
    repeated = isinstance(mode, Constant) and str(mode.value).lower() not in ("constant", "none")
    value = call.argument(3, "constant_values")
    return Padding(
        how=context.text(Site(call.site.unit, getattr(call.site.node, "func", call.site.node))),
        span=call.site.span,
        axes=(axis,),
        value=Unresolved("values repeated from the data") if repeated else setting_or(value, 0),
        side=side,
        scope=context.scope_name(),
    )


def _width_pairs(widths: Value, array: DataValue | None) -> list[tuple[Value, Value]]:
    """Return how much is added before and after each axis."""
    rank = array.facts.rank if array is not None else None
    match widths:
        case TupleValue(items, None):
            parts = items
        case ListValue() if widths.items.rest is None:
            parts = widths.items.known
        case Constant() | Unknown():
            return [(widths, widths)] * (rank or 1)
        case _:
            return []
    pairs = [_pair(part) for part in parts]
    if all(pair is not None for pair in pairs):
        found = [pair for pair in pairs if pair is not None]
        return found * (rank or 1) if len(found) == 1 else found
    return [(parts[0], parts[1])] * (rank or 1) if len(parts) == 2 else []


def _pair(value: Value) -> tuple[Value, Value] | None:
    match value:
        case TupleValue(items=(before, after)):
            return before, after
        case ListValue() if len(value.items.known) == 2:
            return value.items.known[0], value.items.known[1]
        case _:
            return None


def _padded_end(pair: tuple[Value, Value]) -> Side | None:
    """Return the end at which a computed number of steps is added, None when the number is the same for every row."""
    before, after = (not length_as_written(width).is_steady for width in pair)
    if before and after:
        return Side.UNKNOWN
    return Side.PRE if before else Side.POST if after else None


# The tables -----------------------------------------------------------------------------------------------------

KEEPING = [
    "astype",
    "copy",
    "view",
    "tolist",
    "numpy",
    "to_numpy",
    "asarray",
    "ravel_",
    "clip",
    "round",
    "real",
    "conj",
    "compute",
    "persist",
    "cpu",
    "detach",
    "to",
    "as_matrix",
    "sort_index",
    "toarray",
    "todense",
]
ELEMENTWISE = [
    "abs",
    "absolute",
    "sqrt",
    "square",
    "exp",
    "log",
    "log1p",
    "log10",
    "log2",
    "sin",
    "cos",
    "tanh",
    "sigmoid",
    "softmax",
    "normalize",
    "power",
]
REDUCTIONS = [
    "sum",
    "mean",
    "max",
    "min",
    "prod",
    "std",
    "var",
    "any",
    "all",
    "amax",
    "amin",
    "median",
    "average",
    "nanmean",
    "argmax",
    "argmin",
    "argsort_",
]
TENSOR_REDUCTIONS = tuple(f"reduce_{name}" for name in ["sum", "mean", "max", "min", "prod", "any", "all"])
ARRAY_METHODS: dict[str, ArrayMethod] = {
    **dict.fromkeys(KEEPING, _same),
    **dict.fromkeys(ELEMENTWISE, _changed),
    **dict.fromkeys((*REDUCTIONS, *TENSOR_REDUCTIONS), _reduced),
    "reshape": _reshape,
    "transpose": _transpose,
    "swapaxes": _swapaxes,
    "expand_dims": _expand_dims,
    "squeeze": _squeeze,
    "flatten": _flattened,
    "ravel": _flattened,
    "fill": _filled_in_place,
    "sort": _filled_in_place,
    "shuffle": _filled_in_place,
}
AS_FUNCTIONS: dict[str, ArrayMethod] = {
    **{name: method for name, method in ARRAY_METHODS.items() if name not in ("fill", "sort", "shuffle", "to", "view")},
    "cast": _same,
    "identity": _same,
    "nan_to_num": _same,
    "repeat": _same,
    "tile": _same,
    "roll": _same,
    "take": _same,
    "delete": _same,
    "random.shuffle": _filled_in_place,
    "flip": _flip,
    "reverse": _flip,
    "fliplr": _flip_rows,
    "permute_dimensions": _transpose,
    "one_hot": _one_hot,
    **dict.fromkeys(("equal", "not_equal", "greater", "less", "greater_equal", "less_equal", "isnan", "sign"), _tested),
    **dict.fromkeys(("split", "array_split", "vsplit"), _split),
}
ARRAY_NAMES = ("a", "object", "array", "x", "input", "tensor", "arr", "m", "ary", "value", "indices", "inputs")
STACKING = [
    "array",
    "asarray",
    "asanyarray",
    "ascontiguousarray",
    "asfarray",
    "float32",
    "int32",
    "float64",
    "int64",
    "constant",
    "convert_to_tensor",
    "Variable",
    "atleast_2d",
    "matrix",
]

def _as_list(call: Call, context: Context) -> Value | None:
    """Take an array for a list of its rows, which is as padded as it was."""
    given = call.arguments[0] if call.arguments else None
    return given if isinstance(given, DataValue) else None


FUNCTIONS: Mapping[str, Handler] = {
    "builtins.list": _as_list,
    "builtins.tuple": _as_list,
    **{f"{home}.{name}": _as_function(method, *ARRAY_NAMES) for home in HOMES for name, method in AS_FUNCTIONS.items()},
    **{f"{home}.{name}": _array for home in HOMES for name in STACKING},
    **{f"{home}.zeros": _filled("np.zeros", Constant(0)) for home in HOMES},
    **{f"{home}.ones": _filled("np.ones", Constant(1)) for home in HOMES},
    **{f"{home}.full": _filled("np.full", None, 1) for home in HOMES},
    **{f"{home}.zeros_like": _filled_like("np.zeros_like", Constant(0)) for home in HOMES},
    **{f"{home}.ones_like": _filled_like("np.ones_like", Constant(1)) for home in HOMES},
    **{f"{home}.full_like": _filled_like("np.full_like", None) for home in HOMES},
    **{f"{home}.concatenate": _concatenate for home in HOMES},
    **{f"{home}.stack": _stack for home in HOMES},
    **{f"{home}.where": _where for home in HOMES},
    **{f"{home}.pad": _pad for home in HOMES},
    "tensorflow.fill": _filled("tf.fill", None, 1),
    "tensorflow.concat": _concatenate,
    "numpy.empty": _filled("np.empty", Unknown("whatever memory held")),
    "numpy.append": _append,
    "numpy.hstack": _hstack,
    "numpy.vstack": _vstack,
    "numpy.row_stack": _vstack,
    "numpy.array_": _array,
    **{
        f"numpy.{name}": _made("numbers in order")
        for name in ("arange", "linspace", "logspace", "meshgrid", "eye", "identity")
    },
    **{f"tensorflow.{name}": _made("numbers in order") for name in ("range", "linspace", "eye")},
    **{
        f"numpy.{name}": _made("a table read from a file")
        for name in ("loadtxt", "genfromtxt", "fromfile", "fromstring")
    },
    **{f"numpy.random.{name}": _axes_given("random numbers") for name in ("rand", "randn", "random", "random_sample")},
    **{
        f"numpy.random.{name}": _made("random numbers")
        for name in ("normal", "uniform", "standard_normal", "binomial", "poisson", "multivariate_normal", "beta")
    },
    **{f"numpy.random.{name}": _random_pick for name in ("randint", "random_integers")},
    **{f"numpy.random.{name}": _permuted for name in ("permutation",)},
    **{f"tensorflow.random.{name}": _axes_given("random numbers") for name in ("normal", "uniform")},
    "tensorflow.random_normal": _axes_given("random numbers"),
    "tensorflow.random_uniform": _axes_given("random numbers"),
}


def method(array: DataValue, name: str, call: Call, context: Context) -> Value | None:
    """Call a method of an array."""
    handler = ARRAY_METHODS.get(name)
    return handler(array, call, context) if handler is not None else None
