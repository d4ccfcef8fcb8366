"""Speak to a udata portal over HTTP: patient with what passes, plain about what does not.

References
----------
udata, API v1: ``/api/1/datasets/``, header ``X-API-KEY``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import urllib3

from workbench.core.errors import PortalRefused, PortalUnreachable
from workbench.loaders.patience import PASSING, seconds_asked
from workbench.publishing.portal.token import Token

__all__ = ["Ambiguous", "Client", "Patience"]

_MEANING: Final = {
    400: "it refuses what is sent",
    401: "the key is missing, wrong or no longer valid: make one in your profile on the portal",
    403: "the key does not allow it: ask for the right to publish in this organisation",
    404: "there is nothing there: check the address, the organisation and the data set",
    410: "the data set was deleted: publish under another identifier",
    413: "the file is larger than the portal takes",
}
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LARGEST: Final = 16 << 20


class Ambiguous(Exception):
    """Nothing tells whether the portal did what it was asked: look before asking again."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Bound what is waited for.

    Parameters
    ----------
    attempts : int
        At one request.
    pause : float
        Seconds before the second attempt; each pause doubles.
    longest : float
        Seconds that a server may ask to wait for; beyond, the push ends and can be taken up again.
    seconds : float
        That the server has to connect, and between two pieces of an answer.
    sleep : callable
    """

    attempts: int = 5
    pause: float = 1.0
    longest: float = 120.0
    seconds: float = 60.0
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    content: bytes
    retry_after: str | None


@dataclass
class Client:
    """Ask a portal.

    Parameters
    ----------
    url : str
        Its address (``https://www.data.gouv.fr``); plain http only on this machine.
    token : Token or None
        Sent to that address alone: redirections are not followed.
    patience : Patience
    """

    url: str
    token: Token | None
    patience: Patience = field(default_factory=Patience)
    _pool: urllib3.PoolManager = field(init=False, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        local = parts.hostname in _LOCAL
        if not parts.hostname or parts.scheme not in ("https", "http") or parts.username:
            raise PortalRefused(
                f"{self.url!r} is no address of a portal. Give one as https://www.data.gouv.fr."
            )
        if parts.scheme == "http" and not local:
            raise PortalRefused(
                f"{self.url} would be asked in the clear, and anyone on the way would read the "
                "key. Give its https address."
            )
        self.url = f"{parts.scheme}://{parts.netloc}"
        self._pool = urllib3.PoolManager(retries=False, timeout=self.patience.seconds)

    @property
    def host(self) -> str:
        """Return the name of the portal's machine."""
        return urlsplit(self.url).hostname or ""

    def get(self, path: str, **query: str | int) -> Any:
        """Return what is at a path; asked again as long as it may pass."""
        tail = f"?{urlencode(query)}" if query else ""
        return self._insist("GET", f"{path}{tail}")

    def send(self, method: str, path: str, content: Mapping[str, Any]) -> Any:
        """Send JSON. PUT and DELETE are asked again; POST only where nothing was done.

        Raises
        ------
        Ambiguous
            The line was cut during a POST.
        """
        body = json.dumps(content, ensure_ascii=False).encode()
        return self._insist(method, path, body, {"Content-Type": "application/json"})

    def upload(self, path: str, file: Path, media: str) -> Any:
        """Send a file.

        Raises
        ------
        Ambiguous
            The line was cut: the file may be there, whole or not.
        """
        fields = {"file": (file.name, file.read_bytes(), media)}
        body, kind = urllib3.encode_multipart_formdata(fields)
        return self._insist("POST", path, body, {"Content-Type": kind})

    def _insist(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        reason = ""
        for attempt in range(self.patience.attempts):
            try:
                answer = self._ask(method, path, body, headers or {})
            except (urllib3.exceptions.HTTPError, OSError) as error:
                reason = self._hidden(f"{type(error).__name__}")
                if method == "POST" and not isinstance(
                    error, urllib3.exceptions.NewConnectionError
                ):
                    raise Ambiguous(reason) from None
                self._pause(attempt, None)
                continue
            status, content = answer.status, answer.content
            if 200 <= status < 300:
                return self._read(content, path)
            if status not in PASSING:
                raise PortalRefused(self._refusal(method, path, status, content))
            reason = f"status {status}"
            if method == "POST" and status in (500, 502, 504):
                raise Ambiguous(reason)
            self._pause(attempt, answer.retry_after)
        raise PortalUnreachable(
            f"{self.url} did not answer {method} {path} ({reason}, {self.patience.attempts} "
            "attempts). Run the same command later: what is done is not done again."
        )

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> _Answer:
        sent = {"Accept": "application/json", "User-Agent": "territorial-workbench", **headers}
        if self.token:
            sent["X-API-KEY"] = self.token.value
        answer = self._pool.request(
            method,
            f"{self.url}/api/1{path}",
            body=body,
            headers=sent,
            redirect=False,
            preload_content=False,
        )
        try:
            data = answer.read(_LARGEST + 1)
        finally:
            answer.release_conn()
        if len(data) > _LARGEST:
            raise PortalRefused(f"{self.url} answers more than {_LARGEST:,} bytes to {path}.")
        return _Answer(answer.status, data or b"", answer.headers.get("Retry-After"))

    def _pause(self, attempt: int, asked: str | None) -> None:
        if attempt + 1 == self.patience.attempts:
            return
        seconds = self.patience.pause * 2**attempt
        if asked is not None and (wanted := seconds_asked(asked, time.time())) is not None:
            if wanted > self.patience.longest:
                raise PortalUnreachable(
                    f"{self.url} asks to wait {wanted:.0f} s. Run the same command after that: "
                    "what is done is not done again."
                )
            seconds = wanted
        self.patience.sleep(seconds)

    def _read(self, content: bytes, path: str) -> Any:
        if not content.strip():
            return None
        try:
            return json.loads(content)
        except ValueError:
            raise PortalRefused(
                f"{self.url} does not answer JSON at {path}: is it a portal that runs udata?"
            ) from None

    def _refusal(self, method: str, path: str, status: int, content: bytes) -> str:
        if 300 <= status < 400:
            told = "it leads elsewhere: give the address that it leads to"
        else:
            told = _MEANING.get(status, "it refuses")
        said = self._hidden(content[:300].decode("utf-8", "replace")).strip()
        shown = f" It says: {said}" if said.startswith("{") else ""
        return f"{self.url}, {method} {path}, status {status}: {told}.{shown}"

    def _hidden(self, text: str) -> str:
        return self.token.hidden(text) if self.token else text
