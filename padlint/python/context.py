"""What the interpreter offers to an overlay that is called back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from padlint.python.heap import Heap, Store
from padlint.python.values import (
    BoundMethod,
    Call,
    ClassValue,
    DictValue,
    Instance,
    Items,
    ListValue,
    Site,
    Unknown,
    Value,
)


class Context(Protocol):
    """The running interpreter, as an overlay sees it."""

    heap: Heap

    def call(self, function: Value, call: Call) -> Value:
        """Call any value: a function of the project is followed, a library's goes to the overlay."""

    def attribute(self, value: Value, name: str, site: Site) -> Value:
        """Read an attribute as the program would."""

    def instantiate(self, cls: ClassValue, call: Call) -> Value:
        """Make an instance of a project class, running its `__init__`."""

    def find_method(self, instance: Instance, name: str) -> Value | None:
        """Look a method up in the project's classes alone; bound, or None."""

    def was_entered(self, method: BoundMethod) -> bool:
        """Say whether a method was run on an instance of the receiver's class."""

    def iterate(self, value: Value, site: Site) -> Items:
        """Give what a `for` over the value yields."""

    def subscript(self, value: Value, index: Value, site: Site) -> Value:
        """Read `value[index]` as the program would."""

    def join(self, values: Iterable[Value]) -> Value:
        """Join values into one."""

    def new_list(
        self, known: Iterable[Value], rest: Value | None = None, kind: str = "list", count: Value | None = None
    ) -> ListValue:
        """Make a list; `count` is how many items `rest` stands for, where that is known."""

    def new_dict(self, entries: Mapping[str, Value]) -> DictValue:
        """Make a dict with constant keys."""

    def unknown(self, why: str, *sources: Value, operation: str = "") -> Unknown:
        """Make an Unknown with its reason."""

    def change(self, old: Value, new: Value) -> None:
        """Let what may hold a value hold another, for it was changed in place.

        That is every variable of the running function, and every list that one of its loops goes over.
        """

    def loops_over(self) -> tuple[Value, ...]:
        """Return what the loops of this function that are now running go over, or test; the innermost is last."""

    def counting(self, name: str) -> Value | None:
        """Return what a variable of this function may hold while a loop counts with it by hand, None for any other."""

    def tests(self) -> tuple[tuple[Value, bool], ...]:
        """Return the tests of this function that led to the statement now running, each with whether it holds there."""

    def in_unknown_loop(self) -> bool:
        """Say whether the statement now running is in a loop whose count is not known."""

    def repeats(self, store: Store) -> bool:
        """Say whether what is now written to a store may be written any number of times.

        It is when the store was made before the round of such a loop that is now running, in this function or a caller.
        """

    def in_branch(self) -> bool:
        """Say whether the statement now running may be skipped."""

    def text(self, site: Site) -> str:
        """Return the source text of a short expression."""

    def entry(self) -> str:
        """Return the path of the file from which everything that is now running was called."""

    def scope_name(self) -> str:
        """Return the dotted name of the function, class or module now running."""
