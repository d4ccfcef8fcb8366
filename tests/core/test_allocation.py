"""The C library keeps the memory of arrays where it is asked to, and only there."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from workbench.core.allocation import keep_memory

# Faults of pages while the same 64 MB are taken, filled and given back ten times.
_SCRIPT = """
import resource, sys
import numpy as np
from workbench.core.allocation import keep_memory
if sys.argv[1] == "keep": assert keep_memory()
faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
np.full(64 << 20, 1, np.uint8)
before = faults()
for _ in range(10):
    np.full(64 << 20, 1, np.uint8)
print(faults() - before)
"""


def _faults(how: str) -> int:
    words = [sys.executable, "-c", _SCRIPT, how]
    return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="no glibc here")
def test_memory_that_is_kept_is_not_cleared_again() -> None:
    assert _faults("keep") < 100 < _faults("not")


def test_other_systems_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert keep_memory() is False
