"""Write what the search of the gallery reads: one script, in columns, in the order of results."""

from __future__ import annotations

import json
from collections.abc import Iterable

from workbench.reports.gallery.entries import GalleryEntry, sort_key

__all__ = ["search_index"]


def search_index(entries: Iterable[GalleryEntry], *, lang: str) -> str:
    r"""Write the search index as a script, which a page may load from a disk as from a server.

    Parameters
    ----------
    entries : iterable of GalleryEntry
        In the order of their levels, widest first. Those that failed are left out: there is
        nothing to open.
    lang : str
        Of the gallery; part of the addresses of reports.

    Returns
    -------
    str
        One JavaScript statement. ``levels`` holds the label, identifier and number of rows of
        each level. ``names``, ``codes`` and ``postcodes`` hold a line a row; ``within`` the place
        of each row's parent in ``parents``. ``hrefs`` holds, by row, the addresses that are not
        ``<level>/<code>.<lang>.html``; ``others``, where there are some, the names in other
        languages.

    Notes
    -----
    Rows of a level go from the most populated to the least, then by name: results that match
    equally well are in the order of the rows, and the browser sorts nothing.

    Examples
    --------
    >>> nord = GalleryEntry(
    ...     "59", "Nord", "departement", "Département", href="departement/59.fr.html"
    ... )
    >>> print(search_index([nord], lang="fr"))
    globalThis.galleryIndex={"lang":"fr","levels":[["Département","departement",1]],"parents":[""],"within":[0],"names":"Nord","codes":"59","postcodes":"","hrefs":{}};
    """
    done = [entry for entry in entries if entry.status == "done"]
    levels = list(dict.fromkeys((entry.level_label, entry.level) for entry in done))
    place = {level: number for number, level in enumerate(levels)}
    rows = sorted(
        done,
        key=lambda entry: (
            place[entry.level_label, entry.level],
            -(entry.population or 0),
            sort_key(entry.name),
            entry.code,
        ),
    )
    counts = [0] * len(levels)
    for entry in rows:
        counts[place[entry.level_label, entry.level]] += 1
    parents = {name: number for number, name in enumerate(dict.fromkeys(e.within for e in rows))}
    index: dict[str, object] = {
        "lang": lang,
        "levels": [[*level, count] for level, count in zip(levels, counts, strict=True)],
        "parents": list(parents),
        "within": [parents[entry.within] for entry in rows],
        "names": _lines(entry.name for entry in rows),
        "codes": _lines(entry.code for entry in rows),
        "postcodes": _lines(" ".join(entry.postcodes) for entry in rows),
        "hrefs": {
            number: entry.href
            for number, entry in enumerate(rows)
            if entry.href != f"{entry.level}/{entry.code}.{lang}.html"
        },
    }
    if any(entry.others for entry in rows):
        index["others"] = _lines(" ".join(entry.others) for entry in rows)
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    # Should the index ever be put inside a page, no name may end the script element.
    return f"globalThis.galleryIndex={text.replace('<', chr(92) + 'u003c')};\n"


def _lines(texts: Iterable[str]) -> str:
    """Put each text on one line: the browser folds and cuts a whole column at once."""
    return "\n".join(text.replace("\n", " ") for text in texts)
