"""Models that a program saves, and loads again under the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Drawer

IMPORTS = """
import os
import keras
from keras import Input, Model, layers
x = Input((5, 4), name="x")
def tagger(units):
    return Model(x, layers.Dense(2, name="tags")(layers.LSTM(units, return_sequences=True, name="read")(x)))
"""
READ = "LSTM(x)"


def test_what_is_loaded_is_what_was_saved_under_that_name(drawn: Drawer) -> None:
    program = """
tagger(3).save(os.path.join("models", "tagger.keras"))
loaded = keras.models.load_model(os.path.join("models", "tagger.keras"))
Model(loaded.input, loaded.get_layer("read").output)
"""
    assert drawn(IMPORTS + program) == [f"Dense({READ})", READ]


def test_a_model_that_is_saved_again_takes_the_place_of_the_one_before(drawn: Drawer) -> None:
    program = """
keras.models.save_model(tagger(3), "model.h5")
keras.models.save_model(Model(x, layers.GRU(4, name="read")(x)), "model.h5")
loaded = keras.models.load_model("model.h5")
Model(loaded.input, loaded.get_layer("read").output)
"""
    assert drawn(IMPORTS + program) == [f"Dense({READ})", "GRU(x)", "GRU(x)"]


def test_of_a_path_all_has_to_be_known(drawn: Drawer) -> None:
    program = """
tagger(3).save(os.path.join(folder(), "model.h5"))
loaded = keras.models.load_model(os.path.join(folder(), "model.h5"))
Model(x, loaded(x))
"""
    assert drawn(IMPORTS + program) == [f"Dense({READ})", "<the result of keras.models.load_model>(x)"]


def test_a_model_that_the_program_never_saved_is_not_known(drawn: Drawer) -> None:
    program = """
tagger(3).save("tagger.h5")
loaded = keras.models.load_model("downloaded.h5")
Model(x, loaded(x))
"""
    assert drawn(IMPORTS + program) == [f"Dense({READ})", "<the result of keras.models.load_model>(x)"]
