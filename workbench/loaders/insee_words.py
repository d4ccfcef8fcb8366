"""Read what INSEE says of its own files: labels of variables and of their values, units, kinds.

Its files come with a second one, ``meta_…``, ``varmod_…`` or ``…_metadata.csv``, a row a value of
a variable: COD_VAR, LIB_VAR, LIB_VAR_LONG, COD_MOD, LIB_MOD, TYPE_VAR.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from workbench.core.folding import fold
from workbench.core.types import Kind
from workbench.loaders.dialect import EVERY, Dialect, Role
from workbench.loaders.errors import FileNotTabular
from workbench.loaders.tabular import read

__all__ = ["Codebook", "nature", "read_codebook"]

_Told = TypeVar("_Told")

# The first of these words in a label says what the variable is; where two begin together, the one
# that comes first here.
_NATURES = (
    (r"rapport inter|gini|indice de|theil|s80|s90|100[- ]sr", Kind.INEQUALITY),
    (r"median|decile|quartile|quintile|centile|vingtile|percentile", Kind.MEDIAN),
    (
        r"(?:nombre |revenu |age |taille |duree |montant |niveau de vie )?moyen|average|mean",
        Kind.MEAN,
    ),
    (r"taux|\bpart\b|proportion|pourcentage|en %|\(%\)|\brate\b|\bshare\b", Kind.RATIO),
    (r"densite|density", Kind.DENSITY),
    (
        r"\bnombre|\bnb\b|population|\bpop\b|effectif|logement|\blog\b|menage|residence|naissance"
        r"|deces|salarie|actif|chomeur|emploi|etablissement|equipement|number|dwelling|facilit"
        r"|personne|famille|eleve|scolarise|houses?hold|birth|death",
        Kind.COUNT,
    ),
)
_UNITS = (
    (r"en euros|€|\beuros?\b", "EUR"),
    (r"en %|\(%\)|pourcentage|taux|\bpart\b|proportion|\brate\b|\bshare\b", "percent"),
    (r"hab(?:itants)?[ ./]*(?:par |/)?km", "person_per_km2"),
    (r"logement|residence|maison|appartement|\blog\b|dwelling", "dwelling"),
    (
        r"habitant|personne|population|\bpop\b|homme|femme|actif|chomeur|salarie|naissance|deces"
        r"|eleve|scolarise|retraite|people|inhabitant|birth|death",
        "person",
    ),
)
_NO_UNIT = frozenset({Kind.INEQUALITY})


@dataclass(frozen=True, slots=True)
class Codebook:
    """Hold the labels of variables and of their values.

    Parameters
    ----------
    labels : mapping of str to str
        Of each variable, its longest.
    values : mapping of str to mapping of str to str
        Of each value of a variable.
    texts : frozenset of str
        Variables that are said to be text.
    numbers : frozenset of str
        Variables that are said to be numbers.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def label(self, variable: str) -> str:
        """Return the label of a variable, ``""`` when it has none."""
        return self.labels.get(variable, "")

    def value(self, variable: str, code: str) -> str:
        """Return the label of a value, ``""`` when it has none."""
        return self.values.get(variable, {}).get(code, "")


def read_codebook(path: Path) -> Codebook:
    r"""Read a file of metadata.

    Raises
    ------
    FileNotTabular
        It has no column COD_VAR.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "meta_base.csv")
    >>> _ = path.write_text("COD_VAR;LIB_VAR;COD_MOD;LIB_MOD\nSEX;Sexe;F;Femmes\n")
    >>> book = read_codebook(path)
    >>> book.label("SEX"), book.value("SEX", "F")
    ('Sexe', 'Femmes')
    """
    table = read(path, Dialect(separator=None, roles={EVERY: Role.TEXT.value}))
    names = {name.upper(): name for name in table.data.column_names}
    if "COD_VAR" not in names:
        raise FileNotTabular(
            f"{path.name} has no column COD_VAR (it has {', '.join(list(names)[:6])}): it is no "
            "metadata of INSEE. Name the file of data (member)."
        )
    rows = table.data.to_pylist() + (table.totals.to_pylist() if table.totals else [])
    labels: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    kinds: dict[str, set[str]] = {"CHAR": set(), "NUM": set()}
    for row in rows:
        told = {key: (row[name] or "").strip() for key, name in names.items()}
        variable = told["COD_VAR"]
        long = told.get("LIB_VAR_LONG") or told.get("LIB_VAR") or ""
        labels.setdefault(variable, long)
        if code := told.get("COD_MOD", ""):
            values.setdefault(variable, {}).setdefault(code, told.get("LIB_MOD", ""))
        if (kind := told.get("TYPE_VAR", "").upper()) in kinds:
            kinds[kind].add(variable)
    return Codebook(labels, values, frozenset(kinds["CHAR"]), frozenset(kinds["NUM"]))


def nature(label: str) -> tuple[Kind | None, str]:
    """Tell the kind and the unit of a variable by the first words of its label.

    A kind that no word says is None: what is not known to be a count must not be added up.

    Examples
    --------
    >>> nature("Taux de pauvreté au seuil de 60 % de la médiane")
    (<Kind.RATIO: 'ratio'>, 'percent')
    >>> nature("Médiane du niveau de vie (en euros)")
    (<Kind.MEDIAN: 'median'>, 'EUR')
    >>> nature("Nombre de résidences principales")
    (<Kind.COUNT: 'count'>, 'dwelling')
    """
    plain = fold(label)
    kind = _first(plain, _NATURES)
    unit = _first(plain, _UNITS) or ""
    if kind in _NO_UNIT:
        return kind, ""
    if kind is Kind.COUNT and unit not in ("person", "dwelling"):
        unit = "count"
    if kind is not Kind.RATIO and unit == "percent":
        unit = ""
    return kind, unit


def _first(text: str, rules: tuple[tuple[str, _Told], ...]) -> _Told | None:
    found = [
        (match.start(), place, told)
        for place, (pattern, told) in enumerate(rules)
        if (match := re.search(pattern, text))
    ]
    return min(found, key=lambda each: each[:2])[2] if found else None
