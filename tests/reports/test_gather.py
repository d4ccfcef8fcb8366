"""Memory gathered in large pages holds what it held, and the process can be forked."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROBE = """
import os
import numpy as np
from workbench.reports.gather import gather_pages
held = np.arange(4_000_000)
made = gather_pages()
if os.fork() == 0:
    held[0] = 7
    os._exit(int(held.sum() != 7_999_998_000_000 + 7))
_, status = os.wait()
print(made, status, held.sum())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="large pages are asked of Linux")
def test_what_is_held_stays_and_a_child_has_its_own():
    command = [sys.executable, "-c", PROBE]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert int(told[0]) >= 0
    assert told[1:] == ["0", "7999998000000"]
