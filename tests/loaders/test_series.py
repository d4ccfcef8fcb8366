"""Series of sensors are on one clock, and what is missing or repeated in them is located."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.loaders.errors import DialectInvalid, FileNotTabular, TableRefused
from workbench.loaders.load import load
from workbench.loaders.series import local_to_utc

PARIS = {"zone": "Europe/Paris"}


def written(folder, *rows, name="counts.csv"):
    """Write measures."""
    path = folder / name
    path.write_text("\n".join(("sensor;time;bikes", *rows)) + "\n", "utf-8")
    return path


def hours(found):
    """Write the times of a series shortly."""
    return [f"{each:%d %H:%M}" for each in found.data.column("time").to_pylist()]


def read(path, **given):
    """Read as the catalogue does."""
    return load(str(path), source="sensors", options={**PARIS, **given})


def test_the_hour_that_comes_twice_follows_the_order_of_the_measures(tmp_path):
    shown = ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")
    found = read(written(tmp_path, *(f"01;2024-10-27 {each};5" for each in shown)))
    assert hours(found) == ["26 23:30", "27 00:00", "27 00:30", "27 01:00", "27 01:30", "27 02:00"]
    assert found.problems == ()
    assert found.data.column("sensor").to_pylist() == ["01"] * 6
    assert found.decisions["step"].startswith("1800 s (the most frequent; 0 measures")


def test_an_hour_of_the_two_that_nothing_tells_is_the_first_and_is_told(tmp_path):
    shown = ("01:00", "02:00", "03:00")
    found = read(written(tmp_path, *(f"01;2024-10-27 {each};5" for each in shown)), lang="fr")
    assert hours(found) == ["26 23:00", "27 00:00", "27 02:00"]
    doubt, gap = found.problems
    assert (doubt.row, doubt.column, doubt.value) == (3, "time", "2024-10-27T02:00:00")
    assert doubt.reason.startswith("cette heure a lieu deux fois cette nuit-là")
    assert (gap.row, gap.reason) == (4, "mesures qui manquent avant celle-ci\N{NO-BREAK SPACE}: 1")


def test_an_hour_that_is_never_shown_is_set_aside(tmp_path):
    shown = ("01:00", "02:00", "03:00")
    found = read(written(tmp_path, *(f"01;2024-03-31 {each};5" for each in shown)))
    assert hours(found) == ["31 00:00", "31 01:00"]
    (problem,) = found.problems
    assert (problem.row, problem.fatal, found.set_aside) == (3, True, 1)
    assert "no such time" in problem.reason


def test_sensors_are_told_apart(tmp_path):
    rows = [f"{s};2024-10-27 {t};1" for t in ("02:00", "02:00", "03:00") for s in ("01", "02")]
    found = read(written(tmp_path, *rows))
    assert hours(found) == [f"27 0{n}:00" for n in (0, 0, 1, 1, 2, 2)]
    assert found.problems == ()


def test_gaps_and_repeats_are_located_and_counted(tmp_path):
    shown = ("08:00", "09:00", "09:00", "10:00", "14:00")
    found = read(written(tmp_path, *(f"01;2024-06-01 {each};5" for each in shown)))
    assert [(each.row, each.value) for each in found.problems] == [
        (4, "2024-06-01T07:00:00+00:00"),
        (6, "2024-06-01T12:00:00Z"),
    ]
    assert found.problems[1].reason == "measures missing before this one: 3"
    assert found.decisions["step"].endswith("; 3 measures are missing in 1 gaps)")
    assert found.data.num_rows == 5
    with pytest.raises(TableRefused, match="the first at line 4"):
        read(written(tmp_path, *(f"01;2024-06-01 {each};5" for each in shown)), strict=True)


def test_times_that_say_their_zone_need_none(tmp_path):
    path = written(tmp_path, "01;2024-10-27T02:30:00+02:00;1", "01;2024-10-27T02:30:00+01:00;2")
    found = load(str(path), source="sensors")
    assert hours(found) == ["27 00:30", "27 01:30"]
    assert found.problems == ()


def test_times_without_a_zone_ask_for_one(tmp_path):
    path = written(tmp_path, "01;2024-06-01 08:00;1", "01;2024-06-01 09:00;1")
    with pytest.raises(DialectInvalid, match=r"say no zone.*zone=Europe/Paris"):
        load(str(path), source="sensors")
    with pytest.raises(DialectInvalid, match="no time zone 'Europe/Pari'"):
        read(path, zone="Europe/Pari")
    assert hours(read(path, zone="UTC")) == ["01 08:00", "01 09:00"]


def test_columns_that_are_not_there_are_told(tmp_path):
    path = written(tmp_path, "01;2024-06-01 08:00;1", "01;2024-06-01 09:00;1")
    for wrong, match in (
        ({"time": "tim"}, "nearest: time"),
        ({"sensor": "senso"}, "nearest: sensor"),
        ({"time": "bikes"}, "holds no times"),
    ):
        with pytest.raises(DialectInvalid, match=match):
            read(path, **wrong)
    with pytest.raises(FileNotTabular, match="no series"):
        load(str(path.rename(tmp_path / "a.xlsx")), source="sensors", options=PARIS)


def test_lines_of_json_are_a_series_too(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"sensor": "01", "time": "2024-06-01 08:00:00", "n": 1}\n'
        '{"sensor": "01", "time": "2024-06-01 08:00:00", "n": 1}\n',
        "utf-8",
    )
    found = read(path)
    assert hours(found) == ["01 06:00", "01 06:00"]
    assert [each.row for each in found.problems] == [2]


moments = st.integers(0, 8784 * 4).map(
    lambda n: pd.Timestamp(2024, 1, 1) + n * pd.Timedelta("15min")
)


@given(moments, st.integers(2, 60))
def test_a_regular_series_is_put_back_on_utc_whatever_the_season(start, count):
    utc = pd.Series(pd.date_range(start, periods=count, freq="15min", tz="UTC"))
    shown = utc.dt.tz_convert("Europe/Paris").dt.tz_localize(None)
    found, doubtful = local_to_utc(shown, "Europe/Paris")
    # Only a series that begins or ends within the double hour leaves a doubt.
    assert (found == utc).all() or doubtful.any()


def test_the_counters_of_a_published_file_keep_their_zone(official_data):
    path = official_data / "comptage/exemple-valide-eco-compteur.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    given = {"time": "started_at", "sensor": "channel_id"}
    found = load(str(path), source="sensors", options=given)
    first = found.data.column("started_at").to_pylist()[0]
    assert first.isoformat() == "2010-07-12T22:00:00+00:00"
    assert found.data.column("channel_id").to_pylist()[0] == "353226361"
