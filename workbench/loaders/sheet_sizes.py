"""Measure the sheets of a workbook; run as a script, apart: ``python sheet_sizes.py a.xlsx``.

The library keeps a cell for each place between the first and the last one that are filled, and
takes the whole process down when there is no memory for them: two cells far apart are enough.
"""

from __future__ import annotations

import json
import sys

import python_calamine as calamine


def main(path: str, megabytes: int, seconds: int) -> None:
    """Write what each sheet holds, as JSON, or the error of the library."""
    try:
        import resource
    except ImportError:  # Windows bounds no process: the cells are then counted too late
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        sheets = {}
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            filled = sum(cell != "" for row in sheet.iter_rows() for cell in row)
            bottom, right = sheet.end or (0, 0)
            cells = (bottom + 1) * (right + 1)
            sheets[name] = (cells, filled, len(sheet.merged_cell_ranges or ()))
    except calamine.PasswordError:
        print(json.dumps({"error": "password"}))
    except (calamine.CalamineError, OSError) as error:
        print(json.dumps({"error": str(error)[:300]}))
    else:
        print(json.dumps({"sheets": sheets}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
