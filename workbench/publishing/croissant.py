"""The publication as Croissant, which machine-learning libraries load.

References
----------
MLCommons, Croissant Format Specification 1.0.
"""

from __future__ import annotations

from typing import Any, Final

from workbench.core.i18n import LANGUAGES
from workbench.publishing.columns import Column
from workbench.publishing.files import File, Publication

__all__ = ["croissant"]

_SPECIFICATION: Final = "http://mlcommons.org/croissant/1.0"
_TYPES: Final = {
    "string": "sc:Text",
    "geometry": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
}
_TERMS: Final = [
    "citeAs",
    "column",
    "equivalentProperty",
    "extract",
    "field",
    "fileProperty",
    "fileObject",
    "fileSet",
    "format",
    "includes",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
    "subField",
    "transform",
]


def croissant(publication: Publication) -> dict[str, Any]:
    """Return the metadata, ``croissant.json``."""
    about, table = publication.about, publication.table
    records = {
        "@type": "cr:RecordSet",
        "@id": "records",
        "name": "records",
        "description": about.description["en"],
        "field": [_field(each, publication.csv) for each in table.columns],
    }
    if table.key:
        records["key"] = [{"@id": f"records/{name}"} for name in table.key]
    return {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": _SPECIFICATION,
        "name": about.identifier,
        "alternateName": about.title["en"],
        "description": about.description["en"],
        "url": about.url or "index.html",
        "license": about.licence.url,
        "creator": {
            "@type": "sc:Organization",
            "name": about.publisher.name,
            **({"url": about.publisher.url} if about.publisher.url else {}),
        },
        "publisher": {"@type": "sc:Organization", "name": about.publisher.name},
        "datePublished": about.date,
        "version": ".".join(str(int(part)) for part in about.date.split("-")),
        "inLanguage": sorted(LANGUAGES),
        "keywords": list(about.keywords),
        "citeAs": f"{about.publisher.name}, {about.title['en']}, {about.date}.",
        "distribution": [_object(each, publication) for each in publication.data],
        "recordSet": [records],
    }


def _context() -> dict[str, Any]:
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "dct": "http://purl.org/dc/terms/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        **{term: f"cr:{term}" for term in _TERMS},
    }


def _object(file: File, publication: Publication) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.name,
        "name": file.name,
        "description": file.title["en"],
        "contentUrl": publication.about.address(file.name),
        "contentSize": f"{file.bytes} B",
        "encodingFormat": file.media,
        "sha256": file.sha256,
    }


def _field(column: Column, csv: File) -> dict[str, Any]:
    described = column.description.get("en") or column.title["en"]
    unit = f" ({column.unit})" if column.unit else ""
    return {
        "@type": "cr:Field",
        "@id": f"records/{column.name}",
        "name": column.name,
        "description": f"{described}{unit}",
        "dataType": _TYPES[column.type],
        "source": {"fileObject": {"@id": csv.name}, "extract": {"column": column.name}},
    }
