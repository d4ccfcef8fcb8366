"""Write a data set with all that tells what it is: files, metadata, page, notebook.

>>> import tempfile
>>> import workbench as wb
>>> from workbench.disclosure.released import release_open
>>> cube = wb.cube(["population"], level="region", periods=[2023])
>>> folder = Path(tempfile.mkdtemp(), "out")
>>> done = publish(release_open(cube), folder, about={"publisher": "Us"}, formats=["csv"])
>>> done.about.licence.id, done.data[0].name
('etalab-2.0', 'france-region-population-2023.csv')
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import xarray as xr

import workbench
from workbench.core.errors import (
    DirectoryNotWritable,
    NotReleased,
    OutputExists,
    PublicationInvalid,
    UnknownName,
    nearest,
)
from workbench.core.i18n import LANGUAGES
from workbench.disclosure.released import Released
from workbench.packs.pack import open_pack
from workbench.publishing.about import About, checked_about, make_about
from workbench.publishing.columns import Table, tabulate
from workbench.publishing.crate import crate
from workbench.publishing.croissant import croissant
from workbench.publishing.csv_file import Formula, csv_text, formulas
from workbench.publishing.csvw import csvw
from workbench.publishing.data_package import data_package
from workbench.publishing.dcat import dataset_graph, json_ld, turtle
from workbench.publishing.files import FORMATS, File, Publication, file_of
from workbench.publishing.grid_files import conventional, write_netcdf, write_zarr
from workbench.publishing.notebook import Recipe, notebook
from workbench.publishing.origins import Data, language_of, origins_of, said_of
from workbench.publishing.page import render_pages
from workbench.publishing.parquet_file import write_parquet
from workbench.publishing.shapes import drawn_shapes

__all__ = ["Published", "default_formats", "publish"]

_DESCRIPTOR: Final = "datapackage.json"
_CUBES: Final = frozenset({"netcdf", "zarr"})
_SECRET: Final = Recipe(
    (
        "# The true figures stay where they are: only what was released of them is published.",
        "data, rules, dimensions = ...",
    ),
    complete=False,
)


@dataclass(frozen=True)
class Published:
    """Tell what was written.

    Parameters
    ----------
    folder : Path
    about : About
    data, others : tuple of File
        Files of data; all that is beside them.
    formulas : tuple of Formula
        Cells that a spreadsheet would run, and that were left as they are.
    """

    folder: Path
    about: About
    data: tuple[File, ...]
    others: tuple[File, ...]
    formulas: tuple[Formula, ...] = field(default=())


def default_formats(data: Data) -> tuple[str, ...]:
    """Return the formats of a cube, or of a table, that are written when none is named."""
    return ("csv", "parquet", "netcdf") if isinstance(data, xr.Dataset) else ("csv", "parquet")


def publish(
    released: Released,
    to: str | Path,
    *,
    about: Mapping[str, Any] | None = None,
    licence: str = "",
    formats: Sequence[str] = (),
    spreadsheet_safe: bool = False,
    recipe: Recipe | None = None,
) -> Published:
    """Write released data into a folder, described in every usual vocabulary.

    Parameters
    ----------
    released : Released
        A cube or a table that passed disclosure control.
    to : str or Path
        A new folder, an empty one, or that of an earlier edition, which it replaces.
    about : mapping, optional
        What the publisher says of it: keys of ``about.schema.json``, over what the data say.
    licence : str
        By default the one that the sources call for.
    formats : sequence of str
        Among csv, parquet, geoparquet, netcdf and zarr; CSV is always there.
    spreadsheet_safe : bool
        Put an apostrophe before the cells of the CSV that a spreadsheet would run.
    recipe : Recipe, optional
        Where the data come from, when they are those of a file.

    Returns
    -------
    Published

    Raises
    ------
    NotReleased
        `released` has not passed disclosure control.
    LicenceRefused
        The licence is laxer than a source allows.
    PublicationInvalid, ColumnUnknown, UnknownName
    OutputExists
        The folder holds something else.
    MissingExtra, DirectoryNotWritable

    Notes
    -----
    The same data give the same bytes, wherever and whenever they are published: dates are those of
    the data.
    """
    if not isinstance(released, Released):
        raise NotReleased(
            f"A {type(released).__name__} cannot be published: only what passed disclosure "
            "control is. Pass disclosure.release(data, rules, …), or disclosure.release_open(data) "
            "for data that no rule of confidentiality applies to."
        )
    target = Path(to)
    _check_target(target)
    data = released.data
    told, given = said_of(data), checked_about(about or {})
    columns = {**told.get("columns", {}), **given.get("columns", {})}
    said = {**told, **given, "columns": columns}
    if licence:
        said["licence"] = licence
    described = make_about(said, origins_of(data))
    table = tabulate(data, said)
    chosen = _formats(formats, data)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    except OSError as error:
        raise DirectoryNotWritable.because(target.parent, error) from error
    flagged = () if spreadsheet_safe else formulas(table)
    options = _options(about, chosen, licence, spreadsheet_safe=spreadsheet_safe)
    whole = (recipe or Recipe.of(data)) if not released.sensitive else _SECRET
    try:
        publication = _data(draft, data, table, described, chosen, released, spreadsheet_safe)
        texts = _texts(publication, whole, options, flagged, language_of(data))
        others = _others(draft, publication, texts)
        draft.chmod(0o755)
        _replace(draft, target)
    except OSError as error:
        raise DirectoryNotWritable.because(target, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Published(target, described, publication.data, others, flagged)


def _formats(asked: Sequence[str], data: Data) -> tuple[str, ...]:
    for name in asked:
        if name not in FORMATS:
            raise UnknownName(f"Format {name!r} is not written; {nearest(name, FORMATS)}.")
    chosen = set(asked or default_formats(data)) | {"csv"}
    if (lacking := sorted(chosen & _CUBES)) and not isinstance(data, xr.Dataset):
        raise PublicationInvalid(
            f"{lacking[0]} holds a cube, and the data are a table: leave it out of the formats."
        )
    return tuple(name for name in FORMATS if name in chosen)


def _check_target(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise OutputExists(f"{target} is there and is no folder: choose another one with --to.")
    held = [each.name for each in target.iterdir()] if target.is_dir() else []
    if held and _DESCRIPTOR not in held:
        raise OutputExists(
            f"{target} holds other files ({', '.join(sorted(held)[:3])}): choose a new folder."
        )


def _options(
    about: Mapping[str, Any] | None, formats: Sequence[str], licence: str, *, spreadsheet_safe: bool
) -> dict[str, Any]:
    """Return what publish was given by name, as the notebook gives it again."""
    options: dict[str, Any] = {"formats": list(formats)}
    if about:
        options["about"] = dict(about)
    if licence:
        options["licence"] = licence
    if spreadsheet_safe:
        options["spreadsheet_safe"] = True
    return options


def _data(
    folder: Path,
    data: Data,
    table: Table,
    about: About,
    formats: Sequence[str],
    released: Released,
    spreadsheet_safe: bool,
) -> Publication:
    """Write the files of data."""
    files = []
    asked = bool(_CUBES & set(formats))
    grid = conventional(data, about) if asked and isinstance(data, xr.Dataset) else None
    for name in formats:
        path = folder / f"{about.identifier}.{FORMATS[name]}"
        if name == "csv":
            _save(path, csv_text(table, spreadsheet_safe=spreadsheet_safe))
        elif name == "netcdf" and grid is not None:
            write_netcdf(grid, path)
        elif name == "zarr" and grid is not None:
            write_zarr(grid, path)
        else:
            shapes = _shapes(data, table) if name == "geoparquet" else None
            write_parquet(table, about, path, shapes=shapes)
        files.append(file_of(path, folder, name))
    return Publication(
        about,
        table,
        tuple(files),
        released.report.to_dict(),
        {lang: tuple(released.report.sentences(lang)) for lang in sorted(LANGUAGES)},
        workbench.__version__,
        spreadsheet_safe,
    )


def _texts(
    publication: Publication,
    recipe: Recipe,
    options: Mapping[str, Any],
    flagged: Sequence[Formula],
    first: str,
) -> dict[str, tuple[str, str]]:
    """Return what describes the data: text and kind of each file, by name."""
    graph = dataset_graph(publication)
    pages = render_pages(publication, flagged, first=first, can_be_made=recipe.complete)
    return {
        _DESCRIPTOR: (_json(data_package(publication)), "json"),
        f"{publication.csv.name}-metadata.json": (_json(csvw(publication)), "csvw"),
        "croissant.json": (_json(croissant(publication)), "jsonld"),
        "dcat.ttl": (turtle(graph), "turtle"),
        "dcat.jsonld": (json_ld(graph), "jsonld"),
        "disclosure.json": (_json(publication.report), "json"),
        "publication.ipynb": (notebook(publication, recipe, options), "notebook"),
        **{name: (text, "html") for name, text in pages.items()},
    }


def _others(
    folder: Path, publication: Publication, texts: Mapping[str, tuple[str, str]]
) -> tuple[File, ...]:
    """Write what describes the data, and last what lists all files."""
    for name, (text, _) in texts.items():
        _save(folder / name, text)
    others = tuple(file_of(folder / name, folder, kind) for name, (_, kind) in texts.items())
    _save(folder / "ro-crate-metadata.json", _json(crate(publication, others)))
    return others


def _shapes(data: Data, table: Table) -> pa.Array | None:
    """Return the outlines of the territories of a cube; none for a table that has its own."""
    if any(each.type == "geometry" for each in table.columns):
        return None
    attrs = data.attrs
    if (
        not attrs.get("pack")
        or not attrs.get("level")
        or "territory" not in table.data.column_names
    ):
        raise PublicationInvalid(
            "GeoParquet needs outlines: a cube that names its pack and its level, or a table with "
            "a column of geometries (well-known binary). Leave geoparquet out of the formats."
        )
    pack = open_pack(str(attrs["pack"]), vintage=int(attrs["vintage"]))
    boundaries = pack.boundaries(str(attrs["level"]))
    return drawn_shapes(boundaries, table.data.column("territory").to_pylist())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _save(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _replace(draft: Path, target: Path) -> None:
    """Put a folder in the place of another: an earlier edition goes once the new one is there."""
    if not target.exists():
        draft.replace(target)
        return
    former = draft.with_name(f"{draft.name}-former")
    target.replace(former)
    draft.replace(target)
    shutil.rmtree(former, ignore_errors=True)
