"""An executed notebook becomes a page: what is shown, in what order, and what is made harmless."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import v4

from workbench.core.errors import DeclarationError
from workbench.core.i18n import LANGUAGES, translate
from workbench.reports.assets import Assets, content_policy
from workbench.reports.markdown import is_safe_address, prose_html
from workbench.reports.outline import Outline
from workbench.reports.page import KNOWN_FACTS, render_page

HOSTILE = "<script>alert(1)</script>"
DANGEROUS = re.compile(r"<script(?! src=)|href=.?javascript|onerror=\"", re.IGNORECASE)


def rendered(*cells, **workbench):
    """Render cells to a page with shared assets."""
    notebook = v4.new_notebook(cells=list(cells), metadata={"workbench": workbench})
    return render_page(notebook, assets=Assets.linked())


def code(source="x", *, html=None, data=None, tags=(), metadata=None, outputs=None):
    """Make a code cell that displayed something."""
    data = {"text/html": html} if html is not None else data
    shown = [v4.new_output("display_data", data=data, metadata=metadata or {})] if data else []
    return v4.new_code_cell(source, outputs=outputs or shown, metadata={"tags": list(tags)})


def main_of(page):
    """Return what is inside ``<main>``."""
    return re.search(r"<main.*?>(.*)</main>", page, re.DOTALL)[1]


# --- Frame ----------------------------------------------------------------------------------


def test_metadata_gives_the_frame():
    """Title, language, description, way back and making."""
    page = rendered(
        title="Nord & Co",
        lang="en",
        subtitle="Département 59",
        description="A portrait.",
        navigation=[{"label": "Gallery", "href": "../index.html"}],
        generated={"command": "workbench report portrait", "weather": "fine"},
    )
    assert '<html lang="en">' in page
    assert "<title>Nord &amp; Co</title>" in page
    assert "<h1>Nord &amp; Co</h1>" in page
    assert '<meta name="description" content="A portrait.">' in page
    assert '<a href="../index.html">Gallery</a>' in page
    assert "<dt>Command</dt>\n<dd><code>workbench report portrait</code>" in page
    assert "<dt>weather</dt>" in page


def test_without_metadata_the_first_heading_is_the_title():
    """A notebook opened by hand makes a page too, in French by default."""
    page = rendered(v4.new_markdown_cell("# Portrait du Nord #\n\n## Âge"))
    assert "<title>Portrait du Nord</title>" in page
    assert '<html lang="fr">' in page


@pytest.mark.parametrize("href", ["https://example.org/", "//host/share", "/etc", "javascript:x"])
def test_a_way_back_that_is_not_relative_is_refused(href):
    """A folder of reports can be moved; its pages lead nowhere else."""
    with pytest.raises(DeclarationError, match="relative to the page"):
        rendered(navigation=[{"label": "Away", "href": href}])


def test_one_h1_and_no_level_skipped_across_prose_and_outputs():
    """Headings of prose, of displayed Markdown and of displayed HTML make one outline."""
    page = rendered(
        v4.new_markdown_cell("# Portrait\n\n## Population\n\n#### Détail"),
        code(html="<h1>Logement</h1><h3 id='own'>Vacance</h3>"),
        code(data={"text/markdown": "## Population"}),
        title="Nord",
    )
    headings = re.findall(r"<h(\d)[^>]*?(?:id=[\"']([\w-]+)[\"'])?>([^<]+)", page)
    assert headings == [
        ("1", "", "Nord"),
        ("2", "population", "Population"),
        ("3", "detail", "Détail"),
        ("2", "logement", "Logement"),
        ("3", "own", "Vacance"),
        ("2", "population-2", "Population"),
    ]
    assert re.findall(r'<li><a href="(#.*?)"', page) == [
        "#population",
        "#logement",
        "#population-2",
    ]


@given(st.lists(st.integers(1, 6)))
def test_law_a_heading_is_one_level_below_the_one_before_at_most(levels):
    """Whatever the notebook asks for, and never a second h1."""
    outline = Outline("Title")
    shown = outline.adopt("".join(f"<h{level}>x</h{level}>" for level in levels))
    given_levels = [1, *map(int, re.findall(r"<h(\d)", shown))]
    assert all(2 <= below <= above + 1 for above, below in pairwise(given_levels))
    assert len(set(re.findall(r'id="([^"]+)"', shown))) == len(given_levels) - 1


def test_the_same_notebook_gives_the_same_page():
    """Byte for byte, and the notebook is left as it was."""
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("## A"), code(html="<h2>B</h2>")])
    before = repr(notebook)
    assert render_page(notebook, assets=Assets.linked()) == render_page(
        notebook, assets=Assets.linked()
    )
    assert before == repr(notebook)


# --- Cells ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "seen"),
    [
        ("", ("SOURCE", "OUTPUT")),
        ("remove-input", ("OUTPUT",)),
        ("remove-output", ("SOURCE",)),
        ("remove-cell", ()),
    ],
)
def test_tags_decide_what_is_shown(tag, seen):
    """As in every notebook tool."""
    shown = main_of(rendered(code("SOURCE", html="OUTPUT", tags=[tag] if tag else [])))
    assert seen == tuple(word for word in ("SOURCE", "OUTPUT") if word in shown)


def test_parameters_are_folded_together_at_the_end():
    """Those of the template, then those of this run."""
    shown = main_of(
        rendered(
            code("DEFAULTS", tags=["parameters"]),
            code("GIVEN", tags=["injected-parameters"]),
            v4.new_markdown_cell("LAST WORD"),
        )
    )
    places = [shown.index(w) for w in ("LAST WORD", "Paramètres", "DEFAULTS", "GIVEN")]
    assert sorted(places) == places


def test_an_error_is_shown_in_a_box_as_text():
    """With its traceback, without the colours of a terminal."""
    error = v4.new_output(
        "error", ename="KeyError", evalue=HOSTILE, traceback=["\x1b[31mKeyError\x1b[0m", HOSTILE]
    )
    shown = main_of(rendered(code(outputs=[error])))
    assert "Le calcul s’est arrêté ici." in shown
    assert "KeyError: &lt;script&gt;" in shown
    assert "\x1b" not in shown
    assert not DANGEROUS.search(shown)


def test_pictures_carry_their_alternative():
    """From the output's metadata, else the general one; an SVG is an image that cannot run."""
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'>{HOSTILE}</svg>"
    shown = main_of(
        rendered(
            code(data={"image/png": "iVBO\nRw=="}, metadata={"alt": 'A "bar"', "caption": "C"}),
            code(data={"image/svg+xml": svg, "image/png": "iVBO"}),
        )
    )
    assert 'src="data:image/png;base64,iVBORw==" alt="A &quot;bar&quot;"' in shown
    assert "<figcaption>C</figcaption>" in shown
    encoded = base64.b64encode(svg.encode()).decode()
    assert f'src="data:image/svg+xml;base64,{encoded}" alt="Figure sans description"' in shown


def test_a_data_frame_becomes_an_accessible_table():
    """Scopes on headers, no empty header, no inline style that the policy would refuse."""
    frame = pd.DataFrame({"2023": [1], HOSTILE: [2]}, index=["Lille"])
    shown = main_of(rendered(code(html=frame._repr_html_())))
    assert '<th scope="col">2023</th>' in shown
    assert '<th scope="row">Lille</th>' in shown
    assert "<th></th>" not in shown
    assert "<style" not in shown
    assert not DANGEROUS.search(shown)


@pytest.mark.parametrize("tag", ["script", "SCRIPT", "iframe", "meta", "base", "object", "form"])
def test_html_that_runs_loads_or_sends_is_not_shown(tag):
    """Its plain text is, with the reason."""
    shown = main_of(
        rendered(code(data={"text/html": f"<p><{tag} src=x></p>", "text/plain": "a <b>"}))
    )
    assert f"<{tag} src=x" not in shown
    assert "a &lt;b&gt;" in shown
    assert "cette page n’en exécute aucun" in shown


def test_metadata_of_an_svg_is_not_mistaken_for_meta():
    """Nor a gradient for a link."""
    assert "<metadata>" in rendered(code(html="<svg><metadata></metadata><linearGradient/></svg>"))


# --- Hostile prose ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        HOSTILE,
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](%6aavascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x][r]\n\n[r]: vbscript:msgbox(1)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        '![x" onerror="alert(1)](x.png)',
        '| a |\n|---|\n| <img src=x onerror="alert(1)"> |',
        f"## {HOSTILE}",
        f"`{HOSTILE}`",
        f"```html\n{HOSTILE}\n```",
        f"```{HOSTILE}\nx\n```",
    ],
)
def test_hostile_prose_is_only_text(source):
    """In Markdown cells and in displayed Markdown, wherever it stands."""
    page = rendered(v4.new_markdown_cell(source), code(data={"text/markdown": source}))
    assert not DANGEROUS.search(main_of(page))
    assert "href" not in prose_html(source)


@given(
    st.text(st.characters(max_codepoint=255), max_size=8), st.sampled_from(["javascript", "data"])
)
def test_law_no_writing_of_a_script_address_is_safe(blanks, scheme):
    """However many control characters and blanks are strewn in it."""
    strewn = "".join(letter for letter in blanks if ord(letter) <= 32)
    assert not is_safe_address(strewn.join(scheme) + ":alert(1)")


def test_a_hostile_title_stays_in_its_place():
    """In the title, the heading and the style that heads printed pages."""
    page = rendered(title='</style></title><script>alert(1)</script>"}')
    assert not DANGEROUS.search(page)
    assert page.count("</style>") == 1


def test_pictures_of_other_hosts_are_not_fetched():
    """Their text remains; a picture beside the page is shown."""
    assert prose_html("![far](https://example.org/x.png)") == "<p>far</p>\n"
    assert prose_html("![near](x.png)") == '<p><img src="x.png" alt="near"></p>\n'


# --- Assets and policy ------------------------------------------------------------------------


def test_the_policy_names_every_inline_style_and_no_other():
    """The running title's, and that of a styled table."""
    styler = "<style type='text/css'>#T_1 { color: red; }</style><table></table>"
    page = rendered(code(html=styler), title="Nord")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    blocks = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    expected = {base64.b64encode(hashlib.sha256(b.encode()).digest()).decode() for b in blocks}
    assert expected == set(re.findall(r"'sha256-([^']+)'", policy))
    assert len(expected) == 2
    assert "default-src 'none'" in policy
    assert "unsafe-inline'; script" not in policy.replace("style-src-attr 'unsafe-inline'", "")


def test_repeated_styles_are_named_once():
    """Each output of a kind brings the same one."""
    assert content_policy(styles=["p{}", "p{}"]).count("sha256-") == 1


def test_assets_are_named_after_their_content_and_written_once(tmp_path):
    """A second run leaves the files alone."""
    assets = Assets.linked()
    first = assets.write(tmp_path / "assets")
    times = [path.stat().st_mtime_ns for path in first]
    assert first == assets.write(tmp_path / "assets")
    assert times == [path.stat().st_mtime_ns for path in first]
    assert all(re.fullmatch(r"report-[0-9a-f]{8}\.(css|js)", path.name) for path in first)


def test_a_standalone_page_links_to_no_file():
    """Its style and script are inside it."""
    page = render_page(v4.new_notebook(), assets=Assets.standalone())
    assert not re.search(r"<link rel=\"stylesheet\"|<script src", page)
    assert page.count("<script>") == 1


def test_the_script_is_small():
    """At most 4 kB, as nothing depends on it."""
    (script,) = Assets.linked().scripts
    assert len(script.text.encode()) <= 4096


@pytest.mark.parametrize("lang", sorted(LANGUAGES))
def test_every_known_fact_has_its_label(lang):
    """The foot of the page names them in each language."""
    labels = {translate(f"report.generated_{fact}", lang) for fact in KNOWN_FACTS}
    assert len(KNOWN_FACTS) == len(labels)
