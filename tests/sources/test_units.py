"""Which files are analysed together."""

from __future__ import annotations

import pytest

from padlint.sources.folders import Finder, Folders
from padlint.sources.units import units

MODEL = "import keras\ndef build(): return keras.Sequential([keras.layers.LSTM(3)])\n"
PADS = "def pad_rows(rows): ...\n"


@pytest.fixture
def together(tmp_path):
    """Say which of some files are analysed together, by their paths."""

    def grouped(files: dict[str, str]) -> list[list[str]]:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        code = {str(tmp_path / name): text.encode() for name, text in files.items() if text}
        found = units(code, {}, Finder(tmp_path, Folders()), ())
        return [[file.removeprefix(f"{tmp_path}/") for file in group] for group in found]

    return grouped


def test_files_that_import_each_other(together):
    assert together({"model.py": MODEL, "train.py": "from model import build\nbuild().fit(rows)\n"}) == [
        ["model.py", "train.py"]
    ]


def test_files_that_import_each_other_from_a_folder_without_an_init_file(together):
    train = "from nets import model\nmodel.build().fit(rows)\n"
    assert together({"nets/model.py": MODEL, "train.py": train}) == [["nets/model.py", "train.py"]]


def test_files_that_do_not(together):
    assert together({"model.py": MODEL, "other.py": MODEL}) == [["model.py"], ["other.py"]]


def test_a_file_with_which_nothing_leaks(together):
    """What uses the same helper as a model does not make it leak; what feeds the model might."""
    scale = "import keras\nSCALE = keras.Model\n"
    files = {
        "scale.py": scale,
        "model.py": f"from scale import SCALE\n{MODEL}",
        "images.py": "import keras\nfrom scale import SCALE\nkeras.Sequential([keras.layers.MaxPool2D(2)])\n",
        "train.py": "import keras\nfrom model import build\nbuild().fit(rows)\n",
    }
    assert together(files) == [["model.py", "scale.py", "train.py"]]
    assert together({name: files[name] for name in ("scale.py", "images.py")}) == []


def test_modules_of_a_package_that_are_called_as_the_standard_library_calls_its_own(together):
    files = {"ops/__init__.py": "", "ops/math.py": MODEL, "ops/model.py": f"import math\n{MODEL}"}
    assert together(files) == [["ops/math.py"], ["ops/model.py"]]
    files = {"statistics.py": MODEL, "model.py": f"import statistics\n{MODEL}"}
    assert together(files) == [["model.py", "statistics.py"]]


def test_a_package_inside_of_a_package_that_imports_another_of_its_name(together):
    """`backends/jax/model.py` means the JAX that is installed; a script beside the folder means the folder."""
    names = ("nets/__init__.py", "nets/backends/__init__.py", "nets/backends/jax/__init__.py")
    jax, model, script = names[2], "nets/backends/jax/model.py", "nets/backends/train.py"
    files = {**dict.fromkeys(names, "\n"), jax: MODEL, model: f"import jax\n{MODEL}", script: f"import jax\n{MODEL}"}
    assert together(files) == [[jax, script], [model]]


def test_a_package_beside_the_script_that_is_run(together):
    """What lies beside a script is found by its name, also from inside of it."""
    files = {"__init__.py": "\n", "nets/__init__.py": MODEL, "nets/layers.py": f"import nets\n{MODEL}"}
    assert together(files) == [["nets/__init__.py", "nets/layers.py"]]


@pytest.mark.parametrize(
    "nothing",
    [
        "import keras\ndef rnn(step, rows): return keras.ops.rnn(step, rows)\n",
        "import keras\n# keras.Sequential\nlayer = keras.layers.LSTM(3)\n",
        'import keras\ndef pools(x):\n    """As keras.Model does."""\n    return keras.ops.reduce_max(np.pad(x, 1))\n',
        "import tensorflow as tf\nfor row in np.zeros((3, 4)): print(tf.reduce_sum(row))\n",
    ],
)
def test_where_nothing_takes_data(together, nothing):
    """Nothing that anyone does with it is a leak, until something with a model uses it."""
    assert together({"a.py": nothing}) == []
    assert together({"a.py": nothing, "train.py": f"import a\n{MODEL}"}) == [["a.py", "train.py"]]


def test_where_data_is_padded_for_layers_alone(together):
    read = "import keras\nkeras.layers.LSTM(3)(keras.layers.Embedding(9, 3)(keras.utils.pad_sequences(rows)))\n"
    assert together({"a.py": read}) == [["a.py"]]


def test_what_pads_in_the_package_of_the_model(together):
    package = {"tags/__init__.py": "", "tags/data/__init__.py": "", "tags/data/rows.py": PADS, "tags/model.py": MODEL}
    assert together(package) == [["tags/data/rows.py", "tags/model.py"]]
    assert together({"scripts/rows.py": PADS, "scripts/model.py": MODEL}) == [["scripts/model.py"]]


PREPARES = "import keras\nx = keras.utils.pad_sequences(rows)\n"
TRAINS = f"{MODEL}build().fit(x)\nbuild().save('model.h5')\n"


def test_a_program_that_saves_and_one_that_loads(together):
    files = {"prepare.py": f"{PREPARES}np.save('x.npy', x)\n", "train.py": f"x = np.load('x.npy')\n{TRAINS}"}
    assert together(files) == [["prepare.py", "train.py"]]


@pytest.mark.parametrize("path", ["'data/x'", "PREFIX + 'x'", "paths.DATA + RUN + '/x'"])
def test_a_name_to_which_numpy_adds_the_suffix(together, path):
    files = {"prepare.py": f"{PREPARES}np.save({path}, x)\n", "train.py": f"x = np.load(DATA + 'x.npy')\n{TRAINS}"}
    assert together(files) == [["prepare.py", "train.py"]]


def test_what_is_saved_is_there_before_it_is_loaded(together):
    files = {"train.py": f"{PREPARES}np.save('x.npy', x)\n", "model.py": f"x = np.load('x.npy')\n{TRAINS}"}
    assert together(files) == [["train.py", "model.py"]]
    each_other = {"a.py": f"np.load('b.npy')\n{PREPARES}np.save('a.npy', x)\n"}
    each_other["b.py"] = (
        each_other["a.py"].replace("a.npy", "c.npy").replace("b.npy", "a.npy").replace("c.npy", "b.npy")
    )
    assert together(each_other) == [["a.py", "b.py"]]  # neither is known to come first


def test_a_program_that_loads_may_save_something_else(together):
    """What only keeps the name may be for either, and it does save."""
    files = {
        "prepare.py": f"{PREPARES}np.save('x.npy', x)\n",
        "train.py": f"FILE = 'x.npy'\nx = np.load(FILE)\n{TRAINS}",
    }
    assert together(files) == [["prepare.py", "train.py"]]


def test_two_programs_that_save_under_one_name(together):
    prepares = f"{PREPARES}np.save('x.npy', x)\n"
    files = {"a.py": prepares, "b.py": prepares, "train.py": f"x = np.load('x.npy')\n{TRAINS}"}
    assert together(files) == [["a.py", "b.py", "train.py"]]


def test_the_name_of_a_file_in_a_module_of_constants(together, tmp_path):
    (tmp_path / "paths.py").write_text("X = 'x.npy'\n")
    files = {
        "prepare.py": f"import paths\n{PREPARES}np.save(paths.X, x)\n",
        "train.py": f"from paths import X\nx = np.load(X)\n{TRAINS}",
        "other.py": f"import paths\n{MODEL}",
    }
    assert together(files) == [["other.py"], ["prepare.py", "train.py"]]
