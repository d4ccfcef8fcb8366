"""The notebook that makes a publication: where the data come from, their release, their writing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import xarray as xr

from workbench.publishing.files import Publication
from workbench.publishing.origins import Data, figures_of

__all__ = ["Recipe", "notebook"]


_OPEN: Final = (
    "from workbench.disclosure.released import release_open",
    "",
    "released = release_open(data)",
)
_BY_RULES: Final = (
    "from workbench.disclosure.released import release",
    "",
    "released = release(data, rules, dimensions=dimensions)",
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Say, as lines of Python, how the data of a publication are had again.

    Parameters
    ----------
    obtain : tuple of str
        Lines that set ``data``.
    complete : bool
        They need nothing that is not at hand; else the notebook only shows how it is done.
    """

    obtain: tuple[str, ...]
    complete: bool = True

    @classmethod
    def of(cls, data: Data) -> Self:
        """Tell how data are had again: a cube of indicators comes from its pack."""
        attrs = data.attrs
        if isinstance(data, xr.Dataset) and attrs.get("pack") and attrs.get("level"):
            periods = [int(each) for each in data["period"].to_numpy()]
            return cls(
                (
                    "data = wb.cube(",
                    f"    {list(figures_of(data))!r},",
                    f"    level={str(attrs['level'])!r},",
                    f"    periods={periods!r},",
                    f"    pack={str(attrs['pack'])!r},",
                    f"    vintage={int(attrs['vintage'])},",
                    ")",
                )
            )
        return cls(("# Put here the data that were published.", "data = ..."), complete=False)

    @classmethod
    def of_file(cls, name: str) -> Self:
        """Tell that data are those of a file."""
        read = "from workbench.publishing.reading import read_data"
        return cls((read, "", f"data = read_data({name!r})"))


def notebook(publication: Publication, recipe: Recipe, options: Mapping[str, Any]) -> str:
    """Write the notebook, without outputs.

    Parameters
    ----------
    publication : Publication
    recipe : Recipe
    options : mapping of str to object
        What `publish` was given by name.

    Returns
    -------
    str
        JSON of nbformat 4.5; the identifiers of cells are their places.
    """
    about = publication.about
    csv = publication.csv
    sensitive = bool(publication.report.get("sensitive"))
    release = [
        ("markdown", ["## Disclosure control", "", *publication.sentences["en"]]),
        ("code", _BY_RULES if sensitive else _OPEN),
    ]
    cells: list[tuple[str, Sequence[str]]] = [
        ("markdown", [f"# {about.title['en']}", "", about.description["en"]]),
        ("markdown", ["## The data"]),
        ("code", ["import workbench as wb", "", *recipe.obtain]),
        *release,
        ("markdown", ["## The files"]),
        (
            "code",
            [
                "done = wb.publish(",
                "    released,",
                f"    {'made/' + about.identifier!r},",
                *(f"    {name}={value!r}," for name, value in options.items()),
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
