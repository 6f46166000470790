"""What a handler of exceptions is there for, and what holds where it runs: nothing is at a place that was looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import libcst as cst

from padlint.python.frames import Tests
from padlint.python.values import Constant, DictValue, Instance, ListValue, TupleValue, Unknown, Value

if TYPE_CHECKING:
    from padlint.python.frames import Lookup
    from padlint.python.interpreter import Interpreter

IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
INDEX_ERRORS = frozenset({"IndexError", "LookupError"})
ALL_ERRORS = frozenset({"Exception", "BaseException"})
LISTS_OF_A_TEXT = frozenset({"method:split", "method:rsplit", "method:splitlines"})
MOST_LOOKUPS = 4


@contextmanager
def noting_lookups(run: Interpreter) -> Iterator[list[Lookup]]:
    """Run the body and note what it looks up, and where, in the running function."""
    outer, run.frame.lookups = run.frame.lookups, []
    noted = run.frame.lookups
    try:
        yield noted
    finally:
        run.frame.lookups = outer
        if outer is not None:
            outer.extend(noted)


def catches_imports(node: cst.Try | cst.TryStar, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Say whether a handler is there for a package that is not installed: what it tried first is then what counts."""
    return not IMPORT_ERRORS.isdisjoint(_caught(handler)) or _only_imports(node.body)


def catches_lookups(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    """Say whether a handler runs where a sequence has nothing at a place."""
    return handler.type is None or not (INDEX_ERRORS | ALL_ERRORS).isdisjoint(_caught(handler))


def ways_in(handler: cst.ExceptHandler | cst.ExceptStarHandler, lookups: Iterable[Lookup]) -> Sequence[Tests]:
    """Return what holds in a handler for each of the lookups that may have led there; nothing where none of them did.

    What catches all errors is as much for a word that a table does not have as for a place that a row does not have.
    """
    if not catches_lookups(handler):
        return [()]
    is_sure = not INDEX_ERRORS.isdisjoint(_caught(handler))
    failing = [each for each in dict.fromkeys(lookups) if _may_fail(*each) and (is_sure or _is_row(each[0]))]
    return [_behind_the_end(*lookup) for lookup in failing[:MOST_LOOKUPS]] or [()]


def _behind_the_end(sequence: Value, place: Value) -> Tests:
    end = Unknown("how many items something has", "len", (sequence,))
    return ((Unknown("whether something is at a place", "<", (place, end)), False),)


def _may_fail(sequence: Value, place: Value) -> bool:
    match place:
        case Constant(int()) | Unknown():
            return not isinstance(sequence, DictValue | Instance)
        case _:
            return False


def _is_row(value: Value) -> bool:
    """Say whether a value is a sequence for all that is known, such as what a loop over rows gives, and no table."""
    match value:
        case ListValue() | TupleValue() | Constant(str()):
            return True
        case Unknown(operation="item", sources=(_,)):
            return True
        case Unknown(operation="item", sources=(rows, _)):
            return _is_row(rows)
        case Unknown(operation=operation):
            return operation in LISTS_OF_A_TEXT
        case _:
            return False


def _caught(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> list[str]:
    """Return the names of the exceptions that a handler catches."""
    match handler.type:
        case cst.Name(value=name):
            return [name]
        case cst.Tuple(elements=elements):
            return [element.value.value for element in elements if isinstance(element.value, cst.Name)]
        case _:
            return []


def _only_imports(body: cst.BaseSuite) -> bool:
    lines = [line.body for line in body.body if isinstance(line, cst.SimpleStatementLine)]
    small = [statement for line in lines for statement in line]
    return len(lines) == len(body.body) and all(isinstance(each, cst.Import | cst.ImportFrom) for each in small)
