"""Drive one headless Chromium through its protocol, over a pair of pipes.

The protocol is messages of JSON, each ended by a zero byte; of its hundreds of methods a print
needs ten. Speaking it here, and not through a library, puts every wait under a time limit
(Playwright has none for the print itself), needs no package, and starts in half the CPU time.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self, cast

import workbench
from workbench.core.errors import MissingExtra, PdfNotPrinted

__all__ = ["CHROMIUM_NAMES", "Chromium", "chromium_path"]

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

# The browser reads commands from descriptor 3 and answers on 4. The shell puts our pipes there:
# done in a forked Python, it would be unsafe beside other threads.
_PIPES = 'exec "$@" 3<&0 4>&1 0</dev/null 1>&2'
_FLAGS = (
    "--headless",
    "--remote-debugging-pipe",
    # Pages are files and ask nothing of any host; nor may the browser, for itself or for them.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-back-forward-cache",
    "--no-first-run",
    "--no-default-browser-check",
    # Containers give shared memory 64 MB, which a long page exceeds.
    "--disable-dev-shm-usage",
    "--disable-gpu",
    # The PDF names this as its creator; the browser's own name changes with each version.
    f"--user-agent=Territorial Workbench {workbench.__version__}",
)
# Seconds left to a browser for ending by itself: past them it is killed.
_GOODBYE = 5.0
_CHUNK = 2**20


def chromium_path() -> Path:
    """Find the system's Chromium.

    Raises
    ------
    MissingExtra
        When there is none.
    """
    if os.name != "posix":
        raise MissingExtra("PDF is printed on Linux and macOS; elsewhere, print from a browser.")
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        raise MissingExtra(
            f"PDF needs Chromium, and none of {', '.join(CHROMIUM_NAMES)} is on the path. "
            "Install it ('make chromium' does on Debian, as root), or print from any browser."
        )
    return Path(found)


class Chromium:
    """Keep a browser with one tab, in a profile of its own that is removed at the end.

    Parameters
    ----------
    executable : Path

    Examples
    --------
    >>> with Chromium(chromium_path()) as browser:  # doctest: +SKIP
    ...     browser.call("Browser.getVersion", deadline=time.monotonic() + 30)["product"]
    'Chrome/156.0.8078.79'
    """

    def __init__(self, executable: Path) -> None:
        # The last write of a dying child must not be the failure of a run.
        self._profile = tempfile.TemporaryDirectory(
            prefix="workbench-chromium-", ignore_cleanup_errors=True
        )
        log = Path(self._profile.name, "log")
        # Chromium refuses to start as root with its sandbox, and containers run as root. For
        # anyone else the sandbox stays: the pages print data that others wrote.
        sandbox = () if os.geteuid() else ("--no-sandbox",)
        profile = f"--user-data-dir={self._profile.name}"
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                ["sh", "-c", _PIPES, "sh", executable, *_FLAGS, *sandbox, profile],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
                start_new_session=True,
            )
        self._commands = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)
        self._log = log
        self._last = 0
        self._session = ""
        self._received = bytearray()
        self._events: list[str] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._answers, selectors.EVENT_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process, and its group."""
        return self._process.pid

    def open_tab(self, *, deadline: float) -> None:
        """Open the tab to which later calls go."""
        tab = self.call("Target.createTarget", deadline=deadline, url="about:blank")["targetId"]
        opened = self.call("Target.attachToTarget", deadline=deadline, targetId=tab, flatten=True)
        self._session = opened["sessionId"]
        # Without it, the crash of the tab would be silence up to the time limit.
        self.call("Inspector.enable", deadline=deadline)

    def call(self, method: str, *, deadline: float, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and wait for its result.

        Parameters
        ----------
        method : str
        deadline : float
            On the monotonic clock.
        **parameters
            Of the method.

        Raises
        ------
        PdfNotPrinted
            The browser refused, stopped, or did not answer in time.
        """
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        try:
            self._commands.write(json.dumps(message).encode() + b"\0")
        except BrokenPipeError as error:
            raise self._stopped() from error
        while True:
            answer = self._receive(deadline)
            if answer.get("id") == self._last:
                break
        if "error" in answer:
            raise PdfNotPrinted(f"Chromium refused {method}: {answer['error']['message']}.")
        result: dict[str, Any] = answer["result"]
        return result

    def forget_events(self) -> None:
        """Leave aside the events received so far."""
        self._events.clear()

    def wait_for(self, event: str, *, deadline: float) -> None:
        """Wait for an event, unless it came since events were last forgotten.

        Raises
        ------
        PdfNotPrinted
            The browser or its tab stopped, or the event did not come in time.
        """
        while event not in self._events:
            self._receive(deadline)

    def _receive(self, deadline: float) -> dict[str, Any]:
        """Read one message, an event or an answer."""
        while (end := self._received.find(b"\0")) < 0:
            if not self._selector.select(max(0.0, deadline - time.monotonic())):
                raise PdfNotPrinted("the page was not printed within the time limit.")
            chunk = self._answers.read(_CHUNK)
            if not chunk:
                raise self._stopped()
            self._received += chunk
        message: dict[str, Any] = json.loads(bytes(self._received[:end]))
        del self._received[: end + 1]
        if (event := message.get("method")) is not None:
            self._events.append(event)
            if event == "Inspector.targetCrashed":
                raise PdfNotPrinted("the browser's tab crashed on the page.")
        return message

    def _stopped(self) -> PdfNotPrinted:
        """Say how the browser stopped, and its last words when it stopped by itself."""
        try:
            code = self._process.wait(_GOODBYE)
        except subprocess.TimeoutExpired:
            return PdfNotPrinted("Chromium closed its pipe.")
        if code < 0:
            return PdfNotPrinted(f"Chromium was stopped by {signal.Signals(-code).name}.")
        lines = self._log.read_text("utf-8", errors="replace").splitlines()
        words = [line for line in lines if ":FATAL:" in line] or lines[-1:] or ["no word"]
        return PdfNotPrinted(f"Chromium stopped with code {code}: {words[-1]}")

    def close(self) -> None:
        """End the browser and all it started, and remove its profile."""
        self._session = ""
        with suppress(PdfNotPrinted):
            self.call("Browser.close", deadline=time.monotonic() + _GOODBYE)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GOODBYE)
        # What is left of its group, were it hung or dead before its children.
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._selector.close()
        self._commands.close()
        self._answers.close()
        self._profile.cleanup()
