"""The notebook that makes a publication: where the data come from, their release, their writing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import xarray as xr

from workbench.publishing.files import Publication
from workbench.publishing.origins import Data, figures_of

__all__ = ["Recipe", "notebook"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Say, as lines of Python, how a publication is made.

    Parameters
    ----------
    obtain : tuple of str
        Lines that set ``data``.
    release : tuple of str
        Lines that set ``released``.
    options : mapping of str to object
        What `publish` is given by name.
    """

    obtain: tuple[str, ...]
    release: tuple[str, ...] = (
        "from workbench.disclosure import release_open",
        "",
        "released = release_open(data)",
    )
    options: Mapping[str, Any] = ()  # type: ignore[assignment]

    @classmethod
    def of(
        cls,
        data: Data,
        about: Mapping[str, Any],
        formats: Sequence[str],
        licence: str,
        *,
        spreadsheet_safe: bool,
    ) -> Self:
        """Tell how data are had again: a cube of indicators from its pack, else the CSV itself."""
        options: dict[str, Any] = {"formats": list(formats)}
        if about:
            options["about"] = dict(about)
        if licence:
            options["licence"] = licence
        if spreadsheet_safe:
            options["spreadsheet_safe"] = True
        return cls(_obtained(data), options=options)


def _obtained(data: Data) -> tuple[str, ...]:
    attrs = data.attrs
    if isinstance(data, xr.Dataset) and attrs.get("pack") and attrs.get("level"):
        periods = [int(each) for each in data["period"].to_numpy()]
        return (
            "data = wb.cube(",
            f"    {list(figures_of(data))!r},",
            f"    level={str(attrs['level'])!r},",
            f"    periods={periods!r},",
            f"    pack={str(attrs['pack'])!r},",
            f"    vintage={int(attrs['vintage'])},",
            ")",
        )
    return (
        "# Give here the table or the cube that was published.",
        "data = ...",
    )


def notebook(publication: Publication, recipe: Recipe) -> str:
    """Write the notebook, without outputs.

    Parameters
    ----------
    publication : Publication
    recipe : Recipe

    Returns
    -------
    str
        JSON of nbformat 4.5; the identifiers of cells are their places.
    """
    about = publication.about
    csv = publication.csv
    options = [f"    {name}={value!r}," for name, value in dict(recipe.options).items()]
    cells = [
        ("markdown", [f"# {about.title['en']}", "", about.description["en"]]),
        ("markdown", ["## The data"]),
        ("code", ["import workbench as wb", "", *recipe.obtain]),
        ("markdown", ["## Disclosure control", "", *publication.sentences["en"]]),
        ("code", [*recipe.release]),
        ("markdown", ["## The files"]),
        (
            "code",
            [
                "done = wb.publish(",
                "    released,",
                f"    {'made/' + about.identifier!r},",
                *options,
                ")",
            ],
        ),
        (
            "markdown",
            [f"The same data give the same bytes: the SHA-256 of the CSV is `{csv.sha256}`."],
        ),
        ("code", [f"assert done.data[0].sha256 == {csv.sha256!r}"]),
    ]
    made = {
        "cells": [_cell(place, kind, lines) for place, (kind, lines) in enumerate(cells, 1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def _cell(place: int, kind: str, lines: Sequence[str]) -> dict[str, Any]:
    source = [*(f"{line}\n" for line in lines[:-1]), lines[-1]]
    made: dict[str, Any] = {
        "cell_type": kind,
        "id": f"cell-{place}",
        "metadata": {},
        "source": source,
    }
    return made | {"execution_count": None, "outputs": []} if kind == "code" else made
