"""What a pack declares is checked before it is used: keys, names that lead nowhere, texts."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from workbench.core.errors import DeclarationError, LevelUnknown, PackInvalid, UnknownName
from workbench.packs.pack import open_pack
from workbench.packs.spec import read_spec

TEXTS = {"fr": "x", "en": "x"}
NOUNS = dict.fromkeys(("one", "many", "the", "this"), "x")


def level(name, role, parents=()):
    return {
        "id": name,
        "role": role,
        "code": "^[0-9]+$",
        "parents": [*parents],
        "names": {"fr": NOUNS, "en": NOUNS},
    }


def code(**changes):
    return {"id": "village", "level": "village", "one": TEXTS, "many": TEXTS, **changes}


def declared(**changes):
    """Declare the smallest pack that is whole, then change it."""
    source = {
        "title": TEXTS,
        "producer": "P",
        "licence": "CC0-1.0",
        "reference": TEXTS,
        "url": "https://a.example",
    }
    variable = {"unit": "person", "sources": ["s"], "caveats": ["c"], "long_name": TEXTS}
    return {
        "name": "tiny",
        "title": TEXTS,
        "languages": ["fr", "en"],
        "default_language": "fr",
        "country": "T",
        "vintage": 2026,
        "vintages": [2026],
        "base_level": "village",
        "levels": [level("village", "local", ["land"]), level("land", "country")],
        "map_levels": {"land": "village"},
        "sources": {"s": source},
        "caveats": {"c": TEXTS},
        "variables": {"people": variable},
        "frames": [
            {
                "id": "main",
                "label": TEXTS,
                "projection": {"kind": "local", "longitude": 0.0, "latitude": 0.0},
            }
        ],
        "secrecy": {},
        "peers": {"count": 5, "variables": []},
        **changes,
    }


@pytest.fixture
def read(tmp_path):
    """Write a declaration and read it back."""

    def write(**changes):
        path: Path = tmp_path / "pack.yml"
        path.write_text(yaml.safe_dump(declared(**changes), allow_unicode=True), "utf-8")
        return read_spec(path)

    return write


def test_a_whole_declaration_is_read(read):
    """As records; references are the parents unless said otherwise."""
    spec = read()
    assert spec.level("village").references == ("land",)
    assert spec.level("village").label == TEXTS
    assert spec.source("s").producer == "P"
    assert spec.variables["people"].single is False
    assert spec.constant == ()
    assert spec.codes == ()


def test_a_kind_of_code_has_the_pattern_of_its_level_unless_said_otherwise(read):
    """So that a pack says it once."""
    kinds = read(codes=[code(), code(id="other", pattern="^x$")]).codes
    assert [kind.pattern for kind in kinds] == ["^[0-9]+$", "^x$"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vintge": 2026}, r"unknown key 'vintge' \(nearest: vintage, vintages\)"),
        ({"vintage": "2026 "}, "pack.yml, vintage: '2026 ' is not of type 'integer'"),
        ({"levels": [{**level("a", "local"), "rôle": 1}]}, "unknown key 'rôle'"),
        ({"levels": [level("a", "locale")]}, "'locale' is not one of"),
        ({"levels": []}, "pack.yml, levels"),
        ({"codes": [{**code(), "lvel": "x"}]}, r"unknown key 'lvel' \(nearest: level"),
        ({"peers": {"count": 0, "variables": []}}, "pack.yml, peers, count: 0 is less than"),
        (
            {"variables": {"p": {"unit": "x", "sources": [], "caveats": []}}},
            "pack.yml, variables, p: 'long_name' is a required property",
        ),
    ],
)
def test_a_declaration_that_breaks_the_schema_is_refused(read, changes, said):
    """With the file, the place, and what was found."""
    with pytest.raises(DeclarationError, match=said):
        read(**changes)


def test_a_missing_key_is_named(tmp_path):
    """Nothing has a silent default."""
    whole = declared()
    del whole["country"]
    (tmp_path / "pack.yml").write_text(yaml.safe_dump(whole), "utf-8")
    with pytest.raises(DeclarationError, match="'country' is a required property"):
        read_spec(tmp_path / "pack.yml")


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        (
            {"levels": [level("village", "local", ["lnd"]), level("land", "country")]},
            PackInvalid,
            "levels, village, parents: level 'lnd' is not declared .nearest: land",
        ),
        (
            {"variables": {"p": {**declared()["variables"]["people"], "sources": ["ss"]}}},
            PackInvalid,
            r"variables, p, sources: source 'ss' is not declared \(nearest: s\)",
        ),
        (
            {"variables": {"p": {**declared()["variables"]["people"], "caveats": ["d"]}}},
            PackInvalid,
            "variables, p, caveats: caveat 'd' is not declared",
        ),
        ({"caveats": {"c": {"fr": "x"}}}, PackInvalid, "caveats, c: no text in en"),
        (
            {"codes": [code(level="vilage")]},
            PackInvalid,
            r"codes, village, level: level 'vilage' is not declared",
        ),
        (
            {"codes": [code(check="lunh")]},
            PackInvalid,
            r"codes, village, check: check 'lunh' is not declared \(nearest: luhn\)",
        ),
        (
            {"codes": [code(pattern="(")]},
            PackInvalid,
            r"codes, village, pattern: '\(' is no regular expression",
        ),
        ({"codes": [code(many={"fr": "x"})]}, PackInvalid, "codes, village, many: no text in en"),
    ],
)
def test_names_must_lead_somewhere_and_texts_exist_in_each_language(read, changes, error, said):
    """Before a report needs them."""
    with pytest.raises(error, match=said):
        read(**changes)


def test_unknown_level_and_source_name_the_nearest(read):
    """As every error does."""
    with pytest.raises(LevelUnknown, match=r"'vilage' is not in pack tiny \(nearest: village\)"):
        read().level("vilage")
    with pytest.raises(UnknownName, match="Source 'x' is not in pack tiny"):
        read().source("x")


# --- The France pack ----------------------------------------------------------------------------


def test_france_names_its_producers_and_licence():
    """They are printed in every report."""
    sources = open_pack("france").spec.sources.values()
    assert {source.producer for source in sources} == {
        "INSEE",
        "DGCL",
        "DILA",
        "IGN",
        "La Poste",
        "ministère de l'Intérieur",
    }
    assert {source.licence for source in sources} == {"Licence Ouverte 2.0"}
    assert all(source.url.startswith("https://") for source in sources)
    assert all(source.packages for source in sources)


def test_france_says_from_how_many_units_a_rate_is_shown():
    """Secrecy rules stand in the pack, with where they come from."""
    secrecy = open_pack("france").spec.secrecy
    assert secrecy["enterprises"]["minimum_frequency"] == 3
    assert secrecy["enterprises"]["dominance"] == 0.85
    assert secrecy["fiscal_households"]["minimum_frequency"] == 11
    assert secrecy["enterprises"]["imputed_as_observed"] is False
    assert all(rule["source"] for rule in secrecy.values())


def test_france_speaks_french_and_english_of_every_level_and_frame():
    """The nouns that sentences need."""
    spec = open_pack("france").spec
    for lang in spec.languages:
        assert all(set(NOUNS) <= set(level.names[lang]) for level in spec.levels.values())
        assert all(lang in frame.label for frame in spec.frames)
        assert all(lang in names for names in spec.type_names.values())
    assert {frame.region for frame in spec.frames} == {"", "01", "02", "03", "04", "06"}


def test_france_keeps_codes_as_text_through_yaml():
    """`01` and `976` are quoted nowhere by chance: YAML would make them 1 and 976."""
    spec = open_pack("france").spec
    assert [rule["code"] for rule in spec.constant] == ["976"]
    assert all(isinstance(frame.id, str) for frame in spec.frames)
