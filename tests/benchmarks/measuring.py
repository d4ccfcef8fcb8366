"""Measure commands and every process that they start: CPU, wall clock and memory (Linux).

The commands are run by a launcher, which is this file as a program. It adopts what they leave
behind, so that the CPU of a process whose parent did not wait for it is counted too.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# The same for every contender: a library's own threads would blur what a report costs.
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS")
_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h
_FAILURE_SHOWN = 3000


@dataclass(frozen=True)
class Memory:
    """Hold the memory of one process, in kB: what it maps, and its share of it."""

    pid: int
    parent: int
    rss: int
    pss: int


@dataclass(frozen=True)
class Sample:
    """Hold the processes that were alive at one moment, and how many pages were written."""

    pages: int
    processes: tuple[Memory, ...]

    @property
    def pss(self) -> int:
        """Memory of all processes, each page counted once, in kB."""
        return sum(process.pss for process in self.processes)


@dataclass(frozen=True)
class Usage:
    """Hold what commands used: seconds of CPU and wall clock, kB of the largest process."""

    cpu: float
    wall: float
    largest: int
    samples: tuple[Sample, ...]


def measure(
    commands: Sequence[Sequence[str]],
    *,
    cores: int = 1,
    pages: Path | None = None,
    every: float = 1,
) -> Usage:
    """Run commands one after the other, and stop the benchmark when one fails.

    Parameters
    ----------
    commands : sequence of sequence of str
    cores : int
        Those that all their processes may use together.
    pages : Path, optional
        Folder whose pages are counted, when memory is to be sampled.
    every : float
        Seconds between two samples: each takes some 40 ms of CPU from what is measured.
    """
    order = {"commands": commands, "cores": cores, "pages": pages and str(pages), "every": every}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **dict.fromkeys(THREADS, "1")}
    launched = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(order),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if launched.returncode:
        raise SystemExit(launched.stderr)
    return _usage(json.loads(launched.stdout))


def _usage(said: Mapping[str, Any]) -> Usage:
    samples = tuple(
        Sample(sample["pages"], tuple(Memory(**process) for process in sample["processes"]))
        for sample in said["samples"]
    )
    return Usage(said["cpu"], said["wall"], said["largest"], samples)


def launch(order: Mapping[str, Any]) -> Usage:
    """Run the commands from this process, which has no other child."""
    ctypes.CDLL(None, use_errno=True).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: order["cores"]])
    samples: list[Sample] = []
    start = time.perf_counter()
    for command in order["commands"]:
        samples += _run(command, order["pages"], order["every"])
    wall = time.perf_counter() - start
    _wait_for_the_adopted()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(used.ru_utime + used.ru_stime, wall, used.ru_maxrss, tuple(samples))


def _run(command: Sequence[str], pages: str | None, every: float) -> Iterator[Sample]:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        while pages and not _ended(process, every):
            yield Sample(_count_pages(pages), tuple(_memories()))
        if process.wait():
            said.seek(0)
            text = said.read()[-_FAILURE_SHOWN:]
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{text}")


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _wait_for_the_adopted() -> None:
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


def _count_pages(folder: str) -> int:
    try:
        return sum(entry.name.endswith(".html") for entry in os.scandir(folder))
    except FileNotFoundError:
        return 0


def _memories() -> Iterator[Memory]:
    """Read the memory of every descendant of this process."""
    parents = dict(_parents())
    family = {os.getpid()}
    for pid in sorted(parents, key=lambda pid: _depth(pid, parents)):
        if parents[pid] in family:
            family.add(pid)
            yield from _memory(pid, parents[pid])


def _parents() -> Iterator[tuple[int, int]]:
    for name in os.listdir("/proc"):
        if name.isdigit() and (text := _read(f"/proc/{name}/stat")):
            # The second field, the command's name, may hold spaces and parentheses.
            yield int(name), int(text.rpartition(")")[2].split()[1])


def _depth(pid: int, parents: Mapping[int, int]) -> int:
    depth = 0
    while pid in parents:
        pid, depth = parents[pid], depth + 1
    return depth


def _memory(pid: int, parent: int) -> Iterator[Memory]:
    lines = [line.split() for line in _read(f"/proc/{pid}/smaps_rollup").splitlines()[1:]]
    sizes = {words[0]: int(words[1]) for words in lines}
    if sizes:
        yield Memory(pid, parent, sizes["Rss:"], sizes["Pss:"])


def own_memory(field: str) -> int:
    """Return a field of the memory of this process, such as VmHWM, in bytes (Linux)."""
    for line in _read("/proc/self/status").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"{field} is not told: this benchmark needs Linux.")


def _read(path: str) -> str:
    """Read a file of a process; nothing when the process has ended meanwhile."""
    try:
        return Path(path).read_text("utf-8")
    except OSError:
        return ""


if __name__ == "__main__":
    print(json.dumps(asdict(launch(json.load(sys.stdin)))))
