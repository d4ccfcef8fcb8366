"""Files of INSEE are cubes: labelled, in the four states, of one level and of one map."""

from __future__ import annotations

import json

import numpy as np
import pytest

from workbench.core.types import Status
from workbench.loaders import cubing
from workbench.loaders.errors import (
    CellTwice,
    CodesSpoilt,
    CubeTooLarge,
    DialectInvalid,
    FileNotTabular,
    JsonRefused,
    NoFileToRead,
    NotTheFile,
)
from workbench.loaders.load import load
from workbench.loaders.territories import arrondissements_out
from workbench.loaders.territory_codes import level_of, map_years
from workbench.loaders.wide_headings import read_headings

from .sample_files import melodi
from .sample_insee import BPE, BPE_WIDE, CENSUS, FILOSOFI, FILOSOFI_WIDE, HOUSING, META, SERIES

LONG = "GEO;GEO_OBJECT;SEX;RP_MEASURE;TIME_PERIOD;OBS_VALUE\n"


@pytest.fixture
def long(tmp_path):
    """Give what reads a long file."""

    def read(content, name="data.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load(str(path), reader="insee_long", options=options)

    return read


@pytest.fixture
def wide(tmp_path):
    """Give what reads a wide file."""

    def read(content, name="base-2021.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load(str(path), reader="insee_wide", options=options)

    return read


def states(cube, name, territory):
    """Return the statuses of a territory."""
    return cube[f"{name}_status"].sel(territory=territory).values.ravel().tolist()


def test_what_is_suppressed_not_collected_or_impossible_are_three_states(long):
    cube = long(FILOSOFI, "a.zip").data
    assert states(cube, "PR_MD60", "01001") == [Status.SUPPRESSED]
    assert states(cube, "NB_HH", "01001") == [Status.MISSING]
    lines = "".join(
        f"0100{n};COM;_T;POP;2021;;{o};{c}\n" for n, o, c in ((1, "M", "F"), (2, "Q", "F"))
    )
    head = LONG.replace("OBS_VALUE", "OBS_VALUE;OBS_STATUS;CONF_STATUS")
    cube = long(head + lines + "01004;COM;_T;POP;2021;0;A;F\n01005;COM;_T;POP;2021;7;E;F\n").data
    told = [int(cube["POP_status"].sel(territory=code)[0]) for code in cube["territory"].values]
    wanted = [Status.NOT_APPLICABLE, Status.SUPPRESSED, Status.OBSERVED, Status.ESTIMATED]
    assert told == wanted
    assert float(cube["POP"].sel(territory="01004")[0]) == 0


def test_a_power_of_ten_is_applied(long):
    cube = long(FILOSOFI, "a.zip").data
    assert float(cube["NB_HH"].sel(territory="59350")[0]) == 101_200


def test_a_median_a_rate_and_a_count_are_told_apart(long):
    cube = long(FILOSOFI, "a.zip").data
    kinds = {name: cube[name].attrs["kind"] for name in ("MED_SL", "PR_MD60", "NB_HH")}
    assert kinds == {"MED_SL": "median", "PR_MD60": "ratio", "NB_HH": "count"}


def test_a_level_is_one_cube_for_codes_of_two_levels_are_alike(long):
    both = LONG + "75;DEP;_T;POP;2021;2100000\n75;REG;_T;POP;2021;6000000\n"
    assert float(long(both, level="region").data["POP"].sel(territory="75")[0]) == 6_000_000
    found = long(both)
    assert float(found.data["POP"].sel(territory="75")[0]) == 2_100_000
    assert found.decisions["level"] == "departement (the first there is)"
    assert found.data["name"].values.tolist() == ["Paris"]
    with pytest.raises(DialectInvalid, match=r"no territory of level 'comune' \(.*departement"):
        long(both, level="comune")


def test_categories_are_dimensions_with_labels_and_their_total_is_told(long):
    cube = long(SERIES, "a.zip").data
    assert cube["DWELLINGS"].dims == ("territory", "period", "ocs")
    assert cube["POP"].dims == ("territory", "period")
    assert float(cube["DWELLINGS"].sel(territory="01001", period=2023, ocs="DW_MAIN")) == 345
    assert cube["ocs_label"].sel(ocs="DW_MAIN").item() == "Résidences principales"
    assert cube["ocs"].attrs["total"] == "_T"


def test_a_category_that_does_not_vary_is_an_attribute(long):
    cube = long(HOUSING, "a.zip").data
    assert cube["DWELLINGS"].attrs["l_stay"] == "_T"
    assert states(cube, "DWELLINGS", "01001") == [Status.OBSERVED, Status.ESTIMATED]


def test_categories_are_chosen_by_their_values(long):
    rows = LONG + "".join(
        f"01001;COM;{s};POP;2021;{n}\n" for s, n in (("F", 4), ("M", 3), ("_T", 7))
    )
    assert float(long(rows, where="SEX=_T").data["POP"].sel(territory="01001")[0]) == 7
    assert long(rows, where={"SEX": "F|M"}).data["sex"].values.tolist() == ["F", "M"]
    with pytest.raises(DialectInvalid, match=r"SEX has no value 'X'"):
        long(rows, where="SEX=X")
    with pytest.raises(DialectInvalid, match=r"no column 'SEXE' \(.*SEX"):
        long(rows, where="SEXE=F")
    with pytest.raises(DialectInvalid, match="write it as SEX=_T"):
        long(rows, where="SEX")
    with pytest.raises(DialectInvalid, match=r"no measure 'POPP' \(.*POP"):
        long(rows, measures="POPP")


def test_facilities_are_one_dimension_and_what_has_no_row_is_zero(long):
    nested = [["FACILITY_DOM", "FACILITY_SDOM", "FACILITY_TYPE"]]
    cube = long(BPE, "a.zip", nested=nested, absent="zero").data
    lille = cube["FACILITIES"].sel(territory="59350", period=2024)
    assert [float(lille.sel(facility_type=each)) for each in ("A101", "A104", "_T")] == [0, 2, 2]
    told = cube["facility_type_level"].sel(facility_type=["A1", "A101"]).values.tolist()
    assert told == ["FACILITY_SDOM", "FACILITY_TYPE"]
    assert states(long(BPE, "a.zip", nested=nested).data, "FACILITIES", "59350").count(5) == 2


@pytest.mark.parametrize("code", ["1001", "1004"])
def test_a_code_that_lost_its_zero_is_refused_or_repaired_with_a_note(long, wide, code):
    rows = f"{LONG}{code};COM;_T;POP;2021;5\n59350;COM;_T;POP;2021;7\n"
    with pytest.raises(CodesSpoilt, match=rf"lost the zero.*{code} for 0{code}"):
        long(rows)
    found = long(rows, mend=True)
    assert found.data["territory"].values.tolist() == [f"0{code}", "59350"]
    assert f"{code} → 0{code}" in found.decisions["codes"]
    rows = f"IRIS;COM;P21_POP\n{code}0000;{code};5\n593500101;59350;7\n"
    with pytest.raises(CodesSpoilt, match="IRIS: 1 codes have lost"):
        wide(rows)
    assert wide(rows, mend=True).data["territory"].values.tolist()[0] == f"0{code}0000"


def test_a_cell_told_twice_differently_is_refused(long):
    with pytest.raises(CellTwice, match=r"1 cells of POP .*5 and 6"):
        long(LONG + "01001;COM;_T;POP;2021;5\n01001;COM;_T;POP;2021;6\n")
    twice = long(LONG + "01001;COM;_T;POP;2021;5\n01001;COM;_T;POP;2021;5\n").data
    assert float(twice["POP"][0, 0]) == 5


def test_a_cube_too_large_says_how_to_make_it_smaller(long, monkeypatch):
    monkeypatch.setattr(cubing, "_MOST_CELLS", 3)
    rows = "".join(f"0100{n};COM;{s};POP;2021;5\n" for n in (1, 2) for s in "FM")
    with pytest.raises(CubeTooLarge, match=r"4 cells \(territory \(2\).*option where"):
        long(LONG + rows)


def test_months_keep_their_writing_and_have_a_first_day(long):
    cube = long(LONG + "59;DEP;_T;POP;2021-02;5\n59;DEP;_T;POP;2021-01;6\n").data
    assert cube["period"].values.tolist() == ["2021-01", "2021-02"]
    assert str(cube["period_start"].values[1])[:10] == "2021-02-01"


def test_observations_of_an_answer_say_their_map(long):
    rows = [
        {
            "dimensions": {"GEO": "2025-COM-01001", "RP_MEASURE": "POP", "TIME_PERIOD": "2023"},
            "measures": {"OBS_VALUE_NIVEAU": {"value": 5.0}},
        }
    ]
    found = long("\n".join(map(json.dumps, rows)), "a.jsonl")
    assert found.data.attrs["vintage"] == 2025
    assert float(found.data["POP"][0, 0]) == 5
    assert found.data["POP_status"].attrs["vintage"] == 2025
    with pytest.raises(JsonRefused, match="line 1: it is no observation"):
        long('{"code": "01001"}', "b.jsonl")


def test_a_page_in_the_place_of_data_or_of_their_description_is_told_as_one(long):
    page, rows = "<html><title>Maintenance</title>", f"{LONG}01001;COM;_T;POP;2023;860\n"
    for data, about, name in ((page, META, "a_data"), (rows, page, "a_metadata")):
        with pytest.raises(NotTheFile, match=f"{name}.csv is a web page, titled 'Maintenance'"):
            long(melodi("a", data, about), "a.zip")


def test_a_wide_file_is_no_long_one_and_the_other_way_round(long, wide):
    with pytest.raises(FileNotTabular, match=r"lacks GEO, TIME_PERIOD.*insee_wide"):
        long("CODGEO;P21_POP\n01001;5\n")
    with pytest.raises(FileNotTabular, match="no column of codes"):
        wide("nom;P21_POP\nBourg;5\n")


def test_years_of_a_variable_are_its_periods(wide):
    found = wide(CENSUS, "a.zip", member="base-cc-evol-struct-pop-2021.csv")
    cube = found.data
    assert cube["P_POP"].sel(territory="01001").values.tolist() == [771.5, 832]
    assert cube["P_POP"].attrs["periods"] == "2015 2021"
    assert cube["P_POP"].attrs["long_name"] == "Population"
    assert cube["NAISD"].attrs["counted_over"] == "2015-2021"
    assert states(cube, "NAISD", "01001") == [Status.MISSING, Status.OBSERVED]


def test_arrondissements_do_not_count_twice_unless_asked(wide):
    found = wide(CENSUS, "a.zip")
    assert found.data["territory"].values.tolist() == ["01001", "13055"]
    assert "1 left out" in found.decisions["arrondissements"]
    kept = wide(CENSUS, "a.zip", arrondissements="in")
    assert "13201" in kept.data["territory"].values
    assert "beside their commune" in kept.decisions["arrondissements"]
    assert kept.data["level"].sel(territory="13201").item() == "arrondissement_municipal"
    assert arrondissements_out(["75101", "01001"], "auto") == (
        frozenset(),
        "1 kept (in place of their commune)",
    )
    with pytest.raises(DialectInvalid, match="arrondissements is 'yes'"):
        wide(CENSUS, "a.zip", arrondissements="yes")


def test_the_signs_of_filosofi_are_their_states(wide):
    cube = wide(FILOSOFI_WIDE, "a.zip", member="*_COM.csv").data
    signs = {"NBMENFISC": "01002", "TP60": "01001", "RD": "01001"}
    told = [states(cube, name, code)[0] for name, code in signs.items()]
    assert told == [Status.SUPPRESSED, Status.MISSING, Status.SUPPRESSED]
    with pytest.raises(NoFileToRead, match=r"2 files of data .*_COM\.csv, .*_DEP\.csv"):
        wide(FILOSOFI_WIDE, "a.zip")
    county = wide(FILOSOFI_WIDE, "a.zip", member="*_DEP.csv").data
    assert county.attrs["level"] == "departement"


def test_iris_of_a_commune_add_up_to_its_facilities(wide):
    given = {"territory": "DEPCOM", "categories": "TYPEQU", "absent": "zero"}
    cube = wide(BPE_WIDE, "bpe21.zip", **given).data
    lille = cube["NB_EQUIP"].sel(territory="59350", period=2021)
    assert [float(lille.sel(typequ=each)) for each in ("A203", "A206")] == [5, 0]
    assert cube["typequ_label"].values.tolist() == ["Banque", "Bureau de poste"]
    assert cube["departement"].values.tolist() == ["01", "59"]


def test_what_the_file_does_not_tell_is_asked_for(wide):
    with pytest.raises(DialectInvalid, match=r"no year is told for PMUN\. Give it \(period\)"):
        wide("COM;PMUN\n01001;5\n", "communes.csv")
    with pytest.raises(DialectInvalid, match="of départements or of régions"):
        wide("CODGEO;P21_POP\n11;5\n84;6\n")
    with pytest.raises(DialectInvalid, match=r"no level is named 'comune' \(.*commune"):
        wide("CODGEO;P21_POP\n01001;5\n", level="comune")
    with pytest.raises(DialectInvalid, match=r"no variable 'POP' \(.*P_POP"):
        wide("CODGEO;P21_POP\n01001;5\n", variables="POP")
    with pytest.raises(DialectInvalid, match="no column 'TYPE'"):
        wide("CODGEO;P21_POP\n01001;5\n", categories="TYPE")


def test_a_variable_is_chosen_with_or_without_its_year(wide):
    rows = "CODGEO;P21_POP;P15_POP;P21_LOG\n01001;5;4;2\n"
    assert list(wide(rows, variables="P_POP").data["period"].values) == [2015, 2021]
    assert list(wide(rows, variables="P21_POP").data["period"].values) == [2021]


def test_the_metadata_beside_a_file_are_read(wide, tmp_path):
    (tmp_path / "meta_base-2021.csv").write_text(META + "P21_LOG;Log;Logements en 2021;;;NUM;9\n")
    told = wide("CODGEO;P21_LOG\n01001;2\n").data["P_LOG"].attrs
    assert (told["long_name"], told["units"], told["kind"]) == ("Logements", "dwelling", "count")


def test_a_variable_that_no_word_tells_has_no_kind(wide):
    assert "kind" not in wide("CODGEO;INDIC21\n01001;2,5\n").data["INDIC"].attrs


def test_headings_of_two_years_are_no_year_of_four_figures():
    found = read_headings(["NAISD1521", "PMUN2021", "TP60AGE121", "P75_POP", "D1"], 2021)
    told = {each.column: (each.stem, each.year) for each in found.values()}
    assert told == {
        "NAISD1521": ("NAISD", 2021),
        "PMUN2021": ("PMUN", 2021),
        "TP60AGE121": ("TP60AGE1", 2021),
        "P75_POP": ("P_POP", 1975),
        "D1": ("D1", 0),
    }


def test_a_level_is_told_by_the_form_of_its_codes():
    assert level_of(["200046977"], "CODGEO") == "epci"
    assert level_of(["2A0040101"], "IRIS") == "iris"
    assert level_of(["2A", "01"]) == "departement"
    assert level_of(["01", "11"], "REG") == "region"


def test_the_map_of_codes_is_found_among_those_of_the_pack():
    assert 2021 not in map_years(["01001", "01015", "55138"]) or map_years(["99999"]) == ()
    assert map_years(["75056", "75101"]) == map_years(["75056"])
    assert np.diff(map_years(["01001"])).max() == 1


def test_a_parent_that_lost_its_zero_is_refused_or_repaired_too(wide):
    rows = "CODGEO;DEP;P21_POP\n01001;1;5\n59350;59;7\n"
    with pytest.raises(CodesSpoilt, match=r"DEP: 1 codes have lost .*1 for 01"):
        wide(rows)
    assert wide(rows, mend=True).data["departement"].values.tolist() == ["01", "59"]
    with pytest.raises(CodesSpoilt, match=r"CODGEO: 1 codes have lost .*1001 for 01001"):
        wide("CODGEO;P21_POP\n1001;5\n59350;7\n")
    assert wide("CODGEO;P21_POP\n1001;5\n", mend=True).data["territory"].values.tolist() == [
        "01001"
    ]


def test_the_legal_populations_of_france_are_one_cube_of_68_million(official_data):
    path = official_data / "cog" / "sources" / "donnees_communes.csv"
    found = load(str(path), source="insee_populations_wide", options={"period": 2023})
    assert (found.rows, found.set_aside, found.problems) == (34_900, 0, ())
    assert float(found.data["PMUN"].sum()) == 68_094_280
    assert "45 kept (in place of their commune)" in found.decisions["arrondissements"]
    assert found.data["name"].sel(territory="2A004").item() == "Ajaccio"
