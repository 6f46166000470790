"""GitHub's fingerprint of a line: a polynomial hash of the hundred characters that follow its start.

The definition is that of github/codeql-action (src/fingerprints.ts), so that a result keeps its identity whether
padlint or the upload action computed it: UTF-16 units other than blanks and tabs, base 37, modulo 2**64, every end of
line one LF, the end of the file a unit of its own, and an occurrence number for lines that hash alike.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate

from padlint.fingerprint import numbered

_WINDOW = 100
_BASE = 37
_MODULUS = 1 << 64
_BLANKS = {ord(" "): None, ord("\t"): None}
_END_OF_FILE = 0xFFFF


def line_hashes(lines: Sequence[str]) -> tuple[str, ...]:
    """Return `hash:occurrence` for each line. A file that ends with a newline has an empty last line."""
    ended = (f"{line}\n" if number < len(lines) else line for number, line in enumerate(lines, start=1))
    dense = [array("H", line.translate(_BLANKS).encode("utf-16-le", "surrogatepass")) for line in ended]
    starts = accumulate((len(line) for line in dense), initial=0)
    units = array("H", (unit for line in dense for unit in line))
    units.extend((_END_OF_FILE, *(0 for _ in range(_WINDOW))))
    digests = (f"{_polynomial(units[start : start + _WINDOW]):x}" for start, _ in zip(starts, dense, strict=False))
    return tuple(numbered(digests))


def _polynomial(units: Sequence[int]) -> int:
    value = 0
    for unit in units:
        value = (value * _BASE + unit) % _MODULUS
    return value
