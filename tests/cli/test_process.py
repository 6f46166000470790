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
