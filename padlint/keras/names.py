"""One name for each thing of Keras and TensorFlow, however a program spells its import."""

from __future__ import annotations

from functools import lru_cache

# Packages that are Keras, or hold a copy of it; longest first.
KERAS_HOMES = (
    "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow.contrib.keras.api.keras",
    "tensorflow.contrib.keras.python.keras",
    "tensorflow.contrib.keras",
    "tensorflow.python.keras.api._v1.keras",
    "tensorflow.python.keras.api._v2.keras",
    "tensorflow.python.keras",
    # What TensorFlow was itself called inside, from 1.15 to 2.1: editors imported it by that name.
    "tensorflow_core.python.keras.api._v1.keras",
    "tensorflow_core.python.keras.api._v2.keras",
    "tensorflow_core.python.keras",
    "tensorflow_core.keras",
    "tensorflow.keras.src",
    "tensorflow.keras",
    "tf_keras.src",
    "tf_keras.api",
    "tf_keras",
    "keras.api._v1.keras",
    "keras.api._v2.keras",
    "keras.api",
    "keras.src",
)
OTHER_HOMES = {
    "tensorflow.compat.v1": "tensorflow",
    "tensorflow.compat.v2": "tensorflow",
    "tensorflow_core": "tensorflow",
    "keras_preprocessing": "keras.preprocessing",
    "keras_nlp": "keras_hub",
    "jax.numpy": "numpy",
    "numpy.lib": "numpy",
}
# Folders in which classes have lived over the years; the last part of a name below them is what counts.
DEEP_FOLDERS = {
    "keras.layers": "keras.layers",
    "keras.engine": "keras.layers",
    "keras.legacy.layers": "keras.layers",
    "keras.preprocessing": "keras.preprocessing",
    "keras.utils": "keras.utils",
    "tensorflow.python.ops": "tensorflow",
    "tensorflow.contrib.layers": "tensorflow.contrib.layers",
    "tensorflow.contrib.cudnn_rnn": "keras.layers",
}
MOVED = {
    "keras.models.Model": "keras.Model",
    "keras.models.Sequential": "keras.Sequential",
    "keras.engine.Model": "keras.Model",
    "keras.engine.training.Model": "keras.Model",
    "keras.engine.topology.Container": "keras.Model",
    "keras.engine.network.Network": "keras.Model",
    "keras.engine.functional.Functional": "keras.Model",
    "keras.engine.sequential.Sequential": "keras.Sequential",
    "keras.models.functional.Functional": "keras.Model",
    "keras.models.model.Model": "keras.Model",
    "keras.models.sequential.Sequential": "keras.Sequential",
    "keras.Functional": "keras.Model",
    "keras.engine.Layer": "keras.layers.Layer",
    "keras.engine.base_layer.Layer": "keras.layers.Layer",
    "keras.engine.topology.Layer": "keras.layers.Layer",
    "keras.engine.topology.Input": "keras.layers.Input",
    "keras.engine.topology.merge": "keras.layers.merge",
    "keras.engine.Input": "keras.layers.Input",
    "keras.engine.input_layer.Input": "keras.layers.Input",
    "keras.engine.merge": "keras.layers.merge",
    "keras.engine.InputSpec": "keras.layers.InputSpec",
    "keras.layers.KerasTensor": "keras.KerasTensor",
    "keras.Input": "keras.layers.Input",
    "keras.models.Input": "keras.layers.Input",
    "keras.Layer": "keras.layers.Layer",
    "keras.preprocessing.pad_sequences": "keras.utils.pad_sequences",
    "tensorflow.Module": "keras.layers.Layer",
}
MODELS = frozenset({"keras.Model", "keras.Sequential"})
KERAS_2_FOLDERS = (
    "tf_keras",
    "tensorflow_addons",
    "tensorflow_core",
    "keras_contrib",
    "keras_preprocessing",
    "keras_applications",
    "keras.engine",
    "keras.legacy",
    "keras.layers.core",
    "keras.layers.recurrent",
    "keras.layers.embeddings",
    "keras.layers.wrappers",
    "keras.layers.merge",
    "keras.layers.convolutional",
    "keras.layers.normalization",
    "keras.layers.advanced_activations",
    "keras.layers.noise",
    "keras.layers.cudnn_recurrent",
    "keras.layers.pooling",
    "keras.layers.experimental",
    "keras.preprocessing",
    "keras.wrappers",
    "keras.backend.tensorflow_backend",
    "keras.utils.np_utils",
    "tensorflow.contrib",
    "tensorflow.python.keras",
    "tensorflow.compat.v1",
)
KERAS_3_FOLDERS = ("keras.ops", "keras.src", "keras.saving", "keras.random", "keras.distribution", "keras.quantizers")
LIBRARIES = frozenset(
    {
        "keras",
        "tensorflow",
        "tf_keras",
        "keras_nlp",
        "keras_hub",
        "keras_preprocessing",
        "keras_contrib",
        "tensorflow_addons",
        "tensorflow_core",
        "tensorflow_datasets",
        "tensorflow_text",
        "tensorflow_hub",
        "numpy",
        "pandas",
        "sklearn",
        "scipy",
        "torch",
        "jax",
        "nltk",
        "transformers",
        "keras_bert",
        "matplotlib",
    }
)


@lru_cache(maxsize=4096)
def canonical(dotted: str) -> str:
    """Return the one name for a dotted name (`tf_keras.layers.LSTM` is `keras.layers.LSTM`)."""
    name = _rehomed(dotted)
    name = MOVED.get(name, name)
    for folder, home in DEEP_FOLDERS.items():
        if name.startswith(folder + "."):
            last = name.rpartition(".")[2]
            return MOVED.get(f"{home}.{last}", f"{home}.{last}")
    return name


def _rehomed(dotted: str) -> str:
    for home in KERAS_HOMES:
        if dotted == home or dotted.startswith(home + "."):
            return "keras" + dotted[len(home) :]
    for home, short in OTHER_HOMES.items():
        if dotted == home or dotted.startswith(home + "."):
            return short + dotted[len(home) :]
    return dotted


@lru_cache(maxsize=4096)
def implied_version(dotted: str) -> int | None:
    """Return the major version of Keras that alone has a name, None when that cannot be told from it."""
    for version, folders in ((3, KERAS_3_FOLDERS), (2, KERAS_2_FOLDERS)):
        if any(dotted == folder or dotted.startswith(folder + ".") for folder in folders):
            return version
    return None


def last(dotted: str) -> str:
    """Return the last part of a dotted name."""
    return dotted.rpartition(".")[2]


def is_layer_or_model(dotted: str) -> bool:
    """Say whether a class is a layer or model of Keras."""
    name = canonical(dotted)
    return name in MODELS or name.startswith("keras.layers.")
