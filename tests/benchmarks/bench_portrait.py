"""Time one warm portrait through the Python API, and whole reports through papermill.

Run it on all départements, régions and the country::

    python tests/benchmarks/bench_portrait.py --reports

Every portrait must say what its own figures say (the population printed in its sentences is
the cube's), else it stops. No time is ever asserted.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.core.i18n import format_number
from workbench.indicators.cubes import cube
from workbench.packs.pack import Pack, open_pack
from workbench.reports.plan import make_plan, territories_of
from workbench.reports.portrait.portrait import portrait, sections
from workbench.reports.run import Options, run_plan
from workbench.reports.templates import find_template

LEVELS = ("country", "region", "departement")


@dataclass(frozen=True)
class Times:
    """Seconds of CPU and wall clock."""

    cpu: float
    wall: float


def one_portrait(pack: Pack, code: str, level: str) -> tuple[Times, str]:
    """Make a portrait in memory: figures, sentences and tables."""
    cpu, wall = time.process_time(), time.perf_counter()
    html = "".join(part.html for part in sections(portrait(code, level=level, pack=pack)))
    return Times(time.process_time() - cpu, time.perf_counter() - wall), html


def warm_portraits(pack: Pack, chosen: Sequence[tuple[str, str]]) -> list[Times]:
    """Make each portrait twice and keep the second, warm, time."""
    times = []
    for code, level in chosen:
        one_portrait(pack, code, level)
        measured, html = one_portrait(pack, code, level)
        people = cube(["population"], level, pack=pack)["population"]
        expected = format_number(float(people.sel(territory=code).dropna("period")[-1]))
        if expected not in html:
            raise SystemExit(f"{level} {code}: the portrait does not print {expected}")
        times.append(measured)
    return times


def all_reports(pack: Pack, levels: Sequence[str], workers: int) -> tuple[int, float, int]:
    """Make the reports of some levels as the command does; count them, time them, weigh them."""
    with tempfile.TemporaryDirectory() as folder:
        plan = make_plan(
            find_template("portrait"),
            pack,
            territories=territories_of(pack, levels),
            folder=Path(folder),
        )
        result = run_plan(plan, Options(workers=workers))
        if result.failures:
            raise SystemExit(f"{len(result.failures)} reports failed: {result.failures[0].error}")
        heaviest = max(outcome.bytes for outcome in result.outcomes)
        return len(result.outcomes), result.seconds, heaviest


def main() -> None:
    """Print the measures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", action="store_true", help="also make the 120 reports")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    pack = open_pack("france")
    chosen = [("59", "departement"), ("32", "region"), ("FR", "country"), ("59350", "commune")]
    for (code, level), times in zip(chosen, warm_portraits(pack, chosen), strict=True):
        print(f"{level:12} {code:6} {times.wall * 1000:6.0f} ms ({times.cpu * 1000:.0f} ms CPU)")
    walls = [t.wall for t in warm_portraits(pack, [(c, "departement") for c in ("01", "62", "75")])]
    print(f"median of three more départements: {statistics.median(walls) * 1000:.0f} ms")
    if options.reports:
        count, seconds, heaviest = all_reports(pack, LEVELS, options.workers)
        print(f"{count} reports in {seconds:.1f} s, the heaviest {heaviest / 1000:.0f} kB")


if __name__ == "__main__":
    main()
