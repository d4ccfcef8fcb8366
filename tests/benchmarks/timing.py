"""Time a function: CPU and wall clock of the best of several runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Time:
    """Hold the least CPU and wall clock of several runs, in seconds."""

    cpu: float
    wall: float


def timed(function: Callable[[], Any], repeat: int = 1) -> tuple[Any, Time]:
    """Run several times; give the last result and the least times."""
    times = []
    for _ in range(repeat):
        cpu, wall = time.process_time(), time.perf_counter()
        result = function()
        times.append((time.process_time() - cpu, time.perf_counter() - wall))
    return result, Time(*(min(column) for column in zip(*times, strict=True)))
