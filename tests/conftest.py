"""What every test shares: the France pack, its raw tables, official files to compare with."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from workbench.packs.pack import Pack, open_pack

# Laws are checked on the same examples everywhere, however slow the machine.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "workbench" / "packs" / "france" / "data"


@cache
def _table(name: str) -> pd.DataFrame:
    return pd.read_parquet(DATA / f"{name}.parquet")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Give the folder of the pack's tables."""
    return DATA


@pytest.fixture(scope="session")
def table():
    """Give what reads one of the pack's tables, as it is on the disk."""
    return _table


@pytest.fixture(scope="session")
def communes() -> pd.DataFrame:
    """Give the communes' figures beside their parents, by code."""
    places = _table("territories")
    places = places[places["level"] == "commune"].set_index("code")
    figures = _table("commune").set_index("code")
    return places.drop(columns="area_km2").join(figures)


@pytest.fixture(scope="session")
def france() -> Pack:
    """Open the pack on its latest map."""
    return open_pack("france")


@pytest.fixture(scope="session")
def official_data() -> Path:
    """Give the folder of official files, kept outside of the project."""
    folder = Path(os.environ.get("WORKBENCH_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(
            f"no official files in {folder}: set WORKBENCH_SHARED_DATA to a folder that holds "
            "cog/ and cog_history/ to compare the pack with them"
        )
    return folder
