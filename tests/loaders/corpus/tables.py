"""Cases of headings, rows, totals, notes, and of files that hold no table."""

from __future__ import annotations

import gzip
import io
import zipfile

from .case import BASE, Case, written

_UNIX = written(end="\n")
_HEAD, _BODY = _UNIX.split("\n", 1)


def _headed(name: str, defect: str, content: str, **kept: object) -> Case:
    return Case(name, "heading", defect, content.encode(), **{"columns": BASE, **kept})


_TWO = {"code": ["01", "02"], "pop": [5, 6]}

HEADINGS = (
    _headed("title", "a title", f"Populations légales\n{_UNIX}"),
    _headed("titles", "titles and blank lines", f"Populations légales\nFrance\n\n\n{_UNIX}"),
    _headed(
        "padded_title", "a title padded with separators", f"Populations légales;;;;\n;;;;\n{_UNIX}"
    ),
    _headed("far_heading", "the heading on line 12", "note\n" * 11 + _UNIX),
    _headed(
        "units",
        "a row of units",
        "code;pop\n;habitants\n01;5\n02;6\n",
        columns={"code": ["01", "02"], "pop - habitants": [5, 6]},
    ),
    _headed(
        "two_rows",
        "labels, then the names of the variables (INSEE)",
        "Code géographique;Population en 2020\nCODGEO;P20_POP\n01001;5\n01004;6\n",
        columns={"CODGEO": ["01001", "01004"], "P20_POP": [5, 6]},
    ),
    _headed(
        "merged",
        "merged cells saved as CSV",
        "code;2020;;2021;\n;Hommes;Femmes;Hommes;Femmes\n01;5;6;7;8\n02;1;2;3;4\n",
        columns={"code": ["01", "02"], "2020 - Hommes": [5, 1], "2021 - Femmes": [8, 4]},
    ),
    _headed(
        "year_headings",
        "years as names of columns",
        "code;2019;2020;2021\n01;5;6;7\n02;8;9;1\n",
        columns={"code": ["01", "02"], "2019": [5, 8], "2021": [7, 1]},
    ),
    _headed(
        "no_heading",
        "no heading",
        _BODY,
        columns={"column_1": BASE["code"], "column_3": BASE["population"]},
    ),
    _headed(
        "twice",
        "a name that comes twice",
        "code;pop;pop\n01;5;6\n02;7;8\n",
        columns={"pop": [5, 7], "pop_2": [6, 8]},
    ),
    _headed(
        "nameless",
        "a column without a name",
        "code;;pop\n01;a;5\n02;b;6\n",
        columns={"column_2": ["a", "b"], "pop": [5, 6]},
    ),
    _headed("spaces_heading", "blanks around names", " code ; pop \n01;5\n02;6\n", columns=_TWO),
    _headed(
        "lines_heading",
        "a name on two lines",
        'code;"pop\n2020"\n01;5\n02;6\n',
        columns={"pop 2020": [5, 6]},
    ),
    _headed(
        "trailing_heading",
        "a separator too many in the heading",
        "code;pop;\n01;5\n02;6\n",
        columns=_TWO,
    ),
    _headed(
        "trailing_all", "a separator too many everywhere", "code;pop;\n01;5;\n02;6;\n", columns=_TWO
    ),
    _headed(
        "bom_quoted",
        "a mark, then a quoted heading",
        '\ufeff"code";"pop"\n"01";"5"\n"02";"6"\n',
        columns=_TWO,
    ),
    _headed(
        "only_heading", "a heading without a row", "code;nom;pop\n", columns={"code": [], "pop": []}
    ),
    _headed(
        "narrow",
        "decimal commas in a file cut by commas",
        "code,taux\n01001,12,5\n01004,7,25\n",
        columns=None,
        refused="heading on line 1 has 2 columns and the row on line 2 has 3",
    ),
    _headed(
        "wide",
        "a heading with more columns than the rows",
        "code;nom;pop;taux\n01;5\n02;6\n03;7\n",
        columns=None,
        refused="heading on line 1 has 4 columns and the row on line 2 has 2",
    ),
)


def _rowed(name: str, defect: str, content: str, **kept: object) -> Case:
    return Case(name, "row", defect, content.encode(), **{"columns": BASE, **kept})


def _with(line: str, at: int = 3) -> str:
    lines = _UNIX.splitlines(keepends=True)
    return "".join([*lines[:at], f"{line}\n", *lines[at:]])


ROWS_CASES = (
    _rowed("short", "a row that lacks cells", _with("13055;Marseille;5"), aside=(4,)),
    _rowed(
        "long",
        "a row with a cell too many",
        _with("13055;Marseille;Sud;5;1,5;01/01/2024"),
        aside=(4,),
    ),
    _rowed(
        "blank_beyond",
        "blank cells beyond the last column",
        _UNIX.replace("14/07/2023", "14/07/2023;;"),
        told=((5, ""),),
    ),
    _rowed("truncated", "a last row cut by a faulty copy", _UNIX + "13055;Mars", aside=(7,)),
    _rowed(
        "repeated_heading",
        "the heading again, between two files put together",
        _with(_HEAD, 4),
        aside=(5,),
    ),
    _rowed("total", "a row of totals at the end", _UNIX + ";Total;484496;75,25;\n"),
    _rowed(
        "total_first",
        "a row of totals above the others",
        f"{_HEAD}\n;Ensemble;484496;75,25;\n{_BODY}",
    ),
    _rowed(
        "total_in_code", "a total written in the column of codes", _UNIX + "TOTAL;;484496;75,25;\n"
    ),
    _rowed("total_place", "the total of the département", _UNIX + ";Total du département;5;1,5;\n"),
    _rowed(
        "total_company",
        "a company named Total is no total",
        "siret;nom;n\n12345678901234;TOTAL ENERGIES;5\n98765432109876;Total;6\n",
        columns={"nom": ["TOTAL ENERGIES", "Total"], "n": [5, 6]},
    ),
    _rowed("source", "a source at the end", _UNIX + "\nSource : INSEE, RP 2021\n"),
    _rowed("source_padded", "a source padded with separators", _UNIX + "Source : INSEE;;;;\n"),
    _rowed(
        "source_cut",
        "notes that hold separators",
        _UNIX + "\nNote : s = secret ; nd = non disponible\nSource : INSEE ; DGFiP\n",
    ),
    _rowed(
        "notes", "several notes", _UNIX + "\n(1) Au 1er janvier.\n* Provisoire.\nLecture : rien.\n"
    ),
    _rowed(
        "no_row_lost",
        "a name like a note is a row",
        "nom;n\nSources-de-l'Ain;5\nNotes;6\n",
        columns={"nom": ["Sources-de-l'Ain", "Notes"], "n": [5, 6]},
    ),
    _rowed(
        "same_rows",
        "rows that come twice are kept",
        _UNIX + _UNIX.splitlines(keepends=True)[1],
        columns={name: [*values, values[0]] for name, values in BASE.items()},
    ),
    _rowed(
        "many_columns",
        "five hundred columns",
        ";".join(f"v{n}" for n in range(500)) + "\n" + (";".join(["5"] * 500) + "\n") * 3,
        columns={"v0": [5, 5, 5], "v499": [5, 5, 5]},
    ),
    _rowed(
        "all_bad",
        "no row has the number of cells of the heading, nor of another row",
        "code;nom;pop;taux\n01;a\n02;a;b;c;d;e\n03\n04;a;b;c;d;e;f;g\n05;1;2;3;4;5;6\n",
        columns=None,
        refused=r"5 of 5 rows cannot be read \(line 2",
    ),
)


def _other(name: str, defect: str, content: bytes, refused: str) -> Case:
    return Case(name, "no table", defect, content, refused=refused)


def _zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.csv", _UNIX)
    return target.getvalue()


OTHERS = (
    _other("empty", "nothing at all", b"", "it is empty"),
    _other("blank_file", "blank lines only", b"\n \r\n\t\n", "it is empty"),
    _other(
        "page",
        "a web page in place of the file",
        b"<!DOCTYPE html>\n<html><head><title>404</title></head></html>",
        "it is a web page",
    ),
    _other(
        "page_late",
        "a web page after its XML declaration",
        b'<?xml version="1.0"?><html xmlns="x"><body/></html>',
        "it is a web page",
    ),
    _other("xml", "XML", b'<?xml version="1.0"?><rows><row/></rows>', "it is XML"),
    _other("json", "JSON", b'{"type": "FeatureCollection", "features": []}', "it is JSON"),
    _other("gzip", "a gzip file", gzip.compress(_UNIX.encode(), mtime=0), r"packed \(gzip\)"),
    _other("zip", "a zip file", _zipped(), r"packed \(zip\)"),
    _other("pdf", "a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "format pdf"),
    _other("parquet_file", "Parquet", b"PAR1\x15\x04\x15\x10", "format parquet"),
    _other(
        "excel",
        "an old Excel workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504,
        "format workbook",
    ),
)
