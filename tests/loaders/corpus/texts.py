"""Cases of encodings, separators, quotes and ends of lines."""

from __future__ import annotations

from .case import BASE, ROWS, Case, written

_PLAIN = written()
_NAMES = [name.replace("-", " ") for name in BASE["nom"]]


def _encoded(name: str, defect: str, content: bytes, **kept: object) -> Case:
    return Case(name, "encoding", defect, content, **{"columns": BASE, **kept})


def _long(accent: bytes) -> bytes:
    """Write rows of ASCII, with one letter beyond it where no sample looks."""
    rows = [f"{n % 95 + 1:02d};Ville;{n}".encode() for n in range(60_000)]
    rows[19_000] = b"59;Besan" + accent + b"on;5"
    return b"\n".join([b"departement;nom;population", *rows, b""])


def _repeated() -> bytes:
    return ("departement;nom\n" + "01;é\n" * 90_000).encode()


ENCODINGS = (
    _encoded("utf8", "UTF-8", _PLAIN.encode()),
    _encoded("utf8_bom", "UTF-8 with a byte order mark", _PLAIN.encode("utf-8-sig")),
    _encoded("cp1252", "Windows-1252", _PLAIN.encode("cp1252")),
    _encoded("latin9", "ISO 8859-15", _PLAIN.encode("iso8859_15")),
    _encoded("cp850", "DOS (cp850)", _PLAIN.encode("cp850")),
    _encoded("mac", "Macintosh (mac_roman)", _PLAIN.encode("mac_roman")),
    _encoded(
        "utf16le_bom", "UTF-16 LE with a mark (Excel)", b"\xff\xfe" + _PLAIN.encode("utf-16-le")
    ),
    _encoded("utf16be_bom", "UTF-16 BE with a mark", b"\xfe\xff" + _PLAIN.encode("utf-16-be")),
    _encoded("utf16le", "UTF-16 LE without a mark", _PLAIN.encode("utf-16-le")),
    _encoded("utf16be", "UTF-16 BE without a mark", _PLAIN.encode("utf-16-be")),
    _encoded("utf32", "UTF-32 with a mark", _PLAIN.encode("utf-32")),
    _encoded(
        "mixed",
        "a line of Windows-1252 in UTF-8",
        b"".join(
            line.encode("cp1252" if "Abergement" in line else "utf-8")
            for line in written(
                rows=[*ROWS, *(("75056", f"Évry-{n} é", n, 1.5, ROWS[0][4]) for n in range(9))]
            ).splitlines(keepends=True)
        ),
        columns={"nom": [*BASE["nom"], *(f"Évry-{n} é" for n in range(9))]},
        told=((2, ""),),
    ),
    _encoded(
        "cp1252_quotes",
        "curly quotes and a euro sign of Windows",
        "code;nom;montant\n01001;l’œuvre « été »;5 €\n01004;Aÿ;6 €\n".encode("cp1252"),
        columns={"code": ["01001", "01004"], "nom": ["l’œuvre « été »", "Aÿ"], "montant": [5, 6]},
    ),
    _encoded(
        "far_accent",
        "the only accent is far in the file, in Windows-1252",
        _long(b"\xe7"),
        columns={"nom": ["Ville"] * 19_000 + ["Besançon"] + ["Ville"] * 40_999},
        told=((19_002, ""),),
    ),
    _encoded(
        "cut_accent",
        "an accent at each place where a sample is cut",
        _repeated(),
        columns={"nom": ["é"] * 90_000},
    ),
    Case(
        "nul",
        "encoding",
        "a NUL byte in the text",
        _PLAIN.encode().replace(b"Lille", b"Li\0le"),
        refused=r"NUL byte was found at byte \d+, line 5",
    ),
    Case(
        "greek",
        "encoding",
        "letters of another alphabet (ISO 8859-7)",
        b"code;nom\n" + "1;Αθήνα Θεσσαλονίκη Πάτρα\n".encode("iso8859_7") * 4,
        refused=r"Byte 0x.. \(line 2\) is neither UTF-8",
    ),
)


def _cut(name: str, defect: str, content: str, **kept: object) -> Case:
    return Case(name, "separator", defect, content.encode(), **{"columns": BASE, **kept})


SEPARATORS = (
    _cut("semicolon", "semicolons and decimal commas", _PLAIN),
    _cut("comma", "commas, decimal points", written(sep=",", decimal=".")),
    _cut("comma_quoted", "commas, decimal commas between quotes", written(sep=",", quote="")),
    _cut("tab", "tabs and decimal commas", written(sep="\t")),
    _cut("pipe", "pipes and decimal commas (DVF)", written(sep="|")),
    _cut("sep_line", "the separator named on the first line", "sep=;\r\n" + _PLAIN),
    _cut("sep_line_tab", "a tab named on the first line", "sep=\t\r\n" + written(sep="\t")),
    _cut(
        "lists",
        "lists cut by semicolons in a file cut by commas",
        "id,nature,montant\n01,aide;prêt,5.5\n02,aide,6.5\n03,a;b;c,7.5\n",
        columns={
            "id": ["01", "02", "03"],
            "nature": ["aide;prêt", "aide", "a;b;c"],
            "montant": [5.5, 6.5, 7.5],
        },
    ),
    _cut(
        "comma_texts",
        "texts with commas in a file cut by semicolons",
        "id;objet;montant\n01;Achat, pose;5\n02;Rue A, lot 2, étage;6\n03;Sans, rien;7\n",
        columns={
            "objet": ["Achat, pose", "Rue A, lot 2, étage", "Sans, rien"],
            "montant": [5, 6, 7],
        },
    ),
    _cut(
        "every_decimal",
        "every column has decimal commas",
        "x;y\n1,5;2,5\n3,25;4,75\n5,5;6,5\n",
        columns={"x": [1.5, 3.25, 5.5], "y": [2.5, 4.75, 6.5]},
    ),
    _cut(
        "spaces",
        "a blank after each comma, before the quotes",
        '"id", "nom", "valeur"\n"01", "Été, hiver", "5.5"\n"02", "Printemps", "6.5"\n',
        columns={"id": ["01", "02"], "nom": ["Été, hiver", "Printemps"], "valeur": [5.5, 6.5]},
    ),
    _cut(
        "one_column",
        "one column only",
        "code\n01001\n01004\n2A004\n",
        columns={"code": ["01001", "01004", "2A004"]},
    ),
    _cut(
        "blank_cells",
        "most cells are blank",
        "a|b|c|d|e\n||||1\n|2|||\n3||||5\n",
        columns={"a": [None, None, 3], "e": [1, None, 5]},
    ),
    _cut(
        "titles_with_others",
        "titles hold other separators",
        "Communes, cantons, EPCI\nAu 1er janvier 2024, en euros\n" + _PLAIN,
    ),
)


def _quoted(name: str, defect: str, content: str, **kept: object) -> Case:
    return Case(name, "quote", defect, content.encode(), **{"columns": BASE, **kept})


def _names(*lines: str) -> str:
    return "".join(f"{line}\n" for line in ("code;nom;n", *lines))


QUOTES = (
    _quoted("all_quoted", "every cell between quotes", written(quote='"')),
    _quoted(
        "single_quoted", "every cell between apostrophes", written(quote="'").replace("L'A", "L''A")
    ),
    _quoted(
        "doubled",
        "doubled quotes",
        _names('01001;"dit ""le Grand""";5', "01004;b;6"),
        columns={"nom": ['dit "le Grand"', "b"]},
    ),
    _quoted(
        "newline",
        "an end of line in a cell",
        _names('01001;"a\nb";5', "01004;c;6"),
        columns={"nom": ["a\nb", "c"], "n": [5, 6]},
    ),
    _quoted(
        "separator",
        "a separator in a cell",
        _names('01001;"a;b";5', "01004;c;6"),
        columns={"nom": ["a;b", "c"], "n": [5, 6]},
    ),
    _quoted(
        "inch",
        "a quote as a sign of inches",
        _names('01001;tuyau 12" PVC;5', "01004;c;6"),
        columns={"nom": ['tuyau 12" PVC', "c"], "n": [5, 6]},
    ),
    _quoted(
        "undoubled",
        "quotes in a cell that are not doubled",
        _names('01001;"Rue "de" la Gare";5', "01004;c;6"),
        columns={"nom": ['Rue "de" la Gare', "c"], "n": [5, 6]},
        told=((2, "nom"),),
    ),
    _quoted(
        "unclosed",
        "a quote that is never closed",
        _names("01001;a;5", '01004;"b;6', "2A004;c;7", '59350;"d";8'),
        columns={"code": ["01001", "2A004", "59350"], "n": [5, 7, 8]},
        aside=(3,),
    ),
    _quoted(
        "unclosed_last",
        "a quote never closed in the last row",
        _names("01001;a;5", "2A004;c;7", '01004;"b;6'),
        columns={"code": ["01001", "2A004"], "n": [5, 7]},
        aside=(4,),
    ),
    _quoted(
        "quoted_heading",
        "a separator in the heading",
        '"code";"nom; prénom";n\n01;a;5\n02;b;6\n',
        columns={"nom; prénom": ["a", "b"], "n": [5, 6]},
    ),
    _quoted(
        "empty_quoted",
        "blank cells between quotes",
        _names('01001;"";5', '01004;"c";""'),
        columns={"nom": [None, "c"], "n": [5, None]},
    ),
    _quoted(
        "quoted_numbers",
        "numbers with commas between quotes, cut by commas",
        'code,n\n"01001","1 234,5"\n"01004","6,25"\n',
        columns={"code": ["01001", "01004"], "n": [1234.5, 6.25]},
    ),
)


def _ended(name: str, defect: str, content: str, **kept: object) -> Case:
    return Case(name, "lines", defect, content.encode(), **{"columns": BASE, **kept})


_UNIX = written(end="\n")

LINES = (
    _ended("lf", "ends of lines of Unix", _UNIX),
    _ended("cr", "ends of lines of old Macintoshes", written(end="\r")),
    _ended("mixed_ends", "ends of lines of two systems", _PLAIN.replace("\r\n", "\n", 2)),
    _ended("no_last_end", "no end to the last line", _UNIX.rstrip("\n")),
    _ended("blank_between", "a blank line after each row", _UNIX.replace("\n", "\n\n")),
    _ended("blank_last", "blank lines at the end", _UNIX + "\n\n\n"),
    _ended("blank_first", "blank lines at the beginning", "\n\n" + _UNIX),
    _ended("separators_only", "rows of separators only", _UNIX + ";;;;\n;;;;\n"),
)
