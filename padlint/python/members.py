"""What a class of the project says of itself: the fields of its instances, the members of an enumeration.

Both are kept where Python keeps them, in slots of the class.
"""

from __future__ import annotations

from padlint.python.values import ClassValue, Constant, LibraryName, TupleValue, Value

FIELDS = "__dataclass_fields__"
MEMBERS = "_member_names_"
MAKER = "__new__"
NAMED_TUPLE = LibraryName("typing.NamedTuple")


def fields(cls: ClassValue) -> list[str]:
    """Return the names of a class's fields; none for a class that is no dataclass or named tuple."""
    return _names(cls, FIELDS)


def members(cls: ClassValue) -> dict[str, Value]:
    """Return the members of an enumeration; none for any other class."""
    names = _names(cls, MEMBERS)
    return {
        name: known.scope.store.slots[name]
        for known in cls.lineage()
        for name in names
        if name in known.scope.store.slots
    }


def _names(cls: ClassValue, slot: str) -> list[str]:
    for known in cls.lineage():
        found = known.scope.store.slots.get(slot)
        if isinstance(found, TupleValue):
            return [item.value for item in found.items if isinstance(item, Constant) and isinstance(item.value, str)]
    return []
