"""What data say of themselves: a cube names its pack, a table its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

import pandas as pd
import xarray as xr

from workbench.core.errors import UnknownName, WorkbenchError
from workbench.core.i18n import LANGUAGES, catalogue, language, translate
from workbench.indicators.registry import catalogue_of
from workbench.packs.pack import Pack, open_pack
from workbench.publishing.about import Origin, slug, texts

__all__ = ["Data", "figures_of", "language_of", "origins_of", "said_of"]

Data: TypeAlias = xr.Dataset | pd.DataFrame
_FEW = 3  # indicators that a title names


def figures_of(cube: xr.Dataset) -> tuple[str, ...]:
    """Name the variables of a cube that are figures: neither a status nor a term of a ratio.

    Examples
    --------
    >>> figures_of(xr.Dataset({"homes": 1, "homes_status": 0}))
    ('homes',)
    """
    names = [str(name) for name in cube.data_vars]
    ends = ("_status", "_numerator", "_denominator")
    return tuple(
        name
        for name in names
        if not any(name.endswith(end) and name.removesuffix(end) in names for end in ends)
    )


def origins_of(data: Data) -> tuple[Origin, ...]:
    """Return the sources that data name, as the pack tells them where it knows them."""
    attrs = data.attrs
    known = _pack(attrs)
    found: dict[tuple[str, str], Origin] = {}
    seen: set[str] = set()
    # Variables first: which licence goes with which source is told better there.
    variables = [data[name].attrs for name in data] if isinstance(data, xr.Dataset) else []
    for named in (*variables, attrs):
        told = [(title, licence) for title, licence in _named(named) if title not in seen]
        seen.update(title for title, _ in told)
        for title, licence in told:
            origin = _of_pack(known, title) or Origin(
                texts(title),
                licence,
                producer=str(attrs.get("producer", "")),
                url=str(attrs.get("url", "")),
                sha256=str(attrs.get("sha256", "")),
            )
            found.setdefault((origin.title["en"], origin.licence), origin)
    return tuple(found.values())


def said_of(data: Data) -> dict[str, Any]:
    """Return the keys of an `About` that data answer by themselves."""
    attrs = data.attrs
    said: dict[str, Any] = {}
    periods = _periods(data)
    if periods:
        said["periods"] = tuple(sorted({periods[0], periods[-1]}))
    if columns := attrs.get("columns"):
        said["columns"] = dict(columns)
    if title := str(attrs.get("title", "")):
        said["title"] = title
    if about := str(attrs.get("comment", "")):
        said["description"] = about
    if day := _date(attrs, periods):
        said["date"] = day
    pack = _pack(attrs)
    if pack is not None and isinstance(data, xr.Dataset) and "level" in attrs:
        said |= _of_cube(pack, data, periods)
    return said


def language_of(data: Data) -> str:
    """Return the language of the pack that data are of; empty where they name none."""
    pack = _pack(data.attrs)
    return pack.spec.default_language if pack else ""


def _of_cube(pack: Pack, cube: xr.Dataset, periods: list[int]) -> dict[str, Any]:
    """Name a cube of indicators by what it tells, of which territories, and when."""
    names = figures_of(cube)
    labels = [_labels(pack, name, cube) for name in names]
    level = pack.level(str(cube.attrs["level"]))
    ends = (periods[0], periods[-1]) if periods else (pack.vintage,)
    years = "-".join(str(year) for year in dict.fromkeys(ends))
    title, description = {}, {}
    for lang in sorted(LANGUAGES):
        told = [_within(each[lang]) if at else each[lang] for at, each in enumerate(labels)]
        shown = told[:_FEW]
        if len(told) > _FEW:
            shown.append(translate("publishing.more_figures", lang, count=len(told) - _FEW))
        many = level.names.get(lang, level.names[pack.spec.default_language])["many"]
        where = texts(pack.spec.title)[lang]
        title[lang] = translate(
            "publishing.title",
            lang,
            figures=language(lang).join(shown),
            level=many,
            where=where,
            years=years.replace("-", "–"),
        )
        description[lang] = translate(
            "publishing.description",
            lang,
            figures=language(lang).join(told),
            level=many,
            where=where,
            vintage=str(pack.vintage),
        )
    return {
        "columns": _columns(pack, cube),
        "title": title,
        "description": description,
        "identifier": slug("-".join((pack.name, level.id, *names[:_FEW], years))),
        "keywords": [label for each in labels for label in dict.fromkeys(each.values())],
    }


def _within(label: str) -> str:
    """Write a label within a sentence: its first letter is small, but for an acronym."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _columns(pack: Pack, cube: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Name the columns of a cube in every language: the cube itself speaks one."""
    said: dict[str, dict[str, Any]] = {}
    for name in figures_of(cube):
        said[name] = {"title": _labels(pack, name, cube)}
        with suppress(UnknownName):
            said[name]["description"] = texts(catalogue_of(pack).get(name).description)
    for name in map(str, cube.coords):
        if name in pack.spec.levels:
            nouns = texts(pack.level(name).label)
            title = {
                lang: translate("publishing.coord_parent", lang, level=noun)
                for lang, noun in nouns.items()
            }
        elif f"publishing.coord_{name}" in catalogue():
            title = {
                lang: translate(f"publishing.coord_{name}", lang) for lang in sorted(LANGUAGES)
            }
        else:
            continue
        said[name] = {"title": title}
    return said


def _labels(pack: Pack, name: str, cube: xr.Dataset) -> Mapping[str, str]:
    with suppress(UnknownName):
        return texts(catalogue_of(pack).get(name).label)
    return texts(str(cube[name].attrs.get("long_name", name)))


def _pack(attrs: Mapping[Any, Any]) -> Pack | None:
    """Open the pack that data say they are of; none where it is not on this machine."""
    if not (name := str(attrs.get("pack", ""))):
        return None
    with suppress(WorkbenchError, ValueError):
        vintage = attrs.get("vintage")
        return open_pack(name, vintage=None if vintage is None else int(vintage))
    return None


def _of_pack(pack: Pack | None, title: str) -> Origin | None:
    for source in pack.spec.sources.values() if pack else ():
        if title in source.title.values():
            return Origin(
                title=texts(source.title),
                licence=source.licence,
                producer=source.producer,
                url=source.url,
                reference=texts(source.reference),
            )
    return None


def _named(attrs: Mapping[Any, Any]) -> Iterable[tuple[str, str]]:
    """Pair the sources and the licences that attributes name; one licence may go for all."""
    titles = [each for each in str(attrs.get("source", "")).split("; ") if each]
    licences = [each for each in str(attrs.get("licence", "")).split("; ") if each]
    if titles and len(licences) == 1:
        licences *= len(titles)
    # Several licences for other numbers of sources: which is whose is told by no one. Each source
    # then carries all, so that none is lost.
    if len(licences) != len(titles):
        return [(title, licence) for title in titles for licence in licences]
    return list(zip(titles, licences, strict=True))


def _periods(data: Data) -> list[int]:
    if "period" not in data:
        return []
    found = pd.Series(data["period"].to_numpy()).dropna().unique()
    with suppress(ValueError, TypeError):
        return sorted(int(each) for each in found)
    return []


def _date(attrs: Mapping[Any, Any], periods: list[int]) -> str:
    """Date data by what they say: their day, the day they were fetched, their map, their period."""
    if day := str(attrs.get("date", "") or attrs.get("fetched", "")):
        return day[:10]
    with suppress(ValueError, TypeError, KeyError):
        return f"{int(attrs['vintage']):04}-01-01"
    return f"{periods[-1]:04}-12-31" if periods else ""
