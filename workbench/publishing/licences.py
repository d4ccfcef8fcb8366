"""Which licence a data set may have, from those of its sources.

>>> chosen_licence(["etalab-2.0", "ODbL-1.0"]).id
'ODbL-1.0'
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from workbench.core.errors import LicenceRefused
from workbench.packs.licences import LICENCES, Licence, licence

__all__ = ["chosen_licence"]

# What a data set made of others must keep. A share-alike licence goes with the derived database
# (ODbL 1.0, article 4.4; CC BY-SA 4.0, section 3.b): no other will do. The public domain asks for
# nothing; every other licence asks that the source be named, which the public domain would drop.
_SHARE_ALIKE: Final = frozenset({"ODbL-1.0", "CC-BY-SA-4.0"})
_PUBLIC_DOMAIN: Final = frozenset({"CC0-1.0", "PDDL-1.0"})


def chosen_licence(sources: Iterable[str], asked: str = "") -> Licence:
    """Return the licence of a data set made of some sources.

    Parameters
    ----------
    sources : iterable of str
        Licences of the sources, by identifier or usual name.
    asked : str
        The licence wanted; by default the most demanding of the sources, the first of equals.

    Returns
    -------
    Licence

    Raises
    ------
    UnknownName
        A licence is not one that the workbench knows.
    LicenceRefused
        The licence is laxer than a source allows, two sources exclude each other, or no source
        has one and none is asked for.

    Notes
    -----
    Share-alike licences (ODbL, CC BY-SA) bind the whole; those that ask to name the source exclude
    the public domain (CC0, PDDL) only.

    Examples
    --------
    >>> chosen_licence(["Licence Ouverte 2.0"]).name
    'Licence Ouverte 2.0'
    >>> chosen_licence(["ODbL-1.0"], "etalab-2.0")
    Traceback (most recent call last):
    ...
    workbench.core.errors.LicenceRefused: Licence Ouverte 2.0 is laxer than ODbL 1.0, the licence...
    """
    held = list({licence(each).id: licence(each) for each in sources}.values())
    wanted = licence(asked) if asked else None
    binding = [each for each in held if each.id in _SHARE_ALIKE]
    if len(binding) > 1:
        names = " and ".join(each.name for each in binding)
        raise LicenceRefused(
            f"The sources are under {names}, which exclude each other: no licence fits both. "
            "Publish the figures of each apart."
        )
    if binding:
        if wanted and wanted != binding[0]:
            raise LicenceRefused(
                f"{wanted.name} is laxer than {binding[0].name}, the licence of a source, which "
                f"goes with all that is made of it. Publish under {binding[0].id}, or leave that "
                "source out."
            )
        return binding[0]
    naming = [each for each in held if each.id not in _PUBLIC_DOMAIN]
    if wanted:
        if naming and wanted.id in _PUBLIC_DOMAIN:
            fitting = ", ".join(name for name in LICENCES if name not in _PUBLIC_DOMAIN)
            raise LicenceRefused(
                f"{wanted.name} drops what {naming[0].name}, the licence of a source, asks for: "
                f"that the source be named. Choose from: {fitting}."
            )
        return wanted
    if not held:
        raise LicenceRefused(
            "No source says under which licence it is, so that none can be chosen. Give that of "
            "the data set, once you have the right to publish it (--licence)."
        )
    return (naming or held)[0]
