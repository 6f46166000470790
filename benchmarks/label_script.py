"""Import the script beside the labels that says how findings meet them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType


def imported(script: Path) -> ModuleType:
    """Import a script by its path.

    Raises:
        ImportError: it cannot be imported.
    """
    spec = importlib.util.spec_from_file_location(script.stem, script)
    if spec is None or spec.loader is None:
        raise ImportError(f"{script} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
