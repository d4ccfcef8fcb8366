"""Independent validators find nothing in any kind of publication, and something in a spoilt one."""

from __future__ import annotations

import pytest

KINDS = (
    "cube_of_a_pack",
    "high_value_cube_on_line",
    "cube_of_ones_own",
    "table",
    "table_with_hidden_cells",
    "table_of_points",
    "share_alike_table",
)
VALIDATORS = ("frictionless", "csvw", "croissant", "geoparquet", "cf", "dcat_ap", "ro_crate")


def told(findings, name, validator):
    """Return what a validator found; skip where its official files are not on this machine."""
    if validator not in findings[name]:
        pytest.skip(f"no official files for {validator}: set WORKBENCH_SHARED_DATA")
    return findings[name][validator]


@pytest.mark.parametrize("validator", VALIDATORS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_validator_finds_nothing(findings, kind, validator):
    assert told(findings, kind, validator) == []


def test_every_kind_is_looked_at(kinds):
    assert tuple(kinds) == KINDS


def test_the_catalogue_follows_the_profile(findings):
    assert told(findings, "catalogue", "dcat_ap") == []


@pytest.mark.parametrize("validator", VALIDATORS)
def test_a_validator_sees_what_is_spoilt(findings, validator):
    assert told(findings, "broken", validator) != []
