"""Measure models that are there: saved ones, and ones that a function of the user makes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from padlint.case import NotMeasured
from padlint.confirm.messages import Measured
from padlint.confirm.prove import NoAnswer, Prover
from padlint.dataclass import dataclass
from padlint.graph import Side
from padlint.keras.versions import DEFAULT as DEFAULT_KERAS
from padlint.proofs import check_installed
from padlint.sources.discover import MissingPath

_SUFFIX = ".keras"
_ABOUT = "metadata.json"


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """A model that is there.

    Args:
        target: what the user named: a file, or `package.module:function`.
        keras: the major version of Keras to measure it in.
        file: the saved model; None when a function makes it.
        folder: where the function's module is looked for first.
    """

    target: str
    keras: int
    file: Path | None
    folder: Path

    @classmethod
    def named(cls, target: str, keras: int | None, folder: Path) -> BuiltModel:
        """Find what a user named.

        Args:
            keras: None for the version that a saved model was saved in, and else the newest.

        Raises:
            MissingPath: there is no such file.
        """
        file = folder / target
        _, colon, function = target.partition(":")
        if not file.exists() and colon and function.isidentifier() and not target.endswith(_SUFFIX):
            return cls(target, keras or DEFAULT_KERAS, None, folder)
        if not file.exists():
            raise MissingPath(f"{target}: no such file; a function that makes a model is `package.module:function`")
        return cls(target, keras or _saved_in(file) or DEFAULT_KERAS, file, folder)

    @property
    def runs(self) -> str:
        """What has to be done that runs the user's code; "" for nothing."""
        if self.file is not None:
            return ""
        module, _, function = self.target.partition(":")
        return f"importing {module}, looked for in {self.folder} first, and calling {function}()"


def measured(model: BuiltModel, side: str, value: float | None) -> tuple[Measured, ...]:
    """Measure each layer of a model that padding may reach, and its output.

    Args:
        side: the side of the padding, `pre` or `post`; anything else for both.
        value: what padded features hold; None for what a Masking layer hides, or else 0.

    Raises:
        NotMeasured: it cannot be loaded, made or run.
        CannotMeasure: what measuring takes is not installed, or does not start.
    """
    check_installed(model.keras)
    padded = Side(side) if side in set(Side) else Side.UNKNOWN
    try:
        with Prover(model.keras) as prover:
            if model.file is not None:
                return prover.measure_saved(model.file, padded, value)
            return prover.measure_made(model.target, padded, value)
    except NoAnswer as why:
        raise NotMeasured(f"{model.target}: {why}") from why


def _saved_in(file: Path) -> int | None:
    """Return the major version of the Keras that saved a model, as the file says."""
    try:
        with zipfile.ZipFile(file) as archive:
            about = json.loads(archive.read(_ABOUT))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    version = about.get("keras_version") if isinstance(about, dict) else None
    major = version.partition(".")[0] if isinstance(version, str) else ""
    return int(major) if major in {"2", "3"} else None
