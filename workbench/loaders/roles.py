"""Tell what the cells of a column are, from its heading and a sample of its cells.

Where the two readings are possible a column is text: a number read as text is seen at once, a code
read as a number has lost its zeros for good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from workbench.core.folding import fold
from workbench.core.types import Status
from workbench.loaders.codes import company_kind, kind_of
from workbench.loaders.dates import date_shape, detect_order, read_date, serial_date
from workbench.loaders.dialect import EVERY, Column, Decision, Dialect, Role
from workbench.loaders.markers import Markers
from workbench.loaders.numbers import common_unit, detect_form, is_number, read_numbers

__all__ = ["infer", "words"]

# Words of headings. The weak ones name a code only when they come first, as in COM_AV: ptot_com
# is a population.
_CODES = frozenset(
    {"insee", "cog", "siren", "siret", "iris", "depcom", "epci", "naf", "ape", "uai", "finess"}
    | {"rna", "nic", "id", "ids", "uid", "uuid", "cle", "identifiant", "reference", "telephone"}
    | {"tel", "fax", "cp", "postal", "postcode", "numero", "section", "parcelle", "idu", "nuts"}
    | {"lau", "lot", "cheflieu", "comparent", "rne", "phone"}
)
_WEAK_CODES = frozenset({"com", "dep", "reg", "arr", "can", "dept", "ref", "num", "zone", "ze"})
_QUANTITIES = frozenset(
    {"nb", "nbr", "nbre", "nombre", "montant", "taux", "part", "pct", "pourcentage", "population"}
    | {"pop", "surface", "valeur", "prix", "total", "somme", "effectif", "effectifs", "superficie"}
    | {"duree", "distance", "longueur", "largeur", "hauteur", "tarif", "puissance", "lat", "lon"}
    | {"long", "latitude", "longitude", "x", "y", "altitude", "annee", "an", "year", "millesime"}
    | {"exercice", "age"}
)
_DATES = frozenset(
    {"date", "jour", "horodatage", "datetime", "timestamp", "debut", "fin", "day", "maj"}
)
_LEADING_ZERO = re.compile(r"0[0-9]+")
_COMMUNE = re.compile(r"[0-9]{5}|2[AB][0-9]{3}")
_CORSICA = re.compile(r"2[AB]([0-9]{3})?")
_LONG = re.compile(r"[0-9]{16,}")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-Z])")
_LEAST_SHARE = 0.9  # of cells that must be numbers or dates for the others to be mistakes
_MANY = 0.5  # share of distinct values above which each one is read on its own


@dataclass(frozen=True, slots=True)
class _Sample:
    """Hold what the sample of a column says."""

    heading: tuple[str, ...]
    cells: tuple[str, ...]
    distinct: tuple[str, ...]

    @property
    def names_code(self) -> bool:
        names = set(self.heading)
        first = self.heading[0] if self.heading else ""
        named = names & _CODES or any(each.startswith("cod") for each in names)
        # "no" is short for numéro, but NO2 is nitrogen dioxide.
        number = first == "no" and len(self.heading) > 1 and not self.heading[1].isdecimal()
        weak = first in _WEAK_CODES or number
        communes = "commune" in names and all(map(_COMMUNE.fullmatch, self.distinct))
        return bool(named or weak or communes) and not names & _QUANTITIES

    def enough(self, good: int) -> bool:
        """Tell whether so many good cells make the others mistakes."""
        bad = len(self.distinct) - good
        return bad == 0 or good >= _LEAST_SHARE * len(self.distinct) or (bad == 1 and good >= 3)


def words(heading: str) -> tuple[str, ...]:
    """Cut a heading into words, without accents or capitals.

    Examples
    --------
    >>> words("codeInsee Département_2020")
    ('code', 'insee', 'departement', '2020')
    """
    parted = _CAMEL.sub(" ", heading)
    return tuple(re.findall(r"[a-z]+|[0-9]+", fold(parted)))


def infer(
    name: str, heading: str, cells: Sequence[str], dialect: Dialect, markers: Markers
) -> tuple[Column, Decision]:
    """Tell how a column is read.

    Parameters
    ----------
    name, heading : str
    cells : sequence of str
        A sample, blank cells included.
    dialect : Dialect
        What the caller says.
    markers : Markers

    Examples
    --------
    >>> column, decision = infer("com", "COM", ["01001", "01002"], Dialect(), Markers())
    >>> column.role.value, print(decision)
    code (its heading says so)
    ('code', None)
    >>> infer("taux", "Taux", ["12,5", "s", "3"], Dialect(), Markers())[0].decimal
    ','
    """
    filled = tuple(cell.strip() for cell in cells if cell.strip())
    found = tuple(cell for cell in dict.fromkeys(filled) if markers.meaning(cell) is None)
    sample = _Sample(words(heading), filled, found)
    column = Column(name, heading, Role.TEXT)
    given = dialect.roles.get(name, dialect.roles.get(EVERY, dialect.expected.get(name)))
    if given is not None:
        role, _, kind = given.partition(":")
        return _given(column, Role(role), sample, dialect, markers, kind)
    if not found:
        return _undecided(column, sample)
    for attempt in (_as_code, _as_date, _as_number):
        decided = attempt(column, sample, dialect, markers)
        if decided is not None:
            return decided
    return column, _told(name, Role.TEXT, f"such as {found[0][:40]!r}")


def _told(name: str, role: Role, evidence: str, sure: float = 1.0) -> Decision:
    return Decision(f"role of {name}", role.value, evidence, sure)


def _given(
    column: Column, role: Role, sample: _Sample, dialect: Dialect, markers: Markers, kind: str
) -> tuple[Column, Decision]:
    column = replace(column, role=role, firm=True)
    if role.is_quantity:
        numbers = [cell for cell in sample.distinct if is_number(cell)]
        form, _, _ = detect_form(numbers, dialect.decimal, dialect.thousands)
        unit = common_unit(numbers)
        column = replace(column, decimal=form.decimal, thousands=form.thousands, unit=unit)
    elif role in (Role.DATE, Role.DATETIME):
        order = dialect.date_order or detect_order(sample.distinct)[0]
        column = replace(column, date_order=order, zoned=_zoned(sample.distinct, order, markers))
    elif role is Role.CODE:
        column = replace(column, kind=kind or kind_of(sample.heading, sample.distinct))
    return column, _told(column.name, role, "given")


def _undecided(column: Column, sample: _Sample) -> tuple[Column, Decision]:
    """Decide of a column without a value: only its heading speaks."""
    if sample.names_code:
        column = replace(column, role=Role.CODE)
        return column, _told(column.name, Role.CODE, "no value; its heading says so", 0.8)
    if sample.cells and not any(len(cell) == 1 and cell.isalpha() for cell in sample.cells):
        column = replace(column, role=Role.NUMBER)
        return column, _told(column.name, Role.NUMBER, f"only signs: {sample.cells[0]!r}", 0.5)
    evidence = "no value in the sample" if not sample.cells else "letters only"
    return column, _told(column.name, Role.TEXT, evidence, 0.5)


def _as_code(
    column: Column, sample: _Sample, dialect: Dialect, markers: Markers
) -> tuple[Column, Decision] | None:
    evidence = ""
    numbers = [cell for cell in sample.distinct if is_number(cell)]
    if sample.names_code and not (len(numbers) == len(sample.distinct) and _have_decimals(numbers)):
        evidence = "its heading says so"
    elif zero := next((each for each in sample.distinct if _LEADING_ZERO.fullmatch(each)), ""):
        if not date_shape(zero):
            evidence = f"{zero!r} begins by 0"
    elif long := next((each for each in sample.distinct if _LONG.fullmatch(each)), ""):
        evidence = f"{long!r} is longer than a number"
    elif any(map(_CORSICA.fullmatch, sample.distinct)) and numbers:
        evidence = "départements or communes of Corsica among numbers"
    elif company_kind(sample.distinct):
        evidence = "SIREN or SIRET numbers, by their key"
    if not evidence:
        return None
    kind = kind_of(sample.heading, sample.distinct) or company_kind(sample.distinct)
    column = replace(column, role=Role.CODE, kind=kind)
    return column, _told(column.name, Role.CODE, evidence)


def _have_decimals(numbers: Iterable[str]) -> bool:
    return any(re.search(r"[.,]\d*[1-9]\s*$", number) for number in numbers)


def _as_date(
    column: Column, sample: _Sample, dialect: Dialect, markers: Markers
) -> tuple[Column, Decision] | None:
    shaped = [cell for cell in sample.distinct if date_shape(cell)]
    named = bool(_DATES.intersection(sample.heading))
    if not shaped and not named:
        return None
    if not sample.enough(len(shaped)) and not (named and len(shaped) * 2 >= len(sample.distinct)):
        return _as_counted_date(column, sample) if named else None
    order, evidence, sure = detect_order(shaped)
    if dialect.date_order is not None:
        order, evidence, sure = dialect.date_order, "date order given", 1.0
    read = [read_date(cell, order, markers) for cell in shaped]
    timed = any(not isinstance(each, str) and each and each.time for each in read)
    role = Role.DATETIME if timed else Role.DATE
    zoned = _zoned(shaped, order, markers)
    column = replace(column, role=role, date_order=order, zoned=zoned, firm=named)
    return column, _told(column.name, role, f"{order}: {evidence}", sure)


def _zoned(cells: Iterable[str], order: str, markers: Markers) -> bool:
    read = (read_date(cell, order, markers) for cell in cells)
    return any(not isinstance(each, str) and each is not None and each.zoned for each in read)


def _as_counted_date(column: Column, sample: _Sample) -> tuple[Column, Decision] | None:
    """Read as dates the serial numbers of spreadsheets, and years, months and days in a row."""
    digits = [cell for cell in sample.distinct if cell.isdecimal()]
    if not sample.enough(len(digits)) or not digits:
        return None
    if all(len(cell) == 8 and not isinstance(_date(cell), str) for cell in digits):
        evidence, sure = f"ymd: such as {digits[0]!r}, and its heading says so", 0.9
    elif all(len(cell) == 5 and serial_date(float(cell)) for cell in digits):
        evidence, sure = f"serial numbers of a spreadsheet, such as {digits[0]!r}", 0.8
    else:
        return None
    return replace(column, role=Role.DATE), _told(column.name, Role.DATE, evidence, sure)


def _date(cell: str) -> object:
    return read_date(cell, "ymd", Markers())


def _as_number(
    column: Column, sample: _Sample, dialect: Dialect, markers: Markers
) -> tuple[Column, Decision] | None:
    numbers = [cell for cell in sample.distinct if is_number(cell)]
    flagged = [cell for cell in sample.distinct if re.match(r"[-+]?\d", cell)]
    named = bool(_QUANTITIES.intersection(sample.heading))
    if not sample.enough(len(flagged)) and not (named and 2 * len(numbers) >= len(sample.distinct)):
        return None
    form, evidence, sure = detect_form(numbers, dialect.decimal, dialect.thousands)
    form = replace(form, unit=common_unit(numbers))
    read = read_numbers(pa.array(sample.distinct, pa.string()), form, markers)
    good = int((~read.bad).sum())
    if not sample.enough(good) and not (named and 2 * good >= len(sample.distinct)):
        return None
    odd = [cell for cell, bad in zip(sample.distinct, read.bad, strict=True) if bad]
    if not named and any(re.fullmatch(r"\d+\s?[A-Za-z]+|[A-Za-z]+\d+", cell) for cell in odd):
        return None  # house numbers (12bis), roads (D12): text
    values = read.values[~read.bad]
    whole = not _have_decimals(numbers) and bool((values == values.round()).all())
    role = Role.INTEGER if whole and not any(form.decimal in n for n in numbers) else Role.NUMBER
    direct = (
        role is Role.NUMBER
        and not odd
        and not form.thousands
        and len(sample.distinct) > _MANY * len(sample.cells)
        and len(sample.distinct) == len(set(sample.cells))
        and sum(form.decimal in cell for cell in numbers) > 0.5 * len(sample.distinct)
        and bool((read.statuses == Status.OBSERVED).all())
    )
    column = replace(
        column,
        role=role,
        decimal=form.decimal,
        thousands=form.thousands,
        unit=form.unit,
        firm=named,
        many=direct,
    )
    if odd:
        evidence, sure = f"{evidence}; {len(odd)} cells are no number", min(sure, 0.8)
    return column, _told(column.name, role, evidence, sure)
