"""The gradient by deprivation: national tenths, and the slope index fitted again with numpy alone."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow.parquet as pq
import pytest

from data_loaders.atlas import Atlas
from data_loaders.indicator_values import typed
from data_loaders.needs import ENGLAND, Needs
from presentation.need_gradient import gradient

NORTH_EAST_LONDON = "E54000029"


def _recorded(atlas: Atlas, indicator_id: str, area_code: str) -> tuple[str, np.ndarray, np.ndarray]:
    """The newest period, and the counts and denominators of the ten tenths as the snapshot's file has them."""
    rows = [
        row
        for row in pq.read_table(atlas.snapshot.path("qof_counts")).to_pylist()
        if (row["indicator_id"], row["area_code"]) == (indicator_id, area_code) and row["tenth"] is not None
    ]
    period = max(row["period"] for row in rows)
    tenths = sorted((row["tenth"], row["count"], row["denominator"]) for row in rows if row["period"] == period)
    assert [tenth for tenth, *_ in tenths] == list(range(1, 11))
    return period, np.array([each[1] for each in tenths], float), np.array([each[2] for each in tenths], float)


@pytest.mark.parametrize("indicator_id", ["219", "253", "90581"])
@pytest.mark.parametrize("area_code", [ENGLAND, NORTH_EAST_LONDON])
def test_the_slope_index_fitted_again(atlas: Atlas, needs: Needs, indicator_id: str, area_code: str) -> None:
    """A weighted line through the log odds at the midpoints of population-weighted ranks, by numpy.polyfit; its ends in per cent."""
    period, counts, people = _recorded(atlas, indicator_id, area_code)
    share = people / people.sum()
    middle = np.cumsum(share) - share / 2
    odds = np.log(counts / (people - counts))
    slope, intercept = np.polyfit(middle, odds, 1, w=np.sqrt(share))
    most, least = (100 / (1 + np.exp(-each)) for each in (intercept, intercept + slope))
    found = gradient(atlas, needs, atlas.gazetteer.place(area_code), indicator_id)
    assert found is not None and found.where == atlas.gazetteer.place(area_code).name
    assert found.slope.sii == pytest.approx(least - most, abs=1e-9)
    assert found.slope.rii == pytest.approx(least / most, abs=1e-9)
    assert found.slope.lower < found.slope.sii < found.slope.upper
    np.testing.assert_allclose(found.fitted, 100 / (1 + np.exp(-(intercept + slope * middle))))
    np.testing.assert_allclose(found.rows["value"], 100 * counts / people)
    assert period in found.about and "National groups, not local ones" in found.about and "Not adjusted for age" in found.about


def test_tenths_are_national_so_a_poor_system_has_most_of_its_people_in_few(atlas: Atlas, needs: Needs) -> None:
    """Ten groups of England's practices: nearly equal in England, very unequal in one system. Local tenths would be equal in both."""
    england, system = (gradient(atlas, needs, atlas.gazetteer.place(code), "219") for code in (ENGLAND, NORTH_EAST_LONDON))
    assert england is not None and system is not None
    shares = [each.rows["denominator"] / each.rows["denominator"].sum() for each in (england, system)]
    assert shares[0].between(0.07, 0.13).all()
    assert shares[1].max() > 0.2 and shares[1].min() < 0.05
    whole: dict[int, float] = defaultdict(float)
    systems = set(atlas.areas["icb24cd"])
    for row in pq.read_table(atlas.snapshot.path("qof_counts")).to_pylist():
        if row["indicator_id"] == "219" and row["tenth"] is not None and row["area_code"] in systems and row["period"] in england.about:
            whole[row["tenth"]] += row["denominator"]
    assert [whole[tenth] for tenth in range(1, 11)] == england.rows["denominator"].tolist(), "England's tenths are its systems' added up"


def test_a_place_without_tenths_of_its_own_shows_its_systems_and_says_whose(atlas: Atlas, needs: Needs) -> None:
    network = gradient(atlas, needs, atlas.gazetteer.place("U11211"), "219")
    assert network is not None and network.where in {"Barking and Dagenham", "NHS North East London"}
    assert gradient(atlas, needs, atlas.gazetteer.place("U11211"), "93085") is None, "no breakdown anywhere"


def test_groups_without_people_have_no_slope_and_no_fault(atlas: Atlas, needs: Needs) -> None:
    """A live breakdown may come without denominators: the next scope that has them is shown instead."""
    rows = needs.tenths("219", NORTH_EAST_LONDON)
    bare = rows.assign(denominator=float("nan"), period="2030/31", period_sortable=20_300_000, source_id="layer").drop(columns="tenth")
    found = gradient(atlas, Needs(atlas.snapshot, [typed(bare)]), atlas.gazetteer.place(NORTH_EAST_LONDON), "219")
    assert found is not None and found.where == "England"
