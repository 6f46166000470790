"""Which padding belongs to a model whose data was not followed: the same length, the same class, the same imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Final, TypeAlias

from padlint.finding import Confidence
from padlint.flow.lattice import Evidence
from padlint.flow.program import Program
from padlint.graph import ApplyOp, InputOp, Known, Model, Padding, TensorId
from padlint.keras.layers import Part, Reads

NEAR: Final = 2
NEAR_OF_OPEN: Final = 3
_NOT_LINKED: Final = 1_000
_LENGTH_WORDS: Final = ("", "len", "length", "lengths", "maxlen", "maxlength", "seqlen", "size", "sizes", "dim")
_STEP_WORDS: Final = (
    "seq",
    "sequence",
    "sequences",
    "step",
    "steps",
    "time",
    "times",
    "timestep",
    "timesteps",
    "window",
)
_OTHER_WORDS: Final = ("max", "maximum", "min", "n", "num", "number", "count", "input", "inputs", "fixed", "x", "y")
_PADDING_WORDS: Final = ("pad", "padded", "padding")
_SAYS_NOTHING: Final = frozenset((*_LENGTH_WORDS, *_STEP_WORDS, *_OTHER_WORDS, *_PADDING_WORDS))
"""Words in the name of a length that do not say what is counted."""
_TRANSPARENT: Final = frozenset({Part.SHAPE, Part.LAMBDA, Part.INPUT, Part.MERGE})
_OF_ANY_ARRAY: Final = frozenset({"shape", "size", "len"})


@dataclass(frozen=True, slots=True)
class Pair:
    """A padding and a model that may belong together.

    Args:
        near: over how many imports their files may be linked.
        lengths: what the program calls the lengths that the input is built for, or the model where that is not said.
    """

    padding: Padding
    model: Model
    program: Program
    near: int
    lengths: tuple[str, ...]


Bond: TypeAlias = Callable[[Pair], str]
"""Says why a padding belongs to a model, or "" when it does not."""


def associated(tensor: TensorId, program: Program) -> tuple[Evidence, ...]:
    """Return why an input that no data was seen to reach is likely padded; nothing when that would be a guess.

    The strongest bond that any padding has with the input's models decides.
    """
    models = [model for model in program.graph.models if tensor in model.inputs and not model.nested]
    by_axis = tuple(_by_axis(tensor, models, program))
    if by_axis:
        return by_axis
    is_open = _is_open(tensor, program)
    own = tuple(text for text in _lengths_of(tensor, program) if _name_of_length(text) not in {"", "none"})
    for bond in _BONDS if is_open or _takes_ids(tensor, program) else _BONDS_OF_FEATURES:
        if bond in _BETWEEN_FILES and _is_in_sight(tensor, program):
            return ()
        found = tuple(
            Evidence(tensor, Confidence.LIKELY, padding, reason=reason)
            for model in models
            if not _is_left_unfed(model, program)
            for padding in program.graph.paddings
            for reason in [bond(Pair(padding, model, program, NEAR_OF_OPEN if is_open else NEAR, own or model.lengths))]
            if reason
        )
        if found:
            return found
    return ()


def _by_axis(tensor: TensorId, models: list[Model], program: Program) -> Iterator[Evidence]:
    """Yield for each axis of an input of ids a padding nearby that fills up to the very length, by a telling name."""
    built = [model for model in models if not _is_left_unfed(model, program)]
    lengths = _lengths_of(tensor, program) if built and _takes_ids(tensor, program) else ()
    for axis, text in enumerate(lengths, 1):
        name = _name_of_length(text) if _is_one_name(text) else ""
        pairs = [
            Pair(padding, model, program, NEAR, (text,))
            for model in built
            for padding in program.graph.paddings
            if _is_telling(name) and _name_of_length(padding.length) == name
        ]
        found = next((pair.padding for pair in pairs if _is_next_door(pair)), None)
        if found is not None:
            reason = f"the input is built for `{text}` steps, and `{found.how}` fills up to `{found.length}`"
            yield Evidence(tensor, Confidence.LIKELY, replace(found, axes=(axis,)), reason=reason)


def _lengths_of(tensor: TensorId, program: Program) -> tuple[str, ...]:
    match program.nodes[tensor].operation:
        case InputOp(lengths=lengths):
            return lengths
        case _:
            return ()


def _is_one_name(text: str) -> bool:
    """Say whether a length is written as one name, and not computed: `hparams.max_words`, `config["max_words"]`."""
    return not any(operator in text for operator in "+-*/%(")


def _is_telling(name: str) -> bool:
    """Say whether the name of a length says what is counted: `title_size` does, `max_len` does not."""
    return bool(set(name.split("_")) - _SAYS_NOTHING)


def _is_next_door(pair: Pair) -> bool:
    """Say whether padding and model are linked by imports, or are in folders that stand side by side."""
    here, there = PurePath(pair.padding.span.path).parent, PurePath(pair.model.span.path).parent
    return (
        _distance(pair.padding, pair) <= pair.near or here == there or (here.parent == there.parent and here.name != "")
    )


def _is_left_unfed(model: Model, program: Program) -> bool:
    """Say whether a neighbour, built in the same place, is trained and this model is not: then it is just not used."""
    fed = {feed.model for feed in program.graph.feeds}
    together = [other for other in program.graph.models if other.scope == model.scope]
    trained = {other.span for other in together if other.id in fed}
    return bool(trained) and model.span not in trained


def _is_in_sight(tensor: TensorId, program: Program) -> bool:
    """Say whether the program itself gives the data, however little could be read of it, and pads it nowhere.

    Training data counts, where there is any: a prediction may be about one text at a time.
    """
    feeds = program.feeds.get(tensor, ())
    trained = [feed for feed in feeds if feed.span in program.trainings]
    return any(not feed.facts.outside for feed in trained or feeds)


def _is_open(tensor: TensorId, program: Program) -> bool:
    """Say whether an input of features takes any number of steps, as the user wrote it."""
    match program.nodes[tensor].operation:
        case InputOp(shape=(None, _, *_)):
            return True
        case _:
            return False


def _takes_ids(tensor: TensorId, program: Program) -> bool:
    """Say whether an input is looked up in an embedding, possibly behind operations that make no features of it."""
    waiting, seen = [tensor], {tensor}
    while waiting:
        for node in program.readers.get(waiting.pop(), ()):
            match node.operation:
                case ApplyOp(layer):
                    variants = program.facts(layer)
                    if any(facts.reads is not Reads.FEATURES for facts in variants):
                        return True
                    follow = any(facts.part in _TRANSPARENT for facts in variants)
                case _:
                    follow = True
            if follow and node.id not in seen:
                seen.add(node.id)
                waiting.append(node.id)
    return False


# Bonds ------------------------------------------------------------------------------------------------------------


def _same_length(pair: Pair) -> str:
    """The model is built for the very length, by its name, that the padding fills up to."""
    wanted = _name_of_length(pair.padding.length)
    if not wanted or wanted not in map(_name_of_length, pair.lengths) or _distance(pair.padding, pair) > pair.near:
        return ""
    return f"the model is built for `{pair.padding.length}` steps, and `{pair.padding.how}` fills up to them"


def _same_class(pair: Pair) -> str:
    """A method of the class that builds the model pads."""
    padding, model = pair.padding, pair.model
    owner = _class_of(padding.scope, padding.span.path)
    if not owner or owner != _class_of(model.scope, model.span.path) or padding.span.path != model.span.path:
        return ""
    return f"`{owner.rpartition('.')[2]}` both builds the model and pads with `{padding.how}`"


def _same_module(pair: Pair) -> str:
    """The one padding of the file, when it was not followed to another model."""
    path = pair.model.span.path
    in_file = [other for other in pair.program.graph.paddings if other.span.path == path and _is_numeric(other)]
    if pair.padding not in in_file or _is_followed(pair.padding, pair.program) or not _agree(in_file):
        return ""
    return f"`{pair.padding.how}` is the only padding of the file, and no other data was seen for this model"


def _same_project(pair: Pair) -> str:
    """The nearest padding, in a file that imports the model's or is imported by it, that was followed nowhere else.

    A file of the same folder comes before all others.
    """
    everywhere = [other for other in pair.program.graph.paddings if 0 < _distance(other, pair) <= pair.near]
    candidates = [other for other in everywhere if _is_numeric(other) and not _is_followed(other, pair.program)]
    at_home = [other for other in candidates if _is_at_home(other, pair.model)]
    nearest = min((_distance(other, pair) for other in at_home or candidates), default=0)
    distance = _distance(pair.padding, pair)
    if pair.padding not in (at_home or candidates) or distance != nearest:
        return ""
    linked = "one of the two files imports the other" if distance == 1 else "the files import each other over others"
    return f"{pair.padding.span.path} pads with `{pair.padding.how}`, and {linked}"


def _same_folder(pair: Pair) -> str:
    """The nearest padding of the project, when it is done in the folder of the model."""
    return _same_project(pair) if _is_at_home(pair.padding, pair.model) else ""


def _same_library(pair: Pair) -> str:
    """The nearest padding of a package that leaves it to its users to feed its models.

    That it was followed to another model shows what it is there for, unless this model has no way in at all.
    """
    program, model = pair.program, pair.model
    usable = [
        other
        for other in program.graph.paddings
        if _is_in_package(other, model)
        and _is_numeric(other)
        and (_is_fed_from_outside(model, program) or not _is_followed(other, program))
    ]
    nearest = min((_distance(other, pair) for other in usable), default=0)
    if pair.padding not in usable or _distance(pair.padding, pair) != nearest:
        return ""
    package, _, _ = model.scope.partition(".")
    return (
        f"`{package}` pads with `{pair.padding.how}`, in {pair.padding.span.path}, and leaves it to others to feed it"
    )


_BONDS: Final[tuple[Bond, ...]] = (_same_length, _same_class, _same_module, _same_project, _same_library)
_BONDS_OF_FEATURES: Final[tuple[Bond, ...]] = (_same_length, _same_class, _same_folder)
_BETWEEN_FILES: Final = frozenset({_same_project, _same_folder, _same_library})


# What bonds ask ---------------------------------------------------------------------------------------------------


def _name_of_length(text: str) -> str:
    """Return the last name in the text of a length: `maxlen` of `self.maxlen` and of `config["maxlen"]`.

    What every array has is no name of a length: `shape` of `x.shape[1]`.
    """
    words = "".join(character if character.isalnum() or character == "_" else " " for character in text).split()
    named = [word for word in words if not word.isdigit()]
    return named[-1].casefold() if named and named[-1] not in _OF_ANY_ARRAY else ""


def _distance(padding: Padding, pair: Pair) -> int:
    """Return over how many imports the file that pads and the one that builds the model are linked."""
    return pair.program.import_distances(pair.model.span.path).get(padding.span.path, _NOT_LINKED)


def _is_fed_from_outside(model: Model, program: Program) -> bool:
    """Say whether a model is fed by functions that take the data as they are given it."""
    return any(feed.facts.outside for tensor in model.inputs for feed in program.feeds.get(tensor, ()))


def _is_in_package(padding: Padding, model: Model) -> bool:
    """Say whether a padding is done in another file of the package that the model is in."""
    package, _, inside = model.scope.partition(".")
    return "." in inside and padding.scope.startswith(f"{package}.") and padding.span.path != model.span.path


def _is_numeric(padding: Padding) -> bool:
    """Say whether a padding may hold numbers: blanks that fill up a line of text are no steps."""
    return not (isinstance(padding.value, Known) and isinstance(padding.value.value, str))


def _is_at_home(padding: Padding, model: Model) -> bool:
    """Say whether the padding is done in the folder in which the model is built."""
    return PurePath(padding.span.path).parent == PurePath(model.span.path).parent


def _is_followed(padding: Padding, program: Program) -> bool:
    """Say whether data with this padding was followed to some model."""
    return padding.span in program.followed


def _agree(paddings: list[Padding]) -> bool:
    """Say whether several calls pad in the same way."""
    return len({(padding.how, padding.side, padding.value) for padding in paddings}) == 1


def _class_of(scope: str, path: str) -> str:
    """Return the dotted class that a method is of, "" for functions and modules."""
    owner, _, _ = scope.rpartition(".")
    is_module = not owner or owner.rpartition(".")[2] == PurePath(path).stem
    return "" if is_module else owner
