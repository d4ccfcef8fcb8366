"""Simulate a daily grid, for demonstrations: weather that a formula makes up.

Nothing is drawn at random: the same arguments give the same grid on every machine. It says that
it is simulated in its attributes, and all that is made of it says so too.
"""

from __future__ import annotations

import dask.array as da
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from workbench.core.errors import GridInvalid

__all__ = ["simulate"]

FloatArray = NDArray[np.float64]
_YEAR = 365.2425  # days, Gregorian calendar
_LICENCE = "CC0-1.0"


def simulate(
    extent: tuple[float, float, float, float] = (-5.5, 41.0, 10.0, 51.5),
    *,
    step: float = 0.5,
    first: int = 1994,
    last: int = 2023,
) -> xr.Dataset:
    """Make up the daily weather of a rectangle.

    Parameters
    ----------
    extent : tuple of float
        West, south, east and north, degrees.
    step : float
        Size of the cells, degrees.
    first, last : int
        Years.

    Returns
    -------
    Dataset (time, lat, lon)
        ``tasmin``, ``tasmax`` (°C) and ``pr`` (mm/day), float32, lazy, a block a year.

    Raises
    ------
    GridInvalid
        The rectangle holds no cell, or the years none.

    Notes
    -----
    With latitude φ, longitude λ (degrees), day of year ``d`` and years ``y`` since 2000:

    - mean ``T = 30 − 0.4 |φ| + 0.04 y − A cos(2π (d − 20) / 365.2425) + w + 0.6 z``, with the
      opposite season south of the equator and ``A = 2 + 0.14 |φ| + 0.1 (λ − west)``: winters
      are harder inland; ``z`` has periods of one to seven years, so that years differ;
    - minimum and maximum ``T ∓ (4 + 2 s)``, with ``s`` from −0.5 in winter to 1 in summer;
    - weather ``w``: 3 °C times a series that remembers some days, tilted from west to east and
      from south to north by two others;
    - rain where a field of the same kind exceeds a threshold: ``6 mm`` times the excess, so that
      about a third of days are wet.

    Series are sums of sines of incommensurate periods, from 3 to 47 days, whose phases are the
    fractional parts of multiples of the golden ratio. There is neither relief, sea nor town.

    Examples
    --------
    >>> grid = simulate((0.0, 48.0, 2.0, 50.0), step=1.0, first=2000, last=2000)
    >>> dict(grid.sizes), grid.attrs["simulated"]
    ({'time': 366, 'lat': 2, 'lon': 2}, 'true')
    """
    west, south, east, north = extent
    lon = np.arange(west + step / 2, east, step)
    lat = np.arange(north - step / 2, south, -step)
    if not (step > 0 and lon.size > 1 and lat.size > 1 and last >= first):
        raise GridInvalid(
            f"A grid of {step:g}° over {extent} from {first} to {last} has fewer than two cells "
            "each way, or no year. Give a larger rectangle, smaller cells, or other years."
        )
    time = pd.date_range(f"{first}-01-01", f"{last}-12-31", freq="D")
    sizes = tuple(np.unique(time.year, return_counts=True)[1].tolist())
    days = ((time - pd.Timestamp("2000-01-01")) / pd.Timedelta(days=1)).to_numpy(np.float64)
    lazy_days = da.from_array(days, chunks=(sizes,))
    made = {
        name: da.map_blocks(
            _block,
            lazy_days,
            what=name,
            lat=lat,
            lon=lon,
            dtype=np.float32,
            new_axis=[1, 2],
            chunks=(sizes, (lat.size,), (lon.size,)),
            name=f"simulate-{name}-{first}-{last}-{step:g}-{'-'.join(f'{v:g}' for v in extent)}",
        )
        for name in ("tasmin", "tasmax", "pr")
    }
    attrs = {
        "tasmin": {"standard_name": "air_temperature", "cell_methods": "time: minimum"},
        "tasmax": {"standard_name": "air_temperature", "cell_methods": "time: maximum"},
        "pr": {"standard_name": "lwe_precipitation_rate", "cell_methods": "time: mean"},
    }
    return xr.Dataset(
        {
            name: xr.DataArray(
                values,
                dims=("time", "lat", "lon"),
                attrs={**attrs[name], "units": "mm/day" if name == "pr" else "degC"}
                | {"simulated": "true", "long_name": f"{name} (simulated)"},
            )
            for name, values in made.items()
        },
        coords={
            "time": time,
            "lat": ("lat", lat, {"units": "degrees_north", "standard_name": "latitude"}),
            "lon": ("lon", lon, {"units": "degrees_east", "standard_name": "longitude"}),
        },
        attrs={
            "Conventions": "CF-1.11",
            "title": "Simulated daily weather (simulation, données simulées)",
            "source": "a formula of the Territorial Workbench: it describes no real place",
            "institution": "Territorial Workbench",
            "licence": _LICENCE,
            "simulated": "true",
        },
    )


def _block(days: FloatArray, *, what: str, lat: FloatArray, lon: FloatArray) -> NDArray[np.float32]:
    """Make one variable of some days (day, lat, lon)."""
    rank = {"tasmin": -1.0, "tasmax": 1.0}.get(what)
    # From −1 to 1, across and up.
    tilt_x = (2 * (lon - lon.min()) / np.ptp(lon) - 1)[None, None, :]
    tilt_y = (2 * (lat - lat.min()) / np.ptp(lat) - 1)[None, :, None]
    first = 1 if what != "pr" else 4
    whole, across, up = (_series(days, first + k)[:, None, None] for k in range(3))
    field = whole + 0.6 * across * tilt_x + 0.6 * up * tilt_y
    if rank is None:
        wetness = field + 0.15 * _slow(days + _YEAR)[:, None, None] - 0.5
        rain: NDArray[np.float32] = (6.0 * np.maximum(wetness, 0.0)).astype(np.float32)
        return rain
    season = -np.cos(2 * np.pi * (days - 20) / _YEAR)[:, None, None]
    high = np.abs(lat)[None, :, None]
    hemisphere = np.where(lat < 0, -1.0, 1.0)[None, :, None]
    inland = (lon - lon.min())[None, None, :]
    mean = 30 - 0.4 * high + 0.04 * days[:, None, None] / _YEAR
    mean = mean + 0.6 * _slow(days)[:, None, None] + 3 * field
    mean = mean + (2 + 0.14 * high + 0.1 * inland) * season * hemisphere
    spread = 4 + 2 * (0.25 + 0.75 * season * hemisphere)
    made: NDArray[np.float32] = (mean + rank * spread).astype(np.float32)
    return made


def _slow(days: FloatArray) -> FloatArray:
    """Return a series of variance 1 that makes years differ: from a year and a half to seven."""
    waves = (np.sin(2 * np.pi * days / period) for period in (547.0, 823.0, 1361.0, 2543.0))
    series: FloatArray = sum(waves) / np.sqrt(2.0)
    return series


def _series(days: FloatArray, number: int) -> FloatArray:
    """Return a series of mean 0 and variance 1 that remembers some days."""
    golden = (1 + 5**0.5) / 2
    total = np.zeros_like(days)
    for k in range(12):
        period = 3.0 * (47.0 / 3.0) ** ((k + 0.37 * (number % 5)) / 12)
        phase = ((number * 12 + k + 1) * golden) % 1
        total += np.sin(2 * np.pi * (days / period + phase))
    series: FloatArray = total / np.sqrt(6.0)
    return series
