"""Dask clusters of the tests: started by the commands that users type, on ports that are free."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_START = 60.0


@contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start ``dask scheduler``; give its address and its process."""
    told = folder / "scheduler.json"
    words = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    with started(*words, "--scheduler-file", told, folder=folder) as process:
        ends = time.monotonic() + _START
        while time.monotonic() < ends and process.poll() is None:
            try:
                yield json.loads(told.read_text("utf-8"))["address"], process
                return
            except (FileNotFoundError, json.JSONDecodeError):
                time.sleep(0.05)
        raise AssertionError((folder / "scheduler.log").read_text("utf-8"))


@contextmanager
def worker(
    address: str, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start ``dask worker``, one process without a nanny."""
    words = ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    more = ("--local-directory", folder / "local")
    with started(*words, *more, folder=folder, environment=environment) as process:
        yield process


@contextmanager
def started(
    *words: object, folder: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command of Dask, and end it."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(environment or {})}
    with ExitStack() as stack:
        log = stack.enter_context((folder / f"{words[0]}.log").open("ab"))
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *map(str, words)],
            stdout=log,
            stderr=log,
            env=variables,
            cwd=folder,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
