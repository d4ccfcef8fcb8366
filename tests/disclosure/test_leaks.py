"""A hidden figure is found wherever a release may hold it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from workbench.core.errors import FileUnreadable
from workbench.disclosure.leaks import Secret, scan

LARGE = Secret("a × x", 12345.0, (("59350", "Lille"), ("x",)))
SMALL = Secret("b × y", 7.0, (("01001", "L'Abergement"), ("y",)))
RATE = Secret("c", 1234.56)


def leaks(tmp_path: Path, name: str, text: str, *secrets: Secret) -> list[tuple[str, str]]:
    (tmp_path / name).write_text(text, "utf-8")
    return [(leak.cell, leak.text) for leak in scan([tmp_path], secrets or (LARGE, SMALL, RATE))]


@pytest.mark.parametrize(
    "written",
    ["12345", "12 345", "12\u202f345", "12\u00a0345", "12,345", "12.345,0", "12345.0", "12345,00"],
)
def test_a_figure_is_found_however_it_is_written(tmp_path: Path, written: str) -> None:
    assert leaks(tmp_path, "page.html", f"<p>Ventes : {written} euros</p>") == [("a × x", written)]


@pytest.mark.parametrize(
    "page",
    [
        '<svg><circle cx="3"/><title>12 345</title></svg>',
        '<svg><rect data-value="12345"/></svg>',
        '<td title="12 345">s</td>',
        '<img alt="Ventes de 12 345 euros">',
        "<!-- 12345 -->",
        '<script type="application/json">{"v": 12345}</script>',
        "<text>Ventes</text><text>12 345</text>",
    ],
)
def test_tooltips_attributes_and_scripts_are_read(tmp_path: Path, page: str) -> None:
    assert [cell for cell, _ in leaks(tmp_path, "page.html", page)] == ["a × x"]


def test_a_rounded_figure_is_the_figure(tmp_path: Path) -> None:
    """1,234.56 shown as 1 235 or 1 234,6; 1 234 is another one."""
    assert leaks(tmp_path, "a.html", "<p>1 235</p>") == [("c", "1 235")]
    assert leaks(tmp_path, "a.html", "<p>1 234,6</p>") == [("c", "1 234,6")]
    assert leaks(tmp_path, "a.html", "<p>1 234</p>") == []


def test_a_small_figure_needs_the_words_of_its_cell(tmp_path: Path) -> None:
    """7 is everywhere; in the row of its territory and its category it is the secret."""
    row = "<table><tr><td>L'Abergement</td><td>y</td><td>7</td></tr></table>"
    assert leaks(tmp_path, "a.html", row) == [("b × y", "7")]
    other = "<table><tr><td>L'Abergement</td><td>x</td><td>7</td></tr></table><p>y</p>"
    assert leaks(tmp_path, "a.html", other) == []
    assert leaks(tmp_path, "a.html", "<p>Page 7</p>") == []


def test_part_of_a_number_is_no_number(tmp_path: Path) -> None:
    """A code, a colour, a longer number."""
    page = '<p>112345 v12345 12345.67 312 345</p><a href="#c12345f">x</a>'
    assert leaks(tmp_path, "a.html", page) == []


def test_notebooks_are_read_outputs_and_all(tmp_path: Path) -> None:
    book = {
        "cells": [
            {
                "cell_type": "code",
                "source": ["total"],
                "outputs": [
                    {"data": {"text/plain": ["12345.0"], "text/html": ["<b>1 234,56</b>"]}}
                ],
            },
        ]
    }
    assert leaks(tmp_path, "book.ipynb", json.dumps(book)) == [
        ("a × x", "12345.0"),
        ("c", "1 234,56"),
    ]
    assert leaks(tmp_path, "a.json", '{"value": 12345}')[0] == ("a × x", "12345")
    with pytest.raises(FileUnreadable, match="is no JSON"):
        leaks(tmp_path, "b.json", "{")


def test_csv_is_read_by_its_cells(tmp_path: Path) -> None:
    assert leaks(tmp_path, "a.csv", "code,v\n59350,12345\n01001,s\n") == [("a × x", "12345")]
    assert leaks(tmp_path, "a.csv", "code;kind;v\n01001;y;7\n01002;y;7\n") == [("b × y", "7")]


def test_statistics_of_parquet_are_read(tmp_path: Path) -> None:
    """A file written before a value was taken out, its statistics kept."""
    frame = pd.DataFrame({"code": ["59350", "59351"], "v": [12345.0, 1.0]})
    frame.to_parquet(tmp_path / "a.parquet")
    places = [leak.place for leak in scan([tmp_path / "a.parquet"], [LARGE])]
    assert places == ["statistics of v, row group 0", "column v, row 0"]
    frame.assign(v=[None, 1.0]).to_parquet(tmp_path / "a.parquet")
    assert scan([tmp_path / "a.parquet"], [LARGE]) == []


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_attributes_and_masked_values_of_cubes_are_read(tmp_path: Path, suffix: str) -> None:
    cube = xr.Dataset(
        {"v": ("territory", [1.0, 2.0], {"actual_range": [1.0, 12345.0]})},
        {"territory": ["59350", "01001"]},
        {"comment": "from 1234.56 on"},
    )
    path = tmp_path / f"cube{suffix}"
    cube.to_netcdf(path) if suffix == ".nc" else cube.to_zarr(path, zarr_format=3)
    found = [(leak.place, leak.cell) for leak in scan([path], [LARGE, RATE])]
    assert found == [("attribute comment", "c"), ("attribute v:actual_range", "a × x")]


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="There is no file or folder"):
        scan([tmp_path / "no"], [LARGE])
