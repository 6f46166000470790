"""Hold one layer under measurement: made, built, its weights random, and run on tensors with masks attached."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from padlint.confirm.frameworks import Framework, LayerObject, Tensor
from padlint.confirm.probes import STEPS, Arrangement, Feed, Nested, Settings
from padlint.dataclass import dataclass

Array: TypeAlias = npt.NDArray[np.generic]
Truth: TypeAlias = npt.NDArray[np.bool_]
Masks: TypeAlias = Sequence[Truth | None]

MASK = "_keras_mask"  # where Keras itself keeps a tensor's mask
VOCABULARY = 11
LENGTHS = (2, 4, 5)

_TRAILING: Mapping[Feed, tuple[int, ...]] = {
    Feed.SEQUENCE: (4,),
    Feed.FRAMES: (4, 3),
    Feed.VOLUME: (4, 4, 3),
    Feed.VOLUMES: (3, 4, 4, 2),
    Feed.IDS: (),
    Feed.TEXT: (),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a layer gave: each output's values and mask, and whether Keras warned that it destroys the mask."""

    values: tuple[Array, ...]
    masks: tuple[Truth | None, ...]
    warned: bool


class Refused(Exception):
    """Keras raised; the text is its first telling line."""


@contextmanager
def refusals(framework: Framework) -> Iterator[None]:
    """Turn what Keras or TensorFlow raises into `Refused`."""
    ordinary = (ValueError, TypeError, LookupError, AttributeError, RuntimeError, ImportError, AssertionError)
    try:
        yield
    except (*ordinary, framework.tensorflow.errors.OpError) as error:
        raise Refused(f"{type(error).__name__}: {_telling_line(str(error))}") from error


def _telling_line(message: str) -> str:
    lines = [line.replace("\x1b[1m", "").replace("\x1b[0m", "").strip() for line in message.splitlines()]
    telling = [line for line in lines if line and not line.startswith("Exception encountered when calling")]
    text = telling[0] if telling else message.strip()
    return text.rpartition("}} ")[2].partition(" Received:")[0].partition(" [Op:")[0][:120]


@dataclass(frozen=True, slots=True)
class Subject:
    """A layer with random weights, and how it is called.

    Args:
        feed: what it is called on; `outer` puts a time axis before (TimeDistributed).
        inputs: how many tensors.
    """

    framework: Framework
    layer: LayerObject
    feed: Feed
    arrangement: Arrangement
    inputs: int
    outer: bool = False

    def draw(self, random: np.random.Generator, rows: int, steps: int = STEPS, scale: float = 1.0) -> Array:
        """Draw random content for one input tensor."""
        inner = (4,) if self.feed is Feed.VECTOR else _TRAILING[self.feed]
        shape: tuple[int, ...] = (rows, steps, *inner)
        if self.outer and self.feed is not Feed.VECTOR:
            shape = (rows, steps, 3, *inner)
        elif self.feed is Feed.VECTOR and not self.outer:
            shape = (rows, *inner)
        if self.feed is Feed.IDS:
            return random.integers(1, VOCABULARY, shape).astype(np.int32)
        return (random.normal(size=shape) * scale).astype(np.float32)

    def run(self, values: Sequence[Array], masks: Masks | None = None, /, **arguments: object) -> Outcome:
        """Call the layer eagerly on fresh tensors.

        Raises:
            Refused: Keras raised.
        """
        tensors = [self.tensor(value, mask) for value, mask in zip(values, masks or [None] * len(values), strict=True)]
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            outputs = self.call(tensors, **arguments)
        return Outcome(
            values=tuple(np.asarray(output.numpy()) for output in outputs),
            masks=tuple(self._mask_of(output) for output in outputs),
            warned=any("does not support masking" in str(warning.message) for warning in caught),
        )

    def call(self, tensors: Sequence[Tensor], **arguments: object) -> list[Tensor]:
        """Call the layer, at inference unless told, and give its outputs in order."""
        arranged: Sequence[object] = [list(tensors)] if self.arrangement is Arrangement.LISTED else tensors
        given = self.framework.tensorflow.nest.map_structure(self._as_tensor, arguments)
        if "training" in self.call_parameters:
            given = {"training": False, **given}
        with refusals(self.framework):
            return self.flat(self.layer(*arranged, **given))

    @property
    def call_parameters(self) -> Collection[str]:
        """Name the parameters of the layer's `call`."""
        return inspect.signature(self.layer.call).parameters.keys()

    def flat(self, outputs: object) -> list[Tensor]:
        """List the tensors of a nested structure in order."""
        tensors: list[Tensor] = self.framework.tensorflow.nest.flatten(outputs)
        return tensors

    def _as_tensor(self, argument: object) -> object:
        return self.framework.tensorflow.constant(argument) if isinstance(argument, np.ndarray) else argument

    def gradients(
        self, values: Sequence[Array], masks: Masks | None, total: Callable[[list[Tensor]], Tensor], **arguments: object
    ) -> list[Array]:
        """Differentiate a scalar of the outputs with respect to each input."""
        flow = self.framework.tensorflow
        tensors = [self.tensor(value, mask) for value, mask in zip(values, masks or [None] * len(values), strict=True)]
        with warnings.catch_warnings(), flow.GradientTape() as tape:
            warnings.simplefilter("ignore")
            for tensor in tensors:
                tape.watch(tensor)
            scalar = total(self.call(tensors, **arguments))
        found = tape.gradient(scalar, tensors, unconnected_gradients=flow.UnconnectedGradients.ZERO)
        return [np.asarray(flow.convert_to_tensor(one).numpy()) for one in found]

    def tensor(self, value: Array, mask: Truth | None = None) -> Tensor:
        """Make a tensor, and attach a mask to it in the way in which Keras does."""
        made: Tensor = self.framework.tensorflow.constant(value)
        if mask is not None:
            setattr(made, MASK, self.framework.tensorflow.constant(mask))
        return made

    def _mask_of(self, output: Tensor) -> Truth | None:
        mask = getattr(output, MASK, None)
        return None if mask is None else np.asarray(mask.numpy(), dtype=np.bool_)


# Making one ---------------------------------------------------------------------------------------------------------


def make_layer(framework: Framework, kind: str, settings: Settings) -> LayerObject:
    """Make a layer from its settings, nested layers included.

    Raises:
        Refused: Keras has no such class, or its constructor raised.
    """
    made = framework.layer_class(kind)
    if made is None:
        raise Refused(f"keras.layers has no {kind}")
    if kind == "Layer":
        return _custom_layer(made, settings)
    with refusals(framework):
        arguments = {name: _argument(framework, value) for name, value in settings.items()}
        create: Callable[..., LayerObject] = made
        return create(**arguments, name=kind.lower())


def _argument(framework: Framework, value: object) -> object:
    return make_layer(framework, value.kind, value.settings) if isinstance(value, Nested) else value


def _custom_layer(base: type[LayerObject], settings: Settings) -> LayerObject:
    """Write the layer that a user would: `call` doubles its input, `supports_masking` is set or not."""
    made: LayerObject = type("Doubled", (base,), {"call": lambda _, inputs: inputs * 2.0})()
    for name, value in settings.items():
        setattr(made, name, value)
    return made


def randomise(layer: LayerObject, seed: int = 0) -> None:
    """Give every weight a random value, biases included: fresh ones are zero and hide what they do."""
    random = np.random.default_rng(seed)
    for weight in layer.weights:
        kind = getattr(weight.dtype, "name", weight.dtype)
        if str(kind).startswith("float"):
            values = random.normal(size=tuple(weight.shape)).astype(np.float32) * 0.5
            weight.assign(np.abs(values) + 0.5 if "variance" in weight.name else values)


def prepare(
    framework: Framework,
    kind: str,
    settings: Settings,
    feed: Feed,
    arrangement: Arrangement,
    inputs: int,
    *,
    outer: bool = False,
) -> Subject:
    """Make a layer, build it by a first call, and randomise its weights; it draws the same numbers every time.

    Raises:
        Refused: it cannot be made, or cannot be called on this.
    """
    framework.keras.utils.set_random_seed(0)
    subject = Subject(framework, make_layer(framework, kind, settings), feed, arrangement, inputs, outer)
    random = np.random.default_rng(0)
    outcome = subject.run([subject.draw(random, len(LENGTHS)) for _ in range(inputs)])
    if any(value.shape[:1] != (len(LENGTHS),) for value in outcome.values):
        raise Refused(f"on {feed} data, its output has no batch axis")
    randomise(subject.layer)
    return subject
