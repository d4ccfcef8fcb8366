"""The benchmark of portraits runs on a few, and what they print is the cube's."""

from __future__ import annotations

from workbench.packs.pack import open_pack

from .bench_portrait import all_reports, warm_portraits


def test_portraits_print_the_population_of_the_cube() -> None:
    times = warm_portraits(open_pack("france"), [("2A", "departement"), ("11", "region")])
    assert [time.wall > 0 for time in times] == [True, True]


def test_a_run_makes_every_report_of_a_level() -> None:
    count, _, heaviest = all_reports(open_pack("france"), ["country"], workers=1)
    assert count == 1
    assert heaviest < 150_000
