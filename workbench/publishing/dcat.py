"""The publication as DCAT-AP, the profile that European portals harvest.

References
----------
DCAT-AP 3.0.1 (SEMIC); DCAT-AP HVD 3.0.0, for high-value data sets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from workbench.core.errors import MissingExtra, PublicationInvalid
from workbench.core.i18n import LANGUAGES
from workbench.packs.licences import Licence, licence
from workbench.publishing.about import HIGH_VALUE, About
from workbench.publishing.files import File, Publication

if TYPE_CHECKING:
    from rdflib import Graph

__all__ = ["catalogue_graph", "dataset_graph", "json_ld", "turtle"]

_EU: Final = "http://publications.europa.eu/resource/authority"
_LANGUAGES: Final = {"fr": "FRA", "en": "ENG"}  # EU authority table *language*, ISO 639-3
_FILE_TYPES: Final = {  # EU authority table *file-type*
    "csv": "CSV",
    "parquet": "PARQUET",
    "geoparquet": "PARQUET",
    "netcdf": "NETCDF",
    "zarr": "ZIP",
}
_HIGH_VALUE_ACT: Final = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
# Stands for an address that is not known while a description is read; never written.
_NOWHERE: Final = "http://nowhere.invalid/"
_CATEGORY: Final = "http://data.europa.eu/bna/"
_NAMES: Final[Mapping[str, str]] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


class _Writer:
    """Put triples in a graph; every node has an address, lest two writings of it differ."""

    def __init__(self) -> None:
        try:
            import rdflib
        except ImportError:
            raise MissingExtra(
                "DCAT-AP needs the package rdflib: install territorial-workbench[publish]."
            ) from None
        self.rdf = rdflib
        self.graph = rdflib.Graph(bind_namespaces="none")
        for prefix, address in _NAMES.items():
            self.graph.bind(prefix, address)

    def name(self, short: str) -> Any:
        prefix, _, local = short.partition(":")
        return self.rdf.URIRef(_NAMES[prefix] + local)

    def node(self, address: str, kind: str) -> Any:
        made = self.rdf.URIRef(address)
        self.graph.add((made, self.rdf.RDF.type, self.name(kind)))
        return made

    def add(self, subject: Any, predicate: str, value: Any) -> None:
        if value is not None and value != "":
            self.graph.add((subject, self.name(predicate), value))

    def link(self, subject: Any, predicate: str, address: str, kind: str = "") -> None:
        if address:
            value = self.node(address, kind) if kind else self.rdf.URIRef(address)
            self.add(subject, predicate, value)

    def words(self, subject: Any, predicate: str, said: Mapping[str, str]) -> None:
        for lang, text in sorted(said.items()):
            self.add(subject, predicate, self.rdf.Literal(text, lang=lang))

    def plain(self, subject: Any, predicate: str, text: str, kind: str = "") -> None:
        if text:
            datatype = self.name(f"xsd:{kind}") if kind else None
            self.add(subject, predicate, self.rdf.Literal(text, datatype=datatype))

    def publisher(self, subject: Any, address: str, name: str) -> Any:
        """Say who publishes something; return the organisation."""
        agent = self.node(address, "foaf:Agent")
        self.plain(agent, "foaf:name", name)
        self.add(subject, "dct:publisher", agent)
        return agent

    def take(self, path: Path, base: str) -> list[Any]:
        """Add the graph of a file; return its data sets. Relative addresses are those of `base`."""
        read = self.rdf.Graph()
        try:
            read.parse(data=path.read_text("utf-8"), format="turtle", publicID=base)
        except (OSError, ValueError, SyntaxError, self.rdf.exceptions.Error) as error:
            raise PublicationInvalid(
                f"{path} is no description of a data set ({type(error).__name__}). Publish again."
            ) from error
        for triple in read:
            self.graph.add(tuple(self._near(term) for term in triple))
        found = read.subjects(self.rdf.RDF.type, self.name("dcat:Dataset"))
        datasets = sorted(self._near(each) for each in found)
        if not datasets:
            raise PublicationInvalid(f"{path} tells no data set. Publish again.")
        return datasets

    def _near(self, term: Any) -> Any:
        """Write an address of the site as relative when the site has none."""
        if isinstance(term, self.rdf.URIRef) and term.startswith(_NOWHERE):
            return self.rdf.URIRef(term.removeprefix(_NOWHERE))
        return term

    def concept(self, subject: Any, predicate: str, address: str, label: str, kind: str) -> None:
        """Link to a term of a controlled vocabulary, and say what it is: readers may be offline."""
        node = self.node(address, kind)
        self.link(node, "skos:inScheme", address.rpartition("/")[0])
        self.add(node, "skos:prefLabel", self.rdf.Literal(label, lang="en"))
        self.add(subject, predicate, node)


def dataset_graph(publication: Publication) -> Graph:
    """Return a graph that describes the data set and its distributions.

    Raises
    ------
    MissingExtra
    """
    writer = _Writer()
    _dataset(writer, publication.about, publication.data)
    return writer.graph


def catalogue_graph(
    entries: Iterable[tuple[str, Path]],
    *,
    base: str,
    title: Mapping[str, str],
    description: Mapping[str, str],
    publisher: str,
) -> Graph:
    """Return a graph that describes a catalogue and the data sets in it.

    Parameters
    ----------
    entries : iterable of (str, Path)
        Address of the folder of each publication from the catalogue; its ``dcat.ttl``.
    base : str
        Address of the catalogue, with its last slash; relative when empty.
    title, description : mapping of str to str
    publisher : str

    Raises
    ------
    MissingExtra
    PublicationInvalid
        A description is missing, is no Turtle, or tells no data set.
    """
    writer = _Writer()
    node = writer.node(f"{base}#catalogue", "dcat:Catalog")
    writer.words(node, "dct:title", title)
    writer.words(node, "dct:description", description)
    writer.publisher(node, f"{base}#publisher", publisher)
    writer.link(node, "foaf:homepage", f"{base}index.html", "foaf:Document")
    _languages(writer, node)
    for href, path in entries:
        for dataset in writer.take(path, f"{base or _NOWHERE}{href}"):
            writer.add(node, "dcat:dataset", dataset)
    return writer.graph


def _dataset(writer: _Writer, about: About, files: Iterable[File]) -> None:
    node = writer.node(f"{about.url}#dataset", "dcat:Dataset")
    writer.words(node, "dct:title", about.title)
    writer.words(node, "dct:description", about.description)
    writer.plain(node, "dct:identifier", about.identifier)
    writer.plain(node, "dct:issued", about.date, "date")
    writer.plain(node, "dct:modified", about.date, "date")
    writer.plain(node, "dcat:version", about.date)
    for word in about.keywords:
        writer.plain(node, "dcat:keyword", word)
    agent = writer.publisher(node, f"{about.url}#publisher", about.publisher.name)
    writer.link(agent, "foaf:homepage", about.publisher.url, "foaf:Document")
    # Who to write to is the organisation that publishes; no person is named.
    contact = writer.node(f"{about.url}#contact", "vcard:Organization")
    writer.node(f"{about.url}#contact", "vcard:Kind")
    writer.plain(contact, "vcard:fn", about.publisher.name)
    writer.link(contact, "vcard:hasURL", about.publisher.url, "rdfs:Resource")
    writer.add(node, "dcat:contactPoint", contact)
    theme = f"{_EU}/data-theme/{about.theme}"
    writer.concept(node, "dcat:theme", theme, about.theme, "skos:Concept")
    writer.link(node, "dcat:landingPage", f"{about.url}index.html", "foaf:Document")
    _languages(writer, node)
    writer.link(node, "dct:spatial", about.place, "dct:Location")
    if about.periods:
        period = writer.node(f"{about.url}#period", "dct:PeriodOfTime")
        writer.plain(period, "dcat:startDate", f"{about.periods[0]:04}-01-01", "date")
        writer.plain(period, "dcat:endDate", f"{about.periods[-1]:04}-12-31", "date")
        writer.add(node, "dct:temporal", period)
    for place, origin in enumerate(about.origins, 1):
        # An entity, and no dcat:Dataset: what its own publisher says of it is not ours to say.
        source = writer.node(f"{about.url}#source-{place}", "prov:Entity")
        writer.words(source, "dct:title", origin.title)
        writer.words(source, "dct:description", origin.reference or origin.title)
        writer.link(source, "foaf:page", origin.url, "foaf:Document")
        if origin.producer:
            writer.publisher(source, f"{about.url}#producer-{place}", origin.producer)
        _licence(writer, source, licence(origin.licence))
        writer.add(node, "prov:wasDerivedFrom", source)
    _high_value(writer, node, about, categories=True)
    for file in files:
        writer.add(node, "dcat:distribution", _distribution(writer, about, file))


def _distribution(writer: _Writer, about: About, file: File) -> Any:
    address = about.address(file.name)
    node = writer.node(f"{about.url}#{file.format}", "dcat:Distribution")
    writer.words(node, "dct:title", file.title)
    writer.words(node, "dct:description", about.title)
    writer.link(node, "dcat:accessURL", address, "rdfs:Resource")
    writer.link(node, "dcat:downloadURL", address)
    kind = f"{_EU}/file-type/{_FILE_TYPES[file.format]}"
    writer.concept(node, "dct:format", kind, _FILE_TYPES[file.format], "dct:MediaTypeOrExtent")
    media = f"http://www.iana.org/assignments/media-types/{file.media}"
    writer.link(node, "dcat:mediaType", media, "dct:MediaType")
    writer.plain(node, "dcat:byteSize", str(file.bytes), "nonNegativeInteger")
    writer.plain(node, "dct:issued", about.date, "date")
    writer.plain(node, "dct:modified", about.date, "date")
    _licence(writer, node, about.licence)
    available = f"{_EU}/planned-availability/STABLE"
    writer.concept(node, "dcatap:availability", available, "stable", "skos:Concept")
    _languages(writer, node)
    checksum = writer.node(f"{about.url}#{file.format}-checksum", "spdx:Checksum")
    writer.link(
        checksum,
        "spdx:algorithm",
        _NAMES["spdx"] + "checksumAlgorithm_sha256",
        "spdx:ChecksumAlgorithm",
    )
    writer.plain(checksum, "spdx:checksumValue", file.sha256, "hexBinary")
    writer.add(node, "spdx:checksum", checksum)
    _high_value(writer, node, about)
    return node


def _licence(writer: _Writer, subject: Any, found: Licence) -> None:
    node = writer.node(found.url, "dct:LicenseDocument")
    writer.plain(node, "dct:title", found.name)
    writer.add(subject, "dct:license", node)


def _high_value(writer: _Writer, node: Any, about: About, *, categories: bool = False) -> None:
    if not about.high_value:
        return
    writer.link(node, "dcatap:applicableLegislation", _HIGH_VALUE_ACT, "eli:LegalResource")
    if categories:
        address = _CATEGORY + HIGH_VALUE[about.high_value]
        writer.concept(node, "dcatap:hvdCategory", address, about.high_value, "skos:Concept")


def _languages(writer: _Writer, node: Any) -> None:
    for lang in sorted(LANGUAGES):
        address = f"{_EU}/language/{_LANGUAGES[lang]}"
        writer.concept(node, "dct:language", address, lang, "dct:LinguisticSystem")


def turtle(graph: Graph) -> str:
    """Write a graph as Turtle, subjects and properties in a fixed order."""
    text: str = graph.serialize(format="longturtle", encoding=None)
    return text.rstrip("\n") + "\n"


def json_ld(graph: Graph) -> str:
    """Write a graph as JSON-LD, everything in a fixed order."""
    context = {**_NAMES}
    text: str = graph.serialize(format="json-ld", context=context, auto_compact=False)
    return json.dumps(_ordered(json.loads(text)), ensure_ascii=False, indent=2) + "\n"


def _ordered(value: Any) -> Any:
    """Sort what has no order in a graph: keys, and the values of a property."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return sorted(
            (_ordered(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True)
        )
    return value
