"""Rows put together: what `np.array`, `np.stack` and `np.concatenate` make of the padding of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from typing import TypeAlias

from padlint.dataclass import dataclass
from padlint.graph import DataFacts, Idiom, Padding, Plain, Side
from padlint.keras.data.axes import LAST, ONE_STEP, STEPS, axis_argument, axis_moved
from padlint.keras.data.buffers import BufferValue
from padlint.keras.data.handmade import with_filler
from padlint.keras.data.padding import standing, united
from padlint.keras.data.provenance import OF_ONE_LENGTH, held_facts
from padlint.keras.data.values import ANY_ROWS, DataValue, Shape, note_paddings, written_where
from padlint.keras.settings import NotPlain, axis_measured, plain_of
from padlint.python.context import Context
from padlint.python.iteration import any_item
from padlint.python.values import (
    Call,
    Choice,
    Constant,
    Items,
    LibraryObject,
    ListValue,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

# Fewer rows, or smaller numbers, may be truth tables, labels or one-hot codes.
FEWEST_LITERAL_ROWS = 3
SMALLEST_VOCABULARY = 3
# The rank of an array that is one row.
FLAT = 1
# So many rows tell the axes of all.
_MOST_ROWS = 4

# The shape of an array; and its first axes as far as they are known, where that is not known.
_Axes: TypeAlias = tuple[Shape | None, Shape]


# Values as arrays -----------------------------------------------------------------------------------------------


def array_of(value: Value, context: Context, site: Site | None = None) -> Value:
    """Return a value as `np.array` would: rows are stacked, a choice is each of its arrays, others stay as they are."""
    match value:
        case ListValue() | TupleValue():
            facts = _facts_of_rows(value, site, context)
            note_paddings(facts, context)
            shape, front = _stacked_axes(value, lambda: facts, context)
            return DataValue(facts, shape, front=front)
        case BufferValue():
            return replace(value, store=value.store)
        case Choice():
            return context.join(array_of(option, context, site) for option in alternatives(value))
        case _:
            return value


def _facts_of_rows(value: ListValue | TupleValue, site: Site | None, context: Context) -> DataFacts:
    facts = _literal_padding(value, site, context) or _literal_content(value) or held_facts(value)
    by_itself = standing(facts)
    one_step = not by_itself.paddings and _is_one_step(value)
    return replace(by_itself, unpadded=ONE_STEP, unresolved=()) if one_step else facts


def _width(rows: ListValue | TupleValue, facts: DataFacts) -> Shape:
    """Return how long each of several rows is that all have one length, nothing for others."""
    row = any_item(_items(rows)) if facts.unpadded in OF_ONE_LENGTH else None
    return (Unknown("the length of a row", "len", (row,)),) if row is not None else ()


def _literal_padding(value: ListValue | TupleValue, site: Site | None, context: Context) -> DataFacts | None:
    """Recognise rows of ids that are written out with the zeros that make them equally long."""
    rows = [_numbers(row) for row in (value.items.known if isinstance(value, ListValue) else value.items)]
    known = [row for row in rows if row]
    if (
        site is None
        or len(known) < FEWEST_LITERAL_ROWS
        or len(known) < len(rows)
        or len({len(row) for row in known}) > 1
    ):
        return None
    ends = [len(row) - next((i for i, number in enumerate(reversed(row)) if number), len(row)) for row in known]
    inside = any(0 in row[:end] for row, end in zip(known, ends, strict=True))
    if inside or max(map(max, known)) < SMALLEST_VOCABULARY or len(set(ends)) == 1:
        return None
    scope = context.scope_name()
    padding = Padding("", site.span, side=Side.POST, scope=scope, idiom=Idiom.WRITTEN_OUT)
    return DataFacts((padding,), rank=2)


def _literal_content(value: ListValue | TupleValue) -> DataFacts | None:
    """Recognise rows that are written out number by number, none of which begins or ends with a step of zeros."""
    try:
        rows = plain_of(value)
    except NotPlain:
        return None
    whole = isinstance(rows, tuple) and bool(rows) and all(map(_is_without_padding, rows))
    return DataFacts(unpadded="rows that are written out") if whole else None


def _is_without_padding(row: Plain) -> bool:
    if not isinstance(row, tuple) or not row or not all(isinstance(number, int | float) for number in _leaves(row)):
        return False
    return any(_leaves(row[0])) and any(_leaves(row[-1]))


def _leaves(plain: Plain) -> Iterator[Plain]:
    if isinstance(plain, tuple):
        for part in plain:
            yield from _leaves(part)
    else:
        yield plain


def _numbers(row: Value) -> tuple[int, ...]:
    """Return a row of whole numbers, empty when it is anything else."""
    items = row.items.known if isinstance(row, ListValue) and row.items.rest is None else ()
    numbers = [item.value for item in items if isinstance(item, Constant) and type(item.value) is int]
    return tuple(numbers) if len(numbers) == len(items) and min(numbers, default=-1) >= 0 else ()


def _items(value: ListValue | TupleValue) -> Items:
    return value.items if isinstance(value, ListValue) else Items(value.items, value.rest)


def _is_one_step(value: ListValue | TupleValue) -> bool:
    """Say whether rows are lists of one item each: a decoder that is asked step by step."""
    items = _items(value)
    counts = [_count(_items(row)) if isinstance(row, ListValue | TupleValue) else None for row in items.known]
    return bool(counts) and items.rest is None and all(count == Constant(1) for count in counts)


def _count(items: Items) -> Value | None:
    return Constant(len(items.known)) if items.rest is None else items.count


def _axes_of(value: Value, context: Context) -> _Axes:
    match value:
        case BufferValue(shape=shape):
            return shape, ()
        case DataValue(shape=shape, front=front):
            return shape, front if shape is None else ()
        case ListValue() | TupleValue():
            return _stacked_axes(value, lambda: _facts_of_rows(value, None, context), context)
        case _:
            return None, ()


def _stacked_axes(value: ListValue | TupleValue, facts: Callable[[], DataFacts], context: Context) -> _Axes:
    """Return the axes of rows that are stacked; the facts of all are asked for where none tells how long it is."""
    items = _items(value)
    count = _count(items)
    rows = items.everything()
    if rows and all(isinstance(option, Constant) for row in rows for option in alternatives(row)):
        return (count or Unknown("rows", "len", (value,)),), ()
    axes = [_axes_of(option, context) for row in rows[:_MOST_ROWS] for option in alternatives(row)]
    shapes = [shape for shape, _ in axes[:_MOST_ROWS]]
    first = next((shape for shape in shapes if shape is not None), None)
    if first is not None and all(shape is not None and len(shape) == len(first) for shape in shapes):
        return (count or Unknown("rows", "len", (value,)), *first), ()
    fronts = [front if shape is None else shape for shape, front in axes]
    inner = fronts[0] if fronts and len(set(map(len, fronts))) == 1 else ()
    return None, (count or ANY_ROWS, *(inner or _width(value, facts())))


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
        case Unknown() | Choice():
            facts = held_facts(value)
            return DataValue(facts) if facts.paddings else None
        case _:
            return None


def on_each(value: Value, change: Callable[[DataValue], Value | None], context: Context) -> Value | None:
    """Change each array that a value may be; None when none of them is known to be data."""
    results: list[Value] = []
    unread: list[Value] = []
    for option in alternatives(value):
        array = as_array(option, context)
        result = change(array) if array is not None else None
        if result is not None:
            results.append(result)
        elif array is not None or not isinstance(option, Unknown):
            return None
        else:
            unread.append(Unknown("what a function makes of something unresolved", "call", (option,)))
    return context.join([*results, *unread]) if results else None


# Arrays one after the other -------------------------------------------------------------------------------------


def _parts(call: Call, context: Context) -> tuple[Value, ...]:
    given = next(iter(call.arguments), None) or call.keywords.get("values") or call.keywords.get("arrays")
    if given is None:
        return ()
    items = context.iterate(given, call.site)
    return (*items.known, *((items.rest,) if items.rest is not None else ()))


def concatenate(call: Call, context: Context) -> Value | None:
    """Join arrays along an axis, the first by default."""
    return joined_along(_parts(call, context), axis_argument(call, 1, 0), call.site, context)


def append(call: Call, context: Context) -> Value | None:
    """Join two arrays."""
    return joined_along(call.arguments[:2], axis_argument(call, 2, 0), call.site, context)


def hstack(call: Call, context: Context) -> Value | None:
    """Join arrays along the second axis, rows along their only one."""
    parts = _parts(call, context)
    return joined_along(parts, 0 if FLAT in map(_rank, parts) else STEPS, call.site, context)


def vstack(call: Call, context: Context) -> Value | None:
    """Stack rows, or join arrays along the first axis."""
    parts = _parts(call, context)
    if FLAT in map(_rank, parts):
        return array_of(TupleValue(parts), context)
    return joined_along(parts, 0, call.site, context)


def dstack(call: Call, context: Context) -> Value | None:
    """Join arrays along the third axis, which tables are given first."""
    deep = tuple(_deepened(part, context) for part in _parts(call, context))
    return joined_along(deep, STEPS + 1, call.site, context) if FLAT not in map(_rank, deep) else None


def _deepened(part: Value, context: Context) -> Value:
    array = as_array(part, context)
    if array is None or array.facts.rank != STEPS + 1:
        return part
    shape = (*array.shape, Constant(1)) if array.shape is not None else None
    return DataValue(replace(array.facts, rank=STEPS + 2), shape)


def column_stack(call: Call, context: Context) -> Value | None:
    """Make columns of rows, or join arrays along the second axis."""
    return _columns(_parts(call, context), STEPS, call.site, context)


def _columns(parts: tuple[Value, ...], axis: int, site: Site, context: Context) -> Value | None:
    if FLAT not in map(_rank, parts):
        return joined_along(parts, axis, site, context)
    stacked = array_of(TupleValue(parts), context)
    return axis_moved(stacked, 0, STEPS) if isinstance(stacked, DataValue) else None


def stack(call: Call, context: Context) -> Value | None:
    """Put arrays along a new axis; lengths of a tensor, or -1 for what is left, make the shape of another."""
    axis = axis_argument(call, 1, 0)
    parts = _parts(call, context)
    if any(part == Constant(-1) or axis_measured(part) is not None for part in parts):
        return TupleValue(parts)
    stacked = array_of(TupleValue(parts), context)
    if axis in (0, None) or not isinstance(stacked, DataValue):
        return stacked
    return axis_moved(stacked, 0, axis)


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


@dataclass(frozen=True, slots=True, eq=False)
class IndexJoiner(LibraryObject):
    """`np.r_` or `np.c_`, in whose index arrays are written that it joins along an axis."""

    axis: int

    def subscript(self, index: Value, site: Site, context: Context) -> Value | None:
        parts = index.items if isinstance(index, TupleValue) else (index,)
        if any(isinstance(part, SliceValue | Constant) for part in parts):
            return None  # numbers in order, or how to join
        if self.axis == LAST:
            return _columns(parts, LAST, site, context)
        return joined_along(parts, self.axis, site, context)

    def same(self, other: Value) -> bool:
        return isinstance(other, IndexJoiner) and other.axis == self.axis


ATTRIBUTES: Mapping[str, Value] = {"numpy.r_": IndexJoiner(0), "numpy.c_": IndexJoiner(LAST)}


def where(call: Call, context: Context) -> Value | None:
    """Choose between two arrays, value by value."""
    if len(call.arguments) < 3:
        return None
    arrays = [array for value in call.arguments[1:3] if (array := as_array(value, context)) is not None]
    if not arrays:
        return None
    chosen = DataValue(united(array.facts for array in arrays), arrays[0].shape)
    return reduce(written_where, call.arguments[1:3], chosen)
