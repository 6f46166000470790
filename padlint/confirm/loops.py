"""Compile the loops over steps of Keras' recurrent layers: run eagerly, they cost most of a measurement.

A loop is traced once for all layers of the same settings and shapes, in whatever model, with the weights as arguments.
What Keras does around a layer's `call`, to masks above all, stays as it is.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Final, TypeAlias

from padlint.confirm.frameworks import Framework, LayerObject
from padlint.confirm.tensors import Tensor
from padlint.dataclass import dataclass

_OWN: Final = ("keras.", "tf_keras.")
_DROPS: Final = ("dropout", "recurrent_dropout")
_CHOOSES_KERNEL: Final = "_could_use_gpu_kernel"  # Keras 2 would trace a GPU's loop beside its own, and unroll neither
_STEPS_BEFORE_TRACE: Final = 110
_ARGUMENTS: Final = frozenset({"mask", "initial_state", "training"})

Call: TypeAlias = Callable[..., object]

_shortened: ContextVar[bool] = ContextVar("shortened", default=False)


def compile_loops(framework: Framework, layers: Iterable[LayerObject]) -> None:
    """Let the recurrent layers among some layers, and inside of them, run compiled.

    What cannot is left to Keras: cells of a program's own, states that are kept, and dropout.
    """
    for layer in layers:
        for inner in layer._flatten_layers():  # type: ignore[attr-defined]  # noqa: SLF001  # the same in both versions
            # What is inside of one of the layers may be among them as well.
            done = "call" in vars(inner)
            if isinstance(inner, framework.keras.layers.RNN) and _is_plain(inner) and not done:
                inner.call = _compiled(framework, inner)


def _is_plain(layer: LayerObject) -> bool:
    """Say whether a layer is Keras' own, and what it makes depends on nothing but its arguments and weights."""
    cells = _cells(layer)
    own = all(type(each).__module__.startswith(_OWN) for each in (layer, *cells))
    drops = any(getattr(cell, name, 0) for cell in cells for name in _DROPS)
    return own and not drops and not any(getattr(layer, name, False) for name in ("stateful", "time_major"))


def _cells(layer: LayerObject) -> Sequence[object]:
    cell = getattr(layer, "cell", None)
    return tuple(getattr(cell, "cells", (cell,)))


@dataclass(frozen=True, slots=True)
class _Given:
    """What a recurrent layer is called on.

    Args:
        tensors: the sequences, the states to begin with, and the mask if there is one.
        masked: whether the last tensor is a mask.
    """

    tensors: tuple[Tensor, ...]
    masked: bool

    def arguments(self, tensors: Sequence[Tensor]) -> dict[str, object]:
        """Give the arguments of `call` besides the sequences, from such tensors."""
        states = list(tensors[1 : len(tensors) - self.masked])
        named: dict[str, object] = {"mask": tensors[-1]} if self.masked else {}
        return {**named, "initial_state": states} if states else named


@contextmanager
def shortened() -> Iterator[None]:
    """Let loops run their first step only, and take what it makes for all of them: enough to see what fits together."""
    token = _shortened.set(True)
    try:
        yield
    finally:
        _shortened.reset(token)


def _compiled(framework: Framework, layer: LayerObject) -> Call:
    """Give a `call` for a layer that runs its compiled loop where it is called on eager tensors."""
    original = layer.call
    settings = ""

    # Keras 2 asks for the names of the parameters, and hands on no mask where there is none of that name.
    def call(
        sequences: object,
        *,
        mask: object = None,
        initial_state: object = None,
        training: object = None,
        **more: object,
    ) -> object:
        nonlocal settings
        named = {"mask": mask, "initial_state": initial_state, "training": training, **more}
        arguments = {name: value for name, value in named.items() if value is not None}
        given = _given(framework, sequences, arguments)
        if given is None:
            return original(sequences, **arguments)
        if _shortened.get():
            return _first_step(framework, layer, original, given)
        settings = settings or _settings(framework, layer)
        weights = [framework.tensorflow.convert_to_tensor(weight) for weight in layer.weights]
        tensors = (*given.tensors, *weights)
        key = (settings, given.masked, len(weights), *((tensor.dtype, *tensor.shape[2:]) for tensor in given.tensors))
        steps, loops = _steps(), _loops()
        steps[key] += int(given.tensors[0].shape[1])
        if steps[key] <= _STEPS_BEFORE_TRACE:
            return _eager(layer, original, sequences, arguments)
        if key not in loops:
            loops[key] = _traced(framework, layer, original, given)
        return loops[key](*tensors)

    return call


def _first_step(framework: Framework, layer: LayerObject, original: Call, given: _Given) -> object:
    """Run a layer on the first step of its sequences, and give its output the shape that it would have."""
    sequences, mask = given.tensors[0], given.tensors[-1:] if given.masked else ()
    states = given.tensors[1 : len(given.tensors) - given.masked]
    tensors = (sequences[:, :1], *states, *(each[:, :1] for each in mask))
    made = _eager(layer, original, tensors[0], given.arguments(tensors))
    if not getattr(layer, "return_sequences", False):
        return made
    first, *others = made if isinstance(made, list | tuple) else [made]
    every = framework.tensorflow.repeat(first, sequences.shape[1], axis=1)
    return type(made)([every, *others]) if isinstance(made, list | tuple) else every


def _eager(layer: LayerObject, original: Call, sequences: object, arguments: dict[str, object]) -> object:
    """Run a layer as Keras does, step by step; without a mask as a plain sequence of calls, which has less around it.

    With a mask, Keras does not turn it around for the unrolled steps of a layer that goes backwards.
    """
    attributes: dict[str, object] = vars(layer)
    cell = _BareCell(layer.cell)  # type: ignore[attr-defined]  # Keras comes without types
    unrolled = {"unroll": True, _CHOOSES_KERNEL: False} if "mask" not in arguments else {}
    plain: dict[str, object] = {"cell": cell, **unrolled}
    kept = {name: attributes[name] for name in plain if name in attributes}
    attributes.update((name, plain[name]) for name in kept)
    try:
        return original(sequences, **arguments)
    finally:
        attributes.update(kept)


class _BareCell:
    """A cell that is called once a step without what Keras does around a layer's `call`, a fifth of the time."""

    def __init__(self, cell: object) -> None:
        self._cell = cell

    def __call__(self, *tensors: object, **more: object) -> object:
        return self._cell.call(*tensors, **more)  # type: ignore[attr-defined]  # as above

    def __getattr__(self, name: str) -> object:
        return getattr(self._cell, name)


@cache
def _steps() -> Counter[tuple[object, ...]]:
    """Count the steps that a loop has run: tracing takes as long as some 170."""
    return Counter()


@cache
def _loops() -> dict[tuple[object, ...], Call]:
    """Hold the loops that were traced in this process."""
    return {}


def _given(framework: Framework, sequences: object, arguments: dict[str, object]) -> _Given | None:
    """Sort what a layer is called on; None where anything but eager tensors is among it, or it is to train."""
    if not arguments.keys() <= _ARGUMENTS or arguments.get("training"):
        return None
    states, mask = arguments.get("initial_state"), arguments.get("mask")
    first = [] if states is None else list(states) if isinstance(states, list | tuple) else [states]
    tensors = [sequences, *first, *([] if mask is None else [mask])]
    eager = all(isinstance(each, framework.tensorflow.Tensor) and hasattr(each, "numpy") for each in tensors)
    return _Given(tuple(tensors), mask is not None) if eager else None  # type: ignore[arg-type]  # just seen to be


def _settings(framework: Framework, layer: LayerObject) -> str:
    """Write down all that a layer is but its name and its weights."""
    config = layer.get_config()  # type: ignore[attr-defined]  # Keras comes without types
    return f"{framework.version} {type(layer).__name__} {json.dumps(_nameless(config), sort_keys=True, default=str)}"


def _nameless(config: object) -> object:
    match config:
        case dict():
            return {key: _nameless(value) for key, value in config.items() if key != "name"}
        case list() | tuple():
            return [_nameless(value) for value in config]
        case _:
            return config


def _traced(framework: Framework, layer: LayerObject, original: Call, given: _Given) -> Call:
    """Trace a layer's `call` for any number of rows and steps, as a function of its tensors and its weights.

    Its gradient is traced apart, and once: for a tape that is asked more than once, TensorFlow would trace the
    gradients of gradients as well.
    """
    flow = framework.tensorflow
    count = len(given.tensors)
    differentiable = count - given.masked

    def run(*tensors: Tensor) -> object:
        with _weights_replaced(layer, tensors[count:]):
            return original(tensors[0], **given.arguments(tensors[:count]))

    def differentiate(*tensors: Tensor) -> object:
        read, upstream = tensors[:inputs], tensors[inputs:]
        made = flow.nest.flatten(run(*read))
        zero = flow.UnconnectedGradients.ZERO
        return flow.gradients(made, list(read[:differentiable]), list(upstream), unconnected_gradients=zero)

    axes = [2, *[1] * (differentiable - 1), *[2] * given.masked]
    specs = [
        *(
            flow.TensorSpec((*[None] * free, *tensor.shape[free:]), tensor.dtype)
            for tensor, free in zip(given.tensors, axes, strict=True)
        ),
        *(flow.TensorSpec(tuple(weight.shape), weight.dtype) for weight in layer.weights),
    ]
    inputs = len(specs)
    forward = flow.function(run, input_signature=specs, autograph=False)
    made = flow.nest.flatten(forward.get_concrete_function().structured_outputs)
    upstream = [flow.TensorSpec(each.shape, each.dtype) for each in made]
    backward = flow.function(differentiate, input_signature=[*specs, *upstream], autograph=False)

    @flow.custom_gradient  # type: ignore[untyped-decorator]  # TensorFlow comes without types
    def loop(*tensors: Tensor) -> tuple[object, Callable[..., object]]:
        # Not the tensors themselves: a tape that sees the traced function has it traced once more.
        apart = [flow.stop_gradient(tensor) for tensor in tensors]

        def gradient(*upstream: Tensor) -> list[Tensor | None]:
            return [*backward(*apart, *upstream), *[None] * (inputs - differentiable)]

        return forward(*apart), gradient

    traced: Call = loop
    return traced


@contextmanager
def _weights_replaced(layer: LayerObject, tensors: Sequence[Tensor]) -> Iterator[None]:
    """Put tensors in the place of a layer's weights, wherever it or a cell of it keeps them."""
    by_weight = {id(weight): tensor for weight, tensor in zip(layer.weights, tensors, strict=True)}
    kept = [
        (vars(holder), name, value)
        for holder in (layer, *_cells(layer))
        for name, value in vars(holder).items()
        if id(value) in by_weight
    ]
    if _CHOOSES_KERNEL in vars(layer):
        kept.append((vars(layer), _CHOOSES_KERNEL, vars(layer)[_CHOOSES_KERNEL]))
    for attributes, name, value in kept:
        attributes[name] = by_weight.get(id(value), False)
    try:
        yield
    finally:
        for attributes, name, value in kept:
            attributes[name] = value
