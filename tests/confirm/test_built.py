"""Models that are there: saved ones, loaded in Keras' safe mode, and ones that the user's function makes."""

from __future__ import annotations

import pytest

from padlint.confirm.messages import Measured
from padlint.finding import ArrivedMask, Verdict
from padlint.graph import Side

# Keras warns that it destroys masks, which is what some of these models are about.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

CONFIRMED, REFUTED = Verdict.CONFIRMED, Verdict.REFUTED


@pytest.fixture(scope="module")
def built():
    """The module to be tested; it is one of those that only the measuring process imports."""
    pytest.importorskip("tensorflow")
    from padlint.confirm import built

    return built


def measured(built, framework, model, side=Side.UNKNOWN, value=None):
    found = built.measure_built(framework, model, side, value)
    return {one.layer: one.confirmation.status for one in found}


def sequential(framework, *layers):
    keras = framework.keras
    return keras.Sequential([keras.layers.Input((None,)), *layers])


def test_each_consumer_gets_its_verdict_and_so_does_the_output(built, framework):
    layers = framework.keras.layers
    ids = layers.Input((None,))
    masked = layers.LSTM(4, name="masked")(layers.Embedding(20, 8, mask_zero=True)(ids))
    leaking = layers.Bidirectional(layers.GRU(4), name="leaking")(layers.Embedding(20, 8)(ids))
    model = framework.keras.Model(ids, layers.Dense(1)(layers.Concatenate()([masked, leaking])))
    assert measured(built, framework, model) == {"masked": REFUTED, "leaking": CONFIRMED, "output": CONFIRMED}


def test_a_masked_model_shows_no_leak(built, framework):
    layers = framework.keras.layers
    inner = layers.LSTM(4, return_sequences=True, name="inner")
    model = sequential(
        framework, layers.Embedding(20, 8, mask_zero=True), inner, layers.LSTM(4, name="last"), layers.Dense(1)
    )
    assert measured(built, framework, model) == {"inner": REFUTED, "last": REFUTED, "output": REFUTED}


def test_a_dropped_mask_is_seen_at_the_layer_that_misses_it(built, framework):
    layers = framework.keras.layers
    model = sequential(
        framework, layers.Embedding(20, 8, mask_zero=True), layers.Conv1D(8, 3), layers.LSTM(4, name="last")
    )
    found = {one.layer: one for one in built.measure_built(framework, model, Side.UNKNOWN, None)}
    assert found["last"].kind == "LSTM"
    assert found["last"].confirmation.mask is ArrivedMask.NONE
    assert found["output"].confirmation.status is CONFIRMED


def test_padding_of_features_holds_what_masking_hides(built, framework):
    keras = framework.keras
    layers = [keras.layers.Input((None, 3)), keras.layers.Masking(-1.0), keras.layers.LSTM(4, name="last")]
    model = keras.Sequential(layers)
    assert measured(built, framework, model)["last"] is REFUTED
    assert measured(built, framework, model, value=0.0)["last"] is CONFIRMED


def test_a_fixed_length_is_kept(built, framework):
    keras = framework.keras
    layers = [keras.layers.Input((40,)), keras.layers.Embedding(20, 8), keras.layers.LSTM(4, name="last")]
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    assert measured(built, framework, model, Side.POST) == {"last": CONFIRMED, "output": CONFIRMED}


def test_a_subclassed_model_that_was_called_is_measured(built, framework):
    keras = framework.keras

    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.embedding = keras.layers.Embedding(20, 8, mask_zero=True)
            self.last = keras.layers.LSTM(4, name="last")

        def call(self, ids):
            return self.last(self.embedding(ids) * 2.0)

    model = Reader()
    with pytest.raises(built.Misfit, match="it was never called"):
        built.measure_built(framework, model, Side.UNKNOWN, None)
    model(framework.tensorflow.constant([[1, 2, 3]]))
    assert measured(built, framework, model) == {"last": CONFIRMED, "output": CONFIRMED}


def test_attention_gets_the_masks_that_it_gets(built, framework):
    layers = framework.keras.layers
    ids = layers.Input((None,))
    embedded = layers.Embedding(20, 8, mask_zero=True)(ids)
    attended = layers.MultiHeadAttention(2, 4, name="attention")(embedded, embedded)
    pooled = layers.GlobalAveragePooling1D(name="pooling")(attended)
    model = framework.keras.Model(ids, pooled)
    assert measured(built, framework, model) == {"attention": REFUTED, "pooling": REFUTED, "output": REFUTED}


def test_a_saved_model_is_loaded_and_measured(built, framework, tmp_path):
    layers = framework.keras.layers
    path = tmp_path / "model.keras"
    sequential(framework, layers.Embedding(20, 8), layers.LSTM(4, name="last")).save(path)
    assert measured(built, framework, built.loaded(framework, path))["last"] is CONFIRMED


def test_a_saved_lambda_is_not_run(built, framework, tmp_path):
    layers = framework.keras.layers
    path = tmp_path / "model.keras"
    sequential(framework, layers.Embedding(20, 8), layers.Lambda(lambda x: x * 2), layers.LSTM(4)).save(path)
    with pytest.raises(built.Misfit, match=r"[Ll]ambda"):
        built.loaded(framework, path)


def test_no_other_format_is_loaded(built, framework, tmp_path):
    with pytest.raises(built.Misfit, match=r"only \.keras files are loaded"):
        built.loaded(framework, tmp_path / "model.h5")


def test_a_function_of_the_user_makes_the_model(built, framework, tmp_path):
    package = framework.keras.__name__
    name = f"models_for_{package}"
    (tmp_path / f"{name}.py").write_text(
        f"import {package} as keras\n"
        "def build_model():\n"
        "    layers = [keras.layers.Input((None,)), keras.layers.Embedding(9, 4), keras.layers.LSTM(4, name='last')]\n"
        "    return keras.Sequential(layers)\n"
        "def build_nothing():\n"
        "    return 3\n"
    )
    assert measured(built, framework, built.made_by(framework, f"{name}:build_model", tmp_path))["last"] is CONFIRMED
    with pytest.raises(built.Misfit, match=f"{name}:build_nothing returns int, which is no model of Keras"):
        built.made_by(framework, f"{name}:build_nothing", tmp_path)
    with pytest.raises(built.Misfit, match="has no attribute 'build'"):
        built.made_by(framework, f"{name}:build", tmp_path)


def test_the_prover_asks_for_built_models_too(tmp_path, monkeypatch):
    pytest.importorskip("tensorflow")
    from padlint.confirm.prove import NoAnswer, Prover

    monkeypatch.chdir(tmp_path)
    (tmp_path / "made.py").write_text(
        "import keras\n"
        "def build_model():\n"
        "    layers = [keras.layers.Input((None, 3)), keras.layers.GRU(4, name='last')]\n"
        "    model = keras.Sequential(layers)\n"
        "    model.save('model.keras')\n"
        "    return model\n"
    )
    with Prover() as prover:
        made = prover.measure_made("made:build_model")
        saved = prover.measure_saved(tmp_path / "model.keras")
        with pytest.raises(NoAnswer, match="No module named 'absent'"):
            prover.measure_made("absent:build_model")
    assert [(one.layer, one.kind, one.confirmation.status) for one in made] == [
        ("last", "GRU", CONFIRMED),
        ("output", "Sequential", CONFIRMED),
    ]
    assert all(isinstance(one, Measured) for one in saved)


def test_a_model_that_hangs_or_takes_all_memory_costs_its_own_verdict_alone(tmp_path, monkeypatch):
    pytest.importorskip("tensorflow")
    from padlint.confirm.prove import Limits, NoAnswer, Prover

    monkeypatch.chdir(tmp_path)
    (tmp_path / "greedy.py").write_text(
        "import keras, numpy\n"
        "def hanging():\n"
        "    while True:\n"
        "        pass\n"
        "def huge():\n"
        "    return numpy.ones(10**10)\n"
        "def small():\n"
        "    return keras.Sequential([keras.layers.Input((None, 3)), keras.layers.GRU(4, name='last')])\n"
    )
    with Prover(limits=Limits(seconds=3)) as prover:
        with pytest.raises(NoAnswer, match="it takes longer than 3 seconds to measure"):
            prover.measure_made("greedy:hanging")
        with pytest.raises(NoAnswer, match="it takes more memory than a measurement may"):
            prover.measure_made("greedy:huge")
        prover.limits = Limits()
        assert prover.measure_made("greedy:small")[0].confirmation.status is CONFIRMED
