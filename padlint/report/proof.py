"""A measured verdict in one sentence, with the figures that a person can use."""

from __future__ import annotations

from collections.abc import Iterator

from padlint.finding import Confirmation, Verdict


def proof_text(confirmation: Confirmation) -> str:
    """Return the verdict and its figures."""
    match confirmation.status:
        case Verdict.CONFIRMED:
            figures = "; ".join(_figures(confirmation))
            return f"confirmed: {figures}" if figures else "confirmed"
        case Verdict.REFUTED:
            return f"refuted: {confirmation.reason or 'no gradient is on padding, and adding padding moves nothing'}"
        case Verdict.NOT_REBUILT:
            return f"not rebuilt: {confirmation.reason or 'no reason given'}"


def _figures(confirmation: Confirmation) -> Iterator[str]:
    if confirmation.reason:
        yield confirmation.reason
    if confirmation.leak:
        yield f"{percent(confirmation.leak)} of the output's gradient is on padding"
    if confirmation.shift:
        steps = confirmation.steps or 1
        padding = f"up to {steps} padded steps are" if steps > 1 else "padding is"
        yield f"the prediction moves by {confirmation.shift:.2g} when {padding} added"


def percent(share: float) -> str:
    """Write a share as a whole percentage, or with two digits when that would be 0."""
    return f"{100 * share:.0f} %" if share >= 0.01 else f"{100 * share:.2g} %"
