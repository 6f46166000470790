"""How deeply a text nests, judged before it is given to a parser that recurses, and how much there is of it.

libcst's parser overflows the stack of the process on code that is nested a few thousand levels deep, and needs time
with the square of the depth. The first look is cheap and suspects too much; only then are the tokens read.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator
from dataclasses import field

from padlint.dataclass import dataclass
from padlint.sources.prose import without_texts

# Python itself refuses more.
MOST_BRACKETS = 200
# Operators, attributes and calls one after the other, which make a tree as deep as there are of them; `elif` as well.
MOST_LINKS = 500
# A tree takes two to four kilobytes a token, and 15 to 30 microseconds.
MOST_TOKENS = 100_000
MOST_CHARACTERS = 5_000_000
# What all deep places of a text may cost together, in pairs of nested brackets: about two seconds.
MOST_STRAIN = 100_000

CALM_DEPTH = 20
CALM_STRAIN = 1_000

# In what is deleted, and in a pattern, libcst's parser tries again at each bracket what may be inside of it.
TRYING = frozenset({b"case", b"del"})
TRIES = 3
BRACKETS = b"()[]{}"
ALONE = b",()[]{}"
# Those that are in no number. Several together may be one.
OPERATORS = b"=*/%<>@&|^~:;"
ALL_BUT_OPERATORS_AS_SPACES = bytes(code if code in OPERATORS else ord(" ") for code in range(256))
MARKS = b",.()[]{}=+-*/%:;<>@&|^~!\n\"'"
NOT_BRACKETS = bytes(set(range(256)) - set(BRACKETS))
NOT_OPENING = bytes(set(range(256)) - set(b"([{"))
MARKS_AS_SPACES = bytes.maketrans(MARKS, b" " * len(MARKS))
LINKS = b".([{}])=+-*/%<>@&|^~"
JOINTS = tuple(joint.encode() for joint in "+-*/%.&|^<>=\\\"'")
LEAVING = (*JOINTS, b" and", b" or", b" not", b" if", b" else", b" lambda", b" await")
# From Python 3.12 on, a formatted string is several tokens; before, a token of its own kind is none of these.
FORMATTED_START = getattr(tokenize, "FSTRING_START", -1)
FORMATTED_END = getattr(tokenize, "FSTRING_END", -1)


@dataclass(frozen=True, slots=True)
class TooMuch:
    """Why a text is not parsed, and the row (1-based) where that shows.

    `size` says that there is too much of it; `is_python` that Python itself would read it.
    """

    why: str
    row: int = 1
    size: bool = False
    is_python: bool = False


def measure(text: str, most_tokens: int = MOST_TOKENS) -> int | TooMuch:
    """Return about how many tokens a text has, at the most, or why it is not to be parsed."""
    if len(text) > MOST_CHARACTERS:
        return TooMuch(f"there are more than {MOST_CHARACTERS:,} characters", size=True, is_python=True)
    data = text.encode("utf-8", "replace")
    tokens = 2 * (len(data) - len(data.translate(None, MARKS)))
    if tokens > most_tokens and _least_tokens(data) > most_tokens:
        return _too_many_tokens()
    many_branches = data.count(b"elif") > MOST_LINKS
    if tokens > most_tokens or many_branches or _deep_brackets(data) or _hard_statements(data):
        return _measured(text, most_tokens)
    return tokens


def _least_tokens(data: bytes) -> int:
    """Return how many tokens a text has at the least: words, brackets, commas and operators outside of its texts."""
    code = without_texts(data)
    alone = len(code) - len(code.translate(None, ALONE))
    words, operators = (code.translate(table).split() for table in (MARKS_AS_SPACES, ALL_BUT_OPERATORS_AS_SPACES))
    return alone + len(words) + len(operators)


def _too_many_tokens() -> TooMuch:
    return TooMuch(f"there are more than {MOST_TOKENS:,} tokens", size=True, is_python=True)


# The first look -------------------------------------------------------------------------------------------------


def _deep_brackets(data: bytes) -> bool:
    """Take away the innermost pairs again and again: how often that goes is how deep they are."""
    brackets = data.translate(None, NOT_BRACKETS)
    depth = strain = 0
    while depth <= MOST_BRACKETS:
        inside = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        pairs = (len(brackets) - len(inside)) // 2
        if not pairs:
            break
        depth += 1
        strain += pairs * max(depth - CALM_DEPTH, 0)
        brackets = inside
    # What is left was never closed, or stands in texts and comments.
    left = sum(brackets.count(bracket) for bracket in b"([{")
    return depth + left > MOST_BRACKETS or strain > MOST_STRAIN


def _hard_statements(data: bytes) -> bool:
    """Say whether a statement may link too much, for each word and mark in it may be a link, or leaves much to try."""
    strain = 0
    for rows in _statements(data):
        if sum(map(len, rows)) > MOST_LINKS and sum(map(_links, rows)) > MOST_LINKS:
            return True
        if any(map(_tries, rows)):
            opened = sum(len(row.translate(None, NOT_OPENING)) for row in rows)
            strain += TRIES ** min(opened, CALM_DEPTH)
            if strain > CALM_STRAIN:
                return True
    return False


def _links(row: bytes) -> int:
    return len(row.split()) + len(row) - len(row.translate(None, LINKS))


def _tries(row: bytes) -> bool:
    has_letters = any(word in row for word in TRYING)
    return has_letters and not TRYING.isdisjoint(row.translate(MARKS_AS_SPACES).split())


def _statements(data: bytes) -> Iterator[list[bytes]]:
    """Yield the rows of each statement.

    It ends with the row that closes its brackets, as far as texts and comments let that be seen, unless that row leaves
    something to the next one, or the next one goes on with it.
    """
    statement: list[bytes] = []
    depth = 0
    goes_on = False
    for row in data.splitlines():
        bare = row.partition(b"#")[0].strip()
        if statement and not (depth or goes_on or bare.startswith(JOINTS)):
            yield statement
            statement = []
        statement.append(row)
        brackets = bare.translate(None, NOT_BRACKETS)
        depth = max(depth + 2 * len(brackets.translate(None, NOT_OPENING)) - len(brackets), 0)
        goes_on = bare.endswith(LEAVING)
    yield statement


# The second look ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Measure:
    """What the tokens read so far amount to."""

    links: list[int] = field(default_factory=lambda: [0])
    formatted: list[int] = field(default_factory=list)
    elifs: dict[int, int] = field(default_factory=dict)
    indent: int = 0
    starts_row: bool = True
    tries: bool = False
    heads: set[int] = field(default_factory=set)
    after_text: bool = False
    tokens: int = 0
    strain: int = 0

    def add(self, token: tokenize.TokenInfo) -> None:
        """Take one more token into account."""
        self.tokens += 1
        kind, text = token.type, token.string
        if kind in (tokenize.NL, tokenize.COMMENT):
            return
        self._note_start(kind, text)
        if kind == FORMATTED_START or (kind == tokenize.OP and text in "([{"):
            self._open(kind)
        elif kind == FORMATTED_END or (kind == tokenize.OP and text in ")]}"):
            self._close(kind)
        elif kind == tokenize.NEWLINE or text == ";" or (text == "," and len(self.links) not in self.heads):
            self.links[-1] = 0
        elif kind == tokenize.STRING:
            self._add_text(text)
        elif kind == tokenize.OP or keyword.iskeyword(text):
            self._link()
            self._note_lambda(text)
        self.after_text = kind == tokenize.STRING

    def _open(self, kind: int) -> None:
        # The expressions of a formatted string stand side by side.
        if not self.formatted or self.formatted[-1] != len(self.links):
            self._link()
        self.links.append(0)
        if kind == FORMATTED_START:
            self.formatted.append(len(self.links))
        depth = len(self.links) - 1
        self.strain += TRIES ** min(depth, CALM_DEPTH) if self.tries else max(depth + 1 - CALM_DEPTH, 0)

    def _close(self, kind: int) -> None:
        if kind == FORMATTED_END:
            self.formatted.pop()
        if len(self.links) > 1:
            self.links.pop()

    def _link(self) -> None:
        self.links[-1] += 1
        self.strain += max(self.links[-1] - 2 * CALM_DEPTH, 0) // 25

    def _add_text(self, text: str) -> None:
        if self.after_text:
            self._link()
        # Up to Python 3.11, a formatted string with the expressions in it is one token.
        if "f" in text[:2].lower():
            self.tokens += 3 * text.count("{")
            self.strain += MOST_STRAIN + 1 if _deep_brackets(text.encode("utf-8", "replace")) else 0

    def _note_lambda(self, text: str) -> None:
        """Note where the parameters of a lambda begin and end: the commas between them begin nothing anew."""
        if text == "lambda":
            self.heads.add(len(self.links))
        elif text == ":":
            self.heads.discard(len(self.links))

    def _note_start(self, kind: int, text: str) -> None:
        """Note what a statement begins with."""
        if kind == tokenize.NEWLINE:
            self.tries = False
            self.heads.clear()
        elif kind == tokenize.NAME:
            self.tries = self.tries or text == "del" or (text == "case" and self.starts_row)
        self._count_elif(kind, text)

    def _count_elif(self, kind: int, text: str) -> None:
        if kind == tokenize.INDENT:
            self.indent += 1
        elif kind == tokenize.DEDENT:
            self.elifs.pop(self.indent, None)
            self.indent -= 1
        elif self.starts_row and kind == tokenize.NAME:
            self.elifs[self.indent] = self.elifs.get(self.indent, 0) + 1 if text == "elif" else 0
        if kind not in (tokenize.INDENT, tokenize.DEDENT):
            self.starts_row = kind == tokenize.NEWLINE

    def verdict(self, row: int) -> TooMuch | None:
        """Say what is too much of it, if anything."""
        if len(self.links) - 1 > MOST_BRACKETS:
            return TooMuch("too many nested brackets", row)
        if self.links[-1] > MOST_LINKS or self.elifs.get(self.indent, 0) > MOST_LINKS or self.strain > MOST_STRAIN:
            return TooMuch("the code is nested too deeply", row, is_python=True)
        return None


def _measured(text: str, most_tokens: int) -> int | TooMuch:
    measured = _Measure()
    row = 1
    try:
        for token in _tokens(text):
            row = token.start[0]
            measured.add(token)
            found = measured.verdict(row)
            if found is not None:
                return found
            if measured.tokens > most_tokens:
                return _too_many_tokens()
    except (tokenize.TokenError, SyntaxError) as error:
        # What comes after the place that cannot be read may be as deep as it likes.
        return TooMuch(str(error.args[0]), row)
    return measured.tokens


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(text).readline)
