"""The CSV as CSV on the Web: what each column is, its type and its absences.

References
----------
W3C, Metadata Vocabulary for Tabular Data, 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.core.i18n import LANGUAGES
from workbench.publishing.columns import MARKS, Column
from workbench.publishing.files import Publication

__all__ = ["csvw"]

_TYPES = {"datetime": "dateTime", "geometry": "string"}


def csvw(publication: Publication) -> dict[str, Any]:
    """Return the metadata that stand beside the CSV, ``<name>.csv-metadata.json``."""
    about, table = publication.about, publication.table
    absent = [MARKS[reason] for reason in table.absences() or ("missing",)]
    schema: dict[str, Any] = {"columns": [_column(each, absent) for each in table.columns]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": publication.csv.name,
        "dc:title": _words(about.title),
        "dc:description": _words(about.description),
        "dc:publisher": {"schema:name": about.publisher.name},
        "dc:license": {"@id": about.licence.url},
        "dc:issued": {"@value": about.date, "@type": "xsd:date"},
        "dialect": {
            "delimiter": ",",
            "encoding": "utf-8",
            "header": True,
            "lineTerminators": ["\n"],
        },
        "tableSchema": schema,
    }


def _words(said: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@value": said[lang], "@language": lang} for lang in sorted(LANGUAGES)]


def _column(column: Column, absent: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": column.name,
        "titles": column.name,
        "datatype": _TYPES.get(column.type, column.type),
        "dc:title": _words(column.title),
    }
    if column.description:
        made["dc:description"] = {"@value": column.description["en"], "@language": "en"}
    if column.role == "figure" or not column.whole:
        made["null"] = absent
    if column.choices:
        made["datatype"] = {"base": "string", "format": "|".join(column.choices)}
    if column.role == "key":
        made["required"] = True
    return made
