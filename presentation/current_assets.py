"""Community assets as they stand now: what publishers publish, what people kept and decided, merged, found by words and by distance.

Built once for the process from two sources, and again when either changes: a new layer of published assets, or a decision in the register.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from analysis import asset_corrections, asset_coverage, asset_freshness, asset_matching, asset_table
from analysis.asset_filter import AssetFilter, asked_for
from analysis.asset_records import RECORD_COLUMNS, parts
from analysis.places import Place
from analysis.reach import PlaceIndex, Reach
from analysis.vocabularies import PLACE_KINDS
from data_loaders import asset_layers, published_assets
from data_loaders.asset_search import AssetSearch
from data_loaders.atlas import Atlas
from data_loaders.errors import SettingError
from data_loaders.published_assets import PublishedAssets
from presentation import register_cache
from presentation.atlas_cache import open_atlas
from register import asset_decisions
from register import assets as register_assets
from register.actors import ANYONE
from register.errors import StoreError

MOST_FOUND = 2_000


@dataclass(frozen=True, eq=False)
class CurrentAssets:
    """What is known of community assets today.

    table: one row a service at a location: RECORD_COLUMNS, merged_ids, sources, licences, source_dates, corrected, closed, freshness,
    neighbourhood, lad24nm, relied_upon (Core20 residents within the usual walk). records: the same before merging, a row a source record.
    closed: which rows of `table` somebody reported closed; they are opened by their link and counted nowhere. members: asset_id → the id of the
    row that it is part of. queue: likely matches that wait for a person. coverage: `analysis.asset_coverage.coverage_now`. lists: which authorities
    and kinds kept lists hold.
    """

    atlas: Atlas
    published: PublishedAssets
    table: pd.DataFrame
    closed: npt.NDArray[np.bool_]
    records: pd.DataFrame
    members: pd.Series
    queue: pd.DataFrame
    coverage: pd.DataFrame
    lists: pd.DataFrame
    problems: tuple[str, ...]

    @cached_property
    def rows(self) -> npt.NDArray[np.intp]:
        """The row in `atlas.areas` of each asset's LSOA; −1 where it has none."""
        return pd.Index(self.atlas.areas["lsoa21cd"]).get_indexer(self.table["lsoa21cd"])

    @cached_property
    def placed(self) -> npt.NDArray[np.intp]:
        """The rows of `table` that are open and have a point, in the order of `index`."""
        return np.flatnonzero(self.table["easting"].notna().to_numpy() & ~self.closed)

    @cached_property
    def index(self) -> PlaceIndex:
        """The assets with a point, indexed for reach."""
        return PlaceIndex(self.table.iloc[self.placed])

    @cached_property
    def search(self) -> AssetSearch:
        """Finds assets by words."""
        where = self.table["neighbourhood"].fillna("") + " " + self.table["lad24nm"].fillna("")
        return AssetSearch(self.table, where, self.table["freshness"])

    def inside(self, place: Place) -> npt.NDArray[np.bool_]:
        """Which open assets lie in a place: by their LSOA; those without one, by their authority or the areas that they serve."""
        if place.level == "england":
            return ~self.closed  # those too that nobody could place
        mask = self.atlas.gazetteer.mask(place)
        rows = self.rows
        here = (rows >= 0) & mask[rows] & ~self.closed
        if place.level in ("pcn", "lsoa", "msoa", "ward"):
            return here
        whole = self.atlas.areas["lad24cd"].to_numpy()
        codes = set(whole[mask]) - set(whole[~mask])  # authorities that lie wholly inside
        without = (rows < 0) & ~self.closed
        own = self.table["lad24cd"].isin(codes).to_numpy()
        serves = np.zeros(len(own), dtype=bool)
        serves[without] = [not codes.isdisjoint(parts(text)) for text in self.table["service_area"][without]]
        return here | (without & (own | serves))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of place of which any is on the map of England."""
        return tuple(kind for kind in PLACE_KINDS if self.index.of([kind]).any())

    def counting(self, place: Place, kinds: Collection[str]) -> pd.DataFrame:
        """The open assets of some kinds in a place that have a point."""
        return self.table[self.inside(place) & self.table["category"].isin(kinds).to_numpy() & self.table["easting"].notna().to_numpy()]

    def as_built_in(self, place: Place) -> bool:
        """Whether the places on the map here are those built into this copy, none added, moved, corrected or closed since."""
        here = self.table[self.inside(place)]
        if "corrected" in here and here["corrected"].any():
            return False
        here = here[here["easting"].notna()]
        rows, mask = self.atlas.place_rows, self.atlas.gazetteer.mask(place)
        return set(here["asset_id"]) == set(self.atlas.places["asset_id"][(rows >= 0) & mask[rows]])

    def not_mapped(self, place: Place) -> list[str]:
        """The kinds of place that no source maps in any authority of a place, and of which none is recorded there."""
        codes = self.atlas.areas.loc[self.atlas.gazetteer.mask(place), "lad24cd"].unique()
        whole = self.coverage[self.coverage["faith_tradition"].isna() & self.coverage["lad24cd"].isin(codes)]
        mapped = set(whole.loc[whole["status"] != "not mapped", "category"]) | set(self.table["category"][self.inside(place)])
        return [kind for kind in PLACE_KINDS if kind not in mapped]

    def at(self, asset_id: str) -> pd.Series | None:
        """The row that an asset is part of, merged or not; None where there is no such asset now."""
        leading = self.members.get(asset_id)
        if leading is None:
            return None
        return self.table.iloc[int(self._position.get_loc(leading))]

    @cached_property
    def _position(self) -> pd.Index:
        return pd.Index(self.table["asset_id"])

    def found(self, place: Place, wanted: AssetFilter) -> pd.DataFrame:
        """The assets of a place that are asked for: best match first where words are, otherwise the most lately confirmed, by name."""
        mask = self.inside(place) & asked_for(self.table, wanted)
        if wanted.words:
            positions = self.search.find(wanted.words, len(self.table))
            return self.table.iloc[positions[mask[positions]]]
        here = self.table[mask]
        order = pd.DataFrame(
            {
                "fresh": here["freshness"].map({"confirmed": 0, "needs checking": 1, "unconfirmed": 2}),
                "unnamed": here["name"].isna(),
                "name": here["name"].fillna("").str.casefold(),
            }
        )
        return here.loc[order.sort_values(["fresh", "unnamed", "name"], kind="stable").index]


def open_assets(today: date) -> CurrentAssets:
    """Community assets now. Problems (a damaged layer, a register that cannot be opened) are sentences in it; what else there is stands."""
    atlas = open_atlas()
    problems: list[str] = []
    try:
        layers = asset_layers.ids(os.environ)
    except SettingError as error:
        layers, problems = (), [str(error)]
    decided = ("", -1)
    try:
        register = register_cache.for_all()
        if register is not None:
            decided = (register.identity(), asset_decisions.revision(register.as_(ANYONE)))
    except (StoreError, SettingError) as error:
        problems.append(f"What people added and decided cannot be read. {error}")
    current = _built(atlas, layers, decided, today)
    return current if not problems else _with(current, problems)


def _with(current: CurrentAssets, problems: list[str]) -> CurrentAssets:
    return replace(current, problems=(*current.problems, *problems))


@st.cache_resource(show_spinner="Putting the lists of places together", max_entries=2)
def _published(_atlas: Atlas, layers: tuple[str, ...]) -> PublishedAssets:
    return published_assets.current(_atlas, os.environ)


@st.cache_resource(show_spinner=False, max_entries=2)
def _built(_atlas: Atlas, layers: tuple[str, ...], decided: tuple[str, int], today: date) -> CurrentAssets:
    """layers: what is there now; decided: which register, and its newest decision. So a new layer or decision is read at once."""
    published = _published(_atlas, layers)
    records, decisions = published.records, asset_matching.no_decisions()
    lists = pd.DataFrame(columns=asset_coverage.ASKED_COLUMNS, dtype="str")
    register = register_cache.for_all() if decided[1] >= 0 else None
    if register is not None:
        acting = register.as_(ANYONE)
        kept = register_assets.kept(acting)
        if len(kept):
            records = pd.concat([records, kept[list(RECORD_COLUMNS)]], ignore_index=True)
            known = kept[["lad24cd", "category", "source", "source_date"]].dropna(subset=["lad24cd"])
            lists = known.sort_values("source_date").drop_duplicates(["lad24cd", "category", "source"], keep="last").assign(kind="list")
        records = asset_corrections.applied(records, asset_decisions.corrections(acting))
        decisions = asset_decisions.matches(acting)
    combined = asset_table.combine(records, asset_matching.matches(records), decisions)
    areas = _atlas.areas.set_index("lsoa21cd")
    table = combined.assets.assign(
        freshness=asset_freshness.freshness(combined.assets["last_confirmed"], today),
        neighbourhood=combined.assets["lsoa21cd"].map(areas["msoa21hclnm"]),
        lad24nm=combined.assets["lad24cd"].map(_atlas.names("lad24")),
        relied_upon=asset_freshness.relied_upon(combined.assets, _atlas.areas, Reach()),
    )
    closed = table["closed"].eq(True).to_numpy(dtype=bool) if "closed" in table else np.zeros(len(table), dtype=bool)
    coverage = asset_coverage.coverage_now(_atlas.coverage, records, _asked(published, lists), today)
    return CurrentAssets(
        _atlas, published, table, closed, records, combined.members, combined.queue, coverage, lists, published.problems
    )


def _asked(published: PublishedAssets, lists: pd.DataFrame) -> pd.DataFrame:
    """What layers and kept lists were asked for: `analysis.asset_coverage.ASKED_COLUMNS`."""
    return pd.concat([published.asked(), lists], ignore_index=True)[asset_coverage.ASKED_COLUMNS]
