"""Run a call in a process of its own, with little memory and little time."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_CHILD = """
import resource, sys
from pathlib import Path
{before}
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + {megabytes} * 2**20,) * 2)
from workbench.core.errors import WorkbenchError
try:
    {call}
except WorkbenchError as error:
    print(type(error).__name__, error)
else:
    print("no error")
"""


@dataclass(frozen=True)
class Ended:
    """Hold what a call came to: an error of the workbench, or what went wrong."""

    told: str
    seconds: float


def confined(before: str, call: str, *words: object, megabytes: int = 200) -> Ended:
    """Run `call` after `before`, with so many megabytes more than the imports have taken."""
    if not sys.platform.startswith("linux"):
        import pytest

        pytest.skip("the memory of a process is bounded on Linux only")
    code = _CHILD.format(before=before, call=call, megabytes=megabytes)
    begun = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    return Ended(ended.stdout.strip() or ended.stderr[-500:], time.monotonic() - begun)
