"""Which files must be analysed together: those between which padding can travel over an import."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from pathlib import Path

from padlint.sources.exchange import exchange, names
from padlint.sources.folders import Finder
from padlint.sources.imports import Import, imports
from padlint.sources.prefilter import Ingredient, defines_padding, ingredients, promising, reads_sequences, relevant


def units(
    parsed: Mapping[str, bytes],
    others: Mapping[str, bytes],
    finder: Finder,
    libraries: Collection[str],
    *,
    pooling: bool = True,
) -> Iterator[tuple[str, ...]]:
    """Yield groups of files that import each other, directly or through files that are not analysed.

    A group in which nothing can leak is left out.

    Two files that import the same third one belong together when that one names Keras: what it builds, both may feed.
    Of a third one that does not, each takes what it needs, and neither sees the other. A file that loads what another
    saves belongs to it, too; so does, within a package that reads sequences, one that defines what pads: whoever uses
    the package calls both. Within a group, a file is left out with which, and with all that it uses, nothing can leak,
    unless one that is not left out uses it.

    Args:
        parsed: the files that may have to be analysed, with their code.
        others: other files with their code; what is not among them is read where an import leads to it.
        libraries: packages that are never looked for in the project.
        pooling: whether files matter, too, that only pool or flatten.
    """
    importing = _Imports({**others, **parsed}, finder, libraries)
    used: dict[str, set[str]] = {}
    passed: dict[str, set[str]] = {}
    for file in parsed:
        used[file], passed[file] = importing.met(file, parsed)
    held = {file: names(importing.code(file)) for file in set().union(*passed.values()) - parsed.keys()}
    imported = {file: [name for each in passed[file] for name in held.get(each, ())] for file in parsed}
    savers: dict[str, set[str]] = {}
    exchanging = frozenset(_exchanges(parsed, imported))
    for saving, loading in exchanging:
        used[loading].add(saving)
        # Of two that may each save what the other loads, neither is known to come first.
        if (loading, saving) not in exchanging:
            savers.setdefault(loading, set()).add(saving)
    for pads, reads in _packaged(parsed, finder):
        used[reads].add(pads)
    used |= {file: set() for file in set().union(*used.values()) - used.keys()}
    held_by = {file: ingredients(importing.code(file)) for file in used.keys() | set().union(*passed.values())}
    named = {file: reduce(or_, map(held_by.__getitem__, passed.get(file, ())), held_by[file]) for file in used}
    chosen = _with_what_they_use(_promising(named, used, pooling=pooling), used) & parsed.keys()
    for group in _joined(used):
        members = sorted(chosen.intersection(group))
        if members:
            yield tuple(_savers_first(members, savers))


def _promising(named: Mapping[str, Ingredient], used: Mapping[str, Collection[str]], *, pooling: bool) -> Iterator[str]:
    """Yield the files with which, together with all that they use, something can leak."""
    total = dict(named)
    grows = True
    while grows:
        grown = {file: reduce(or_, (total[other] for other in others), total[file]) for file, others in used.items()}
        total, grows = grown, grown != total
    return (file for file, together in total.items() if promising(together, pooling=pooling))


def _with_what_they_use(files: Iterable[str], used: Mapping[str, Collection[str]]) -> set[str]:
    """Return files and what they use, directly or through others."""
    found: set[str] = set()
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += used[file]
    return found


def _savers_first(files: Sequence[str], savers: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """Yield files in their order, but each behind those that save what it loads: they are run one after the other."""
    among, met = set(files), set[str]()
    waiting = [(file, False) for file in reversed(files)]
    while waiting:
        file, behind_savers = waiting.pop()
        if behind_savers:
            yield file
        elif file not in met:
            met.add(file)
            waiting.append((file, True))
            waiting += ((saver, False) for saver in sorted(savers.get(file, ()), reverse=True) if saver in among)


def _joined(used: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Return groups of files of which each uses another or is used by one, in the order of their first files."""
    group = {file: [file] for file in used}
    for file, others in used.items():
        for other in others:
            _unite(group, file, other)
    return list({id(files): files for files in map(group.__getitem__, sorted(used))}.values())


def _exchanges(parsed: Mapping[str, bytes], imported: Mapping[str, Iterable[bytes]]) -> Iterator[tuple[str, str]]:
    """Yield pairs of files of which one may save what the other loads.

    Args:
        imported: of each file the names of data files in modules that it imports.
    """
    exchanges = {file: exchange(data, imported[file]) for file, data in parsed.items()}
    savers: dict[bytes, list[str]] = {}
    for file, each in exchanges.items():
        for name in each.saved:
            savers.setdefault(name, []).append(file)
    for file, each in exchanges.items():
        yield from ((saving, file) for name in each.loaded for saving in savers.get(name, ()) if saving != file)


def _packaged(parsed: Mapping[str, bytes], finder: Finder) -> Iterator[tuple[str, str]]:
    """Yield pairs of files of one package of which one defines what pads, and the other reads sequences."""
    padding = [file for file, data in parsed.items() if defines_padding(data)]
    readers: dict[str, list[str]] = {}
    for file, data in parsed.items() if padding else ():
        if reads_sequences(data):
            readers.setdefault(_package(file, finder), []).append(file)
    readers.pop("", None)
    yield from ((pads, reads) for pads in padding for reads in readers.get(_package(pads, finder), ()))


def _package(file: str, finder: Finder) -> str:
    """Return the folder of the outermost package that a file is in, "" when it is in none."""
    package, folder = "", os.path.dirname(file)
    while finder.inside(folder, "") is not None:
        package, folder = folder, os.path.dirname(folder)
    return package


def _unite(group: dict[str, list[str]], one: str, other: str) -> None:
    small, large = sorted((group[one], group[other]), key=len)
    if small is not large:
        large += small
        group.update(dict.fromkeys(small, large))


class _Imports:
    """Which file imports which, read from the bytes of those that are asked for."""

    def __init__(self, code: dict[str, bytes], finder: Finder, libraries: Collection[str]) -> None:
        self._code = code
        self._finder = finder
        self._libraries = libraries
        self._targets: dict[str, frozenset[str]] = {}

    def met(self, file: str, parsed: Collection[str]) -> tuple[set[str], set[str]]:
        """Return the files that name Keras and that a file imports, and those that do not and lie on the way."""
        found: set[str] = set()
        passed = {file}
        waiting = [file]
        while waiting:
            for target in self._imported(waiting.pop()) - found - passed:
                if target in parsed or relevant(self.code(target)):
                    found.add(target)
                else:
                    passed.add(target)
                    waiting.append(target)
        return found, passed

    def _imported(self, file: str) -> frozenset[str]:
        known = self._targets.get(file)
        if known is None:
            statements = set(imports(self.code(file)))
            known = frozenset(target for each in statements for target in self._resolved(file, each))
            self._targets[file] = known
        return known

    def _resolved(self, file: str, statement: Import) -> Iterator[str]:
        package = statement.dotted.partition(".")[0]
        if package in self._libraries and not statement.level:
            return
        found = self._finder.module(file, statement.dotted, statement.level)
        if found is None:
            # A folder need have no `__init__.py` for what lies in it to be imported.
            dotted = (f"{statement.dotted}.{name}".lstrip(".") for name in statement.names)
            yield from filter(None, (self._finder.module(file, name, statement.level) for name in dotted))
        whole = None if statement.names or statement.level else self._finder.module(file, package)
        for module in filter(None, {found, whole}):
            yield module
            for member in self._finder.members(module):
                # `import a` and then `a.b` leads into a package as `from a import b` does.
                named = member in statement.names or (module == whole and f".{member}".encode() in self.code(file))
                inside = self._finder.inside(os.path.dirname(module), member) if named else None
                if inside is not None:
                    yield inside

    def code(self, file: str) -> bytes:
        """Return the code of a file."""
        if file not in self._code:
            try:
                self._code[file] = Path(file).read_bytes()
            except OSError:
                self._code[file] = b""
        return self._code[file]
