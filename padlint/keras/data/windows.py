"""Which sequences of a program all have one length, and which are windows over a longer one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from padlint.keras.data.lengths import MOST_DEPTH, TEXTS_OF_ONE_LENGTH, Length, axis_of, items_of, length_as_written
from padlint.python.formats import FORMATTED
from padlint.python.frames import Tests
from padlint.python.narrowing import AT_LEAST, EXACTLY, in_order
from padlint.python.values import (
    NONE,
    Choice,
    Constant,
    Items,
    LibraryName,
    LibraryObject,
    ListValue,
    Method,
    SliceValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
    may_be_absent,
)

# Calls and methods that give a sequence of the length of their first argument.
LENGTH_KEPT = frozenset(
    [
        "list",
        "tuple",
        "call:numpy.array",
        "call:numpy.asarray",
        "call:numpy.flip",
        "call:numpy.copy",
        "call:builtins.list",
        "call:builtins.reversed",
        "call:builtins.tuple",
        "call:builtins.map",
        "method:tolist",
        "method:to_numpy",
        "method:astype",
        "method:copy",
        "method:lower",
        "method:upper",
        "method:numpy",
    ]
)
# What a user types in is as long as it comes.
TYPED_IN = frozenset({"call:builtins.input", "call:builtins.raw_input"})
# What `strftime` writes for its codes, where that is always as long.
DATE_WIDTHS = {**dict.fromkeys("dmyHIMSUW", 2), **dict.fromkeys("abj", 3), "Y": 4, "u": 1, "w": 1, "%": 1}
ACCESSORS = frozenset({"values", "iloc", "loc", "array", "T", "numpy"})


class Shaped(LibraryObject):
    """An array that may know its axes."""

    __slots__ = ()

    @property
    def extents(self) -> tuple[Value, ...]:
        """Its axes as far as they are known, from the first on."""
        return ()


def shared_length(sequence: Value, depth: int = MOST_DEPTH) -> Length | None:
    """Return the length that every such sequence has, None when it differs or is not known."""
    inner = depth - 1
    match sequence:
        case _ if not depth:
            return None
        case Constant(str(text)):
            return Length(constant=len(text))
        case TupleValue(items, None):
            return Length(constant=len(items))
        case ListValue():
            return _length_of_items(sequence.items, inner)
        case Unknown():
            return _length_of_result(sequence, inner)
        case Choice():
            return _common([shared_length(option, inner) for option in alternatives(sequence)])
        case Method(receiver, name):
            return shared_length(receiver, inner) if name in ACCESSORS else None
        case Shaped(extents=(steps, *_)):
            return _counted(steps, inner)
        case _:
            return None


def _length_of_items(items: Items, depth: int) -> Length | None:
    if items.rest is None:
        return Length(constant=len(items.known))
    return _counted(items.count, depth) if items.count is not None and not items.known else None


def _length_of_result(value: Unknown, depth: int) -> Length | None:
    """Return the length of what an operation gives, by what it was given."""
    match value:
        case Unknown(
            operation="item",
            sources=(
                Unknown(operation="+", sources=(whole, added)),
                SliceValue(Constant(int(dropped)), Constant(None)),
            ),
        ) if _is_as_long(added, dropped, depth):
            return shared_length(whole, depth)
        case Unknown(
            operation="+",
            sources=(
                Unknown(operation="item", sources=(whole, SliceValue(Constant(int(dropped)), Constant(None)))),
                added,
            ),
        ) if _is_as_long(added, dropped, depth):
            return shared_length(whole, depth)
        case Unknown(operation="item", sources=(whole, index)):
            return _length_of_part(whole, index, depth)
        case Unknown(operation=operation, sources=(_, length)) if operation == EXACTLY:
            return _steady(length)
        case Unknown(operation=operation) if operation in TEXTS_OF_ONE_LENGTH:
            return Length({operation: 1})
        case Unknown(operation=operation, sources=(first, *_)) if operation in LENGTH_KEPT:
            return shared_length(first, depth)
        case Unknown(operation="call:numpy.random.choice", sources=(_, count, *_)):
            return _steady(count)
        case _:
            return _length_of_text(value, depth)


def _length_of_text(value: Unknown, depth: int) -> Length | None:
    """Return the length of a text that is put together, or of what it is taken apart into."""
    match value:
        case Unknown(operation=operation, sources=parts) if operation == FORMATTED or _is_text(value, depth):
            return _length_of_all(parts, depth)
        case Unknown(operation="method:join", sources=(Constant(""), ListValue() as letters)):
            return _length_of_items(letters.items, depth) if _are_letters(letters, depth) else None
        case Unknown(operation="call:random.choice", sources=(text,)) if _is_text(text, depth):
            return Length(constant=1)
        case Unknown(operation="method:strftime", sources=(_, Constant(str(form)))):
            return _date_length(form)
        case Unknown(
            operation="method:split",
            sources=(Unknown(operation="method:join", sources=(Constant(str(between)), words)), *given),
        ) if given == [Constant(between)] or (not given and between.isspace()):
            return shared_length(words, depth) if _were_split(words, given, depth) else None
        case _:
            return None


def _are_letters(items: ListValue, depth: int) -> bool:
    each = items.items.everything()
    lengths = [shared_length(option, depth) for item in each for option in alternatives(item)]
    return not any(map(may_be_absent, each)) and _common([*lengths, Length(constant=1)]) is not None


def _were_split(words: Value, given: list[Value], depth: int) -> bool:
    """Say whether words come from a text that was split in the same way, so that none of them can be again."""
    match words:
        case Unknown(operation="item", sources=(whole, SliceValue())) if depth:
            return _were_split(whole, given, depth - 1)
        case Unknown(operation="method:split", sources=(_, *as_well)):
            return as_well == given
        case Choice() if depth:
            return all(_were_split(option, given, depth - 1) for option in alternatives(words))
        case _:
            return False


def _is_text(value: Value, depth: int) -> bool:
    """Say whether a sum is one of texts, which is as long as all of them: arrays are added item by item."""
    match value:
        case Constant(literal):
            return isinstance(literal, str)
        case LibraryName(dotted):
            return dotted.startswith("string.")
        case Unknown(operation="+", sources=parts) if depth:
            return any(_is_text(part, depth - 1) for part in parts)
        case _:
            return False


def _length_of_all(parts: tuple[Value, ...], depth: int) -> Length | None:
    """Return how long a text is that is put together of several."""
    lengths = [shared_length(part, depth) for part in parts]
    known = [length for length in lengths if length is not None]
    return reduce(Length.plus, known, Length()) if len(known) == len(lengths) else None


def _length_of_part(whole: Value, index: Value, depth: int) -> Length | None:
    """Return the length of `x[i : i + n]`, and of `x[:n]` and `x[-n:]` where no such `x` is shorter."""
    match index:
        case SliceValue(Constant(None), Constant(None), Constant(None | 1 | -1)):
            return shared_length(whole, depth)
        case SliceValue(Unknown(operation="-", sources=(end, count)), Constant(None)) if _counts(end, whole):
            length = _steady(count)
        case SliceValue(Constant(None | 0), count) if count != NONE:
            length = _steady(count)
        case SliceValue(Unknown(operation="unary -", sources=(count,)), Constant(None)):
            length = _steady(count)
        case SliceValue(Constant(int(start)), Constant(None)) if start < 0:
            count, length = Constant(-start), Length(constant=-start)
        case _:
            return window_length(index)
    if length is None:
        return None
    return length if _reaches(whole, length, depth) or _is_least_of(count, whole) else None


def _is_least_of(number: Value, sequence: Value) -> bool:
    """Say whether a number is the least of how many items each of several sequences has, of which one is given."""
    match number:
        case Unknown(operation="min", sources=(ListValue(items=Items((), Value() as lengths)),)):
            return all(_is_one_of(sequence, sequence_counted(length)) for length in alternatives(lengths))
        case _:
            return False


def sequence_counted(number: Value) -> Value | None:
    """Return the sequence of which a number says how many items it has, None for other numbers."""
    match number, axis_of(number):
        case Unknown(operation="len", sources=(sequence,)), _:
            return sequence
        case _, (array, 0):
            return array
        case _:
            return None


def _is_one_of(sequence: Value, other: Value | None) -> bool:
    """Say whether a loop over the same gives the one and the other."""
    match sequence, other:
        case Unknown(operation="item", sources=(rows,)), Unknown(operation="item", sources=(same_rows,)):
            return rows is same_rows
        case _:
            return sequence is other


def _counts(number: Value, sequence: Value) -> bool:
    return length_as_written(number).same(length_as_written(items_of(sequence)))


def reaches(sequence: Value, length: Value, tests: Tests = ()) -> bool:
    """Say whether every such sequence is known to have as many items as a length, or more.

    Args:
        tests: what is known to hold, or not to, where that is asked.
    """
    wanted = _steady(length)
    if wanted is None:
        return False
    count = sequence.items.count if isinstance(sequence, ListValue) and not sequence.items.known else None
    own = length_as_written(count or items_of(sequence))
    return _is_as_long_as(sequence, wanted, MOST_DEPTH) or any(_is_tested(own, wanted, *test) for test in tests)


def is_made_up(missing: Value, tests: Tests = ()) -> bool:
    """Say whether a number of missing items, `n - len(row)`, is known to be none, for no such row is shorter.

    A program that makes windows longer knows of some that are cut off, unless its loop ends where the last is full.

    Args:
        tests: what is known to hold, or not to, where the number is used.
    """
    length = length_as_written(missing)
    return any(
        is_as_many(number, length.plus(length_as_written(number)), tests) for number in _taken_away(missing, MOST_DEPTH)
    )


def _taken_away(number: Value, depth: int) -> Iterator[Value]:
    """Yield the numbers that others are made less by."""
    match number:
        case Unknown(operation="-", sources=(whole, part)) if depth:
            yield part
            yield from _taken_away(whole, depth - 1)
        case Unknown(operation="unary -", sources=(part,)):
            yield part
        case Unknown(operation="+" | "max" | "int", sources=parts) if depth:
            for part in parts:
                yield from _taken_away(part, depth - 1)
        case _:
            pass


def is_as_many(number: Value, wanted: Length, tests: Tests = ()) -> bool:
    """Say whether a number of items is known to be no less than a length, and is not merely taken to be."""
    if not wanted.is_steady:
        return False
    if any(_is_tested(length_as_written(number), wanted, *test) for test in tests):
        return True
    sequence = sequence_counted(number)
    if sequence is None:
        return _counts_up_to(number, wanted, MOST_DEPTH)
    return _is_as_long_as(sequence, wanted, MOST_DEPTH) and not _may_be_cut_off(sequence, MOST_DEPTH)


def _may_be_cut_off(sequence: Value, depth: int) -> bool:
    """Say whether a part of a sequence is as long as it should be only where there is as much left to take it from."""
    match sequence:
        case Unknown(
            operation="item",
            sources=(whole, SliceValue() as index) | (whole, TupleValue((SliceValue() as index, *_))),
        ) if depth:
            if window_length(index) is not None:
                return not _is_within(whole, index)
            return _is_only_one(whole, depth) or _may_be_cut_off(whole, depth - 1)
        case Unknown(operation=operation, sources=(first, *_)) if operation in LENGTH_KEPT and depth:
            return _may_be_cut_off(first, depth - 1)
        case Choice() if depth:
            return any(_may_be_cut_off(option, depth - 1) for option in alternatives(sequence))
        case _:
            return False


def _is_within(whole: Value, index: SliceValue) -> bool:
    """Say whether a window that a loop moves stays inside of a sequence in all rounds: `range(len(x) - n)`."""
    lower, upper = length_as_written(index.lower), length_as_written(index.upper)
    items = length_as_written(items_of(whole))
    for counter in _counters_in(index.lower, MOST_DEPTH):
        match counter:
            case Unknown(sources=(end,)):
                start: Value = Constant(0)
            case Unknown(sources=(start, end)):
                pass
            case Unknown(sources=(start, end, step)) if length_as_written(step).constant >= 0:
                pass
            case _:
                return False
        first = lower.minus(length_as_written(counter)).plus(length_as_written(start))
        behind_last = upper.minus(length_as_written(counter)).plus(length_as_written(end))
        return _is_no_less(first, Length()) and _is_no_less(items.plus(Length(constant=1)), behind_last)
    return False


def _counters_in(number: Value, depth: int) -> Iterator[Value]:
    match number:
        case Unknown(operation="counter"):
            yield number
        case Unknown(operation="+" | "-", sources=parts) if depth:
            for part in parts:
                yield from _counters_in(part, depth - 1)
        case _:
            pass


def _is_tested(own: Length, wanted: Length, test: Value, holds: bool) -> bool:  # noqa: FBT001  # as it is kept
    """Say whether a test says that so many items are as many as are wanted: `len(row) >= n` holds."""
    match in_order(test, holds=holds):
        case ("<", least, number):
            return _is_no_less(own, length_as_written(number)) and _is_no_less(
                length_as_written(least).plus(Length(constant=1)), wanted
            )
        case ("<=", least, number):
            return _is_no_less(own, length_as_written(number)) and _is_no_less(length_as_written(least), wanted)
        case ("==", one, other):
            lengths = length_as_written(one), length_as_written(other)
            return any(_is_no_less(own, length) for length in lengths) and all(
                _is_no_less(own, length) or _is_no_less(length, wanted) for length in lengths
            )
        case _:
            return False


def _reaches(sequence: Value, length: Length, depth: int) -> bool:
    """Say whether no such sequence is shorter: one that is known to be as long, or the only one there is."""
    return _is_as_long_as(sequence, length, depth) or _is_only_one(sequence, depth)


def _is_as_long_as(sequence: Value, length: Length, depth: int) -> bool:
    """Say whether every such sequence is known to be no shorter: a window of that length, or more beside it."""
    own = shared_length(sequence, depth)
    if own is not None:
        return _is_no_less(own, length)
    match sequence:
        case Unknown(operation=operation, sources=(whole, least)) if operation == AT_LEAST:
            return _is_no_less(length_as_written(least), length) or (
                depth > 0 and _is_as_long_as(whole, length, depth - 1)
            )
        case ListValue(items=Items((), _, Value() as count)) if depth:
            return _counts_up_to(count, length, depth - 1)
        case Unknown(operation="item", sources=(table, index)) if depth and _names_columns(index):
            return _is_as_long_as(table, length, depth - 1)
        case Unknown(operation=operation, sources=(first, *_)) if operation in LENGTH_KEPT and depth:
            return _is_as_long_as(first, length, depth - 1)
        case Method(receiver, name) if name in ACCESSORS and name != "T" and depth:
            return _is_as_long_as(receiver, length, depth - 1)
        case Unknown(operation="+", sources=parts) if depth:
            return any(_is_as_long_as(part, length, depth - 1) for part in parts)
        case Choice() if depth:
            return all(_is_as_long_as(option, length, depth - 1) for option in alternatives(sequence))
        case _:
            return False


def _names_columns(index: Value) -> bool:
    match index:
        case Constant(str()):
            return True
        case ListValue(items=Items(known, None)):
            return bool(known) and all(isinstance(name, Constant) and isinstance(name.value, str) for name in known)
        case _:
            return False


def _is_no_less(one: Length, other: Length) -> bool:
    surplus = one.minus(other)
    return not surplus.symbols and surplus.constant >= 0


def _counts_up_to(count: Value, length: Length, depth: int) -> bool:
    """Say whether a list of so many items is known to have as many as a length."""
    match count:
        case Unknown(operation=operation, sources=(own, least)) if operation == AT_LEAST and depth:
            return _is_no_less(length_as_written(least), length) or _counts_up_to(own, length, depth - 1)
        case Unknown(operation="len", sources=(sequence,)) if depth:
            return _is_as_long_as(sequence, length, depth - 1)
        case Unknown(operation="+", sources=(start, Constant(int(more)))) if depth:
            return _counts_up_to(start, length.minus(Length(constant=more)), depth - 1)
        case Unknown(operation="min", sources=(first, second)) if depth:
            return _counts_up_to(first, length, depth - 1) and _counts_up_to(second, length, depth - 1)
        case _:
            counted = _steady(count)
            return counted is not None and _is_no_less(counted, length)


def _is_only_one(value: Value, depth: int) -> bool:
    """Say whether a sequence is one that the program reads as a whole, a text or series, and no row of several."""
    match value:
        case _ if not depth:
            return False
        case Unknown(operation=operation) if operation in TYPED_IN:
            return False
        case Unknown(operation="item", sources=(whole, SliceValue() | Constant(str()))):
            return _is_only_one(whole, depth - 1)
        case Unknown(operation="item", sources=(whole, ListValue(items=Items(known, None)))):
            return _is_only_one(whole, depth - 1) and all(isinstance(name, Constant) for name in known)
        case Unknown(operation=operation, sources=sources) if operation.startswith("call:"):
            return not any(map(_is_of_a_row, sources))
        case Unknown(operation=operation, sources=(first, *_)) if operation.startswith("method:"):
            return _is_only_one(first, depth - 1)
        case Unknown(operation=operation, sources=sources) if operation in {*LENGTH_KEPT, "+"}:
            return any(_is_only_one(source, depth - 1) for source in sources) and not _is_of_a_row(value)
        case Method(receiver, name):
            return name in ACCESSORS and _is_only_one(receiver, depth - 1)
        case _:
            return False


def _is_number_of_one(count: Value, depth: int) -> bool:
    match count:
        case Unknown(operation="len", sources=(sequence,)):
            return _is_only_one(sequence, depth)
        case _:
            return False


def _is_of_a_row(value: Value) -> bool:
    """Say whether a value is made of what is another one in each round of a loop."""
    waiting, seen = [value], {id(value)}
    while waiting:
        match waiting.pop():
            case Unknown(operation="item", sources=(_,)) | Unknown(operation="counter" | "enumerate"):
                return True
            case Unknown(sources=parts) | Choice(parts):
                pass
            case Method(receiver):
                parts = (receiver,)
            case _:
                parts = ()
        waiting.extend(part for part in parts if id(part) not in seen)
        seen.update(map(id, parts))
    return False


def _is_as_long(added: Value, dropped: int, depth: int) -> bool:
    """Say whether what is put behind a text makes up for what it drops; an item that is looked up is one letter."""
    match added:
        case Unknown(operation="item", sources=(_,)):
            return dropped == 1
        case Unknown(operation="item", sources=(_, index)) if not isinstance(index, SliceValue):
            return dropped == 1
        case _:
            length = shared_length(added, depth)
            return length is not None and length.same(Length(constant=dropped))


def _common(lengths: list[Length | None]) -> Length | None:
    """Return the length that all of several have."""
    known = [length for length in lengths if length is not None]
    alike = len(known) == len(lengths) and all(length.same(known[0]) for length in known)
    return known[0] if known and alike else None


def _counted(count: Value, depth: int) -> Length | None:
    """Return a list's length by what it was counted from: one item for each of another sequence."""
    match count:
        case Unknown(operation="len", sources=(sequence,)):
            return shared_length(sequence, depth)
        case Unknown(operation="+", sources=(start, Constant(int(more)))):
            length = _counted(start, depth)
            return length.plus(Length(constant=more)) if length is not None else None
        case Unknown(operation="min", sources=(whole, wanted)) if (length := _steady(wanted)) is not None:
            return length if _counts_up_to(whole, length, depth) or _is_number_of_one(whole, depth) else None
        case _:
            return _steady(count)


def _date_length(form: str) -> Length | None:
    """Return the length of a date written in numbers, or with names of months and days cut to three letters."""
    widths = [DATE_WIDTHS.get(code[:1]) for code in form.split("%")[1:]]
    known = [width for width in widths if width is not None]
    plain = len(form) - 2 * len(widths)
    return Length(constant=plain + sum(known)) if len(known) == len(widths) else None


def _steady(value: Value) -> Length | None:
    found = length_as_written(value)
    return found if found.is_steady else None


def window_length(index: Value) -> Length | None:
    """Return the length of `x[i : i + n]`, None when the slice is no window."""
    if isinstance(index, TupleValue) and index.items:
        index = index.items[0]
    if not isinstance(index, SliceValue) or NONE in (index.lower, index.upper):
        return None
    if isinstance(index.lower, Choice) and isinstance(index.upper, Choice):
        return _common_window(index.lower, index.upper)
    found = length_as_written(index.upper).minus(length_as_written(index.lower))
    return found if found.is_steady and (found.symbols or found.constant > 0) else None


def _common_window(lower: Choice, upper: Choice) -> Length | None:
    """Return the length of a window whose ends are as many alternatives each, pair by pair the same apart."""
    starts, ends = alternatives(lower), alternatives(upper)
    if len(starts) != len(ends):
        return None
    found = [length_as_written(end).minus(length_as_written(start)) for start, end in zip(starts, ends, strict=True)]
    return _common([length if length.is_steady else None for length in found])


def is_of_one_length(row: Value) -> bool:
    """Say whether a row is a list whose length is always the same, by what it was counted from, or cut from others."""
    match row:
        case Unknown(operation="item", sources=(_, SliceValue())):
            return shared_length(row) is not None
        case ListValue(items=Items((), _, Value())):
            return shared_length(row) is not None
        case Choice():
            return all(map(is_of_one_length, alternatives(row)))
        case _:
            return False


def is_window(value: Value) -> bool:
    """Say whether a value is one of many windows of one length over a longer sequence."""
    match value:
        case Unknown(operation="item", sources=(_, index)):
            return window_length(index) is not None
        case Shaped(extents=(Unknown(operation="window") as steps, *_)):
            return _steady(steps) is not None
        case Unknown(operation=operation, sources=(first, *_)) if operation in LENGTH_KEPT:
            return is_window(first)
        case Method(receiver, name) if name in ACCESSORS:
            return is_window(receiver)
        case _:
            return False
