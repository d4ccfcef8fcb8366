"""Project degrees so that areas are true, on the ellipsoid of WGS 84.

References
----------
J. P. Snyder, *Map Projections: A Working Manual*, USGS Professional Paper 1395, 1987, equations
3-12 and 10-14 to 10-18 (cylindrical equal-area, standard parallel: the equator).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["AXIS_KM", "equal_area", "equal_area_height"]

FloatArray = NDArray[np.float64]
AXIS_KM = 6378.137
"""Semi-major axis, km."""
_ECCENTRICITY = 0.0818191908426215


def equal_area_height(latitude: FloatArray) -> FloatArray:
    """Turn latitudes (degrees) into heights such that areas are kept (km).

    Notes
    -----
    ``a (1 − e²) / 2 × (sin φ / (1 − e² sin² φ) + artanh(e sin φ) / e)``: half of equation 3-12.

    Examples
    --------
    >>> round(4 * np.pi * AXIS_KM * float(equal_area_height(np.array(90.0)))) # the Earth, km²
    510065622
    """
    sine, e = np.sin(np.radians(latitude)), _ECCENTRICITY
    height: FloatArray = (
        AXIS_KM * (1 - e**2) / 2 * (sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e)
    )
    return height


def equal_area(degrees: FloatArray) -> FloatArray:
    """Project points so that areas are true.

    Parameters
    ----------
    degrees : ndarray (point, 2)
        Longitude and latitude.

    Returns
    -------
    ndarray (point, 2)
        Kilometres.

    Examples
    --------
    >>> equal_area(np.array([[0.0, 90.0]])).round(3).tolist()  # a sphere of the same area
    [[0.0, 6363.885]]
    """
    longitude, latitude = degrees.T
    return np.column_stack([np.radians(longitude) * AXIS_KM, equal_area_height(latitude)])
