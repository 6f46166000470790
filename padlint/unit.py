"""Files to analyse together, and what is known of the project that they are in."""

from __future__ import annotations

from pathlib import Path

from padlint.config import Settings
from padlint.dataclass import dataclass
from padlint.sources.source import Source


@dataclass(frozen=True, slots=True)
class Unit:
    """Files between which padding can travel: no other file of the project can change what is found in them.

    Args:
        root: the project's folder, beyond which no module is looked for.
        keras: the major version of Keras that the settings or the project's declared dependencies say.
        implied: the one that the imports of the whole project speak for, where those of the files do not say.
        measured: whether what can be measured of the models is wanted, too.
    """

    sources: tuple[Source, ...]
    root: Path
    settings: Settings
    keras: int | None = None
    implied: int | None = None
    measured: bool = False
