"""What projects come to: as it was where nothing has changed, and analysed unit by unit where something has."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import NamedTuple, TypeAlias

from padlint.cache import stamp
from padlint.cache.shelf import Shelf
from padlint.cache.store import Store
from padlint.catalogue import Catalogue
from padlint.config import Settings
from padlint.dataclass import dataclass
from padlint.digest import digest
from padlint.finding import Confidence, Finding, Position, Severity, Span
from padlint.keras.names import LIBRARIES
from padlint.keras.versions import declared_version, implied_by
from padlint.outcome import Outcome
from padlint.policy.pragmas import Pragma, pragmas
from padlint.report import Trouble
from padlint.request import Request
from padlint.sources.dependencies import Dependencies, World
from padlint.sources.discover import Found
from padlint.sources.folders import Finder
from padlint.sources.imports import imports
from padlint.sources.projects import Contents, Project, Rest, contents, has_its_say, parsed
from padlint.sources.source import Source, Unreadable, read
from padlint.sources.units import units
from padlint.unit import Unit
from padlint.verdicts import Analyse, Verdict, crash, verdicts

SYNTAX_ERROR = "syntax-error"

# Bytes of code that are parsed each time when somebody stops to type.
_MOST_BESIDE_A_BUFFER = 100_000
# Bytes of code that a hook parses along with files that are smaller: some seconds, when nothing is in the cache.
_MOST_READ_ALONG = 100_000

Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a whole project came to, the version of Keras that its imports speak for, and whether it was read whole."""

    outcome: Outcome
    implied: int | None
    whole: bool


class _Key(NamedTuple):
    """What a piece of work is about, and what that holds."""

    place: str
    content: str


@dataclass(frozen=True, slots=True)
class _Shelves:
    """What is kept of a project: what it came to as a whole, and its units, for when that no longer holds."""

    whole: Shelf
    units: Shelf


@dataclass(slots=True)
class _Draft:
    """A project's outcome while parts of it are missing.

    Args:
        own: what was found without an analysis.
        parts: what the units came to, None for those that are still to be analysed.
        looks: what was looked for to tell the units apart.
        whole: whether all was read along that belongs to the files to lint.
    """

    project: Project
    shelves: _Shelves
    key: _Key
    own: Outcome
    implied: int | None = None
    units: tuple[Unit, ...] = ()
    keys: tuple[_Key, ...] = ()
    parts: list[Verdict | None] = field(default_factory=list)
    looks: Dependencies = field(default_factory=Dependencies)
    whole: bool = True

    def fill(self, number: int, verdict: Verdict) -> None:
        """Take what a unit came to, and keep it unless something went wrong."""
        self.parts[number] = verdict
        if not verdict.outcome.troubles:
            self.shelves.units.keep(*self.keys[number], verdict, verdict.dependencies)

    def outcome(self) -> Outcome:
        """Return what the project came to, and keep it unless something went wrong."""
        found = [part for part in self.parts if part is not None]
        whole = Outcome.sum((self.own, *(part.outcome for part in found)))
        if self.units and not whole.troubles:
            dependencies = Dependencies.union((self.looks, *(part.dependencies for part in found)))
            self.shelves.whole.keep(*self.key, _Kept(whole, self.implied, self.whole), dependencies)
        return whole


def grouped(
    code: Mapping[Path, bytes], held: Contents, finder: Finder, *, pooling: bool = True
) -> list[tuple[Path, ...]]:
    """Return which files of a project to analyse, those together between which padding can travel.

    Args:
        pooling: whether files matter, too, that only pool or flatten.
    """
    parsed_code = {str(file): text for file, text in code.items()}
    others = {str(file): text for file, text in held.code.items() if file not in code}
    return [tuple(map(Path, group)) for group in units(parsed_code, others, finder, LIBRARIES, pooling=pooling)]


class Outcomes:
    """Lints projects; what a run has come to once is not worked out again, unless something has changed.

    Args:
        analyse: reads the files of a unit and returns what it found.
        pooling: whether files matter, too, that only pool or flatten.

    Attributes:
        cut: the roots of projects of which not all was read that belongs to the files to lint.
        texts: what files hold in which something was found, where that is known.
    """

    def __init__(self, request: Request, catalogue: Catalogue, analyse: Analyse, *, pooling: bool = True) -> None:
        self._request = request
        self._catalogue = catalogue
        self._analyse = analyse
        self._pooling = pooling
        self._world = World()
        self._shelves: dict[Path, _Shelves] = {}
        self._implied: dict[Path, int | None] = {}
        self.cut: tuple[Path, ...] = ()
        self.texts: dict[Path, bytes] = {}
        self._mentioned: dict[tuple[str, str], bool] = {}

    def of(self, projects: Sequence[Project], given: Mapping[Path, bytes], progress: Progress) -> list[Outcome]:
        """Return what each project comes to.

        Args:
            given: what files hold that are not to be read: standard input, or text that was edited.
        """
        asked = {each.file for project in projects for each in project.files}
        progress(0, len(asked))
        drafts = [self._draft(project, given) for project in projects]
        cut = (draft.project.root for draft in drafts if not draft.whole)
        self.cut = tuple(dict.fromkeys((*self.cut, *cut)))
        missing = [(draft, number) for draft in drafts for number, part in enumerate(draft.parts) if part is None]
        todo = [draft.units[number] for draft, number in missing]
        done = len(asked) - sum(_asked_of(unit, asked) for unit in todo)
        progress(done, len(asked))
        for place, verdict in verdicts(todo, self._analyse, self._catalogue, self._request.processes):
            draft, number = missing[place]
            draft.fill(number, verdict)
            done += _asked_of(todo[place], asked)
            progress(done, len(asked))
        outcomes = [draft.outcome() for draft in drafts]
        for shelves in self._shelves.values():
            shelves.units.save()
            shelves.whole.save()
        return outcomes

    @property
    def unmet(self) -> tuple[str, ...]:
        """What configurations say of layers that no code mentions, where all code was looked at."""
        return tuple(f'{origin}: `layers."{name}"`' for (origin, name), is_met in self._mentioned.items() if not is_met)

    def _look_for_declared(self, project: Project, settings: Settings, held: Contents) -> None:
        if project.rest is not Rest.NOWHERE:
            return
        origin = settings.origins.get("layers", "configuration")
        for name in settings.layers:
            word = name.rpartition(".")[2].encode()
            is_met = any(word in code for code in held.code.values())
            self._mentioned[origin, name] = is_met or self._mentioned.get((origin, name), False)

    def are_of(self, file: Path, data: bytes) -> bool:
        """Say whether what was linted of a file is what these bytes say."""
        return self._world.digest(str(file)) == digest(data)

    # One project ------------------------------------------------------------------------------------------------

    def _draft(self, project: Project, given: Mapping[Path, bytes]) -> _Draft:
        """Return what is known of a project before anything is analysed."""
        settings = self._request.configurations.of(project.root)
        if settings.layers:
            from padlint.keras.declared import check_declared  # few say anything of layers, and the table takes time

            check_declared(settings)
        held = contents(project, given)
        self._look_for_declared(project, settings, held)
        self._world.know({str(file): name for file, name in held.digests.items() if file not in given})
        shelves = self._shelves_of(project.root, settings)
        keras = settings.keras or declared_version(project.root)
        about = self._about(project.root, settings, keras)
        key = _Key(
            digest(b"project", about, b"pooling" * self._pooling, _names(project.files), _names(project.beside)),
            digest(*_digests(project.every, held)),
        )
        kept = None if held.closed else shelves.whole.find(*key, _Kept)
        if kept is not None:
            self._implied.setdefault(project.root, kept.implied)
            found = {each.span.path for each in kept.outcome.findings}
            self.texts |= {
                each.file: held.data[each.file]
                for each in project.every
                if each.path in found and each.file in held.data
            }
            return _Draft(project, shelves, key, kept.outcome, whole=kept.whole)
        try:
            return self._opened(_Draft(project, shelves, key, Outcome()), held, settings, keras)
        except Exception as error:  # noqa: BLE001 - what goes wrong in one project must not lose the others
            return _Draft(project, shelves, key, Outcome(troubles=(crash(f"{project.root}: padlint failed", error),)))

    def _opened(self, draft: _Draft, held: Contents, settings: Settings, keras: int | None) -> _Draft:
        """Read a project's files, and find of its units what is known."""
        root = draft.project.root
        asked = {each.file for each in draft.project.files}
        code = parsed(held)
        finder = Finder(root, self._world.folders)
        every = [group for group in grouped(code, held, finder, pooling=self._pooling) if not asked.isdisjoint(group)]
        groups = [self._bounded(group, asked, code) for group in every]
        draft.whole = groups == every
        draft.own, sources = self._read(draft.project, held, frozenset(file for group in groups for file in group))
        if keras is None and root not in self._implied:
            self._implied[root] = implied_by(each for text in code.values() for each in imports(text))
        draft.implied = self._implied.get(root)
        readable = (tuple(sources[file] for file in group if file in sources) for group in groups)
        draft.units = tuple(
            Unit(group, root, settings, keras, draft.implied, self._request.confirm) for group in readable if group
        )
        draft.looks = Dependencies(looks=finder.looks)
        draft.keys = tuple(self._key(unit, held) for unit in draft.units)
        draft.parts = [draft.shelves.units.find(*key, Verdict) for key in draft.keys]
        return draft

    def _bounded(
        self, group: tuple[Path, ...], asked: Collection[Path], code: Mapping[Path, bytes]
    ) -> tuple[Path, ...]:
        """Leave out what is only read along where that would take far longer than what is to be linted."""
        named = tuple(file for file in group if file in asked)
        own, whole = (sum(len(code[file]) for file in files) for files in (named, group))
        most = own + max(own, _MOST_READ_ALONG) if self._request.buffer is None else _MOST_BESIDE_A_BUFFER
        return group if whole <= most else named

    def _read(self, project: Project, held: Contents, chosen: Collection[Path]) -> tuple[Outcome, dict[Path, Source]]:
        """Return what shows without an analysis, and the sources of the files that were chosen for one."""
        readable: dict[Path, Source] = {}
        unreadable = list(held.closed)
        comments: list[Pragma] = []
        failed: list[Trouble] = []
        asked = set(project.files)
        for each in project.every:
            if each.file not in chosen and not (each in asked and has_its_say(each.file, held)):
                continue
            try:
                found = read(each.path, each.file, held.data.get(each.file))
                if isinstance(found, Source):
                    comments.extend(pragmas(found))
                    readable[each.file] = found
                else:
                    unreadable.append(found)
            except Exception as error:  # noqa: BLE001 - what goes wrong with one file must not lose the others
                failed.append(crash(f"{each.path}: padlint failed on this file", error))
        own = Outcome(
            findings=tuple(_syntax_error(each, self._catalogue) for each in unreadable if each.opened),
            comments=tuple(comments),
            troubles=(*(trouble_of(each) for each in unreadable if not each.opened), *failed),
        )
        return own, readable

    # What is kept -----------------------------------------------------------------------------------------------

    def _shelves_of(self, root: Path, settings: Settings) -> _Shelves:
        if root not in self._shelves:
            store = Store(settings.cache_dir if self._request.use_cache else None)
            name, program = digest(os.fsencode(root)), stamp.of_program()
            self._shelves[root] = _Shelves(
                whole=Shelf(store, name, program, self._world),
                units=Shelf(store, f"{name}-units", program, self._world),
            )
        return self._shelves[root]

    def _about(self, root: Path, settings: Settings, keras: int | None) -> bytes:
        """Return all that the analysis of any file of a project depends on."""
        known = (stamp.of_rules(self._catalogue), stamp.of_settings(settings), root, keras, self._implied.get(root))
        parts = (*known, "measured") if self._request.confirm else known
        return "\n".join(map(str, parts)).encode("utf-8", "surrogateescape")

    def _key(self, unit: Unit, held: Contents) -> _Key:
        about = self._about(unit.root, unit.settings, unit.keras)
        place = digest(b"unit", about, _names(unit.sources))
        return _Key(place, digest(*_digests(unit.sources, held)))


def _asked_of(unit: Unit, asked: Collection[Path]) -> int:
    """Return how many files of a unit are to be linted."""
    return sum(source.file in asked for source in unit.sources)


def _names(files: Iterable[Found | Source]) -> bytes:
    return "\n".join(f"{each.path}\0{each.file}" for each in files).encode("utf-8", "surrogateescape")


def _digests(files: Iterable[Found | Source], held: Contents) -> Iterator[bytes]:
    return (held.digests.get(each.file, "").encode() for each in files)


def trouble_of(closed: Unreadable) -> Trouble:
    """Say of a file that it cannot be opened."""
    return Trouble(f"{closed.path}: {closed.why}")


def _syntax_error(broken: Unreadable, catalogue: Catalogue) -> Finding:
    rule = catalogue.find(SYNTAX_ERROR)
    message, advice = rule.worded(reason=broken.why)
    start = Position(broken.row, broken.column)
    return Finding(
        rule.code,
        rule.name,
        message,
        rule.severity or Severity.ERROR,
        Confidence.CERTAIN,
        Span(broken.path, 0, start, start),
        help=advice,
    )
