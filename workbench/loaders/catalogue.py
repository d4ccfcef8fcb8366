"""The catalogue of sources: read from YAML, checked once, looked up by name or by words."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from workbench.core.declarations import read_declaration
from workbench.core.errors import DeclarationError, nearest
from workbench.core.folding import fold
from workbench.core.i18n.languages import LANGUAGES
from workbench.loaders.errors import OptionUnknown, ParameterRefused, SourceUnknown
from workbench.loaders.paging import STYLES

__all__ = [
    "Catalogue",
    "Column",
    "Parameter",
    "Source",
    "catalogue",
    "load_catalogue",
    "search",
    "source",
    "sources",
]

_HERE = Path(__file__).parent
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Parameter:
    """Declare a part of a URL that the user gives.

    Parameters
    ----------
    pattern : str
        What a value must be, whole.
    example, default : str
    help : mapping of str to str
        What it is, by language.
    """

    pattern: str
    example: str
    help: Texts
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """Declare a column that matters: its label by language, its role, its unit, the kind of a code.

    A code of a known kind that has lost its first zero is seen.
    """

    label: Texts
    role: str = ""
    unit: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Declare where data come from and how they are read.

    Parameters
    ----------
    id, theme : str
    title : mapping of str to str
    producer, licence : mapping of str to str
        Named wherever the data are; most are the same in every language.
    reader : str
        A reader of :mod:`workbench.loaders.registry`; "" for what is only fetched.
    url : str
        Its file, with ``{parameters}``; "" when the user gives the address.
    page : str
        Where it is described.
    parameters : mapping of str to Parameter
    options : mapping of str to object
        What the reader takes by name.
    member : str
        Pattern of the names of the files to read in its archive.
    paging : str
        Style of its pages (:data:`workbench.loaders.paging.STYLES`), ``gbfs`` for feeds that are
        fetched together, "" for one file.
    sha256 : str
    days : float
        Days during which a fetched file is current.
    note : mapping of str to str
        What one must know to read it right.
    keywords : tuple of str
    columns : mapping of str to Column
    """

    id: str
    theme: str
    title: Texts
    producer: Texts
    licence: Texts
    reader: str
    url: str = ""
    page: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    member: str = "*"
    paging: str = ""
    sha256: str = ""
    days: float = 1.0
    note: Texts = field(default_factory=dict)
    keywords: tuple[str, ...] = ()
    columns: Mapping[str, Column] = field(default_factory=dict)

    def address(self, values: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return the URL with its parameters; a value is never read as a part of the URL.

        Raises
        ------
        OptionUnknown
            There is no such parameter.
        ParameterRefused
            One is missing, or is not of its form; or the source has no URL of its own.

        Examples
        --------
        >>> source("dvf_year").address({"year": "2024"})
        'https://files.data.gouv.fr/geo-dvf/latest/csv/2024/full.csv.gz'
        """
        if not self.url:
            where = f" Its files are found from {self.page}." if self.page else ""
            raise ParameterRefused(
                f"{self.id} has no address of its own: give the URL or the path of a file, with "
                f"this source's name.{where}"
            )
        for name in values:
            if name not in self.parameters:
                told = nearest(name, self.parameters) if self.parameters else "it takes none"
                raise OptionUnknown(f"{self.id} takes no parameter {name!r} ({told}).")
        return self.url.format_map({name: self._value(name, values) for name in self.parameters})

    def _value(self, name: str, values: Mapping[str, str]) -> str:
        parameter = self.parameters[name]
        value = values.get(name, parameter.default)
        if value is None:
            raise ParameterRefused(
                f"{self.id} needs {name} ({parameter.help['en']}), such as "
                f"{name}={parameter.example}."
            )
        if not re.fullmatch(parameter.pattern, value):
            raise ParameterRefused(
                f"{self.id} takes no {name} such as {value!r} ({parameter.help['en']}): expected "
                f"{parameter.pattern}, such as {parameter.example}."
            )
        return quote(value, safe="")


@dataclass(frozen=True)
class Catalogue:
    """Hold themes and sources, in the order of their files.

    Parameters
    ----------
    themes : mapping of str to mapping of str to str
        Label of each, by language.
    by_id : mapping of str to Source
    """

    themes: Mapping[str, Texts] = field(default_factory=dict)
    by_id: Mapping[str, Source] = field(default_factory=dict)

    def sources(self, theme: str | None = None) -> tuple[Source, ...]:
        """List the sources, those of one theme when it is named.

        Raises
        ------
        SourceUnknown
            No theme has this name.
        """
        if theme is not None and theme not in self.themes:
            raise SourceUnknown(f"No theme is named {theme!r} ({nearest(theme, self.themes)}).")
        return tuple(each for each in self.by_id.values() if theme in (None, each.theme))

    def get(self, name: str) -> Source:
        """Return one source.

        Raises
        ------
        SourceUnknown
            None has this name; the nearest are told.
        """
        if name not in self.by_id:
            raise SourceUnknown(
                f"No source is named {name!r} ({nearest(name, self.by_id)}). List them with "
                "`workbench data list`."
            )
        return self.by_id[name]

    def search(self, text: str) -> tuple[Source, ...]:
        """Return the sources of which all the words are told, the best first.

        Accents, case and plurals do not matter.
        """
        asked = [word.rstrip("sx") for word in _words(text)]
        found = []
        for place, each in enumerate(self.by_id.values()):
            title = " ".join((each.id.replace("_", " "), *each.title.values()))
            rest = " ".join(
                (*each.producer.values(), *each.keywords, *self.themes[each.theme].values())
            )
            columns = " ".join(
                (*each.columns, *(text for c in each.columns.values() for text in c.label.values()))
            )
            layers = [_words(layer) for layer in (title, rest, columns)]
            scores = [_score(word, layers) for word in asked]
            if asked and all(scores):
                found.append((-sum(scores), place, each))
        return tuple(each for _, _, each in sorted(found, key=lambda row: row[:2]))


def catalogue() -> Catalogue:
    """Return the package's own catalogue, read once."""
    return _own()


def sources(theme: str | None = None) -> tuple[Source, ...]:
    """List the package's own sources; see :meth:`Catalogue.sources`."""
    return _own().sources(theme)


def source(name: str) -> Source:
    """Return one of the package's own sources; see :meth:`Catalogue.get`.

    Examples
    --------
    >>> source("dvf").producer["en"], source("scdl_grants").producer["en"]
    ('DGFiP, Etalab', 'Local authorities')
    """
    return _own().get(name)


def search(text: str) -> tuple[Source, ...]:
    """Look for sources by words; see :meth:`Catalogue.search`.

    Examples
    --------
    >>> [each.id for each in search("prix immobilier")]
    ['dvf', 'dvf_year']
    """
    return _own().search(text)


def load_catalogue(path: Path, *, onto: Catalogue | None = None) -> Catalogue:
    """Add the sources of a file, or of all the ``.yml`` files of a folder.

    Parameters
    ----------
    path : Path
    onto : Catalogue, optional
        What they are added to; the package's own by default.

    Returns
    -------
    Catalogue
        A new one: the old is left as it was.

    Raises
    ------
    DeclarationError
        A file breaks the schema or contradicts itself; the file, the source and the key are named.
    """
    result = _own() if onto is None else onto
    for each in sorted(path.glob("*.yml")) if path.is_dir() else [path]:
        result = _add(result, each)
    return result


@cache
def _own() -> Catalogue:
    return load_catalogue(_HERE / "sources", onto=Catalogue())


@cache
def _schema() -> Mapping[str, Any]:
    schema: Mapping[str, Any] = json.loads((_HERE / "catalogue.schema.json").read_text("utf-8"))
    return schema


def _add(known: Catalogue, path: Path) -> Catalogue:
    raw = read_declaration(path, _schema())
    theme, themes = raw["theme"], dict(known.themes)
    if "label" in theme:
        if theme["id"] in themes:
            told = f"{path.name}: theme {theme['id']!r} is declared already; give its id alone"
            raise DeclarationError(told)
        themes[theme["id"]] = theme["label"]
    elif theme["id"] not in themes:
        hint = nearest(theme["id"], themes)
        raise DeclarationError(f"{path.name}: theme {theme['id']!r} has no label; {hint}")
    found = dict(known.by_id)
    for name, body in raw["sources"].items():
        place = f"{path.name}, sources, {name}"
        if name in found:
            raise DeclarationError(f"{place}: declared already; choose another name")
        found[name] = _read(name, theme["id"], body, place)
    return Catalogue(MappingProxyType(themes), MappingProxyType(found))


def _read(name: str, theme: str, body: Mapping[str, Any], place: str) -> Source:
    made = Source(
        id=name,
        theme=theme,
        **{
            **body,
            "producer": _texts(body["producer"]),
            "licence": _texts(body["licence"]),
            "parameters": {
                key: Parameter(**row) for key, row in body.get("parameters", {}).items()
            },
            "columns": {key: Column(**row) for key, row in body.get("columns", {}).items()},
            "keywords": tuple(body.get("keywords", ())),
        },
    )
    _check(made, place)
    return made


def _texts(given: str | Texts) -> Texts:
    """Return a text in each language, of a name that has only one."""
    return dict.fromkeys(LANGUAGES, given) if isinstance(given, str) else given


def _check(made: Source, place: str) -> None:
    """Refuse what the schema cannot see: names that lead nowhere, examples that do not fit."""
    try:
        named = {name for _, name, _, _ in string.Formatter().parse(made.url) if name is not None}
    except ValueError as error:
        raise DeclarationError(f"{place}, url: {error}") from None
    if odd := named ^ set(made.parameters):
        told = f"{place}: {sorted(odd)[0]!r} is in one only of the URL and the parameters"
        raise DeclarationError(told)
    for key, parameter in made.parameters.items():
        try:
            fits = [
                re.fullmatch(parameter.pattern, value)
                for value in (parameter.example, parameter.default)
                if value is not None
            ]
        except re.error as error:
            raise DeclarationError(f"{place}, parameters, {key}, pattern: {error}") from None
        if not all(fits):
            told = f"{place}, parameters, {key}: the example or the default is not of the pattern"
            raise DeclarationError(told)
    # GBFS has no pages, but feeds that are fetched together.
    styles = (*STYLES, "gbfs")
    if made.paging and made.paging not in styles:
        hint = nearest(made.paging, styles)
        raise DeclarationError(f"{place}: no style of paging is named {made.paging!r} ({hint})")


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", fold(text)))


def _score(word: str, layers: list[tuple[str, ...]]) -> int:
    """Weigh where a word is found: in the title most, in a column least."""
    for weight, words in zip((4, 2, 1), layers, strict=True):
        if any(each.startswith(word) for each in words):
            return weight
    return 0
