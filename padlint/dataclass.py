"""`dataclass`, as the standard library has it for whoever checks types, and made in half the time where that is run.

What keeps a frozen dataclass from being changed is for mypy to say here. At run time a guard against what nothing
does is half of what it takes to make the class, and classes were half of what one file from an editor took to import.
How they are shown, which only people ask for who look for a mistake, is one function for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from reprlib import recursive_repr

    def dataclass(cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, **options: bool) -> object:
        """Make a dataclass that compares, hashes and is shown as a frozen one does, without the guard."""

        def made(of: type) -> type:
            hashed = frozen and eq and "__hash__" not in vars(of)
            if "__repr__" not in vars(of):
                of.__repr__ = _shown
            return dataclasses.dataclass(of, repr=False, eq=eq, unsafe_hash=hashed, **options)

        return made if cls is None else made(cls)

    @recursive_repr()
    def _shown(of: object) -> str:
        """Return what the standard library's dataclasses are shown as."""
        cells = (f"{field.name}={getattr(of, field.name)!r}" for field in dataclasses.fields(of) if field.repr)
        return f"{type(of).__qualname__}({', '.join(cells)})"
