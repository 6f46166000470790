"""Where settings come from, what they may be, and what is said of those that may not."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from padlint.config import ConfigError, Configurations, FailOn, Settings, effective, inline, load, schema
from padlint.config.settings import OPTIONS
from padlint.declared import Declared, DeclaredMask
from padlint.finding import Confidence, Severity
from padlint.sources.discover import Pattern


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text)
    return file


def read(tmp_path: Path, text: str) -> Settings:
    return load(write(tmp_path, "padlint.toml", text), tmp_path)


# Values ---------------------------------------------------------------------------------------------------------


def test_every_option_reads_what_its_schema_shows(tmp_path: Path):
    settings = read(
        tmp_path,
        """
        select = ["ALL"]
        ignore = ["PAD301"]
        extend-select = ["pooled-padding"]
        per-file-ignores = {"tests/**" = ["PAD"]}
        severity = {mask-ignored = "note"}
        min-confidence = "possible"
        fail-on = "error"
        exclude = ["gen"]
        extend-exclude = ["old/"]
        include = ["*.py"]
        respect-gitignore = false
        force-exclude = true
        keras = 2
        baseline = "known.json"
        output-format = ["full", "sarif:out.sarif"]
        preview = true
        cache-dir = "~/cache"
        [layers."mypkg.layers.Attn"]
        mask = "passes"
        """,
    )
    assert settings == Settings(
        root=tmp_path,
        file=tmp_path / "padlint.toml",
        select=("ALL",),
        ignore=("PAD301",),
        extend_select=("pooled-padding",),
        per_file_ignores={Pattern("tests/**", tmp_path): ("PAD",)},
        severity={"mask-ignored": Severity.NOTE},
        min_confidence=Confidence.POSSIBLE,
        fail_on=FailOn.ERROR,
        exclude=(Pattern("gen", tmp_path),),
        extend_exclude=(Pattern("old/", tmp_path),),
        include=(Pattern("*.py", tmp_path),),
        respect_gitignore=False,
        force_exclude=True,
        keras=2,
        baseline=tmp_path / "known.json",
        output_format=("full", "sarif:out.sarif"),
        preview=True,
        cache_dir=Path.home() / "cache",
        layers={"mypkg.layers.Attn": Declared(mask=DeclaredMask.PASSES)},
        origins=dict.fromkeys((option.key for option in OPTIONS), "padlint.toml"),
    )


def test_one_output_format_needs_no_list(tmp_path: Path):
    assert read(tmp_path, 'output-format = "json"').output_format == ("json",)


def test_keras_may_be_left_to_the_program(tmp_path: Path):
    assert read(tmp_path, 'keras = "auto"').keras is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "padlint.toml: unknown key `selct`, did you mean `select`?"),
        ("xyz = 1", "padlint.toml: unknown key `xyz`"),
        ('select = "ALL"', 'padlint.toml: `select` must be a list of strings, not "ALL"'),
        ("ignore = [1]", "padlint.toml: `ignore` must be a list of strings, not [1]"),
        ("preview = 1", "padlint.toml: `preview` must be true or false, not 1"),
        ("baseline = false", "padlint.toml: `baseline` must be a string, not false"),
        ("keras = true", 'padlint.toml: `keras` must be "auto", 2 or 3, not true'),
        ("keras = 1", 'padlint.toml: `keras` must be "auto", 2 or 3, not 1'),
        ("layers = 3", "padlint.toml: `layers` must be a table, not 3"),
        ('layers.Attn.masks = "a"', 'padlint.toml: unknown key `layers."Attn".masks`, did you mean `mask`?'),
        ("layers.Attn.like = 1", 'padlint.toml: `layers."Attn".like` must be a string, not 1'),
        (
            'layers.Attn.mask = "drop"',
            (
                'padlint.toml: `layers."Attn".mask` must be "passes", "drops", "makes" or "consumes", not "drop", '
                "did you mean `drops`?"
            ),
        ),
        (
            'layers.Attn = {like = "GRU", mask = "drops"}',
            (
                'padlint.toml: `layers."Attn"` must be a table with `like` alone, or with `mask` and perhaps `steps`, '
                'not { "like" = "GRU", "mask" = "drops" }'
            ),
        ),
        ('per-file-ignores = {a = "PAD"}', 'padlint.toml: `per-file-ignores.a` must be a list of strings, not "PAD"'),
        ('exclude = ["!"]', 'padlint.toml: `exclude` must be a glob as in .gitignore, not "!"'),
        (
            'min-confidence = "lkely"',
            (
                'padlint.toml: `min-confidence` must be "certain", "likely" or "possible", not "lkely", '
                "did you mean `likely`?"
            ),
        ),
        (
            'severity = {PAD101 = "fatal"}',
            'padlint.toml: `severity.PAD101` must be "error", "warning" or "note", not "fatal"',
        ),
        ("x = ", "padlint.toml: not TOML: Invalid value (at end of document)"),
        ('extend = "no.toml"', "padlint.toml: `extend` names no.toml, which does not exist"),
        ('extend = "padlint.toml"', "padlint.toml: extends itself, by way of padlint.toml"),
    ],
)
def test_a_wrong_configuration_is_told_in_one_line(tmp_path: Path, text: str, message: str):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert str(caught.value) == message


def test_a_file_that_is_no_text_is_told_in_one_line(tmp_path: Path):
    (tmp_path / "padlint.toml").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match=r"^padlint.toml: not UTF-8, as TOML must be$"):
        load(tmp_path / "padlint.toml", tmp_path)


# Which file -----------------------------------------------------------------------------------------------------


def found(folder: Path, working_folder: Path, **overrides: object) -> Settings:
    values = {key.replace("_", "-"): value for key, value in overrides.items()}
    return Configurations(values, working_folder=working_folder).of(folder)


def test_without_a_file_the_defaults_hold(tmp_path: Path):
    assert found(tmp_path, tmp_path) == Settings.defaults(tmp_path)


def test_the_closest_file_wins_and_nothing_is_merged(tmp_path: Path):
    write(tmp_path, "padlint.toml", 'keras = 2\nignore = ["PAD101"]')
    write(tmp_path / "sub", "pyproject.toml", "[tool.padlint]\nkeras = 3")
    assert found(tmp_path / "sub" / "deep", tmp_path).keras == 3
    assert found(tmp_path / "sub" / "deep", tmp_path).ignore == ()
    assert found(tmp_path / "other", tmp_path).keras == 2


def test_a_pyproject_without_the_table_is_no_configuration(tmp_path: Path):
    write(tmp_path, "padlint.toml", "keras = 2")
    write(tmp_path / "plain", "pyproject.toml", '[project]\ndependencies = ["padlint"]')
    write(tmp_path / "broken", "pyproject.toml", "no TOML at all")
    assert found(tmp_path / "plain", tmp_path).keras == 2
    assert found(tmp_path / "broken", tmp_path).keras == 2


@pytest.mark.parametrize(("first", "second"), [(".padlint.toml", "padlint.toml"), ("padlint.toml", "pyproject.toml")])
def test_in_one_folder_padlints_own_file_comes_first(tmp_path: Path, first: str, second: str):
    write(tmp_path, first, "keras = 2")
    write(tmp_path, second, "[tool.padlint]\nkeras = 3" if second == "pyproject.toml" else "keras = 3")
    assert found(tmp_path, tmp_path).keras == 2


def test_the_command_line_is_above_the_file_and_its_paths_are_where_it_was_typed(tmp_path: Path):
    write(tmp_path / "src", "padlint.toml", 'keras = 2\nextend-exclude = ["gen"]')
    settings = found(tmp_path / "src", tmp_path, keras="3", extend_exclude=["src/old"], baseline="known.json")
    assert settings.keras == 3
    assert settings.extend_exclude == (Pattern("gen", tmp_path / "src"), Pattern("src/old", tmp_path))
    assert settings.baseline == tmp_path / "known.json"
    assert settings.origins == {
        "keras": "command line",
        "extend-exclude": "command line",
        "baseline": "command line",
    }


def test_a_wrong_value_on_the_command_line_says_so(tmp_path: Path):
    with pytest.raises(ConfigError, match=r'^command line: `keras` must be "auto", 2 or 3, not "4"$'):
        found(tmp_path, tmp_path, keras="4")


def test_isolated_reads_no_file(tmp_path: Path):
    write(tmp_path, "padlint.toml", "nonsense")
    configurations = Configurations({"keras": 2}, isolated=True, working_folder=tmp_path)
    assert configurations.of(tmp_path).keras == 2


def test_a_given_file_holds_for_all_folders(tmp_path: Path):
    write(tmp_path / "sub", "padlint.toml", "keras = 2")
    given = write(tmp_path / "etc", "strict.toml", 'keras = 3\nexclude = ["x"]')
    settings = Configurations(given=given, working_folder=tmp_path).of(tmp_path / "sub")
    assert (settings.keras, settings.exclude) == (3, (Pattern("x", tmp_path / "etc"),))


def test_a_folder_nested_deeper_than_calls_finds_its_file(tmp_path: Path):
    write(tmp_path, "padlint.toml", "keras = 2")
    assert found(tmp_path.joinpath(*["d"] * 1500), tmp_path).keras == 2


# extend ---------------------------------------------------------------------------------------------------------


def test_an_extended_file_counts_where_the_extending_one_says_nothing(tmp_path: Path):
    write(tmp_path, "base.toml", 'keras = 2\nfail-on = "error"\nextend-select = ["PAD301"]\nexclude = ["base"]')
    write(
        tmp_path / "sub",
        "pyproject.toml",
        '[tool.padlint]\nextend = "../base.toml"\nkeras = 3\nextend-select = ["PAD303"]',
    )
    settings = found(tmp_path / "sub", tmp_path)
    assert (settings.keras, settings.fail_on, settings.extend_select) == (3, FailOn.ERROR, ("PAD301", "PAD303"))
    assert settings.exclude == (Pattern("base", tmp_path),)
    assert settings.root == tmp_path / "sub"
    assert settings.cache_dir == tmp_path / "sub" / ".padlint_cache"
    assert settings.origins["keras"] == "sub/pyproject.toml"
    assert settings.origins["fail-on"] == "base.toml"


def test_files_that_extend_each_other_are_told_apart(tmp_path: Path):
    write(tmp_path, "a.toml", 'extend = "b.toml"')
    write(tmp_path, "b.toml", 'extend = "a.toml"')
    with pytest.raises(ConfigError, match=r"^a.toml: extends itself, by way of b.toml$"):
        load(tmp_path / "a.toml", tmp_path)


# What it governs ------------------------------------------------------------------------------------------------


def test_ignores_by_file_are_relative_to_their_configuration(tmp_path: Path):
    settings = read(tmp_path, 'per-file-ignores = {"tests/**" = ["PAD1"], "*.ipynb" = ["PAD901"]}')
    assert settings.ignored_in(tmp_path / "tests" / "nb.ipynb") == ("PAD1", "PAD901")
    assert settings.ignored_in(tmp_path / "model.py") == ()


def test_what_was_excluded_and_extended_is_one_selection(tmp_path: Path):
    selection = read(tmp_path, 'exclude = ["a"]\nextend-exclude = ["b"]\nforce-exclude = true').selection
    assert [pattern.glob for pattern in selection.exclude] == ["a", "b"]
    assert selection.force_exclude


# What is told of it ---------------------------------------------------------------------------------------------


def test_effective_values_are_toml_with_their_origin(tmp_path: Path):
    settings = read(tmp_path, 'fail-on = "note"\nper-file-ignores = {"tests/**" = ["PAD1"]}')
    told = {line.key: (line.value, line.origin) for line in effective(settings)}
    assert told["fail-on"] == ('"note"', "padlint.toml")
    assert told["per-file-ignores"] == ('{ "tests/**" = ["PAD1"] }', "padlint.toml")
    assert told["include"] == ('["*.py", "*.ipynb"]', "default")
    assert told["keras"] == ('"auto"', "default")
    assert told["select"] == ("the rules that are on by default", "default")
    assert told["cache-dir"] == (f'"{tmp_path}/.padlint_cache"', "default")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("keras=2", {"keras": 2}),
        ("min-confidence=possible", {"min-confidence": "possible"}),
        ('select=["PAD1"]', {"select": ["PAD1"]}),
        ('layers."m.Attn".mask="passes"', {"layers": {"m.Attn": {"mask": "passes"}}}),
    ],
)
def test_a_value_can_be_typed_on_the_command_line(text: str, values: dict[str, object]):
    assert inline(text) == values


def test_what_is_no_value_is_told_in_one_line():
    with pytest.raises(ConfigError, match=r"^--config strict.toml: not KEY=VALUE, nor a file that exists$"):
        inline("strict.toml")


def test_the_schema_takes_what_is_right_and_refuses_what_is_not():
    validator = jsonschema.Draft7Validator(schema())
    jsonschema.Draft7Validator.check_schema(schema())
    right = {
        "extend": "base.toml",
        "keras": 3,
        "output-format": "json",
        "layers": {"m.A": {"mask": "drops"}, "m.B": {"like": "LSTM"}},
    }
    wrong = {
        "selct": [],
        "keras": 4,
        "preview": "yes",
        "severity": {"PAD101": "fatal"},
        "layers": {"m.A": {"like": "LSTM", "mask": "drops"}},
    }
    assert list(validator.iter_errors(right)) == []
    assert len(list(validator.iter_errors(wrong))) == len(wrong)
