"""Run a call in a process of its own, with little memory and little time."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_CHILD = """
import resource, sys
from pathlib import Path
{before}
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + {megabytes} * 2**20,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
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
    """Hold what a call came to: an error of the workbench, or what went wrong.

    The seconds are those of the processor, which do not depend on what else the machine does.
    """

    told: str
    seconds: float


def confined(before: str, call: str, *words: object, megabytes: int = 200) -> Ended:
    """Run `call` after `before`, with so many megabytes more than the imports have taken."""
    if not sys.platform.startswith("linux"):
        import pytest

        pytest.skip("the memory of a process is bounded on Linux only")
    code = _CHILD.format(before=before, call=call, megabytes=megabytes)
    before_it = os.times()
    ended = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    after_it = os.times()
    seconds = (after_it.children_user - before_it.children_user) + (
        after_it.children_system - before_it.children_system
    )
    told = ended.stdout.strip() or ended.stderr[-500:] or f"ended by signal {-ended.returncode}"
    return Ended(told, seconds)
