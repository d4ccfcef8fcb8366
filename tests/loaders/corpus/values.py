"""Cases of numbers, dates, signs and codes."""

from __future__ import annotations

from datetime import date, datetime

from workbench.core.types import Status

from .case import Case, M, N, S, column

_O, _E = Status.OBSERVED, Status.ESTIMATED


def _number(name: str, defect: str, cells: str, values: list[float | None], **kept: object) -> Case:
    parts = cells.split("|")
    return Case(name, "number", defect, column(parts), columns={"valeur": values}, **kept)


NUMBERS = (
    _number("decimal_comma", "decimal commas", "12,5|7,25|3", [12.5, 7.25, 3]),
    _number("decimal_point", "decimal points", "12.5|7.25|3", [12.5, 7.25, 3]),
    _number("space", "blanks between thousands", "1 234|12 345 678|5", [1234, 12345678, 5]),
    _number("nbsp", "no-break spaces between thousands", "1\xa0234|5|6", [1234, 5, 6]),
    _number("narrow", "narrow no-break spaces", "1\u202f234,5|5|6", [1234.5, 5, 6]),
    _number("thin", "thin spaces", "1\u2009234|5|6", [1234, 5, 6]),
    _number("apostrophe", "apostrophes between thousands", "1'234|5|6", [1234, 5, 6]),
    _number(
        "point_comma", "points between thousands", "1.234,5|12,25|1.000.000", [1234.5, 12.25, 1e6]
    ),
    _number(
        "comma_point", "commas between thousands", "1,234.5|12.25|1,000,000", [1234.5, 12.25, 1e6]
    ),
    _number(
        "points_only",
        "points between thousands, no decimal",
        "1.234.567|12.345|5",
        [1234567, 12345, 5],
    ),
    _number("percent", "per cent signs", "12,5 %|7%|3 %", [12.5, 7, 3]),
    _number("euro", "euro signs", "1 234,50 €|7 €|3€", [1234.5, 7, 3]),
    _number("unit", "units after the numbers", "12 km|7,5 km|3 km", [12, 7.5, 3]),
    _number("plus", "plus signs", "+12,5|-7|+3", [12.5, -7, 3]),
    _number("minus", "minus signs of typesetters", "−12,5|7|3", [-12.5, 7, 3]),
    _number("exponent", "exponents", "1,5E+3|7|3", [1500, 7, 3]),
    _number("blanks_around", "blanks around the numbers", " 12|7 | 3 ", [12, 7, 3]),
    _number(
        "estimated",
        "estimates marked (e)",
        "12 (e)|7|3 e",
        [12, 7, 3],
        statuses={"valeur": [_E, _O, _E]},
    ),
    _number("provisional", "provisional figures marked (p)", "12 (p)|7|3", [12, 7, 3]),
    _number(
        "zeros",
        "zeros in several writings",
        "0|0,0|5",
        [0, 0, 5],
        statuses={"valeur": [_O, _O, _O]},
    ),
    _number("leading_point", "nothing before the decimal mark", ",5|0,25|3", [0.5, 0.25, 3]),
    _number("word", "a word among numbers", "12|sept|3|4|5", [12, 3, 4, 5], aside=(3,)),
    _number(
        "other_mark",
        "another decimal mark in one cell",
        "12.5|7,5|3.5|4.5|5.5",
        [12.5, 3.5, 4.5, 5.5],
        aside=(3,),
    ),
    _number("letter_o", "a letter O for a zero", "120|1Oo|30|40|50", [120, 30, 40, 50], aside=(3,)),
    _number(
        "two_marks",
        "two decimal marks",
        "12,5|7,2,5|3,5|4,5|5,5",
        [12.5, 3.5, 4.5, 5.5],
        aside=(3,),
    ),
)


def _dated(
    name: str, defect: str, cells: str, values: list[object], *, head: str = "date", **kept: object
) -> Case:
    content = column(cells.split("|"), name=head)
    return Case(name, "date", defect, content, columns={head: values}, **kept)


_JAN, _FEB, _DEC = date(2024, 1, 31), date(2024, 2, 1), date(2023, 12, 25)

DATES = (
    _dated("dmy", "the day first", "31/01/2024|01/02/2024|25/12/2023", [_JAN, _FEB, _DEC]),
    _dated("dmy_hyphen", "the day first, hyphens", "31-01-2024|01-02-2024", [_JAN, _FEB]),
    _dated("dmy_points", "the day first, full stops", "31.01.2024|01.02.2024", [_JAN, _FEB]),
    _dated("dmy_short", "years of two digits", "31/01/24|01/02/24", [_JAN, _FEB]),
    _dated("dmy_bare", "days and months of one digit", "31/1/2024|1/2/2024", [_JAN, _FEB]),
    _dated("iso", "ISO dates", "2024-01-31|2024-02-01", [_JAN, _FEB]),
    _dated("iso_slashes", "the year first, slashes", "2024/01/31|2024/02/01", [_JAN, _FEB]),
    _dated(
        "iso_points",
        "one date with full stops among ISO ones",
        "2024-01-31|2024.02.01",
        [_JAN, _FEB],
    ),
    _dated("words", "months in words", "31 janvier 2024|1er février 2024", [_JAN, _FEB]),
    _dated("words_short", "months in short", "31 janv. 2024|1 févr. 2024", [_JAN, _FEB]),
    _dated("mdy", "the month first", "01/31/2024|02/01/2024|12/25/2023", [_JAN, _FEB, _DEC]),
    _dated(
        "only_small",
        "no day above 12: read as the French write",
        "05/03/2024|01/02/2024",
        [date(2024, 3, 5), _FEB],
    ),
    _dated("serial", "serial numbers of spreadsheets", "45322|45323", [_JAN, _FEB]),
    _dated("compact", "year, month and day in a row", "20240131|20240201", [_JAN, _FEB]),
    _dated(
        "time",
        "dates with times",
        "31/01/2024 10:30|01/02/2024 00:00:05",
        [datetime(2024, 1, 31, 10, 30), datetime(2024, 2, 1, 0, 0, 5)],
    ),
    _dated(
        "time_h",
        "times with an h",
        "31/01/2024 à 10h30|01/02/2024 à 8h",
        [datetime(2024, 1, 31, 10, 30), datetime(2024, 2, 1, 8)],
    ),
    _dated(
        "iso_time",
        "ISO times",
        "2024-01-31T10:30:00|2024-02-01T00:00:05",
        [datetime(2024, 1, 31, 10, 30), datetime(2024, 2, 1, 0, 0, 5)],
    ),
    _dated(
        "impossible",
        "a day that is not in the calendar",
        "31/01/2024|31/02/2024|25/12/2023|01/02/2024",
        [_JAN, _DEC, _FEB],
        aside=(3,),
    ),
    _dated(
        "not_a_date",
        "a word among dates",
        "31/01/2024|bientôt|25/12/2023|01/02/2024",
        [_JAN, _DEC, _FEB],
        aside=(3,),
    ),
    _dated(
        "no_date",
        "no date: blank, nd, zeros",
        "31/01/2024||nd|0000-00-00|01/02/2024",
        [_JAN, None, None, None, _FEB],
    ),
    _dated("far", "the end of time", "2024-01-31|9999-12-31", [_JAN, date(9999, 12, 31)]),
    _dated("years", "years are numbers", "2023|2024|2025", [2023, 2024, 2025], head="annee"),
)


def _sign(
    name: str,
    sign: str,
    status: Status,
    defect: str = "",
    *,
    legend: str = "",
    value: float | None = None,
) -> Case:
    content = column(["5", sign, "0", "12"]) + legend.encode()
    return Case(
        name,
        "sign",
        defect or f"{sign!r} in place of a figure",
        content,
        columns={"valeur": [5, value, 0, 12]},
        statuses={"valeur": [_O, status, _O, _O]},
    )


SIGNS = (
    _sign("s", "s", S),
    _sign("c", "c", S),
    _sign("secret", "secret", S),
    _sign("below", "<5", S, "a threshold in place of a small figure"),
    _sign("nd", "nd", M),
    _sign("nd_points", "n.d.", M),
    _sign("ns", "ns", M),
    _sign("blank", "", M, "a blank cell"),
    _sign("blanks", "  ", M, "a cell of blanks"),
    _sign("ellipsis", "…", M),
    _sign("three_points", "...", M),
    _sign("point", ".", M),
    _sign("na", "NA", M),
    _sign("null", "NULL", M),
    _sign("nan", "NaN", M),
    _sign("excel", "#N/A", M, "an error of a spreadsheet"),
    _sign("slash_na", "N/A", N),
    _sign("hyphen", "-", N),
    _sign("dash", "–", N),
    _sign("slashes", "///", N),
    _sign("so", "so", N),
    _sign(
        "legend_zero",
        "-",
        _O,
        "the legend says that - is zero",
        legend="\n- : résultat nul\n",
        value=0,
    ),
    _sign(
        "legend_secret",
        "x",
        S,
        "the legend says that x is secret",
        legend="\nx : secret statistique\n",
    ),
    _sign(
        "legend_missing",
        "-",
        M,
        "the legend says that - is missing",
        legend="\n- = donnée non disponible\n",
    ),
)


def _coded(
    name: str, defect: str, head: str, cells: str, values: list[str | None], **kept: object
) -> Case:
    lines = "".join(f"{cell};{at}\n" for at, cell in enumerate(cells.split("|"), 5))
    return Case(name, "code", defect, f"{head};n\n{lines}".encode(), columns={head: values}, **kept)


CODES = (
    _coded(
        "zeros_first", "codes that begin by zero", "code_insee", "01001|59350", ["01001", "59350"]
    ),
    _coded(
        "unnamed_zeros",
        "codes in a column that does not say so",
        "lieu",
        "01001|59350",
        ["01001", "59350"],
    ),
    _coded("corsica", "codes of Corsica", "lieu", "2A004|59350|13055", ["2A004", "59350", "13055"]),
    _coded("departements", "départements", "dep", "1|2A|59", ["1", "2A", "59"]),
    _coded("siren", "SIREN", "siren", "130025265|213500135", ["130025265", "213500135"]),
    _coded(
        "unnamed_siren",
        "SIREN in a column that does not say so",
        "acheteur",
        "130025265|732829320",
        ["130025265", "732829320"],
    ),
    _coded(
        "siret",
        "SIRET",
        "id",
        "13002526500013|21060004500392",
        ["13002526500013", "21060004500392"],
    ),
    _coded("iris", "IRIS", "iris", "010010000|593500101", ["010010000", "593500101"]),
    _coded(
        "long",
        "codes longer than a number holds",
        "compteur",
        "09123456789012345678|12345678901234567890",
        ["09123456789012345678", "12345678901234567890"],
    ),
    _coded("postcode", "postcodes", "code_postal", "01400|59000", ["01400", "59000"]),
    _coded(
        "phone", "telephones", "telephone", "0474000000|0320000000", ["0474000000", "0320000000"]
    ),
    _coded("naf", "activity codes (NAF)", "ape", "01.11Z|84.11Z", ["01.11Z", "84.11Z"]),
    _coded("parcel", "parcels", "section", "0A|AB", ["0A", "AB"]),
    _coded("bis", "house numbers", "numero", "9|12bis|3", ["9", "12bis", "3"]),
    _coded(
        "lost_zero",
        "a zero that a spreadsheet removed",
        "code_insee",
        "1001|01004|59350|13055",
        ["01004", "59350", "13055"],
        aside=(2,),
    ),
    _coded(
        "lost_zero_postcode",
        "a zero removed from a postcode",
        "code_postal",
        "1400|01000|59000|13001",
        ["01000", "59000", "13001"],
        aside=(2,),
    ),
    _coded(
        "lost_zero_siren",
        "a zero removed from a SIREN",
        "siren",
        "10600047|130025265|213500135",
        ["130025265", "213500135"],
        aside=(2,),
    ),
    _coded(
        "lost_zeros_siren",
        "two zeros removed from a SIREN",
        "siren",
        "5520135|130025265|213500135",
        ["130025265", "213500135"],
        aside=(2,),
    ),
    _coded(
        "lost_zero_siret",
        "a zero removed from a SIRET",
        "siret",
        "1060004700392|13002526500013|21060004500392",
        ["13002526500013", "21060004500392"],
        aside=(2,),
    ),
    _coded(
        "unnamed_lost_zero",
        "a zero removed from a SIREN in a column that does not say so",
        "acheteur",
        "10600047|130025265|732829320",
        ["130025265", "732829320"],
        aside=(2,),
    ),
    _coded(
        "scientific",
        "a SIRET that became a rounded number",
        "siret",
        "2,10602E+13|21060004500392|13002526500013",
        ["21060004500392", "13002526500013"],
        aside=(2,),
    ),
    _coded(
        "formula",
        "codes written as formulas",
        "code_insee",
        '="01001"|="59350"',
        ["01001", "59350"],
        told=((2, "code_insee"), (3, "code_insee")),
    ),
    _coded(
        "apostrophe_code",
        "codes after an apostrophe",
        "code_insee",
        "'01001|'59350",
        ["01001", "59350"],
        told=((2, "code_insee"), (3, "code_insee")),
    ),
    _coded(
        "decimal_code",
        "codes that became decimals",
        "code_insee",
        "59350.0|13055.0",
        ["59350", "13055"],
        told=((2, "code_insee"), (3, "code_insee")),
    ),
    _coded(
        "spaces_code",
        "blanks around codes",
        "code_insee",
        " 01001|59350 ",
        ["01001", "59350"],
        told=((2, "code_insee"), (3, "code_insee")),
    ),
    _coded(
        "lower_code",
        "Corsica in lower case",
        "code_insee",
        "2a004|59350",
        ["2A004", "59350"],
        told=((2, "code_insee"),),
    ),
    _coded(
        "spaced_siret",
        "a SIRET cut by blanks",
        "siret",
        "210 600 045 00392|13002526500013",
        ["21060004500392", "13002526500013"],
        told=((2, "siret"),),
    ),
    _coded(
        "blank_code",
        "a row without its code",
        "code_insee",
        "01001||59350",
        ["01001", None, "59350"],
    ),
    _coded("nuts", "NUTS codes", "nuts", "FRA1|FR10", ["FRA1", "FR10"]),
)
