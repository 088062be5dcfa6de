"""The order of the list: residents without a confirmed partner first, then the emptier state, then deprivation, then code."""

from __future__ import annotations

import pandas as pd

from analysis.gaps import STATES
from analysis.ranking import people_by_state, rank_small_areas


def _classified(*rows: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["lsoa21cd", "state"])
    return frame.assign(state=pd.Categorical(frame["state"], categories=list(STATES), ordered=True))


def _areas(*rows: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["lsoa21cd", "pop_mid2022", "imd25_rank"])


def test_more_residents_without_a_confirmed_partner_come_first() -> None:
    ranked = rank_small_areas(
        _classified(("A", "none_recorded"), ("B", "needs_checking"), ("C", "partnered")), _areas(("A", 1_000, 1), ("B", 2_000, 9), ("C", 3_000, 2))
    )
    assert ranked["lsoa21cd"].tolist() == ["B", "A", "C"]
    assert ranked["rank"].tolist() == [1, 2, 3]
    assert ranked["people_without_confirmed_partner"].tolist() == [2_000, 1_000, 0]
    assert ranked["people"].tolist() == [2_000, 1_000, 3_000]


def test_ties_go_to_the_emptier_state_then_deprivation_then_code() -> None:
    classified = _classified(("D", "possible_partners"), ("A", "possible_partners"), ("C", "none_recorded"), ("B", "possible_partners"))
    ranked = rank_small_areas(classified, _areas(("A", 100, 7), ("B", 100, 7), ("C", 100, 9), ("D", 100, 3)))
    assert ranked["lsoa21cd"].tolist() == ["C", "D", "A", "B"]


def test_partnered_neighbourhoods_come_last_most_deprived_first() -> None:
    ranked = rank_small_areas(
        _classified(("A", "partnered"), ("B", "partnered"), ("C", "in_conversation")), _areas(("A", 9_000, 5), ("B", 10, 2), ("C", 1, 6_000))
    )
    assert ranked["lsoa21cd"].tolist() == ["C", "B", "A"]


def test_the_order_does_not_depend_on_the_order_given() -> None:
    classified = _classified(*[(f"E{number:02}", STATES[number % 5]) for number in range(20)])
    areas = _areas(*[(f"E{number:02}", 100 * (number % 3), number % 4) for number in range(20)])
    first = rank_small_areas(classified, areas)
    again = rank_small_areas(classified.sample(frac=1, random_state=1), areas.sample(frac=1, random_state=2))
    assert first["lsoa21cd"].tolist() == again["lsoa21cd"].tolist()


def test_every_state_is_counted_even_where_empty() -> None:
    ranked = rank_small_areas(
        _classified(("A", "none_recorded"), ("B", "none_recorded"), ("C", "partnered")), _areas(("A", 10, 1), ("B", 20, 2), ("C", 5, 3))
    )
    states = people_by_state(ranked)
    assert states.index.tolist() == list(STATES)
    assert states["people"].tolist() == [5, 0, 0, 0, 30]
    assert states["areas"].tolist() == [1, 0, 0, 0, 2]


def test_no_areas_count_as_nobody_in_every_state() -> None:
    states = people_by_state(rank_small_areas(_classified(), _areas()))
    assert states["people"].tolist() == [0] * 5
