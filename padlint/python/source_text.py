"""How the program itself writes an argument, `MAX_LEN`, or what it calls, `self.pad`."""

from __future__ import annotations

import libcst as cst

from padlint.python.values import Site

LONGEST = 80


def argument_text(site: Site, position: int | None, name: str) -> str:
    """Return the source text of a call's argument, given by position or name; "" when it was not given or is long."""
    node = site.node
    if not isinstance(node, cst.Call):
        return ""
    for index, argument in enumerate(node.args):
        named = argument.keyword is not None and argument.keyword.value == name
        if named or (argument.keyword is None and not argument.star and index == position):
            text = site.unit.text(argument.value)
            return text if len(text) <= LONGEST else ""
    return ""


def function_text(site: Site) -> str:
    """Return the source text of what a call calls; what stands for it when that is long."""
    node = site.node
    text = site.unit.text(node.func if isinstance(node, cst.Call) else node)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
