"""Data that a program saves and loads again under one name: numpy, pickle, joblib, pandas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from pathlib import PurePath

from padlint.dataclass import dataclass
from padlint.keras.data.values import DataRecord, DataValue, FileOf, Handler, record, unpadded
from padlint.python.context import Context
from padlint.python.joins import join, join_all
from padlint.python.values import ABSENT, NONE, Call, Constant, LibraryObject, Unknown, Value, present

MOST_DEPTH = 4
# So many things that are put into one file are kept apart.
MOST_THINGS = 16


# Files that are open --------------------------------------------------------------------------------------------


def file_name(value: Value | None, depth: int = MOST_DEPTH) -> str:
    """Return the last constant part of a path, or of the path that a file was opened with; "" when there is none."""
    match value:
        case Constant(str(text)):
            return text.rsplit("/", 1)[-1]
        case Unknown(operation="+" | "format" | "/", sources=sources) if depth:
            last = next((name for part in reversed(sources) if (name := file_name(part, depth - 1))), "")
            return "" if last.startswith(".") else last  # of a suffix there are many
        case Unknown(operation="call:builtins.open" | "call:gzip.open" | "call:io.open", sources=(path, *_)) if depth:
            return file_name(path, depth - 1)
        case Unknown(operation=operation, sources=sources) if depth and operation.startswith("call:os.path"):
            return next((name for part in reversed(sources) if (name := file_name(part, depth - 1))), "")
        case _:
            return ""


def _opened(value: Value | None) -> Unknown | None:
    """Return a file that is open, None for a path."""
    match value:
        case Unknown(operation=operation) if operation.startswith("call:") and operation.endswith(".open"):
            return value
        case _:
            return None


def _is_added_to(opened: Unknown) -> bool:
    """Say whether a file keeps what it held when it was opened: `open(path, "ab")`."""
    return any(isinstance(mode, Constant) and str(mode.value).startswith("a") for mode in opened.sources[1:])


# What they hold -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Saved(LibraryObject):
    """What a file holds.

    Args:
        things: what was put into it, one after the other.
        opened: the file as it was open then, None where it was written by its path, which holds one thing.
        ordered: whether they are all, and in their order; else each may be any of them.
    """

    things: tuple[Value, ...]
    opened: Unknown | None = None
    ordered: bool = True

    def thing(self, place: int | None) -> Value:
        """Return what is loaded from it at a place, None where that is not known."""
        if not self.ordered or place is None:
            return join_all(self.things)
        return self.things[place] if place < len(self.things) else Unknown("what a file holds no more")

    def followed_by(self, thing: Value, *, ordered: bool) -> Saved:
        """Return what the file holds once another thing was put into it."""
        if not self.ordered or not ordered or len(self.things) == MOST_THINGS:
            return Saved((join_all((*self.things, thing)),), self.opened, ordered=False)
        return replace(self, things=(*self.things, thing))

    def joined(self, other: Value) -> Value | None:
        if not isinstance(other, Saved):
            return None
        opened = self.opened if self.opened is other.opened else None
        if self.ordered and other.ordered and len(self.things) == len(other.things):
            return Saved(tuple(join(*each) for each in zip_longest(self.things, other.things)), opened)
        return Saved((join_all((*self.things, *other.things)),), opened, ordered=False)


def saved(target: Value | None, thing: Value | None, context: Context) -> Value:
    """Remember what is put into a file."""
    kept, name = record(context), _without_suffix(file_name(target))
    if kept is None or not name or thing is None:
        return NONE
    file, opened = FileOf(name, context.entry()), _opened(target)
    before, after = present(kept.files.read(file)), Saved((thing,), opened)
    if isinstance(before, Saved) and opened is not None and (before.opened is opened or _is_added_to(opened)):
        in_order = before.opened is opened and not context.repeats(kept.files)
        after = replace(before.followed_by(thing, ordered=in_order), opened=opened)
    context.heap.write(kept.files, file, after)
    if file in kept.borrowed:
        kept.own_later.add(file)
    return NONE


def _without_suffix(name: str) -> str:
    return name.removesuffix(".npy").removesuffix(".npz")


def loaded(source: Value | None, context: Context) -> Value | None:
    """Return what is loaded from a file, None where nothing is known of it."""
    kept, name = record(context), _without_suffix(file_name(source))
    found = list(_nearest(FileOf(name, context.entry()), kept)) if kept is not None and name else []
    if kept is None or not found:
        return None
    place = _next_place(source, kept, context)
    return context.join(each.thing(place) for each in found)


def _nearest(file: FileOf, kept: DataRecord) -> Iterator[Saved]:
    """Yield what a file may hold: what the program wrote that loads it, else others in its folder, else any others.

    What it writes later it wrote in an earlier run, too.
    """
    known = {
        key: present(value)
        for key, value in kept.files.slots.items()
        if isinstance(key, FileOf) and key.name == file.name
    }
    if known and file not in known:
        if file in kept.own:
            return
        kept.borrowed.add(file)
    folder = PurePath(file.program).parent
    beside = [key for key in known if PurePath(key.program).parent == folder]
    for key in [file] if file in known else sorted(beside or known):
        if isinstance(held := known[key], Saved):
            yield held


def _next_place(source: Value | None, kept: DataRecord, context: Context) -> int | None:
    """Return how many things were loaded from a file before, and count one more; None where that is not known."""
    opened = _opened(source)
    if opened is None:
        return 0
    before = kept.files.read(opened)
    place = None if context.repeats(kept.files) else 0 if before is ABSENT else _number(before)
    after = Unknown("how much of a file was read") if place is None else Constant(place + 1)
    context.heap.write(kept.files, opened, after)
    return place


def _number(value: Value) -> int | None:
    return value.value if isinstance(value, Constant) and isinstance(value.value, int) else None


# Calls ----------------------------------------------------------------------------------------------------------


def _save(call: Call, context: Context) -> Value | None:
    return saved(call.argument(0, "file"), call.argument(1, "arr"), context)


def _save_text(call: Call, context: Context) -> Value | None:
    return saved(call.argument(0, "fname"), call.argument(1, "X"), context)


def _load_text(call: Call, context: Context) -> Value | None:
    found = loaded(call.argument(0, "fname"), context)
    return found if isinstance(found, DataValue) else unpadded("a table read from a file")


def _save_several(call: Call, context: Context) -> Value | None:
    entries = {f"arr_{i}": value for i, value in enumerate(call.arguments[1:])}
    return saved(call.argument(0, "file"), context.new_dict({**entries, **call.keywords}), context)


def _dump(call: Call, context: Context) -> Value | None:
    return saved(call.argument(1, "file") or call.argument(None, "filename"), call.argument(0, "obj"), context)


def _load(call: Call, context: Context) -> Value | None:
    return loaded(call.arguments[0] if call.arguments else None, context)


_PICKLES = (
    "pickle", "cPickle", "dill", "joblib", "six.moves.cPickle", "_pickle", "sklearn.externals.joblib", "hickle",
)  # fmt: skip

FUNCTIONS: Mapping[str, Handler] = {
    "numpy.save": _save,
    "numpy.savez": _save_several,
    "numpy.savez_compressed": _save_several,
    "numpy.load": _load,
    "numpy.savetxt": _save_text,
    "numpy.loadtxt": _load_text,
    "numpy.genfromtxt": _load_text,
    **{f"{module}.dump": _dump for module in _PICKLES},
    **{f"{module}.load": _load for module in _PICKLES},
}
