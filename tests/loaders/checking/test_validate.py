"""Cells that depart from a schema are located; a code stays the text that it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.loaders.addresses import Allowed
from workbench.loaders.catalogue import catalogue
from workbench.loaders.checking.reading import TYPES, read_point
from workbench.loaders.checking.run import find_schema
from workbench.loaders.checking.schema import known_schemas, read_schema, schema_of
from workbench.loaders.errors import NotInCache, NotTheFile, SchemaInvalid, SchemaUnknown
from workbench.loaders.transport import LIMITS

from ..server import give, serving


def field(name, kind="string", **constraints):
    return {"name": name, "type": kind, "constraints": constraints}


def test_a_code_keeps_its_zero(checked, told):
    """`01001` follows a pattern of five digits, and `1001` does not."""
    fields = [field("ref", pattern="[0-9]{5}"), field("n", "integer")]
    found = checked("ref,n\n01001,1\n1001,2\n", fields)
    assert told(found) == [("pattern", 3, "ref", "1001")]
    assert (found.rows, found.set_aside, found.lines) == (2, 1, (3,))


@pytest.mark.parametrize(
    ("given", "cell", "rule"),
    [
        (field("c", "integer"), "1.5", "type_integer"),
        (field("c", "number"), '"1,5"', "type_number"),
        (field("c", "number", maximum=1), "80", "maximum"),
        (field("c", "integer", minimum=10), "9", "minimum"),
        (field("c", "boolean"), "oui", "type_boolean"),
        (field("c", "date"), "05/12/2016", "type_date"),
        (field("c", "date"), "2023-02-29", "type_date"),
        (field("c", "datetime"), "2024-01-31", "type_datetime"),
        (field("c", "year"), "24", "type_year"),
        (field("c", "geopoint"), '"48,7,2"', "type_geopoint"),
        (field("c", enum=["oui", "non"]), "no", "enum"),
        (field("c", maxLength=2), "abc", "too_long"),
        (field("c", minLength=4), "abc", "too_short"),
        ({**field("c"), "format": "email"}, "a.b", "type_email"),
        ({**field("c"), "format": "uri"}, "exemple.fr", "type_uri"),
    ],
)
def test_each_rule_finds_what_breaks_it(checked, told, given, cell, rule):
    found = checked(f"c,d\n{cell},x\n,y\n", [given, field("d")])
    assert told(found) == [(rule, 2, "c", cell.strip('"'))]


def test_a_value_that_is_required_or_unique(checked, told):
    fields = [field("a", required="true"), field("b", unique=True)]
    found = checked("a,b\n,x\ny,x\nz,\nt,\n", fields)
    assert told(found) == [("required", 2, "a", ""), ("unique", 3, "b", "x")]
    assert found.problems[1].reason == "the value is on line 2 already"


def test_a_choice_that_is_alike_is_proposed(checked):
    found = checked("c\nOui\nno\ninconnu\n", [field("c", enum=["oui", "non"])])
    assert [each.repair for each in found.problems] == ["Write “oui”.", "Write “non”.", ""]


def test_columns_are_compared(checked, told):
    wanted = [field(name, required=True) for name in ("nomVille", "x")]
    fields = [*wanted, field("note"), field("n")]
    found = checked("NOM_Ville,autre,n,n\na,b,1,2\n", fields)
    assert sorted((rule, column) for rule, _, column, _ in told(found)) == [
        ("column_extra", "autre"),
        ("column_missing", "x"),
        ("column_name", "NOM_Ville"),
        ("column_optional", "note"),
        ("column_twice", "n"),
    ]
    assert found.set_aside == 0


def test_a_key_tells_rows_apart(checked, told):
    found = checked("a,b\n1,x\n1,y\n1,x\n", [field("a"), field("b")], primaryKey=["a", "b"])
    assert ("key", 4, "a, b", "1 / x") in told(found)
    assert found.set_aside == 1


def test_checks_asked_for_by_name(checked, told):
    fields = [field(name) for name in ("siret", "rna", "total", "a", "b", "from", "to")]
    customs = [
        {"name": "french-siret-value", "params": {"column": "siret"}},
        {"name": "one-of-required", "params": {"column1": "siret", "column2": "rna"}},
        {"name": "sum-columns-value", "params": {"column": "total", "columns": ["a", "b"]}},
        {
            "name": "compare-columns-value",
            "params": {"column": "from", "column2": "to", "op": "<="},
        },
        {"name": "cohesive-columns-value", "params": {"column": "a", "othercolumns": ["b"]}},
        {"name": "no-such-value", "params": {"column": "a"}},
    ]
    rows = [
        "siret,rna,total,a,b,from,to",
        "21590350100017,,3,1,2,2024-01-01,2024-02-01",
        "21590350100018,,4,1,2,2024-03-01,2024-02-01",
        ",,,1,,,",
        "218601946,,,,,9,10",
    ]
    found = checked("\n".join(rows), fields, custom_checks=customs)
    assert [each[:3] for each in told(found)] == [
        ("unchecked", None, ""),
        ("compare", 3, "from, to"),
        ("siret_key", 3, "siret"),
        ("sum", 3, "total"),
        ("one_of", 4, "siret, rna"),
        ("together", 4, "a, b"),
        ("siret_form", 5, "siret"),
    ]


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ([], "no list of fields"),
        ({"resources": []}, "several files"),
        ({"fields": []}, "no column"),
        ({"fields": [{"name": "a"}, {"name": "a"}]}, "'a' comes twice"),
        ({"fields": [{"type": "string"}]}, "has no name"),
        ({"fields": [field("a", "entier")]}, "type 'entier'"),
        ({"fields": [field("a", requierd=True)]}, "constraint 'requierd' .nearest: required"),
        ({"fields": [field("a", pattern="(")]}, "no expression"),
        ({"fields": [field("a", "integer", minimum="x")]}, "minimum 'x', no integer"),
        ({"fields": [{"name": "a", "format": "mail"}]}, "format 'mail'"),
        ({"fields": [{"name": "a"}], "primaryKey": "b"}, "key names column 'b'"),
        ({"fields": [{"name": "a"}], "custom_checks": [{}]}, "custom check has no name"),
    ],
)
def test_a_schema_that_is_none_is_refused(content, match):
    with pytest.raises(SchemaInvalid, match=match):
        schema_of(content, "s")


def test_a_check_without_what_it_needs_is_refused(checked):
    with pytest.raises(SchemaInvalid, match="french-siret-value"):
        checked("a\n1\n", [field("a")], custom_checks=[{"name": "french-siret-value"}])


def test_a_schema_is_found_by_file_or_name(tmp_path):
    with pytest.raises(SchemaUnknown, match="nearest: scdl/subventions"):
        find_schema("scdl/subvention")
    path = tmp_path / "s.json"
    path.write_text("a,b")
    with pytest.raises(SchemaInvalid, match="is no JSON"):
        read_schema(path)
    assert all(url.startswith("https://") for url in known_schemas().values())


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_point_reads_as_it_is_written(lon, lat):
    written = f"[{lon:.6f}, {lat:.6f}]"
    assert read_point(written) == pytest.approx((lon, lat), abs=1e-6)


@given(st.text(max_size=12), st.sampled_from(sorted(TYPES)))
def test_any_text_is_read_or_refused(text, kind):
    try:
        TYPES[kind]("default", {})(text)
    except (ValueError, RecursionError, OverflowError):
        return


SCHEMA = b'{"title": "T", "fields": [{"name": "a", "constraints": {"required": true}}]}'


def test_a_schema_is_fetched_by_its_url_and_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    allowed = replace(LIMITS, allowed=Allowed.of(["127.0.0.1"]))
    with serving() as server:
        url = server.on("/s.json", give(SCHEMA))
        assert find_schema(url, limits=allowed).fields[0].required
        other = server.on("/other.json", give(SCHEMA))
    assert find_schema(url, offline=True, limits=allowed).title == "T"
    with pytest.raises(NotInCache, match=r"other\.json"):
        find_schema(other, offline=True, limits=allowed)


def test_a_page_in_place_of_a_schema_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    allowed = replace(LIMITS, allowed=Allowed.of(["127.0.0.1"]))
    with serving() as server:
        url = server.on("/s.json", give(b"<!doctype html><title>404</title>"))
        with pytest.raises(NotTheFile, match="is a web page, titled '404'"):
            find_schema(url, limits=allowed)


def test_a_schema_by_name_that_was_never_fetched_says_what_to_do_offline(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    with pytest.raises(NotInCache, match="schema-statique"):
        find_schema("etalab/schema-irve-statique", offline=True)


def test_sources_of_the_catalogue_have_a_schema():
    named = {name for name in known_schemas() if "/" not in name}
    assert "irve" in named
    assert named <= set(catalogue().by_id)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"name": "a", "type": "date", "format": "%Y %Y"}, "do not read a date"),
        ({"name": "a", "type": "boolean", "trueValues": 1}, "do not read a boolean"),
        (field("a", pattern="a" * 10_001), "more than 10,000"),
        (field("a", pattern="(" * 5000 + ")" * 5000), "no expression"),
    ],
)
def test_a_field_that_cannot_be_read_is_refused(given, match):
    with pytest.raises(SchemaInvalid, match=match):
        schema_of({"fields": [given]}, "s")
