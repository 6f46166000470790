"""The models whose padding is measured: the three programs of the question, made to run, and variations of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from programs import Program

from padlint.confirm.frameworks import Framework, LayerObject


class Claim(StrEnum):
    """What the answer that is examined says."""

    CONVOLUTION = "convolution"
    RECURRENT = "recurrent"
    MASKING = "masking"
    DENSE = "dense"


class Side(StrEnum):
    """Where the padding is."""

    RIGHT = "right"
    LEFT = "left"
    AROUND = "around"


Layers = Callable[[Framework], list[LayerObject]]


@dataclass(frozen=True, slots=True)
class Experiment:
    """A model made of layers one after the other, fed zero-padded sequences or pictures.

    Args:
        name: the layers, as the page shows them.
        layers: makes them.
        value: what padded steps hold.
        features: numbers in each step; 0 when a step is one number of a flat row.
        program: which of the three programs this is, with its own data and loss; None for a variation.
    """

    claim: Claim
    name: str
    layers: Layers
    sides: tuple[Side, ...] = (Side.RIGHT, Side.LEFT)
    value: float = 0.0
    features: int = 4
    program: Program | None = None


def experiments() -> Iterator[Experiment]:
    """Yield all experiments, claim by claim."""
    yield from _convolutions()
    yield from _recurrences()
    yield from _maskings()
    yield from _denses()


# Convolutions -----------------------------------------------------------------------------------------------------


def _convolutions() -> Iterator[Experiment]:
    yield Experiment(
        Claim.CONVOLUTION,
        "Conv2D ReLU, MaxPooling2D, Flatten, Dense softmax",
        _picture_network,
        (Side.AROUND,),
        program=Program.PICTURE,
    )
    for bias in (False, True):
        for activation in ("linear", "relu"):
            for pooling in ("GlobalMaxPooling1D", "GlobalAveragePooling1D"):
                yield Experiment(
                    Claim.CONVOLUTION,
                    f"{_convolution_name(activation, bias)}, {pooling}",
                    _convolved(1, activation, pooling, bias=bias),
                )
    for bias in (False, True):
        yield Experiment(
            Claim.CONVOLUTION,
            f"twice {_convolution_name('relu', bias)}, GlobalMaxPooling1D",
            _convolved(2, "relu", "GlobalMaxPooling1D", bias=bias),
        )
    yield Experiment(
        Claim.CONVOLUTION,
        f"{_convolution_name('relu', True)}, MaxPooling1D, Flatten",
        _convolved(1, "relu", "MaxPooling1D", bias=True),
    )


def _convolution_name(activation: str, bias: bool) -> str:  # noqa: FBT001
    return f"Conv1D{' ReLU' if activation == 'relu' else ''} {'with' if bias else 'without'} bias"


def _picture_network(framework: Framework) -> list[LayerObject]:
    layers = framework.keras.layers
    return [
        layers.Conv2D(32, (3, 3), padding="same", activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]


def _convolved(times: int, activation: str, pooling: str, *, bias: bool) -> Layers:
    def make(framework: Framework) -> list[LayerObject]:
        layers = framework.keras.layers
        convolutions = [
            layers.Conv1D(16, 3, padding="same", activation=activation, use_bias=bias) for _ in range(times)
        ]
        flat = [layers.Flatten()] if pooling == "MaxPooling1D" else []
        return [*convolutions, getattr(layers, pooling)(), *flat, layers.Dense(1)]

    return make


# Recurrent layers, with and without Masking -----------------------------------------------------------------------


def _recurrences() -> Iterator[Experiment]:
    for kind in ("LSTM", "GRU", "SimpleRNN"):
        yield Experiment(Claim.RECURRENT, f"{kind}, Dense", _recurrent(kind))


def _maskings() -> Iterator[Experiment]:
    yield Experiment(
        Claim.MASKING,
        "Masking, LSTM, Dense",
        _recurrent("LSTM", before=_masking(0.0), units=64),
        (Side.RIGHT,),
        program=Program.SEQUENCE,
    )
    for kind in ("LSTM", "GRU", "SimpleRNN"):
        yield Experiment(Claim.MASKING, f"Masking, {kind}, Dense", _recurrent(kind, before=_masking(0.0)))
    yield Experiment(Claim.MASKING, "Masking(-1) over zeros, LSTM, Dense", _recurrent("LSTM", before=_masking(-1.0)))
    yield Experiment(
        Claim.MASKING,
        "Masking, Conv1D, LSTM, Dense",
        _recurrent("LSTM", before=lambda keras: [*_masking(0.0)(keras), keras.layers.Conv1D(8, 3, padding="same")]),
    )
    yield Experiment(
        Claim.MASKING,
        "Dense, Masking, LSTM, Dense",
        _recurrent("LSTM", before=lambda keras: [keras.layers.Dense(8), *_masking(0.0)(keras)]),
    )


def _masking(value: float) -> Callable[..., list[LayerObject]]:
    return lambda keras: [keras.layers.Masking(mask_value=value)]


def _recurrent(kind: str, before: Callable[..., list[LayerObject]] | None = None, units: int = 16) -> Layers:
    def make(framework: Framework) -> list[LayerObject]:
        layers = framework.keras.layers
        first = before(framework.keras) if before else []
        return [*first, getattr(layers, kind)(units), layers.Dense(1)]

    return make


# Dense layers -----------------------------------------------------------------------------------------------------


def _denses() -> Iterator[Experiment]:
    program = _dense(64, "relu")
    yield Experiment(Claim.DENSE, "Dense ReLU, Dense", program, (Side.RIGHT,), features=0, program=Program.ROW)
    yield Experiment(Claim.DENSE, "Dense without bias, Dense", _dense(16, "linear", bias=False), features=0)
    yield Experiment(Claim.DENSE, "Dense, Dense", _dense(16, "linear"), features=0)
    yield Experiment(Claim.DENSE, "Dense ReLU twice, Dense", _dense(16, "relu", times=2), features=0)
    yield Experiment(Claim.DENSE, "Dense ReLU, Dense, padded with -1", _dense(16, "relu"), value=-1.0, features=0)
    for pooling in ("GlobalMaxPooling1D", "GlobalAveragePooling1D"):
        yield Experiment(Claim.DENSE, f"Dense ReLU on each step, {pooling}, Dense", _dense(16, "relu", pooling=pooling))


def _dense(units: int, activation: str, *, bias: bool = True, times: int = 1, pooling: str = "") -> Layers:
    def make(framework: Framework) -> list[LayerObject]:
        layers = framework.keras.layers
        pooled = [getattr(layers, pooling)()] if pooling else []
        dense = [layers.Dense(units, activation=activation, use_bias=bias) for _ in range(times)]
        return [*dense, *pooled, layers.Dense(1)]

    return make
