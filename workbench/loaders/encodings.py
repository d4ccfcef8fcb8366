"""Tell the encoding of a text from its bytes, and decode it without losing a letter.

UTF-8 is believed only when all of it is valid; else the text is what Windows (cp1252), DOS (cp850)
or an old Macintosh (mac_roman) wrote, whichever gives French letters.
"""

from __future__ import annotations

import codecs
import re
import string
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.loaders.dialect import Decision
from workbench.loaders.errors import TextUnreadable

__all__ = ["Text", "decode", "detect_encoding", "is_wide"]

# Letters and signs that French texts hold beyond ASCII. The last line is what spreadsheets add.
_FRENCH = frozenset(
    "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»’‘“”…–—°º²³€£§·×½¼¾±µ•ªñÑáíóúÁÍÓÚöÖäÄß\N{NO-BREAK SPACE}"
)
# Those one reads on every page: a text whose letters are all rare is in another encoding.
_USUAL = frozenset("éèàçêôîûùâëïœÉÈÀÇÊÔÎ’°«»€\N{NO-BREAK SPACE}")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ENDS = re.compile(rb"(\r\n|\n|\r)")
_MOST_ACCENTS = 1.0  # for an ASCII letter: French has 0.05, Greek and Russian ten
# In the order of how often French files use them: the first of equal scores is taken.
_EIGHT_BITS = ("cp1252", "cp850", "mac_roman", "iso8859_15")


@dataclass(frozen=True, slots=True)
class Text:
    """Hold the encoding of a file.

    Parameters
    ----------
    encoding : str
        Codec of Python, without mark.
    mark : int
        Bytes of the mark at the beginning (BOM).
    is_ascii : bool
        Nothing beyond ASCII was seen: what comes further may still say another encoding.
    """

    encoding: str
    mark: int = 0
    is_ascii: bool = False


def is_wide(encoding: str) -> bool:
    """Tell whether letters take two bytes or four, ASCII ones too."""
    return "16" in encoding.removeprefix("iso8859") or "32" in encoding


def detect_encoding(samples: Sequence[bytes], given: str | None = None) -> tuple[Text, Decision]:
    """Tell the encoding of a file from pieces of it.

    Parameters
    ----------
    samples : sequence of bytes
        The first begins the file and the last ends it; each may be cut inside a letter where
        it does not.
    given : str, optional
        The encoding, when the caller says it.

    Raises
    ------
    TextUnreadable
        NUL bytes that are not those of UTF-16 or UTF-32, or bytes that no encoding has.

    Examples
    --------
    >>> text, decision = detect_encoding(["Pyrénées".encode("cp1252")])
    >>> text.encoding
    'cp1252'
    >>> print(decision)
    cp1252 (not UTF-8; French letters once read as cp1252: é, 95% sure)
    """
    head = samples[0]
    mark = next(((len(bom), name) for bom, name in _MARKS if head.startswith(bom)), None)
    if given is not None:
        size = mark[0] if mark and _same(mark[1], given) else 0
        return Text(given, size), Decision("encoding", given, "given")
    if mark:
        return Text(mark[1], mark[0]), Decision("encoding", mark[1], "byte order mark")
    if b"\0" in b"".join(samples):
        return _wide(head)
    if all(sample.isascii() for sample in samples):
        return Text("utf-8", is_ascii=True), Decision("encoding", "utf-8", "ASCII only", 0.9)
    fault = _fault(samples)
    if fault is None:
        return Text("utf-8"), Decision("encoding", "utf-8", "valid UTF-8 beyond ASCII")
    return _eight_bits(samples, fault)


def _same(one: str, other: str) -> bool:
    names = {codecs.lookup(name).name for name in (one, other)}
    return len(names) == 1 or names == {"utf-8", "utf-8-sig"}


def _wide(head: bytes) -> tuple[Text, Decision]:
    """Tell UTF-16 without a mark: NUL at every other byte, on one side."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    name = "utf-16-le" if odd > even else "utf-16-be"
    if half and max(even, odd) > 0.5 * half and min(even, odd) < 0.05 * half:
        return Text(name), Decision("encoding", name, "a NUL byte at every other place", 0.95)
    where = head.find(b"\0")
    line = head[: max(where, 0)].count(b"\n") + 1
    at = f"at byte {where}, line {line}" if where >= 0 else "further in the file"
    raise TextUnreadable(
        f"A NUL byte was found {at}: this is no text, or one cut by a faulty copy. Ask its "
        "producer for the file again, saved as CSV UTF-8."
    )


def _fault(samples: Sequence[bytes]) -> tuple[int, int] | None:
    """Return where UTF-8 breaks, as sample and offset; None when it never does."""
    for number, sample in enumerate(samples):
        # A sample may begin and end inside a letter of up to four bytes.
        start = 0
        while number and start < min(3, len(sample)) and 0x80 <= sample[start] < 0xC0:
            start += 1
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(sample[start:], final=number == len(samples) - 1)
        except UnicodeDecodeError as error:
            return number, start + error.start
    return None


def _eight_bits(samples: Sequence[bytes], fault: tuple[int, int]) -> tuple[Text, Decision]:
    beyond = b"".join(samples).translate(None, bytes(range(128)))
    valid = _letters_of_utf8(b"".join(samples))
    if valid >= 3 and valid * 3 > 0.9 * len(beyond):
        # Two files put one after the other: each line is read in its own encoding.
        evidence = f"{valid} letters are UTF-8, and some bytes are not: those lines are cp1252"
        return Text("utf-8"), Decision("encoding", "utf-8", evidence, 0.6)
    letters = sum(map(_count_letters, samples))
    scores = {name: _score(beyond, name) for name in _EIGHT_BITS}
    best = max(_EIGHT_BITS, key=lambda name: scores[name])
    if scores[best] <= 0 or (len(beyond) > 20 and len(beyond) > _MOST_ACCENTS * letters):
        number, offset = fault
        line = samples[0][:offset].count(b"\n") + 1 if number == 0 else None
        byte = samples[number][offset]
        where = f"line {line}" if line else "further in the file"
        raise TextUnreadable(
            f"Byte 0x{byte:02X} ({where}) is neither UTF-8 nor a French letter of cp1252, cp850, "
            "mac_roman or iso8859_15. Give the encoding: Dialect(encoding=…)."
        )
    read = set(beyond.decode(best, "ignore"))
    shown = ", ".join(sorted({each for each in read if each in _FRENCH and not each.isspace()}))
    told = f"not UTF-8; French letters once read as {best}: {shown[:40] or 'no-break spaces'}"
    rival = max(score for name, score in scores.items() if name != best)
    sure = 0.95 if scores[best] > rival or best == "cp1252" else 0.6
    return Text(best), Decision("encoding", best, told, sure)


def _count_letters(content: bytes) -> int:
    """Count the ASCII letters."""
    return len(content) - len(content.translate(None, string.ascii_letters.encode()))


def _letters_of_utf8(content: bytes) -> int:
    """Count the letters beyond ASCII that are whole ones of UTF-8."""
    kept = content.decode("utf-8", "ignore")
    return sum(not each.isascii() for each in kept)


def _score(beyond: bytes, encoding: str) -> float:
    """Say how French bytes beyond ASCII are: up to 1, below 0 for what no French text has."""
    read = beyond.decode(encoding, "replace")
    if not read:
        return 0.0
    usual = sum(each in _USUAL for each in read) / len(read)
    french = sum(each in _FRENCH for each in read) / len(read)
    strange = sum(each == "\N{REPLACEMENT CHARACTER}" or not each.isprintable() for each in read)
    spaces = read.count("\N{NO-BREAK SPACE}")
    return french + 0.5 * usual - 2 * (strange - spaces) / len(read) - 0.4


def decode(content: bytes, text: Text) -> tuple[bytes, tuple[int, ...]]:
    r"""Turn a piece of a file, cut at ends of lines, into UTF-8.

    Parameters
    ----------
    content : bytes
        Without the mark.
    text : Text

    Returns
    -------
    tuple of (bytes, tuple of int)
        UTF-8, and the positions of the lines (from 0) that had to be read as cp1252.

    Raises
    ------
    TextUnreadable
        Bytes that the encoding does not have.

    Examples
    --------
    >>> decode(b"caf\xe9\nth\xc3\xa9\n", Text("utf-8"))[1]
    (0,)
    """
    if text.encoding == "utf-8":
        if content.isascii():
            return content, ()
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return _line_by_line(content)
        return content, ()
    try:
        return content.decode(text.encoding).encode("utf-8"), ()
    except UnicodeError as error:
        raise TextUnreadable(
            f"The file is not {text.encoding} to its end: {error}. Give another encoding: "
            "Dialect(encoding=…)."
        ) from None


def _line_by_line(content: bytes) -> tuple[bytes, tuple[int, ...]]:
    # Lines and their ends, in turn: each system has its own ends, and a file may mix them.
    parts, odd = _ENDS.split(content), []
    for number, line in enumerate(parts[0::2]):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            odd.append(number)
            try:
                parts[2 * number] = line.decode("cp1252").encode("utf-8")
            except UnicodeDecodeError:
                parts[2 * number] = line.decode("latin-1").encode("utf-8")
    return b"".join(parts), tuple(odd)
