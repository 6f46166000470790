"""Small changes to a program's text: an argument, an item of a list, a line. What is not named stays byte for byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import libcst as cst

from padlint.finding import Edit, Position
from padlint.fixes.tree import CannotFix, SyntaxTree

Item: TypeAlias = cst.Arg | cst.BaseElement | cst.ImportAlias
"""One of several things with commas between."""

_CLOSER_WIDTH: Final = 1


# Arguments --------------------------------------------------------------------------------------------------------


def argument(call: cst.Call, name: str, position: int | None = None) -> cst.Arg | None:
    """Return an argument given by name or, with stars nowhere before it, by position; None when it is not given."""
    for index, given in enumerate(call.args):
        if given.keyword is not None and given.keyword.value == name:
            return given
        if index == position and given.keyword is None and not any(each.star for each in call.args[: index + 1]):
            return given
    return None


def with_argument(tree: SyntaxTree, call: cst.Call, name: str, value: str) -> Iterator[Edit]:
    """Give a call one argument more, in the way in which the others are laid out."""
    if call.args:
        yield from _appended(tree, call.args, f"{name}={value}", tree.span(call).end)
    else:
        end = tree.span(call).end
        yield tree.insertion(Position(end.row, end.column - _CLOSER_WIDTH), f"{name}={value}")


def without_argument(tree: SyntaxTree, call: cst.Call, unwanted: cst.Arg) -> Edit:
    """Take an argument out of a call."""
    return without_item(tree, call.args, call.args.index(unwanted))


def replaced(tree: SyntaxTree, node: cst.CSTNode, text: str) -> Edit:
    """Write something else in the place of a node."""
    place = tree.span(node)
    return tree.edit(place.start, place.end, text)


def wrapped(tree: SyntaxTree, node: cst.CSTNode, function: str) -> Iterator[Edit]:
    """Call a function on an expression where it stands."""
    place = tree.span(node)
    yield tree.insertion(place.start, f"{function}(")
    yield tree.insertion(place.end, ")")


# Items ------------------------------------------------------------------------------------------------------------


def _appended(tree: SyntaxTree, items: Sequence[Item], text: str, closed: Position) -> Iterator[Edit]:
    """Put one more item behind the last; `closed` is where what holds them ends."""
    last = items[-1]
    place = tree.span(last)
    comma = _comma(last)
    if not _begins_row(tree, last) or closed.row == place.end.row:
        yield tree.insertion(place.end, f", {text}")
        return
    line = tree.newline + tree.before(place.start)
    end = tree.row_end(place.end.row)
    if comma is not None:
        yield tree.insertion(end, f"{line}{text},")
    elif place.end == end:
        yield tree.insertion(end, f",{line}{text}")
    else:
        # A comment stands between the item and the end of its row.
        yield tree.insertion(place.end, ",")
        yield tree.insertion(end, f"{line}{text}")


def item_added(tree: SyntaxTree, items: Sequence[Item], index: int, text: str, closed: Position) -> Iterator[Edit]:
    """Put an item in front of the one at `index`, or behind the last."""
    if index == len(items):
        yield from _appended(tree, items, text, closed)
        return
    start = tree.span(items[index]).start
    if _begins_row(tree, items[index]):
        indent = tree.before(start)
        yield tree.insertion(Position(start.row, 1), f"{indent}{text},{tree.newline}")
    else:
        yield tree.insertion(start, f"{text}, ")


def without_item(tree: SyntaxTree, items: Sequence[Item], index: int) -> Edit:
    """Take an item out, and its row if it has one for itself."""
    unwanted = items[index]
    place = tree.span(unwanted)
    comma = _comma(unwanted)
    end = place.end if comma is None else tree.span(comma).end
    rest = tree.behind(end).strip()
    if _begins_row(tree, unwanted) and (not rest or rest.startswith("#")):
        return tree.edit(Position(place.start.row, 1), Position(end.row + 1, 1), "")
    if index and not _is_commented(tree, items[index - 1]):
        return tree.edit(tree.span(items[index - 1]).end, place.end, "")
    if index + 1 < len(items) and not _is_commented(tree, unwanted):
        return tree.edit(place.start, tree.span(items[index + 1]).start, "")
    return tree.edit(place.start, end, "")


def _comma(item: Item) -> cst.Comma | None:
    comma = item.comma
    return comma if isinstance(comma, cst.Comma) else None


def _begins_row(tree: SyntaxTree, item: Item) -> bool:
    return not tree.before(tree.span(item).start).strip()


def _is_commented(tree: SyntaxTree, item: Item) -> bool:
    """Say whether a comment stands between an item and the next."""
    comma = _comma(item)
    return comma is not None and "#" in tree.text(comma)


# Lines ------------------------------------------------------------------------------------------------------------


def line_before(tree: SyntaxTree, statement: cst.CSTNode, *lines: str) -> Edit:
    """Put lines in front of a statement, as deep as it stands."""
    start = tree.span(statement).start
    indent = tree.before(start)
    if indent.strip():
        raise CannotFix("there is no room for a line of its own in front of it")
    return tree.insertion(Position(start.row, 1), "".join(f"{indent}{line}{tree.newline}" for line in lines))


def named_before(
    tree: SyntaxTree, statement: cst.CSTNode, expression: cst.CSTNode, name: str, *lines: str
) -> Iterator[Edit]:
    """Give an expression a name in a line before its statement, and then put lines between the two.

    The expression is not written anew, so that other edits may change it.
    """
    start, place = tree.span(statement).start, tree.span(expression)
    indent = tree.before(start)
    if indent.strip():
        raise CannotFix("there is no room for a line of its own in front of it")
    between = "".join(f"{tree.newline}{indent}{line}" for line in lines)
    rest = tree.between(start, place.start)
    yield tree.edit(start, place.start, f"{name} = ")
    yield tree.insertion(place.end, f"{between}{tree.newline}{indent}{rest}{name}")


def line_after(tree: SyntaxTree, statement: cst.CSTNode, *lines: str) -> Edit:
    """Put lines behind a statement, as deep as it stands."""
    place = tree.span(statement)
    indent = tree.before(place.start)
    if indent.strip():
        raise CannotFix("there is no room for a line of its own behind it")
    end = tree.row_end(place.end.row)
    return tree.insertion(end, "".join(f"{tree.newline}{indent}{line}" for line in lines))


def without_line(tree: SyntaxTree, statement: cst.SimpleStatementLine) -> Edit:
    """Take a statement out, its rows with it; a block that would be empty gets `pass`."""
    place = tree.span(statement)
    block = tree.parent(statement)
    if isinstance(block, cst.IndentedBlock) and len(block.body) == 1:
        return tree.edit(place.start, place.end, "pass")
    return tree.edit(Position(place.start.row, 1), Position(place.end.row + 1, 1), "")
