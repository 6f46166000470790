"""Which padding belongs to a model whose data was not followed: the same length, the same class, the same imports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Final, TypeAlias

from padlint.finding import Confidence
from padlint.flow.lattice import Evidence
from padlint.flow.program import Program
from padlint.graph import ApplyOp, Known, Model, Padding, TensorId
from padlint.keras.layers import Part, Reads

NEAR: Final = 2
_TRANSPARENT: Final = frozenset({Part.SHAPE, Part.LAMBDA, Part.INPUT})

Bond: TypeAlias = Callable[[Padding, Model, Program], str]
"""Says why a padding belongs to a model, or "" when it does not."""


def associated(tensor: TensorId, program: Program) -> tuple[Evidence, ...]:
    """Return why an input that no data was seen to reach is likely padded; nothing when that would be a guess.

    The strongest bond that any padding has with the input's models decides.
    """
    models = [model for model in program.graph.models if tensor in model.inputs and not model.nested]
    bonds = _BONDS if _takes_ids(tensor, program) else _BONDS_OF_FEATURES
    for bond in bonds:
        if bond in _BETWEEN_FILES and _is_in_sight(tensor, program):
            return ()
        found = tuple(
            Evidence(tensor, Confidence.LIKELY, padding, reason=reason)
            for model in models
            if not _is_left_unfed(model, program)
            for padding in program.graph.paddings
            for reason in [bond(padding, model, program)]
            if reason
        )
        if found:
            return found
    return ()


def _is_left_unfed(model: Model, program: Program) -> bool:
    """Say whether a neighbour, built in the same place, is trained and this model is not: then it is just not used."""
    fed = {feed.model for feed in program.graph.feeds}
    return any(other.scope == model.scope and other.id in fed for other in program.graph.models if other.id != model.id)


def _is_in_sight(tensor: TensorId, program: Program) -> bool:
    """Say whether the program itself gives the data, however little could be read of it, and pads it nowhere."""
    return any(not feed.facts.outside for feed in program.feeds.get(tensor, ()))


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


def _same_length(padding: Padding, model: Model, program: Program) -> str:
    """The model is built for the very length, by its name, that the padding fills up to."""
    wanted = _name_of_length(padding.length)
    if not wanted or wanted not in map(_name_of_length, model.lengths):
        return ""
    if _distance(padding, model, program) > NEAR:
        return ""
    return f"the model is built for `{padding.length}` steps, and `{padding.how}` fills up to them"


def _same_class(padding: Padding, model: Model, program: Program) -> str:
    """A method of the class that builds the model pads."""
    owner = _class_of(padding.scope, padding.span.path)
    if not owner or owner != _class_of(model.scope, model.span.path) or padding.span.path != model.span.path:
        return ""
    return f"`{owner.rpartition('.')[2]}` both builds the model and pads with `{padding.how}`"


def _same_module(padding: Padding, model: Model, program: Program) -> str:
    """The one padding of the file, when it was not followed to another model."""
    path = model.span.path
    in_file = [other for other in program.graph.paddings if other.span.path == path and _is_numeric(other)]
    if padding not in in_file or _is_followed(padding, program) or not _agree(in_file):
        return ""
    return f"`{padding.how}` is the only padding of the file, and no other data was seen for this model"


def _same_project(padding: Padding, model: Model, program: Program) -> str:
    """The nearest padding, in a file that imports the model's or is imported by it, that was followed nowhere else.

    A file of the same folder comes before all others.
    """
    candidates = _unfollowed_near(model, program)
    at_home = [other for other in candidates if _folder(other.span.path) == _folder(model.span.path)]
    nearest = min((_distance(other, model, program) for other in at_home or candidates), default=0)
    distance = _distance(padding, model, program)
    if padding not in (at_home or candidates) or distance != nearest:
        return ""
    linked = "one of the two files imports the other" if distance == 1 else "the files import each other over others"
    return f"{padding.span.path} pads with `{padding.how}`, and {linked}"


def _same_folder(padding: Padding, model: Model, program: Program) -> str:
    """The nearest padding of the project, when it is done in the folder of the model."""
    return _same_project(padding, model, program) if _folder(padding.span.path) == _folder(model.span.path) else ""


_BONDS: Final[tuple[Bond, ...]] = (_same_length, _same_class, _same_module, _same_project)
_BONDS_OF_FEATURES: Final[tuple[Bond, ...]] = (_same_length, _same_class, _same_folder)


_BETWEEN_FILES: Final = frozenset({_same_project, _same_folder})


# What bonds ask ---------------------------------------------------------------------------------------------------


def _name_of_length(text: str) -> str:
    """Return the last name in the text of a length: `maxlen` of `self.maxlen` and of `config["maxlen"]`."""
    words = "".join(character if character.isalnum() or character == "_" else " " for character in text).split()
    named = [word for word in words if not word.isdigit()]
    return named[-1].casefold() if named else ""


def _distance(padding: Padding, model: Model, program: Program) -> int:
    """Return over how many imports the file that pads and the one that builds the model are linked."""
    return program.import_distances(model.span.path).get(padding.span.path, NEAR + 1)


def _unfollowed_near(model: Model, program: Program) -> list[Padding]:
    """Return the padding in other files near the model's that was not seen to reach any model."""
    return [
        padding
        for padding in program.graph.paddings
        if 0 < _distance(padding, model, program) <= NEAR
        and _is_numeric(padding)
        and not _is_followed(padding, program)
    ]


def _is_numeric(padding: Padding) -> bool:
    """Say whether a padding may hold numbers: blanks that fill up a line of text are no steps."""
    return not (isinstance(padding.value, Known) and isinstance(padding.value.value, str))


def _folder(path: str) -> PurePath:
    return PurePath(path).parent


def _is_followed(padding: Padding, program: Program) -> bool:
    """Say whether data with this padding was followed to some model."""
    return any(padding.span == seen.span for feed in program.graph.feeds for seen in feed.facts.paddings)


def _agree(paddings: list[Padding]) -> bool:
    """Say whether several calls pad in the same way."""
    return len({(padding.how, padding.side, padding.value) for padding in paddings}) == 1


def _class_of(scope: str, path: str) -> str:
    """Return the dotted class that a method is of, "" for functions and modules."""
    owner, _, _ = scope.rpartition(".")
    is_module = not owner or owner.rpartition(".")[2] == PurePath(path).stem
    return "" if is_module else owner
