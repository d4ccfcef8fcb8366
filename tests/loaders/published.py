"""Serve the sample of each source of the catalogue where its source says that it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import urlsplit

from workbench.loaders import catalogue as catalogues
from workbench.loaders.catalogue import Catalogue, Source, sources

from .sample_files import as_json
from .samples import SAMPLES, Sample
from .server import give
from .test_gbfs import feed

SOURCES = {each.id: each for each in sources()}


@dataclass(frozen=True)
class Asked:
    """Hold what a user would ask for: a name or a URL, parameters, and the source of a URL."""

    what: str
    values: dict[str, str] = field(default_factory=dict)
    source: str = ""


class Published:
    """Move the sources of the catalogue to a server of this machine, and put their samples there.

    Parameters
    ----------
    server
        See `server.serving`.
    monkeypatch
        Puts the moved catalogue in the place of the package's own.
    """

    def __init__(self, server, monkeypatch) -> None:
        self._server = server
        self.sources = {name: self._moved(each) for name, each in SOURCES.items()}
        known = Catalogue(catalogues.catalogue().themes, MappingProxyType(self.sources))
        monkeypatch.setattr(catalogues, "_own", lambda: known)

    def _moved(self, source: Source) -> Source:
        here = self._server.url("")
        url = re.sub(r"^https://(?=\{)", f"{here}/", source.url)
        return replace(source, url=re.sub(r"^https://[^/{]+", here, url))

    def put(self, name: str, sample: Sample | None = None) -> Asked:
        """Put the sample of a source, or another file as one, where it is asked for."""
        sample = sample or SAMPLES[name]
        each = self.sources[name]
        values = {key: one.example for key, one in each.parameters.items()} if each.url else {}
        path = urlsplit(each.address(values)).path if each.url else f"/{name}/{sample.name}"
        body = sample.body
        for feed_name, content in sample.beside.items():
            self._server.on(f"/{feed_name}.json", give(content))
        if sample.beside:
            feeds = [
                {"name": key, "url": self._server.url(f"/{key}.json")} for key in sample.beside
            ]
            body = as_json(feed({"fr": {"feeds": feeds}}))
        headers = {}
        if name == "datagouv":
            headers["Content-Disposition"] = f'attachment; filename="{sample.name}"'
        url = self._server.on(path, give(body, status=sample.status, **headers))
        return Asked(name, values) if each.url else Asked(url, source=name)
