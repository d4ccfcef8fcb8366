"""Compare the making of reports with today's tools, in CPU a report, side by side.

Run it from the project's folder::

    python -m tests.benchmarks.bench_reports
    python -m tests.benchmarks.bench_reports --no-tables --national --reports 500 --memory

Two templates: ``chart_template.ipynb`` beside this file (a table of all communes, group-bys,
three Matplotlib charts) and the package's portrait. All contenders must first make the same
report: the same outputs, pictures byte for byte, and pages that show them; else it stops.

Each contender makes a few reports, then more: the difference is what one more report costs,
start and warm-up apart. The first few settle a run: ours learns what to hold in memory from
its first report. Commands that start again for each report have no start apart. CPU is that of
every process a contender starts, and "CPU of all ÷ reports" leaves nothing out. All run on one
core, with one thread a library. No time is ever asserted.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.packs.pack import open_pack
from workbench.reports.assets import templates_folder

from .agreement import check_agreement
from .bars import Bar, print_bars, print_table
from .contenders import FORKED, KERNEL, LIMIT, LOOP, PAIRS, Asked, Contender
from .long_runs import memory_bars, national_bars
from .measuring import Usage, measure

CHARTS = Path(__file__).with_name("chart_template.ipynb")
# Reports after which a warm contender does nothing for the first time.
SETTLED = 4
# What a loop in plain Python takes tells how fast the machine is at that moment.
_STEPS = 10_000_000


@dataclass(frozen=True)
class Size:
    """Say how much is run.

    Parameters
    ----------
    many, few : int
        Reports of a fast contender, more than ``SETTLED``, and of a slow one, 2 or more.
    repeats, slow_repeats : int
        Times that each is measured; the median is kept.
    """

    many: int
    few: int
    repeats: int
    slow_repeats: int


@dataclass(frozen=True)
class Cost:
    """Hold seconds a report: CPU and wall clock of one more, and CPU of a whole run ÷ reports."""

    cpu: float
    wall: float
    whole: float


def cost_of_a_report(contender: Contender, asked: Asked) -> Cost:
    """Make the first reports, then all those asked for; give what one more costs."""
    count = len(asked.codes)
    every = _usage(contender, asked)
    if contender.anew:
        return Cost(every.cpu / count, every.wall / count, every.cpu / count)
    first = 1 if contender.slow else SETTLED
    some = _usage(contender, replace(asked, codes=asked.codes[:first]))
    more = count - first
    return Cost((every.cpu - some.cpu) / more, (every.wall - some.wall) / more, every.cpu / count)


def _usage(contender: Contender, asked: Asked) -> Usage:
    """Make reports into a new folder: a contender may leave out those already made."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(contender.commands(replace(asked, folder=Path(folder))))


def time_contenders(
    template: Path, level: str, contenders: Sequence[Contender], size: Size
) -> dict[Contender, list[Cost]]:
    """Measure all contenders in turn, several times."""
    costs: dict[Contender, list[Cost]] = {contender: [] for contender in contenders}
    codes = spread_codes(level, max(size.many, size.few))
    for number in range(size.repeats):
        for contender in contenders:
            if contender.slow and number >= size.slow_repeats:
                continue
            _tell(f"{template.stem}, {number + 1} of {size.repeats}: {contender.name}")
            own = codes[: size.few if contender.slow else size.many]
            costs[contender].append(cost_of_a_report(contender, Asked(template, level, own)))
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """Take the median of each measure."""
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.whole for cost in costs),
    )


def spread_codes(level: str, count: int) -> list[str]:
    """Choose territories of a level, spread over its list."""
    codes = [str(code) for code in open_pack("france").frame(level).index]
    return codes[:: len(codes) // count][:count]


def _tell(text: str) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


def compare(
    template: Path, level: str, contenders: Sequence[Contender], size: Size
) -> dict[Contender, Cost]:
    """Prove that the contenders make the same report, then measure them; print both."""
    _tell(f"{template.stem}: all contenders make the same report")
    with tempfile.TemporaryDirectory() as folder:
        one = Asked(template, level, spread_codes(level, 1), Path(folder))
        shown = check_agreement(one, contenders)
    pictures = sum(kind == "image/png" for kind, _ in shown)
    costs = time_contenders(template, level, contenders, size)
    print(
        f"\n{template.stem}, level {level}: the same {len(shown)} outputs, {pictures} PNG pictures "
        f"among them.\n{SETTLED} reports, then {size.many}: median of {size.repeats} measures; "
        f"slow contenders: 1, then {size.few}: median of {size.slow_repeats}"
    )
    print_costs(costs)
    return {contender: median(measured) for contender, measured in costs.items()}


def print_costs(costs: Mapping[Contender, Sequence[Cost]]) -> None:
    """Print what a report costs each contender, and the ratio to the package's command."""
    ours = median(costs[FORKED])
    rows = []
    for contender, measured in costs.items():
        cost, ends = median(measured), sorted(cost.cpu for cost in measured)
        one_more = f"{cost.cpu:.3f}", f"{ends[0]:.3f}–{ends[-1]:.3f}", f"{cost.cpu / ours.cpu:.2f}"
        all_ = f"{cost.whole:.3f}", f"{cost.whole / ours.whole:.2f}"
        rows.append((contender.name, *one_more, f"{cost.wall:.3f}", *all_))
    head = ("seconds a report", "CPU of one more", "least–most", "÷ ours", "wall of one more")
    print_table((*head, "CPU of all ÷ reports", "÷ ours"), rows)


def chart_bars(size: Size) -> list[Bar]:
    """Compare on the template with Matplotlib charts."""
    costs = compare(CHARTS, "departement", [PAIRS, LOOP, LIMIT, FORKED, KERNEL], size)
    peer = costs[PAIRS].cpu / costs[FORKED].cpu
    above = costs[FORKED].cpu / costs[LIMIT].cpu
    return [
        Bar("charts: CPU of two commands a report ÷ workbench report", peer, "≥", 10),
        Bar("charts: CPU of workbench report ÷ the limit", above, "≤", 1.15),
    ]


def portrait_bars(size: Size) -> list[Bar]:
    """Compare on the package's own portrait."""
    template = templates_folder() / "portrait.ipynb"
    costs = compare(template, "commune", [PAIRS, FORKED], size)
    peer = costs[PAIRS].cpu / costs[FORKED].cpu
    return [
        Bar("portrait: CPU of two commands a report ÷ workbench report", peer, "≥", 40),
        Bar("portrait: CPU of workbench report, s a report", costs[FORKED].cpu, "≤", 0.1, 3),
    ]


def machine() -> str:
    """Say what the measures are made on."""
    words = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    model = words[0].partition(":")[2].strip() if words else platform.machine()
    cores = len(os.sched_getaffinity(0))
    system = f"Python {platform.python_version()}, {platform.system()}"
    return f"{model}, {cores} cores, {system}; a loop of {_STEPS:.0e} steps: {_loop():.2f} s of CPU"


def _loop() -> float:
    start, total = time.process_time(), 0
    for step in range(_STEPS):
        total += step * step
    return time.process_time() - start


def _more_than(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if (count := int(text)) <= least:
            raise argparse.ArgumentTypeError(
                f"{count} is too few: what one more report costs takes {least + 1} of them or more"
            )
        return count

    return read


def main() -> None:
    """Read what to run, and print the measures and what is required of them."""
    parser = argparse.ArgumentParser(
        description="Compare the making of reports with today's tools.",
        epilog="By default: both tables of contenders, a quarter of an hour on two cores.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--many",
        type=_more_than(SETTLED),
        default=24,
        help="reports of a fast contender (%(default)s)",
    )
    add("--few", type=_more_than(1), default=2, help="reports of a slow contender (%(default)s)")
    add("--repeats", type=int, default=3, help="measures of a fast contender")
    add("--slow-repeats", type=int, default=2, help="measures of a slow one")
    add("--no-tables", action="store_true", help="leave out the tables of contenders")
    add("--national", action="store_true", help="make the portraits of all communes, twice (long)")
    add("--reports", type=_more_than(1), metavar="N", help="of --national: N, and extrapolate")
    add("--memory", action="store_true", help="follow the memory of a run of 2,000 reports")
    asked = parser.parse_args()
    size = Size(asked.many, asked.few, asked.repeats, asked.slow_repeats)
    print(machine(), flush=True)
    bars = []
    if not asked.no_tables:
        bars += chart_bars(size)
        # Our portrait costs least, and today's most: more of the one, less of the other.
        bars += portrait_bars(replace(size, many=3 * size.many, slow_repeats=1))
    if asked.national:
        bars += national_bars(asked.reports)
    if asked.memory:
        bars += memory_bars()
    print()
    print_bars(bars)


if __name__ == "__main__":
    main()
