"""Paths to files: order, exclusions, .gitignore, links, and paths that do not exist."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from padlint.sources.discover import (
    DEFAULT_EXCLUDES,
    DEFAULT_INCLUDES,
    Found,
    MissingPath,
    Pattern,
    Selection,
    discover,
    excluded,
    matches,
)
from padlint.sources.source import Unreadable


class Tree:
    """A folder with files, discovered with one selection for all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, *files: str, text: str = "") -> None:
        for file in files:
            path = self.root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def selection(self, *exclude: str, gitignore: bool = True, force: bool = False) -> Selection:
        return Selection(
            exclude=tuple(Pattern(glob, self.root) for glob in (*DEFAULT_EXCLUDES, *exclude)),
            include=tuple(Pattern(glob, self.root) for glob in DEFAULT_INCLUDES),
            respect_gitignore=gitignore,
            force_exclude=force,
        )

    def discover(self, *paths: str, selection: Selection | None = None) -> Iterator[Found | Unreadable]:
        chosen = selection or self.selection()
        return discover(paths or (".",), lambda _: chosen, self.root)

    def shown(self, *paths: str, selection: Selection | None = None) -> list[str]:
        return [found.path for found in self.discover(*paths, selection=selection)]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "project")


def test_a_folder_is_walked_in_the_order_of_names(tree: Tree):
    tree.write("b.py", "a/z.py", "a/nb.ipynb", "a.py", "notes.txt", "stub.pyi")
    assert tree.shown() == ["a.py", "b.py", "a/nb.ipynb", "a/z.py"]


def test_files_come_one_by_one(tree: Tree):
    tree.write("a.py", "sub/b.py")
    files = tree.discover()
    assert next(files) == Found("a.py", tree.root / "a.py")
    tree.write("sub/aa.py")
    assert [found.path for found in files] == ["sub/aa.py", "sub/b.py"]


def test_a_file_named_twice_is_met_once(tree: Tree):
    tree.write("src/a.py", "src/b.py")
    assert tree.shown("src/b.py", "src", "./src/a.py") == ["src/b.py", "src/a.py"]


def test_a_file_that_is_named_needs_no_suffix(tree: Tree):
    tree.write("train", "build/lib.py")
    assert tree.shown("train") == ["train"]


def test_paths_are_shown_as_they_were_named_or_shorter(tree: Tree, tmp_path: Path):
    tree.write("src/a.py")
    Tree(tmp_path).write("elsewhere/b.py")
    assert tree.shown(f"{tree.root}/src", "../elsewhere", f"{tmp_path}/elsewhere") == ["src/a.py", "../elsewhere/b.py"]
    assert tree.shown(f"{tmp_path}/elsewhere") == [f"{tmp_path}/elsewhere/b.py"]


# Exclusion ------------------------------------------------------------------------------------------------------


def test_environments_and_tools_folders_are_left_out_but_not_build(tree: Tree):
    tree.write(".venv/a.py", "sub/node_modules/a.py", ".ipynb_checkpoints/a.ipynb", "build/a.py", "environment/a.py")
    assert tree.shown() == ["build/a.py", "environment/a.py"]


def test_only_the_path_below_the_root_is_matched(tmp_path: Path):
    tree = Tree(tmp_path / "venv" / "project")
    tree.write("a.py")
    assert tree.shown() == ["a.py"]


def test_globs_are_those_of_gitignore(tree: Tree):
    tree.write("a_test.py", "sub/b_test.py", "gen/a.py", "sub/gen/a.py", "keep/gen/x.py")
    assert tree.shown(selection=tree.selection("*_test.py", "/gen", "!keep/gen")) == ["keep/gen/x.py", "sub/gen/a.py"]


def test_a_folder_that_is_named_is_walked_although_excluded(tree: Tree):
    tree.write(".venv/lib/a.py", ".venv/lib/site-packages/b.py")
    assert tree.shown(".venv/lib") == [".venv/lib/a.py"]


def test_defaults_count_outside_the_configured_folder(tree: Tree, tmp_path: Path):
    Tree(tmp_path).write("elsewhere/.venv/a.py", "elsewhere/b.py")
    tree.write("x.py")
    assert tree.shown("../elsewhere") == ["../elsewhere/b.py"]


def test_a_named_file_is_excluded_only_by_force(tree: Tree):
    tree.write(".venv/a.py", "b.py")
    assert tree.shown(".venv/a.py", "b.py") == [".venv/a.py", "b.py"]
    assert tree.shown(".venv/a.py", "b.py", selection=tree.selection(force=True)) == ["b.py"]


def test_force_counts_for_text_under_a_name(tree: Tree):
    assert excluded(tree.root / "venv/a.py", tree.selection(force=True))
    assert not excluded(tree.root / "venv/a.py", tree.selection())
    assert not excluded(Path("/venv/a.py"), tree.selection(force=True))


def test_a_pattern_matches_a_file_by_any_folder_below_its_root(tree: Tree):
    assert matches(tree.root / "tests/unit/a.py", [Pattern("tests/**", tree.root)])
    assert matches(tree.root / "tests/unit/a.py", [Pattern("unit/", tree.root)])
    assert not matches(tree.root / "a.py", [Pattern("a.py", tree.root), Pattern("!a.py", tree.root)])


def test_a_glob_that_is_none_is_refused():
    with pytest.raises(ValueError, match="Invalid git pattern: '!'"):
        Pattern("!", Path("/"))


# .gitignore -----------------------------------------------------------------------------------------------------


def test_gitignore_files_count_where_they_are(tree: Tree):
    tree.write("a.py", "out/x.py", "sub/a.py", "sub/b.py", "sub/deep/b.py")
    tree.write(".gitignore", text="/out\n*.ipynb\n")
    tree.write("sub/.gitignore", text="b.py\n")
    tree.write("sub/deep/.gitignore", text="!b.py\n")
    assert tree.shown() == ["a.py", "sub/a.py", "sub/deep/b.py"]
    assert tree.shown(selection=tree.selection(gitignore=False)) == [
        "a.py", "out/x.py", "sub/a.py", "sub/b.py", "sub/deep/b.py",
    ]  # fmt: skip


def test_gitignore_files_above_count_up_to_the_repository(tree: Tree, tmp_path: Path):
    tree.write(".git/HEAD", "src/gen/a.py", "src/a.py")
    tree.write(".gitignore", text="gen/\n")
    (tmp_path / ".gitignore").write_text("*.py\n")
    assert tree.shown("src") == ["src/a.py"]


def test_a_folder_that_is_named_is_walked_although_ignored(tree: Tree):
    tree.write(".git/HEAD", "out/a.py")
    tree.write(".gitignore", text="out/\n")
    assert tree.shown("out") == ["out/a.py"]


def test_a_line_that_git_passes_over_is_passed_over(tree: Tree):
    tree.write("a.py", "b.py")
    (tree.root / ".gitignore").write_bytes(b"!\n\xff\na.py\n")
    assert tree.shown() == ["b.py"]


# Links, and what cannot be opened -------------------------------------------------------------------------------


def test_a_linked_folder_is_walked_only_when_named(tree: Tree):
    tree.write("real/a.py")
    (tree.root / "link").symlink_to("real")
    (tree.root / "real/up").symlink_to("..")
    assert tree.shown() == ["real/a.py"]
    assert tree.shown("link") == ["link/a.py"]


def test_a_link_to_nothing_is_passed_over(tree: Tree):
    tree.write("a.py")
    (tree.root / ".#a.py").symlink_to("someone@host.1234")
    assert tree.shown() == ["a.py"]


def test_a_link_to_itself_is_told_in_one_line(tree: Tree):
    tree.write("a.py")
    (tree.root / "loop.py").symlink_to("loop.py")
    looping = Unreadable("loop.py", tree.root / "loop.py", "too many levels of symbolic links", opened=False)
    assert list(tree.discover()) == [Found("a.py", tree.root / "a.py"), looping]
    assert list(tree.discover("loop.py")) == [looping]


def test_a_pipe_is_not_waited_for(tree: Tree):
    tree.root.mkdir()
    os.mkfifo(tree.root / "pipe.py")
    assert tree.shown() == []
    assert [found.why for found in tree.discover("pipe.py") if isinstance(found, Unreadable)] == [
        "neither a file nor a folder; to lint a stream, pipe it into `padlint -`"
    ]


def test_a_folder_that_cannot_be_listed_is_told_and_the_rest_still_found(tree: Tree, monkeypatch: pytest.MonkeyPatch):
    tree.write("a/x.py", "b/y.py")
    scan: Callable[[str], object] = os.scandir

    def refuse(folder: str) -> object:
        if folder.endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr("padlint.sources.discover.os.scandir", refuse)
    assert list(tree.discover()) == [
        Unreadable("a", tree.root / "a", "permission denied", opened=False),
        Found("b/y.py", tree.root / "b/y.py"),
    ]


def test_folders_may_be_nested_deeper_than_calls(tree: Tree):
    tree.write("d/" * 300 + "a.py")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        assert tree.shown() == ["d/" * 300 + "a.py"]
    finally:
        sys.setrecursionlimit(limit)


def test_a_name_that_is_no_text_can_be_shown(tree: Tree):
    tree.root.mkdir()
    Path(os.fsdecode(os.fsencode(tree.root) + b"/\xff.py")).touch()
    assert tree.shown() == ["\ufffd.py"]


# Missing paths --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("src/modle.py", "src/modle.py does not exist, did you mean `src/model.py`?"),
        ("scr/model.py", "scr/model.py does not exist, did you mean `src/model.py`?"),
        ("nothing/like/it", "nothing/like/it does not exist"),
        ("src/model.py/x", "src/model.py/x does not exist"),
        ("", "the empty path does not exist"),
        ("x" * 300, f"{'x' * 300} does not exist"),
    ],
)
def test_a_missing_path_names_the_nearest(tree: Tree, path: str, message: str):
    tree.write("src/model.py")
    with pytest.raises(MissingPath) as caught:
        tree.discover("src", path)
    assert str(caught.value) == message
