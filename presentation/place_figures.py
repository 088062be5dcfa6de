"""The figures of a place: of itself, else of the area that holds it and says so; England's beside them; shared figures marked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.board import compared
from analysis.comparison import FIFTHS, NOT_COMPARED
from analysis.figure_areas import FigureArea, figure_areas
from analysis.places import Place
from data_loaders.atlas import Atlas
from data_loaders.indicator_values import VALUE_COLUMNS
from data_loaders.needs import Needs

FEWEST_PEERS = 20
"""Fewer areas than this are not divided into fifths."""

_PLAIN = VALUE_COLUMNS | {"earlier_period": "str"}
"""The types of a few figures, where a board of all England holds texts as categories."""
_LEVEL_WORDS = {"authority": "place", "county": "county", "icb": "system", "pcn": "neighbourhood", "region": "region"}


def area_said(area: FigureArea) -> str:
    """How the board names the area that a borrowed figure is for: "Tower Hamlets (the place)"."""
    return f"{area.name} (the {_LEVEL_WORDS.get(area.level, area.level)})"


def place_figures(atlas: Atlas, needs: Needs, place: Place, indicator_id: str | None = None) -> pd.DataFrame:
    """One row a figure, of one indicator where its id is given: `analysis.board.compared` for the place, with `own` (whether the figure is
    the place's own), `area_said`, `shared_areas` and `shared_system` (a figure copied down from a system: to how many authorities, and
    whose it is), `fifth` (one of FIFTHS) and `fifth_of` (where it cannot be compared with England: its place among so many areas that have
    the same figure), and `standing`, the comparison that the board shows: of the newest figure that has one, none where the newest was
    suppressed."""
    areas = figure_areas(atlas.gazetteer, place, atlas.counties, atlas.later_codes)
    parts = []
    taken: set[str] = set()
    for area in areas:
        board = needs.board(area.level)
        wanted = board["area_code"].isin(area.codes) & ~board["indicator_id"].isin(taken)
        part = board[wanted if indicator_id is None else wanted & (board["indicator_id"] == indicator_id)]
        if part.empty:
            continue
        part = part.astype(_PLAIN)
        if len(area.codes) > 1:
            part = _once(part)
        taken |= set(part["indicator_id"])
        parts.append(part.assign(own=area.own, area_said=area_said(area)))
    if not parts:
        return compared(needs.of_area(""), needs.england_headlines, needs.polarity).assign(
            own=True,
            area_said="",
            shared_areas=float("nan"),
            shared_system=None,
            fifth=None,
            fifth_of=float("nan"),
            standing=NOT_COMPARED,
        )
    figures = pd.concat(parts, ignore_index=True)
    if place.level == "england":
        figures["comparison"], figures["earlier_comparison"] = NOT_COMPARED, None
    compared_now = figures["comparison"] != NOT_COMPARED
    standing = figures["comparison"].where(compared_now, figures["earlier_comparison"]).fillna(NOT_COMPARED)
    # A figure that was suppressed says nothing on the board, and the sentence above the board counts what is on it.
    figures["standing"] = standing.where(figures["value"].notna(), NOT_COMPARED)
    figures = figures.join(_fifths(needs, figures))
    return figures.merge(
        _shared(atlas, needs, areas), on=["indicator_id", "who", "age", "period_sortable", "area_code"], how="left"
    )


def _once(part: pd.DataFrame) -> pd.DataFrame:
    """Figures of one area under several codes: those of the code that has the newest period, so that none stands twice."""
    newest = part.groupby("indicator_id", observed=True)["period_sortable"].transform("max")
    return part[part["period_sortable"] == newest].drop_duplicates(["indicator_id", "who", "age"], keep="last")


def _shared(atlas: Atlas, needs: Needs, areas: list[FigureArea]) -> pd.DataFrame:
    """The figures of these areas that are copied down from a system."""
    codes = {code for area in areas for code in area.codes}
    shared = needs.shared[needs.shared["area_code"].isin(codes)]
    names = {system: atlas.gazetteer.place(system).name for system in shared["system"].unique()}
    return shared.assign(shared_system=shared["system"].map(names)).rename(columns={"areas": "shared_areas"})[
        ["indicator_id", "who", "age", "period_sortable", "area_code", "shared_areas", "shared_system"]
    ]


def _fifths(needs: Needs, figures: pd.DataFrame) -> pd.DataFrame:
    """Where each figure that has no comparison stands among the areas of its level with the same figure: fifth, fifth_of, by row."""
    key = ["area_code", "indicator_id", "who", "age", "period_sortable"]
    found = needs.positions.reindex(pd.MultiIndex.from_frame(figures[key]))
    told = (figures["comparison"] == NOT_COMPARED).to_numpy() & (found["of"] >= FEWEST_PEERS).to_numpy()
    words = found["fifth"].map(dict(enumerate(FIFTHS, start=1))).to_numpy(dtype=object)
    fifth = pd.Series(np.where(told, words, None), figures.index, dtype="str")
    return pd.DataFrame({"fifth": fifth, "fifth_of": np.where(told, found["of"], np.nan)})
