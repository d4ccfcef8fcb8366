"""The feed of a catalogue: one entry a publication, the latest first.

References
----------
RFC 4287, The Atom Syndication Format.
"""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Final

from workbench.publishing.catalogue.collect import Entry

__all__ = ["atom"]

_ATOM: Final = "http://www.w3.org/2005/Atom"
_XML: Final = "http://www.w3.org/XML/1998/namespace"


def atom(
    entries: Sequence[Entry],
    *,
    lang: str,
    title: str,
    publisher: str,
    url: str,
    name: str,
    page: str,
) -> str:
    """Write the feed.

    Parameters
    ----------
    entries : sequence of Entry
    lang : str
    title, publisher : str
    url : str
        Address of the catalogue, with its last slash; addresses are relative when empty.
    name, page : str
        Names of the file of the feed, and of the page of the catalogue in that language.
    """
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed", {f"{{{_XML}}}lang": lang})

    def add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
        made = ET.SubElement(parent, f"{{{_ATOM}}}{tag}", attributes)
        made.text = _printable(text) or None
        return made

    add(root, "title", title)
    add(root, "id", url + page if url else _urn(f"catalogue {title}"))
    add(root, "updated", f"{max((each.date for each in entries), default='1970-01-01')}T00:00:00Z")
    add(root, "link", rel="self", type="application/atom+xml", href=url + name)
    add(root, "link", rel="alternate", type="text/html", href=url + page)
    add(add(root, "author"), "name", publisher)
    for each in entries:
        item = add(root, "entry")
        add(item, "title", each.title[lang])
        # The address of a folder may change with the site: its identifier does not.
        add(item, "id", _urn(each.identifier))
        add(item, "updated", f"{each.date}T00:00:00Z")
        add(item, "link", rel="alternate", type="text/html", href=f"{url}{each.href}index.html")
        add(item, "summary", each.description[lang])
        add(add(item, "author"), "name", each.publisher)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"territorial-workbench {name}").urn


def _printable(text: str) -> str:
    """Leave out the control characters that XML cannot hold."""
    return "".join(each for each in text if each in "\t\n\r" or ord(each) >= 32)
