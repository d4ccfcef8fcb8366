"""The errors of loading, one class each, saying what to do next."""

from __future__ import annotations

from workbench.core.errors import UnknownName, WorkbenchError

__all__ = [
    "AddressRefused",
    "ArchiveBomb",
    "ArchiveEncrypted",
    "ArchiveInvalid",
    "CacheUnusable",
    "CellTwice",
    "ChunkDamaged",
    "CodeRefused",
    "CodesSpoilt",
    "ContentChanged",
    "CubeTooLarge",
    "DialectInvalid",
    "FetchFailed",
    "FetchTooLarge",
    "FileNotTabular",
    "FileTooLarge",
    "HeadingNotFound",
    "JsonRefused",
    "LoaderInvalid",
    "LoaderUnknown",
    "LoadingError",
    "MemberRefused",
    "NameRefused",
    "NoFileToRead",
    "NotInCache",
    "NotTheFile",
    "OptionUnknown",
    "PagingLoop",
    "ParameterRefused",
    "RowTooLong",
    "SchemaInvalid",
    "SchemaUnknown",
    "SourceUnknown",
    "TableRefused",
    "TextRefused",
    "TextUnreadable",
    "XmlRefused",
]


class LoadingError(WorkbenchError):
    """Be the parent of every error of fetching and reading."""


class LoaderUnknown(LoadingError, UnknownName):
    """No reader has this name, or takes such files."""


class LoaderInvalid(LoadingError):
    """A reader cannot be imported, or is not one."""


class OptionUnknown(LoadingError, UnknownName):
    """A reader takes no option of this name."""


class AddressRefused(LoadingError):
    """A URL leads where nothing should be read: a file, this machine, a private network."""


class FetchFailed(LoadingError):
    """A server gives no whole answer."""


class FetchTooLarge(LoadingError):
    """An answer passes the limit of bytes, of time or of pages."""


class ContentChanged(LoadingError):
    """A file is not the one whose hash was pinned."""


class NotInCache(LoadingError):
    """A file is asked for offline and was never fetched."""


class CacheUnusable(LoadingError):
    """The cache folder cannot be written to, or its limit is wrong."""


class ChunkDamaged(LoadingError):
    """A chunk of a Zarr cannot be read, or is not as long as it should be."""


class PagingLoop(LoadingError):
    """Pages follow one another without end, or contradict their count."""


class NameRefused(LoadingError):
    """A name in an archive leads out of its folder, or cannot be written everywhere."""


class NotTheFile(LoadingError):
    """A file is not of the kind that its name says: a web page saved as CSV."""


class ArchiveInvalid(LoadingError):
    """An archive is cut, corrupt, or of a kind that is not read."""


class ArchiveBomb(LoadingError):
    """An archive expands beyond its bounds: bytes, files, ratio, depth or time."""


class ArchiveEncrypted(LoadingError):
    """An archive asks for a password."""


class MemberRefused(LoadingError):
    """A member of an archive is a link, a device, or is there twice."""


class TextRefused(LoadingError):
    """A text cannot be read as a table: a line without end, a quote left open, too many columns."""


class XmlRefused(LoadingError):
    """An XML file defines entities, nests without end, or is not well formed."""


class JsonRefused(LoadingError):
    """A JSON text is too large, nests without end, or is not well formed."""


class CodeRefused(LoadingError):
    """A file would run code when it is read: a pickle, an array of Python objects."""


class DialectInvalid(LoadingError):
    """A dialect is given a key or a value that it does not have."""


class FileNotTabular(LoadingError):
    """A file is empty, or of a kind that holds no table that is read here."""


class FileTooLarge(LoadingError):
    """A file holds, once it is expanded, more than is read into memory."""


class TextUnreadable(LoadingError):
    """The bytes of a file are the text of no encoding that is read here."""


class HeadingNotFound(LoadingError):
    """The rows of a file do not agree with its heading, or it has none where one is said to be."""


class RowTooLong(LoadingError):
    """A row is longer, or has more columns, than any table has."""


class SchemaUnknown(LoadingError, UnknownName):
    """No schema has this name, and no file is there."""


class SchemaInvalid(LoadingError):
    """What is given as a Table Schema is none, or contradicts itself."""


class TableRefused(LoadingError):
    """A table has rows that cannot be read, and none may be set aside, or too many are."""


class SourceUnknown(LoadingError, UnknownName):
    """The catalogue holds no source, or no theme, of this name."""


class ParameterRefused(LoadingError):
    """A parameter of a source is missing, or not of its form."""


class NoFileToRead(LoadingError):
    """A source gives no file that is read, or several where one is expected."""


class CubeTooLarge(LoadingError):
    """Observations make a cube of more cells than are held at once."""


class CellTwice(LoadingError):
    """Two rows tell one cell of a cube, differently."""


class CodesSpoilt(LoadingError):
    """Codes of territories have lost a zero, or are not of the level that is asked for."""
