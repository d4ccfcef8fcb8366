"""Give its meaning to a cell that holds no figure: suppressed, missing, not applicable, or zero.

What the file's own legend says of a sign comes first, then what the caller or the catalogue says,
then the signs of French official statistics.

References
----------
.. [1] INSEE, *Signes conventionnels*: "s" secret statistique, "n.d." non disponible, "///" absence
   de résultat due à la nature des choses, "…" résultat non disponible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workbench.core.types import Status
from workbench.loaders.dialect import ZERO, Decision

__all__ = ["Markers", "Meaning", "legend"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Say what a marker stands for.

    Parameters
    ----------
    status : Status
    is_zero : bool
        An observed zero.
    """

    status: Status
    is_zero: bool = False

    @property
    def name(self) -> str:
        """Name the meaning as a dialect does."""
        return ZERO if self.is_zero else self.status.name.lower()

    @classmethod
    def of(cls, name: str) -> Meaning:
        """Return the meaning that a dialect names."""
        return cls(Status.OBSERVED, True) if name == ZERO else cls(Status[name.upper()])


_SUPPRESSED, _MISSING = Meaning(Status.SUPPRESSED), Meaning(Status.MISSING)
_NOT_APPLICABLE = Meaning(Status.NOT_APPLICABLE)

# In lower case, without full stops or blanks.
_KNOWN: Mapping[str, Meaning] = {
    **dict.fromkeys(("s", "c", "ss", "secret", "secretstat", "secretstatistique"), _SUPPRESSED),
    **dict.fromkeys(("conf", "confidentiel", "confidential", "#secret"), _SUPPRESSED),
    **dict.fromkeys(("", "nd", "ns", "nc", "nr", "na", "nan", "null", "none", "nul(l)"), _MISSING),
    **dict.fromkeys(
        ("…", "*", "**", "?", "x", "inconnu", "nonrenseigné", "nonrenseigne"), _MISSING
    ),
    **dict.fromkeys(("nondisponible", "nonsignificatif", "noncommuniqué", "vide"), _MISSING),
    **dict.fromkeys(("#n/a", "#div/0!", "#ref!", "#valeur!", "#value!", "#nom?"), _MISSING),
    **dict.fromkeys(("#name?", "#nombre!", "#num!", "#nul!", "#null!"), _MISSING),
    **dict.fromkeys(("n/a", "-", "–", "—", "--", "///", "//", "/"), _NOT_APPLICABLE),
    **dict.fromkeys(("so", "sansobjet", "nonapplicable", "nonconcerné", "z"), _NOT_APPLICABLE),
}
_LONGEST = 24  # characters of the longest marker known, with its blanks
# "< 5" and "<11": the figure is there and kept secret, whatever the threshold.
_BELOW = re.compile(r"[<≤]\s*\d{1,2}")
_SIGN = re.compile(r"""[\s(«"'*]*(?P<sign>[^\s:=«»"']{1,5}?)[\s»"')]*\s?[:=]\s*(?P<text>\S.*)""")
_WORDS = (
    (re.compile(r"secret|confidenti|secrétisé", re.IGNORECASE), _SUPPRESSED),
    (
        re.compile(r"sans objet|non applicable|nature des choses|non concern", re.IGNORECASE),
        _NOT_APPLICABLE,
    ),
    (
        re.compile(
            r"non disponible|manquant|non renseign|non significati|indisponible|inconnu|"
            r"non communiqu",
            re.IGNORECASE,
        ),
        _MISSING,
    ),
    (re.compile(r"\bnul(?:le)?s?\b|néant|zéro", re.IGNORECASE), Meaning(Status.OBSERVED, True)),
)


@dataclass(frozen=True, slots=True)
class Markers:
    """Know the markers of a file.

    Parameters
    ----------
    special : mapping of str to Meaning
        Those of the file's legend and of its dialect.

    Examples
    --------
    >>> Markers().meaning("n.d.").name
    'missing'
    >>> Markers().meaning(" S ").name
    'suppressed'
    >>> Markers().meaning("12") is None
    True
    """

    special: Mapping[str, Meaning] = field(default_factory=dict)

    def meaning(self, cell: str) -> Meaning | None:
        """Return what a cell stands for, None when it is no marker."""
        bare = cell.strip()
        if bare in self.special:
            return self.special[bare]
        if len(bare) > _LONGEST or bare[:1].isdigit():
            return None
        if bare.endswith("...") and not bare.strip("."):
            return _MISSING
        plain = re.sub(r"[.\s]", "", bare).lower()
        if bare and not plain:  # a full stop alone is what SAS writes
            return _MISSING
        return _KNOWN.get(plain) or (_SUPPRESSED if _BELOW.fullmatch(bare) else None)


def legend(lines: Iterable[str]) -> tuple[dict[str, Meaning], tuple[Decision, ...]]:
    """Read what the titles and notes of a file say of its signs.

    Examples
    --------
    >>> found, decisions = legend(["Source : INSEE", "- : résultat nul", "c = secret statistique"])
    >>> {sign: meaning.name for sign, meaning in found.items()}
    {'-': 'zero', 'c': 'suppressed'}
    """
    found: dict[str, Meaning] = {}
    told = []
    for line in lines:
        for part in re.split(r"\s*[;|]\s*", line):
            match = _SIGN.fullmatch(part)
            if not match or match["sign"].isdigit():
                continue
            meaning = next((m for words, m in _WORDS if words.search(match["text"])), None)
            if meaning is not None:
                found[match["sign"]] = meaning
                said = f"the file says so: {part.strip()[:80]!r}"
                told.append(Decision(f"marker {match['sign']!r}", meaning.name, said))
    return found, tuple(told)
