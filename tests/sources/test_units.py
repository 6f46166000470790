"""Which files are analysed together."""

from __future__ import annotations

import pytest

from padlint.sources.folders import Finder, Folders
from padlint.sources.units import units

MODEL = "import keras\ndef build(): return keras.Sequential([keras.layers.LSTM(3)])\n"
PADS = "def pad_rows(rows): ...\n"


@pytest.fixture
def together(tmp_path):
    """Say which of some files are analysed together, by their paths."""

    def grouped(files: dict[str, str]) -> list[list[str]]:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        code = {str(tmp_path / name): text.encode() for name, text in files.items() if text}
        found = units(code, {}, Finder(tmp_path, Folders()), ())
        return [[file.removeprefix(f"{tmp_path}/") for file in group] for group in found]

    return grouped


def test_files_that_import_each_other(together):
    assert together({"model.py": MODEL, "train.py": "from model import build\nbuild().fit(rows)\n"}) == [
        ["model.py", "train.py"]
    ]


def test_files_that_do_not(together):
    assert together({"model.py": MODEL, "other.py": MODEL}) == [["model.py"], ["other.py"]]


def test_what_pads_in_the_package_of_the_model(together):
    package = {"tags/__init__.py": "", "tags/data/__init__.py": "", "tags/data/rows.py": PADS, "tags/model.py": MODEL}
    assert together(package) == [["tags/data/rows.py", "tags/model.py"]]
    assert together({"scripts/rows.py": PADS, "scripts/model.py": MODEL}) == [["scripts/model.py"]]
