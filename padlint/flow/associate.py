"""Which padding belongs to a model whose data was not followed: the same length, the same class, the same imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from functools import cache
from pathlib import PurePath
from typing import Final, TypeAlias

from padlint.dataclass import dataclass
from padlint.finding import Confidence
from padlint.flow.lattice import Evidence
from padlint.flow.program import Program
from padlint.graph import ApplyOp, InputOp, Known, Model, Padding, TensorId
from padlint.keras.layers import Part, Reads
from padlint.sources.folders import module_parts

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
class Candidate:
    """A model that padding may belong to.

    Args:
        near: over how many imports its file and the one that pads may be linked.
        lengths: what the program calls the lengths that the input is built for, or the model where that is not said.
    """

    model: Model
    program: Program
    near: int
    lengths: tuple[str, ...]


Bond: TypeAlias = Callable[[Candidate], Iterator[tuple[Padding, str]]]
"""Yields the padding that belongs to a model, and why."""


def associated(tensor: TensorId, program: Program) -> tuple[Evidence, ...]:
    """Return why an input that no data was seen to reach is likely padded; nothing when that would be a guess.

    The strongest bond that any padding has with the input's models decides.
    """
    models = [model for model in program.graph.models if tensor in model.inputs and not model.nested]
    built = [model for model in models if not _is_left_unfed(model, program)] if program.graph.paddings else []
    by_axis = tuple(_by_axis(tensor, built, program))
    if by_axis or not built:
        return by_axis
    is_open = _is_open(tensor, program)
    own = tuple(text for text in _lengths_of(tensor, program) if _name_of_length(text) not in {"", "none"})
    near = NEAR_OF_OPEN if is_open else NEAR
    seen = _seen(tensor, program)
    for bond in _BONDS if is_open or _takes_ids(tensor, program) else _BONDS_OF_FEATURES:
        if seen >= _ENOUGH.get(bond, _Seen.NEVER):
            continue
        found = tuple(
            Evidence(tensor, Confidence.LIKELY, padding, reason=reason)
            for model in built
            for padding, reason in bond(Candidate(model, program, near, own or _of_any_input(model, tensor, program)))
            if not _is_of_labels(padding, model, program)
            and not _is_of_another_length(padding, tensor, program)
            and not (bond is _same_length and seen >= _Seen.GIVEN and _is_for_others(padding, tensor, model, program))
        )
        if found:
            return found
    return ()


def _by_axis(tensor: TensorId, built: list[Model], program: Program) -> Iterator[Evidence]:
    """Yield for each axis of an input of ids a padding nearby that fills up to the very length, by a telling name."""
    lengths = _lengths_of(tensor, program) if built and _takes_ids(tensor, program) else ()
    for axis, text in enumerate(lengths, 1):
        name = _name_of_length(text) if _is_one_name(text) else ""
        alike = [padding for padding in program.graph.paddings if _name_of_length(padding.length) == name]
        beside = (
            padding
            for model in built
            for padding in (alike if _is_telling(name) else ())
            if _is_next_door(padding, Candidate(model, program, NEAR, (text,)))
        )
        found = next(beside, None)
        if found is not None:
            reason = f"the input is built for `{text}` steps, and {found.in_words} fills up to `{found.length}`"
            yield Evidence(tensor, Confidence.LIKELY, replace(found, axes=(axis,)), reason=reason)


def _is_for_others(padding: Padding, tensor: TensorId, model: Model, program: Program) -> bool:
    """Say whether an input has data of its own, and padding of its length is no sign: they may share one setting.

    It is for another model, then, that it was followed to; or ids of another file, where the input takes features.
    """
    is_elsewhere = padding.span.path != model.span.path and not _takes_ids(tensor, program)
    return is_elsewhere or _is_followed(padding, program)


def _lengths_of(tensor: TensorId, program: Program) -> tuple[str, ...]:
    match program.nodes[tensor].operation:
        case InputOp(lengths=lengths):
            return lengths
        case _:
            return ()


def _of_any_input(model: Model, tensor: TensorId, program: Program) -> tuple[str, ...]:
    """Return the lengths that a model is built for, as far as they may be those of one of its inputs."""
    match program.nodes[tensor].operation:
        case InputOp(shape=(int(), *_)) if len(model.inputs) > 1:
            return ()
        case _:
            return model.lengths


def _is_of_labels(padding: Padding, model: Model, program: Program) -> bool:
    """Say whether padding was followed to the labels that a model is trained on, or to those of others and no input."""
    labelled = {
        training.model
        for training in program.graph.trainings
        if any(padding.span == each.span for facts in training.targets for each in facts.paddings)
    }
    return model.id in labelled or (bool(labelled) and not _is_followed(padding, program))


def _is_of_another_length(padding: Padding, tensor: TensorId, program: Program) -> bool:
    """Say whether an input has other steps than padding fills up to: another number, a single one, or no such axis.

    One more or less is the same: a sequence without its first or last step.
    """
    match program.nodes[tensor].operation:
        case InputOp(shape=(1,)):
            return True
        case InputOp(shape=tuple(shape)) if min(padding.axes, default=1) > len(shape):
            return True
        case InputOp(shape=(int(steps), *_)) if padding.length.isdecimal():
            return abs(steps - int(padding.length)) > 1
        case _:
            return False


def _is_one_name(text: str) -> bool:
    """Say whether a length is written as one name, and not computed: `hparams.max_words`, `config["max_words"]`."""
    return not any(operator in text for operator in "+-*/%(")


def _is_telling(name: str) -> bool:
    """Say whether the name of a length says what is counted: `title_size` does, `max_len` does not."""
    return bool(set(name.split("_")) - _SAYS_NOTHING)


def _is_next_door(padding: Padding, candidate: Candidate) -> bool:
    """Say whether padding and model are linked by imports, or are in folders that stand side by side."""
    here, there = PurePath(padding.span.path).parent, PurePath(candidate.model.span.path).parent
    return (
        _distance(padding, candidate) <= candidate.near
        or here == there
        or (here.parent == there.parent and here.name != "")
    )


def _is_left_unfed(model: Model, program: Program) -> bool:
    """Say whether a neighbour, built in the same place, is trained and this model is not: then it is just not used."""
    fed = {feed.model for feed in program.graph.feeds}
    together = [other for other in program.graph.models if other.scope == model.scope]
    trained = {other.span for other in together if other.id in fed}
    return bool(trained) and model.span not in trained


class _Seen(IntEnum):
    """How much was seen of the data that the program itself gives a model, and pads nowhere."""

    NOTHING = 0
    GIVEN = 1
    AS_ARRAY = 2  # read so far that it is an array of so many axes
    NEVER = 3


def _seen(tensor: TensorId, program: Program) -> _Seen:
    """Say how much was seen of an input's data.

    Training data counts, where there is any: a prediction may be about one text at a time.
    """
    feeds = program.feeds.get(tensor, ())
    trained = [feed for feed in feeds if feed.span in program.trainings]
    given = [feed.facts for feed in trained or feeds if not feed.facts.outside]
    if any(facts.rank is not None for facts in given):
        return _Seen.AS_ARRAY
    return _Seen.GIVEN if given else _Seen.NOTHING


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


def _same_length(candidate: Candidate) -> Iterator[tuple[Padding, str]]:
    """The model is built for the very length, by its name, that the padding fills up to."""
    wanted = {name: text for text in candidate.lengths if (name := _name_of_length(text))}
    for padding in candidate.program.graph.paddings if wanted else ():
        text = wanted.get(_name_of_length(padding.length))
        if text is not None and _distance(padding, candidate) <= candidate.near:
            filled = "them" if text == padding.length else f"`{padding.length}`"
            yield padding, f"the model is built for `{text}` steps, and {padding.in_words} fills up to {filled}"


def _same_class(candidate: Candidate) -> Iterator[tuple[Padding, str]]:
    """A method of the class that builds the model pads."""
    path = candidate.model.span.path
    owner = _class_of(candidate.model.scope, path)
    for padding in candidate.program.graph.paddings if owner else ():
        if padding.span.path == path and _class_of(padding.scope, path) == owner:
            yield padding, f"`{owner.rpartition('.')[2]}` builds the model, and {padding.in_words} pads in it"


def _same_module(candidate: Candidate) -> Iterator[tuple[Padding, str]]:
    """The one padding of the file, when it was not followed to another model."""
    program, path = candidate.program, candidate.model.span.path
    in_file = [padding for padding in program.graph.paddings if padding.span.path == path and _is_numeric(padding)]
    for padding in in_file if _agree(in_file) else ():
        if not _is_followed(padding, program):
            why = f"{padding.in_words} is the only padding of the file, and no other data was seen for this model"
            yield padding, why


def _same_project(candidate: Candidate) -> Iterator[tuple[Padding, str]]:
    """The nearest padding, in a file that imports the model's or is imported by it, that was followed nowhere else.

    A file of the same folder comes before all others.
    """
    program = candidate.program
    everywhere = [each for each in program.graph.paddings if 0 < _distance(each, candidate) <= candidate.near]
    numeric = [each for each in everywhere if _may_be_for(each, candidate.model) and not _is_followed(each, program)]
    at_home = [each for each in numeric if _is_at_home(each, candidate.model)]
    for padding, distance in _nearest(at_home or numeric, candidate):
        linked = (
            "one of the two files imports the other" if distance == 1 else "the files import each other over others"
        )
        yield padding, f"{padding.in_words} pads in {padding.span.path}, and {linked}"


def _same_folder(candidate: Candidate) -> Iterator[tuple[Padding, str]]:
    """The nearest padding of the project, when it is done in the folder of the model."""
    return (each for each in _same_project(candidate) if _is_at_home(each[0], candidate.model))


def _same_library(candidate: Candidate) -> Iterator[tuple[Padding, str]]:
    """The nearest padding of a package that leaves it to its users to feed its models.

    That it was followed to another model shows what it is there for, unless this model has no way in at all.
    """
    program, model = candidate.program, candidate.model
    has_a_way_in = _is_fed_from_outside(model, program)
    usable = [
        padding
        for padding in program.graph.paddings
        if _is_in_package(padding, model)
        and _may_be_for(padding, model)
        and (has_a_way_in or not _is_followed(padding, program))
    ]
    package, _, _ = model.scope.partition(".")
    for padding, _ in _nearest(usable, candidate):
        yield (
            padding,
            f"{padding.in_words} pads in {padding.span.path}, and `{package}` leaves it to others to feed its models",
        )


def _nearest(paddings: Sequence[Padding], candidate: Candidate) -> Iterator[tuple[Padding, int]]:
    """Yield the paddings over the fewest imports from a model, with how many these are."""
    distances = [_distance(padding, candidate) for padding in paddings]
    nearest = min(distances, default=0)
    return ((padding, nearest) for padding, distance in zip(paddings, distances, strict=True) if distance == nearest)


_BONDS: Final[tuple[Bond, ...]] = (_same_length, _same_class, _same_module, _same_project, _same_library)
_BONDS_OF_FEATURES: Final[tuple[Bond, ...]] = (_same_length, _same_class, _same_folder)
_ENOUGH: Final[Mapping[Bond, _Seen]] = {
    _same_class: _Seen.AS_ARRAY,
    _same_module: _Seen.AS_ARRAY,
    _same_project: _Seen.GIVEN,
    _same_folder: _Seen.GIVEN,
    _same_library: _Seen.GIVEN,
}
"""How much has to be seen of the data for a bond to be no reason any more.

For one length nothing is enough, unless the padding is for others.
"""


# What bonds ask ---------------------------------------------------------------------------------------------------


@cache
def _name_of_length(text: str) -> str:
    """Return the last name in the text of a length: `maxlen` of `self.maxlen` and of `config["maxlen"]`.

    What every array has is no name of a length: `shape` of `x.shape[1]`.
    """
    words = "".join(character if character.isalnum() or character == "_" else " " for character in text).split()
    named = [word for word in words if not word.isdigit()]
    return named[-1].casefold() if named and named[-1] not in _OF_ANY_ARRAY else ""


def _distance(padding: Padding, candidate: Candidate) -> int:
    """Return over how many imports the file that pads and the one that builds the model are linked."""
    return candidate.program.import_distances(candidate.model.span.path).get(padding.span.path, _NOT_LINKED)


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


def _may_be_for(padding: Padding, model: Model) -> bool:
    """Say whether a padding may be for a model of another file; a test pads itself what it feeds."""
    return _is_numeric(padding) and not _is_test(padding.span.path) and not _is_test(model.span.path)


def _is_test(path: str) -> bool:
    """Say whether a file is one of tests, by the names that pytest finds."""
    name = PurePath(path).stem
    return name.startswith("test_") or name.endswith("_test")


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
    *_, module = module_parts(PurePath(path))
    owner, _, _ = scope.rpartition(".")
    is_outside = module not in owner.split(".") or owner.rpartition(".")[2] == module
    return "" if is_outside else owner
