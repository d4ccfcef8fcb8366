"""Fold case, accents and ligatures, so that texts are found and sorted however they are typed."""

from __future__ import annotations

import unicodedata

__all__ = ["fold"]

# Unicode keeps these letters whole when it takes accents off.
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def fold(text: str) -> str:
    """Return a text in lower case, without accents, its ligatures spelt out.

    Parameters
    ----------
    text : str
        In any writing; letters without case or accents stay as they are.

    Examples
    --------
    >>> fold("Œuilly, L'Haÿ"), fold("Straße")
    ("oeuilly, l'hay", 'strasse')
    """
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    if letters.isascii():
        return letters
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
