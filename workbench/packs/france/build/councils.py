"""Count municipal councillors by commune (répertoire national des élus, ministry of Interior).

Only counts by commune leave this module: no name and no birth date is kept. The age is the one
reached in the year of the election, since some dates of the source have day and month swapped.
"""

from __future__ import annotations

import pandas as pd

__all__ = ["councils"]

ELECTION_YEAR = 2026
# Birth years such as 1072 or 1900 are placeholders: ages outside this range are unknown.
_AGES = (18, 100)
_YOUNG = 40


def councils(councillors: pd.DataFrame, directory: pd.DataFrame) -> pd.DataFrame:
    """Turn the councillors' rows into counts by commune.

    Parameters
    ----------
    councillors : DataFrame
        Rows with ``commune_id``, ``sexe``, ``date_naissance``, ``fonction``, text.
    directory : DataFrame
        Rows of communes with ``id``, ``code``, ``type``, text.

    Returns
    -------
    DataFrame (code × variable)
        councillors, councillors_women, councillors_age_sum (years), councillors_age_known,
        councillors_under_40, mayors, mayors_women.
    """
    communes = directory[directory["type"] == "COM"].set_index("id")["code"]
    woman = councillors["sexe"] == "F"
    mayor = councillors["fonction"] == "MAI"
    age = ELECTION_YEAR - councillors["date_naissance"].str[:4].astype(int)
    known = age.between(*_AGES)
    counts = pd.DataFrame(
        {
            "code": councillors["commune_id"].map(communes),
            "councillors": 1,
            "councillors_women": woman.astype(int),
            "councillors_age_sum": age.where(known, 0),
            "councillors_age_known": known.astype(int),
            "councillors_under_40": (known & (age < _YOUNG)).astype(int),
            "mayors": mayor.astype(int),
            "mayors_women": (mayor & woman).astype(int),
        }
    )
    return counts.groupby("code").sum().reindex(sorted(communes), fill_value=0)
