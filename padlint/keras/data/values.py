"""Arrays and their rows as the program sees them: indexed, sliced, computed with, fed to models."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from padlint.dataclass import dataclass
from padlint.graph import DataFacts, Known, Narrowing, Padding, Setting, Side, Unresolved
from padlint.keras.data.lengths import length_as_written
from padlint.keras.data.padding import (
    NOTHING_KNOWN,
    SCALED,
    altered,
    flipped,
    moved,
    recomputed,
    refilled,
    remapped,
    shifted,
    united,
)
from padlint.keras.data.windows import Shaped, window_length
from padlint.keras.settings import setting_of
from padlint.python.arithmetic import number_of
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.iteration import gives
from padlint.python.joins import is_one_number
from padlint.python.values import (
    NONE,
    Call,
    Choice,
    Constant,
    Items,
    LibraryName,
    LibraryObject,
    ListValue,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
    may_be_absent,
)

Shape: TypeAlias = tuple[Value, ...]
Handler: TypeAlias = Callable[[Call, Context], Value | None]
MethodHandler: TypeAlias = Callable[[Value, Call, Context], Value | None]

ANY_ROWS = Unknown("how many rows there are", "len")
COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
# What a loop counts, so that it may be compared with how many items there are.
PLACES = frozenset({"counter", "enumerate", "counted up"})
# Unknown values of these kinds index one row; any other may be a mask or a permutation.
COUNTERS = PLACES | {"counted down", "len", "int", "max", "min"}


MOST_LOOPS = 4
"""In so many loops around each other it is remembered which axes are looped over."""

IN_ORDER = "numbers in order"
"""Why `np.arange(n)` holds no padding."""
FIRST_PLACES, LAST_PLACES = "first places", "last places"
"""What is true in each row of a mask by which places are compared with lengths: `np.arange(n) < lengths[:, None]`."""

# What the overlay is told ---------------------------------------------------------------------------------------


class FileOf(NamedTuple):
    """A file of data, by its name without a suffix, as the program knows it that runs."""

    name: str
    program: str


class DataRecord(ABC):
    """Where evidence goes that may never reach a model: the overlay that is running.

    `files` is what the programs saved, by the file. A file is `borrowed` where a program loaded what only others had
    saved by then; some of those, it saves itself `own_later`. Which ones is known from the start, as `own`, where the
    programs are evaluated once more.
    """

    files: Store
    own: Collection[FileOf]
    borrowed: set[FileOf]
    own_later: set[FileOf]

    @abstractmethod
    def record_padding(self, padding: Padding) -> None:
        """Remember that the program pads here."""

    @abstractmethod
    def record_picked(self, padding: Padding) -> None:
        """Remember that the program picks steps by their place from what is padded here."""

    @abstractmethod
    def record_narrowing(self, narrowing: Narrowing) -> None:
        """Remember that floats were turned into integers here."""


def record(context: Context) -> DataRecord | None:
    """Return the overlay that is running, None when it keeps no record of data."""
    overlay = getattr(context, "overlay", None)
    return overlay if isinstance(overlay, DataRecord) else None


def noted(padding: Padding, context: Context) -> Padding:
    """Tell the overlay of a padding, so that it counts even where it is not seen to reach a model."""
    kept = record(context)
    if kept is not None:
        # What is padded row by row is padded along the steps once the rows are fed.
        axes = tuple(axis for axis in padding.axes if axis > 0) or (1,)
        kept.record_padding(replace(padding, axes=axes))
    return padding


# The value ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class DataValue(Shaped):
    """An array, a column of a table or a batch of a dataset.

    Args:
        known: what is known of its padding.
        shape: its axes, the batch included, None when not even their number is known.
        row: what stands for any of its rows, where that is more than the array itself tells.
        front: its first axes, where their number is not known.
    """

    known: DataFacts = NOTHING_KNOWN
    shape: Shape | None = None
    row: Value | None = None
    front: Shape = ()

    @property
    def extents(self) -> Shape:
        """Its axes as far as they are known, from the first on."""
        return self.shape if self.shape is not None else self.front

    @property
    def facts(self) -> DataFacts:
        """What is known of its padding, its rank included."""
        rank = len(self.shape) if self.shape is not None else self.known.rank
        return self.known if rank == self.known.rank else replace(self.known, rank=rank)

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        match name:
            case "shape":
                return shape_of_data(self)
            case "values" | "array" | "real":
                return self
            case "T":
                return transposed(self, None)
            case "ndim":
                return Constant(len(self.shape)) if self.shape is not None else None
            case "size" | "dtype":
                return Unknown(f"the {name} of an array", "shape", (self,))
            case _:
                return None

    def subscript(self, index: Value, site: Site, context: Context) -> Value | None:
        _note_picked(self, index, context)
        return taken(self, index, context.loops_over() if self.known.paddings else ())

    def operate(self, operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        if any(isinstance(operand, DataValue) and operand.is_filler for operand in operands):
            return None
        if operator == "+" and any(isinstance(operand, ListValue) for operand in operands):
            return None  # a list may be filler
        return computed(operator, operands)

    def calculate(self, function: str, call: Call, context: Context) -> Value | None:
        held = [axis for padding in self.facts.paddings for axis in padding.axes]
        is_item = bool(held) and max(held) < 0
        return item_computed(self, function, call.arguments) if is_item and not call.keywords else None

    def rewritten(self, index: Value, value: Value) -> Value:
        if isinstance(value, DataValue) and value.facts.paddings and is_position(index):
            return DataValue(united((self.facts, moved(value.facts, 1))), self.shape)
        return written_where(self, value) if self.facts.paddings and _is_of_many(index) else self

    @property
    def is_filler(self) -> bool:
        """Whether it is one constant, as often as is missing of a length."""
        return False

    def iterate(self, site: Site, context: Context) -> Items | None:
        match self.row:
            case Unknown(operation="counter"):
                return Items((), self.row, self.shape[0] if self.shape else None)
            case _:
                return Items((), each_row(self))

    def same(self, other: Value) -> bool:
        if self is other:
            return True
        alike = type(self) is DataValue and type(other) is DataValue and self.row is other.row
        return (
            alike
            and isinstance(other, DataValue)
            and self.known == other.known
            and same_shape(self.shape, other.shape)
            and _as_long(self.front, other.front)
        )

    def __repr__(self) -> str:
        return f"data({self.facts})"


def written_where(array: DataValue, value: Value) -> DataValue:
    """Return an array after a value was written to some of its steps: a number may be for the padded ones."""
    number = number_of(value)
    if number is None:
        return array
    held = {padding.value for padding in array.facts.paddings}
    why = Unresolved("what the program writes there")
    return DataValue(refilled(array.known, Known(number) if held == {Known(number)} else why), array.shape, array.row)


def _is_of_many(index: Value) -> bool:
    """Say whether an index may be of many cells at once: a mask, a slice, or what was not read."""
    match index:
        case TupleValue(items):
            return any(isinstance(part, DataValue | SliceValue) for part in items)
        case DataValue() | SliceValue():
            return True
        case _:
            return isinstance(index, Unknown) and not is_position(index)


def shape_of_data(array: DataValue) -> Value:
    """Return the shape of an array as the program sees it."""
    return TupleValue(array.shape) if array.shape is not None else Unknown("a shape", "shape", (array,))


def same_shape(first: Shape | None, second: Shape | None) -> bool:
    """Say whether two shapes are one, axis by axis the same value."""
    if first is None or second is None:
        return first is second
    return len(first) == len(second) and all(map(is_one_number, first, second))


def count_of_rows(value: Value | None) -> Value | None:
    """Return how many rows an array, or a list of rows, has; None where that is not known."""
    match value:
        case DataValue(extents=(count, *_)):
            return count
        case ListValue(items=Items(known, None)) | TupleValue(known, None) if not any(map(may_be_absent, known)):
            return Constant(len(known))
        case ListValue(items=Items((), _, count)):
            return count
        case _:
            return None


def _as_long(first: Shape, second: Shape) -> bool:
    """Say whether axes are known to be of the same lengths."""
    return len(first) == len(second) and all(map(_is_one_length, first, second))


def _is_one_length(first: Value, second: Value) -> bool:
    return first is second or length_as_written(first).same(length_as_written(second))


def row_of(value: DataValue) -> Value:
    """Return what stands for any row of an array."""
    if value.row is not None:
        return value.row
    if value.shape is not None and len(value.shape) < 2:
        return Unknown("an item of an array", "item", (value,))
    return DataValue(moved(value.facts, -1), value.shape[1:] if value.shape else None, front=value.front[1:])


def each_row(value: DataValue) -> Value:
    """Return what a loop over an array sees.

    An axis that is looped over is remembered as axis -1, for what is collected in the loop has it again; one that is
    looped over in a loop around that one as axis -2.
    """
    if value.row is not None:
        return value.row
    rank = None if value.facts.rank is None else value.facts.rank - 1
    facts = remapped(value.facts, lambda axis: axis - 1 if axis > -MOST_LOOPS else None, rank)
    return DataValue(facts, value.shape[1:] if value.shape else None, front=value.front[1:])


def note_paddings(facts: DataFacts, context: Context) -> None:
    """Tell the overlay of padding along any axis but the first, which of a batch is no timestep."""
    for padding in facts.paddings:
        if max(padding.axes) > 0:
            noted(padding, context)


@dataclass(frozen=True, slots=True, eq=False)
class Filler(LibraryObject):
    """An item that a list holds only to be long enough."""

    padding: Padding

    def joined(self, other: Value) -> Value | None:
        return self if isinstance(other, Filler) and other.padding == self.padding else None

    def same(self, other: Value) -> bool:
        return isinstance(other, Filler) and other.padding == self.padding


def unpadded(why: str, shape: Shape | None = None, row: Value | None = None) -> DataValue:
    """Make an array that is known to hold no padding."""
    return DataValue(DataFacts(unpadded=why), shape, row)


# Indexing -------------------------------------------------------------------------------------------------------


def _note_picked(value: DataValue, index: Value, context: Context) -> None:
    """Tell the overlay of padding from among which steps are picked by their place."""
    paddings = value.facts.paddings
    kept = record(context) if paddings else None
    if kept is None:
        return
    parts = index.items if isinstance(index, TupleValue) else (index,)
    axes = [axis for axis, part in enumerate(part for part in parts if not is_new_axis(part)) if not _is_whole(part)]
    for padding in paddings:
        if not set(padding.axes).isdisjoint(axes):
            kept.record_picked(padding)


def _is_whole(part: Value) -> bool:
    """Say whether an index takes all of an axis as it is, or picks by what the cells hold."""
    match part:
        case SliceValue(lower, upper, step):
            return lower == upper == NONE and step in (NONE, Constant(1))
        case DataValue() | Constant(str()):
            return True
        case _:
            return False


def taken(value: DataValue, index: Value, loops: tuple[Value, ...] = ()) -> Value | None:
    """Return `value[index]`: which axes stay, and which way they are read.

    Args:
        loops: what the loops around it go over; places that they give are not picked one by one.
    """
    parts = index.items if isinstance(index, TupleValue) else (index,)
    if parts and isinstance(parts[0], Constant) and isinstance(parts[0].value, str):
        return None
    if len(parts) == 1 and is_position(parts[0]):
        return _counted_row(value, parts[0], loops) or row_of(value)
    if len(parts) == 1 and _is_looked_up(value, parts[0]):
        return looked_up(value, parts[0]) if isinstance(parts[0], DataValue) else None
    facts = value.facts
    axes: list[int | None] = []
    shape: list[Value] = []
    counted: list[int] = []
    axis = 0
    for position, part in enumerate(parts):
        if part == Constant(...):
            axis = _after_ellipsis(value, parts[position + 1 :], axis, axes, shape)
        elif is_new_axis(part):
            axes.append(None)
            shape.append(Constant(1))
        elif is_position(part):
            counted += [axis] if _counts_a_loop(part, loops) else []
            axis += 1
        else:
            if isinstance(part, SliceValue) and part.step == Constant(-1):
                facts = flipped(facts, axis)
            axes.append(axis)
            shape.append(_extent(value, axis, part))
            axis += 1
    gained = len(axes) - axis
    axis_of = _new_axis(axes, counted, axis)
    rest = value.shape[axis:] if value.shape is not None else None
    rank = None if facts.rank is None else facts.rank + gained
    some = axes[:1] == [0] and len(parts) == 1
    tells = len(shape) > 1 or (some and (value.front or window_length(parts[0]) is not None))
    return DataValue(
        remapped(facts, axis_of, rank),
        (*shape, *rest) if rest is not None else None,
        value.row if some else None,
        (*shape, *value.front[axis:]) if tells else (),
    )


def _new_axis(axes: list[int | None], counted: list[int], known: int) -> Callable[[int], int | None]:
    """Return where an axis goes: those that a loop counts are remembered as looped over, the innermost as -1.

    Args:
        axes: what each axis of the result was, None for a new one.
        counted: the axes at which a loop counts the place that is taken.
        known: how many axes the index is about.
    """
    places: dict[int, int | None] = {old: new for new, old in enumerate(axes) if old is not None}
    places |= {old: place - len(counted) for place, old in enumerate(counted)}
    gained = len(axes) - known
    return lambda old: old - len(counted) if old < 0 else places.get(old) if old < known else old + gained


def _counted_row(value: DataValue, place: Value, loops: tuple[Value, ...]) -> Value | None:
    """Return the row at a place that a loop counts, as a loop over the rows gives it; None where that tells no more."""
    if value.row is not None or all(max(each.axes) > 0 for each in value.facts.paddings):
        return None
    return each_row(value) if _counts_a_loop(place, loops) else None


def _counts_a_loop(place: Value, loops: tuple[Value, ...]) -> bool:
    match place:
        case Unknown(operation=operation):
            return operation in ("counter", "enumerate")
        case Constant():
            return any(gives(over, place) for over in loops)
        case _:
            return False


def _is_looked_up(table: DataValue, index: Value) -> bool:
    """Say whether an index tells more of what it takes than the table does: by what it is looked up."""
    match index:
        case DataValue():
            return bool(index.facts.paddings)
        case Unknown():
            return not (table.facts.paddings or table.facts.unpadded)
        case _:
            return False


def looked_up(table: DataValue, ids: DataValue) -> DataValue:
    """Return the rows of a table for padded ids: each padded step is the row of the padding id."""
    if ids.facts.mask:
        return DataValue(table.facts)
    facts = altered(ids.facts, "embedded", "the row that a table holds for the padding id")
    shape = (*ids.shape, *table.shape[1:]) if ids.shape is not None and table.shape is not None else None
    return DataValue(replace(facts, rank=None), shape)


def _after_ellipsis(
    value: DataValue, after: tuple[Value, ...], axis: int, axes: list[int | None], shape: list[Value]
) -> int:
    """Keep the axes that `...` stands for; return the axis that what follows it is about."""
    wanted = sum(not is_new_axis(part) for part in after)
    rank = value.facts.rank
    last = (
        max(rank - wanted, axis)
        if rank is not None
        else max((a + 1 for p in value.facts.paddings for a in p.axes), default=axis)
    )
    for kept in range(axis, last):
        axes.append(kept)
        shape.append(_extent(value, kept, SliceValue(NONE, NONE, NONE)))
    return last


def _extent(value: DataValue, axis: int, part: Value) -> Value:
    whole = isinstance(part, SliceValue) and part.lower == NONE and part.upper == NONE
    if whole and value.shape is not None and axis < len(value.shape):
        return value.shape[axis]
    if (
        isinstance(part, SliceValue)
        and part.lower in (NONE, Constant(0))
        and isinstance(part.upper, Constant | Unknown)
        and part.upper != NONE
    ):
        return part.upper
    if isinstance(part, SliceValue) and window_length(part) is not None:
        return Unknown("the length of a window", "window", (part.upper, part.lower))
    return Unknown("the length of a slice", "len", (value, part))


def is_position(index: Value) -> bool:
    """Say whether an index picks one row rather than some."""
    match index:
        case Constant(bool()):
            return False
        case Constant(int()):
            return True
        case Unknown(operation=operation) if operation in COUNTERS:
            return True
        case Unknown(operation="+" | "-" | "*" | "%" | "//", sources=sources):
            return any(map(is_position, sources))
        case Choice():
            return all(map(is_position, alternatives(index)))
        case _:
            return False


def is_new_axis(part: Value) -> bool:
    """Say whether an index adds an axis: `None` or `np.newaxis`."""
    return part == NONE or (isinstance(part, LibraryName) and part.dotted.endswith("newaxis"))


def transposed(value: DataValue, order: tuple[int, ...] | None) -> DataValue:
    """Return the array with its axes in another order, the reverse one when none is given."""
    rank = value.facts.rank
    if order is None:
        order = tuple(reversed(range(rank if rank is not None else 2)))
    places = {old: new for new, old in enumerate(order)}
    shape = (
        tuple(value.shape[old] for old in order) if value.shape is not None and len(value.shape) == len(order) else None
    )
    return DataValue(remapped(value.facts, places.get, rank), shape)


# Computing ------------------------------------------------------------------------------------------------------


_NUMBERS: Mapping[str, Callable[..., int | float]] = {
    "int": int,
    "float": float,
    "abs": abs,
    "round": round,
    "min": min,
    "max": max,
}


def computed(operator: str, operands: tuple[Value, ...]) -> Value | None:
    """Return what an operator makes of arrays: a mask of a comparison, changed values of arithmetic."""
    arrays = [operand for operand in operands if isinstance(operand, DataValue)]
    facts = united(array.facts for array in arrays)
    shape = next((array.shape for array in arrays if array.shape is not None), None)
    if operator in COMPARISONS:
        return _places_up_to(operator, operands) or DataValue(replace(facts, mask=True), shape)
    if len(arrays) == len(operands):
        masks = sum(array.facts.mask for array in arrays)
        if operator == "*" and 0 < masks < len(arrays):
            return DataValue(united(refilled(array.facts, Known(0)) for array in arrays), shape)
        return DataValue(facts, shape)
    match operator, operands:
        case "+", (ListValue() as rows, _) | (_, ListValue() as rows) if not _holds_numbers(rows):
            # Two lists put behind each other: one of rows, and what `tolist` made of an array.
            return DataValue(facts)
        case "+", (_, Constant(int(by))) | (Constant(int(by)), _):
            return DataValue(shifted(facts, by), shape)
        case "+", (_, Constant(str())) | (Constant(str()), _):
            return DataValue(facts)  # a text gets longer
        case "-", (_, Constant(int(by))):
            return DataValue(shifted(facts, -by), shape)
        case "*" | "unary -" | "unary +", _ if _zero_padded(facts):
            return DataValue(facts, shape)
        case "/" | "//", (DataValue(), _) if _zero_padded(facts):
            return DataValue(facts, shape)
        case _:
            pass
    return DataValue(altered(facts, "scaled", f"what `{operator}` makes of the padding"), shape)


def _places_up_to(operator: str, operands: tuple[Value, ...]) -> DataValue | None:
    """Return the mask that is true as far as each row goes, where places are compared with how long the rows are."""
    match operands:
        case (DataValue() as places, DataValue() as lengths) if _are_places(places) and not _are_places(lengths):
            starts = operator in ("<", "<=")
        case (DataValue() as lengths, DataValue() as places) if _are_places(places) and not _are_places(lengths):
            starts = operator in (">", ">=")
        case _:
            return None
    if operator in ("==", "!=") or not places.shape or lengths.facts.paddings:
        return None
    shape = (ANY_ROWS, places.shape[-1])
    row = Unknown("as many places as each row is long", FIRST_PLACES if starts else LAST_PLACES)
    return DataValue(DataFacts(mask=True), shape, row)


def _are_places(array: DataValue) -> bool:
    return array.known.unpadded == IN_ORDER


def item_computed(item: DataValue, function: str, arguments: tuple[Value, ...]) -> Value | None:
    """Return what one of Python's functions makes of a number of an array that is being looped over."""
    match function, arguments:
        case "int" | "float" | "abs" | "round", (_,):
            return DataValue(recomputed(item.facts, _NUMBERS[function]))
        case "min" | "max", (_, _):
            others = [number for value in arguments if (number := number_of(value)) is not None]
            if others:
                return DataValue(recomputed(item.facts, lambda held: _NUMBERS[function](held, *others)))
            return DataValue(altered(item.facts, SCALED, f"what `{function}` makes of the padding"))
        case _:
            return None


def _holds_numbers(rows: ListValue) -> bool:
    return any(isinstance(item, Constant) for item in (*rows.items.known, rows.items.rest))


def _zero_padded(facts: DataFacts) -> bool:
    """Say whether all padding holds zero, which a product leaves as it is."""
    return all(padding.value in (Known(0), Known(0.0)) for padding in facts.paddings)


REPEATED = Unresolved("values repeated from the data")
"""What padding holds that repeats a row's own items: `row + [row[-1]] * n`, `np.pad(row, n, mode="edge")`."""


# Arguments of what pads -----------------------------------------------------------------------------------------


def side_of(value: Value | None, default: Side) -> Side:
    """Return the side that a `padding=` argument names."""
    match value:
        case None:
            return default
        case Constant(str(text)):
            return {"pre": Side.PRE, "left": Side.PRE, "post": Side.POST, "right": Side.POST}.get(text, Side.UNKNOWN)
        case _:
            return Side.UNKNOWN


def setting_or(value: Value | None, default: int | str) -> Setting:
    """Return the setting of an argument, its default when it was not given."""
    if value is None:
        return Known(default)
    match setting_of(value):
        case Unresolved() as unresolved if all(length_as_written(each).counts_items for each in alternatives(value)):
            return replace(unresolved, counted=True)
        case setting:
            return setting
