"""What the tests of checks share."""

from __future__ import annotations

from datetime import date

import pytest

from workbench.loaders.checking.run import check
from workbench.loaders.checking.schema import schema_of


@pytest.fixture
def checked(tmp_path):
    """Give what writes rows in a file and checks it, against fields when they are given."""

    def run(text, fields=None, *, name="file.csv", lang="en", today=date(2024, 6, 1), **more):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        extra = {key: more.pop(key) for key in ("primaryKey", "custom_checks") if key in more}
        schema = schema_of({"title": "S", "fields": fields, **extra}, "s") if fields else None
        return check(str(path), schema=schema, today=today, lang=lang, **more)

    return run


@pytest.fixture
def told():
    """Give what lists what a check found: rule, row, column, value."""

    def run(found):
        listed = [
            (group.rule, each.row, each.column, each.value)
            for group in found.groups
            for each in group.problems
        ]
        return sorted(listed, key=lambda item: (item[1] or 0, item[0]))

    return run
