"""How many community assets there are for the people of each PCN, place and system, by best fit and by shares; assets and people conserved.

An asset belongs to its LSOA and counts where that LSOA's people count: by shares it is divided among the LSOA's PCNs as they are, in
proportion to registered patients; by best fit it goes whole to the PCN with most of them (`analysis.areas`, `analysis.footprints`). So the
assets of all areas, with what lies in none and what has no LSOA, are the assets that went in.

Rates are crude, per 10,000 residents (mid-2022) and per 10,000 Core20 residents. More assets are not better provision: an asset is not a
partner, and where a kind is not mapped the rate says so of the map and not of the place (`analysis.asset_coverage`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.areas import NESTING_LEVELS, summarise

PER = 10_000


@dataclass(frozen=True, eq=False)
class AssetRates:
    """table: one row an area of the level: code, name, assets, population, core20_people, core20_assets (those in Core20 LSOAs of the area),
    per_10_000, per_10_000_core20 and core20_assets_per_10_000_core20; numbers of assets and people are not whole by shares.
    in_no_area: assets whose LSOA lies in no area of the level; people_in_no_area: its residents. elsewhere: assets whose LSOA is not among
    the areas asked about. without_lsoa: lad24cd (null where that is unknown too), assets: records that have no LSOA, such as charities with
    an area of operation and places that could not be located.
    """

    table: pd.DataFrame
    in_no_area: int
    people_in_no_area: int
    elsewhere: int
    without_lsoa: pd.DataFrame

    @property
    def total(self) -> float:
        """Every asset that went in."""
        counted = self.table["assets"].sum()
        return float(counted + self.in_no_area + self.elsewhere + self.without_lsoa["assets"].sum())


def rates(
    assets: pd.DataFrame,
    areas: pd.DataFrame,
    level: str,
    *,
    names: dict[str, str],
    count: str = "best-fit",
    pcn_shares: pd.DataFrame | None = None,
    every: bool = False,
) -> AssetRates:
    """Assets of each area of a level, and for every 10,000 of its people.

    assets: lsoa21cd, lad24cd (both may be null); filter them first to count one kind. areas, level, names, count, pcn_shares, every: as
    `analysis.areas.summarise`, and areas may be a part of England. Columns of the rates:

    - per_10_000: assets in the area for every 10,000 residents of it.
    - per_10_000_core20: the same assets for every 10,000 Core20 residents of it: what is there, set against the people this tool asks for. It is high
      where few people live in Core20 LSOAs, so compare it between areas with like shares of them, or use the next.
    - core20_assets_per_10_000_core20: assets in Core20 LSOAs for every 10,000 people who live in those.

    An area in which nobody (or nobody in a Core20 LSOA) lives has no rate: missing, never infinite. ValueError for an unknown level or count.
    """
    row = pd.Index(areas["lsoa21cd"]).get_indexer(assets["lsoa21cd"])
    here = np.bincount(row[row >= 0], minlength=len(areas))
    inside = _in_an_area(areas, level, count, pcn_shares)
    needed = ["lsoa21cd", "imd25_score", "core20", *NESTING_LEVELS.get(level, ())[:1]]

    def added_up(number: pd.Series | npt.NDArray[np.intp]) -> pd.DataFrame:
        counted = areas[needed].assign(pop_mid2022=number)
        counted = counted if inside.all() else counted[inside]
        return summarise(counted, level, names=names, count=count, pcn_shares=pcn_shares, every=every)

    # Assets are added up exactly as people are: in their place, by the same function.
    people, added = added_up(areas["pop_mid2022"]), added_up(here)
    table = people[["code", "name", "population", "core20_people"]].copy()
    table.insert(2, "assets", added["population"])
    table["core20_assets"] = added["core20_people"]
    table["per_10_000"] = _rate(table["assets"], table["population"])
    table["per_10_000_core20"] = _rate(table["assets"], table["core20_people"])
    table["core20_assets_per_10_000_core20"] = _rate(table["core20_assets"], table["core20_people"])
    unlocated = assets["lsoa21cd"].isna().to_numpy()
    return AssetRates(
        table=table,
        in_no_area=int(here[~inside].sum()),
        people_in_no_area=int(areas["pop_mid2022"].to_numpy()[~inside].sum()),
        elsewhere=int((~unlocated & (row < 0)).sum()),
        without_lsoa=_by_authority(assets[unlocated]),
    )


def _in_an_area(
    areas: pd.DataFrame, level: str, count: str, pcn_shares: pd.DataFrame | None
) -> npt.NDArray[np.bool_]:
    """Which LSOAs belong to some area of the level: for PCNs, those with registrations in one (by best fit, one that leads)."""
    if level in NESTING_LEVELS:
        return areas[NESTING_LEVELS[level][0]].notna().to_numpy()
    if pcn_shares is None:  # `summarise` says what is missing
        return np.ones(len(areas), dtype=bool)
    rows = pd.Index(areas["lsoa21cd"]).get_indexer(pcn_shares["lsoa21cd"])
    counting = pcn_shares["leading"].to_numpy(dtype=bool) if count == "best-fit" else np.ones(len(rows), dtype=bool)
    inside = np.zeros(len(areas), dtype=bool)
    inside[rows[counting & (rows >= 0)]] = True
    return inside


def _rate(counted: pd.Series, people: pd.Series) -> npt.NDArray[np.float64]:
    denominator = people.to_numpy(dtype=float)
    return np.divide(counted * PER, denominator, out=np.full(len(counted), np.nan), where=denominator > 0)


def _by_authority(unlocated: pd.DataFrame) -> pd.DataFrame:
    """How many records each authority has that stand in no LSOA: lad24cd (null last, where nothing says which), assets."""
    counted = unlocated.groupby("lad24cd", dropna=False).size()
    return counted.rename("assets").rename_axis("lad24cd").reset_index().astype({"assets": "int64"})
