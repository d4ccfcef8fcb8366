"""What a zygote holds in memory before it forks reports: modules, figures, shared cells.

The first report of a level and a language tells what it imported and read. The zygote then
does the same, and keeps out what would start a thread: a process with threads cannot be
forked safely.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import io
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import dask
import nbformat
import pyarrow as pa

from workbench.core.errors import SharedCellRefused
from workbench.core.reads import Item, listening
from workbench.indicators.levels import level_figures
from workbench.packs.pack import Pack, open_pack
from workbench.reports.assets import Assets
from workbench.reports.grids import grids_of, with_grid
from workbench.reports.inside import draws_of
from workbench.reports.page import render_page
from workbench.reports.report import Brief, unexecuted
from workbench.reports.shared import SHARED
from workbench.reports.shell import CellShell

__all__ = ["Spoilt", "Warmth", "threads"]

# What a shell imports as it starts or runs its first cell. Before all else: a module that
# registers abstract classes empties what isinstance remembers of them.
_SHELL = (
    "IPython.core.application",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "bdb",
    "sqlite3",
)
_PORTRAIT = "workbench.reports.portrait.portrait"


class Spoilt(Exception):
    """A thread runs in the zygote since something was imported or run.

    Parameters
    ----------
    module : str
        What was imported; empty for the shared cells.
    """

    def __init__(self, module: str = "") -> None:
        super().__init__(module)
        self.module = module


class Warmth:
    """Hold what reports share, and learn it from the first of each kind.

    Parameters
    ----------
    pack : str
        Name or folder.
    vintage : int
    template : str
        Path of the notebook.
    parameters : dict
        Those of a report, for their names.
    modules, kinds, items : sequence
        What an earlier run learned of this template.
    apart : sequence of str
        Modules left to the reports, since they start a thread; ``""`` for the shared cells.
    """

    def __init__(
        self,
        *,
        pack: str,
        vintage: int,
        template: str,
        parameters: dict[str, Any],
        modules: Sequence[str] = (),
        kinds: Sequence[str] = (),
        items: Sequence[Sequence[str]] = (),
        apart: Sequence[str] = (),
    ) -> None:
        # Dask's own threads would outlive a computation.
        dask.config.set(scheduler="synchronous")
        self._pack: Pack = open_pack(pack, vintage=vintage)
        self._apart = frozenset(apart)
        self._modules: dict[str, None] = {}
        self._items: set[Item] = set()
        self._kinds = set(kinds)
        self._drawn: set[str] = set()
        self.shared_items: set[Item] = set()
        for module in _SHELL:
            importlib.import_module(module)
        self._import(modules)
        self._shells = ExitStack()
        CellShell.inherited = self._shells.enter_context(CellShell.fresh())
        # Its code is then coloured, and the exporter at hand.
        with suppress(Exception):
            notebook = nbformat.read(template, as_version=4)
            self._supply(grids_of(notebook.metadata, parameters))
            render_page(notebook, assets=Assets.linked())
        if "" not in self._apart:
            self._run_shared(CellShell.inherited, template, parameters)
        self._recall(tuple(item) for item in items)
        self._freeze()

    def learned(self) -> dict[str, Any]:
        """Return what another zygote can begin with."""
        return {
            "modules": list(self._modules),
            "kinds": sorted(self._kinds),
            "items": sorted(self._items),
            "apart": sorted(self._apart),
        }

    def knows(self, brief: Brief) -> bool:
        """Tell whether a report of this level and language has been learned from."""
        return _kind(brief) in self._kinds

    def learn(self, brief: Brief, modules: Iterable[str], items: Iterable[Sequence[str]]) -> None:
        """Import and read what a first report did.

        Raises
        ------
        Spoilt
            When that starts a thread.
        """
        self._kinds.add(_kind(brief))
        self._import(modules)
        self._recall(tuple(item) for item in items)
        self._freeze()

    def draw_once(self, brief: Brief) -> None:
        """Draw a portrait of this kind and drop it: words, places and peers are then at hand."""
        kind = _kind(brief)
        if kind in self._drawn:
            return
        self._drawn.add(kind)
        if _PORTRAIT in sys.modules and any(item[0] == "indicator" for item in self._items):
            level = brief.page.partition("/")[0]
            # What fails here fails again in the report, where it is told.
            with suppress(Exception):
                level_figures(self._pack, level).place_all()
                _draw_portrait(self._pack, level, brief.lang)
        self._freeze()

    def _supply(self, grids: Sequence[str]) -> None:
        """Read what reports are told of a grid as a part of the pack."""
        for grid in grids:
            self._pack = with_grid(self._pack, grid)

    def _import(self, modules: Iterable[str]) -> None:
        for name in modules:
            if name in self._apart or name in sys.modules or name == "__main__":
                continue
            with suppress(Exception):
                importlib.import_module(name)
            if threads() > 1:
                raise Spoilt(name)
            self._modules[name] = None
        if "matplotlib.pyplot" in sys.modules:
            _plot_once()

    def _recall(self, items: Iterable[Item]) -> None:
        """Read once what reports read: each then finds it in memory."""
        for item in sorted(set(items) - self._items):
            self._items.add(item)
            kind, *names = item
            with suppress(Exception):
                if kind == "indicator":
                    level_figures(self._pack, names[0])
                elif kind == "boundaries":
                    self._pack.boundaries(names[0], detail=names[1])
                elif kind == "variable":
                    self._pack.variable(names[1], names[0]).compute()

    def _run_shared(self, shell: CellShell, template: str, parameters: dict[str, Any]) -> None:
        """Run the shared cells, numbered as they are in a report.

        Raises
        ------
        SharedCellRefused
            When one fails.
        """
        count = 0
        with listening(files=True) as heard:
            for number, cell in enumerate(unexecuted(Path(template), parameters).cells, start=1):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                count += 1
                shell.input_transformer_manager.foresee(cell.source)
                if SHARED not in cell.metadata.get("tags", ()):
                    continue
                shell.execution_count = count
                with draws_of(cell.source):
                    outputs, error = shell.run(cell.source)
                if error is not None:
                    raise SharedCellRefused(
                        f"{os.path.basename(template)}, cell {number} is tagged `shared` and "
                        f"failed: {type(error).__name__}: {error}. It runs before any report, "
                        "without the cells that are not tagged."
                    )
                shell.shared.append(outputs)
        self.shared_items = heard.items
        if threads() > 1:
            raise Spoilt

    def _freeze(self) -> None:
        """Leave what is shared out of the children's garbage collection: its pages stay shared."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        # The map of memory that is free is copied all the same when the process is forked.
        pa.default_memory_pool().release_unused()
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def _kind(brief: Brief) -> str:
    return f"{brief.page.partition('/')[0]} {brief.lang}"


def threads() -> int:
    """Count the threads of this process, those of libraries included."""
    return len(os.listdir("/proc/self/task"))


def _draw_portrait(pack: Pack, level: str, lang: str) -> None:
    portrait = importlib.import_module(_PORTRAIT)
    everyone = pack.territories.several(list(pack.frame(level).index), level=level)
    # One that is within many others has the most to draw.
    drawn = portrait.Portrait(pack, max(everyone, key=lambda each: len(each.parents)), lang)
    for section in portrait.sections(drawn):
        section._repr_html_()


def _plot_once() -> None:
    """Draw a chart on a canvas of its own: fonts are then loaded, and no option has changed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    figure.add_subplot().set_title("0")
    FigureCanvasAgg(figure).print_png(io.BytesIO())  # type: ignore[no-untyped-call]
