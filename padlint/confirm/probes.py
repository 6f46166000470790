"""Plan the measurement: each layer with the settings that decide what it does, and the data that it is called on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import TypeAlias

from padlint.dataclass import dataclass
from padlint.keras.facts import Part

Argument: TypeAlias = object
Settings: TypeAlias = Mapping[str, Argument]
When: TypeAlias = Mapping[str, "bool | int | float | str | Mapping[str, bool | int | str]"]


# No other axis of any feed or output has this length, so that it tells the time axis.
STEPS = 7


class Feed(StrEnum):
    """The shape of what a layer is called on; T is the time axis."""

    SEQUENCE = "sequence"  # (B, T, F)
    VECTOR = "vector"  # (B, F): no time yet
    FRAMES = "frames"  # (B, T, W, C)
    VOLUME = "volume"  # (B, T, H, W, C)
    VOLUMES = "volumes"  # (B, T, D, H, W, C)
    IDS = "ids"  # (B, T)
    TEXT = "text"  # (B, T) strings


class Arrangement(StrEnum):
    """How several tensors are handed to a layer."""

    SINGLE = "single"
    LISTED = "listed"  # layer([a, b])
    POSITIONAL = "positional"  # layer(a, b)


@dataclass(frozen=True, slots=True)
class Nested:
    """A layer (or RNN cell) among the settings of another."""

    kind: str
    settings: Settings = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Variant:
    """Settings under which a layer does one thing: the condition, and examples that must all be measured alike."""

    when: When
    examples: tuple[Settings, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How one kind of layer is probed.

    Args:
        variants: in the order in which the rows are tried; the last has no condition.
        feeds: the data it is tried on; the first that it takes is used.
        inputs: how many tensors it is called on.
        names: the tensor parameters, where they are not the first of `call`.
        hides_setting: the setting that holds the value which the created mask hides.
    """

    kind: str
    variants: tuple[Variant, ...]
    feeds: tuple[Feed, ...] = (Feed.SEQUENCE, Feed.FRAMES, Feed.VOLUME, Feed.IDS)
    arrangement: Arrangement = Arrangement.SINGLE
    inputs: tuple[int, ...] = (1,)
    names: tuple[str, ...] = ()
    hides_setting: str = ""


# What a class is, by the folder of Keras that it is in -------------------------------------------------------------

PART_BY_FOLDER: Mapping[str, Part] = {
    "rnn": Part.RECURRENT,
    "attention": Part.ATTENTION,
    "convolutional": Part.CONVOLUTION,
    "locally_connected": Part.CONVOLUTION,
    "pooling": Part.POOLING,
    "merging": Part.MERGE,
    "reshaping": Part.SHAPE,
}
PART_BY_KIND: Mapping[str, Part] = {
    "Embedding": Part.SOURCE,
    "ReversibleEmbedding": Part.SOURCE,
    "Masking": Part.SOURCE,
    "TimeDistributed": Part.WRAPPER,
    "Lambda": Part.LAMBDA,
    "InputLayer": Part.INPUT,
    "Layer": Part.CUSTOM,
}

FEEDS_BY_RANK: Mapping[int, tuple[Feed, ...]] = {
    2: (Feed.VECTOR, Feed.IDS),
    3: (Feed.SEQUENCE,),
    4: (Feed.FRAMES,),
    5: (Feed.VOLUME,),
    6: (Feed.VOLUMES,),
}

_CELL = "one step of a recurrent layer: measured inside RNN"
_OTHER_FRAMEWORK = "holds a model of another framework"
_BASE_CLASS = "a base class, or a container for layers that are measured themselves"
NOT_PROBED: Mapping[str, str] = {
    "AbstractRNNCell": _CELL,
    "GRUCell": _CELL,
    "LSTMCell": _CELL,
    "SimpleRNNCell": _CELL,
    "StackedRNNCells": _CELL,
    "FlaxLayer": _OTHER_FRAMEWORK,
    "JaxLayer": _OTHER_FRAMEWORK,
    "TFSMLayer": _OTHER_FRAMEWORK,
    "TorchModuleWrapper": _OTHER_FRAMEWORK,
    "Pipeline": _BASE_CLASS,
    "Wrapper": _BASE_CLASS,
    "DenseFeatures": "takes feature columns, which have no steps",
    "HashedCrossing": "takes pairs of single values",
    "MaxNumBoundingBoxes": "takes bounding boxes",
    "MelSpectrogram": "takes a waveform of thousands of samples",
    "STFTSpectrogram": "needs scipy, which TensorFlow does not bring",
}

# Settings for constructors that need some ---------------------------------------------------------------------------

REQUIRED: Mapping[str, Argument] = {
    "units": 3,
    "filters": 3,
    "kernel_size": 3,
    "rate": 0.3,
    "stddev": 0.3,
    "output_size": 2,
    "input_dim": 11,
    "output_dim": 3,
    "equation": "abc,cd->abd",
    "output_shape": (None, 3),
    "target_shape": (4, STEPS),
    "height": 2,
    "width": 2,
    "factor": 0.2,
    "height_factor": 0.2,
    "width_factor": 0.2,
    "num_bins": 11,
    "num_tokens": 11,
    "scale": 0.5,
    "activation": "tanh",
    "function": None,
    "num_heads": 2,
    "key_dim": 3,
    "head_dim": 2,
    "num_query_heads": 2,
    "num_key_value_heads": 2,
}

# Plans --------------------------------------------------------------------------------------------------------------


def plans() -> Iterator[Plan]:
    """Yield a plan for each layer whose settings matter; the others are probed once with their defaults."""
    yield from _recurrent()
    yield from _bidirectional()
    yield from _convolutions()
    yield from _poolings()
    yield from _normalisations()
    yield from _shapes()
    yield from _pointwise()
    yield from _merges()
    yield from _attentions()
    yield from _sources()
    yield from _open_ended()


def _whole(*examples: Settings) -> tuple[Variant, ...]:
    return (Variant({}, examples or ({},)),)


def _recurrent() -> Iterator[Plan]:
    for kind in ("LSTM", "GRU", "SimpleRNN"):
        yield Plan(kind, tuple(_recurrent_variants({}, {"units": 3}, ({"unroll": True}, {"recurrent_dropout": 0.3}))))
    cells = [({"inner": "LSTMCell"}, "LSTMCell"), ({}, "GRUCell")]
    of_cells = [(when, {"cell": Nested(cell, {"units": 3})}) for when, cell in cells]
    yield Plan("RNN", tuple(variant for when, base in of_cells for variant in _recurrent_variants(when, base)))
    for kind, feed in (("ConvLSTM1D", Feed.FRAMES), ("ConvLSTM2D", Feed.VOLUME), ("ConvLSTM3D", Feed.VOLUMES)):
        base = {"filters": 3, "kernel_size": 3, "padding": "same"}
        yield Plan(kind, tuple(_recurrent_variants({}, base)), (feed,))


def _recurrent_variants(when: When, base: Settings, more: Sequence[Settings] = ()) -> Iterator[Variant]:
    """Yield what decides for a recurrent layer; with `return_state` it has its states as further outputs."""
    backwards: When = {"return_sequences": True, "go_backwards": True}
    zeroed: When = {"return_sequences": True, "zero_output_for_mask": True}
    steps: When = {"return_sequences": True}
    extras: Sequence[tuple[When, Sequence[Settings]]] = (
        (backwards, ()),
        (zeroed, ()),
        (steps, more),
        ({}, ({"go_backwards": True}, *more)),
    )
    for setting, others in extras:
        states = {**setting, "return_state": True}
        yield Variant({**when, **states}, ({**base, **states},))
        yield Variant({**when, **setting}, ({**base, **setting}, *({**base, **setting, **one} for one in others)))


def _bidirectional() -> Iterator[Plan]:
    yield Plan("Bidirectional", (*_bidirectional_variants(steps=True), *_bidirectional_variants(steps=False)))


def _bidirectional_variants(*, steps: bool) -> Iterator[Variant]:
    """Yield what decides for both directions: whether they are merged, and the outputs of the inner layer."""
    when: When = {"inner.return_sequences": True} if steps else {}
    inner = {"units": 3, "return_sequences": steps}
    with_states = {**inner, "return_state": True}
    returned: When = {**when, "inner.return_state": True}
    plain = [{"layer": Nested(kind, inner)} for kind in ("LSTM", "GRU", "SimpleRNN")]
    modes = [{"layer": Nested("LSTM", inner), "merge_mode": mode} for mode in ("sum", "mul", "ave")]
    yield Variant({**when, "merge_mode": {"given": False}}, ({"layer": Nested("LSTM", inner), "merge_mode": None},))
    yield Variant({**returned, "inner": "LSTM"}, ({"layer": Nested("LSTM", with_states)},))
    yield Variant(returned, ({"layer": Nested("GRU", with_states)}, {"layer": Nested("SimpleRNN", with_states)}))
    yield Variant(when, (*plain, *modes))


def _convolutions() -> Iterator[Plan]:
    flat = (Feed.SEQUENCE,)
    for kind in ("Conv1D", "SeparableConv1D", "DepthwiseConv1D"):
        base = {} if kind == "DepthwiseConv1D" else {"filters": 3}
        yield Plan(kind, _convolution_variants(base, 3, 1, causal=kind != "DepthwiseConv1D"), flat)
    for kind in ("Conv2D", "SeparableConv2D", "DepthwiseConv2D"):
        base = {} if kind == "DepthwiseConv2D" else {"filters": 3}
        yield Plan(kind, _convolution_variants(base, (3, 1), (1, 3)), (Feed.FRAMES,))
    yield Plan("Conv3D", _convolution_variants({"filters": 3}, (3, 1, 1), (1, 3, 3)), (Feed.VOLUME,))
    sizes: tuple[tuple[str, Argument, Argument, Feed], ...] = (
        ("Conv1DTranspose", 3, 1, Feed.SEQUENCE),
        ("Conv2DTranspose", (3, 1), (1, 3), Feed.FRAMES),
        ("Conv3DTranspose", (3, 1, 1), (1, 3, 3), Feed.VOLUME),
    )
    for kind, size, point, feed in sizes:
        yield Plan(kind, _convolution_variants({"filters": 3}, size, point), (feed,))
    yield Plan("LocallyConnected1D", _local_variants(3, 1), flat)
    yield Plan("LocallyConnected2D", _local_variants((3, 1), (1, 3)), (Feed.FRAMES,))


def _convolution_variants(
    base: Settings, size: Argument, point: Argument, *, causal: bool = False
) -> tuple[Variant, ...]:
    """Name what decides for a convolution: whether it sees one step, where its window lies, and its stride."""

    def example(**settings: Argument) -> Settings:
        return {**base, "kernel_size": size, **settings}

    wide = 5 if isinstance(size, int) else size
    looking_back = Variant(
        {"padding": "causal", "strides": 1},
        (
            example(padding="causal"),
            example(padding="causal", kernel_size=2),
            example(padding="causal", dilation_rate=2),
        ),
    )
    return (
        Variant(
            {"kernel_size": 1, "strides": 1}, (example(kernel_size=point), example(kernel_size=point, padding="same"))
        ),
        *((looking_back,) if causal else ()),
        Variant(
            {"padding": "same", "strides": 1}, (example(padding="same"), example(padding="same", kernel_size=wide))
        ),
        Variant(
            {}, (example(padding="valid"), example(padding="valid", strides=2), example(padding="same", strides=2))
        ),
    )


def _local_variants(size: Argument, point: Argument) -> tuple[Variant, ...]:
    return (
        Variant({"kernel_size": 1, "strides": 1}, ({"filters": 3, "kernel_size": point},)),
        Variant({}, ({"filters": 3, "kernel_size": size},)),
    )


def _poolings() -> Iterator[Plan]:
    shapes = (
        ("1D", Feed.SEQUENCE, 1, 3),
        ("2D", Feed.FRAMES, (1, 2), (3, 1)),
        ("3D", Feed.VOLUME, (1, 2, 2), (3, 1, 1)),
    )
    for name in ("MaxPooling", "AveragePooling"):
        for dimensions, feed, point, size in shapes:
            yield Plan(f"{name}{dimensions}", _pooling_variants(point, size), (feed,))
    for name in ("GlobalMaxPooling", "GlobalAveragePooling"):
        for dimensions, feed, _, _ in shapes:
            yield Plan(f"{name}{dimensions}", _whole({}, {"keepdims": True}), (feed,))


def _pooling_variants(point: Argument, size: Argument) -> tuple[Variant, ...]:
    return (
        Variant({"pool_size": 1}, ({"pool_size": point},)),
        Variant({"padding": "same", "strides": 1}, ({"pool_size": size, "padding": "same", "strides": 1},)),
        Variant(
            {}, ({"pool_size": 2}, {"pool_size": 2, "strides": 1}, {"pool_size": 3, "strides": 2, "padding": "same"})
        ),
    )


def _normalisations() -> Iterator[Plan]:
    over_time: When = {"axis": {"has": 1}}
    for kind in ("LayerNormalization", "UnitNormalization", "RMSNormalization"):
        examples = ({"axis": 1}, {"axis": -2}) if kind == "RMSNormalization" else ({"axis": 1}, {"axis": [1, 2]})
        yield Plan(kind, (Variant(over_time, examples), Variant({}, ({}, {"axis": 2}))))
    yield Plan("BatchNormalization", (Variant(over_time, ({"axis": 1},)), Variant({}, ({},))))
    yield Plan("GroupNormalization", _whole({"groups": 2}, {"groups": 1}))
    yield Plan("Normalization", _whole({"mean": 0.3, "variance": 2.0, "axis": None}))


def _shapes() -> Iterator[Plan]:
    yield Plan("Flatten", _whole())
    yield Plan(
        "Reshape",
        (
            Variant({"target_shape": {"entries": 1}}, ({"target_shape": (-1,)},)),
            Variant({"target_shape": 1}, ({"target_shape": (1, STEPS * 4)},)),
            Variant({}, ({"target_shape": (STEPS, 4, 1)}, {"target_shape": (STEPS, 2, 2)}, {"target_shape": (-1, 4)})),
        ),
        (Feed.SEQUENCE,),
    )
    yield Plan(
        "Permute", (Variant({"dims": 1}, ({"dims": (1, 3, 2)},)), Variant({}, ({"dims": (2, 1)}, {"dims": (2, 1, 3)})))
    )
    yield Plan("RepeatVector", _whole({"n": STEPS}), (Feed.VECTOR,))


def _pointwise() -> Iterator[Plan]:
    yield Plan("Dense", _whole({"units": 3}, {"units": 3, "activation": "relu"}, {"units": 3, "activation": "softmax"}))
    yield Plan("Softmax", (Variant({"axis": {"has": 1}}, ({"axis": 1},)), Variant({}, ({},))))
    yield Plan(
        "Rescaling", (Variant({"offset": 0.0}, ({"scale": 0.5},)), Variant({}, ({"scale": 0.5, "offset": 0.1},)))
    )
    yield Plan("PReLU", _whole({}, {"shared_axes": [1]}))
    bent = ("sigmoid", "softmax", "softplus", "exponential", "hard_sigmoid")
    straight = ("relu", "tanh", "elu", "selu", "softsign", "gelu", "swish")
    yield Plan(
        "Activation",
        (
            Variant({"activation": "linear"}, ({"activation": "linear"},)),
            Variant({"activation": {"among": " ".join(straight)}}, tuple({"activation": name} for name in straight)),
            Variant({}, tuple({"activation": name} for name in bent)),
        ),
    )


def _merges() -> Iterator[Plan]:
    for kind in ("Add", "Multiply", "Average", "Maximum", "Minimum"):
        yield Plan(kind, _whole(), (Feed.SEQUENCE,), Arrangement.LISTED, (2, 3))
    yield Plan("Subtract", _whole(), (Feed.SEQUENCE,), Arrangement.LISTED, (2,))
    over_time: When = {"axis": {"has": 1}}
    joined = (Variant(over_time, ({"axis": 1}, {"axis": -2})), Variant({}, ({}, {"axis": 2})))
    yield Plan("Concatenate", joined, (Feed.SEQUENCE,), Arrangement.LISTED, (2, 3))
    contracted = (
        Variant({"axes": {"has": 1}}, ({"axes": 1}, {"axes": (1, 1)})),
        Variant({}, ({"axes": 2}, {"axes": -1})),
    )
    yield Plan("Dot", contracted, (Feed.SEQUENCE,), Arrangement.LISTED, (2,))


def _attentions() -> Iterator[Plan]:
    flat, names = (Feed.SEQUENCE,), ("query", "value", "key")
    for kind in ("Attention", "AdditiveAttention"):
        yield Plan(kind, _whole(), flat, Arrangement.LISTED, (2, 3), names)
    heads = {"num_heads": 2, "key_dim": 3}
    explicit = {**heads, "attention_axes": (1,)}
    yield Plan("MultiHeadAttention", _whole(heads, explicit), flat, Arrangement.POSITIONAL, (2, 3), names)
    grouped = {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 2}
    yield Plan("GroupQueryAttention", _whole(grouped), flat, Arrangement.POSITIONAL, (2, 3), names)


def _sources() -> Iterator[Plan]:
    table = {"input_dim": 11, "output_dim": 3}
    for kind in ("Embedding", "ReversibleEmbedding"):
        masked = Variant({"mask_zero": True}, ({**table, "mask_zero": True},))
        yield Plan(kind, (masked, Variant({}, (table,))), (Feed.IDS,))
    values = tuple({"mask_value": value} for value in (0.0, -10.0, 0.5))
    yield Plan("Masking", _whole({}, *values), (Feed.SEQUENCE,), hides_setting="mask_value")


def _open_ended() -> Iterator[Plan]:
    """Plan what takes a user's own function or class: the function here is a plain doubling."""
    keeping: Settings = {"function": _double, "mask": _the_mask}
    yield Plan("Lambda", (Variant({"mask": {"given": True}}, (keeping,)), Variant({}, ({"function": _double},))))
    yield Plan(
        "Layer",
        (Variant({"supports_masking": True}, ({"supports_masking": True},)), Variant({}, ({},))),
        (Feed.SEQUENCE,),
    )


def _double(x: object) -> object:
    return x * 2.0  # type: ignore[operator]  # a tensor, whose type is not known where TensorFlow is not installed


def _the_mask(_: object, mask: object = None) -> object:
    return mask
