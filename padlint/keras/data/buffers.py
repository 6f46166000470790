"""Buffers: arrays and lists that begin as one constant and are written into.

A buffer (`np.zeros((n, maxlen))`, `[0] * maxlen`) remembers what is written into it, and where. What that covers of
each axis is worked out when the buffer is asked for its facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from padlint.dataclass import dataclass
from padlint.graph import DataFacts, Idiom, Padding, Side
from padlint.keras.data.coverage import Write, facts_of_buffer, may_leave_padding
from padlint.keras.data.lengths import length_as_written, name_of_length
from padlint.keras.data.padding import NOTHING_KNOWN, one_hot, padded_by, remapped
from padlint.keras.data.provenance import held_facts
from padlint.keras.data.values import (
    PLACES,
    REPEATED,
    DataValue,
    Shape,
    computed,
    each_row,
    is_position,
    note_paddings,
    noted,
    taken,
    written_where,
)
from padlint.keras.settings import setting_of
from padlint.python.arithmetic import number_of
from padlint.python.context import Context
from padlint.python.counters import count, counted_by_hand
from padlint.python.heap import Store
from padlint.python.iteration import gives
from padlint.python.values import (
    NONE,
    Choice,
    Constant,
    Items,
    LibraryObject,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

MOST_WRITES = 32
ZERO = Constant(0)
# The stores of those whose facts are being worked out. One that was written into itself, perhaps by way of what was
# made from it (`x[i] = scaled(x)`), would be asked for its own without an end, and adds nothing to them.
_BEING_JUDGED: set[int] = set()
WRITES, ADDED = "writes", "added"


@dataclass(frozen=True, slots=True, eq=False)
class Writes(LibraryObject):
    """All that was written into a buffer so far."""

    writes: tuple[Write, ...] = ()

    def joined(self, other: Value) -> Value | None:
        if not isinstance(other, Writes):
            return None
        return Writes(tuple(dict.fromkeys((*self.writes, *other.writes)))[:MOST_WRITES])


@dataclass(frozen=True, slots=True, eq=False)
class Added(LibraryObject):
    """What was appended to a list that began as one constant: filler, or content where there is no padding."""

    paddings: tuple[Padding, ...] = ()

    def joined(self, other: Value) -> Value | None:
        return Added(tuple(dict.fromkeys((*self.paddings, *other.paddings)))) if isinstance(other, Added) else None


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
    fill: Value = ZERO
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
        return not self.writes and not isinstance(self.store.read(ADDED), Added)

    def add(self, padding: Padding | None, context: Context) -> None:
        """Append to the list that it is: filler with its padding, or content."""
        known = self.store.read(ADDED)
        before = known.paddings if isinstance(known, Added) else ()
        after = before if padding is None or padding in before else (*before, padding)
        context.heap.write(self.store, ADDED, Added(after))

    @property
    def is_filler(self) -> bool:
        return self.fills(0)

    def fills(self, axis: int) -> bool:
        """Say whether it is one constant as often as is missing of a length along an axis."""
        if not self.is_untouched or self.shape is None or axis >= len(self.shape):
            return False
        return any(length_as_written(option).falls_short for option in alternatives(self.shape[axis]))

    def padding(self, axis: int, side: Side) -> Padding:
        """Return the padding that the buffer is along an axis where it is not written."""
        return Padding(
            how=self.how,
            idiom=Idiom.FILLED_IN_PART,
            span=self.site.span,
            axes=(axis,),
            value=setting_of(self.fill),
            side=side,
            scope=self.scope,
        )

    @property
    def facts(self) -> DataFacts:
        if id(self.store) in _BEING_JUDGED:
            return NOTHING_KNOWN
        _BEING_JUDGED.add(id(self.store))
        try:
            return self._judged()
        finally:
            _BEING_JUDGED.remove(id(self.store))

    def _judged(self) -> DataFacts:
        shape = self.whole if self.place else self.shape
        facts = _with_lengths(facts_of_buffer(self.writes, shape, self.padding), shape)
        added = self.store.read(ADDED)
        if isinstance(added, Added) and added.paddings:
            facts = padded_by(added.paddings, facts)
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
            return replace(self, shape=shape, place=(*self.place, *_counted(parts, site, context)), whole=whole)
        if self.is_untouched and len(parts) == 1 and isinstance(parts[0], Constant) and self.rank_is(1):
            return self.fill
        return taken(DataValue(self.facts, self.shape), index)

    def rank_is(self, rank: int) -> bool:
        """Say whether the buffer is known to have so many axes."""
        return self.shape is not None and len(self.shape) == rank

    def rewritten(self, index: Value, value: Value) -> Value:
        # Any other write is noted, and worked out with the others.
        by_mask = isinstance(index, DataValue) and index.facts.mask and index.facts.paddings
        is_number = number_of(value) is not None
        return written_where(DataValue(self.facts, self.shape), value) if by_mask and is_number else self

    def set_subscript(self, index: Value, value: Value, site: Site, context: Context) -> bool:
        parts = index.items if isinstance(index, TupleValue) else (index,)
        known = self.writes
        if len(known) >= MOST_WRITES:
            return True
        told = _looked_up(_counted(parts, site, context), site, context)
        place = (*self.place, *told)
        step = _step_written(place, parts[-1], value, context)
        write = Write(place, _number_between(told, value), id(site.node), step)
        if write not in known:
            context.heap.write(self.store, WRITES, Writes((*known, write)))
            if may_leave_padding(write, (*known, write), self.whole if self.place else self.shape):
                note_paddings(self.facts, context)
                self._note_row(write, context)
        return True

    def _note_row(self, write: Write, context: Context) -> None:
        """Tell the overlay of a row that is written up to its own length; one written item by item may be labels."""
        if self.rank_is(1) and not self.place and isinstance(write.index[0], SliceValue):
            for padding in self.facts.paddings:
                noted(padding, context)

    def operate(self, operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        if operator == "+" and (self.is_filler or not all(isinstance(o, DataValue | Constant) for o in operands)):
            return None
        other = next((operand for operand in operands if operand is not self), NONE)
        if self.is_untouched and isinstance(other, Constant) and operator in ("*", "+", "-", "unary -"):
            return replace(self, fill=_computed_fill(operator, self.fill, other), store=_unwritten())
        if operator == "*" and self._is_filled_by(other):
            return replace(self, fill=other, store=_unwritten())
        return computed(operator, tuple(_snapshot(operand) for operand in operands))

    def _is_filled_by(self, factor: Value) -> bool:
        """Say whether a product with a number that was not read is full of it: `np.ones(shape) * index["<pad>"]`."""
        spreads = Constant(1) in (self.shape or ())
        return self.is_untouched and self.fill == Constant(1) and isinstance(factor, Unknown) and not spreads

    def iterate(self, site: Site, context: Context) -> Items | None:
        if self.rank_is(1):
            return Items((), self.fill if self.is_untouched else each_row(DataValue(self.facts, self.shape)))
        position = Unknown("a row's number", "counter")
        return Items((), self.subscript(position, site, context))

    def same(self, other: Value) -> bool:
        return isinstance(other, BufferValue) and self.store is other.store and self.place == other.place

    def __repr__(self) -> str:
        return f"buffer({self.facts})"


def _with_lengths(facts: DataFacts, shape: Shape | None) -> DataFacts:
    """Return the facts of a buffer with what the program calls the length of each padded axis."""
    if shape is None:
        return facts
    paddings = (
        replace(padding, length=padding.length or name_of_length(shape[padding.axes[0]]))
        if len(padding.axes) == 1 and padding.axes[0] < len(shape)
        else padding
        for padding in facts.paddings
    )
    return replace(facts, paddings=tuple(paddings))


def _counted(parts: tuple[Value, ...], site: Site, context: Context) -> tuple[Value, ...]:
    """Return an index in which a variable that a loop counts with by hand is known as a counter.

    The interpreter runs a loop no more than twice, so that such a variable looks like one or two constants.
    """
    if not context.in_unknown_loop() or not isinstance(site.node, cst.Subscript) or len(site.node.slice) != len(parts):
        return parts
    counted = counted_by_hand(site.unit)
    found = list(parts)
    for place, element in enumerate(site.node.slice):
        match element.slice:
            case cst.Index(value=cst.Name(value=name)) if name in counted and not _is_counter(parts[place]):
                found[place] = context.counting(name) or count(parts[place], counted[name])
            case _:
                pass
    return tuple(found)


def _looked_up(parts: tuple[Value, ...], site: Site, context: Context) -> tuple[Value, ...]:
    """Return an index in which a last number that comes from a table is known as such, whatever filled the table.

    What numbers characters (`{c: i for i, c in enumerate(chars)}`) counted once, and counts no steps of a sequence.
    """
    if isinstance(parts[-1], Constant) or not isinstance(site.node, cst.Subscript):
        return parts
    match site.node.slice[-1].slice:
        case cst.Index(value=cst.Subscript() | cst.Call(func=cst.Attribute())):
            is_looked_up = True
        case cst.Index(value=cst.Name(value=name)) if _is_some_number(parts[-1]):
            counts = name in counted_by_hand(site.unit)
            counters = list(_counters_in(parts[-1]))
            is_looked_up = not counts and not any(
                gives(over, counter) for over in context.loops_over() for counter in counters
            )
        case _:
            is_looked_up = False
    return (*parts[:-1], Unknown("a number that was looked up", "item", (parts[-1],))) if is_looked_up else parts


def _step_written(place: tuple[Value, ...], code: Value, value: Value, context: Context) -> DataFacts:
    """Return what is known of a padded sequence of which one step is written, or the code of one, where a loop is.

    Args:
        code: the last part of the place, as it was looked up.
    """
    axes = [axis for axis, part in enumerate(place) if _is_some_number(part)]
    innermost = context.loops_over()[-1:]
    if not axes or not innermost or not _is_given(place[axes[-1]], innermost[0]):
        return NOTHING_KNOWN
    is_code = axes[-1] < len(place) - 1 and number_of(value) is not None
    facts = held_facts(code if is_code else value)
    found = remapped(facts, lambda axis: axes[axis] if -len(axes) <= axis < 0 else None, None)
    paddings = tuple(padding for padding in found.paddings if padding.value != REPEATED)
    if facts.mask or not paddings:
        return NOTHING_KNOWN
    return replace(found, paddings=tuple(map(one_hot, paddings)) if is_code else paddings)


def _is_given(part: Value, over: Value) -> bool:
    """Say whether a place is what a loop counts, or that and some more."""
    return gives(over, part) or any(gives(over, counter) for counter in _counters_in(part))


def _number_between(parts: tuple[Value, ...], value: Value) -> Value:
    """Return the number that is written from one place to another by a buffer full of it, any other value as it is."""
    between = any(isinstance(part, SliceValue) and NONE not in (part.lower, part.upper) for part in parts)
    return value.fill if between and isinstance(value, BufferValue) and value.is_untouched else value


def _is_counter(part: Value) -> bool:
    return isinstance(part, Unknown) and part.operation in PLACES


def _is_some_number(part: Value) -> bool:
    """Say whether a value is a counter, one that is moved, or a constant, or several of these."""
    match part:
        case Choice():
            return all(map(_is_some_number, part.alternatives))
        case Unknown(operation="+" | "-", sources=sources):
            return all(isinstance(each, Constant) or _is_loops_counter(each) for each in sources)
        case _:
            return isinstance(part, Constant) or _is_counter(part)


def _is_loops_counter(part: Value) -> bool:
    return isinstance(part, Unknown) and part.operation in ("counter", "enumerate")


def _counters_in(part: Value) -> Iterator[Value]:
    match part:
        case Choice():
            for option in part.alternatives:
                yield from _counters_in(option)
        case Unknown(operation="+" | "-", sources=sources):
            yield from filter(_is_counter, sources)
        case _ if _is_counter(part):
            yield part
        case _:
            pass


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


def _unwritten() -> Store:
    return Store({WRITES: Writes()})


def new_buffer(shape: Shape | None, fill: Value, how: str, site: Site, context: Context) -> BufferValue:
    """Make a buffer of one constant."""
    return BufferValue(shape=shape, store=_unwritten(), fill=fill, how=how, site=site, scope=context.scope_name())
