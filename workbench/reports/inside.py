"""What a report's kernel does besides its cells: start from a known state, tell what it read.

Loaded as an IPython extension by the kernels of a run; a forked report does the same in its
own process. Both thus draw the same random numbers for the same page.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench.core.aside import written_aside
from workbench.core.reads import Reads, listening

__all__ = ["STEADY", "KernelReads", "draws_of", "load_ipython_extension", "reseed"]

# What a process is started with so that equal reports are equal: sets of texts in one order,
# one thread a library, as the reports of a run already share the cores.
STEADY: Mapping[str, str] = {
    "PYTHONHASHSEED": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
}


def reseed(name: str) -> None:
    """Start the shared random generators from a number that is the name's own.

    Parameters
    ----------
    name : str
        Of a page: two territories differ, the same one is the same in every run. Or the source
        of a cell that is run once for all.

    Examples
    --------
    >>> reseed("commune/59350.fr.html")
    >>> first = random.random()
    >>> reseed("commune/59350.fr.html")
    >>> random.random() == first
    True
    """
    import numpy as np

    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    random.seed(seed)
    np.random.seed(seed)


@contextmanager
def draws_of(source: str) -> Iterator[None]:
    """Let a shared cell draw its own random numbers, then go on with those of the report.

    They are the same whether the cell runs before all reports or inside each.

    Examples
    --------
    >>> reseed("commune/59350.fr.html")
    >>> with draws_of("sample = random.random()"):
    ...     sample = random.random()
    >>> after = random.random()
    >>> reseed("commune/59350.fr.html")
    >>> random.random() == after != sample
    True
    """
    import numpy as np

    before = random.getstate(), np.random.get_state()
    reseed(source)
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])


@dataclass(frozen=True, slots=True)
class KernelReads:
    """Tell a kernel what it makes, and lead back what it reads, through a file.

    Parameters
    ----------
    page : str
    path : Path
        Of the file.
    template : Path
        The notebook that is executed: it says which cells are shared.
    """

    page: str
    path: Path
    template: Path

    @property
    def arguments(self) -> list[str]:
        """What the kernel is started with."""
        return [
            f"--InteractiveShellApp.extra_extensions={__name__}",
            f"--WorkbenchReport.page={self.page}",
            f"--WorkbenchReport.reads={self.path}",
            f"--WorkbenchReport.template={self.template}",
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
    shared = _shared_sources(Path(asked["template"]))
    drawing = ExitStack()

    def begin(*_: Any) -> None:
        # At the first cell: what starts a kernel draws numbers too.
        shell.events.unregister("pre_run_cell", begin)
        reseed(asked["page"])

    def draw_apart(info: Any) -> None:
        if info.raw_cell in shared:
            drawing.enter_context(draws_of(info.raw_cell))

    def draw_on(*_: Any) -> None:
        drawing.close()

    shell.events.register("pre_run_cell", begin)
    if shared:
        shell.events.register("pre_run_cell", draw_apart)
        shell.events.register("post_run_cell", draw_on)
    path = Path(asked["reads"])
    stack = ExitStack()
    heard = stack.enter_context(listening(files=True))

    def tell() -> None:
        stack.close()
        told = asdict(heard)
        with written_aside(path) as aside:
            aside.write_text(json.dumps({**told, "items": sorted(told["items"])}), "utf-8")

    atexit.register(tell)


def _shared_sources(template: Path) -> frozenset[str]:
    """Read the cells run once for all reports, without the cost of checking a notebook."""
    cells = json.loads(template.read_text("utf-8"))["cells"]
    tagged = (cell for cell in cells if "shared" in cell["metadata"].get("tags", ()))
    return frozenset("".join(cell["source"]) for cell in tagged)
