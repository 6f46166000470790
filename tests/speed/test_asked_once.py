"""What is slow is done once: a file is parsed once, however much is found in it; options are compiled with the rest."""

from __future__ import annotations

import libcst as cst
import pytest

from padlint.catalogue import load_catalogue
from padlint.cli import app
from padlint.config import Configurations
from padlint.session import Request, run

LEAK = """
from keras import layers, models, preprocessing
ids = preprocessing.sequence.pad_sequences(texts)
model = models.Sequential([layers.Embedding(100, 8), layers.LSTM(8), layers.Dense(1)])
model.fit(ids, labels)
"""


@pytest.fixture
def parses(monkeypatch):
    """Count how often a text is parsed."""
    texts: list[str] = []
    parse = cst.parse_module

    def counted(text, *rest):
        texts.append(text)
        return parse(text, *rest)

    monkeypatch.setattr(cst, "parse_module", counted)
    return texts


def test_a_file_with_a_fix_is_parsed_once(tmp_path, parses):
    (tmp_path / "model.py").write_text(LEAK)
    report = run(Request((".",), Configurations({}, isolated=True), tmp_path, processes=1), load_catalogue())
    assert [finding.fix is not None for finding in report.findings] == [True]
    assert len(parses) == 1


def test_what_options_are_made_of_is_not_compiled_in_each_run():
    annotations = [each for verb in app.registered_commands for each in verb.callback.__annotations__.values()]
    assert [each for each in annotations if isinstance(each, str)] == []
    assert len(annotations) > 50
