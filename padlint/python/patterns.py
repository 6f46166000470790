"""The patterns of `match` statements: which can match, and what they bind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from padlint.python import targets
from padlint.python.arithmetic import compare
from padlint.python.members import fields
from padlint.python.values import (
    Call,
    Constant,
    DictValue,
    Instance,
    Items,
    LibraryName,
    ListValue,
    TupleValue,
    Unknown,
    Value,
    alternatives,
    present,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


# Which match ----------------------------------------------------------------------------------------------------


def matches(run: Interpreter, pattern: cst.MatchPattern, subject: Value) -> bool | None:
    """Say whether the subject matches, None when that is not known."""
    answers = {_matches(run, pattern, option) for option in alternatives(subject)}
    return answers.pop() if len(answers) == 1 else None


def _matches(run: Interpreter, pattern: cst.MatchPattern, subject: Value) -> bool | None:
    match pattern:
        case cst.MatchAs(pattern=None):
            return True
        case cst.MatchAs(pattern=cst.MatchPattern() as inner):
            return matches(run, inner, subject)
        case cst.MatchValue(value=expression) | cst.MatchSingleton(value=expression):
            return compare("==", subject, run.evaluate(expression))
        case cst.MatchOr(patterns=options):
            found = [matches(run, option.pattern, subject) for option in options]
            return True if True in found else _all(found)
        case cst.MatchList(patterns=parts) | cst.MatchTuple(patterns=parts):
            return _matches_sequence(run, parts, subject)
        case cst.MatchMapping(elements=elements):
            return _matches_mapping(run, elements, subject)
        case cst.MatchClass():
            return _matches_class(run, pattern, subject)
        case _:
            return None


def _all(answers: Iterable[bool | None]) -> bool | None:
    """Return False when one of the answers is, True when all are, None otherwise."""
    given = list(answers)
    return False if False in given else None if None in given else True


def _matches_sequence(
    run: Interpreter, parts: Sequence[cst.MatchSequenceElement | cst.MatchStar], subject: Value
) -> bool | None:
    match subject:
        case Constant() | DictValue() | Instance():
            return False
        case ListValue():
            items = subject.items
        case TupleValue(known, rest):
            items = Items(known, rest)
        case _:
            return None
    starred = any(isinstance(part, cst.MatchStar) for part in parts)
    if items.rest is not None:
        return None
    if len(items.known) < len(parts) - starred or (len(items.known) > len(parts) and not starred):
        return False
    if starred:
        return True if all(_binds_anything(part) for part in parts) else None
    elements = [part.value for part in parts if isinstance(part, cst.MatchSequenceElement)]
    return _all(matches(run, part, item) for part, item in zip(elements, items.known, strict=False))


def _binds_anything(part: cst.MatchSequenceElement | cst.MatchStar) -> bool:
    match part:
        case cst.MatchStar() | cst.MatchSequenceElement(value=cst.MatchAs(pattern=None)):
            return True
        case _:
            return False


def _matches_mapping(run: Interpreter, elements: Sequence[cst.MatchMappingElement], subject: Value) -> bool | None:
    if not isinstance(subject, DictValue):
        return False if isinstance(subject, Constant | ListValue | TupleValue | Instance) else None
    answers: list[bool | None] = []
    for element in elements:
        key = run.evaluate(element.key)
        there = compare("in", key, subject)
        answers.append(there and matches(run, element.pattern, run.subscript(subject, key, run.site(element))))
    return _all(answers)


def _matches_class(run: Interpreter, pattern: cst.MatchClass, subject: Value) -> bool | None:
    site = run.site(pattern)
    given = Call((subject, run.evaluate(pattern.cls)), {}, site)
    is_one = run.call(LibraryName("builtins.isinstance"), given)
    if not isinstance(is_one, Constant):
        return None
    if not is_one.value:
        return False
    return _all(matches(run, inner, value) for inner, value in _class_parts(run, pattern, subject))


def _class_parts(run: Interpreter, pattern: cst.MatchClass, subject: Value) -> list[tuple[cst.MatchPattern, Value]]:
    """Return the patterns inside a class pattern with what each is held against."""
    if not isinstance(subject, Instance):
        return [(element.value, subject) for element in pattern.patterns]
    site = run.site(pattern)
    names = fields(subject.cls)
    positional = [
        (element.value, run.attribute(subject, names[i], site) if i < len(names) else Unknown("a positional part"))
        for i, element in enumerate(pattern.patterns)
    ]
    return [*positional, *((kw.pattern, run.attribute(subject, kw.key.value, site)) for kw in pattern.kwds)]


# What they bind -------------------------------------------------------------------------------------------------


def bind(run: Interpreter, pattern: cst.MatchPattern, subject: Value) -> None:
    """Bind the names of a pattern that is taken to match."""
    match pattern:
        case cst.MatchAs(name=name, pattern=inner):
            if name is not None:
                targets.assign(run, name, subject)
            if inner is not None:
                bind(run, inner, subject)
        case cst.MatchList(patterns=parts) | cst.MatchTuple(patterns=parts):
            _bind_sequence(run, parts, subject, pattern)
        case cst.MatchMapping():
            _bind_mapping(run, pattern, subject)
        case cst.MatchClass():
            for inner, value in _class_parts(run, pattern, subject):
                bind(run, inner, value)
        case cst.MatchOr(patterns=options):
            possible = (option.pattern for option in options if matches(run, option.pattern, subject) is not False)
            bind(run, next(possible, options[0].pattern), subject)
        case _:
            pass


def _bind_mapping(run: Interpreter, pattern: cst.MatchMapping, subject: Value) -> None:
    for element in pattern.elements:
        value = run.subscript(subject, run.evaluate(element.key), run.site(element))
        bind(run, element.pattern, value)
    if pattern.rest is not None:
        targets.assign(run, pattern.rest, Unknown("the rest of a matched dict", "item", (subject,)))


def _bind_sequence(
    run: Interpreter,
    parts: Sequence[cst.MatchSequenceElement | cst.MatchStar],
    subject: Value,
    pattern: cst.MatchPattern,
) -> None:
    star = next((i for i, part in enumerate(parts) if isinstance(part, cst.MatchStar)), None)
    values = targets.parts(run, subject, len(parts), star, run.site(pattern))
    for part, value in zip(parts, values, strict=True):
        match part:
            case cst.MatchSequenceElement(value=inner):
                bind(run, inner, present(value))
            case cst.MatchStar(name=cst.Name() as name):
                targets.assign(run, name, value)
            case _:
                pass
