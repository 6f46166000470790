"""What was found once is used again while all that it depends on is the same, and never when it is not."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import padlint
from padlint.analysis import Analysis
from padlint.cache import stamp
from padlint.cache.codec import Malformed, decode, encode
from padlint.cache.store import Store, is_cache
from padlint.case import Case
from padlint.catalogue import Catalogue, Rule
from padlint.config import Configurations
from padlint.coverage import Coverage, Tally
from padlint.digest import digest
from padlint.finding import Confidence, Edit, Finding, Position, Severity, Span
from padlint.outcome import Outcome
from padlint.policy.pragmas import Pragma
from padlint.report import Trouble
from padlint.session import Request, run
from padlint.sources.dependencies import Dependencies
from padlint.sources.folders import Finder, Folders

KERAS = "from keras.layers import LSTM, Layer\n"
CATALOGUE = Catalogue(
    (
        *(
            Rule(code, name, name, None, True, "0.1.0", (), "", "", "", Path())
            for code, name in (("PAD101", "leak"), ("PAD901", "syntax-error"), ("PAD902", "unused-ignore"))
        ),
        Rule("PAD301", "pooled", "pooled", None, False, "0.1.0", (), "", "", "", Path(), pooling=True),
    )
)


class Project:
    """A folder with files that import what their first row says, and which of them each run analysed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cache = root / ".padlint_cache"
        self.analysed: list[str] = []

    def write(self, **texts: str) -> None:
        for name, text in texts.items():
            path = self.root / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, *, cache: bool = True, **settings: object) -> list[str]:
        """Lint, and return which files were analysed for it."""
        self.analysed = []
        values = {key.replace("_", "-"): value for key, value in settings.items()}
        configurations = Configurations(values, working_folder=self.root)
        request = Request((".",), configurations, self.root, use_cache=cache, processes=1)
        self.report = run(request, CATALOGUE, self.analyse)
        return self.analysed

    def analyse(self, unit, _catalogue) -> Analysis:
        """Find a leak in each file that says so, or in which a module that it imports says so."""
        finder = Finder(unit.root, Folders())
        read: dict[str, str] = {}
        findings = []
        for source in unit.sources:
            self.analysed.append(source.path)
            text = source.cells[0].text
            if "crash" in text:
                raise ValueError("no")
            for row in text.splitlines():
                if row.startswith("import "):
                    found = finder.module(str(source.file), row.removeprefix("import "))
                    if found is not None:
                        text += Path(found).read_text()
                        read[found] = digest(Path(found).read_bytes())
            if "leak" in text:
                span = Span(source.path, 0, Position(1, 1), Position(1, 2))
                findings.append(Finding("PAD101", "leak", text, Severity.ERROR, Confidence.CERTAIN, span))
        covered = {source.path: Coverage(kinds=(Tally("sequential", 1, 1),)) for source in unit.sources}
        return Analysis(tuple(findings), covered, {}, Dependencies(read, finder.looks))

    @property
    def leaks(self) -> list[str]:
        return [finding.span.path for finding in self.report.findings]


@pytest.fixture
def project(tmp_path):
    (tmp_path / ".git").mkdir()
    return Project(tmp_path)


# What is analysed again


def test_nothing_is_analysed_twice(project):
    project.write(a=KERAS + "leak", b=KERAS)
    assert project.run() == ["a.py", "b.py"]
    assert project.run() == []
    assert (project.leaks, project.report.coverage.models) == (["a.py"], 2)


def test_a_rule_that_speaks_of_more_files_has_these_analysed(project):
    project.write(a=KERAS, b="from keras.layers import Flatten, Layer\nx = numpy.zeros(3)\n")
    assert project.run() == ["a.py"]
    assert project.run(extend_select=["PAD301"]) == ["b.py"]
    assert project.report.coverage.models == 2
    assert project.run() == []
    assert project.report.coverage.models == 1


def test_comments_silence_what_was_found_before(project):
    silenced = "from keras.layers import LSTM, Layer  # leak  # padlint: ignore[PAD101]\n"
    project.write(a=silenced, b=KERAS + "leak")
    assert project.run() == ["a.py", "b.py"]
    before = (project.leaks, project.report.ignored)
    assert project.run() == []
    assert (project.leaks, project.report.ignored) == before == (["b.py"], 1)


def test_one_file_of_many_costs_itself_alone(project):
    project.write(**{f"m{number}": KERAS for number in range(100)})
    project.run()
    project.write(m42=KERAS + "leak")
    assert (project.run(), project.leaks) == (["m42.py"], ["m42.py"])


def test_a_file_costs_those_that_import_each_other_with_it(project):
    project.write(a=KERAS, b=KERAS + "import a\n", c=KERAS)
    project.run()
    project.write(a=KERAS + "leak")
    assert (project.run(), project.leaks) == (["a.py", "b.py"], ["a.py", "b.py"])


def test_a_module_that_is_not_linted_counts(project):
    project.write(a=KERAS + "import lengths\n", lengths="")
    project.run(exclude=["lengths.py"])
    project.write(lengths="leak")
    assert (project.run(exclude=["lengths.py"]), project.leaks) == (["a.py"], ["a.py"])


def test_a_module_that_was_not_there_counts_when_it_comes_and_when_it_goes(project):
    project.write(a=KERAS + "import lengths\n")
    project.run()
    project.write(lengths="leak")
    assert (project.run(), project.leaks) == (["a.py"], ["a.py"])
    (project.root / "lengths.py").unlink()
    project.run()
    assert project.leaks == []


def test_a_module_that_comes_to_stand_before_another_counts(project):
    project.write(src__a=KERAS + "import lengths\n", lengths="")
    project.run(exclude=["lengths*"])
    project.write(src__lengths="leak")
    assert project.run(exclude=["lengths*"]) == ["src/a.py"]


def test_what_was_found_before_holds_again_when_all_is_as_it_was(project):
    project.write(a=KERAS)
    project.run()
    project.write(a=KERAS + "leak")
    project.run()
    project.write(a=KERAS)
    assert (project.run(), project.leaks) == ([], [])


def test_a_file_of_the_same_size_and_time_is_not_the_same_file(project):
    project.write(a=KERAS + "leak")
    times = (project.root / "a.py").stat()
    project.run()
    project.write(a=KERAS + "mask")
    os.utime(project.root / "a.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert (project.run(), project.leaks) == (["a.py"], [])


@pytest.mark.parametrize("settings", [{"ignore": ["PAD101"]}, {"fail_on": "never"}, {"min_confidence": "possible"}])
def test_policy_costs_no_analysis(project, settings):
    project.write(a=KERAS + "leak")
    project.run()
    assert project.run(**settings) == []


def test_a_setting_that_changes_what_is_found_does(project):
    project.write(a=KERAS)
    project.run()
    assert project.run(keras=2) == ["a.py"]
    assert project.run(keras=3) == ["a.py"]
    assert project.run() == []


def test_what_the_project_declares_counts(project):
    project.write(a=KERAS)
    project.run()
    (project.root / "requirements.txt").write_text("keras==2.3\n")
    assert project.run() == ["a.py"]


def test_another_padlint_does_not_take_what_this_one_found(project, monkeypatch):
    project.write(a=KERAS)
    project.run()
    monkeypatch.setattr(stamp, "of_program", lambda: "another")
    assert project.run() == ["a.py"]


def test_what_crashed_is_tried_again(project):
    project.write(a=KERAS + "crash", b=KERAS)
    project.run()
    assert project.run() == ["a.py"]
    assert len(project.report.troubles) == 1


def test_files_that_cannot_be_opened_are_told_every_time(project):
    project.write(a=KERAS)
    (project.root / "gone.py").symlink_to(project.root / "nowhere")
    project.run(exclude=[])
    first = [trouble.line for trouble in project.report.troubles]
    project.run(exclude=[])
    assert [trouble.line for trouble in project.report.troubles] == first


def test_no_cache_reads_and_writes_nothing(project):
    project.write(a=KERAS)
    project.run(cache=False)
    assert not project.cache.exists()
    project.run()
    assert project.run(cache=False) == ["a.py"]


def test_a_project_without_keras_leaves_no_folder(project):
    project.write(a="import numpy\n")
    project.run()
    assert not project.cache.exists()


# The folder


def test_the_folder_says_what_it_is(project):
    project.write(a=KERAS)
    project.run()
    assert (project.cache / ".gitignore").read_text().splitlines()[-1] == "*"
    assert (project.cache / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55\n")
    assert [entry.name for entry in project.cache.iterdir() if entry.is_dir()] == [padlint.__version__]
    assert is_cache(project.cache)


def test_a_folder_that_holds_something_else_gets_no_marks(project):
    project.write(a=KERAS, mine__b="")
    project.run(cache_dir="mine")
    assert sorted(entry.name for entry in (project.root / "mine").iterdir()) == [padlint.__version__, "b.py"]
    assert project.run(cache_dir="mine") == []


def entries(project: Project) -> list[Path]:
    whole, units = sorted((project.cache / padlint.__version__).iterdir(), key=lambda file: len(file.name))
    return [whole, units]


def written(project: Project) -> list[bytes]:
    return [entry.read_bytes() for entry in entries(project)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:0],
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: data.replace(b"a.py", b"b.py"),
        lambda data: os.urandom(len(data)),
        lambda data: b"[" * 10 * len(data),
        lambda data: data + data,
    ],
    ids=["empty", "half", "one short", "changed", "noise", "deep", "twice"],
)
def test_a_spoilt_entry_is_none(project, spoil):
    project.write(a=KERAS + "leak")
    project.run()
    for entry in entries(project):
        entry.write_bytes(spoil(entry.read_bytes()))
    assert (project.run(), project.leaks) == (["a.py"], ["a.py"])
    assert project.run() == []


@pytest.mark.parametrize("document", [b"null", b"[]", b'["x",{}]', b'["x",{"y":[["a",1,"[]","[]"]]}]', b"{}", b"NaN"])
def test_an_entry_that_is_whole_but_makes_no_sense_is_none(project, document):
    project.write(a=KERAS)
    project.run()
    for entry in entries(project):
        Store(project.cache).write(entry.name, document.replace(b'"x"', f'"{stamp.of_program()}"'.encode()))
    assert project.run() == ["a.py"]


def test_a_folder_in_the_place_of_the_cache_or_of_an_entry_is_no_crash(project):
    project.write(a=KERAS)
    project.cache.write_text("a file")
    assert (project.run(), project.run()) == (["a.py"], ["a.py"])
    project.cache.unlink()
    project.run()
    for entry in entries(project):
        entry.unlink()
        entry.mkdir()
    assert (project.run(), project.run()) == (["a.py"], ["a.py"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
def test_a_folder_that_may_not_be_written_to_is_no_crash(project):
    project.write(a=KERAS)
    project.root.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert (project.run(), project.run()) == (["a.py"], ["a.py"])
    project.root.chmod(stat.S_IRWXU)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_disk_that_takes_nothing_is_no_crash_and_leaves_nothing(project, monkeypatch, code):
    project.write(a=KERAS + "leak")
    project.run()
    before = written(project)
    write = Path.write_bytes

    def fail(path, data):
        write(path, data[: len(data) // 2])
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "write_bytes", fail)
    monkeypatch.setattr(Project, "write", lambda self, **texts: [(self.root / "a.py").write_text(texts["a"])])
    project.write(a=KERAS)
    assert (project.run(), project.leaks) == (["a.py"], [])
    assert written(project) == before


def test_an_interrupt_while_writing_leaves_nothing(project, monkeypatch):
    project.write(a=KERAS)
    project.run()
    before = written(project)

    def interrupt(path, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    project.write(b=KERAS)
    with pytest.raises(KeyboardInterrupt):
        project.run()
    assert written(project) == before


def test_a_project_that_is_lost_is_put_together_again_from_its_files(project):
    project.write(a=KERAS, b=KERAS + "leak")
    project.run()
    whole, _ = entries(project)
    whole.unlink()
    assert (project.run(), project.leaks) == ([], ["b.py"])


def test_files_are_not_looked_up_where_the_project_is_as_it_was(project):
    project.write(a=KERAS + "leak")
    project.run()
    _, units = entries(project)
    units.unlink()
    assert (project.run(), project.leaks) == ([], ["a.py"])


def test_two_runs_at_a_time_keep_what_both_found(project, tmp_path):
    project.write(a=KERAS)
    other = Project(tmp_path)
    analyse = project.analyse

    def meanwhile(unit, catalogue):
        if not other.analysed:
            other.run(extend_exclude=["a.py"])
        return analyse(unit, catalogue)

    project.write(b=KERAS)
    project.analyse = meanwhile
    project.run(extend_exclude=["b.py"])
    project.analyse = analyse
    assert (other.analysed, project.run()) == (["b.py"], [])


def test_what_was_of_no_use_for_long_is_left_out(project, monkeypatch):
    project.write(a=KERAS)
    project.run()
    project.write(b=KERAS)
    monkeypatch.setattr("padlint.cache.shelf.time.time", lambda: 10_000_000_000)
    (project.root / "a.py").unlink()
    project.run()
    assert not [entry for entry in written(project) if b"a.py" in entry]


# The codec

WORDS = st.text(max_size=5)
POSITIONS = st.builds(Position, st.integers(), st.integers())
SPANS = st.builds(Span, WORDS, st.integers(), POSITIONS, POSITIONS)
OUTCOMES = st.builds(
    Outcome,
    findings=st.lists(st.from_type(Finding), max_size=2).map(tuple),
    comments=st.lists(st.from_type(Pragma), max_size=2).map(tuple),
    troubles=st.lists(st.builds(Trouble, WORDS, WORDS), max_size=2).map(tuple),
    coverage=st.dictionaries(WORDS, st.from_type(Coverage), max_size=2),
    imports=st.dictionaries(WORDS, st.frozensets(WORDS, max_size=2), max_size=2),
    cases=st.lists(st.from_type(Case), max_size=2).map(tuple),
)


@given(OUTCOMES)
def test_an_outcome_comes_back_as_it_was(outcome):
    assert decode(Outcome, encode(outcome)) == outcome


CELLS = st.recursive(st.none() | st.booleans() | st.integers() | WORDS, lambda inner: st.lists(inner, max_size=5))


@given(CELLS | st.tuples(st.lists(WORDS, max_size=2), CELLS).map(list))
def test_anything_else_is_malformed(value):
    with pytest.raises(Malformed):
        decode(Outcome, value)


def test_a_text_that_is_not_there_is_malformed():
    texts, cells = encode(Trouble("line", "detail"))
    with pytest.raises(Malformed):
        decode(Trouble, [texts[:1], cells])


def test_each_text_is_written_once():
    place = Span("model.py", 0, Position(1, 1), Position(1, 5))
    assert encode(Edit(place, "model.py")) == [["model.py"], [0, 0, 1, 1, 1, 5, 0]]


def test_each_value_of_a_mapping_is_written_once():
    read = Coverage(1, (Tally("functional", 2, 2),))
    texts, cells = encode(Outcome(coverage={"a.py": read, "b.py": read, "c.py": Coverage(1)}))
    assert texts == ["functional", "a.py", "b.py", "c.py"]
    assert [[1, 2, 3], [0, 0, 1], [[1, [[0, 2, 2]], []], [1, [], []]]] in cells


@pytest.mark.parametrize("places", [[0], [0, 1], [0, True], [0, None]])
def test_a_mapping_of_what_is_not_there_is_malformed(places):
    texts, cells = encode(Outcome(imports={"a.py": frozenset(), "b.py": frozenset()}))
    imports = [[0, 1], [0, 0], [[]]]
    damaged = [[imports[0], places, imports[2]] if cell == imports else cell for cell in cells]
    assert damaged != cells
    with pytest.raises(Malformed):
        decode(Outcome, [texts, damaged])
