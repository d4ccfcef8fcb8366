"""Refuse a GeoPackage whose layer is a query of its maker: it runs when the layer is read.

A view, a virtual table or a generated column computes without end, or fills the memory, in a file
of a few kilobytes. Triggers never run: the file is only read.

References
----------
OGC 12-128r19 (GeoPackage 1.4), 2.1.5 (features may be a table or a view); SQLite, "Defense Against
The Dark Arts".
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from workbench.loaders.errors import CodeRefused, FileNotTabular

__all__ = ["refuse_queries"]

_MOST_OBJECTS = 20_000
_REPAIR = "Ask its producer for the layer as a table, or for GeoParquet."


def refuse_queries(path: Path, layer: str = "") -> None:
    """Refuse a GeoPackage whose own tables, or one of its layers, are queries.

    Parameters
    ----------
    path : Path
    layer : str, optional
        Checked too when it is given.

    Raises
    ------
    CodeRefused
        A table that is to be read is a view, a virtual table, or has a column that is computed.
    FileNotTabular
        It is damaged.
    """
    # Immutable: no journal beside it is looked for, none is written.
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as base:
            base.execute("PRAGMA trusted_schema = OFF")
            found = base.execute(
                "SELECT type, lower(name), lower(coalesce(sql, '')) FROM sqlite_master "
                "WHERE type IN ('table', 'view') LIMIT ?",
                (_MOST_OBJECTS + 1,),
            ).fetchall()
            if len(found) > _MOST_OBJECTS:
                raise FileNotTabular(f"{path.name} has more than {_MOST_OBJECTS:,} tables.")
            for kind, name, sql in found:
                if not (name == layer.lower() or name.startswith("gpkg_")):
                    continue
                if kind == "view" or sql.startswith("create virtual"):
                    raise CodeRefused(
                        f"{path.name}: {name} is no table but a query of its maker, which would "
                        f"run when it is read. {_REPAIR}"
                    )
                # A name within quotes has its own doubled.
                quoted = name.replace('"', '""')
                for column in base.execute(f'PRAGMA table_xinfo("{quoted}")'):
                    if column[6] > 1:
                        raise CodeRefused(
                            f"{path.name}: the column {column[1]!r} of {name} is computed by a "
                            f"formula of its maker when it is read. {_REPAIR}"
                        )
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise FileNotTabular(
            f"{path.name} is a damaged GeoPackage ({error}). Fetch it again, or ask its producer."
        ) from error
