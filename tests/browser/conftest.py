"""A real Chromium, driven by Playwright, and the pages that the browser tests open.

Nothing is downloaded: the browser is the one the system has. Without it the tests are skipped
and say which command enables them.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workbench.reports.assets import Assets
from workbench.reports.chromium import CHROMIUM_NAMES
from workbench.reports.gallery import Contents, write_gallery
from workbench.reports.page import render_page

from .sample_report import gallery_entries, gallery_map, report_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
)
TITLES = {"fr": "Portraits des territoires", "en": "Portraits of territories"}


@dataclass(slots=True)
class Visit:
    """Hold an open page, what it asked for and what it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium once, or skip with the way to get it."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: run 'make chromium'"
    )
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        pytest.skip("no Chromium on this machine: run 'make chromium' (Debian, as root)")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=executable, headless=True, args=list(CHROMIUM_OPTIONS)
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open an address in a fresh context and record its requests and complaints."""
    contexts = []

    def open_address(address: str, **options: Any) -> Visit:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        opened = Visit(context.new_page())
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("pageerror", lambda error: opened.problems.append(str(error)))
        opened.page.on(
            "console",
            lambda message: (
                opened.problems.append(message.text)
                if message.type in {"error", "warning"}
                else None
            ),
        )
        opened.page.goto(address)
        return opened

    yield open_address
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a report, its standalone twin and a gallery, in each language."""
    root = tmp_path_factory.mktemp("site")
    for lang in ("fr", "en"):
        folder = root / lang
        assets = Assets.linked()
        assets.write(folder / "assets")
        notebook = report_notebook(lang)
        (folder / "D59.html").write_text(render_page(notebook, assets=assets), "utf-8")
        alone = render_page(notebook, assets=Assets.standalone())
        (folder / "alone.html").write_text(alone, "utf-8")
        contents = Contents.of(gallery_entries(lang), lang=lang)
        write_gallery(contents, folder, title=TITLES[lang], map_svg=gallery_map())
    return root


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """Serve the same folder on the loopback interface."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the tests record the requests on the browser's side."""

    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def axe_source() -> str:
    """Read axe-core from the pinned package that carries it, or skip."""
    pytest.importorskip(
        "axe_playwright_python", reason="axe-core is not installed: pip install -e '.[test]'"
    )
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


@pytest.fixture
def violations(axe_source: str) -> Callable[[Page], list[str]]:
    """Return the rules of axe-core that a page breaks, each with the first places."""

    def run(page: Page) -> list[str]:
        # Evaluated by the driver and not inserted in the page, whose policy would refuse it.
        page.evaluate(axe_source)
        found = page.evaluate(
            "() => axe.run(document, {resultTypes: ['violations'], preload: false})"
        )
        return [
            f"{rule['id']}: {rule['help']}: {[node['html'][:160] for node in rule['nodes'][:3]]}"
            for rule in found["violations"]
        ]

    return run
