"""What is to be proved: that padding reaches a consumer of a model graph, and the evidence for the padding."""

from __future__ import annotations

from padlint.case import Question
from padlint.dataclass import dataclass
from padlint.graph import Padding, TensorId

__all__ = ["Claim", "PaddedInput", "Question"]


@dataclass(frozen=True, slots=True)
class PaddedInput:
    """A model's input and how its data was padded."""

    tensor: TensorId
    padding: Padding


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing to measure.

    Args:
        consumers: the tensors that the consumers make, one of which is enough; of a loss, the outputs it is taken of.
        question: what to measure there.
        padded: evidence beside the graph's own feeds; without either, sequences are padded on both sides.
    """

    consumers: tuple[TensorId, ...]
    question: Question = Question.PADDING
    padded: tuple[PaddedInput, ...] = ()
