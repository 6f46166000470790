"""The Keras programs that were read, as plain data: layers, the tensors that flow through them, and the data fed in.

Nodes are appended in the order in which the program would run them, so every input of a node comes before it and one
pass in order is enough to follow masks and padding through the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import NewType, TypeAlias

from padlint.dataclass import dataclass
from padlint.declared import Declared
from padlint.finding import Span

TensorId = NewType("TensorId", int)
LayerId = NewType("LayerId", int)

Plain: TypeAlias = "bool | int | float | str | tuple[Plain, ...] | None"


# Settings: what is known of a layer's argument ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """An argument whose value was read."""

    value: Plain


@dataclass(frozen=True, slots=True)
class OneOf:
    """An argument that has one of several values, by the branch that is taken."""

    values: tuple[Plain, ...]


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An argument that could not be read, and why.

    Args:
        entries: of a tuple whose number of entries is known, each: a whole number, None when it was not read.
        counted: whether it is at least known to be how many items something has, or the last of their ids, and not 0.
    """

    why: str
    entries: tuple[int | None, ...] = ()
    counted: bool = False


Setting: TypeAlias = Known | OneOf | Unresolved


# Data: what is bound for a model's input ------------------------------------------------------------------------


class Side(StrEnum):
    """At which end of a sequence the padding sits."""

    PRE = "pre"
    POST = "post"
    UNKNOWN = "unknown"


class Idiom(StrEnum):
    """What a program does to pad."""

    CALL = "call"  # of a function that pads
    FILLED_IN_PART = "filled in part"  # an array, whose other steps keep what it was made with
    FILLER = "filler"  # put beside a row
    BEHIND_THE_END = "behind the end"  # what stands for the items that a row does not have
    REPEATED = "repeated"  # a call that adds one item, until there are enough
    WRITTEN_OUT = "written out"  # rows of numbers that end in zeros
    CELLS_OF_NOTHING = "cells of nothing"  # in which the short rows of a table end, if they do, until it is filled


@dataclass(frozen=True, slots=True)
class Padding:
    """Timesteps that the program added: by whom, where, with which value.

    Args:
        how: the function that pads, or what makes the array or filler that does, as written (`np.zeros`); "" for none.
        idiom: what is done with it.
        axes: the padded axes of the array, the batch being axis 0.
        value: what the padded steps hold when they reach the model; `Unresolved` once scaled or encoded.
        length: the target length as written (`MAX_LEN`), or "" when there is none.
        scope: the function, class or module that pads, dotted, for association.
        altered: what changed the padded values on the way ("one_hot", "scaled"), or "".
    """

    how: str
    span: Span
    axes: tuple[int, ...] = (1,)
    value: Setting = Known(0)
    side: Side = Side.PRE
    length: str = ""
    scope: str = ""
    altered: str = ""
    idiom: Idiom = Idiom.CALL

    @property
    def in_words(self) -> str:
        """Who or what adds the steps: the subject of a sentence, code in backticks."""
        match self.idiom:
            case Idiom.CALL:
                return f"`{self.how}`"
            case Idiom.FILLED_IN_PART:
                return f"filling `{self.how}` in part"
            case Idiom.FILLER:
                return f"filler of `{self.how}`" if self.how else "filler"
            case Idiom.BEHIND_THE_END:
                return "filler for places behind the end"
            case Idiom.REPEATED:
                return f"`{self.how}`, called until the length is reached,"
            case Idiom.WRITTEN_OUT:
                return "writing out rows that end in zeros"
            case Idiom.CELLS_OF_NOTHING:
                return f"filling the short rows of `{self.how}`"


@dataclass(frozen=True, slots=True)
class DataFacts:
    """What is known of an array or dataset that reaches a model.

    Args:
        paddings: the evidence that it was padded; several when branches pad differently.
        unpadded: why it is known to hold no padding ("windows of equal length"), or "" when that is not known.
        unresolved: the hops on the way that could not be read; each costs confidence.
        rank: number of axes with the batch, or None.
        zero_is_a_token: why index 0 is a real token ("Tokenizer(char_level) shifted by -1"), or "".
        mask: whether the array is itself a 0/1 mask of the padded one.
        outside: whether it comes in through a parameter that nothing in the program gives.
    """

    paddings: tuple[Padding, ...] = ()
    unpadded: str = ""
    unresolved: tuple[str, ...] = ()
    rank: int | None = None
    zero_is_a_token: str = ""
    mask: bool = False
    outside: bool = False


# Layers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CustomCode:
    """A layer or model class of the project: what its own code says about masks.

    Args:
        name: the class.
        span: where the class is.
        supports_masking: whether it sets the attribute; None when that could not be read.
        computes_mask: whether it overrides `compute_mask`.
        takes_mask: whether its `call` has a `mask` parameter.
        read: whether its `call` was followed, so that its nodes are in the graph.
        model: whether it is a model rather than a layer.
    """

    name: str
    span: Span
    supports_masking: bool | None
    computes_mask: bool
    takes_mask: bool
    read: bool
    model: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer object. Applied twice, it is the same layer: the weights are shared.

    Args:
        kind: Keras' name of the class (`LSTM`), one of layers.toml; the class's own name for a custom layer; `?` when
            the class is not known.
        settings: constructor arguments by name, positional ones included; those not given are absent.
        inner: the wrapped layer of `Bidirectional`, `TimeDistributed` and other wrappers.
        custom: what was read of a layer class of the project; None for Keras' own and for foreign classes.
        origin: where the class comes from: "keras", "project", or the foreign package's dotted name.
        declared: what the configuration says of the class, which then counts in place of its code.
    """

    id: LayerId
    kind: str
    settings: Mapping[str, Setting]
    span: Span
    name: str = ""
    inner: Layer | None = None
    custom: CustomCode | None = None
    origin: str = "keras"
    declared: Declared | None = None


# Operations -----------------------------------------------------------------------------------------------------


class Effect(StrEnum):
    """What a raw operation does to the timesteps of its first input."""

    POINTWISE = "pointwise"  # each step on its own; makes a new tensor object
    SAME_OBJECT = "same-object"  # returns its argument itself: the mask stays on it
    MASKED = "masked"  # x._keras_mask = mask: x with the second input as its mask, with none where there is none
    CROP_STEPS = "crop-steps"  # x[:, 1:], x[:, :-1]
    LAST_STEP = "last-step"  # x[:, -1]
    ONE_STEP = "one-step"  # x[:, 0], a known step other than the last
    EACH_STEP = "each-step"  # tf.unstack(x, axis=1), a loop over the steps: every step in turn
    GATHER_STEPS = "gather-steps"  # picks steps by indices, e.g. the true last ones
    REVERSE_STEPS = "reverse-steps"
    ORDER_STEPS = "order-steps"  # top_k, sort: picks or orders steps by what they hold
    MIX_STEPS = "mix-steps"  # convolves or pools neighbouring steps
    SOFTMAX_STEPS = "softmax-steps"  # normalises over time: the weights of an attention
    REDUCE_STEPS = "reduce-steps"  # mean, max or sum over time
    PAIR_STEPS = "pair-steps"  # matmul(q, k, transpose_b=True): contracts features, the steps of k become the last axis
    WEIGH_STEPS = "weigh-steps"  # matmul or dot that contracts time
    FEATURES = "features"  # slices or reduces the features, steps kept
    JOIN_FEATURES = "join-features"  # concatenates along the features
    JOIN_STEPS = "join-steps"  # concatenates along time
    STACK = "stack"  # puts tensors along a new axis
    RESHAPE = "reshape"
    TRANSPOSE = "transpose"
    EXPAND = "expand"  # adds an axis of length 1
    SQUEEZE = "squeeze"
    ONE_HOT = "one-hot"
    SHAPE = "shape"  # tf.shape and the like: content is not read
    TEST = "test"  # ids != 0, x > 0: a mask in the making
    LOOKUP = "lookup"  # tf.nn.embedding_lookup
    NO_STEPS = "no-steps"  # of images and the like: there are no timesteps to follow
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class InputOp:
    """A model's input.

    Args:
        shape: without the batch, None for an open axis, () when unknown.
        lengths: what the program calls the length of each axis, batch not counted, for association.
    """

    shape: tuple[int | None, ...] | None = None
    name: str = ""
    lengths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApplyOp:
    """A Keras layer called on tensors.

    Args:
        mask: the tensor given as `mask=` (or `attention_mask=`), None when none was.
        mask_argument: the name under which it was given.
        states: tensors given as `initial_state=`.
        output: which of several outputs this tensor is (LSTM with return_state has three).
        causal: whether the call keeps each step from looking at later ones (`use_causal_mask=True`).
        direct: whether the layer's `call` is called, past the layer itself, which would bring the masks of its inputs.
        none_given: whether None is given as `mask=`, by which Keras 2 goes and Keras 3 does not.
    """

    layer: Layer
    mask: TensorId | None = None
    mask_argument: str = ""
    states: tuple[TensorId, ...] = ()
    output: int = 0
    causal: bool = False
    direct: bool = False
    none_given: bool = False


@dataclass(frozen=True, slots=True)
class RawOp:
    """An operation on tensors outside any Keras layer, or inside a custom layer's `call`.

    Args:
        name: as written (`tf.reduce_sum`, `+`, `[:, -1]`).
        axis: the axis it works on where there is one and it was read.
        operand: the other operand where it is a constant (the 0 of `ids != 0`).
        shape: what it reshapes to or how it permutes, batch included, -1 and None kept; () when unknown.
        lengths: of a reshape, for each entry of `shape` the axis that it is the length of: 1 for `tf.shape(x)[1]`, None
            where it is none.
        keeps_zero: whether steps of zeros are zeros after it.
    """

    name: str
    effect: Effect
    axis: int | None = None
    operand: Setting | None = None
    shape: tuple[int | None, ...] = ()
    lengths: tuple[int | None, ...] = ()
    keeps_zero: bool = False


@dataclass(frozen=True, slots=True)
class EitherOp:
    """One of the inputs, by the branch that the program takes; an absent input is not listed."""


@dataclass(frozen=True, slots=True)
class MaskOp:
    """The mask tensor that `layer.compute_mask(x)` gives for its input, or `x._keras_mask` when there is no layer."""

    layer: Layer | None = None


@dataclass(frozen=True, slots=True)
class BoundaryOp:
    """The way out of a custom layer's `call`: inputs are what `call` returned, then what the layer was called on.

    When the class overrides `compute_mask` and that was followed, `mask` is the mask tensor that it returned; where it
    returned None instead, `drops` says so.
    """

    layer: Layer
    mask: TensorId | None = None
    drops: bool = False


@dataclass(frozen=True, slots=True)
class EnterStepOp:
    """The way into `TimeDistributed(model or custom layer)`: one step of the outer time axis, axis 1 is gone."""

    layer: Layer


@dataclass(frozen=True, slots=True)
class ExitStepOp:
    """The way out of `TimeDistributed`: inputs are the inner result, then the tensor that went in; axis 1 is back."""

    layer: Layer


@dataclass(frozen=True, slots=True)
class OpaqueOp:
    """Something that could not be read was done to the inputs."""

    why: str


Operation: TypeAlias = InputOp | ApplyOp | RawOp | EitherOp | MaskOp | BoundaryOp | EnterStepOp | ExitStepOp | OpaqueOp


@dataclass(frozen=True, slots=True)
class Within:
    """The code of a layer or model of the project, while that is called.

    Args:
        name: its class.
        span: where it is called.
        made: where it is made.
        custom: what was read of its class; None for models that are no class of their own, and for `Lambda`.
    """

    name: str
    span: Span
    made: Span
    custom: CustomCode | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One tensor and how it came to be: `operation` on `inputs`, written at `span`.

    Args:
        within: the calls of the project's own layers and models that it is written in, the outermost first.
    """

    id: TensorId
    operation: Operation
    inputs: tuple[TensorId, ...]
    span: Span
    within: tuple[Within, ...] = ()

    @property
    def reads(self) -> tuple[TensorId, ...]:
        """All tensors that it is made of: its inputs, and the states and the mask that are given apart."""
        match self.operation:
            case ApplyOp(mask=mask, states=states):
                return (*self.inputs, *states, *(() if mask is None else (mask,)))
            case BoundaryOp(mask=mask) if mask is not None:
                return (*self.inputs, mask)
            case _:
                return self.inputs


# Models, feeds and the whole ------------------------------------------------------------------------------------


class Style(StrEnum):
    """How a model was written."""

    SEQUENTIAL = "sequential"
    FUNCTIONAL = "functional"
    SUBCLASSED = "subclassed"
    EAGER = "eager"  # layers called in a training loop, no model object


@dataclass(frozen=True, slots=True)
class Model:
    """A model that the program makes.

    Args:
        scope: the function, class or module that builds it, dotted, for association.
        unresolved: what of it could not be read; empty when it was resolved whole.
        lengths: texts of the shapes and lengths it was built with (`MAX_LEN`), for association.
        nested: whether it was only ever used inside another model.
    """

    id: int
    style: Style
    inputs: tuple[TensorId, ...]
    outputs: tuple[TensorId, ...]
    span: Span
    name: str = ""
    scope: str = ""
    unresolved: tuple[str, ...] = ()
    lengths: tuple[str, ...] = ()
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """Data bound to a model's input: by which call (`fit`), where."""

    tensor: TensorId
    facts: DataFacts
    how: str
    span: Span
    model: int | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """How a model is trained: the loss of each output, and whether padded steps are weighted away.

    `targets` are the facts of the labels; `weighted` says that a `sample_weight` was given, that the loss itself leaves
    padding out, or that there is none but what the graph adds.
    """

    model: int
    losses: tuple[Setting, ...]
    weighted: bool
    targets: tuple[DataFacts, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Floats that `pad_sequences` turned into integers by its default dtype."""

    span: Span
    why: str


@dataclass(frozen=True, slots=True)
class ModelGraph:
    """All Keras models of a set of files that belong together, and the data that reaches them.

    Args:
        paddings: every padding that the files do, whether or not it was seen to reach a model, for association.
        picked: where padding is done of arrays from which steps are picked by their place: `x[:, -1]`.
        imports: which file imports which, by path, for association.
        keras: the major version that the files' imports imply, or None.
    """

    nodes: tuple[Node, ...] = ()
    models: tuple[Model, ...] = ()
    feeds: tuple[Feed, ...] = ()
    trainings: tuple[Training, ...] = ()
    paddings: tuple[Padding, ...] = ()
    picked: frozenset[Span] = frozenset()
    narrowings: tuple[Narrowing, ...] = ()
    imports: Mapping[str, frozenset[str]] = field(default_factory=dict)
    keras: int | None = None
