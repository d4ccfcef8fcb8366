"""Nearest territories, and why."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from workbench.compute.peers import Gap, nearest_peers, peer_space, why
from workbench.core.errors import TerritoryUnknown

nan = float("nan")
CODES = ["A", "B", "C", "D", "E"]


def column(*values: float, codes: list[str] | None = None) -> xr.DataArray:
    names = codes or CODES[: len(values)]
    return xr.DataArray(np.array(values), dims="territory", coords={"territory": names})


def test_the_nearest_on_all_variables_come_first() -> None:
    space = peer_space({"age": column(40, 41, 43, 70, 20), "flats": column(10, 12, 25, 90, 80)})
    assert [peer.code for peer in nearest_peers(space, "A", k=2)] == ["B", "C"]


def test_a_territory_is_not_its_own_peer() -> None:
    space = peer_space({"age": column(40, 40, 41)})
    assert "A" not in [peer.code for peer in nearest_peers(space, "A")]


def test_at_the_same_distance_codes_decide() -> None:
    space = peer_space({"age": column(40, 41, 39, 41, 90, codes=["A", "D", "C", "B", "E"])})
    assert [peer.code for peer in nearest_peers(space, "A", k=2)] == ["B", "C"]


def test_a_logged_variable_is_compared_by_its_ratio() -> None:
    people = column(1000, 1900, 200, 5000, 90)
    assert nearest_peers(peer_space({"p": people}), "A", k=1)[0].code == "C"
    assert nearest_peers(peer_space({"p": people}, log=["p"]), "A", k=1)[0].code == "B"


def test_one_unit_is_a_typical_deviation() -> None:
    # Quartiles 2 and 4: the interquartile range of 2 is 1.349 typical deviations.
    space = peer_space({"x": column(1, 2, 3, 4, 5)})
    np.testing.assert_allclose(space.points[:, 0], np.array([-2, -1, 0, 1, 2]) * 1.349 / 2)


def test_a_variable_that_most_share_is_scaled_by_its_standard_deviation() -> None:
    space = peer_space({"x": column(0, 0, 0, 0, 10)})
    np.testing.assert_allclose(space.points[:, 0], [0, 0, 0, 0, 2.5])


def test_a_constant_variable_tells_nothing() -> None:
    space = peer_space({"x": column(1, 1, 1), "age": column(1, 2, 3)})
    assert space.variables == ("age",)


def test_an_unknown_variable_neither_parts_nor_brings_nearer() -> None:
    age, flats = column(40, 41, 45, 46, 50), column(nan, 90, 10, 20, 30)
    distances = {p.code: p.distance for p in nearest_peers(peer_space({"a": age, "f": flats}), "A")}
    alone = {p.code: p.distance for p in nearest_peers(peer_space({"a": age}), "A")}
    assert distances == pytest.approx(alone)


def test_a_territory_sharing_too_few_variables_is_no_candidate() -> None:
    known = column(40, 41, 42, 43, 44)
    hidden = {name: column(1, nan, 3, 4, 5) for name in ("b", "c")}
    peers = nearest_peers(peer_space({"a": known, **hidden}), "A")
    assert [peer.code for peer in peers] == ["C", "D", "E"]


def test_a_value_without_a_logarithm_is_unknown() -> None:
    space = peer_space({"p": column(0, 10, 20)}, log=["p"])
    assert np.isnan(space.points[0, 0])
    assert nearest_peers(space, "A") == ()


def test_fewer_are_returned_when_there_are_fewer() -> None:
    assert len(nearest_peers(peer_space({"x": column(1, 2, 3)}), "A", k=5)) == 2


def test_the_most_alike_variables_are_told_first() -> None:
    space = peer_space({"age": column(1, 5, 3, 2, 4), "flats": column(1, 2, 3, 4, 5)})
    found = why(space, "A", "B")
    assert [gap.variable for gap in found.gaps] == ["flats", "age"]
    assert found.gaps[0] == Gap("flats", pytest.approx(1.349 / 2))


def test_the_distance_told_is_the_one_that_ranks() -> None:
    space = peer_space({"age": column(1, 5, 3, 2, 4), "flats": column(1, 2, 3, 4, 5)})
    for peer in nearest_peers(space, "A"):
        assert why(space, "A", peer.code).distance == pytest.approx(peer.distance)


def test_an_unknown_territory_is_refused() -> None:
    space = peer_space({"x": column(1, 2, codes=["59350", "59351"])})
    with pytest.raises(
        TerritoryUnknown, match="'59352' is not among the 2 compared; nearest: 5935"
    ):
        nearest_peers(space, "59352")


def test_there_must_be_a_variable() -> None:
    with pytest.raises(ValueError, match="no variable to compare"):
        peer_space({})


def test_variables_must_be_of_the_same_territories() -> None:
    with pytest.raises(ValueError, match="b is not of the same territories as a"):
        peer_space({"a": column(1, 2), "b": column(1, 2, codes=["A", "C"])})


points = st.lists(
    st.tuples(st.integers(-900, 900), st.integers(-900, 900)), min_size=2, max_size=30, unique=True
)


@given(points, st.integers(1, 6))
def test_peers_are_those_found_by_measuring_all_distances(
    drawn: list[tuple[int, int]], k: int
) -> None:
    codes = [f"{i:02d}" for i in range(len(drawn))]
    x, y = zip(*drawn, strict=True)
    space = peer_space({"x": column(*x, codes=codes), "y": column(*y, codes=codes)})
    if not space.variables:
        return
    distances = np.sqrt(((space.points - space.points[0]) ** 2).mean(axis=1))
    expected = sorted(zip(distances[1:], codes[1:], strict=True))[:k]
    found = nearest_peers(space, "00", k=k)
    assert [peer.code for peer in found] == [code for _, code in expected]


@given(points)
def test_the_order_of_the_territories_changes_nothing(drawn: list[tuple[int, int]]) -> None:
    codes = [f"{i:02d}" for i in range(len(drawn))]
    x, y = zip(*drawn, strict=True)
    straight = {"x": column(*x, codes=codes), "y": column(*y, codes=codes)}
    reverse = {name: array[::-1] for name, array in straight.items()}
    assert nearest_peers(peer_space(straight), "00") == nearest_peers(peer_space(reverse), "00")
