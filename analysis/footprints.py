"""PCN footprints from registrations: a PCN has no boundary, only patients, so keep every share.

Method: patients by practice and LSOA 2011 are carried to LSOA 2021 by the ONS exact-fit lookup (a split LSOA's
children inherit its mix, divided by census population), joined to PCN membership, and added up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

MIN_SHARE = 0.01
ALWAYS_KEEP = 3
LOW_REGISTRATION = 0.6


@dataclass(frozen=True)
class Membership:
    """Which PCN each practice belongs to, and where that was read.

    practices: practice_code (index), pcn_code, basis ("Jan 2026", "Oct 2025", "Oct 2024 ePCN").
    """

    practices: pd.DataFrame


def join_membership(latest: pd.DataFrame, earlier: pd.DataFrame, epcn: pd.DataFrame, *, counted_on: str) -> Membership:
    """Practice → PCN, falling back through older lists for practices that have since closed.

    latest, earlier: practice_code, pcn_code (null outside any PCN). epcn: practice_code, pcn_code, end_date
    (YYYYMMDD or null). counted_on: YYYYMMDD of the registrations. A practice that is still open and outside any PCN
    stays outside. An older membership counts only where it had not ended before the registrations were counted and
    its PCN still exists in the latest list; otherwise it would draw a footprint for a PCN that is gone.
    """
    live = set(latest["pcn_code"].dropna())
    open_now = set(latest["practice_code"])
    parts = [latest.loc[latest["pcn_code"].notna(), ["practice_code", "pcn_code"]].assign(basis="Jan 2026")]
    known = set(open_now)
    for frame, basis in ((earlier, "Oct 2025"), (epcn, "Oct 2024 ePCN")):
        usable = frame["pcn_code"].isin(live) & ~frame["practice_code"].isin(known)
        if "end_date" in frame:
            usable &= frame["end_date"].isna() | (frame["end_date"] >= counted_on)
        found = frame.loc[usable, ["practice_code", "pcn_code"]].assign(basis=basis)
        parts.append(found)
        known |= set(found["practice_code"])
    return Membership(pd.concat(parts).drop_duplicates("practice_code").set_index("practice_code").sort_index())


def carry_weights(exact_fit: pd.DataFrame, census_population: pd.Series) -> pd.DataFrame:
    """Weights that carry a count from LSOA 2011 to LSOA 2021: lsoa11cd, lsoa21cd, weight (sums to 1 by lsoa11cd).

    exact_fit: lsoa11cd, lsoa21cd pairs. census_population: Census 2021 usual residents indexed by lsoa21cd. Where one
    LSOA of 2011 meets several of 2021 (splits, and the few irregular changes) its count is divided by their population.
    """
    pairs = exact_fit[["lsoa11cd", "lsoa21cd"]].drop_duplicates().copy()
    pairs["weight"] = census_population.reindex(pairs["lsoa21cd"]).to_numpy(dtype=float)
    pairs["weight"] /= pairs.groupby("lsoa11cd")["weight"].transform("sum")
    return pairs


def registered_by_pcn(registrations: pd.DataFrame, weights: pd.DataFrame, membership: Membership) -> pd.DataFrame:
    """Patients by LSOA 2021 and PCN: lsoa21cd, pcn_code, patients (float people), every pair kept.

    registrations: practice_code, lsoa11cd, patients. Rows outside England or of practices in no PCN fall away;
    the caller reports how many people that is.
    """
    by_pcn = registrations.assign(pcn_code=registrations["practice_code"].map(membership.practices["pcn_code"])).dropna(
        subset="pcn_code"
    )
    by_pcn = by_pcn.groupby(["lsoa11cd", "pcn_code"], as_index=False)["patients"].sum()
    carried = by_pcn.merge(weights, on="lsoa11cd")
    carried["patients"] = carried["patients"] * carried["weight"]
    return carried.groupby(["lsoa21cd", "pcn_code"], as_index=False)["patients"].sum()


def pcn_shares(patients: pd.DataFrame, not_a_place: tuple[str, ...] = ()) -> pd.DataFrame:
    """Each PCN's share of each LSOA's registered patients, and which one leads.

    patients: lsoa21cd, pcn_code, patients. Kept: every share of at least 1%, or the top three. Returns lsoa21cd,
    pcn_code, patients (people), share (of all the LSOA's patients in a PCN, before small ones are dropped),
    counting_share (the kept shares scaled to sum to 1, so that people are conserved when an LSOA is divided), order
    (1 = most patients) and leading (the largest that is a place: a digital-first PCN leads nowhere).
    """
    frame = patients.sort_values(["lsoa21cd", "patients", "pcn_code"], ascending=[True, False, True]).reset_index(
        drop=True
    )
    by_area = frame.groupby("lsoa21cd", sort=False)
    frame["share"] = frame["patients"] / by_area["patients"].transform("sum")
    frame["order"] = (by_area.cumcount() + 1).astype("int16")
    frame = frame[(frame["share"] >= MIN_SHARE) | (frame["order"] <= ALWAYS_KEEP)].copy()
    kept = frame.groupby("lsoa21cd", sort=False)
    frame["counting_share"] = frame["patients"] / kept["patients"].transform("sum")
    place = ~frame["pcn_code"].isin(not_a_place)
    first_place = frame.loc[place].drop_duplicates("lsoa21cd").index
    frame["leading"] = frame.index.isin(first_place)
    return frame.reset_index(drop=True)


def registration_cover(patients: pd.DataFrame, population: pd.Series) -> pd.DataFrame:
    """Registered patients a resident, by LSOA: registered_patients, registered_per_resident, low_registration.

    population: mid-year residents indexed by lsoa21cd; the result has the same index. Under 0.6 the footprint says little
    (barracks, borders, student areas, practices outside any PCN), so the screen says so.
    """
    registered = patients.groupby("lsoa21cd")["patients"].sum().reindex(population.index).fillna(0.0)
    ratio = np.divide(registered, population, out=np.zeros(len(population)), where=population.to_numpy() > 0)
    return pd.DataFrame(
        {
            "registered_patients": registered,
            "registered_per_resident": ratio,
            "low_registration": ratio < LOW_REGISTRATION,
        },
        index=population.index,
    )
