"""Objects whose attributes are data: `argparse.Namespace`, `types.SimpleNamespace` and dicts read with a dot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from padlint.dataclass import dataclass
from padlint.python.context import Context
from padlint.python.heap import Store
from padlint.python.values import (
    ABSENT,
    Call,
    Constant,
    DictValue,
    LibraryObject,
    Method,
    Site,
    Unknown,
    Value,
    present,
)

if TYPE_CHECKING:
    from padlint.python.interpreter import Interpreter


@dataclass(frozen=True, slots=True, eq=False)
class Record(LibraryObject):
    """An object with the entries of a dict as its attributes.

    Args:
        entries: the store of the attributes.
        what: how to name an attribute that is not known ("the command-line argument").
    """

    entries: Store
    what: str = "the attribute"

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        """Read an entry."""
        found = self.entries.read(name)
        if found is not ABSENT:
            return present(found)
        if name == "__dict__":
            return DictValue(self.entries)
        return None if name in _METHODS else Unknown(f"{self.what} `{name}`", "parameter", text=name)

    def set_attribute(self, name: str, value: Value, site: Site, context: Context) -> bool:
        """Write an entry."""
        context.heap.write(self.entries, name, value)
        return True

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        """Call a method that a dict has."""
        return context.call(Method(DictValue(self.entries), name), call)

    def subscript(self, index: Value, site: Site, context: Context) -> Value | None:
        """Read an entry by its key."""
        return context.subscript(DictValue(self.entries), index, site)

    def set_subscript(self, index: Value, value: Value, site: Site, context: Context) -> bool:
        """Write an entry by its key, where that is known."""
        if isinstance(index, Constant) and isinstance(index.value, str):
            context.heap.write(self.entries, index.value, value)
            return True
        return False


def record_of(run: Interpreter, given: Call) -> Value:
    """Make a record of keyword arguments and dicts, dicts inside them included."""
    entries = Store()
    for argument in given.arguments:
        if isinstance(argument, DictValue):
            entries.slots.update(argument.store.slots)
    entries.slots.update(given.keywords)
    for key, value in entries.slots.items():
        entries.slots[key] = Record(value.store) if isinstance(value, DictValue) else value
    return Record(entries)


FUNCTIONS = dict.fromkeys(
    (
        "argparse.Namespace",
        "types.SimpleNamespace",
        "easydict.EasyDict",
        "munch.Munch",
        "addict.Dict",
        "attrdict.AttrDict",
        "ml_collections.ConfigDict",
    ),
    record_of,
)
_METHODS = frozenset({"get", "items", "keys", "values", "update", "pop", "setdefault", "copy"})
