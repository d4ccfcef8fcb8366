"""Every kind of publication, small: what the validators look at."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

import workbench as wb
from workbench.core.types import Status
from workbench.disclosure.primary import Rule
from workbench.disclosure.released import Sensitive, release, release_open
from workbench.disclosure.tables import Dimension
from workbench.publishing.publish import publish

US = {"name": "Ville de Trois-Rivières", "url": "https://ville.example.org/"}
ABOUT = {
    "title": {"fr": "Logements des quartiers", "en": "Homes of quarters"},
    "description": {"fr": "Logements par quartier et par an.", "en": "Homes by quarter and year."},
    "publisher": US,
    "date": "2024-03-01",
    "sources": [
        {
            "title": {"fr": "Fichier des logements", "en": "File of homes"},
            "producer": "Bureau des logements",
            "licence": "etalab-2.0",
            "url": "https://logements.example.org/",
            "reference": {"fr": "édition de 2024", "en": "2024 edition"},
            "sha256": "0" * 64,
        }
    ],
}


def tiny_cube():
    """Make a cube of three quarters and two years, with each status there is."""
    observed, hidden, missing, none = (
        Status.OBSERVED,
        Status.SUPPRESSED,
        Status.MISSING,
        Status.NOT_APPLICABLE,
    )
    homes = np.array([[120.0, 130.0], [np.nan, 7.0], [np.nan, np.nan]])
    status = np.array([[observed, observed], [hidden, observed], [missing, none]], dtype=np.int8)
    flags = {"flag_values": np.arange(7, dtype=np.int8), "flag_meanings": Status.flag_meanings()}
    about = {"long_name": "Homes", "units": "dwelling", "kind": "count"}
    about["ancillary_variables"] = "homes_status"
    return xr.Dataset(
        {
            "homes": (("territory", "period"), homes, about),
            "homes_status": (("territory", "period"), status, {"long_name": "status", **flags}),
        },
        coords={
            "territory": ("territory", np.array(["01", "02", "03"], object), {"long_name": "code"}),
            "period": ("period", [2022, 2023], {"long_name": "year"}),
            "name": (
                "territory",
                np.array(["Île", "Port", "Bourg"], object),
                {"long_name": "name"},
            ),
        },
        attrs={"title": "Homes"},
    )


def tiny_table():
    """Make a table with a column of each type."""
    return pd.DataFrame(
        {
            "code": ["01001", "02A04", "03000"],
            "homes": [5, 0, 12],
            "share": [0.1, 1e-7, np.nan],
            "is_urban": [True, False, True],
            "opened": pd.to_datetime(["2020-02-29", "2021-01-01", None]).date,
            "note": ["plain", 'a "quoted", one', "two\nlines"],
        }
    )


def sales():
    """Release a table whose small cells are hidden."""
    table = pd.DataFrame(
        {
            "place": ["all", "a", "b", "c"],
            "sales": [60.0, 5.0, 25.0, 30.0],
            "firms": [12, 2, 4, 6],
        }
    )
    rule = Sensitive(Rule(source="the pack", minimum_frequency=3), counts="firms")
    whole = Dimension.of({"a": "all", "b": "all", "c": "all"})
    return release(table, {"sales": rule}, dimensions={"place": whole})


def point(x, y):
    """Write a point as well-known binary."""
    return struct.pack("<BIdd", 1, 1, x, y)


def with_points():
    """Make a table of places with their position."""
    return pd.DataFrame({"stop": ["a", "b"], "position": [point(3.0, 50.6), point(2.35, 48.85)]})


FORMULAS = pd.DataFrame({"id": ["1", "2"], "label": ["=1+1", "@here"], "change": ["-5", "-x"]})
ODBL = {**ABOUT, "sources": [{"title": "A map that all draw", "licence": "ODbL-1.0"}]}


def write_kinds(root: Path) -> dict[str, Path]:
    """Write a publication of each kind; return its folder by name."""
    regions = wb.cube(
        ["population", "share_women_councillors"], level="region", periods=[2022, 2023, 2026]
    )
    every = ["csv", "parquet", "geoparquet", "netcdf", "zarr"]
    address = "https://data.example.org/regions/"
    made = {
        "cube_of_a_pack": (release_open(regions), {"publisher": US}, every),
        "high_value_cube_on_line": (
            release_open(regions.isel(period=[0])),
            {"publisher": US, "url": address, "high_value": "statistics"},
            ["netcdf"],
        ),
        "cube_of_ones_own": (
            release_open(tiny_cube()),
            {**ABOUT, "place": "http://sws.geonames.org/2998324/"},
            ["parquet", "netcdf", "zarr"],
        ),
        "table": (release_open(tiny_table()), {**ABOUT, "key": ["code"]}, []),
        "table_with_hidden_cells": (sales(), {**ABOUT, "key": ["place"]}, []),
        "table_of_points": (
            release_open(with_points()),
            {**ABOUT, "key": ["stop"]},
            ["geoparquet"],
        ),
        "share_alike_table": (release_open(FORMULAS), ODBL, []),
    }
    folders = {}
    for name, (released, about, formats) in made.items():
        folders[name] = root / name
        publish(
            released,
            folders[name],
            about={**about, "identifier": name.replace("_", "-")},
            formats=formats,
            spreadsheet_safe=name == "share_alike_table",
        )
    return folders


def write_broken(whole: Path, target: Path) -> Path:
    """Copy a publication and spoil what each validator looks at."""
    shutil.copytree(whole, target)
    csv = next(target.glob("*.csv"))
    lines = csv.read_text("utf-8").splitlines(keepends=True)
    csv.write_text("".join([*lines, lines[1]]), "utf-8")  # a key that comes twice
    for name, key in (("croissant.json", "distribution"), ("ro-crate-metadata.json", "@graph")):
        content = json.loads((target / name).read_text("utf-8"))
        if key == "@graph":
            content[key] = [each for each in content[key] if each["@id"] != "./"]
        else:
            del content[key]
        (target / name).write_text(json.dumps(content), "utf-8")
    turtle = (target / "dcat.ttl").read_text("utf-8")
    (target / "dcat.ttl").write_text(turtle.replace("dcat:accessURL", "dcat:otherURL"), "utf-8")
    graph = (target / "dcat.jsonld").read_text("utf-8")
    (target / "dcat.jsonld").write_text(graph.replace("accessURL", "otherURL"), "utf-8")
    cube = next(target.glob("*.nc"))
    with xr.open_dataset(cube) as opened:
        spoilt = opened.load()
    spoilt["population"].attrs["units"] = "no such unit"
    spoilt.to_netcdf(cube)
    shapes = next(target.glob("*.geo.parquet"))
    shapes.write_bytes(shapes.read_bytes().replace(b'"1.1.0"', b'"9.9.9"'))
    return target
