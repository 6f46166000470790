"""What is known of the padding of any value, followed through what could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace

from padlint.dataclass import dataclass
from padlint.graph import DataFacts, Padding
from padlint.keras.data.padding import NOTHING_KNOWN, altered, doubted, filled, moved, padded_by, put_into, united
from padlint.keras.data.values import REPEATED, DataValue, Filler
from padlint.keras.data.windows import is_of_one_length, is_window
from padlint.keras.settings import setting_of
from padlint.python.narrowing import AT_LEAST, EXACTLY
from padlint.python.values import (
    NONE,
    Choice,
    Constant,
    DictValue,
    Items,
    ListValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
)

MOST_HOPS = 6
MOST_STEPS = 400
MOST_ROWS = 16
WINDOWS = "windows of equal length"
ONE_LENGTH = "rows of one length"
OF_ONE_LENGTH = frozenset({WINDOWS, ONE_LENGTH})

# What is made by these from data holds no timesteps of it: a length, the answer of a test, a file of that name.
NOT_DATA = frozenset(
    (
        *("len", "counter", "enumerate", "shape", "max", "min", "int", "float", "str", "bool", "not", "format"),
        *("parameter", "argument", "<", "<=", ">", ">=", "is", "in", "not in", "is not"),
        *("method:count", "call:builtins.print", "model:fit", "model:evaluate"),
        *("call:builtins.open", "call:io.open", "call:os.path.join", "call:numpy.load"),
    )
)
# These give back what they were given, whole or in part: nothing can happen to the padding on the way.
NO_HOP = frozenset(
    (
        *(EXACTLY, AT_LEAST, "choice", "several", "item", "rows"),
        *("method:tolist", "method:astype", "method:copy", "method:numpy"),
    )
)


def facts_of(value: Value) -> DataFacts:
    """Return what is known of the padding of any value that may be fed to a model.

    Each hop that could not be read is listed among the unresolved; nothing is invented for it.
    """
    facts = filled(held_facts(value))
    # The first axis of what is fed is the batch: fewer rows than there was room for are no padded steps.
    paddings = (replace(padding, axes=_steps(padding.axes)) for padding in facts.paddings if max(padding.axes) >= 0)
    return replace(facts, paddings=tuple(paddings))


def _steps(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(axis for axis in axes if axis > 0) or (0,)


def held_facts(value: Value) -> DataFacts:
    """Return the same with the first axis, and with those that are being looped over, as -1."""
    return _Search().facts(value, MOST_HOPS)


@dataclass(slots=True)
class _Search:
    """One look into a value: no unresolved value is followed twice, and not too many are."""

    seen: set[int] = field(default_factory=set)

    def facts(self, value: Value, hops: int) -> DataFacts:
        match value:
            case DataValue():
                return value.facts
            case Filler(padding):
                return DataFacts((replace(padding, axes=(-1,)),), rank=0)
            case Choice():
                return self._united((option for option in alternatives(value) if option != NONE), hops)
            case ListValue():
                return self._rows(value.items, hops)
            case TupleValue(items, rest):
                return self._rows(Items(items, rest), hops)
            case Unknown():
                return self._through(value, hops)
            case _:
                return NOTHING_KNOWN

    def _united(self, values: Iterable[Value], hops: int) -> DataFacts:
        return united([self.facts(value, hops) for value in values])

    def _rows(self, items: Items, hops: int) -> DataFacts:
        rows = [option for row in items.everything() for option in alternatives(row)]
        arrays = [row for row in rows if not isinstance(row, Constant | Filler)]
        fillers = tuple(dict.fromkeys(row.padding for row in rows if isinstance(row, Filler)))
        if all(isinstance(row, Filler) for row in rows):
            # Nothing but filler makes nothing longer.
            return DataFacts(rank=1 if rows else None)
        if not arrays or hops <= 0:
            return DataFacts(fillers, rank=1 if fillers or rows else None)
        held = self._united(arrays[:MOST_ROWS], hops - 1)
        facts = put_into(held) if items.rest is None else moved(held, 1)
        if not facts.paddings and all(map(is_window, arrays)):
            facts = DataFacts(unpadded=WINDOWS, rank=facts.rank)
        elif not facts.paddings and all(map(is_of_one_length, arrays)):
            facts = DataFacts(unpadded=ONE_LENGTH, rank=facts.rank, zero_is_a_token=facts.zero_is_a_token)
        return padded_by(fillers, facts) if fillers else facts

    def _through(self, value: Unknown, hops: int) -> DataFacts:
        """Follow what could not be resolved to the data that it was made from."""
        if value.operation == "enumerate":
            return DataFacts(zero_is_a_token=zero_token(value), rank=0)
        padded = self._padded(value, hops)
        if padded is not None:
            return padded
        return DataFacts(unresolved=(value.why,), outside=_is_from_outside(value, hops))

    def _padded(self, value: Unknown, hops: int) -> DataFacts | None:
        """Return what is known of what could not be resolved where it was made from padded data, None elsewhere."""
        if hops <= 0 or value.operation in NOT_DATA or id(value) in self.seen or len(self.seen) > MOST_STEPS:
            return None
        self.seen.add(id(value))
        found = self._of_sources(value, hops if value.operation in NO_HOP else hops - 1)
        return doubted(found, value.why) if found.paddings else None

    def _of_sources(self, value: Unknown, hops: int) -> DataFacts:
        match value:
            case Unknown(operation="item", sources=(table, index)):
                ids = self.facts(index, hops)
                if ids.paddings and not ids.mask:
                    return _looked_up(ids, table)
                return self.facts(table, hops)
            case Unknown(operation="method:index", sources=(alphabet, letter, *_)):
                # Where a letter stands in an alphabet is its code. Where something stands in a padded row is none.
                letters = self.facts(letter, hops)
                return _looked_up(letters, alphabet) if letters.paddings else letters
            case Unknown(operation=operation, sources=(whole, *_)) if operation.startswith("part:"):
                return self.facts(whole, hops)
            case _:
                found = [self._of_source(source, hops) for source in value.sources if not isinstance(source, Constant)]
                padded = [facts for facts in found if facts is not None and facts.paddings]
                return united(padded) if padded else NOTHING_KNOWN

    def _of_source(self, source: Value, hops: int) -> DataFacts | None:
        """Return what is known of one of several sources, of which only those that are padded count."""
        return self._padded(source, hops) if isinstance(source, Unknown) else self.facts(source, hops)


def _looked_up(ids: DataFacts, table: Value) -> DataFacts:
    """Return the facts of what padded ids or words were looked up in: what the padding became may be written there."""
    unknown = altered(ids, "", "what was looked up for the padding")
    paddings = (
        padding if padding.value == REPEATED else _found(padding, table) or other
        for padding, other in zip(ids.paddings, unknown.paddings, strict=True)
    )
    return replace(unknown, paddings=tuple(paddings))


def _found(padding: Padding, table: Value) -> Padding | None:
    """Return padding as a table has it that the program writes out, None where that is not known."""
    for key, entry in table.entries() if isinstance(table, DictValue) else ():
        if isinstance(entry, Constant) and setting_of(key) == padding.value:
            return replace(padding, value=setting_of(entry))
    return None


def _is_from_outside(value: Value, hops: int) -> bool:
    """Say whether something unresolved is, or is part of, a parameter that nothing in the program gives."""
    while isinstance(value, Unknown):
        if value.operation == "parameter":
            return True
        if hops <= 0 or not value.sources:
            return False
        value, hops = value.sources[0], hops - 1
    return False


def zero_token(value: Value) -> str:
    """Say why 0 is the id of a token: ids that are counted from 0 over a vocabulary; "" when that is not so."""
    match value:
        case Unknown(operation="enumerate", sources=(sequence, Constant(0))) if not _has_special_tokens(sequence):
            return "ids are counted from 0"
        case Choice():
            return next((why for option in alternatives(value) if (why := zero_token(option))), "")
        case _:
            return ""


def _has_special_tokens(sequence: Value) -> bool:
    """Say whether a vocabulary begins with a token that the program itself names, as far as its order is known."""
    match sequence:
        case ListValue(items=Items((first, *_)) | Items((), Value() as first)):
            return any(isinstance(option, Constant) for option in alternatives(first))
        case Unknown(operation="+", sources=(first, *_)):
            return _has_special_tokens(first)
        case _:
            return False
