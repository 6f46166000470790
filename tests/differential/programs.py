"""Draw whole programs: padded data, a model that reads it, and the training that brings both together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from wiring import FEATURES, FRAME, LENGTH, Reads, wire
from writing import Style, fitting_styles, write_model

LENGTHS = (2, 3, 2, 3)
SHAPES = {Reads.IDS: "", Reads.FEATURES: f"{FEATURES}", Reads.FRAMES: FRAME}


@dataclass(frozen=True)
class Program:
    """A program, and what its generator knows of its data.

    Args:
        keras: the major version of Keras that it is for.
        lengths: how many real steps each sequence has.
        padded_first: whether the padding stands in front of them.
    """

    text: str
    keras: int
    padded_first: bool
    style: Style
    lengths: tuple[int, ...] = LENGTHS

    def __str__(self) -> str:
        return self.text


def write_program(random: Random) -> Program:
    """Write a program."""
    version = random.choice([3, 3, 3, 2])
    reads = random.choice([Reads.IDS, Reads.IDS, Reads.FEATURES, Reads.FEATURES, Reads.FRAMES])
    padded_first = random.choice([False, True])
    pad = random.choice([0.0, 0.0, -1.0]) if reads is Reads.FEATURES else 0.0
    wiring = wire(random, version, reads, pad)
    style = random.choice(fitting_styles(wiring.steps))
    length = random.choice([f"{LENGTH}", "MAXLEN"])
    shape = f"({length}, {SHAPES[reads]})" if SHAPES[reads] else f"({length},)"
    model = write_model(style, wiring.steps, random.choice(["shape=", ""]) + shape)
    classes = "".join(f"\n\n{OWN_CLASSES[name]}" for name in dict.fromkeys(wiring.classes))
    data = _data(random, reads, pad, padded_first=padded_first)
    labels = f"labels = np.zeros((4, {LENGTH}, 1))" if wiring.tags else "labels = np.zeros((4, 1))"
    body = "\n".join([data, labels + classes, "", model, "", *_training(random)])
    return Program(_with_imports(random, body, version), version, padded_first, style)


# Data -------------------------------------------------------------------------------------------------------------


def _data(random, reads: Reads, pad: float, *, padded_first: bool) -> str:
    """Write sequences of several lengths, and how they are padded to one."""
    tokens = iter([5, 9, 3, 14, 8, 2, 11, 7, 17, 6, 12, 4, 19, 13])
    if reads is Reads.IDS:
        rows = [[next(tokens) for _ in range(length)] for length in LENGTHS]
        sequences = [f"sequences = {rows}"]
    else:
        sequences = [f"sequences = [np.random.randn(length, {SHAPES[reads]}) for length in {list(LENGTHS)}]"]
    lines = [f"MAXLEN = {LENGTH}", *sequences]
    if random.randrange(3) == 0:
        lines += _padded_by_hand(reads, pad, padded_first=padded_first)
    else:
        lines.append(_padded_by_keras(reads, pad, padded_first=padded_first))
    return "\n".join(lines)


def _padded_by_hand(reads: Reads, pad: float, *, padded_first: bool) -> list[str]:
    shape = f"(len(sequences), MAXLEN, {SHAPES[reads]})" if SHAPES[reads] else "(len(sequences), MAXLEN)"
    made = f"np.zeros({shape})" if pad == 0 else f"np.full({shape}, {pad})"
    place = "-len(sequence):" if padded_first else ":len(sequence)"
    return [
        f"data = {made}",
        "for row, sequence in enumerate(sequences):",
        f"    data[row, {place}] = sequence",
    ]


def _padded_by_keras(reads: Reads, pad: float, *, padded_first: bool) -> str:
    side = "" if padded_first else ', padding="post"'
    value = "" if pad == 0 else f", value={pad}"
    dtype = "" if reads is Reads.IDS else ', dtype="float32"'
    return f"data = keras.utils.pad_sequences(sequences, maxlen=MAXLEN{dtype}{side}{value})"


def _training(random: Random) -> list[str]:
    compiled = random.choice(['loss="mse", optimizer="adam"', '"adam", "mse"'])
    fitted = random.choice(["data, labels", "x=data, y=labels, epochs=2", "data, labels, batch_size=2"])
    return [f"model.compile({compiled})", f"model.fit({fitted})"]


# The program around them ------------------------------------------------------------------------------------------

OWN_CLASSES = {
    "Doubled": "class Doubled(layers.Layer):\n    def call(self, t):\n        return t * 2.0",
    "MaskedDoubled": (
        "class MaskedDoubled(layers.Layer):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.supports_masking = True\n"
        "\n"
        "    def call(self, t):\n"
        "        return t * 2.0"
    ),
    "Blend": (
        "class Blend(layers.Layer):\n"
        "    def __init__(self, units):\n"
        "        super().__init__()\n"
        "        self.dense = layers.Dense(units)\n"
        "\n"
        "    def call(self, t):\n"
        "        return self.dense(t)"
    ),
}
PACKAGES = {2: ["import tf_keras as keras"], 3: ["import keras", "from tensorflow import keras"]}
LAYERS_FROM = {
    "import tf_keras as keras": "tf_keras",
    "import keras": "keras",
    "from tensorflow import keras": "tensorflow.keras",
}


def _with_imports(random: Random, body: str, version: int) -> str:
    """Put imports in front: of `layers`, or of each layer by its name."""
    package = random.choice(PACKAGES[version])
    lines = ["import numpy as np", package]
    if "tf." in body:
        lines.append("import tensorflow as tf")
    source = LAYERS_FROM[package]
    if random.choice([False, True]):
        lines.append(f"from {source} import layers")
    else:
        names = sorted(set(re.findall(r"layers\.(\w+)", body)))
        lines.append(f"from {source}.layers import {', '.join(names)}")
        body = body.replace("layers.", "")
    return "\n".join([*lines, "", body, ""])
