"""The page that presents a publication: what it is, its files, its figures, its sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment

from workbench.core.errors import UnknownName
from workbench.core.i18n import LANGUAGES, format_number, translate, unit_name
from workbench.core.i18n.days import spell_day
from workbench.figures.figure import without_paint
from workbench.packs.licences import licence
from workbench.publishing.chart import chart
from workbench.publishing.columns import Column, Table
from workbench.publishing.csv_file import Formula, cells_of
from workbench.publishing.files import File, Publication
from workbench.reports.assets import content_policy
from workbench.reports.rendering import html_environment, style_with

__all__ = ["page_names", "render", "render_pages", "said_size"]

_ROWS: Final = 8  # shown of the data
_UNITS: Final = ("byte", "kilobyte", "megabyte", "gigabyte")
_MACHINES: Final = (
    ("datapackage.json", "Data Package 2.0"),
    ("dcat.ttl", "DCAT-AP 3.0.1 (Turtle)"),
    ("dcat.jsonld", "DCAT-AP 3.0.1 (JSON-LD)"),
    ("", "CSVW"),
    ("ro-crate-metadata.json", "RO-Crate 1.1"),
    ("croissant.json", "Croissant 1.0"),
    ("disclosure.json", ""),
)


@dataclass(frozen=True, slots=True)
class _Download:
    """Hold what the page says of a file of data."""

    file: File
    use: str
    size: str


def page_names(first: str = "") -> Mapping[str, str]:
    """Return the name of the page of each language; ``index.html`` is that of the first.

    Examples
    --------
    >>> page_names("en")
    {'en': 'index.html', 'fr': 'index.fr.html'}
    """
    first = first or next(iter(LANGUAGES))
    others = [lang for lang in LANGUAGES if lang != first]
    return {first: "index.html", **{lang: f"index.{lang}.html" for lang in others}}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = html_environment("publication", "page")
    made.globals["translate"] = translate
    return made


def render(
    template: str, lang: str, names: Mapping[str, str], *, script: str = "", **values: Any
) -> str:
    """Write a page of publications, or of their catalogue, in one language.

    Parameters
    ----------
    template : str
    lang : str
    names : mapping of str to str
        Page of each language.
    script : str
        The only one that the page may run.
    **values
        What the template needs beside; escaped.
    """
    style = style_with("publication/publication.css")
    return (
        _environment()
        .get_template(template)
        .render(
            lang=lang,
            said=_speaker(lang),
            style=style,
            script=script,
            policy=content_policy(styles=[style], scripts=[script] if script else []),
            pages=[(code, name) for code, name in names.items() if code != lang],
            **values,
        )
    )


def _speaker(lang: str) -> Callable[..., str]:
    """Return what says the messages of publications."""

    def said(message: str, **values: Any) -> str:
        return translate(f"publishing.{message}", lang, **values)

    return said


def said_size(count: int, lang: str) -> str:
    """Write a number of bytes in the unit that suits it.

    Examples
    --------
    >>> said_size(4619, "en"), said_size(999, "fr")
    ('4.6 kB', '999 octets')
    """
    value, place = float(count), 0
    while value >= 999.5 and place + 1 < len(_UNITS):
        value, place = value / 1000, place + 1
    shown = format_number(value, 1 if place and value < 10 else 0, lang)
    return translate(f"publishing.{_UNITS[place]}", lang, value=shown)


def render_pages(
    publication: Publication,
    flagged: Sequence[Formula],
    *,
    first: str = "",
    can_be_made: bool = True,
) -> dict[str, str]:
    """Write the page in every language, by file name.

    Parameters
    ----------
    publication : Publication
    flagged : sequence of Formula
        Cells that a spreadsheet would run.
    first : str
        Language of ``index.html``.
    can_be_made : bool
        The notebook makes the files again with what is at hand.

    Returns
    -------
    dict of str to str
        HTML that needs no other file and runs no script; what the data hold is escaped.
    """
    names = page_names(first)
    again = "again_note" if can_be_made else "again_shown"
    return {name: _page(publication, flagged, lang, names, again) for lang, name in names.items()}


def _page(
    publication: Publication,
    flagged: Sequence[Formula],
    lang: str,
    names: Mapping[str, str],
    again: str,
) -> str:
    about, table = publication.about, publication.table
    said = _speaker(lang)

    def digits(count: int) -> str:
        return format_number(count, 0, lang)

    day = spell_day(date.fromisoformat(about.date), lang)
    producers = list(dict.fromkeys(each.producer for each in about.origins if each.producer))
    figure = chart(table, lang, source=", ".join(producers) or about.publisher.name)
    machines = [
        (name or f"{publication.csv.name}-metadata.json", label or said("disclosure"))
        for name, label in _MACHINES
    ]
    citation = said("citation", publisher=about.publisher.name, title=about.title[lang], date=day)
    return render(
        "page.html.j2",
        lang,
        names,
        digits=digits,
        about=about,
        title=about.title[lang],
        day=day,
        table=table,
        columns=[_column(each, lang) for each in table.columns],
        key=[table.column(name).title[lang] for name in table.key],
        rows=_rows(table, lang),
        files=[_download(each, lang) for each in publication.data],
        marks=[said(f"mark_{reason}") for reason in table.absences()],
        figure=without_paint(figure.html(table=figure.table_html())) if figure else "",
        sentences=publication.sentences[lang],
        origins=[(each, licence(each.licence)) for each in about.origins],
        notes=_notes(publication, flagged, lang),
        machines=machines,
        citation=citation,
        again=said(again),
    )


def _download(file: File, lang: str) -> _Download:
    use = translate(f"publishing.use_{file.format}", lang)
    return _Download(file, use, said_size(file.bytes, lang))


def _column(column: Column, lang: str) -> dict[str, str]:
    unit = ""
    if column.unit:
        try:
            unit = unit_name(column.unit, lang) or unit_name(column.unit, lang, form="symbol")
        except UnknownName:
            unit = column.unit
    title = column.title[lang]
    if column.role == "status":
        title = translate("publishing.status_of", lang, name=column.name.removesuffix("_status"))
    return {
        "name": column.name,
        "title": "" if title == column.name else title,
        "description": column.description.get(lang, ""),
        "type": translate(f"publishing.type_{column.type}", lang),
        "unit": unit,
    }


def _rows(table: Table, lang: str) -> list[list[str]]:
    """Write the first rows as they are read: figures in the language, absences by their mark."""
    block = table.data.slice(0, _ROWS)
    written = []
    for column in table.columns:
        cells = cells_of(column, block, table.status_of)
        if column.type in ("integer", "number") and column.role == "figure":
            cells = [_figure(each, lang) for each in cells]
        written.append([_short(str(each)) for each in cells])
    return [list(row) for row in zip(*written, strict=True)]


def _figure(value: Any, lang: str) -> str:
    if isinstance(value, str):
        return value
    whole = float(value).is_integer()
    return format_number(float(value), 0 if whole else 2, lang)


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _notes(publication: Publication, flagged: Sequence[Formula], lang: str) -> list[str]:
    notes = [translate("publishing.kept_csv", lang)] if publication.table.key else []
    if publication.spreadsheet_safe:
        notes.append(translate("publishing.neutralised", lang))
    for each in flagged:
        cells = translate("publishing.formula_cells", lang, count=each.count)
        row = format_number(each.row, 0, lang)
        notes.append(
            translate("publishing.formula", lang, column=each.column, cells=cells, row=row)
        )
    return notes
