"""Sources are listed, found and told; files are fetched, checked and shown."""

from __future__ import annotations

import hashlib

import pytest

from workbench.loaders.catalogue import sources

from ..loaders.server import give, serving

TOWNS = "code_insee;nom;population\n01001;L'Abergement;800\n01002;Ambérieux;s\n".encode()


@pytest.fixture
def url(monkeypatch, tmp_path):
    """Give the URL of a file of this machine, and a cache of the test."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    with serving() as server:
        yield server.on("/communes.csv", give(TOWNS))


@pytest.fixture
def towns(tmp_path):
    """Give a file."""
    path = tmp_path / "communes.csv"
    path.write_bytes(TOWNS)
    return path


def test_all_are_listed(workbench):
    listed = workbench("data", "list", "--json").json
    assert [each["id"] for each in listed] == [each.id for each in sources()]


def test_a_theme_is_listed_in_french(workbench):
    lines = workbench("data", "list", "--theme", "environment", "--lang", "fr").out.splitlines()
    assert len(lines) == 1 + len(sources("environment"))
    assert "Qualité de l'eau potable" in lines[1]


def test_sources_are_found_by_words(workbench):
    assert "dvf_year" in workbench("data", "search", "prix", "immobilier").out
    none = workbench("data", "search", "xyzzy")
    assert (none.code, none.out) == (1, "")
    assert "no source tells of 'xyzzy'" in none.err


def test_a_source_is_told(workbench):
    told = workbench("data", "show", "weather_daily", "--lang", "fr").out
    assert "Météo-France" in told
    assert "RR\N{NO-BREAK SPACE}: précipitations (mm)" in told
    assert "numéro du département, par exemple 59" in told
    assert "reader gtfs" in " ".join(workbench("data", "show", "gtfs").out.split())


def test_a_url_is_fetched_and_copied(workbench, url, tmp_path):
    to = tmp_path / "here.csv"
    told = workbench("data", "fetch", url, "--allow", "127.0.0.1", "--to", to, "--json").json
    assert to.read_bytes() == TOWNS
    assert told["sha256"] == hashlib.sha256(TOWNS).hexdigest()
    again = workbench("data", "fetch", url, "--offline", "--allow", "127.0.0.1")
    assert (again.code, "communes.csv" in again.out) == (0, True)


def test_the_cache_is_told_and_trimmed(workbench, url):
    workbench("data", "fetch", url, "--allow", "127.0.0.1")
    told = workbench("data", "cache")
    assert url in told.out
    assert "cache: 0.0 MB of 20,000" in told.out
    trimmed = workbench("data", "cache", "--trim", "0", "--json").json
    assert (trimmed["files"], trimmed["bytes"], len(trimmed["gone"])) == ([], 0, 1)


def test_a_private_address_is_refused_unless_allowed(workbench, url):
    refused = workbench("data", "fetch", url)
    assert refused.code == 2
    assert "allow the host '127.0.0.1'" in refused.err


def test_a_file_is_shown_with_what_was_decided(workbench, towns):
    shown = workbench("data", "preview", towns)
    assert "01001" in shown.out
    assert "(suppressed)" in shown.out
    assert "separator" in shown.out
    rows = workbench("data", "preview", towns, "--rows", "1", "--json").json["rows"]
    assert [row["code_insee"] for row in rows] == ["01001"]


def test_a_wide_file_is_shown_downwards(workbench, towns):
    towns.write_bytes(b";".join(b"c%d" % n for n in range(12)) + b"\n" + b";".join([b"7"] * 12))
    lines = workbench("data", "preview", towns).out.splitlines()
    assert lines[0].split() == ["column", "row", "1"]
    assert lines[12].split() == ["c11", "7"]


def test_a_file_that_may_have_changed_is_asked_for(workbench, url):
    with serving() as server:
        url = server.on("/a.csv", give(TOWNS), give(TOWNS + b"01003;Apremont;9\n"))
        sizes = [
            workbench("data", "fetch", url, "--allow", "127.0.0.1", "--json", *more).json["bytes"]
            for more in ((), (), ("--fresh",))
        ]
    assert sizes == [len(TOWNS), len(TOWNS), len(TOWNS) + 17]


def test_a_file_is_checked(workbench, towns):
    good = workbench("data", "check", towns)
    assert good.code == 0
    assert good.out.splitlines() == [
        "2 rows, none set aside; 0 errors, 0 remarks",
        "Read so: encoding utf-8, separator ;, header 1",
    ]
    rows = b"".join(b"010%02d;Ville;7\n" % n for n in range(10, 90))
    towns.write_bytes(TOWNS + rows + b"01003;Apremont\n" * 3)
    bad = workbench("data", "check", towns, "--limit", "2")
    assert bad.code == 1
    assert "85 rows, 3 set aside; 3 errors, 0 remarks (1 more: --limit, or --json)" in bad.out
    told = workbench("data", "check", towns, "--json").json
    assert [each["row"] for each in told["problems"]] == [84, 85, 86]
    assert told["set_aside_lines"] == [84, 85, 86]


def test_a_file_is_checked_against_a_schema_and_told_on_pages(workbench, towns, tmp_path):
    schema, page, letter = (tmp_path / name for name in ("s.json", "page.html", "letter.html"))
    schema.write_text('{"title": "Towns", "fields": [{"name": "code_insee"}, {"name": "nom"}]}')
    words = ("data", "check", towns, "--schema", schema, "--html", page, "--letter", letter)
    ended = workbench(*words)
    assert ended.code == 0
    assert "this column is not in the schema" in ended.out
    assert "Compared with the schema “Towns”" in page.read_text("utf-8")
    assert '<html lang="fr">' in letter.read_text("utf-8")
    assert "aucune mise de côté" in workbench(*words, "--lang", "fr").out


def test_strict_refuses_a_file_and_says_why(workbench, towns, tmp_path):
    towns.write_bytes(TOWNS + TOWNS.splitlines(keepends=True)[1])
    kept = tmp_path / "kept.csv"
    assert workbench("data", "check", towns).code == 0
    ended = workbench("data", "check", towns, "--strict", "--kept", kept)
    assert ended.code == 1
    assert "file refused (0 errors, 1 remark): --strict allows none" in " ".join(ended.err.split())
    assert not kept.exists()


def test_rows_are_kept_in_a_file_and_set_aside_in_another(workbench, towns, tmp_path):
    kept, aside = tmp_path / "kept.csv", tmp_path / "aside.csv"
    towns.write_bytes(TOWNS + b"99999;=1+1;3\nTotal;;5\n")
    ended = workbench("data", "check", towns, "--kept", kept, "--set-aside", aside)
    assert ended.code == 1
    assert ended.out.splitlines()[-3:] == [
        f"2 rows kept in {kept}",
        f"2 rows set aside in {aside} (1 row of totals among them)",
        "1 cell began as a formula of a spreadsheet: it now begins with an apostrophe.",
    ]
    assert kept.read_bytes() == TOWNS.replace(b"\n", b"\r\n")
    assert aside.read_text("utf-8").splitlines()[1].endswith("99999;'=1+1;3")
    told = workbench("data", "check", towns, "--kept", kept, "--json").json
    assert told["written"] == {"kept": 2, "aside": 2, "formulas": 0}
    again = workbench("data", "check", towns, "--set-aside", towns)
    assert (again.code, "give another name" in again.err) == (2, True)
    assert towns.read_bytes().endswith(b"Total;;5\n")


@pytest.mark.parametrize(
    ("content", "words", "decision", "told"),
    [
        ("nom;n\nÉ;1\n".encode("cp1252"), ("--encoding", "cp1252"), "encoding", "cp1252 (given)"),
        (b"a|b,c\n1|2,3\n", ("--separator", ","), "separator", "',' (given)"),
        (b"a\tb;c\n1\t2;3\n", ("--separator", "tab"), "separator", "'\\t' (given)"),
        (b"a;n\nx;1,234\n", ("--decimal", ","), "decimal", "',' (given)"),
        (b"a;n\nx;1.234\n", ("--thousands", "."), "thousands", "'.' (given)"),
        (b"a;j\nx;03/04/2024\n", ("--dates", "mdy"), "date order", "mdy (given)"),
        (b"title\n\na;b\n1;2\n", ("--header-line", "3"), "header", "3 (given)"),
        (b"1;2\n3;4\n", ("--header-line", "0"), "header", "0 (given)"),
        (b"a;n\nx;12\n", ("--role", "n=code"), "role of n", "code (given)"),
        (b"a;n\nx;12\ny;-\n", ("--marker", "-=zero"), "marker '-'", "zero (in n"),
    ],
)
def test_what_is_decided_can_be_said_otherwise(workbench, towns, content, words, decision, told):
    towns.write_bytes(content)
    for command in ("preview", "check"):
        found = workbench("data", command, towns, "--json", *words).json["decisions"]
        assert found[decision].startswith(told), command


def test_a_preview_tells_in_french_how_a_file_was_read(workbench, towns):
    towns.write_bytes(TOWNS.replace(b"800", b"800 hab."))
    told = workbench("data", "preview", towns, "--lang", "fr").out
    assert "Lu ainsi" in told
    assert "marque décimale" not in told
    for words in ("encodage", "ligne d’en-tête", "nombre", "hab."):
        assert words in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "dfv"), "nearest: "),
        (("list", "--theme", "water"), "No theme is named 'water'"),
        (("list", "--lang", "xx"), "'xx' is not spoken here"),
        (("fetch", "dvf_year"), "needs year"),
        (("fetch", "dvf_year", "-s", "year"), "write NAME=VALUE"),
        (("fetch", "file:///etc/passwd"), "only http"),
        (("preview", "nowhere.csv"), "There is no file"),
        (("check", "gtfs"), "no address of its own"),
        (("check", "nowhere.csv", "--schema", "scdl/subvention"), "nearest: scdl/subventions"),
        (("check", "nowhere.csv"), "There is no file"),
        (("check", "nowhere.csv", "--lang", "xx"), "'xx' is not spoken here"),
    ],
)
def test_a_wrong_question_is_told(workbench, words, told):
    ended = workbench("data", *words)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
