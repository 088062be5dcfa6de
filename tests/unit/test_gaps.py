"""The five states of a Core20 neighbourhood, each at its boundaries."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.gaps import (
    CONFIRMED,
    KNOWN_OF,
    STAGES,
    STATES,
    TALKING,
    TO_CHECK,
    Freshness,
    classify,
    empty_partners,
    nearest_column,
    partner_standing,
)
from analysis.neighbourhoods import core20_gaps
from analysis.reach import PlaceIndex, Reach
from data_loaders.atlas import Atlas

TODAY = date(2026, 8, 20)
AREAS = pd.DataFrame({"lsoa21cd": ["E01000001"], "pwc_e": [500_000.0], "pwc_n": [200_000.0]})
NO_PLACES = PlaceIndex(pd.DataFrame({"easting": [], "northing": [], "category": pd.Series(dtype="str")}))
ONE_PLACE = PlaceIndex(pd.DataFrame({"easting": [500_300.0], "northing": [200_000.0], "category": ["place of worship"]}))
CATEGORIES = ("place of worship", "library")


def partner(
    stage: str = "doing something together", confirmed: str | None = "2026-08-01", contact: str | None = None, east: float = 100.0
) -> dict[str, object]:
    return {
        "name": "A",
        "category": "",
        "stage": stage,
        "easting": 500_000.0 + east,
        "northing": 200_000.0,
        "last_confirmed": pd.Timestamp(confirmed) if confirmed else pd.NaT,
        "last_contact": pd.Timestamp(contact) if contact else pd.NaT,
    }


def table(*partners: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame(list(partners))
    return frame.astype({"last_confirmed": "datetime64[us]", "last_contact": "datetime64[us]"})


def state(partners: pd.DataFrame, places: PlaceIndex = NO_PLACES, reach: Reach | None = None) -> str:
    return str(classify(AREAS, places, partners, today=TODAY, reach=reach, categories=CATEGORIES)["state"].iloc[0])


def test_states_are_in_order_best_first() -> None:
    assert STATES == ("partnered", "needs_checking", "in_conversation", "possible_partners", "none_recorded")
    found = classify(AREAS, NO_PLACES, empty_partners(), today=TODAY, categories=CATEGORIES)["state"]
    assert found.cat.ordered
    assert tuple(found.cat.categories) == STATES


def test_each_state_in_turn() -> None:
    assert state(table(partner())) == "partnered"
    assert state(table(partner(confirmed="2024-01-01"))) == "needs_checking"
    assert state(table(partner("talking"))) == "in_conversation"
    assert state(empty_partners(), ONE_PLACE) == "possible_partners"
    assert state(empty_partners()) == "none_recorded"


@pytest.mark.parametrize("stage", ["doing something together", "formal or funded"])
@pytest.mark.parametrize(
    ("confirmed", "expected"),
    [
        ("2026-08-20", "partnered"),
        ("2025-08-20", "partnered"),
        ("2025-08-19", "needs_checking"),
        ("2000-01-01", "needs_checking"),
        (None, "needs_checking"),
    ],
)
def test_a_confirmation_lasts_twelve_months_to_the_day(stage: str, confirmed: str | None, expected: str) -> None:
    assert state(table(partner(stage, confirmed))) == expected


@pytest.mark.parametrize(
    ("stage", "contact", "expected"),
    [
        ("doing something together", "2026-02-20", "partnered"),
        ("doing something together", None, "partnered"),
        ("talking", "2026-02-20", "in_conversation"),
        ("talking", "2026-02-19", "needs_checking"),
        ("introduced", "2025-01-01", "needs_checking"),
        ("introduced", None, "in_conversation"),
        ("known of, no contact", "2025-01-01", "possible_partners"),
    ],
)
def test_silence_of_over_six_months_asks_for_a_check(stage: str, contact: str | None, expected: str) -> None:
    confirmed = "2026-08-01" if stage == "doing something together" else None
    assert state(table(partner(stage, confirmed, contact))) == expected


def test_a_partner_confirmed_early_in_the_window_but_silent_since_needs_checking() -> None:
    assert state(table(partner(confirmed="2026-01-10", contact="2026-01-10"))) == "needs_checking"


def test_a_confirmation_is_a_sign_of_life_where_contact_is_older() -> None:
    assert state(table(partner(confirmed="2026-07-01", contact="2025-01-01"))) == "partnered"


def test_dormant_always_needs_checking() -> None:
    assert state(table(partner("dormant", confirmed="2026-08-19", contact="2026-08-19"))) == "needs_checking"


def test_known_of_is_a_possible_partner_even_where_nothing_is_mapped() -> None:
    assert state(table(partner("known of, no contact", None))) == "possible_partners"
    found = classify(AREAS, NO_PLACES, table(partner("known of, no contact", None)), today=TODAY, categories=CATEGORIES)
    assert found["partners_in_reach"].iloc[0] == 0, "no relationship has been recorded"


def test_every_stage_has_a_standing() -> None:
    fresh = table(*(partner(stage) for stage in STAGES))
    assert partner_standing(fresh, TODAY).tolist() == [KNOWN_OF, TALKING, TALKING, CONFIRMED, CONFIRMED, TO_CHECK]


def test_the_windows_are_settings() -> None:
    year_and_a_half = table(partner(confirmed="2025-03-01"))
    assert partner_standing(year_and_a_half, TODAY).tolist() == [TO_CHECK]
    assert partner_standing(year_and_a_half, TODAY, Freshness(confirmed_months=18)).tolist() == [CONFIRMED]


def test_the_last_day_of_february_is_a_month_end() -> None:
    assert partner_standing(table(partner(confirmed="2023-02-28")), date(2024, 2, 29)).tolist() == [CONFIRMED]
    assert partner_standing(table(partner(confirmed="2023-02-27")), date(2024, 2, 29)).tolist() == [TO_CHECK]


def test_a_partner_outweighs_places_and_the_best_partner_wins() -> None:
    assert state(table(partner("talking")), ONE_PLACE) == "in_conversation"
    several = table(partner("talking"), partner("dormant"), partner("known of, no contact", None), partner())
    assert state(several, ONE_PLACE) == "partnered"
    found = classify(AREAS, ONE_PLACE, several, today=TODAY, categories=CATEGORIES).iloc[0]
    assert (found["places_in_reach"], found["partners_in_reach"], found["confirmed_in_reach"]) == (1, 3, 1)


def test_a_partner_counts_only_within_reach() -> None:
    # 800 m of walking at a detour of 1.25 is 640 m in a straight line, a whole number to stand exactly on.
    assert state(table(partner(east=640.0)), reach=Reach(800, 1.25)) == "partnered"
    assert state(table(partner(east=640.1)), reach=Reach(800, 1.25)) == "none_recorded"


def test_places_of_categories_not_chosen_do_not_count() -> None:
    found = classify(AREAS, ONE_PLACE, empty_partners(), today=TODAY, categories=("library",)).iloc[0]
    assert found["state"] == "none_recorded"
    assert found["places_in_reach"] == 0
    assert nearest_column("place of worship") not in found.index


def test_nearest_by_category_and_partner_are_walks() -> None:
    found = classify(AREAS, ONE_PLACE, table(partner(east=1_000.0)), today=TODAY, reach=Reach(800, 1.3), categories=CATEGORIES).iloc[0]
    assert found["nearest_place_of_worship_m"] == pytest.approx(390)
    assert found["nearest_library_m"] == float("inf")
    assert found["nearest_partner_m"] == pytest.approx(1_300)


def test_no_areas_give_no_rows() -> None:
    assert len(classify(AREAS.iloc[:0], ONE_PLACE, table(partner()), today=TODAY, categories=CATEGORIES)) == 0


def test_without_partners_england_is_possible_or_none_recorded(atlas: Atlas) -> None:
    everywhere = atlas.gazetteer.mask(atlas.gazetteer.place("E92000001"))
    found = core20_gaps(
        atlas.areas,
        everywhere,
        atlas.place_index,
        empty_partners(),
        today=TODAY,
        reach=Reach(),
        categories=("place of worship", "library", "community centre"),
    )
    assert len(found) == 6_751
    assert found["people"].sum() == 11_499_917
    assert set(found["state"]) == {"possible_partners", "none_recorded"}
    assert (found["places_in_reach"].gt(0) == (found["state"] == "possible_partners")).all()
    assert (found["people_without_confirmed_partner"] == found["people"]).all()


def test_one_partner_changes_only_those_it_can_be_walked_to_from(atlas: Atlas) -> None:
    barking = atlas.gazetteer.find("Barking and Dagenham")
    settings = {"today": TODAY, "reach": Reach(), "categories": CATEGORIES}
    before = core20_gaps(atlas.areas, atlas.gazetteer.mask(barking), atlas.place_index, empty_partners(), **settings).set_index("lsoa21cd")
    home = atlas.areas.set_index("lsoa21cd").loc[before.index[0]]
    partners = table(partner()).assign(easting=home["pwc_e"], northing=home["pwc_n"])
    after = core20_gaps(atlas.areas, atlas.gazetteer.mask(barking), atlas.place_index, partners, **settings).set_index("lsoa21cd")
    changed = after.index[after["state"].astype(str) != before["state"].astype(str).reindex(after.index)]
    assert before.index[0] in changed
    points = atlas.areas.set_index("lsoa21cd").loc[after.index]
    walk = 1.3 * ((points["pwc_e"] - home["pwc_e"]) ** 2 + (points["pwc_n"] - home["pwc_n"]) ** 2) ** 0.5
    assert set(changed) == set(walk.index[walk <= 800])
    assert after["rank"].iloc[-1] == len(after)
    assert after.loc[changed, "people_without_confirmed_partner"].eq(0).all()
