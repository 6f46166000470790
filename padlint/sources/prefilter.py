"""Whether a file can matter at all, from its bytes alone: no file is parsed that this says no to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import Flag, auto
from functools import reduce
from operator import or_
from pathlib import Path
from string import ascii_letters, digits

from padlint.sources.exchange import exchange
from padlint.sources.imports import Import, imports
from padlint.sources.prose import without_prose

# Words as they stand in source; a star stands for the rest of a longer word on its side.
KERAS = (b"keras", b"tensorflow")
OTHER_FRAMEWORKS = (b"torch", b"mxnet", b"paddle")
# What reads a sequence step by step, and what makes one: where none of these is, nothing leaks.
SEQUENCES = (
    b"*LSTM*", b"*GRU*", b"*RNN*", b"*_rnn*", b"rnn", b"Bidirectional", b"*Attention*", b"*attention*", b"*Embedding*",
    b"embedding_lookup", b"Masking", b"TimeDistributed", b"*Conv1D", b"*Convolution1D", b"*Pool1D", b"*Pooling1D",
    b"*pad_seq*",
)  # fmt: skip
# What reads a sequence only where there is one: layers, and what TensorFlow calls so as other libraries do.
OTHER_LAYERS = (b"*Pool*", b"*Flatten")
REDUCTIONS = (b"reduce_mean", b"reduce_max", b"reduce_sum")
OTHER_CONSUMERS = (*OTHER_LAYERS, *REDUCTIONS)
PADDINGS = (
    b"*pad_seq*", b"*padded_batch*", b"bucket_by_sequence_length", b"TextVectorization", b"to_tensor", b"to_dense",
    b"StartEndPacker", b"MultiSegmentPacker",
)  # fmt: skip
FILLINGS = (b"zeros", b"ones", b"full", b"empty", b"ljust", b"rjust")
PADDINGS_BY_HAND = (b"pad", *FILLINGS)
# What makes a sequence longer, wherever it stands.
LENGTHENING = (
    b"append", b"extend", b"insert", b"concat", b"stack", b"] *", b"]*", b"* [", b"*[", b"pad(", b"pad_",
    *FILLINGS,
)  # fmt: skip
MODELS = (b"Sequential", b"Model", b"model_from_json", b"load_model", b"model_from_config")
FEEDS = (
    b"fit", b"fit_generator", b"evaluate", b"evaluate_generator", b"predict", b"predict_generator",
    b"predict_on_batch", b"train_on_batch", b"test_on_batch", b"GradientTape",
)  # fmt: skip
# What takes data, or layers that data may be given to; where there is none, something is only counted, drawn or tried.
TAKING = (*MODELS, *FEEDS, b"*Session*", b"*Estimator*", b"Layer", b"Module")
ADDING_TO_A_MODEL = b"model.add("

_PACKAGE = "__init__.py"
_IN_WORDS = (ascii_letters + digits + "_").encode()
_BLANKS_BETWEEN_WORDS = bytes(byte if byte in _IN_WORDS else 0x20 for byte in range(256))
_PADS = (*SEQUENCES, *PADDINGS, b"pad")
_LEAKS = (*MODELS, *FEEDS, *OTHER_CONSUMERS, *_PADS)
_READING = (*SEQUENCES, *OTHER_CONSUMERS)
_DRIVING = (*FEEDS, *OTHER_CONSUMERS, *_PADS)


class Ingredient(Flag):
    """What of a leak files name."""

    SEQUENCE = auto()
    CONSUMER = auto()
    PADDING = auto()
    PADDING_BY_HAND = auto()
    TAKER = auto()


_WORDS = {
    Ingredient.SEQUENCE: SEQUENCES,
    Ingredient.CONSUMER: OTHER_LAYERS,
    Ingredient.PADDING: PADDINGS,
    Ingredient.PADDING_BY_HAND: PADDINGS_BY_HAND,
    Ingredient.TAKER: TAKING,
}


def relevant(data: bytes) -> bool:
    """Say whether a file names Keras and something that a leak is made of."""
    return names_keras(data) and _names_any(data, _LEAKS)


def candidate(data: bytes) -> bool:
    """Say whether a file that is not relevant may be a driver, or lie between one and what it drives."""
    if not _may_import(data):
        return False
    return names_keras(data) or _names_any(data, _DRIVING)


def _may_import(data: bytes) -> bool:
    return b"import" in data and not any(word in data for word in OTHER_FRAMEWORKS)


def ingredients(data: bytes) -> Ingredient:
    """Return what of a leak the code of a file names.

    What only comments and docstrings name does not count; to take them out pays where something reads a sequence.
    """
    code, words = data, _each_once(data)
    if _names_any(words, _READING):
        code = without_prose(data)
        words = _each_once(code)
    named = [each for each, wanted in _WORDS.items() if _names_any(words, wanted)]
    if b"tensorflow" in code and _names_any(words, REDUCTIONS):
        named.append(Ingredient.CONSUMER)
    if ADDING_TO_A_MODEL in code:
        named.append(Ingredient.TAKER)
    return reduce(or_, named, Ingredient(0))


def promising(named: Ingredient, *, pooling: bool) -> bool:
    """Say whether something can leak in files that name this together.

    It takes what reads a sequence, or reads one where there is one; and what pads by its name, or else what takes data,
    and for the second kind of reader what can pad.

    Args:
        pooling: whether it is a leak, too, when padding is pooled or flattened and nothing else.
    """
    pools = pooling and Ingredient.CONSUMER in named
    if Ingredient.PADDING in named:
        return pools or Ingredient.SEQUENCE in named
    by_hand = pools and Ingredient.PADDING_BY_HAND in named
    return Ingredient.TAKER in named and (by_hand or Ingredient.SEQUENCE in named)


def drivers(others: Iterable[tuple[Path, bytes]], roots: Collection[Path]) -> set[Path]:
    """Return the files that do not name Keras themselves but use one that does, directly or through another.

    Such a file can bind data to a model that it imported, or make layers whose names it imported with a star. One that
    names nothing that a leak is made of can still hand on to one file what another made, if it uses two of them. In a
    package, though, nearly every file uses two others, so only a script counts, in which things are put together.

    Args:
        others: the files that are not relevant, with their bytes.
        roots: the files that are.
    """
    held = list(others)
    packages = _packages((*roots, *(file for file, _ in held)))
    targets = set(roots)
    waiting: dict[Path, tuple[int, tuple[Import, ...]]] = {}
    for file, data in held:
        if names_keras(data):
            targets.add(file)
        elif candidate(data):
            waiting[file] = 1, tuple(imports(data))
        if file not in waiting and file.parent not in packages and _may_import(data):
            waiting[file] = 2, tuple(imports(data))
    found: set[Path] = set()
    met: dict[Path, set[Path]] = {file: set() for file in waiting}
    while targets:
        index = _Index(targets)
        for file, (_, statements) in waiting.items():
            met[file].update(target for statement in statements for target in index.met(statement))
        targets = {file for file, (least, _) in waiting.items() if len(met[file] - {file}) >= least}
        found |= targets
        waiting = {file: each for file, each in waiting.items() if file not in targets}
    return found


def padders(others: Iterable[tuple[Path, bytes]], roots: Mapping[Path, bytes]) -> set[Path]:
    """Return the files that define what pads, in packages that read sequences.

    Nothing need lead from one to the other: whoever uses the package calls both.

    Args:
        others: the files that are not relevant, with their bytes.
        roots: the files that are, with theirs.
    """
    held = list(others)
    padding = [file for file, data in held if defines_padding(data)]
    if not padding:
        return set()
    packages = _packages((*roots, *(file for file, _ in held)))
    reading = {package_of(file, packages) for file, data in roots.items() if reads_sequences(data)} - {None}
    return {file for file in padding if package_of(file, packages) in reading}


def savers(others: Iterable[tuple[Path, bytes]], loading: Mapping[Path, bytes]) -> set[Path]:
    """Return the files that save what others load, and may pad it, or save it under the name of what may be padded.

    Args:
        others: the files that are not relevant, with their bytes.
        loading: the files that are, and those that use them, with theirs.
    """
    loaded = frozenset[bytes]().union(*(exchange(data).loaded for data in loading.values() if b"load" in data))
    saving = [(file, data) for file, data in others if loaded and _saves(data)]
    padded = [data for data in loading.values() if loaded and _saves(data)]
    padded += (data for _, data in saving if any(each in data for each in LENGTHENING))
    names = loaded & frozenset[bytes]().union(*(exchange(data).saved for data in padded))
    return {file for file, data in saving if names and exchange(data).saved & names}


def _saves(data: bytes) -> bool:
    return b"save" in data or b"dump" in data


def _packages(files: Iterable[Path]) -> set[Path]:
    return {file.parent for file in files if file.name == _PACKAGE}


def package_of(file: Path, packages: Collection[Path]) -> Path | None:
    """Return the folder of the outermost package that a file is in, None when it is in none."""
    inside = [folder for folder in file.parents if folder in packages]
    return inside[-1] if inside and inside[0] == file.parent else None


def reads_sequences(data: bytes) -> bool:
    """Say whether a file names Keras and what reads a sequence step by step."""
    return names_keras(data) and _names_any(data, SEQUENCES)


def defines_padding(data: bytes) -> bool:
    """Say whether a file that does not name Keras defines a function or class that pads, by its name and by its means.

    What only checks or passes on how something is to be padded adds nothing to anything.
    """
    if names_keras(data) or (b"pad" not in data and b"Pad" not in data):
        return False
    if not any(each in data for each in LENGTHENING):
        return False
    definitions = (line.split(b"(")[0] for line in data.splitlines() if line.lstrip().startswith((b"def ", b"class ")))
    return any(b"pad" in words.lower() for words in definitions)


class _Index:
    """Files by the names under which they can be imported."""

    def __init__(self, files: Collection[Path]) -> None:
        self._modules: dict[str, list[Path]] = {}
        self._packages: dict[str, list[Path]] = {}
        for file in files:
            name = file.parent.name if file.stem == "__init__" else file.stem
            self._modules.setdefault(name, []).append(file)
            self._packages.setdefault(file.parent.name, []).append(file)

    def met(self, statement: Import) -> Iterator[Path]:
        """Yield the files that a statement may import: by their own names or from their packages."""
        path = ("" if statement.level else statement.dotted).split(".")
        words = {*statement.dotted.split("."), *statement.names}
        modules = [file for word in words for file in self._modules.get(word, ())]
        packages = self._packages.get(statement.dotted.rpartition(".")[2], [])
        yield from (file for file in (*modules, *packages) if path[0] in {"", file.stem} or path[0] in file.parts)


# Words ----------------------------------------------------------------------------------------------------------


def names_keras(data: bytes) -> bool:
    """Say whether a file names Keras at all."""
    return any(word in data for word in KERAS)


def _each_once(code: bytes) -> bytes:
    """Return the words of code, each once: a seventh of it, where many are looked for."""
    return b" ".join(set(code.translate(_BLANKS_BETWEEN_WORDS).split()))


def _names_any(data: bytes, words: Iterable[bytes]) -> bool:
    # A search for one literal is so much faster than an expression that forty of them are, too.
    return any(_names(data, word) for word in words)


def _names(data: bytes, word: bytes) -> bool:
    """Say whether a word stands somewhere with nothing joined to it, but on the sides that have a star."""
    literal = word.strip(b"*")
    start = data.find(literal)
    while start >= 0:
        end = start + len(literal)
        begins = word.startswith(b"*") or not _is_in_word(data[start - 1 : start]) or _follows_escape(data, start)
        if begins and (word.endswith(b"*") or not _is_in_word(data[end : end + 1])):
            return True
        start = data.find(literal, end)
    return False


def _is_in_word(character: bytes) -> bool:
    return character.isalnum() or character == b"_"


def _follows_escape(data: bytes, start: int) -> bool:
    """Say whether a word stands behind an escaped line end or tab, as in a notebook's JSON."""
    return data[start - 2 : start] in {b"\\n", b"\\t"}
