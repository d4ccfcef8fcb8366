"""Print pages to PDF: tagged, with bookmarks, page numbers and the looks of the page itself.

Chromium prints them. It was measured against WeasyPrint 70 on the portraits of twenty départements:
WeasyPrint paints every chart and map black, as it gives a drawing inside a page neither the classes
nor the custom properties of the page's style, and takes 2 s of CPU a report. Chromium takes half a
second, draws all that a screen shows, tags it (headings, lists, tables with their headers, drawings
with their text), makes bookmarks of the headings and page numbers of the margin boxes. In exchange
it is a program to install, and its files weigh 400 kB, not 150: it leaves their tags uncompressed.

The same page, fonts and Chromium give the same bytes. What Chromium takes from the clock and from
its own past is put out of the file, see `reproducible`.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Self

from workbench.core.aside import written_aside
from workbench.core.errors import PdfNotPrinted
from workbench.reports.chromium import Chromium, chromium_path

__all__ = ["PdfPrinter", "Printed", "pdf_of", "print_pages", "reproducible"]

TIME_LIMIT = 60.0
# A browser numbers the elements of all the pages it met, on eight digits: none gets that far.
_PAGES_A_BROWSER = 1000
# A link to another page of the folder would be printed as the place it has on this machine. And
# a figure that holds its drawing would be a second one, without a text.
_FOR_PAPER = r"""
for (const link of document.querySelectorAll("a[href]")) {
  if (!/^([a-z][a-z0-9+.-]*:|#)/i.test(link.getAttribute("href"))) link.removeAttribute("href");
}
for (const figure of document.querySelectorAll("figure")) figure.role = "group";
"""
_DATE = re.compile(rb"/(?:CreationDate|ModDate) \(D:[^()\\]*\)")
_NODE = re.compile(rb"\(node(\d{8})\)")


class PdfPrinter:
    """Print pages one after the other, with a browser that is kept from one to the next.

    Parameters
    ----------
    time_limit : float
        Seconds that a page may take.
    executable : Path, optional
        The Chromium to use; that of the system by default.

    Raises
    ------
    MissingExtra
        When there is no Chromium.

    Examples
    --------
    >>> with PdfPrinter() as printer:  # doctest: +SKIP
    ...     printer.print(Path("reports/59.fr.html"), Path("reports/59.fr.pdf"))
    """

    def __init__(self, *, time_limit: float = TIME_LIMIT, executable: Path | None = None) -> None:
        self._executable = executable or chromium_path()
        self._time_limit = time_limit
        self._browser: Chromium | None = None
        self._printed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The browser's process, once a page was printed."""
        return None if self._browser is None else self._browser.pid

    def print(self, page: Path, pdf: Path) -> None:
        """Print a page of HTML.

        Parameters
        ----------
        page, pdf : Path
            The PDF is written aside, then moved: a reader never finds half of it.

        Raises
        ------
        PdfNotPrinted
            When the page cannot be read, takes too long or takes the browser with it. The next
            page is printed by a new browser.
        """
        try:
            data = self._data(page, time.monotonic() + self._time_limit)
        except PdfNotPrinted as error:
            self.close()
            raise PdfNotPrinted(f"{page.name}: {error}") from error
        except BaseException:
            self.close()
            raise
        _move(reproducible(data), pdf)

    def _data(self, page: Path, deadline: float) -> bytes:
        tab = self._tab(deadline)
        tab.forget_events()
        address = page.absolute().as_uri()
        opened = tab.call("Page.navigate", deadline=deadline, url=address)
        if problem := opened.get("errorText"):
            raise PdfNotPrinted(f"Chromium cannot open the page: {problem}.")
        tab.wait_for("Page.loadEventFired", deadline=deadline)
        tab.call("Runtime.evaluate", deadline=deadline, expression=_FOR_PAPER)
        printed = tab.call(
            "Page.printToPDF",
            deadline=deadline,
            preferCSSPageSize=True,
            printBackground=True,
            generateTaggedPDF=True,
            generateDocumentOutline=True,
        )
        self._printed += 1
        return base64.b64decode(printed["data"])

    def _tab(self, deadline: float) -> Chromium:
        """Return the browser, started if there is none or it has served enough."""
        if self._printed >= _PAGES_A_BROWSER:
            self.close()
        if self._browser is None:
            self._browser = tab = Chromium(self._executable)
            tab.open_tab(deadline=deadline)
            tab.call("Page.enable", deadline=deadline)
            # A page without its script is whole, and cannot run one that slipped into it.
            tab.call("Emulation.setScriptExecutionDisabled", deadline=deadline, value=True)
            # Laid out for paper at once, and not for a screen first: a tenth of the time.
            tab.call("Emulation.setEmulatedMedia", deadline=deadline, media="print")
        return self._browser

    def close(self) -> None:
        """End the browser; the printer may still be used, and then starts another."""
        if self._browser is not None:
            self._browser.close()
        self._browser, self._printed = None, 0


def reproducible(pdf: bytes) -> bytes:
    r"""Take the clock and the browser's past out of a PDF that Chromium printed.

    Parameters
    ----------
    pdf : bytes

    Returns
    -------
    bytes
        Of the same length, so that the addresses inside the file stay right. The two dates, which
        the format does not ask for, are blanks: a report's date is that of its data, and a fixed
        one would be false. Elements of the structure are numbered from 1, in the same order,
        and not from the number of those that the browser met in earlier pages.

    Examples
    --------
    >>> reproducible(b"<</Title (Nord)/ModDate (D:20260101120000+00'00')>>")
    b'<</Title (Nord)                                  >>'
    >>> reproducible(b"/ID (node00000279) /Headers [(node00000281) (node00000279)]")
    b'/ID (node00000001) /Headers [(node00000002) (node00000001)]'
    """
    undated = _DATE.sub(lambda found: b" " * len(found[0]), pdf)
    met = sorted(set(_NODE.findall(undated)))
    numbers = {node: b"%08d" % rank for rank, node in enumerate(met, start=1)}
    return _NODE.sub(lambda found: b"(node%b)" % numbers[found[1]], undated)


def _move(data: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(path) as aside:
        aside.write_bytes(data)


@dataclass(frozen=True, slots=True)
class Printed:
    """Say how the printing of one page went.

    Parameters
    ----------
    page, pdf : Path
    seconds : float
    bytes : int
        Of the PDF.
    error : str
        Empty when it succeeded.
    """

    page: Path
    pdf: Path
    seconds: float
    bytes: int = 0
    error: str = ""


def pdf_of(page: Path) -> Path:
    """Give the place of a page's PDF: beside it.

    Examples
    --------
    >>> pdf_of(Path("departement/59.fr.html")).as_posix()
    'departement/59.fr.pdf'
    """
    return page.with_suffix(".pdf")


def print_pages(
    pages: Sequence[Path],
    *,
    jobs: int = 1,
    time_limit: float = TIME_LIMIT,
    done: Callable[[Printed], None] = lambda printed: None,
) -> tuple[Printed, ...]:
    """Print pages, each to a PDF beside it; one that fails does not stop the others.

    Parameters
    ----------
    pages : sequence of Path
    jobs : int
        Pages printed at once, each by a browser of its own.
    time_limit : float
        Seconds that a page may take.
    done : callable
        Called with each result as it comes, in the caller's thread.

    Returns
    -------
    tuple of Printed
        In the order of the pages. The PDF of an earlier run is taken away from a page that
        fails: it is out of date.

    Raises
    ------
    MissingExtra
        When there is no Chromium: before anything is printed.

    Examples
    --------
    >>> print_pages([])
    ()
    """
    results: dict[Path, Printed] = {}
    with _printers(min(jobs, len(pages)), time_limit) as free:

        def one(page: Path) -> Printed:
            printer = free.get()
            try:
                return _printed(printer, page)
            finally:
                free.put(printer)

        with ThreadPoolExecutor(max(1, free.qsize())) as pool:
            try:
                for future in as_completed([pool.submit(one, page) for page in pages]):
                    printed = results[future.result().page] = future.result()
                    done(printed)
            finally:
                # An interrupted run ends after the pages under way, and not after all.
                pool.shutdown(cancel_futures=True)
    return tuple(results[page] for page in pages)


@contextmanager
def _printers(count: int, time_limit: float) -> Iterator[SimpleQueue[PdfPrinter]]:
    """Lend printers that are free; their browsers start with the first page of each."""
    printers = [PdfPrinter(time_limit=time_limit) for _ in range(count)]
    free: SimpleQueue[PdfPrinter] = SimpleQueue()
    for printer in printers:
        free.put(printer)
    try:
        yield free
    finally:
        for printer in printers:
            printer.close()


def _printed(printer: PdfPrinter, page: Path) -> Printed:
    start = time.perf_counter()
    pdf = pdf_of(page)
    try:
        printer.print(page, pdf)
        size = pdf.stat().st_size
    except (PdfNotPrinted, OSError) as error:
        with suppress(OSError):
            pdf.unlink(missing_ok=True)
        return Printed(page, pdf, time.perf_counter() - start, error=str(error))
    return Printed(page, pdf, time.perf_counter() - start, bytes=size)
