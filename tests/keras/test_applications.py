"""Models that Keras ships ready-made: cut anywhere, continued, and no concern of padding."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Drawer, Reader

IMPORTS = """
import keras
from keras import Model, layers
base = keras.applications.VGG16(include_top=False)
"""


def test_what_is_built_on_a_ready_made_model(drawn: Drawer) -> None:
    program = """
pooled = layers.GlobalAveragePooling2D()(base.output)
Model(inputs=base.input, outputs=layers.Dense(9)(pooled))
"""
    assert drawn(IMPORTS + program)[-1] == "Dense(GlobalAveragePooling2D(VGG16(input)))"


def test_a_layer_inside_it(drawn: Drawer) -> None:
    program = """
Model(inputs=base.input, outputs=base.get_layer("block4_pool").output)
Model(inputs=base.input, outputs=base.layers[-3].output)
"""
    assert drawn(IMPORTS + program)[-2:] == ["VGG16(input)", "VGG16(input)"]


def test_it_is_called_on_images_of_the_program(drawn: Drawer) -> None:
    program = """
images = keras.Input((64, 64, 3), name="images")
Model(images, layers.Flatten()(base(images)))
"""
    assert drawn(IMPORTS + program)[-1] == "Flatten(VGG16(images))"


def test_it_is_no_model_of_the_program_until_it_is_trained(graph_of: Reader) -> None:
    assert graph_of(IMPORTS).models[0].nested
    assert not graph_of(IMPORTS + "base.fit(load(), labels)").models[0].nested
