"""A data set keeps what the licences of its sources ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import LicenceRefused, UnknownName
from workbench.packs.licences import LICENCES
from workbench.publishing.licences import chosen_licence

NAMES = st.sampled_from(sorted(LICENCES))


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["etalab-2.0"], "etalab-2.0"),
        (["Licence Ouverte 2.0", "CC-BY-4.0"], "etalab-2.0"),
        (["CC0-1.0", "CC-BY-4.0"], "CC-BY-4.0"),
        (["CC0-1.0"], "CC0-1.0"),
        (["etalab-2.0", "ODbL-1.0"], "ODbL-1.0"),
        (["CC-BY-SA-4.0", "etalab-2.0"], "CC-BY-SA-4.0"),
    ],
)
def test_the_most_demanding_source_gives_the_licence(sources, expected):
    assert chosen_licence(sources).id == expected


@pytest.mark.parametrize(
    ("sources", "asked", "said"),
    [
        (["ODbL-1.0"], "etalab-2.0", "is laxer than ODbL 1.0.*Publish under ODbL-1.0"),
        (["CC-BY-SA-4.0"], "CC-BY-4.0", "is laxer than CC BY-SA 4.0"),
        (["ODbL-1.0", "CC-BY-SA-4.0"], "", "exclude each other"),
        (["etalab-2.0"], "CC0-1.0", "drops what Licence Ouverte 2.0"),
        ([], "", "No source says under which licence"),
    ],
)
def test_a_laxer_licence_is_refused(sources, asked, said):
    with pytest.raises(LicenceRefused, match=said):
        chosen_licence(sources, asked)


def test_an_unknown_licence_is_named():
    with pytest.raises(UnknownName, match=r"nearest: ODbL-1\.0"):
        chosen_licence(["ODBL-1.0"])


@given(st.lists(NAMES, min_size=1), NAMES)
def test_a_licence_that_is_granted_keeps_share_alike_and_attribution(sources, asked):
    try:
        granted = chosen_licence(sources, asked).id
    except LicenceRefused:
        return
    assert not {"ODbL-1.0", "CC-BY-SA-4.0"} & set(sources) - {granted}
    if set(sources) - {"CC0-1.0", "PDDL-1.0"}:
        assert granted not in ("CC0-1.0", "PDDL-1.0")
