"""SDMX-ML is one row an observation: codes as text, statuses kept, answers of error told."""

from __future__ import annotations

from datetime import date

import pytest

from workbench.core.types import Status
from workbench.loaders.errors import FileNotTabular, TableRefused, XmlRefused
from workbench.loaders.load import load
from workbench.loaders.sdmx import read

from .server import give

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<m:{root} xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"
 xmlns:g="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic"
 xmlns:x="http://www.w3.org/2001/XMLSchema-instance">
<m:Header><m:ID>bdm_1</m:ID><m:Prepared>2024-06-01T10:00:00</m:Prepared></m:Header>
"""
SPECIFIC = (
    HEAD.format(root="StructureSpecificData")
    + """<m:DataSet x:type="ns:SERIES_BDM">
<Series IDBANK="001515333" FREQ="Q" TITLE_FR="Indice &lt;b&gt; des loyers" REF_AREA="FE">
<Obs TIME_PERIOD="2024-Q2" OBS_VALUE="145.17" OBS_STATUS="A" DATE_JO="2024-07-13"/>
<Obs TIME_PERIOD="2024-Q1" OBS_VALUE="0" OBS_STATUS="E"/>
<Obs TIME_PERIOD="2023-Q4" OBS_VALUE="NaN" OBS_STATUS="O"/>
</Series>
<Series IDBANK="000000007" FREQ="M">
<Obs TIME_PERIOD="2024-02" OBS_VALUE="" CONF_STATUS="C"/>
</Series></m:DataSet></m:StructureSpecificData>"""
)
GENERIC = (
    HEAD.format(root="GenericData")
    + """<m:DataSet><g:Series>
<g:SeriesKey><g:Value id="IDBANK" value="001515333"/><g:Value id="FREQ" value="Q"/></g:SeriesKey>
<g:Attributes><g:Value id="REF_AREA" value="FE"/></g:Attributes>
<g:Obs><g:ObsDimension id="TIME_PERIOD" value="2024-Q2"/><g:ObsValue value="145.17"/>
<g:Attributes><g:Value id="OBS_STATUS" value="A"/></g:Attributes></g:Obs>
<g:Obs><g:ObsDimension id="TIME_PERIOD" value="2024-Q1"/><g:ObsValue value="0"/>
<g:Attributes><g:Value id="OBS_STATUS" value="E"/></g:Attributes></g:Obs>
</g:Series></m:DataSet></m:GenericData>"""
)


def written(folder, text):
    """Write a message."""
    path = folder / "series.xml"
    path.write_text(text, "utf-8")
    return path


def test_an_observation_is_a_row_with_what_its_series_says(tmp_path):
    found = load(str(written(tmp_path, SPECIFIC)), reader="sdmx")
    data = found.data
    assert data.column("IDBANK").to_pylist() == ["001515333"] * 3 + ["000000007"]
    assert data.column("TITLE_FR").to_pylist()[0] == "Indice <b> des loyers"
    assert data.column("OBS_VALUE").to_pylist() == [145.17, 0.0, None, None]
    wanted = [Status.OBSERVED, Status.ESTIMATED, Status.MISSING, Status.SUPPRESSED]
    assert data.column("OBS_VALUE_status").to_pylist() == [int(each) for each in wanted]
    starts = [date(2024, 4, 1), date(2024, 1, 1), date(2023, 10, 1), date(2024, 2, 1)]
    assert data.column("period_start").to_pylist() == starts
    assert data.column("DATE_JO").to_pylist() == ["2024-07-13", None, None, None]
    assert (found.rows, found.problems) == (4, ())
    assert found.decisions["message prepared"] == "2024-06-01T10:00:00"


def test_both_forms_say_the_same(tmp_path):
    names = ["IDBANK", "FREQ", "REF_AREA", "TIME_PERIOD", "OBS_VALUE", "OBS_VALUE_status"]
    specific = read(written(tmp_path, SPECIFIC)).data.select(names).to_pylist()[:2]
    assert read(written(tmp_path, GENERIC)).data.select(names).to_pylist() == specific


def test_what_an_observation_says_is_its_own(tmp_path):
    old = """<g:Obs><g:ObsDimension id="TIME_PERIOD" value="2024-Q1"/><g:ObsValue value="0"/>
<g:Attributes><g:Value id="OBS_STATUS" value="E"/></g:Attributes></g:Obs>"""
    new = old.partition("\n")[0] + "</g:Obs>"
    assert old in GENERIC
    whole = '<m:DataSet><g:Attributes><g:Value id="SOURCE" value="Insee"/></g:Attributes>'
    text = GENERIC.replace(old, new).replace("<m:DataSet>", whole)
    found = read(written(tmp_path, text))
    assert found.data.column("OBS_STATUS").to_pylist() == ["A", None]
    assert found.decisions["message SOURCE"] == "Insee"


def test_a_value_and_a_period_that_are_none_are_located(tmp_path):
    text = SPECIFIC.replace('"145.17"', '"1_45"').replace("2023-Q4", "2023-Q9")
    found = read(written(tmp_path, text), lang="fr")
    assert [(each.row, each.column, each.value) for each in found.problems] == [
        (1, "OBS_VALUE", "1_45"),
        (3, "TIME_PERIOD", "2023-Q9"),
    ]
    assert found.problems[0].reason == "la valeur n’est pas un nombre"
    with pytest.raises(TableRefused, match="observation 1, OBS_VALUE: '1_45'"):
        read(written(tmp_path, text), strict=True)


def test_an_answer_of_error_is_told(tmp_path):
    text = HEAD.format(root="Error").partition("<m:Header>")[0]
    text += '<m:ErrorMessage code="150"><Text>La série 12 n\'existe pas</Text></m:ErrorMessage>'
    with pytest.raises(FileNotTabular, match="La série 12 n'existe pas"):
        read(written(tmp_path, text + "</m:Error>"))
    with pytest.raises(FileNotTabular, match="it is a 'rss'"):
        read(written(tmp_path, "<rss/>"))


@pytest.mark.parametrize(
    "text",
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<a>" * 400, "<a>", "no XML"],
)
def test_a_hostile_file_is_refused_before_it_is_read(tmp_path, text):
    with pytest.raises(XmlRefused, match=r"series\.xml"):
        read(written(tmp_path, text))


def test_a_series_is_fetched_and_read(server, cache, near):
    url = server.on("/data", give(SPECIFIC.encode(), Content_Type="application/xml"))
    found = load(url, source="insee_bdm", cache=cache, limits=near)
    assert found.data.num_rows == 4
    assert found.decisions["producer"] == "Insee"
