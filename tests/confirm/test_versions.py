"""What padlint takes to be Keras 2 alone, asked of both versions of Keras."""

from __future__ import annotations

import numpy as np
import pytest

from padlint.keras.versions import ENDING_OF_WEIGHTS, KERAS_2_ARGUMENTS, KERAS_2_SHAPES

DATA = np.zeros((4, 3), "float32")


def model(keras):
    made = keras.Sequential([keras.layers.Dense(1)])
    made.compile("sgd", "mse")
    made.fit(DATA, DATA[:, :1], verbose=0)
    return made


CALLS = {
    "keras.Model.compile": lambda keras, given: model(keras).compile("sgd", "mse", **given),
    "keras.Model.evaluate": lambda keras, given: model(keras).evaluate(DATA, DATA[:, :1], verbose=0, **given),
    "keras.Model.fit": lambda keras, given: model(keras).fit(DATA, DATA[:, :1], verbose=0, **given),
    "keras.Model.predict": lambda keras, given: model(keras).predict(DATA, verbose=0, **given),
    "keras.callbacks.ModelCheckpoint": lambda keras, given: keras.callbacks.ModelCheckpoint("best.keras", **given),
    "keras.callbacks.TensorBoard": lambda keras, given: keras.callbacks.TensorBoard("logs", **given),
    "keras.layers": lambda keras, given: keras.layers.LSTM(3, **given),
    "keras.optimizers": lambda keras, given: keras.optimizers.Adam(**given),
}
VALUES = {
    "batch_input_shape": (1, 9, 2),
    "lr": 0.01,
    "max_queue_size": 2,
    "period": 3,
    "sample_weight_mode": "temporal",
    "use_multiprocessing": False,
    "workers": 1,
    "write_grads": True,
}


@pytest.mark.parametrize(
    ("called", "argument"),
    [(called, each) for called in KERAS_2_ARGUMENTS for each in sorted(KERAS_2_ARGUMENTS[called])],
)
def test_keras_2_takes_an_argument_and_keras_3_refuses_it(framework, called, argument):
    given = {argument: VALUES[argument]}
    if framework.version == 2:
        CALLS[called](framework.keras, given)
    else:
        with pytest.raises((TypeError, ValueError), match=argument):
            CALLS[called](framework.keras, given)


@pytest.mark.filterwarnings("ignore:Argument `input_shape` is deprecated:UserWarning")
@pytest.mark.parametrize(
    ("called", "argument"), [(called, name) for called in KERAS_2_SHAPES for name in KERAS_2_SHAPES[called]]
)
def test_keras_2_takes_a_number_for_a_shape_and_keras_3_refuses_it(framework, called, argument):
    make = getattr(framework.keras.layers, called.rpartition(".")[2])
    make(**{argument: (9,)})
    if framework.version == 2:
        make(**{argument: 9})
    else:
        with pytest.raises(ValueError, match="Cannot convert '9' to a shape"):
            make(**{argument: 9})


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # between TensorFlow and numpy
def test_keras_2_saves_weights_under_any_name(framework, tmp_path):
    trained = model(framework.keras)
    trained.save_weights(str(tmp_path / f"best{ENDING_OF_WEIGHTS}"))
    if framework.version == 2:
        trained.save_weights(str(tmp_path / "best.h5"))
    else:
        with pytest.raises(ValueError, match=ENDING_OF_WEIGHTS):
            trained.save_weights(str(tmp_path / "best.h5"))


def test_keras_2_gives_a_mask_to_a_layer_that_takes_any_argument(framework):
    given = []

    class Taking(framework.keras.layers.Layer):
        supports_masking = True

        def call(self, inputs, **others):
            given.append("mask" in others)
            return inputs

    words = framework.keras.layers.Embedding(9, 2, mask_zero=True)
    Taking()(words(np.array([[1, 2, 0]])))
    assert given == [framework.version == 2]
