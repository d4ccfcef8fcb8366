"""Digests of files."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["sha256_of"]


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "a.csv")
    >>> _ = path.write_text("code")
    >>> sha256_of(path)[:12]
    '5694d08a2e53'
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
