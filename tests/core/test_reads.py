"""What a computation reads is noted where someone listens, and nowhere else."""

from __future__ import annotations

import math

import pytest

import workbench as wb
from workbench.core.reads import listening, note, note_figure, reads, silently


def test_only_what_is_read_inside_is_heard():
    note("table", "before")
    with listening() as heard:
        note("table", "inside")
        with silently():
            note("table", "computed once for all")
        with listening() as inner:
            note("table", "inner")
    note("table", "after")
    assert heard.items == {("table", "inside")}
    assert inner.items == {("table", "inner")}


def test_a_figure_is_kept_exactly_and_an_absent_one_has_no_value():
    with listening() as heard:
        note_figure("population@2023", 0.1 + 0.2, "observed")
        note_figure("density@2023", math.nan, "missing")
    assert heard.figures == {
        "population@2023": ("0.30000000000000004", "observed"),
        "density@2023": ("", "missing"),
    }


def test_files_that_python_opens_to_read_are_heard(tmp_path):
    """Those written are not read; those of Python and its packages have their versions."""
    data, made = tmp_path / "data.csv", tmp_path / "made.csv"
    data.write_text("1")
    with listening(files=True) as heard:
        data.read_text()
        made.write_text("2")
        with made.open("r+"):
            pass
        import nbconvert

        open(nbconvert.__file__).close()
    assert heard.items == {("file", str(data))}


def test_a_file_that_python_does_not_open_is_named_by_hand(tmp_path):
    with listening() as heard:
        assert reads(tmp_path / "grid.nc") == str(tmp_path / "grid.nc")
        assert wb.reads("relative.nc") == "relative.nc"
    assert ("file", str(tmp_path / "grid.nc")) in heard.items


def test_a_cube_reads_its_indicators_only(france):
    with listening() as heard:
        wb.cube(["share_65_plus"], level="departement").compute()
    assert heard.items == {("indicator", "departement", "share_65_plus")}


@pytest.mark.parametrize("again", [1, 2])
def test_a_profile_reads_the_same_whether_its_figures_were_in_memory_or_not(again, france):
    """And tells its figures; what peers are found by is read too."""
    del again
    with listening() as heard:
        wb.profile(france, france.territory("59", "departement"), indicators=["share_flats_x"])
    peers = {str(v["indicator"]) for v in france.spec.peers["variables"]}
    assert {item[2] for item in heard.items if item[0] == "indicator"} == peers
