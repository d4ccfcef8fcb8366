"""Each source of the catalogue reads a file of its published shape, from a server to the data."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import urlsplit

import pyarrow as pa
import pytest

import workbench as wb
from workbench.core.types import Status
from workbench.loaders import catalogue as catalogues
from workbench.loaders.catalogue import Catalogue, sources
from workbench.loaders.preview import first_rows

from .samples import SAMPLES, as_json, feed
from .server import give

SOURCES = {each.id: each for each in sources()}


@pytest.fixture
def served(server, cache, near, monkeypatch):
    """Give what reads a source, or a file as one, from this machine's server."""
    here = server.url("")
    moved = {
        name: replace(each, url=re.sub(r"^https://(?=\{)", f"{here}/", each.url))
        for name, each in SOURCES.items()
    }
    moved = {
        name: replace(each, url=re.sub(r"^https://[^/{]+", here, each.url))
        for name, each in moved.items()
    }
    known = Catalogue(catalogues.catalogue().themes, MappingProxyType(moved))
    monkeypatch.setattr(catalogues, "_own", lambda: known)

    def read(name, sample=None, **given):
        sample = sample or SAMPLES[name]
        each = moved[name]
        values = {key: one.example for key, one in each.parameters.items()} if each.url else {}
        path = urlsplit(each.address(values)).path if each.url else f"/{name}/{sample.name}"
        body = sample.body
        for feed_name, content in sample.beside.items():
            server.on(f"/{feed_name}.json", give(content))
        if sample.beside:
            feeds = [{"name": key, "url": server.url(f"/{key}.json")} for key in sample.beside]
            body = as_json(feed({"fr": {"feeds": feeds}}))
        headers = {}
        if name == "datagouv":
            headers["Content-Disposition"] = f'attachment; filename="{sample.name}"'
        url = server.on(path, give(body, status=sample.status, **headers))
        what, extra = (name, {"values": values}) if each.url else (url, {"source": name})
        options = {**sample.options, **given}
        return wb.load(what, **extra, options=options, cache=cache, limits=near)

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
    assert said["licence"] == source.licence
    assert source.producer in said["source"]
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
