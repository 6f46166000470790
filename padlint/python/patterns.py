"""The patterns of `match` statements: which can match, and what they bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from padlint.python import targets
from padlint.python.arithmetic import compare
from padlint.python.values import Unknown, Value, alternatives

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


def matches(run: Interpreter, pattern: cst.MatchPattern, subject: Value) -> bool | None:
    """Say whether the subject matches, None when that is not known."""
    match pattern:
        case cst.MatchAs(pattern=None):
            return True
        case cst.MatchAs(pattern=cst.MatchPattern() as inner):
            return matches(run, inner, subject)
        case cst.MatchValue(value=expression) | cst.MatchSingleton(value=expression):
            value = run.evaluate(expression)
            answers = {compare("==", option, value) for option in alternatives(subject)}
            return answers.pop() if len(answers) == 1 else None
        case cst.MatchOr(patterns=options):
            found = [matches(run, option.pattern, subject) for option in options]
            return True if True in found else None if None in found else False
        case _:
            return None


def bind(run: Interpreter, pattern: cst.MatchPattern, subject: Value) -> None:
    """Bind the names of a pattern that is taken to match."""
    match pattern:
        case cst.MatchAs(name=name, pattern=inner):
            if name is not None:
                targets.assign(run, name, subject)
            if inner is not None:
                bind(run, inner, subject)
        case cst.MatchList(patterns=parts) | cst.MatchTuple(patterns=parts):
            values = targets.parts(run, subject, len(parts), None, run.site(pattern))
            for part, value in zip(parts, values, strict=True):
                if isinstance(part, cst.MatchSequenceElement):
                    bind(run, part.value, value)
                elif isinstance(part, cst.MatchStar) and part.name is not None:
                    targets.assign(run, part.name, Unknown("the rest of a matched sequence"))
        case _:
            for name in _names(pattern):
                targets.assign(run, name, Unknown("part of a matched value", "item", (subject,)))


def _names(pattern: cst.CSTNode) -> list[cst.Name]:
    names: list[cst.Name] = []
    for child in pattern.children:
        match child:
            case cst.MatchAs(name=cst.Name() as name):
                names.append(name)
            case (
                cst.MatchPattern() | cst.MatchSequenceElement() | cst.MatchMappingElement() | cst.MatchKeywordElement()
            ):
                names.extend(_names(child))
            case _:
                pass
    return names
