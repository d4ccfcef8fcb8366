"""The documentation of packs says what the schema says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from workbench.packs.found import known_packs
from workbench.packs.licences import LICENCES
from workbench.packs.spec import pack_schema

from .manual import keys_table

MANUAL = Path(__file__).resolve().parents[2] / "workbench" / "packs" / "README.md"


def test_every_key_of_the_schema_is_documented():
    """`python -m tests.packs.manual` writes the table again."""
    assert keys_table() in MANUAL.read_text("utf-8")


def test_every_key_has_a_meaning():
    """None is left to be guessed."""
    assert [line for line in keys_table().splitlines()[2:] if line.endswith("|  |")] == []


def test_every_known_licence_is_listed():
    """By its identifier."""
    text = MANUAL.read_text("utf-8")
    assert [name for name in LICENCES if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", ["france", "morocco"])
def test_every_table_of_a_pack_is_documented(name):
    """Those of the packs that come with the workbench."""
    folder = known_packs()[name]
    levels = [
        row["id"] for row in yaml.safe_load((folder / "pack.yml").read_text("utf-8"))["levels"]
    ]
    text = MANUAL.read_text("utf-8")
    for path in sorted((folder / "data").glob("*.parquet")):
        shape = path.stem
        for level in sorted(levels, key=len, reverse=True):
            shape = shape.replace(level, "<level>")
        known = shape in text or shape.removesuffix("_fine") + "_coarse" in text
        assert known, path.name


def test_keys_stand_in_the_order_that_a_reader_wants():
    """What the pack is, its levels, its sources, its figures."""
    keys = list(pack_schema()["properties"])
    wanted = [
        "name",
        "languages",
        "country",
        "base_level",
        "levels",
        "sources",
        "variables",
        "build",
    ]
    assert [key for key in keys if key in wanted] == wanted
