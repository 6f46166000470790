"""The other verbs: rule, config, clean; and the help."""

from __future__ import annotations

import json

from inline_snapshot import snapshot

import padlint as package
from padlint.catalogue import page_url


def test_version_is_what_editors_parse(padlint):
    assert padlint("--version").out == f"padlint {package.__version__}\n"


def test_help_names_the_verbs_and_the_flags(padlint):
    assert "padlint PATHS" in padlint("-h").out
    flags = padlint("check", "--help").out
    for flag in (
        "--select",
        "--min-confidence",
        "--fail-on",
        "--no-cache",
        "--isolated",
        "--keras",
        "--stdin-filename",
    ):
        assert flag in flags


def test_rules_are_listed(padlint):
    assert padlint("rule").out == snapshot("""\
PAD101  unmasked-embedding     on       About unmasked-embedding.
PAD103  mask-dropped           on       About mask-dropped.
PAD301  pooled-padding         off      About pooled-padding.
PAD901  syntax-error           on       About syntax-error.
PAD902  unused-ignore          on       About unused-ignore.
""")
    listed = json.loads(padlint("rule", "--output-format", "json").out)
    assert [rule["code"] for rule in listed][:2] == ["PAD101", "PAD103"]


def test_a_rule_is_explained_by_its_page(padlint):
    assert padlint("rule", "unmasked-embedding").out.startswith("# unmasked-embedding\n\nAbout")
    assert json.loads(padlint("rule", "pad101", "--output-format", "json").out) == snapshot(
        {
            "code": "PAD101",
            "name": "unmasked-embedding",
            "summary": "About unmasked-embedding.",
            "severity": "warning",
            "default": True,
            "preview": False,
            "since": "0.1.0",
            "tags": ["mask"],
            "kind": "unmasked-embedding",
            "message": "",
            "help": "",
            "url": page_url("PAD101"),
            "explanation": """\
# unmasked-embedding

About unmasked-embedding.
""",
        }
    )


def test_config_shows_where_each_value_came_from(folder, padlint):
    (folder / "padlint.toml").write_text('fail-on = "error"\n')
    lines = padlint("config").out.splitlines()
    assert 'fail-on = "error"  # padlint.toml' in lines
    assert 'min-confidence = "likely"  # default' in lines
    assert json.loads(padlint("config", "--output-format", "json").out)["fail-on"] == snapshot(
        {"value": '"error"', "origin": "padlint.toml"}
    )
    assert padlint("--show-settings").out.splitlines() == lines
    assert 'fail-on = "warning"  # default' in padlint("config", "--isolated").out


def test_config_prints_the_schema(padlint):
    assert "min-confidence" in json.loads(padlint("config", "--schema").out)["properties"]


def test_clean_removes_the_cache_and_only_a_cache(folder, padlint):
    cache = folder / ".padlint_cache"
    assert "nothing to clean" in padlint("clean").err
    cache.mkdir()
    (cache / "mine.txt").write_text("")
    assert (padlint("clean").code, cache.exists()) == (2, True)
    (cache / "CACHEDIR.TAG").write_text("")
    assert (padlint("clean").code, cache.exists()) == (0, False)


def test_clean_removes_the_cache_that_a_run_with_the_same_settings_fills(folder, padlint, monkeypatch):
    (folder / "a.py").write_text("from keras.layers import LSTM, Layer\n")
    for arguments in ((), ("--cache-dir", "other")):
        padlint("check", *arguments)
        assert "removed" in padlint("clean", *arguments).err
    monkeypatch.setenv("PADLINT_CACHE_DIR", "third")
    padlint("check")
    assert (folder / "third").is_dir()
    assert "removed" in padlint("clean").err
    padlint("check", "--no-cache")
    assert sorted(path.name for path in folder.iterdir()) == [".git", "a.py"]
