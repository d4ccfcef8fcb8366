"""Show a site on this machine, and to it alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from workbench.core.errors import ParameterError
from workbench.publishing.files import MEDIA

__all__ = ["serving"]

_TYPES: Final[Mapping[str, str]] = {
    ".atom": "application/atom+xml",
    ".csv": f"{MEDIA['csv']}; charset=utf-8",
    ".ipynb": MEDIA["notebook"],
    ".jsonld": MEDIA["jsonld"],
    ".nc": MEDIA["netcdf"],
    ".parquet": MEDIA["parquet"],
    ".ttl": f"{MEDIA['turtle']}; charset=utf-8",
}


class _Handler(SimpleHTTPRequestHandler):
    """Send files; a folder without a page is not listed, hidden files and links are not there."""

    extensions_map: Mapping[str, str] = {  # type: ignore[assignment]
        **SimpleHTTPRequestHandler.extensions_map,
        **_TYPES,
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each request."""

    def list_directory(self, path: str | os.PathLike[str]) -> None:
        """Refuse: only what is published is shown."""
        self.send_error(404)

    def send_head(self) -> Any:
        """Look at the path before it is opened."""
        root = Path(self.directory).resolve()
        found = Path(self.translate_path(self.path))
        inside = found.resolve().is_relative_to(root)
        if not inside or any(part.startswith(".") for part in found.parts[len(root.parts) :]):
            self.send_error(404)
            return None
        return super().send_head()


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[ThreadingHTTPServer]:
    """Open a server of a folder on the loopback address.

    Parameters
    ----------
    folder : Path
    port : int
        0: any that is free.

    Raises
    ------
    ParameterError
        The port is taken.
    """
    handler = partial(_Handler, directory=str(folder.resolve()))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise ParameterError(
            f"Port {port} cannot be used ({error.strerror}): give another one with --port."
        ) from error
    with server:
        yield server
