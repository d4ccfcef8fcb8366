"""Open local data into checked indicators, per-territory reports and training.

>>> import workbench as wb
>>> pack = wb.open_pack("france")
>>> pack.territory("59350").name
'Lille'
>>> cube = wb.cube(["population"], level="region")
>>> int(cube["population"].sel(territory="32", period=2023))
5992194
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from workbench.geography.atlas import register

if TYPE_CHECKING:
    from workbench.core.allocation import keep_memory
    from workbench.core.cluster import cluster
    from workbench.core.progress import progress
    from workbench.core.reads import reads
    from workbench.indicators.climate.simulated import simulate
    from workbench.indicators.climate.territories import climate
    from workbench.indicators.cubes import cube
    from workbench.indicators.gridded import zonal
    from workbench.indicators.profile import profile
    from workbench.indicators.registry import get as indicator
    from workbench.indicators.registry import indicators
    from workbench.loaders.load import load
    from workbench.loaders.saving import to_parquet, to_zarr
    from workbench.packs.pack import Pack, open_pack
    from workbench.reports.portrait import portrait

__version__ = "0.5.0"

__all__ = [
    "__version__",
    "climate",
    "cluster",
    "cube",
    "indicator",
    "indicators",
    "keep_memory",
    "load",
    "open_pack",
    "portrait",
    "profile",
    "progress",
    "publish",
    "reads",
    "simulate",
    "to_parquet",
    "to_zarr",
    "zonal",
]

# Where each name comes from: `import workbench` reads none of it before it is used.
_HOMES = {
    "climate": ("workbench.indicators.climate.territories", "climate"),
    "cluster": ("workbench.core.cluster", "cluster"),
    "cube": ("workbench.indicators.cubes", "cube"),
    "indicator": ("workbench.indicators.registry", "get"),
    "indicators": ("workbench.indicators.registry", "indicators"),
    "keep_memory": ("workbench.core.allocation", "keep_memory"),
    "load": ("workbench.loaders.load", "load"),
    "open_pack": ("workbench.packs.pack", "open_pack"),
    "portrait": ("workbench.reports.portrait", "portrait"),
    "profile": ("workbench.indicators.profile", "profile"),
    "progress": ("workbench.core.progress", "progress"),
    "publish": ("workbench.publishing.publish", "publish"),
    "reads": ("workbench.core.reads", "reads"),
    "simulate": ("workbench.indicators.climate.simulated", "simulate"),
    "to_parquet": ("workbench.loaders.saving", "to_parquet"),
    "to_zarr": ("workbench.loaders.saving", "to_zarr"),
    "zonal": ("workbench.indicators.gridded", "zonal"),
}


def _open_atlas(name: str, vintage: int | None) -> Pack:
    """Open a pack for `workbench.geography`, a layer below that may not import one."""
    pack: Pack = importlib.import_module("workbench.packs.pack").open_pack(name, vintage=vintage)
    return pack


register(_open_atlas)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
