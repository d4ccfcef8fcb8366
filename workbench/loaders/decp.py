"""Read the essential data of public procurement: nested JSON of buyers, and the consolidated table.

In the format of 2022 a file is ``{"marches": {"marche": […], "contrat-concession": […]}}``, and a
list wraps each of its objects (``[{"titulaire": {…}}]``); in that of 2019, ``{"marches": […]}``.
A contract is one row of ``contracts``; those who hold it, what was changed and what is let to
others are the rows of other tables, by the contract's ``uid``.

References
----------
Arrêtés of 22 December 2022 on the essential data of public procurement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.core.errors import nearest
from workbench.core.reads import note
from workbench.loaders import columnar, tabular
from workbench.loaders.dialect import EVERY, Decision
from workbench.loaders.errors import DialectInvalid, FileNotTabular, OptionUnknown
from workbench.loaders.guard import read_json
from workbench.loaders.kinds import kind_of_file
from workbench.loaders.objects import read_objects
from workbench.loaders.registry import Loaded
from workbench.loaders.tabular import loaded, split_options

__all__ = ["TABLES", "load", "options", "suffixes"]

suffixes = ()
options = ("table", *columnar.options, "separator", "expected")

TABLES = ("contracts", "holders", "changes", "subcontracts")
"""Tables of a JSON file; the consolidated table has one only."""

# Keys of the lists of each table, in both formats; the objects that they hold are wrapped in 2022.
_LISTS: Mapping[str, tuple[str, ...]] = {
    "holders": ("titulaires", "concessionnaires"),
    "changes": ("modifications",),
    "subcontracts": ("actesSousTraitance",),
}
_HELD = frozenset(key for keys in _LISTS.values() for key in keys)
_ROLES: Mapping[str, str] = {
    **dict.fromkeys(
        ("uid", "id", "acheteur.id", "autoriteConcedante.id", "titulaire.id", "codeCPV"), "code"
    ),
    **dict.fromkeys(("acheteur_id", "acheteur_siren", "titulaire_id", "titulaire_siren"), "code"),
    **dict.fromkeys(("idAccordCadre", "lieuExecution.code", "lieuExecution_code"), "code"),
    **dict.fromkeys(("montant", "tauxAvance", "origineUE", "origineFrance"), "number"),
    **dict.fromkeys(("valeurGlobale", "montantSubventionPublique"), "number"),
    **dict.fromkeys(("dureeMois", "offresRecues", "holders"), "integer"),
    **dict.fromkeys(("dateNotification", "datePublicationDonnees", "dateSignature"), "date"),
    **dict.fromkeys(("dateDebutExecution", "dateNotificationModification"), "date"),
}
_MARKERS = {"NC": "missing", "INX": "missing", "CDL": "not_applicable"}


def load(path: Path, *, rows: int | None = None, table: str = "contracts", **given: Any) -> Loaded:
    """Read a file of contracts.

    Parameters
    ----------
    path : Path
        JSON of one of the two formats, or the consolidated table (CSV, Parquet).
    rows : int, optional
        Return the first rows only.
    table : str
        One of `TABLES`.
    **given
        See :func:`workbench.loaders.tabular.read`.

    Raises
    ------
    DialectInvalid
        There is no such table.
    FileNotTabular
        It holds no contracts.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "decp.json")
    >>> _ = path.write_text(
    ...     '{"marches": {"marche": [{"id": "1", "acheteur": {"id": "01020304050607"}, '
    ...     '"titulaires": [{"titulaire": {"id": "11020304050607"}}]}]}}'
    ... )
    >>> load(path, table="holders").data.column("titulaire.id").to_pylist()
    ['11020304050607']
    """
    note("file", str(path))
    if table not in TABLES:
        raise DialectInvalid(f"There is no table {table!r} ({nearest(table, TABLES)}).")
    kind = kind_of_file(path)
    if kind != "json":
        if table != TABLES[0]:
            raise DialectInvalid(
                f"{path.name} is a consolidated table ({kind}), with one table only: its rows are "
                "contracts, repeated for each holder and each change."
            )
        read_table = columnar.load if kind == "parquet" else tabular.load
        expected = {**_ROLES, **given.pop("expected", {})}
        markers = {**_MARKERS, **given.pop("markers", {})}
        return read_table(path, rows=rows, expected=expected, markers=markers, **given)
    dialect, rest = split_options(given)
    if rest.pop("lazy", False):
        raise OptionUnknown(f"{path.name} is JSON, which is read whole: no option 'lazy' then.")
    found = list(_rows(_contracts(read_json(path.read_bytes(), path.name), path.name), table))
    keys = {key for row in found for key in row}
    # A check takes every cell as it is written.
    known = {} if EVERY in dialect.roles else _ROLES
    roles = {name: role for name, role in known.items() if name in keys}
    read = read_objects(
        found,
        path.name,
        replace(
            dialect,
            roles={**roles, **dialect.roles},
            markers={**_MARKERS, **dialect.markers},
        ),
        told=(Decision("table", table, f"one of {', '.join(TABLES)}"),),
        **rest,
    )
    return loaded(read, rows)


def _contracts(found: Any, name: str) -> list[Mapping[str, Any]]:
    """Return contracts and concessions, whatever the format."""
    inside = found.get("marches") if isinstance(found, Mapping) else found
    listed: list[Any] | None
    if isinstance(inside, Mapping):
        lists = [inside.get(key) or [] for key in ("marche", "contrat-concession")]
        listed = [each for part in lists for each in (part if isinstance(part, list) else [part])]
    else:
        listed = inside if isinstance(inside, list) else None
    if listed is None or not all(isinstance(each, Mapping) for each in listed):
        raise FileNotTabular(
            f'{name} holds no contracts: {{"marches": {{"marche": […]}}}} (2022) or '
            '{"marches": […]} (2019) is expected.'
        )
    return listed


def _rows(contracts: Iterable[Mapping[str, Any]], table: str) -> Iterator[dict[str, Any]]:
    for contract in contracts:
        uid = _uid(contract)
        if table == "contracts":
            own = {key: _plain(value) for key, value in contract.items() if key not in _HELD}
            held = _unwrapped(contract, _LISTS["holders"])
            yield {"uid": uid, **own, "holders": len(held), "holder_ids": _ids(held) or None}
            continue
        prefix = {"holders": "titulaire", "changes": "", "subcontracts": ""}[table]
        for place, each in enumerate(_unwrapped(contract, _LISTS[table]), start=1):
            named = {f"{prefix}.{k}" if prefix else k: _plain(v) for k, v in each.items()}
            yield {"uid": uid, "place": place, **named}


def _uid(contract: Mapping[str, Any]) -> str | None:
    """Join the buyer's number and the contract's: alone, the contract's is not unique."""
    buyer = contract.get("acheteur") or contract.get("autoriteConcedante") or {}
    number = buyer.get("id") if isinstance(buyer, Mapping) else None
    own = contract.get("id")
    return f"{number}{own}" if number and own else None


def _unwrapped(found: Mapping[str, Any], keys: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return the objects of a list, out of what wraps each: ``{"titulaire": {…}}``."""
    listed: list[Mapping[str, Any]] = []
    for key in keys:
        inside = found.get(key) or []
        if isinstance(inside, Mapping):
            inside = next((v for v in inside.values() if isinstance(v, list)), [inside])
        for each in inside if isinstance(inside, list) else []:
            if not isinstance(each, Mapping):
                continue
            only = next(iter(each.values())) if len(each) == 1 else None
            listed.append(only if isinstance(only, Mapping) else each)
    return listed


def _ids(held: Sequence[Mapping[str, Any]]) -> str:
    return " ".join(str(each.get("id")) for each in held if each.get("id"))


def _plain(value: Any) -> Any:
    """Write a wrapped list of texts, ``{"considerationSociale": [...]}``, as one text."""
    if isinstance(value, Mapping) and len(value) == 1:
        inside = next(iter(value.values()))
        if isinstance(inside, list):
            value = inside
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value) or None
    return value
