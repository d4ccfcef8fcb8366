"""What a publication says of itself: title, date, licence, publisher, sources.

What the data carry is taken from them; a publisher completes or corrects it in a YAML file whose
keys are those of ``about.schema.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from workbench.core.declarations import read_declaration, validate
from workbench.core.errors import PublicationInvalid, UnknownName, nearest
from workbench.core.folding import fold
from workbench.core.i18n import LANGUAGES
from workbench.packs.licences import Licence
from workbench.publishing.licences import chosen_licence

__all__ = [
    "HIGH_VALUE",
    "THEMES",
    "About",
    "Agent",
    "Origin",
    "checked_about",
    "folder_address",
    "make_about",
    "read_about",
    "slug",
    "texts",
]

Texts = Mapping[str, str]

THEMES: Final = frozenset(
    [
        "AGRI",
        "ECON",
        "EDUC",
        "ENER",
        "ENVI",
        "GOVE",
        "HEAL",
        "INTR",
        "JUST",
        "REGI",
        "SOCI",
        "TECH",
        "TRAN",
    ]
)
"""Themes of data; reference: EU Publications Office, authority table *data-theme*."""

HIGH_VALUE: Final[Mapping[str, str]] = {
    "geospatial": "c_ac64a52d",
    "environment": "c_dd313021",
    "meteorological": "c_164e0bf5",
    "statistics": "c_e1da4e07",
    "companies": "c_a9135398",
    "mobility": "c_b79e35eb",
}
"""Categories of high-value data sets, Commission Implementing Regulation (EU) 2023/138, annex."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Name an organisation; never a person."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Name a source that the data are made of.

    Parameters
    ----------
    title, reference : mapping of str to str
        What it is, and which edition, by language.
    producer, url, sha256 : str
    licence : str
        Identifier or usual name.
    """

    title: Texts
    licence: str
    producer: str = ""
    url: str = ""
    reference: Texts = field(default_factory=dict)
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """Hold what a publication says of itself.

    Parameters
    ----------
    identifier : str
        Lower-case words joined by hyphens: the name of its files.
    title, description : mapping of str to str
    date : str
        Day of the data (ISO 8601): the same data are published under the same day.
    licence : Licence
    publisher : Agent
    origins : tuple of Origin
    keywords : tuple of str
    theme, high_value : str
        One of `THEMES`; one of `HIGH_VALUE`, or nothing.
    url : str
        Address of the folder once it is on line; addresses are relative without.
    place : str
        Address that names the area covered.
    periods : tuple of int
        Years that the data are about, the first and the last; none when they are not told.
    """

    identifier: str
    title: Texts
    description: Texts
    date: str
    licence: Licence
    publisher: Agent
    origins: tuple[Origin, ...] = ()
    keywords: tuple[str, ...] = ()
    theme: str = "REGI"
    high_value: str = ""
    url: str = ""
    place: str = ""
    periods: tuple[int, ...] = ()

    def address(self, name: str) -> str:
        """Return where a file of the publication is, relative until it is on line."""
        return f"{self.url}{name}"


@cache
def _schema() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("about.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def read_about(path: Path) -> dict[str, Any]:
    """Read what a publisher says of a data set.

    Raises
    ------
    DeclarationError
        Naming the key that is unknown, lacking or of the wrong shape.
    """
    return read_declaration(path, _schema())


def checked_about(given: Mapping[str, Any]) -> dict[str, Any]:
    """Check what a publisher says, given as a mapping; as `read_about`."""
    validate(dict(given), _schema(), "about")
    return dict(given)


def texts(given: str | Mapping[str, str]) -> dict[str, str]:
    """Return a text in every language; one that is in none stands for all.

    Examples
    --------
    >>> texts("Population"), texts({"fr": "Logement"})["en"]
    ({'en': 'Population', 'fr': 'Population'}, 'Logement')
    """
    if isinstance(given, str):
        return dict.fromkeys(sorted(LANGUAGES), given)
    first = next(iter(given.values()), "")
    return {lang: given.get(lang) or given.get("en") or first for lang in sorted(LANGUAGES)}


def slug(text: str) -> str:
    """Make an identifier of a text.

    Examples
    --------
    >>> slug("Part des 65 ans ou plus, Île-de-France")
    'part-des-65-ans-ou-plus-ile-de-france'
    """
    words = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:80].strip("-")
    return words or "data"


def folder_address(url: str) -> str:
    """End the address of a folder by a slash, so that those of its files follow; none stays none.

    Examples
    --------
    >>> folder_address("https://data.example.org/ages"), folder_address("")
    ('https://data.example.org/ages/', '')
    """
    return url if not url or url.endswith("/") else f"{url}/"


def make_about(
    given: Mapping[str, Any], origins: tuple[Origin, ...], *, licence: str = ""
) -> About:
    """Put together what the data and their publisher say.

    Parameters
    ----------
    given : mapping
        Keys of the schema; ``title`` and ``date`` must be there, and ``periods`` may be.
    origins : tuple of Origin
        Sources that the data name; those of `given` replace them.
    licence : str
        Licence asked for; by default that of `given`, else the one that the sources call for.

    Raises
    ------
    PublicationInvalid
        No title, no publisher, no date, or one that the calendar lacks.
    LicenceRefused, UnknownName
    """
    if "sources" in given:
        origins = tuple(_origin(each) for each in given["sources"])
    for key, how in (("title", "--title"), ("date", "--date 2026-01-31")):
        if not given.get(key):
            raise PublicationInvalid(
                f"Nothing says the {key} of the data set. Give it with {how}, or as {key!r} in the "
                "file of --about."
            )
    title = texts(given["title"])
    chosen = chosen_licence((each.licence for each in origins), licence or given.get("licence", ""))
    return About(
        identifier=given.get("identifier") or slug(title["en"]),
        title=title,
        description=texts(given.get("description") or title),
        date=_day(str(given["date"])),
        licence=chosen,
        publisher=_agent(given.get("publisher", "")),
        origins=origins,
        keywords=tuple(dict.fromkeys(given.get("keywords", ()))),
        theme=_among(str(given.get("theme", "REGI")), THEMES, "theme"),
        high_value=_among(
            str(given.get("high_value", "")), {"", *HIGH_VALUE}, "high-value category"
        ),
        url=folder_address(str(given.get("url", ""))),
        place=str(given.get("place", "")),
        periods=tuple(given.get("periods", ())),
    )


def _origin(given: Mapping[str, Any]) -> Origin:
    return Origin(
        title=texts(given["title"]),
        licence=given["licence"],
        producer=given.get("producer", ""),
        url=given.get("url", ""),
        reference=texts(given["reference"]) if "reference" in given else {},
        sha256=given.get("sha256", ""),
    )


def _agent(said: str | Mapping[str, str]) -> Agent:
    if not said:
        raise PublicationInvalid(
            "Nothing says who publishes the data set: it is not who made its sources. Give it with "
            "--publisher, in WORKBENCH_PUBLISHER, or as 'publisher' in the file of --about."
        )
    if isinstance(said, str):
        return Agent(said)
    return Agent(said["name"], said.get("url", ""))


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise PublicationInvalid(
            f"{text!r} is no day of the calendar. Write it as 2026-01-31."
        ) from None


def _among(name: str, choices: frozenset[str] | set[str], what: str) -> str:
    if name not in choices:
        known = nearest(name, (each for each in choices if each))
        raise UnknownName(f"There is no {what} {name!r}; {known}.")
    return name
