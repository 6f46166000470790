"""The abstract values that a program's expressions evaluate to.

Unknown is a value like any other, with a reason. Libraries are not imported: a name from outside the project is a
`LibraryName`, and what an overlay makes of calling it is a `LibraryObject`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from types import EllipsisType
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from padlint.dataclass import dataclass
from padlint.finding import Span

if TYPE_CHECKING:
    from padlint.python.context import Context
    from padlint.python.heap import Store
    from padlint.python.parse import Unit
    from padlint.python.scope import Scope

MOST_ALTERNATIVES = 8
MOST_ANCESTORS = 64

Literal: TypeAlias = bool | int | float | complex | str | bytes | EllipsisType | None


class Value:
    """Anything that an expression can evaluate to."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A place in the program: a node of one parsed file or cell."""

    unit: Unit
    node: cst.CSTNode

    @property
    def span(self) -> Span:
        """Where it is; positions are computed for a unit when the first is asked for."""
        return self.unit.span(self.node)


# Plain values ---------------------------------------------------------------------------------------------------


class Absent(Value):
    """A variable, attribute or item that one branch did not set."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class Constant(Value):
    """A literal, or what could be computed from literals."""

    value: Literal

    def __repr__(self) -> str:
        return repr(self.value)


NONE = Constant(None)
TRUE = Constant(value=True)


@dataclass(frozen=True, slots=True, eq=False)
class Unknown(Value):
    """What could not be resolved, and why.

    Args:
        why: for the user ("parameter `units` of `build`").
        operation: what would have made it: an operator ("-"), "len", "call", "method:split", or "".
        sources: the values it would have been made from, so that data can be followed through it at a price.
        text: the source text of a short expression (`MAX_LEN`), for messages and association.
        count: of a sequence that could not be read, the number of its items where that is known.
    """

    why: str
    operation: str = ""
    sources: tuple[Value, ...] = ()
    text: str = ""
    count: int | None = None

    def __repr__(self) -> str:
        return f"Unknown({self.why})"


@dataclass(frozen=True, slots=True, eq=False)
class Choice(Value):
    """One of several values, by the branch that the program takes; flat, without duplicates, 2 to 8 of them."""

    alternatives: tuple[Value, ...]

    def __repr__(self) -> str:
        return " | ".join(map(repr, self.alternatives))


@dataclass(frozen=True, slots=True, eq=False)
class Junction(Choice):
    """What `and` or `or` gives, which is one of its operands; as a test it tells of all of them.

    Args:
        operator: "and" or "or".
        operands: what it joins, of which each is a test of its own.
    """

    operator: str
    operands: tuple[Value, ...]


# Containers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Items(Value):
    """The contents of a list: known items, then, where `rest` is given, an unknown number of such values.

    An item may be a `Choice` with `ABSENT`: one that only some branch appended. `count` is the number that `rest`
    stands for, as the program gives it (the `n` of `range(n)`), None when it does not.
    """

    known: tuple[Value, ...]
    rest: Value | None = None
    count: Value | None = None

    def everything(self) -> tuple[Value, ...]:
        """Return the known items and what stands for the others."""
        return self.known if self.rest is None else (*self.known, self.rest)


@dataclass(frozen=True, slots=True, eq=False)
class ListValue(Value):
    """A list, set, generator or other mutable sequence; its `Items` are in the store under `"items"`.

    `tested` are the contents of which a test of their number says more, and what they are known to be then: it says so
    of this list until something else is in the store.
    """

    store: Store
    kind: str = "list"
    tested: tuple[Items, Items] | None = None

    @property
    def items(self) -> Items:
        """Its present contents."""
        found = self.store.read("items")
        if self.tested is not None and found is self.tested[0]:
            return self.tested[1]
        return found if isinstance(found, Items) else Items((), found)


@dataclass(frozen=True, slots=True, eq=False)
class TupleValue(Value):
    """A tuple; `fields` names the items of a named tuple."""

    items: tuple[Value, ...]
    rest: Value | None = None
    fields: tuple[str, ...] = ()


class Rest:
    """The key under which a dict keeps what was stored with keys that could not be read."""

    def __repr__(self) -> str:
        return "REST"


REST = Rest()


@dataclass(frozen=True, slots=True, eq=False)
class DictValue(Value):
    """A dict: constant keys are slots of the store, all others share the slot `REST`.

    `factory` makes the value of a key that is not there (`collections.defaultdict`).
    """

    store: Store
    factory: Value | None = None

    def is_complete(self) -> bool:
        """Say whether all keys are known."""
        return REST not in self.store.slots

    def entries(self) -> Iterator[tuple[Value, Value]]:
        """Yield the known keys, as constants, and their values."""
        for key, value in self.store.slots.items():
            if not isinstance(key, Rest):
                yield Constant(key), value  # type: ignore[arg-type]  # only literals are written as keys


@dataclass(frozen=True, slots=True, eq=False)
class SliceValue(Value):
    """`lower:upper:step` inside a subscript; `NONE` where left out."""

    lower: Value
    upper: Value
    step: Value


# Code -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class FunctionValue(Value):
    """A function or lambda of the project, with its closure.

    `kind` is "function", "static", "class" or "property", by its decorators. `owner` is the class it was defined in.
    """

    name: str
    node: cst.FunctionDef | cst.Lambda
    unit: Unit
    scope: Scope
    defaults: Mapping[str, Value]
    kind: str = "function"
    owner: ClassValue | None = None

    def __repr__(self) -> str:
        return f"function {self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class ClassValue(Value):
    """A class of the project; `bases` may name classes of libraries."""

    name: str
    bases: tuple[Value, ...]
    scope: Scope
    site: Site
    _lineage: tuple[ClassValue, ...] = field(init=False, repr=False)
    _library_bases: tuple[LibraryName, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        parents = [option for base in self.bases for option in alternatives(base)]
        lineage = (self, *_merged_lineages([parent for parent in parents if isinstance(parent, ClassValue)]))
        nearest = [option for known in lineage for base in known.bases for option in alternatives(base)]
        # The bases are known once and for all, and every attribute that is read asks for them.
        object.__setattr__(self, "_lineage", lineage)
        object.__setattr__(self, "_library_bases", tuple(base for base in nearest if isinstance(base, LibraryName)))

    def lineage(self) -> tuple[ClassValue, ...]:
        """Return the class and its bases in the project, in the order in which Python looks attributes up."""
        return self._lineage

    def library_bases(self) -> tuple[LibraryName, ...]:
        """Return the classes of libraries that it inherits from, nearest first."""
        return self._library_bases

    def __repr__(self) -> str:
        return f"class {self.name}"


def _merged_lineages(parents: list[ClassValue]) -> list[ClassValue]:
    """Return the bases of a class in lookup order: what several of them share comes after all that inherit from it."""
    merged: list[ClassValue] = []
    for parent in reversed(parents):
        own = [known for known in parent.lineage() if known not in merged]
        merged = [*own, *merged]
    return merged[:MOST_ANCESTORS]


@dataclass(frozen=True, slots=True, eq=False)
class Instance(Value):
    """An object of a project class; its attributes are the slots of the store."""

    cls: ClassValue
    attributes: Store
    site: Site

    def __repr__(self) -> str:
        return f"{self.cls.name} instance"


@dataclass(frozen=True, slots=True, eq=False)
class BoundMethod(Value):
    """A function of the project looked up on an instance or class."""

    function: FunctionValue
    receiver: Value


@dataclass(frozen=True, slots=True, eq=False)
class SuperValue(Value):
    """`super()`: lookup on `receiver` starts after `after`."""

    receiver: Value
    after: ClassValue


@dataclass(frozen=True, slots=True, eq=False)
class PartialValue(Value):
    """`functools.partial(function, ...)`; `open_ended` as in a `Call`."""

    function: Value
    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]
    open_ended: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ModuleValue(Value):
    """A module of the project; its globals are in the scope."""

    name: str
    scope: Scope

    def __repr__(self) -> str:
        return f"module {self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class ImportedName(Value):
    """What `from module import name` binds, until it is read: only then is the module evaluated."""

    module: ModuleValue
    name: str


@dataclass(frozen=True, slots=True)
class LibraryName(Value):
    """A dotted name of something outside the project: `tensorflow.keras.layers.LSTM`, `len` (as `builtins.len`)."""

    dotted: str

    def __repr__(self) -> str:
        return self.dotted


@dataclass(frozen=True, slots=True, eq=False)
class Method(Value):
    """A method that no project class defines, looked up on a value: `texts.split`, `unknown.fit`, `super().build`.

    `base` is the library class it was inherited from, where the receiver is an instance of a project class.
    """

    receiver: Value
    name: str
    base: LibraryName | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call: callee's arguments after unpacking, and where it is.

    `open_ended` says that `*args` or `**kwargs` of unknown content were passed as well; `extra` is what each of these
    `*args` is, however many there are.
    """

    arguments: tuple[Value, ...]
    keywords: Mapping[str, Value]
    site: Site
    open_ended: bool = False
    extra: Value | None = None

    def argument(self, position: int | None, name: str) -> Value | None:
        """Return the argument given by position (0-based) or name, None when it was not given."""
        if name in self.keywords:
            return self.keywords[name]
        if position is not None and position < len(self.arguments):
            return self.arguments[position]
        return None

    def everything(self) -> tuple[Value, ...]:
        """Return all argument values."""
        return (*self.arguments, *self.keywords.values())


class LibraryObject(Value):
    """A value that an overlay made. Each method answers None for what it does not understand.

    The evaluator then makes an `Unknown` that remembers the object among its sources.
    """

    __slots__ = ()

    @property
    def outranks(self) -> bool:
        """Whether it is asked what an operator gives before what stands on the other side, as a tensor is."""
        return False

    def is_none(self) -> bool:
        """Say whether it is None when the program runs."""
        return False

    def truth(self) -> bool | None:
        """Say whether a condition that is the object holds, None when that is not known."""
        return False if self.is_none() else None

    def attribute(self, name: str, site: Site, context: Context) -> Value | None:
        """Read an attribute that is not a method call."""
        return None

    def set_attribute(self, name: str, value: Value, site: Site, context: Context) -> bool:
        """Set an attribute; say whether it was understood."""
        return False

    def method(self, name: str, call: Call, context: Context) -> Value | None:
        """Call a method."""
        return None

    def call(self, call: Call, context: Context) -> Value | None:
        """Call the object itself."""
        return None

    def subscript(self, index: Value, site: Site, context: Context) -> Value | None:
        """Read `self[index]`."""
        return None

    def set_subscript(self, index: Value, value: Value, site: Site, context: Context) -> bool:
        """Write `self[index] = value`; say whether it was understood."""
        return False

    def rewritten(self, index: Value, value: Value) -> Value:
        """Return what a variable that holds this object holds after `self[index] = value`: most note writes."""
        return self

    def operate(self, operator: str, operands: tuple[Value, ...], site: Site, context: Context) -> Value | None:
        """Apply an operator ("+", "!=", "unary -") to operands in order, of which self is one."""
        return None

    def calculate(self, function: str, call: Call, context: Context) -> Value | None:
        """Call one of Python's functions of numbers (`int(self)`, `min(self, 9)`)."""
        return None

    def iterate(self, site: Site, context: Context) -> Items | None:
        """Give what a `for` over the object yields."""
        return None

    def same(self, other: Value) -> bool:
        """Say whether a join may keep just one of the two."""
        return self is other

    def joined(self, other: Value) -> Value | None:
        """Join with another value into one, or None to keep both as a choice."""
        return None

    def pooled(self, others: Sequence[Value]) -> Value | None:
        """Join with more values than a choice keeps apart into one, or None when there is none for all of them."""
        return None


def may_be_absent(value: Value) -> bool:
    """Say whether a value is one that only some branch put there."""
    return isinstance(value, Choice) and ABSENT in value.alternatives


def present(value: Value) -> Value:
    """Return the value without the possibility that it is absent."""
    if isinstance(value, Choice) and ABSENT in value.alternatives:
        options = alternatives(value)
        return Choice(options) if len(options) > 1 else options[0]
    return value


def with_items(choice: Choice) -> tuple[Value, ...]:
    """Return the alternatives of what a program takes an item of: it does not get there with None."""
    options = alternatives(choice)
    return tuple(option for option in options if option != NONE) or options


def alternatives(value: Value) -> tuple[Value, ...]:
    """Return the value's alternatives, itself alone when it is not a choice; never `ABSENT`."""
    if isinstance(value, Choice):
        return tuple(option for option in value.alternatives if option is not ABSENT)
    return () if value is ABSENT else (value,)
