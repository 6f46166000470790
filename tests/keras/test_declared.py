"""What a configuration says of layers: it reaches the findings, and counts in place of what was read."""

from __future__ import annotations

from pathlib import Path

import pytest

from padlint.catalogue import load_catalogue
from padlint.config import ConfigError, Configurations
from padlint.session import Request, run

FOREIGN = """\
from company.layers import TimeMixing
from keras import layers, models
from keras.utils import pad_sequences

model = models.Sequential([layers.Embedding(5000, 32{mask}), TimeMixing(32){then}, layers.Dense(1)])
model.compile("adam", "mse")
model.fit(pad_sequences([[3, 1, 4], [1, 5]], padding="post"), [0, 1])
"""
MASKED = FOREIGN.format(mask=", mask_zero=True", then=", layers.LSTM(16)")
BARE = FOREIGN.format(mask="", then="")

OWN = """\
import keras
from keras import layers, models
from keras.utils import pad_sequences


class Encoder(layers.Layer):
    def __init__(self, units, return_sequences=False):
        super().__init__()
        self.units = units
        self.return_sequences = return_sequences

    def call(self, x):
        return run_somewhere_else(x, self.units)


model = models.Sequential([layers.Embedding(5000, 32), Encoder(16, True), layers.Dense(1)])
model.compile("adam", "mse")
model.fit(pad_sequences([[3, 1, 4], [1, 5]], padding="post"), [0, 1])
"""


@pytest.fixture
def found(tmp_path: Path):
    """Lint a program under what is said of layers, and return what was found."""

    def lint(program: str, **layers: dict[str, str]) -> list[str]:
        (tmp_path / "nets.py").write_text(program)
        said = {name.replace("__", "."): facts for name, facts in layers.items()}
        configurations = Configurations({"layers": said}, working_folder=tmp_path)
        report = run(Request(("nets.py",), configurations, tmp_path, processes=1), load_catalogue())
        return [f"{each.code} {each.message.partition(',')[0]}" for each in report.findings]

    return lint


def test_nothing_is_said_and_nothing_is_found(found):
    assert found(MASKED) == found(BARE) == []


@pytest.mark.parametrize("said", [{"mask": "drops"}, {"like": "Conv1D"}])
def test_what_does_not_pass_the_mask_on_is_reported(found, said):
    assert found(MASKED, company__layers__TimeMixing=said) == ["PAD103 `TimeMixing` drops the mask"]


@pytest.mark.parametrize("said", [{"mask": "passes"}, {"like": "Dense"}])
def test_what_passes_the_mask_on_is_not(found, said):
    assert found(MASKED, company__layers__TimeMixing=said) == []


@pytest.mark.parametrize("said", [{"mask": "consumes"}, {"mask": "consumes", "steps": "kept"}, {"like": "GRU"}])
def test_what_needs_a_mask_is_a_consumer(found, said):
    message = (
        "PAD101 `TimeMixing` reads steps that `pad_sequences` adds as if they were real: `Embedding` makes no mask"
    )
    assert found(BARE, company__layers__TimeMixing=said) == [message]
    assert found(FOREIGN.format(mask=", mask_zero=True", then=""), company__layers__TimeMixing=said) == []


def test_what_makes_a_mask_protects(found):
    embedding = MASKED.replace("layers.Embedding(5000, 32, mask_zero=True), TimeMixing(32)", "TimeMixing(32)")
    assert found(embedding, company__layers__TimeMixing={"mask": "makes"}) == []
    assert found(embedding, company__layers__TimeMixing={"like": "Embedding"}) == [
        "PAD101 `LSTM` reads steps that `pad_sequences` adds as if they were real: `TimeMixing` makes no mask"
    ]


def test_arguments_mean_what_they_mean_for_the_layer_that_it_is_like(found):
    masking = MASKED.replace("TimeMixing(32)", "TimeMixing(32, mask_zero=True)").replace(
        "layers.Embedding(5000, 32, mask_zero=True), ", ""
    )
    assert found(masking, company__layers__TimeMixing={"like": "Embedding"}) == []


def test_packages_on_the_way_may_be_left_out(found):
    assert found(MASKED, company__TimeMixing={"mask": "drops"}) == ["PAD103 `TimeMixing` drops the mask"]
    assert found(MASKED, TimeMixing={"mask": "drops"}) == ["PAD103 `TimeMixing` drops the mask"]
    assert found(MASKED, other__TimeMixing={"mask": "drops"}) == []


def test_what_is_said_of_a_class_of_the_project_counts_in_place_of_its_code(found):
    assert found(OWN) == []
    assert found(OWN, nets__Encoder={"like": "LSTM"}) == [
        "PAD101 `Encoder` reads steps that `pad_sequences` adds as if they were real: `Embedding` makes no mask"
    ]


def test_a_class_is_what_it_inherits_from(found):
    program = MASKED.replace("model =", "class Mixing(TimeMixing):\n    pass\n\n\nmodel =").replace(
        "TimeMixing(32)", "Mixing(32)"
    )
    assert found(program, company__layers__TimeMixing={"mask": "drops"}) == ["PAD103 `Mixing` drops the mask"]


def test_a_layer_that_keras_does_not_have_is_an_error(found):
    with pytest.raises(ConfigError, match=r"Keras has no layer `LSTN`, did you mean `LSTM`\?"):
        found(BARE, company__layers__TimeMixing={"like": "LSTN"})


# Layers of other packages that padlint knows -----------------------------------------------------------------------

KNOWN = """\
from keras import layers, models
from keras.utils import pad_sequences
from {package} import {name}

model = models.Sequential([layers.Embedding(99, 8{mask}), {name}(4), layers.LSTM(3)])
model.compile("adam", "mse")
model.fit(pad_sequences([[3, 1, 4], [1, 5]], padding="post"), [0, 1])
"""


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("keras_contrib.layers", "CRF"),
        ("keras_contrib.layers.crf", "CRF"),
        ("keras_layer_normalization", "LayerNormalization"),
        ("keras_pos_embd", "TrigPosEmbedding"),
    ],
)
def test_a_known_layer_that_hands_the_mask_on(found, package, name):
    assert found(KNOWN.format(package=package, name=name, mask=", mask_zero=True")) == []
    assert len(found(KNOWN.format(package=package, name=name, mask=""))) == 1
