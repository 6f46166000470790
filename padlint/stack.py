"""Room for Python's own frames, taken once and not again and again."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Final, TypeVar

_R = TypeVar("_R")

# Since 3.11 Python takes room for its frames from the system in pieces of 16 kB, and gives each back as soon as it is
# empty: where one ends, a function that is called again and again costs the system's time each time. A frame that needs
# more than a piece has one of the next power of two, and what it leaves is there for the frames above it: 4 MB here.
# Room that no frame uses takes no memory.
_WORDS: Final = 1 << 19


def with_room(work: Callable[[], _R]) -> _R:
    """Do work that calls deeply."""
    roomy = FunctionType(_called.__code__.replace(co_stacksize=_WORDS), {})
    result: _R = roomy(work)
    return result


def _called(work: Callable[[], _R]) -> _R:
    return work()
