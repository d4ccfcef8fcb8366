"""Small notebooks that stand for templates in tests of running."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

from workbench.packs.pack import Pack
from workbench.reports.plan import Plan, make_plan
from workbench.reports.templates import Template

PARAMETERS = {
    "territory": {"type": "text", "required": True},
    "lang": {"type": "choice", "choices": ["fr", "en"], "default": "fr"},
}


def notebook(*sources: str, **workbench: Any) -> NotebookNode:
    """Make a notebook of code cells whose first one holds the parameters."""
    first = v4.new_code_cell('territory = "?"\nlang = "?"', metadata={"tags": ["parameters"]})
    made = v4.new_notebook(cells=[first, *map(v4.new_code_cell, sources)])
    for number, cell in enumerate(made.cells):
        cell.id = f"cell-{number}"
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "P", "language": "python"}
    made.metadata["workbench"] = {
        "title": {"fr": "Essai {of}", "en": "Trial {of}"},
        "parameters": PARAMETERS,
        **workbench,
    }
    return made


def template(folder: Path, *sources: str, **workbench: Any) -> Template:
    """Write a template into a folder."""
    path = folder / "trial.ipynb"
    nbformat.write(notebook(*sources, **workbench), path)
    return Template(path)


def plan_of(
    made: Template,
    pack: Pack,
    folder: Path,
    *codes: str,
    languages: tuple[str, ...] = ("fr",),
    given: Mapping[str, Any] | None = None,
) -> Plan:
    """Plan one report a département."""
    territories = [pack.territory(code, "departement") for code in codes]
    return make_plan(
        made, pack, territories=territories, folder=folder, languages=languages, given=given
    )
