"""Folders of the user that the workbench keeps things in."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """Return where what can be made or fetched again is kept.

    Returns
    -------
    Path
        ``WORKBENCH_CACHE`` where it is given, else the user's own cache folder; it may not be
        there yet.
    """
    given = os.environ.get("WORKBENCH_CACHE", "")
    return Path(given or platformdirs.user_cache_dir("workbench"))
