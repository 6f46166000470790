"""Keras' own functions on sequences, and the datasets that come with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from padlint.graph import DataFacts, Narrowing, Padding, Side
from padlint.keras.data.lengths import ITEMS, items_of, length_as_written
from padlint.keras.data.padding import NOTHING_KNOWN, altered, padded_by
from padlint.keras.data.provenance import OF_ONE_LENGTH, ONE_LENGTH, held_facts
from padlint.keras.data.tables import COLUMN
from padlint.keras.data.values import (
    ANY_ROWS,
    DataValue,
    Handler,
    count_of_rows,
    noted,
    record,
    setting_or,
    side_of,
    unpadded,
)
from padlint.keras.data.windows import reaches
from padlint.python.context import Context
from padlint.python.source_text import argument_text
from padlint.python.values import (
    NONE,
    Call,
    Choice,
    Constant,
    Items,
    ListValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

# The parameters of `pad_sequences`, in order: keras.io/api/data_loading/timeseries.
MAXLEN, DTYPE, PADDING, VALUE = 1, 2, 3, 5

PADS_IN_FRONT = frozenset({"pad_sequences"})
"""What pads in front unless its argument `padding` says otherwise."""


def pad_sequences(call: Call, context: Context) -> Value | None:
    """Pad ragged rows to one length: with zeros, in front, as integers, unless the arguments say otherwise."""
    sequences = call.argument(0, "sequences")
    if sequences is None:
        return None
    given = held_facts(sequences)
    length = call.argument(MAXLEN, "maxlen")
    if _is_full_matrix(sequences, length):
        return sequences
    if not given.paddings and _adds_nothing(sequences, given, length, context):
        return DataValue(replace(given, unpadded=given.unpadded or ONE_LENGTH, unresolved=()))
    if _is_extreme(length, "min") and not given.paddings:
        return unpadded("rows that are cut to the shortest")
    padding = Padding(
        how="pad_sequences",
        span=call.site.span,
        value=setting_or(call.argument(VALUE, "value"), 0),
        side=side_of(call.argument(PADDING, "padding"), Side.PRE),
        length=argument_text(call.site, MAXLEN, "maxlen"),
        scope=context.scope_name(),
    )
    noted(padding, context)
    _notice_narrowing(sequences, call, context)
    shape = _padded_shape(sequences, length)
    return DataValue(padded_by((padding,), given), shape, front=_padded_front(sequences, length) if not shape else ())


def _padded_front(sequences: Value, length: Value | None) -> tuple[Value, ...]:
    """Return how many rows there are and how long they are, as far as that is known."""
    rows = count_of_rows(sequences)
    if length is not None and length != NONE:
        return rows or ANY_ROWS, length
    return (rows,) if rows is not None else ()


def _adds_nothing(sequences: Value, given: DataFacts, length: Value | None, context: Context) -> bool:
    """Say whether no sequence is shorter than what they are padded to: a length, or the longest of them."""
    rows = _rows(sequences)
    is_only_row = count_of_rows(sequences) == Constant(1)
    if length is None or length == NONE:
        return is_only_row or given.unpadded in OF_ONE_LENGTH
    if _is_extreme(length, "max"):
        return given.unpadded in OF_ONE_LENGTH
    if is_only_row and any(_is_length_of(row, length) for row in rows):
        return True
    tests = context.tests()
    return bool(rows) and all(reaches(option, length, tests) for row in rows for option in alternatives(row))


def _rows(sequences: Value) -> tuple[Value, ...]:
    match sequences:
        case ListValue(items=items):
            return items.everything()
        case TupleValue(known, rest):
            return Items(known, rest).everything()
        case _:
            return ()


def _is_length_of(row: Value, length: Value) -> bool:
    return length_as_written(length).same(length_as_written(items_of(row)))


def _is_extreme(length: Value | None, which: str) -> bool:
    """Say whether a length is the least or greatest of several: of sequences, and not of one and a bound."""
    match length:
        case Unknown(operation=operation, sources=(ListValue() as lengths,)) if operation == which:
            counted = [option for each in lengths.items.everything() for option in alternatives(each)]
            return bool(counted) and all(isinstance(each, Unknown) and each.operation == ITEMS for each in counted)
        case _:
            return False


def _is_full_matrix(sequences: Value, length: Value | None) -> bool:
    """Say whether all rows have one length, so that nothing is padded: unless `maxlen` is known to be above it."""
    match sequences, length:
        case DataValue(shape=(_, Constant(int(width)), *_)), Constant(int(wanted)):
            return wanted <= width
        case DataValue(known=DataFacts(paddings=(), unpadded=why)), _:
            # A cell of a column may hold a sequence, and does where columns are padded.
            return bool(why) and why != COLUMN.unpadded
        case _:
            return False


def _padded_shape(sequences: Value, length: Value | None) -> tuple[Value, ...] | None:
    steps = length if length is not None and length != NONE else Unknown("the longest length", "max", (sequences,))
    match sequences:
        case DataValue(shape=(rows, _, *features)):
            return (rows, steps, *features)
        case _:
            return None


def _notice_narrowing(sequences: Value, call: Call, context: Context) -> None:
    """Note floats that the default dtype turns into integers."""
    if call.argument(DTYPE, "dtype") is None and _holds_floats(sequences):
        kept = record(context)
        if kept is not None:
            kept.record_narrowing(Narrowing(call.site.span, "the rows hold floats, and the default dtype is int32"))


def _holds_floats(value: Value, depth: int = 3) -> bool:
    """Say whether something that was not read in full holds floats with fractions, as what was divided does."""
    match value:
        case Constant(float(number)):
            return not number.is_integer()
        case ListValue() if depth:
            options = (*value.items.known[:4], *((value.items.rest,) if value.items.rest is not None else ()))
            return any(_holds_floats(option, depth - 1) for option in options)
        case Choice():
            return all(_holds_floats(option, depth) for option in alternatives(value))
        case Unknown(operation="/" | "float"):
            return True
        case Unknown(operation="+" | "-" | "*", sources=sources) if depth:
            return any(_holds_floats(source, depth - 1) for source in sources)
        case _:
            return False


def to_categorical(call: Call, context: Context) -> Value | None:
    """One-hot encode: padded ids become the vector of class 0."""
    labels = call.argument(0, "y") or call.argument(0, "x")
    if labels is None:
        return None
    facts = held_facts(labels)
    if not facts.paddings and not facts.unpadded:
        return None
    encoded = altered(facts, "one_hot", "the one-hot vector of the padding id")
    classes = call.argument(1, "num_classes") or Unknown("the number of classes")
    shape = (*labels.shape, classes) if isinstance(labels, DataValue) and labels.shape is not None else None
    return DataValue(encoded, shape)


def _ragged_ids(call: Call, context: Context) -> Value:
    """Load reviews or newswires: ragged ids in which 0 is free for padding."""

    def split() -> Value:
        return TupleValue((DataValue(NOTHING_KNOWN), unpadded("labels")))

    return TupleValue((split(), split()))


def _images(call: Call, context: Context) -> Value:
    def split() -> Value:
        return TupleValue((unpadded("images of one size"), unpadded("labels")))

    return TupleValue((split(), split()))


def _table(call: Call, context: Context) -> Value:
    def split() -> Value:
        return TupleValue((unpadded("rows of a table"), unpadded("targets")))

    return TupleValue((split(), split()))


FUNCTIONS: Mapping[str, Handler] = {
    "keras.preprocessing.sequence.pad_sequences": pad_sequences,
    "keras.utils.pad_sequences": pad_sequences,
    "keras.pad_sequences": pad_sequences,
    "keras.preprocessing.pad_sequences": pad_sequences,
    "keras.utils.to_categorical": to_categorical,
    "keras.datasets.imdb.load_data": _ragged_ids,
    "keras.datasets.reuters.load_data": _ragged_ids,
    **{f"keras.datasets.{name}.load_data": _images for name in ("mnist", "fashion_mnist", "cifar10", "cifar100")},
    "keras.datasets.boston_housing.load_data": _table,
    "keras.datasets.california_housing.load_data": _table,
}
