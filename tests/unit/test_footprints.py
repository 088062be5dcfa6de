"""PCN footprints: patients are conserved from LSOA 2011 to 2021, memberships fall back by rule, and a PCN leads where it has most patients."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.footprints import (
    Membership,
    carry_weights,
    join_membership,
    pcn_shares,
    registered_by_pcn,
    registration_cover,
)
from data_loaders.atlas import Atlas

JULY_2023 = "20230701"
# A1 unchanged; S1 split into S2 (300 people) and S3 (100); M1 and M2 merged into M3; X1 irregular: part of X2 and of M3.
EXACT_FIT = pd.DataFrame(
    [("A1", "A1"), ("S1", "S2"), ("S1", "S3"), ("M1", "M3"), ("M2", "M3"), ("X1", "X2"), ("X1", "M3")], columns=["lsoa11cd", "lsoa21cd"]
)
CENSUS = pd.Series({"A1": 1_000, "S2": 300, "S3": 100, "M3": 1_500, "X2": 500})


def _membership(**practices: str) -> Membership:
    return Membership(pd.DataFrame({"pcn_code": practices}).rename_axis("practice_code"))


def _patients(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["lsoa21cd", "pcn_code", "patients"])


def _latest(**practices: str | None) -> pd.DataFrame:
    return pd.DataFrame({"practice_code": list(practices), "pcn_code": pd.Series(list(practices.values()), dtype="str")})


def _epcn(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["practice_code", "pcn_code", "end_date"]).astype("str")


NO_LIST, NO_EPCN = _latest(), _epcn()


def test_a_split_is_divided_by_census_population_and_a_merge_is_not_divided() -> None:
    weights = carry_weights(EXACT_FIT, CENSUS).set_index(["lsoa11cd", "lsoa21cd"])["weight"]
    assert weights["A1", "A1"] == 1
    assert weights["S1", "S2"] == 0.75
    assert weights["S1", "S3"] == 0.25
    assert weights["M1", "M3"] == weights["M2", "M3"] == 1
    assert weights["X1", "X2"] == 0.25
    assert weights["X1", "M3"] == 0.75


def test_the_same_pair_twice_in_the_lookup_counts_once() -> None:
    twice = pd.concat([EXACT_FIT, EXACT_FIT])
    assert carry_weights(twice, CENSUS).groupby("lsoa11cd")["weight"].sum().tolist() == [1.0] * 5
    assert len(carry_weights(twice, CENSUS)) == len(EXACT_FIT)


def test_patients_are_carried_by_hand_and_conserved() -> None:
    registrations = pd.DataFrame(
        [("P1", "A1", 10), ("P1", "S1", 80), ("P2", "S1", 40), ("P3", "M1", 7), ("P3", "M2", 5), ("P1", "X1", 100)],
        columns=["practice_code", "lsoa11cd", "patients"],
    )
    found = registered_by_pcn(registrations, carry_weights(EXACT_FIT, CENSUS), _membership(P1="U1", P2="U1", P3="U2"))
    by_pair = found.set_index(["lsoa21cd", "pcn_code"])["patients"].to_dict()
    assert by_pair == {("A1", "U1"): 10, ("S2", "U1"): 90, ("S3", "U1"): 30, ("X2", "U1"): 25, ("M3", "U1"): 75, ("M3", "U2"): 12}
    assert found["patients"].sum() == registrations["patients"].sum()


def test_patients_of_a_practice_in_no_pcn_or_of_an_area_outside_england_fall_away() -> None:
    registrations = pd.DataFrame(
        [("P1", "A1", 10), ("alone", "A1", 99), ("P1", "W01000001", 7), ("P1", "NO2011", 3)], columns=["practice_code", "lsoa11cd", "patients"]
    )
    found = registered_by_pcn(registrations, carry_weights(EXACT_FIT, CENSUS), _membership(P1="U1"))
    assert found["patients"].tolist() == [10]


def test_the_latest_membership_wins_over_an_earlier_one() -> None:
    membership = join_membership(_latest(P1="U1", P2="U2"), _latest(P1="U2"), _epcn(("P1", "U2", None)), counted_on=JULY_2023)
    assert membership.practices.loc["P1"].tolist() == ["U1", "Jan 2026"]


def test_a_practice_since_closed_takes_its_earlier_membership() -> None:
    membership = join_membership(_latest(P1="U1"), _latest(P1="U1", P2="U1"), _epcn(("P2", "U9", None), ("P3", "U1", None)), counted_on=JULY_2023)
    assert membership.practices.loc["P2"].tolist() == ["U1", "Oct 2025"]
    assert membership.practices.loc["P3"].tolist() == ["U1", "Oct 2024 ePCN"]


def test_a_practice_still_open_outside_any_pcn_stays_outside() -> None:
    membership = join_membership(_latest(P1="U1", P2=None), _latest(P2="U1"), _epcn(("P2", "U1", None)), counted_on=JULY_2023)
    assert "P2" not in membership.practices.index


@pytest.mark.parametrize(("end_date", "counts"), [("20230630", False), ("20230701", True), ("20240331", True), (None, True)])
def test_a_membership_that_ended_before_the_count_is_not_used(end_date: str | None, counts: bool) -> None:
    membership = join_membership(_latest(P1="U1"), NO_LIST, _epcn(("P2", "U1", end_date)), counted_on=JULY_2023)
    assert ("P2" in membership.practices.index) is counts


def test_a_pcn_that_is_gone_is_not_drawn() -> None:
    membership = join_membership(_latest(P1="U1"), _latest(P2="U9"), _epcn(("P3", "U9", None)), counted_on=JULY_2023)
    assert membership.practices.index.tolist() == ["P1"]


def test_shares_of_at_least_one_percent_are_kept_or_the_top_three() -> None:
    many = pcn_shares(_patients(*[("A", f"U{n}", 100.0) for n in range(9)], ("A", "Uten", 10.0), ("A", "Usmall", 5.0)))
    assert "Uten" in set(many["pcn_code"]), "10 of 915 is 1.09%"
    assert "Usmall" not in set(many["pcn_code"]), "5 of 915 is 0.55%"
    few = pcn_shares(_patients(("B", "U1", 997.0), ("B", "U2", 1.5), ("B", "U3", 1.0), ("B", "U4", 0.5)))
    assert few["pcn_code"].tolist() == ["U1", "U2", "U3"], "the top three stay however small"


def test_exactly_one_percent_is_kept() -> None:
    shares = pcn_shares(_patients(("A", "U1", 59.0), ("A", "U2", 20.0), ("A", "U3", 20.0), ("A", "U4", 1.0)))
    assert shares["share"].tolist() == [0.59, 0.2, 0.2, 0.01]


def test_share_is_of_all_patients_and_counting_share_of_those_kept() -> None:
    shares = pcn_shares(_patients(("A", "U1", 500.0), ("A", "U2", 300.0), ("A", "U3", 195.0), ("A", "U4", 5.0)))
    assert shares["share"].tolist() == [0.5, 0.3, 0.195]
    np.testing.assert_allclose(shares["counting_share"], [500 / 995, 300 / 995, 195 / 995], rtol=1e-12)
    assert shares["counting_share"].sum() == pytest.approx(1, abs=1e-12)
    assert shares["order"].tolist() == [1, 2, 3]


def test_the_largest_leads_and_a_tie_goes_to_the_lower_code() -> None:
    shares = pcn_shares(_patients(("A", "U2", 50.0), ("A", "U1", 50.0), ("B", "U1", 10.0), ("B", "U2", 11.0)))
    assert shares.loc[shares["leading"], ["lsoa21cd", "pcn_code"]].to_numpy().tolist() == [["A", "U1"], ["B", "U2"]]


def test_a_digital_first_network_never_leads_but_keeps_its_share() -> None:
    shares = pcn_shares(_patients(("A", "Udigital", 90.0), ("A", "U1", 10.0)), not_a_place=("Udigital",)).set_index("pcn_code")
    assert not shares.loc["Udigital", "leading"]
    assert shares.loc["U1", "leading"]
    assert shares.loc["Udigital", "share"] == 0.9


def test_low_registration_is_flagged_under_six_in_ten() -> None:
    patients = _patients(("A", "U1", 59.0), ("B", "U1", 40.0), ("B", "U2", 20.0), ("D", "U1", 5.0))
    cover = registration_cover(patients, pd.Series({"A": 100, "B": 100, "C": 100, "D": 0}))
    assert cover["registered_patients"].tolist() == [59, 60, 0, 5]
    assert cover["registered_per_resident"].tolist() == [0.59, 0.6, 0, 0]
    assert cover["low_registration"].tolist() == [True, False, True, True]


def test_england_in_the_snapshot(atlas: Atlas) -> None:
    shares = atlas.snapshot.table("pcn_shares")
    by_area = shares.groupby("lsoa21cd")
    assert (by_area["leading"].sum() == 1).all()
    assert by_area["counting_share"].sum().to_numpy() == pytest.approx(np.ones(33_755), abs=1e-9)
    assert "U19803" not in set(shares.loc[shares["leading"], "pcn_code"])
    assert ((shares["share"] >= 0.01) | (shares["order"] <= 3)).all()
