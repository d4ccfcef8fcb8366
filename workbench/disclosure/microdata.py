"""Records of persons or households: how many are alike, and what coarser classes would do."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.core.errors import ColumnUnknown, ParameterError, nearest

__all__ = [
    "Anonymity",
    "Ladder",
    "Proposal",
    "anonymity",
    "dates",
    "numbers",
    "prefixes",
    "propose",
]

Ladder = Sequence[Mapping[str, str]]
"""Coarser and coarser classes of a column: each maps its texts to those of a step."""

_EVERY = "*"


@dataclass(frozen=True)
class Anonymity:
    """Tell how far records are lost among others that are like them.

    Parameters
    ----------
    k : int
        Records of the smallest class of the same quasi-identifiers.
    l : int
        Distinct sensitive values of the class that has fewest; 0 without a sensitive column.
    classes : int
    exposed : int
        Records of classes under the k, or the l, that is asked for.
    """

    k: int
    l: int  # noqa: E741 (its name in the literature)
    classes: int
    exposed: int


@dataclass(frozen=True)
class Proposal:
    """Tell which step of each ladder makes records enough alike.

    Parameters
    ----------
    steps : mapping of str to int
        By column; 0 leaves it as it is, the last one says nothing of it any more.
    anonymity : Anonymity
    loss : float
        Mean share of its classes that a column loses, from 0 to 1.
    withheld : int
        Records still exposed, to leave out.
    """

    steps: Mapping[str, int]
    anonymity: Anonymity
    loss: float
    withheld: int


def anonymity(
    frame: pd.DataFrame,
    quasi: Sequence[str],
    *,
    sensitive: str = "",
    k: int = 5,
    l: int = 2,  # noqa: E741
) -> Anonymity:
    """Count how many records are alike on what others may know of them.

    Parameters
    ----------
    frame : DataFrame
    quasi : sequence of str
        Columns by which someone could be recognised: age, sex, commune…
    sensitive : str
        What must not be learnt even of a whole class.
    k, l : int
        What is asked for; `l` counts only with `sensitive`.

    Returns
    -------
    Anonymity

    References
    ----------
    Sweeney, "k-anonymity: a model for protecting privacy", 2002. Machanavajjhala et al.,
    "l-diversity: privacy beyond k-anonymity", 2007.

    Examples
    --------
    >>> people = pd.DataFrame({"age": [30, 30, 41], "sex": ["f", "f", "m"], "ill": ["a", "b", "a"]})
    >>> anonymity(people, ["age", "sex"], sensitive="ill", k=2)
    Anonymity(k=1, l=1, classes=2, exposed=1)
    """
    for name in (*quasi, *([sensitive] if sensitive else [])):
        _check_column(frame, name)
    if not quasi:
        raise ParameterError("Name the columns by which someone could be recognised.")
    if frame.empty:
        return Anonymity(0, 0, 0, 0)
    groups = frame.groupby(list(quasi), dropna=False, sort=False, observed=True)
    sizes = groups.size()
    few = sizes < k
    diversity = 0
    if sensitive:
        distinct = groups[sensitive].nunique(dropna=False)
        diversity = int(distinct.min())
        few |= distinct < l
    return Anonymity(int(sizes.min()), diversity, len(sizes), int(sizes[few].sum()))


def propose(
    frame: pd.DataFrame,
    ladders: Mapping[str, Ladder],
    *,
    sensitive: str = "",
    k: int = 5,
    l: int = 2,  # noqa: E741
    withheld: float = 0.0,
    most: int = 5,
) -> list[Proposal]:
    """Find the coarser classes that lose least and make every record one of `k`.

    Parameters
    ----------
    frame : DataFrame
    ladders : mapping of str to Ladder
        The quasi-identifiers, and the classes that each may be put in: see :func:`numbers`,
        :func:`dates`, :func:`prefixes`; a mapping of communes to départements is a step too.
    sensitive, k, l
        See :func:`anonymity`.
    withheld : float
        Share of the records that may be left out.
    most : int
        Proposals wanted.

    Returns
    -------
    list of Proposal
        Least loss first; none of them is a coarser form of another.

    Examples
    --------
    >>> people = pd.DataFrame({"age": ["30", "31", "38", "44", "45", "47"]})
    >>> best = propose(people, {"age": numbers(people["age"], 5, 10)}, k=3)[0]
    >>> best.steps, best.anonymity.k
    ({'age': 2}, 3)
    """
    columns = {name: _stepped(frame, name, ladder) for name, ladder in ladders.items()}
    counts = {name: [each.nunique() for each in steps] for name, steps in columns.items()}
    ways = itertools.product(*(range(len(steps)) for steps in columns.values()))
    found: list[Proposal] = []
    for way in sorted(ways, key=lambda way: (_loss(counts, way), way)):
        if any(_coarser(way, tuple(each.steps.values())) for each in found):
            continue
        put = pd.DataFrame(
            {name: steps[at] for (name, steps), at in zip(columns.items(), way, strict=True)}
        )
        if sensitive:
            put[_EVERY] = frame[sensitive].to_numpy()
        told = anonymity(put, list(columns), sensitive=_EVERY if sensitive else "", k=k, l=l)
        if told.exposed <= withheld * len(frame):
            steps = dict(zip(columns, way, strict=True))
            found.append(Proposal(steps, told, _loss(counts, way), told.exposed))
        if len(found) == most:
            break
    return found


def _check_column(frame: pd.DataFrame, name: str) -> None:
    if name not in frame:
        known = nearest(name, map(str, frame.columns))
        raise ColumnUnknown(f"The records have no column {name!r}; {known}.")


def _stepped(frame: pd.DataFrame, name: str, ladder: Ladder) -> list[pd.Series]:
    _check_column(frame, name)
    texts = frame[name].astype(str).reset_index(drop=True)
    steps = [texts]
    for classes in ladder:
        unknown = set(texts.unique()) - set(classes)
        if unknown:
            raise ParameterError(
                f"{name}: the classes leave out {len(unknown)} values, {min(unknown)!r} for one."
            )
        steps.append(texts.map(dict(classes)))
    return [*steps, pd.Series(np.full(len(texts), _EVERY), dtype=str)]


def _loss(counts: Mapping[str, Sequence[int]], way: Sequence[int]) -> float:
    lost = [
        1 - (each[at] - 1) / (each[0] - 1) if each[0] > 1 else 0.0
        for each, at in zip(counts.values(), way, strict=True)
    ]
    return float(np.mean(lost))


def _coarser(way: Sequence[int], other: Sequence[int]) -> bool:
    return all(one >= two for one, two in zip(way, other, strict=True))


def numbers(column: pd.Series, *widths: int) -> Ladder:
    """Put numbers in classes of some widths.

    Examples
    --------
    >>> numbers(pd.Series(["31", "48"]), 10)
    [{'31': '30–39', '48': '40–49'}]
    """
    texts = column.astype(str).unique()
    ladder = []
    for width in widths:
        starts = {each: int(float(each) // width * width) for each in texts}
        ladder.append({each: f"{at}–{at + width - 1}" for each, at in starts.items()})
    return ladder


def dates(column: pd.Series) -> Ladder:
    """Keep of dates written year first the month, then the year, then ten years.

    Examples
    --------
    >>> dates(pd.Series(["1987-03-02"]))
    [{'1987-03-02': '1987-03'}, {'1987-03-02': '1987'}, {'1987-03-02': '198…'}]
    """
    texts = column.astype(str).unique()
    return [
        {each: each[:7] for each in texts},
        {each: each[:4] for each in texts},
        {each: f"{each[:3]}…" for each in texts},
    ]


def prefixes(column: pd.Series, *lengths: int) -> Ladder:
    """Keep the first letters of codes: the département of a commune, a division of a NAF class.

    Examples
    --------
    >>> prefixes(pd.Series(["59350", "2A004"]), 2)
    [{'59350': '59', '2A004': '2A'}]
    """
    texts = column.astype(str).unique()
    return [{each: each[:length] for each in texts} for length in lengths]
