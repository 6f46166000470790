"""Run a rebuilt model eagerly, node by node, keeping every tensor and which of its values are about real steps.

Keras recomputes masks at run time on the real tensors, so a replay in the order of the graph has the masks that the
model has; and as no tensor is hidden inside a Model object, any of them can be tapped.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeAlias

import numpy as np

from padlint.confirm import presence
from padlint.confirm.frameworks import Framework, LayerObject
from padlint.confirm.operations import MOVING, Replay
from padlint.confirm.part import Part, operands
from padlint.confirm.sequences import InputPlan, Sampler
from padlint.confirm.tensors import Array, Tensor, Truth, is_float, tensor_of
from padlint.dataclass import dataclass
from padlint.graph import ApplyOp, Effect, Node, RawOp, Side, TensorId
from padlint.keras.facts import MASK

Values: TypeAlias = dict[TensorId, "Tensor | None"]


class Misfit(Exception):  # an attempt that did not fit, and no error
    """A node cannot be run on what it is given."""


class Step(Protocol):
    """How one node makes its tensor."""

    layer: LayerObject | None

    def run(self, values: Mapping[TensorId, Tensor | None]) -> Tensor | None:
        """Compute the node's tensor from those before it."""

    def real(self, known: Mapping[TensorId, Truth], values: Mapping[TensorId, Tensor | None], made: Tensor) -> Truth:
        """Say which of the computed values are about real steps."""


@dataclass(slots=True)
class RebuiltModel:
    """A part of a model graph, ready to run.

    Args:
        steps: how each node makes its tensor, in order.
        values: the tensors that it was rebuilt with.
        inverted: whether masks of unknown meaning among the inputs are 1 at padded steps.
    """

    framework: Framework
    part: Part
    steps: Mapping[TensorId, Step]
    values: Values
    inverted: bool = False

    @property
    def layers(self) -> tuple[LayerObject, ...]:
        """Give the Keras layers, each once."""
        found = {id(step.layer): step.layer for step in self.steps.values() if step.layer is not None}
        return tuple(found.values())

    @property
    def sampler(self) -> Sampler:
        """Give what draws batches for the inputs, in the shapes that they were given."""
        found = [step for step in self.steps.values() if isinstance(step, InputStep)]
        shapes = {step.plan.tensor: step.shape for step in found}
        return Sampler(tuple(step.plan for step in found), shapes, inverted=self.inverted)

    def run(
        self,
        batch: Mapping[TensorId, Array],
        seen: Callable[[Tensor], None] | None = None,
        handed: Callable[[Node, Tensor, TensorId], Tensor] | None = None,
        stirred: Callable[[Node, Tensor], Tensor] | None = None,
    ) -> Values:
        """Run the whole part on a batch.

        Args:
            batch: an array for each input.
            seen: called with each tensor as soon as it is there, to watch it.
            handed: gives what a node is to be called on in the place of one of its inputs.
            stirred: gives what is to stand in the place of what a node made.
        """
        values: Values = {}
        with quiet():
            for node in self.part.nodes:
                array = batch.get(node.id)
                if array is not None:
                    made: Tensor | None = self.framework.tensorflow.constant(array)
                else:
                    made = self.steps[node.id].run(values if handed is None else _handed(node, values, handed))
                if stirred is not None and made is not None:
                    made = stirred(node, made)
                values[node.id] = made
                if seen is not None and made is not None and is_float(made):
                    seen(made)
        return values

    def presence(self, values: Values, known: Mapping[TensorId, Truth]) -> dict[TensorId, Truth]:
        """Follow which values are about real steps, from the inputs on."""
        found = dict(known)
        with quiet():
            for node in self.part.nodes:
                made = values[node.id]
                if node.id not in found and made is not None:
                    found[node.id] = self.steps[node.id].real(found, values, made)
        return found


def _handed(node: Node, values: Values, handed: Callable[[Node, Tensor, TensorId], Tensor]) -> Values:
    given = {tensor: handed(node, value, tensor) for tensor in node.inputs if (value := values[tensor]) is not None}
    return {**values, **given}


@contextmanager
def quiet() -> Iterator[None]:
    """Silence Keras' warnings about masks: what they warn of is what is measured."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


# Steps ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class InputStep:
    """An input: its tensor is given by each run's batch; while the model is rebuilt, any of its shape will do."""

    framework: Framework
    plan: InputPlan
    shape: tuple[int, ...]
    layer: LayerObject | None = None

    def run(self, values: Mapping[TensorId, Tensor | None]) -> Tensor | None:
        """Draw a tensor of the input's shape."""
        sampler = Sampler((self.plan,), {self.plan.tensor: self.shape})
        drawn: Tensor = self.framework.tensorflow.constant(sampler.batch(Side.POST, 0).arrays[self.plan.tensor])
        return drawn

    def real(self, known: Mapping[TensorId, Truth], values: Mapping[TensorId, Tensor | None], made: Tensor) -> Truth:
        """Say which of the made values are about real steps."""
        return presence.everywhere(made.shape)


@dataclass(slots=True)
class LastCall:
    """What a layer was called on last, and what it made of it."""

    read: Sequence[Tensor | None] = ()
    made: object = None

    def was_on(self, read: Sequence[Tensor | None]) -> bool:
        """Say whether the last call was on these very tensors."""
        return len(read) == len(self.read) and all(one is other for one, other in zip(read, self.read, strict=True))


@dataclass(slots=True)
class LayerStep:
    """A Keras layer called on tensors.

    Args:
        last: the last call of the layer, which the nodes of its several outputs share.
    """

    framework: Framework
    node: Node
    operation: ApplyOp
    layer: LayerObject | None
    last: LastCall

    def run(self, values: Mapping[TensorId, Tensor | None]) -> Tensor | None:
        """Call the layer, and pick the output that this node is."""
        read = [values[tensor] for tensor in operands(self.node)]
        if not self.last.was_on(read):
            inputs = tensors(values, self.node.inputs)
            if self.operation.direct:
                inputs = list(map(self.framework.tensorflow.identity, inputs))  # without their masks
            made = called(self.framework, self.layer, inputs, **self._arguments(values))
            self.last.read, self.last.made = read, made
        made = self.last.made
        outputs = list(made) if isinstance(made, list | tuple) else [made]
        if self.operation.output >= len(outputs):
            raise Misfit(f"there is no output {self.operation.output}")
        return tensor_of(outputs[self.operation.output])

    def real(self, known: Mapping[TensorId, Truth], values: Mapping[TensorId, Tensor | None], made: Tensor) -> Truth:
        """Say which of the made values are about real steps."""
        inputs = [known[tensor] for tensor in self.node.inputs if tensor in known]
        found = presence.of_layer(inputs, made.shape, lambda: self._moved(inputs), _windows(self.layer))
        reverses = getattr(self.layer, "go_backwards", False) and len(made.shape) == inputs[0].ndim
        return np.flip(found, axis=1) if reverses else found

    def _arguments(self, values: Mapping[TensorId, Tensor | None]) -> dict[str, object]:
        arguments: dict[str, object] = {}
        given = None if self.operation.mask is None else values[self.operation.mask]
        if given is not None:
            mask = self.framework.tensorflow.cast(given, "bool")
            listed = len(self.node.inputs) > 1 and self.operation.mask_argument in {"", MASK}
            arguments[self.operation.mask_argument or MASK] = [mask] * len(self.node.inputs) if listed else mask
        elif self.operation.none_given or self.operation.mask_argument == MASK:
            arguments[MASK] = None
        if self.operation.states:
            arguments["initial_state"] = tensors(values, self.operation.states)
        return arguments

    def _moved(self, inputs: Sequence[Truth]) -> Truth | None:
        """Run a layer without weights on the presence itself."""
        if self.layer is None or self.layer.weights:
            return None
        flow = self.framework.tensorflow
        try:
            made = called(self.framework, self.layer, [flow.constant(real.astype(np.float32)) for real in inputs])
            return np.asarray(flow.convert_to_tensor(made).numpy() > 0, dtype=np.bool_)
        except Misfit:
            return None


@dataclass(slots=True)
class RawStep:
    """An operation outside any layer."""

    framework: Framework
    node: Node
    operation: RawOp
    replay: Replay
    layer: LayerObject | None = None

    def run(self, values: Mapping[TensorId, Tensor | None]) -> Tensor | None:
        """Run the operation; the result is a new tensor, and so has no mask."""
        with misfits(self.framework):
            return self.replay(tensors(values, self.node.inputs))

    def real(self, known: Mapping[TensorId, Truth], values: Mapping[TensorId, Tensor | None], made: Tensor) -> Truth:
        """Say which of the made values are about real steps."""
        inputs = [known[tensor] for tensor in self.node.inputs if tensor in known]
        match self.operation.effect:
            case effect if effect in MOVING:
                return self._moved(inputs)
            case Effect.GATHER_STEPS:
                return presence.everywhere(made.shape)
            case Effect.FEATURES:
                return presence.on_features(inputs[0], made.shape)
            case Effect.LAST_STEP | Effect.ONE_STEP:
                return presence.summarised(inputs[0], made.shape)
            case Effect.REDUCE_STEPS | Effect.WEIGH_STEPS | Effect.PAIR_STEPS:
                return self._moved(inputs)
            case _ if len(inputs) == 1:
                return presence.of_layer(inputs, made.shape, lambda: None, presence.Windows())
            case _:
                return presence.stepwise(inputs, made.shape)

    def _moved(self, inputs: Sequence[Truth]) -> Truth:
        """Run the operation on the presence itself."""
        flow = self.framework.tensorflow
        as_floats = [flow.constant(real.astype(np.float32)) for real in inputs]
        moved = np.asarray(flow.cast(self.replay(as_floats), "float32").numpy() > 0, dtype=np.bool_)
        return presence.unless_merged(inputs[0], moved) if self.operation.effect is Effect.RESHAPE else moved


@dataclass(slots=True)
class FixedStep:
    """A node that hands on a tensor, or computes one in a way of its own.

    Args:
        compute: makes the tensor of what the node reads.
        reads: the tensors that it is computed of; the first one's presence is taken over where shapes allow.
    """

    framework: Framework
    reads: tuple[TensorId, ...]
    compute: Callable[[Sequence[Tensor | None]], Tensor | None]
    layer: LayerObject | None = None

    def run(self, values: Mapping[TensorId, Tensor | None]) -> Tensor | None:
        """Compute the tensor."""
        with misfits(self.framework):
            return self.compute([values[tensor] for tensor in self.reads])

    def real(self, known: Mapping[TensorId, Truth], values: Mapping[TensorId, Tensor | None], made: Tensor) -> Truth:
        """Say which of the made values are about real steps."""
        first = known.get(self.reads[0]) if self.reads else None
        if first is None:
            return presence.everywhere(made.shape)
        if first.size == int(np.prod(tuple(made.shape))):
            return first.reshape(tuple(made.shape))
        return presence.on_features(first, made.shape)


def _windows(layer: LayerObject | None) -> presence.Windows:
    """Read how a convolution reads its input; other layers have no such settings."""
    kernel, dilation, strides = (
        tuple(found) if isinstance(found := getattr(layer, name, ()), tuple | list) else (found,)
        for name in ("kernel_size", "dilation_rate", "strides")
    )
    widths = tuple((size - 1) * spread + 1 for size, spread in zip(kernel, dilation or (1,) * len(kernel), strict=True))
    return presence.Windows(widths, strides)


# Calls ------------------------------------------------------------------------------------------------------------


def called(framework: Framework, layer: LayerObject | None, inputs: Sequence[Tensor], **arguments: object) -> object:
    """Call a layer on its tensors, as one list or one by one, as its `call` takes them.

    Raises:
        Misfit: Keras refuses them.
    """
    if layer is None:
        raise Misfit("the layer was not made")
    spread = len(inputs) == 1 or takes_one_by_one(layer)
    with misfits(framework):
        return layer(*inputs, **arguments) if spread else layer(list(inputs), **arguments)


def takes_one_by_one(layer: LayerObject) -> bool:
    """Say whether `call` has a parameter for each tensor (MultiHeadAttention), rather than one for all."""
    second = list(inspect.signature(type(layer).call).parameters.values())[2:3]
    return any(
        parameter.default is inspect.Parameter.empty and parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        for parameter in second
    )


def tensors(values: Mapping[TensorId, Tensor | None], wanted: Sequence[TensorId]) -> list[Tensor]:
    """Give tensors that have to be there.

    Raises:
        Misfit: one is None, as the mask of a tensor without one is.
    """
    found = [values[tensor] for tensor in wanted]
    present = [tensor for tensor in found if tensor is not None]
    if len(present) < len(found) or not found:
        raise Misfit("there is no mask to work on" if found else "it is called on nothing that was read")
    return present


# How oneDNN, whose kernels TensorFlow calls, numbers it; a 2 is about shapes.
_KERNEL_OUT_OF_MEMORY = "Status: 1,"


@contextmanager
def misfits(framework: Framework) -> Iterator[None]:
    """Turn what Keras and TensorFlow raise on shapes and values that they refuse into a Misfit.

    Raises:
        MemoryError: there is too little for a tensor or for one of TensorFlow's kernels.
    """
    refusals = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
    try:
        yield
    except (*refusals, framework.tensorflow.errors.OpError) as error:
        kind = MemoryError if is_about_memory(framework, error) else Misfit
        raise kind(_first_line(error)) from error


def is_about_memory(framework: Framework, error: Exception) -> bool:
    """Say whether there was too little memory for a tensor, which TensorFlow first waits for, or for a kernel."""
    errors = framework.tensorflow.errors
    out_of_kernel = isinstance(error, errors.AbortedError) and _KERNEL_OUT_OF_MEMORY in str(error)
    return out_of_kernel or isinstance(error, errors.ResourceExhaustedError | MemoryError)


def _first_line(error: Exception) -> str:
    """Give the line that says what is wrong, without TensorFlow's colours and the names of its own functions."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip().rpartition("}} ")[2] for line in plain.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(("Exception encountered", "Arguments received", "•"))]
    return (telling or lines or [type(error).__name__])[0][:200]
