"""PCN footprints from the raw registrations by another route: plain dictionaries and groupby, LSOA by LSOA."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from data_loaders import primary_care, small_areas
from data_loaders.atlas import Atlas


@pytest.fixture(scope="module")
def practice_pcn(shared_data: Path) -> dict[str, str]:
    """Practice → PCN, read straight from the lists."""
    january = pd.read_csv(shared_data / primary_care.MEMBERSHIP_LATEST, dtype=str)
    october = pd.read_csv(shared_data / primary_care.MEMBERSHIP_EARLIER, dtype=str)
    epcn = pd.read_excel(shared_data / primary_care.EPCN, sheet_name="PCN Core Partner Details", dtype=str)
    epcn.columns = [" ".join(str(column).split()) for column in epcn.columns]
    live = {code for code in january["PCN_CODE"] if isinstance(code, str) and len(code) == 6}
    found = {row.PRACTICE_CODE: row.PCN_CODE for row in january.itertuples() if row.PCN_CODE in live}
    open_now = set(january["PRACTICE_CODE"])
    for row in october.itertuples():
        if row.PRACTICE_CODE not in open_now and row.PCN_CODE in live:
            found.setdefault(row.PRACTICE_CODE, row.PCN_CODE)
    latest: dict[str, tuple[str, str, object]] = {}
    for record in epcn.to_dict("records"):
        key, start = record["Partner Organisation Code"], record["Practice to PCN Relationship Start Date"]
        if key not in latest or start >= latest[key][0]:
            latest[key] = (start, record["PCN Code"], record["Practice to PCN Relationship End Date"])
    for practice, (_, code, end) in latest.items():
        if practice not in open_now and code in live and (not isinstance(end, str) or end >= "20230701"):
            found.setdefault(practice, code)
    return found


@pytest.fixture(scope="module")
def registered(shared_data: Path) -> pd.DataFrame:
    frame = pd.read_parquet(shared_data / primary_care.REGISTRATIONS, columns=["practice_code", "lsoa11cd", "patients"])
    return frame.astype({"practice_code": "str", "lsoa11cd": "str"})


@pytest.fixture(scope="module")
def by_hand(shared_data: Path, registered: pd.DataFrame, practice_pcn: dict[str, str]) -> dict[tuple[str, str], float]:
    """Patients by (LSOA 2021, PCN), one registration at a time."""
    lookup = pd.read_csv(shared_data / small_areas.EXACT_FIT, dtype=str, encoding="utf-8-sig")
    census = (
        pd.read_parquet(shared_data / small_areas.ATTRIBUTES, columns=["lsoa21cd", "pop_census2021"])
        .set_index("lsoa21cd")["pop_census2021"]
        .to_dict()
    )
    children: dict[str, list[str]] = defaultdict(list)
    for old, new in zip(lookup["LSOA11CD"], lookup["LSOA21CD"], strict=True):
        if new.startswith("E01") and new not in children[old]:
            children[old].append(new)
    before: dict[tuple[str, str], int] = defaultdict(int)
    for practice, old, count in registered.itertuples(index=False):
        if practice in practice_pcn:
            before[old, practice_pcn[practice]] += count
    after: dict[tuple[str, str], float] = defaultdict(float)
    for (old, pcn), count in before.items():
        people = sum(census[new] for new in children.get(old, []))
        for new in children.get(old, []):
            after[new, pcn] += count * census[new] / people
    return after


def test_patients_of_england_are_conserved_from_2011_to_2021(registered: pd.DataFrame, practice_pcn: dict[str, str], atlas: Atlas) -> None:
    english = registered[registered["lsoa11cd"].str.startswith("E01")]
    used = english[english["practice_code"].isin(practice_pcn)]
    assert registered["patients"].sum() == 62_581_556
    assert used["patients"].sum() / english["patients"].sum() >= 0.994
    carried = atlas.snapshot.table("small_areas", ["registered_patients"])["registered_patients"].sum()
    assert carried == pytest.approx(used["patients"].sum(), abs=0.5)
    manifest = next(source for source in atlas.snapshot.manifests() if source.id == "gp_registrations").used
    assert manifest["patients_used"] == used["patients"].sum()
    assert manifest["patients_with_an_english_lsoa"] == english["patients"].sum()


def test_every_share_of_the_snapshot_by_hand(by_hand: dict[tuple[str, str], float], atlas: Atlas) -> None:
    shares = atlas.snapshot.table("pcn_shares")
    total: dict[str, float] = defaultdict(float)
    for (area, _), count in by_hand.items():
        total[area] += count
    expected = [by_hand[area, pcn] / total[area] for area, pcn in zip(shares["lsoa21cd"], shares["pcn_code"], strict=True)]
    assert abs(shares["share"] - pd.Series(expected)).max() < 1e-9
    kept = set(zip(shares["lsoa21cd"], shares["pcn_code"], strict=True))
    lost = {key: count / total[key[0]] for key, count in by_hand.items() if key not in kept}
    assert max(lost.values()) < 0.01, "no share of one percent or more is missing"


def test_the_leading_pcn_by_hand(by_hand: dict[tuple[str, str], float], atlas: Atlas) -> None:
    best: dict[str, tuple[float, str]] = {}
    for (area, pcn), count in by_hand.items():
        if pcn != "U19803" and (area not in best or (count,) > (best[area][0],)):
            best[area] = (count, pcn)
    leading = atlas.areas.set_index("lsoa21cd")["leading_pcn_code"]
    assert len(best) == 33_755
    differs = [area for area, (count, pcn) in best.items() if leading[area] != pcn and abs(by_hand[area, leading[area]] - count) > 1e-6]
    assert differs == []


def test_every_pcn_but_the_digital_first_one_leads_somewhere(by_hand: dict[tuple[str, str], float], atlas: Atlas) -> None:
    assert {pcn for _, pcn in by_hand} == set(atlas.pcns["pcn_code"])
    assert set(atlas.pcns["pcn_code"]) - set(atlas.areas["leading_pcn_code"]) == {"U19803"}
