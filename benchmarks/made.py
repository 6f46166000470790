"""A project of any number of files, each of which makes and trains a model on padded data."""

from __future__ import annotations

from pathlib import Path

FILES = 1_000
# The file that is changed, and those that import it.
CHANGED = "layers_0.py"
DEPENDENTS = ("model_1.py", "model_2.py")

LAYERS = """from tensorflow.keras import layers

UNITS = {units}


def reader():
    return layers.LSTM(UNITS)
"""
MODEL = """from tensorflow.keras import layers, models
from tensorflow.keras.preprocessing.sequence import pad_sequences
{imported}

def build(words):
    model = models.Sequential()
    model.add(layers.Embedding(words, 64, mask_zero={masked}))
    model.add({reader})
    model.add(layers.Dense(2, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam")
    return model


def train(rows, labels):
    model = build({number} + 1000)
    model.fit(pad_sequences(rows, maxlen=100{side}), labels)
"""


def make(folder: Path, files: int, leaking: int = 2) -> list[Path]:
    """Write a project and return its files; a project of one is a model that imports nothing.

    Args:
        leaking: of how many models one leaks.
    """
    folder.mkdir(parents=True)
    numbers = range(1, files) if files > 1 else (1,)
    made = [_model(folder, number, shares=files > 1, leaks=number % leaking == 1) for number in numbers]
    if files > 1:
        (folder / CHANGED).write_text(LAYERS.format(units=32), encoding="utf-8")
        made.append(folder / CHANGED)
    return made


def change(folder: Path, text: int) -> None:
    """Change what the project's shared file says, to something else for each number."""
    (folder / CHANGED).write_text(LAYERS.format(units=64 + text), encoding="utf-8")


def _model(folder: Path, number: int, *, shares: bool, leaks: bool) -> Path:
    file = folder / f"model_{number}.py"
    shared = shares and file.name in DEPENDENTS
    text = MODEL.format(
        imported=f"from {Path(CHANGED).stem} import reader\n" if shared else "",
        masked=not leaks,
        side="" if leaks else ', padding="post"',
        reader="reader()" if shared else "layers.LSTM(32)",
        number=number,
    )
    file.write_text(text, encoding="utf-8")
    return file
