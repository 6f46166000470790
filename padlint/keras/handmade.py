"""Padding made by hand: buffers that are filled in part, and filler added to rows.

A buffer (`np.zeros((n, maxlen))`, `[0] * maxlen`) remembers what is written into it, and where. What that covers of each
axis is worked out when the buffer is asked for its facts: an axis that is written as far as each row goes is padded, one
that is written from end to end is not.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import libcst as cst

from padlint.graph import DataFacts, Padding, Side
from padlint.keras.data import (
    DataValue,
    Filler,
    Handler,
    MethodHandler,
    Shape,
    computed,
    facts_of,
    is_new_axis,
    is_position,
    note_paddings,
    noted,
    setting_or,
    taken,
)
from padlint.keras.lengths import Length, length_as_written
from padlint.keras.padding import NOTHING_KNOWN, remapped, united
from padlint.keras.settings import setting_of
from padlint.keras.windows import shared_length
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.source_text import argument_text
from padlint.python.values import (
    NONE,
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

MOST_WRITES = 32
WRITES = "writes"


# The buffer -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Write:
    """What one run of `buffer[index] = value` wrote: the index taken apart, and the statement that did it."""

    index: tuple[Value, ...]
    value: Value
    statement: Hashable


@dataclass(frozen=True, slots=True, eq=False)
class Writes(LibraryObject):
    """All that was written into a buffer so far."""

    writes: tuple[Write, ...] = ()

    def joined(self, other: Value) -> Value | None:
        if not isinstance(other, Writes):
            return None
        return Writes(tuple(dict.fromkeys((*self.writes, *other.writes)))[:MOST_WRITES])


@dataclass(frozen=True, slots=True, eq=False)
class BufferValue(DataValue):
    """An array or list that began as one constant throughout.

    Args:
        store: what was written into it, under `WRITES`; views of one buffer share it.
        fill: the constant.
        how: the call or expression that made it, as the user knows it.
        site: where it was made.
        scope: the function, class or module that made it.
        place: for a view of a buffer, where in it; its shape is then what is left.
        whole: for a view, the shape of the buffer itself.
    """

    store: Store = None  # type: ignore[assignment]  # always given; a base class with defaults asks for one here
    fill: Value = Constant(0)
    how: str = "np.zeros"
    site: Site = None  # type: ignore[assignment]  # as above
    scope: str = ""
    place: tuple[Value, ...] = ()
    whole: Shape | None = None

    @property
    def writes(self) -> tuple[Write, ...]:
        """What was written so far."""
        found = self.store.read(WRITES)
        return found.writes if isinstance(found, Writes) else ()

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was written, so that it still is one constant."""
        return not self.writes

    @property
    def padding(self) -> Padding:
        """The padding that the buffer is where it is not written."""
        return Padding(
            how=f"{self.how} filled in part",
            span=self.site.span,
            axes=(0,),
            value=setting_of(self.fill),
            side=Side.POST,
            scope=self.scope,
        )

    @property
    def facts(self) -> DataFacts:
        shape = self.whole if self.place else self.shape
        facts = _facts_of_buffer(self.writes, shape, self.padding)
        if self.place:
            row = taken(DataValue(facts, shape), TupleValue(self.place))
            facts = row.facts if isinstance(row, DataValue) else NOTHING_KNOWN
        return replace(facts, rank=len(self.shape)) if self.shape is not None else facts

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        return self if name == "values" else DataValue.attribute(self, name, site, context)

    def subscript(self, index: Value, site: Site, context: Context) -> Value | None:
        parts = index.items if isinstance(index, TupleValue) else (index,)
        if all(map(is_position, parts)) and (self.shape is None or len(parts) < len(self.shape)):
            shape = None if self.shape is None else self.shape[len(parts) :]
            whole = self.whole if self.place else self.shape
            return replace(self, shape=shape, place=(*self.place, *parts), whole=whole)
        if self.is_untouched and len(parts) == 1 and isinstance(parts[0], Constant) and self.rank_is(1):
            return self.fill
        return taken(DataValue(self.facts, self.shape), index)

    def rank_is(self, rank: int) -> bool:
        """Say whether the buffer is known to have so many axes."""
        return self.shape is not None and len(self.shape) == rank

    def set_subscript(self, index: Value, value: Value, site: Site, context: Context) -> bool:
        parts = index.items if isinstance(index, TupleValue) else (index,)
        write = Write((*self.place, *parts), value, id(site.node))
        known = self.writes
        if len(known) < MOST_WRITES and write not in known:
            context.heap.write(self.store, WRITES, Writes((*known, write)))
            note_paddings(self.facts, context)
        return True

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        if name in ("append", "extend", "insert"):
            return NONE
        if name == "fill" and call.arguments:
            return NONE
        return DataValue.method(self, name, call, context)

    def operate(self, operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        if operator == "+" and any(isinstance(operand, ListValue | Unknown | BufferValue) for operand in operands):
            found = with_filler(operands, site, context)
            if found is not None:
                return found
        other = next((operand for operand in operands if operand is not self), self)
        if self.is_untouched and isinstance(other, Constant) and operator in ("*", "+", "-", "unary -"):
            return replace(self, fill=_computed_fill(operator, self.fill, other), store=Store())
        return computed(operator, tuple(_snapshot(operand) for operand in operands))

    def iterate(self, site: Site, context: Context) -> Items | None:
        if self.rank_is(1) and self.is_untouched:
            return Items((), self.fill)
        position = Unknown("a row's number", "counter")
        return Items((), self.subscript(position, site, context))

    def same(self, other: Value) -> bool:
        return isinstance(other, BufferValue) and self.store is other.store and self.place == other.place

    def __repr__(self) -> str:
        return f"buffer({self.facts})"


def _snapshot(value: Value) -> Value:
    return DataValue(value.facts, value.shape) if isinstance(value, BufferValue) else value


def _computed_fill(operator: str, fill: Value, other: Value) -> Value:
    match operator, fill, other:
        case "*", Constant(int() | float() as left), Constant(int() | float() as right):
            return Constant(left * right)
        case "+", Constant(int() | float() as left), Constant(int() | float() as right):
            return Constant(left + right)
        case "-", Constant(int() | float() as left), Constant(int() | float() as right):
            return Constant(left - right)
        case "unary -", Constant(int() | float() as left), _:
            return Constant(-left)
        case _:
            return Unknown("what a buffer was made to hold")


def new_buffer(shape: Shape | None, fill: Value, how: str, site: Site, context: Context) -> BufferValue:
    """Make a buffer of one constant."""
    return BufferValue(shape=shape, store=Store(), fill=fill, how=how, site=site, scope=context.scope_name())


# What the writes cover ------------------------------------------------------------------------------------------


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


def _facts_of_buffer(writes: tuple[Write, ...], shape: Shape | None, padding: Padding) -> DataFacts:
    """Work out which axes of a buffer are padded, from all that was written into it."""
    if not writes:
        return NOTHING_KNOWN
    rank = len(shape) if shape is not None else max(len(write.index) for write in writes)
    covers = [_covers(write, writes, shape, rank) for write in writes]
    paddings = [
        replace(padding, axes=(axis,), side=side)
        for axis in range(rank)
        if (side := _padded_side([cover[axis] for cover in covers], [write.value for write in writes])) is not None
    ]
    rows = united(_facts_of_row(write, rank) for write in writes)
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
        and not any(cover.kind is Coverage.CODE for row in covers for cover in row),
    )


def _merged(paddings: list[Padding]) -> list[Padding]:
    """Put padding along several axes into one where it is on the same side."""
    sides = dict.fromkeys(padding.side for padding in paddings)
    return [
        replace(alike[0], axes=tuple(axis for padding in alike for axis in padding.axes))
        for side in sides
        if (alike := [padding for padding in paddings if padding.side is side])
    ]


def _padded_side(covers: list[Cover], values: list[Value]) -> Side | None:
    """Return the side on which an axis is left unwritten, None when it is not or that is not clear."""
    parts = [(cover, value) for cover, value in zip(covers, values, strict=True) if cover.kind is Coverage.PART]
    if not parts or any(cover.kind is Coverage.CODE for cover in covers):
        return None
    # A scalar written from some place on is the padding itself, spelled out.
    content = [cover for cover, value in parts if not isinstance(value, Constant)] or [cover for cover, _ in parts]
    sides = {cover.side for cover in content}
    return content[0].side if len(sides) == 1 else Side.UNKNOWN


def _facts_of_row(write: Write, rank: int) -> DataFacts:
    """Return what the written value brings of its own, by the buffer's axes."""
    open_axes = [axis for axis in range(rank) if axis >= len(write.index) or not _picks_one(write.index[axis])]
    if not open_axes or isinstance(write.value, Constant):
        return DataFacts(unpadded="numbers")
    facts = facts_of(write.value)
    short = max(len(open_axes) - facts.rank, 0) if facts.rank is not None else 0
    return remapped(facts, lambda axis: open_axes[axis + short] if axis + short < len(open_axes) else None, rank)


def _picks_one(part: Value) -> bool:
    return not isinstance(part, SliceValue | DataValue | ListValue) and part != Constant(...)


def _covers(write: Write, writes: tuple[Write, ...], shape: Shape | None, rank: int) -> tuple[Cover, ...]:
    """Return how much of each axis a write covers."""
    index = [part for part in write.index if not is_new_axis(part)]
    if Constant(...) in index:
        at = index.index(Constant(...))
        whole = SliceValue(NONE, NONE, NONE)
        index[at : at + 1] = [whole] * max(rank - len(index) + 1, 0)
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
        covers.append(_cover(index[axis], extent, together, coded=last and _is_number(write.value)))
    return tuple(covers)


def _is_number(value: Value) -> bool:
    return isinstance(value, Constant) and isinstance(value.value, int | float)


def _cover(part: Value, extent: Value, together: list[Value], *, coded: bool) -> Cover:
    if extent == Constant(1):
        return FULL
    match part:
        case SliceValue():
            return _slice_cover(part, length_as_written(extent))
        case ListValue() | DataValue():
            return CODE if coded else UNCLEAR
        case Unknown(operation="counter", sources=bounds):
            return _counter_cover(bounds, length_as_written(extent))
        case Unknown(operation="enumerate", sources=(sequence, _)):
            return _enumerated_cover(sequence, length_as_written(extent))
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
        if upper.same(extent):
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
    return Cover(Coverage.PART, Side.POST if lower.is_steady else Side.UNKNOWN)


def _counter_cover(bounds: tuple[Value, ...], extent: Length) -> Cover:
    if not bounds:
        return UNCLEAR
    end = length_as_written(bounds[-1] if len(bounds) < 3 else bounds[1])
    if len(bounds) == 1 and end.same(extent):
        return FULL
    if len(bounds) > 1 and end.same(extent) and length_as_written(bounds[0]).is_steady:
        return FIXED
    if end.is_steady or len(bounds) > 2:
        return UNCLEAR
    return Cover(Coverage.PART, Side.POST)


def _enumerated_cover(sequence: Value, extent: Length) -> Cover:
    counted = length_as_written(Unknown("its length", "len", (sequence,)))
    if counted.same(extent):
        return FULL
    shared = shared_length(sequence)
    if shared is None:
        return Cover(Coverage.PART, Side.POST)
    return FULL if shared.same(extent) else UNCLEAR


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
        case _:
            pass
    return CODE if coded else UNCLEAR


def _walked_cover(places: list[Length], extent: Value) -> Cover:
    """Judge an index that differs from round to round by a constant: `k += 1`."""
    constants = {place.constant for place in places}
    if places[0].symbols:
        return Cover(Coverage.PART, Side.PRE)
    if (
        isinstance(extent, Constant)
        and isinstance(extent.value, int)
        and constants >= set(range(min(extent.value, 64)))
    ):
        return FULL
    return Cover(Coverage.PART, Side.POST)


def _is_counter(value: Value) -> bool:
    match value:
        case Unknown(operation="counter" | "enumerate"):
            return True
        case Unknown(operation="+" | "-" | "unary -", sources=sources):
            return any(map(_is_counter, sources))
        case _:
            return False


def _offset_cover(part: Value, counter: Value, extent: Value) -> Cover:
    """Judge `maxlen - 1 - t` and `t + 1` by the counter in them."""
    inner = counter
    while isinstance(inner, Unknown) and inner.operation not in ("counter", "enumerate"):
        inner = next(source for source in inner.sources if _is_counter(source))
    found = _cover(inner, extent, [], coded=False)
    backwards = length_as_written(part).runs_backwards
    if found.kind is Coverage.FULL and not backwards:
        return FIXED
    return replace(found, side=Side.PRE) if backwards else found


def _zero_token(values: Iterable[Value]) -> str:
    return next((why for value in values if (why := zero_token(value))), "")


def zero_token(value: Value) -> str:
    """Say why 0 is the id of a token: ids that are counted from 0 over a vocabulary; "" when that is not so."""
    match value:
        case Unknown(operation="enumerate", sources=(sequence, Constant(0))) if not _has_special_tokens(sequence):
            return "ids are counted from 0"
        case Choice():
            return _zero_token(alternatives(value))
        case _:
            return ""


def _has_special_tokens(sequence: Value) -> bool:
    items = sequence.items if isinstance(sequence, ListValue) else Items(())
    return any(
        isinstance(option, Constant) for item in (*items.known, items.rest) if item for option in alternatives(item)
    )


# Filler added to rows -------------------------------------------------------------------------------------------


def operate(operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
    """Notice filler in an operator on plain values: `[0] * n` is a buffer."""
    match operator, operands:
        case "*", (ListValue() as items, count) | (count, ListValue() as items):
            return _repeated(items, count, site, context)
        case "*", (Constant(str() as text), Unknown() as count) | (Unknown() as count, Constant(str() as text)):
            return new_buffer((count,), Constant(text), f"{text!r} * n", site, context)
        case _:
            return None


def _repeated(items: ListValue, count: Value, site: Site, context: Context) -> Value | None:
    """Return `[x] * count` as a buffer, where it may be filled in or used as filler."""
    known = items.items
    if known.rest is not None or len(known.known) != 1:
        return None
    if isinstance(count, Constant) and (not isinstance(count.value, int) or count.value <= 1):
        return None
    item = known.known[0]
    match item:
        case Constant(int() | float() | str()) if not isinstance(count, Constant):
            return new_buffer((count,), item, f"[{item.value!r}] * n", site, context)
        case BufferValue(fill=fill, shape=(*inner,)) if item.is_untouched:
            return new_buffer((count, *inner), fill, f"[{item.how}] * n", site, context)
        case Unknown() if length_as_written(count).falls_short:
            return new_buffer((count,), item, f"[{item.text or 'pad'}] * n", site, context)
        case ListValue() if length_as_written(count).falls_short:
            return new_buffer(None, Constant(0), "[[...]] * n", site, context)
        case _:
            return None


def with_filler(parts: tuple[Value, ...], site: Site, context: Context, axis: int = 0) -> Value | None:
    """Return rows put together with filler that makes them up to a length; None when none of the parts is that."""
    fillers = [part for part in parts if is_filler(part, axis)]
    content = [part for part in parts if not is_filler(part, axis)]
    if not fillers or not content:
        return None
    paddings = tuple(
        replace(
            filler.padding,
            how=f"{filler.how} added",
            axes=(axis,),
            span=site.span,
            side=Side.POST if parts.index(filler) else Side.PRE,
            length="",
        )
        for filler in fillers
        if isinstance(filler, BufferValue)
    )
    for padding in paddings:
        noted(padding, context)
    given = united(facts_of(part) for part in content)
    grown = _grown_list(content[0], paddings, site, context)
    if grown is not None:
        return grown
    return DataValue(replace(given, paddings=(*paddings, *given.paddings), unpadded="", rank=None), None)


def _grown_list(content: Value, paddings: tuple[Padding, ...], site: Site, context: Context) -> Value | None:
    """Grow the list itself where `+=` does, so that whoever else holds it sees the filler too."""
    if not isinstance(content, ListValue) or not isinstance(site.node, cst.AugAssign):
        return None
    add_filler(content, paddings[0], context)
    return content


def add_filler(receiver: ListValue, padding: Padding, context: Context) -> None:
    """Put filler at the end, or the beginning, of a list."""
    items = receiver.items
    rest: Value = Filler(padding)
    if items.rest is not None:
        rest = context.join((items.rest, rest))
    context.heap.write(receiver.store, "items", Items(items.known, rest))


def is_filler(value: Value, axis: int = 0) -> bool:
    """Say whether a value is one constant as often as is missing of a length."""
    if not isinstance(value, BufferValue) or not value.is_untouched or value.shape is None or axis >= len(value.shape):
        return False
    return any(length_as_written(option).falls_short for option in alternatives(value.shape[axis]))


# Lists that grow ------------------------------------------------------------------------------------------------


def grow(receiver: ListValue, name: str, call: Call, context: Context) -> Value | None:
    """Notice filler appended to a list; None leaves the list to the interpreter."""
    added = call.arguments[-1] if call.arguments else None
    side = Side.PRE if name == "insert" and call.arguments[0] == Constant(0) else Side.POST
    padding: Padding | None = None
    if name == "extend" and isinstance(added, BufferValue) and is_filler(added):
        padding = replace(added.padding, how=f"{added.how} added", span=call.site.span)
    elif name in ("append", "insert") and added is not None and _is_one_filler(added) and _makes_up_length(context):
        padding = Padding(
            how=f"`{name}` until the length is reached",
            span=call.site.span,
            axes=(0,),
            value=added.padding.value if isinstance(added, BufferValue) else setting_of(added),
            side=side,
            scope=context.scope_name(),
        )
    if padding is None:
        return None
    add_filler(receiver, noted(padding, context), context)
    return NONE


def _is_one_filler(value: Value) -> bool:
    match value:
        case BufferValue():
            return value.is_untouched
        case Constant() | Unknown():
            return True
        case ListValue():
            return value.items.rest is None
        case _:
            return not isinstance(value, DataValue)


def _makes_up_length(context: Context) -> bool:
    """Say whether the innermost loop runs as often as is missing of a length."""
    loops = context.loops_over()
    return bool(loops) and _is_shortfall(loops[-1])


def _is_shortfall(over: Value) -> bool:
    match over:
        case ListValue(kind="range") if over.items.count is not None:
            count = length_as_written(over.items.count)
            return count.falls_short or _is_plain_difference(over.items.count)
        case Unknown(operation="<" | ">" | "!=" | "<=" | ">=", sources=(left, right)):
            return any(isinstance(side, Unknown) and side.operation in ("len", "shape") for side in (left, right))
        case _:
            return False


def _is_plain_difference(count: Value) -> bool:
    """Say whether a count is one symbol less another: `sentence_length - position`."""
    found = length_as_written(count)
    return sorted(found.symbols.values()) == [-1, 1]


def set_subscript(target: Value, index: Value, value: Value, site: Site, context: Context) -> None:
    """Notice an item written into a plain value."""


# Texts, and rows made equally long by the standard library --------------------------------------------------------


def _justified(side: Side) -> MethodHandler:
    """Fill a text up with blanks: `text.ljust(n)`."""

    def justify(receiver: Value, call: Call, context: Context) -> Value | None:
        padding = Padding(
            how="ljust" if side is Side.POST else "rjust",
            span=call.site.span,
            axes=(0,),
            value=setting_or(call.argument(1, "fillchar"), " "),
            side=side,
            length=argument_text(call.site, 0, "width"),
            scope=context.scope_name(),
        )
        return DataValue(DataFacts((padding,)), (call.arguments[0],)) if call.arguments else None

    return justify


def _zip_longest(call: Call, context: Context) -> Value | None:
    """Fill up ragged rows; they come back as columns."""
    padding = noted(
        Padding(
            how="zip_longest",
            span=call.site.span,
            axes=(0,),
            value=setting_or(call.argument(None, "fillvalue"), 0),
            side=Side.POST,
            scope=context.scope_name(),
        ),
        context,
    )
    return DataValue(DataFacts((padding,), rank=2))


METHODS: Mapping[str, MethodHandler] = {"ljust": _justified(Side.POST), "rjust": _justified(Side.PRE)}
FUNCTIONS: Mapping[str, Handler] = {"itertools.zip_longest": _zip_longest, "itertools.izip_longest": _zip_longest}
