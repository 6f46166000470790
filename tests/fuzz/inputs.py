"""Every input of the fuzzer: half of them generated, half of them real files that were spoilt."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import strategies as st
from keras_programs import PROGRAMS
from mutations import as_notebook, mutated

Inputs: TypeAlias = st.SearchStrategy[dict[str, bytes]]


@st.composite
def generated(draw: st.DrawFn) -> dict[str, bytes]:
    """Draw a project of one generated program, a notebook of one, or two that may import each other."""
    program = draw(PROGRAMS).encode()
    kind = draw(st.integers(0, 7))
    if kind == 0:
        return {"main.ipynb": as_notebook(program, draw)}
    if kind == 1:
        return {"main.py": program, "other.py": draw(PROGRAMS).encode()}
    return {"main.py": program}


def inputs(seeds: tuple[bytes, ...]) -> Inputs:
    """Return what draws any input."""
    return st.one_of(generated(), mutated(seeds))
