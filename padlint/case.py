"""What can be measured of the programs that were read: model graphs as text, and the consumers to ask them about."""

from __future__ import annotations

from enum import StrEnum

from padlint.dataclass import dataclass
from padlint.finding import Span


class Question(StrEnum):
    """What to measure at a consumer."""

    PADDING = "padding"  # does what it says of real steps depend on padded ones?
    LOSS = "loss"  # do padded steps count in the loss?
    REAL_STEP = "real-step"  # does its mask hide a real step, the token 0?


class CannotMeasure(Exception):
    """Nothing can be measured: what it takes is not installed, or does not start; the text says why."""


class NotMeasured(Exception):
    """A model that is there cannot be measured; the text says which, and why."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What one verdict is about.

    Args:
        code: the rule of the finding at `span`; "" for a consumer that no finding is about, and that stands there.
        layer: the consumer, as the user knows it.
        consumers: the tensors of the graph that it makes, one of which is enough.
        calls: where the consumers are called, which may be elsewhere than where the layer is made.
    """

    code: str
    span: Span
    layer: str
    question: Question
    consumers: tuple[int, ...]
    calls: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A part of a program that is rebuilt as a whole, and all that can be asked about it.

    Args:
        keras: the major version of Keras that the program is for.
        graph: the part, as `padlint.graph_json` writes it.
    """

    keras: int
    graph: str
    subjects: tuple[Subject, ...]
