"""Matching community assets: 40,000 against 5,000 new rows, beside comparing every name with every name, and against a known truth.

The 40,000 are the snapshot's assets and copies of some, moved to other places. The new rows are disturbed records of a sample (what people
type: shortened names, slips, a town added, points some metres off), other things at the same places (a hall, a food bank, a group that
meets there), and places that are new. Which is which is known, so recall and precision can be counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from analysis.asset_matching import CERTAIN, matches
from analysis.asset_records import as_records
from analysis.asset_table import combine
from analysis.near_duplicates import comparable_names
from benchmarks.measure import Row, Samples, timed
from data_loaders.atlas import Atlas

EXISTING, NEW, BESIDE, NOWHERE = 40_000, 5_000, 1_000, 500
SAMPLED_ROWS = 50
_TYPED = (("Saint ", "St "), ("St. ", "St "), (" and ", " & "), ("'", ""), (" Church", ""), ("Community Centre", "Community Center"))
_BESIDE = ("{} Food Bank", "{} Toddler Group", "{} Church Hall", "{} Nursery School", "{} Lunch Club", "The Hall at {}")
_BESIDE_KIND = ("food bank", "community service", "village or church hall", "community service", "community service", "community centre")


@dataclass(frozen=True)
class Trial:
    """existing, new: asset_records. truth: the existing id for each new id that is a record of one of them."""

    existing: pd.DataFrame
    new: pd.DataFrame
    truth: dict[str, str]


def _moved(assets: pd.DataFrame, many: int, rng: np.random.Generator) -> pd.DataFrame:
    """Copies of some under other ids, one to three kilometres away: the same names at other places."""
    some = assets[assets["easting"].notna()].sample(many, random_state=int(rng.integers(1 << 30)))
    angle, metres = rng.uniform(0, 2 * np.pi, many), rng.uniform(1_000, 3_000, many)
    return some.assign(
        asset_id="copy/" + some["asset_id"],
        easting=some["easting"] + metres * np.cos(angle),
        northing=some["northing"] + metres * np.sin(angle),
    )


def typed(name: str, rng: np.random.Generator) -> str:
    """A name as somebody might type it into a list: up to two shorter spellings, a slip in one of six, capitals in one of ten."""
    for at in rng.permutation(len(_TYPED))[: int(rng.integers(0, 3))]:
        shorter = name.replace(*_TYPED[at]).strip()
        name = shorter or name
    if rng.random() < 1 / 6 and len(name) > 9:
        at = int(rng.integers(4, len(name) - 1))
        name = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name.upper() if rng.random() < 0.1 else name


def _disturbed(some: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What a list of somebody else's would say of those places: 20 m off on average, no denomination in most, no tradition in a third."""
    size = len(some)
    return some.assign(
        name=[typed(name, rng) for name in some["name"]],
        easting=some["easting"] + rng.normal(0, 15, size),
        northing=some["northing"] + rng.normal(0, 15, size),
        denomination=some["denomination"].where(rng.random(size) < 0.3),
        faith_tradition=some["faith_tradition"].where(rng.random(size) < 0.67),
        position_quality="postcode",
        source="A list of the bench",
    )


def trial(seed: int = 5) -> Trial:
    """The 40,000 and the 5,000, the same for the same seed."""
    rng = np.random.default_rng(seed)
    assets = as_records(Atlas().snapshot.table("community_assets"))
    existing = pd.concat([assets, _moved(assets, EXISTING - len(assets), rng)], ignore_index=True)
    named = existing[existing["name"].notna() & existing["easting"].notna()]
    sample = named.sample(NEW - NOWHERE, random_state=seed)
    truly, beside = sample.iloc[: NEW - NOWHERE - BESIDE], sample.iloc[NEW - NOWHERE - BESIDE :]
    rows = _disturbed(truly, rng)
    kinds = rng.integers(0, len(_BESIDE), len(beside))
    others = _disturbed(beside, rng).assign(category=[_BESIDE_KIND[kind] for kind in kinds])
    others["name"] = [_BESIDE[kind].format(name) for kind, name in zip(kinds, others["name"], strict=True)]
    elsewhere = _disturbed(_moved(named, NOWHERE, rng), rng)
    new = pd.concat([rows, others, elsewhere], ignore_index=True)
    new = new.assign(asset_id=[f"bench/{number:05d}" for number in range(len(new))])
    return Trial(existing, as_records(new), dict(zip(new["asset_id"], truly["asset_id"], strict=False)))


def found(pairs: pd.DataFrame, truth: dict[str, str]) -> tuple[float, float, float]:
    """Precision and recall of the certain pairs, and the share of the truth that is certain or likely."""
    both = pairs[pairs["first_id"].str.startswith("bench/") != pairs["second_id"].str.startswith("bench/")]
    swapped = both["first_id"].str.startswith("bench/")
    old, new = both["first_id"].where(~swapped, both["second_id"]), both["second_id"].where(~swapped, both["first_id"])
    joined = set(zip(old, new, strict=True))
    sure = both["certainty"] == CERTAIN
    certain = set(zip(old[sure], new[sure], strict=True))
    real = {(old, new) for new, old in truth.items()}
    return len(certain & real) / max(1, len(certain)), len(certain & real) / len(real), len(joined & real) / len(real)


def all_pairs(existing: pd.DataFrame, new: pd.DataFrame) -> int:
    """Compare every name with every name: how many score 90 or more. Distance and kind are still to be asked."""
    mine, theirs = comparable_names(existing["name"]).tolist(), comparable_names(new["name"]).tolist()
    scores = process.cdist(theirs, mine, scorer=fuzz.token_set_ratio, score_cutoff=90, workers=-1)
    return int((scores > 0).sum())


def matching() -> Iterator[Row]:
    """Matching on the known truth, then merging the whole table."""
    tried = trial()
    pairs, ours = timed(lambda: matches(tried.existing, tried.new), 7)
    few = tried.new.iloc[:: len(tried.new) // SAMPLED_ROWS]
    alike, slow = timed(lambda: all_pairs(tried.existing, few), 3, warm=0)
    scale = len(tried.new) / len(few)
    precision, recall, asked = found(pairs, tried.truth)
    certain = int((pairs["certainty"] == CERTAIN).sum())
    yield Row(
        "matching",
        f"match {len(tried.existing):,} assets with {len(tried.new):,} new rows",
        ours,
        5_000,
        naive=Samples([value * scale for value in slow.values], "ms", [value * scale for value in slow.cpu]),
        naive_way=f"rapidfuzz on every pair of names, on all cores, measured on {len(few)} new rows and scaled up {scale:.0f} times; "
        f"it leaves {alike * scale:,.0f} pairs of alike names to look at",
        counted=f"{certain:,} certain, {len(pairs) - certain:,} likely; certain: precision {precision:.2%}, recall {recall:.1%}; "
        f"certain or likely: {asked:.1%} of {len(tried.truth):,} known",
        note=f"of the new rows {BESIDE:,} are other things at a known place and {NOWHERE:,} stand a kilometre or more from their namesake",
    )
    both = pd.concat([tried.existing, tried.new], ignore_index=True)
    merged, ours = timed(lambda: combine(both, pairs), 7)
    yield Row("matching", "… merge those", ours, counted=f"{len(both):,} records → {len(merged.assets):,} rows")
    assets = as_records(Atlas().snapshot.table("community_assets"))
    across, ours = timed(lambda: matches(assets), 7)
    yield Row("matching", "match the snapshot's sources with each other", ours, counted=f"{len(assets):,} assets, {len(across)} pairs")
    merged, ours = timed(lambda: combine(assets, across), 7)
    yield Row("matching", "merge the snapshot", ours, 300, counted=f"{len(assets):,} records → {len(merged.assets):,} rows")
