"""Runs padlint on the arguments, and says last on standard error what that cost: seconds and megabytes."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from padlint.cli import main

# Linux counts in kilobytes, macOS in bytes.
RSS_UNIT = 1024**2 if sys.platform == "darwin" else 1024


def peak_megabytes() -> float:
    """Return the most memory that this process has held; not what the one held that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        peaks = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(next(peaks)) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / RSS_UNIT


try:
    main()
finally:
    print(json.dumps([time.process_time(), peak_megabytes()]), file=sys.stderr)
