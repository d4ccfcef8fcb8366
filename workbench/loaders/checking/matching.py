r"""Match texts with the patterns of a schema in a process that is killed when one takes too long.

A pattern comes with a schema, which anybody may have written: ``(a+)+b`` tries two ways more for
each letter of a cell. The process is this very file, run alone; it imports nothing of the package.

Notes
-----
RE2, whose time is linear, is not what published schemas are written for: it has neither ``\1`` nor
``\u00C0``, and its ``\w`` takes ``é`` for no letter. Patterns keep the meaning of `re` here.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["Asked", "match_all"]

SECONDS = 5
"""Of the processor, that the patterns of a schema may take, and one more a million letters."""

_PATIENCE = 60  # seconds of the clock for one of the processor: the machine has other work
_SLOW = 3  # patterns that are given up one by one; after them, all that are left
_LETTERS = 10**6

Asked = tuple[str, Sequence[str]]
"""A pattern, and the texts that it should be the whole of."""


def match_all(asked: Sequence[Asked], *, seconds: int = SECONDS) -> list[tuple[bool, ...] | None]:
    r"""Tell which texts are of their pattern, from end to end.

    Parameters
    ----------
    asked : sequence of (str, sequence of str)
    seconds : int
        See `SECONDS`.

    Returns
    -------
    list of tuple of bool, or None
        None for a pattern that took too long.

    Examples
    --------
    >>> match_all([("[0-9]{5}", ["01001", "1001"]), (r"(\w)\1", ["éé"])])
    [(True, False), (True,)]
    >>> match_all([("(a+)+b", ["a" * 40])], seconds=1)
    [None]
    """
    found: list[tuple[bool, ...] | None] = []
    slow = 0
    while len(found) < len(asked) and slow < _SLOW:
        left = asked[len(found) :]
        done = _run(left, seconds)
        found += done
        if len(done) < len(left):
            found.append(None)
            slow += 1
    return found + [None] * (len(asked) - len(found))


def _run(asked: Sequence[Asked], seconds: int) -> list[tuple[bool, ...]]:
    """Return the answers that the process gave before its end."""
    seconds += sum(len(text) for _, texts in asked for text in texts) // _LETTERS
    words = json.dumps([seconds, [[pattern, list(texts)] for pattern, texts in asked]])
    # Alone (-I, -S): neither the folder, nor the settings, nor the packages of the user.
    with subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(__file__))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="ascii",
    ) as process:
        try:
            told, _ = process.communicate(words, timeout=seconds * _PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            told, _ = process.communicate()
        finally:
            process.kill()
    # A line that was cut has no end.
    lines = told[: told.rfind("\n") + 1].splitlines()
    return [tuple(mark == "1" for mark in line.strip()) for line in lines]


def _answer() -> None:
    """Answer on the standard output, a line a pattern."""
    seconds, asked = json.load(sys.stdin)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    except (ImportError, ValueError):
        pass  # elsewhere than on Unix, the clock alone ends it
    for pattern, texts in asked:
        fits = re.compile(pattern).fullmatch
        print("".join("01"[fits(text) is not None] for text in texts), flush=True)


if __name__ == "__main__":
    _answer()
