"""Templates: notebooks with declared parameters, found by name or path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from workbench.core.declarations import validate
from workbench.core.errors import DeclarationError, TemplateNotFound, nearest
from workbench.reports.assets import templates_folder
from workbench.reports.parameters import Parameter, read_parameters

__all__ = ["Template", "find_template", "template_names"]

_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "title": {"type": "object", "additionalProperties": {"type": "string"}},
        "gallery": {"type": "object", "additionalProperties": {"type": "string"}},
        "description": {"type": "string"},
        "levels": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "parameters": {"type": "object"},
    },
}


@dataclass(frozen=True)
class Template:
    """Hold a parameterised notebook.

    Its metadata carry, under ``workbench``: ``title`` (by language, with ``{of}`` where the
    territory's name goes), ``gallery`` (title of the page that lists its reports), ``levels``
    (those it works for; all when absent) and ``parameters`` (see :mod:`.parameters`).
    """

    path: Path

    @property
    def name(self) -> str:
        """File name without its suffix, which also names the folder of its reports."""
        return self.path.stem

    @cached_property
    def notebook(self) -> NotebookNode:
        """The notebook, as written."""
        try:
            notebook: NotebookNode = nbformat.read(self.path, as_version=4)
        except ValueError as error:
            raise DeclarationError(
                f"{self.path} is no notebook (the text cannot be read as JSON): expected a file "
                "that JupyterLab opens."
            ) from error
        return notebook

    @cached_property
    def declared(self) -> Mapping[str, Any]:
        """What the notebook's metadata say of the template."""
        declared: Mapping[str, Any] = self.notebook.metadata.get("workbench", {})
        if "title" not in declared:
            raise DeclarationError(
                f"{self.path.name}: metadata hold no workbench.title; give one by language, "
                'such as {"fr": "Portrait {of}"}.'
            )
        validate(declared, _SCHEMA, self.path.name)
        return declared

    def title(self, lang: str, *, of: str, name: str) -> str:
        """Write the title of a page.

        Parameters
        ----------
        lang : str
        of : str
            The territory after *of*: ``"du Nord"``.
        name : str
            The territory's name.

        Raises
        ------
        DeclarationError
            When there is no title in this language, or it names something else in braces.
        """
        titles: Mapping[str, str] = self.declared["title"]
        if lang not in titles:
            raise DeclarationError(
                f"{self.path.name}: workbench.title has no text in {lang!r}; it has "
                f"{', '.join(titles)}."
            )
        try:
            return titles[lang].format(of=of, name=name)
        except (AttributeError, IndexError, KeyError, ValueError) as error:
            raise DeclarationError(
                f"{self.path.name}: title {titles[lang]!r} cannot be filled; it may hold "
                "{of} and {name} only."
            ) from error

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """The declared parameters."""
        return read_parameters(self.notebook.metadata, self.path.name)


def template_names() -> tuple[str, ...]:
    """List the names of the package's templates."""
    return tuple(sorted(path.stem for path in templates_folder().glob("*.ipynb")))


def find_template(name: str) -> Template:
    """Find a template by its name, or by the path of a notebook.

    Raises
    ------
    TemplateNotFound
        When there is none; the nearest are named.

    Examples
    --------
    >>> find_template("portrait").path.name
    'portrait.ipynb'
    """
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return Template(path)
    known = template_names()
    if name not in known:
        raise TemplateNotFound(
            f"No template is named {name!r} ({nearest(name, known)}). "
            "Give one of these, or the path of a notebook (.ipynb)."
        )
    return Template(templates_folder() / f"{name}.ipynb")
