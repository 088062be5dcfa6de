"""However assets and people are divided, none is lost and none counted twice; and whom an asset reaches hangs on distance alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.asset_coverage import ASKED_COLUMNS, by_cell, coverage_now
from analysis.asset_freshness import relied_upon, review_order
from analysis.asset_rates import rates
from analysis.asset_records import as_records
from analysis.complementary import groups
from analysis.footprints import pcn_shares
from analysis.reach import Reach
from analysis.vocabularies import DAYS, FRESHNESS

AREAS = [f"A{number}" for number in range(12)]
_patients = st.lists(
    st.tuples(st.sampled_from(AREAS), st.integers(0, 8), st.floats(0.01, 5_000, allow_nan=False)),
    min_size=1,
    max_size=50,
    unique_by=lambda row: row[:2],
)
_where = st.lists(st.one_of(st.none(), st.sampled_from([*AREAS, "W01"])), max_size=60)


@settings(max_examples=60, deadline=None)
@given(_patients, _where, st.lists(st.integers(0, 4_000), min_size=12, max_size=12), st.sampled_from(["best-fit", "shares"]), st.booleans())
def test_assets_and_people_are_conserved(
    patients: list[tuple[str, int, float]], where: list[str | None], people: list[int], count: str, every: bool
) -> None:
    frame = pd.DataFrame(patients, columns=["lsoa21cd", "pcn_code", "patients"])
    frame["pcn_code"] = "U" + frame["pcn_code"].astype(str)
    shares = pcn_shares(frame, not_a_place=("U8",))
    core20 = np.arange(12) % 2 == 0
    areas = pd.DataFrame({"lsoa21cd": AREAS, "pop_mid2022": people, "imd25_score": 10.0, "core20": core20, "lad24cd": ["X"] * 5 + ["Y"] * 7})
    assets = pd.DataFrame({"lsoa21cd": pd.Series(where, dtype="str"), "lad24cd": pd.Series("X", index=range(len(where)), dtype="str")})
    names = {f"U{number}": "" for number in range(9)}
    found = rates(assets, areas, "pcn", names=names, count=count, pcn_shares=shares, every=every)
    assert found.total == pytest.approx(len(assets))
    assert found.table["population"].sum() + found.people_in_no_area == pytest.approx(sum(people))
    assert found.without_lsoa["assets"].sum() == where.count(None)
    placed = rates(assets, areas, "lad24", names={"X": "", "Y": ""}, count=count)
    assert placed.total == len(assets)
    rated = found.table[[column for column in found.table if "per_10_000" in column]].to_numpy(dtype=float)
    assert not np.isinf(rated).any()


_points = st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 4_000)), max_size=20)


@settings(max_examples=60, deadline=None)
@given(_points, _points, st.randoms(use_true_random=False))
def test_who_relies_on_an_asset_is_plain_distance(assets: list[tuple[int, int]], people: list[tuple[int, int]], random: object) -> None:
    frame = pd.DataFrame(assets, columns=["easting", "northing"], dtype=float).assign(category="library")
    areas = pd.DataFrame(people, columns=["pwc_e", "pwc_n"], dtype=float)
    areas = areas.assign(core20=np.arange(len(areas)) % 3 != 0, pop_mid2022=100 + np.arange(len(areas)))
    by_hand = [
        sum(int(row.pop_mid2022) for row in areas.itertuples() if row.core20 and np.hypot(row.pwc_e - east, row.pwc_n - north) * 1.5 <= 900)
        for east, north in assets
    ]
    assert relied_upon(frame, areas, Reach(900, 1.5)).tolist() == by_hand


_days = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2026, 9, 15)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_days, st.one_of(st.none(), st.integers(0, 3))), max_size=25))
def test_the_queue_is_in_order_and_whole(rows: list[tuple[date | None, int | None]]) -> None:
    days = pd.to_datetime([day for day, _ in rows])
    assets = as_records(pd.DataFrame({"asset_id": [f"a{n:02}" for n in range(len(rows))], "last_confirmed": days}))
    queue = review_order(assets, pd.Series([people for _, people in rows], dtype="float64"), date(2026, 9, 15))
    aged = [day is None or day < date(2025, 9, 15) for day, _ in rows]
    assert sorted(queue["asset_id"]) == [f"a{n:02}" for n, old in enumerate(aged) if old]
    stale = queue["freshness"].eq("needs checking").to_numpy()
    people = queue["relied_upon"].fillna(-1).to_numpy()
    day = queue["last_confirmed"].fillna(pd.Timestamp("1900-01-01")).to_numpy()
    keys = list(zip(stale, -people, day, strict=True))
    assert keys == sorted(keys)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["X", "Y", None]),
            st.sampled_from(["library", "place of worship"]),
            st.sampled_from([None, "Muslim", "Christian"]),
            st.sampled_from([None, "Anglican"]),
            st.sampled_from(["One", "Two", None]),
            _days,
        ),
        max_size=30,
    ),
    st.lists(
        st.tuples(
            st.sampled_from(["X", "Y"]),
            st.sampled_from(["library", "place of worship"]),
            st.sampled_from(["One", "Two"]),
            st.sampled_from(["2025", "2026"]),
            st.sampled_from(["layer", "list"]),
        ),
        max_size=6,
    ),
)
def test_coverage_counts_every_record_once(records: list[tuple[object, ...]], asked: list[tuple[str, ...]]) -> None:
    columns = ["lad24cd", "category", "faith_tradition", "denomination", "source", "last_confirmed"]
    frame = as_records(pd.DataFrame(records, columns=columns).assign(asset_id=[f"a{n}" for n in range(len(records))]))
    published = pd.DataFrame(
        [("X", "library", None, "mapped", "One", "2024", "A note."), ("Y", "library", None, "not mapped", None, None, None)],
        columns=["lad24cd", "category", "faith_tradition", "status", "source", "source_date", "note"],
    ).astype("str")
    found = coverage_now(published, frame, pd.DataFrame(asked, columns=ASKED_COLUMNS), date(2026, 9, 15))
    whole = found[found["faith_tradition"].isna()]
    assert whole["records"].sum() == frame["lad24cd"].notna().sum()
    assert (found[list(FRESHNESS)].sum(axis=1) == found["records"]).all()
    assert not found.duplicated(["lad24cd", "category", "faith_tradition", "source"]).any()
    one = whole[whole["lad24cd"].eq("X") & whole["category"].eq("library") & whole["source"].eq("One")]
    assert one["status"].tolist() == ["mapped"], "nothing lowers a status"
    cells = by_cell(found)
    assert cells["records"].sum() == found["records"].sum()
    assert set(cells.loc[cells["status"].eq("mapped"), "lad24cd"]) == {"X"}


_some_days = st.one_of(st.none(), st.lists(st.sampled_from(DAYS), min_size=1, unique=True).map("; ".join))


@settings(max_examples=60, deadline=None)
@given(_some_days, st.lists(_some_days, max_size=8))
def test_a_day_is_said_only_where_both_are_known(own: str | None, others: list[str | None]) -> None:
    table = as_records(
        pd.DataFrame({"asset_id": [f"a{n}" for n in range(len(others) + 1)], "days": pd.Series([own, *others], dtype="str"), "category": "library"})
    ).assign(easting=0.0, northing=0.0)
    found = groups(table, table.iloc[0], Reach()).set_index("asset_id")
    for number, theirs in enumerate(others, start=1):
        added = set((theirs or "").split("; ")) - set(own.split("; ")) - {""} if own else set()
        assert (f"a{number}" in found.index) == bool(added)
        if added:
            assert set(found.loc[f"a{number}", "other_days"].split("; ")) == added
