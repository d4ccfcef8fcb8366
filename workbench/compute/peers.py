"""Find the territories that a territory resembles most, and say why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import TerritoryUnknown, nearest

__all__ = ["Gap", "Peer", "PeerSpace", "Resemblance", "nearest_peers", "peer_space", "why"]

# The interquartile range of a normal law is 1.349 standard deviations: dividing by it makes one
# unit of a well-behaved variable one standard deviation.
_IQR_OF_NORMAL = 1.349
# A territory is a candidate when both know at least this share of the variables.
_SHARED = 0.5


@dataclass(frozen=True, eq=False)
class PeerSpace:
    """Hold all the territories of one level as points, ready to look for neighbours.

    Make it once with `peer_space`.

    Parameters
    ----------
    codes : Index of str (territory,)
    variables : tuple of str
        Those that tell territories apart; constant ones are gone.
    points : ndarray (territory, variable), float64
        Standardised values, NaN where unknown.
    """

    codes: pd.Index
    variables: tuple[str, ...]
    points: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Peer:
    """Name a peer and its distance, in typical deviations (0 for the same figures)."""

    code: str
    distance: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Say how far two territories are on one variable.

    `gap` is the peer's standardised value minus the territory's, in typical deviations.
    """

    variable: str
    gap: float


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Explain why two territories are peers: the variables, the most alike first."""

    code: str
    peer: str
    distance: float
    gaps: tuple[Gap, ...]


def peer_space(values: Mapping[str, xr.DataArray], *, log: Collection[str] = ()) -> PeerSpace:
    """Standardise variables so that distances between territories mean something.

    Parameters
    ----------
    values : mapping of str to DataArray (territory,)
        One entry a variable, NaN where unknown. Lazy arrays are calculated here: a neighbour
        search is an edge of the workbench, it needs all the points.
    log : collection of str
        Variables compared by their ratio rather than their difference (population, density):
        their logarithm is taken. A value of 0 or less has none and is unknown.

    Returns
    -------
    PeerSpace

    Raises
    ------
    ValueError
        There is no variable, or the variables are not of the same territories.

    Notes
    -----
    ``z = (x − median) ÷ (IQR ÷ 1.349)``: local figures have long tails, and a mean and a standard
    deviation would let a few very large territories flatten the differences among all the others.
    Where more than half of the territories share one value (IQR 0) the standard deviation stands
    in; a variable that is constant tells nothing and is left out.

    References
    ----------
    Hampel, F. R. (1974), The influence curve and its role in robust estimation, *Journal of the
    American Statistical Association* 69, 383–393.

    Examples
    --------
    >>> import xarray as xr
    >>> people = xr.DataArray(
    ...     [90.0, 100.0, 5000.0], dims="territory", coords={"territory": ["A", "B", "C"]}
    ... )
    >>> space = peer_space({"population": people}, log=["population"])
    >>> nearest_peers(space, "A", k=1)[0].code
    'B'
    """
    if not values:
        message = "no variable to compare the territories on: declare at least one"
        raise ValueError(message)
    codes = next(iter(values.values())).indexes["territory"]
    columns: dict[str, NDArray[np.float64]] = {}
    for name, array in values.items():
        if not array.indexes["territory"].equals(codes):
            message = f"{name} is not of the same territories as {next(iter(values))}"
            raise ValueError(message)
        raw = np.asarray(array, dtype=np.float64)
        if name in log:
            raw = np.log(np.where(raw > 0, raw, np.nan))
        standard = _standardise(raw)
        if standard is not None:
            columns[name] = standard
    # Transposed: a search reads one variable after the other.
    points = np.array([*columns.values()]).reshape(len(columns), len(codes)).T
    return PeerSpace(codes, tuple(columns), points)


def nearest_peers(space: PeerSpace, code: str, *, k: int = 5) -> tuple[Peer, ...]:
    """Find the k territories nearest to one, the nearest first.

    Parameters
    ----------
    space : PeerSpace
    code : str
    k : int
        How many; fewer are returned when fewer can be compared.

    Returns
    -------
    tuple of Peer
        At the same distance, in the order of their codes.

    Raises
    ------
    TerritoryUnknown
        `code` is not in the space.

    Notes
    -----
    The distance is the root of the mean squared gap over the variables known for both, so that an
    unknown variable neither brings two territories nearer nor parts them (Gower's rule). A
    territory that shares fewer than half of the variables is no candidate. One pass over the
    points, O(n).

    References
    ----------
    Gower, J. C. (1971), A general coefficient of similarity and some of its properties,
    *Biometrics* 27, 857–871.

    Examples
    --------
    >>> import xarray as xr
    >>> at = {"territory": ["A", "B", "C"]}
    >>> age = xr.DataArray([40.0, 41.0, 47.0], dims="territory", coords=at)
    >>> [peer.code for peer in nearest_peers(peer_space({"age": age}), "C", k=2)]
    ['B', 'A']
    """
    own = _locate(space, code)
    distances = _distances(space.points, space.points[own])
    distances[own] = np.inf
    count = min(k, int(np.isfinite(distances).sum()))
    if count <= 0:
        return ()
    reach = np.partition(distances, count - 1)[count - 1]
    within = np.flatnonzero(distances <= reach)
    candidates = sorted(
        zip(distances[within].tolist(), space.codes.to_numpy()[within], strict=True)
    )
    return tuple(Peer(name, distance) for distance, name in candidates[:count])


def why(space: PeerSpace, code: str, peer: str) -> Resemblance:
    """Say on which variables two territories are alike.

    Parameters
    ----------
    space : PeerSpace
    code, peer : str

    Returns
    -------
    Resemblance
        The variables known for both, the smallest gap first (then by name).

    Raises
    ------
    TerritoryUnknown
        One of the codes is not in the space.

    Examples
    --------
    >>> import xarray as xr
    >>> at = {"territory": ["A", "B", "C"]}
    >>> age = xr.DataArray([40.0, 41.0, 47.0], dims="territory", coords=at)
    >>> flats = xr.DataArray([5.0, 90.0, 30.0], dims="territory", coords=at)
    >>> [gap.variable for gap in why(peer_space({"flats": flats, "age": age}), "A", "B").gaps]
    ['age', 'flats']
    """
    here, there = space.points[_locate(space, code)], space.points[_locate(space, peer)]
    gaps = (
        Gap(name, float(gap))
        for name, gap in zip(space.variables, there - here, strict=True)
        if not np.isnan(gap)
    )
    ordered = sorted(gaps, key=lambda gap: (abs(gap.gap), gap.variable))
    return Resemblance(code, peer, float(_distances(there[np.newaxis], here)[0]), tuple(ordered))


def _standardise(values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    known = values[np.isfinite(values)]
    if not known.size or known.min() == known.max():
        return None
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    spread = (high - low) / _IQR_OF_NORMAL if high > low else known.std()
    return np.where(np.isfinite(values), (values - middle) / spread, np.nan)


def _distances(points: NDArray[np.float64], origin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distance of each point to one, infinite where too little is known to compare."""
    squares = np.zeros(len(points))
    shared = np.zeros(len(points), dtype=np.int16)
    gap, known = np.empty(len(points)), np.empty(len(points), dtype=bool)
    # A variable at a time, in place: four times as fast as one array of all the gaps, and a
    # tenth of the memory, which each forked report has to be given.
    for column, own in zip(points.T, origin, strict=True):
        np.square(np.subtract(column, own, out=gap), out=gap)
        # A number equals itself, what is unknown does not.
        shared += np.equal(gap, gap, out=known)
        np.add(squares, gap, out=squares, where=known)
    squares /= np.maximum(shared, 1)
    distances = np.sqrt(squares, out=squares)
    distances[(shared == 0) | (shared < _SHARED * len(origin))] = np.inf
    return distances


def _locate(space: PeerSpace, code: str) -> int:
    if code not in space.codes:
        message = f"territory {code!r} is not among the {len(space.codes)} compared; "
        raise TerritoryUnknown(message + nearest(code, map(str, space.codes)))
    return cast("int", space.codes.get_loc(code))  # codes are unique
