"""`dataclass`, as the standard library has it for whoever checks types, and made in half the time where that is run.

What keeps a frozen dataclass from being changed is for mypy to say here. At run time a guard against what nothing
does is half of what it takes to make the class, and classes were half of what one file from an editor took to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, **options: bool) -> object:
        """Make a dataclass that compares, hashes and is shown as a frozen one does, without the guard."""

        def made(of: type) -> type:
            hashed = frozen and eq and "__hash__" not in vars(of)
            return dataclasses.dataclass(of, eq=eq, unsafe_hash=hashed, **options)

        return made if cls is None else made(cls)
