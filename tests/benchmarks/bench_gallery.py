"""Time the gallery of a whole country: to write it, to open it, to search it in a browser.

Run it on all the communes of France and what holds them::

    python tests/benchmarks/bench_gallery.py

It needs Chromium for the pages (``make chromium``); without it only the writing is timed. No time
is ever asserted.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench.packs.pack import Pack, open_pack
from workbench.reports.index import write_index
from workbench.reports.plan import Plan, make_plan
from workbench.reports.templates import find_template

QUERIES = ("s", "st", "saint", "saint-etienne", "59", "59800", "le h", "zzz")
LEVELS = ("country", "region", "departement", "collectivite", "epci", "commune")
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# What the page does for a letter, and the drawing of its results.
_TYPE = """async ([text, times]) => {
  const input = document.getElementById("wb-query");
  await readIndex();
  const taken = [];
  for (let n = 0; n < times; n += 1) {
    input.value = text;
    const start = performance.now();
    await answer();
    document.body.getBoundingClientRect();
    taken.push(performance.now() - start);
  }
  return taken;
}"""
_OPEN_SEARCH = """async () => {
  const start = performance.now();
  await readIndex();
  return performance.now() - start;
}"""
_PAINT = """() => new Promise((done) => new PerformanceObserver((seen, observer) => {
  const paint = seen.getEntriesByName("first-contentful-paint")[0];
  if (paint) { observer.disconnect(); done(paint.startTime); }
}).observe({ type: "paint", buffered: true }))"""


def write_pages(pack: Pack, folder: Path, *, communes: int, languages: tuple[str, ...]) -> int:
    """Write an empty page for each report; return how many."""
    written = 0
    for level in LEVELS:
        codes = pack.frame(level).index
        (folder / level).mkdir(parents=True)
        for code in codes[:communes] if level == "commune" else codes:
            for lang in languages:
                (folder / level / f"{code}.{lang}.html").touch()
                written += 1
    return written


def plan_of(pack: Pack, folder: Path, languages: tuple[str, ...]) -> Plan:
    """Plan a run that writes to the folder."""
    country = pack.territory(pack.spec.country)
    return make_plan(
        find_template("portrait"), pack, territories=[country], folder=folder, languages=languages
    )


def run(
    *, communes: int = 40_000, languages: tuple[str, ...] = ("fr",), repeat: int = 20
) -> Iterator[tuple[str, str]]:
    """Measure everything, line by line.

    Parameters
    ----------
    communes : int
        Number of communes, at most those of France.
    languages : tuple of str
    repeat : int
        Times that a page is opened or a text searched.

    Yields
    ------
    tuple of str
        What is measured, and its measure.
    """
    pack = open_pack("france")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = write_pages(pack, folder, communes=communes, languages=languages)
        yield "reports", f"{count:,}"
        plan = plan_of(pack, folder, languages)
        for turn in ("first", "again"):
            start, cpu = time.perf_counter(), time.process_time()
            page = write_index(plan)
            wall, cpu = time.perf_counter() - start, time.process_time() - cpu
            yield f"write, {turn}", f"{wall:.1f} s ({cpu:.1f} s of processor)"
        lists = [path.stat().st_size for path in folder.glob("lists/*/*.html")]
        yield "first page", _kilobytes(page.stat().st_size)
        yield "search index", _kilobytes((folder / "gallery-index.js").stat().st_size)
        if lists:
            yield f"lists ({len(lists)})", f"{_kilobytes(max(lists))} at most"
        yield from _in_browser(page, repeat)


def _kilobytes(size: int) -> str:
    return f"{size / 1000:,.0f} kB"


def _in_browser(page: Path, repeat: int) -> Iterator[tuple[str, str]]:
    """Open the first page and the longest list, and type, in Chromium."""
    executable = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if executable is None:
        yield "browser", "no Chromium on this machine: run 'make chromium'"
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = driver.chromium.launch(executable_path=executable, args=options)
        paints = [_paint(browser, page) for _ in range(max(repeat // 4, 1))]
        yield "first contentful paint", _spread(paints)
        lists = sorted(page.parent.glob("lists/*/*.html"), key=lambda path: path.stat().st_size)
        for longest in lists[-1:]:
            paints = [_paint(browser, longest) for _ in range(max(repeat // 4, 1))]
            yield f"the same, list {longest.stem}", _spread(paints)
        opened = browser.new_page()
        opened.goto(page.as_uri())
        yield "index read and prepared", f"{opened.evaluate(_OPEN_SEARCH):.0f} ms"
        for query in QUERIES:
            yield f"search {query!r}", _spread(opened.evaluate(_TYPE, [query, repeat]))
        browser.close()


def _paint(browser: Any, page: Path) -> float:
    """Open a page in a browser context of its own, nothing cached."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(page.as_uri())
    paint = float(opened.evaluate(_PAINT))
    context.close()
    return paint


def _spread(taken: list[float]) -> str:
    return f"{statistics.median(taken):.1f} ms, at worst {max(taken):.1f} ms"


def main() -> None:
    """Read the size from the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--communes", type=int, default=40_000)
    parser.add_argument("--lang", default="fr", help="fr, en, or both: fr,en")
    parser.add_argument("--repeat", type=int, default=20)
    asked = parser.parse_args()
    languages = tuple(asked.lang.split(","))
    for what, measure in run(communes=asked.communes, languages=languages, repeat=asked.repeat):
        print(f"{what:<28} {measure}")


if __name__ == "__main__":
    main()
