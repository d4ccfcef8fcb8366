"""The errors of loading, one class each, saying what to do next."""

from __future__ import annotations

from workbench.core.errors import UnknownName, WorkbenchError

__all__ = [
    "DialectInvalid",
    "FileNotTabular",
    "HeadingNotFound",
    "LoaderInvalid",
    "LoaderUnknown",
    "LoadingError",
    "OptionUnknown",
    "RowTooLong",
    "TableRefused",
    "TextUnreadable",
]


class LoadingError(WorkbenchError):
    """Be the parent of every error of fetching and reading."""


class LoaderUnknown(LoadingError, UnknownName):
    """No reader has this name, or takes such files."""


class LoaderInvalid(LoadingError):
    """A reader cannot be imported, or is not one."""


class OptionUnknown(LoadingError, UnknownName):
    """A reader takes no option of this name."""


class DialectInvalid(LoadingError):
    """A dialect is given a key or a value that it does not have."""


class FileNotTabular(LoadingError):
    """A file is empty, or of a kind that holds no table that is read here."""


class TextUnreadable(LoadingError):
    """The bytes of a file are the text of no encoding that is read here."""


class HeadingNotFound(LoadingError):
    """The rows of a file do not agree with its heading, or it has none where one is said to be."""


class RowTooLong(LoadingError):
    """A row is longer, or has more columns, than any table has."""


class TableRefused(LoadingError):
    """A table has rows that cannot be read, and none may be set aside, or too many are."""
