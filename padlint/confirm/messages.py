"""What the session and the measuring process say to each other: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable

from padlint.case import Question, Subject
from padlint.confirm.claim import Claim
from padlint.dataclass import dataclass
from padlint.finding import ArrivedMask, Confirmation, Verdict
from padlint.graph import ModelGraph, Side, TensorId
from padlint.graph_json import Json, from_json, to_json

NO_MEMORY = "it takes more memory than a measurement may"


@dataclass(frozen=True, slots=True)
class MeasureGraph:
    """Measure claims about a model that was read."""

    graph: ModelGraph
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class MeasureBuilt:
    """Measure every consumer of a model that is there.

    Args:
        path: a saved model, or "".
        target: `package.module:function` that makes one; importing it runs the user's code.
        folder: where such a module is looked for first.
        side: the side of the padding, UNKNOWN for both.
        value: what padded features hold; None for what a Masking layer hides, or else 0.
    """

    path: str = ""
    target: str = ""
    folder: str = ""
    side: Side = Side.UNKNOWN
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A consumer of a model that is there: its layer, and the verdict on it."""

    layer: str
    kind: str
    confirmation: Confirmation


class Unreadable(ValueError):
    """A line is not what the other side writes."""


def request_line(request: MeasureGraph | MeasureBuilt) -> str:
    """Write a request."""
    match request:
        case MeasureGraph(graph, claims):
            return _measure_line(to_json(graph), claims)
        case MeasureBuilt(path, target, folder, side, value):
            return json.dumps({"path": path, "target": target, "folder": folder, "side": side, "value": value})


def case_line(graph: str, subjects: Iterable[Subject]) -> str:
    """Write the request to measure some subjects of a case."""
    return _measure_line(graph, subjects)


def _measure_line(graph: str, asked: Iterable[Claim | Subject]) -> str:
    claims = [{"consumers": each.consumers, "question": each.question} for each in asked]
    return json.dumps({"graph": graph, "claims": claims})


def read_request(line: str) -> MeasureGraph | MeasureBuilt:
    """Read what `request_line` wrote.

    Raises:
        Unreadable: it did not.
    """
    match json.loads(line):
        case {"graph": str(graph), "claims": list(claims)}:
            return MeasureGraph(from_json(graph), tuple(_claim(claim) for claim in claims))
        case {"path": str(path), "target": str(target), "folder": str(folder), "side": str(side), "value": value}:
            return MeasureBuilt(path, target, folder, Side(side), value)
        case _:
            raise Unreadable(line[:80])


def answer_line(confirmations: Iterable[Confirmation]) -> str:
    """Write the verdicts on the claims of a request."""
    return json.dumps({"confirmations": [confirmation_json(one) for one in confirmations]})


def built_line(measured: Iterable[Measured]) -> str:
    """Write the verdicts on the consumers of a built model."""
    found = [
        {"layer": one.layer, "kind": one.kind, "confirmation": confirmation_json(one.confirmation)} for one in measured
    ]
    return json.dumps({"measured": found})


def failure_line(reason: str) -> str:
    """Write that a request could not be answered, and why."""
    return json.dumps({"failure": reason})


def read_answer(line: str) -> tuple[Confirmation, ...] | tuple[Measured, ...] | str:
    """Read an answer: verdicts on claims, consumers of a built model, or why there is neither.

    Raises:
        Unreadable: the line is none of these.
    """
    match json.loads(line):
        case {"confirmations": list(found)}:
            return tuple(_confirmation(one) for one in found)
        case {"measured": list(found)}:
            return tuple(Measured(one["layer"], one["kind"], _confirmation(one["confirmation"])) for one in found)
        case {"failure": str(reason)}:
            return reason
        case _:
            raise Unreadable(line[:80])


def confirmation_json(confirmation: Confirmation) -> dict[str, Json]:
    """Write a verdict with its figures."""
    return {
        "status": confirmation.status.value,
        "reason": confirmation.reason,
        "leak": confirmation.leak,
        "shift": confirmation.shift,
        "token_share": confirmation.token_share,
        "mask": confirmation.mask and confirmation.mask.value,
        "steps": confirmation.steps,
    }


def _confirmation(found: dict[str, Json]) -> Confirmation:
    mask, steps = _text(found["mask"]), found["steps"]
    return Confirmation(
        status=Verdict(_text(found["status"]) or ""),
        reason=_text(found["reason"]),
        leak=_figure(found["leak"]),
        shift=_figure(found["shift"]),
        token_share=_figure(found["token_share"]),
        mask=None if mask is None else ArrivedMask(mask),
        steps=steps if isinstance(steps, int) else None,
    )


def _claim(found: dict[str, Json]) -> Claim:
    match found:
        case {"consumers": list(consumers), "question": str(question)}:
            numbers = tuple(TensorId(consumer) for consumer in consumers if isinstance(consumer, int))
            return Claim(numbers, Question(question))
        case _:
            raise Unreadable(str(found)[:80])


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _figure(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) else None
