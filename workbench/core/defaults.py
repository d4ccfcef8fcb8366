"""What is taken when a user says nothing."""

from __future__ import annotations

from typing import Final

__all__ = ["DEFAULT_PACK"]

DEFAULT_PACK: Final = "france"
"""Name of the pack that is opened when none is named; it stands here and nowhere else."""
