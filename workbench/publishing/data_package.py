"""The publication as a Data Package, its table as a Table Schema.

References
----------
Data Package 2.0 and Table Schema 2.0, https://datapackage.org/standard/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.core.i18n import LANGUAGES, translate
from workbench.publishing.columns import MARKS, Column
from workbench.publishing.files import File, Publication

__all__ = ["data_package", "table_schema"]

_STANDARD = "https://datapackage.org/profiles/2.0"
# Not "parquet": readers that go by it open the file as a table, and measure no bytes of it.
_FORMATS = {"parquet": "Parquet", "geoparquet": "GeoParquet"}


def data_package(publication: Publication) -> dict[str, Any]:
    """Return the descriptor, ``datapackage.json``."""
    about = publication.about
    made: dict[str, Any] = {
        "$schema": f"{_STANDARD}/datapackage.json",
        "name": about.identifier,
        "title": about.title["en"],
        "description": about.description["en"],
        "created": f"{about.date}T00:00:00Z",
        "version": about.date,
        "keywords": list(about.keywords) or None,
        "homepage": about.url or None,
        "contributors": [
            {
                "title": about.publisher.name,
                "path": about.publisher.url or None,
                "roles": ["publisher"],
            }
        ],
        "licenses": [
            {"name": about.licence.id, "title": about.licence.name, "path": about.licence.url}
        ],
        "sources": [
            {
                "title": each.title["en"],
                "path": each.url or None,
                "version": each.reference.get("en") or None,
            }
            for each in about.origins
        ]
        or None,
        "resources": [_resource(each, publication) for each in publication.data],
        "translations": {
            lang: {"title": about.title[lang], "description": about.description[lang]}
            for lang in sorted(LANGUAGES)
        },
        "disclosure": publication.report,
    }
    said: dict[str, Any] = _said(made)
    return said


def _said(value: Any) -> Any:
    """Leave out what nothing is said of."""
    if isinstance(value, Mapping):
        return {key: _said(item) for key, item in value.items() if item is not None}
    return [_said(item) for item in value] if isinstance(value, list) else value


def _resource(file: File, publication: Publication) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": f"{publication.about.identifier}-{file.format}",
        "path": file.name,
        "title": file.title["en"],
        "format": _FORMATS.get(file.format, file.name.rpartition(".")[2]),
        "mediatype": file.media,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }
    if file.format == "csv":
        made |= {
            "$schema": f"{_STANDARD}/dataresource.json",
            "type": "table",
            "encoding": "utf-8",
            "dialect": {
                "$schema": f"{_STANDARD}/tabledialect.json",
                "delimiter": ",",
                "header": True,
            },
            "schema": table_schema(publication),
        }
        if publication.spreadsheet_safe:
            made["description"] = translate("publishing.neutralised", "en")
    return made


def table_schema(publication: Publication) -> dict[str, Any]:
    """Return the Table Schema of the CSV."""
    table = publication.table
    made: dict[str, Any] = {
        "$schema": f"{_STANDARD}/tableschema.json",
        "fields": [_field(each, table.key) for each in table.columns],
        "missingValues": [
            {"value": MARKS[reason], "label": reason} for reason in table.absences() or ("missing",)
        ],
    }
    if table.key:
        made["primaryKey"] = list(table.key)
    return made


def _field(column: Column, key: tuple[str, ...]) -> dict[str, Any]:
    kind = "string" if column.type == "geometry" else column.type
    made: dict[str, Any] = {"name": column.name, "type": kind, "title": column.title["en"]}
    if column.description:
        made["description"] = column.description["en"]
    if column.unit:
        made["unit"] = column.unit
    constraints: dict[str, Any] = {}
    if column.name in key or (column.whole and column.role == "status"):
        constraints["required"] = True
    if column.choices:
        constraints["enum"] = list(column.choices)
    if constraints:
        made["constraints"] = constraints
    return made
