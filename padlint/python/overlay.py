"""What an overlay tells the interpreter of the libraries that a program uses."""

from __future__ import annotations

from typing import Protocol

from padlint.python.context import Context
from padlint.python.values import Call, Instance, LibraryName, Method, Site, SliceValue, Value

GROWING = frozenset({"append", "extend", "insert"})
"""Methods by which a list grows: an overlay is asked first, for it may know what is added."""
GIVING = "yield"
"""How an overlay is asked about what a generator gives: as about a list that it is added to."""


class Overlay(Protocol):
    """Knowledge of libraries. Every method answers None for what it does not know."""

    def attribute(self, name: LibraryName, site: Site, context: Context) -> Value | None:
        """Read a name of a library that is a value rather than something to call (`string.punctuation`)."""

    def call(self, name: LibraryName, call: Call, context: Context) -> Value | None:
        """Call a function or class of a library."""

    def method(self, method: Method, call: Call, context: Context) -> Value | None:
        """Call a method of a builtin or unknown value, or one that an instance inherits from a library class.

        Of a list's methods only those are asked about that add to it (`append`, `extend`, `insert`, and `GIVING`);
        answered with None, they do as in Python.
        """

    def unresolved_call(self, function: Value, call: Call, context: Context) -> Value | None:
        """Call something that could not be resolved."""

    def instance_attribute(
        self, instance: Instance, base: LibraryName, name: str, site: Site, context: Context
    ) -> Value | None:
        """Read an attribute that an instance of a project class inherits from a library class."""

    def instance_call(self, instance: Instance, base: LibraryName, call: Call, context: Context) -> Value | None:
        """Call an instance of a project class that inherits from a library class."""

    def operate(self, operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        """Apply an operator to values none of which is an object of the overlay (`ids + [0] * (n - len(ids))`)."""

    def choose(self, test: Value, held: Value, otherwise: Value, site: Site, context: Context) -> Value | None:
        """Choose between two values by a test that may hold or not (`ids[i] if i < len(ids) else 0`)."""

    def cut(self, value: Value, bounds: SliceValue, site: Site, context: Context) -> Value | None:
        """Take a slice of something unresolved (`(ids + [0] * n)[:n]`)."""

    def chain(self, parts: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        """Put sequences one behind the other (`[*ids, *filler]`, `itertools.chain(ids, filler)`)."""

    def set_subscript(self, target: Value, index: Value, value: Value, site: Site, context: Context) -> None:
        """Notice `target[index] = value` on a value that is no object of the overlay."""

    def set_attribute(self, instance: Instance, name: str, value: Value, site: Site, context: Context) -> None:
        """Notice `instance.name = value` on an instance of a project class."""

    def explore(self, instance: Instance, context: Context) -> None:
        """Call the methods of an instance that a library would call, when nothing in the program did."""

    def exports(self, module: LibraryName, name: str) -> bool:
        """Say whether `from module import *` brings the name."""

    def meaning(self, name: LibraryName) -> str:
        """Return the one name that stands for all under which a library offers the same thing."""

    def knows(self, package: str) -> bool:
        """Say whether a top-level package is a library that the overlay stands for, never a module of the project."""

    def iterate(self, value: Value, site: Site, context: Context) -> Value | None:
        """Give what iterating a value yields each time, where the interpreter could not tell."""
