"""Which padding belongs to a model whose data was not followed: the same length, the same class, the same imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Final, TypeAlias

from padlint.finding import Confidence
from padlint.flow.lattice import Evidence
from padlint.flow.program import Program
from padlint.graph import ApplyOp, Model, Padding, TensorId
from padlint.keras.layers import Part, Reads

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
    named = any(character.isalpha() for character in padding.length)
    if not named or padding.length not in model.lengths or not _are_near(padding, model, program):
        return ""
    return f"the model is built for `{padding.length}` steps, and `{padding.how}` fills up to them"


def _same_class(padding: Padding, model: Model, program: Program) -> str:
    """A method of the class that builds the model pads."""
    owner = _class_of(padding.scope, padding.span.path)
    if not owner or owner != _class_of(model.scope, model.span.path) or padding.span.path != model.span.path:
        return ""
    return f"`{owner.rpartition('.')[2]}` both builds the model and pads with `{padding.how}`"


def _same_module(padding: Padding, model: Model, program: Program) -> str:
    """The one padding of the file, in a file that feeds no model in sight."""
    path = model.span.path
    if padding.span.path != path or _are_fed(path, program) or not _is_the_only_one(padding, [path], program):
        return ""
    return f"`{padding.how}` is the only padding of the file, and no other data was seen for this model"


def _same_project(padding: Padding, model: Model, program: Program) -> str:
    """The one padding among files that import each other."""
    near = sorted(_neighbours(model.span.path, program))
    if padding.span.path not in near or not _is_the_only_one(padding, [model.span.path, *near], program):
        return ""
    return f"{padding.span.path} pads with `{padding.how}`, and one of the two files imports the other"


_BONDS: Final[tuple[Bond, ...]] = (_same_length, _same_class, _same_module, _same_project)
_BONDS_OF_FEATURES: Final[tuple[Bond, ...]] = (_same_length, _same_class)


# What bonds ask ---------------------------------------------------------------------------------------------------


def _are_near(padding: Padding, model: Model, program: Program) -> bool:
    path = model.span.path
    return padding.span.path == path or padding.span.path in _neighbours(path, program)


def _neighbours(path: str, program: Program) -> frozenset[str]:
    """Return the files that a file imports, that import it, or that are imported together with it."""
    imports = program.graph.imports
    importers = {other for other, targets in imports.items() if path in targets}
    together = {target for other in importers for target in imports[other]}
    return frozenset({*imports.get(path, ()), *importers, *together} - {path})


def _are_fed(path: str, program: Program) -> bool:
    return any(feed.span.path == path for feed in program.graph.feeds)


def _is_the_only_one(padding: Padding, paths: list[str], program: Program) -> bool:
    """Say whether all padding done in some files does the same as this one."""
    manners = {(other.how, other.side, other.value) for other in _done_in(paths, program)}
    return manners == {(padding.how, padding.side, padding.value)}


def _done_in(paths: list[str], program: Program) -> Iterator[Padding]:
    return (padding for padding in program.graph.paddings if padding.span.path in paths)


def _class_of(scope: str, path: str) -> str:
    """Return the dotted class that a method is of, "" for functions and modules."""
    owner, _, _ = scope.rpartition(".")
    is_module = not owner or owner.rpartition(".")[2] == PurePath(path).stem
    return "" if is_module else owner
