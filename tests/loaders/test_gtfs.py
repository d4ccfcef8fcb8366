"""A timetable is tables whose codes are text; what it runs is counted day by day."""

from __future__ import annotations

import csv
import zipfile
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.loaders.errors import (
    ArchiveInvalid,
    DialectInvalid,
    FileNotTabular,
    LoadingError,
    NoFileToRead,
    NotTheFile,
    TableRefused,
)
from workbench.loaders.geometry import geometries
from workbench.loaders.gtfs import read
from workbench.loaders.gtfs_days import service_dates
from workbench.loaders.load import load

# Three stops; a weekday service without 1 May 2024, a Wednesday, and one of that day only.
FILES = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\n1,Réseau,https://a.fr,Europe/Paris\n",
    "stops": "stop_id,stop_name,stop_lat,stop_lon\n"
    "001,Gare,46.10,5.30\n002,Mairie,46.11,5.31\n003,Total,46.12,5.32\n",
    "routes": "route_id,route_short_name,route_type\nL1,1,3\n",
    "trips": "route_id,service_id,trip_id\nL1,WEEK,T1\nL1,WEEK,T2\nL1,FEAST,T3\n",
    "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "T1,8:00:00,08:00:30,001,1\nT1,08:10:00,08:10:00,002,2\nT1,08:20:00,08:20:00,001,3\n"
    "T2,23:50:00,23:50:00,001,1\nT2,25:10:00,25:10:00,003,2\n"
    "T3,09:00:00,09:00:00,002,1\nT3,,,003,2\n",
    "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,"
    "end_date\nWEEK,1,1,1,1,1,0,0,20240429,20240505\n",
    "calendar_dates": "service_id,date,exception_type\nWEEK,20240501,2\nFEAST,20240501,1\n",
}


def packed(folder, inside="", **changed):
    """Write a timetable, some of its files changed, or left out when they are None."""
    path = folder / "network.gtfs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**FILES, **changed}.items():
            if text is not None:
                archive.writestr(f"{inside}{name}.txt", text.encode())
    return path


def rows(path, table, **given):
    """Read a table as rows."""
    return load(str(path), options={"table": table, **given}).data.to_pylist()


def test_codes_are_text_and_stops_are_points(tmp_path):
    found = load(str(packed(tmp_path)))
    assert found.data.column("stop_id").to_pylist() == ["001", "002", "003"]
    assert found.data.column("stop_name").to_pylist() == ["Gare", "Mairie", "Total"]
    assert [each.x for each in geometries(found.data.column("geometry"))] == [5.3, 5.31, 5.32]
    assert found.problems == ()
    assert found.decisions["time zone"] == "Europe/Paris"


def test_times_go_on_after_midnight_and_a_blank_stays_one(tmp_path):
    made = rows(packed(tmp_path), "stop_times")
    assert [each["arrival_time_seconds"] for each in made] == [
        28_800,
        29_400,
        30_000,
        85_800,
        90_600,
        32_400,
        None,
    ]
    assert made[0]["arrival_time"] == "8:00:00"


def test_services_run_on_their_days_but_for_exceptions(tmp_path):
    made = rows(packed(tmp_path), "service_dates")
    assert [(each["service_id"], each["date"]) for each in made] == [
        ("FEAST", date(2024, 5, 1)),
        *(("WEEK", date(2024, month, day)) for month, day in ((4, 29), (4, 30), (5, 2), (5, 3))),
    ]


def test_trips_are_counted_by_stop_and_day_of_service(tmp_path):
    made = rows(packed(tmp_path), "trips_by_stop")
    counted = {(each["stop_id"], each["date"].day): each["trips"] for each in made}
    # T1 calls twice at 001 and is one trip; T2 reaches 003 after midnight, on its own day.
    week = {
        (stop, day): n for stop, n in (("001", 2), ("002", 1), ("003", 1)) for day in (29, 30, 2, 3)
    }
    assert counted == {**week, ("002", 1): 1, ("003", 1): 1}


def test_a_trip_that_is_repeated_counts_each_time(tmp_path):
    text = "trip_id,start_time,end_time,headway_secs\nT1,06:00:00,07:00:00,600\n"
    text += "T1,07:00:00,07:10:01,600\n"
    made = rows(packed(tmp_path, frequencies=text), "trips_by_stop")
    at = {(each["stop_id"], each["date"].day): each["trips"] for each in made}
    assert (at["002", 29], at["001", 29], at["003", 29]) == (8, 9, 1)


def test_a_network_without_a_weekly_calendar_is_read(tmp_path):
    made = rows(
        packed(tmp_path, calendar=None, trips=FILES["trips"].replace("WEEK", "FEAST")),
        "service_dates",
    )
    assert [each["service_id"] for each in made] == ["FEAST"]


@pytest.mark.parametrize("lacking", ["agency", "stops", "routes", "trips", "stop_times"])
def test_a_file_that_every_timetable_has_is_asked_for(tmp_path, lacking):
    with pytest.raises(FileNotTabular, match=rf"lacks {lacking}\.txt"):
        load(str(packed(tmp_path, **{lacking: None})))


def test_neither_calendar_is_refused_and_so_is_a_column_that_lacks(tmp_path):
    with pytest.raises(FileNotTabular, match="calendar_dates"):
        load(str(packed(tmp_path, calendar=None, calendar_dates=None)))
    with pytest.raises(
        FileNotTabular, match=r"stops\.txt has no column 'stop_id' \(nearest: stop_i,"
    ):
        load(str(packed(tmp_path, stops=FILES["stops"].replace("stop_id", "stop_i"))))


@pytest.mark.parametrize(
    ("name", "old", "new", "place", "reason"),
    [
        ("trips", "L1,WEEK,T2", "L9,WEEK,T2", ("trips", 3, "route_id", "L9"), "not in the file"),
        (
            "trips",
            "L1,WEEK,T2",
            "L1,NONE,T2",
            ("trips", 3, "service_id", "NONE"),
            "not in the file",
        ),
        (
            "stop_times",
            "25:10:00,003",
            "25:10:00,3",
            ("stop_times", 6, "stop_id", "3"),
            "not in the",
        ),
        (
            "stop_times",
            "08:10:00,08",
            "8h10,08",
            ("stop_times", 3, "arrival_time", "8h10"),
            "no time",
        ),
        (
            "stop_times",
            "08:10:00,08",
            "08:70:00,08",
            ("stop_times", 3, "arrival_time", "08:70:00"),
            "no time",
        ),
        ("stops", "46.11,5.31", "0,0", ("stops", 3, "stop_lat", "0.0"), "is nowhere"),
        ("stops", "46.11,5.31", "460,5.31", ("stops", 3, "stop_lat", "460.0"), "is nowhere"),
        ("stops", "002,M", "001,M", ("stops", 3, "stop_id", "001"), "repeats the identifier"),
    ],
)
def test_what_is_wrong_is_located(tmp_path, name, old, new, place, reason):
    assert old in FILES[name]
    path = packed(tmp_path, **{name: FILES[name].replace(old, new)})
    problems = load(str(path)).problems
    file = f"network.gtfs.zip/{place[0]}.txt"
    found = next(each for each in problems if (each.file, each.column) == (file, place[2]))
    assert (found.row, found.column, found.value) == place[1:]
    assert reason in found.reason
    with pytest.raises(TableRefused, match=r"\.txt, line"):
        load(str(path), options={"strict": True})


def test_lines_are_those_of_the_file_when_a_row_is_set_aside(tmp_path):
    stops = FILES["stops"].replace("46.10", "north").replace("46.12,5.32", "0,0")
    found = load(str(packed(tmp_path, stops=stops)))
    assert found.set_aside == 1
    assert ("stops", 4, "0.0") in [
        (each.file.rpartition("/")[2].removesuffix(".txt"), each.row, each.value)
        for each in found.problems
    ]


def test_many_problems_of_one_kind_are_counted(tmp_path):
    more = "".join(f"T1,09:00:00,09:00:00,X,{n}\n" for n in range(10, 90))
    problems = load(str(packed(tmp_path, stop_times=FILES["stop_times"] + more))).problems
    assert len(problems) == 51
    assert problems[-1].reason.startswith("30 more: ")


def test_a_service_without_end_is_refused(tmp_path):
    calendar = FILES["calendar"].replace("20240505", "20991231")
    with pytest.raises(TableRefused, match="more than ten years"):
        rows(packed(tmp_path, calendar=calendar), "service_dates")


def test_files_within_a_folder_of_the_archive_are_found(tmp_path):
    assert len(rows(packed(tmp_path, inside="gtfs/"), "stops")) == 3


def test_a_page_under_the_name_of_a_file_is_told_as_one(tmp_path):
    page = "<html><title>Maintenance</title>"
    with pytest.raises(NotTheFile, match=r"stops\.txt is a web page, titled 'Maintenance'"):
        load(str(packed(tmp_path, stops=page)))


def test_of_two_timetables_in_an_archive_one_is_named(tmp_path):
    one = {f"export/urban/{name}.txt": text for name, text in FILES.items()}
    two = {f"export/school/{name}.txt": text for name, text in FILES.items()}
    path = tmp_path / "networks.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**one, **two, "lisezmoi.txt": "Deux réseaux."}.items():
            archive.writestr(
                name, text.replace("001,Gare", "001,École") if "school" in name else text
            )
    with pytest.raises(DialectInvalid, match="2 timetables, in export/school, export/urban"):
        load(str(path), reader="gtfs")
    with pytest.raises(DialectInvalid, match="choose from: export/school, export/urban"):
        load(str(path), reader="gtfs", options={"folder": "urban"})
    for folder, name in (("export/school", "École"), ("export/urban/", "Gare")):
        found = load(str(path), reader="gtfs", options={"folder": folder})
        assert found.data.column("stop_name")[0].as_py() == name
        assert found.problems == ()


def test_a_timetable_in_a_folder_is_read_from_it_or_from_the_one_above(tmp_path):
    home = tmp_path / "export" / "gtfs"
    home.mkdir(parents=True)
    for name, text in FILES.items():
        (home / f"{name}.txt").write_text(text, "utf-8")
    for folder in (home, home.parent):
        assert read(folder).tables["stops"].num_rows == 3


def test_an_archive_read_as_any_other_names_the_reader_of_timetables(tmp_path):
    path = packed(tmp_path).rename(tmp_path / "export.zip")
    with pytest.raises(NoFileToRead, match=r"It is a timetable: name its reader \(gtfs\)"):
        load(str(path))


def test_a_table_that_is_not_there_names_the_nearest(tmp_path):
    with pytest.raises(DialectInvalid, match="nearest: stops"):
        load(str(packed(tmp_path)), options={"table": "stop"})


def test_an_archive_of_another_name_is_read_when_the_reader_is_named(tmp_path):
    path = packed(tmp_path).rename(tmp_path / "export.zip")
    assert load(str(path), reader="gtfs").data.num_rows == 3
    assert load(str(path), source="gtfs").data.num_rows == 3


@pytest.mark.parametrize("content", [b"stop_id\n1\n", b"PK\x03\x04" + b"x" * 50])
def test_what_is_no_archive_is_told(tmp_path, content):
    path = tmp_path / "a.gtfs.zip"
    path.write_bytes(content)
    with pytest.raises((FileNotTabular, ArchiveInvalid), match=r"a\.gtfs\.zip"):
        read(path)


def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path):
    path = packed(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../stops.txt", "x")
    with pytest.raises(LoadingError, match="stops"):
        read(path)


days = st.lists(st.booleans(), min_size=7, max_size=7)
span = st.tuples(st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.integers(0, 60))


@given(days, span, st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_days_are_those_of_the_week_less_the_removed_and_the_added(days, span, less, more):
    start, length = span
    every = pd.date_range(start, periods=61)
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    row = {"service_id": "A", "start_date": every[0], "end_date": every[length]}
    calendar = pd.DataFrame([row | {n: int(d) for n, d in zip(names, days, strict=True)}])
    kinds = [(at, 2) for at in less - more] + [(at, 1) for at in more]
    exceptions = pd.DataFrame(
        [("A", every[at], kind) for at, kind in kinds],
        columns=["service_id", "date", "exception_type"],
    )
    expected = {at for at in range(length + 1) if days[every[at].day_of_week]} - less | more
    found = service_dates(calendar, exceptions)["date"].tolist()
    assert found == [every[at] for at in sorted(expected)]


def test_the_published_examples_are_read_whole(official_data):
    files = sorted((official_data / "gtfs/data").glob("*.zip"))
    if not files:
        pytest.skip("no examples of GTFS")
    for path in files:
        timetable = read(path)
        assert timetable.problems == (), path
        with zipfile.ZipFile(path) as archive:
            for name, table in timetable.tables.items():
                text = archive.read(f"{name}.txt").decode("utf-8-sig")
                assert table.num_rows == len(list(csv.reader(text.splitlines()))) - 1, name
    counted = timetable.trips_by_stop()
    assert counted["trips"].min() >= 1


def test_trips_of_a_published_network_are_those_counted_by_hand(official_data):
    path = official_data / "gtfs/data/cairns_gtfs.zip"
    if not path.is_file():
        pytest.skip("no Cairns")
    timetable = read(path)
    counted = timetable.trips_by_stop()
    monday = counted[counted["date"] == "2014-06-02"].set_index("stop_id")["trips"]
    calls = timetable.frame("stop_times").merge(timetable.frame("trips"), on="trip_id")
    weekday = calls[calls["service_id"] == "CNS2014-CNS_MUL-Weekday-00"]
    expected = weekday.groupby("stop_id")["trip_id"].nunique()
    pd.testing.assert_series_equal(monday, expected, check_names=False, check_dtype=False)
