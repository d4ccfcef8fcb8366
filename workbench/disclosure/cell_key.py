"""Noise by cell key: the same records are changed by the same amount in every table."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from workbench.core.errors import ParameterError

__all__ = ["noise_table", "perturb", "record_keys"]


def record_keys(identifiers: Iterable[str], secret: bytes) -> NDArray[np.float64]:
    """Draw the key of each record, a number from 0 to 1, by its identifier.

    Parameters
    ----------
    identifiers : iterable of str
    secret : bytes
        Whoever has it can take the noise out again: 16 bytes or more, kept out of any file.

    Returns
    -------
    ndarray (record,)
        The key of a cell is what their sum leaves after its whole part.

    Raises
    ------
    ParameterError
        The secret is too short.

    Examples
    --------
    >>> keys = record_keys(["a", "b", "a"], b"sixteen bytes at least")
    >>> bool(keys[0] == keys[2] != keys[1])
    True
    """
    if len(secret) < 16:
        raise ParameterError("The secret of record keys has 16 bytes or more: secrets.token_bytes.")
    drawn = [
        int.from_bytes(hmac.digest(secret, each.encode("utf-8"), hashlib.sha256)[:6], "big")
        for each in identifiers
    ]
    return np.array(drawn, float) / 2.0**48


def noise_table(count: int, largest: int, variance: float) -> NDArray[np.float64]:
    r"""Return the chance of each change of a count, from −largest to +largest.

    Parameters
    ----------
    count : int
        A count of 0 is never changed and none goes under 0; changes add up to nothing on the
        average.
    largest : int
        Greatest change.
    variance : float
        Of the changes, where the count leaves room for it.

    Returns
    -------
    ndarray (2 × largest + 1,)

    Notes
    -----
    The distribution of greatest entropy of mean 0 and this variance over the changes that are
    possible: :math:`p_j ∝ e^{aj + bj²}`.

    References
    ----------
    Fraser, Wooton, "A proposed method for confidentialising tabular output to protect against
    differencing", UNECE work session on statistical data confidentiality, 2005. Giessing,
    "Computational issues in the design of transition probabilities and disclosure risk estimation
    for additive noise", *Privacy in Statistical Databases*, 2016.

    Examples
    --------
    >>> noise_table(1, 2, 1.0).round(3).tolist()
    [0.0, 0.398, 0.306, 0.194, 0.102]
    """
    changes = np.arange(-largest, largest + 1)
    if count == 0 or largest == 0:
        return np.where(changes == 0, 1.0, 0.0)
    possible = changes[changes >= -count].astype(float)
    low = -possible.min()
    # With room on one side only, the variance cannot exceed this.
    wanted = min(variance, 0.95 * low * largest)
    powers = np.stack([possible, possible**2])
    tilt = np.zeros(2)
    for _ in range(200):
        weights = np.exp(tilt @ powers - (tilt @ powers).max())
        chances = weights / weights.sum()
        means = powers @ chances
        gap = means - np.array([0.0, wanted])
        if np.abs(gap).max() < 1e-12:
            break
        spread = (powers * chances) @ powers.T - np.outer(means, means)
        step = np.linalg.solve(spread + 1e-12 * np.eye(2), gap)
        tilt -= step * min(1.0, 1.0 / max(1e-12, float(np.abs(step).max())))
    table = np.zeros(len(changes))
    table[changes >= -count] = chances
    return table


def perturb(
    counts: NDArray[np.float64],
    keys: NDArray[np.float64],
    *,
    largest: int = 5,
    variance: float = 2.0,
) -> NDArray[np.float64]:
    """Change counts by noise that the keys of their cells decide.

    Parameters
    ----------
    counts : ndarray (cell,)
        Whole numbers.
    keys : ndarray (cell,)
        Sum of the keys of each cell's records.
    largest, variance
        See :func:`noise_table`.

    Returns
    -------
    ndarray (cell,)

    Examples
    --------
    >>> perturb(np.array([0.0, 1.0, 100.0]), np.array([0.5, 3.9, 7.02])).tolist()
    [0.0, 3.0, 97.0]
    """
    if (counts < 0).any() or (counts != np.rint(counts)).any():
        raise ParameterError("Noise by cell key changes counts: whole numbers, none under 0.")
    changes = np.arange(-largest, largest + 1)
    ends = np.stack([np.cumsum(noise_table(at, largest, variance)) for at in range(largest + 1)])
    rows = np.minimum(counts, largest).astype(int)
    drawn = (np.mod(keys, 1.0)[:, None] >= ends[rows] - 1e-12).sum(1)
    noisy: NDArray[np.float64] = counts + changes[np.minimum(drawn, 2 * largest)]
    return noisy
