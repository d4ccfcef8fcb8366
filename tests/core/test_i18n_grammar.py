"""French articles and contractions before names, and their English counterparts."""

from __future__ import annotations

import pytest

from workbench.core.errors import DeclarationError
from workbench.core.i18n import Lexicon, language
from workbench.core.types import Territory

FRENCH = language("fr")
ENGLISH = language("en")

TYPES = {
    "CC": {"fr": "communauté de communes", "article": "la", "en": "community of communes"},
    "CA": {"fr": "communauté d'agglomération", "article": "la", "en": "agglomeration community"},
    "CU": {"fr": "communauté urbaine", "article": "la", "en": "urban community"},
    "Métropole": {"fr": "Métropole", "article": "la"},
}


def place(name: str, article: str = "", *, own: bool = False) -> Territory:
    """Make a territory; `own` when the article is part of the name."""
    return Territory("0", "any", name, 2026, article, own)


# name, article, whether it is part of the name: of, at
NAMES = [
    # départements and régions: the article goes with the name and is not part of it
    ("Nord", "le", False, "du Nord", "dans le Nord"),
    ("Ain", "l'", False, "de l'Ain", "dans l'Ain"),
    ("Landes", "les", False, "des Landes", "dans les Landes"),
    ("Yvelines", "les", False, "des Yvelines", "dans les Yvelines"),
    ("Lozère", "la", False, "de la Lozère", "en Lozère"),
    ("Guadeloupe", "la", False, "de la Guadeloupe", "en Guadeloupe"),
    ("Corse-du-Sud", "la", False, "de la Corse-du-Sud", "en Corse-du-Sud"),
    ("Hérault", "l'", False, "de l'Hérault", "dans l'Hérault"),
    ("Yonne", "l'", False, "de l'Yonne", "dans l'Yonne"),
    ("Ille-et-Vilaine", "l'", False, "de l'Ille-et-Vilaine", "dans l'Ille-et-Vilaine"),
    ("Hauts-de-France", "les", False, "des Hauts-de-France", "dans les Hauts-de-France"),
    ("Grand Est", "le", False, "du Grand Est", "dans le Grand Est"),
    ("France", "la", False, "de la France", "en France"),
    # no article
    ("Ille-et-Vilaine", "", False, "d'Ille-et-Vilaine", "à Ille-et-Vilaine"),
    ("Île-de-France", "", False, "d'Île-de-France", "à Île-de-France"),
    ("Occitanie", "", False, "d'Occitanie", "à Occitanie"),
    ("Bretagne", "", False, "de Bretagne", "à Bretagne"),
    ("Mayotte", "", False, "de Mayotte", "à Mayotte"),
    ("La Réunion", "", False, "de La Réunion", "à La Réunion"),
    ("Paris", "", False, "de Paris", "à Paris"),
    ("Lille", "", False, "de Lille", "à Lille"),
    ("Amiens", "", False, "d'Amiens", "à Amiens"),
    ("Évreux", "", False, "d'Évreux", "à Évreux"),
    ("Œuilly", "", False, "d'Œuilly", "à Œuilly"),
    # mute and aspirated h
    ("Hyères", "", False, "d'Hyères", "à Hyères"),
    ("Hénin-Beaumont", "", False, "d'Hénin-Beaumont", "à Hénin-Beaumont"),
    ("Hazebrouck", "", False, "d'Hazebrouck", "à Hazebrouck"),
    ("Honfleur", "", False, "de Honfleur", "à Honfleur"),
    ("Haguenau", "", False, "de Haguenau", "à Haguenau"),
    ("Hem", "", False, "de Hem", "à Hem"),
    ("Haute-Goulaine", "", False, "de Haute-Goulaine", "à Haute-Goulaine"),
    ("Hautmont", "", False, "d'Hautmont", "à Hautmont"),
    # y
    ("Yerres", "", False, "d'Yerres", "à Yerres"),
    ("Yvetot", "", False, "d'Yvetot", "à Yvetot"),
    ("Yssingeaux", "", False, "d'Yssingeaux", "à Yssingeaux"),
    ("Yutz", "", False, "de Yutz", "à Yutz"),
    ("Y", "", False, "d'Y", "à Y"),
    # communes whose article is part of the name
    ("Le Havre", "le", True, "du Havre", "au Havre"),
    ("Le Mans", "le", True, "du Mans", "au Mans"),
    ("La Rochelle", "la", True, "de La Rochelle", "à La Rochelle"),
    ("Les Abymes", "les", True, "des Abymes", "aux Abymes"),
    ("L'Haÿ-les-Roses", "l'", True, "de L'Haÿ-les-Roses", "à L'Haÿ-les-Roses"),
    ("L'Isle-d'Abeau", "l'", True, "de L'Isle-d'Abeau", "à L'Isle-d'Abeau"),
    # an article that the name does not begin with is left alone
    ("Los Masos", "les", True, "de Los Masos", "à Los Masos"),
    ("Bordeaux Métropole", "", False, "de Bordeaux Métropole", "à Bordeaux Métropole"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "article", "own", "of", "at"), NAMES)
def test_french_names_take_their_article(
    name: str, article: str, own: bool, of: str, at: str
) -> None:
    territory = place(name, article, own=own)
    assert FRENCH.of(territory, type_names=TYPES) == of
    assert FRENCH.at(territory, type_names=TYPES) == at


@pytest.mark.parametrize(
    ("expected", "name", "article", "own"),
    [
        ("le Nord", "Nord", "le", False),
        ("l'Ain", "Ain", "l'", False),
        ("les Landes", "Landes", "les", False),
        ("Le Havre", "Le Havre", "le", True),
        ("L'Haÿ-les-Roses", "L'Haÿ-les-Roses", "l'", True),
        ("Lille", "Lille", "", False),
    ],
)
def test_the_article_is_said_once(expected: str, name: str, article: str, own: bool) -> None:
    assert FRENCH.the(place(name, article, own=own)) == expected


@pytest.mark.parametrize(
    ("spelt", "name"),
    [
        ("la communauté de communes Faucigny - Glières", "CC Faucigny - Glières"),
        ("la communauté d'agglomération du Pays de Gex", "CA du Pays de Gex"),
        ("la communauté urbaine d'Arras", "CU d'Arras"),
        ("la Métropole Européenne de Lille", "Métropole Européenne de Lille"),
    ],
)
def test_abbreviations_of_the_pack_are_spelt_out(spelt: str, name: str) -> None:
    territory = place(name)
    assert FRENCH.the(territory, type_names=TYPES) == spelt
    assert FRENCH.of(territory, type_names=TYPES) == f"de {spelt}"
    assert FRENCH.at(territory, type_names=TYPES) == f"dans {spelt}"


@pytest.mark.parametrize(
    ("name", "the", "of", "at"),
    [
        ("Lille", "Lille", "of Lille", "in Lille"),
        ("Le Havre", "Le Havre", "of Le Havre", "in Le Havre"),
        (
            "CC Faucigny - Glières",
            "the community of communes Faucigny - Glières",
            "of the community of communes Faucigny - Glières",
            "in the community of communes Faucigny - Glières",
        ),
        ("Métropole du Grand Paris", *(f"{x}Métropole du Grand Paris" for x in ("", "of ", "in "))),
    ],
)
def test_english_names_stay_as_they_are(name: str, the: str, of: str, at: str) -> None:
    territory = place(name, "le", own=True)
    assert ENGLISH.the(territory, type_names=TYPES) == the
    assert ENGLISH.of(territory, type_names=TYPES) == of
    assert ENGLISH.at(territory, type_names=TYPES) == at


@pytest.mark.parametrize(
    ("expected", "phrase"),
    [
        ("du département", "le département"),
        ("des Landes", "les Landes"),
        ("de l'EPCI", "l'EPCI"),
        ("de la région", "la région"),
        ("d'EPCI", "EPCI"),
        ("de communes", "communes"),
    ],
)
def test_de_contracts_before_noun_phrases(expected: str, phrase: str) -> None:
    assert FRENCH.of_phrase(phrase) == expected


@pytest.mark.parametrize(
    ("expected", "phrase"),
    [
        ("qu'en France", "en France"),
        ("qu'à Lille", "à Lille"),
        ("que dans le Nord", "dans le Nord"),
    ],
)
def test_que_elides(expected: str, phrase: str) -> None:
    assert FRENCH.than(phrase) == expected


@pytest.mark.parametrize(
    ("phrase", "gender", "this"),
    [
        ("la part des moins de 20 ans", "f", "cette part"),
        ("le nombre moyen de personnes", "m", "ce nombre"),
        ("l'âge moyen des élus", "m", "cet âge"),
        ("l'indice de vieillissement", "m", "cet indice"),
        ("l'évolution annuelle", "f", "cette évolution"),
        ("l'accessibilité des mairies", "f", "cette accessibilité"),
        ("l'indicateur «\u00a0Mairies\u00a0»", "m", "cet indicateur"),
    ],
)
def test_french_phrases_have_a_gender(phrase: str, gender: str, this: str) -> None:
    assert (FRENCH.gender(phrase), FRENCH.this(phrase)) == (gender, this)


@pytest.mark.parametrize(
    ("lang", "expected", "label"),
    [
        ("fr", "la densité de population", "Densité de population"),
        ("fr", "l'âge moyen des élus", "Âge moyen des élus"),
        ("fr", "l'indicateur «\u00a0Mairies\u00a0»", "Mairies"),
        ("en", "the share of women", "Share of women"),
        ("en", "the IRIS count", "IRIS count"),
    ],
)
def test_labels_become_noun_phrases(lang: str, expected: str, label: str) -> None:
    assert language(lang).noun_phrase(label) == expected


def test_ranks_agree_with_their_noun() -> None:
    assert FRENCH.ordinal(1) == "1ᵉʳ"
    assert FRENCH.ordinal(1, gender="f") == "1ʳᵉ"
    assert FRENCH.ordinal(34969, group="\u202f") == "34\u202f969ᵉ"
    assert [ENGLISH.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 111)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th"]
    )


def test_double_marks_have_a_no_break_space_in_french() -> None:
    written = "L'âge : « 12 % » ; oui ! non ?"
    expected = "L’âge\u00a0: «\u00a012\u202f%\u00a0»\u202f; oui\u202f! non\u202f?"
    assert FRENCH.typeset(written) == expected
    assert FRENCH.typeset(expected) == expected
    assert ENGLISH.typeset("don't: 12%") == "don’t: 12%"


def lexicon(lang: str) -> Lexicon:
    """Speak of régions, by a pattern where the language alone would be wrong."""
    names = {
        "region": {
            "fr": {
                "one": "région",
                "many": "régions",
                "the": "la région",
                "named": "la région {name}",
                "within": "dans la région {name}",
            },
            "en": {"one": "région", "the": "the région", "named": "the {name} région"},
        }
    }
    return Lexicon(lang, names)


def test_patterns_of_a_level_come_first() -> None:
    bretagne = Territory("53", "region", "Bretagne", 2026)
    french, english = lexicon("fr"), lexicon("en")
    assert french.within(bretagne) == "dans la région Bretagne"
    assert french.of(bretagne) == "de la région Bretagne"
    assert english.of(bretagne) == "of the Bretagne région"
    assert english.within(bretagne) == "in Bretagne"
    assert (french.within_noun("region"), french.of_noun("region")) == (
        "dans la région",
        "de la région",
    )


def test_a_noun_that_the_pack_lacks_is_an_error() -> None:
    with pytest.raises(DeclarationError, match=r"'region' has the forms .* needs 'many'"):
        lexicon("en").noun("region", "many")
    with pytest.raises(DeclarationError, match="'regoin' has no nouns in 'fr'; nearest: region"):
        lexicon("fr").noun("regoin")


def test_a_pattern_knows_four_names() -> None:
    odd = Lexicon("fr", {"any": {"fr": {"within": "dans {le}"}}})
    with pytest.raises(DeclarationError, match=r"\['le'\] is not among name, the, of and at"):
        odd.within(place("Nord", "le"))
