"""How the program itself writes an argument, `MAX_LEN`, or what it calls, `self.pad`."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from padlint.python.values import Site

LONGEST = 80


def argument_text(site: Site, position: int | None, name: str) -> str:
    """Return the source text of a call's argument, given by position or name; "" when it was not given or is long."""
    given = _given(site, position, name)
    return _short(site.unit.text(given)) if given is not None else ""


def item_texts(site: Site, position: int | None, name: str) -> tuple[str, ...]:
    """Return the source text of each item of a tuple or list that a call is given, "" of a long one.

    What is given otherwise is one item.
    """
    given = _given(site, position, name)
    return tuple(_short(site.unit.text(item)) for item in _items(given)) if given is not None else ()


def _given(site: Site, position: int | None, name: str) -> cst.BaseExpression | None:
    for index, argument in enumerate(site.node.args if isinstance(site.node, cst.Call) else ()):
        named = argument.keyword is not None and argument.keyword.value == name
        if named or (argument.keyword is None and not argument.star and index == position):
            return argument.value
    return None


def _items(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    match node:
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                yield element.value
        case cst.BinaryOperation(operator=cst.Add(), left=cst.Tuple() | cst.List() as left, right=right):
            yield from _items(left)
            yield from _items(right)
        case _:
            yield node


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else ""


def function_text(site: Site) -> str:
    """Return the source text of what a call calls; what stands for it when that is long."""
    node = site.node
    text = site.unit.text(node.func if isinstance(node, cst.Call) else node)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
