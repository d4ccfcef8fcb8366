"""Ask again when a server is busy or the line is cut, and give up in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TypeVar

from workbench.loaders.addresses import shown
from workbench.loaders.errors import FetchFailed
from workbench.loaders.transport import Answer, Clock, Cut, Limits

__all__ = ["PASSING", "Patience", "seconds_asked"]

T = TypeVar("T")

# What may pass: too many questions, or a server that is overwhelmed or restarting.
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_MEANING = {
    401: "it asks for a key: give it in a header",
    403: "it refuses: a key may be needed, in a header",
    404: "there is nothing there: the file may have moved",
    410: "the file was removed",
}
_LONGEST_PAUSE = 300.0


class _Busy(Exception):
    """The server asks to come back later."""

    def __init__(self, reason: str, seconds: float | None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Patience:
    """Bound the attempts at one file, and the time that they take together.

    Parameters
    ----------
    limits : Limits
    clock : Clock
    """

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.until = clock.monotonic() + limits.seconds
        self._limits, self._clock, self._failed = limits, clock, 0

    def insist(self, url: str, attempt: Callable[[], T]) -> T:
        """Call `attempt` until it returns.

        Raises
        ------
        FetchFailed
            No attempt or no time is left; the last reason is told.
        """
        while True:
            try:
                return attempt()
            except Cut as cut:
                self._wait(url, str(cut), None)
            except _Busy as busy:
                self._wait(url, str(busy), busy.seconds)

    def progress(self) -> None:
        """Note that something came: attempts are counted from here again."""
        self._failed = 0

    def accept(self, answer: Answer) -> None:
        """Refuse an answer that is not a file.

        Raises
        ------
        FetchFailed
            Its status will not pass by itself.
        """
        if answer.status in (200, 206, 304, 416):
            return
        if answer.status in PASSING:
            asked = answer.headers.get("retry-after", "")
            raise _Busy(
                f"its server answers {answer.status}", seconds_asked(asked, self._clock.time())
            )
        meaning = _MEANING.get(answer.status, "that is no file")
        raise FetchFailed(f"{answer.to.shown} answers {answer.status}: {meaning}.")

    def _wait(self, url: str, reason: str, asked: float | None) -> None:
        self._failed += 1
        if self._failed > self._limits.retries:
            raise FetchFailed(
                f"{shown(url)} was not read in {self._failed} attempts: {reason}. Try again later, "
                "or work offline with what was fetched before."
            )
        # A server that says "at once" again and again is not hammered.
        pause = max(self._limits.pause * 2.0 ** (self._failed - 1), asked or 0.0)
        if pause > min(_LONGEST_PAUSE, self.until - self._clock.monotonic()):
            raise FetchFailed(
                f"{shown(url)} was not read: {reason}, to be asked again in {pause:.0f} s at the "
                "soonest. Try then, or work offline with what was fetched before."
            )
        self._clock.sleep(pause)


def seconds_asked(asked: str, now: float) -> float | None:
    """Read ``Retry-After``, seconds or a date (RFC 9110, 10.2.3); None when it says nothing."""
    if asked.strip().isdecimal():
        return float(asked)
    try:
        date = parsedate_to_datetime(asked)
    except (TypeError, ValueError):
        return None
    # A date without zone is in GMT, as HTTP has it.
    return max(date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now, 0.0)
