"""What a report's kernel does besides its cells: start from a known state, tell what it read.

Loaded as an IPython extension by the kernels of a run; a forked report does the same in its
own process. Both thus draw the same random numbers for the same page.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import random
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench.core.reads import Reads, listening

__all__ = ["STEADY", "KernelReads", "load_ipython_extension", "reseed"]

# What a process is started with so that equal reports are equal: sets of texts in one order,
# one thread a library, as the reports of a run already share the cores.
STEADY: Mapping[str, str] = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
}


def reseed(page: str) -> None:
    """Start the shared random generators from a number that is the page's own.

    Parameters
    ----------
    page : str
        Two territories differ, the same one is the same in every run.

    Examples
    --------
    >>> reseed("commune/59350.fr.html")
    >>> first = random.random()
    >>> reseed("commune/59350.fr.html")
    >>> random.random() == first
    True
    """
    import numpy as np

    seed = int.from_bytes(hashlib.sha256(page.encode()).digest()[:4], "big")
    random.seed(seed)
    np.random.seed(seed)


@dataclass(frozen=True, slots=True)
class KernelReads:
    """Lead what a kernel reads back to the process that started it, through a file."""

    page: str
    path: Path

    @property
    def arguments(self) -> list[str]:
        """What the kernel is started with."""
        return [
            f"--InteractiveShellApp.extra_extensions={__name__}",
            f"--WorkbenchReport.page={self.page}",
            f"--WorkbenchReport.reads={self.path}",
        ]

    def take(self) -> Reads:
        """Read the file and remove it; a kernel that was killed has told nothing."""
        if not self.path.exists():
            return Reads()
        told = json.loads(self.path.read_text("utf-8"))
        self.path.unlink()
        items = {tuple(item) for item in told["items"]}
        return Reads(items, {name: (value, s) for name, (value, s) in told["figures"].items()})


def load_ipython_extension(shell: Any) -> None:
    """Reseed, listen until the kernel ends, then write what was heard."""
    asked = shell.config["WorkbenchReport"]

    def begin(*_: Any) -> None:
        # At the first cell: what starts a kernel draws numbers too.
        shell.events.unregister("pre_run_cell", begin)
        reseed(asked["page"])

    shell.events.register("pre_run_cell", begin)
    path = Path(asked["reads"])
    stack = ExitStack()
    heard = stack.enter_context(listening(files=True))

    def tell() -> None:
        stack.close()
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        told = asdict(heard)
        aside.write_text(json.dumps({**told, "items": sorted(told["items"])}), "utf-8")
        os.replace(aside, path)

    atexit.register(tell)
