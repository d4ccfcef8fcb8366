"""Which territories are the sums of which: by the levels of a pack, and by two of its maps."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.core.errors import LevelUnknown, nearest
from workbench.disclosure.tables import Dimension
from workbench.geography.transition import Transition
from workbench.packs.pack import Pack

__all__ = ["across", "at_level", "territories"]


def at_level(level: str, code: str) -> str:
    """Name a territory: two levels may use one code.

    Examples
    --------
    >>> at_level("region", "11")
    'region 11'
    """
    return f"{level} {code}"


def territories(pack: Pack, levels: Sequence[str]) -> Dimension:
    """Make a dimension of the territories of some levels.

    A level is the sum of another one where this lies within it and covers it: communes in EPCI and
    in départements, départements in régions, but EPCI not in départements, which they cross.

    Parameters
    ----------
    pack : Pack
    levels : sequence of str

    Returns
    -------
    Dimension
        Its names are those of :func:`at_level`.

    Raises
    ------
    LevelUnknown
        A level has no territories, or none of the parts that others are made of.

    Examples
    --------
    >>> from workbench.packs.pack import open_pack
    >>> france = territories(open_pack("france"), ["departement", "region"])
    >>> dict(france.sums)["region 53"]
    ('departement 22', 'departement 29', 'departement 35', 'departement 56')
    """
    base = pack.spec.base_level
    parts = pack.frame(base)
    holders: dict[str, pd.Series] = {}
    for level in dict.fromkeys(levels):
        if level == base:
            holders[level] = pd.Series(parts.index, index=parts.index)
        elif level in parts.columns:
            holders[level] = parts[level].fillna("").astype(str)
        else:
            known = [name for name in pack.territories.levels if name in (base, *parts.columns)]
            raise LevelUnknown(
                f"Level {level!r} is not made of whole {base}s; {nearest(level, known)}."
            )
    order = sorted(holders, key=lambda level: -holders[level].nunique())
    trees: list[dict[str, str]] = []
    within: set[tuple[str, str]] = set()
    for at, small in enumerate(order):
        for large in order[at + 1 :]:
            by = _between(within, small, large)
            tree = _tree(holders, small, large)
            if tree:
                within.add((small, large))
                if not by:
                    trees.append(tree)
    names = [
        at_level(level, code)
        for level, codes in holders.items()
        for code in dict.fromkeys(codes)
        if code
    ]
    made = Dimension.of(*trees)
    return Dimension(tuple(dict.fromkeys([*names, *made.names])), made.sums)


def _between(within: set[tuple[str, str]], small: str, large: str) -> bool:
    """Tell whether a level between two has been found: its own sums say it all."""
    return any((middle, large) in within for low, middle in within if low == small)


def _tree(holders: dict[str, pd.Series], small: str, large: str) -> dict[str, str]:
    """Return the holder of each territory, for those holders that are the sum of what they hold."""
    pairs = pd.DataFrame({"small": holders[small], "large": holders[large]})
    pairs = pairs[pairs["large"] != ""]
    uncovered = set(pairs.loc[pairs["small"] == "", "large"])
    held = pairs[pairs["small"] != ""].drop_duplicates()
    crossing = held.loc[held["small"].duplicated(keep=False), "large"]
    # Those that reach out of every territory of the larger level are not its parts either.
    outside = holders[small][(holders[large] == "") & (holders[small] != "")]
    crossing = pd.concat([crossing, held.loc[held["small"].isin(outside), "large"]])
    good = held[~held["large"].isin(uncovered | set(crossing))]
    return {
        at_level(small, code): at_level(large, holder)
        for code, holder in zip(good["small"], good["large"], strict=True)
    }


def across(
    transition: Transition, level: str, *, before: str, after: str
) -> tuple[dict[str, str], dict[str, str], list[dict[str, str]]]:
    """Find what two maps have in common: where one figure is the other, or the sum of several.

    A merger published on both maps gives away the one commune that the old map hides.

    Parameters
    ----------
    transition : Transition
    level : str
    before, after : str
        Words that tell the names of the two maps apart.

    Returns
    -------
    old, new : mapping of str to str
        Name of each code on each map; the same where it is the same territory.
    trees : list of mapping of str to str
        Sums that hold between the two.
    """
    links = pd.DataFrame(
        {
            "old": transition.sources[transition.origin],
            "new": transition.targets[transition.target],
        }
    ).drop_duplicates()
    olds, news = links["old"].value_counts(), links["new"].value_counts()
    alone = (links["old"].map(olds) == 1) & (links["new"].map(news) == 1)
    same: dict[str, str] = dict(zip(links.loc[alone, "old"], links.loc[alone, "new"], strict=True))
    old = {code: at_level(level, f"{code} ({before})") for code in transition.sources}
    new = {code: at_level(level, f"{code} ({after})") for code in transition.targets}
    for one, other in same.items():
        old[one] = new[other] = at_level(level, other)
    changed = links[~alone]
    one_new = changed[changed["old"].map(olds) == 1]
    one_old = changed[changed["new"].map(news) == 1]
    merged = {old[a]: new[b] for a, b in zip(one_new["old"], one_new["new"], strict=True)}
    split = {new[b]: old[a] for a, b in zip(one_old["old"], one_old["new"], strict=True)}
    # A whole is the sum of those only if none of them has another part elsewhere.
    mixed_new = {new[code] for code in links.loc[links["old"].map(olds) > 1, "new"]}
    mixed_old = {old[code] for code in links.loc[links["new"].map(news) > 1, "old"]}
    merged = {part: whole for part, whole in merged.items() if whole not in mixed_new}
    split = {part: whole for part, whole in split.items() if whole not in mixed_old}
    return old, new, [merged, split]
