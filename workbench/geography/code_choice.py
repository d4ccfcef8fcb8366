"""Find the column of codes of a table, or say what there is to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.core.errors import ColumnUnknown, nearest
from workbench.core.i18n import language
from workbench.geography.code_column import CodeColumn
from workbench.geography.code_kinds import CodeBook
from workbench.geography.vintage import tell_kinds

__all__ = ["choose_column", "column_named", "is_code", "kind_promised"]

# Narrower codes (11, 84) are found in any column of numbers: a name must tell them too.
_TELLING = 5
# Share of the values that a kind explains, from which they tell a column without its name.
_MOST = 0.8
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class _Seen:
    """Hold what a column looks like: by its name, by its values, and how much it is wanted."""

    place: int
    promised: str
    found: str
    rank: int


def column_named(name: str, columns: Sequence[str]) -> int:
    """Return the place of a column given by its name, or by its number from 1.

    Raises
    ------
    ColumnUnknown
        When there is none, or two columns bear this name.

    Examples
    --------
    >>> column_named("insee", ["nom", "insee"]), column_named("2", ["nom", "insee"])
    (1, 1)
    """
    places = [place for place, column in enumerate(columns) if column == name]
    if len(places) == 1:
        return places[0]
    if places:
        numbers = ", ".join(str(place + 1) for place in places)
        raise ColumnUnknown(f"Several columns are named {name!r}; give a number: {numbers}.")
    if name.isascii() and name.isdigit() and 1 <= int(name) <= len(columns):
        return int(name) - 1
    raise ColumnUnknown(
        f"There is no column {name!r} ({nearest(name, columns)}). "
        f"The file has {len(columns)}: give a name, or a number from 1."
    )


def kind_promised(name: str, book: CodeBook) -> str:
    """Return the kind of code that a column's name says; empty for none.

    Examples
    --------
    >>> from workbench.geography import open_atlas
    >>> book = open_atlas("france").codebook
    >>> [kind_promised(x, book) for x in ("code_insee_commune", "codePostal", "num_siret", "nom")]
    ['commune', 'postcode', 'siret', '']
    """
    scores = {kind: book.kinds[kind].names_column(name) for kind in book.kinds}
    best = max(scores.values(), default=0)
    return next((kind for kind, score in scores.items() if score == best), "") if best else ""


def choose_column(
    samples: Mapping[int, Sequence[str]], names: Sequence[str], book: CodeBook
) -> int:
    """Find the column that holds codes: those of the base level first, then any other.

    Parameters
    ----------
    samples : mapping of int to sequence of str
        Some values of each column, by place.
    names : sequence of str
        Names of the columns.
    book : CodeBook

    Returns
    -------
    int
        Place of the column.

    Raises
    ------
    ColumnUnknown
        When no column seems to hold codes, or several do: they are listed.
    """
    seen = [_look(place, names[place], values, book) for place, values in samples.items()]
    best = max((each.rank for each in seen), default=0)
    chosen = [each for each in seen if each.rank == best]
    if best and len(chosen) == 1:
        return chosen[0].place
    what = "Several columns may hold the codes" if best else "No column seems to hold codes"
    listed = chosen if best else seen
    told = "; ".join(_told(each, names, book) for each in listed[:12])
    more = f"; and {len(listed) - 12} more" if len(listed) > 12 else ""
    raise ColumnUnknown(f"{what}: say which with --column. {told}{more}.")


def is_code(name: str, values: Sequence[str], book: CodeBook) -> bool:
    """Tell whether the name of a column is a code like those below it: there is no header.

    Examples
    --------
    >>> from workbench.geography import open_atlas
    >>> book = open_atlas("france").codebook
    >>> is_code("01001", ["01002", "01004"], book), is_code("insee", ["01002"], book)
    (True, False)
    """
    if not any(letter.isdigit() for letter in name):
        return False
    own = {fit.kind for fit in tell_kinds(CodeColumn.read([name]).filled.texts, book)}
    below = tell_kinds(CodeColumn.read(list(values)).filled.texts, book)
    found = {fit.kind for fit in below if fit.share >= _MOST} if below else own
    return bool(own & found)


def _look(place: int, name: str, values: Sequence[str], book: CodeBook) -> _Seen:
    promised = kind_promised(name, book)
    kinds = tell_kinds(CodeColumn.read(list(values[:_LOOKED_AT])).filled.texts, book)
    found = kinds[0].kind if kinds and kinds[0].share >= _MOST else ""
    near = {book.base, *(kind.id for kind in book.kinds.values() if kind.level)}
    telling = found in near and book.kinds[found].width >= _TELLING
    base = book.kinds[book.base]
    ranks = (
        (promised == book.base and found == book.base, 7),
        (promised == book.base and found in near, 6),
        (found == book.base and (base.width == 0 or telling), 5),
        (promised == book.base, 4),
        (bool(promised) and promised == found, 3),
        (telling, 2),
        (bool(promised) or bool(found and book.kinds[found].check), 1),
    )
    rank = next((rank for holds, rank in ranks if holds), 0)
    return _Seen(place, promised, found, rank)


def _told(seen: _Seen, names: Sequence[str], book: CodeBook) -> str:
    name = f"{seen.place + 1} {names[seen.place]!r}"
    if not seen.found:
        return name
    return f"{name} (perhaps {language('en').typeset(_many(seen.found, book))})"


def _many(kind: str, book: CodeBook) -> str:
    many = book.kinds[kind].many
    return many.get("en") or next(iter(many.values()))
