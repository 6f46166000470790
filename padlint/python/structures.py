"""What tuples, lists and choices hold, and what is in that: each part is met once, for a list may hold itself."""

from __future__ import annotations

from collections.abc import Iterator

from padlint.python.values import Choice, Items, ListValue, TupleValue, Value, alternatives


def parts_of(value: Value, *, unnumbered: bool = False) -> Iterator[Value]:
    """Yield a value and all that is in it, in no particular order; if asked, also what stands for any number."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        match part:
            case TupleValue(items, rest):
                waiting.extend(Items(items, rest).everything() if unnumbered else items)
            case ListValue():
                waiting.extend(part.items.everything() if unnumbered else part.items.known)
            case Choice():
                waiting.extend(alternatives(part))
            case _:
                pass
