"""Tables of events are aggregated exactly, whatever their batches, and no row is lost unsaid."""

from __future__ import annotations

import dask
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.event_plan import Clock, Late
from workbench.compute.events import aggregate, notes
from workbench.core.errors import ColumnUnknown, EventTableInvalid, MemoryExceeded
from workbench.core.types import Status

ZERO, ABSENT, MISSING = Status.AGGREGATED, Status.NOT_APPLICABLE, Status.MISSING


def table(rows, *, names=("code", "time", "value")) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    frame = {name: list(column) for name, column in zip(names, columns, strict=True)}
    frame["time"] = pd.to_datetime(frame["time"])
    return pa.Table.from_pandas(pd.DataFrame(frame), preserve_index=False)


SALES = table(
    [
        ("01001", "2024-01-03", 100.0),
        ("01001", "2024-01-20", 50.0),
        ("01002", "2024-02-01", None),
        ("01002", "2024-02-02", 8.0),
        ("99999", "2024-02-01", 1.0),
        (None, "2024-02-01", 1.0),
        ("01001", None, 1.0),
    ]
)
ASKED = {"territory": "code", "time": "time", "values": "value"}


def test_rows_are_counted_and_summed_by_territory_and_month():
    cube = aggregate(SALES, **ASKED, territories=["01001", "01002"])
    assert cube["count"].values.tolist() == [[2, 0], [0, 2]]
    assert cube["value_sum"].values.tolist() == [[150, 0], [0, 8]]
    assert cube["period"].values.tolist() == ["2024-01", "2024-02"]
    assert cube["value_sum_status"].values.tolist() == [
        [Status.AGGREGATED, ZERO],
        [ZERO, Status.ESTIMATED],
    ]


def test_every_row_is_in_the_account():
    told = aggregate(SALES, **ASKED, territories=["01001", "01002"]).attrs
    assert told["rows"] == 7
    assert told["rows_counted"] == 4
    assert told["rows_unknown_territory"] == 1
    assert told["unknown_territories"] == ["99999 (1)"]
    assert told["rows_without_territory"] == told["rows_without_time"] == 1


def test_notes_say_it_in_both_languages():
    cube = aggregate(SALES, **ASKED, territories=["01001", "01002"])
    assert notes(cube)[0] == "1 row has an unknown code of territory and is left out: 99999 (1)."
    assert notes(cube, lang="fr")[2].startswith("1 ligne n’a pas de date")


def test_codes_that_are_met_are_sorted_when_none_are_given():
    assert aggregate(SALES, **ASKED)["territory"].values.tolist() == ["01001", "01002", "99999"]


def test_a_mean_keeps_what_it_is_made_of():
    cube = aggregate(SALES, **ASKED, stats="mean")
    first = cube.sel(territory="01001", period="2024-01")
    assert float(first["value_mean"]) == 75
    assert float(first["value_sum"] / first["value_count"]) == 75
    assert cube["value_mean"].attrs["kind"] == "mean"
    assert cube["value_mean"].attrs["numerator"] == "value_sum"
    assert int(cube["value_mean_status"].sel(territory="01001", period="2024-02")) == ABSENT


def test_null_is_not_zero():
    rows = [("a", "2024-01-01", 0.0), ("b", "2024-01-01", None), ("c", "2024-01-01", np.inf)]
    cube = aggregate(table(rows), **ASKED).isel(period=0)
    assert cube["value_sum"].values[0] == 0
    assert cube["value_sum_status"].values.tolist() == [ZERO, MISSING, MISSING]
    assert np.isnan(cube["value_sum"].values[1:]).all()
    assert cube["count"].values.tolist() == [1, 1, 1]


def test_extremes_quantiles_and_distinct_values():
    rows = [("a", "2024-01-01", float(v)) for v in (4, 1, 3, 2, 2)]
    stats = ["min", "max", "median", "q90", "distinct"]
    cube = aggregate(table(rows), **ASKED, stats=stats).isel(territory=0, period=0)
    found = [float(cube[f"value_{stat}"]) for stat in stats]
    assert found == pytest.approx([1, 4, 2, np.quantile([1, 2, 2, 3, 4], 0.9), 4])
    assert int(cube["value_median_status"]) == Status.AGGREGATED
    assert cube["value_median"].attrs["kind"] == "median"


def test_the_quantile_of_many_values_is_estimated_and_said_so():
    values = np.random.default_rng(0).normal(size=20_000)
    rows = pa.table(
        {
            "code": ["a"] * len(values),
            "time": pd.to_datetime(["2024-01-01"] * len(values)),
            "value": values,
        }
    )
    cube = aggregate(rows, **ASKED, stats=["median", "q99"]).isel(territory=0, period=0)
    for name, share in (("median", 0.5), ("q99", 0.99)):
        rank = (values <= float(cube[f"value_{name}"])).mean()
        assert rank == pytest.approx(share, abs=0.01)
        assert int(cube[f"value_{name}_status"]) == Status.ESTIMATED


def test_distinct_values_are_counted_of_texts_too():
    rows = [("a", "2024-01-01", v) for v in ("x", "y", "x", None)]
    cube = aggregate(table(rows), **ASKED, stats="distinct").isel(territory=0, period=0)
    assert float(cube["value_distinct"]) == 2
    assert int(cube["value_distinct_status"]) == Status.ESTIMATED


# Time


@pytest.mark.parametrize(
    ("freq", "labels"),
    [
        ("year", [2023, 2024]),
        ("quarter", ["2023-Q4", "2024-Q1"]),
        ("month", ["2023-12", "2024-01"]),
        ("week", ["2023-W52", "2024-W01"]),
        ("day", ["2023-12-31", "2024-01-01"]),
        ("hour", ["2023-12-31T23:00", "2024-01-01T00:00"]),
    ],
)
def test_periods_are_named(freq, labels):
    rows = [("a", "2023-12-31 23:59:59", 1.0), ("a", "2024-01-01 00:00:00", 2.0)]
    cube = aggregate(table(rows), **ASKED, freq=freq)
    assert cube["period"].values.tolist() == labels
    assert cube["value_sum"].values.tolist() == [[1, 2]]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_any_unit_of_time_gives_the_same(unit):
    times = pa.array(["2024-01-31T23:59:59", "2024-02-01T00:00:00"]).cast(pa.timestamp(unit))
    rows = pa.table({"code": ["a", "a"], "time": times, "value": [1.0, 2.0]})
    assert aggregate(rows, **ASKED)["value_sum"].values.tolist() == [[1, 2]]


def test_a_day_in_paris_has_23_24_or_25_hours():
    hours = pd.date_range("2024-03-30", "2024-04-02", freq="h", tz="Europe/Paris", inclusive="left")
    more = pd.date_range("2024-10-27", "2024-10-28", freq="h", tz="Europe/Paris", inclusive="left")
    times = pa.array(hours.append(more).tz_convert("UTC"))
    rows = pa.table({"code": ["a"] * len(times), "time": times, "value": [1.0] * len(times)})
    cube = aggregate(rows, **ASKED, freq="day", clock="Europe/Paris").isel(territory=0)
    days = ["2024-03-30", "2024-03-31", "2024-10-27"]
    assert cube["count"].sel(period=days).values.tolist() == [24, 23, 25]
    assert cube["period_hours"].sel(period=days).values.tolist() == [24, 23, 25]
    assert str(cube["period_start"].sel(period="2024-03-31").values)[:16] == "2024-03-30T23:00"


def test_the_hour_that_comes_twice_is_two_periods():
    times = pa.array(pd.to_datetime(["2024-10-27T00:30Z", "2024-10-27T01:30Z"]))
    rows = pa.table({"code": ["a", "a"], "time": times, "value": [1.0, 2.0]})
    cube = aggregate(rows, **ASKED, freq="hour", clock="Europe/Paris")
    assert cube["period"].values.tolist() == ["2024-10-27T02:00+02:00", "2024-10-27T02:00+01:00"]
    assert cube["value_sum"].values.tolist() == [[1, 2]]


@pytest.mark.parametrize(
    ("ambiguous", "label"),
    [("first", "2024-10-27T02:00+02:00"), ("second", "2024-10-27T02:00+01:00")],
)
def test_a_clock_reading_of_that_hour_is_taken_as_asked_and_told(ambiguous, label):
    rows = table([("a", "2024-10-27 02:30", 1.0)])
    clock = Clock("Europe/Paris", ambiguous)
    cube = aggregate(rows, **ASKED, freq="hour", clock=clock)
    assert cube["period"].values.tolist() == [label]
    assert cube.attrs["rows_ambiguous_time"] == 1
    assert "twice" in notes(cube)[0]


def test_a_doubtful_reading_can_be_left_out():
    rows = table([("a", "2024-10-27 02:30", 1.0), ("a", "2024-10-27 04:30", 1.0)])
    cube = aggregate(rows, **ASKED, freq="day", clock=Clock("Europe/Paris", "missing"))
    assert cube.attrs["rows_without_time"] == 1
    assert int(cube["count"].sum()) == 1


def test_an_hour_that_no_clock_showed_is_no_time():
    rows = table([("a", "2024-03-31 02:30", 1.0), ("a", "2024-03-31 03:00", 1.0)])
    cube = aggregate(rows, **ASKED, freq="day", clock="Europe/Paris")
    assert cube.attrs["rows_without_time"] == 1
    assert int(cube["count"].sum()) == 1


def test_a_midnight_belongs_to_the_clock_of_the_zone():
    times = pa.array(pd.to_datetime(["2023-12-31T23:30Z"]))
    rows = pa.table({"code": ["a"], "time": times, "value": [1.0]})
    assert aggregate(rows, **ASKED, freq="year", clock="Europe/Paris")["period"].item() == 2024
    assert aggregate(rows, **ASKED, freq="year")["period"].item() == 2023


@pytest.mark.parametrize(
    "zone", ["Europe/Paris", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata"]
)
@pytest.mark.parametrize("freq", ["day", "month"])
def test_periods_are_those_of_pandas(zone, freq):
    instants = pd.date_range("2015-01-01", "2018-12-31", freq="97min", tz="UTC")
    rows = pa.table(
        {"code": ["a"] * len(instants), "time": pa.array(instants), "value": [1.0] * len(instants)}
    )
    cube = aggregate(rows, territory="code", time="time", freq=freq, clock=zone)
    shown = instants.tz_convert(zone).strftime({"day": "%Y-%m-%d", "month": "%Y-%m"}[freq])
    expected = pd.Series(shown).value_counts().sort_index()
    assert cube["period"].values.tolist() == expected.index.tolist()
    assert cube["count"].values[0].tolist() == expected.tolist()


# Gaps, keys, lateness


def test_a_period_without_a_measure_is_a_gap_and_not_zero():
    rows = table([("a", "2024-01-01", 1.0), ("a", "2024-03-01", 0.0), ("b", "2024-02-01", 1.0)])
    events = aggregate(rows, **ASKED).sel(territory="a")
    sensors = aggregate(rows, **ASKED, gaps="missing").sel(territory="a")
    assert events["value_sum"].values.tolist() == [1, 0, 0]
    assert sensors["value_sum_status"].values.tolist() == [ZERO, MISSING, ZERO]
    assert np.isnan(sensors["value_sum"].values[1])
    assert sensors.attrs["gaps"] == 1
    assert notes(sensors) == ("1 period without a measure breaks a series.",)


def test_of_rows_that_share_a_key_the_earliest_is_kept():
    rows = table(
        [
            ("a", "2024-01-02", 5.0, "k1"),
            ("a", "2024-01-01", 3.0, "k1"),
            ("a", "2024-01-01", 3.0, "k1"),
            ("a", "2024-01-01", 7.0, "k2"),
            ("a", "2024-01-01", 9.0, None),
        ],
        names=("code", "time", "value", "id"),
    )
    cube = aggregate(rows, **ASKED, key="id")
    assert float(cube["value_sum"].sum()) == 3 + 7 + 9
    assert cube.attrs["rows_duplicate"] == 2
    assert cube.attrs["keys_in_conflict"] == 1
    assert cube.attrs["rows_without_key"] == 1


def test_a_row_that_arrives_after_its_period_is_closed_is_late():
    rows = table(
        [
            ("a", "2024-01-31", 1.0, pd.Timestamp("2024-02-01 12:00")),
            ("a", "2024-01-01", 2.0, pd.Timestamp("2024-02-02 00:00")),
            ("a", "2024-02-01", 4.0, None),
        ],
        names=("code", "time", "value", "arrived"),
    )
    kept = aggregate(rows, **ASKED, late=Late("arrived", "1D"))
    assert kept.attrs["rows_late"] == 1
    assert float(kept["value_sum"].sum()) == 7
    dropped = aggregate(rows, **ASKED, late=Late("arrived", "1D", drop=True))
    assert float(dropped["value_sum"].sum()) == 5
    assert notes(dropped) == ("1 row arrived after its period was closed and is left out.",)


# Laws

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["01001", "01002", "2A004", "99999", None]),
        st.one_of(st.none(), st.datetimes(pd.Timestamp("1999-12-30"), pd.Timestamp("2003-01-02"))),
        st.one_of(st.none(), st.integers(-(10**9), 10**9).map(lambda cents: cents / 100)),
        st.sampled_from(["k1", "k2", "k3", None]),
    ),
    max_size=40,
)
LAW = {
    "territory": "code",
    "time": "time",
    "values": "value",
    "stats": ["sum", "mean", "min", "max", "median", "distinct"],
    "territories": ["2A004", "01001", "01002"],
}


def frame_of(rows) -> pa.Table:
    codes, times, values, keys = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        {
            "code": pa.array(codes, pa.string()),
            "time": pa.array(times, pa.timestamp("us")),
            "value": pa.array(values, pa.float64()),
            "id": pa.array(keys, pa.string()),
        }
    )


@given(rows=ROWS, key=st.sampled_from(["", "id"]), data=st.data())
def test_batches_order_and_threads_change_nothing(rows, key, data):
    whole = aggregate(frame_of(rows), **LAW, key=key)
    mixed = frame_of(data.draw(st.permutations(rows)))
    size = data.draw(st.integers(1, 9))
    batches = [mixed.slice(at, size) for at in range(0, len(rows), size)]
    encoded = [b.set_column(0, "code", b["code"].dictionary_encode()) for b in batches]
    assert aggregate(iter(encoded), **LAW, key=key).identical(whole)
    chunked = pa.concat_tables(batches) if batches else mixed
    assert aggregate(chunked, **LAW, key=key, threads=3).identical(whole)


@given(rows=ROWS, key=st.sampled_from(["", "id"]))
def test_no_row_is_lost(rows, key):
    cube = aggregate(frame_of(rows), **LAW, key=key)
    told = cube.attrs
    left_out = ("unknown_territory", "without_territory", "without_time", "duplicate")
    lost = sum(told.get(f"rows_{name}", 0) for name in left_out)
    assert told["rows_counted"] + lost == told["rows"] == len(rows)
    assert float(cube["count"].sum()) == told["rows_counted"]


@given(rows=ROWS)
def test_it_is_what_pandas_finds(rows):
    cube = aggregate(frame_of(rows), **LAW)
    frame = frame_of(rows).to_pandas()
    frame = frame[frame["code"].isin(LAW["territories"]) & frame["time"].notna()]
    month = frame["time"].dt.strftime("%Y-%m")
    for (code, period), part in frame.groupby(["code", month]):
        at = cube.sel(territory=code, period=period)
        values = part["value"].dropna().to_numpy(dtype=float)
        assert int(at["count"]) == len(part)
        if len(values):
            expected = [values.mean(), values.min(), values.max(), np.median(values)]
            found = [float(at[f"value_{s}"]) for s in ("mean", "min", "max", "median")]
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-6)
            assert int(at["value_distinct"]) == len(set(values))


@pytest.mark.parametrize("scheduler", ["synchronous", "threads", "processes"])
def test_a_dask_frame_gives_the_same_on_any_scheduler(scheduler):
    frame = pd.concat([SALES.to_pandas()] * 3, ignore_index=True)
    expected = aggregate(frame, **ASKED)
    with dask.config.set(scheduler=scheduler):
        found = aggregate(dd.from_pandas(frame, npartitions=4, sort=False), **ASKED)
    assert found.identical(expected)


def test_a_dataset_and_categories_give_the_same(tmp_path):
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    pq.write_table(SALES, tmp_path / "a.parquet", row_group_size=2)
    expected = aggregate(SALES, **ASKED)
    assert aggregate(ds.dataset(tmp_path), **ASKED, threads=2).identical(expected)
    frame = SALES.to_pandas().astype({"code": "category"})
    assert aggregate(frame, **ASKED).identical(expected)


# What is wrong


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        ({"territory": "cod"}, ColumnUnknown, "no column 'cod' .nearest: code"),
        ({"freq": "monthly"}, ValueError, "nearest: month"),
        ({"stats": "avg"}, ValueError, "stat 'avg' is unknown"),
        ({"gaps": "nil"}, ValueError, "gaps='nil' is unknown"),
        ({"clock": "Europe/Pari"}, ValueError, "no time zone 'Europe/Pari'"),
        ({"territory": "value"}, EventTableInvalid, "code of a territory is text"),
        ({"time": "code"}, EventTableInvalid, "times are asked for"),
        ({"values": "code"}, EventTableInvalid, "only its distinct values"),
        ({"territories": [1001]}, EventTableInvalid, "a code is text"),
        ({"freq": "hour", "memory": 10_000}, MemoryExceeded, "2024-01-01T00:00 to 2024-03-31"),
    ],
)
def test_what_is_wrong_is_said(given, error, match):
    with pytest.raises(error, match=match):
        aggregate(SALES, **{**ASKED, **given})


def test_something_else_than_a_table_is_refused():
    with pytest.raises(EventTableInvalid, match="type int cannot be aggregated"):
        aggregate(3, **ASKED)
    with pytest.raises(EventTableInvalid, match="A batch of type int"):
        aggregate([3], **ASKED)


def test_identifiers_beyond_what_a_float_holds_are_not_added_up():
    rows = pa.table({"code": ["a"], "time": pa.array([0], pa.timestamp("s")), "value": [2**53 + 1]})
    with pytest.raises(EventTableInvalid, match="beyond 2\\^53"):
        aggregate(rows, **ASKED)


def test_a_table_without_a_row_makes_an_empty_cube():
    cube = aggregate(SALES.slice(0, 0), **ASKED)
    assert dict(cube.sizes) == {"territory": 0, "period": 0}
    assert cube.attrs["rows"] == 0


def test_a_column_of_dates_and_one_of_whole_numbers():
    rows = pa.table(
        {
            "code": ["a", "a"],
            "time": pa.array([0, 31], pa.date32()),
            "value": pa.array([2, None], pa.int64()),
        }
    )
    cube = aggregate(rows, **ASKED)
    assert cube["period"].values.tolist() == ["1970-01", "1970-02"]
    assert cube["value_sum_status"].values.tolist() == [[Status.AGGREGATED, MISSING]]
