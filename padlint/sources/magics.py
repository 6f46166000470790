"""A notebook cell as IPython takes it, to Python on the same rows and columns.

IPython (`IPython.core.inputtransformer2`) rewrites a cell before Python sees it. Here the same places are recognised
and blanked or replaced, so that what is left parses and every token of it stays where the user sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from padlint.dataclass import dataclass

# Cell magics whose body is Python that runs in the notebook's own namespace; the body of any other is another language,
# another process or not run.
PYTHON_CELL_MAGICS = frozenset(
    {
        "capture", "debug", "heat", "lprun", "memit", "mprun", "notify", "prun", "px", "scalene", "snakeviz", "time",
        "timeit", "wandb",
    }
)  # fmt: skip

# Line magics whose argument is a Python statement.
PYTHON_LINE_MAGICS = ("lprun", "memit", "mprun", "prun", "time", "timeit")

# Names that IPython's automagic takes for commands when what follows is no Python: `pip install keras`.
COMMANDS = (
    "cat", "cd", "conda", "cp", "less", "ls", "mamba", "man", "mkdir", "more", "mv", "pip", "rm", "rmdir", "uv",
)  # fmt: skip

# What stands in for a row that is not Python: a statement, because the row may be all that a block has.
STATEMENT = "pass"
# What `files = !ls` assigns, as IPython writes it.
SHELL_RESULT = "get_ipython()"

_ROW = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_TOKEN = re.compile(r"\"\"\"|'''|[\"'()\[\]{}#]|\\\Z")
_ESCAPED_OR_CLOSING = {delimiter: re.compile(rf"\\.|{delimiter}") for delimiter in ('"', "'", '"""', "'''")}
_CELL_MAGIC = re.compile(r"\s*%%(\w*)")
_TIMED = re.compile(rf"\s*%({'|'.join(PYTHON_LINE_MAGICS)})\b(?:\s+-\w+(?:\s+[\d.]+\b)?)*\s+(?=\S)")
_COMPOUND = re.compile(r"(?:async|class|def|for|if|try|while|with)\b|@")
_RUN = re.compile(r"\s*%run\s+(?:-\w+\s+)*[\"']?(?:\./)?(?P<path>\w+(?:/\w+)*)(?:\.py)?[\"']?\s*\Z")
_ASSIGNED = re.compile(r"\s*[^\s=][^=]*=\s*(?=[!%])")
_COMMAND = re.compile(rf"\s*(?:{'|'.join(COMMANDS)})\s+(?!(?:and|if|in|is|not|or)\b)(?:-\w|[\w~./*$\"'])")


@dataclass(frozen=True, slots=True)
class Blanked:
    """A cell's Python; `indent` columns were taken off its rows, off each of them alike when it is `even`."""

    text: str
    indent: int = 0
    even: bool = True


@dataclass(frozen=True, slots=True)
class _State:
    """What is still open at the end of a row: a string's delimiter, brackets, a backslash."""

    delimiter: str = ""
    depth: int = 0
    continued: bool = False

    @property
    def at_statement(self) -> bool:
        """Whether the next row starts a statement, the only place where IPython looks for its own syntax."""
        return not (self.delimiter or self.depth or self.continued)


def blanked(cell: str) -> Blanked | None:
    """Return the Python of a cell, or None when the cell as a whole is in another language."""
    rows = _ROW.findall(cell)
    first = next((number for number, row in enumerate(rows) if row.strip()), 0)
    magic = _CELL_MAGIC.match(rows[first]) if rows else None
    if magic:
        if magic[1] not in PYTHON_CELL_MAGICS:
            return None
        rows[first] = _blank(rows[first])
    python = list(_python_rows(rows))
    indent = _indent(python)
    if not indent:
        return Blanked("".join(python))
    even = all(not row[:indent].strip() for row in python if not row.lstrip().startswith("#"))
    return Blanked("".join(_without(row, indent) for row in python), indent, even)


def _python_rows(rows: list[str]) -> Iterator[str]:
    """Yield each row as Python, on the same columns."""
    state = _State()
    blanking = False
    for row in rows:
        ending = _ending(row)
        text = row.removesuffix(ending)
        if blanking:
            blanking = text.endswith("\\")
            yield _blank(row)
            continue
        if state.at_statement:
            text, blanking = _statement(text)
        code, state = _code(text, state)
        yield _spaced(text, code) + ending


def _spaced(row: str, code: str) -> str:
    """Make a no-break space, as pasted from a web page, a space; inside a string it stays itself."""
    if "\u00a0" not in code:
        return row
    return "".join(" " if mark == "\u00a0" else char for char, mark in zip(row, code, strict=True))


def _statement(row: str) -> tuple[str, bool]:
    """Return the first row of a statement as Python, and whether the next row goes with what was blanked."""
    start = len(row) - len(row.lstrip())
    code, _ = _code(row, _State())
    continued = row.endswith("\\")
    timed = _TIMED.match(row)
    ran = _RUN.match(row)
    if timed and not _COMPOUND.match(row, timed.end()):
        # `0;` is the shortest statement that another may follow on its row.
        return f"{row[:start]}0;{' ' * (timed.end() - start - 2)}{row[timed.end() :]}", False
    if ran:
        return f"{row[:start]}from {ran['path'].replace('/', '.')} import *", False
    if row[start : start + 1] in {"%", "!", "?", ",", ";", "/"} or _COMMAND.match(row):
        return row[:start] + STATEMENT, continued
    if code.rstrip().endswith("?"):
        return row[:start] + STATEMENT, False
    assigned = _ASSIGNED.match(code)
    if assigned:
        return row[: assigned.end()] + SHELL_RESULT, continued
    return row, False


def _code(row: str, state: _State) -> tuple[str, _State]:
    """Return the row with strings and comments blanked, character for character, and what is open at its end."""
    kept: list[str] = []
    delimiter, depth, at = state.delimiter, state.depth, 0
    continued = False
    while at < len(row):
        if delimiter:
            end, closed = _string_end(row, at, delimiter)
            kept.append("." * (end - at))
            at = end
            if closed or (len(delimiter) == 1 and not row.endswith("\\")):
                delimiter = ""
            continue
        found = _TOKEN.search(row, at)
        kept.append(row[at : found.end() if found else len(row)])
        at = found.end() if found else len(row)
        match found and found[0]:
            case "(" | "[" | "{":
                depth += 1
            case ")" | "]" | "}":
                depth = max(depth - 1, 0)
            case "#":
                kept.append(" " * (len(row) - at))
                at = len(row)
            case "\\":
                continued = True
            case str() as quote:
                delimiter = quote
            case _:
                pass
    return "".join(kept), _State(delimiter, depth, continued)


def _string_end(row: str, start: int, delimiter: str) -> tuple[int, bool]:
    """Return where in the row the string's text ends, its delimiter included, and whether it does end."""
    for found in _ESCAPED_OR_CLOSING[delimiter].finditer(row, start):
        if not found[0].startswith("\\"):
            return found.end(), True
    return len(row), False


def _indent(rows: list[str]) -> int:
    """Return the indentation of the first statement: IPython accepts a cell that is indented as a whole."""
    for row in rows:
        stripped = row.lstrip()
        if stripped and not stripped.startswith("#"):
            return len(row) - len(stripped)
    return 0


def _without(row: str, indent: int) -> str:
    """Take the indentation off a row; a comment may have less of it, and an empty row any."""
    return row if row.isspace() else row[min(indent, len(row) - len(row.lstrip())) :]


def _blank(row: str) -> str:
    ending = _ending(row)
    return " " * (len(row) - len(ending)) + ending


def _ending(row: str) -> str:
    return row[len(row.rstrip("\r\n")) :]
