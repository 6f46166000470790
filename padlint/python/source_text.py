"""How the program itself writes an argument: `MAX_LEN`, `self.max_len`."""

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
