"""The errors of loading, one class each, saying what to do next."""

from __future__ import annotations

from workbench.core.errors import UnknownName, WorkbenchError

__all__ = [
    "LoaderInvalid",
    "LoaderUnknown",
    "LoadingError",
    "OptionUnknown",
]


class LoadingError(WorkbenchError):
    """Be the parent of every error of fetching and reading."""


class LoaderUnknown(LoadingError, UnknownName):
    """No reader has this name, or takes such files."""


class LoaderInvalid(LoadingError):
    """A reader cannot be imported, or is not one."""


class OptionUnknown(LoadingError, UnknownName):
    """A reader takes no option of this name."""
