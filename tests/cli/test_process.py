"""padlint as a process of its own: what it imports, and how it ends when others end it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import padlint

# Where padlint was imported from, in case it is not installed.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(padlint.__file__).parents[1]), "PYTHONIOENCODING": "utf-8"}
IMPORTED = """
import sys
from padlint.cli import main
sys.argv = ["padlint", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"libcst", "rich", "tensorflow"}), file=sys.stderr)
"""
WAITING = """
import signal, sys, time
from padlint.cli import main
class Input:
    def read(self):
        print("waiting", flush=True)
        time.sleep(60)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.stdin = type("Stream", (), {"buffer": Input()})
main()
"""


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_python_m_padlint(tmp_path):
    assert run("-m", "padlint", "--version", folder=tmp_path).stdout == f"padlint {padlint.__version__}\n"


def test_a_wrong_flag_exits_with_2(tmp_path):
    assert run("-m", "padlint", "--no-such-flag", folder=tmp_path).returncode == 2


def test_a_folder_without_keras_costs_no_parser_and_no_terminal_library(tmp_path):
    (tmp_path / "plot.py").write_text("import matplotlib\n")
    ended = run("-c", IMPORTED, ".", folder=tmp_path)
    assert ended.stderr.splitlines() == ["Nothing to report in 1 file, 0 models.", ""]


def test_a_closed_pipe_is_no_crash(tmp_path):
    for number in range(50):
        (tmp_path / f"m{number}.py").write_bytes(b"from keras.layers import LSTM\n\0")
    command = f"{sys.executable} -m padlint --output-format json . | head -c 10"
    ended = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in ended.stderr
    assert "crashed" not in ended.stderr


LEAK = """
from keras import layers, models
from keras.utils import pad_sequences
m = models.Sequential([layers.Embedding(100, 8), layers.LSTM(4)])
m.fit(pad_sequences(texts), labels)
"""
# A process that may make no file longer than nothing: what it writes fails as on a full disk.
FULL = """
import resource, signal, sys
from padlint.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
sys.argv = ["padlint", *sys.argv[1:]]
main()
"""


@pytest.fixture
def full(tmp_path):
    """Run padlint on a file that leaks, where nothing can be written."""
    if sys.platform == "win32":
        pytest.skip("Windows has no limit on the length of files")
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.py").write_text(LEAK)
    (tmp_path / "known.json").write_text("old")
    ended = lambda *arguments: run("-c", FULL, *arguments, folder=tmp_path)  # noqa: E731
    yield ended
    assert (tmp_path / "a.py").read_text() == LEAK
    assert (tmp_path / "known.json").read_text() == "old"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.name.startswith(".a.py")]


def test_a_full_disk_costs_what_would_have_been_cached(full):
    ended = full("--output-format", "concise", ".")
    assert (ended.returncode, ended.stdout.count("PAD101")) == (1, 1)
    assert "error" not in ended.stderr.replace("1 error", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--fix", "--unsafe-fixes"), "no fix was written to it"),
        (("--add-ignore",), "error: a.py: "),
        (("--write-baseline", "--baseline", "known.json"), "known.json: File too large"),
        (("-o", "report.txt"), "error: report.txt: File too large"),
    ],
)
def test_what_a_full_disk_does_not_take_is_said(full, arguments, told):
    ended = full(*arguments, ".")
    assert ended.returncode == 2
    assert told in ended.stderr
    assert "crashed" not in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_report_that_cannot_be_printed_is_trouble(tmp_path):
    (tmp_path / "a.py").write_text(LEAK)
    with Path("/dev/full").open("w") as device:
        ended = subprocess.run(
            [sys.executable, "-m", "padlint", "."],
            cwd=tmp_path,
            env=ENVIRONMENT,
            stdout=device,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[0] == "error: what was found could not be printed: No space left on device"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_an_interrupt_leaves_no_traceback(tmp_path):
    # A shell starts what it puts into the background with interrupts ignored, and that is inherited.
    with subprocess.Popen(
        [sys.executable, "-c", WAITING, "-"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "interrupted\n")
