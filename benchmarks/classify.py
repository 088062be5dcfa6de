"""Classifying England: every Core20 neighbourhood against all places, and how the answer changes with the settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import areas as levels
from analysis.gaps import empty_partners
from analysis.neighbourhoods import core20_gaps
from analysis.reach import PlaceIndex, Reach, origins
from analysis.vocabularies import CATEGORIES
from benchmarks import naive
from benchmarks.data import TODAY
from benchmarks.measure import Row, Samples, timed
from data_loaders.atlas import Atlas

WALKS = (400.0, 600.0, 800.0, 1000.0, 1200.0, 1600.0)
DETOURS = (1.0, 1.3, 1.6)
LEVELS = ("pcn", "lad24", "icb26")


def england(atlas: Atlas, reach: Reach, names: dict[str, dict[str, str]]) -> dict[str, pd.DataFrame]:
    """Every Core20 LSOA's state, and its people by state in every network, place and system: "lsoa" and LEVELS."""
    everywhere = np.ones(len(atlas.areas), dtype=bool)
    found = core20_gaps(
        atlas.areas, everywhere, atlas.place_index, empty_partners(), today=TODAY, reach=reach, categories=CATEGORIES
    )
    states = found.set_index("lsoa21cd")["state"].astype(str)
    shares = atlas.pcn_shares
    rolled = {
        level: levels.summarise(
            atlas.areas, level, names=names[level], states=states, pcn_shares=shares if level == "pcn" else None
        )
        for level in LEVELS
    }
    return {"lsoa": found, **rolled}


def england_naive(atlas: Atlas, reach: Reach) -> dict[str, pd.DataFrame]:
    """The same by spatial joins and group-bys."""
    core20 = atlas.areas[atlas.areas["core20"]]
    reached = naive.in_reach(core20, atlas.places, reach, CATEGORIES)
    codes = {"pcn": core20["leading_pcn_code"], "lad24": core20["lad24cd"], "icb26": core20["icb26cd"]}
    return {"lsoa": reached, **{level: naive.rolled_up(core20, reached, code) for level, code in codes.items()}}


def disagreements(ours: dict[str, pd.DataFrame], reference: dict[str, pd.DataFrame]) -> int:
    """How many figures differ: places in reach of each LSOA, and people with and without any in each wider area."""
    counts = ours["lsoa"].set_index("lsoa21cd")["places_in_reach"]
    wrong = int((counts != reference["lsoa"]["places_in_reach"].reindex(counts.index)).sum())
    for level in LEVELS:
        table = ours[level].set_index("code")
        other = reference[level].reindex(table.index).fillna(0)
        wrong += int(
            (table["people_possible_partners"] != other["mapped"]).sum()
            + (table["people_none_recorded"] != other["unmapped"]).sum()
        )
    return wrong


def grid(places: PlaceIndex, points: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Whether anything of a category is in reach: points × WALKS × DETOURS × CATEGORIES. One search a category serves every setting."""
    straight = np.stack([places.nearest(points, category, Reach(detour=1.0))[0] for category in CATEGORIES], axis=-1)
    radius = np.array(WALKS)[:, None] / np.array(DETOURS)[None, :]
    return straight[:, None, None, :] <= radius[None, :, :, None]


def classification() -> Iterator[Row]:
    """The whole country, from points to systems."""
    atlas, reach = Atlas(), Reach()
    names = {level: atlas.names(level) for level in LEVELS}
    england(atlas, reach, names)
    ours, fast = timed(lambda: england(atlas, reach, names), 9)
    reference, slow = timed(lambda: england_naive(atlas, reach), 3, warm=1)
    sizes = " + ".join(f"{len(ours[level]):,}" for level in LEVELS)
    yield Row(
        "classify",
        "classify every Core20 LSOA, rolled up to network, place and system",
        fast,
        150,
        naive=slow,
        naive_way="geopandas sjoin within the distance, sjoin_nearest by category, group-bys",
        counted=f"{len(ours['lsoa']):,} LSOAs × {len(atlas.places):,} places → {sizes} areas; {disagreements(ours, reference)} figures differ",
    )
    everywhere = np.ones(len(atlas.areas), dtype=bool)
    found, alone = timed(
        lambda: core20_gaps(
            atlas.areas,
            everywhere,
            atlas.place_index,
            empty_partners(),
            today=TODAY,
            reach=reach,
            categories=CATEGORIES,
        ),
        9,
    )
    yield Row("classify", "… of which classify and rank", alone, counted=f"{len(found):,} LSOAs")


def sensitivity(sample: int = 60) -> Iterator[Row]:
    """How many people have something in reach, at every setting."""
    atlas = Atlas()
    core20 = atlas.areas[atlas.areas["core20"]]
    points, people = origins(core20), core20["pop_mid2022"].to_numpy()

    def table() -> Any:
        return np.tensordot(people, grid(atlas.place_index, points), axes=1)

    reached, fast = timed(table, 9)
    few = points[:: max(1, len(points) // sample)]
    reference, slow = timed(lambda: naive.reach_grid(few, atlas.places, WALKS, DETOURS, CATEGORIES), 3)
    wrong = int((reference != grid(atlas.place_index, few)).sum())
    scale = naive.seconds_to_scale(len(few), len(points))
    yield Row(
        "grid",
        "sensitivity grid, 6 walks × 3 detours × 3 categories",
        fast,
        600,
        naive=Samples([value * scale for value in slow.values], "ms", [value * scale for value in slow.cpu]),
        naive_way=f"a loop over LSOAs, measured on {len(few)} and scaled up {scale:.0f} times",
        counted=f"{reached.size} settings × {len(points):,} LSOAs; {wrong} of {reference.size:,} sampled answers differ",
        note="the budget was set for eight categories; this atlas has three",
    )
