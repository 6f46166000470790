"""What a run finds depends on the files alone: not on their order, the workers, the cache or where it is started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padlint import verdicts
from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.session import Request, run

Files: TypeAlias = Mapping[str, str]
Seen: TypeAlias = tuple[tuple[str, ...], ...]

HEAD = "import numpy as np\nfrom keras import layers, models\nfrom keras.utils import pad_sequences\n"
# Pieces that mean more together: some build, some pad, some feed what others build and pad.
PIECES: Files = {
    "net.py": f"{HEAD}def build(n):\n    return models.Sequential([layers.Embedding(n, 8), layers.LSTM(4)])\n",
    "masked.py": f"{HEAD}model = models.Sequential([layers.Embedding(9, 8, mask_zero=True), layers.LSTM(4)])\n",
    "data.py": f"{HEAD}def rows(texts):\n    return pad_sequences(texts, maxlen=20)\n",
    "hand.py": "def pad(row, n):\n    return row + [0] * (n - len(row))\n",
    "train.py": f"{HEAD}from data import rows\nfrom net import build\nm = build(100)\nm.fit(rows(texts), labels)\n",
    "again.py": f"{HEAD}import net, masked\nmasked.model.fit(pad_sequences(t))\nnet.build(5).fit(pad_sequences(t))\n",
    "circle.py": f"{HEAD}from other import layer\nclass Mine(layers.Layer):\n    def call(self, x): return layer(x)\n",
    "other.py": f"{HEAD}from circle import Mine\nlayer = layers.GRU(3)\nmodels.Sequential([Mine(), layer]).fit(x)\n",
    "alone.py": f"{HEAD}x = np.zeros((9, 20, 3))\nfor i, t in enumerate(ts):\n    x[i, : len(t)] = t\n"
    "m = models.Sequential([layers.LSTM(4)])\nm.fit(x)\n",
    "broken.py": f"{HEAD}def f(:\n    models.Sequential([layers.LSTM(3)])\n",
}
NET = {"net.py": PIECES["net.py"]}
FEW = settings(max_examples=12, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))

projects = st.sets(st.sampled_from(sorted(PIECES)), min_size=1).map(
    lambda names: {name: PIECES[name] for name in names}
)


def linted(
    root: Path, paths: Sequence[str] = (".",), start: Path | None = None, cache: Path | None = None, processes: int = 1
) -> Seen:
    """Lint a project with every rule, and return all that is shown, with paths as they are below its root."""
    start = start or root
    overrides = {"select": ["ALL"], "min-confidence": "possible", **({"cache-dir": str(cache)} if cache else {})}
    configurations = Configurations(overrides, working_folder=start, isolated=True)
    request = Request(tuple(paths), configurations, start, use_cache=cache is not None, processes=processes)
    report = run(request, load_catalogue())
    assert not report.troubles

    def below(path: str) -> str:
        return os.path.relpath(start / path, root)

    return tuple(
        sorted(
            (
                finding.code,
                below(finding.span.path),
                str(finding.span.start),
                str(finding.span.end),
                str(finding.confidence),
                *(f"{below(step.span.path)} {step.span.start} {step.role}" for step in finding.trace),
            )
            for finding in report.findings
        )
    )


@pytest.fixture
def laid_out(tmp_path):
    """Lay out a project in a folder of its own."""

    def make(files: Files) -> Path:
        root = Path(tempfile.mkdtemp(dir=tmp_path)) / "project"
        (root / ".git").mkdir(parents=True)
        for name, text in files.items():
            (root / name).write_text(text)
        return root

    return make


def test_the_pieces_say_more_together_than_alone(laid_out):
    together = {(path, sureness) for _, path, _, _, sureness, *_ in linted(laid_out(PIECES))}
    assert together >= {("net.py", "certain"), ("alone.py", "certain"), ("broken.py", "certain")}
    assert ("net.py", "certain") not in {(path, sureness) for _, path, _, _, sureness, *_ in linted(laid_out(NET))}


@FEW
@given(projects, st.randoms(use_true_random=False))
def test_the_order_in_which_files_are_named_does_not_matter(laid_out, files, random):
    root = laid_out(files)
    names = sorted(files)
    expected = linted(root, names)
    random.shuffle(names)
    assert linted(root, names) == expected == linted(root)


@FEW
@given(projects)
def test_how_many_workers_there_are_does_not_matter(laid_out, files):
    root = laid_out(files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdicts, "_WORTH_A_PROCESS", 1)
        assert linted(root, processes=3) == linted(root, processes=1)


@FEW
@given(projects, st.sampled_from(sorted(PIECES)), st.booleans())
def test_what_the_cache_holds_does_not_matter(laid_out, files, changed, removed):
    root = laid_out(files)
    cache = root.parent / "cache"
    expected = linted(root)
    assert linted(root, cache=cache) == expected == linted(root, cache=cache)
    if removed:
        (root / changed).unlink(missing_ok=True)
    else:
        (root / changed).write_text(PIECES[changed] + "\nmore = 1\n")
    assert linted(root, cache=cache) == linted(root)
    for name, text in files.items():
        (root / name).write_text(text)
    if changed not in files:
        (root / changed).unlink(missing_ok=True)
    assert linted(root, cache=cache) == expected


@FEW
@given(projects)
def test_where_a_run_is_started_does_not_matter(laid_out, files):
    root = laid_out(files)
    (root / "below").mkdir()
    expected = linted(root)
    assert linted(root, ("..",), root / "below") == expected
    assert linted(root, ("project",), root.parent) == expected
    assert linted(root, (str(root),), Path(tempfile.gettempdir())) == expected


@FEW
@given(projects)
def test_where_a_project_lies_does_not_matter(laid_out, files):
    root = laid_out(files)
    moved = root.parent / "elsewhere" / "deep" / "project"
    shutil.copytree(root, moved)
    assert linted(moved) == linted(root)


UNITS = """
import sys
from pathlib import Path
from padlint.sources.folders import Finder, Folders
from padlint.sources.units import units
root = Path(sys.argv[1])
code = {str(file): file.read_bytes() for file in root.iterdir()}
print([[Path(file).name for file in unit] for unit in units(code, {}, Finder(root, Folders()), ())])
"""


def test_the_order_of_files_that_save_what_one_loads_is_always_the_same(tmp_path):
    """Names of data are kept in sets, which Python goes through in another order each time that it runs."""
    names = "abcdefgh"
    layers = "from keras.layers import LSTM, Layer\n"
    for name in names:
        (tmp_path / f"{name}.py").write_text(f"{layers}np.save('{name}.npy', x)\n")
    (tmp_path / "a_loader.py").write_text(layers + "".join(f"x = np.load('{name}.npy')\n" for name in names))
    seen = {
        subprocess.run(
            [sys.executable, "-c", UNITS, str(tmp_path)],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(6)
    }
    assert seen == {f"{[[*(f'{name}.py' for name in names), 'a_loader.py']]}\n"}
