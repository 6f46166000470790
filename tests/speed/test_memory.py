"""What memory padlint keeps, as the system counts it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

STATUS = Path("/proc/self/status")
PARSE = f"""
from pathlib import Path

from padlint.python.parse import parse
from padlint.sources.source import read

parsed = parse(read("large.py", Path("large.py"), b"total = add(first, second)[1:2]\\n" * 3_000))
sizes = dict(line.split(":") for line in Path({str(STATUS)!r}).read_text().splitlines())
assert parsed.units
print(*(sizes[name].split()[0] for name in ("VmRSS", "VmHWM")))
"""


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells how much memory a process has")
def test_what_the_parser_held_is_given_back():
    done = subprocess.run([sys.executable, "-c", PARSE], capture_output=True, text=True, check=True)
    now, most = map(int, done.stdout.split())
    assert now < most / 2
