"""Compile kernels once for this machine, and never while a figure is asked for.

Kernels declare the types that they take. They are compiled when their module is imported the
first time and kept on the disk by Numba, beside the module or in the user's cache
(``NUMBA_CACHE_DIR`` chooses another folder); later imports read them in milliseconds. A call with
other types is an error, never a second compilation. ``make setup`` and ``workbench doctor`` call
`prepare`, so that no report waits for it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Any, TypeVar

from workbench.core.errors import MissingExtra

__all__ = ["compiled", "kernels", "prepare"]

Function = TypeVar("Function", bound=Callable[..., Any])
_MODULES = ("clip", "corners", "gather", "inside", "ranks", "sweep", "tally")


def compiled(*signatures: str) -> Callable[[Function], Function]:
    """Compile a function for the types given, or for those of its compiled callers if none.

    The interpreter's lock is released while it runs, a division by zero gives infinity as in
    NumPy, and sums are made in the order written: the same bits on every machine of one kind.
    """
    import numba

    njit: Callable[..., Any] = numba.njit
    types = list(signatures) or None

    def compile_it(function: Function) -> Function:
        make = partial(njit, types, nogil=True, error_model="numpy")
        try:
            made: Function = make(cache=True)(function)
        except RuntimeError as error:
            # No folder can be written to: slower to start, right all the same.
            if "no locator available" not in str(error):
                raise
            made = make()(function)
        return made

    return compile_it


def kernels(name: str) -> ModuleType:
    """Import a module of kernels.

    Parameters
    ----------
    name : {"clip", "corners", "gather", "inside", "ranks", "sweep", "tally"}

    Raises
    ------
    MissingExtra
        Numba is not installed.
    """
    try:
        return importlib.import_module(f"workbench.compute.{name}")
    except ModuleNotFoundError as error:
        if error.name != "numba":
            raise
        raise MissingExtra(
            "Gridded data, events, points and large protected tables need the package numba: "
            "install territorial-workbench[grids]."
        ) from None


def prepare() -> int:
    """Compile every kernel, or read those compiled before: call it before reports are made.

    Returns
    -------
    int
        How many had to be compiled by this process; 0 when all were kept on the disk.

    Raises
    ------
    MissingExtra
        Numba is not installed.

    Examples
    --------
    >>> prepare() >= 0
    True
    """
    made = [value for name in _MODULES for value in vars(kernels(name)).values()]
    return sum(sum(each.stats.cache_misses.values()) for each in made if hasattr(each, "stats"))
