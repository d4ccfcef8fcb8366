"""Read the layers of GeoPackage, Shapefile and FlatGeobuf files (pyogrio, the extra ``geo``)."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pyarrow as pa

from workbench.core.errors import MissingExtra, nearest
from workbench.core.i18n.catalogue import Messages
from workbench.core.reads import note
from workbench.loaders.columnar import read_columns
from workbench.loaders.dialect import Decision, Dialect
from workbench.loaders.errors import DialectInvalid, FileNotTabular
from workbench.loaders.geopackage import refuse_queries
from workbench.loaders.tabular import OPTIONS, Table, loading

__all__ = ["layers", "load", "options", "read", "suffixes"]

suffixes = (".gpkg", ".shp", ".fgb")
options = (*OPTIONS, "layer")

# What each must begin with: the library would open anything, a list of other files included.
_SIGNS = {
    ".gpkg": b"SQLite format 3\x00",
    ".shp": b"\x00\x00\x27\x0a",
    ".fgb": b"fgb",
}


def layers(path: Path) -> tuple[str, ...]:
    """Name the layers of a file.

    Raises
    ------
    MissingExtra, FileNotTabular
    """
    return tuple(str(name) for name, _ in _opened(path).list_layers(path))


def read(
    path: Path,
    dialect: Dialect | None = None,
    *,
    strict: bool = False,
    mend: bool = False,
    lang: str = "en",
    located: bool = False,
    layer: str = "",
) -> Table:
    """Read one layer: the one that is named, else the only one.

    Parameters
    ----------
    path : Path
    dialect : Dialect, optional
        ``roles`` and ``markers``.
    strict, mend, lang, located
        See `workbench.loaders.tabular.read`. Rows are those of features, counted from 1.
    layer : str
        Name of the layer.

    Raises
    ------
    MissingExtra
        pyogrio is not installed.
    FileNotTabular
        It is not what its ending says, or is damaged.
    CodeRefused
        The layer is a query, which would run when it is read.
    DialectInvalid
        It has no layer of this name, or several and none is named.
    """
    note("file", str(path))
    pyogrio = _opened(path)
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        name = _choose(layer, names, path.name)
        _refuse_code(path, name)
        meta, table = pyogrio.raw.read_arrow(path, layer=name)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowException) as e:
        raise FileNotTabular(
            f"{path.name} is damaged ({str(e).splitlines()[0][:200]}). Fetch it again, with the "
            "files beside it if it is a Shapefile (.shx, .dbf, .prj)."
        ) from e
    crs = meta.get("crs") or "unknown"
    found = meta.get("geometry_name") or "wkb_geometry"
    told = (
        Decision("layer", name, f"of {', '.join(names)}" if len(names) > 1 else "the only one"),
        Decision("crs", crs, "the file says so" if meta.get("crs") else "the file says none"),
    )
    held = {"geometry": table.column(found)} if found in table.column_names else {}
    rest = table.drop_columns([found]) if held else table
    return read_columns(
        rest,
        path.name,
        dialect,
        geometries=held,
        told=told,
        metadata={"crs": crs},
        strict=strict,
        mend=mend,
        located=located,
        say=Messages(lang),
    )


def _opened(path: Path) -> ModuleType:
    """Return the library, once the file is known to be what its ending says."""
    with path.open("rb") as file:
        head = file.read(16)
    sign = _SIGNS.get(path.suffix.lower(), b"")
    if not sign or not head.startswith(sign):
        raise FileNotTabular(
            f"{path.name} is no file of {path.suffix or 'a layer'}: it begins with {head[:8]!r}. "
            f"Files of layers that are read: {', '.join(_SIGNS)}."
        )
    _refuse_code(path)
    try:
        import pyogrio
        import pyogrio.errors
        import pyogrio.raw
    except ImportError:
        raise MissingExtra(
            f"{path.name} needs the package pyogrio: install territorial-workbench[geo], or ask "
            "for GeoJSON or GeoParquet, which need nothing more."
        ) from None
    module: ModuleType = pyogrio
    return module


def _refuse_code(path: Path, layer: str = "") -> None:
    if path.suffix.lower() == ".gpkg":
        refuse_queries(path, layer)


def _choose(given: str, names: list[str], file: str) -> str:
    if given:
        if given not in names:
            raise DialectInvalid(f"{file} has no layer {given!r} ({nearest(given, names)}).")
        return given
    if len(names) != 1:
        raise DialectInvalid(
            f"{file} has {len(names)} layers: {', '.join(names) or 'none'}. Name the one to read "
            "(layer)."
        )
    return names[0]


load = loading(read)
