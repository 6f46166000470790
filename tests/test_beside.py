"""A file that is linted alone, as a hook and an editor do, is judged by what the rest of its project does with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from padlint import outcomes
from padlint.analysis import analyse
from padlint.catalogue import load_catalogue
from padlint.config import Configurations
from padlint.finding import Applicability, Edit, Fix, Position, Span
from padlint.session import Buffer, Request, mend, run
from padlint.sources import discover

MODEL = """\
from keras import layers, models


def build():
    return models.Sequential([layers.Embedding(5000, 32), layers.LSTM(16), layers.Dense(1)])
"""
TRAIN = """\
from model import build
from keras.utils import pad_sequences

build().fit(pad_sequences([[3, 1, 4], [1, 5]], padding="post"), [0, 1])
"""


class Folder:
    """A project in which one module builds the model that another one trains."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("model.py", MODEL)
        self.write("train.py", TRAIN)

    def write(self, name: str, text: str) -> None:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def request(self, *paths: str, buffer: Buffer | None = None, **values: object) -> Request:
        configurations = Configurations(values, working_folder=self.root)
        return Request(paths, configurations, self.root, buffer, processes=1)

    def report(self, *paths: str, **more):
        return run(self.request(*paths, **more), load_catalogue())

    def found(self, *paths: str, **more) -> list[str]:
        return [f"{each.code} {each.span.path}" for each in self.report(*paths, **more).findings]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / ".git").mkdir()
    return Folder(tmp_path)


def test_a_file_alone_is_judged_as_in_its_project(folder):
    (whole,) = folder.report(".").findings
    assert folder.report("model.py").findings == (whole,)
    assert whole.code == "PAD101"


def test_nothing_is_reported_on_files_that_are_only_read_along(folder):
    assert folder.found("train.py") == []


def test_what_is_read_along_is_not_counted(folder):
    folder.write("other.py", MODEL)
    coverage = folder.report("model.py").coverage
    assert (coverage.files, coverage.models) == (1, 1)


def test_a_file_that_does_not_parse_is_not_told_when_it_is_only_read_along(folder):
    folder.write("broken.py", "from model import build\nbuild().fit(\n")
    folder.write("bytes.py", "import keras, model\nbuild().fit()\0")
    assert folder.found("model.py") == ["PAD101 model.py"]


def test_the_rest_is_read_from_wherever_the_root_of_the_project_is(folder):
    folder.write("src/nets.py", MODEL)
    folder.write("scripts/run.py", TRAIN.replace("from model", "from src.nets"))
    assert folder.found("src/nets.py") == ["PAD101 src/nets.py"]
    assert folder.found("src") == ["PAD101 src/nets.py"]


def test_a_folder_without_a_root_above_it_goes_no_further_than_itself(tmp_path):
    folder = Folder(tmp_path)
    assert folder.found("model.py") == ["PAD101 model.py"]
    (tmp_path / "train.py").unlink()
    folder.write("below/train.py", TRAIN)
    assert folder.found("model.py") == []


@pytest.mark.parametrize("named", ["mail", "mail/nets", "mail/nets/model.py", "."])
def test_a_package_is_one_project_whichever_part_of_it_is_named(tmp_path, named):
    folder = Folder(tmp_path)
    (tmp_path / "model.py").unlink()
    (tmp_path / "train.py").unlink()
    for name in ("mail/__init__.py", "mail/nets/__init__.py", "mail/fit/__init__.py"):
        folder.write(name, "")
    folder.write("mail/nets/model.py", MODEL)
    folder.write("mail/fit/train.py", TRAIN.replace("from model", "from mail.nets.model"))
    assert folder.found(named) == ["PAD101 mail/nets/model.py"]


def test_a_folder_that_is_named_is_known_to_its_files_by_its_own_name(tmp_path):
    folder = Folder(tmp_path)
    (tmp_path / "train.py").unlink()
    folder.write("nets/model.py", MODEL)
    folder.write("nets/train.py", TRAIN.replace("from model", "from nets.model"))
    assert folder.found("nets") == ["PAD101 nets/model.py"]


def test_what_is_excluded_is_not_read_along(folder):
    assert folder.found("model.py", **{"extend-exclude": ["train.py"]}) == []


def test_the_rest_of_another_project_is_none_of_this_one(folder):
    (folder.root / "train.py").unlink()
    folder.write("inner/pyproject.toml", "")
    folder.write("inner/train.py", TRAIN)
    assert folder.found("model.py") == []


def test_an_unsaved_buffer_is_judged_with_the_rest_of_its_project(folder):
    folder.write("model.py", "")
    assert folder.found("-", buffer=Buffer("model.py", MODEL.encode())) == ["PAD101 model.py"]
    masked = MODEL.replace("32)", "32, mask_zero=True)")
    assert folder.found("-", buffer=Buffer("model.py", masked.encode())) == []


def test_an_unsaved_buffer_is_judged_alone_where_the_rest_would_take_too_long(folder, monkeypatch):
    monkeypatch.setattr(outcomes, "_MOST_BESIDE_A_BUFFER", len(MODEL))
    assert folder.found("-", buffer=Buffer("model.py", MODEL.encode())) == []
    assert folder.found("model.py") == ["PAD101 model.py"]


def test_a_buffer_without_a_name_belongs_to_no_project(folder):
    assert folder.found("-", buffer=Buffer("", MODEL.encode())) == []


def test_a_file_that_cannot_matter_has_nothing_read_along(folder, monkeypatch):
    folder.write("text.py", "import re\n")
    monkeypatch.setattr("padlint.request.neighbours", lambda *_, **__: pytest.fail("the folder was searched"))
    assert folder.found("text.py") == []


def test_a_project_with_too_many_files_is_not_read_along_and_that_is_told(folder, monkeypatch):
    monkeypatch.setattr(discover, "_MOST_NEIGHBOURS", 1)
    report = folder.report("model.py")
    assert (report.findings, report.crowded) == ((), (folder.root,))
    assert folder.found(".") == ["PAD101 model.py"]


def test_what_would_take_far_longer_than_the_file_itself_is_not_read_along_and_that_is_told(folder, monkeypatch):
    monkeypatch.setattr(outcomes, "_MOST_READ_ALONG", 10)
    folder.write("train.py", TRAIN + "# " + "x" * 1000)
    for report in (folder.report("model.py"), folder.report("model.py")):
        assert (report.findings, report.crowded) == ((), (folder.root,))
    assert folder.report("model.py", "train.py").crowded == ()
    assert folder.found(".") == ["PAD101 model.py"]


def test_as_much_as_was_named_is_read_along(folder, monkeypatch):
    monkeypatch.setattr(outcomes, "_MOST_READ_ALONG", 10)
    folder.write("model.py", MODEL + "# " + "x" * 1000)
    assert folder.found("model.py") == ["PAD101 model.py"]


def test_a_file_alone_is_fixed_by_what_the_rest_shows(folder):
    mended = mend(folder.request("model.py"), load_catalogue(), unsafe=True)
    assert [change.path for change in mended.changes] == ["model.py"]
    assert "mask_zero=True" in mended.changes[0].after.decode()


def test_a_fix_does_not_touch_a_file_that_was_not_named(folder):
    def cured_in_the_other(unit, catalogue):
        found = analyse(unit, catalogue)
        top = Position(1, 1)
        fix = Fix(Applicability.SAFE, "say so there", (Edit(Span("train.py", 0, top, top), "# here\n"),))
        return replace(found, findings=tuple(replace(each, fix=fix) for each in found.findings))

    mended = mend(folder.request("model.py"), load_catalogue(), cured_in_the_other)
    assert mended.changes == ()
    assert mended.report.findings[0].unfixed == "it would change train.py, which padlint was not told to lint"


def test_data_that_a_script_without_keras_pads_and_saves(folder):
    folder.write("prepare.py", "import numpy as np\nids = np.zeros((9, 50))\nids[:, :3] = 1\nnp.save('ids.npy', ids)\n")
    folder.write("train.py", "import numpy as np\nfrom model import build\nbuild().fit(np.load('ids.npy'), labels)\n")
    assert folder.found("model.py") == []
    folder.write("prepare.py", "import numpy as np\nids = np.zeros((9, 50))\nfor i, row in enumerate(rows):\n"
                 "    ids[i, : len(row)] = row\nnp.save('ids.npy', ids)\n")  # fmt: skip
    assert folder.found("model.py") == ["PAD101 model.py"]


PREPARES = "import numpy as np\nfrom keras.utils import pad_sequences\nnp.save('ids.npy', pad_sequences(rows))\n"
CLEANS = "import numpy as np\nnp.save('ids.npy', rows.reshape(-1, 9))\n"
TRAINS = """
import numpy as np
from keras import layers, models
model = models.Sequential([layers.Embedding(9, 8), layers.LSTM(4)])
"""
LOADS = f"{TRAINS}model.fit(np.load('ids.npy'), labels)\n"


def test_data_of_one_name_that_several_scripts_save(folder):
    """What lies beside the script that loads it is what it loads."""
    folder.write("first/prepare.py", PREPARES)
    folder.write("second/train.py", LOADS)
    assert folder.found("second") == ["PAD101 second/train.py"]
    folder.write("third/prepare.py", CLEANS)
    assert folder.found("second") == ["PAD101 second/train.py"]
    folder.write("second/prepare.py", CLEANS)
    assert folder.found("second") == []
    folder.write("second/pads.py", PREPARES)
    assert folder.found("second") == ["PAD101 second/train.py"]


@pytest.mark.parametrize(("own", "found"), [("data.reshape(-1, 20)", []), ("pad_sequences(data)", ["PAD101 train.py"])])
def test_data_that_a_script_saved_itself_when_it_ran_before(folder, own, found):
    folder.write("prepare.py", PREPARES)
    folder.write("train.py", f"""{TRAINS}
from keras.utils import pad_sequences
data = np.load("rows.npy")
try:
    ids = np.load("ids.npy")
except OSError:
    ids = {own}
    np.save("ids.npy", ids)
model.fit(ids, labels)
""")  # fmt: skip
    assert folder.found(".") == found


def test_a_script_without_keras_need_not_be_python_3(folder):
    folder.write("prepare.py", "import numpy as np\nprint 'zeros'\nnp.save('ids.npy', np.zeros((9, 50)))\n")
    folder.write("train.py", "import numpy as np\nfrom model import build\nbuild().fit(np.load('ids.npy'), labels)\n")
    assert "PAD901 prepare.py" not in folder.found(".")
    folder.write("prepare.py", "import keras\nprint 'zeros'\nnp.save('ids.npy', np.zeros((9, 50)))\n")
    assert "PAD901 prepare.py" in folder.found(".")
