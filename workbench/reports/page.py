"""Render an executed notebook to one accessible page, without a script it could not do without.

The page is written by nbconvert's machinery with the project's own template
(``templates/page/index.html.j2``): the words come from the notebook, the identity of the
page from the ``workbench`` key of its metadata.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jinja2 import Environment
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import default

from workbench.core.errors import DeclarationError
from workbench.core.i18n import translate
from workbench.reports.assets import Asset, Assets, content_policy, templates_folder
from workbench.reports.cells import Block, blocks_of, inline_styles
from workbench.reports.markdown import is_relative
from workbench.reports.outline import Outline

__all__ = ["KNOWN_FACTS", "Link", "Page", "PageExporter", "PageIdentity", "compose", "render_page"]

# The facts about a page's making that have a label in the catalogue of messages.
KNOWN_FACTS = frozenset({"command", "date", "edition", "pack", "template", "version"})
_OPENING_TITLE = re.compile(r"^\s{0,3}#\s+(.+?)\s*#*\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Link:
    """Name an address of the same folder of reports.

    Examples
    --------
    >>> Link("Gallery", "index.html").href
    'index.html'
    """

    label: str
    href: str

    def __post_init__(self) -> None:
        if not is_relative(self.href):
            raise DeclarationError(
                f"link {self.label!r} leads to {self.href!r}: expected a path relative to the "
                "page, so that the folder of reports can be moved. Remove the scheme and the "
                "leading slash."
            )


@dataclass(frozen=True, slots=True)
class PageIdentity:
    """Say what a page is, apart from its content.

    Parameters
    ----------
    title : str
        The ``<title>`` and the only ``<h1>``.
    lang : str
        ``"fr"`` or ``"en"``.
    subtitle, description : str
        A line under the title; a sentence for search engines and link previews.
    navigation : tuple of Link
        The way back, from the widest (the gallery) to the nearest (the parent territory).
    generated : mapping of str to str
        How the page was made: ``command``, ``template``, ``version``, ``pack``, ``edition``,
        ``date``; another key is shown as it is.
    """

    title: str
    lang: str = "fr"
    subtitle: str = ""
    description: str = ""
    navigation: tuple[Link, ...] = ()
    generated: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, notebook: NotebookNode) -> PageIdentity:
        """Read the identity from ``notebook.metadata["workbench"]``.

        A notebook without a title there takes that of its first heading.
        """
        said = notebook.metadata.get("workbench", {})
        lang = str(said.get("lang", "fr"))
        # A template's own title is a mapping by language; the run replaces it by a text.
        title = said.get("title", "")
        if not isinstance(title, str) or not title:
            title = _first_heading(notebook) or translate("report.untitled", lang)
        return cls(
            title=title,
            lang=lang,
            subtitle=str(said.get("subtitle", "")),
            description=str(said.get("description", "")),
            navigation=tuple(
                Link(str(link["label"]), str(link["href"])) for link in said.get("navigation", ())
            ),
            generated={str(key): str(value) for key, value in said.get("generated", {}).items()},
        )


def _first_heading(notebook: NotebookNode) -> str:
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := _OPENING_TITLE.search(cell.source)):
            return found[1]
    return ""


@dataclass(frozen=True, slots=True)
class Page:
    """Hold all that the template writes, ready to be written.

    Parameters
    ----------
    identity : PageIdentity
    sections : list of (anchor, heading)
        The table of contents.
    blocks, settings : list of Block
        The page's content; the cells that set its parameters.
    assets : Assets
    running_title : str
        A style that heads each printed page with the title.
    policy : str
        The Content-Security-Policy.
    """

    identity: PageIdentity
    sections: list[tuple[str, str]]
    blocks: list[Block]
    settings: list[Block]
    assets: Assets
    running_title: str
    policy: str


def compose(notebook: NotebookNode, *, assets: Assets) -> Page:
    """Prepare a page: everything is decided here, and the template only writes."""
    identity = PageIdentity.of(notebook)
    outline = Outline(identity.title)
    blocks = blocks_of(notebook, outline, lang=identity.lang)
    running_title = f'@page{{@top-left{{content:"{_css_text(identity.title)}"}}}}'
    inside = assets.folder is None
    return Page(
        identity=identity,
        sections=outline.sections,
        blocks=[block for block in blocks if not block.setting],
        settings=[block for block in blocks if block.setting],
        assets=assets,
        running_title=running_title,
        policy=content_policy(
            styles=[
                running_title,
                *inline_styles(block.shown for block in blocks),
                *(_inline(asset) for asset in assets.styles if inside),
            ],
            scripts=[_inline(asset) for asset in assets.scripts if inside],
        ),
    )


def _css_text(text: str) -> str:
    r"""Write a text inside a CSS string; a name can then neither end it nor the element.

    Examples
    --------
    >>> _css_text('L\'Île "</style>')
    'L\\27 Île \\22 \\3c \\2f style\\3e '
    """
    return "".join(
        letter if letter.isalnum() or letter in " -–—,." else f"\\{ord(letter):x} "
        for letter in text
    )


def _inline(asset: Asset) -> str:
    """Return an asset as the content of an element, which its own text must not end."""
    return re.sub(r"</(?=style|script)", r"<\\/", asset.text, flags=re.IGNORECASE)


class PageExporter(TemplateExporter):
    """Convert an executed notebook with the project's own page template.

    It serves ``jupyter nbconvert --to workbench`` as well as `render_page`; the page is
    standalone unless other assets are given in ``resources["assets"]``.
    """

    export_from_notebook = "Territorial Workbench page"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "page"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(templates_folder())]

    def _create_environment(self) -> Environment:
        # nbconvert's own environment does not escape; in ours a value is text unless the template
        # calls it safe, which it does for what the renderers of cells and assets made.
        environment: Environment = super()._create_environment()  # type: ignore[no-untyped-call]
        environment.autoescape = True
        environment.trim_blocks = environment.lstrip_blocks = True
        environment.filters["inline"] = _inline
        environment.globals.update(translate=translate, known_facts=KNOWN_FACTS)
        return environment

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Render the page; tags are honoured by `cells`, so no preprocessor copies the notebook."""
        resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        page = compose(nb, assets=resources.get("assets") or Assets.standalone())
        return self.template.render(page=page, nb=nb, resources=resources), resources


@lru_cache(maxsize=1)
def _exporter() -> PageExporter:
    """Keep one exporter: reading the configuration and the template costs more than a page."""
    return PageExporter()  # type: ignore[no-untyped-call]


def render_page(notebook: NotebookNode, *, assets: Assets) -> str:
    r"""Render an executed notebook to a page of HTML.

    Parameters
    ----------
    notebook : NotebookNode
        Executed, format 4, left as it is. Its metadata may hold a ``workbench`` mapping:
        ``title``, ``subtitle``, ``lang``, ``description``, ``navigation`` (a list of
        ``{"label": …, "href": …}``) and ``generated`` (see `PageIdentity`).
    assets : Assets
        ``Assets.linked()`` for pages that share their assets, ``Assets.standalone()`` for
        one self-contained file.

    Returns
    -------
    str
        The page. The same notebook gives the same page, byte for byte.

    Raises
    ------
    DeclarationError
        A navigation link is not relative.

    Examples
    --------
    >>> from nbformat import v4
    >>> notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# Nord\n\nUn portrait.")])
    >>> page = render_page(notebook, assets=Assets.linked())
    >>> page.count("<h1"), "<title>Nord</title>" in page
    (1, True)
    """
    page, _ = _exporter().from_notebook_node(notebook, {"assets": assets})
    return page
