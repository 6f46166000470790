"""Padding made by hand: filler added to rows until they are long enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import libcst as cst

from padlint.graph import DataFacts, Idiom, Padding, Setting, Side
from padlint.keras.data.buffers import BufferValue, new_buffer
from padlint.keras.data.lengths import Length, identity, items_of, length_as_written, name_of_length, shaped_like
from padlint.keras.data.padding import moved, one_hot, padded_by, united
from padlint.keras.data.provenance import held_facts
from padlint.keras.data.values import (
    PLACES,
    REPEATED,
    DataValue,
    Filler,
    Handler,
    MethodHandler,
    computed,
    is_position,
    noted,
    setting_or,
)
from padlint.keras.data.windows import is_as_many, is_made_up
from padlint.keras.settings import setting_of
from padlint.python.budget import MOST_UNROLLED
from padlint.python.context import Context
from padlint.python.formats import is_number_written_out, of_so_many_digits
from padlint.python.iteration import ENDLESS, gives
from padlint.python.narrowing import in_order
from padlint.python.source_text import argument_text
from padlint.python.values import (
    NONE,
    Call,
    Choice,
    Constant,
    Items,
    ListValue,
    Method,
    Site,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

BLANK, ZERO_DIGIT = Constant(" "), Constant("0")

# Filler in expressions ------------------------------------------------------------------------------------------


def operate(operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
    """Notice filler in an operator: `[0] * n` is a buffer, and a row plus such a buffer is a padded row."""
    match operator, operands:
        case "+", (_, _):
            found = with_filler(operands, site, context) or _with_blanks(operands, site, context)
            if found is not None or DataValue not in map(type, operands):
                return found
            arrays = all(isinstance(operand, DataValue | Constant | ListValue) for operand in operands)
            return computed(operator, operands) if arrays else None
        case "*", (ListValue() as items, count) | (count, ListValue() as items):
            return _repeated(items, count, site, context)
        case "*", (TupleValue((Constant() as item,), None), count) | (count, TupleValue((Constant() as item,), None)):
            is_filler = length_as_written(count).falls_short  # any other is a shape, or as good as one
            return new_buffer((count,), item, f"({item.value!r},) * n", site, context) if is_filler else None
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
    # A short list of a known length is what the program says item by item, as are the units of its layers.
    is_long = not isinstance(count, Constant) or (isinstance(count.value, int) and count.value > MOST_UNROLLED)
    match item:
        case Constant(int() | float() | str()) if is_long:
            return new_buffer((count,), item, f"[{item.value!r}] * n", site, context)
        case BufferValue(fill=fill, shape=(*inner,)) if item.is_untouched:
            return new_buffer((count, *inner), fill, f"[{item.how}] * n", site, context)
        case BufferValue() if _is_one_code(item):
            return context.new_list((), item, count=count)
        case Unknown() | Method() | Choice() if length_as_written(count).falls_short and _is_scalar(item):
            return new_buffer((count,), item, f"[{_name(item)}] * n", site, context)
        case ListValue(items=Items((Constant() as fill, *others), None)) if all(other == fill for other in others):
            return new_buffer((count, Constant(1 + len(others))), fill, f"[[{fill.value!r}] * m] * n", site, context)
        case ListValue() if length_as_written(count).falls_short:
            return new_buffer(None, Constant(0), "[[...]] * n", site, context)
        case _:
            return None


def _is_scalar(item: Value) -> bool:
    return all(isinstance(option, Constant | Unknown | Method) for option in alternatives(item))


def _name(value: Value) -> str:
    match value:
        case Unknown(text=text) if text:
            return text
        case Method(name=name):
            return name
        case _:
            return "..."


def with_filler(parts: tuple[Value, ...], site: Site, context: Context, axis: int = 0) -> Value | None:
    """Return rows put together with filler that makes them up to a length; None when none of the parts is that."""
    needed = tuple(part for part in parts if not _is_needless(part, axis, context))
    if len(needed) == 1 < len(parts):
        return needed[0]
    fillers = {place: found for place, part in enumerate(parts) if (found := _filler(part, axis, site, context))}
    content = [part for place, part in enumerate(parts) if place not in fillers]
    if not fillers or all(shaped_like(part) is not None for part in content):
        return None
    paddings = tuple(
        noted(replace(filler, axes=(axis,), side=Side.POST if place else Side.PRE), context)
        for place, filler in fillers.items()
    )
    first = content[0]
    if isinstance(first, ListValue) and isinstance(site.node, cst.AugAssign):
        # `+=` grows the list itself, so that whoever else holds it sees the filler too.
        add_filler(first, paddings[0], context)
        return first
    given = united(held_facts(part) for part in content)
    padded = DataValue(replace(padded_by(paddings, given), rank=None))
    is_in_place = isinstance(site.node, cst.AugAssign) and not any(map(_may_be_text, parts))
    if is_in_place and isinstance(first, DataValue | Unknown):
        _lengthen(first, padded, context)
    return padded


def _is_needless(filler: Value, axis: int, context: Context) -> bool:
    """Say whether filler is for rows that are known to be long enough, so that there is none of it."""
    match filler:
        case BufferValue(shape=(*_,) as shape) if filler.fills(axis):
            count = shape[axis]
        case ListValue(items=Items((), Value(), Value() as count)):
            pass
        case _:
            return False
    return all(is_made_up(option, context.tests()) for option in alternatives(count))


def _with_blanks(operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
    """Return a text with one more of what makes it up to a length; None unless the loop around it is for that."""
    match operands:
        case (Unknown() as content, Constant(str(fill)) as item) if fill:
            side = Side.POST
        case (Constant(str(fill)) as item, Unknown() as content) if fill:
            side = Side.PRE
        case _:
            return None
    if not any(_is_for_want_of(content, over, context) for over in context.loops_over()[-1:]):
        return None
    if side is Side.PRE and item == ZERO_DIGIT:
        return None  # a number gets as many digits
    padding = noted(
        replace(_padding(_as_written(item), Idiom.FILLER, item, site, context.scope_name()), side=side), context
    )
    return DataValue(replace(padded_by((padding,), held_facts(content)), rank=None))


def _is_for_want_of(content: Value, over: Value, context: Context) -> bool:
    """Say whether a loop goes on for as long, or is run as often, as items are missing of something to a length."""
    own = identity(items_of(content))
    if any(rounds.symbols.get(own, 0) < 0 for rounds in _rounds(over, context)):
        return True
    return any(identity(number) == own for number in _to_be_less(over, context))


def _may_be_text(value: Value) -> bool:
    """Say whether filler may be of a text, which is another one when it is longer, and not of a list."""
    return isinstance(value, BufferValue) and isinstance(value.fill, Constant) and isinstance(value.fill.value, str)


def _filler(value: Value, axis: int, site: Site, context: Context) -> Padding | None:
    """Return the padding that a value is where it is filler: the same item as often as is missing of a length."""
    match value:
        case BufferValue(shape=shape) if value.fills(axis):
            length = name_of_length(shape[axis]) if shape is not None else ""
            return replace(_padding(value.how, Idiom.FILLER, value.fill, site, value.scope), length=length)
        case ListValue(items=Items((), Value() as item, Value() as count)) if length_as_written(count).falls_short:
            if not axis and _may_be_filler(item):
                return _padding(_as_written(item), Idiom.FILLER, item, site, context.scope_name())
            return None
        case ListValue(items=Items((), Value() as item, count)) if count is ENDLESS and not axis:
            filler = _padding(_as_written(item), Idiom.FILLER, item, site, context.scope_name())
            return filler if _may_be_filler(item) else None
        case ListValue(items=Items((Value() as item,), None)) if not axis and _makes_up_length(context):
            filler = _padding(_as_written(item), Idiom.FILLER, item, site, context.scope_name())
            return filler if _may_be_filler(item) else None
        case Choice():
            return next(filter(None, (_filler(each, axis, site, context) for each in alternatives(value))), None)
        case _:
            return None


def cut(value: Value, bounds: SliceValue, site: Site, context: Context) -> Value | None:
    """Notice a row with more filler than it can need, cut to a length: `(ids + [0] * n)[:n]`."""
    match value, bounds:
        case Unknown(operation="+", sources=(content, filler)), SliceValue(Constant(None | 0), length, Constant(None)):
            side = Side.POST
        case Unknown(operation="+", sources=(filler, content)), SliceValue(start, Constant(None), Constant(None)):
            side, length = Side.PRE, _from_the_end(start)
        case _:
            return None
    item = _item_of_as_many(filler, length)
    if item is None or isinstance(content, Constant | BufferValue):
        return None
    added = _padding(_as_written(item), Idiom.FILLER, item, site, context.scope_name())
    padding = noted(replace(added, side=side), context)
    return DataValue(replace(padded_by((padding,), held_facts(content)), rank=None))


def _from_the_end(start: Value) -> Value:
    """Return how much a slice takes that starts so far from the end."""
    match start:
        case Unknown(operation="unary -", sources=(length,)):
            return length
        case Constant(int(place)) if place < 0:
            return Constant(-place)
        case _:
            return NONE


def _item_of_as_many(filler: Value, length: Value) -> Value | None:
    """Return the item that is all that some filler holds where there are enough of them for a whole length."""
    match filler:
        case BufferValue(shape=(count, *_), fill=item) if filler.is_untouched:
            there = length_as_written(count)
        case ListValue(items=Items((item, *others), None)) if all(other == item for other in others):
            there = Length(constant=1 + len(others))
        case Constant(str(text)) if len(set(text)) == 1:
            item, there = Constant(text[0]), Length(constant=len(text))
        case _:
            return None
    surplus = there.minus(length_as_written(length))
    return item if not surplus.symbols and surplus.constant >= 0 else None


def choose(test: Value, held: Value, otherwise: Value, site: Site, context: Context) -> Value | None:
    """Notice what stands for a place at which something has no item: `words[i] if i < len(words) else 0`."""
    for content, added, holds in ((held, otherwise, False), (otherwise, held, True)):
        if _may_fill(added) and not is_same_each_time(content) and _is_behind_the_end(test, context, holds=holds):
            padding = _padding("", Idiom.BEHIND_THE_END, added, site, context.scope_name())
            return context.join((content, Filler(padding)))
    return None


def _may_fill(value: Value) -> bool:
    return is_same_each_time(value) and not (isinstance(value, Constant) and isinstance(value.value, bool | None))


def _padding(how: str, idiom: Idiom, item: Value, site: Site, scope: str) -> Padding:
    padding = Padding(how, site.span, axes=(0,), value=_value(item), side=Side.POST, scope=scope, idiom=idiom)
    return one_hot(padding) if _is_one_code(item) else padding


def _as_written(item: Value) -> str:
    return f"{item.value!r}" if isinstance(item, Constant) else ""


def _value(item: Value) -> Setting:
    """Return what a filler item holds: of a vector of one number, the number."""
    match item:
        case BufferValue():
            return setting_of(item.fill)
        case Unknown(operation="item", sources=(_, Constant(int()))) | Unknown(operation="counter" | "enumerate"):
            return REPEATED
        case ListValue() if len(set(item.items.known)) == 1:
            return _value(item.items.known[0])
        case _:
            return setting_of(item)


def is_same_each_time(value: Value) -> bool:
    """Say whether a value that a loop adds is the same in each round."""
    match value:
        case BufferValue():
            return value.is_untouched
        case Constant() | Method():
            return True
        case Unknown(operation="" | "parameter") | Unknown(operation="item", sources=(_, Constant(str()))):
            return True
        case ListValue():
            return value.items.rest is None and all(isinstance(item, Constant) for item in value.items.known)
        case _:
            return False


def _may_be_filler(item: Value) -> bool:
    """Say whether an item that makes up a length is the same each time: a value, or the code of one symbol."""
    return is_same_each_time(item) or _is_one_code(item)


def _is_one_code(value: Value) -> bool:
    """Say whether a vector is the code of one symbol: a number is written to a place that no loop counts."""
    if not isinstance(value, BufferValue) or value.is_untouched or value.place:
        return False
    return all(isinstance(write.value, Constant) and all(map(_is_one_place, write.index)) for write in value.writes)


def _is_one_place(place: Value) -> bool:
    return is_same_each_time(place) or (isinstance(place, Unknown) and place.operation == "len")


# Lists that grow ------------------------------------------------------------------------------------------------


def add_filler(receiver: ListValue, padding: Padding, context: Context) -> None:
    """Put filler into a list."""
    items = receiver.items
    rest: Value = Filler(padding)
    if items.rest is not None:
        rest = context.join((items.rest, rest))
    context.heap.write(receiver.store, "items", Items(items.known, rest))


def grow(receiver: Value, name: str, call: Call, context: Context) -> Value | None:
    """Notice filler appended to a list; None leaves the list to the interpreter."""
    padding = _appended(receiver, name, call, context)
    match receiver:
        case ListValue() if padding is not None:
            if not _holds_no_content(receiver):
                add_filler(receiver, noted(padding, context), context)
                return NONE
            # A flag for each of so many rows is appended like this as well: only what comes behind tells them apart.
            first = replace(padding, side=Side.PRE)
            sure = name == "extend" or any(_lacks_items(over, context) for over in context.loops_over()[-1:])
            add_filler(receiver, noted(first, context) if sure else first, context)
            return NONE
        case BufferValue():
            receiver.add(noted(padding, context) if padding is not None else None, context)
            return NONE
        case DataValue() | Unknown() if padding is not None:
            _lengthen(receiver, DataValue(padded_by((noted(padding, context),), held_facts(receiver))), context)
            return NONE
        case DataValue():
            return NONE
        case _:
            return None


def _lengthen(row: Value, padded: DataValue, context: Context) -> None:
    """Put filler into a row itself, so that whatever holds the row, as what a loop goes over does, holds it padded."""
    context.change(row, padded)
    for over in context.loops_over():
        match row, over:
            case _, DataValue(row=held) if held is row:
                rows = DataValue(moved(padded.facts, 1), over.shape, padded)
            case Unknown(operation="item", sources=(holder,)), Unknown() if holder is over:
                rows = DataValue(moved(padded.facts, 1), None, padded)
            case _:
                continue
        context.change(over, rows)


def _holds_no_content(value: ListValue) -> bool:
    """Say whether a list is empty but for filler: what comes after that stands behind it."""
    rest = value.items.rest
    return not value.items.known and (rest is None or isinstance(rest, Filler))


def _appended(receiver: Value, name: str, call: Call, context: Context) -> Padding | None:
    """Return the padding that `append`, `extend` or `insert` adds, None when it adds content."""
    if not call.arguments:
        return None
    added = call.arguments[-1]
    if name == "extend":
        return _filler(added, 0, call.site, context)
    if not _may_be_filler(added) or not (_makes_up_length(context) or _goes_on(receiver, context)):
        return None
    found = _padding(name, Idiom.REPEATED, added, call.site, context.scope_name())
    return replace(found, side=Side.PRE) if name == "insert" and call.arguments[0] == Constant(0) else found


def _makes_up_length(context: Context) -> bool:
    """Say whether the innermost loop runs as often as is missing of a length."""
    loops = context.loops_over()
    return bool(loops) and _is_shortfall(loops[-1], context)


def _goes_on(receiver: Value, context: Context) -> bool:
    """Say whether a list of content gets an item for a place at which something else has none: `i >= len(words)`."""
    match receiver:
        case ListValue(items=Items(known, rest)):
            # A flag for each place, which says whether something is there, is no filler: there is nothing but flags.
            held = [each for item in (*known, *(() if rest is None else (rest,))) for each in alternatives(item)]
            return not all(map(is_same_each_time, held)) and any(
                _is_behind_the_end(test, context, holds=holds) for test, holds in context.tests()
            )
        case _:
            return False


def _is_behind_the_end(test: Value, context: Context, *, holds: bool) -> bool:
    """Say whether a place may be behind the end of something where a test holds, or does not."""
    match test:
        case Choice():  # `and` and `or` give one of the tests that they join
            return any(_is_behind_the_end(option, context, holds=holds) for option in alternatives(test))
        case Unknown(operation="<" | ">=" as operation, sources=(place, end)) if _is_place(place, context):
            return holds == (operation == ">=") and _counts_items(end) and not _counts_to(place, end)
        case Unknown(operation=">" | "<=" as operation, sources=(end, place)) if _is_place(place, context):
            return holds == (operation == "<=") and _counts_items(end) and not _counts_to(place, end)
        case _:
            return False


def _is_place(value: Value, context: Context) -> bool:
    """Say whether a value is what a loop counts; of a short one that is each number in turn."""
    match value:
        case Unknown(operation=operation):
            return operation in PLACES
        case Constant():
            return any(gives(over, value) for over in context.loops_over())
        case _:
            return False


def _counts_to(place: Value, end: Value) -> bool:
    """Say whether a counter counts no further than an end, so that it is never behind it."""
    match place:
        case (
            Unknown(operation="counter", sources=(limit,) | (_, limit))
            | Unknown(operation="counted up", sources=(_, limit))
        ):
            return length_as_written(limit).same(length_as_written(end))
        case Unknown(operation="enumerate", sources=(sequence, Constant(0))):
            return length_as_written(Unknown("", "len", (sequence,))).same(length_as_written(end))
        case _:
            return False


def _counts_items(value: Value) -> bool:
    return Length().minus(length_as_written(value)).lacks_items


def _rounds(over: Value, context: Context) -> Iterator[Length]:
    """Yield how often a loop over a range may run, as it is written, unless that is known to be not at all."""
    match over:
        case ListValue(kind="range", items=Items(count=Value() as count)):
            needed = (option for option in alternatives(count) if not is_made_up(option, context.tests()))
            yield from map(length_as_written, needed)
        case _:
            pass


def _lacks_items(over: Value, context: Context) -> bool:
    return any(rounds.lacks_items for rounds in _rounds(over, context))


def _is_shortfall(over: Value, context: Context) -> bool:
    if any(rounds.falls_short or sorted(rounds.symbols.values()) == [-1, 1] for rounds in _rounds(over, context)):
        return True
    return any(
        isinstance(number, Unknown) and number.operation in {"len", "shape"} for number in _to_be_less(over, context)
    )


def _to_be_less(over: Value, context: Context) -> Iterator[Value]:
    """Yield the numbers that a `while` loop goes on with for as long as they are less than others, as they may be."""
    for test in alternatives(over):
        match in_order(test):
            case ("<" | "<=", number, bound):
                if not is_as_many(number, length_as_written(bound), context.tests()):
                    yield number
            case None if isinstance(test, Unknown) and test.operation == "!=":
                yield from test.sources
            case _:
                pass


def set_subscript(target: Value, index: Value, value: Value, site: Site, context: Context) -> None:
    """Notice a padded row that is put in the place of one of something unresolved."""
    if isinstance(target, Unknown) and is_position(index):
        row = held_facts(value)
        if row.paddings:
            context.change(target, DataValue(united((held_facts(target), moved(row, 1)))))


# Texts, and rows made equally long by the standard library --------------------------------------------------------


def _justified(how: str, side: Side) -> MethodHandler:
    """Fill a text up with blanks: `text.ljust(n)`. A number that is written out is filled up with digits."""

    def justify(receiver: Value, call: Call, context: Context) -> Value | None:
        width, fill = call.argument(0, "width"), call.argument(1, "fillchar")
        if width is None:
            return None
        if is_as_many(items_of(receiver), length_as_written(width), context.tests()):
            return receiver
        if fill == ZERO_DIGIT and is_number_written_out(receiver):
            return of_so_many_digits(receiver, width)
        is_called = isinstance(call.site.node, cst.Call)  # a template says how wide a text is without a call
        padding = Padding(
            how=how if is_called else _as_written(fill or BLANK),
            span=call.site.span,
            axes=(0,),
            value=setting_or(fill, " "),
            side=side,
            length=argument_text(call.site, 0, "width") if is_called else name_of_length(width),
            scope=context.scope_name(),
            idiom=Idiom.CALL if is_called else Idiom.FILLER,
        )
        return DataValue(DataFacts((padding,)), (width,))

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


METHODS: Mapping[str, MethodHandler] = {
    how: _justified(how, side) for how, side in {"ljust": Side.POST, "rjust": Side.PRE, "center": Side.UNKNOWN}.items()
}
FUNCTIONS: Mapping[str, Handler] = {"itertools.zip_longest": _zip_longest, "itertools.izip_longest": _zip_longest}
