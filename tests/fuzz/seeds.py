"""What the fuzzer starts from: this project's own models and rule pages, or the files of any folder."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from padlint.sources.prefilter import ingredients, promising

CHECKOUT = Path(__file__).parents[2]
MOST_ROWS = 200
MOST_BYTES = 12_000

_FENCE = re.compile(r"^```python[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@cache
def own_seeds() -> tuple[bytes, ...]:
    """Return the files of fixtures/ and the examples of the rule pages."""
    files = sorted((CHECKOUT / "fixtures").rglob("*.py"))
    pages = sorted((CHECKOUT / "rules").glob("*.md"))
    examples = [text.encode() for page in pages for text in _FENCE.findall(page.read_text(encoding="utf-8"))]
    return (*(file.read_bytes() for file in files), *examples)


def seeds_of(folder: Path) -> tuple[bytes, ...]:
    """Return the scripts and notebooks of a folder in which something could leak, in pieces that take a moment each."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".ipynb") and path.is_file())
    pieces = (piece for file in files for piece in _pieces(_code(file)))
    return tuple(dict.fromkeys(piece for piece in pieces if promising(ingredients(piece), pooling=True)))


def _code(file: Path) -> bytes:
    data = file.read_bytes()
    if file.suffix == ".py":
        return data
    try:
        cells = json.loads(data)["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return b""
    return "\n\n".join(sources).encode("utf-8", "replace")


def _pieces(data: bytes) -> Iterator[bytes]:
    """Yield a file of few rows whole, and one of many in pieces, each under the imports of the file."""
    rows = data.splitlines(keepends=True)
    if len(rows) <= MOST_ROWS and len(data) <= MOST_BYTES:
        yield data
        return
    try:
        statements = ast.parse(data).body
    except (SyntaxError, ValueError, RecursionError):
        yield b"".join(rows[:MOST_ROWS])[:MOST_BYTES]
        return
    texts = [b"".join(rows[each.lineno - 1 : each.end_lineno]) for each in statements]
    head = b"".join(
        text for each, text in zip(statements, texts, strict=True) if isinstance(each, ast.Import | ast.ImportFrom)
    )[: MOST_BYTES // 4]
    piece = head
    for text in texts:
        if len(piece) + len(text) > MOST_BYTES or piece.count(b"\n") + text.count(b"\n") > MOST_ROWS:
            yield piece[:MOST_BYTES]
            piece = head
        piece += text
    yield piece[:MOST_BYTES]
