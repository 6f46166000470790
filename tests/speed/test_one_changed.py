"""A file that changed costs itself and those that use it, however many others there are."""

from __future__ import annotations

import pytest

from padlint.analysis import analyse
from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.session import Request, run

READER = "from keras import layers\ndef reader():\n    return layers.LSTM({units})\n"
USER = "from reader import reader\nfrom keras import models\nmodels.Sequential([reader()])\n"
OTHER = "from keras import layers, models\nmodels.Sequential([layers.LSTM(8)])\n"


@pytest.fixture
def thousand(tmp_path):
    (tmp_path / ".git").mkdir()
    for number in range(997):
        (tmp_path / f"other_{number}.py").write_text(OTHER)
    (tmp_path / "reader.py").write_text(READER.format(units=8))
    for name in ("first", "second"):
        (tmp_path / f"{name}.py").write_text(USER)
    return tmp_path


def analysed(folder) -> set[str]:
    """Lint a folder, and return the files that were analysed for it."""
    seen = set()

    def noted(unit, catalogue):
        seen.update(source.path for source in unit.sources)
        return analyse(unit, catalogue)

    configurations = Configurations(working_folder=folder)
    run(Request((".",), configurations, folder, use_cache=True, processes=1), load_catalogue(), noted)
    return seen


def test_one_file_of_a_thousand_costs_itself_and_those_that_import_it(thousand):
    assert len(analysed(thousand)) == 1_000
    assert analysed(thousand) == set()
    (thousand / "reader.py").write_text(READER.format(units=16))
    assert analysed(thousand) == {"reader.py", "first.py", "second.py"}
