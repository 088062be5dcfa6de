"""Adding small areas up to neighbourhoods (PCN), places and systems, by best fit or by shares, conserving people.

LSOAs nest in authorities, sub-ICBs, ICBs and regions, so there both ways of counting agree. A PCN has no boundary:
by best fit an LSOA's people all count for the PCN with most of its registered patients; by shares they are divided
among its PCNs in proportion to registered patients.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.gaps import STATES

Level = Literal["sub_icb24", "icb24", "icb26", "lad24", "region", "pcn"]
Count = Literal["best-fit", "shares"]

# Level → (code column, name column) of the small-area table.
NESTING_LEVELS: dict[str, tuple[str, str]] = {
    "sub_icb24": ("sicbl24cd", "sicbl24nm"),
    "icb24": ("icb24cd", "icb24nm"),
    "icb26": ("icb26cd", "icb26nm"),
    "lad24": ("lad24cd", "lad24nm"),
    "region": ("rgncd", "rgnnm"),
}
LEVELS: tuple[str, ...] = (*NESTING_LEVELS, "pcn")
COUNTS: tuple[str, ...] = ("best-fit", "shares")


def _members(
    areas: pd.DataFrame, level: str, count: str, pcn_shares: pd.DataFrame | None
) -> tuple[pd.Series, npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Which part of which LSOA belongs to which area: code, row (of `areas`), weight."""
    if level != "pcn":
        return areas[NESTING_LEVELS[level][0]], np.arange(len(areas)), np.ones(len(areas))
    if pcn_shares is None:
        raise ValueError("a PCN is made of registrations: give pcn_shares")
    if count == "best-fit":
        pcn_shares = pcn_shares[pcn_shares["leading"].to_numpy(dtype=bool)]
    rows = pd.Index(areas["lsoa21cd"]).get_indexer(pcn_shares["lsoa21cd"])
    used = rows >= 0
    weight = pcn_shares["counting_share"].to_numpy()[used] if count == "shares" else np.ones(int(used.sum()))
    return pcn_shares["pcn_code"][used], rows[used], weight


def summarise(
    areas: pd.DataFrame,
    level: str,
    *,
    names: dict[str, str],
    count: str = "best-fit",
    states: pd.Series | None = None,
    pcn_shares: pd.DataFrame | None = None,
    every: bool = False,
) -> pd.DataFrame:
    """One row an area of the level: people, deprivation, Core20, and Core20 people by state.

    areas: one row an LSOA with lsoa21cd, pop_mid2022 (people), imd25_score, core20 and the code column of the level.
    names: code → name. count: "best-fit" or "shares" (only PCNs differ). states: state by lsoa21cd for Core20 LSOAs.
    pcn_shares: lsoa21cd, pcn_code, counting_share, leading; needed for PCNs. every: list the areas of `names` that hold nobody
    too (a digital-first PCN leads no LSOA). Returns code, name, population,
    population_weighted_imd_score (mid-2022 population), core20_lsoas, core20_people, core20_share (of the population) and, with
    states, one people column for each state and core20_people_without_confirmed_partner. By shares, numbers of people and of LSOAs are not
    whole; their totals are England's.
    """
    if level not in LEVELS or count not in COUNTS:
        raise ValueError(f"level must be one of {', '.join(LEVELS)} and count one of {', '.join(COUNTS)}")
    code, row, weight = _members(areas, level, count, pcn_shares)
    people = areas["pop_mid2022"].to_numpy(dtype=float)[row] * weight
    core20 = areas["core20"].to_numpy(dtype=bool)[row]
    columns = {
        "population": people,
        "_score": people * areas["imd25_score"].to_numpy(dtype=float)[row],
        "core20_lsoas": weight * core20,
        "core20_people": people * core20,
    }
    if states is not None:
        # Numbers, not words, are compared: a state is its place in STATES, and −1 where there is none.
        known = pd.Index(areas["lsoa21cd"]).get_indexer(states.index)
        state = np.full(len(areas), -1, dtype=np.int8)
        state[known[known >= 0]] = pd.Categorical(states, categories=list(STATES)).codes[known >= 0]
        columns |= {f"people_{name}": people * (core20 & (state[row] == number)) for number, name in enumerate(STATES)}
    number, codes = pd.factorize(code, sort=True)
    table = pd.DataFrame(columns).groupby(number).sum()
    table.index = pd.Index(codes[table.index], name="code")
    if every:
        table = table.reindex(pd.Index(sorted(names), name="code"), fill_value=0)
    population = table["population"].to_numpy()
    score = np.divide(table.pop("_score").to_numpy(), population, out=np.full(len(table), np.nan), where=population > 0)
    table.insert(1, "population_weighted_imd_score", score)
    table["core20_share"] = np.divide(
        table["core20_people"], population, out=np.zeros(len(table)), where=population > 0
    )
    if states is not None:
        table["core20_people_without_confirmed_partner"] = table["core20_people"] - table[f"people_{STATES[0]}"]
    table = table.reset_index()
    table.insert(1, "name", table["code"].map(names))
    if level != "pcn" or count == "best-fit":
        whole = [
            column
            for column in table
            if column.startswith("people_")
            or column in ("population", "core20_lsoas", "core20_people", "core20_people_without_confirmed_partner")
        ]
        table[whole] = table[whole].round().astype("int64")
    return table
