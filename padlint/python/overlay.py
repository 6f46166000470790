"""What an overlay tells the interpreter of the libraries that a program uses."""

from __future__ import annotations

from typing import Protocol

from padlint.python.context import Context
from padlint.python.values import Call, Instance, LibraryName, Method, Site, Value


class Overlay(Protocol):
    """Knowledge of libraries. Every method answers None for what it does not know."""

    def attribute(self, name: LibraryName, site: Site, context: Context) -> Value | None:
        """Read a name of a library that is a value rather than something to call (`string.punctuation`)."""

    def call(self, name: LibraryName, call: Call, context: Context) -> Value | None:
        """Call a function or class of a library."""

    def method(self, method: Method, call: Call, context: Context) -> Value | None:
        """Call a method of a builtin or unknown value, or one that an instance inherits from a library class."""

    def instance_attribute(self, instance: Instance, base: LibraryName, name: str, site: Site, context: Context) -> Value | None:
        """Read an attribute that an instance of a project class inherits from a library class."""

    def instance_call(self, instance: Instance, base: LibraryName, call: Call, context: Context) -> Value | None:
        """Call an instance of a project class that inherits from a library class."""

    def operate(self, operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        """Apply an operator to values none of which is an object of the overlay (`ids + [0] * (n - len(ids))`)."""

    def set_subscript(self, target: Value, index: Value, value: Value, site: Site, context: Context) -> None:
        """Notice `target[index] = value` on a value that is no object of the overlay."""

    def iterate(self, value: Value, site: Site, context: Context) -> Value | None:
        """Give what iterating a value yields each time, where the interpreter could not tell."""
