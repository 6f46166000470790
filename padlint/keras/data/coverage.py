"""How much of a buffer its writes cover: rows written as far as they go leave padding, full ones do not."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from padlint.dataclass import dataclass
from padlint.graph import DataFacts, Padding, Side
from padlint.keras.data.lengths import Length, axis_of, identity, items_of, length_as_written
from padlint.keras.data.padding import NOTHING_KNOWN, one_hot, remapped, united
from padlint.keras.data.provenance import held_facts, zero_token
from padlint.keras.data.values import (
    FIRST_PLACES,
    IN_ORDER,
    LAST_PLACES,
    REPEATED,
    DataValue,
    Filler,
    Shape,
    is_new_axis,
)
from padlint.keras.data.windows import is_as_many, sequence_counted, shared_length
from padlint.python.joins import seen
from padlint.python.values import (
    NONE,
    Choice,
    Constant,
    Items,
    ListValue,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

MOST_PLACES = 64
_WHOLE = SliceValue(NONE, NONE, NONE)
_SIDES_LEFT = {FIRST_PLACES: Side.POST, LAST_PLACES: Side.PRE}


@dataclass(frozen=True, slots=True)
class Write:
    """What one run of `buffer[index] = value` wrote: the index taken apart, and the statement that did it.

    Args:
        step: what is known of the sequence of which a step was written, by the buffer's axes.
    """

    index: tuple[Value, ...]
    value: Value
    statement: Hashable
    step: DataFacts = NOTHING_KNOWN


class Coverage(StrEnum):
    """How much of an axis is written."""

    FULL = "full"  # from end to end
    PART = "part"  # as far as each row goes
    FIXED = "fixed"  # some known places
    CODE = "code"  # the place says what the value is: one-hot
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of an axis one write covers, and at which end the rest is left."""

    kind: Coverage
    side: Side = Side.POST


FULL, FIXED, CODE, UNCLEAR = (Cover(kind) for kind in (Coverage.FULL, Coverage.FIXED, Coverage.CODE, Coverage.UNCLEAR))


def facts_of_buffer(
    writes: tuple[Write, ...], shape: Shape | None, padding: Callable[[int, Side], Padding]
) -> DataFacts:
    """Work out which axes of a buffer are padded, from all that was written into it.

    Args:
        padding: what the buffer is along an axis, on a side of it, where it is padded.
    """
    if not writes:
        return NOTHING_KNOWN
    rank = len(shape) if shape is not None else max(len(write.index) for write in writes)
    covers = [_covers(write, writes, shape, rank) for write in writes]
    paddings = [
        _spelled_out(padding(axis, side), axis, writes, covers)
        for axis in range(1 if shape is None and rank > 1 else 0, rank)
        if (side := _padded_side(axis, writes, covers)) is not None
    ]
    steps = [write.step for write in writes if write.step.paddings]
    made_up = {axis for step in steps for padding in step.paddings for axis in padding.axes}
    paddings = [padding for padding in paddings if made_up.isdisjoint(padding.axes)]
    rows = united((*(_facts_of_row(write, rank) for write in writes), *steps))
    kinds = {cover.kind for row in covers for cover in row[1:]} | (
        {row[0].kind for row in covers} if rank == 1 else set()
    )
    whole = not paddings and not rows.paddings and not rows.unresolved and kinds <= {Coverage.FULL, Coverage.CODE}
    return DataFacts(
        paddings=(*_merged(paddings), *rows.paddings),
        unpadded="an array written in full" if whole else "",
        unresolved=() if paddings else rows.unresolved,
        zero_is_a_token=_zero_token(write.value for write in writes),
        mask=bool(paddings)
        and all(write.value in (Constant(1), Constant(1.0), Constant(True)) for write in writes)
        and not any(_is_coded(row) for row in covers),
    )


def may_leave_padding(write: Write, writes: tuple[Write, ...], shape: Shape | None) -> bool:
    """Say whether a write is one of those for which a buffer can be padded, or brings padding of its own.

    Args:
        writes: all writes up to this one.
    """
    rank = len(shape) if shape is not None else max(len(each.index) for each in writes)
    parts = any(cover.kind is Coverage.PART for cover in _covers(write, writes, shape, rank))
    return parts or bool(write.step.paddings) or bool(held_facts(write.value).paddings)


def _is_coded(row: tuple[Cover, ...]) -> bool:
    """Say whether a place that is written says more than which step it is: behind that, not all of it is written."""
    steps = max((axis for axis, cover in enumerate(row) if cover.kind is Coverage.PART), default=len(row))
    behind = {cover.kind for cover in row[steps + 1 :]}
    return bool(behind - {Coverage.FULL}) or Coverage.CODE in {cover.kind for cover in row}


def _merged(paddings: list[Padding]) -> list[Padding]:
    """Put padding along several axes into one where it is on the same side."""
    sides = dict.fromkeys(padding.side for padding in paddings)
    return [
        replace(alike[0], axes=tuple(axis for padding in alike for axis in padding.axes))
        for side in sides
        if (alike := [padding for padding in paddings if padding.side is side])
    ]


def _padded_side(axis: int, writes: Sequence[Write], covers: Sequence[tuple[Cover, ...]]) -> Side | None:
    """Return the side on which an axis is left unwritten, None when it is not or that is not clear."""
    parts = [(row[axis], write) for write, row in zip(writes, covers, strict=True) if row[axis].kind is Coverage.PART]
    if not parts or any(row[axis].kind is Coverage.CODE for row in covers):
        return None
    # A scalar written from some place on is the padding itself, spelled out.
    content = [cover for cover, write in parts if not isinstance(write.value, Constant)]
    content = content or [cover for cover, write in parts if not _is_stretch(write, axis)]
    sides = {cover.side for cover in content or [cover for cover, _ in parts]}
    return sides.pop() if len(sides) == 1 else Side.UNKNOWN


def _spelled_out(padding: Padding, axis: int, writes: Sequence[Write], covers: Sequence[tuple[Cover, ...]]) -> Padding:
    """Return padding with what it holds where the program writes a code to all of its steps."""
    stretches = (row for write, row in zip(writes, covers, strict=True) if _is_stretch(write, axis))
    coded = (row for row in stretches if row[axis].kind is Coverage.PART)
    return one_hot(padding) if any(cover.kind is Coverage.CODE for row in coded for cover in row) else padding


def _is_stretch(write: Write, axis: int) -> bool:
    return axis < len(write.index) and isinstance(write.index[axis], SliceValue)


def _facts_of_row(write: Write, rank: int) -> DataFacts:
    """Return what the written value brings of its own, by the buffer's axes."""
    fillers = tuple(
        replace(each.padding, axes=(min(len(write.index), rank) - 1,))
        for each in alternatives(write.value)
        if isinstance(each, Filler)
    )
    if fillers:
        return DataFacts(fillers)
    open_axes = [axis for axis in range(rank) if axis >= len(write.index) or not _picks_one(write.index[axis])]
    if not open_axes or isinstance(write.value, Constant):
        return DataFacts(unpadded="numbers")
    facts = held_facts(write.value)
    # The last axes are put on top of each other, and what a value has before those is of length 1.
    short = len(open_axes) - facts.rank if facts.rank is not None else 0
    return remapped(
        facts, lambda axis: open_axes[axis + short] if axis >= 0 and 0 <= axis + short < len(open_axes) else None, rank
    )


def _picks_one(part: Value) -> bool:
    return not isinstance(part, SliceValue | DataValue | ListValue) and part != Constant(...)


def _covers(write: Write, writes: tuple[Write, ...], shape: Shape | None, rank: int) -> tuple[Cover, ...]:
    """Return how much of each axis a write covers."""
    index = [part for whole in write.index for part in _by_axis(whole) if not is_new_axis(part)]
    if Constant(...) in index:
        at = index.index(Constant(...))
        index[at : at + 1] = [_WHOLE] * max(rank - len(index) + 1, 0)
    covers: list[Cover] = []
    for axis in range(rank):
        if axis >= len(index):
            covers.append(FULL)
            continue
        extent = shape[axis] if shape is not None else Unknown("an axis of unknown length")
        together = [
            other.index[axis] for other in writes if other.statement == write.statement and axis < len(other.index)
        ]
        last = axis == rank - 1 and rank > 1
        if _marks_a_stretch(index[axis], write.value):
            covers.append(UNCLEAR)
            continue
        if isinstance(index[axis], Constant) and _every_place(axis, extent, writes):
            covers.append(FULL)
            continue
        is_step = axis > 0 or (rank == 1 and not isinstance(write.value, Constant))
        part = _as_slice(index[axis]) if is_step else index[axis]  # a code may be written for each row of labels
        covers.append(_cover(part, extent, together, coded=last and _is_number(write.value)))
    return tuple(covers)


def _by_axis(part: Value) -> tuple[Value, ...]:
    """Take a part of an index apart that is about several axes: a mask of the places up to the length of each row."""
    return (_WHOLE, part) if _side_of_places(part) is not None else (part,)


def _side_of_places(part: Value) -> Side | None:
    """Return the side on which a mask leaves what is behind, or before, the places of each row; None for all else."""
    match part:
        case DataValue(row=Unknown(operation=operation)):
            return _SIDES_LEFT.get(operation)
        case _:
            return None


def _as_slice(part: Value) -> Value:
    """Return all places up to a length as a slice, any other part of an index as it is."""
    match part:
        case ListValue(kind="range", items=Items((), Unknown(operation="counter", sources=(end,)))):
            return SliceValue(NONE, end, NONE)
        case DataValue(known=DataFacts(unpadded=why), shape=(end,)) if why == IN_ORDER:
            return SliceValue(NONE, end, NONE)
        case _:
            return part


def _every_place(axis: int, extent: Value, writes: tuple[Write, ...]) -> bool:
    """Say whether the constant places that are written along an axis are all that it has."""
    return _reaches_the_end((part for write in writes for part in write.index[axis : axis + 1]), extent)


def _marks_a_stretch(part: Value, value: Value) -> bool:
    """Say whether one number is written from one place that depends on the data to another: no sequence is put in."""
    match part, value:
        case SliceValue(lower, upper), Constant() if upper != NONE:
            return not length_as_written(lower).is_steady
        case _:
            return False


def _is_number(value: Value) -> bool:
    return isinstance(value, Constant) and isinstance(value.value, int | float)


def _cover(part: Value, extent: Value, together: list[Value], *, coded: bool) -> Cover:
    if extent == Constant(1):
        return FULL
    match part:
        case SliceValue():
            found = _slice_cover(part, length_as_written(extent))
            return _ragged_cover(together) or found if found.kind is Coverage.FIXED else found
        case ListValue() | DataValue():
            side = _side_of_places(part)
            return Cover(Coverage.PART, side) if side is not None else CODE if coded else UNCLEAR
        case Unknown(operation="counter", sources=bounds):
            return _counter_cover(bounds, extent)
        case Unknown(operation="enumerate", sources=(sequence, _)):
            return _sequence_cover(sequence, extent)
        case Unknown(operation="counted up", sources=(start, *ends)):
            return _counted_cover(start, tuple(ends), together, extent)
        case Unknown(operation="counted down"):
            return Cover(Coverage.PART, Side.PRE)
        case Unknown(operation="item" | "") | Unknown(sources=()):
            return CODE if coded else UNCLEAR
        case _:
            return _place_cover(part, extent, together, coded=coded)


def _slice_cover(part: SliceValue, extent: Length) -> Cover:
    starts = part.lower in (NONE, Constant(0))
    if starts and part.upper == NONE:
        return FULL
    if starts:
        upper = length_as_written(part.upper)
        if upper.same(extent) or _counts_as_many(part.upper, extent):
            return FULL
        return FIXED if upper.is_steady else Cover(Coverage.PART, Side.PRE if upper.runs_backwards else Side.POST)
    lower = length_as_written(part.lower)
    if part.upper == NONE:
        return FIXED if lower.is_steady else Cover(Coverage.PART, Side.PRE)
    upper = length_as_written(part.upper)
    if upper.minus(lower).is_steady:
        return FIXED if upper.is_steady else UNCLEAR
    if upper.same(extent):
        return Cover(Coverage.PART, Side.PRE)
    if lower.is_steady:
        return Cover(Coverage.PART, Side.POST)
    # From one place that depends on the data to another is a stretch that is marked, not a sequence that is put in.
    return UNCLEAR if upper.minus(lower).falls_short else Cover(Coverage.PART, Side.UNKNOWN)


def _counts_as_many(number: Value, extent: Length) -> bool:
    """Say whether a number is how many items a sequence has of which all that are like it have as many, or more."""
    if is_as_many(number, extent):
        return True
    sequence = sequence_counted(number)
    if sequence is None or (isinstance(sequence, DataValue) and sequence.shape):
        return False  # an array that is cut to so many rows may have had fewer
    length = shared_length(sequence)
    return length is not None and length.same(extent)


def _ragged_cover(together: list[Value]) -> Cover | None:
    """Judge slices of known length that one statement wrote in a loop: where they differ, they fit their rows."""
    slices = [part for part in together if isinstance(part, SliceValue)]
    lowers, uppers = {part.lower for part in slices}, {part.upper for part in slices}
    if len(uppers) > 1 and lowers <= {NONE, Constant(0)}:
        return Cover(Coverage.PART, Side.POST)
    if len(lowers) > 1 and uppers == {NONE}:
        return Cover(Coverage.PART, Side.PRE)
    return None


def _counted_cover(start: Value, ends: tuple[Value, ...], together: list[Value], extent: Value) -> Cover:
    """Judge an index that the loop itself counts up from a start, and below an end where that is known."""
    places = [_counted_place(place) for place in together]
    if _reaches_the_end(places, extent):
        return FULL
    if not ends:
        return Cover(Coverage.PART, Side.POST)
    return _counter_cover(ends if _reaches_the_end(places, start) else (start, *ends), extent)


def _counter_cover(bounds: tuple[Value, ...], extent: Value) -> Cover:
    match bounds:
        case ():
            return UNCLEAR
        case (Choice() as ends,):
            covers = {_counter_cover((end,), extent) for end in alternatives(ends)}
            short = Cover(Coverage.PART, Side.POST)
            return short if short in covers else covers.pop() if len(covers) == 1 else UNCLEAR
        case (Unknown(operation="len", sources=(sequence,)),):
            return _sequence_cover(sequence, extent)
        case _:
            pass
    end, whole = length_as_written(bounds[-1] if len(bounds) < 3 else bounds[1]), length_as_written(extent)
    if len(bounds) == 1 and end.same(whole):
        return FULL
    if len(bounds) > 1 and end.same(whole) and length_as_written(bounds[0]).is_steady:
        return FIXED
    if end.is_steady or len(bounds) > 2:
        return UNCLEAR
    return Cover(Coverage.PART, Side.POST)


def _sequence_cover(sequence: Value, extent: Value) -> Cover:
    """Judge an index that goes as far as a sequence."""
    whole = length_as_written(extent)
    if any(length_as_written(count).same(whole) for count in _counts(sequence)):
        return FULL
    options = seen(sequence)
    lengths = {option: shared_length(option) for option in options}
    short = [option for option, length in lengths.items() if length is None or not length.same(whole)]
    if not short:
        return FULL if options == alternatives(sequence) else UNCLEAR
    if any(option not in short and not _is_cut_off(option, short) for option in lengths):
        return UNCLEAR
    if _is_row_of_array(sequence, extent):
        return FULL
    if isinstance(sequence, DataValue) and any(each.value == REPEATED for each in sequence.facts.paddings):
        return UNCLEAR  # it was made up to a length already, with more of what it holds
    if shared_length(sequence) is not None or _is_row_of_grid(sequence) or _is_as_wide_as_a_row(sequence, extent):
        return UNCLEAR
    return Cover(Coverage.PART, Side.POST)


def _counts(sequence: Value) -> Iterator[Value]:
    """Yield how many items a sequence has, as a program may ask it: by `len`, and by what it was made or cut with."""
    match sequence:
        case ListValue(items=Items((), _, Value() as count)):
            yield count
        case DataValue(extents=(Value() as count, *_)):
            yield count
            yield items_of(sequence)
        case _:
            yield items_of(sequence)


def _is_cut_off(part: Value, rows: Sequence[Value]) -> bool:
    """Say whether a part was cut off one of several rows, for being longer than the others."""
    match part:
        case Unknown(operation="item", sources=(whole, SliceValue())):
            return identity(whole) in map(identity, rows)
        case _:
            return False


def _is_row_of_array(sequence: Value, extent: Value) -> bool:
    """Say whether an axis is one of an array of which a sequence is a row: rows of an array are of one length."""
    match axis_of(extent), sequence:
        case (None, _) | ((_, 0), _):
            return False
        case (array, _), Unknown(operation="item", sources=(rows, *_)):
            return identity(rows) == identity(array)
        case (DataValue(), _), DataValue():
            return True  # a row does not tell of which array it is
        case _:
            return False


def _is_row_of_grid(sequence: Value) -> bool:
    """Say whether a sequence is a row of what was cut along its second axis, too: all of its rows are of one length."""
    match sequence:
        case Unknown(operation="item", sources=(Unknown(operation="item", sources=(_, TupleValue(parts))), *_)):
            return len([part for part in parts if isinstance(part, SliceValue)]) > 1
        case _:
            return False


def _is_as_wide_as_a_row(sequence: Value, extent: Value) -> bool:
    """Say whether an axis is as long as one of the rows of which a sequence is another: they had better be alike."""
    match extent, sequence:
        case (
            Unknown(operation="len", sources=(Unknown(operation="item", sources=(rows, _)),)),
            Unknown(operation="item", sources=(others, *_)),
        ):
            return identity(rows) == identity(others)
        case _:
            return False


def _place_cover(part: Value, extent: Value, together: list[Value], *, coded: bool) -> Cover:
    """Judge an index that is computed: a counter with an offset, or one that the loop itself moves on."""
    places = [length_as_written(option) for value in together for option in alternatives(value)]
    if (
        len({place.constant for place in places}) > 1
        and len({frozenset(place.symbols.items()) for place in places}) == 1
    ):
        return _walked_cover(places, extent)
    match part:
        case Unknown(operation="+" | "-", sources=(left, right)):
            counters = [side for side in (left, right) if _is_counter(side)]
            if len(counters) == 1:
                return _offset_cover(part, counters[0], extent)
        case Unknown(operation="unary -", sources=(inner,)) if _is_counter(inner):
            return _offset_cover(part, inner, extent)
        case Constant():
            return FIXED
        case Choice():
            covers = {_cover(option, extent, [option], coded=coded) for option in _places(part)}
            return covers.pop() if len(covers) == 1 else UNCLEAR
        case _:
            pass
    return CODE if coded else UNCLEAR


def _places(part: Choice) -> list[Value]:
    """Return the places that an index may be, without those at which a counter among them starts."""
    options = alternatives(part)
    starts = [_counted_place(option) for option in options if _is_counted_by_hand(option)]
    return [option for option in options if option not in starts]


def _is_counted_by_hand(part: Value) -> bool:
    return isinstance(part, Unknown) and part.operation in ("counted up", "counted down")


def _walked_cover(places: list[Length], extent: Value) -> Cover:
    """Judge an index that differs from round to round by a constant."""
    if places[0].symbols:
        return Cover(Coverage.PART, Side.PRE)
    reached = _reaches_the_end((Constant(place.constant) for place in places), extent)
    return FULL if reached else Cover(Coverage.PART, Side.POST)


def _counted_place(part: Value) -> Value:
    return part.sources[0] if isinstance(part, Unknown) and _is_counted_by_hand(part) else part


def _reaches_the_end(places: Iterable[Value], extent: Value) -> bool:
    """Say whether constant places are all that an axis has."""
    if not isinstance(extent, Constant) or not isinstance(extent.value, int) or extent.value > MOST_PLACES:
        return False
    return {place for place in places if isinstance(place, Constant)} >= set(map(Constant, range(extent.value)))


def _is_counter(value: Value) -> bool:
    match value:
        case Unknown(operation="counter" | "enumerate"):
            return True
        case Unknown(operation="+" | "-" | "unary -", sources=sources):
            return any(map(_is_counter, sources))
        case _:
            return False


def _offset_cover(part: Value, counter: Value, extent: Value) -> Cover:
    """Judge `maxlen - 1 - t`, `t + 1` and `t + maxlen - len(words)` by the counter in them."""
    inner = counter
    while isinstance(inner, Unknown) and inner.operation not in ("counter", "enumerate"):
        inner = next(source for source in inner.sources if _is_counter(source))
    found = _cover(inner, extent, [], coded=False)
    place = length_as_written(part)
    backwards = place.runs_backwards
    moved_back = place.minus(length_as_written(inner)).falls_short
    if found.kind is Coverage.FULL and not backwards:
        return FIXED
    return replace(found, side=Side.PRE) if backwards or moved_back else found


def _zero_token(values: Iterable[Value]) -> str:
    return next((why for value in values if (why := zero_token(value))), "")
