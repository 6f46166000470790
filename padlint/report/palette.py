"""The colours of a report for people; `PLAIN` has none."""

from __future__ import annotations

from padlint.dataclass import dataclass
from padlint.finding import Severity

_RESET = "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Palette:
    """The escape sequences to write before each kind of text; "" leaves it as it is."""

    error: str = ""
    warning: str = ""
    note: str = ""
    frame: str = ""
    strong: str = ""

    def severity(self, severity: Severity, text: str) -> str:
        """Paint `text` in the colour of a severity."""
        match severity:
            case Severity.ERROR:
                return paint(self.error, text)
            case Severity.WARNING:
                return paint(self.warning, text)
            case Severity.NOTE:
                return paint(self.note, text)


def paint(colour: str, text: str) -> str:
    """Put `text` between an escape sequence and its end; unchanged where either is empty."""
    return f"{colour}{text}{_RESET}" if colour and text else text


PLAIN = Palette()
TERMINAL = Palette(error="\x1b[1;31m", warning="\x1b[1;33m", note="\x1b[1;36m", frame="\x1b[1;34m", strong="\x1b[1m")
