"""A small executed notebook and a small gallery, made up: every kind of content, some hostile."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

from nbformat import NotebookNode, v4

from workbench.reports.gallery import GalleryEntry

HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=1">'

_WORDS: dict[str, dict[str, str]] = {
    "fr": {
        "title": "Portrait du Nord",
        "subtitle": "Département · 59 · Hauts-de-France · carte des communes de 2026",
        "gallery": "Tous les portraits",
        "front": "À retenir",
        "lead": "Le Nord compte **2 617 939** habitants au 1ᵉʳ janvier 2023.",
        "population": "Population",
        "housing": "Logement",
        "sources": "Sources et précautions",
        "redo": "Refaire ce portrait",
        "change": "Évolution",
        "note": "Le recensement est tournant : deux années voisines ne se comparent pas.",
        "suppressed": "secret statistique : moins de 11 ménages",
    },
    "en": {
        "title": "Portrait of Nord",
        "subtitle": "Département · 59 · Hauts-de-France · commune map of 2026",
        "gallery": "All portraits",
        "front": "At a glance",
        "lead": "Nord had **2,617,939** inhabitants on 1 January 2023.",
        "population": "Population",
        "housing": "Housing",
        "sources": "Sources and caveats",
        "redo": "Redo this portrait",
        "change": "Change",
        "note": "The census is a rolling one: two neighbouring years are not to be compared.",
        "suppressed": "statistical confidentiality: fewer than 11 households",
    },
}

_TILES = """<dl class="wb-tiles">
<div><dt>Population</dt><dd>2 617 939</dd><dd>2023</dd></div>
<div><dt>Densité</dt><dd>456 hab./km²</dd><dd>France : 108</dd></div>
<div><dt>Moins de 20 ans</dt><dd>25,7 %</dd><dd>France : 23,3 %</dd></div>
<div><dt>Logements vacants</dt><dd>7,1 %</dd><dd>France : 8,0 %</dd></div>
</dl>"""

_CHART = """<figure class="wb-figure" id="line"><figcaption><strong>Population, 2016-2023</strong>
<span>Habitants</span></figcaption>
<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="line-t" viewBox="0 0 640 220">
<title id="line-t">Population : en légère hausse</title>
<g fill="none" stroke="currentColor"><path d="M40 190H620" opacity=".4"/>
<path d="M40 150L140 140L240 132L340 128L440 118L540 96L620 90" stroke-width="3"/></g>
<g fill="currentColor" font-size="14"><text x="40" y="210">2016</text>
<text x="585" y="210">2023</text></g>
</svg></figure>"""

_PANDAS = """<div>
<style scoped>
    .dataframe tbody tr th {
        vertical-align: top;
    }
</style>
<table border="1" class="dataframe">
  <thead>
    <tr style="text-align: right;"><th></th><th>2016</th><th>2023</th></tr>
  </thead>
  <tbody>
    <tr><th>Lille</th><td>232741</td><td>238695</td></tr>
    <tr><th>Roubaix</th><td>96077</td><td>98892</td></tr>
  </tbody>
</table>
</div>"""


def _table(words: dict[str, str]) -> str:
    return f"""<div class="wb-scroll" role="group" tabindex="0" aria-label="{words["housing"]}">
<table class="wb-sortable"><caption>{words["housing"]}</caption>
<thead><tr><th scope="col">Indicateur</th><th scope="col" class="wb-num">Nord</th>
<th scope="col" class="wb-num">Hauts-de-France</th>
<th scope="col" class="wb-num">France</th></tr></thead>
<tbody>
<tr><th scope="row">Logements vacants</th><td class="wb-num" data-value="7.1">7,1 %</td>
<td class="wb-num" data-value="7.6">7,6 %</td><td class="wb-num" data-value="8">8,0 %</td></tr>
<tr><th scope="row">Résidences secondaires</th><td class="wb-num" data-value="1.4">1,4 %</td>
<td class="wb-num" data-value="4.3">4,3 %</td><td class="wb-num" data-value="9.7">9,7 %</td></tr>
<tr><th scope="row">Appartements</th><td class="wb-num" data-value="38.2">38,2 %</td>
<td class="wb-num"><abbr class="wb-suppressed" title="{words["suppressed"]}">s</abbr></td>
<td class="wb-num" data-value="44.1">44,1 %</td></tr>
</tbody></table></div>"""


def _png() -> str:
    """Draw a small grey square, as matplotlib's output would come."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = b"".join(b"\0" + b"\x99" * 160 for _ in range(60))
    header = struct.pack(">IIBBBBB", 160, 60, 8, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
    return base64.b64encode(png + chunk(b"IEND", b"")).decode()


def html_cell(source: str, fragment: str, *, tags: tuple[str, ...] = ()) -> NotebookNode:
    """Make a code cell that displayed some HTML."""
    return shown_cell(source, {"text/html": fragment}, tags=tags)


def shown_cell(
    source: str,
    data: dict[str, str],
    *,
    metadata: dict[str, Any] | None = None,
    tags: tuple[str, ...] = (),
) -> NotebookNode:
    """Make a code cell that displayed something."""
    output = v4.new_output("display_data", data=data, metadata=metadata or {})
    return v4.new_code_cell(source, outputs=[output], metadata={"tags": list(tags)})


def report_notebook(lang: str = "fr") -> NotebookNode:
    """Make an executed notebook with every kind of content that a report holds."""
    words = _WORDS[lang]
    facts = "".join(
        f"<li>{fact}</li>"
        for fact in (
            "Le département est le <strong>1ᵉʳ</strong> de France par sa population.",
            "Un habitant sur quatre a moins de 20 ans, plus que la moyenne.",
            "La population a crû de 0,5 % depuis 2016.",
            "La part des logements vacants y est de 7,1 %, moindre que dans la région.",
            "Il réunit 647 communes, dont 69 de moins de 500 habitants.",
        )
    )
    sentence = f"{words['lead']} " * 4
    cells = [
        v4.new_code_cell('territory = "59"', metadata={"tags": ["parameters"]}),
        v4.new_code_cell(
            'territory = "59"\nlang = "fr"', metadata={"tags": ["injected-parameters"]}
        ),
        v4.new_code_cell("import workbench as wb", metadata={"tags": ["remove-cell"]}),
        v4.new_markdown_cell(f"# {words['title']}"),
        html_cell(
            "wb.front_box(portrait)",
            f'<aside class="wb-front" aria-labelledby="front"><h2 id="front">{words["front"]}</h2>'
            f"<ul>{facts}</ul></aside>",
        ),
        v4.new_markdown_cell(f"## {words['population']}\n\n{sentence}\n\n{sentence}"),
        html_cell("wb.tiles(portrait)", _TILES),
        html_cell(
            "wb.line(portrait.population)\n# drawn from the cube\nperiods = [2016, 2023]", _CHART
        ),
        v4.new_markdown_cell(
            f"### {words['change']}\n\n{sentence}\n\n"
            "| Année | Habitants |\n|---|---:|\n| 2016 | 2 603 472 |\n| 2023 | 2 617 939 |"
        ),
        html_cell(
            "table", f'<aside class="wb-note"><p><strong>!</strong> {words["note"]}</p></aside>'
        ),
        v4.new_markdown_cell(f"## {words['housing']}\n\n{sentence}"),
        html_cell("wb.table(housing)", _table(words)),
        html_cell("frame", _PANDAS, tags=("remove-input",)),
        shown_cell(
            "plt.plot(x)",
            {"image/png": _png(), "text/plain": "<Figure size>"},
            metadata={"alt": "Un carré gris", "caption": "Une figure de matplotlib."},
        ),
        v4.new_markdown_cell(
            f"## {words['sources']}\n\n- [INSEE](https://www.insee.fr)\n- {HOSTILE}\n"
            "- [lien](javascript:document.title=1)\n"
            f"- {sentence}\n\n{sentence}\n\n{sentence}"
        ),
        v4.new_code_cell(
            "print(name)",
            outputs=[v4.new_output("stream", name="stdout", text=f"Commune {HOSTILE}\n")],
        ),
        shown_cell("name", {"text/plain": HOSTILE}),
        v4.new_code_cell(
            "1 / 0",
            outputs=[
                v4.new_output(
                    "error",
                    ename="ZeroDivisionError",
                    evalue=f"division by zero {HOSTILE}",
                    traceback=["\x1b[31mZeroDivisionError\x1b[0m", HOSTILE],
                )
            ],
        ),
        v4.new_markdown_cell(
            f"## {words['redo']}\n\n```bash\nworkbench report portrait --territory 59\n```\n\n"
            "```python\nimport workbench as wb\nwb.cube(['population'], level='departement')\n```"
        ),
    ]
    return v4.new_notebook(
        cells=cells,
        metadata={
            "language_info": {"name": "python", "pygments_lexer": "ipython3"},
            "workbench": {
                "title": words["title"],
                "subtitle": words["subtitle"],
                "lang": lang,
                "description": words["lead"].replace("*", ""),
                "navigation": [
                    {"label": words["gallery"], "href": "index.html"},
                    {"label": "France", "href": "FR.html"},
                    {"label": "Hauts-de-France", "href": "R32.html"},
                ],
                "generated": {
                    "command": "workbench report portrait --territory 59",
                    "template": "portrait",
                    "version": "0.1.0",
                    "edition": "2026",
                },
            },
        },
    )


def gallery_entries(lang: str = "fr") -> list[GalleryEntry]:
    """List a few reports of three levels, one failed, one with a hostile name."""
    country, region, department, commune = (
        ("Pays", "Région", "Département", "Commune")
        if lang == "fr"
        else ("Country", "Région", "Département", "Commune")
    )
    north, alps = "Hauts-de-France", "Auvergne-Rhône-Alpes"

    def place(
        code: str,
        name: str,
        label: str,
        *,
        group: str,
        within: str = "",
        postcodes: tuple[str, ...] = (),
        population: int | None = None,
        status: Any = "done",
    ) -> GalleryEntry:
        return GalleryEntry(
            code,
            name,
            label.lower(),
            label,
            href=f"failed/{code}.ipynb" if status == "failed" else f"{label[0]}{code}.html",
            group=group,
            within=within,
            postcodes=postcodes,
            population=population,
            status=status,
        )

    return [
        place("FR", "France", country, group="", population=68_094_000),
        place("32", north, region, group=north, population=6_009_000),
        place("84", alps, region, group=alps, population=8_198_000),
        place("59", "Nord", department, group=north, within=north, population=2_617_939),
        place("62", "Pas-de-Calais", department, group=north, within=north, population=1_461_000),
        place("42", "Loire", department, group=alps, within=alps, population=771_000),
        place(
            "59350",
            "Lille",
            commune,
            group=north,
            within="Nord",
            postcodes=("59000", "59800"),
            population=238_695,
        ),
        place(
            "42218",
            "Saint-Étienne",
            commune,
            group=alps,
            within="Loire",
            postcodes=("42000", "42100"),
            population=173_000,
        ),
        place(
            "42222",
            "Saint-Étienne-le-Molard",
            commune,
            group=alps,
            within="Loire",
            postcodes=("42130",),
            population=990,
        ),
        place(
            "62765",
            "Saint-Omer",
            commune,
            group=north,
            within="Pas-de-Calais",
            postcodes=("62500",),
            population=14_900,
        ),
        place("59999", HOSTILE, commune, group=north, within="Nord"),
        place("02", "Aisne", department, group=north, status="failed"),
    ]


def gallery_map() -> str:
    """Draw two départements as links, as the package's maps do."""
    return """<svg xmlns="http://www.w3.org/2000/svg" role="group" aria-label="Carte"
 viewBox="0 0 200 160">
<a href="D59.html" aria-label="Nord"><path d="M20 20h70v50h-70z" fill="#75b6bc" stroke="#fff"/></a>
<a href="D62.html" aria-label="Pas-de-Calais">
<path d="M95 20h80v50h-80z" fill="#3f93b5" stroke="#fff"/></a>
<a href="D42.html" aria-label="Loire"><path d="M60 90h70v50h-70z" fill="#1c5a96" stroke="#fff"/></a>
</svg>"""
