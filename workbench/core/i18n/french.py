"""French grammar: numbers, enumerations, articles and contractions before names of territories.

*du Nord, de l'Ain, des Landes, de La Réunion, de Lille, du Havre, d'Amiens*: the article that
goes with a name decides, and whether it is part of the name (`Territory.article_in_name`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import yaml

from workbench.core.types import Territory

__all__ = [
    "CODE",
    "DECIMAL",
    "GROUP",
    "TERRITORY",
    "a",
    "at",
    "counts",
    "elides",
    "gender",
    "in_phrase",
    "join",
    "largest",
    "noun_phrase",
    "of",
    "of_phrase",
    "ordinal",
    "plural",
    "than",
    "the",
    "this",
    "typeset",
]

CODE: Final = "fr"
GROUP: Final = "\N{NARROW NO-BREAK SPACE}"
DECIMAL: Final = ","
TERRITORY: Final = MappingProxyType(
    {"one": "territoire", "many": "territoires", "the": "le territoire", "this": "ce territoire"}
)

_NONE: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({})
_ARTICLES: Final = ("le ", "la ", "les ", "l'")
# Contractions that French imposes; every other article stays as it is after *de* and *à*.
_OF: Final = {"le ": "du ", "les ": "des "}
_AT: Final = {"le ": "au ", "les ": "aux "}

# Head nouns of labels, by gender; an elided article (l'âge, l'évolution) hides it.
# fmt: off
_MASCULINE: Final = frozenset({
    "âge", "écart", "effectif", "indice", "nombre", "poids", "rapport", "ratio", "revenu", "solde",
    "taux",
})
_FEMININE: Final = frozenset({
    "amplitude", "densité", "durée", "évolution", "inégalité", "médiane", "moyenne", "part",
    "population", "proportion", "superficie", "surface", "taille", "variation",
})
# fmt: on
# Suffixes of feminine nouns in French (Grevisse, *Le bon usage*, § 467).
_FEMININE_ENDINGS: Final = ("tion", "sion", "té", "ure", "ude", "ance", "ence", "ée")


def plural(number: Decimal, /) -> str:
    """Return ``"one"`` below 2, ``"other"`` from 2 on (*1,9 habitant*, *2 habitants*).

    References
    ----------
    Unicode CLDR, plural rules of French.

    Examples
    --------
    >>> plural(Decimal("0")), plural(Decimal("-1.9")), plural(Decimal("2.0"))
    ('one', 'one', 'other')
    """
    return "one" if abs(number) < 2 else "other"


def ordinal(number: int, /, *, gender: str = "m", group: str = "") -> str:
    """Write a rank.

    Examples
    --------
    >>> ordinal(1), ordinal(1, gender="f"), ordinal(12)
    ('1ᵉʳ', '1ʳᵉ', '12ᵉ')
    """
    suffix = ("ʳᵉ" if gender == "f" else "ᵉʳ") if number == 1 else "ᵉ"
    return f"{number:,}{suffix}".replace(",", group)


def gender(phrase: str, /) -> str:
    """Return the gender of a noun phrase that begins with its article.

    Examples
    --------
    >>> gender("la part des femmes"), gender("l'âge moyen"), gender("l'évolution annuelle")
    ('f', 'm', 'f')
    """
    lowered = phrase.lower()
    if lowered.startswith("l'"):
        head = lowered[2:].split(" ", 1)[0]
        feminine = head in _FEMININE or head.endswith(_FEMININE_ENDINGS)
        return "f" if feminine and head not in _MASCULINE else "m"
    return "f" if lowered.startswith(("la ", "une ", "cette ")) else "m"


def this(phrase: str, /) -> str:
    """Take a noun phrase up again by its head alone, after *ce*, *cet* or *cette*.

    Examples
    --------
    >>> this("la part des moins de 20 ans"), this("l'âge moyen des élus"), this("le nombre d'élus")
    ('cette part', 'cet âge', 'ce nombre')
    """
    article = next((mark for mark in _ARTICLES if phrase.lower().startswith(mark)), "")
    head = phrase[len(article) :].split(" ", 1)[0]
    if gender(phrase) == "f":
        return f"cette {head}"
    return f"cet {head}" if elides(head) else f"ce {head}"


def a(phrase: str, /) -> str:
    """Put *un* or *une* in the place of *ce*, *cet* or *cette*.

    Examples
    --------
    >>> a("cette commune"), a("cet arrondissement")
    ('une commune', 'un arrondissement')
    """
    return f"{'une' if gender(phrase) == 'f' else 'un'} {_bare(phrase)}"


def largest(phrase: str, /) -> str:
    """Put *la plus grande* or *le plus grand* in the place of *ce*, *cet* or *cette*.

    Examples
    --------
    >>> largest("cette commune"), largest("cet arrondissement")
    ('la plus grande commune', 'le plus grand arrondissement')
    """
    superlative = "la plus grande" if gender(phrase) == "f" else "le plus grand"
    return f"{superlative} {_bare(phrase)}"


def _bare(phrase: str) -> str:
    """Take *ce*, *cet* or *cette* off a phrase."""
    return re.sub(r"^(?:ce|cet|cette) ", "", phrase, flags=re.IGNORECASE)


def counts(phrase: str, /) -> bool:
    """Tell whether a noun phrase says what is counted (*le nombre de logements*)."""
    return phrase.lower().startswith("le nombre ")


def noun_phrase(label: str, /) -> str:
    r"""Put its article before a label whose head noun is known, else name the indicator.

    Examples
    --------
    >>> noun_phrase("Part des moins de 20 ans"), noun_phrase("Indice de vieillissement")
    ('la part des moins de 20 ans', "l'indice de vieillissement")
    >>> noun_phrase("Communes ouvertes le samedi")
    "l'indicateur «\xa0Communes ouvertes le samedi\xa0»"
    """
    lowered = label[:1].lower() + label[1:]
    head = lowered.split(" ", 1)[0]
    if head not in _MASCULINE | _FEMININE:
        return f"l'indicateur «\N{NO-BREAK SPACE}{label}\N{NO-BREAK SPACE}»"
    if elides(head):
        return f"l'{lowered}"
    return f"{'la' if head in _FEMININE else 'le'} {lowered}"


def join(items: Collection[str], /) -> str:
    """Enumerate, with *et* before the last.

    Examples
    --------
    >>> join(["a", "b", "c"])
    'a, b et c'
    """
    *most, last = items
    return f"{', '.join(most)} et {last}" if most else last


def typeset(text: str, /) -> str:
    r"""Put no-break spaces around double marks, and apostrophes in place of straight quotes.

    The space is narrow before ``; ! ? %``, full before ``:`` and within guillemets.

    References
    ----------
    Imprimerie nationale, *Lexique des règles typographiques*.

    Examples
    --------
    >>> typeset("C'est dit ? « 12 % » : oui")
    'C’est dit\u202f? «\xa012\u202f%\xa0»\xa0: oui'
    """
    text = re.sub(r"(?<=\w)'(?=\w)", "\N{RIGHT SINGLE QUOTATION MARK}", text)
    text = re.sub(r" (?=[;!?%])", "\N{NARROW NO-BREAK SPACE}", text)
    return re.sub(r" (?=[:»])|(?<=«) ", "\N{NO-BREAK SPACE}", text)


def elides(name: str, /) -> bool:
    """Tell whether *de* becomes *d'* before a name.

    It does before a vowel, before *y* followed by a consonant (*d'Yvetot*, but *de Yutz*) and
    before *h*, save for *haut* and the names recorded as aspirated in ``french_names.yml``.

    Examples
    --------
    >>> [name for name in ("Amiens", "Hyères", "Honfleur", "Yerres", "Yutz") if elides(name)]
    ['Amiens', 'Hyères', 'Yerres']
    """
    plain = unicodedata.normalize("NFD", name[:2]).encode("ascii", "ignore").decode().lower()
    first = name[:1].lower()
    if first == "h":
        word = re.split(r"[ -]", name.lower(), maxsplit=1)[0]
        adjective = word in ("haut", "haute", "hauts", "hautes")
        return not adjective and name not in _names()["aspirated"]
    if first in ("y", "ÿ"):
        return plain[1:2] not in tuple("aeiouy") or name in _names()["mute"]
    return plain[:1] in tuple("aeiou") or first in ("œ", "æ")


def the(territory: Territory, /, *, type_names: Mapping[str, Mapping[str, str]] = _NONE) -> str:
    """Name a territory with its article.

    Parameters
    ----------
    territory : Territory
    type_names : mapping
        Words of the pack that begin a name, spelt out: ``{"CC": {"fr": "communauté de
        communes", "article": "la"}}``.

    Examples
    --------
    >>> the(Territory("59", "departement", "Nord", 2026, article="le"))
    'le Nord'
    >>> names = {"CC": {"fr": "communauté de communes", "article": "la"}}
    >>> the(Territory("2", "epci", "CC Faucigny - Glières", 2026), type_names=names)
    'la communauté de communes Faucigny - Glières'
    """
    article, name = _parts(territory, type_names)
    return f"{article}{name}"


def of(territory: Territory, /, *, type_names: Mapping[str, Mapping[str, str]] = _NONE) -> str:
    """Name a territory after *de*, contracted.

    Examples
    --------
    >>> of(Territory("59", "departement", "Nord", 2026, article="le"))
    'du Nord'
    >>> of(Territory("76351", "commune", "Le Havre", 2026, article="le", article_in_name=True))
    'du Havre'
    """
    article, name = _parts(territory, type_names)
    return _contracted("de ", _OF, article=article, name=name)


def at(territory: Territory, /, *, type_names: Mapping[str, Mapping[str, str]] = _NONE) -> str:
    """Name a territory as a place: *à* before a town, *dans* or *en* before a larger one.

    *En* goes with *la*, which suits countries and most départements (*en France*, *en Lozère*).
    Usage has exceptions (*dans la Manche*) and names without an article that take *en* (*en
    Bretagne*): a pattern of the level (`Lexicon`) is always right, *dans le département de la
    Manche*.

    Examples
    --------
    >>> at(Territory("76351", "commune", "Le Havre", 2026, article="le", article_in_name=True))
    'au Havre'
    >>> at(Territory("01", "departement", "Ain", 2026, article="l'"))
    "dans l'Ain"
    """
    article, name = _parts(territory, type_names)
    if article and not territory.article_in_name:
        if territory.article == "la":
            return f"en {name}"
        return f"dans {article}{name}"
    return _contracted("à ", _AT, article=article, name=name)


def of_phrase(phrase: str, /) -> str:
    """Say *de* before a noun phrase (*du département*, *d'EPCI*).

    Examples
    --------
    >>> of_phrase("le département"), of_phrase("la région"), of_phrase("EPCI")
    ('du département', 'de la région', "d'EPCI")
    """
    article = next((mark for mark in _ARTICLES if phrase.lower().startswith(mark)), "")
    return _contracted("de ", _OF, article=article, name=phrase[len(article) :])


def in_phrase(phrase: str, /) -> str:
    """Say *dans* before a noun phrase."""
    return f"dans {phrase}"


def than(phrase: str, /) -> str:
    """Say *que* before anything (*qu'en France*, *que dans le Nord*)."""
    return f"qu'{phrase}" if elides(phrase) else f"que {phrase}"


def _parts(territory: Territory, type_names: Mapping[str, Mapping[str, str]], /) -> tuple[str, str]:
    """Split what is said into an article, its space included, and the rest."""
    word, _, rest = territory.name.partition(" ")
    spelt: Mapping[str, str] = type_names.get(word, {})
    if CODE in spelt:
        return _spaced(spelt.get("article", "")), f"{spelt[CODE]} {rest}".rstrip()
    article = _spaced(territory.article)
    if not territory.article_in_name:
        return article, territory.name
    written = territory.name[: len(article)]
    if article not in _ARTICLES or written.lower() != article:
        return "", territory.name
    return written, territory.name[len(article) :]


def _spaced(article: str) -> str:
    return article if not article or article.endswith("'") else f"{article} "


def _contracted(
    preposition: str, contractions: Mapping[str, str], /, *, article: str, name: str
) -> str:
    """Join a preposition, an article and a name."""
    if article.lower() in contractions:
        return f"{contractions[article.lower()]}{name}"
    if not article and preposition == "de " and elides(name):
        return f"d'{name}"
    return f"{preposition}{article}{name}"


@cache
def _names() -> Mapping[str, frozenset[str]]:
    """Read the names that the rule of elision does not cover."""
    text = resources.files(__package__).joinpath("french_names.yml").read_text("utf-8")
    return {key: frozenset(value.split(", ")) for key, value in yaml.safe_load(text).items()}
