"""The import statements of a file, from its bytes alone: more than there are may be found, never less by much."""

from __future__ import annotations

import re
from collections.abc import Iterator

from padlint.dataclass import dataclass

# Each starts with a literal, which makes the search fast, and looks no further than a limit, which keeps it so on a
# hostile file.
_FROM = re.compile(rb"from[ \t]{1,99}([.\w]{1,999})[ \t]{1,99}import\b[ \t]*(\([^)]{0,4000}\)|[^\r\n;#]{0,999})")
_IMPORT = re.compile(rb"import[ \t]{1,99}([\w.][^\r\n;#]{0,999})")
_MOST_INDENT = 200
_WORD = re.compile(rb"\w+")


@dataclass(frozen=True, slots=True)
class Import:
    """One import of one module.

    Args:
        level: how many dots stand before the module's name.
        dotted: the name without them, "" in `from . import a`.
        names: what is imported from it, among other words; nothing in `import a`.
    """

    level: int
    dotted: str
    names: frozenset[str]


def imports(data: bytes) -> Iterator[Import]:
    """Yield what the bytes of a script or a notebook import, in no particular order."""
    for statement in _FROM.finditer(data):
        module = _text(statement[1])
        dotted = module.lstrip(".")
        yield Import(len(module) - len(dotted), dotted, frozenset(map(_text, _WORD.findall(statement[2]))))
    for statement in _IMPORT.finditer(data):
        before = data[max(statement.start() - _MOST_INDENT, 0) : statement.start()]
        if before.rpartition(b"\n")[2].strip(b' \t"'):
            continue  # not at the start of a row: the end of a `from`, or prose
        for module in _text(statement[1]).split(","):
            yield Import(0, module.partition(" as ")[0].strip(), frozenset())


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
