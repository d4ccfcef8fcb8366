"""Figures of one's own zones: facts on a chessboard of sixteen towns, then laws."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import (
    LevelUnknown,
    MedianNotAggregated,
    ParameterError,
    TerritoryUnknown,
    UnknownName,
    VintageMismatch,
    ZoningInvalid,
)
from workbench.core.types import Status
from workbench.geography import read_zoning

from .tiny_ground import ATLAS, CODES, box, cube


def zoning(source, **how):
    """Read a zoning of the chessboard."""
    return read_zoning(source, pack=ATLAS, **how)


def table(*rows, columns=("code", "zone", "weight")):
    """Make a table of memberships."""
    return pd.DataFrame(rows, columns=list(columns)[: len(rows[0])])


def figures(zones, name, **how):
    """Compute a variable of the chessboard over zones, by zone."""
    return zones.aggregate(cube(), **how)[name].squeeze("period").to_series().to_dict()


# --- A table ------------------------------------------------------------------------------------


def test_counts_are_summed_and_ratios_found_again_from_their_terms():
    """0-1 and 3-3: 1 and 33 old persons of 100 each."""
    zones = zoning(table(("0-1", "X"), ("3-3", "X"), ("2-0", "Y")))
    assert figures(zones, "persons") == {"X": 200, "Y": 100}
    assert figures(zones, "share") == {"X": 17, "Y": 20}
    assert figures(zones, "persons_status") == {"X": Status.AGGREGATED, "Y": Status.OBSERVED}


def test_a_weight_shares_a_count_out_and_its_bounds_say_between_what():
    """A quarter of 0-1 with all of 0-0; the least is 0-0 alone, the most both whole."""
    zones = zoning(table(("0-0", "X", 1.0), ("0-1", "X", 0.25)))
    found = zones.aggregate(cube()).squeeze()
    names = ("persons", "persons_low", "persons_high", "persons_status")
    assert [float(found[name]) for name in names] == [125, 100, 200, Status.APPORTIONED]
    assert (int(found["parts"]), int(found["whole"])) == (2, 1)


def test_bounds_may_be_left_out():
    assert "persons_low" not in zoning(table(("0-0", "X", 0.5))).aggregate(cube(), bounds=False)


def test_what_is_in_no_zone_in_part_or_twice_is_told():
    """Fourteen towns are outside; 0-1 is in two zones for more than its whole."""
    zones = zoning(table(("0-0", "X", 0.5), ("0-1", "X", 1.0), ("0-1", "Y", 0.5)))
    assert list(zones.partial) == ["0-0"]
    assert list(zones.overlapping) == ["0-1"]
    assert len(zones.outside) == 14
    assert zones.told("en") == (
        "2 zones on the map of 2022.",
        "2 towns wholly or partly in a zone, 2 only partly.",
        "Their figures are shared out by the declared weights.",
        "14 towns in no zone.",
        "Zones overlap and count 1 town more than once (0-1).",
    )
    report = json.loads(zones.aggregate(cube()).attrs["zoning"])
    assert report == {
        "of": "town",
        "shared_by": "declared",
        "outside": 14,
        "partial": 1,
        "overlapping": 1,
    }


def test_the_result_is_a_cube_on_the_zones():
    """In the order of their identifiers, with their names."""
    rows = table(("0-0", "Y", "Why"), ("0-1", "X", "Ex"), columns=("code", "zone", "name"))
    found = zoning(rows).aggregate(cube())
    assert found.attrs["level"] == "zone"
    assert found["name"].to_series().to_dict() == {"X": "Ex", "Y": "Why"}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_whatever_its_separator(tmp_path, separator):
    """Codes stay text, a comma may be the decimal mark, what is not used is said."""
    half = "0.5" if separator == "," else "0,5"
    rows = [("insee", "zone", "part", "note"), ("0-0", "X", half, "a"), ("0-1", "X", "1", "b")]
    path = tmp_path / "zones.csv"
    path.write_text("\ufeff" + "\n".join(separator.join(row) for row in rows), "utf-8")
    zones = zoning(str(path), code="insee", weight="part")
    assert figures(zones, "persons") == {"X": 150}
    assert zones.told("fr")[-1] == "Colonnes de la table laissées de côté\u00a0: note."


def test_a_parquet_file_is_read(tmp_path):
    table(("0-0", "X", 0.5)).to_parquet(tmp_path / "zones.parquet")
    assert figures(zoning(tmp_path / "zones.parquet"), "persons") == {"X": 50}


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        ([("0-0", "X", 0.5), ("0-0", "X", 0.5)], ZoningInvalid, "row 1: '0-0' is in zone 'X' tw"),
        ([("0-0", "X", 50)], ZoningInvalid, "row 0, column 'weight': .*50.* is no share"),
        ([("0-0", "X", 0)], ZoningInvalid, "is no share.* leave out what is not in it"),
        ([("0-0", "X", "half")], ZoningInvalid, "'half' is no share"),
        ([("0-0", "X", float("nan"))], ZoningInvalid, "'nan' is no share"),
        ([(1001, "X", 1)], ZoningInvalid, "column 'code' holds 1001, which is no text; a terr"),
        ([("0-0", "", 1)], ZoningInvalid, "row 0, column 'zone' is empty; name the zone"),
        ([("0-0", None, 1)], ZoningInvalid, "column 'zone' is empty"),
        ([("9-9", "X", 1)], TerritoryUnknown, r"row 0: '9-9' is no town of the map of 2022"),
    ],
)
def test_a_wrong_row_is_located(rows, error, said):
    """With what was expected, and what to do."""
    with pytest.raises(error, match=said):
        zoning(table(*rows))


def test_a_column_that_lacks_names_the_nearest():
    with pytest.raises(ZoningInvalid, match=r"no column 'zne' \(nearest: zone\)"):
        zoning(table(("0-0", "X")), zone="zne")


def test_an_empty_table_is_refused():
    with pytest.raises(ZoningInvalid, match="has no row"):
        zoning(table(("0-0", "X")).iloc[:0])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("zones.xls", "", "of no known kind: expected one of .csv"),
        ("none.csv", None, "There is no file"),
        ("zones.csv", b"\xff\xfe\x00", "is no CSV in UTF-8"),
        ("zones.csv", b"", "is no CSV in UTF-8"),
        ("zones.json", b"{", "zones.json is no GeoJSON"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content or b"")
    with pytest.raises(ZoningInvalid, match=said):
        zoning(str(tmp_path / name))


def test_a_zoning_shows_itself_in_the_language_asked_for():
    """As a table; names of zones are data, whatever they hold."""
    zones = zoning(table(("0-0", "<b>")), language="fr")
    assert repr(zones) == "<Zoning: 1 zones of town, map of 2022>"
    html = zones._repr_html_()
    assert '<section lang="fr">' in html
    assert "&lt;b&gt;" in html
    assert "<b>" not in html
    assert str(zones).startswith("1 zone sur la carte de 2022.")


# --- A cube that does not fit -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"vintage": 2019}, VintageMismatch, r"geography.convert\(cube, to=2022\)"),
        ({"level": "quarter"}, LevelUnknown, "at level quarter, the zoning is made of town"),
        ({"pack": "other"}, VintageMismatch, "of pack other, the zoning of pack board"),
    ],
)
def test_a_cube_of_another_map_level_or_country_is_refused(change, error, said):
    """And the conversion is named."""
    other = cube().assign_attrs(change)
    for variable in other.data_vars.values():
        variable.attrs["vintage"] = change.get("vintage", 2022)
    with pytest.raises(error, match=said):
        zoning(table(("0-0", "X"))).aggregate(other)


def test_a_cube_with_unknown_codes_is_refused():
    renamed = cube().assign_coords(territory=["Z", *CODES[1:]])
    with pytest.raises(TerritoryUnknown, match=r"1 rows of the cube .* 'Z'"):
        zoning(table(("0-1", "X"))).aggregate(renamed)


def test_a_cube_without_territories_is_refused():
    with pytest.raises(UnknownName, match="no coordinate 'territory'"):
        zoning(table(("0-1", "X"))).aggregate(xr.Dataset(attrs={"vintage": 2022}))


def test_a_median_is_refused():
    """It does not follow from those of the parts."""
    income = cube()[["persons"]].rename(persons="income")
    income["income"].attrs["kind"] = "median"
    with pytest.raises(MedianNotAggregated, match="income is of kind median"):
        zoning(table(("0-0", "X"), ("0-1", "X"))).aggregate(income)


def test_a_part_that_the_cube_lacks_makes_the_zone_missing():
    """A sum of what is there would pass for the whole."""
    zones = zoning(table(("0-0", "X"), ("0-1", "X"), ("1-1", "Y")))
    found = zones.aggregate(cube().isel(territory=slice(1, None))).squeeze()
    assert found["persons_status"].to_series().to_dict() == {"X": Status.MISSING, "Y": 0}


# --- A drawing ----------------------------------------------------------------------------------


def test_a_polygon_takes_the_share_of_each_town_that_it_covers():
    """All of 0-0, half of 0-1."""
    zones = zoning(box(0, 0, 1.5, 1))
    assert zones.members["code"].tolist() == ["0-0", "0-1"]
    assert zones.members["weight"].to_numpy() == pytest.approx([1, 0.5])
    assert figures(zones, "persons") == pytest.approx({"1": 150})
    assert zones.told("en")[2] == (
        "Their figures are shared out by area, as if spread evenly over their ground."
    )


def test_a_hole_is_no_ground():
    """Half of each side of 0-0 is cut out: a quarter of its ground."""
    holed = box(0, 0, 1, 1).difference(box(0.25, 0.25, 0.75, 0.75))
    assert zoning(holed).members["weight"].tolist() == pytest.approx([0.75], abs=1e-4)


def test_a_zone_of_several_parts_is_one_zone():
    """Opposite corners, as one geometry or as two features of the same identifier."""
    corners = [box(0, 0, 1, 1), box(3, 3, 4, 4)]
    features = [
        {"type": "Feature", "geometry": shapely.geometry.mapping(each), "properties": {"id": "q"}}
        for each in corners
    ]
    collection = {"type": "FeatureCollection", "features": features}
    for zones in (zoning({"q": shapely.MultiPolygon(corners)}), zoning(collection, zone="id")):
        assert zones.members.values.tolist() == [["0-0", "q", 1.0], ["3-3", "q", 1.0]]


def test_the_share_of_a_zone_that_nobody_drew_is_told():
    """Half of it lies east of the country."""
    zones = zoning({"coast": box(3, 0, 5, 1)})
    assert zones.table.loc["coast", "coverage"] == pytest.approx(0.5)
    assert zones.told("en")[-1].endswith("no drawn territory: coast (50%).")


def test_a_zone_out_of_the_country_has_no_figure():
    """Missing, not 0."""
    found = zoning([box(9, 9, 10, 10)]).aggregate(cube())
    assert found["persons_status"].item() == Status.MISSING
    assert found["coverage"].item() == 0


def test_a_shape_that_crosses_itself_is_repaired_and_said():
    """A bow tie keeps its two triangles."""
    bow = shapely.Polygon([(0, 45), (0.1, 45.1), (0.1, 45), (0, 45.1), (0, 45)])
    zones = zoning([bow])
    assert zones.members["weight"].tolist() == pytest.approx([0.5], abs=1e-4)
    assert zones.told("en")[-1].startswith("Shapes repaired: 1 (Self-intersection")


def test_a_frame_that_says_its_geography_is_read_and_projected():
    """What a GeoDataFrame offers: a reference system, to_crs and __geo_interface__."""

    class Frame:
        crs = "EPSG:2154"

        def to_crs(self, code):
            assert code == 4326
            return box(0, 0, 1, 1)

    assert zoning(Frame()).members["code"].tolist() == ["0-0"]


def test_slivers_under_the_tolerance_are_left_out():
    """Two thousandths of 0-1."""
    drawn = box(0, 0, 1.002, 1)
    assert len(zoning(drawn).members) == 2
    assert zoning(drawn, tolerance=0.01).members["weight"].tolist() == [1.0]


POINT = {"type": "Point", "coordinates": [0, 45]}
FAR = {"type": "Polygon", "coordinates": [[[7e5, 6e6], [7e5, 7e6], [8e5, 6e6], [7e5, 6e6]]]}
SHORT = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}
FLAT = {"type": "Polygon", "coordinates": [[[0, 45], [1, 45], [2, 45], [0, 45]]]}


@pytest.mark.parametrize(
    ("source", "how", "said"),
    [
        (POINT, {}, r"Feature 1 \(zone '1'\) is a Point: expected Polygon or MultiPolygon"),
        (FAR, {}, r"has the point \(700000, 6e\+06\): expected longitude and latitude"),
        (SHORT, {}, "is no geometry"),
        (FLAT, {}, "cannot be repaired"),
        ({"type": "Polygon", "coordinates": []}, {}, "is empty"),
        ({"type": "Nonsense"}, {}, "is no geometry"),
        ({"type": "FeatureCollection", "features": []}, {}, "There is no zone"),
        ({"type": "Feature", "geometry": None, "properties": None}, {}, "has no geometry"),
        ({"type": "Feature", "geometry": FAR, "properties": {"a": 1}}, {"zone": "id"}, "property"),
        ({**FAR, "crs": {"properties": {"name": "EPSG:2154"}}}, {}, "The drawing is in EPSG:2154"),
        (42, {}, "cannot be read from int"),
    ],
)
def test_a_shape_that_is_no_zone_is_located(source, how, said):
    with pytest.raises(ZoningInvalid, match=said):
        zoning(source, **how)


def test_a_drawing_has_no_columns():
    with pytest.raises(ParameterError, match="leave code= and weight= out"):
        zoning(box(0, 0, 1, 1), code="insee")


def test_without_shapely_a_drawing_says_what_to_install_and_a_table_is_read():
    """In a process of its own, where the package cannot be imported."""
    script = (
        "import sys; sys.modules['shapely'] = None\n"
        "import pandas as pd\n"
        "from workbench.core.errors import MissingExtra\n"
        "from workbench.geography import read_zoning\n"
        "print(len(read_zoning(pd.DataFrame({'code': ['59350'], 'zone': ['X']})).members))\n"
        "try:\n    read_zoning({'type': 'Polygon', 'coordinates': []})\n"
        "except MissingExtra as error:\n    print(error)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stdout.splitlines()[0] == "1"
    assert "install territorial-workbench[zones]" in ended.stdout


# --- Laws ---------------------------------------------------------------------------------------

cuts = st.lists(st.integers(1, 79).map(lambda n: n / 20), max_size=3, unique=True).map(sorted)
shares = st.lists(st.sampled_from("XYZ"), min_size=16, max_size=16)
counts = st.lists(st.integers(1, 10**6).map(float), min_size=16, max_size=16)


@given(shares, counts)
def test_law_the_zones_of_a_partition_add_up_to_the_whole(names, persons):
    """Exactly: towns are whole."""
    zones = zoning(pd.DataFrame({"code": CODES, "zone": names}))
    found = zones.aggregate(cube(persons))
    assert found["persons"].sum().item() == sum(persons)
    assert (found["persons_status"] <= Status.AGGREGATED).all()


@given(cuts, cuts, counts)
def test_law_the_weights_of_a_town_over_a_partition_add_up_to_one(columns, rows, persons):
    """However the country is cut into rectangles; and so totals are kept, within the bounds."""
    west, south = [0, *columns], [0, *rows]
    east, north = [*columns, 4], [*rows, 4]
    drawn = [
        box(w, s, e, n)
        for w, e in zip(west, east, strict=True)
        for s, n in zip(south, north, strict=True)
    ]
    zones = zoning(drawn, tolerance=0)
    assert zones.totals.to_numpy() == pytest.approx(1, abs=1e-6)
    found = zones.aggregate(cube(persons))
    assert found["persons"].sum().item() == pytest.approx(sum(persons), rel=1e-6)
    assert (found["persons_low"] <= found["persons"] + 1e-6).all()
    assert (found["persons"] <= found["persons_high"] + 1e-6).all()


@given(shares, st.integers(1, 16), st.randoms(use_true_random=False))
def test_law_neither_order_nor_chunks_matter(names, chunk, random):
    """Lazy, whole or shuffled: the same figures."""
    rows = list(zip(CODES, names, strict=True))
    expected = zoning(table(*rows)).aggregate(cube()).compute()
    random.shuffle(rows)
    lazy = zoning(table(*rows)).aggregate(cube(chunks=chunk))
    assert lazy["persons"].chunks is not None
    xr.testing.assert_identical(expected, lazy.compute())
    order = np.array(random.sample(range(16), 16))
    shuffled = zoning(table(*rows)).aggregate(cube().isel(territory=order))
    xr.testing.assert_identical(expected, shuffled.compute())
