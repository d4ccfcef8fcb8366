"""Contracts are read in their two formats: one row each, and their holders in another table."""

from __future__ import annotations

import json

import pytest

from workbench.loaders.errors import DialectInvalid, FileNotTabular
from workbench.loaders.load import load

from .sample_files import CONTRACT, DECP, DECP_JSON


@pytest.fixture
def read(tmp_path):
    """Give what reads a file of contracts as rows."""

    def rows(content, name="decp.json", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return load(str(path), reader="decp", options=options).data.to_pylist()

    return rows


def test_a_contract_is_one_row_whatever_the_number_of_those_who_hold_it(read):
    (row,) = read(DECP_JSON)
    assert (row["uid"], row["montant"], row["holders"]) == ("215903501000172024M0001", 50754.5, 2)
    assert row["acheteur.id"] == "21590350100017"
    assert row["considerationsSociales"] == "Clause sociale"
    assert str(row["dateNotification"]) == "2024-04-01"


def test_those_who_hold_it_and_its_changes_are_tables_of_theirs(read):
    holders = read(DECP_JSON, table="holders")
    assert [row["titulaire.id"] for row in holders] == ["05280031500013", "31483054800140"]
    (change,) = read(DECP_JSON, table="changes")
    assert (change["uid"], change["montant"]) == ("215903501000172024M0001", 60000)
    assert read(DECP_JSON, table="subcontracts") == []


def test_the_format_of_2019_is_read_as_well(read):
    old = {**CONTRACT, "titulaires": [{"typeIdentifiant": "SIRET", "id": "05280031500013"}]}
    assert read({"marches": [old]}, table="holders")[0]["titulaire.id"] == "05280031500013"


def test_a_concession_has_its_own_words(read):
    concession = {
        "id": "C1",
        "_type": "Contrat de concession",
        "autoriteConcedante": {"id": "21590350100017"},
        "valeurGlobale": 1000,
        "concessionnaires": [{"concessionnaire": {"id": "05280031500013"}}],
    }
    (row,) = read({"marches": {"marche": [], "contrat-concession": [concession]}})
    assert (row["uid"], row["holders"], row["valeurGlobale"]) == ("21590350100017C1", 1, 1000)


def test_what_is_not_communicated_is_missing(read):
    (row,) = read({"marches": {"marche": [{**CONTRACT, "offresRecues": "NC"}]}})
    assert (row["offresRecues"], row["offresRecues_status"]) == (None, 5)


def test_a_consolidated_table_has_one_table(read):
    assert read(DECP, "decp.parquet")[0]["titulaire_id"] == "05280031500013"
    with pytest.raises(DialectInvalid, match="with one table only"):
        read(DECP, "decp.parquet", table="holders")


@pytest.mark.parametrize("found", [{"lots": []}, {"marches": 3}, {"marches": [1]}, {"a": 1}])
def test_what_holds_no_contracts_is_refused(read, found):
    with pytest.raises(FileNotTabular, match="holds no contracts"):
        read(found)


def test_a_table_that_is_not_there_names_the_nearest(read):
    with pytest.raises(DialectInvalid, match="nearest: holders"):
        read(DECP_JSON, table="holder")
