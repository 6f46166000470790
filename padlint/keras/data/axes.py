"""Axes of an array that move, come and go, and values that change: what becomes of the padding along them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from padlint.graph import DataFacts
from padlint.keras.data.lengths import axis_of, length_as_written
from padlint.keras.data.padding import altered, flipped, nan_replaced, remapped, standing
from padlint.keras.data.values import DataValue, Shape, count_of_rows, setting_or, taken, transposed
from padlint.keras.settings import shape_of
from padlint.python.context import Context
from padlint.python.values import NONE, Call, Constant, Items, ListValue, TupleValue, Unknown, Value

# No array has that many axes: what an `axis=` that was not given stands for.
ALL_AXES = -99
LAST = -1
# The axis of a batch along which its timesteps are.
STEPS = 1

# Why the data of a decoder that is asked step by step holds no padding.
ONE_STEP = "one step at a time"

ArrayMethod: TypeAlias = Callable[[DataValue, Call, Context], Value | None]


# Arguments ------------------------------------------------------------------------------------------------------


def axis_argument(call: Call, position: int, default: int) -> int | None:
    """Return an `axis=` argument, None when it was given and could not be read."""
    given = call.argument(position, "axis")
    if given is None:
        return default
    return given.value if isinstance(given, Constant) and isinstance(given.value, int) else None


def shape_argument(value: Value | None) -> Shape | None:
    """Return a `shape=` argument as axes, None when their number is not known."""
    match value:
        case Unknown(operation="+", sources=(TupleValue(items, None), _)):
            return (*items, Unknown("further axes", "shape"))
        case ListValue(items=Items(known, rest)) | TupleValue(known, rest) if rest is None or known:
            return known if rest is None else (*known, Unknown("further axes", "shape"))
        case Constant(int()):
            return (value,)
        case Unknown(operation=operation) if operation not in ("shape", "item", "call"):
            return (value,)
        case _:
            return None


# Axes -----------------------------------------------------------------------------------------------------------


def same(array: DataValue, call: Call, context: Context) -> Value | None:
    """Leave an array as it is, or its rows as they are."""
    return array


def expand_dims(array: DataValue, call: Call, context: Context) -> Value | None:
    """Add an axis of length 1."""
    axis = axis_argument(call, 0, 0)
    rank = array.facts.rank
    if axis is None or (axis < 0 and rank is None):
        return DataValue(array.known)
    at = axis if axis >= 0 else axis + (rank or 0) + 1
    shape = (*array.shape[:at], Constant(1), *array.shape[at:]) if array.shape is not None else None
    grown = None if rank is None else rank + 1
    facts = remapped(array.facts, lambda old: old if old < at else old + 1, grown)
    if not standing(facts).paddings and (at == STEPS or (at == 0 and _is_one_row(array))):
        # A decoder that is asked step by step.
        facts = replace(standing(facts), unpadded=ONE_STEP, unresolved=())
    return DataValue(facts, shape)


def squeeze(array: DataValue, call: Call, context: Context) -> Value | None:
    """Remove axes of length 1.

    Where none is known to be, whoever asks for it knows of one: of batches of one row, say, that were put together.
    """
    axis, rank = axis_argument(call, 0, ALL_AXES), array.facts.rank
    if axis is not None and -(rank or 0) <= axis:
        return _without(array, axis if axis >= 0 else axis + (rank or 0))
    if axis == ALL_AXES and array.shape is None and _is_one_row(array):
        return _without(array, 0)
    if array.shape is not None:
        kept = [i for i, extent in enumerate(array.shape) if extent != Constant(1)]
        if len(kept) == len(array.shape) > STEPS + 1:
            kept.remove(STEPS)
        places_of = {old: new for new, old in enumerate(kept)}
        return DataValue(remapped(array.facts, places_of.get, len(kept)), tuple(array.shape[i] for i in kept))
    return DataValue(remapped(array.facts, lambda old: old - 1 if old > STEPS else old, None))


def _without(array: DataValue, axis: int) -> DataValue:
    """Return an array without one of its axes."""
    shape = (*array.shape[:axis], *array.shape[axis + 1 :]) if array.shape is not None else None
    rank = None if array.facts.rank is None else array.facts.rank - 1
    places = remapped(array.facts, lambda old: None if old == axis else old if old < axis else old - 1, rank)
    return DataValue(places, shape)


def _is_one_row(array: DataValue) -> bool:
    return count_of_rows(array) == Constant(1)


def reshape(array: DataValue, call: Call, context: Context) -> Value | None:
    """Change the shape."""
    given = call.argument(0, "shape") or call.argument(None, "newshape") or call.argument(None, "target_shape")
    if call.open_ended:
        return reshaped(array, None)
    match given:
        case Unknown(operation="shape", sources=(DataValue() as other,)):
            return _shaped_like(array, other)
        case _:
            pass
    dims = shape_argument(given)
    if len(call.arguments) > 1 and not isinstance(given, TupleValue | ListValue):
        dims = call.arguments
    return reshaped(array, dims)


def reshaped(array: DataValue, dims: Shape | None) -> DataValue:
    """Return an array in another shape; padded axes are found again by their length, else by their place."""
    if dims is None:
        return DataValue(replace(array.facts, rank=None))
    if len(dims) == 1 and (row := _only_row(array)) is not None:
        return row
    return DataValue(remapped(array.facts, lambda axis: _new_place(array, axis, dims), len(dims)), dims)


def _shaped_like(array: DataValue, other: DataValue) -> DataValue:
    """Return an array in the shape of another; padding that both have lies in both along the same axes."""
    known = {padding.span: padding.axes for padding in other.facts.paddings}
    paddings = (replace(each, axes=known.get(each.span, each.axes)) for each in array.facts.paddings)
    return DataValue(replace(array.facts, paddings=tuple(paddings), rank=other.facts.rank), other.shape)


def _new_place(array: DataValue, axis: int, dims: Shape) -> int | None:
    if axis < 0:
        return axis
    for place, extent in enumerate(dims):
        if _is_axis_of(extent, array, axis):
            return place
    if _makes_rows(array, axis, dims):
        return 0
    if axis and _are_axes_of_another(dims[:-1], array):
        return len(dims) - 1
    rank = array.facts.rank
    if rank is not None and len(dims) == rank + 1 and dims[0] == Constant(1):
        return axis + 1
    if axis == 0 and rank == 2 and len(dims) > 2 and dims[1] != Constant(1):
        return STEPS  # rows that steps were made of are steps again
    if axis >= len(dims):
        return None
    return axis + 1 if dims[axis] == Constant(1) and axis + 1 < len(dims) else axis


def _are_axes_of_another(dims: Shape, array: DataValue) -> bool:
    """Say whether lengths are the first axes of something else: what was made of its items takes their places again."""
    found = [axis_of(extent) for extent in dims]
    wholes = {id(each[0]): each[0] for each in found if each is not None}
    places = [each[1] for each in found if each is not None]
    if len(dims) < 2 or len(wholes) != 1 or places != list(range(len(dims))):
        return False
    (whole,) = wholes.values()
    return not (isinstance(whole, DataValue) and whole.known is array.known)


def _makes_rows(array: DataValue, axis: int, dims: Shape) -> bool:
    """Say whether a reshape makes a row of each step, as `(-1, width)` does: the last axis is left as it is."""
    match dims:
        case (Constant(-1) | Unknown(operation="*"), width) if axis > 0:
            return width == Constant(1) or _is_axis_behind(width, array, axis) or _holds_no_whole(width, array, axis)
        case _:
            return False


def _is_axis_behind(extent: Value, array: DataValue, axis: int) -> bool:
    match _axis_named(extent, array):
        case None:
            return any(_is_same_length(known, extent) for known in array.extents[axis + 1 :])
        case place:
            return place > axis or (place == -1 and array.facts.rank != axis + 1)


def _holds_no_whole(extent: Value, array: DataValue, axis: int) -> bool:
    """Say whether a number is no multiple of the length of an axis; where that is unknown, it is taken for another."""
    known = array.extents[axis] if axis < len(array.extents) else None
    match extent, known:
        case Constant(int(width)), Constant(int(length)) if length > 0:
            return width % length != 0
        case Constant(int()), _:
            return array.facts.rank != axis + 1
        case _:
            return False


def _is_axis_of(extent: Value, array: DataValue, axis: int) -> bool:
    named = _axis_named(extent, array)
    if named is not None:
        return named == axis
    if isinstance(extent, Constant) and (not isinstance(extent.value, int) or extent.value <= 1):
        return False
    # An axis that is being looped over, -1, is none of the array that is left.
    return 0 <= axis < len(array.extents) and _is_same_length(array.extents[axis], extent)


def _axis_named(extent: Value, array: DataValue) -> int | None:
    """Return the axis of which a length was asked of the array itself, None when it was not."""
    match extent:
        case Unknown(
            operation="item",
            sources=(Unknown(operation="shape", sources=(DataValue() as owner,)), Constant(int() as place)),
        ) if owner.known is array.known:
            return place
        case _:
            return None


def _is_same_length(known: Value, extent: Value) -> bool:
    return length_as_written(known).same(length_as_written(extent))


def transpose(array: DataValue, call: Call, context: Context) -> Value | None:
    """Reverse the axes, or put them in the order that is given."""
    given = call.argument(0, "axes") or call.argument(None, "perm")
    order = shape_of(given) if given is not None and given != NONE else None
    if len(call.arguments) > 1:
        order = shape_of(TupleValue(call.arguments))
    known = tuple(axis for axis in order if axis is not None) if order is not None else None
    return transposed(array, known)


def swapaxes(array: DataValue, call: Call, context: Context) -> Value | None:
    """Exchange two axes."""
    match call.arguments:
        case (Constant(int(first)), Constant(int(second))):
            places = {first: second, second: first}
            return DataValue(remapped(array.facts, lambda axis: places.get(axis, axis), array.facts.rank))
        case _:
            return None


def moveaxis(array: DataValue, call: Call, context: Context) -> Value | None:
    """Move an axis to another place."""
    match call.argument(0, "source"), call.argument(1, "destination"):
        case Constant(int(old)), Constant(int(new)):
            return axis_moved(array, old, new)
        case _:
            return None


def rollaxis(array: DataValue, call: Call, context: Context) -> Value | None:
    """Move an axis in front of another one, the first by default."""
    match call.argument(0, "axis"), call.argument(1, "start") or Constant(0):
        case Constant(int(old)), Constant(int(start)) if old >= 0 and start >= 0:
            return axis_moved(array, old, start - 1 if start > old else start)
        case _:
            return None


def axis_moved(array: DataValue, old: int, new: int) -> DataValue | None:
    """Return an array of which one axis went to another place, None where that is not known.

    Whatever the number of axes, those behind one that becomes the last go one place down.
    """
    rank = array.facts.rank
    padded = {axis for padding in array.facts.paddings for axis in padding.axes}
    if rank is None and (old < 0 or new < LAST or (new == LAST and old in padded)):
        return None
    order = list(range(rank if rank is not None else 1 + max(old, new, *padded)))
    if not all(-len(order) <= axis < len(order) for axis in (old, new)):
        return None
    moving = order.pop(old)
    order.insert(new if new >= 0 else len(order) + 1 + new, moving)
    return transposed(array, tuple(order))


def flip(array: DataValue, call: Call, context: Context) -> Value | None:
    """Read an array backwards, along an axis or along all."""
    axis = axis_argument(call, 0, ALL_AXES)
    return DataValue(flipped(array.facts, axis if axis != ALL_AXES else None), array.shape)


def flip_rows(array: DataValue, call: Call, context: Context) -> Value | None:
    """Read every row backwards."""
    return DataValue(flipped(array.facts, 1), array.shape)


def reduced(array: DataValue, call: Call, context: Context) -> Value | None:
    """Sum, average or the like: the axis is gone, all of them when none is named."""
    axis = axis_argument(call, 0, ALL_AXES)
    if axis is None or axis == ALL_AXES:
        return Unknown("a number computed from an array", "len", (array,))
    return _without(array, axis if axis >= 0 else (array.facts.rank or 0) + axis)


def flattened(array: DataValue, call: Call, context: Context) -> Value | None:
    """Put all rows one after the other: unless there is but one, there are no timesteps left to tell apart."""
    row = _only_row(array)
    return row or DataValue(DataFacts(unpadded=array.facts.unpadded), (Unknown("a length", "len", (array,)),))


def _only_row(array: DataValue) -> DataValue | None:
    """Return the steps of an array that holds no more than one sequence of numbers, None of any other."""
    if array.facts.rank == 1:
        return array
    last = max((axis for padding in array.facts.paddings for axis in padding.axes), default=STEPS)
    if not _is_one_row(array) or array.facts.rank not in (None, STEPS + 1) or last > STEPS:
        return None
    row = _without(array, 0)
    return replace(row, known=replace(row.known, rank=1))


# Values ---------------------------------------------------------------------------------------------------------


def changed(array: DataValue, call: Call, context: Context) -> Value | None:
    """Apply a function to each value."""
    return DataValue(altered(array.facts, "scaled", "what a function makes of the padding"), array.shape)


def tested(array: DataValue, call: Call, context: Context) -> Value | None:
    """Ask something of each value: the answers are a mask in the making."""
    return DataValue(replace(array.facts, mask=True), array.shape)


def one_hot(array: DataValue, call: Call, context: Context) -> Value | None:
    """Encode ids: padded ones become the vector of the padding id."""
    if not array.facts.paddings and not array.facts.unpadded:
        return None
    classes = call.argument(0, "num_classes") or call.argument(0, "depth") or Unknown("the number of classes")
    facts = altered(array.facts, "one_hot", "the one-hot vector of the padding id")
    shape = (*array.shape, classes) if array.shape is not None else None
    return DataValue(replace(facts, rank=None if facts.rank is None else facts.rank + 1), shape)


def nan_filled(array: DataValue, call: Call, context: Context) -> Value | None:
    """Put a number in the place of what is none."""
    return DataValue(nan_replaced(array.facts, setting_or(call.argument(None, "nan"), 0)), array.shape)


def filled_in_place(array: DataValue, call: Call, context: Context) -> Value | None:
    """Change the array itself, where padding stays."""
    return NONE


def take(array: DataValue, call: Call, context: Context) -> Value | None:
    """Take the rows that indices name; along another axis than the first, an array stays as padded as it is."""
    indices = call.argument(0, "indices")
    along_rows = axis_argument(call, 1, ALL_AXES) == 0
    return taken(array, indices) if indices is not None and along_rows else array


def split(array: DataValue, call: Call, context: Context) -> Value | None:
    """Split an array into parts, each as padded as the whole."""
    count = call.argument(0, "indices_or_sections")
    if isinstance(count, Constant) and isinstance(count.value, int) and 0 < count.value <= 16:
        return context.new_list([array] * count.value)
    if isinstance(count, ListValue) and count.items.rest is None:
        return context.new_list([array] * (len(count.items.known) + 1))
    return context.new_list((), array)
