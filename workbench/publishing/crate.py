"""The publication as an RO-Crate: its files, and the chain of what made them.

References
----------
RO-Crate 1.1, https://w3id.org/ro/crate/1.1; provenance of entities: ``CreateAction``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from workbench.core.i18n import LANGUAGES
from workbench.packs.licences import Licence, licence
from workbench.publishing.about import Origin
from workbench.publishing.files import File, Publication

__all__ = ["crate"]

_VERSION: Final = "https://w3id.org/ro/crate/1.1"
# Terms of schema.org that the context of 1.1 lacks.
_ADDED: Final = {name: f"https://schema.org/{name}" for name in ("creditText", "sha256")}
_SOFTWARE: Final = "#workbench"


def crate(publication: Publication, others: Sequence[File]) -> dict[str, Any]:
    """Return the metadata, ``ro-crate-metadata.json``.

    Parameters
    ----------
    publication : Publication
    others : sequence of File
        The files beside the data: metadata, pages, notebook.

    Returns
    -------
    dict
        Two actions: sources → released (disclosure control) → files of data (publication).
    """
    about = publication.about
    files = [*publication.data, *others]
    origins = [_origin(place, each) for place, each in enumerate(about.origins, 1)]
    licences = dict.fromkeys([about.licence, *(licence(each.licence) for each in about.origins)])
    publisher = about.publisher.url or "#publisher"
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": about.identifier,
        "name": about.title["en"],
        "alternateName": about.title["fr"] if "fr" in about.title else about.title["en"],
        "description": about.description["en"],
        "datePublished": about.date,
        "license": {"@id": about.licence.url},
        "publisher": {"@id": publisher},
        "author": {"@id": publisher},
        "inLanguage": sorted(LANGUAGES),
        "hasPart": [{"@id": each.name} for each in files],
        "mentions": [{"@id": "#release"}, {"@id": "#publish"}],
        "isBasedOn": _one([{"@id": each["@id"]} for each in origins]),
        "keywords": ", ".join(about.keywords) or None,
        "url": about.url or None,
        "temporalCoverage": "/".join(map(str, about.periods)) or None,
    }
    graph: list[dict[str, Any]] = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": _VERSION},
        },
        root,
        {
            "@id": publisher,
            "@type": "Organization",
            "name": about.publisher.name,
            "url": about.publisher.url or None,
        },
        *(_licence(each) for each in licences),
        *(_file(each, publication) for each in files),
        *origins,
        *_actions(publication, others, [each["@id"] for each in origins]),
        {
            "@id": _SOFTWARE,
            "@type": "SoftwareApplication",
            "name": "Territorial Workbench",
            "version": publication.version,
        },
    ]
    said = [{key: each[key] for key in each if each[key] is not None} for each in graph]
    return {"@context": [f"{_VERSION}/context", _ADDED], "@graph": said}


def _one(values: list[Any]) -> Any:
    """Write a single value as such: the specification asks not to put it in a list."""
    return None if not values else values[0] if len(values) == 1 else values


def _licence(found: Licence) -> dict[str, Any]:
    described = f"{found.name} ({found.id})"
    return {"@id": found.url, "@type": "CreativeWork", "name": found.name, "description": described}


def _file(file: File, publication: Publication) -> dict[str, Any]:
    return {
        "@id": file.name,
        "@type": "File",
        "name": file.title["en"],
        "description": f"{file.title['en']}: {publication.about.title['en']}",
        "encodingFormat": file.media,
        "contentSize": str(file.bytes),
        "sha256": file.sha256,
        "license": {"@id": publication.about.licence.url},
    }


def _origin(place: int, origin: Origin) -> dict[str, Any]:
    return {
        "@id": f"#source-{place}",
        "@type": "CreativeWork",
        "name": origin.title["en"],
        "description": (origin.reference or origin.title)["en"],
        "creditText": origin.producer or None,
        "url": origin.url or None,
        "license": {"@id": licence(origin.licence).url},
        "sha256": origin.sha256 or None,
    }


def _actions(
    publication: Publication, others: Sequence[File], origins: list[str]
) -> list[dict[str, Any]]:
    released = {
        "@id": "#released",
        "@type": "CreativeWork",
        "name": "Data that passed disclosure control",
        "description": " ".join(publication.sentences["en"]),
    }
    steps = (
        ("#release", "Disclosure control", origins, ["#released", "disclosure.json"]),
        (
            "#publish",
            "Writing of the files",
            ["#released"],
            [each.name for each in (*publication.data, *others) if each.name != "disclosure.json"],
        ),
    )
    return [
        released,
        *(
            {
                "@id": name,
                "@type": "CreateAction",
                "name": label,
                "description": label,
                "instrument": {"@id": _SOFTWARE},
                "object": _one([{"@id": each} for each in objects]),
                "result": _one([{"@id": each} for each in results]),
            }
            for name, label, objects, results in steps
        ),
    ]
