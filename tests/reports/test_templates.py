"""A template is found by name or path, and what it declares is checked."""

from __future__ import annotations

import nbformat
import pytest

from workbench.core.errors import DeclarationError, ParameterError, TemplateNotFound
from workbench.reports.templates import Template, find_template, template_names

from .tiny_templates import PARAMETERS, template


def test_the_portrait_is_found_by_name():
    """In a checkout and once installed."""
    assert "portrait" in template_names()
    found = find_template("portrait")
    assert (found.name, found.path.name) == ("portrait", "portrait.ipynb")


def test_a_notebook_is_found_by_path(tmp_path):
    """Anyone's own template."""
    own = template(tmp_path)
    assert find_template(str(own.path)) == own
    assert own.name == "trial"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("portait", r"No template is named 'portait' \(nearest: portrait\)\. Give one of these"),
        ("absent.ipynb", "or the path of a notebook"),
        ("../portrait", "No template is named '../portrait'"),
    ],
)
def test_an_unknown_template_names_the_nearest(name, said):
    """Misspelt, or a path to nothing."""
    with pytest.raises(TemplateNotFound, match=said):
        find_template(name)


# --- Declarations -------------------------------------------------------------------------------


def test_title_and_parameters_are_declared_in_the_notebook(tmp_path):
    """Under the key `workbench` of its metadata."""
    own = template(tmp_path)
    assert set(own.parameters) == set(PARAMETERS)
    assert own.title("en", of="of Nord", name="Nord") == "Trial of Nord"


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"titel": "x"}, r"trial\.ipynb: unknown key 'titel' \(nearest: title\)"),
        ({"title": "Portrait"}, r"trial\.ipynb, title: 'Portrait' is not of type 'object'"),
        ({"levels": []}, "levels"),
    ],
)
def test_a_broken_declaration_is_refused(tmp_path, declared, said):
    """An unknown key is an error, never ignored."""
    with pytest.raises(DeclarationError, match=said):
        _ = template(tmp_path, **declared).declared


def test_a_notebook_without_title_is_no_template(tmp_path):
    """It says what to add."""
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "plain.ipynb")
    with pytest.raises(DeclarationError, match=r"hold no workbench\.title; give one by language"):
        _ = Template(tmp_path / "plain.ipynb").declared


def test_a_title_that_lacks_a_language_is_an_error(tmp_path):
    """Named when the plan is made, before anything runs."""
    own = template(tmp_path, title={"fr": "Essai {of}"})
    with pytest.raises(DeclarationError, match=r"title has no text in 'en'; it has fr\."):
        own.title("en", of="of Nord", name="Nord")


@pytest.mark.parametrize("text", ["Essai {territory}", "Essai {", "Essai {0}", "Essai {of.x.y}"])
def test_a_title_that_cannot_be_filled_is_an_error(tmp_path, text):
    """It may hold two words in braces."""
    own = template(tmp_path, title={"fr": text})
    with pytest.raises(DeclarationError, match="cannot be filled; it may hold"):
        own.title("fr", of="du Nord", name="Nord")


def test_a_hostile_name_in_a_title_is_only_text(tmp_path):
    """Braces in a name are not filled again."""
    own = template(tmp_path)
    assert own.title("fr", of="de {name}", name="X") == "Essai de {name}"


# --- The portrait -------------------------------------------------------------------------------


def test_the_portrait_declares_each_of_its_parameters():
    """Those of its tagged cell, with a description in both languages."""
    portrait = find_template("portrait")
    cell = next(c for c in portrait.notebook.cells if "parameters" in c.metadata.get("tags", ()))
    written = [line.split(" = ")[0] for line in cell.source.splitlines()]
    assert set(portrait.parameters) == set(written)
    rows = portrait.declared["parameters"].values()
    assert all(set(row["description"]) == {"fr", "en"} for row in rows)
    assert portrait.parameters["territory"].type == "text"


def test_the_portrait_is_stored_without_outputs_and_stays_short():
    """Under 25 cells, no function over five lines, nothing executed."""
    cells = find_template("portrait").notebook.cells
    assert len(cells) < 25
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert not any("def " in cell.source for cell in code)


def test_the_portrait_refuses_a_number_for_a_territory():
    """59 would lose the zero of 01."""
    portrait = find_template("portrait")
    with pytest.raises(ParameterError, match="territory: found 59, expected text"):
        portrait.parameters["territory"].read(59)
