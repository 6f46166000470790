"""Which major version of Keras a project runs on: what its imports and its declared dependencies imply."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

from padlint.keras.names import implied_version
from padlint.sources.imports import Import

DEFAULT = 3
DECLARING_FILES = ("requirements*.txt", "pyproject.toml", "setup.py", "setup.cfg", "environment*.yml", "Pipfile")
LONGEST_FILE = 200_000
# The first release of each distribution that is Keras 3.
FIRST_OF_KERAS_3 = {
    "keras": (3, 0),
    "tensorflow": (2, 16),
    "tensorflow-gpu": (2, 16),
    "tensorflow-cpu": (2, 16),
    "tensorflow-macos": (2, 16),
}
KERAS_2_ONLY = frozenset(
    {"tf-keras", "tensorflow-addons", "keras-contrib", "keras-preprocessing", "keras-applications"}
)
KERAS_2_METHODS = frozenset(
    f"keras.Model.{name}"
    for name in ("fit_generator", "evaluate_generator", "predict_generator", "predict_classes", "predict_proba")
)
# Arguments that Keras 2 takes and Keras 3 refuses, by what takes them, or by the module of that. A test asks both.
KERAS_2_ARGUMENTS = {
    "keras.Model.compile": frozenset({"sample_weight_mode"}),
    "keras.Model.evaluate": frozenset({"max_queue_size", "use_multiprocessing", "workers"}),
    "keras.Model.fit": frozenset({"max_queue_size", "use_multiprocessing", "workers"}),
    "keras.Model.predict": frozenset({"max_queue_size", "use_multiprocessing", "workers"}),
    "keras.callbacks.ModelCheckpoint": frozenset({"period"}),
    "keras.callbacks.TensorBoard": frozenset({"write_grads"}),
    "keras.layers": frozenset({"batch_input_shape"}),
    "keras.optimizers": frozenset({"lr"}),
}
# The first argument of what makes inputs: a shape, for which Keras 2 alone takes a number.
KERAS_2_SHAPES = {"keras.layers.Input": ("shape",), "keras.layers.InputLayer": ("input_shape",)}
# How the name of a file ends that weights are saved in; Keras 2 took any name.
ENDING_OF_WEIGHTS = ".weights.h5"
_SEPARATORS = str.maketrans("\"'[](),;{}|", " " * 11)
_PINS = ("===", "==", "~=", "<=", "<", "=")
_SIGNS = frozenset({*_PINS, ">=", ">", "!="})
_TOKENS = re.compile(r"[<>=~!]+|[^\s<>=~!]+")


def implied_by(statements: Iterable[Import]) -> int | None:
    """Return the version that most of some imports speak for, None when none does."""
    votes = Counter(
        version
        for statement in statements
        for name in (statement.dotted, *(f"{statement.dotted}.{name}" for name in statement.names))
        for version in [implied_version(name)]
        if version is not None
    )
    return max(votes, key=lambda version: votes[version], default=None)


def takes_keras_2(dotted: str, arguments: Iterable[str]) -> bool:
    """Say whether a call by these keywords is one that Keras 3 refuses.

    Args:
        dotted: the canonical name of what is called.
    """
    home = dotted.rpartition(".")[0]
    refused = KERAS_2_ARGUMENTS.get(dotted) or KERAS_2_ARGUMENTS.get(home) or frozenset()
    return dotted in KERAS_2_METHODS or not refused.isdisjoint(arguments)


def declared_version(root: Path) -> int | None:
    """Return what the project's declared dependencies pin Keras to, None when they leave it open."""
    return next((version for text in _declarations(root) for version in _pinned(text)), None)


def _declarations(root: Path) -> Iterator[str]:
    for pattern in DECLARING_FILES:
        for file in sorted(root.glob(pattern)):
            try:
                if file.stat().st_size <= LONGEST_FILE:
                    yield file.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue


def _pinned(text: str) -> Iterator[int]:
    """Yield the versions that requirements in a text pin, in order."""
    for line in text.splitlines():
        requirement = line.partition("#")[0].translate(_SEPARATORS)
        for word, following in _words(requirement):
            name = word.lower().replace("_", "-")
            if name in KERAS_2_ONLY:
                yield 2
            elif name in FIRST_OF_KERAS_3 and following:
                yield from _major(following, FIRST_OF_KERAS_3[name])


def _words(requirement: str) -> Iterator[tuple[str, str]]:
    """Yield each requirement's name, and the first specifier behind it that keeps releases from being newer."""
    tokens = _TOKENS.findall(requirement)
    for position, token in enumerate(tokens):
        pairs = zip(tokens[position + 1 :: 2], tokens[position + 2 :: 2], strict=False)
        specifiers = takewhile(lambda pair: pair[0] in _SIGNS, pairs)
        yield token, next((sign + release for sign, release in specifiers if sign in _PINS), "")


def _major(specifier: str, first: tuple[int, int]) -> Iterable[int]:
    """Yield the Keras version that a specifier allows as its newest."""
    sign = next((pin for pin in _PINS if specifier.startswith(pin)), "")
    numbers = specifier[len(sign) :].split(".")
    if not numbers[0].isdigit():
        return
    release = (int(numbers[0]), int(numbers[1]) if len(numbers) > 1 and numbers[1].isdigit() else 0)
    newest_is_older = release < first if sign != "<" else release <= first
    yield 2 if newest_is_older else 3
