"""Each source of the catalogue reads a file of its published shape, from a server to the data."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import replace

import pyarrow as pa
import pytest

import workbench as wb
from workbench.core.types import Status
from workbench.loaders.preview import first_rows

from .published import SOURCES, Published
from .samples import SAMPLES


@pytest.fixture
def served(server, cache, near, monkeypatch):
    """Give what reads a source, or a file as one, from this machine's server."""
    published = Published(server, monkeypatch)

    def read(name, sample=None, **given):
        asked = published.put(name, sample)
        options = {**(sample or SAMPLES[name]).options, **given}
        extra = {"values": asked.values, "source": asked.source}
        return wb.load(asked.what, **extra, options=options, cache=cache, limits=near)

    return read


def metadata(data, column):
    """Return what is said of a column, or of a variable."""
    if hasattr(data, "data_vars"):
        return data[column].attrs
    told = data.schema.field(column).metadata or {}
    return {key.decode(): text.decode() for key, text in told.items()}


def test_no_source_is_without_a_sample():
    assert set(SAMPLES) == set(SOURCES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_source_reads_its_sample_from_end_to_end(served, name):
    sample, source = SAMPLES[name], SOURCES[name]
    found = served(name)
    data = found.data
    if sample.dims:
        assert set(data.dims) == set(sample.dims)
        for variable, value in sample.cube.items():
            first = data[variable].isel(territory=0, period=0)
            assert float(first) == value
            assert data[variable].attrs["long_name"]
            assert Status(int(data[f"{variable}_status"].isel(territory=0, period=0))) == 0
    else:
        assert isinstance(data, pa.Table)
        assert data.num_rows == sample.rows
        row = first_rows(data, 1)[0]
        assert {key: row[key] for key in sample.row} == dict(sample.row)
        for column in sample.codes:
            kind = data.schema.field(column).type
            assert pa.types.is_string(kind) or pa.types.is_dictionary(kind)
            assert pa.types.is_string(getattr(kind, "value_type", kind))
    for column, unit in sample.units.items():
        assert metadata(data, column)["units"] == unit
    if not sample.beside:
        assert found.decisions["url"].startswith("http://127.0.0.1")
    if not (source.paging or sample.beside):
        assert found.decisions["sha256"] == hashlib.sha256(sample.body).hexdigest()
    said = (
        data.attrs
        if hasattr(data, "data_vars")
        else {key.decode(): text.decode() for key, text in (data.schema.metadata or {}).items()}
    )
    assert said["licence"] == source.licence["en"]
    assert source.producer["en"] in said["source"]
    assert said["source_id"] == name
    assert not [each for each in found.problems if each.fatal]
    assert "columns that are not there" not in found.decisions


@pytest.mark.parametrize("name", SAMPLES)
def test_what_a_source_declares_of_its_columns_is_in_its_sample(served, name):
    found, columns = served(name), SOURCES[name].columns
    names = (
        [str(each) for each in found.data.data_vars]
        if hasattr(found.data, "data_vars")
        else found.data.column_names
    )
    for column in set(columns) & set(names):
        assert metadata(found.data, column)["long_name"] == columns[column].label["en"]


SPOILT = {
    "dvf": (b",01367,", b",1367,", "code_commune"),
    "addresses": (b";01001;", b";1001;", "code_insee"),
    "local_addresses": (b";01001;", b";1001;", "commune_insee"),
    "weather_daily": (b" 01014002;", b"1014002;", "NUM_POSTE"),
    "scdl_grants": (b"01060004700392", b"1060004700392", "idAttribuant"),
    "scdl_deliberations": (b"01010053500011", b"1010053500011", "COLL_SIRET"),
    "irve": (b",01053,", b",1053,", "code_insee_commune"),
    "parking": (b",01053,", b",1053,", "insee"),
    "insee_cog": (b"COM,01001,", b"COM,1001,", "COM"),
    "hubeau_drinking_water": (b'"01001"', b'"1001"', "code_commune"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_code_that_lost_its_zero_is_told_and_put_back_when_asked(served, name):
    right, wrong, column = SPOILT[name]
    whole = SAMPLES[name].body
    packed = whole[:2] == b"\x1f\x8b"
    body = (gzip.decompress(whole) if packed else whole).replace(right, wrong, 1)
    spoilt = replace(SAMPLES[name], body=gzip.compress(body, mtime=0) if packed else body)
    found = served(name, spoilt)
    told = [each for each in found.problems if each.column == column and each.fatal]
    assert found.set_aside == 1
    assert [len(each.repair) > 0 and each.value.strip() for each in told] == [
        wrong.strip(b',;"COM ').decode()
    ]
    mended = served(name, spoilt, mend=True)
    assert mended.set_aside == 0
    assert mended.data.column(column)[0].as_py() == right.strip(b',;"COM ').decode()
    assert {each.column for each in mended.problems} == {column}


def test_a_table_is_lazy_when_it_is_asked_for(served):
    found = served("dvf", lazy=True)
    frame = found.data.compute()
    assert frame["code_commune"].tolist() == ["01367", "01367"]
    assert float(frame["valeur_fonciere"].iloc[0]) == 231234.16
    assert served("decp", lazy=True).data["acheteur_id"].compute().tolist()[0] == "21590350100017"


def test_a_cube_is_shown_as_rows(served):
    rows = first_rows(served("insee_filosofi").data, 1)
    assert rows[0]["PR_MD60"] == "(suppressed)"
    assert (rows[0]["territory"], rows[0]["name"]) == ("01001", "L'Abergement")
